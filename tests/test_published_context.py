"""ontology/context.jsonld: it names every term once, and JSON-LD under it holds the same triples."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from ontology_files import EXAMPLES, FOLDER, PROPERTIES, ontology, own_terms
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, URIRef

from fosen_graph.formats import JSONLD, read
from fosen_graph.iris import FG


@cache
def context() -> dict[str, object]:
    loaded: dict[str, object] = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))
    return loaded


def mapped() -> dict[str, str]:
    """Key of the context -> full IRI."""
    inner = context()["@context"]
    assert isinstance(inner, dict)
    prefixes = {k: v for k, v in inner.items() if isinstance(v, str) and v.endswith(("#", "/"))}
    names = {
        k: v["@id"] if isinstance(v, dict) else v
        for k, v in inner.items()
        if k not in prefixes and isinstance(v, dict | str)
    }
    return {k: prefixes[v.split(":")[0]] + v.split(":")[1] for k, v in names.items() if ":" in v}


def test_the_context_names_each_term_of_the_ontology_once() -> None:
    """Ours by their own names; those of others too."""
    kinds = (OWL.Class, *PROPERTIES)
    declared = {str(subject) for kind in kinds for subject in ontology().subjects(RDF.type, kind)}
    iris = list(mapped().values())
    assert declared - set(iris) == {"http://data.europa.eu/m8g/Participation"}  # its name is taken by ours
    assert len(iris) == len(set(iris))
    assert {key for key, iri in mapped().items() if iri.startswith(str(FG)) and iri != str(FG) + key} == set()
    assert {iri for iri in iris if iri.startswith(str(FG))} == {str(term) for term in own_terms()}


def test_the_context_coerces_as_the_ontology_ranges() -> None:
    inner = context()["@context"]
    assert isinstance(inner, dict)
    for key, iri in mapped().items():
        types, given = set(ontology().objects(URIRef(iri), RDF.type)), inner[key]
        expected = ontology().value(URIRef(iri), RDFS.range)
        if OWL.ObjectProperty in types:
            assert given == {"@id": given["@id"], "@type": "@id"}, key
        elif expected in (XSD.integer, XSD.boolean):
            assert given["@type"] == f"xsd:{str(expected).split('#')[1]}", key
        elif expected == RDF.langString:
            assert given["@container"] == "@language", key


@pytest.mark.parametrize("path", [*FOLDER.glob("*.ttl"), *EXAMPLES], ids=lambda path: path.name)
def test_json_ld_under_the_context_holds_the_same_triples(path: Path) -> None:
    """rdflib writes it, Oxigraph reads it; lists of the ontology's axioms are left out."""
    graph = Graph().parse(path)
    for triple in [triple for triple in graph if any(isinstance(term, BNode) for term in triple)]:
        graph.remove(triple)
    data = json.loads(graph.serialize(format="json-ld", context=context()["@context"]))
    data["@context"] = context()["@context"]
    assert {quad[:3] for quad in read(json.dumps(data).encode(), JSONLD, path.name)} == set(graph)
