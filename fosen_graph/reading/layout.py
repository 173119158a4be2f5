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

    header_line: the line of the head row, counted from 1; the table is what follows it.
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


_REQUIRED = (
    (FG.sha256, "sha256"),
    (EDITING.language, "språk"),
    (EDITING.headerLine, "hoderad"),
    (EDITING.columns, "kolonner"),
)
_CONTENTS = ("innsatsområde", "punkt", "tiltak", "ansvarlig", "samarbeidspartner")


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
    if findings:
        raise DataError(findings)
    heading = facts.text(about, EDITING.strategyHeading)
    digest = facts.values(about, FG.sha256)[0]
    return Layout(
        sha256=str(digest[0]),
        sha256_place=digest[1],
        header_line=facts.number(about, EDITING.headerLine) or 0,
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


def heading_pattern(template: str) -> re.Pattern[str]:
    """A template such as «Fosenstrategi {nummer}; {navn}» as a pattern with the groups that it has of these two."""
    pattern = re.escape(template)
    for name, form in (("nummer", r"\d+"), ("navn", ".+")):
        pattern = pattern.replace(rf"\{{{name}\}}", f"(?P<{name}>{form})", 1)
    return re.compile(pattern)


def written_date(day: date, form: str) -> str:
    """A date as the document writes it. form: dd, mm and åååå (or yyyy) with what stands between them."""
    parts: Mapping[str, str] = {
        "dd": f"{day.day:02}",
        "mm": f"{day.month:02}",
        "åååå": f"{day.year:04}",
        "yyyy": f"{day.year:04}",
    }
    return re.sub("dd|mm|åååå|yyyy", lambda match: parts[match.group()], form)
