"""Answers of the engine in; a table in pages, a truth value or triples out, as readers get them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fosen_graph import formats
from fosen_graph.asking import Question, Store
from fosen_graph.asking.sparql_text import Kind
from fosen_graph.web.rows import Row, read_rows

ROWS = 100  # of one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The rows of one page of a table, or a truth value, or triples as Turtle. total: rows of all pages."""

    variables: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 1
    truth: bool | None = None
    triples: str | None = None


def format_asked(kind: Kind | None) -> formats.Format:
    """What the engine is asked for, for `shown`."""
    return formats.TURTLE if kind in ("CONSTRUCT", "DESCRIBE") else formats.RESULTS_JSON


def answered(store: Store, question: Question, page: str) -> Answer:
    """question: with the format that `format_asked` gave. page: a number as a client wrote it. Raises Unanswered."""
    body = store.answer(question)
    if question.format == formats.TURTLE.name:
        return Answer(triples=body.decode())
    told = json.loads(body)
    if "boolean" in told:
        return Answer(truth=told["boolean"])
    found = read_rows(body)
    pages = max(1, -(-len(found) // ROWS))
    number = min(page_number(page), pages)
    return Answer(
        variables=tuple(told["head"]["vars"]),
        rows=tuple(found[(number - 1) * ROWS : number * ROWS]),
        total=len(found),
        page=number,
        pages=pages,
    )


def page_number(text: str) -> int:
    """1 where it is no number."""
    return max(1, int(text[:6])) if text.isascii() and text.isdigit() else 1


NAMES = {  # of formats, for readers
    "json": "JSON",
    "xml": "XML",
    "csv": "CSV",
    "tsv": "TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "trig": "TriG",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF/XML",
}
ENDINGS = {  # of addresses; those of tables are the ones that programs expect
    "json": formats.RESULTS_JSON,
    "csv": formats.RESULTS_CSV,
    "tsv": formats.RESULTS_TSV,
    "xml": formats.RESULTS_XML,
    **{format_.extension: format_ for format_ in formats.RDF_FORMATS},
}


def ending(format_: formats.Format) -> str:
    return next(name for name, known in ENDINGS.items() if known is format_)
