"""Addresses of saved questions with values for their parameters in; pages and data with the answers out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.datastructures import MultiDict

from fosen_graph.asking import Question as Asked
from fosen_graph.asking import Unanswered
from fosen_graph.asking.sparql_text import Kind
from fosen_graph.findings import Lang, Words
from fosen_graph.formats import HTML, Format, negotiate
from fosen_graph.formats import Kind as FormatKind
from fosen_graph.parameters import Parameter, UnfitError
from fosen_graph.questions import Question
from fosen_graph.web import problems
from fosen_graph.web.address import in_language, language
from fosen_graph.web.endpoint.protocol import not_acceptable, offered
from fosen_graph.web.endpoint.results import ENDINGS, NAMES, Answer, answered, ending, format_asked
from fosen_graph.web.pages.html import html
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.problems import PROBLEM, Problem, Told
from fosen_graph.web.rows import Term, best_label, rows
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

JSON = Format(name="json-list", media_type="application/json", extension="json", kind=FormatKind.PAGE)
PAGE = "side"  # the parameter that chooses the page of a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter as a form has it. choices: value, name and its language. wrong: it cannot take the value."""

    name: str
    words: str
    value: str
    default: str
    kind: str
    choices: tuple[tuple[str, str, str], ...] = ()
    wrong: bool = False

    @property
    def can_be_chosen(self) -> bool:
        return any(value == self.value for value, _, _ in self.choices)

    def called(self, value: str) -> str:
        return next((name for known, name, _ in self.choices if known == value), value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """One question. changed: asked about something else than its words say. here: its address with its values."""

    slug: str
    persona: str
    question: str
    note: str
    fields: tuple[Field, ...]
    text: str
    to_change: str  # the address where the query can be changed
    here: str
    data: tuple[tuple[str, str, str], ...]
    answer: Answer | None
    problem: Told | None = None

    @property
    def changed(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.value != field.default)

    def page_at(self, number: int) -> str:
        return f"{self.here}{'&' if '?' in self.here else '?'}{PAGE}={number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    slug: str
    question: str
    address: str
    parameters: tuple[str, ...]
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsPage:
    personas: tuple[tuple[str, tuple[Listed, ...]], ...]


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    saved = Blueprint("saved", __name__)

    @saved.get("/query")
    @saved.get("/en/query", endpoint="all_en")
    def all_questions() -> Response:
        chosen = negotiate(request.headers.get("Accept"), (HTML, JSON))
        if chosen is None:
            raise not_acceptable((HTML, JSON))
        response = shelf.page(lambda: _list_page(shelf)) if chosen is HTML else _list(shelf)
        response.vary.add("Accept")
        return response

    @saved.get("/query.json")
    def listed() -> Response:
        return _list(shelf)

    @saved.get("/query/<name>")
    @saved.get("/en/query/<name>", endpoint="one_en")
    def one(name: str) -> Response:
        slug, dot, suffix = name.partition(".")
        question = shelf.questions.by_slug.get(slug)
        if question is None:
            abort(404)
        if dot:
            return _in_format(site, shelf, question, suffix)
        offers = (HTML, *(format_ for format_ in offered(kind_of(question)) if format_ is not HTML))
        chosen = negotiate(request.headers.get("Accept"), offers)
        if chosen is None:
            raise not_acceptable(offers)
        if chosen is HTML:
            response = _page(shelf, question)
        else:
            query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
            response = redirect(f"/query/{slug}.{ending(chosen)}{query}", 303)  # type: ignore[assignment]
        response.vary.add("Accept")
        return response

    return saved


def kind_of(question: Question) -> Kind:
    kinds: Mapping[str, Kind] = {"select": "SELECT", "ask": "ASK", "construct": "CONSTRUCT"}
    return kinds[question.kind]


def endings(question: Question) -> tuple[str, ...]:
    """In which formats its answer can be had, as addresses end."""
    return ("html", *(ending(format_) for format_ in offered(kind_of(question)) if format_ is not HTML))


def _in_format(site: Site, shelf: Shelf, question: Question, suffix: str) -> Response:
    if suffix == HTML.extension:
        return _page(shelf, question)
    if suffix not in endings(question):
        if suffix not in ENDINGS:
            abort(404)
        raise not_acceptable(offered(kind_of(question)))
    return shelf.page(lambda: _data(site, question, ENDINGS[suffix]))


def _data(site: Site, question: Question, format_: Format) -> Response:
    text = _text(question, values_of(question, request.args))
    body = site.public.answer(Asked(text=text, format=format_.name, client=request.remote_addr or ""))
    headers = {"Content-Disposition": f'inline; filename="{question.slug}.{ending(format_)}"'}
    return Response(body, content_type=format_.content_type, headers=headers)


# Values


def values_of(question: Question, told: MultiDict[str, str], also: tuple[str, ...] = ()) -> dict[str, str]:
    """What a request says about the parameters. also: other names that it may use. Raises Problem."""
    known = {parameter.name for parameter in question.parameters}
    for name in told:
        if name not in known and name not in also:
            raise _unfit(name, "saved.unknown", names=", ".join(sorted(known)) or "–")
        if len(told.getlist(name)) > 1:
            raise _unfit(name, "saved.twice")
    return {name: value for name, value in told.items() if name in known}


def _unfit(name: str, key: str, **values: object) -> Problem:
    what, remedy = ({lang: wording(lang)(k, name=name[:80], **values) for lang in ("nb", "en")}
                    for k in (key, f"{key}_remedy"))  # fmt: skip
    return Problem(400, "parameter", Words(**what), Words(**remedy), parameter=name[:80])


def _text(question: Question, values: Mapping[str, str]) -> str:
    """Raises Problem."""
    try:
        return question.asked(values)
    except UnfitError as error:
        raise Problem(400, "parameter", error.what, error.remedy, parameter=error.name) from error


# For people


def _page(shelf: Shelf, question: Question) -> Response:
    try:
        values = values_of(question, request.args, (PAGE,))
        return shelf.page(lambda: _rendered(_saved_page(shelf, question, values), language(request.path)))
    except Problem as error:
        told = error.told
    except Unanswered as error:
        told = problems.of_refusal(error.refusal)
    if negotiate(request.headers.get("Accept"), (PROBLEM, HTML)) is not HTML:
        return problems.answer(told)
    values = {name: value for name, value in request.args.items() if name != PAGE}
    response = _rendered(_failed_page(shelf, question, values, told), language(request.path))
    response.status_code = told.status
    response.headers.update({"Cache-Control": "no-store", **told.headers})
    return response


def _rendered(page: SavedPage, lang: Lang) -> Response:
    title = f"{page.problem.what.in_language(lang)} {page.question}" if page.problem else page.question
    return html("question.html", page, title, lang)


def _saved_page(shelf: Shelf, question: Question, values: Mapping[str, str]) -> SavedPage:
    text = _text(question, values)
    asked = Asked(text=text, format=format_asked(kind_of(question)).name, client=request.remote_addr or "")
    return _shown(shelf, question, values, text, answered(shelf.site.public, asked, request.args.get(PAGE, "")), None)


def _failed_page(shelf: Shelf, question: Question, values: Mapping[str, str], told: Told) -> SavedPage:
    return _shown(shelf, question, values, question.text, None, told)


def _shown(
    shelf: Shelf,
    question: Question,
    values: Mapping[str, str],
    text: str,
    answer: Answer | None,
    problem: Told | None,
) -> SavedPage:
    lang = language(request.path)
    own = {
        one.name: values[one.name] for one in question.parameters if values.get(one.name, one.default) != one.default
    }
    told = f"?{urlencode(own)}" if own else ""
    return SavedPage(
        slug=question.slug,
        persona=shelf.questions.personas[question.persona].in_language(lang),
        question=question.question.in_language(lang),
        note=question.note.in_language(lang),
        fields=tuple(_field(shelf.site, one, values, lang, problem) for one in question.parameters),
        text=text,
        to_change=in_language("/sparql?", lang) + urlencode({"query": text}),
        here=in_language(f"/query/{question.slug}", lang) + told,
        data=tuple(
            (NAMES[ENDINGS[suffix].name], f"/query/{question.slug}.{suffix}{told}", f"{question.slug}.{suffix}")
            for suffix in endings(question)[1:]
        ),
        answer=answer,
        problem=problem,
    )


def _field(site: Site, parameter: Parameter, values: Mapping[str, str], lang: Lang, problem: Told | None) -> Field:
    return Field(
        name=parameter.name,
        words=parameter.words.in_language(lang),
        value=values.get(parameter.name, parameter.default)[:300],
        default=parameter.default,
        kind=parameter.kind,
        choices=_choices(site, parameter.space, lang) if parameter.kind == "iri" else (),
        wrong=problem is not None and problem.parameter == parameter.name,
    )


def _choices(site: Site, space: str, lang: Lang) -> tuple[tuple[str, str, str], ...]:
    """What has a name there, by name."""
    labels: dict[str, list[Term]] = {}
    for row in rows(site.pages, "choices", space=space):
        labels.setdefault(row["thing"].value.removeprefix(space), []).append(row["label"])
    named = (
        (slug, label.value, label.language) for slug, found in labels.items() if (label := best_label(found, lang))
    )
    return tuple(sorted(named, key=lambda choice: choice[1].casefold()))


# All of them


def _list_page(shelf: Shelf) -> Response:
    lang = language(request.path)
    personas = tuple(
        (words.in_language(lang), tuple(_listed(one, lang) for one in shelf.questions.of(persona)))
        for persona, words in shelf.questions.personas.items()
    )
    return html("questions.html", QuestionsPage(personas=personas), wording(lang)("questions.title"), lang)


def _listed(question: Question, lang: Lang) -> Listed:
    return Listed(
        slug=question.slug,
        question=question.question.in_language(lang),
        address=in_language(f"/query/{question.slug}", lang),
        parameters=tuple(one.words.in_language(lang) for one in question.parameters),
        endings=endings(question)[1:],
    )


def _list(shelf: Shelf) -> Response:
    told = [
        {
            "slug": one.slug,
            "persona": one.persona,
            "question": {"nb": one.nb, "en": one.en},
            "note": {"nb": one.note.nb, "en": one.note.en},
            "parameters": [
                {"name": parameter.name, "kind": parameter.kind, "default": parameter.default,
                 "label": {"nb": parameter.words.nb, "en": parameter.words.en}}
                for parameter in one.parameters
            ],
            "answers": {suffix: f"{request.url_root}query/{one.slug}.{suffix}" for suffix in endings(one)},
        }
        for one in shelf.questions.by_slug.values()
    ]  # fmt: skip
    return Response(json.dumps(told, ensure_ascii=False, indent=1) + "\n", content_type=JSON.media_type)
