"""The style shapes: our files keep them, and each of them can find a fault (items of the checklist by number)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest
from ontology_files import ROOT, SHAPE_FILES, Triple, codes, ontology
from rdflib import DCTERMS, FOAF, OWL, RDFS, SKOS, Graph, URIRef
from rdflib.term import Node

from fosen_graph.checking import check, load_shapes
from fosen_graph.iris import CODES, FG, ONTOLOGY, SHAPES

DAMAGES = {  # item and shape -> what is done to the graph, and the node or value that must be named
    "02 Ontology-title": ("DELETE WHERE { <.../ns> dct:title ?x }", ONTOLOGY),
    "02 Ontology-description": ('INSERT DATA { <.../ns> dct:description "norsk"@nn }', ONTOLOGY),
    "03 Ontology-license": ("DELETE WHERE { <.../ns> dct:license ?x }", ONTOLOGY),
    "04 Ontology-creator": (
        "DELETE WHERE { <.../ns> dct:creator ?x } ; THEN INSERT DATA { <.../ns> dct:creator [] }",
        ONTOLOGY,
    ),
    "04 Ontology-publisher": ("DELETE WHERE { <.../ns> dct:publisher ?x }", ONTOLOGY),
    "05 Ontology-created": ("DELETE WHERE { <.../ns> dct:created ?x }", ONTOLOGY),
    "05 Ontology-issued": ('INSERT DATA { <.../ns> dct:issued "2026" }', ONTOLOGY),
    "05 Ontology-modified": ("DELETE WHERE { <.../ns> dct:modified ?x }", ONTOLOGY),
    "06 Ontology-versionInfo": ('INSERT DATA { <.../ns> owl:versionInfo "1" }', ONTOLOGY),
    "06 Ontology-versionIRI": ("INSERT DATA { <.../ns> owl:versionIRI <.../ns> }", ONTOLOGY),
    "07 Ontology-prefix": ("DELETE WHERE { <.../ns> vann:preferredNamespacePrefix ?x }", ONTOLOGY),
    "07 Ontology-namespace": ("DELETE WHERE { <.../ns> vann:preferredNamespaceUri ?x }", ONTOLOGY),
    "08 Ontology-citation": ("DELETE WHERE { <.../ns> dct:bibliographicCitation ?x }", ONTOLOGY),
    "08 Ontology-source": ("DELETE WHERE { <.../ns> dct:source ?x }", ONTOLOGY),
    "08 Ontology-status": ("DELETE WHERE { <.../ns> bibo:status ?x }", ONTOLOGY),
    "09 Ontology-logo": ("DELETE WHERE { <.../ns> foaf:logo ?x }", ONTOLOGY),
    "10 Ontology-contributor": ("DELETE WHERE { <.../ns> dct:contributor ?x }", ONTOLOGY),
    "10 Ontology-seeAlso": ("DELETE WHERE { <.../ns> rdfs:seeAlso ?x }", ONTOLOGY),
    "10 Ontology-repository": ("DELETE WHERE { <.../ns> schema:codeRepository ?x }", ONTOLOGY),
    "13 Term-label": ('INSERT DATA { fg:order rdfs:label "nummer"@nb }', FG.order),
    "14 Term-definition": ("DELETE WHERE { fg:line skos:definition ?x }", FG.line),
    "14 TermLabel": ('INSERT DATA { fg:column skos:definition "kolonne i tabellen"@nb }', FG.column),
    "14 Term-scopeNote": ('INSERT DATA { fg:rawText skos:scopeNote "uten språk" }', FG.rawText),
    "15 Term-example": ('INSERT DATA { fg:NVE skos:example "x"@sv ; rdfs:isDefinedBy <.../ns> }', FG.NVE),
    "16 OwnTerm": ("INSERT DATA { fg:Homeless a owl:Class }", FG.Homeless),
    "16 Term-isDefinedBy": ("INSERT DATA { fg:sha256 rdfs:isDefinedBy fg:Actor }", FG.sha256),
    "17 Term": ("INSERT DATA { <.../ns#Tiltaksområde> rdfs:isDefinedBy <.../ns> }", FG["Tiltaksområde"]),
    "17 ClassTerm": ("INSERT DATA { fg:measureX rdfs:subClassOf fg:Measure }", FG.measureX),
    "17 PropertyTerm": ("INSERT DATA { fg:InRegion rdfs:domain fg:Measure }", FG.InRegion),
    "18 Term": ("INSERT DATA { fg:PlanOrMeasure rdfs:isDefinedBy <.../ns> }", FG.PlanOrMeasure),
    "19 ClassLabel": ('INSERT DATA { fg:Strategy rdfs:label "tiltak"@nb }', FG.Strategy),
    "20 PropertyTerm-domain": ("INSERT DATA { fg:inCell rdfs:domain fg:Actor }", FG.inCell),
    "20 PropertyTerm-range": ("DELETE WHERE { fg:cellOf rdfs:range ?x }", FG.cellOf),
    "22 TermPlace": ("INSERT DATA { fg:Alone a owl:Class ; rdfs:isDefinedBy <.../ns> }", FG.Alone),
    "22 ClassTerm-subClassOf": ("INSERT DATA { fg:Mention rdfs:subClassOf fg:Undeclared }", FG.Mention),
    "23 ForeignTerm": ('INSERT DATA { prov:Plan rdfs:label "plan"@nb }', URIRef("http://www.w3.org/ns/prov#Plan")),
    "25 Term-status": ('INSERT DATA { fg:evidence vs:term_status "fine" }', FG.evidence),
    "codes Scheme": ("INSERT DATA { _:x a skos:ConceptScheme }", None),
    "codes Scheme-prefLabel": ("DELETE WHERE { code:rolle skos:prefLabel ?x }", URIRef(f"{CODES}rolle")),
    "codes Scheme-definition": ("DELETE WHERE { code:rolle skos:definition ?x }", URIRef(f"{CODES}rolle")),
    "codes Scheme-topConcept": ("DELETE WHERE { code:status skos:hasTopConcept ?x }", URIRef(f"{CODES}status")),
    "codes Scheme-license": ("DELETE WHERE { code:status dct:license ?x }", URIRef(f"{CODES}status")),
    "codes Concept": ("INSERT DATA { <.../code/rolle/Eier> a skos:Concept }", URIRef(f"{CODES}rolle/Eier")),
    "codes Concept-inScheme": (
        "DELETE WHERE { <.../code/grunnlag/rad> skos:inScheme ?x }",
        URIRef(f"{CODES}grunnlag/rad"),
    ),
    "codes Concept-prefLabel": (
        "DELETE WHERE { <.../code/grunnlag/rad> skos:prefLabel ?x }",
        URIRef(f"{CODES}grunnlag/rad"),
    ),
    "codes Concept-definition": (
        "DELETE WHERE { <.../code/grunnlag/rad> skos:definition ?x }",
        URIRef(f"{CODES}grunnlag/rad"),
    ),
    "codes Concept-notation": (
        "DELETE WHERE { <.../code/grunnlag/rad> skos:notation ?x }",
        URIRef(f"{CODES}grunnlag/rad"),
    ),
    "codes ConceptPlace": (
        "DELETE WHERE { <.../code/sikkerhet/sikker> skos:topConceptOf ?x }",
        URIRef(f"{CODES}sikkerhet/sikker"),
    ),
    "shapes NodeShape": ("INSERT DATA { shape:lower a sh:NodeShape }", SHAPES["lower"]),
    "shapes NodeShape-name": ("DELETE WHERE { shape:Scheme sh:name ?x }", SHAPES.Scheme),
    "shapes PropertyShape": ("INSERT DATA { shape:Scheme sh:property shape:nothing }", SHAPES.nothing),
    "shapes PropertyShape-path": ("DELETE WHERE { shape:Scheme-license sh:path ?x }", SHAPES["Scheme-license"]),
    "shapes PropertyShape-name": ("DELETE WHERE { shape:Scheme-license sh:name ?x }", SHAPES["Scheme-license"]),
    "shapes PropertyShape-message": (
        'INSERT DATA { shape:Scheme-definition sh:message "Feil."@nb }',
        SHAPES["Scheme-definition"],
    ),
    "shapes PropertyShape-severity": ("DELETE WHERE { shape:Scheme-license sh:severity ?x }", SHAPES["Scheme-license"]),
    "shapes PropertyShape-group": ("DELETE WHERE { shape:Scheme-license sh:group ?x }", SHAPES["Scheme-license"]),
    "shapes PropertyShape-order": ("DELETE WHERE { shape:Scheme-license sh:order ?x }", SHAPES["Scheme-license"]),
    "shapes QueryShape": ("INSERT DATA { _:x sh:sparql _:y }", None),
    "shapes QueryShape-message": ("DELETE WHERE { shape:OwnTerm sh:message ?x }", SHAPES.OwnTerm),
    "shapes QueryShape-severity": ("DELETE WHERE { shape:OwnTerm sh:severity ?x }", SHAPES.OwnTerm),
    "shapes Group": ("INSERT DATA { _:x a sh:PropertyGroup }", None),
    "shapes Group-label": ("DELETE WHERE { shape:CodeGroup rdfs:label ?x }", SHAPES.CodeGroup),
    "shapes Group-order": ("DELETE WHERE { shape:CodeGroup sh:order ?x }", SHAPES.CodeGroup),
}

UPDATE_PREFIXES = f"PREFIX code: <{CODES}> PREFIX fg: <{FG}> PREFIX shape: <{SHAPES}> " + "".join(
    f"PREFIX {prefix}: <{namespace}> "
    for prefix, namespace in {
        "bibo": "http://purl.org/ontology/bibo/", "dct": DCTERMS, "foaf": FOAF, "owl": OWL, "prov": "http://www.w3.org/ns/prov#",
        "rdfs": RDFS, "schema": "https://schema.org/", "sh": "http://www.w3.org/ns/shacl#", "skos": SKOS,
        "vann": "http://purl.org/vocab/vann/", "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    }.items()
)  # fmt: skip


def style_results(graph: Iterable[Triple]) -> set[tuple[str, Node | None]]:
    """(local name of the shape, the thing that it names) of each result."""
    style = ROOT / "shapes/ontology.ttl"
    results = check(graph, load_shapes({style.name: style.read_text(encoding="utf-8")}))  # type: ignore[arg-type]
    named: set[tuple[str, Node | None]] = set()
    for result in results:
        name = str(result.shape).removeprefix(str(SHAPES))
        named |= {(name, node) for node in (result.focus, result.value)} | {(name, None)}
    return named


@cache
def everything() -> Graph:
    graph = ontology() + codes()
    for file in SHAPE_FILES:
        graph.parse(file)
    return graph


@cache
def results_after_all_damages() -> frozenset[tuple[str, Node | None]]:
    graph = Graph() + everything()
    updates = [part for update, _ in DAMAGES.values() for part in update.split(" ; THEN ")]
    for update in updates:
        graph.update(UPDATE_PREFIXES + update.replace("<.../", "<https://w3id.org/fosen-graph/"))
    return frozenset(style_results(graph))


def test_the_ontology_the_codes_and_the_shapes_are_in_style() -> None:
    assert style_results(everything()) == set()


@pytest.mark.parametrize("rule", DAMAGES)
def test_item_by_shape_a_damage_is_found(rule: str) -> None:
    """The number before the shape is the item of the checklist."""
    assert (rule.split()[1], DAMAGES[rule][1]) in results_after_all_damages()


def test_no_style_shape_is_dead() -> None:
    """Every shape of the style file that can report has a damage here."""
    style = Graph().parse(ROOT / "shapes/ontology.ttl")
    shapes = {
        str(shape).removeprefix(str(SHAPES)) for shape in style.subjects(URIRef("http://www.w3.org/ns/shacl#message"))
    }
    assert shapes == {rule.split()[1] for rule in DAMAGES}
