"""Formats: which one is chosen, and that every one of them carries the same graph."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, XSD, BNode, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from fosen_graph.findings import CannotRun, DataError
from fosen_graph.formats import (
    DATASET_FORMATS,
    FORMATS,
    GRAPH_FORMATS,
    HTML,
    JSONLD,
    NQUADS,
    NTRIPLES,
    RDF_FORMATS,
    RDFXML,
    RESULT_FORMATS,
    RESULTS_CSV,
    RESULTS_JSON,
    RESULTS_XML,
    TRIG,
    TURTLE,
    Format,
    Triple,
    format_named,
    format_of_file,
    negotiate,
    read,
    serialise,
    serialise_dataset,
)

# rdflib's own readers still use what rdflib deprecates
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
]

GRAPHS = (TURTLE, NTRIPLES, JSONLD, RDFXML)
PAGES = (TURTLE, HTML, JSONLD)
RESULTS = (RESULTS_JSON, RESULTS_XML, RESULTS_CSV)
PREFIXES = {"ex": "http://example.org/", "xsd": str(XSD), "rdf": str(RDF), "unused": "http://example.org/unused/"}
EX = "http://example.org/"
RDFLIB_NAMES = {TURTLE: "turtle", NTRIPLES: "nt", JSONLD: "json-ld", RDFXML: "xml", NQUADS: "nquads", TRIG: "trig"}

ACCEPTED: list[tuple[str | None, tuple[Format, ...], Format | None]] = [
    (None, GRAPHS, TURTLE),
    ("", GRAPHS, TURTLE),
    ("   ", GRAPHS, TURTLE),
    ("*/*", GRAPHS, TURTLE),
    ("*", GRAPHS, TURTLE),
    ("text/turtle", GRAPHS, TURTLE),
    ("TEXT/Turtle", GRAPHS, TURTLE),
    ("application/ld+json", GRAPHS, JSONLD),
    ("application/rdf+xml, text/turtle;q=0.9", GRAPHS, RDFXML),
    ("application/rdf+xml;q=0.9, text/turtle", GRAPHS, TURTLE),
    ("application/rdf+xml;q=.9, text/turtle;q=.8", GRAPHS, RDFXML),
    ("application/vnd.unknown, application/n-triples;q=0.5", GRAPHS, NTRIPLES),
    ("application/vnd.unknown", GRAPHS, None),
    ("text/turtle;q=0", GRAPHS, None),
    ("text/turtle;q=0, */*", GRAPHS, NTRIPLES),
    ("text/turtle;q=0.000, */*;q=0.001", GRAPHS, NTRIPLES),
    ("*/*;q=0", GRAPHS, None),
    ("*/*;q=0, application/ld+json", GRAPHS, JSONLD),
    ("text/*;q=0.3, text/turtle;q=0.1, */*;q=0.2", PAGES, HTML),
    ("application/*", PAGES, JSONLD),
    ("application/*, text/turtle", (JSONLD, TURTLE), JSONLD),
    ("text/turtle;charset=utf-8", GRAPHS, TURTLE),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted, x"', GRAPHS, JSONLD),
    ("text/turtle;version=1.2;q=0, text/turtle;q=0.5", GRAPHS, TURTLE),
    ("text/turtle ; q=0.5 , application/ld+json ; q=0.7", GRAPHS, JSONLD),
    ("text/turtle;q=0.5;extension=1, application/ld+json;q=0.4", GRAPHS, TURTLE),
    ("text/turtle;q=1.001, application/ld+json;q=0.4", GRAPHS, JSONLD),
    ("text/turtle;q=abc, application/ld+json;q=0.4", GRAPHS, JSONLD),
    ("text/turtle;q=1.000, application/ld+json", GRAPHS, TURTLE),
    ("nonsense", GRAPHS, TURTLE),
    (", ,", GRAPHS, TURTLE),
    ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", GRAPHS, TURTLE),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", PAGES, HTML),
    ("application/json", RESULTS, RESULTS_JSON),
    ("application/json", GRAPHS, JSONLD),
    ("application/json;q=0.5, application/ld+json;q=0.1, text/turtle;q=0.2", GRAPHS, TURTLE),
    ("text/xml", RESULTS, RESULTS_XML),
    ("application/sparql-results+json;q=0.5,application/sparql-results+xml;q=0.6", RESULTS, RESULTS_XML),
    ("text/plain", GRAPHS, NTRIPLES),
]


@pytest.mark.parametrize(("accept", "offered", "expected"), ACCEPTED, ids=[repr(case[0]) for case in ACCEPTED])
def test_the_accept_header_decides(accept: str | None, offered: tuple[Format, ...], expected: Format | None) -> None:
    """RFC 9110 section 12.5.1, with the headers that real clients send."""
    assert negotiate(accept, offered) == expected


@given(st.text(alphabet='tex/*;q=01.," \\a-+', max_size=60))
def test_no_header_breaks_the_negotiation(accept: str) -> None:
    """Whatever arrives, the answer is one of those offered or none."""
    assert negotiate(accept, GRAPHS) in (*GRAPHS, None)


def test_a_thousand_ranges_are_no_burden() -> None:
    """Quotes that never close do not make it slow."""
    assert negotiate('a/b;x="' * 1000, GRAPHS) in (*GRAPHS, None)
    assert negotiate("a/b," * 1000 + "text/turtle", GRAPHS) == TURTLE


def test_names_extensions_and_media_types_are_unique() -> None:
    """One name, one format."""
    for attribute in ("name", "media_type", "extension"):
        values = [getattr(format_, attribute) for format_ in FORMATS]
        assert sorted(values) == sorted(set(values))


def test_a_format_is_found_by_what_people_call_it() -> None:
    assert format_named("Turtle") == format_named(".ttl") == format_named("text/turtle") == TURTLE
    assert format_named("word") is None


def test_a_format_has_the_names_that_clients_use() -> None:
    """What SPARQLWrapper writes in `format`; a table's own «xml» and «json» go before those of graphs."""
    assert [format_named(name, RDF_FORMATS) for name in ("xml", "rdf+xml", "json-ld", "json", "n3")] == [
        RDFXML, RDFXML, JSONLD, JSONLD, TURTLE,
    ]  # fmt: skip
    assert (format_named("xml"), format_named("json", RESULT_FORMATS)) == (RESULTS_XML, RESULTS_JSON)
    assert format_of_file("a/b.TTL") == TURTLE
    assert format_of_file("x.json") == JSONLD
    with pytest.raises(CannotRun) as error:
        format_of_file("tabell.xlsx")
    assert "xlsx" in error.value.text("nb")
    assert ".ttl" in error.value.text("en")


