"""The ontology and the shapes at their IRIs: pages for people, files for programs, each version, each alignment."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, request

from fosen_graph.findings import Lang
from fosen_graph.formats import GRAPH_FORMATS, HTML, RDF_FORMATS, TURTLE, Format, negotiate
from fosen_graph.iris import ONTOLOGY
from fosen_graph.web.address import VOCABULARIES, language
from fosen_graph.web.endpoint.protocol import not_acceptable
from fosen_graph.web.pages.dumps import send
from fosen_graph.web.pages.html import html
from fosen_graph.web.pages.ontology import read_ontology
from fosen_graph.web.pages.rules import read_shapes
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.pages.shipped import ontology_files
from fosen_graph.web.portals import signposting
from fosen_graph.web.rows import rows
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_DATA = (TURTLE, *(format_ for format_ in RDF_FORMATS if format_ is not TURTLE), HTML)
_ENDINGS = {format_.extension: format_ for format_ in RDF_FORMATS}
_TOLD_OF = ("project", "repository")  # what the ontology names under its own IRI
_GRAPHS = {"ns": "ontology", "shapes": "shapes"}


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    vocabulary = Blueprint("vocabulary", __name__)
    for name in VOCABULARIES:
        for number, address in enumerate((f"/{name}", f"/en/{name}")):
            vocabulary.add_url_rule(address, f"{name}_{number}", lambda name=name: _vocabulary(site, shelf, name))
        vocabulary.add_url_rule(
            f"/{name}.<ending>", f"file_{name}", lambda ending, name=name: _by_ending(site, name, ending)
        )

    @vocabulary.get("/ns/<asked>")
    @vocabulary.get("/en/ns/<asked>", endpoint="version_en")
    def version(asked: str) -> Response:
        return _version(site, shelf, asked)

    @vocabulary.get("/ns/alignments/<name>")
    def alignment(name: str) -> Response:
        found = ontology_files("alignments").get(f"{name.removesuffix('.sssom.tsv')}.sssom.tsv")
        if found is None:
            abort(404)
        return Response(found, content_type="text/tab-separated-values; charset=utf-8")

    return vocabulary


def _vocabulary(site: Site, shelf: Shelf, name: str) -> Response:
    format_ = negotiate(request.headers.get("Accept"), _DATA)
    if format_ is None:
        raise not_acceptable(_DATA)
    if format_ is HTML:
        response = shelf.page(lambda: _page(site, name, language(request.path)))
    else:
        response = _data(site, name, format_)
    response.vary.add("Accept")
    return response


def _by_ending(site: Site, name: str, ending: str) -> Response:
    if ending == HTML.extension:
        return redirect(f"/{name}", 301)  # type: ignore[return-value]
    return _data(site, name, _ENDINGS[ending]) if ending in _ENDINGS else abort(404)


def _data(site: Site, name: str, format_: Format) -> Response:
    """The graph's file of the release: a store would name its blank nodes anew each time."""
    file = f"graphs/{_GRAPHS[name]}.{format_.extension}"
    if file not in site.release.files:
        abort(404)
    response = send(site, file)
    signposting.add(response, signposting.on_data(f"/{name}", VOCABULARIES[name], format_))
    return response


def _page(site: Site, name: str, lang: Lang) -> Response:
    base, prefixes = site.release.base, site.release.prefixes
    if name == "ns":
        view = read_ontology(site.pages, base, site.release.about.site, prefixes, lang)
        response = html("ontology.html", view, view.title.text, lang)
    else:
        response = html(
            "shapes.html", read_shapes(site.pages, base, prefixes, lang), wording(lang)("rules.title"), lang
        )
    signposting.add(response, signposting.on_page(f"/{name}", VOCABULARIES[name], GRAPH_FORMATS))
    return response


def _version(site: Site, shelf: Shelf, asked: str) -> Response:
    """That of the release is the ontology itself; earlier ones are as they were published, in Turtle."""
    stem, ending = next(((asked[: -len(e) - 1], e) for e in _ENDINGS if asked.endswith(f".{e}")), (asked, ""))
    told = rows(site.pages, "version", ontology=str(ONTOLOGY))
    if any(row["version"].value == f"{ONTOLOGY}/{stem}" for row in told):
        return _data(site, "ns", _ENDINGS[ending]) if ending else _vocabulary(site, shelf, "ns")
    if asked in _TOLD_OF:
        return redirect("/ns", 303)  # type: ignore[return-value]
    earlier = ontology_files("versions").get(f"{stem}.ttl")
    if earlier is None or ending not in ("", TURTLE.extension):
        abort(404)
    return Response(earlier, content_type=TURTLE.content_type)
