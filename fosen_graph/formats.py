"""Everything known of a format in one table: its names, who may have it, how RDF is read from it and written in it."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

import pyoxigraph
from rdflib import BNode, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph import syntaxes
from fosen_graph.findings import CannotRun, DataError, Finding, Place, Words, violation

Triple = tuple[IdentifiedNode, URIRef, Node]
Quad = tuple[IdentifiedNode, URIRef, Node, IdentifiedNode | None]


class Kind(Enum):
    """What a format can carry."""

    GRAPH = "graph"  # triples
    DATASET = "dataset"  # triples in named graphs
    RESULTS = "results"  # the table or the boolean that a SPARQL query gives
    PAGE = "page"  # for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """
    One format.

    name: what the command line calls it. extension: without the dot.
    aliases: other media types that clients ask for it with; never sent.
    """

    name: str
    media_type: str
    extension: str
    kind: Kind
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The Content-Type header: text is always UTF-8, and says so."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


TURTLE = Format(
    name="turtle", media_type="text/turtle", extension="ttl", kind=Kind.GRAPH, aliases=("application/x-turtle",)
)
NTRIPLES = Format(
    name="ntriples", media_type="application/n-triples", extension="nt", kind=Kind.GRAPH, aliases=("text/plain",)
)
JSONLD = Format(
    name="jsonld",
    media_type="application/ld+json",
    extension="jsonld",
    kind=Kind.GRAPH,
    aliases=("application/json",),
)
RDFXML = Format(
    name="rdfxml",
    media_type="application/rdf+xml",
    extension="rdf",
    kind=Kind.GRAPH,
    aliases=("application/xml", "text/xml"),
)
NQUADS = Format(name="nquads", media_type="application/n-quads", extension="nq", kind=Kind.DATASET)
TRIG = Format(
    name="trig", media_type="application/trig", extension="trig", kind=Kind.DATASET, aliases=("application/x-trig",)
)
RESULTS_JSON = Format(
    name="json",
    media_type="application/sparql-results+json",
    extension="srj",
    kind=Kind.RESULTS,
    aliases=("application/json",),
)
RESULTS_XML = Format(
    name="xml",
    media_type="application/sparql-results+xml",
    extension="srx",
    kind=Kind.RESULTS,
    aliases=("application/xml", "text/xml"),
)
RESULTS_CSV = Format(name="csv", media_type="text/csv", extension="csv", kind=Kind.RESULTS)
RESULTS_TSV = Format(name="tsv", media_type="text/tab-separated-values", extension="tsv", kind=Kind.RESULTS)
HTML = Format(name="html", media_type="text/html", extension="html", kind=Kind.PAGE, aliases=("application/xhtml+xml",))

GRAPH_FORMATS = (TURTLE, NTRIPLES, JSONLD, RDFXML)
DATASET_FORMATS = (NQUADS, TRIG)
RDF_FORMATS = GRAPH_FORMATS + DATASET_FORMATS
RESULT_FORMATS = (RESULTS_JSON, RESULTS_XML, RESULTS_CSV, RESULTS_TSV)
FORMATS = (*RDF_FORMATS, *RESULT_FORMATS, HTML)

_OTHER_NAMES = {  # that clients write in `format`, SPARQLWrapper for one
    "turtle": ("n3",),
    "ntriples": ("n-triples",),
    "jsonld": ("json-ld", "json"),
    "rdfxml": ("rdf+xml", "xml"),
    "nquads": ("n-quads",),
    "json": ("sparql-results+json",),
    "xml": ("sparql-results+xml",),
}
_BY_EXTENSION = {format_.extension: format_ for format_ in RDF_FORMATS} | {"json": JSONLD, "xml": RDFXML, "owl": RDFXML}
_OXIGRAPH = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    NTRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    JSONLD: pyoxigraph.RdfFormat.JSON_LD,
    RDFXML: pyoxigraph.RdfFormat.RDF_XML,
    NQUADS: pyoxigraph.RdfFormat.N_QUADS,
    TRIG: pyoxigraph.RdfFormat.TRIG,
}


def format_named(name: str, among: Sequence[Format] = FORMATS) -> Format | None:
    """By its name, its extension or its media type, as a person may write it."""
    wanted = name.strip().lower().removeprefix(".")
    named = [f for f in among if wanted in (f.name, f.extension, f.media_type)]
    also_named = [f for f in among if wanted in _OTHER_NAMES.get(f.name, ())]
    return next(iter(named + also_named), None)


def format_of_file(file: str) -> Format:
    """By the file's extension; raises CannotRun for one that no RDF format has."""
    extension = file.rsplit(".", 1)[-1].lower() if "." in file else ""
    if extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    known = ", ".join(f".{f.extension}" for f in RDF_FORMATS)
    raise CannotRun(
        Words(nb=f"Filendelsen «.{extension}» er ikke et RDF-format.", en=f"“.{extension}” is not an RDF format."),
        Words(nb=f"Gi filen en av endelsene {known}.", en=f"Give the file one of the endings {known}."),
        Place(file),
    )


