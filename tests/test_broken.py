"""
Files with one fault each, and exactly what an editor is told.

tests/examples/broken/whole is a small region without fault. NAME.FILE stands in for one of its files; NAME.txt beside
it is the message. What is accepted has a name that says so, and an empty message.
"""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from real_plan import Files, found

from fosen_graph.findings import Report

HERE = Path(__file__).parent / "examples/broken"
WHOLE = HERE / "whole"
CASES = sorted(
    path for path in HERE.iterdir() if (path.is_file() and path.suffix != ".txt") or path.name.endswith(".kilde.txt")
)


@functools.cache
def whole() -> Files:
    return {str(path.relative_to(WHOLE)): path.read_bytes() for path in WHOLE.rglob("*") if path.is_file()}


def with_fault(case: Path) -> Files:
    name = case.name.partition(".")[2]
    (path,) = [path for path in whole() if path.rpartition("/")[2] == name]
    return {**whole(), path: case.read_bytes()}


def told(files: Files) -> Report:
    return Report(found(files, "dalen", "2030-2032"))


def message(files: Files) -> str:
    return "".join(f"{finding.text('nb')}\n" for finding in told(files))


def test_the_whole_is_without_fault() -> None:
    assert message(whole()) == ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_editor_is_told_what_is_wrong_where_and_what_to_do(case: Path) -> None:
    expected = case.with_name(f"{case.name.partition('.')[0]}.txt").read_text(encoding="utf-8")
    assert message(with_fault(case)) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_message_has_both_languages_a_place_and_a_remedy(case: Path) -> None:
    report = told(with_fault(case))
    assert bool(report.findings) != case.name.startswith("accepted-")
    for finding in report:
        assert finding.place.line
        assert finding.what.nb and finding.what.en and finding.what.nb != finding.what.en
        assert finding.remedy.nb and finding.remedy.en and finding.remedy.nb != finding.remedy.en


@pytest.mark.parametrize("path", ["2030-2032/plan.yaml", "2030-2032/kilde.yaml", "2030-2032/kilde.txt"])
def test_a_missing_file_is_named(path: str) -> None:
    files = {name: data for name, data in whole().items() if name != path}
    assert message(files) == (
        f"data/dalen/{path}: feil: filen mangler.\n    Hent den fram igjen fra git, eller lag den.\n"
    )


def test_a_huge_text_is_refused_in_a_short_message() -> None:
    plan = whole()["2030-2032/plan.yaml"].replace(b"Bygge bru", b"x" * 3_000_000)
    assert len(message({**whole(), "2030-2032/plan.yaml": plan})) < 1000


def test_brackets_without_end_are_refused() -> None:
    files = {**whole(), "2030-2032/plan.yaml": b"navn: " + b"[" * 1_000_000}
    assert [finding.code for finding in told(files)] == ["too-deep"]
