"""Cells and mentions of a source in; out its rows with the words marked, and each reading with how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fosen_graph.iris import CODES
from fosen_graph.web.address import Addresses, in_language
from fosen_graph.web.pages.names import Names, Value
from fosen_graph.web.pages.whole import Cell, Mention

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    address: str
    column: int  # 0 outside a table
    parts: tuple[tuple[str, bool], ...]  # text, whether it is marked
    own: bool  # some of it is


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A line of the source; an empty cell is None."""

    line: int
    address: str  # on the page of the source
    cells: tuple[CellView | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    words: str
    line: int
    column: int
    address: str  # of the mention
    thing: Value
    role: Value | None
    certainty: Value
    status: Value
    unsure: bool
    notes: tuple[Value, ...]


def source_page(plan: str, to: Addresses, lang: str) -> str:
    return in_language(f"/plan/{to.path(plan)}/kilde", "en" if lang == "en" else "nb")


def code(scheme: str, name: str) -> str:
    return f"{CODES}{scheme}/{name}"


def row_views(
    cells: Iterable[Cell], marked: Iterable[Mention], columns: Sequence[int], page: str, address: Callable[[str], str]
) -> tuple[RowView, ...]:
    """
    The rows of these cells.

    marked: the mentions whose words stand out. columns: those of the table; other cells are a line of text.
    """
    spans: dict[str, list[Span]] = defaultdict(list)
    for mention in marked:
        spans[mention.cell.iri].append((mention.start, mention.end))
    by_line: dict[int, dict[int, Cell]] = defaultdict(dict)
    for cell in cells:
        by_line[cell.line][cell.column] = cell
    return tuple(
        RowView(
            line=line,
            address=f"{page}#l{line}",
            cells=tuple(_cell(own.get(column), spans, address) for column in (columns if 0 not in own else (0,))),
        )
        for line, own in sorted(by_line.items())
    )


def _cell(cell: Cell | None, spans: Mapping[str, list[Span]], address: Callable[[str], str]) -> CellView | None:
    if cell is None:
        return None
    own = spans.get(cell.iri, [])
    return CellView(address=address(cell.iri), column=cell.column, parts=marked_parts(cell.text, own), own=bool(own))


def marked_parts(text: str, spans: Iterable[Span]) -> tuple[tuple[str, bool], ...]:
    """The whole text in parts, those of the spans marked."""
    parts, done = [], 0
    for start, end in sorted(set(spans)):
        parts += [(text[done:start], False), (text[start:end], True)]
        done = end
    return tuple(part for part in (*parts, (text[done:], False)) if part[0])


def readings(mentions: Iterable[Mention], roles: Mapping[str, str], names: Names) -> tuple[Reading, ...]:
    """roles: of a mention, by its IRI."""
    return tuple(
        Reading(
            words=mention.cell.text[mention.start : mention.end],
            line=mention.cell.line,
            column=mention.cell.column,
            address=names.of(mention.iri).address,
            thing=names.of(mention.thing),
            role=names.of(code("rolle", roles[mention.iri])) if mention.iri in roles else None,
            certainty=names.of(code("sikkerhet", mention.certainty)),
            status=names.of(code("status", mention.status)),
            unsure=mention.unsure,
            notes=tuple(Value(text=note.value, language=note.language, address="") for note in mention.note),
        )
        for mention in mentions
    )


def codes_of(mentions: Iterable[Mention], roles: Mapping[str, str]) -> set[str]:
    """What `readings` has to name besides mentions and things."""
    found = {code("rolle", role) for role in roles.values()}
    for mention in mentions:
        found |= {code("sikkerhet", mention.certainty), code("status", mention.status)}
    return found
