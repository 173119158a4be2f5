"""Our engine finds what plain pySHACL finds, and tells it at the place where it was written."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterable
from functools import cache

import pyshacl
import pytest
import shape_examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from shape_examples import Example, damaged, examples, good, shapes

from fosen_graph import checking
from fosen_graph.checking import Triple, check, findings, load_shapes, report_graph
from fosen_graph.checking.shacl import SH, Result
from fosen_graph.checking.shapes import read_path
from fosen_graph.checking.triples import Index
from fosen_graph.checking.validation import read_report, validate_files
from fosen_graph.findings import CannotRun, DataError, Place, Severity, Words
from fosen_graph.iris import FG

Told = tuple[str, ...]


def told(results: Iterable[Result]) -> set[Told]:
    """
    What a result says, without the language tags of its messages: pySHACL drops them where a query found the result.

    Shapes without an IRI are not compared by name.
    """
    return {
        (
            result.focus.n3(),
            str(result.path),
            "" if result.value is None else result.value.n3(),
            str(result.component),
            "" if isinstance(result.shape, BNode) else str(result.shape),
            str(result.severity),
            *sorted(str(message) for message in result.messages),
        )
        for result in results
    }


def by_pyshacl(data: Iterable[Triple], shapes_graph: Graph) -> list[Result]:
    graph = Graph()
    for triple in data:
        graph.add(triple)
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes_graph, inference="none")
    return read_report(report)


@cache
def our_shapes_graph() -> Graph:
    graph = Graph()
    for text in shape_examples.shape_texts().values():
        graph.parse(data=text, format="turtle")
    return graph


def rounds() -> list[tuple[Example, ...]]:
    """All examples in a few graphs: the first damage of every shape, the second of every shape ..."""
    return [tuple(group) for _, group in itertools.groupby(sorted(examples(), key=_number), key=_number)]


def _number(example: Example) -> int:
    return example.number


@pytest.mark.parametrize("chosen", rounds(), ids=lambda chosen: f"damage {chosen[0].number} of each shape")
def test_the_report_equals_plain_pyshacl(chosen: tuple[Example, ...]) -> None:
    """The same shapes on the same damaged graph: focus node, path, value, component, shape, severity, messages."""
    data = damaged(*chosen)
    ours = check(data, shapes())
    assert told(ours) == told(by_pyshacl(data, our_shapes_graph()))
    assert len(ours) > len(chosen) / 2


def test_the_messages_keep_their_languages() -> None:
    for result in check(damaged(*rounds()[0]), shapes()):
        assert [message.language for message in result.messages] == ["en", "nb"]


PEOPLE = """
@prefix : <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

CORE = """
sh:minCount 1
sh:maxCount 1
sh:class :A
sh:datatype xsd:integer
sh:datatype xsd:string
sh:nodeKind sh:IRI
sh:nodeKind sh:BlankNodeOrLiteral
sh:minInclusive 2
sh:maxExclusive 3
sh:minLength 2
sh:maxLength 3
sh:pattern "^http|B" ; sh:flags "i"
sh:languageIn ( "nb" "en" )
sh:uniqueLang true
sh:equals :q
sh:disjoint :q
sh:hasValue :b
sh:in ( :a :b 1 )
sh:not [ sh:class :A ]
sh:and ( [ sh:class :A ] [ sh:path :q ; sh:minCount 1 ] )
sh:or ( [ sh:class :A ] [ sh:datatype xsd:integer ] )
sh:xone ( [ sh:class :A ] [ sh:class :B ] )
sh:node :Other
sh:qualifiedValueShape [ sh:class :A ] ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1
sh:property [ sh:path :q ; sh:minCount 1 ; sh:message "Under." ]
""".strip().splitlines()
PATHS = (
    ":p",
    "[ sh:inversePath :p ]",
    "( :p :q )",
    "[ sh:alternativePath ( :p :q ) ]",
    "[ sh:zeroOrMorePath :p ]",
    "[ sh:oneOrMorePath [ sh:inversePath :p ] ]",
    "[ sh:zeroOrOnePath ( :p [ sh:inversePath :q ] ) ]",
    "[ sh:inversePath ( :p [ sh:inversePath :q ] ) ]",  # pySHACL walks it wrongly, SPARQL rightly
)
TARGETS = ("sh:targetClass :A", "sh:targetNode :a", "sh:targetSubjectsOf :p", "sh:targetObjectsOf :q")
NODES = [URIRef(f"http://example.org/{name}") for name in "abc"]
VALUES = [
    *NODES,
    Literal(1),
    Literal(2),
    Literal("to"),
    Literal("B", lang="nb"),
    Literal("C", lang="nb"),
    Literal("D", lang="en"),
]


