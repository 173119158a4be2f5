"""One region's or one plan's files in; its findings and, where they allow it, what every dump needs of it out."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from rdflib import DCAT, DCTERMS, RDF, SKOS, URIRef

from fosen_graph import checking, formats, syntaxes
from fosen_graph.checking.shacl import SH, Result
from fosen_graph.findings import DataError, Finding, Place, Severity, Words, violation
from fosen_graph.formats import TURTLE, Triple
from fosen_graph.iris import Iris, rebase
from fosen_graph.reading import graph, register
from fosen_graph.reading.context import read_context
from fosen_graph.reading.vocabulary import read_vocabulary
from fosen_graph.release.inputs import Files, digest
from fosen_graph.settings import Settings, read_settings

PACKED = ("nt", "nq", "ttl", "jsonld", "rdf")  # TriG shares Turtle's bodies
_COMPRESSION = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """
    One named graph of one piece, written in one syntax and packed.

    prefixes: those it needs from the head of the document. section: prefixes of its own region and plan, declared where
    it begins. packed: raw deflate (RFC 1951), open-ended, so that fragments can be joined. size, crc: of it unpacked.
    """

    graph: str
    syntax: str
    prefixes: tuple[str, ...]
    section: str
    packed: bytes
    size: int
    crc: int
    triples: int

    def unpack(self) -> bytes:
        return zlib.decompressobj(-15).decompress(self.packed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one piece adds to a named graph; terms are N-Triples text."""

    triples: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What the catalogue says of a plan."""

    label: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """
    What a piece adds to a release.

    readable: False where a file could not be read, so that little is known of what it says.
    minted: the IRIs that its files give an id. strays: triples about what another piece could also describe, with
    their graphs. report: the SHACL results about things of its region; those about its own are in its fragments.
    """

    name: str
    findings: tuple[Finding, ...]
    readable: bool
    fragments: tuple[Fragment, ...] = ()
    counts: Mapping[str, Counts] = field(default_factory=dict)
    minted: Mapping[str, Place] = field(default_factory=dict)
    strays: tuple[tuple[str, syntaxes.Row], ...] = ()
    report: tuple[syntaxes.Row, ...] = ()
    title: Title | None = None

    @property
    def conforms(self) -> bool:
        return not any(finding.severity is Severity.VIOLATION for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """
    One piece to be made; plan None: the region's own. Files as in the inputs, by path.

    register: iris.csv, for the region's own piece.
    """

    region: str
    region_files: Files
    plans: tuple[str, ...]
    plan: str | None = None
    plan_files: Files = field(default_factory=dict)
    register: bytes | None = None

    @property
    def name(self) -> str:
        return f"{self.region}/{self.plan}" if self.plan else self.region


@dataclass(frozen=True, eq=False)
class Workshop:
    """
    What all pieces are made with: settings, ontology, code lists and shapes, read once a process.

    It travels between processes as the text it is made of.
    """

    site: bytes
    ground: Files

    def __reduce__(self) -> tuple[type[Workshop], tuple[bytes, Files]]:
        return Workshop, (self.site, dict(self.ground))

    @cached_property
    def settings(self) -> Settings:
        return read_settings(self.site.decode("utf-8-sig"), "data/site.toml")

    @cached_property
    def iris(self) -> Iris:
        return Iris(self.settings.base)

    @cached_property
    def rules(self) -> graph.Rules:
        context = read_context(self.ground["ontology/editing.context.jsonld"].decode())
        vocabulary = read_vocabulary(self.ground["ontology/fosen.ttl"], self.ground["ontology/codes.ttl"])
        return graph.Rules(context, vocabulary, self.iris)

    @cached_property
    def shapes(self) -> checking.Shapes:
        texts = {name: self.rebased(name) for name in self.ground if name.startswith("shapes/")}
        return checking.load_shapes({name: text for name, text in texts.items() if name not in _OTHER_SHAPES})

    @cached_property
    def catalogue_shapes(self) -> checking.Shapes:
        return checking.load_shapes({"shapes/catalogue.ttl": self.rebased("shapes/catalogue.ttl")})

    @cached_property
    def codes(self) -> tuple[Triple, ...]:
        return tuple(quad[:3] for quad in formats.read(self.ground["ontology/codes.ttl"], TURTLE, "ontology/codes.ttl"))

    @cached_property
    def key(self) -> str:
        return digest(self.site, self.ground)

    def rebased(self, name: str) -> str:
        return rebase(self.ground[name].decode(), self.settings.base)

    def make(self, task: Task, dumps: bool = True) -> Product:
        """Read, derive, check and, where it conforms, write a piece. dumps False: only its findings."""
        with formats.collector_paused():
            try:
                return self._make(task, dumps)
            except syntaxes.CannotWriteError as error:
                finding = _not_publishable(error, Place(f"data/{task.name}"))
                return Product(name=task.name, findings=(finding,), readable=False)

    def _make(self, task: Task, dumps: bool) -> Product:
        region, shared = _region(self, task.region, task.plans, tuple(sorted(task.region_files.items())))
        if task.plan is None:
            results = [] if task.plans else self._check(region, region)
            return self._product(self._with_retired(region, task), region, results, {}, dumps)
        folder = f"data/{task.region}/{task.plan}"
        plan = graph.read_plan(region, task.plan, folder, _by_name(task.plan_files), self.rules)
        return self._product(plan, region, self._check(plan, region), shared, dumps)

    def _with_retired(self, region: graph.Piece, task: Task) -> graph.Piece:
        """Merged and withdrawn IRIs stay known. What is wrong with iris.csv is told where the whole region is seen."""
        try:
            entries = register.read_register(task.register or b"", task.name, self.iris.base)
        except DataError:
            return region
        enrichment = region.graphs.get("enrichment", frozenset()) | frozenset(register.retired(entries))
        return replace(region, graphs={**region.graphs, "enrichment": enrichment})

    def _check(self, piece: graph.Piece, region: graph.Piece) -> list[Result]:
        """Against the shapes: the piece, its region and the code lists, taken as all there is."""
        if not (piece.readable and region.readable):
            return []
        triples = {triple for part in (piece, region) for triples in part.graphs.values() for triple in triples}
        return checking.check([*triples, *self.codes], self.shapes)

    def _product(
        self, piece: graph.Piece, region: graph.Piece, results: list[Result], shared: Rows, dumps: bool
    ) -> Product:
        rows = {name: of - shared.get(name, frozenset()) for name, of in _rows(piece).items()}
        findings = [
            *piece.findings,
            *_shape_findings(results, piece, region),
            *_twice(rows, shared, piece.places.file),
        ]
        product = Product(
            name=piece.name,
            findings=tuple(findings),
            readable=piece.readable and region.readable,
            minted={str(iri): place for iri, place in piece.minted.items()},
            strays=tuple(_strays(rows, piece, self.iris)),
            title=_title(piece, self.iris),
        )
        if not dumps or not product.conforms:
            return product
        own, others = self._reports(results, piece)
        rows |= {"report": own} if own else {}
        return replace(
            product,
            fragments=tuple(pack({name: syntaxes.arrange(rows[name]) for name in rows}, self.iris, piece)),
            counts={name: count(of) for name, of in rows.items()},
            report=tuple(sorted(others)),
        )

    def _reports(self, results: Iterable[Result], piece: graph.Piece) -> list[frozenset[syntaxes.Row]]:
        """The report's rows about the piece's own things, and those that the region's other plans may find as well."""
        report = self.iris.graph("report")
        parts: tuple[list[Result], list[Result]] = ([], [])
        for result in results:
            parts[not f"<{result.focus}>".startswith(_starts(piece, self.iris))].append(result)
        triples = (checking.report_graph(part, report) for part in parts)
        head = (RDF.type, SH.conforms)  # said once, for all pieces
        return [
            frozenset(syntaxes.to_rows(t for t in of_part if t[0] != report or t[1] not in head)) for of_part in triples
        ]


