"""Pages that tell what the plan says, and the addresses of everything that has an IRI."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from rdflib import OWL
from werkzeug.datastructures import LanguageAccept

from fosen_graph.findings import Lang
from fosen_graph.formats import GRAPH_FORMATS, HTML, JSONLD, TURTLE, Format, negotiate
from fosen_graph.iris import NOT_IN_IRI
from fosen_graph.web.address import OTHER_THINGS, Addresses, in_language, language
from fosen_graph.web.endpoint.protocol import not_acceptable
from fosen_graph.web.pages.choosing import NAMES, is_untidy, read_choice
from fosen_graph.web.pages.compact import compacted
from fosen_graph.web.pages.names import Names
from fosen_graph.web.pages.plan import Namer, PlanHead, PlanView, read_heads, read_plan
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.pages.standing import survivor
from fosen_graph.web.pages.thing import read_about, read_thing
from fosen_graph.web.rows import Row, document
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_DATA = (TURTLE, *(format_ for format_ in GRAPH_FORMATS if format_ is not TURTLE), HTML)
_ENDINGS = {format_.extension: format_ for format_ in GRAPH_FORMATS}
_MOST_NAMES = 300
_NO_IRI = re.compile(rf"[{NOT_IN_IRI}\[\]]")  # \ufffd is among them: it stands for bytes that are no UTF-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    plans: tuple[PlanHead, ...]
    plan: PlanView | None  # the only one, or the newest
    names: tuple[str, ...] = NAMES  # of what can be chosen by


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    pages = Blueprint("pages", __name__)
    to = shelf.to

    @pages.before_request
    def only_iris() -> None:
        if _NO_IRI.search(request.path):
            abort(404)

    @pages.app_context_processor
    def naming() -> dict[str, object]:
        return {"names_of": lambda table: _names(site, to, table)}

    @pages.get("/")
    @pages.get("/en/", endpoint="home_en")
    def home() -> Response:
        if request.path == "/" and _reads_english():
            query = request.query_string.decode("ascii", "replace")
            response = redirect(f"/en/?{query}" if query else "/en/", 302)
            response.headers["Cache-Control"] = "no-store"
        else:
            response = _home(shelf, language(request.path))
        if request.path == "/":
            response.vary.update(("Accept-Language", "Sec-Fetch-Site", "Referer"))
        return response  # type: ignore[return-value]

    @pages.get("/plan/<region>/<plan>")
    @pages.get("/en/plan/<region>/<plan>", endpoint="plan_en")
    def one_plan(region: str, plan: str) -> Response:
        return _home(shelf, language(request.path), to.iri(f"{region}/{plan}"))

    @pages.get("/id/<path:path>")
    def identified(path: str) -> Response:
        return _see_other(site, to, path)

    for kind in OTHER_THINGS:
        pages.add_url_rule(
            f"/{kind}/<path:path>", f"of_{kind}", lambda path, kind=kind: _see_other(site, to, f"{kind}/{path}")
        )

    @pages.get("/doc/<path:path>")
    @pages.get("/en/doc/<path:path>", endpoint="told_en")
    def told(path: str) -> Response:
        stem, _, ending = path.rpartition(".")
        if ending in _ENDINGS:
            return _thing_data(site, to, stem, _ENDINGS[ending])
        if ending == HTML.extension:
            return redirect(request.path.removesuffix(".html"), 301)  # type: ignore[return-value]
        return shelf.page(lambda: _thing_page(shelf, path, language(request.path)))

    return pages


def _home(shelf: Shelf, lang: Lang, iri: str | None = None) -> Response:
    """iri: the plan to show; None: the newest."""
    if is_untidy(request.args):
        return redirect(f"{request.path}{read_choice(request.args).query}", 302)  # type: ignore[return-value]
    return shelf.page(lambda: _plan_page(shelf, lang, iri))


def _plan_page(shelf: Shelf, lang: Lang, iri: str | None) -> Response:
    plans = read_heads(shelf.plans, shelf.to, lang)
    head = next((head for head in plans if iri in (None, head.iri)), None)
    if iri and not head:
        abort(404)
    plan = None
    if head:
        whole = shelf.whole(head.iri)
        plan = read_plan(whole, head, Namer(whole, shelf.to, lang), read_choice(request.args))
    title = head.name.text if head else wording(lang)("site.name")
    return _html("home.html", Home(plans=plans, plan=plan), title, lang)


def _reads_english() -> bool:
    """A reader who comes from one of our own pages has chosen already."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return False
    if urlsplit(request.headers.get("Referer", "")).netloc == request.host:
        return False
    return prefers(request.accept_languages) == "en"


