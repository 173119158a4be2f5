"""What kilde.yaml says in; how a document is laid out, out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from rdflib import URIRef

from fosen_graph.findings import DataError, Finding, Place, Words, shown, violation
from fosen_graph.iris import EDITING, FG
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.yamlld import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """title: the words of the head row. content: the level or role that its cells hold (a key of plan.yaml)."""

    title: str
    content: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """
    How a document is laid out: kilde.yaml.

    header_line: the line of the head row, counted from 1; the table is what follows it. header_height: its lines.
    heading: a strategy's heading, with the groups nummer and navn. date_form: such as «dd.mm.åååå».
    language: the tag of the document's words. separator: what stands between the cells of a row.
    """

    sha256: str
    sha256_place: Place
    header_line: int
    columns: tuple[Column, ...]
    heading: re.Pattern[str] | None
    date_form: str
    language: str
    separator: str = "\t"
    header_height: int = 1

    @property
    def read_columns(self) -> frozenset[int]:
        """The numbers of the columns whose cells are read: those with a content."""
        return frozenset(number for number, column in enumerate(self.columns, 1) if column.content)


_REQUIRED = (
    (FG.sha256, "sha256"),
    (EDITING.language, "språk"),
    (EDITING.headerLine, "hoderad"),
    (EDITING.columns, "kolonner"),
)
_CONTENTS = ("strategi", "innsatsområde", "punkt", "tiltak", "ansvarlig", "samarbeidspartner")


def read_layout(document: Document, about: URIRef) -> Layout:
    """
    The layout that kilde.yaml tells.

    about: the source document's IRI. Raises DataError where a key is missing or a column's content is unknown.
    """
    facts = Facts(document.statements)
    findings = [*_missing(facts, document, about)]
    if findings:
        raise DataError(findings)
    columns = tuple(_columns(facts, about))
    findings += [*_column_faults(columns), *_heading_faults(facts, about), *_language_faults(facts, about)]
    findings += [*_header_faults(facts, about), *_date_faults(facts, about)]
    if findings:
        raise DataError(findings)
    heading = facts.text(about, EDITING.strategyHeading)
    digest = facts.values(about, FG.sha256)[0]
    header = _header(facts, about)
    return Layout(
        sha256=str(digest[0]),
        sha256_place=digest[1],
        header_line=header[0],
        header_height=len(header),
        columns=columns,
        heading=heading_pattern(heading) if heading else None,
        date_form=facts.text(about, EDITING.dateForm) or "åååå-mm-dd",
        language=facts.text(about, EDITING.language) or "",
        separator=facts.text(about, EDITING.separator) or "\t",
    )


def _missing(facts: Facts, document: Document, about: URIRef) -> Iterator[Finding]:
    for predicate, key in _REQUIRED:
        if not facts.values(about, predicate):
            what = Words(nb=f"«{key}» mangler.", en=f"“{key}” is missing.")
            remedy = Words(
                nb=f"Skriv «{key}: …»; se docs/data-format.md.", en=f"Write “{key}: …”; see docs/data-format.md."
            )
            yield violation(Place(document.file, 1, 1), "missing-key", what, remedy)


def _columns(facts: Facts, about: URIRef) -> Iterator[Column]:
    head = facts.things(about, EDITING.columns)[0][0]
    for node in facts.items(head):
        title, content = facts.value(node, EDITING.title), facts.value(node, EDITING.content)
        place = (title or content or facts.values(about, EDITING.columns)[0])[1]
        yield Column(title=str(title[0]) if title else "", content=str(content[0]) if content else "", place=place)


def _column_faults(columns: tuple[Column, ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for column in columns:
        if column.content and (column.content not in _CONTENTS or column.content in seen):
            listed = ", ".join(f"«{content}»" for content in _CONTENTS)
            what = Words(
                nb=f"«{shown(column.content)}» er ikke noe en kolonne kan inneholde, eller står to ganger.",
                en=f"“{shown(column.content)}” is nothing that a column can hold, or stands twice.",
            )
            yield violation(
                column.place, "unknown-column", what, Words(nb=f"Velg blant {listed}.", en=f"Choose among {listed}.")
            )
        seen.add(column.content)


def _heading_faults(facts: Facts, about: URIRef) -> Iterator[Finding]:
    for template, place in facts.texts(about, EDITING.strategyHeading):
        if "{navn}" not in template:
            what = Words(
                nb=f"«{shown(template)}» sier ikke hvor navnet står.",
                en=f"“{shown(template)}” does not say where the name is.",
            )
            remedy = Words(
                nb="Skriv «{navn}» der strategiens navn står (og «{nummer}» der nummeret står).",
                en="Write «{navn}» where the strategy's name is (and «{nummer}» where its number is).",
            )
            yield violation(place, "no-name-in-heading", what, remedy)


def _language_faults(facts: Facts, about: URIRef) -> Iterator[Finding]:
    for tag, place in facts.texts(about, EDITING.language):
        if not re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag):  # as BCP 47 writes a language
            what = Words(nb=f"«{shown(tag)}» er ikke et språk.", en=f"“{shown(tag)}” is not a language.")
            remedy = Words(
                nb="Skriv koden for språket i dokumentet: nb, nn, en, se …",
                en="Write the code of the document's language: nb, nn, en, se …",
            )
            yield violation(place, "unknown-language", what, remedy)


def _header(facts: Facts, about: URIRef) -> list[int]:
    return sorted({int(line) for line, _ in facts.texts(about, EDITING.headerLine)})


def _header_faults(facts: Facts, about: URIRef) -> Iterator[Finding]:
    """A head row is one line, or two lines that follow each other."""
    lines, place = _header(facts, about), facts.values(about, EDITING.headerLine)[0][1]
    if lines != list(range(lines[0], lines[0] + len(lines))) or len(lines) > 2:
        what = Words(nb="linjene i «hoderad» følger ikke hverandre.", en="the lines of “hoderad” do not go together.")
        remedy = Words(
            nb="Skriv linjen med kolonnenavnene, eller to linjer som [5, 6] når navnene går over begge.",
            en="Write the line with the names of the columns, or two lines such as [5, 6] where the names take both.",
        )
        yield violation(place, "bad-header", what, remedy)


def _date_faults(facts: Facts, about: URIRef) -> Iterator[Finding]:
    for form, place in facts.texts(about, EDITING.dateForm):
        parts = {_DATE_PARTS[part] for part in _DATE_PART.findall(form)}
        if parts != {"day", "month", "year"} or re.search(r"\w", _DATE_PART.sub("", form)):
            what = Words(
                nb=f"«{shown(form)}» sier ikke hvordan datoer skrives.",
                en=f"“{shown(form)}” does not say how dates are written.",
            )
            remedy = Words(
                nb="Skriv dag (dd eller d), måned (mm, m eller måned) og år (åååå eller åå) med tegnene mellom, som "
                "«dd.mm.åååå» eller «d. måned åååå».",
                en="Write day (dd or d), month (mm, m or month) and year (yyyy or yy) with the signs between, such as "
                "“dd.mm.yyyy” or “d month yyyy”.",
            )
            yield violation(place, "bad-date-form", what, remedy)


_NUMBER = "[0-9]+|[A-ZÆØÅ]|[IVXLC]+"


def heading_pattern(template: str) -> re.Pattern[str]:
    """A template such as «Fosenstrategi {nummer}; {navn}» as a pattern with the groups that it has of these two."""
    pattern = re.escape(template)
    for name, form in (("nummer", _NUMBER), ("navn", ".+")):
        pattern = pattern.replace(rf"\{{{name}\}}", f"(?P<{name}>{form})", 1)
    return re.compile(pattern)


_DATE_PARTS = {
    "dd": "day", "d": "day", "mm": "month", "m": "month", "måned": "month", "månad": "month", "month": "month",
    "åååå": "year", "yyyy": "year", "åå": "year", "yy": "year",
}  # fmt: skip
_DATE_PART = re.compile("|".join(sorted(_DATE_PARTS, key=len, reverse=True)))
_MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def written_date(day: date, form: str, language: str = "nb") -> str:
    """A date as the document writes it. form: day, month and year, as kilde.yaml has it. language: of month names."""
    month = (_MONTHS_EN if language.startswith("en") else _MONTHS)[day.month - 1]
    parts: Mapping[str, str] = {
        "dd": f"{day.day:02}", "d": str(day.day), "mm": f"{day.month:02}", "m": str(day.month),
        "måned": month, "månad": month, "month": month,
        "åååå": f"{day.year:04}", "yyyy": f"{day.year:04}", "åå": f"{day.year % 100:02}", "yy": f"{day.year % 100:02}",
    }  # fmt: skip
    return _DATE_PART.sub(lambda match: parts[match.group()], form)