# Content negotiation, RFC 9110 section 12.5.1

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"\s*(?P<type>{_TOKEN})(?:/(?P<subtype>{_TOKEN}))?\s*(?P<parameters>(?:;.*)?)", re.DOTALL)
_PARAMETER = re.compile(rf';\s*(?P<name>{_TOKEN})\s*=\s*(?P<value>{_TOKEN}|"(?:[^"\\]|\\.)*")\s*')
_PART = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.?)*+(?:"|$))++', re.DOTALL)  # a comma within quotes divides nothing
_WEIGHT = re.compile(r"(?:0?\.\d{1,3}|0\.?|1(?:\.0{0,3})?)")


@dataclass(frozen=True, slots=True)
class _MediaRange:
    type: str
    subtype: str
    qualified: bool  # has parameters of its own
    weight: float

    def specificity(self, format_: Format) -> int:
        """0: does not match; 1: anything; 2: the type; 3: an alias; 4: the media type itself."""
        name = f"{self.type}/{self.subtype}"
        if name == format_.media_type:
            return 4
        if name in format_.aliases:
            return 3
        if self.subtype == "*":
            return {"*": 1, format_.media_type.split("/")[0]: 2}.get(self.type, 0)
        return 0


def negotiate(accept: str | None, offered: Sequence[Format]) -> Format | None:
    """
    The format to answer with, or None where the client wants none of those offered.

    accept: the Accept header. offered: the server's order of preference, which settles ties.
    The most specific range that names a format gives its weight; 0 excludes it. No header, an empty one, or one without
    a single well-formed range: the first offered. Parameters other than q do not keep a type from matching, since
    clients add charset, version and profile to what they can read.
    """
    ranges = list(_media_ranges(accept or ""))
    if not ranges:
        return offered[0]
    weights = [(_weight(format_, ranges), format_) for format_ in offered]
    best = max(weight for weight, _ in weights)
    return next(format_ for weight, format_ in weights if weight == best) if best else None


def _weight(format_: Format, ranges: Sequence[_MediaRange]) -> float:
    matches = [
        (range_.specificity(format_), range_.weight) for range_ in ranges if range_.weight or not range_.qualified
    ]
    return max((match for match in matches if match[0]), default=(0, 0.0))[1]


def _media_ranges(accept: str) -> Iterator[_MediaRange]:
    for part in _PART.finditer(accept):
        match = _RANGE.fullmatch(part[0])
        if not match:
            continue
        parameters = {m["name"].lower(): m["value"] for m in _PARAMETER.finditer(match["parameters"])}
        weight = parameters.pop("q", "1")
        subtype = match["subtype"] or ("*" if match["type"] == "*" else "")
        if subtype and _WEIGHT.fullmatch(weight):
            yield _MediaRange(match["type"].lower(), subtype.lower(), bool(parameters), float(weight))


# Reading


def read(data: bytes, format_: Format, file: str, base: str | None = None) -> list[Quad]:
    """
    The triples of a file, each with its graph's name, or None for the default graph.

    file: for messages only. base: what relative IRIs are relative to.
    Blank nodes are named b1, b2 ... in the order in which the file mentions them.
    Raises DataError with the line and column of the first syntax error.
    """
    terms: dict[object, Node] = {}
    blanks: dict[str, str] = {}

    def term(of: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple) -> Node:
        known = terms.get(of)
        if known is None:
            known = terms[of] = _rdflib_term(of, blanks)
        return known

    try:
        return [
            (
                term(quad.subject),  # type: ignore[misc]
                term(quad.predicate),
                term(quad.object),
                None if isinstance(quad.graph_name, pyoxigraph.DefaultGraph) else term(quad.graph_name),
            )
            for quad in pyoxigraph.parse(data, format=_OXIGRAPH[format_], base_iri=base)
        ]
    except (SyntaxError, ValueError) as error:
        raise DataError([_syntax_finding(error, format_, file)]) from error


def _rdflib_term(
    term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple, blanks: dict[str, str]
) -> Node:
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(blanks.setdefault(term.value, f"b{len(blanks) + 1}"))
    if isinstance(term, pyoxigraph.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        datatype = None if term.datatype.value == syntaxes.XSD_STRING else URIRef(term.datatype.value)
        return Literal(term.value, datatype=datatype, normalize=False)
    raise ValueError("a triple as a term (RDF 1.2) is not supported")


def _syntax_finding(error: SyntaxError | ValueError, format_: Format, file: str) -> Finding:
    line, column = getattr(error, "lineno", None) or 0, getattr(error, "offset", None) or 0
    detail = re.sub(
        r"^Parser error at line \d+ (?:column \d+|between columns \d+ and \d+): | \(line \d+\)$", "", str(error)
    )
    return violation(
        Place(file, line, column),
        "syntax",
        Words(
            nb=f"Filen er ikke gyldig {format_.name}: {detail}.", en=f"The file is not valid {format_.name}: {detail}."
        ),
        Words(nb="Rett skrivemåten på dette stedet.", en="Mend the syntax at this place."),
    )


# Writing


def serialise(triples: Iterable[Triple], format_: Format, prefixes: Mapping[str, str]) -> bytes:
    """
    A whole document: the same bytes for the same triples, whatever their order.

    prefixes: those that are used are declared. Quad formats hold the triples in the default graph.
    Raises CannotRun where the format cannot hold a term (RDF/XML: control characters, some predicates).
    """
    return serialise_dataset([(None, triples)], format_, prefixes)


def serialise_dataset(
    graphs: Iterable[tuple[IdentifiedNode | None, Iterable[Triple]]], format_: Format, prefixes: Mapping[str, str]
) -> bytes:
    """As `serialise`, for named graphs; a format for one graph gets all their triples."""
    with collector_paused():
        try:
            arranged = [
                (None if name is None else syntaxes.to_text(name), syntaxes.arrange(syntaxes.to_rows(triples)))
                for name, triples in graphs
            ]
        except syntaxes.CannotWriteError as error:
            raise _cannot_hold(error, format_) from error
        return write(arranged, format_, prefixes)


def serialise_rows(rows: Iterable[syntaxes.Row], format_: Format, prefixes: Mapping[str, str]) -> bytes:
    """As `serialise`, for triples whose terms are already N-Triples text."""
    return write([(None, syntaxes.arrange(rows))], format_, prefixes)


def write(
    graphs: Iterable[tuple[str | None, Sequence[syntaxes.Group]]], format_: Format, prefixes: Mapping[str, str]
) -> bytes:
    """A document of arranged triples; graph names and terms are N-Triples text."""
    try:
        return syntaxes.document(graphs, format_.extension, prefixes).encode()
    except syntaxes.CannotWriteError as error:
        raise _cannot_hold(error, format_) from error


def _cannot_hold(error: syntaxes.CannotWriteError, format_: Format) -> CannotRun:
    return CannotRun(
        Words(nb=f"{format_.name} kan ikke romme {error}.", en=f"{format_.name} cannot hold {error}."),
        Words(
            nb="Rett verdien, eller velg et annet format, for eksempel turtle.",
            en="Mend the value, or choose another format, for example turtle.",
        ),
    )


@contextmanager
def collector_paused() -> Iterator[None]:
    """While many small objects are made that hold no cycles: looking for some takes longer than the work."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
