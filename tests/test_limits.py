"""One table of limits: every limit that a client can meet is told, in words, on a page."""

from __future__ import annotations

from dataclasses import fields

import pytest
import served

from fosen_graph.asking import Limits
from fosen_graph.asking.told import limit_rows

NOT_MET = {"quick_seconds", "per_client", "cache_bytes"}  # ways of serving, which refuse nobody


def test_every_limit_is_told() -> None:
    assert {row.name for row in limit_rows(Limits())} == {field.name for field in fields(Limits)} - NOT_MET


def test_what_is_switched_off_is_not_told() -> None:
    names = {row.name for row in limit_rows(Limits(per_client=False))}
    assert not [name for name in names if name.startswith("client")]


def test_of_a_server_elsewhere_it_is_said_that_its_queries_cannot_be_ended() -> None:
    rows = {row.name: row for row in limit_rows(Limits(), remote=True)}
    assert "may work on" in rows["seconds"].what.en and "memory_bytes" not in rows


@pytest.mark.parametrize(
    ("path", "word"), [("/grenser", "Minne for en spørring"), ("/en/grenser", "Memory of a query")]
)
def test_the_page_states_each_with_its_status(path: str, word: str) -> None:
    text = served.client().get(path, headers={"Accept": "text/html"}).text
    assert word in text and "512 MiB" in text and "429" in text
    assert all(row.value in text for row in limit_rows(Limits()))
