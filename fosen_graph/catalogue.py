"""What was built (settings, plans, files, counts) in; its description by DCAT-AP-NO 3.0 out, as triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from rdflib import DCTERMS, FOAF, ORG, PROV, RDF, RDFS, SKOS, VOID, XSD, Literal, Namespace, URIRef

from fosen_graph.findings import DataError, Finding, Words, violation
from fosen_graph.iris import ACTIVITY, ADMS, EU, LOS, ONTOLOGY, ORGANISATION_CATALOGUE, CatalogueIris, Iris
from fosen_graph.settings import Described, Settings, Texts
from fosen_graph.void import GraphCounts, Triple, describe_graph, describe_holdings, together

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib's own lacks the terms of DCAT 3
DCATAP = Namespace("http://data.europa.eu/r5r/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

SPARQL_PROTOCOL = URIRef("https://www.w3.org/TR/sparql11-protocol/")
RECONCILIATION = URIRef("https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/")
_PROTOCOLS = {
    SPARQL_PROTOCOL: ("SPARQL 1.1 Protocol", "SPARQLQRES CSV RDF_TURTLE JSON_LD RDF_XML RDF_N_TRIPLES"),
    RECONCILIATION: ("Reconciliation Service API 0.2", "JSON"),
}
EVERYTHING = "all"
ABOUT_THE_RELEASE = frozenset({"catalogue", "report"})  # the named graphs that are not in it


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEntry:
    """One plan as the catalogue describes it."""

    region: str  # the folder, "fosen"
    plan: str  # the folder, "2022-2024"
    label: str  # its name in Norwegian, as the plan has it
    first_year: int
    last_year: int
    issued: str | None = None  # YYYY-MM-DD; None: with the first of the data


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """
    One uncompressed file of the release (packed ones differ between machines, so the catalogue leaves them out).

    piece: "all", a plan as "fosen/2022-2024", or a named graph as "graph/plan".
    path: from the site's root, "dumps/all.ttl". sha256: 64 hexadecimal digits.
    """

    piece: str
    path: str
    size: int
    sha256: str

    @property
    def extension(self) -> str:
        return self.path.rpartition(".")[2]


_FILE_TYPES = {  # extension to the EU's file type and the name that people know
    "ttl": ("RDF_TURTLE", "Turtle"),
    "nt": ("RDF_N_TRIPLES", "N-Triples"),
    "nq": ("RDF_N_QUADS", "N-Quads"),
    "trig": ("RDF_TRIG", "TriG"),
    "jsonld": ("JSON_LD", "JSON-LD"),
    "rdf": ("RDF_XML", "RDF/XML"),
    "tsv": ("TSV", "SSSOM/TSV"),
}
_LANGUAGES = {"nb": "NOB", "nn": "NNO", "en": "ENG"}

DECISIONS = Described(
    title={"nb": "Avgjørelser om lenker og emner", "en": "Decisions about links and subjects"},
    description={
        "nb": "Lenker til Enhetsregisteret som er godtatt eller avvist, og emner for innsatsområdene: hvem som "
        "avgjorde, når og hvorfor, som en tabell etter SSSOM.",
        "en": "Links to the register of legal entities that were accepted or refused, and subjects of the focus areas: "
        "who decided, when and why, as a table by SSSOM.",
    },
)


def catalogue(
    settings: Settings,
    plans: Iterable[PlanEntry],
    dumps: Iterable[Dump],
    counts: Iterable[GraphCounts],
    release: str,
) -> frozenset[Triple]:
    """
    Describe a release: the triples of the named graph `catalogue`, without blank nodes.

    plans, dumps, counts: in any order. release: its id, which becomes dcat:version.
    The plans' own graph must be in the same release: a publisher without organisation number is an actor there.
    Raises DataError for a region that the settings do not describe.
    """
    plans, dumps = (
        sorted(plans, key=attrgetter("region", "first_year", "last_year", "plan")),
        sorted(dumps, key=attrgetter("path")),
    )
    if unknown := missing_regions(settings, plans):
        raise DataError(unknown)
    return frozenset(_Writer(settings, release).all(plans, dumps, list(counts)))


def missing_regions(settings: Settings, plans: Iterable[PlanEntry]) -> list[Finding]:
    """One violation for each region that has plans but no section in the settings."""
    return [
        violation(
            settings.place("region"),
            "catalogue-unknown-region",
            Words(nb=f"regionen «{region}» har ingen del her", en=f"the region «{region}» has no section here"),
            Words(
                nb=f"Legg til [region.{region}] med navn, tittel, beskrivelse og steder.",
                en=f"Add [region.{region}] with navn, tittel, beskrivelse and steder.",
            ),
        )
        for region in sorted({plan.region for plan in plans} - set(settings.regions))
    ]


class _Writer:
    """Writes one release's description; every method yields the triples of one kind of thing."""

    def __init__(self, settings: Settings, release: str) -> None:
        self._settings, self._release = settings, release
        self._iris, self._data = CatalogueIris(settings.base, settings.site), Iris(settings.base)
        self._licence = URIRef(f"{EU}licence/{settings.data_licence}")
        self._availability = URIRef(f"{EU}planned-availability/{settings.availability}")

    def all(self, plans: Sequence[PlanEntry], dumps: Sequence[Dump], counts: Sequence[GraphCounts]) -> Iterator[Triple]:
        by_piece: dict[str, list[Dump]] = {}
        for dump in dumps:
            by_piece.setdefault(dump.piece, []).append(dump)
        yield from self._catalogue(plans)
        yield from self._publisher_agent()
        yield from self._contact_point()
        for service in self._services():
            yield from self._service(*service, plans)
        for region in sorted({plan.region for plan in plans}):
            yield from self._series(region, [plan for plan in plans if plan.region == region], by_piece)
        yield from self._everything(plans, by_piece.get(EVERYTHING, []), counts)
        for graph in counts:
            files = [self._iris.file(dump.path) for dump in by_piece.get(f"graph/{graph.graph}", [])]
            yield from describe_graph(self._data.graph(graph.graph), graph, files)

    def _catalogue(self, plans: Sequence[PlanEntry]) -> Iterator[Triple]:
        node, settings = self._iris.catalogue, self._settings
        yield from self._resource(node, DCAT.Catalog, settings.catalogue)
        yield from self._languages(node)
        yield from self._spatial(node, {plan.region for plan in plans})
        yield node, DCTERMS.license, self._licence
        yield node, DCTERMS.issued, _date(settings.issued)
        yield node, DCTERMS.modified, _date(max([settings.issued, *map(self._issued, plans)]))
        yield node, FOAF.homepage, self._iris.homepage
        yield self._iris.homepage, RDF.type, FOAF.Document
        yield node, DCAT.themeTaxonomy, URIRef(f"{EU}data-theme")
        for name, *_ in self._services():
            yield node, DCAT.service, self._iris.part(node, name)
        for dataset in [*map(self._iris.series, {plan.region for plan in plans}), *self._datasets(plans)]:
            yield node, DCAT.dataset, dataset

    def _publisher_agent(self) -> Iterator[Triple]:
        """The actor of the plans' graph has its type and label there; what stands here stands nowhere else."""
        node, publisher = self._publisher, self._settings.publisher
        yield node, RDF.type, FOAF.Agent
        yield from _texts(node, FOAF.name, publisher.name)
        if publisher.organisation_number:
            yield node, DCTERMS.identifier, Literal(publisher.organisation_number)
        if publisher.organisation_number or not publisher.actor:
            yield node, RDF.type, ORG.Organization
            yield node, FOAF.homepage, URIRef(publisher.homepage)
            yield from _texts(node, SKOS.prefLabel, publisher.name)

    def _contact_point(self) -> Iterator[Triple]:
        node, contact = self._contact, self._settings.contact
        yield node, RDF.type, VCARD.Organization
        yield from _texts(node, VCARD.fn, contact.name)
        yield node, VCARD.hasURL, URIRef(contact.page)
        if contact.mail:
            yield node, VCARD.hasEmail, URIRef(f"mailto:{contact.mail}")

    def _services(self) -> Iterator[tuple[str, Described, URIRef, URIRef]]:
        """Name, texts, address and protocol of each."""
        settings, iris = self._settings, self._iris
        yield "sparql", settings.endpoint, iris.endpoint, SPARQL_PROTOCOL
        if settings.reconciliation:
            yield "reconcile", settings.reconciliation, iris.reconciliation, RECONCILIATION

    def _service(
        self, name: str, described: Described, address: URIRef, protocol: URIRef, plans: Sequence[PlanEntry]
    ) -> Iterator[Triple]:
        node, (title, file_types) = self._iris.part(self._iris.catalogue, name), _PROTOCOLS[protocol]
        yield from self._resource(node, DCAT.DataService, described)
        yield from self._themes(node)
        yield node, DCAT.endpointURL, address
        yield node, DCAT.endpointDescription, address  # asked for nothing more, each describes itself
        yield node, DCTERMS.conformsTo, protocol
        yield protocol, RDF.type, DCTERMS.Standard
        yield protocol, DCTERMS.title, Literal(title, lang="en")
        yield node, DCTERMS.license, self._licence
        yield node, DCTERMS.accessRights, URIRef(f"{EU}access-right/PUBLIC")
        yield node, DCATAP.availability, self._availability
        for code in file_types.split():
            yield node, DCTERMS["format"], URIRef(f"{EU}file-type/{code}")
        for dataset in self._datasets(plans):
            yield node, DCAT.servesDataset, dataset

    def _series(self, region: str, plans: Sequence[PlanEntry], dumps: Mapping[str, Sequence[Dump]]) -> Iterator[Triple]:
        node = self._iris.series(region)
        yield from self._resource(node, DCAT.DatasetSeries, self._settings.regions[region].series)
        yield from self._themes(node)
        yield from self._spatial(node, [region])
        yield from self._period(node, plans)
        yield node, DCTERMS.issued, _date(min(self._issued(plan) for plan in plans))
        yield node, DCTERMS.accrualPeriodicity, URIRef(f"{EU}frequency/{self._settings.frequency}")
        earlier = None
        for plan in plans:
            dataset = self._data.dataset(plan.region, plan.plan)
            yield from self._plan(plan, dumps.get(f"{plan.region}/{plan.plan}", []))
            yield dataset, DCAT.inSeries, node
            if earlier:
                yield dataset, DCAT.prev, earlier
            earlier = dataset

    def _plan(self, plan: PlanEntry, dumps: Sequence[Dump]) -> Iterator[Triple]:
        node = self._data.dataset(plan.region, plan.plan)
        described = self._filled(plan)
        provenance = self._iris.part(node, "provenance")
        yield from self._dataset(node, described, [plan.region], [plan])
        yield node, DCTERMS.issued, _date(self._issued(plan))
        yield node, PROV.wasDerivedFrom, self._data.plan(plan.region, plan.plan)
        yield node, PROV.wasGeneratedBy, URIRef(f"{ACTIVITY}administrative-decision")
        yield node, DCTERMS.provenance, provenance
        yield provenance, RDF.type, DCTERMS.ProvenanceStatement
        yield from _texts(provenance, RDFS.label, self._settings.provenance)
        for dump in dumps:
            yield from self._distribution(node, described, dump)

    def _everything(
        self, plans: Sequence[PlanEntry], dumps: Sequence[Dump], counts: Sequence[GraphCounts]
    ) -> Iterator[Triple]:
        node, settings = self._iris.everything, self._settings
        yield from self._dataset(node, settings.everything, sorted({plan.region for plan in plans}), plans)
        yield node, DCTERMS.issued, _date(settings.issued)
        yield node, RDF.type, VOID.Dataset
        yield node, VOID.sparqlEndpoint, self._iris.endpoint
        yield node, VOID.uriSpace, Literal(settings.base)
        yield node, VOID.vocabulary, ONTOLOGY
        held = [graph for graph in counts if graph.graph not in ABOUT_THE_RELEASE]
        yield from describe_holdings(node, together(held))
        for graph in held:
            yield node, VOID.subset, self._data.graph(graph.graph)
        for plan in plans:
            yield node, VOID.exampleResource, self._data.plan(plan.region, plan.plan)
        for dump in dumps:
            if dump.extension == "tsv":  # no RDF, so no dump by VoID
                yield from self._distribution(node, DECISIONS, dump)
                continue
            yield node, VOID.dataDump, self._iris.file(dump.path)
            yield from self._distribution(node, settings.everything, dump)

    def _dataset(
        self, node: URIRef, described: Described, regions: Sequence[str], plans: Sequence[PlanEntry]
    ) -> Iterator[Triple]:
        yield from self._resource(node, DCAT.Dataset, described)
        yield from self._themes(node)
        yield from self._languages(node)
        yield from self._spatial(node, regions)
        yield from self._period(node, plans)
        yield node, DCAT.version, Literal(self._release)
        yield node, DCAT.landingPage, self._iris.page(node)
        yield self._iris.page(node), RDF.type, FOAF.Document
        yield node, DCTERMS.license, self._licence
        yield node, DCTERMS.conformsTo, ONTOLOGY
        yield ONTOLOGY, RDF.type, DCTERMS.Standard
        yield node, DCTERMS.accessRights, URIRef(f"{EU}access-right/PUBLIC")
        yield node, DCTERMS.accrualPeriodicity, URIRef(f"{EU}frequency/{self._settings.frequency}")

    def _distribution(self, dataset: URIRef, described: Described, dump: Dump) -> Iterator[Triple]:
        node, (file_type, name) = self._iris.distribution(dataset, dump.extension), _FILE_TYPES[dump.extension]
        checksum = self._iris.part(node, "checksum")
        yield dataset, DCAT.distribution, node
        yield node, RDF.type, DCAT.Distribution
        yield from _texts(node, DCTERMS.title, {lang: f"{text} ({name})" for lang, text in described.title.items()})
        yield from _texts(node, DCTERMS.description, described.description)
        yield node, DCAT.accessURL, self._iris.file(dump.path)
        yield node, DCAT.downloadURL, self._iris.file(dump.path)
        yield node, DCAT.accessService, self._iris.part(self._iris.catalogue, "sparql")
        yield node, DCTERMS["format"], URIRef(f"{EU}file-type/{file_type}")
        yield node, DCTERMS.license, self._licence
        yield node, ADMS.status, URIRef(f"{EU}distribution-status/{self._settings.status}")
        yield node, DCATAP.availability, self._availability
        yield node, DCAT.byteSize, Literal(str(dump.size), datatype=XSD.nonNegativeInteger)
        yield node, SPDX.checksum, checksum
        yield checksum, RDF.type, SPDX.Checksum
        yield checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256
        yield checksum, SPDX.checksumValue, Literal(dump.sha256, datatype=XSD.hexBinary)

    def _resource(self, node: URIRef, class_: URIRef, described: Described) -> Iterator[Triple]:
        """What DCAT-AP-NO 3.0 asks of catalogue, dataset, series and service alike; the identifier is for 2.x."""
        yield node, RDF.type, class_
        yield from _texts(node, DCTERMS.title, described.title)
        yield from _texts(node, DCTERMS.description, described.description)
        yield node, DCTERMS.identifier, Literal(str(node))
        yield node, DCTERMS.publisher, self._publisher
        yield node, DCAT.contactPoint, self._contact

    def _themes(self, node: URIRef) -> Iterator[Triple]:
        for theme in self._settings.themes:
            yield node, DCAT.theme, URIRef(f"{EU}data-theme/{theme}")
        for theme in self._settings.los:
            yield node, DCAT.theme, URIRef(f"{LOS}{theme}")
        for language, words in self._settings.keywords.items():
            for word in words:
                yield node, DCAT.keyword, Literal(word, lang=language)

    def _languages(self, node: URIRef) -> Iterator[Triple]:
        for language in self._settings.languages:
            yield node, DCTERMS.language, URIRef(f"{EU}language/{_LANGUAGES[language]}")

    def _spatial(self, node: URIRef, regions: Iterable[str]) -> Iterator[Triple]:
        yield node, DCTERMS.spatial, URIRef(f"{EU}country/NOR")
        for region in regions:
            for place in self._settings.regions[region].places:
                yield node, DCTERMS.spatial, URIRef(place)
                yield URIRef(place), RDF.type, DCTERMS.Location

    def _period(self, node: URIRef, plans: Sequence[PlanEntry]) -> Iterator[Triple]:
        """The portal wants days; the plans' own periods are years and stay so."""
        if plans:
            period = self._iris.part(node, "period")
            yield node, DCTERMS.temporal, period
            yield period, RDF.type, DCTERMS.PeriodOfTime
            yield period, DCAT.startDate, _date(f"{min(plan.first_year for plan in plans):04}-01-01")
            yield period, DCAT.endDate, _date(f"{max(plan.last_year for plan in plans):04}-12-31")

    def _filled(self, plan: PlanEntry) -> Described:
        """The settings' texts about plans, with this one's words in them."""
        period, region = f"{plan.first_year}-{plan.last_year}", self._settings.regions[plan.region]

        def fill(texts: Texts) -> Texts:
            return {
                language: text.format(plan=plan.label, periode=period, region=region.name[language])
                for language, text in texts.items()
            }

        return Described(title=fill(self._settings.plan.title), description=fill(self._settings.plan.description))

    def _datasets(self, plans: Iterable[PlanEntry]) -> list[URIRef]:
        return [*(self._data.dataset(plan.region, plan.plan) for plan in plans), self._iris.everything]

    def _issued(self, plan: PlanEntry) -> str:
        return plan.issued or self._settings.issued

    @property
    def _publisher(self) -> URIRef:
        publisher = self._settings.publisher
        if publisher.organisation_number:
            return URIRef(f"{ORGANISATION_CATALOGUE}{publisher.organisation_number}")
        if publisher.actor:
            return self._iris.actor(publisher.actor)
        return self._iris.part(self._iris.catalogue, "publisher")

    @property
    def _contact(self) -> URIRef:
        return self._iris.part(self._iris.catalogue, "contact")


def _texts(node: URIRef, property_: URIRef, texts: Texts) -> Iterator[Triple]:
    return ((node, property_, Literal(text, lang=language)) for language, text in texts.items())


def _date(text: str) -> Literal:
    return Literal(text, datatype=XSD.date)