HARD: list[Triple] = [
    (URIRef(f"{EX}rad/10"), RDF.type, URIRef(f"{EX}Rad")),
    (URIRef(f"{EX}rad/9"), RDF.type, URIRef(f"{EX}Rad")),
    (URIRef(f"{EX}rad/9"), RDF.type, URIRef(f"{EX}Kilde")),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("æøå\n\t\r\"\\ 'x' <&> ]]> 😀", lang="nb")),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal(" ledende og etterfølgende ")),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("")),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("007", datatype=XSD.integer, normalize=False)),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("7", datatype=XSD.integer)),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("syv", datatype=XSD.integer, normalize=False)),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("true", datatype=XSD.boolean)),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("1.50", datatype=XSD.decimal, normalize=False)),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("2022", datatype=XSD.gYear)),
    (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("x", datatype=URIRef(f"{EX}own"))),
    (URIRef(f"{EX}å/æ?x=1&y='2'"), URIRef("http://other.org/ns#name"), URIRef(f"{EX}plan/2022-2024/a.b")),
    (BNode("x"), RDF.first, BNode("y")),
    (BNode("y"), RDF.rest, RDF.nil),
]


def rdflib_graph(data: bytes, format_: Format) -> Graph:
    if format_ in DATASET_FORMATS:
        dataset = Dataset(default_union=True)
        dataset.parse(data=data.decode(), format=RDFLIB_NAMES[format_])
        graph = Graph()
        for s, p, o, _ in dataset.quads():
            graph.add((s, p, o))
        return graph
    return Graph().parse(data=data.decode(), format=RDFLIB_NAMES[format_])


def our_graph(data: bytes, format_: Format) -> Graph:
    graph = Graph()
    for s, p, o, _ in read(data, format_, "file"):
        graph.add((s, p, o))
    return graph


@pytest.mark.parametrize("format_", RDF_FORMATS, ids=lambda f: f.name)
def test_every_format_carries_the_same_graph_in_two_readers(format_: Format) -> None:
    """Awkward letters, spaces, datatypes, IRIs and blank nodes survive, as rdflib and Oxigraph read them."""
    expected = Graph()
    for triple in HARD:
        expected.add(triple)
    data = serialise(HARD, format_, PREFIXES)
    assert isomorphic(our_graph(data, format_), expected)
    # rdflib's readers turn "007" into "7"; compare with what it makes of plain N-Triples
    plain = rdflib_graph(serialise(HARD, NTRIPLES, {}), NTRIPLES)
    assert isomorphic(rdflib_graph(data, format_), plain)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t"), max_size=12)
iris = st.from_regex(r"http://example\.org/[a-z0-9ÆØÅæøå/?=.:_~-]{0,8}#?[a-z0-9]{0,3}", fullmatch=True).map(URIRef)
literals = st.one_of(
    texts.map(Literal),
    st.builds(lambda text: Literal(text, lang="nb-no"), texts),
    st.builds(lambda text, datatype: Literal(text, datatype=datatype, normalize=False), texts, iris),
    st.from_regex(r"[+-]?[0-9]{1,3}|true|1e5", fullmatch=True).map(
        lambda text: Literal(text, datatype=XSD.integer, normalize=False)
    ),
)
predicates = st.sampled_from([RDF.type, URIRef(f"{EX}b"), URIRef("http://other.org/ns#name")])
triples = st.tuples(iris, predicates, st.one_of(iris, literals))


