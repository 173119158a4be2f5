"""A region's reviewed files in, its named graphs and the place of every statement out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain

from rdflib import DCTERMS, RDF, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import DataError, Finding, Place, Severity
from fosen_graph.iris import EDITING, Iris, SourceIris
from fosen_graph.reading import derived, references
from fosen_graph.reading.agreement import disagreements
from fosen_graph.reading.context import Scope
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.layout import read_layout
from fosen_graph.reading.plan_words import Reading
from fosen_graph.reading.reader import read_plan_words
from fosen_graph.reading.source import Cell, Source, read_source
from fosen_graph.reading.totals import files_told, region_totals
from fosen_graph.reading.vocabulary import Vocabulary
from fosen_graph.reading.yamlld import Document, Statement, read_document

Triple = tuple[IdentifiedNode, URIRef, Node]

REGION_FILES: Mapping[str, tuple[str, ...]] = {  # file -> the keys of the context that it may begin with
    "aktoerer.yaml": ("kontrolltall", "aktører"),
    "ordninger.yaml": ("ordninger",),
    "opplysninger.yaml": ("om-aktører", "om-ordninger", "om-punkter"),
    "oversettelser.yaml": ("oversettelser",),
    "lenker.yaml": ("lenker",),
    "kandidater.yaml": ("kandidater",),
    "registeropplysninger.yaml": ("registeropplysninger",),
    "steder.yaml": ("steder",),
    "emner.yaml": ("emner", "los-begreper", "eu-temaer"),
}
TOTALS_FILE = "aktoerer.yaml"  # which no region with a plan is without
NAMED_BY_PLANS = ("aktoerer.yaml", "ordninger.yaml")
PLAN_FILES = ("kilde.txt", "kilde.yaml", "plan.yaml")


@dataclass(frozen=True, slots=True)
class Rules:
    """What all reading goes by. language: of texts in files that name none."""

    context: Scope
    vocabulary: Vocabulary
    iris: Iris
    language: str = "nb"


@dataclass(frozen=True, slots=True)
class Places:
    """
    Where each statement was read; a derived one is where the word stands that it follows from.

    owners: where a subject is told of first. minted: where its `id:` is. shared: of the region's files, where these are
    a plan's.
    """

    triples: Mapping[tuple[Node, Node, Node], Place] = field(default_factory=dict)
    values: Mapping[tuple[Node, Node], Place] = field(default_factory=dict)
    owners: Mapping[Node, Place] = field(default_factory=dict)
    minted: Mapping[Node, Place] = field(default_factory=dict)
    file: Place = field(default_factory=lambda: Place("data"))
    shared: Places | None = None

    def of(self, subject: Node, predicate: Node | None = None, value: Node | None = None) -> Place:
        """The nearest known place: of the triple, of the subject and predicate, of the subject, of the file."""
        both = (self, self.shared) if self.shared else (self,)
        found: Iterator[Place | None] = iter(())
        if predicate is not None:
            found = chain(
                (places.triples.get((subject, predicate, value)) for places in both if value is not None),
                (places.values.get((subject, predicate)) for places in both),
            )
        owned = chain((p.minted.get(subject) for p in both), (p.owners.get(subject) for p in both))
        return next((place for place in chain(found, owned) if place), self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """
    What one region's files, or one plan's, say.

    graphs: by the names of iris.GRAPHS; rdflib terms, no blank nodes. findings: of the gates before the shapes.
    minted: the IRIs that the files give an `id:`. shadowed: things that a gate has told of, so that a shape's finding
    about them would only tell the same fault again. named: what the plans name, as files say it; added: all else.
    """

    region: str
    plan: str | None = None
    graphs: Mapping[str, Set[Triple]] = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    findings: tuple[Finding, ...] = ()
    minted: Mapping[URIRef, Place] = field(default_factory=dict)
    shadowed: frozenset[URIRef] = frozenset()
    named: Facts = field(default_factory=Facts)
    added: Facts = field(default_factory=Facts)
    readable: bool = True  # False: a file could not be read, so nothing can be said about what refers to it

    @property
    def name(self) -> str:
        return f"{self.region}/{self.plan}" if self.plan else self.region


def read_region(region: str, folder: str, files: Mapping[str, bytes], plans: Sequence[str], rules: Rules) -> Piece:
    """
    Read the files that all plans of a region share.

    folder: the region's, for messages. files: by the names of REGION_FILES; one that is missing says nothing.
    plans: the names of the region's plans, which translations and added facts may refer into.
    """
    base = f"{rules.iris.region(region)}/"
    documents: dict[str, Document] = {}
    findings: list[Finding] = references.missing_files(folder, [TOTALS_FILE] if plans else [], files)
    for name, keys in REGION_FILES.items():
        if name not in files:
            continue
        scope = Scope(name="", terms={key: rules.context.terms[key] for key in keys})
        try:
            documents[name] = read_document(
                files[name], f"{folder}/{name}", scope, base, rules.language, root=rules.iris.base
            )
        except DataError as error:
            findings += error.report
    named = _facts(document for name, document in documents.items() if name in NAMED_BY_PLANS)
    findings += references.missing_files(folder, files_told(named), files)
    if findings:
        return Piece(region=region, findings=tuple(findings), readable=False, places=Places(file=Place(folder)))
    added = _facts(document for name, document in documents.items() if name not in NAMED_BY_PLANS)
    minted, twice = references.minted(documents.values())
    findings += twice
    findings += references.region_faults(named, documents.values(), minted, base, plans, rules.vocabulary)
    translated = documents["oversettelser.yaml"].statements if "oversettelser.yaml" in documents else ()
    repeated = list(references.names_twice(translated, named, again=True))
    findings += [finding for _, finding in repeated]
    if not findings:
        ours = Facts(documents["opplysninger.yaml"].statements if "opplysninger.yaml" in documents else ())
        findings += region_totals(named, added, ours, f"{folder}/{TOTALS_FILE}")
    assertions = derived.region_graphs({name: doc.statements for name, doc in documents.items()}, named, base)
    return Piece(
        region=region,
        graphs=_closed(assertions, rules.vocabulary),
        places=_places(assertions, documents.values(), Place(folder)),
        findings=tuple(findings),
        minted=minted,
        shadowed=frozenset(
            [
                *(URIRef(actor) for actor, _ in named.listed(EDITING.actor) if not named.values(actor, RDF.type)),
                *(thing for thing, _ in repeated),
            ]
        ),
        named=named,
        added=added,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidPlan:
    """One plan's files laid over their source, before anything is derived. findings, shadowed: as a piece has them."""

    facts: Facts
    documents: Mapping[str, Document]
    source: Source
    reading: Reading
    minted: Mapping[URIRef, Place]
    findings: tuple[Finding, ...]
    shadowed: frozenset[URIRef]


