"""Drafts and their reviewed readings in; how much of each table was read as a person reads it, out in Markdown."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fosen_graph.drafting import Draft, Element, Level, TableMapping, draft
from fosen_graph.drafting.command import read_mapping
from fosen_graph.drafting.lexicon import fold
from fosen_graph.drafting.splitting import Certainty
from fosen_graph.reading.laying import Span, lay

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests/examples/drafting"
PLAN = ROOT / "data/fosen/2022-2024"
FOREIGN = ("nordfjord", "namdalen", "northern-isles")
HELD_OUT = ("helgeland",)
SPLIT_LEVELS = (Level.MEASURE, Level.RESPONSIBLE, Level.PARTNER)

Cells = Mapping[tuple[int, int], Sequence[str]]
Placed = tuple[int, str, str, str]  # line, kind, name, the name of what it stands under


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How a person reads a table: each element under its parent, and the cells that hold several things."""

    levels: frozenset[Placed]
    several: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """
    Right of all: cells with several things, cells with one, elements placed.

    unwarned: wrong cells that the draft does not call uncertain. extra: elements that no person reads.
    """

    several: tuple[int, int]
    single: tuple[int, int]
    levels: tuple[int, int]
    unwarned: int
    extra: int


@dataclass(frozen=True, slots=True)
class Table:
    """A document, how to read it, and its reviewed reading."""

    name: str
    text: str
    mapping: TableMapping | None
    reviewed: Reviewed


def score(made: Draft, reviewed: Reviewed) -> Score:
    """
    Exact matches only: a cell is right if all its segments are, an element if line, kind, name and parent are.

    A cell of the reviewed reading that the draft did not read counts as wrong.
    """
    cells = {(r.cell.line, r.cell.column): r for r in made.readings if r.level in SPLIT_LEVELS}
    read = {cell: [segment.text for segment in r.segments] for cell, r in cells.items()}
    right = {cell: list(segments) == read.get(cell) for cell, segments in reviewed.several.items()}
    single = {cell: len(segments) == 1 for cell, segments in read.items() if cell not in reviewed.several}
    wrong = [cells.get(cell) for cell, is_right in (right | single).items() if not is_right]
    levels = {placed for strategy in made.strategies for placed in _placed(strategy, "")}
    return Score(
        several=(sum(right.values()), len(right)),
        single=(sum(single.values()), len(single)),
        levels=(len(levels & reviewed.levels), len(reviewed.levels)),
        unwarned=sum(r is None or r.certainty is not Certainty.UNCERTAIN for r in wrong),
        extra=len(levels - reviewed.levels),
    )


def _placed(element: Element, parent: str) -> Iterator[Placed]:
    lines = [line for part in element.walk() for line in part.lines]
    yield min(lines, default=0), str(element.kind), fold(element.name), parent
    for child in element.children:
        yield from _placed(child, fold(element.name))


def read_reviewed(text: str) -> Reviewed:
    """From NAME.gold.yaml: `nivåer` in the order of the table, [line, kind, name]; `delt`: [line, column, segments]."""
    data = yaml.safe_load(text)
    depth = {"strategi": 0, "innsatsområde": 1, "punkt": 2, "oppføring": 2, "tiltak": 3}
    above, levels = [""] * 5, set()
    for line, kind, name in data["nivåer"]:
        above[depth[kind] + 1] = fold(name)
        levels.add((line, kind, fold(name), above[depth[kind]]))
    return Reviewed(frozenset(levels), {(line, column): names for line, column, names in data["delt"]})


def reviewed_plan(folder: Path) -> Reviewed:
    """The reviewed reading of a plan in data/: its names laid over the cells of its source."""
    plan, source = _load(folder / "plan.yaml"), _load(folder / "kilde.yaml")
    region = folder.parent
    names = {a["id"]: [a["navn"], *_list(a.get("skrevet"))] for a in _load(region / "aktoerer.yaml")["aktører"]}
    arrangements = {a["id"]: a["navn"] for a in _load(region / "ordninger.yaml")["ordninger"]}
    column = {c["innhold"]: n for n, c in enumerate(source["kolonner"], 1) if c.get("innhold")}
    lines = (folder / "kilde.txt").read_text(encoding="utf-8").split("\n")
    levels, forms = set[Placed](), dict[tuple[int, int], list[str]]()
    for strategy in plan["strategier"]:
        levels |= set(_reviewed(strategy, "", arrangements))
    for measure in (
        m for s in plan["strategier"] for a in s["innsatsområder"] for p in a.get("punkter", []) for m in p["tiltak"]
    ):
        for line in map(int, _list(measure["linje"])):
            forms.setdefault((line, column["tiltak"]), []).append(measure.get("ordlyd", measure["navn"]))
            for key, level in (("ansvarlig", "ansvarlig"), ("partnere", "samarbeidspartner")):
                named = [form for actor in _list(measure.get(key)) for form in names[actor]]
                forms.setdefault((line, column[level]), []).extend(named)
    cells = {(n, c): lines[n - 1].split("\t")[c - 1] for n, c in forms}
    laid = {cell: lay(cells[cell], own) for cell, own in forms.items() if cells[cell].strip()}
    several = {
        cell: [_text(cells[cell], span) for span in spans] for cell, spans in laid.items() if spans and len(spans) > 1
    }
    return Reviewed(frozenset(levels), several)


