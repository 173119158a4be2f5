"""Check a graph against shapes: triples and shapes in; results, findings with places, and a report graph out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox
from rdflib import RDF, BNode, Literal, URIRef
from rdflib.term import Node

from fosen_graph.findings import CannotRun, Finding, Place, Severity, Words
from fosen_graph.shacl import SH, Result, Shape, Unsupported
from fosen_graph.shapes import read_shapes
from fosen_graph.triples import Index, Row

Triple = tuple[Node, Node, Node]

SEVERITIES: Mapping[Node, Severity] = {
    SH.Violation: Severity.VIOLATION,
    SH.Warning: Severity.WARNING,
    SH.Info: Severity.INFO,
}


class Places(Protocol):
    """Where a statement was written."""

    def of(self, subject: Node, predicate: Node | None = None, value: Node | None = None) -> Place: ...


@dataclass(frozen=True, slots=True)
class Shapes:
    """Compiled shapes. Read them once a process; pickled, they travel as their text and are compiled again."""

    files: tuple[tuple[str, str], ...]
    compiled: tuple[Shape, ...]

    def __reduce__(self) -> tuple[Callable[[dict[str, str]], Shapes], tuple[dict[str, str]]]:
        return load_shapes, (dict(self.files),)


def load_shapes(files: Mapping[str, str]) -> Shapes:
    """
    Read shapes.

    files: name -> Turtle, all of one shapes graph. The name is used in messages and to keep blank nodes apart.
    Raises CannotRun for text that is not Turtle and for SHACL features that this program lacks.
    """
    triples = [triple for name, text in files.items() for triple in _parsed(name, text)]
    try:
        return Shapes(tuple(files.items()), read_shapes(triples))
    except Unsupported as unsupported:
        raise CannotRun(
            Words(nb=f"Reglene bruker noe av SHACL som ikke støttes: {unsupported}.",
                  en=f"The shapes use a part of SHACL that is not supported: {unsupported}."),
            Words(nb="Skriv regelen på en annen måte, eller bruk `fosen-graph validate`, som kan hele SHACL.",
                  en="Write the shape in another way, or use `fosen-graph validate`, which knows all of SHACL."),
        ) from unsupported  # fmt: skip


def _parsed(name: str, text: str) -> Iterator[Triple]:
    prefix = hashlib.sha256(name.encode()).hexdigest()[:8]
    try:
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
            yield tuple(_from_oxigraph(term, prefix) for term in (quad.subject, quad.predicate, quad.object))  # type: ignore[misc]
    except SyntaxError as error:
        raise CannotRun(
            Words(nb=f"Filen er ikke gyldig Turtle: {error.msg}.", en=f"The file is not valid Turtle: {error.msg}."),
            Words(nb="Rett filen på denne linjen.", en="Correct the file on this line."),
            Place(name, error.lineno or 0, error.offset or 0),
        ) from error


def check(data: Iterable[Triple], shapes: Shapes) -> list[Result]:
    """All results of all shapes, sorted; each once."""
    index = Index(data)
    index.select = Queries(index)
    found = {result for shape in shapes.compiled for result in shape.results(index, shape.focus_nodes(index))}
    return sorted(found, key=lambda result: result.sort_key)


class Queries:
    """SPARQL SELECT over an index. The triples are loaded when the first question comes; each is answered once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._store: ox.Store | None = None
        self._numbers: dict[object, int] = {}
        self._answers: dict[str, list[Row]] = {}

    def __call__(self, query: str) -> list[Row]:
        if query not in self._answers:
            self._answers[query] = list(self._rows(query))
        return self._answers[query]

    def _rows(self, query: str) -> Iterator[Row]:
        if self._store is None:
            self._store = self._loaded()
        solutions = self._store.query(query)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            yield {name: self._number(term) for name, term in zip(names, solution, strict=True) if term is not None}

    def _loaded(self) -> ox.Store:
        terms = [_to_oxigraph(term) for term in self._index.terms]
        self._numbers = {term: number for number, term in enumerate(terms)}
        store = ox.Store()
        store.bulk_extend(ox.Quad(terms[s], terms[p], terms[o]) for s, p, o in self._index.triples())  # type: ignore[arg-type]
        return store

    def _number(self, term: object) -> int:
        number = self._numbers.get(term)
        return self._index.intern(_from_oxigraph(term)) if number is None else number


def _to_oxigraph(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    text = str(term)
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(text, language=term.language)
        return ox.Literal(text, datatype=ox.NamedNode(term.datatype)) if term.datatype else ox.Literal(text)
    return ox.BlankNode(text) if isinstance(term, BNode) else ox.NamedNode(text)


def _from_oxigraph(term: object, prefix: str = "") -> Node:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        plain = term.language or term.datatype.value == _STRING
        return Literal(term.value, lang=term.language, datatype=None if plain else URIRef(term.datatype.value))
    assert isinstance(term, ox.BlankNode)
    return BNode(prefix + term.value)


_STRING = "http://www.w3.org/2001/XMLSchema#string"


def findings(results: Iterable[Result], places: Places) -> list[Finding]:
    """What a person has to mend, each at the place of the statement that caused it."""
    return [
        Finding(
            place=places.of(result.focus, result.path if isinstance(result.path, URIRef) else None, result.value),
            severity=SEVERITIES[result.severity],
            code=str(result.shape).rpartition("#")[2],
            what=_words(result, 0),
            remedy=_words(result, 1),
        )
        for result in results
    ]


def _words(result: Result, sentence: int) -> Words:
    """The first sentence of the messages, or what comes after it."""
    texts = {message.language or "": str(message) for message in result.messages}
    other = next(iter(texts.values()), str(result.component))
    nb, en = (_sentence(texts.get(language, other), sentence) for language in ("nb", "en"))
    return Words(nb=nb, en=en)


def _sentence(message: str, sentence: int) -> str:
    first, stop, rest = message.partition(". ")
    return rest if sentence else first + stop.strip()


def report_graph(results: Iterable[Result], report: URIRef) -> set[Triple]:
    """
    The SHACL validation report with IRIs: each result is named by a hash of what it says.

    Paths that are not a predicate are left out; the shape has them. sh:conforms as SHACL defines it: no results.
    """
    results = list(results)
    triples: set[Triple] = {(report, RDF.type, SH.ValidationReport), (report, SH.conforms, Literal(not results))}
    for result in results:
        name = URIRef(f"{report}/{hashlib.sha256(' '.join(result.sort_key).encode()).hexdigest()[:16]}")
        triples.add((report, SH.result, name))
        triples |= {(name, predicate, term) for predicate, term in _statements(result) if term is not None}
    return triples


def _statements(result: Result) -> Iterator[tuple[URIRef, Node | None]]:
    yield RDF.type, SH.ValidationResult
    yield SH.focusNode, result.focus
    yield SH.resultPath, result.path if isinstance(result.path, URIRef) else None
    yield SH.value, result.value
    yield SH.sourceConstraintComponent, result.component
    yield SH.sourceShape, result.shape
    yield SH.resultSeverity, result.severity
    yield from ((SH.resultMessage, message) for message in result.messages)
