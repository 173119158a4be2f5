"""What holds for every Store: our engine in this process, and a server elsewhere behind the SPARQL Protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import elsewhere
import pytest
import served

from fosen_graph.asking import Limits, Question, Reason, Refusal, Store, Unanswered
from fosen_graph.asking.elsewhere import Address, send
from fosen_graph.asking.publishing import Target, publish
from fosen_graph.asking.remote import remote_store
from fosen_graph.asking.store import EmbeddedStore, release_sources
from fosen_graph.iris import GRAPHS, Iris
from fosen_graph.web.rows import query_text, rows, rows_of

PLAN_GRAPH = str(Iris().graph("plan"))
SMALL = Limits(seconds=20, answer_bytes=1000)


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    """The project's release on a server of others, put there by `publish`."""
    with elsewhere.oxigraph() as address:
        publish(served.release(), target(address), lambda *_: None)
        yield address


def target(address: str) -> Target:
    return Target(
        graphs=Address(f"{address}store"), query=Address(f"{address}query"), update=Address(f"{address}update")
    )


@pytest.fixture(scope="module", params=["embedded", "remote"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "embedded":
        return served.store()
    return remote_store(Address(f"{request.getfixturevalue('oxigraph')}query"), served.release(), Limits())


@pytest.fixture(scope="module", params=["embedded", "remote"])
def small_store(request: pytest.FixtureRequest) -> Store:
    release = served.release()
    if request.param == "embedded":
        return EmbeddedStore(release_sources(release.folder), {}, release.base, answer_bytes=SMALL.answer_bytes)
    return remote_store(Address(f"{request.getfixturevalue('oxigraph')}query"), release, SMALL)


def count(store: Store, pattern: str, **dataset: tuple[str, ...]) -> int:
    text = f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"
    return int(store.answer(Question(text=text, format="csv", **dataset)).split()[1])


def refusal(store: Store, text: str, format_: str = "json", **dataset: tuple[str, ...]) -> Refusal:
    with pytest.raises(Unanswered) as caught:
        store.answer(Question(text=text, format=format_, **dataset))
    return caught.value.refusal


def test_the_default_graph_is_the_union_of_all_named_graphs(store: Store) -> None:
    """Every triple stands in one graph, so the two counts agree."""
    assert count(store, "?s ?p ?o") == count(store, "GRAPH ?g { ?s ?p ?o }") == len(served.store())


def test_all_published_graphs_are_there(store: Store) -> None:
    text = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    graphs = store.answer(Question(text=text, format="csv")).decode().split()[1:]
    assert set(graphs) == {str(Iris().graph(name)) for name in GRAPHS}


def test_a_graph_given_twice_counts_once(store: Store) -> None:
    once = count(store, "?s ?p ?o", default_graphs=(PLAN_GRAPH,))
    assert once == count(store, "?s ?p ?o", default_graphs=(PLAN_GRAPH, PLAN_GRAPH)) > 0


def test_what_is_not_named_is_not_in_the_dataset(store: Store) -> None:
    assert count(store, "GRAPH ?g { ?s ?p ?o }", default_graphs=(PLAN_GRAPH,)) == 0
    assert count(store, "?s ?p ?o", named_graphs=(PLAN_GRAPH,)) == 0
    assert count(store, "GRAPH ?g { ?s ?p ?o }", named_graphs=(PLAN_GRAPH,)) > 0
    assert count(store, "?s ?p ?o", default_graphs=(), named_graphs=()) == 0


@pytest.mark.parametrize("graph", ["http://127.0.0.1:1/", "file:///etc/passwd", "urn:nothing"])
def test_an_unknown_graph_is_empty_and_never_fetched(store: Store, graph: str) -> None:
    assert count(store, "?s ?p ?o", default_graphs=(graph,)) == 0


@pytest.mark.parametrize("graph", ["no iri", "http://x.test/> } ; DROP ALL #"])
def test_the_name_of_a_graph_must_be_an_iri(store: Store, graph: str) -> None:
    assert refusal(store, "ASK {}", default_graphs=(graph,)).reason is Reason.GRAPH


@pytest.mark.parametrize(
    ("format_", "start"),
    [("json", b'{"head"'), ("xml", b"<?xml"), ("csv", b"label\r\n"), ("tsv", b"?label\n")],
)
def test_tables_come_in_four_formats(store: Store, format_: str, start: bytes) -> None:
    text = 'SELECT ?label { ?m a fg:Measure ; skos:prefLabel ?label FILTER(CONTAINS(?label, "Årlig")) }'
    found = store.answer(Question(text=text, format=format_))
    assert found.startswith(start) and "Årlig møte for, og med næringslivet".encode() in found
    assert found == served.store().answer(Question(text=text, format=format_))


@pytest.mark.parametrize("format_", ["turtle", "ntriples", "jsonld", "rdfxml", "trig", "nquads"])
def test_triples_come_in_six_formats_in_one_order(store: Store, format_: str) -> None:
    question = Question(text=f"DESCRIBE <{served.PLAN}>", format=format_)
    assert store.answer(question) == served.store().answer(question) != b""


def test_a_table_has_no_turtle_and_triples_no_csv(store: Store) -> None:
    assert refusal(store, "SELECT * { ?s ?p ?o } LIMIT 1", "turtle").reason is Reason.FORMAT
    assert refusal(store, "CONSTRUCT WHERE { ?s a fg:Measure }", "csv").reason is Reason.FORMAT


@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_ask_is_a_truth_value(store: Store, format_: str) -> None:
    question = Question(text="ASK { ?m a fg:Measure }", format=format_)
    assert b"true" in store.answer(question)
    assert store.answer(question) == served.store().answer(question)


@pytest.mark.parametrize(
    ("name", "variable", "value"),
    [
        ("about", "thing", served.PLAN),
        ("whole", "plan", served.PLAN),
        ("vocabulary", "graph", str(Iris().graph("ontology"))),
        ("appearances", "thing", f"{served.PLAN}/vedtak/rs-03-22"),
    ],
)
def test_the_queries_of_our_pages_have_the_same_rows(store: Store, name: str, variable: str, value: str) -> None:
    """A bound value is data and no syntax; a server elsewhere gets it as VALUES."""
    found, expected = (rows(of, name, **{variable: value}) for of in (store, served.store()))
    assert len(found) > 2
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_the_names_of_several_things_are_the_same(store: Store) -> None:
    row = f"{served.PLAN}/kilde/rad/29"
    things = [served.PLAN, row, f"{row}/celle/5/deltakelse/16-27", "http://example.org/no> ?iri"]
    found = rows_of(store, "names", things)
    assert {entry["thing"].value for entry in found} == set(things[:3])
    assert found == rows_of(served.store(), "names", things)


@pytest.mark.parametrize("name", ["thing", "service"])
def test_the_documents_of_our_pages_have_the_same_triples(store: Store, name: str) -> None:
    variable = {"thing": "thing", "service": "endpoint"}[name]
    question = Question(text=query_text(name), format="turtle", bindings=((variable, served.PLAN),))
    assert store.answer(question) == served.store().answer(question) != b""


def test_a_relative_iri_is_relative_to_the_base(store: Store) -> None:
    question = Question(
        text="ASK { <id/fosen/2022-2024> a <https://w3id.org/fosen-graph/ns#ActionPlan> }", format="json"
    )
    assert json.loads(store.answer(question))["boolean"] is True


def test_a_prefix_may_be_declared_anew(store: Store) -> None:
    text = "PREFIX fg: <http://x.test/>\nSELECT (STR(fg:a) AS ?a) {}"
    assert store.answer(Question(text=text, format="csv")) == b"a\r\nhttp://x.test/a\r\n"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT * WHERE { ?s ?p }", 1, 24),
        ("SELECT *\nWHERE { ?s foo:p ?o }", 2, 12),
        ("SELEC * { ?s ?p ?o }", 1, 1),
        ("SELECT * {\n ?s ?p ?o FILTR(?o > 1) }", 2, 11),
        ("SELECT * WHERE { ?s ?p ?o } ORDER ?s", 1, 35),
    ],
)
def test_a_syntax_error_shows_its_place(store: Store, text: str, line: int, column: int) -> None:
    found = refusal(store, text)
    assert (found.reason, found.line, found.column) == (Reason.SYNTAX, line, column)