# Shapes that speak of the ontology, of the shapes themselves or of the catalogue, not of the data
_OTHER_SHAPES = frozenset({"shapes/ontology.ttl", "shapes/catalogue.ttl"})

Rows = Mapping[str, Set[syntaxes.Row]]


@lru_cache(maxsize=4)
def _region(
    workshop: Workshop, region: str, plans: tuple[str, ...], files: tuple[tuple[str, bytes], ...]
) -> tuple[graph.Piece, Rows]:
    """A region as its plans see it, and its triples as text: read once for all of them."""
    piece = graph.read_region(region, f"data/{region}", _by_name(dict(files)), plans, workshop.rules)
    return piece, _rows(piece)


def _rows(piece: graph.Piece) -> Rows:
    return {name: dict.fromkeys(syntaxes.to_rows(of)).keys() for name, of in piece.graphs.items() if of}


def _by_name(files: Files) -> Files:
    return {path.rpartition("/")[2]: data for path, data in files.items()}


def _shape_findings(results: Sequence[Result], piece: graph.Piece, region: graph.Piece) -> Iterable[Finding]:
    """Those that do not only tell again what an earlier gate has told of the same place or thing."""
    told = {(f.place.file, f.place.line) for f in (*piece.findings, *region.findings)}
    heard = [result for result in results if not piece.shadowed.intersection((result.focus, result.value))]
    for finding in checking.findings(heard, piece.places):
        if (finding.place.file, finding.place.line) not in told:
            yield finding


