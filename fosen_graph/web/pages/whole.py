"""The rows of queries/whole.rq in, a plan as one value out: in no language yet, so that one copy serves all readers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from fosen_graph.asking import Store
from fosen_graph.iris import CODES, FG
from fosen_graph.web.rows import Row, Term, rows

Key = TypeVar("Key", str, int)
Value = TypeVar("Value")

RESPONSIBLE, PARTNER = "ansvarlig", "samarbeidspartner"  # the ends of the roles' IRIs, and values in addresses
BYTES_A_ROW = 600  # of the memory that a plan takes; measured
_ACTOR_KINDS = frozenset(("Organisation", "CollegialBody", "Position", "ActorGroup", "NamedInitiative"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    iri: str
    kind: str  # the class, without its namespace
    parent: str
    order: int
    number: str
    about: tuple[str, ...]  # arrangements and actors that it lists or is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    iri: str
    line: int
    column: int  # 0 outside the table
    text: str
    continues: int  # the line that this one goes on from; 0 for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stretch of a cell, read as the name of a thing. start, end: code points within the cell."""

    iri: str
    cell: Cell
    start: int
    end: int
    thing: str
    certainty: str  # the end of the code's IRI
    status: str
    note: tuple[Term, ...]

    @property
    def unsure(self) -> bool:
        return self.certainty != "sikker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An actor has a role in measures, because of a mention."""

    iri: str
    actor: str
    role: str
    measures: tuple[str, ...]
    jointly: bool  # named for all measures of the row
    mention: Mention


@dataclass(frozen=True, kw_only=True)
class Whole:
    iri: str
    elements: Mapping[str, Element]
    cells: Sequence[Cell]  # in the order of the document
    mentions: Sequence[Mention]  # likewise
    parts: Sequence[Part]  # likewise
    labels: Mapping[str, Sequence[Term]]
    actor_kinds: Mapping[str, str]
    size: int  # bytes, about
    _children: Mapping[tuple[str, str], Sequence[str]] = field(repr=False)

    def under(self, parent: str, kind: str) -> Sequence[str]:
        """In the plan's order."""
        return self._children.get((parent, kind), ())

    def of_kind(self, kind: str) -> list[str]:
        """All elements of a kind, in the order of the plan as one reads it."""
        return [iri for iri in self._in_order if self.elements[iri].kind == kind]

    def above(self, iri: str) -> list[str]:
        """What an element stands in, the outermost first; without the plan itself."""
        found = []
        while (element := self.elements.get(iri)) and element.parent in self.elements:
            found.append(element.parent)
            iri = element.parent
        return found[::-1]

    @cached_property
    def _in_order(self) -> list[str]:
        found: list[str] = []
        waiting = [self.iri]
        while waiting:
            iri = waiting.pop()
            if iri != self.iri:
                found.append(iri)
            kinds = ("ArrangementListing", "Measure", "PlanItem", "FocusArea", "Strategy")
            waiting += [child for kind in kinds for child in reversed(self.under(iri, kind))]
        return found

    @cached_property
    def parts_of_measure(self) -> Mapping[str, Sequence[Part]]:
        return _grouped((measure, part) for part in self.parts for measure in part.measures)

    @cached_property
    def parts_of_actor(self) -> Mapping[str, Sequence[Part]]:
        return _grouped((part.actor, part) for part in self.parts)

    @cached_property
    def mentions_of(self) -> Mapping[str, Sequence[Mention]]:
        return _grouped((mention.thing, mention) for mention in self.mentions)

    @cached_property
    def mentions_in(self) -> Mapping[str, Sequence[Mention]]:
        return _grouped((mention.cell.iri, mention) for mention in self.mentions)

    @cached_property
    def lines(self) -> Mapping[int, Sequence[Cell]]:
        return _grouped((cell.line, cell) for cell in self.cells)

    @cached_property
    def actors(self) -> Sequence[str]:
        """Who has a role, the first named first."""
        return list(dict.fromkeys(part.actor for part in self.parts))

    @cached_property
    def columns(self) -> Mapping[int, str]:
        """What each column of the table is for: the role, or the kind of most things that were read in it."""
        told: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        roles = {part.mention.iri: part.role for part in self.parts}
        for mention in self.mentions:
            element = self.elements.get(mention.thing)
            name = roles.get(mention.iri) or (element.kind if element else "")
            if mention.cell.column and name:
                told[mention.cell.column][name] += 1
        return {column: max(counts, key=lambda name: counts[name]) for column, counts in sorted(told.items())}