def prefers(accepted: LanguageAccept) -> Lang:
    """Bokmål for everyone who reads a Scandinavian language, or does not say."""
    for language_tag, quality in accepted:
        tag = language_tag.lower().split("-")[0]
        if quality > 0 and tag in ("nb", "no", "nn", "da", "sv", "se"):
            return "nb"
        if quality > 0 and tag == "en":
            return "en"
    return "nb"


def _names(site: Site, to: Addresses, table: Iterable[Row]) -> Names:
    """What the things in a table of answers are called; the first ones, where there are very many."""
    found = dict.fromkeys(term.value for row in table for term in row.values() if term.is_iri)
    return Names(site.pages, list(found)[:_MOST_NAMES], to, language(request.path), site.release.prefixes)


def _see_other(site: Site, to: Addresses, path: str) -> Response:
    """A thing is not a document: the client is told where one about it is (303, httpRange-14)."""
    stem, _, ending = path.rpartition(".")
    format_ = HTML if ending == HTML.extension else _ENDINGS.get(ending)
    path = stem if format_ else path.rstrip("/")
    iri = to.iri(path)
    now = survivor(site, iri, format_)
    if now != iri:
        return redirect(to.here(now), 301)  # type: ignore[return-value]
    format_ = format_ or negotiate(request.headers.get("Accept"), _DATA)
    if format_ is None:
        raise not_acceptable(_DATA)
    if format_ is HTML:
        target = in_language(f"/doc/{path}", prefers(request.accept_languages))
    else:
        target = f"/doc/{path}.{format_.extension}"
    response = redirect(target, 303)
    response.vary.update(("Accept", "Accept-Language"))
    return response  # type: ignore[return-value]


def _thing_page(shelf: Shelf, path: str, lang: Lang) -> Response:
    iri = shelf.to.iri(path)
    page = _page_number()
    about = read_about(shelf.site.pages, iri, page)
    own = {row["property"].value for row in about if "value" in row}
    if not own and not any("subject" in row for row in about):
        abort(404)
    if str(OWL.deprecated) in own:
        return redirect(shelf.to.page(survivor(shelf.site, iri), lang), 301)  # type: ignore[return-value]
    thing = read_thing(shelf, iri, about, lang, page)
    if page > max(1, thing.pages):
        abort(404)
    return _html("thing.html", thing, thing.label.text, lang)


def _page_number() -> int:
    text = request.args.get("side", "1")
    return int(text[:6]) if text.isascii() and text.isdigit() and int(text[:6]) > 0 else 1


def _thing_data(site: Site, to: Addresses, path: str, format_: Format) -> Response:
    iri = to.iri(path)
    now = survivor(site, iri, format_)
    if now != iri:
        target = to.path(now)
        return redirect(f"/doc/{target}.{format_.extension}" if target else now, 301)  # type: ignore[return-value]
    told = document(site.pages, "thing", format_.name, thing=iri)
    return Response(compacted(told) if format_ is JSONLD else told, content_type=format_.content_type)


def _html(template: str, page: object, title: str, lang: Lang) -> Response:
    text = render_template(template, page=page, w=wording(lang), title=title)
    return Response(text, content_type=HTML.content_type)
