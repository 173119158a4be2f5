"""The code lists at /code: a page for people with every list and code, files for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, redirect, request

from fosen_graph.findings import Lang
from fosen_graph.formats import HTML, RDF_FORMATS, TURTLE, Format, negotiate
from fosen_graph.web.address import Addresses, language
from fosen_graph.web.endpoint.protocol import not_acceptable
from fosen_graph.web.pages.dumps import send
from fosen_graph.web.pages.html import html
from fosen_graph.web.pages.names import Value
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.portals import signposting
from fosen_graph.web.rows import Row, Term, best_label, rows
from fosen_graph.web.wording import wording

_DATA = (TURTLE, *(format_ for format_ in RDF_FORMATS if format_ is not TURTLE), HTML)
_ENDINGS = {format_.extension: format_ for format_ in RDF_FORMATS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    name: Value
    definition: Term | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    head: Code
    anchor: str  # the end of its IRI
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesView:
    lists: tuple[CodeList, ...]
    endings: tuple[str, ...] = tuple(_ENDINGS)


def blueprint(shelf: Shelf) -> Blueprint:
    codes = Blueprint("codes", __name__)

    @codes.get("/code")
    @codes.get("/en/code", endpoint="en")
    def all_lists() -> Response:
        format_ = negotiate(request.headers.get("Accept"), _DATA)
        if format_ is None:
            raise not_acceptable(_DATA)
        response = shelf.page(lambda: _page(shelf)) if format_ is HTML else _data(shelf, format_)
        response.vary.add("Accept")
        return response

    @codes.get("/code.<ending>")
    def by_ending(ending: str) -> Response:
        if ending == HTML.extension:
            return redirect("/code", 301)  # type: ignore[return-value]
        return _data(shelf, _ENDINGS[ending]) if ending in _ENDINGS else abort(404)

    return codes


def _data(shelf: Shelf, format_: Format) -> Response:
    response = send(shelf.site, f"graphs/codes.{format_.extension}")
    signposting.add(response, signposting.on_data("/code", shelf.to.iri("code"), format_, RDF_FORMATS))
    return response


def _page(shelf: Shelf) -> Response:
    lang = language(request.path)
    view = CodesView(lists=read_codes(rows(shelf.site.pages, "codes"), shelf.to, lang))
    response = html("codes.html", view, wording(lang)("site.codes"), lang)
    signposting.add(response, signposting.on_page("/code", shelf.to.iri("code"), RDF_FORMATS))
    return response


def read_codes(found: Iterable[Row], to: Addresses, lang: Lang) -> tuple[CodeList, ...]:
    """The rows of queries/codes.rq."""
    lists: dict[str, dict[str, list[Row]]] = {}
    for row in found:
        lists.setdefault(row["scheme"].value, {}).setdefault(row["thing"].value, []).append(row)
    return tuple(
        CodeList(
            head=_code(scheme, things[scheme], to, lang),
            anchor=scheme.rpartition("/")[2],
            codes=tuple(_code(iri, own, to, lang) for iri, own in things.items() if iri != scheme),
        )
        for scheme, things in lists.items()
    )


def _code(iri: str, own: Iterable[Row], to: Addresses, lang: Lang) -> Code:
    label = best_label([row["label"] for row in own], lang)
    name = Value(
        text=label.value if label else iri, language=label.language if label else "", address=to.page(iri, lang)
    )
    return Code(name=name, definition=best_label([row["definition"] for row in own if "definition" in row], lang))
