"""Every IRI that the data mint answers: whoever finds one anywhere can ask what it is."""

from __future__ import annotations

import functools
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import served
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse
from rdflib import OWL, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from fosen_graph.asking import Limits
from fosen_graph.asking.published import read_release
from fosen_graph.asking.store import EmbeddedStore, release_sources
from fosen_graph.formats import GRAPH_FORMATS, NTRIPLES, Format, read
from fosen_graph.iris import rebase
from fosen_graph.release.line import build
from fosen_graph.web.app import create_app
from fosen_graph.web.site import Site

BASE = "https://w3id.org/fosen-graph/"
FILES = ("all.nt", "graphs/catalogue.nt", "graphs/report.nt")
KINDS = (
    "id/fosen/2022-2024", "id/fosen/2022-2024/strategi/verdiskaping",
    "id/fosen/2022-2024/tiltak/desentraliserte-tilbud", "id/fosen/2022-2024/punkt/naturressurser",
    "id/fosen/2022-2024/vedtak/rs-03-22", "id/fosen/2022-2024/kilde", "id/fosen/2022-2024/kilde/rad/29",
    "id/fosen/2022-2024/kilde/rad/29/celle/5", "id/fosen/2022-2024/kilde/rad/29/celle/5/omtale/16-27",
    "id/fosen/2022-2024/kilde/rad/29/celle/5/deltakelse/16-27", "id/fosen/aktoer/nve", "id/fosen/ordning/fosen-gis",
    "code/rolle", "code/rolle/ansvarlig",
    "id/fosen/kontroll/prosjektet", "dataset/all", "dataset/fosen", "dataset/fosen/2022-2024",
    "dataset/fosen/2022-2024/ttl", "graph/plan", "question/p1",
)  # fmt: skip


def minted() -> list[str]:
    """Every IRI of ours that stands anywhere in what is published, without its fragment."""
    found = {
        term
        for name in FILES
        for quad in read((served.release().folder / name).read_bytes(), NTRIPLES, name)
        for term in quad[:3]
        if isinstance(term, URIRef) and term.startswith(BASE)
    }
    return sorted({term.partition("#")[0] for term in found})


def path_of(iri: str) -> str:
    return f"/{iri.removeprefix(BASE)}"


@pytest.mark.parametrize("accept", ["text/turtle", "text/html"])
def test_every_iri_in_the_dumps_answers(accept: str) -> None:
    """Pages one in seven: they cost more, and each kind is among them."""
    client, iris = served.client(), minted()
    assert len(iris) > 1000
    silent = []
    for iri in iris if accept == "text/turtle" else iris[::7]:
        is_file = (
            iri.removeprefix(BASE).startswith(("doc/", "dumps/", "sparql", "reconcile", "ns/logo")) or str(iri) == BASE
        )
        with client.get(
            path_of(iri), headers={"Accept": "*/*" if is_file else accept}, follow_redirects=True
        ) as answer:
            if answer.status_code != 200 or (not is_file and answer.mimetype != accept):
                silent.append((str(iri), answer.status_code, answer.mimetype))
    assert silent == []


def test_every_fragment_stands_in_the_document_that_it_is_a_part_of() -> None:
    """Terms have an anchor of their own on the page, and a subject of their own in the data."""
    for name, graph in (("ns", "ontology"), ("shapes", "shapes")):
        page = served.client().get(f"/{name}", headers={"Accept": "text/html"}).text
        told = read((served.release().folder / f"graphs/{graph}.nt").read_bytes(), NTRIPLES, name)
        terms = {str(quad[0]).partition("#")[2] for quad in told if str(quad[0]).startswith(f"{BASE}{name}#")}
        anchors = re.findall(r'\sid="([^"]+)"', page)
        assert len(anchors) == len(set(anchors)), "an anchor stands twice"
        assert terms - set(anchors) - {""} == set(), name


@pytest.mark.parametrize("thing", KINDS)
def test_all_formats_of_a_thing_say_the_same(thing: str) -> None:
    path = thing.removeprefix("id/")
    graphs = [graph_of(f"/doc/{path}.{format_.extension}", format_) for format_ in GRAPH_FORMATS]
    assert len(graphs[0]) > 0
    assert all(graphs[0] == other for other in graphs[1:])


@pytest.mark.parametrize("name", ["ns", "shapes", "code", "catalogue", "void", "changes"])
def test_all_formats_of_a_document_say_the_same(name: str) -> None:
    graphs = [graph_of(f"/{name}.{format_.extension}", format_) for format_ in GRAPH_FORMATS]
    assert len(graphs[0]) > 5
    assert all(graphs[0] == other for other in graphs[1:])


