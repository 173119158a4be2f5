"""What a reading is made of: the levels of a plan, its elements, and the words that name them and its actors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import IdentifiedNode

from fosen_graph.findings import Finding, Place
from fosen_graph.iris import CODES, FG
from fosen_graph.reading.laying import Span
from fosen_graph.reading.source import Cell

RESPONSIBLE, PARTNER = "ansvarlig", "samarbeidspartner"  # contents of a column, and codes of a role
LIKELY = URIRef(f"{CODES}sikkerhet/sannsynlig")
ROLES: Mapping[str, URIRef] = {RESPONSIBLE: FG.responsibleActor, PARTNER: FG.partnerActor}


@dataclass(frozen=True, slots=True)
class Level:
    """A kind of plan element: its class, what ties it to the level above, and the column that names it."""

    name: str
    type: URIRef
    parent: URIRef
    column: str


STRATEGY = Level("strategi", FG.Strategy, FG.inPlan, "strategi")  # without a column: a heading in any
FOCUS_AREA = Level("innsatsområde", FG.FocusArea, FG.inStrategy, "innsatsområde")
PLAN_ITEM = Level("punkt", FG.PlanItem, FG.inFocusArea, "punkt")
MEASURE = Level("tiltak", FG.Measure, FG.inPlanItem, "tiltak")
LISTING = Level("oppføring", FG.ArrangementListing, FG.listedIn, "punkt")
LEVELS = (STRATEGY, FOCUS_AREA, PLAN_ITEM, MEASURE, LISTING)
NEED_A_LINE = (MEASURE, LISTING)  # and a strategy that is a heading


@dataclass(frozen=True, slots=True)
class Element:
    """A plan element as plan.yaml has it. forms: the words that name it in the document, each with its place."""

    iri: URIRef
    level: Level
    parent: IdentifiedNode
    place: Place
    forms: tuple[tuple[str, Place], ...]
    lines: tuple[tuple[int, Place], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stretch of a cell read as the name of a thing. start, end: code points in the cell. place: of the YAML word."""

    cell: Cell
    start: int
    end: int
    separator: str
    body: URIRef
    place: Place
    certainty: URIRef | None = None  # None: certain
    note: Literal | None = None

    @classmethod
    def of(cls, cell: Cell, span: Span, body: URIRef, place: Place) -> Mention:
        return cls(cell=cell, start=span.start, end=span.end, separator=span.separator, body=body, place=place)

    @property
    def text(self) -> str:
        return self.cell.text[self.start : self.end]

    def says(self, words: str, lines: Sequence[int]) -> bool:
        return self.cell.line in lines and self.text == words


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """A mention in an actor's column, and the measures of its row."""

    mention: Mention
    role: str
    measures: tuple[URIRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that follows from laying the plan's words over the document."""

    elements: tuple[Element, ...]
    mentions: tuple[Mention, ...]
    participations: tuple[Participation, ...]
    order: Mapping[URIRef, int]
    rows: Mapping[URIRef, int]  # measure -> line of its row
    continued: Mapping[int, int]  # line -> line of the row that it continues
    findings: tuple[Finding, ...]
    shadowed: frozenset[URIRef]  # things whose words do not fit