def _twice(own: Rows, shared: Rows, place: Place) -> Iterable[Finding]:
    """Triples that stand in two named graphs of a piece and its region."""
    for one, rows in own.items():
        for other, other_rows in (*own.items(), *shared.items()):
            if one != other and (one < other or other_rows is not own.get(other)):
                yield from (in_two_graphs(row, one, other, place) for row in sorted(rows & other_rows))


def _not_publishable(error: syntaxes.CannotWriteError, place: Place) -> Finding:
    return violation(
        place,
        "not-publishable",
        Words(nb=f"Et av formatene kan ikke romme {error}.", en=f"One of the formats cannot hold {error}."),
        Words(nb="Ta bort tegnet som ikke kan vises.", en="Take away the character that cannot be shown."),
    )


def in_two_graphs(row: syntaxes.Row, one: str, other: str, place: Place) -> Finding:
    triple = " ".join(row)
    return violation(
        place,
        "in-two-graphs",
        Words(nb=f"Utsagnet står i to grafer, {one} og {other}: {triple}",
              en=f"The statement stands in two graphs, {one} and {other}: {triple}"),
        Words(nb="Si det bare ett sted; står det bare ett sted i filene, er det en feil i programmet.",
              en="Say it in one place only; if the files do, the fault is the program's."),
    )  # fmt: skip


def _strays(rows: Rows, piece: graph.Piece, iris: Iris) -> Iterable[tuple[str, syntaxes.Row]]:
    """A piece owns the subjects under its own IRI: no other piece speaks of them, but a region's of its plans'."""
    starts = _starts(piece, iris)
    for name, rows_ in rows.items():
        for row in sorted(rows_):
            if not row[0].startswith(starts):
                yield name, row


def _starts(piece: graph.Piece, iris: Iris) -> tuple[str, str]:
    """How the N-Triples text of a piece's own things begins."""
    own = iris.plan(piece.region, piece.plan) if piece.plan else iris.region(piece.region)
    return f"<{own}>", f"<{own}/"


def _title(piece: graph.Piece, iris: Iris) -> Title | None:
    if piece.plan is None:
        return None
    about = iris.plan(piece.region, piece.plan)
    values = {(s, p, getattr(o, "language", None)): str(o) for triples in piece.graphs.values() for s, p, o in triples}
    period = next((URIRef(o) for (s, p, _), o in values.items() if s == about and p == DCTERMS.temporal), about)
    labels = [values[about, SKOS.prefLabel, tag] for tag in ("nb", "nn") if (about, SKOS.prefLabel, tag) in values]
    years = [int(values.get((period, DCAT[end], None), "0")[:4]) for end in ("startDate", "endDate")]
    return Title(label=labels[0] if labels else piece.name, first_year=years[0], last_year=years[1])


def count(rows: Iterable[syntaxes.Row]) -> Counts:
    """rows: each once."""
    properties: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    for _, predicate, value in rows:
        properties[predicate] += 1
        if predicate == syntaxes.RDF_TYPE:
            classes[value] += 1
    return Counts(triples=properties.total(), classes=dict(classes), properties=dict(properties))


def pack(
    graphs: Mapping[str, Sequence[syntaxes.Group]], iris: Iris, piece: graph.Piece | None = None
) -> Iterable[Fragment]:
    """Arranged graphs in every syntax."""
    shared = iris.prefixes()
    local = iris.section_prefixes(piece.region, piece.plan) if piece else {}
    for name, groups in graphs.items():
        for syntax in PACKED:
            names = syntaxes.Names({**shared, **local})
            body = syntaxes.SYNTAXES[syntax].body(groups, names, f"<{iris.graph(name)}>").encode()
            section = syntaxes.turtle_head({p: local[p] for p in names.used & local.keys()}) if syntax == "ttl" else ""
            yield Fragment(
                graph=name,
                syntax=syntax,
                prefixes=tuple(sorted(names.used & shared.keys())),
                section=f"\n{section}" if section else "",
                packed=deflate(body),
                size=len(body),
                crc=zlib.crc32(body),
                triples=syntaxes.count(groups),
            )


def deflate(data: bytes) -> bytes:
    """Packed so that more may follow: no last block, and the end on a byte's border (RFC 1951)."""
    packer = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