@settings(max_examples=60, deadline=None)
@given(st.lists(triples, max_size=8))
def test_any_graph_comes_back_from_every_format(graph: list[Triple]) -> None:
    for format_ in RDF_FORMATS:
        assert {quad[:3] for quad in read(serialise(graph, format_, PREFIXES), format_, "file")} == set(graph)


@pytest.mark.parametrize("format_", RDF_FORMATS, ids=lambda f: f.name)
def test_the_order_of_the_triples_does_not_matter(format_: Format) -> None:
    """Same triples, same bytes; a triple given twice is written once."""
    written = {serialise(order, format_, PREFIXES) for order in permutations(HARD[:5])}
    assert len(written | {serialise(HARD[:5] * 2, format_, PREFIXES)}) == 1


def test_turtle_is_pleasant_to_read() -> None:
    """Only the prefixes that are used, subjects in counting order, `a` first, a predicate a line."""
    label = URIRef("http://www.w3.org/2004/02/skos/core#prefLabel")
    graph = [*HARD[:3], (URIRef(f"{EX}rad/9"), URIRef(f"{EX}antall"), Literal(3))]
    graph.append((URIRef(f"{EX}rad/9"), label, Literal("Rad 9", lang="nb")))
    prefixes = {**PREFIXES, "rad": f"{EX}rad/", "skos": "http://www.w3.org/2004/02/skos/core#"}
    assert serialise(graph, TURTLE, prefixes).decode() == (
        "@prefix ex: <http://example.org/> .\n"
        "@prefix rad: <http://example.org/rad/> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '\nrad:9\n    a ex:Kilde, ex:Rad ;\n    skos:prefLabel "Rad 9"@nb ;\n    ex:antall 3 ;\n.\n'
        "\nrad:10\n    a ex:Rad ;\n.\n"
    )


def test_named_graphs_keep_their_names() -> None:
    """In the formats that can hold them; JSON-LD and Turtle hold the triples alone."""
    graphs = [(URIRef(f"{EX}g1"), HARD[:2]), (URIRef(f"{EX}g2"), HARD[2:5])]
    for format_ in DATASET_FORMATS:
        quads = read(serialise_dataset(graphs, format_, PREFIXES), format_, "file")
        assert {(name, (s, p, o)) for s, p, o, name in quads} == {(n, t) for n, ts in graphs for t in ts}
    for format_ in GRAPH_FORMATS:
        quads = read(serialise_dataset(graphs, format_, PREFIXES), format_, "file")
        assert {quad[:3] for quad in quads} == set(HARD[:5])
        assert all(quad[3] is None for quad in quads)


@pytest.mark.parametrize("format_", RDF_FORMATS, ids=lambda f: f.name)
def test_an_empty_graph_is_a_valid_document(format_: Format) -> None:
    assert read(serialise([], format_, PREFIXES), format_, "file") == []
    assert len(rdflib_graph(serialise([], format_, PREFIXES), format_)) == 0


def test_json_ld_is_json() -> None:
    assert isinstance(json.loads(serialise(HARD, JSONLD, PREFIXES)), list)


def test_what_rdf_xml_cannot_hold_is_said() -> None:
    """XML 1.0 has no control characters, and a predicate must end in a name."""
    control: Triple = (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("\x07"))
    number: Triple = (URIRef(f"{EX}a"), URIRef(f"{EX}1/2"), Literal("x"))
    for triple in (control, number):
        with pytest.raises(CannotRun) as error:
            serialise([triple], RDFXML, {})
        assert "rdfxml" in error.value.text("nb")
    assert {quad[:3] for quad in read(serialise([control], TURTLE, {}), TURTLE, "f")} == {control}


def test_an_iri_that_is_none_is_not_written() -> None:
    with pytest.raises(CannotRun):
        serialise([(URIRef("http://example.org/a b"), RDF.type, URIRef(EX))], NTRIPLES, {})


@pytest.mark.parametrize(
    ("format_", "data", "place"),
    [
        (TURTLE, "@prefix ex: <http://example.org/> .\nex:æ ex:b ex:c ;; , .\n".encode(), "fil.ttl:2:19"),
        (TURTLE, b"<a> <b> \xff .", "fil.ttl:1:"),
        (NTRIPLES, b"<http://x/a> <http://x/b> .\n", "fil.ttl:1:"),
        (JSONLD, b'{"@id": "http://x/a", ', "fil.ttl:1:"),
        (JSONLD, b'{"@context": "https://example.org/context", "@id": "x"}', "fil.ttl"),
        (RDFXML, b"<rdf:RDF>", "fil.ttl"),
        (TURTLE, b"<http://x/a> <http://x/b> <relative> .", "fil.ttl:1:"),
    ],
)
def test_a_syntax_error_has_its_place(format_: Format, data: bytes, place: str) -> None:
    """One finding with file, line and column, not a traceback."""
    with pytest.raises(DataError) as error:
        read(data, format_, "fil.ttl")
    (finding,) = error.value.report
    assert str(finding.place).startswith(place)
    assert finding.what.nb != finding.what.en
