"""Read a document with a table: which column is what, which line is a row, a heading, a page's edge or neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from fosen_graph.drafting.lexicon import fold
from fosen_graph.drafting.vocabulary import Vocabulary
from fosen_graph.findings import CannotRun, Place, Words

LONGEST_TEXT = 1_000_000  # characters; a plan has some thousands
LONGEST_LINE = 10_000


class Level(StrEnum):
    """What a column may hold, in the words of kilde.yaml."""

    STRATEGY = "strategi"
    FOCUS_AREA = "innsatsområde"
    ITEM = "punkt"
    MEASURE = "tiltak"
    RESPONSIBLE = "ansvarlig"
    PARTNER = "samarbeidspartner"


@dataclass(frozen=True, slots=True)
class Heading:
    """A strategy's heading, taken apart; number empty where it has none."""

    number: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """
    How to read a table that the program has not seen: kilde.yaml, or a small file in its form.

    columns: title in the table -> level, or None for a column that the project does not keep.
    heading: «Satsing {nummer}: {navn}», or empty to guess. header_line: 0 to look for the titles.
    """

    columns: Mapping[str, Level | None]
    heading: str = ""
    header_line: int = 0
    separator: str = "\t"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty; line and column from 1, text without outer spaces."""

    line: int
    column: int
    text: str
    after_break: bool = False  # an empty line, a repeated header or a page's foot stands before its row


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: its cells by level, and those in columns without one."""

    line: int
    cells: Mapping[Level, Cell]
    others: Sequence[Cell] = ()
    heading: tuple[Cell, Heading] | None = None
    after_break: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    The whole document, each line once.

    titles: column number -> (title, level). title_lines: where they are. header: with their repeats. before, loose:
    running text before the table and in or after it, by line.
    """

    titles: Mapping[int, tuple[str, Level | None]]
    title_lines: Sequence[int]
    header: Sequence[int]
    rows: Sequence[Row]
    before: Sequence[Cell]
    loose: Sequence[Cell]

    @property
    def levels(self) -> frozenset[Level]:
        return frozenset(level for _, level in self.titles.values() if level)


def read_table(text: str, file: str, mapping: TableMapping | None, vocabulary: Vocabulary) -> Table:
    """
    The table of a document, its columns named by the mapping or guessed from their titles.

    Raises CannotRun where there is no table to read, with what to do about it.
    """
    lines = _lines(text, file)
    separator = mapping.separator if mapping else "\t"
    header = _find_header(lines, file, mapping, separator, vocabulary)
    return _Reader(lines, header, separator, _heading_pattern(mapping, vocabulary)).table()


def _lines(text: str, file: str) -> list[str]:
    """The lines as an editor counts them; form feeds and the like break no line."""
    if len(text) > LONGEST_TEXT:
        raise _cannot(
            file,
            f"Teksten har {len(text)} tegn; grensen er {LONGEST_TEXT}.",
            f"The text has {len(text)} characters; the limit is {LONGEST_TEXT}.",
            "Del dokumentet, ett plandokument i hver fil.",
            "Split the document, one plan in each file.",
        )
    if not text.strip():
        raise _cannot(
            file,
            "Filen er tom.",
            "The file is empty.",
            "Gi en tekstfil med tabellen, en rad på hver linje.",
            "Give a text file with the table, one row a line.",
        )
    lines = [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise _cannot(
                f"{file}:{number}",
                f"Linjen har {len(line)} tegn; grensen er {LONGEST_LINE}.",
                f"The line has {len(line)} characters; the limit is {LONGEST_LINE}.",
                "Sett linjeskift etter hver rad.",
                "Put a line break after each row.",
            )
    return lines


def _cannot(place: str, nb: str, en: str, remedy_nb: str, remedy_en: str) -> CannotRun:
    return CannotRun(Words(nb=nb, en=en), Words(nb=remedy_nb, en=remedy_en), Place(place))


@dataclass(frozen=True, slots=True)
class _Header:
    first: int
    height: int
    titles: dict[int, tuple[str, Level | None]] = field(default_factory=dict)

    @property
    def lines(self) -> range:
        return range(self.first, self.first + self.height)

    @property
    def levels(self) -> set[Level]:
        return {level for _, level in self.titles.values() if level}


def _find_header(
    lines: list[str], file: str, mapping: TableMapping | None, separator: str, vocabulary: Vocabulary
) -> _Header:
    """The line, or two lines, whose titles tell most; the first of equals, and one line before two."""
    if not any(separator in line for line in lines):
        raise _cannot(
            file,
            "Ingen linje har skilletegn mellom celler, så det er ingen tabell å lese.",
            "No line has a separator between cells, so there is no table to read.",
            "Lagre tabellen med tabulator mellom cellene, eller sett «skilletegn» i en fil for --mapping.",
            "Save the table with tabs between the cells, or set «skilletegn» in a file for --mapping.",
        )
    headers = _headers(lines, mapping, separator, vocabulary)
    best = max(headers, key=lambda h: (len(h.levels), -h.height, -h.first), default=_Header(0, 0))
    if Level.MEASURE in best.levels and len(best.levels) > 1:
        return best
    wanted = ", ".join(f"«{title}»" for title in mapping.columns) if mapping else ""
    raise _cannot(
        file,
        f"Ingen linje har kolonnetitlene {wanted}." if mapping else "Ingen linje ligner en tabells kolonnetitler.",
        f"No line has the column titles {wanted}." if mapping else "No line looks like the column titles of a table.",
        "Skriv i en fil for --mapping hva hver kolonne heter og er; minst «tiltak» og én til. Se docs/drafting.md.",
        "Write in a file for --mapping what each column is called and is; at least «tiltak» and one more. "
        "See docs/drafting.md.",
    )


def _headers(
    lines: list[str], mapping: TableMapping | None, separator: str, vocabulary: Vocabulary
) -> Iterator[_Header]:
    numbers = [mapping.header_line] if mapping and mapping.header_line else range(1, len(lines) + 1)
    for number in numbers:
        rows = [line.split(separator) for line in lines[number - 1 : number + 1]]
        if not rows or len(rows[0]) < 2:
            continue
        yield _Header(number, 1, _titles(rows[:1], mapping, vocabulary))
        if len(rows) > 1 and len(rows[1]) > 1:
            yield _Header(number, 2, _titles(rows, mapping, vocabulary))


def _titles(
    rows: list[list[str]], mapping: TableMapping | None, vocabulary: Vocabulary
) -> dict[int, tuple[str, Level | None]]:
    """Title and level of each column; a level belongs to one column, the one that says it most plainly."""
    columns = range(1, max(map(len, rows)) + 1)
    titles = {n: _joined(row[n - 1].strip() for row in rows if n <= len(row)) for n in columns}
    if mapping:
        given = {fold(title): level for title, level in mapping.columns.items()}
        return {n: (title, given.get(fold(title))) for n, title in titles.items()}
    taken: dict[Level, int] = {}
    for plainness in (_is_title, _has_word):
        for level in Level:
            free = [n for n in columns if n not in taken.values()]
            found = (n for n in free if plainness(titles[n], vocabulary.columns[level]))
            column = None if level in taken else next(found, None)
            if column:
                taken[level] = column
    by_column = {column: level for level, column in taken.items()}
    return {n: (title, by_column.get(n)) for n, title in titles.items()}


def _joined(parts: Iterator[str]) -> str:
    """A title over two lines; a hyphen at the end of the first one joins a word."""
    return re.sub(r"(?<=\w)-\s+(?=[a-zæøå])", "", " ".join(part for part in parts if part))


def _is_title(title: str, words: Sequence[str]) -> bool:
    return fold(title) in words


def _has_word(title: str, words: Sequence[str]) -> bool:
    """A title of a few words, one of which is telling; a sentence is no title."""
    own = re.findall(r"\w+", title.casefold())
    return len(own) <= 4 and any(word in words for word in own)


def _heading_pattern(mapping: TableMapping | None, vocabulary: Vocabulary) -> re.Pattern[str]:
    """The mapping's template, or: a word for a strategy, a number, a mark, a name."""
    if mapping and mapping.heading:
        template = re.sub(r"(?:\\\s)+", r"\\s+", re.escape(" ".join(mapping.heading.split())))
        number, name = re.escape("{nummer}"), re.escape("{navn}")
        pattern = template.replace(number, r"(?P<number>[\w.]{1,6})").replace(name, r"(?P<name>\S.*)")
        return re.compile(pattern, re.IGNORECASE)
    words = "|".join(map(re.escape, vocabulary.headings))
    return re.compile(
        rf"(?:[\w-]{{0,40}}(?:{words}))\s+(?P<number>\d{{1,2}}|[IVX]{{1,4}}|[A-Z])\s*[;:.)–—-]\s*(?P<name>\S.*)",
        re.IGNORECASE,
    )