@st.composite
def graphs(draw: st.DrawFn) -> frozenset[Triple]:
    p, q, a, b = (URIRef(f"http://example.org/{name}") for name in "pqAB")
    triples = st.one_of(
        st.tuples(st.sampled_from(NODES), st.sampled_from([p, q]), st.sampled_from(VALUES)),
        st.tuples(st.sampled_from(NODES), st.just(RDF.type), st.sampled_from([a, b])),
    )
    return frozenset(draw(st.lists(triples, max_size=14)))


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    graphs(),
    st.lists(st.tuples(st.sampled_from(CORE), st.sampled_from(PATHS[:-1])), min_size=3, max_size=8),
    st.sampled_from(TARGETS),
)
def test_any_core_shape_gives_what_pyshacl_gives(
    data: frozenset[Triple], properties: list[tuple[str, str]], target: str
) -> None:
    """Every component of SHACL Core under every kind of path and target, on small graphs."""
    bodies = "\n".join(
        f':shape{n} a sh:PropertyShape ; sh:path {path} ; {body} ; sh:message "Feil."@nb , "Wrong."@en .'
        for n, (body, path) in enumerate(properties)
    )
    names = " , ".join(f":shape{n}" for n in range(len(properties)))
    root = f":Root a sh:NodeShape ; {target} ; sh:property {names} .\n:Other a sh:NodeShape ; sh:class :B ."
    text = f"{PEOPLE}{root}\n{bodies}"
    graph = Graph().parse(data=text, format="turtle")
    assert told(check(data, load_shapes({"core.ttl": text}))) == told(by_pyshacl(data, graph))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(graphs(), st.sampled_from(PATHS))
def test_a_path_reaches_what_sparql_reaches(data: frozenset[Triple], path: str) -> None:
    shape = Graph().parse(data=f"{PEOPLE}:S sh:path {path} .", format="turtle")
    index = Index([*data, *shape])
    walked = read_path(index, next(iter(index.objects(URIRef("http://example.org/S"), SH.path))))
    graph = Graph()
    for triple in data:
        graph.add(triple)
    for node in NODES:
        reached = {index.terms[number] for number in index.reach(walked, index.intern(node))}
        assert reached == {row[0] for row in graph.query(f"SELECT ?end WHERE {{ <{node}> {walked} ?end }}")}  # type: ignore[index]


NODE_SHAPES = """
:A a rdfs:Class , sh:NodeShape ; sh:nodeKind sh:IRI ; sh:pattern "a$" ; sh:message "En."@nb .
:B rdfs:subClassOf :A .
:Closed a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;
    sh:property :Closed-p ; sh:severity sh:Warning ; sh:message "To."@nb .
:Closed-p a sh:PropertyShape ; sh:path :p ; sh:lessThan :q ; sh:message "Tre."@nb .
:Off a sh:NodeShape ; sh:targetClass :A ; sh:deactivated true ; sh:nodeKind sh:Literal ; sh:message "Fire."@nb .
:Asked a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:message "{?value} er galt."@nb ; sh:severity sh:Info ;
    sh:sparql [ sh:select "SELECT $this ?path ?value WHERE { $this ?path ?value FILTER (isLiteral(?value)) }" ] .
"""
NODE_DATA = """
:a a :A ; :p 1 ; :q 2 .
:b a :B ; :p 3 , 4 ; :q 3 ; :r :a .
:B rdfs:subClassOf :A .
:c :p "tekst" .
"""


