"""What no region owns in (ontology, code lists, shapes, questions, report), its named graphs out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import RDF, BNode, Literal
from rdflib.namespace import SH
from rdflib.term import Node

from fosen_graph import formats, syntaxes
from fosen_graph.formats import TURTLE, Triple
from fosen_graph.iris import Iris
from fosen_graph.questions import packaged_questions, questions_graph
from fosen_graph.release.fragments import Counts, Fragment, count, pack
from fosen_graph.release.work import Product, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedGraph:
    """A named graph of one piece. source: the Turtle that people wrote, published as it stands."""

    rows: frozenset[syntaxes.Row]
    fragments: tuple[Fragment, ...]
    counts: Counts
    source: bytes | None = None


def of_the_ground(workshop: Workshop) -> dict[str, FixedGraph]:
    """Ontology, codes and shapes from their files; the questions as the package has them."""
    shapes = [name for name in sorted(workshop.ground) if name.startswith("shapes/")]
    questions = questions_graph(packaged_questions(workshop.settings.base), workshop.iris)
    return {
        "ontology": _of_files("ontology", ["ontology/fosen.ttl"], workshop),
        "codes": _of_files("codes", ["ontology/codes.ttl"], workshop),
        "shapes": _of_files("shapes", shapes, workshop),
        "questions": of_triples("questions", questions, workshop),
    }


def of_the_report(workshop: Workshop, results: bool) -> dict[str, FixedGraph]:
    """What the SHACL results of all pieces share: the report itself. results: whether there are any."""
    report = workshop.iris.graph("report")
    head = [(report, RDF.type, SH.ValidationReport), (report, SH.conforms, Literal(not results))]
    return {"report": of_triples("report", head, workshop)}


def of_report(region: str, rows: frozenset[syntaxes.Row], iris: Iris) -> Product:
    """The SHACL results about a region's own things, which any of its plans may have found."""
    return Product(
        name=region,
        findings=(),
        readable=True,
        fragments=tuple(pack({"report": rows}, iris)),
        counts={"report": count(rows)},
    )


def of_triples(name: str, triples: Iterable[Triple], workshop: Workshop) -> FixedGraph:
    return _of_rows(name, syntaxes.to_rows(triples), workshop)


def _of_files(name: str, files: Iterable[str], workshop: Workshop) -> FixedGraph:
    """Files joined to one; a blank node is named by its graph and its place in the text."""
    source = "\n".join(workshop.rebased(file) for file in files)
    triples = (quad[:3] for quad in formats.read(source.encode(), TURTLE, name))
    rows = syntaxes.to_rows(tuple(_named(term, name) for term in triple) for triple in triples)  # type: ignore[misc]
    return _of_rows(name, rows, workshop, source.encode())


def _named(term: Node, graph: str) -> Node:
    return BNode(f"{graph}-{term}") if isinstance(term, BNode) else term


def _of_rows(name: str, rows: Iterable[syntaxes.Row], workshop: Workshop, source: bytes | None = None) -> FixedGraph:
    rows = frozenset(rows)
    fragments = tuple(pack({name: rows}, workshop.iris))
    return FixedGraph(rows=rows, fragments=fragments, counts=count(rows), source=source)
