"""The guard before the engine: what it lets through, what it refuses, and that no text keeps it busy."""

from __future__ import annotations

import contextlib
import time

import pytest

from fosen_graph.asking import Limits, Reason, Refusal, Unanswered
from fosen_graph.asking.sparql_text import QueryText, examine

PREFIXES = {"a": "http://example.org/a#"}
BASE = "http://example.org/"


def examined(text: str, limits: Limits | None = None) -> QueryText:
    return examine(text, limits or Limits(), PREFIXES, BASE)


def refused(text: str, limits: Limits | None = None) -> Refusal:
    with pytest.raises(Unanswered) as caught:
        examined(text, limits)
    return caught.value.refusal


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <u:u> {?s ?p ?o} }",
        "SELECT * { service silent <u:u> {?s ?p ?o} }",
        "SELECT * { SERVICESILENT<u:u>{?s ?p ?o} }",
        "SELECT * { SERVICE?x{?s ?p ?o} }",
        "SELECT * { SERVICEa:b {?s ?p ?o} }",
        "PREFIX service: <u:> SELECT * { service:a {?s ?p ?o} }",
        "SELECT * { ?s ?p 1SERVICE <u:u> {} }",
        "SELECT * { ?s ?p trueSERVICE <u:u> {} }",
        "SELECT * { ?s ?p a:.SERVICE <u:u> {} }",
        "SELECT * { #\rSERVICE <u:u> {?s ?p ?o}\n }",
        "SELECT * { FILTER(?a<?b)SERVICE#>\n<u:u> {?s ?p ?o} }",
        "SELECT * { FILTER(1<(2+(3>0))) FILTER(1<2)SERVICE#>\n<u:u> {?s ?p ?o} }",
        "SELECT * { FILTER(1<2)#\\u003E\n SERVICE <u:u> {?s ?p ?o} }",
        "SELECT * { VALUES ?x {<u:u>} LATERAL {SERVICE?x {?s ?p ?o}} }",
    ],
)
def test_service_is_refused_however_it_is_written(text: str) -> None:
    """Each of these made the engine, or would make it, call somebody."""
    assert refused(text).reason is Reason.SERVICE


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?service a:service 'SERVICE' }",
        "PREFIX service: <u:> SELECT * { service:a service:b <http://service/SERVICE> }",
        "SELECT * { ?s ?p ?o # SERVICE <u:u> {}\n}",
        'SELECT * { ?s ?p """SERVICE <u:u> {}""" , _:service , "x"@service }',
    ],
)
def test_the_word_service_in_names_and_texts_is_no_call(text: str) -> None:
    assert examined(text).kind == "SELECT"


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA {}",
        "delete where {?s ?p ?o}",
        "LOAD <u:u>",
        "PREFIX a: <b> CLEAR ALL",
        r"\u0049NSERT DATA {}",
        r"PREFIX a: <b> DRO\U00000050 ALL",
    ],
)
def test_updates_are_refused_as_such(update: str) -> None:
    assert refused(update).reason is Reason.UPDATE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT * {}", "SELECT"),
        ("PREFIX ask: <x> BASE <y> # ASK\n construct {} {}", "CONSTRUCT"),
        ("ASK{}", "ASK"),
        ("DESCRIBE a:b", "DESCRIBE"),
        ("SELECTDISTINCT ?s {}", "SELECT"),
        ("", None),
        ("hello", None),
    ],
)
def test_the_form_of_a_query_is_known_before_it_runs(text: str, kind: str | None) -> None:
    assert examined(text).kind == kind


def test_a_graph_named_twice_is_in_the_dataset_once() -> None:
    text = "PREFIX g: <graph/> SELECT * FROM <graph/x> FROM g:x FROM NAMED a:y FROM NAMED <graph/z> {}"
    query = examined(text)
    assert query.default_graphs == ("http://example.org/graph/x",)
    assert query.named_graphs == ("http://example.org/a#y", "http://example.org/graph/z")