def test_node_shapes_and_their_targets_give_what_pyshacl_gives() -> None:
    """Implicit class targets, subclasses in the data, closed shapes, deactivated ones, values in messages."""
    data = Graph().parse(data=PEOPLE + NODE_DATA, format="turtle")
    graph = Graph().parse(data=PEOPLE + NODE_SHAPES, format="turtle")
    ours = check(data, load_shapes({"node.ttl": PEOPLE + NODE_SHAPES}))
    assert told(ours) == told(by_pyshacl(data, graph))
    assert {str(result.shape)[len("http://example.org/") :] for result in ours} == {"A", "Closed", "Closed-p", "Asked"}


def test_shapes_survive_pickling() -> None:
    """Worker processes get them so."""
    again = pickle.loads(pickle.dumps(shapes()))
    data = damaged(*rounds()[0])
    assert check(data, again) == check(data, shapes())


def test_the_order_of_the_triples_does_not_matter() -> None:
    data = sorted(damaged(*rounds()[1]))
    assert check(data, shapes()) == check(reversed(data), shapes()) == check([*data, *data], shapes())


def test_shapes_that_are_no_turtle_are_refused_with_their_line() -> None:
    with pytest.raises(DataError) as caught:
        load_shapes({"shapes/bad.ttl": "@prefix sh: <http://www.w3.org/ns/shacl#> .\nsh:a sh:b"})
    (finding,) = caught.value.report
    assert (finding.place.file, finding.place.line) == ("shapes/bad.ttl", 2)


@pytest.mark.parametrize(
    "part",
    [
        "sh:targetNode :a ; sh:nodeKind :Kind",
        "sh:targetNode :a ; sh:maxLength 'many'",
        "sh:targetNode :a ; sh:sparql [ sh:select 'ASK { $this ?p ?o }' ]",
        "sh:targetNode :a ; sh:js [ sh:jsFunctionName 'f' ]",
        "sh:targetNode :a ; sh:sparql [ sh:select 'SELECT $this WHERE { nonsense' ]",
        "sh:targetNode :a ; sh:node :S",
    ],
)
def test_what_the_engine_does_not_know_is_named_and_not_skipped(part: str) -> None:
    with pytest.raises(CannotRun, match=r"http://example\.org/S"):
        load_shapes({"s.ttl": f"{PEOPLE}:S a sh:NodeShape ; {part} ."})


class Lines:
    """A stand-in for the places of a file: knows one statement."""

    def of(self, subject: object, predicate: object = None, value: object = None, /) -> Place:
        known = (FG.order, Literal(3))
        return Place("plan.yaml", 7, 5) if (predicate, value) == known else Place("plan.yaml")


def test_a_finding_says_what_and_remedy_at_the_place_of_the_value() -> None:
    (example,) = (e for e in examples() if e.shape == "PlanElement-orderGap")
    (finding,) = findings(check(damaged(example), shapes()), Lines())
    assert finding.place == Place("plan.yaml", 7, 5)
    assert (finding.severity, finding.code) == (Severity.VIOLATION, "PlanElement-orderGap")
    assert finding.what == Words(
        nb="Det mangler et søsken foran dette i rekkefølgen.", en="A sibling before this one is missing in the order."
    )
    assert finding.remedy == Words(
        nb="Sett tilbake det som er borte, eller flytt dette fram.", en="Put back what is gone, or move this one up."
    )


def test_the_report_graph_names_every_result_and_has_no_blank_nodes() -> None:
    results = check(damaged(*rounds()[2]), shapes())
    report = URIRef("https://example.org/report")
    triples = report_graph(results, report)
    assert not [term for triple in triples for term in triple if isinstance(term, BNode)]
    assert len({o for _, p, o in triples if p == SH.result}) == len(results)
    assert triples == report_graph(reversed(results), report)
    assert (report, SH.conforms, Literal(False)) in triples
    assert report_graph([], report) == {(report, RDF.type, SH.ValidationReport), (report, SH.conforms, Literal(True))}