def test_an_undeclared_prefix_is_named(store: Store) -> None:
    assert "foo:" in refusal(store, "SELECT * { ?s foo:p ?o }").what.en


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_an_answer_over_its_limit_is_no_answer(small_store: Store, text: str) -> None:
    format_ = "json" if text.startswith("SELECT") else "turtle"
    assert refusal(small_store, text, format_).reason is Reason.TOO_LARGE


def test_a_server_elsewhere_answers_about_this_release_only() -> None:
    """What it answers is kept under the release's name, and named by it: so it must be that release."""
    release = served.release()
    with elsewhere.oxigraph() as address:
        store = remote_store(Address(f"{address}query"), release, Limits())
        assert refusal(store, "ASK {}").reason is Reason.ELSEWHERE
        publish(release, target(address), lambda *_: None)
        assert store.answer(Question(text="ASK {}", format="csv")) == b"true"
        next_one = remote_store(Address(f"{address}query"), replace(release, id="next"), Limits())
        assert refusal(next_one, "ASK {}").reason is Reason.ELSEWHERE
        drop = f"DROP GRAPH <{Iris().graph('catalogue')}>".encode()
        headers = {"Content-Type": "application/sparql-update"}
        send(Address(f"{address}update"), "POST", headers, drop, seconds=20, most=1000)
        assert refusal(store, "ASK {}").reason is Reason.ELSEWHERE
