"""The store in this process: what it loads, and what it says where it cannot. What holds for all: test_stores.py."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph
import pytest
import served

from fosen_graph.asking import Question, Reason, Unanswered
from fosen_graph.asking.store import EmbeddedStore, Source, release_sources
from fosen_graph.findings import CannotRun
from fosen_graph.formats import format_named


def test_a_bound_value_is_data_and_no_syntax() -> None:
    question = Question(
        text="SELECT ?thing ?label { ?thing skos:prefLabel ?label }", format="csv", bindings=(("thing", served.PLAN),)
    )
    assert b"Handlingsplan 2022-2024" in served.store().answer(question)


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


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("SELECT * {\n ?s ?p ?o FILTER(?o > ) }", ") }"),
        ("SELECT * { ?s ?p ?o } LIMIT x", "x"),
        ("SELECT * { ?s 'å' ?o }", "'å' ?o }"),
        ("# 😀\r\nASK {\r\n\t'😀' FOO 1 }", "FOO 1 }"),
        ("ASK {}\n\n\nASK {}", "ASK {}"),
        ("ASK { ?s ?p <a b> }", "<a b> }"),
        ('ASK { ?s ?p "a"^^<u:x>, 1; ?q ?r ?s ?t }', "?s ?t }"),
        ("SELECT * { ?s ?p 1 2 " + "; ?p 1 " * 40 + "}", "2 " + "; ?p 1 " * 40 + "}"),
    ],
)
def test_a_syntax_error_is_placed_at_the_very_word(text: str, rest: str) -> None:
    """The engine points up to 15 letters behind it, at whatever stands there."""
    with pytest.raises(Unanswered) as error:
        EmbeddedStore((), {}, "").answer(Question(text=text, format="json"))
    refusal = error.value.refusal
    assert text.split("\n")[refusal.line - 1][refusal.column - 1 :] == rest.split("\n")[0]


@pytest.mark.parametrize("unfit", [r"\u0001", r"\u0000", r"\u001F", r"\uFFFE", r"\uFFFF"])
def test_xml_that_no_parser_reads_is_not_written(unfit: str) -> None:
    text = f'SELECT ("a{unfit}b" AS ?x) {{}}'
    store = EmbeddedStore((), {}, "")
    with pytest.raises(Unanswered) as error:
        store.answer(Question(text=text, format="xml"))
    assert error.value.refusal.reason is Reason.FORMAT
    assert store.answer(Question(text=text, format="json"))


def test_xml_keeps_the_ends_of_lines() -> None:
    body = EmbeddedStore((), {}, "").answer(Question(text=r'SELECT ("a\r\n\r\tb\uFFFD" AS ?x) {}', format="xml"))
    assert ElementTree.fromstring(body).findtext(".//{*}literal") == "a\r\n\r\tb\ufffd"


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ("<u:a,b> 'c'", b'"u:a,b",c\r\n'),
        ("<u:a,b> 'c,\\n\"d'", b'"u:a,b","c,\n""d"\r\n'),
        ("<u:ab> 'c,d'", b'u:ab,"c,d"\r\n'),
        ("<u:a,b> UNDEF) (UNDEF ''", b'"u:a,b",\r\n,\r\n'),
    ],
)
def test_a_comma_in_an_iri_makes_no_column_more(values: str, rows: bytes) -> None:
    """RFC 4180, 2; the engine writes IRIs as they stand."""
    question = Question(text=f"SELECT * {{ VALUES (?x ?y) {{ ({values}) }} }}", format="csv")
    assert EmbeddedStore((), {}, "").answer(question) == b"x,y\r\n" + rows


@pytest.mark.parametrize("mark", [r"\u0085", r"\u2028", r"\u2029", r"\u000B", r"\u000C", r"\u001C", r"\r", r"\n"])
@pytest.mark.parametrize("format_", ["ntriples", "turtle", "jsonld", "trig", "nquads"])
def test_what_looks_like_the_end_of_a_line_ends_no_triple(mark: str, format_: str) -> None:
    """Two literals, the second halves of which would sort before the first."""
    text = f'CONSTRUCT {{ <u:s> <u:p> "b{mark}A", "c{mark}B" }} {{}}'
    body = EmbeddedStore((), {}, "").answer(Question(text=text, format=format_))
    chosen = format_named(format_)
    assert chosen
    found = {
        quad.object.value for quad in pyoxigraph.parse(body, pyoxigraph.RdfFormat.from_media_type(chosen.media_type))
    }
    assert found == {f"{letter}{json.loads(chr(34) + mark + chr(34))}{other}" for letter, other in ("bA", "cB")}