def read_plan(region: Piece, plan: str, folder: str, files: Mapping[str, bytes], rules: Rules) -> Piece:
    """
    Read one plan of a region, lay it over its source, and derive what follows.

    region: read_region's. folder: the plan's, for messages. files: by the names of PLAN_FILES.
    """
    iri, file = rules.iris.plan(region.region, plan), f"{folder}/plan.yaml"
    piece = Piece(region=region.region, plan=plan, places=Places(file=Place(file)))
    try:
        laid = lay_plan(region, plan, folder, files, rules)
    except DataError as error:
        return replace(piece, findings=tuple(error.report), readable=False)
    described = laid.documents["kilde.yaml"].statements
    assertions = derived.plan_graphs(laid.facts, region.named, described, laid.source, laid.reading, iri)
    return replace(
        piece,
        graphs=_closed(assertions, rules.vocabulary),
        places=replace(_places(assertions, laid.documents.values(), Place(file)), shared=region.places),
        findings=laid.findings,
        minted={iri: Place(file, 1, 1), **laid.minted},
        shadowed=region.shadowed | laid.shadowed | frozenset(_unread(laid, region, iri)),
    )


def _unread(laid: LaidPlan, region: Piece, plan: URIRef) -> Iterator[URIRef]:
    """Cells with words that no mention covers, where a gate has told why: that they are not covered only follows."""
    if not any(finding.severity is Severity.VIOLATION for finding in (*laid.findings, *region.findings)):
        return
    covered: Counter[Cell] = Counter()
    for mention in laid.reading.mentions:
        covered[mention.cell] += len(mention.separator) + len(mention.text)
    for cell in laid.source.table_cells():
        if covered[cell] != len(cell.text):
            yield SourceIris(plan).cell(cell.line, cell.column)


