"""The document as received and how it is laid out in; rows, cells and offsets that lose no character out."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from fosen_graph.findings import DataError, Finding, Place, Words, violation
from fosen_graph.reading.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """
    A stretch of one line: a table cell, or (column None) a whole line outside the table.

    line, column: counted from 1. start: Unicode code points from the start of the file. offset: from the start of the
    line. text: verbatim, never trimmed.
    """

    line: int
    column: int | None
    start: int
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A document's lines and non-empty cells, in reading order; without those of columns that are not read."""

    file: str
    text: str
    layout: Layout
    cells: Mapping[tuple[int, int | None], Cell]

    @property
    def rows(self) -> list[int]:
        """The lines that hold a cell."""
        return sorted({line for line, _ in self.cells})

    @property
    def table_rows(self) -> list[int]:
        return sorted({line for line, column in self.cells if column})

    def table_cells(self) -> Iterator[Cell]:
        return (cell for cell in self.cells.values() if cell.column)

    def place(self, cell: Cell, at: int = 0) -> Place:
        """Where a cell's character stands in the document."""
        return Place(self.file, cell.line, cell.offset + at + 1)

    def column_of(self, content: str) -> int | None:
        """The number of the column that holds a level or a role."""
        return next((number for number, column in enumerate(self.layout.columns, 1) if column.content == content), None)

    def title_of(self, column: int | None) -> str:
        return self.layout.columns[column - 1].title if column else ""


def read_source(data: bytes, file: str, layout: Layout) -> Source:
    """
    Read a document as received.

    data: its bytes, in UTF-8. file: its path, for messages. layout: kilde.yaml's.
    Raises DataError: another checksum than the reviewed one, a head row with other words, a row with too many cells.
    """
    digest = hashlib.sha256(data).hexdigest()
    if digest != layout.sha256:
        raise DataError([violation(layout.sha256_place, "source-changed", *_changed(file, digest))])
    text = data.decode("utf-8")
    source = Source(file, text, layout, dict(_cells(text, layout)))
    findings = [*_header_faults(source), *_width_faults(source)]
    if findings:
        raise DataError(findings)
    return replace(source, cells=dict(_read(source.cells, layout)))


def _changed(file: str, digest: str) -> tuple[Words, Words]:
    return (
        Words(
            nb=f"{file} er ikke den teksten som ble lest og gjennomgått; sjekksummen er nå {digest}.",
            en=f"{file} is not the text that was read and reviewed; its checksum is now {digest}.",
        ),
        Words(
            nb="Hent kilde.txt fram igjen fra git. Er det en ny utgave: les den på nytt, og skriv sjekksummen her.",
            en="Restore kilde.txt from git. If it is a new edition, review it again and write the new checksum here.",
        ),
    )


def _cells(text: str, layout: Layout) -> Iterator[tuple[tuple[int, int | None], Cell]]:
    """A head row that is told again, at the head of a new page, holds no cells either."""
    separator, start = layout.separator, 0
    lines = text.split("\n")
    last = layout.header_line + layout.header_height - 1
    header = [_titles(line, separator) for line in lines[layout.header_line - 1 : last] if line.strip()]
    for number, line in enumerate(lines, 1):
        if layout.header_line <= number <= last or (number > last and _titles(line, separator) in header):
            pass
        elif number > last and separator in line:
            offset = 0
            for column, cell in enumerate(line.rstrip("\r").split(separator), 1):
                if cell:
                    yield (
                        (number, column),
                        Cell(line=number, column=column, start=start + offset, offset=offset, text=cell),
                    )
                offset += len(cell) + len(separator)
        elif line.strip():
            words = line.rstrip("\r")
            yield (number, None), Cell(line=number, column=None, start=start, offset=0, text=words)
        start += len(line) + 1


def _read(
    cells: Mapping[tuple[int, int | None], Cell], layout: Layout
) -> Iterator[tuple[tuple[int, int | None], Cell]]:
    """Without the cells of columns that are not read; a heading that stands alone may stand in any."""
    in_row = Counter(line for line, _ in cells)
    for key, cell in cells.items():
        alone = in_row[cell.line] == 1 and layout.heading and layout.heading.fullmatch(cell.text)
        if cell.column is None or cell.column in layout.read_columns or alone:
            yield key, cell


def _titles(line: str, separator: str) -> list[str]:
    return [title.strip() for title in line.split(separator)]


def _header_faults(source: Source) -> Iterator[Finding]:
    layout, number = source.layout, source.layout.header_line
    all_lines = source.text.split("\n")
    if number and number > len(all_lines):
        what = Words(
            nb=f"«hoderad» er {number}, men kilden har {len(all_lines)} linjer.",
            en=f"“hoderad” is {number}, but the source has {len(all_lines)} lines.",
        )
        remedy = Words(nb="Skriv linjen der kolonnene har navn.", en="Write the line where the columns have names.")
        yield violation(layout.columns[0].place, "header-differs", what, remedy)
        return
    lines = all_lines[max(number - 1, 0) : max(number - 1, 0) + layout.header_height] if number else []
    rows = [line.rstrip("\r").split(layout.separator) for line in lines]
    for at, column in enumerate(layout.columns):
        found = _joined(row[at].strip() for row in rows if at < len(row)) or f"kolonne {at + 1}"
        if found != column.title.strip():
            what = Words(
                nb=f"kolonne {at + 1} heter «{found}» i linje {number} av kilden, ikke «{column.title}».",
                en=f"column {at + 1} is called “{found}” on line {number} of the source, not “{column.title}”.",
            )
            remedy = Words(
                nb="Rett «tittel», rekkefølgen eller «hoderad».", en="Mend “tittel”, the order, or “hoderad”."
            )
            yield violation(column.place, "header-differs", what, remedy)


def _joined(parts: Iterable[str]) -> str:
    """A title, or one over two lines; a hyphen at the end of the first joins a word that goes on small."""
    return re.sub(r"(?<=\w)-\s+(?=[a-zæøå])", "", " ".join(part for part in parts if part))


def _width_faults(source: Source) -> Iterator[Finding]:
    width = len(source.layout.columns)
    first: set[int] = set()
    for cell in source.table_cells():
        if cell.column and cell.column > width and cell.column not in first:
            first.add(cell.column)
            what = Words(
                nb=f"«{cell.text}» står i kolonne {cell.column}, men tabellen har {width}.",
                en=f"“{cell.text}” stands in column {cell.column}, but the table has {width}.",
            )
            remedy = Words(nb="Legg til kolonnen i kilde.yaml.", en="Add the column to kilde.yaml.")
            yield violation(source.place(cell), "too-many-cells", what, remedy)
