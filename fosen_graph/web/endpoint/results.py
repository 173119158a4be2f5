"""Answers of the engine in; a table in pages or a truth value out, as readers get them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from fosen_graph import formats
from fosen_graph.asking import Question, Store
from fosen_graph.asking.sparql_text import Kind
from fosen_graph.web.rows import Row, Term, read_rows

ROWS = 100  # of one page
T = TypeVar("T")
TRIPLE = ("subject", "predicate", "object")
_NUMBERS = frozenset(str(XSD[name]) for name in ("integer", "decimal", "double", "float"))  # as the engine writes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    The rows of one page of a table, or a truth value.

    total: rows of all pages. numbers: the variables that are numbers here. triples: the table is one of triples.
    """

    variables: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 1
    truth: bool | None = None
    triples: bool = False

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(
            name for name in self.variables if _are_numbers([row[name] for row in self.rows if name in row])
        )


def _are_numbers(terms: Sequence[Term | None]) -> bool:
    """Where they are bound; and one is."""
    return any(terms) and all(term.datatype in _NUMBERS for term in terms if term)


def format_asked(kind: Kind | None) -> formats.Format:
    """What the engine is asked for, for `shown`."""
    return formats.NTRIPLES if kind in ("CONSTRUCT", "DESCRIBE") else formats.RESULTS_JSON


def answered(store: Store, question: Question, page: str) -> Answer:
    """question: with the format that `format_asked` gave. page: a number as a client wrote it. Raises Unanswered."""
    body = store.answer(question)
    if question.format == formats.NTRIPLES.name:
        lines = body.splitlines(keepends=True)
        part, number, pages = _page_of(lines, page)
        rows = tuple(_triples(b"".join(part)))
        return Answer(variables=TRIPLE, rows=rows, total=len(lines), page=number, pages=pages, triples=True)
    told = json.loads(body)
    if "boolean" in told:
        return Answer(truth=told["boolean"])
    found = read_rows(body)
    shown, number, pages = _page_of(found, page)
    return Answer(variables=tuple(told["head"]["vars"]), rows=tuple(shown), total=len(found), page=number, pages=pages)


def _page_of(found: Sequence[T], page: str) -> tuple[Sequence[T], int, int]:
    """What stands on a page, its number, and how many there are."""
    pages = max(1, -(-len(found) // ROWS))
    number = min(page_number(page), pages)
    return found[(number - 1) * ROWS : number * ROWS], number, pages


def _triples(text: bytes) -> Iterator[Row]:
    for *triple, _ in formats.read(text, formats.NTRIPLES, "answer"):
        yield dict(zip(TRIPLE, map(_term, triple), strict=True))


def _term(term: Node) -> Term:
    if isinstance(term, Literal):
        return Term(str(term), language=term.language or "", datatype=str(term.datatype or ""))
    return Term(str(term), is_iri=True) if isinstance(term, URIRef) else Term(f"_:{term}")


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