def _reviewed(data: Mapping[str, Any], parent: str, arrangements: Mapping[str, str]) -> Iterator[Placed]:
    """An element of plan.yaml and what stands under it; its line is the first of its own or theirs."""
    kinds = {"innsatsområder": "innsatsområde", "punkter": "punkt", "tiltak": "tiltak", "oppføringer": "oppføring"}

    def walk(element: Mapping[str, Any], kind: str, above: str) -> Iterator[Placed]:
        name = fold(str(element.get("navn") or arrangements[str(element["ordning"])]))
        below = [
            placed
            for key, inner in kinds.items()
            for child in _list(element.get(key))
            for placed in walk(child, inner, name)
        ]
        own = [int(line) for line in _list(element.get("linje"))]
        yield min([*own, *(placed[0] for placed in below)]), kind, name, above
        yield from below

    return walk(data, "strategi", parent)


def _load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return data


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(cell: str, span: Span) -> str:
    return cell[span.start : span.end]


def example(name: str) -> Table:
    mapping = EXAMPLES / f"{name}.mapping.yaml"
    return Table(
        name,
        (EXAMPLES / f"{name}.tsv").read_text(encoding="utf-8"),
        read_mapping(mapping.read_text(encoding="utf-8"), mapping.name) if mapping.exists() else None,
        read_reviewed((EXAMPLES / f"{name}.gold.yaml").read_text(encoding="utf-8")),
    )


def real_plan() -> Table:
    return Table("fosen", (PLAN / "kilde.txt").read_text(encoding="utf-8"), None, reviewed_plan(PLAN))


def actors_of(table: Table) -> list[str]:
    """The names that the reviewed reading of a table finds in its cells with actors."""
    made = draft(table.text, table.name, table.mapping)
    cells = {(r.cell.line, r.cell.column): r for r in made.readings if r.level in SPLIT_LEVELS[1:]}
    return sorted({name for cell, r in cells.items() for name in table.reviewed.several.get(cell, [r.cell.text])})


def kinds_right(table: Table) -> tuple[int, int]:
    """Of the actors that draft and reviewed data both name, those whose kind the draft guesses."""
    reviewed = {fold(a["navn"]): a["slag"] for a in _load(PLAN.parent / "aktoerer.yaml")["aktører"]}
    made = yaml.load(draft(table.text, table.name).documents["aktoerer.yaml"], Loader=yaml.BaseLoader)["aktører"]
    both = [(a["slag"], reviewed[fold(a["navn"])]) for a in made if fold(a["navn"]) in reviewed]
    return sum(guess == kind for guess, kind in both), len(both)


def simple_score(table: Table, cut: Callable[[str], list[str]]) -> tuple[int, int]:
    """What a rule that knows nothing gets right of the cells with several things."""
    lines = table.text.split("\n")
    cells = {cell: lines[cell[0] - 1].split("\t")[cell[1] - 1].strip() for cell in table.reviewed.several}
    return sum(cut(cells[cell]) == list(names) for cell, names in table.reviewed.several.items()), len(cells)


def separators_only(cell: str) -> list[str]:
    return [part for part in re.split(r"\s*[,;/]\s*", cell) if part]


def every_capital(cell: str) -> list[str]:
    return [part for part in re.split(r"\s*[,;/]\s*|\s+(?=[A-ZÆØÅ])", cell) if part]


def lines_of_report() -> Iterator[str]:
    """The Markdown table of docs/drafting.md."""
    real, foreign = real_plan(), [example(name) for name in FOREIGN]
    held_out = [example(name) for name in HELD_OUT]
    neighbours = sorted({name for table in foreign for name in actors_of(table)})
    titles = ("table", "known actors", "cells with several", "separators only", "every capital", "cells with one")
    yield f"| {' | '.join((*titles, 'levels placed', 'wrong, no warning', 'extra'))} |"
    yield "|---" * 9 + "|"
    for table in (real, *foreign, *held_out):
        own = neighbours if table is real else actors_of(real)
        yield _line(table, "none", [])
        yield _line(table, "the foreign plans'" if table is real else "the real plan's", own)
    yield "kinds of actors guessed right in fosen: {}/{}".format(*kinds_right(real))


def _line(table: Table, known: str, actors: Sequence[str]) -> str:
    result = score(draft(table.text, table.name, table.mapping, actors), table.reviewed)
    simple = [simple_score(table, cut) for cut in (separators_only, every_capital)]
    parts = [f"{right}/{all_}" for right, all_ in (result.several, *simple, result.single, result.levels)]
    return f"| {' | '.join((table.name, known, *parts, str(result.unwarned), str(result.extra)))} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines_of_report())