def graph_of(path: str, format_: Format) -> Dataset:
    """Its blank nodes named anew, so that what is isomorphic is equal: rdflib takes a minute for it."""
    with served.client().get(path, headers={"Accept": "*/*"}) as response:
        assert (response.status_code, response.mimetype) == (200, format_.media_type), path
        parser = RdfFormat.from_media_type(format_.media_type)
        graph = Dataset(Quad(*quad.triple) for quad in parse(response.data, format=parser))
        graph.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
        return graph


@pytest.mark.parametrize(
    ("path", "accept", "status", "location"),
    [
        ("/id/fosen/aktoer/nve", "text/turtle", 303, "/doc/fosen/aktoer/nve.ttl"),
        ("/id/fosen/aktoer/nve", "application/ld+json", 303, "/doc/fosen/aktoer/nve.jsonld"),
        ("/id/fosen/aktoer/nve", "text/html", 303, "/doc/fosen/aktoer/nve"),
        ("/id/fosen/aktoer/nve.rdf", "text/html", 303, "/doc/fosen/aktoer/nve.rdf"),
        ("/id/fosen/aktoer/nve.html", "text/turtle", 303, "/doc/fosen/aktoer/nve"),
        ("/doc/fosen/aktoer/nve.html", "*/*", 301, "/doc/fosen/aktoer/nve"),
        ("/en/doc/fosen/aktoer/nve.html", "*/*", 301, "/en/doc/fosen/aktoer/nve"),
        ("/ns.html", "*/*", 301, "/ns"),
        ("/code.html", "*/*", 301, "/code"),
        ("/code", "image/png", 406, None),
        ("/catalogue.html", "*/*", 301, "/catalogue"),
        ("/ns/project", "*/*", 303, "/ns"),
        ("/id/fosen/aktoer/nve", "image/png", 406, None),
        ("/ns", "image/png", 406, None),
        ("/catalogue", "image/png", 406, None),
        ("/doc/fosen/aktoer/nobody.html", "*/*", 301, "/doc/fosen/aktoer/nobody"),
        ("/doc/fosen/aktoer/nobody.ttl", "*/*", 404, None),
        ("/ns/9.9.9", "text/turtle", 404, None),
        ("/catalogue.csv", "*/*", 404, None),
    ],
)
def test_an_address_leads_where_it_should(path: str, accept: str, status: int, location: str | None) -> None:
    with served.client().get(path, headers={"Accept": accept}) as response:
        assert (response.status_code, response.headers.get("Location")) == (status, location)


@pytest.mark.parametrize("path", ["/id/fosen/aktoer/nve", "/ns", "/code", "/catalogue", "/.well-known/void"])
def test_what_depends_on_accept_says_so(path: str) -> None:
    with served.client().get(path, headers={"Accept": "text/turtle"}) as response:
        assert "Accept" in response.headers["Vary"]


def test_the_version_that_the_ontology_names_is_the_ontology() -> None:
    with served.client().get("/ns/0.1.0", headers={"Accept": "text/turtle"}) as version:
        assert version.data == (served.release().folder / "graphs/ontology.ttl").read_bytes()


@pytest.mark.parametrize("version", sorted(path.stem for path in (served.ROOT / "ontology/versions").glob("*.ttl")))
def test_every_version_of_the_ontology_stays_at_its_iri(version: str) -> None:
    with served.client().get(f"/ns/{version}", headers={"Accept": "text/turtle"}) as response:
        told = Graph().parse(data=response.data, format="turtle")
    assert told.value(URIRef(f"{BASE}ns"), OWL.versionIRI) == URIRef(f"{BASE}ns/{version}")


def test_the_code_lists_have_a_page_with_every_code() -> None:
    for path, word in (("/code", "ansvarlig"), ("/en/code", "responsible")):
        shown = served.client().get(path, headers={"Accept": "text/html"}).text
        assert f">{word}</a>" in shown
        assert shown.count("<dt>") == served.count("?scheme skos:hasTopConcept ?code")


