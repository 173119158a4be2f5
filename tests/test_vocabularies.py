"""Every foreign term exists, and nothing we say contradicts the vocabularies it is from (checklist items 30 and 31)."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from ontology_files import ALIGNMENTS, ROOT, Triple, codes, mappings, ontology, real_data, real_graphs
from rdflib import OWL, RDF, RDFS, SDO, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from fosen_graph.iris import DEFAULT_BASE, FG, Iris

HERE = Path(__file__).parent / "vocabularies"
PACKAGES = HERE / "node_modules" / "@vocabulary"

Classes = Mapping[Node, set[Node]]

installed = pytest.mark.skipif(
    not PACKAGES.is_dir(),
    reason="the vocabularies are not installed: npm ci --prefix tests/vocabularies --ignore-scripts",
)


@cache
def vocabularies() -> Graph:
    """What the installed packages say, in one graph."""
    graph = Graph()
    for file in sorted(PACKAGES.glob("*/*.nq")):
        triples = re.sub(r" <[^<>\s]+> \.$", " .", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        graph.parse(data=triples.replace("_:", f"_:{file.stem}"), format="nt")
    return graph


@cache
def checked() -> dict[str, str]:
    """Terms that no package has -> their kind."""
    with (HERE / "checked.tsv").open(encoding="utf-8", newline="") as file:
        return {row["term"]: row["kind"] for row in csv.DictReader(file, delimiter="\t")}


@cache
def known_terms() -> frozenset[str]:
    defined = {str(subject) for subject in vocabularies().subjects() if isinstance(subject, URIRef)}
    return frozenset({*defined, *checked(), *_schema_org()})


@cache
def _schema_org() -> frozenset[str]:
    return frozenset(f"{SDO}{name}" for name in SDO.__annotations__)


@cache
def namespaces() -> tuple[str, ...]:
    """A resource that begins with one of these is a term of a vocabulary, wherever it stands."""
    kinds = (OWL.Class, RDFS.Class, RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty, RDFS.Datatype)
    terms = {
        str(term) for kind in kinds for term in vocabularies().subjects(RDF.type, kind) if isinstance(term, URIRef)
    }
    terms |= {term for term, kind in checked().items() if kind != "individual"} | {str(SDO.name)}
    return tuple(sorted({re.sub(r"[^#/]*$", "", term) for term in terms}))


def terms_of(triples: Iterable[Triple]) -> set[str]:
    """Predicates, classes of things, and whatever lies in the namespace of a known vocabulary; never our own."""
    found: set[Node] = set()
    for subject, predicate, value in triples:
        found |= {predicate, *([value] if predicate == RDF.type else ())}
        found |= {node for node in (subject, value) if isinstance(node, URIRef) and str(node).startswith(namespaces())}
        if isinstance(value, Literal) and value.datatype:
            found.add(value.datatype)
    return {str(term) for term in found if not str(term).startswith(DEFAULT_BASE)} - {str(RDF.langString)}


def _turtle(*patterns: str) -> Iterator[Path]:
    return (path for pattern in patterns for path in sorted(ROOT.glob(pattern)))


def _in_queries(text: str, prefixes: Mapping[str, str]) -> set[str]:
    """Terms written with a prefix in SPARQL."""
    bare = re.sub(r"<[^<>\s]*>|\"(?:[^\"\\\n]|\\.)*\"|#.*", " ", text)
    pairs = re.findall(r"(?<![\w?$-])([a-z][\w-]*):([A-Za-z]\w*)", bare)
    return {prefixes[prefix] + name for prefix, name in pairs if prefix in prefixes}


def _in_context(path: Path) -> set[str]:
    """Terms that a JSON-LD context maps a key to."""
    found: set[str] = set()

    def walk(scope: object, prefixes: Mapping[str, str]) -> None:
        if not isinstance(scope, dict):
            return
        own = {key: value for key, value in scope.items() if isinstance(value, str) and value.endswith(("#", "/"))}
        prefixes = {**prefixes, **own}
        for key, value in scope.items():
            name = (
                value
                if isinstance(value, str)
                else value.get("@id", value.get("@reverse"))
                if isinstance(value, dict)
                else None
            )
            if isinstance(name, str) and ":" in name and key not in own and not key.startswith("@"):
                prefix, _, local = name.partition(":")
                found.add(prefixes[prefix] + local if prefix in prefixes else name)
            if isinstance(value, dict):
                kind = value.get("@type", "")
                found.update({prefixes[kind.split(":")[0]] + kind.split(":")[1]} if ":" in kind else ())
                walk(value.get("@context"), prefixes)

    walk(json.loads(path.read_text(encoding="utf-8"))["@context"], {})
    return {term for term in found if not term.startswith(DEFAULT_BASE)}


def terms_of_files() -> dict[str, set[str]]:
    """Each file -> the foreign terms in it."""
    prefixes = Iris().prefixes()
    places = {
        str(path.relative_to(ROOT)): terms_of(Graph().parse(path))
        for path in _turtle("ontology/*.ttl", "ontology/examples/*.ttl", "shapes/*.ttl")
    }
    for path in _turtle("shapes/*.ttl"):
        queries = Graph().parse(path).objects(None, URIRef("http://www.w3.org/ns/shacl#select"))
        places[f"{path.name}, queries"] = {t for q in queries for t in _in_queries(str(q), prefixes)}
    for path in _turtle("fosen_graph/queries/**/*.rq"):
        places[str(path.relative_to(ROOT))] = _in_queries(path.read_text(encoding="utf-8"), prefixes)
    for path in ALIGNMENTS:
        rows = list(mappings(path))
        places[path.name] = {row[key] for row in rows for key in ("predicate_id", "object_id")}
    for path in _turtle("ontology/*.jsonld"):
        places[str(path.relative_to(ROOT))] = _in_context(path)
    return {place: {t for t in terms if not t.startswith(DEFAULT_BASE)} for place, terms in places.items()}


def unknown_terms(places: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    found = {place: sorted(set(terms) - known_terms()) for place, terms in places.items()}
    return {place: terms for place, terms in found.items() if terms}


class Logic:
    """Classes that follow from others, and those that exclude each other (RDFS and the disjointness of OWL)."""

    def __init__(self, graph: Graph) -> None:
        self.above = _closure(graph, RDFS.subClassOf, OWL.equivalentClass)
        self.properties = _closure(graph, RDFS.subPropertyOf, OWL.equivalentProperty)
        self.domains, self.ranges = _named(graph, RDFS.domain), _named(graph, RDFS.range)
        self.disjoint = {frozenset(pair) for pair in graph.subject_objects(OWL.disjointWith)}
        for group in graph.subjects(RDF.type, OWL.AllDisjointClasses):
            members = list(Collection(graph, graph.value(group, OWL.members)))
            self.disjoint |= {frozenset((one, other)) for one in members for other in members if one != other}

    def clashes(self, classes: Iterable[Node]) -> set[frozenset[Node]]:
        """The pairs among these classes and all above them that exclude each other."""
        reached = {above for name in classes for above in self.above.get(name, {name})}
        return {pair for pair in self.disjoint if pair <= reached}

    def classes_of(self, triples: Iterable[Triple]) -> Classes:
        """The classes of each resource: those stated, and those that domains and ranges imply."""
        classes: dict[Node, set[Node]] = defaultdict(set)
        for subject, predicate, value in triples:
            if predicate == RDF.type:
                classes[subject].add(value)
            for name in self.properties.get(predicate, {predicate}):
                classes[subject] |= self.domains.get(name, set())
                if not isinstance(value, Literal):
                    classes[value] |= self.ranges.get(name, set())
        return classes


def _named(graph: Graph, predicate: URIRef) -> dict[Node, set[Node]]:
    found: dict[Node, set[Node]] = defaultdict(set)
    for subject, value in graph.subject_objects(predicate):
        if not isinstance(value, BNode):
            found[subject].add(value)
    return found


def _closure(graph: Graph, below: URIRef, same: URIRef) -> dict[Node, set[Node]]:
    step = _named(graph, below)
    for one, other in graph.subject_objects(same):
        step[one].add(other)
        step[other].add(one)
    reached = {}
    for name in list(step):
        front, seen = [name], {name}
        while front:
            new = step.get(front.pop(), set()) - seen
            seen |= new
            front += new
        reached[name] = seen
    return reached


@cache
def logic() -> Logic:
    return Logic(vocabularies() + ontology() + codes())


def contradictions(triples: Iterable[Triple]) -> dict[Node, set[frozenset[Node]]]:
    found = {thing: logic().clashes(classes) for thing, classes in logic().classes_of(triples).items()}
    return {thing: pairs for thing, pairs in found.items() if pairs}


@installed
def test_item_30_every_foreign_term_in_our_files_exists() -> None:
    """In the ontology, the shapes, their queries, the contexts and the questions."""
    assert unknown_terms(terms_of_files()) == {}


@installed
def test_item_30_every_foreign_term_in_the_graphs_exists() -> None:
    """In all that is published, the catalogue with it."""
    assert unknown_terms({f"graph {name}": terms_of(triples) for name, triples in real_graphs().items()}) == {}


@installed
@pytest.mark.parametrize(
    "term",
    [
        "http://www.w3.org/ns/adms#schemeAgency",
        "http://data.europa.eu/m8g/hasParticipation",
        "http://www.w3.org/ns/shacl#ShapesGraph",
        "http://purl.org/dc/terms/dateaccepted",
        "https://schema.org/sourceRepository",
    ],
)
def test_item_30_a_slip_in_a_foreign_term_is_found(term: str) -> None:
    """The slips are those that published examples make."""
    triple = (URIRef("https://example.org/x"), URIRef(term), Literal("x"))
    assert unknown_terms({"x": terms_of([triple])}) == {"x": [term]}


@installed
def test_item_30_terms_are_found_in_queries_and_contexts(tmp_path: Path) -> None:
    prefixes = {"cv": "http://data.europa.eu/m8g/"}
    assert _in_queries('SELECT ?x { ?x cv:rolle "cv:no" } # cv:no', prefixes) == {"http://data.europa.eu/m8g/rolle"}
    context = {
        "@context": {"cv": prefixes["cv"], "a": {"@id": "fg:x", "@context": {"b": {"@id": "cv:rolle", "@type": "@id"}}}}
    }
    (tmp_path / "c.jsonld").write_text(json.dumps(context), encoding="utf-8")
    assert f"{prefixes['cv']}rolle" in _in_context(tmp_path / "c.jsonld")


@installed
def test_item_30_a_term_is_checked_by_hand_only_where_no_package_has_it() -> None:
    have = {str(subject) for subject in vocabularies().subjects()} | _schema_org()
    assert sorted(set(checked()) & have) == []


@installed
def test_item_31_no_class_is_impossible() -> None:
    """No class of ours, with all above it, falls into two classes that exclude each other."""
    classes = set(ontology().subjects(RDF.type, OWL.Class))
    assert {name: logic().clashes([name]) for name in classes if logic().clashes([name])} == {}


@installed
def test_item_31_the_vocabularies_bring_their_own_disjointness() -> None:
    """Without these the next tests would prove nothing."""
    prov, org = "http://www.w3.org/ns/prov#", "http://www.w3.org/ns/org#"
    for one, other in ((f"{prov}Activity", f"{prov}Entity"), (f"{org}Role", f"{org}Organization")):
        assert frozenset((URIRef(one), URIRef(other))) in logic().disjoint
    assert frozenset((SKOS.Concept, SKOS.ConceptScheme)) in logic().disjoint


@installed
def test_item_31_examples_and_codes_contradict_nothing() -> None:
    for path in _turtle("ontology/codes.ttl", "ontology/examples/*.ttl"):
        assert contradictions(Graph().parse(path)) == {}, path.name


@installed
def test_item_31_the_data_contradict_nothing() -> None:
    """With the classes that domains and ranges imply."""
    assert contradictions(real_data()) == {}


@installed
@pytest.mark.parametrize(
    "damage",
    [
        "<x> a fg:Measure , fg:PlanItem .",
        "<x> a fg:Measure , <http://www.w3.org/ns/prov#Activity> .",
        "<x> a fg:Organisation ; fg:inPlan <y> .",
        "<x> a fg:CollegialBody , <http://www.w3.org/ns/org#Role> .",
        "<x> fg:decidedBy <y> . <y> a fg:ActorGroup .",
        "<x> <http://www.w3.org/2004/02/skos/core#inScheme> <x> ; a <http://www.w3.org/2004/02/skos/core#Concept> .",
    ],
)
def test_item_31_a_contradiction_is_found(damage: str) -> None:
    graph = Graph().parse(data=f"@base <https://example.org/> . @prefix fg: <{FG}> . {damage}", format="turtle")
    assert contradictions(graph)
