"""One region's or one plan's files in; its findings and, where they allow it, what every dump needs of it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain

from rdflib import DCAT, DCTERMS, RDF, SKOS, URIRef

from fosen_graph import checking, formats, syntaxes
from fosen_graph.checking.shacl import SH, Result
from fosen_graph.findings import DataError, Finding, Place, Severity, Words, violation
from fosen_graph.formats import TURTLE, Triple
from fosen_graph.iris import Iris, rebase
from fosen_graph.reading import graph, register
from fosen_graph.reading.context import read_context
from fosen_graph.reading.vocabulary import read_vocabulary
from fosen_graph.release.fragments import Counts, Fragment, Rows, count, pack
from fosen_graph.release.inputs import Files, Ground, InputFile, contents, digest
from fosen_graph.settings import Settings, read_settings


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
    minted: the IRIs that its files give an id. named: those of its region that it points to. strays: triples about what
    another piece could also describe, with their graphs. report: the SHACL results about things of its region; those
    about its own are in its fragments.
    """

    name: str
    findings: tuple[Finding, ...]
    readable: bool
    fragments: tuple[Fragment, ...] = ()
    counts: Mapping[str, Counts] = field(default_factory=dict)
    minted: Mapping[str, Place] = field(default_factory=dict)
    named: Set[str] = frozenset()
    strays: tuple[tuple[str, syntaxes.Row], ...] = ()
    report: tuple[syntaxes.Row, ...] = ()
    title: Title | None = None

    @property
    def conforms(self) -> bool:
        return not any(finding.severity is Severity.VIOLATION for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """
    One piece to be made; plan None: the region's own.

    register: iris.csv, for the region's own piece.
    """

    region: str
    region_files: Files
    plans: tuple[str, ...]
    plan: str | None = None
    plan_files: Files = field(default_factory=dict)
    register: InputFile | None = None

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
    ground: Ground

    def __reduce__(self) -> tuple[type[Workshop], tuple[bytes, Ground]]:
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
            piece = self._with_retired(region, task)
            results = [] if task.plans else self._check(region, region)
            rows = _rows(piece)
            twice = _twice(rows, {}, piece.places.file)
            of_plans = _about(shared, [self.iris.plan(task.region, plan) for plan in task.plans])
            return self._product(piece, region, results, _without(rows, of_plans), twice, dumps)
        piece = graph.read_plan(region, task.plan, f"data/{task.name}", contents(task.plan_files), self.rules)
        rows = _without(_rows(piece), shared)
        twice = _twice(rows, shared, piece.places.file)
        told_by_region = _about(shared, [self.iris.plan(task.region, task.plan)])
        return self._product(piece, region, self._check(piece, region), _with(rows, told_by_region), twice, dumps)

    def _with_retired(self, region: graph.Piece, task: Task) -> graph.Piece:
        """Merged and withdrawn IRIs stay known. What is wrong with iris.csv is told where the whole region is seen."""
        try:
            text = task.register.read() if task.register else b""
            entries = register.read_register(text, task.name, self.iris.base)
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
        self,
        piece: graph.Piece,
        region: graph.Piece,
        results: list[Result],
        rows: Rows,
        twice: Iterable[Finding],
        dumps: bool,
    ) -> Product:
        product = Product(
            name=piece.name,
            findings=(*piece.findings, *_shape_findings(results, piece, region), *twice),
            readable=piece.readable and region.readable,
            minted={str(iri): place for iri, place in piece.minted.items()},
            named=_named(piece, region),
            strays=tuple(_strays(rows, piece, self.iris)),
            title=_title(piece, self.iris),
        )
        if not dumps or not product.conforms:
            return product
        own, others = self._reports(results, piece)
        if own:
            rows = {**rows, "report": own}
        return replace(
            product,
            fragments=tuple(pack(rows, self.iris, self.iris.section_prefixes(piece.region, piece.plan))),
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


# Shapes that speak of the ontology, of the shapes themselves, of the catalogue or of the questions, not of the data
_OTHER_SHAPES = frozenset({"shapes/ontology.ttl", "shapes/catalogue.ttl", "shapes/questions.ttl"})


@lru_cache(maxsize=4)
def _region(
    workshop: Workshop, region: str, plans: tuple[str, ...], files: tuple[tuple[str, InputFile], ...]
) -> tuple[graph.Piece, Rows]:
    """A region as its plans see it, and its triples as text: read once for all of them."""
    piece = graph.read_region(region, f"data/{region}", contents(dict(files)), plans, workshop.rules)
    return piece, _rows(piece)


def _rows(piece: graph.Piece) -> Rows:
    return {name: dict.fromkeys(syntaxes.to_rows(of)).keys() for name, of in piece.graphs.items() if of}


def _without(rows: Rows, others: Rows) -> Rows:
    """In the order in which they were told, which a difference of sets would lose; no graph is empty."""
    left = (
        (name, dict.fromkeys(row for row in of if row not in others[name]).keys() if name in others else of)
        for name, of in rows.items()
    )
    return {name: of for name, of in left if of}


def _with(rows: Rows, others: Rows) -> Rows:
    return {
        name: dict.fromkeys([*rows.get(name, ()), *others.get(name, ())]).keys()
        for name in dict.fromkeys([*rows, *others])
    }


def _about(rows: Rows, plans: Iterable[URIRef]) -> Rows:
    """What a region tells of plans and their parts (translations, added facts): it stands in the plans' pieces."""
    starts = tuple(start for plan in plans for start in (f"<{plan}>", f"<{plan}/"))
    found = {name: dict.fromkeys(row for row in of if row[0].startswith(starts)).keys() for name, of in rows.items()}
    return {name: of for name, of in found.items() if of}


def _shape_findings(results: Sequence[Result], piece: graph.Piece, region: graph.Piece) -> Iterable[Finding]:
    """Those that do not only tell again what an earlier gate has told of the same place or thing."""
    told = {(f.place.file, f.place.line) for f in (*piece.findings, *region.findings)}
    heard = [result for result in results if not piece.shadowed.intersection((result.focus, result.value))]
    mended: set[tuple[Place, Words]] = set()  # one mend, one finding
    for finding in checking.findings(heard, piece.places):
        if (finding.place.file, finding.place.line) not in told and (finding.place, finding.remedy) not in mended:
            mended.add((finding.place, finding.remedy))
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
    """A piece owns the subjects under its own IRI: no other piece speaks of them."""
    starts = _starts(piece, iris)
    for name, rows_ in rows.items():
        for row in sorted(rows_):
            if not row[0].startswith(starts):
                yield name, row


def _starts(piece: graph.Piece, iris: Iris) -> tuple[str, str]:
    """How the N-Triples text of a piece's own things begins."""
    own = iris.plan(piece.region, piece.plan) if piece.plan else iris.region(piece.region)
    return f"<{own}>", f"<{own}/"


def _named(piece: graph.Piece, region: graph.Piece) -> Set[str]:
    """The things of a region that a plan's words, or what is known of those, point to."""
    of_words = chain.from_iterable(piece.graphs.get(name, ()) for name in ("plan", "evidence", "enrichment"))
    return {str(iri) for iri in region.minted.keys() & {value for subject, _, value in of_words if value != subject}}


def _title(piece: graph.Piece, iris: Iris) -> Title | None:
    if piece.plan is None:
        return None
    about = iris.plan(piece.region, piece.plan)
    values = {(s, p, getattr(o, "language", None)): str(o) for triples in piece.graphs.values() for s, p, o in triples}
    period = next((URIRef(o) for (s, p, _), o in values.items() if s == about and p == DCTERMS.temporal), about)
    labels = [values[about, SKOS.prefLabel, tag] for tag in ("nb", "nn") if (about, SKOS.prefLabel, tag) in values]
    years = [int(values.get((period, DCAT[end], None), "0")[:4]) for end in ("startDate", "endDate")]
    return Title(label=labels[0] if labels else piece.name, first_year=years[0], last_year=years[1])
