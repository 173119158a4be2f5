"""Grow a plan's outline from the rows of a table: each cell finds its place, or a finding says that it has none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from fosen_graph.drafting.lexicon import fold, mend_hyphens
from fosen_graph.drafting.splitting import REASONS, Certainty, Segment, Splitter
from fosen_graph.drafting.table import Cell, Heading, Level, Row, Table
from fosen_graph.drafting.vocabulary import Vocabulary
from fosen_graph.findings import Finding, Place, Severity, Words


class Kind(StrEnum):
    """What an element is, by the words of the files that people edit."""

    STRATEGY = "strategi"
    FOCUS_AREA = "innsatsområde"
    ITEM = "punkt"
    MEASURE = "tiltak"
    LISTING = "oppføring"


@dataclass(slots=True, kw_only=True)
class Element:
    """
    A part of the plan; it grows while its rows are read.

    wording: as the source has it, in one piece. pieces: what stands in each cell, where a page broke it.
    lines: where it is written; none for one that the source does not name. own_line: its cell opened no row with
    a measure. doubts: what a reviewer should look at.
    """

    kind: Kind
    name: str
    wording: str = ""
    pieces: list[str] = field(default_factory=list)
    number: str = ""
    lines: list[int] = field(default_factory=list)
    column: int = 1
    own_line: bool = False
    children: list[Element] = field(default_factory=list)
    actors: dict[Level, list[Segment]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def walk(self) -> Iterable[Element]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Reading:
    """How one cell was read: the segments that it was cut into, each a name, a measure or the whole cell."""

    cell: Cell
    level: Level
    segments: Sequence[Segment]

    @property
    def certainty(self) -> Certainty:
        return min((segment.certainty for segment in self.segments), default=Certainty.CERTAIN)


@dataclass(frozen=True, slots=True)
class Outline:
    """The plan as it seems to be, the reading of each cell that was placed, and what people must look at."""

    strategies: Sequence[Element]
    readings: Sequence[Reading]
    findings: Sequence[Finding]


def note(file: str, cell: Cell, code: str, severity: Severity, what: tuple[str, str], do: tuple[str, str]) -> Finding:
    """A finding about a cell, which it quotes; what and do: Bokmål, English."""
    shown = "".join(char if char.isprintable() else "·" for char in cell.text)
    quoted = shown if len(shown) <= 60 else shown[:59] + "…"
    return Finding(
        place=Place(file, cell.line, cell.column),
        severity=severity,
        code=code,
        what=Words(nb=f"«{quoted}» {what[0]}", en=f"«{quoted}» {what[1]}"),
        remedy=Words(nb=do[0], en=do[1]),
    )


def outline(table: Table, file: str, splitter: Splitter, vocabulary: Vocabulary) -> Outline:
    """All rows of a table, in order."""
    grower = _Grower(file, splitter, vocabulary, table.levels)
    for row in table.rows:
        grower.add(row)
    grower.finish()
    return Outline(grower.strategies, grower.readings, grower.findings)


_PARENT_LEVELS = {Level.STRATEGY: Kind.STRATEGY, Level.FOCUS_AREA: Kind.FOCUS_AREA, Level.ITEM: Kind.ITEM}
_ORDER = list(Kind)[:3]
_ACTOR_LEVELS = (Level.RESPONSIBLE, Level.PARTNER)


def _says_something(cell: Cell) -> bool:
    return any(char.isalnum() for char in cell.text)


class _Grower:
    def __init__(self, file: str, splitter: Splitter, vocabulary: Vocabulary, levels: frozenset[Level]) -> None:
        self.file, self.splitter, self.vocabulary, self.levels = file, splitter, vocabulary, levels
        self.strategies: list[Element] = []
        self.readings: list[Reading] = []
        self.findings: list[Finding] = []
        self.current: dict[Kind, Element] = {}
        self.group: list[Element] = []  # the measures of the row that was read last

    def add(self, row: Row) -> None:
        """One row: its heading, or its levels from the outermost in, then who acts."""
        if row.heading:
            self._add_strategy(*row.heading)
            return
        row = self._without_blanks(row)
        opened = False
        for level in _PARENT_LEVELS:
            if level in row.cells:
                opened = self._add_parent(row.cells[level], level, row) or opened
        if Level.MEASURE in row.cells:
            self._add_measures(row.cells[Level.MEASURE], row, new_parent=opened)
        elif opened:
            self.group = []
        for level in _ACTOR_LEVELS:
            if level in row.cells:
                self._add_actors(row.cells[level], level, row)
        for cell in row.others:
            self._note_unmapped(cell)

    def _without_blanks(self, row: Row) -> Row:
        """The row without cells such as «-», which say nothing; they are told."""
        for cell in row.cells.values():
            if not _says_something(cell):
                self._tell(
                    cell,
                    "draft-no-words",
                    ("har verken bokstaver eller tall og er ikke med.", "has no letters or digits and is left out."),
                    ("La det stå om det betyr at ingen er nevnt.", "Leave it if it means that nobody is named."),
                )
        return replace(row, cells={level: cell for level, cell in row.cells.items() if _says_something(cell)})

    def finish(self) -> None:
        """Items that never got a measure are listings; a focus area with nothing under it is told."""
        for element in [e for strategy in self.strategies for e in strategy.walk()]:
            bare = element.kind is Kind.ITEM and not element.children
            if bare:
                element.kind = Kind.LISTING
            if element.kind is Kind.FOCUS_AREA and not element.children:
                element.doubts.append("Ingen punkter eller oppføringer står under.")
        for strategy in self.strategies:
            for area in strategy.children:
                self._doubt_mixture(area)

    def _doubt_mixture(self, area: Element) -> None:
        """Lists of arrangements have a heading of their own; one beside items with measures may lack its measure."""
        items = [child for child in area.children if child.kind is Kind.ITEM]
        for listing in area.children:
            if items and listing.kind is Kind.LISTING:
                listing.doubts.append("Punktet har ikke noe tiltak; lest som oppføring.")
                cell = Cell(listing.lines[0], listing.column, listing.wording)
                self._tell(
                    cell,
                    "draft-no-measure",
                    ("har ikke noe tiltak og er lest som oppføring.", "has no measure and is read as a listing."),
                    ("Gi punktet sitt tiltak om det har ett.", "Give the item its measure if it has one."),
                )

    def _add_strategy(self, cell: Cell, heading: Heading) -> None:
        name = heading.name.capitalize() if heading.name.isupper() else heading.name
        strategy = Element(
            kind=Kind.STRATEGY,
            name=mend_hyphens(name),
            wording=cell.text,
            number=heading.number,
            lines=[cell.line],
            column=cell.column,
        )
        if heading.name.isupper():
            strategy.doubts.append("Skrevet med store bokstaver; se etter egennavn.")
        self.strategies.append(strategy)
        self.current, self.group = {Kind.STRATEGY: strategy}, []
        self._read_whole(cell, Level.STRATEGY)

    def _add_parent(self, cell: Cell, level: Level, row: Row) -> bool:
        """True if the cell opens an element; False if it repeats or continues the open one."""
        kind = _PARENT_LEVELS[level]
        self._read_whole(cell, level)
        open_one = self.current.get(kind)
        if open_one and open_one.wording and self._repeats(cell.text, open_one.wording):
            return False
        if open_one and row.after_break and cell.text[:1].islower():
            self._continue_text(open_one, cell)
            return False
        own_line = Level.MEASURE not in row.cells
        element = Element(
            kind=kind,
            name=mend_hyphens(cell.text),
            wording=cell.text,
            lines=[cell.line],
            column=cell.column,
            own_line=own_line,
        )
        self._open(element)
        return True

    def _repeats(self, text: str, wording: str) -> bool:
        words = [word for word in fold(text).split() if word.strip("().,") not in self.vocabulary.continued]
        return words == fold(wording).split()

    def _open(self, element: Element) -> None:
        """Hang the element under the nearest outer one; what stands between and is missing is assumed, and told."""
        depth = list(Kind).index(element.kind)
        for outer in _ORDER[:depth]:
            if outer not in self.current:
                self._hang(self._assumed(outer, element))
        self._hang(element)

    def _hang(self, element: Element) -> None:
        depth = list(Kind).index(element.kind)
        siblings = self.current[_ORDER[depth - 1]].children if depth else self.strategies
        siblings.append(element)
        self.current = {kind: e for kind, e in self.current.items() if list(Kind).index(kind) < depth}
        if element.kind in _ORDER:
            self.current[element.kind] = element

    def _assumed(self, kind: Kind, inner: Element) -> Element:
        """An element that the source does not name; it borrows the name of the one around it."""
        around = self.current.get(_ORDER[list(Kind).index(kind) - 1]) if kind is not Kind.STRATEGY else None
        name = around.name if around else "Uten overskrift"
        no_such = f"ikke {'noen' if kind is Kind.STRATEGY else 'noe'} {kind}"
        element = Element(kind=kind, name=name, doubts=[f"Kilden har {no_such} her; navnet er lånt."])
        cell = Cell(inner.lines[0], inner.column, inner.wording)
        self._tell(
            cell,
            f"draft-no-{'strategy' if kind is Kind.STRATEGY else 'level'}",
            (f"har {no_such} over seg.", f"has no {kind} above it."),
            ("Gi det riktige navnet i utkastet.", "Give the right name in the draft."),
        )
        return element

    def _add_measures(self, cell: Cell, row: Row, new_parent: bool) -> None:
        segments = self.splitter.measures(cell.text)
        self.readings.append(Reading(cell, Level.MEASURE, segments))
        if self.group and not new_parent and row.after_break and self._is_broken(self.group[-1].wording, cell.text):
            self._continue_text(self.group[-1], replace(cell, text=segments[0].text))
            self._add_line(cell.line)
            fresh = segments[1:]
        else:
            self.group, fresh = [], segments
        for segment in fresh:
            self._open_measure(segment, cell, several=len(segments) > 1)
        self._tell_doubt(self.readings[-1])

    def _open_measure(self, segment: Segment, cell: Cell, several: bool) -> None:
        name = mend_hyphens(segment.text)
        name = name.removesuffix(".") if not name.endswith("..") else name
        measure = Element(
            kind=Kind.MEASURE, name=name or segment.text, wording=segment.text, lines=[cell.line], column=cell.column
        )
        if several or segment.certainty is Certainty.UNCERTAIN:
            measure.doubts.append(REASONS[segment.rule])
        self._open(measure)
        self.group.append(measure)

    def _is_broken(self, before: str, after: str) -> bool:
        """Whether a sentence goes on: it begins small, or the first half ends in a word that wants more."""
        last = before.split()[-1:] or [""]
        return after[:1].islower() or self.vocabulary.is_one("joining", last[0]) or last[0].endswith("-")

    def _continue_text(self, element: Element, cell: Cell) -> None:
        element.pieces = [*(element.pieces or [element.wording]), cell.text]
        element.name = f"{element.name} {mend_hyphens(cell.text)}"
        element.wording = f"{element.wording} {cell.text}"
        element.doubts.append(f"Teksten går videre i linje {cell.line}.")
        self._tell(
            cell,
            "draft-broken-text",
            (f"er lest som slutten på «{element.name}».", f"is read as the end of «{element.name}»."),
            ("Se etter i dokumentet om det er én tekst.", "See in the document whether it is one text."),
        )

    def _add_actors(self, cell: Cell, level: Level, row: Row) -> None:
        if not self.group:
            self._note_unplaced(cell)
            return
        segments = self.splitter.actors(cell.text)
        self.readings.append(Reading(cell, level, segments))
        self.group[0].actors.setdefault(level, []).extend(segments)
        if cell.line not in self.group[0].lines:
            self._add_line(cell.line)
            self._doubt_continuation(cell, row)
        self._tell_doubt(self.readings[-1])

    def _add_line(self, line: int) -> None:
        for measure in self.group:
            measure.lines += [line] if line not in measure.lines else []

    def _doubt_continuation(self, cell: Cell, row: Row) -> None:
        """A row that goes on without a page break between is less plain."""
        begins_small = cell.text[:1].islower()
        if row.after_break and not begins_small:
            return
        self._tell(
            cell,
            "draft-continued-row",
            ("er lest som fortsettelsen av raden over.", "is read as going on from the row above."),
            ("Se etter i dokumentet om raden er delt.", "See in the document whether the row was broken."),
        )

    def _read_whole(self, cell: Cell, level: Level) -> None:
        whole = Segment(0, len(cell.text), cell.text, "whole", Certainty.CERTAIN)
        self.readings.append(Reading(cell, level, [whole]))

    def _tell_doubt(self, reading: Reading) -> None:
        if reading.certainty is not Certainty.UNCERTAIN:
            return
        cut = " | ".join(segment.text for segment in reading.segments)
        rule = min(reading.segments, key=lambda segment: segment.certainty).rule
        self._tell(
            reading.cell,
            f"draft-uncertain-{rule}",
            (
                f"er usikkert lest som «{cut}». {REASONS[rule]}",
                f"is read, without certainty, as «{cut}» (rule: {rule}).",
            ),
            ("Rett delingen i utkastet om den er gal.", "Mend the split in the draft if it is wrong."),
        )

    def _tell(self, cell: Cell, code: str, what: tuple[str, str], do: tuple[str, str]) -> None:
        self.findings.append(note(self.file, cell, code, Severity.INFO, what, do))

    def _note_unmapped(self, cell: Cell) -> None:
        self.findings.append(
            note(
                self.file,
                cell,
                "draft-unmapped-column",
                Severity.INFO,
                (
                    f"står i kolonne {cell.column}, som ikke har noe nivå.",
                    f"is in column {cell.column}, without a level.",
                ),
                (
                    "Gi kolonnen «innhold» i --mapping om den trengs.",
                    "Give the column «innhold» in --mapping if needed.",
                ),
            )
        )

    def _note_unplaced(self, cell: Cell) -> None:
        self.findings.append(
            note(
                self.file,
                cell,
                "draft-not-placed",
                Severity.WARNING,
                ("står i en rad uten tiltak og er ikke plassert.", "is in a row without a measure and is not placed."),
                ("Skriv det inn der det hører hjemme.", "Write it in where it belongs."),
            )
        )
