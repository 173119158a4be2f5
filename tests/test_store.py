"""The store in this process: what it loads, and what it says where it cannot. What holds for all: test_stores.py."""

from __future__ import annotations

from pathlib import Path

import pytest
import served

from fosen_graph.asking import Question
from fosen_graph.asking.store import EmbeddedStore, Source, release_sources
from fosen_graph.findings import CannotRun


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