def test_a_query_without_from_leaves_the_dataset_open() -> None:
    assert (examined("SELECT * {}").default_graphs, examined("SELECT * {}").named_graphs) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * " + "{" * 2200 + "}" * 2200,
        "SELECT * { FILTER(" + "(" * 4600 + "1" + ")" * 4600 + ") }",
        "SELECT * { FILTER(" + "!" * 9200 + "true) }",
        "SELECT * { FILTER(1" + "+1" * 7000 + " > 0) }",
        "SELECT * { {}" + " UNION {}" * 5000 + " }",
        "SELECT * { ?s " + "|".join(["a:b"] * 3000) + " ?o }",
        "SELECT * {" + " . ".join(f"?s{n} a:p ?s{n + 1}" for n in range(205)) + "}",
        "SELECT * {" + "OPTIONAL {?s a:p ?o}" * 500 + "}",
        "SELECT * { ?s ?p " + "(" * 500 + "1" + ")" * 500 + " }",
        "SELECT * { ?s ?p (" + "1 " * 50_000 + ") }",
        "SELECT * { ?s " + "/".join(["a:b"] * 590) + " ?o }",
        "SELECT * { ?s (" + "/".join(["a:b"] * 590) + ") ?o }",
        "ASK { FILTER(EXISTS { " + "?s a:p ?o . " * 3000 + "}) }",
        "SELECT " + " ".join(f"(COUNT(?s) AS ?x{n})" for n in range(5000)) + " { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING " + "(1) " * 15_000,
        "DESCRIBE " + " ".join(f"<u:{n}>" for n in range(12_000)),
        "SELECT * { FILTER(1<" + "(" * 600 + "1" + ")" * 600 + ")#>\n }",
        "SELECT * { FILTER(1<1" + "+1" * 7000 + ")#>\n }",
        "SELECT * { " + "<< " * 500 + "?s ?p ?o" + " >> ?p ?o" * 500 + " }",
    ],
)
def test_what_kills_or_busies_the_engine_is_too_complex(text: str) -> None:
    """The queries of a study of other endpoints: each ended a process or held its planner for seconds."""
    assert refused(text).reason is Reason.TOO_COMPLEX


def test_long_lists_of_values_are_no_complexity() -> None:
    rows = " ".join(f"(<http://example.org/{n}> {n})" for n in range(1500))
    assert examined(f"SELECT * {{ VALUES (?x ?y) {{ {rows} }} ?x a:p ?y }}").kind == "SELECT"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s a:p ?o FILTER(?o IN ("
        + ", ".join(f"<http://example.org/a-b/{n}>" for n in range(3000))
        + ")) }",
        "SELECT * { VALUES (?x ?y) {" + "(-1 -2.5)" * 5000 + "} ?x a:p ?y }",
        "SELECT (CONCAT(" + ", ".join(["'x'"] * 5000) + ") AS ?x) {}",
    ],
)
def test_data_in_a_query_are_no_complexity(text: str) -> None:
    """Programs write lists of thousands into a query; the engine takes them in its stride."""
    assert examined(text).kind == "SELECT"


def test_escapes_in_iris_are_read() -> None:
    """SPARQL 1.1, 19.2."""
    assert examined("SELECT * FROM <gr\\u0061ph/\\U0000006E> {}").default_graphs == ("http://example.org/graph/n",)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r"\u0053ELECT * {}", "SELECT * {}"),
        (r"SELECT ?\u0078 { a\u003Ab ?\U00000078 \u0022y\u0022 }", 'SELECT ?x { a:b ?x "y" }'),
        (r'ASK { ?s ?p "\u0022", "\\u0041", <\u0061> }', r'ASK { ?s ?p "\u0022", "\\u0041", <\u0061> }'),
        (r"ASK {} # \u000A DROP ALL", r"ASK {} # \u000A DROP ALL"),
        (r"ASK { a:b\'c a:d \u0031 }", r"ASK { a:b\'c a:d 1 }"),
    ],
)
def test_escapes_are_read_before_the_grammar(text: str, read: str) -> None:
    """Those in strings, IRIs and comments are left as they are; the engine reads them."""
    assert examined(text).text == read


@pytest.mark.parametrize("text", [r"\u0053ERVICE <u:u> {}", r"SERVIC\u0045 <u:u> {}", r"SERVICE\u0020?x {}"])
def test_escapes_hide_no_service(text: str) -> None:
    assert refused(f"SELECT * {{ {text} }}").reason is Reason.SERVICE


@pytest.mark.parametrize("text", [r"SELECT\uD83D\uDE00 * {}", r"SELECT\U00110000 * {}", r"SELECT\u00 * {}"])
def test_an_escape_of_no_letter_is_a_fault(text: str) -> None:
    assert refused(text).reason is Reason.SYNTAX


def test_length_counts_bytes() -> None:
    assert refused("SELECT * { ?s ?p '" + "ø" * 60 + "' }", Limits(query_bytes=100)).reason is Reason.TOO_LONG


def test_a_refusal_tells_line_and_column() -> None:
    refusal = refused("SELECT *\nWHERE { ?s ?p 'open }")
    assert (refusal.reason, refusal.line, refusal.column) == (Reason.SYNTAX, 2, 15)


@pytest.mark.parametrize(
    "unit",
    ["<", "<aaaa", "a.b.c", "a..", "'''", '"', "?x ", "0.", "\\", "a:b%", "a" * 50 + ":", "_:a.", "#", "@a-", "æ.ø",
     r"\u0022", r"\u0027\'", r"\u0041''''\'''", r"<\u0041"],
)  # fmt: skip
def test_no_text_keeps_the_guard_busy(unit: str) -> None:
    """Linear: 120,000 characters of anything take well under a second."""
    start = time.perf_counter()
    with contextlib.suppress(Unanswered):
        examined(unit * (120_000 // len(unit)), Limits(query_bytes=10**6))
    assert time.perf_counter() - start < 3
