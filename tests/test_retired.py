"""Merged, withdrawn and unknown IRIs: the IRI itself answers, in one step."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
import served
from flask import Flask
from flask.testing import FlaskClient
from rdflib import DCTERMS, OWL, RDFS, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from fosen_graph.asking import Limits
from fosen_graph.asking.store import EmbeddedStore, Source, release_sources
from fosen_graph.formats import NTRIPLES, serialise
from fosen_graph.reading.register import Entry, retired
from fosen_graph.web.app import create_app
from fosen_graph.web.export.crawl import Crawl
from fosen_graph.web.export.hosts import host_files
from fosen_graph.web.export.site import retired_paths
from fosen_graph.web.site import Site

TTL = "text/turtle"
HTML = "text/html"


def entry(slug: str, status: str, replaced_by: str = "") -> Entry:
    iri = "https://w3id.org/fosen-graph/id/fosen/aktoer/"
    return Entry(
        iri=URIRef(iri + slug),
        class_="Actor",
        label=slug,
        minted="2026-11-24",
        status=status,
        replaced_by=URIRef(iri + replaced_by) if replaced_by else None,
    )


GONE = [
    entry("first", "merged", "second"),
    entry("second", "merged", "raadet"),
    entry("away", "withdrawn"),
    entry("lost", "merged", "away"),
]


@functools.cache
def site(folder: Path) -> Site:
    file = folder / "retired.nt"
    file.write_bytes(serialise(retired(GONE), NTRIPLES, {}))
    graph = "https://w3id.org/fosen-graph/graph/plan"
    release = served.release()
    sources = [*release_sources(release.folder), Source(path=str(file), graph=graph)]
    store = EmbeddedStore(sources, release.prefixes, release.base)
    return Site(release=release, public=store, pages=store, limits=Limits())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("retired")


@functools.cache
def app(folder: Path) -> Flask:
    return create_app(site(folder))


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return app(folder).test_client()


@pytest.mark.parametrize(
    ("path", "accept", "status", "location"),
    [
        ("/id/fosen/aktoer/second", TTL, 301, "/id/fosen/aktoer/raadet"),
        ("/id/fosen/aktoer/first", TTL, 301, "/id/fosen/aktoer/raadet"),
        ("/id/fosen/aktoer/first", HTML, 301, "/id/fosen/aktoer/raadet"),
        ("/id/fosen/aktoer/lost", TTL, 301, "/id/fosen/aktoer/away"),
        ("/id/fosen/aktoer/away", TTL, 410, None),
        ("/id/fosen/aktoer/away", HTML, 410, None),
        ("/id/fosen/aktoer/nobody", TTL, 404, None),
        ("/id/fosen/aktoer/nobody", HTML, 404, None),
        ("/code/rolle/nothing", TTL, 404, None),
        ("/doc/fosen/aktoer/first", HTML, 301, "/doc/fosen/aktoer/raadet"),
        ("/en/doc/fosen/aktoer/first", HTML, 301, "/en/doc/fosen/aktoer/raadet"),
        ("/doc/fosen/aktoer/first.ttl", TTL, 301, "/doc/fosen/aktoer/raadet.ttl"),
        ("/doc/fosen/aktoer/away", HTML, 410, None),
        ("/doc/fosen/aktoer/away.nt", TTL, 410, None),
    ],
)
def test_an_iri_that_is_no_more_says_so_itself(
    client: FlaskClient, path: str, accept: str, status: int, location: str | None
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.headers.get("Location")) == (status, location)


FORMATS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}
TYPES = {"ttl": TTL, "nt": "application/n-triples", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib itself uses it
def test_what_was_withdrawn_is_told_as_data_in_every_format(client: FlaskClient) -> None:
    """By ending and by Accept; the same statement in all: withdrawn, its name, since when, and why no other has it."""
    path, thing = "/id/fosen/aktoer/away", GONE[2].iri
    told = []
    for ending, format_ in FORMATS.items():
        answers = [
            client.get(f"/doc/fosen/aktoer/away.{ending}"),
            client.get(f"{path}.{ending}"),
            client.get(path, headers={"Accept": TYPES[ending]}),
        ]
        assert [(one.status_code, one.mimetype) for one in answers] == [(410, TYPES[ending])] * 3
        told += [Graph().parse(data=one.data, format=format_) for one in answers]
    assert all(isomorphic(told[0], other) for other in told[1:])
    assert (thing, OWL.deprecated, Literal(True)) in told[0]
    assert (thing, DCTERMS.issued, None) in told[0]
    assert {str(text.language) for text in told[0].objects(thing, RDFS.comment)} == {"nb", "en"}  # type: ignore[attr-defined]
    assert set(told[0].subjects()) == {thing}


@pytest.mark.parametrize(("start", "words"), [("", "«away» er trukket tilbake"), ("/en", "“away” has been withdrawn")])
def test_what_was_withdrawn_is_told_to_people_by_its_name(client: FlaskClient, start: str, words: str) -> None:
    page = client.get(f"{start}/doc/fosen/aktoer/away", headers={"Accept": HTML})
    assert page.status_code == 410 and words in page.text and "2026" in page.text


def test_an_export_tells_of_what_is_no_more(folder: Path) -> None:
    """Merged: page and IRI lead to what took over, in each language. Withdrawn: the statement, as page and data."""
    retired_ = retired_paths(site(folder))
    crawl = Crawl(app(folder), (), (), retired_)
    found = {one.file: one for one in crawl.of_the_retired()}
    assert crawl.lost == [] and len(found) == 3 * len(GONE) + len(FORMATS)
    assert found["en/doc/fosen/aktoer/first/index.html"].to == "/en/doc/fosen/aktoer/raadet"
    assert found["id/fosen/aktoer/first/index.html"].to == "/doc/fosen/aktoer/first"
    assert "trukket tilbake" in found["doc/fosen/aktoer/away/index.html"].body.decode()
    assert b"deprecated" in found["doc/fosen/aktoer/away.ttl"].body
    rule = "^(id|doc|en/doc)/fosen/aktoer/first(\\.[a-z]+)?/?$ %{ENV:ROOT}$1/fosen/aktoer/raadet$2 [R=301,L]"
    assert rule in host_files("/", retired_)[".htaccess"]


def test_what_is_no_more_is_on_no_list(client: FlaskClient) -> None:
    assert "aktoer/away" not in client.get("/sitemap.xml").text