def files(graph: Iterable[Triple]) -> dict[str, bytes]:
    text = "".join(sorted(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in graph))
    return {"data/plan.nt": text.encode()}


def shape_files() -> dict[str, bytes]:
    return {name: text.encode() for name, text in shape_examples.shape_texts().items()}


def test_validate_writes_the_standard_report() -> None:
    """Read back, it says what the check says, complex paths included."""
    data = damaged(*rounds()[0])
    validation = validate_files(files(data), shape_files())
    assert told(validation.results) == told(check(data, shapes()))
    assert told(read_report(Graph().parse(data=validation.turtle, format="turtle"))) == told(validation.results)
    assert validation.turtle == validate_files(files(data), shape_files()).turtle
    assert not validation.report.conforms
    assert {finding.place for finding in validation.report} == {Place("data/plan.nt")}


def test_validate_of_good_data_conforms() -> None:
    validation = validate_files(files(good()), shape_files())
    assert (len(validation.report), validation.report.conforms) == (0, True)
    assert b"sh:conforms true" in validation.turtle


def test_validate_knows_all_of_shacl_by_pyshacl() -> None:
    """sh:qualifiedValueShapesDisjoint and messages on queries are not our engine's; the report is as good."""
    text = f"""{PEOPLE}
    :S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :p ; sh:qualifiedValueShapesDisjoint true ;
        sh:qualifiedValueShape [ sh:class :A ] ; sh:qualifiedMinCount 1 ] ;
    sh:sparql [ sh:select "SELECT $this WHERE {{ $this :p 1 }}" ; sh:prefixes : ; sh:message "Ikke 1." ] .
    : sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/" ] ."""
    validation = validate_files({"d.ttl": f"{PEOPLE}:a :p 1 .".encode()}, {"s.ttl": text.encode()})
    components = {str(result.component).rpartition("#")[2] for result in validation.results}
    assert components == {"QualifiedMinCountConstraintComponent", "SPARQLConstraintComponent"}


@pytest.mark.parametrize(
    "part",
    [
        "sh:property :nothing , [ sh:js :x ]",
        "sh:sparql [ sh:select 'SELECT $this WHERE { ?' ]",
        "sh:property [ sh:path [ sh:inversePath 'text' ] ; sh:minCount 1 ]",
        "sh:property [ sh:path :p ; sh:minCount 'one' ]",
        "sh:pattern '('",
        "sh:sparql [ sh:select 'SELECT $this WHERE { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }' ]",
    ],
)
def test_validate_with_bad_shapes_cannot_run(part: str) -> None:
    shape = f"{PEOPLE}:S a sh:NodeShape ; sh:targetNode :a ; {part} ."
    with pytest.raises(CannotRun) as caught:
        validate_files({"d.ttl": f"{PEOPLE}:a :p 1 .".encode()}, {"s.ttl": shape.encode()})
    assert caught.value.what.nb.startswith("Reglene er ikke gyldig SHACL")


def test_validate_names_the_file_and_line_of_bad_data() -> None:
    with pytest.raises(DataError) as caught:
        validate_files({"d.ttl": b"<a> <b>"}, shape_files())
    assert next(iter(caught.value.report)).place.file == "d.ttl"


def test_queries_asked_once_find_what_queries_asked_by_node_find() -> None:
    """The condition under which `check` may ask once: our queries bind $this in their main pattern."""
    for chosen in rounds():
        data = damaged(*chosen)
        assert check(data, shapes()) == checking.check_with(checking.QueriesByNode, data, shapes())


def test_numbers_and_datatypes_keep_their_lexical_form_in_results() -> None:
    shape = f"{PEOPLE}:S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxInclusive 3 ] ."
    data = [(NODES[0], URIRef("http://example.org/p"), Literal("007", datatype=XSD.integer, normalize=False))]
    (result,) = check(data, load_shapes({"s.ttl": shape}))
    assert str(result.value) == "007"
