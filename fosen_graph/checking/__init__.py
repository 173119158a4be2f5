"""Check a graph against shapes: triples and shapes in; results, findings with their places, and a report graph out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox
from rdflib import RDF, BNode, Literal, URIRef
from rdflib.term import Node

from fosen_graph import formats
from fosen_graph.checking.shacl import SH, Result, Shape, Unsupported
from fosen_graph.checking.shapes import read_shapes
from fosen_graph.checking.triples import Index, Row, Select
from fosen_graph.findings import CannotRun, Finding, Place, Severity, Words

Triple = tuple[Node, Node, Node]

SEVERITIES: Mapping[Node, Severity] = {
    SH.Violation: Severity.VIOLATION,
    SH.Warning: Severity.WARNING,
    SH.Info: Severity.INFO,
}


class Places(Protocol):
    """Where a statement was written."""

    def of(self, subject: Node, predicate: URIRef | None = None, value: Node | None = None, /) -> Place: ...


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

    files: name -> Turtle; together they are one shapes graph.
    Raises DataError for text that is not Turtle, CannotRun for SHACL that this program lacks.
    """
    named = {name: text.encode() for name, text in files.items()}
    triples = read_apart({name: formats.read(text, formats.TURTLE, name) for name, text in named.items()})
    try:
        return Shapes(tuple(files.items()), read_shapes(triples, fault_of_query))
    except Unsupported as unsupported:
        raise CannotRun(
            Words(
                nb=f"Reglene bruker noe av SHACL som ikke støttes: {unsupported}.",
                en=f"The shapes use a part of SHACL that is not supported: {unsupported}.",
            ),
            Words(
                nb="Skriv regelen på en annen måte, eller bruk `fosen-graph validate`, som kan hele SHACL.",
                en="Write the shape in another way, or use `fosen-graph validate`, which knows all of SHACL.",
            ),
        ) from unsupported


def read_apart(files: Mapping[str, Iterable[formats.Quad]]) -> list[Triple]:
    """The triples of all files; a blank node of one file is never that of another."""
    triples: list[Triple] = []
    for number, quads in enumerate(files.values()):
        for quad in quads:
            s, p, o = (BNode(f"f{number}{term}") if isinstance(term, BNode) else term for term in quad[:3])
            triples.append((s, p, o))
    return triples


def fault_of_query(query: str) -> str | None:
    """What keeps a query from being a SPARQL constraint (SHACL 5.2.1 and appendix A)."""
    if word := re.search(r"\b(MINUS|SERVICE|VALUES)\b", query, re.IGNORECASE):
        return f"a query with {word[0]}"
    try:
        asked = ox.Store().query(query)
    except SyntaxError as error:
        return f"a query that cannot be read, {error.msg}"
    return None if isinstance(asked, ox.QuerySolutions) else "a query that is not SELECT"


def check(data: Iterable[Triple], shapes: Shapes) -> list[Result]:
    """
    All results of all shapes, sorted, each once.

    Every query is asked once for all focus nodes. That is the same as once a node, as SHACL has it, for shapes
    whose queries bind $this in their main pattern, as ours do.
    """
    return check_with(Queries, data, shapes)


def check_with(queries: Callable[[Index], Select], data: Iterable[Triple], shapes: Shapes) -> list[Result]:
    index = Index(data)
    index.select = queries(index)
    found = {result for shape in shapes.compiled for result in shape.results(index, shape.focus_nodes(index))}
    return sorted(found, key=lambda result: result.sort_key)


