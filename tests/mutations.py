"""The real plan's files come in; copies with one slip each go out, with the place where an editor made it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from rdflib import SKOS
from real_plan import PLAN, Files, real_files, real_pieces

from fosen_graph.iris import EDITING

PLAN_FILE, LAYOUT_FILE, SOURCE_FILE = (f"{PLAN}/{name}" for name in ("plan.yaml", "kilde.yaml", "kilde.txt"))
WORDS_OF_THE_SOURCE = ("navn", "ordlyd", "skrevet", "sak", "dato", "fra", "til", "vedtatt", "nummer", "usikkert")


@dataclass(frozen=True, slots=True)
class Slip:
    """One change. line: of the file, counted from 1. what: for whoever reads a failing test."""

    path: str
    line: int
    what: str
    data: bytes

    @property
    def files(self) -> Files:
        return {**real_files(), self.path: self.data}

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def text_of(path: str) -> str:
    return real_files()[path].decode("utf-8")


def with_change(path: str, start: int, end: int, new: str, what: str) -> Slip:
    text = text_of(path)
    return Slip(path, text.count("\n", 0, start) + 1, what, (text[:start] + new + text[end:]).encode())


def scalars(node: yaml.Node, key: str = "") -> Iterator[tuple[str, yaml.ScalarNode]]:
    """Every text of a file with the key that it stands under; of «usikkert», the keys are the texts."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if key == "usikkert":
                yield key, name
            yield from scalars(value, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item, key)
    elif isinstance(node, yaml.ScalarNode):
        yield key, node


def composed(path: str) -> yaml.Node:
    root = yaml.compose(text_of(path))
    assert root is not None
    return root


def swapped_actors() -> Iterator[Slip]:
    """Each actor that plan.yaml cites, for the one with the nearest name, and for another one in turn."""
    region, _ = real_pieces()
    actors = [actor for actor, _ in region.named.listed(EDITING.actor)]
    names = {str(actor).rpartition("/")[2]: region.named.text(actor, SKOS.prefLabel) or "" for actor in actors}
    for number, (key, node) in enumerate(cited_actors()):
        others = sorted(names.keys() - {node.value})
        nearest = max(others, key=lambda slug: likeness(names[slug], names[node.value]))
        for other in dict.fromkeys((nearest, others[number * 7 % len(others)])):
            start, end = node.start_mark.index, node.end_mark.index
            yield with_change(PLAN_FILE, start, end, other, f"{key}: {node.value} -> {other}")


def likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def cited_actors() -> Iterator[tuple[str, yaml.ScalarNode]]:
    return ((key, node) for key, node in scalars(composed(PLAN_FILE)) if key in ("ansvarlig", "partnere"))


def changed_letters() -> Iterator[Slip]:
    """One letter or digit, first, middle or last in turn, of each text that the source has."""
    number = 0
    for path in (PLAN_FILE, "aktoerer.yaml", "ordninger.yaml"):
        text = text_of(path)
        for key, node in scalars(composed(path)):
            if key in WORDS_OF_THE_SOURCE:
                start, end = node.start_mark.index, node.end_mark.index
                letters = [at for at in range(start, end) if text[at].isalnum()]
                at = letters[(len(letters) - 1) * (number % 3) // 2]
                number += 1
                yield with_change(path, at, at + 1, another(text[at]), f"{key}: {node.value}, {at - start}")


def another(letter: str) -> str:
    """Another letter, as near as may be: the same case, or a digit for a digit."""
    if letter.isdigit():
        return str((int(letter) + 1) % 10)
    new = "q" if letter in "xX" else "x"
    return new.upper() if letter.isupper() else new


WHAT_THE_PLAN_SAYS = (PLAN_FILE, LAYOUT_FILE, "aktoerer.yaml", "ordninger.yaml")


def deleted_lines(*paths: str) -> Iterator[Slip]:
    """Each line that is not a comment."""
    for path in paths:
        lines = text_of(path).split("\n")
        for number, line in enumerate(lines):
            if line.strip() and not line.strip().startswith("#"):
                rest = "\n".join(lines[:number] + lines[number + 1 :])
                yield Slip(path, number + 1, f"deleted: {line.strip()}", rest.encode())


def changed_numbers() -> Iterator[Slip]:
    """Each line number and each control total, one higher."""
    for key, node in scalars(composed(PLAN_FILE)):
        if node.value.isdigit() and key not in WORDS_OF_THE_SOURCE:
            new = str(int(node.value) + 1)
            yield with_change(
                PLAN_FILE, node.start_mark.index, node.end_mark.index, new, f"{key}: {node.value} -> {new}"
            )


def changed_source() -> Iterator[Slip]:
    """One character of each cell and of each line of kilde.txt."""
    for match in re.finditer(r"[^\t\n]+", text_of(SOURCE_FILE)):
        at = (match.start() + match.end()) // 2
        new = another(match.group()[at - match.start()])
        yield with_change(SOURCE_FILE, at, at + 1, new, match.group())
