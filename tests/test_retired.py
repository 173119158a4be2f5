"""Merged, withdrawn and unknown IRIs: the IRI itself answers, in one step."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
import served
from flask import Flask
from flask.testing import FlaskClient
from rdflib import URIRef

from fosen_graph.asking import Limits
from fosen_graph.asking.store import EmbeddedStore, Source, release_sources
from fosen_graph.formats import NTRIPLES, serialise
from fosen_graph.reading.register import Entry, retired
from fosen_graph.web.app import create_app
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
def app(folder: Path) -> Flask:
    file = folder / "retired.nt"
    file.write_bytes(serialise(retired(GONE), NTRIPLES, {}))
    graph = "https://w3id.org/fosen-graph/graph/plan"
    release = served.release()
    sources = [*release_sources(release.folder), Source(path=str(file), graph=graph)]
    store = EmbeddedStore(sources, release.prefixes, release.base)
    return create_app(Site(release=release, public=store, pages=store, limits=Limits()))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return app(tmp_path_factory.mktemp("retired")).test_client()


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