class _Reader:
    """Walks the lines once; what is no row, heading, header or page's edge is kept as running text."""

    def __init__(self, lines: list[str], header: _Header, separator: str, heading: re.Pattern[str]) -> None:
        self.lines, self.header, self.separator, self.heading = lines, header, separator, heading
        self.header_text = [self._key(lines[number - 1]) for number in header.lines]

    def table(self) -> Table:
        headers, rows, before, loose = list(self.header.lines), list[Row](), list[Cell](), list[Cell]()
        after_break = False
        for number, line in enumerate(self.lines, 1):
            if number in self.header.lines or self._repeats_header(number):
                headers += [] if number in headers else [number]
                after_break = number > self.header.first
            elif not line.strip():
                after_break = True
            elif row := self._row(number, line, after_break):
                rows.append(row)
                after_break = False
            else:
                cells = self._cells(number, line, after_break)
                (before if number < self.header.first else loose).extend(cells)
                after_break = True
        return Table(
            titles=self.header.titles,
            title_lines=self.header.lines,
            header=headers,
            rows=rows,
            before=before,
            loose=loose,
        )

    def _key(self, line: str) -> list[str]:
        return [fold(cell) for cell in line.split(self.separator)]

    def _repeats_header(self, number: int) -> bool:
        """Whether the line is the header told again, at the head of a new page."""
        own = self._key(self.lines[number - 1])
        return any(own) and number > self.header.first and own in self.header_text

    def _cells(self, number: int, line: str, after_break: bool) -> list[Cell]:
        texts = enumerate(line.split(self.separator), 1)
        return [Cell(number, column, text.strip(), after_break) for column, text in texts if text.strip()]

    def _row(self, number: int, line: str, after_break: bool) -> Row | None:
        """A heading wherever it stands, or a line of cells inside the table; None for running text."""
        cells = self._cells(number, line, after_break)
        heading = self.heading.fullmatch(cells[0].text) if len(cells) == 1 else None
        if heading:
            parts = Heading(heading["number"] if "number" in heading.re.groupindex else "", heading["name"].strip())
            return Row(line=number, cells={}, heading=(cells[0], parts), after_break=after_break)
        if number < self.header.first or self.separator not in line:
            return None
        levels = {cell.column: self.header.titles.get(cell.column, ("", None))[1] for cell in cells}
        placed = {level: cell for cell in cells if (level := levels[cell.column])}
        others = [cell for cell in cells if not levels[cell.column]]
        return Row(line=number, cells=placed, others=others, after_break=after_break)
