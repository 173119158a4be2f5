"""The context, the logo, what robots ask; JSON-LD of things under our context has the triples of the other formats."""

from __future__ import annotations

import json

import pytest
import rdflib.compare
import served

from fosen_graph.formats import JSONLD, NTRIPLES, read
from fosen_graph.web.pages.compact import compacted


@pytest.mark.parametrize(
    ("path", "content_type", "file"),
    [
        ("/ns/context.jsonld", "application/ld+json", "context.jsonld"),
        ("/ns/logo.svg", "image/svg+xml", "logo.svg"),
        ("/favicon.ico", "image/svg+xml", "logo.svg"),
    ],
)
def test_a_file_of_the_ontology_has_an_address(path: str, content_type: str, file: str) -> None:
    with served.client().get(path) as response:
        assert (response.status_code, response.content_type) == (200, content_type)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.data == (served.ROOT / "ontology" / file).read_bytes()


def test_robots_are_asked_to_leave_the_endpoint() -> None:
    with served.client().get("/robots.txt") as response:
        assert response.status_code == 200 and "Disallow: /sparql" in response.text


@pytest.mark.parametrize(
    "path",
    [
        "fosen/2022-2024",
        "fosen/2022-2024/tiltak/desentraliserte-tilbud",
        "fosen/2022-2024/kilde/rad/29/celle/5/omtale/16-27/utsnitt/posisjon",
        "fosen/2022-2024/vedtak/rs-03-22",
        "fosen/2022-2024/periode",
        "fosen/aktoer/oerland-kommune",
        "fosen/aktoer/oerland-kommune/identifikator",
        "fosen/kandidat/raadet-representantskapet",
        "code/rolle/ansvarlig",
        "dataset/all",
        "graph/plan",
    ],
)
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib itself uses it
def test_json_ld_says_the_same_in_our_words(path: str) -> None:
    client = served.client()
    compact, plain = (client.get(f"/doc/{path}.{ending}").data for ending in ("jsonld", "nt"))
    document = json.loads(compact)
    assert "fg" not in document["@context"] or document["graph"]
    triples = set(read(plain, NTRIPLES, path))
    assert triples and set(read(compact, JSONLD, path)) == triples
    ours = rdflib.Graph().parse(data=compact, format="json-ld")
    assert rdflib.compare.isomorphic(ours, rdflib.Graph().parse(data=plain, format="nt"))


def test_a_thing_reads_like_an_object() -> None:
    document = json.loads(served.client().get("/doc/fosen/2022-2024/tiltak/kraftforsyning-fosen.jsonld").data)
    measure = next(node for node in document["graph"] if node["id"].endswith("kraftforsyning-fosen"))
    assert measure["prefLabel"]["nb"] == "Kraftforsyning Fosen" and "Measure" in measure["type"]
    assert measure["responsibleActor"] == f"{served.PLAN.rpartition('/')[0]}/aktoer/raadet"


@pytest.mark.parametrize(
    "value",
    [
        {"@value": "x"},
        {"@value": "x", "@language": "nb"},
        {"@value": "01", "@type": "http://www.w3.org/2001/XMLSchema#integer"},
        {"@value": "2022", "@type": "http://www.w3.org/2001/XMLSchema#gYear"},
        {"@id": "http://example.org/x"},
    ],
)
@pytest.mark.parametrize(
    "property_",
    [
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        "http://purl.org/dc/terms/date",
        "https://w3id.org/fosen-graph/ns#order",
        "https://w3id.org/fosen-graph/ns#inPlan",
        "https://w3id.org/fosen-graph/ns#rawText",
        "http://example.org/unknown",
    ],
)
def test_no_value_is_changed_by_a_term_that_does_not_fit_it(property_: str, value: dict[str, str]) -> None:
    expanded = json.dumps([{"@id": "http://example.org/s", property_: [value, {"@value": "y", "@language": "en"}]}])
    assert set(read(compacted(expanded.encode()), JSONLD, "")) == set(read(expanded.encode(), JSONLD, ""))
