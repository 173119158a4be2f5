"""A report on files in, the same as a SHACL report in Turtle out, for tools that read those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from rdflib import DCTERMS, RDF, SH, XSD, Literal, URIRef
from rdflib.term import Node

from fosen_graph.findings import Finding, Place, Report, Severity
from fosen_graph.formats import TURTLE, serialise
from fosen_graph.iris import Iris

_SEVERITIES: Mapping[Severity, URIRef] = {
    Severity.VIOLATION: SH.Violation,
    Severity.WARNING: SH.Warning,
    Severity.INFO: SH.Info,
}


def report_turtle(report: Report) -> bytes:
    """A sh:ValidationReport whose focus nodes are places in files (file:…#L24C9); messages in both languages."""
    return serialise(_triples(report), TURTLE, Iris().prefixes())


def _triples(report: Report) -> Iterator[tuple[URIRef, URIRef, Node]]:
    whole = URIRef("urn:fosen-graph:report")
    yield whole, RDF.type, SH.ValidationReport
    yield whole, SH.conforms, Literal(str(report.conforms).lower(), datatype=XSD.boolean)
    for number, finding in enumerate(report, 1):
        result = URIRef(f"{whole}:{number}")
        yield whole, SH.result, result
        yield from ((result, predicate, value) for predicate, value in _about(finding))


def _about(finding: Finding) -> Iterator[tuple[URIRef, Node]]:
    yield RDF.type, SH.ValidationResult
    yield SH.focusNode, _iri(finding.place)
    yield SH.resultSeverity, _SEVERITIES[finding.severity]
    yield DCTERMS.identifier, Literal(finding.code)
    for lang in ("nb", "en"):
        text = f"{finding.what.in_language(lang)} {finding.remedy.in_language(lang)}".strip()
        yield SH.resultMessage, Literal(text, lang=lang)


def _iri(place: Place) -> URIRef:
    at = f"#L{place.line}C{place.column or 1}" if place.line else ""
    return URIRef(f"file:{quote(place.file)}{at}")
