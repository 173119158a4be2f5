"""The catalogue of a release: as data in every format, as the release has it, and as pages of what it lists."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request

from fosen_graph.findings import Lang
from fosen_graph.formats import HTML, RDF_FORMATS, TURTLE, Format, negotiate
from fosen_graph.iris import CatalogueIris
from fosen_graph.web.address import Addresses, in_language, language
from fosen_graph.web.endpoint.protocol import not_acceptable
from fosen_graph.web.pages.dumps import send
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.portals import schema_org, signposting
from fosen_graph.web.portals.dataset import DatasetView, Entry, read_dataset, read_entries
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_DATA = (TURTLE, *(format_ for format_ in RDF_FORMATS if format_ is not TURTLE), HTML)
_ENDINGS = {format_.extension: format_ for format_ in RDF_FORMATS}
_MOST = 100  # datasets on one page of the catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What no source has told us yet, in the reader's language, and what to do."""

    what: str
    remedy: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePage:
    own: Entry
    series: tuple[Entry, ...]
    datasets: tuple[Entry, ...]
    services: tuple[Entry, ...]
    formats: tuple[Format, ...]
    gaps: tuple[Gap, ...]
    number: int  # of this page, from 1
    pages: int


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    portal = Blueprint("catalogue", __name__)

    @portal.get("/catalogue")
    @portal.get("/en/catalogue", endpoint="catalogue_en")
    def catalogue() -> Response:
        format_ = negotiate(request.headers.get("Accept"), _DATA)
        if format_ is None:
            raise not_acceptable(_DATA)
        if format_ is HTML:
            response = shelf.page(lambda: _page(site, shelf.to, language(request.path)))
        else:
            response = _data(site, format_)
        response.vary.add("Accept")
        return response

    @portal.get("/catalogue.html")
    def page() -> Response:
        return redirect("/catalogue", 301)  # type: ignore[return-value]

    @portal.get("/catalogue.<ending>")
    def data(ending: str) -> Response:
        if ending not in _ENDINGS:
            abort(404)
        return _data(site, _ENDINGS[ending])

    @portal.get("/doc/dataset/<path:path>")
    @portal.get("/en/doc/dataset/<path:path>", endpoint="dataset_en")
    def dataset(path: str) -> Response:
        if path.rpartition(".")[2] in _ENDINGS:
            return current_app.view_functions["pages.told"](path=f"dataset/{path}")  # type: ignore[return-value]
        return shelf.page(lambda: _dataset_page(shelf, shelf.to.iri(f"dataset/{path}"), language(request.path)))

    @portal.get("/linkset/<path:path>.json")
    def linkset(path: str) -> Response:
        """Everything that the page's Link header says, and the way back from each file; asked of the page itself."""
        with current_app.test_client() as own:
            page = own.get(f"/doc/{path}", headers={"Accept": HTML.media_type})
        if page.status_code != 200:
            abort(404)
        here = (site.release.about.site or request.url_root).rstrip("/")
        told = signposting.linkset(here, f"/doc/{path}", page.headers["Link"])
        return Response(told, content_type=signposting.LINKSET)

    return portal


def _dataset_page(shelf: Shelf, iri: str, lang: Lang) -> Response:
    """Of what is in the catalogue and no dataset, that of any thing."""
    site = shelf.site
    view = read_dataset(site.pages, iri, shelf.to, lang, site.release.about)
    if view is None:
        return current_app.view_functions["pages.told"](path=shelf.to.path(iri))  # type: ignore[return-value]
    block = schema_org.data_block(schema_org.of_dataset(view, site.release.about, _iri(site), lang))
    text = render_template("dataset.html", page=view, block=block, w=wording(lang), title=view.title.text)
    response = Response(text, content_type=HTML.content_type)
    signposting.add(response, _of_dataset(view, lang))
    return response


def _of_dataset(view: DatasetView, lang: Lang) -> list[str]:
    links = [signposting.link("https://schema.org/Dataset", "type")]
    links += [signposting.link(file.path, "item", file.media_type) for file in view.files]
    if view.publisher.iri:
        links.append(signposting.link(view.publisher.iri, "author"))
    return [*links, signposting.link(in_language("/catalogue", lang), "collection")]


def _iri(site: Site) -> str:
    return str(CatalogueIris(site.release.base, site.release.about.site).catalogue)


def _data(site: Site, format_: Format) -> Response:
    """The file of the release, so that each harvest of a release gets the same bytes."""
    name = f"graphs/catalogue.{format_.extension}"
    if name not in site.release.files:
        abort(404)
    response = send(site, name)
    signposting.add(response, signposting.on_data("/catalogue", _iri(site), format_, RDF_FORMATS))
    return response


def _page(site: Site, to: Addresses, lang: Lang) -> Response:
    entries = read_entries(site.pages, to, lang)
    if "Catalog" not in entries:
        abort(404)
    datasets = entries["Dataset"]
    pages = max(1, -(-len(datasets) // _MOST))
    number = min(max(1, request.args.get("side", 1, int)), pages)
    view = CataloguePage(
        own=entries["Catalog"][0],
        series=tuple(entries["DatasetSeries"]),
        datasets=tuple(datasets[(number - 1) * _MOST : number * _MOST]),
        services=tuple(entries["DataService"]),
        formats=RDF_FORMATS,
        gaps=_gaps(site, lang),
        number=number,
        pages=pages,
    )
    block = schema_org.data_block(
        schema_org.of_catalogue(_iri(site), view.own, view.datasets, site.release.about, lang)
    )
    text = render_template(
        "catalogue.html", page=view, block=block, w=wording(lang), title=wording(lang)("catalogue.title")
    )
    response = Response(text, content_type=HTML.content_type)
    links = signposting.on_page("/catalogue", _iri(site), RDF_FORMATS)
    links.append(signposting.link("https://schema.org/DataCatalog", "type"))
    signposting.add(response, [*links, *(signposting.link(one.title.address, "item") for one in view.datasets)])
    return response


def _gaps(site: Site, lang: Lang) -> tuple[Gap, ...]:
    """The findings of the check that are about the catalogue."""
    try:
        findings = json.loads((site.release.folder / "report.json").read_bytes())["findings"]
    except (OSError, ValueError, KeyError):
        return ()
    return tuple(
        Gap(what=one["what"][lang], remedy=one["remedy"][lang], place=f"{one['file']}:{one['line']}")
        for one in findings
        if one["code"].startswith("catalogue-")
    )
