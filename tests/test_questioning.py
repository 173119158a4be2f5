"""Questions at the command line: the release or any files, each format, errors with their place."""

from __future__ import annotations

from pathlib import Path

import pytest
import served

from fosen_graph.asking import Limits
from fosen_graph.asking.questioning import answer_files, answer_release
from fosen_graph.findings import CannotRun


def test_a_release_is_asked_as_the_endpoint_is() -> None:
    folder = served.release().folder
    assert answer_release("SELECT (COUNT(*) AS ?n) { ?m a fg:Measure }", folder, "csv") == b"n\r\n29\r\n"
    assert b'"boolean":true' in answer_release("ASK { aktoer:raadet a fg:CollegialBody }", folder, None)
    described = answer_release(f"DESCRIBE <{served.PLAN}>", folder, None)
    assert b"fg:ActionPlan" in described and b"\\/" not in described


@pytest.mark.parametrize("format_", ["xml", "application/sparql-results+xml", ".srx"])
def test_a_format_may_be_named_as_people_do(format_: str) -> None:
    assert answer_release("ASK {}", served.release().folder, format_).startswith(b"<?xml")


def test_files_are_the_default_graph_and_named_ones_are_apart(tmp_path: Path) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.nt"
    one.write_text("<http://x.test/a> <http://x.test/p> 1 .")
    two.write_text('<http://x.test/b> <http://x.test/p> "2" .\n')
    everything = "SELECT ?s { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?s"
    default = "SELECT ?s { ?s ?p ?o }"
    assert answer_files(default, [one, two], [], "csv").count(b"http") == 2
    assert answer_files(default, [one], [("urn:two", two)], "csv").count(b"http") == 1
    assert answer_files(everything, [one], [("urn:two", two)], "csv").count(b"http") == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT *\nWHERE { ?s foo:p ?o }", "query:2:12: The prefix “foo:” is not declared."),
        ("DROP ALL", "Nothing can be changed here"),
        ("ASK { SERVICE <u:u> { ?s ?p ?o } }", "SERVICE is not allowed"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(CannotRun) as caught:
        answer_files(text, [], [], None)
    assert told in caught.value.text("en")


def test_a_wrong_format_is_told_with_the_right_ones() -> None:
    with pytest.raises(CannotRun) as caught:
        answer_release("ASK {}", served.release().folder, "turtle")
    assert "json, xml, csv, tsv" in caught.value.text("en")


def test_an_endless_question_ends() -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }"
    with pytest.raises(CannotRun, match="more than 1 seconds"):
        answer_release(endless, served.release().folder, None, Limits(seconds=1))