class Queries:
    """SPARQL SELECT over an index, loaded when the first question comes. Each is answered once for all nodes."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._store: ox.Store | None = None
        self._numbers: dict[object, int] = {}
        self._answers: dict[str, list[Row]] = {}

    def __call__(self, query: str, nodes: Collection[int]) -> list[Row]:
        if query not in self._answers:
            self._answers[query] = [row for row in self._rows(query, {}) if "this" in row]
        return self._answers[query]

    def _rows(self, query: str, bound: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal]) -> Iterator[Row]:
        solutions = self._loaded().query(query, substitutions=bound)  # type: ignore[arg-type]
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            yield {name: self._number(term) for name, term in zip(names, solution, strict=True) if term is not None}

    def _loaded(self) -> ox.Store:
        if self._store is None:
            terms = [_to_oxigraph(term) for term in self._index.terms]
            self._numbers = {term: number for number, term in enumerate(terms)}
            self._store = ox.Store()
            quads = (ox.Quad(terms[s], terms[p], terms[o]) for s, p, o in self._index.triples())  # type: ignore[arg-type]
            self._store.bulk_extend(quads)
        return self._store

    def _number(self, term: object) -> int:
        number = self._numbers.get(term)
        return self._index.intern(_from_oxigraph(term)) if number is None else number


class QueriesByNode(Queries):
    """Each question is asked once a node with $this bound before: SHACL to the letter, for shapes of any origin."""

    def __call__(self, query: str, nodes: Collection[int]) -> list[Row]:
        this = ox.Variable("this")
        return [
            {**row, "this": row.get("this", node)}
            for node in nodes
            for row in self._rows(query, {this: _to_oxigraph(self._index.terms[node])})
        ]


def _to_oxigraph(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    text = str(term)
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(text, language=term.language)
        return ox.Literal(text, datatype=ox.NamedNode(term.datatype)) if term.datatype else ox.Literal(text)
    return ox.BlankNode(text) if isinstance(term, BNode) else ox.NamedNode(text)


def _from_oxigraph(term: object) -> Node:
    """A term that a query made itself."""
    if isinstance(term, ox.Literal):
        return Literal(term.value, lang=term.language, datatype=None if term.language else URIRef(term.datatype.value))
    return BNode(term.value) if isinstance(term, ox.BlankNode) else URIRef(str(term)[1:-1])


def findings(results: Iterable[Result], places: Places) -> list[Finding]:
    """What a person has to mend, each at the place of the statement that caused it."""
    return [
        Finding(
            place=places.of(result.focus, result.predicate, result.value),
            severity=SEVERITIES.get(result.severity, Severity.VIOLATION),
            code=local_name(result.shape),
            what=_words(result, 0),
            remedy=_words(result, 1),
            about=str(result.focus) if isinstance(result.focus, URIRef) else "",
        )
        for result in results
    ]


def local_name(term: Node) -> str:
    return str(term).replace("#", "/").rpartition("/")[2]


def _words(result: Result, sentence: int) -> Words:
    """The first sentence of the messages, or what comes after it."""
    texts = {message.language or "": str(message) for message in result.messages}
    other = next(iter(texts.values()), f"{local_name(result.component)}.")
    nb, en = (_sentence(texts.get(language, other), sentence) for language in ("nb", "en"))
    return Words(nb=nb, en=en)


def _sentence(message: str, sentence: int) -> str:
    first, stop, rest = message.partition(". ")
    return rest if sentence else first + stop.strip()


def report_graph(results: Iterable[Result], report: URIRef) -> set[Triple]:
    """
    The SHACL validation report without blank nodes: each result is named by a hash of what it says.

    Paths that are not one predicate are left out, for SHACL writes them with blank nodes; the shape has them.
    """
    results = list(results)
    triples: set[Triple] = {(report, RDF.type, SH.ValidationReport), (report, SH.conforms, Literal(not results))}
    for result in results:
        name = URIRef(f"{report}/{hashlib.sha256(' '.join(result.sort_key).encode()).hexdigest()[:16]}")
        triples.add((report, SH.result, name))
        triples |= {(name, predicate, term) for predicate, term in statements(result)}
        if result.predicate:
            triples.add((name, SH.resultPath, result.predicate))
    return triples


def statements(result: Result) -> Iterator[tuple[URIRef, Node]]:
    """What a report says of a result (SHACL 3.6.2), but for the path."""
    yield RDF.type, SH.ValidationResult
    yield SH.focusNode, result.focus
    if result.value is not None:
        yield SH.value, result.value
    yield SH.sourceConstraintComponent, result.component
    yield SH.sourceShape, result.shape
    yield SH.resultSeverity, result.severity
    yield from ((SH.resultMessage, message) for message in result.messages)
