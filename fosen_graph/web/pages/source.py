"""A plan in; its source as a page shows it out: line by line, each word linked to what it was read as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response

from fosen_graph.findings import Lang
from fosen_graph.web.address import Addresses, in_language
from fosen_graph.web.pages.html import html
from fosen_graph.web.pages.names import Value
from fosen_graph.web.pages.plan import Name, Namer, PlanHead
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.pages.whole import PARTNER, RESPONSIBLE, Cell, Mention, Whole
from fosen_graph.web.rows import Row, best_label, rows
from fosen_graph.web.wording import wording

_KEYS = {
    RESPONSIBLE: "plan.responsible",
    PARTNER: "plan.partners",
    "FocusArea": "filter.omraade",
    "PlanItem": "source.item",
    "Measure": "thing.measure",
    "Strategy": "plan.strategy",
    "ArrangementListing": "source.listing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A stretch of a cell; thing: what it was read as, None for what stands between."""

    text: str
    thing: Name | None
    unsure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOfSource:
    words: tuple[Word, ...]
    notes: tuple[str, ...]  # why a reading is uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOfSource:
    """A line that has something; a line of text has one cell, outside the table."""

    number: int
    address: str
    cells: tuple[CellOfSource | None, ...]
    continues: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An open question of identity."""

    address: str
    subject: Value
    target: Value
    certainty: Value
    note: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    head: PlanHead
    document: str  # address
    columns: tuple[str, ...]
    texts: tuple[LineOfSource, ...]
    lines: tuple[LineOfSource, ...]
    cells: int
    mentions: int
    unsure: tuple[tuple[LineOfSource, int], ...]  # lines with uncertain readings, and how many
    questions: tuple[Question, ...]


def blueprint(shelf: Shelf) -> Blueprint:
    return shelf.room("kilde", lambda whole, head, lang: _page(shelf, whole, head, lang))


def _page(shelf: Shelf, whole: Whole, head: PlanHead, lang: Lang) -> Response:
    view = read_source(whole, head, rows(shelf.site.pages, "candidates"), shelf.to, lang)
    return html("source.html", view, wording(lang)("site.source"), lang)


def read_source(whole: Whole, head: PlanHead, candidates: Iterable[Row], to: Addresses, lang: Lang) -> SourceView:
    w, name = wording(lang), Namer(whole, to, lang)
    columns = list(whole.columns)
    made = [_line(whole, number, columns, name) for number in whole.lines]
    in_table = {number for number, cells in whole.lines.items() if cells[0].column}
    lines = tuple(line for line in made if line.number in in_table)
    unsure: dict[int, int] = defaultdict(int)
    for mention in whole.mentions:
        unsure[mention.cell.line] += mention.unsure
    named = {mention.thing for mention in whole.mentions} | {a for e in whole.elements.values() for a in e.about}
    return SourceView(
        head=head,
        document=in_language(f"/doc/{to.path(whole.iri)}/kilde", lang),
        columns=tuple(w(_KEYS[whole.columns[column]]) for column in columns),
        texts=tuple(line for line in made if line.number not in in_table),
        lines=lines,
        cells=len(whole.cells),
        mentions=len(whole.mentions),
        unsure=tuple((line, unsure[line.number]) for line in made if unsure[line.number]),
        questions=questions((row for row in candidates if row["subject"].value in named), to, lang),
    )


def _line(whole: Whole, number: int, columns: list[int], name: Namer) -> LineOfSource:
    own = {cell.column: cell for cell in whole.lines[number]}
    shown = [0] if 0 in own else columns
    return LineOfSource(
        number=number,
        address=name.to.page(next(iter(own.values())).iri.rsplit("/celle/", 1)[0].removesuffix("/tekst"), name.lang),
        cells=tuple(_cell(whole, own[column], name) if column in own else None for column in shown),
        continues=max(cell.continues for cell in own.values()),
    )


def _cell(whole: Whole, cell: Cell, name: Namer) -> CellOfSource:
    words, done = [], 0
    mentions = whole.mentions_in.get(cell.iri, ())
    for mention in mentions:
        words += [_between(cell, done, mention.start), _word(cell, mention, name)]
        done = mention.end
    words.append(_between(cell, done, len(cell.text)))
    notes = [note.value for mention in mentions if mention.unsure for note in mention.note]
    return CellOfSource(words=tuple(word for word in words if word.text), notes=tuple(dict.fromkeys(notes)))


def _between(cell: Cell, start: int, end: int) -> Word:
    return Word(text=cell.text[start:end], thing=None, unsure=False)


def _word(cell: Cell, mention: Mention, name: Namer) -> Word:
    return Word(text=cell.text[mention.start : mention.end], thing=name(mention.thing), unsure=mention.unsure)


def questions(found: Iterable[Row], to: Addresses, lang: Lang) -> tuple[Question, ...]:
    """The rows of queries/candidates.rq."""
    by_candidate: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        by_candidate[row["candidate"].value].append(row)
    return tuple(
        Question(
            address=to.page(iri, lang),
            subject=_labelled(own, "subject", to, lang),
            target=_labelled(own, "target", to, lang),
            certainty=_labelled(own, "certainty", to, lang),
            note=_note(own, lang),
        )
        for iri, own in by_candidate.items()
    )


def _labelled(own: list[Row], key: str, to: Addresses, lang: Lang) -> Value:
    iri = own[0][key].value
    label = best_label([row[f"{key}Label"] for row in own if f"{key}Label" in row], lang)
    text = label.value if label else iri.rpartition("/")[2]
    return Value(text=text, language=label.language if label else "", address=to.page(iri, lang))


def _note(own: list[Row], lang: Lang) -> Value | None:
    note = best_label([row["note"] for row in own if "note" in row], lang)
    return Value(text=note.value, language=note.language, address="") if note else None
