"""The releases that are known in; a page, a feed, an event stream and the description of each out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from flask import Blueprint, Response, abort, redirect, render_template, request
from rdflib import DCTERMS, RDF, VOID, XSD, Literal, Namespace, URIRef

from fosen_graph.findings import Lang
from fosen_graph.formats import GRAPH_FORMATS, HTML, TURTLE, Format, Triple, negotiate, serialise
from fosen_graph.iris import CatalogueIris, Iris
from fosen_graph.web.address import in_language, language
from fosen_graph.web.endpoint.protocol import not_acceptable
from fosen_graph.web.pages.chrome import text_in
from fosen_graph.web.portals import signposting
from fosen_graph.web.portals.known import Known, known_releases
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

LDES, TREE = Namespace("https://w3id.org/ldes#"), Namespace("https://w3id.org/tree#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
_RDF = (TURTLE, *(format_ for format_ in GRAPH_FORMATS if format_ is not TURTLE))
_DATA = (*_RDF, HTML)
_ENDINGS = {format_.extension: format_ for format_ in GRAPH_FORMATS}
_ATOM = "application/atom+xml"


def blueprint(site: Site) -> Blueprint:
    releases = Blueprint("releases", __name__)

    @releases.get("/utgivelser")
    @releases.get("/en/utgivelser", endpoint="listed_en")
    def listed() -> Response:
        return _page(known_releases(site.release))

    @releases.get("/feed.atom")
    @releases.get("/en/feed.atom", endpoint="feed_en")
    def feed() -> Response:
        return Response(_feed(site, language(request.path)), content_type=f"{_ATOM}; charset=utf-8")

    @releases.get("/changes")
    def changes() -> Response:
        format_ = negotiate(request.headers.get("Accept"), _DATA)
        if format_ is None:
            raise not_acceptable(_DATA)
        response = redirect("/utgivelser" if format_ is HTML else f"/changes.{format_.extension}", 303)
        response.vary.add("Accept")
        return response  # type: ignore[return-value]

    @releases.get("/changes.<ending>")
    def changes_as(ending: str) -> Response:
        return _stream(site, _ENDINGS[ending]) if ending in _ENDINGS else abort(404)

    @releases.get("/release/<id_>")
    def identified(id_: str) -> Response:
        _one(site, id_)
        format_ = negotiate(request.headers.get("Accept"), _DATA)
        if format_ is None:
            raise not_acceptable(_DATA)
        target = f"/doc/release/{id_}" + ("" if format_ is HTML else f".{format_.extension}")
        response = redirect(target, 303)
        response.vary.add("Accept")
        return response  # type: ignore[return-value]

    @releases.get("/doc/release/<id_>")
    @releases.get("/en/doc/release/<id_>", endpoint="told_en")
    def told(id_: str) -> Response:
        stem, _, ending = id_.rpartition(".")
        if ending not in _ENDINGS:
            return _page((_one(site, id_),))
        return _told(_one(site, stem), site, _ENDINGS[ending])

    return releases


def _one(site: Site, id_: str) -> Known:
    return next((one for one in known_releases(site.release) if one.id == id_), None) or abort(404)


def _page(known: Sequence[Known]) -> Response:
    w = wording(language(request.path))
    title = w("releases.title") if len(known) != 1 or request.path.endswith("utgivelser") else known[0].id
    html = render_template("releases.html", page=known, w=w, title=title)
    return Response(html, content_type=HTML.content_type)


def _stream(site: Site, format_: Format) -> Response:
    """
    The root of an event stream: a way to each release's own page, which never changes.

    TREE: a client that knows all until a day need not follow the ways that lead to before it.
    """
    at = f"{_site(site)}/changes.{TURTLE.extension}"  # in every format, so that all of them say the same
    stream, root = _event_stream(site), URIRef(at)
    triples: list[Triple] = [
        (stream, RDF.type, LDES.EventStream),
        (stream, LDES.timestampPath, DCTERMS.issued),
        (stream, LDES.versionOfPath, DCTERMS.isVersionOf),
        (stream, TREE.view, root),
        (root, RDF.type, TREE.Node),
    ]
    for one in known_releases(site.release):
        for name, bound in (("from", TREE.GreaterThanOrEqualToRelation), ("until", TREE.LessThanOrEqualToRelation)):
            relation = URIRef(f"{at}#{name}-{one.id}")
            triples += [
                (root, TREE.relation, relation),
                (relation, RDF.type, bound),
                (relation, TREE.path, DCTERMS.issued),
                (relation, TREE.value, _moment(one)),
                (relation, TREE.node, _own_page(one, site)),
            ]
    response = _sent(site, triples, format_)
    signposting.add(response, signposting.on_data("/utgivelser", str(stream), format_, ()))
    return response


def _told(one: Known, site: Site, format_: Format) -> Response:
    """The page of the event stream that has this release as its only member."""
    member, page, stream = Iris(site.release.base).release(one.id), _own_page(one, site), _event_stream(site)
    triples: list[Triple] = [(stream, TREE.member, member), (stream, TREE.view, page), (page, RDF.type, TREE.Node)]
    response = _sent(site, [*triples, *_described(one, site)], format_)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _event_stream(site: Site) -> URIRef:
    return URIRef(f"{site.release.base}changes#stream")


def _own_page(one: Known, site: Site) -> URIRef:
    return URIRef(f"{_site(site)}/doc/release/{one.id}.{TURTLE.extension}")


def _moment(one: Known) -> Literal:
    """LDES wants a moment; the data know the day."""
    return Literal(f"{one.issued}T00:00:00Z", datatype=XSD.dateTime)


def _described(one: Known, site: Site) -> Iterator[Triple]:
    """What holds of the release for ever: not which one is served, nor anything that a later one words anew."""
    node, iris = Iris(site.release.base).release(one.id), CatalogueIris(site.release.base, f"{_site(site)}/")
    yield node, RDF.type, DCAT.Dataset
    yield node, DCTERMS.isVersionOf, iris.everything
    yield node, DCTERMS.issued, _moment(one)
    yield node, DCTERMS.identifier, Literal(one.id)
    yield node, DCAT.version, Literal(one.id)
    yield node, VOID.triples, Literal(one.triples)
    yield node, DCTERMS.title, Literal(wording("nb")("releases.one", id=one.id), lang="nb")
    yield node, DCTERMS.title, Literal(wording("en")("releases.one", id=one.id), lang="en")
    for plan in one.plans:
        yield node, DCTERMS.hasPart, Iris(site.release.base).dataset(*plan.split("/"))
    yield node, DCAT.landingPage, iris.page(node)


def _sent(site: Site, triples: Sequence[Triple], format_: Format) -> Response:
    body = serialise(triples, format_, site.release.prefixes | {"ldes": str(LDES), "tree": str(TREE)})
    return Response(body, content_type=format_.content_type)


def _feed(site: Site, lang: Lang) -> str:
    """RFC 4287. The identifiers are IRIs of ours and last."""
    known, about, w = known_releases(site.release), site.release.about, wording(lang)
    home, title = _site(site), escape(text_in(about.title, lang)[0])
    own = escape(f"{home}{in_language('/feed.atom', lang)}")
    newest = max((one.issued for one in known), default=site.release.issued)
    entries = "".join(_entry(one, site, lang) for one in known)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}">\n'
        f"<id>{escape(site.release.base)}changes</id>\n<title>{title}</title>\n"
        f"<subtitle>{escape(w('releases.lead'))}</subtitle>\n<updated>{newest}T00:00:00Z</updated>\n"
        f"<author><name>{escape(text_in(about.publisher, lang)[0])}</name>"
        f"<uri>{escape(about.homepage)}</uri></author>\n"
        f'<link rel="self" type="{_ATOM}" href="{own}"/>\n'
        f'<link rel="alternate" type="text/html" href="{escape(home + in_language("/utgivelser", lang))}"/>\n'
        f"{entries}</feed>\n"
    )


def _entry(one: Known, site: Site, lang: Lang) -> str:
    node, w = str(Iris(site.release.base).release(one.id)), wording(lang)
    told = w("releases.told", triples=w.number(one.triples), plans=len(one.plans), version=one.version)
    address = f"{_site(site)}{in_language(f'/doc/release/{one.id}', lang)}"
    return (
        f"<entry><id>{escape(node)}</id><title>{escape(w('releases.one', id=one.id))}</title>"
        f"<published>{one.issued}T00:00:00Z</published><updated>{one.issued}T00:00:00Z</updated><summary>{escape(told)}</summary>"
        f'<link rel="alternate" type="text/html" href="{escape(address)}"/></entry>\n'
    )


def _site(site: Site) -> str:
    return (site.release.about.site or request.url_root).rstrip("/")
