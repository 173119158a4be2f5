"""The store: a release as one dataset, answers in every format, errors that show the place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import served

from fosen_graph.asking import Question, Reason, Refusal, Unanswered
from fosen_graph.asking.store import EmbeddedStore, Source, release_sources
from fosen_graph.findings import CannotRun
from fosen_graph.iris import GRAPHS, Iris

PLAN_GRAPH = str(Iris().graph("plan"))


def answer(text: str, format_: str = "json", **dataset: tuple[str, ...]) -> bytes:
    return served.store().answer(Question(text=text, format=format_, **dataset))


def refusal(text: str, format_: str = "json", **dataset: tuple[str, ...]) -> Refusal:
    with pytest.raises(Unanswered) as caught:
        answer(text, format_, **dataset)
    return caught.value.refusal


def test_the_default_graph_is_the_union_of_all_named_graphs() -> None:
    """Every triple stands in one graph, so the two counts agree."""
    assert served.count("?s ?p ?o") == served.count("GRAPH ?g { ?s ?p ?o }") == len(served.store())


def test_all_published_graphs_are_there() -> None:
    graphs = answer("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "csv").decode().split()[1:]
    assert set(graphs) == {str(Iris().graph(name)) for name in GRAPHS}


def test_a_graph_given_twice_counts_once() -> None:
    once = served.count("?s ?p ?o", default_graphs=(PLAN_GRAPH,))
    assert once == served.count("?s ?p ?o", default_graphs=(PLAN_GRAPH, PLAN_GRAPH)) > 0


def test_what_is_not_named_is_not_in_the_dataset() -> None:
    assert served.count("GRAPH ?g { ?s ?p ?o }", default_graphs=(PLAN_GRAPH,)) == 0
    assert served.count("?s ?p ?o", named_graphs=(PLAN_GRAPH,)) == 0
    assert served.count("GRAPH ?g { ?s ?p ?o }", named_graphs=(PLAN_GRAPH,)) > 0


@pytest.mark.parametrize("graph", ["http://127.0.0.1:1/", "file:///etc/passwd", "urn:nothing"])
def test_an_unknown_graph_is_empty_and_never_fetched(graph: str) -> None:
    assert served.count("?s ?p ?o", default_graphs=(graph,)) == 0


def test_the_name_of_a_graph_must_be_an_iri() -> None:
    assert refusal("ASK {}", default_graphs=("no iri",)).reason is Reason.GRAPH


@pytest.mark.parametrize(
    ("format_", "start"),
    [("json", b'{"head"'), ("xml", b"<?xml"), ("csv", b"label\r\n"), ("tsv", b"?label\n")],
)
def test_tables_come_in_four_formats(format_: str, start: bytes) -> None:
    text = 'SELECT ?label { ?m a fg:Measure ; skos:prefLabel ?label FILTER(CONTAINS(?label, "Årlig")) }'
    found = answer(text, format_)
    assert found.startswith(start) and "Årlig møte for, og med næringslivet".encode() in found


@pytest.mark.parametrize("format_", ["turtle", "ntriples", "jsonld", "rdfxml", "trig", "nquads"])
def test_triples_come_in_six_formats_in_one_order(format_: str) -> None:
    text = f"DESCRIBE <{served.PLAN}>"
    assert answer(text, format_) == answer(text, format_) != b""


def test_a_table_has_no_turtle_and_triples_no_csv() -> None:
    assert refusal("SELECT * { ?s ?p ?o }", "turtle").reason is Reason.FORMAT
    assert refusal("CONSTRUCT WHERE { ?s ?p ?o }", "csv").reason is Reason.FORMAT


def test_ask_is_a_truth_value() -> None:
    assert json.loads(answer("ASK { ?m a fg:Measure }"))["boolean"] is True


def test_a_bound_value_is_data_and_no_syntax() -> None:
    question = Question(
        text="SELECT ?thing ?label { ?thing skos:prefLabel ?label }", format="csv", bindings=(("thing", served.PLAN),)
    )
    assert b"Handlingsplan 2022-2024" in served.store().answer(question)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT * WHERE { ?s ?p }", 1, 24),
        ("SELECT *\nWHERE { ?s foo:p ?o }", 2, 12),
        ("SELEC * { ?s ?p ?o }", 1, 1),
        ("SELECT * {\n ?s ?p ?o FILTR(?o > 1) }", 2, 11),
        ("SELECT * {\n ?s ?p ?o FILTER(?o > ) }", 2, 25),
        ("SELECT * WHERE { ?s ?p ?o } ORDER ?s", 1, 35),
    ],
)
def test_a_syntax_error_shows_its_place(text: str, line: int, column: int) -> None:
    found = refusal(text)
    assert (found.reason, found.line, found.column) == (Reason.SYNTAX, line, column)


def test_an_undeclared_prefix_is_named() -> None:
    assert "foo:" in refusal("SELECT * { ?s foo:p ?o }").what.en


def test_an_answer_over_its_limit_is_no_answer() -> None:
    small = EmbeddedStore(release_sources(served.release().folder), {}, served.release().base, answer_bytes=1000)
    with pytest.raises(Unanswered) as caught:
        small.answer(Question(text="SELECT * { ?s ?p ?o }", format="json"))
    assert caught.value.refusal.reason is Reason.TOO_LARGE


def test_files_can_be_named_graphs(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("<http://example.org/s> <http://example.org/p> 1 .")
    found = EmbeddedStore([Source(str(file)), Source(str(file), "urn:g")], {}, "", union=False)
    text = "SELECT ?g ?s { ?s ?p ?o OPTIONAL { GRAPH ?g { ?s ?p ?o } } }"
    assert found.answer(Question(text=text, format="csv")) == b"g,s\r\nurn:g,http://example.org/s\r\n"


@pytest.mark.parametrize(("name", "content"), [("missing.ttl", None), ("broken.ttl", "<a"), ("data.xyz", "")])
def test_a_file_that_cannot_be_loaded_is_named(tmp_path: Path, name: str, content: str | None) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content)
    with pytest.raises(CannotRun) as caught:
        EmbeddedStore([Source(str(file))], {}, "")
    assert str(file) in caught.value.text("nb")


def test_a_folder_without_a_release_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no release"):
        release_sources(tmp_path)