def read_whole(store: Store, plan: str) -> Whole:
    """One query."""
    found = rows(store, "whole", plan=plan)
    elements = _elements(found)
    cells = _cells(found)
    mentions = _mentions(found, cells)
    labels: dict[str, dict[Term, None]] = defaultdict(dict)
    kinds: dict[str, str] = {}
    for row in found:
        if "label" in row:
            labels[row["thing"].value][row["label"]] = None
        elif "kind" in row and "parent" not in row:
            kind = row["kind"].value.removeprefix(str(FG))
            if kind in _ACTOR_KINDS and kinds.get(row["thing"].value) != "CollegialBody":
                kinds[row["thing"].value] = kind  # a body is an organisation too; the narrower tells more
    return Whole(
        iri=plan,
        elements=elements,
        cells=sorted(cells.values(), key=lambda cell: (cell.line, cell.column)),
        mentions=list(mentions.values()),
        parts=_parts(found, mentions),
        labels={thing: tuple(own) for thing, own in labels.items()},
        actor_kinds=kinds,
        size=len(found) * BYTES_A_ROW,
        _children=_by_parent(elements.values()),
    )


def _elements(found: Iterable[Row]) -> dict[str, Element]:
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        if "parent" in row:
            rows_of[row["thing"].value].append(row)
    return {
        iri: Element(
            iri=iri,
            kind=own[0]["kind"].value.removeprefix(str(FG)),
            parent=own[0]["parent"].value,
            order=int(own[0]["order"].value),
            number=own[0]["number"].value if "number" in own[0] else "",
            about=tuple(dict.fromkeys(row["about"].value for row in own if "about" in row)),
        )
        for iri, own in rows_of.items()
    }


def _by_parent(elements: Iterable[Element]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for element in sorted(elements, key=lambda element: (element.order, element.iri)):
        found[element.parent, element.kind].append(element.iri)
    return found


def _cells(found: Iterable[Row]) -> dict[str, Cell]:
    return {
        row["cell"].value: Cell(
            iri=row["cell"].value,
            line=int(row["line"].value),
            column=int(row["column"].value) if "column" in row else 0,
            text=row["raw"].value,
            continues=int(row["continues"].value) if "continues" in row else 0,
        )
        for row in found
        if "raw" in row
    }


def _mentions(found: Iterable[Row], cells: Mapping[str, Cell]) -> dict[str, Mention]:
    notes: dict[str, dict[Term, None]] = defaultdict(dict)
    first: dict[str, Row] = {}
    for row in found:
        if "mention" in row:
            first.setdefault(row["mention"].value, row)
            if "note" in row:
                notes[row["mention"].value][row["note"]] = None
    made = [_mention(row, cells, tuple(notes[iri])) for iri, row in first.items()]
    made.sort(key=lambda mention: (mention.cell.line, mention.cell.column, mention.start))
    return {mention.iri: mention for mention in made}


def _mention(row: Row, cells: Mapping[str, Cell], note: tuple[Term, ...]) -> Mention:
    """A mention's IRI ends in its span within the cell."""
    iri = row["mention"].value
    start, _, end = iri.rpartition("/")[2].partition("-")
    return Mention(
        iri=iri,
        cell=cells[row["cell"].value],
        start=int(start),
        end=int(end),
        thing=row["thing"].value,
        certainty=row["certainty"].value.rpartition("/")[2],
        status=row["status"].value.rpartition("/")[2],
        note=note,
    )


def _parts(found: Iterable[Row], mentions: Mapping[str, Mention]) -> list[Part]:
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        if "participation" in row:
            rows_of[row["participation"].value].append(row)
    order = {iri: place for place, iri in enumerate(mentions)}
    made = [
        Part(
            iri=iri,
            actor=own[0]["thing"].value,
            role=own[0]["role"].value.removeprefix(f"{CODES}rolle/"),
            measures=tuple(dict.fromkeys(row["measure"].value for row in own)),
            jointly=own[0]["basis"].value.endswith("/rad"),
            mention=mentions[own[0]["mention"].value],
        )
        for iri, own in rows_of.items()
    ]
    return sorted(made, key=lambda part: order[part.mention.iri])


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    found: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
