"""The ontology and its examples: items of the checklist by number (more in test_ontology_style.py)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml
from collections.abc import Iterable
from pathlib import Path

import pytest
from ontology_files import (
    EXAMPLES,
    FOLDER,
    PROPERTIES,
    README,
    ROOT,
    SHAPE_FILES,
    Triple,
    codes,
    concrete_classes,
    listed,
    ontology,
    own_classes,
    own_terms,
    real_data,
    versions,
)
from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from fosen_graph import __version__
from fosen_graph.checking import check, load_shapes
from fosen_graph.iris import FG, ONTOLOGY

SOURCE = ROOT / "data/fosen/2022-2024/kilde.txt"
VOAF = Namespace("http://purl.org/vocommons/voaf#")
BUILT_IN = (str(RDF), str(RDFS), str(OWL), str(XSD))

# --- The header ---


def test_item_01_the_ontology_has_one_iri_without_version_or_extension() -> None:
    assert list(ontology().subjects(RDF.type, OWL.Ontology)) == [ONTOLOGY]
    assert not re.search(r"\d|\.\w+$", str(ONTOLOGY).removeprefix("https://w3id.org/"))


def test_item_04_creator_and_publisher_have_a_name_and_a_type_in_the_file() -> None:
    agents = {
        agent
        for role in ("creator", "publisher", "contributor")
        for agent in ontology().objects(ONTOLOGY, DCTERMS[role])
    }
    for agent in agents:
        assert {name.language for name in ontology().objects(agent, FOAF.name) if isinstance(name, Literal)} == {
            "nb",
            "en",
        }
        assert (agent, RDF.type, None) in ontology()


def test_item_05_no_date_lies_before_the_one_that_it_follows() -> None:
    created, issued, modified = (
        str(ontology().value(ONTOLOGY, DCTERMS[name])) for name in ("created", "issued", "modified")
    )
    assert created <= issued <= modified


def test_item_06_the_version_is_the_projects() -> None:
    """Versions are released together; from the second one on, the header names the one before."""
    assert str(ontology().value(ONTOLOGY, OWL.versionInfo)) == __version__
    assert str(ontology().value(ONTOLOGY, OWL.versionIRI)) == f"{ONTOLOGY}/{__version__}"
    prior = ontology().value(ONTOLOGY, OWL.priorVersion)
    expected = [URIRef(f"{ONTOLOGY}/{version}") for version in versions()[1:2]]
    assert [prior] if prior else expected == []
    assert {str(version) for version in codes().objects(None, OWL.versionInfo)} == {__version__}


def test_item_07_the_namespace_is_the_iri_and_a_hash() -> None:
    uri = ontology().value(ONTOLOGY, URIRef("http://purl.org/vocab/vann/preferredNamespaceUri"))
    assert str(uri) == f"{ONTOLOGY}#" == str(FG)


def test_item_09_the_logo_is_a_picture_with_a_name() -> None:
    assert ontology().value(ONTOLOGY, FOAF.logo) == URIRef(f"{ONTOLOGY}/logo.svg")
    picture = Xml.parse(FOLDER / "logo.svg").getroot()
    assert picture.tag.endswith("svg")
    assert picture.findtext("{http://www.w3.org/2000/svg}title")


def test_item_11_the_ontology_is_a_vocabulary_and_claims_no_catalogue() -> None:
    assert (ONTOLOGY, RDF.type, VOAF.Vocabulary) in ontology()
    assert "includedInDataCatalog" not in (FOLDER / "fosen.ttl").read_text(encoding="utf-8")


# --- Terms ---


@pytest.mark.parametrize(
    "term", sorted(concrete_classes() | own_terms() - own_classes()), ids=lambda term: str(term).removeprefix(str(FG))
)
def test_item_15_every_concrete_class_and_property_has_an_example_from_the_plan(term: Node) -> None:
    """What is quoted stands in the plan, and on the line that is named."""
    examples = {
        text.language: str(text) for text in ontology().objects(term, SKOS.example) if isinstance(text, Literal)
    }
    assert examples.keys() == {"nb", "en"}
    assert misquoted(examples["nb"]) == misquoted(examples["en"]) == []


def misquoted(example: str) -> list[str]:
    """Quotations that the source lacks, and lines that hold none of them."""
    lines = SOURCE.read_text(encoding="utf-8").casefold().splitlines()
    quotes = [quote.casefold() for quote in re.findall(r"[«“]([^»”]+)[»”]", example)]
    named = [int(number) for number in re.findall(r"(?:linje|line) (\d+)", example)]
    wrong = [quote for quote in quotes if not any(quote in line for line in lines)]
    return wrong + [f"line {n}" for n in named if quotes and not any(quote in lines[n - 1] for quote in quotes)]


def test_item_15_a_wrong_quotation_is_found() -> None:
    assert misquoted("«Fosen GIS» (linje 64).") == ["line 64"]
    assert misquoted("«Fosen Bru» (linje 64).") == ["fosen bru", "line 64"]


def test_item_21_what_cannot_be_two_things_is_declared() -> None:
    """The levels of a plan, the kinds of actors and the main kinds exclude each other."""
    groups = [
        {str(member).removeprefix(str(FG)) for member in Collection(ontology(), ontology().value(group, OWL.members))}
        for group in ontology().subjects(RDF.type, OWL.AllDisjointClasses)
    ]
    assert {"Strategy", "FocusArea", "PlanItem", "Measure", "ArrangementListing"} in groups
    assert {"Organisation", "Position", "ActorGroup", "NamedInitiative"} in groups
    roots = {
        str(c).removeprefix(str(FG))
        for c in own_classes()
        if not own_classes() & set(ontology().objects(c, RDFS.subClassOf))
    }
    assert roots in groups


def above(graph: Graph, term: Node, step: URIRef) -> set[Node]:
    return {higher for found in graph.objects(term, step) for higher in graph.transitive_objects(found, step)}


@pytest.mark.parametrize("step", [RDFS.subClassOf, RDFS.subPropertyOf])
def test_item_22_nothing_is_above_itself(step: URIRef) -> None:
    assert [term for term in own_terms() if term in above(ontology(), term, step)] == []
    circle = Graph().parse(data=f"<x:a> <{step}> <x:b> . <x:b> <{step}> <x:a> .", format="turtle")
    assert URIRef("x:a") in above(circle, URIRef("x:a"), step)


def undeclared(graph: Graph) -> set[Node]:
    """Foreign predicates, superclasses and types of things that the file uses and does not declare."""
    used = (
        set(graph.predicates())
        | set(graph.objects(None, RDFS.subClassOf))
        | set(graph.objects(None, RDFS.subPropertyOf))
    )
    used |= set(graph.objects(None, RDF.type)) | set(graph.objects(None, RDFS.range))
    declared = {subject for kind in (OWL.Class, *PROPERTIES) for subject in graph.subjects(RDF.type, kind)}
    return {term for term in used - declared if isinstance(term, URIRef) and not str(term).startswith(BUILT_IN)}


def test_item_23_every_foreign_term_is_declared() -> None:
    """With its type; that nothing more is said of it, the style shape ForeignTerm sees to."""
    assert undeclared(ontology()) == set()
    damaged = Graph() + ontology()
    damaged.remove((URIRef("http://www.w3.org/ns/prov#Plan"), None, None))
    assert undeclared(damaged) == {URIRef("http://www.w3.org/ns/prov#Plan")}


def test_item_23_every_term_that_the_data_use_is_declared() -> None:
    declared = {subject for kind in (OWL.Class, *PROPERTIES) for subject in ontology().subjects(RDF.type, kind)}
    used = {predicate for _, predicate, _ in real_data()} | {o for _, p, o in real_data() if p == RDF.type}
    assert {term for term in used - declared if not str(term).startswith(BUILT_IN)} == set()


def test_item_24_every_class_stands_on_a_standard() -> None:
    for term in own_classes():
        assert [up for up in above(ontology(), term, RDFS.subClassOf) if not str(up).startswith(str(FG))], term


def badly_deprecated(graph: Graph) -> list[Node]:
    """Deprecated terms that do not say which one to use."""
    return [
        term
        for term in graph.subjects(OWL.deprecated, Literal(True))
        if (term, DCTERMS.isReplacedBy, None) not in graph
    ]


def test_item_25_a_deprecated_term_names_its_heir() -> None:
    assert badly_deprecated(ontology()) == []
    orphan = Graph().parse(data=f"<{FG.x}> <{OWL.deprecated}> true .", format="turtle")
    assert badly_deprecated(orphan) == [FG.x]


def silently_changed(old: Graph, new: Graph) -> list[Node]:
    """Terms of the old version that have vanished, or mean something else and have no note of it."""
    terms = sorted(set(old.subjects(RDFS.isDefinedBy)))
    watched = (SKOS.definition, RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf)
    changed = [t for t in terms if any(set(old.objects(t, p)) != set(new.objects(t, p)) for p in watched)]
    return [term for term in changed if (term, SKOS.changeNote, None) not in new]


def test_item_26_a_changed_term_says_so() -> None:
    """Against the file of the release before, once there is one."""
    for version in versions()[1:2]:
        assert silently_changed(Graph().parse(FOLDER / f"releases/{version}/fosen.ttl"), ontology()) == []
    changed = Graph() + ontology()
    changed.remove((FG.Measure, SKOS.definition, None))
    assert silently_changed(ontology(), changed) == [FG.Measure]
    assert silently_changed(ontology(), Graph()) == sorted(own_terms())


def test_item_27_every_term_is_used_or_listed_with_a_reason() -> None:
    used = {node for triple in real_data() for node in triple}
    unused = {str(term).removeprefix(str(FG)) for term in own_terms() - used}
    assert {f"fg:{term}" for term in unused} == set(listed("Terms not used in the data"))
    assert all(listed("Terms not used in the data").values())


def test_item_28_every_term_has_a_shape_or_is_listed_with_a_reason() -> None:
    shapes = Graph()
    for file in SHAPE_FILES:
        shapes.parse(file)
    without = {f"fg:{str(term).removeprefix(str(FG))}" for term in own_terms() - set(shapes.objects())}
    assert without == set(listed("Terms without a shape"))
    assert set(shapes.objects()) & set(own_terms())


def test_item_29_the_waivers_stand_in_the_readme() -> None:
    assert "inverse properties (OOPS! P13)" in listed("Waivers")
    assert not list(ontology().subject_objects(OWL.inverseOf))


# --- Logic and licences ---

RL_AXIOMS = {RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.disjointWith, OWL.members}
RL_TYPES = {OWL.Ontology, OWL.Class, OWL.FunctionalProperty, OWL.AllDisjointClasses, *PROPERTIES}


def outside_owl_rl(graph: Graph) -> list[str]:
    """What a term is twice, and what OWL 2 RL (section 4 of the profiles) has no place for."""
    kinds = {
        t: {k for k in graph.objects(t, RDF.type) if k in (OWL.Class, *PROPERTIES)} for t in graph.subjects(RDF.type)
    }
    found = [f"{term}: {sorted(kind)}" for term, kind in kinds.items() if len(kind) > 1]
    found += [str(term) for term, kind in kinds.items() if kind and set(graph.objects(term, RDF.type)) - RL_TYPES]
    found += [
        str(p)
        for p in set(graph.predicates())
        if str(p).startswith((str(OWL), str(RDFS))) and p not in RL_AXIOMS | ANNOTATIONS
    ]
    for kind, literal in ((OWL.ObjectProperty, False), (OWL.DatatypeProperty, True)):
        ranges = {(p, r) for p in graph.subjects(RDF.type, kind) for r in graph.objects(p, RDFS.range)}
        found += [str(p) for p, r in ranges if (r in DATATYPES) != literal]
    return found


ANNOTATIONS = {
    RDFS.label,
    RDFS.isDefinedBy,
    RDFS.seeAlso,
    OWL.versionIRI,
    OWL.versionInfo,
    OWL.priorVersion,
    OWL.deprecated,
}
DATATYPES = {XSD.string, XSD.integer, XSD.boolean, XSD.date, RDF.langString}  # the last two: README, Waivers


def test_item_32_the_ontology_stays_in_owl_2_rl() -> None:
    assert outside_owl_rl(ontology()) == []
    assert "rdf:langString as range (OWL 2 profiles)" in listed("Waivers")


@pytest.mark.parametrize(
    "damage",
    [
        "fg:order a owl:ObjectProperty .",
        "fg:Measure owl:unionOf () .",
        "fg:inPlan rdfs:range <http://www.w3.org/2001/XMLSchema#string> .",
        "fg:Measure a fg:Strategy .",
    ],
)
def test_item_32_what_leaves_owl_2_rl_is_found(damage: str) -> None:
    prefixes = f"@prefix fg: <{FG}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . "
    assert outside_owl_rl(ontology() + Graph().parse(data=prefixes + damage, format="turtle"))


def test_item_34_every_vocabulary_we_build_on_has_its_licence_recorded() -> None:
    declared = {
        subject for kind in (OWL.Class, *PROPERTIES) for subject in ontology().subjects(RDF.type, kind)
    } - own_terms()
    spaces = {re.sub(r"[^#/]*$", "", str(term)) for term in declared} | set(BUILT_IN)
    text = README.split("## What we build on\n")[1].split("\n## ")[0]
    recorded = set(re.findall(r"\| `(\S+)` \|", text))
    assert recorded == spaces


# --- Files ---


def test_item_37_every_file_is_known_and_written_by_hand() -> None:
    on_disk = {f"{path.name}/" if path.is_dir() else path.name for path in FOLDER.iterdir()} - {"releases/"}
    assert set(listed("Files")) == on_disk


def closed(graph: Iterable[Triple]) -> set[Triple]:
    """The triples with the superclasses and superproperties that follow from the ontology."""
    triples = set(graph)
    for subject, predicate, value in list(triples):
        if predicate == RDF.type:
            triples |= {(subject, RDF.type, up) for up in above(ontology(), value, RDFS.subClassOf)}
        triples |= {(subject, up, value) for up in above(ontology(), predicate, RDFS.subPropertyOf)}
    return triples


def test_item_38_there_is_one_example_of_every_concrete_class() -> None:
    for path in EXAMPLES:
        assert len(set(Graph().parse(path).subjects(RDF.type, FG[path.stem]))) == 1
    assert {FG[path.stem] for path in EXAMPLES} == concrete_classes()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_item_38_an_example_is_what_the_graph_says(path: Path) -> None:
    """So it conforms as the graph does: what is in the graph has been checked there."""
    assert closed(Graph().parse(path)) - real_data() == set()


def plan_shapes() -> dict[str, str]:
    return {
        file.name: file.read_text(encoding="utf-8")
        for file in SHAPE_FILES
        if file.name not in ("ontology.ttl", "catalogue.ttl")
    }


def test_items_38_and_39_examples_conform_and_damaged_ones_do_not() -> None:
    """The damage: nothing is left of each example but its class. What is optional on its class only, names nothing."""
    shapes = load_shapes(plan_shapes())
    things = {path.stem: next(Graph().parse(path).subjects(RDF.type, FG[path.stem])) for path in EXAMPLES}
    violation = URIRef("http://www.w3.org/ns/shacl#Violation")
    before = {result.focus for result in check(real_data(), shapes) if result.severity == violation}  # type: ignore[arg-type]
    assert before & set(things.values()) == set()
    damaged = [t for t in real_data() if t[0] not in things.values() or t[1] == RDF.type]
    after = {result.focus for result in check(damaged, shapes) if result.severity == violation}  # type: ignore[arg-type]
    assert {name for name, thing in things.items() if thing not in after} == set()


# --- The change log ---


def test_item_44_the_change_log_begins_with_this_version() -> None:
    log = (FOLDER / "CHANGELOG.md").read_text(encoding="utf-8")
    assert versions()[0] == __version__
    assert f"## {__version__} ({ontology().value(ONTOLOGY, DCTERMS.issued)})" in log


def test_what_is_kept_of_this_version_is_this_version() -> None:
    """`ontology/versions/` keeps every version as it was published; a change after that is a new version."""
    kept = {path.stem: path.read_text(encoding="utf-8") for path in (FOLDER / "versions").glob("*.ttl")}
    assert set(kept) == set(versions())
    assert kept[__version__] == (FOLDER / "fosen.ttl").read_text(encoding="utf-8"), (
        f"raise the version, or, where {__version__} is not out yet, copy fosen.ttl to versions/{__version__}.ttl"
    )


def test_the_counts_in_the_readme_are_true() -> None:
    classes, properties = len(own_classes()), len(own_terms() - own_classes())
    schemes = len(set(codes().subjects(RDF.type, SKOS.ConceptScheme)))
    assert README.split("\n\n")[1].startswith(f"{classes} classes and {properties} properties")
    assert schemes == 6 and "six code lists" in README
