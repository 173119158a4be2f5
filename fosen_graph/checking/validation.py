"""Plain SHACL on any RDF files: data and shapes in, a report for people and the standard report graph out."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyshacl
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from fosen_graph import checking, formats
from fosen_graph.checking import Shapes, Triple
from fosen_graph.checking.shacl import SH, Result, Unsupported
from fosen_graph.checking.shapes import read_path, read_shapes
from fosen_graph.checking.triples import Index, Path
from fosen_graph.findings import CannotRun, Finding, Place, Report, Words
from fosen_graph.iris import Iris

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """results: as SHACL defines them. report: the same for people. turtle: the standard report graph."""

    results: tuple[Result, ...]
    report: Report
    turtle: bytes


def validate_files(data: Files, shapes: Files) -> Validation:
    """
    Validate data against shapes.

    data, shapes: name -> content; the format goes by the name's ending, named graphs are merged.
    Raises DataError for a file that cannot be read, CannotRun for shapes that are not SHACL.
    """
    read = {name: formats.read(content, formats.format_of_file(name), name) for name, content in data.items()}
    triples = checking.read_apart(read)
    shape_triples = checking.read_apart(
        {name: formats.read(content, formats.format_of_file(name), name) for name, content in shapes.items()}
    )
    results = tuple(sorted(_results(triples, shape_triples), key=lambda result: result.sort_key))
    homes: dict[Node, Place] = {quad[0]: Place(name) for name, quads in reversed(read.items()) for quad in quads}
    somewhere = Place(next(iter(data), ""))
    findings = checking.findings(results, _Homes(homes, somewhere))
    told = [_with_focus(finding, result) for finding, result in zip(findings, results, strict=True)]
    return Validation(results=results, report=Report(told), turtle=_turtle(results))


def _results(data: list[Triple], shapes: list[Triple]) -> Iterable[Result]:
    """By our own engine where it knows all that the shapes ask for, else by pySHACL: the results are the same."""
    try:
        compiled = read_shapes(shapes, checking.fault_of_query)
    except Unsupported:
        return read_report(_by_pyshacl(data, shapes))
    return checking.check_with(checking.QueriesByNode, data, Shapes((), compiled))


def _by_pyshacl(data: list[Triple], shapes: list[Triple]) -> Graph:
    logging.getLogger("pyshacl-validate").disabled = True  # what it would print is in the error that we raise
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, report, text = pyshacl.validate(_graph(data), shacl_graph=_graph(shapes), inference="none")
    except Exception as error:  # pySHACL passes on whatever rdflib's parsers and its own helpers raise
        raise _bad_shapes(str(error)) from error
    if not isinstance(report, Graph):
        raise _bad_shapes(text)
    return report


def _bad_shapes(reason: str) -> CannotRun:
    line = " ".join(reason.split())
    return CannotRun(
        Words(nb=f"Reglene er ikke gyldig SHACL: {line}", en=f"The shapes are not valid SHACL: {line}"),
        Words(nb="Rett regelen som er nevnt.", en="Correct the shape that is named."),
    )


def _graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph


def read_report(report: Iterable[Triple]) -> list[Result]:
    """The results of a report graph (SHACL 3.6.2)."""
    index = Index(report)
    top = [index.terms[node] for node in index.instances(SH.ValidationReport)]
    return [_read_result(index, node) for node in top for node in index.objects(node, SH.result)]


def _read_result(index: Index, node: Node) -> Result:
    def one(predicate: URIRef) -> Node | None:
        return next(iter(index.objects(node, predicate)), None)

    path, component, focus = one(SH.resultPath), one(SH.sourceConstraintComponent), one(SH.focusNode)
    assert focus is not None and isinstance(component, URIRef)
    messages = [text for text in index.objects(node, SH.resultMessage) if isinstance(text, Literal)]
    return Result(
        focus=focus,
        path=None if path is None else read_path(index, path),
        value=one(SH.value),
        component=component,
        shape=one(SH.sourceShape) or BNode(),
        severity=one(SH.resultSeverity) or SH.Violation,
        messages=tuple(sorted(messages, key=lambda text: (text.language or "", str(text)))),
    )


@dataclass(frozen=True, slots=True)
class _Homes:
    """The file that first says something about a node."""

    files: Mapping[Node, Place]
    somewhere: Place

    def of(self, subject: Node, predicate: URIRef | None = None, value: Node | None = None, /) -> Place:
        return self.files.get(subject, self.somewhere)


def _with_focus(finding: Finding, result: Result) -> Finding:
    """Triples have no lines, so the finding names the node, the path and the value."""
    about = " ".join([result.focus.n3(), *([str(result.path)] if result.path else [])])
    value = f" ({result.value.n3()})" if result.value is not None and result.value != result.focus else ""
    return Finding(
        place=finding.place,
        severity=finding.severity,
        code=finding.code,
        what=Words(nb=f"{about}{value}: {finding.what.nb}", en=f"{about}{value}: {finding.what.en}"),
        remedy=finding.remedy,
    )


def _turtle(results: Iterable[Result]) -> bytes:
    """The report in Turtle: the same bytes for the same results."""
    return formats.serialise(_report(list(results)), formats.TURTLE, Iris().prefixes())  # type: ignore[arg-type]


def _report(results: list[Result]) -> Iterator[Triple]:
    report = BNode("report")
    yield report, RDF.type, SH.ValidationReport
    yield report, SH.conforms, Literal(not results)
    for number, result in enumerate(results, 1):
        node = BNode(f"result{number}")
        yield report, SH.result, node
        yield from ((node, predicate, term) for predicate, term in checking.statements(result))
        if result.path is not None:
            graph = Graph()
            yield node, SH.resultPath, _path_node(graph, result.path, f"path{number}")
            yield from graph


_REPEATS = {"*": SH.zeroOrMorePath, "+": SH.oneOrMorePath, "?": SH.zeroOrOnePath, "inverse": SH.inversePath}


def _path_node(graph: Graph, path: Path, name: str) -> Node:
    """Write a path with blank nodes that begin with the name, and return its node."""
    if path.step == "predicate":
        return path.iri
    parts = [_path_node(graph, part, f"{name}x{number}") for number, part in enumerate(path.parts, 1)]
    node = BNode(name)
    if path.step in _REPEATS:
        graph.add((node, _REPEATS[path.step], parts[0]))
        return node
    items = [BNode(f"{name}n{number}") for number, _ in enumerate(parts, 1)]
    for item, part, rest in zip(items, parts, [*items[1:], RDF.nil], strict=True):
        graph.add((item, RDF.first, part))
        graph.add((item, RDF.rest, rest))
    if path.step == "sequence":
        return items[0]
    graph.add((node, SH.alternativePath, items[0]))
    return node