class Addresses(HTMLParser):
    """Where a page leads: what its elements refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action") and value:
                self.found.add(value)


def addresses(text: str) -> set[str]:
    parser = Addresses()
    parser.feed(text)
    return parser.found


PREFIX = "/fosen/plan"
PAGES = (
    "/", "/en/", "/catalogue", "/ns", "/en/ns", "/shapes", "/dumps/", "/sparql", "/om", "/utgivelser",
    "/doc/dataset/fosen/2022-2024", "/doc/fosen/aktoer/nve", "/en/doc/fosen/2022-2024/tiltak/desentraliserte-tilbud",
    "/doc/fosen/2022-2024/kilde", "/nothing",
)  # fmt: skip


@functools.cache
def behind_a_proxy() -> Flask:
    site = Site(release=served.release(), public=served.store(), pages=served.store(), limits=Limits(), proxies=1)
    return create_app(site)


def through(client: FlaskClient, address: str, accept: str = "text/html") -> tuple[int, str, str]:
    """As a proxy asks that serves the site below a path: status, Location, body."""
    parts = urlsplit(address)
    assert parts.path.startswith(f"{PREFIX}/"), address
    path = parts.path.removeprefix(PREFIX) + (f"?{parts.query}" if parts.query else "")
    headers = {"X-Forwarded-Prefix": PREFIX, "X-Forwarded-Host": "plan.example.org", "Accept": accept}
    with client.get(path, headers=headers) as response:
        return response.status_code, response.headers.get("Location", ""), response.text


@pytest.mark.parametrize("page", PAGES)
def test_below_a_path_prefix_every_link_of_a_page_works(page: str) -> None:
    client = behind_a_proxy().test_client()
    status, _, text = through(client, PREFIX + page)
    assert status == (404 if page == "/nothing" else 200)
    local = sorted(address for address in addresses(text) if address.startswith("/"))
    assert len(local) > 5
    assert [address for address in local if not address.startswith(f"{PREFIX}/")] == []
    dead = []
    for address in local[:60]:
        status, _, _ = through(client, address.partition("#")[0], "*/*" if "." in address else "text/html")
        if status not in (200, 301, 302, 303) and not address.endswith("/nothing"):
            dead.append((address, status))
    assert dead == []


@pytest.mark.parametrize("path", ["/id/fosen/aktoer/nve", "/.well-known/void", "/doc/fosen/aktoer/nve.html"])
def test_below_a_path_prefix_redirects_and_link_headers_work(path: str) -> None:
    status, location, _ = through(behind_a_proxy().test_client(), PREFIX + path, "text/turtle")
    assert status in (301, 303) and location.startswith(f"{PREFIX}/")
    headers = {"X-Forwarded-Prefix": PREFIX, "Accept": "text/html"}
    with behind_a_proxy().test_client().get("/doc/dataset/all", headers=headers) as response:
        targets = re.findall(r"<(/[^>]*)>", response.headers["Link"])
        assert targets and all(target.startswith(f"{PREFIX}/") for target in targets)


def test_a_prefix_that_no_proxy_may_give_is_not_believed() -> None:
    with served.client().get("/ns", headers={"X-Forwarded-Prefix": "/evil", "Accept": "text/html"}) as response:
        assert "/evil" not in response.text


OTHER = "https://data.example.org/plan/"


@functools.cache
def rebased(folder: Path) -> Path:
    """The same data built with another base."""
    shutil.copytree(served.ROOT / "data", folder / "data")
    toml = folder / "data" / "site.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace(f'base = "{BASE}"', f'base = "{OTHER}"'), encoding="utf-8")
    build(folder / "data", folder / "out")
    return folder / "out" / "current"


def test_another_base_changes_every_iri_of_ours_and_nothing_else(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The vocabularies are shared by all and stay; numbers of bytes and checksums follow the files."""
    folder = rebased(tmp_path_factory.getbasetemp())
    assert triples(folder / "all.nt") == set(moved(triples(served.release().folder / "all.nt")))


def test_what_is_served_under_another_base_answers_there(tmp_path_factory: pytest.TempPathFactory) -> None:
    release = read_release(rebased(tmp_path_factory.getbasetemp()))
    store = EmbeddedStore(release_sources(release.folder), release.prefixes, release.base)
    client = create_app(Site(release=release, public=store, pages=store, limits=Limits())).test_client()
    for path in ("/id/fosen/aktoer/nve", "/catalogue", "/dataset/all", "/ns", "/graph/plan", "/question/p1"):
        with client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True) as response:
            assert response.status_code == 200, path
    page = client.get("/catalogue", headers={"Accept": "text/html"})
    assert f"{OTHER}catalogue" in page.text and f"{BASE}catalogue" not in page.text
    assert all(urljoin(OTHER, "x")[:20] == target[:20] for target in re.findall(r"<loc>(.*?)</loc>", sitemap(client)))


def sitemap(client: FlaskClient) -> str:
    return client.get("/sitemap.xml").text


def triples(file: Path) -> set[tuple[Node, Node, Node]]:
    """Blank nodes of lists have no name that lasts: only their kind is compared."""
    return {
        tuple(BNode("x") if isinstance(term, BNode) else term for term in quad[:3])  # type: ignore[misc]
        for quad in read(file.read_bytes(), NTRIPLES, file.name)
    }


def moved(told: set[tuple[Node, Node, Node]]) -> Iterator[tuple[Node, ...]]:
    for triple in told:
        yield tuple(_moved(term) for term in triple)


def _moved(term: Node) -> Node:
    if isinstance(term, URIRef):
        return URIRef(rebase(term, OTHER))
    if isinstance(term, Literal) and BASE in term:
        return Literal(rebase(str(term), OTHER), lang=term.language, datatype=term.datatype, normalize=False)
    return term
