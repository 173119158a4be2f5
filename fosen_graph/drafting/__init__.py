"""Draft the reading of a document with a table, as YAML for people to review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fosen_graph.drafting.outline import Element, Reading, note, outline
from fosen_graph.drafting.splitting import learn
from fosen_graph.drafting.table import Cell, Level, Table, TableMapping, read_table
from fosen_graph.drafting.vocabulary import Vocabulary, read_vocabulary
from fosen_graph.drafting.writing import Material, write_documents
from fosen_graph.findings import Finding, Severity

__all__ = ["Cell", "Draft", "Element", "Level", "Reading", "TableMapping", "draft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    A proposal for people to review.

    documents: file name -> YAML. strategies and readings: the same, as the program holds it. findings: what is
    uncertain, assumed or not placed; each cell of the source is in a reading, a title or a finding.
    """

    documents: Mapping[str, str]
    strategies: Sequence[Element]
    readings: Sequence[Reading]
    findings: Sequence[Finding]


def draft(text: str, file: str, mapping: TableMapping | None = None, known_actors: Sequence[str] = ()) -> Draft:
    """
    A draft of the plan in a document.

    text: the document, one row of its table a line. file: its name, for messages. mapping: how to read its table;
    without one the titles of the columns must be common words. known_actors: names from other plans, if any.
    Raises CannotRun if there is no table to read.
    """
    vocabulary = read_vocabulary()
    table = read_table(text, file, mapping, vocabulary)
    splitter = learn(_actor_cells(table), _texts(table), known_actors, vocabulary)
    plan = outline(table, file, splitter, vocabulary)
    material = Material(
        text=text,
        file=file,
        table=table,
        outline=plan,
        language=(mapping.language if mapping else "") or _language(text, vocabulary),
        separator=mapping.separator if mapping else "\t",
        vocabulary=vocabulary,
    )
    findings = sorted([*plan.findings, *_unplaced(table, file)], key=lambda finding: finding.sort_key)
    return Draft(
        documents=write_documents(material), strategies=plan.strategies, readings=plan.readings, findings=findings
    )


def _actor_cells(table: Table) -> list[str]:
    levels = (Level.RESPONSIBLE, Level.PARTNER)
    return [row.cells[level].text for row in table.rows for level in levels if level in row.cells]


def _texts(table: Table) -> list[str]:
    """Every text of the document, to mine words from."""
    cells = [cell.text for row in table.rows for cell in (*row.cells.values(), *row.others)]
    return cells + [cell.text for cell in (*table.before, *table.loose)]


def _language(text: str, vocabulary: Vocabulary) -> str:
    """Bokmål, nynorsk or English, by the small words that only one of them has; Bokmål where none is seen."""
    words = Counter(text.casefold().split())
    seen = {tag: sum(words[word] for word in own) for tag, own in vocabulary.languages.items()}
    return max(seen, key=lambda tag: seen[tag])


def _unplaced(table: Table, file: str) -> list[Finding]:
    """Running text, told by line: before the table as something to read, in and after it as something to place."""
    title = [
        note(
            file,
            cell,
            "draft-title-block",
            Severity.INFO,
            ("står foran tabellen.", "stands before the table."),
            (
                "Før inn det som gjelder planen, vedtaket og grunnlaget.",
                "Enter what concerns the plan and its adoption.",
            ),
        )
        for cell in table.before
    ]
    loose = [
        note(
            file,
            cell,
            "draft-not-placed",
            Severity.WARNING,
            ("er verken rad eller overskrift og er ikke plassert.", "is neither row nor heading and is not placed."),
            (
                "Skriv det inn der det hører hjemme, eller la det stå om det er sidens topp eller bunn.",
                "Write it in where it belongs, or leave it if it is a page's head or foot.",
            ),
        )
        for cell in table.loose
    ]
    return title + loose