def lay_plan(region: Piece, plan: str, folder: str, files: Mapping[str, bytes], rules: Rules) -> LaidPlan:
    """
    Read one plan's files and lay them over their source; read_plan's first half.

    Raises DataError where a file cannot be read; without findings, where the region's could not.
    """
    iri = rules.iris.plan(region.region, plan)
    documents, source = _plan_documents(iri, folder, files, rules)
    if not region.readable:
        raise DataError([])
    text = documents["plan.yaml"]
    facts = Facts(_with_period(text.statements, iri), text.comments)
    minted, _ = references.minted(documents.values())
    known = {**minted, **region.minted}
    reading = read_plan_words(facts, region.named, source)
    findings = [*references.plan_faults(facts, region.added, known, iri, rules.vocabulary), *reading.findings]
    settled = not (findings or reading.shadowed)
    of_plan = (statement for statement in region.added.statements if statement.subject.startswith(f"{iri}"))
    repeated = list(references.names_twice(of_plan, facts, again=False))
    findings += [finding for _, finding in repeated]
    findings += disagreements(facts, region.named, region.added, source, reading, iri, settled)
    return LaidPlan(
        facts=facts,
        documents=documents,
        source=source,
        reading=reading,
        minted=minted,
        findings=tuple(findings),
        shadowed=reading.shadowed.union(thing for thing, _ in repeated),
    )


def _plan_documents(
    iri: URIRef, folder: str, files: Mapping[str, bytes], rules: Rules
) -> tuple[Mapping[str, Document], Source]:
    """kilde.yaml and plan.yaml, and the document as received; plan.yaml is read though the others have faults."""
    if missing := references.missing_files(folder, PLAN_FILES, files):
        raise DataError(missing)
    findings: list[Finding] = []
    documents: dict[str, Document] = {}
    source = None
    about = URIRef(f"{iri}/kilde")
    try:
        documents["kilde.yaml"] = _plan_document("kilde", files, folder, rules, rules.language, about, iri)
        source = read_source(files["kilde.txt"], f"{folder}/kilde.txt", read_layout(documents["kilde.yaml"], about))
    except DataError as error:
        findings += error.report
    language = source.layout.language if source else rules.language
    try:
        documents["plan.yaml"] = _plan_document("plan", files, folder, rules, language, iri, iri)
    except DataError as error:
        findings += error.report
    if findings or source is None:
        raise DataError(findings)
    return documents, source


def _plan_document(
    kind: str, files: Mapping[str, bytes], folder: str, rules: Rules, language: str, about: URIRef, plan: URIRef
) -> Document:
    name = f"{kind}.yaml"
    return read_document(
        files[name], f"{folder}/{name}", rules.context, f"{plan}/", language, (kind, about), rules.iris.base
    )


def _facts(documents: Iterable[Document]) -> Facts:
    documents = tuple(documents)
    comments = {place: comment for document in documents for place, comment in document.comments.items()}
    return Facts((s for document in documents for s in document.statements), comments)


def _with_period(statements: Iterable[Statement], plan: URIRef) -> list[Statement]:
    """The same statements, where the period has an IRI of its own."""
    statements = list(statements)
    period = {s.object: URIRef(f"{plan}/periode") for s in statements if s.predicate == DCTERMS.temporal}
    return [
        Statement(period.get(s.subject, s.subject), s.predicate, period.get(s.object, s.object), s.place)
        for s in statements
    ]


def _closed(assertions: Mapping[str, Sequence[Statement]], vocabulary: Vocabulary) -> Mapping[str, Set[Triple]]:
    """Each graph with the superclasses and superproperties that follow (RDFS rules 7 and 9), as they were told."""
    return {name: dict.fromkeys(_closure(statements, vocabulary)).keys() for name, statements in assertions.items()}


def _closure(statements: Iterable[Statement], vocabulary: Vocabulary) -> Iterator[Triple]:
    for subject, predicate, value, _ in statements:
        yield subject, predicate, value
        if predicate == RDF.type:
            yield from ((subject, RDF.type, above) for above in vocabulary.superclasses.get(value, ()))
        else:
            yield from ((subject, above, value) for above in vocabulary.superproperties.get(predicate, ()))


def _places(assertions: Mapping[str, Sequence[Statement]], documents: Iterable[Document], file: Place) -> Places:
    triples: dict[tuple[Node, Node, Node], Place] = {}
    values: dict[tuple[Node, Node], Place] = {}
    owners: dict[Node, Place] = {}
    documents = list(documents)
    for document in documents:
        owners |= {iri: place for iri, place in document.owners.items() if iri not in owners}
    minted: dict[Node, Place] = {iri: place for document in documents for iri, place in document.minted.items()}
    for name, statements in assertions.items():
        for subject, predicate, value, place in statements:
            triples.setdefault((subject, predicate, value), place)
            if name != "translations":  # a name that is missing is not missing there
                values.setdefault((subject, predicate), place)
            owners.setdefault(subject, place)
    return Places(triples, values, owners, minted, file)
