"""Every IRI that we mint or name, and the prefixes. Nobody else joins strings to IRIs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

from rdflib import Namespace, URIRef

DEFAULT_BASE = "https://w3id.org/fosen-graph/"


class Terms(Namespace):
    """A namespace that makes each of its terms once, where rdflib's makes a new one at each use and so costs more."""

    def __getattr__(self, name: str) -> URIRef:
        term = self.__dict__[name] = super().__getattr__(name)
        return term


FG = Terms(f"{DEFAULT_BASE}ns#")
ONTOLOGY = URIRef(f"{DEFAULT_BASE}ns")
CODES = f"{DEFAULT_BASE}code/"
SHAPES = Terms(f"{DEFAULT_BASE}shapes#")
EDITING = Terms(f"{DEFAULT_BASE}editing#")  # words of the files that people edit; never published

ADMS = Terms("http://www.w3.org/ns/adms#")
BR = Terms(  # the organisation catalogue's own words for what Enhetsregisteret says
    "https://raw.githubusercontent.com/Informasjonsforvaltning/organization-catalog/main/src/main/resources/ontology/"
    "organization-catalog.owl#"
)
CV = Terms("http://data.europa.eu/m8g/")
OA = Terms("http://www.w3.org/ns/oa#")
ROV = Terms("http://www.w3.org/ns/regorg#")

ORGANISATION_CATALOGUE = "https://organization-catalog.fellesdatakatalog.digdir.no/organizations/"
REGISTER_SITE = "https://data.brreg.no/"
REGISTER_LICENCE = URIRef("https://data.norge.no/nlod/no/")  # as the API's description names it
ORGANISATION_TYPE = f"{str(BR).rpartition('/')[0]}/org-type.ttl#"
ORGANISATION_STATUS = f"{str(BR).rpartition('/')[0]}/org-status.ttl#"
REGISTER_API = "https://data.brreg.no/enhetsregisteret/api/enheter/"
REGISTER_PAGE = "https://data.brreg.no/enhetsregisteret/oppslag/enheter/"  # for people
REGISTER = URIRef(f"{ORGANISATION_CATALOGUE}974760673")  # Brønnøysundregistrene, the register's keeper

EU = "http://publications.europa.eu/resource/authority/"  # http, not https: the IRIs of the EU's tables
LOS = "https://psi.norge.no/los/"
ACTIVITY = "https://data.norge.no/vocabulary/provenance-activity-type#"

GRAPHS = (
    "source", "plan", "evidence", "enrichment", "translations", "links", "candidates", "registry",
    "ontology", "codes", "shapes", "questions", "catalogue", "report",
)  # fmt: skip

NOT_IN_IRI = (
    r"\x00-\x20<>\"{}|\\^`\x7f-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff"
    + "".join(f"\\U{plane:04x}fffe-\\U{plane:04x}ffff" for plane in range(1, 15))
    + r"\U000f0000-\U0010ffff"
)  # for a class of characters: RFC 3987, 2.2, without the private ones

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_FIXED = r"(?!ns\b|code/|shapes\b|editing\b)"  # shared by all regions, wherever their data live
_REBASED = re.compile(re.escape(DEFAULT_BASE) + _FIXED)


def rebase(text: str, base: str) -> str:
    """Text written with the default base, for another one; the vocabularies' own IRIs stay."""
    return text if base == DEFAULT_BASE else _REBASED.sub(lambda _: base, text)


@dataclass(frozen=True, slots=True)
class Iris:
    """The IRIs of the data under one base; slugs are checked where they are read."""

    base: str = DEFAULT_BASE

    def region(self, region: str) -> URIRef:
        return URIRef(f"{self.base}id/{region}")

    def of_region(self, region: str, kind: str, slug: str) -> URIRef:
        """kind: aktoer, ordning, dokument or kandidat."""
        return URIRef(f"{self.base}id/{region}/{kind}/{slug}")

    def plan(self, region: str, plan: str) -> URIRef:
        return URIRef(f"{self.base}id/{region}/{plan}")

    def graph(self, name: str) -> URIRef:
        return URIRef(f"{self.base}graph/{name}")

    def dataset(self, region: str, plan: str) -> URIRef:
        return URIRef(f"{self.base}dataset/{region}/{plan}")

    def question(self, slug: str) -> URIRef:
        return URIRef(f"{self.base}question/{slug}")

    def release(self, release: str) -> URIRef:
        return URIRef(f"{self.base}release/{release}")

    def release_graph(self, release: str, name: str) -> URIRef:
        """A named graph of one release, where several stand side by side until one of them is switched on."""
        return URIRef(f"{self.release(release)}/graph/{name}")

    def prefixes(self, region: str | None = None) -> dict[str, str]:
        """Prefix to namespace, for queries and dumps; `aktoer` belongs to the region that is named."""
        own = {
            "fg": str(FG),
            "rolle": f"{CODES}rolle/",
            "grunnlag": f"{CODES}grunnlag/",
            "sikkerhet": f"{CODES}sikkerhet/",
            "status": f"{CODES}status/",
            "samarbeidsform": f"{CODES}samarbeidsform/",
            "persona": f"{CODES}persona/",
            "graph": f"{self.base}graph/",
        }
        if region:
            own |= {"aktoer": f"{self.base}id/{region}/aktoer/", "plan": f"{self.base}id/{region}/"}
        return own | _FOREIGN_PREFIXES

    def section_prefixes(self, region: str, plan: str | None = None) -> dict[str, str]:
        """The prefixes of one region, and of one plan, for the part of a dump that is about them."""
        own = {kind: f"{self.base}id/{region}/{kind}/" for kind in ("aktoer", "ordning", "dokument", "kandidat")}
        own["plan"] = f"{self.base}id/{region}/"
        if plan:
            kinds = ("strategi", "innsatsomraade", "punkt", "tiltak", "oppfoering", "vedtak")
            own |= {kind: f"{self.plan(region, plan)}/{kind}/" for kind in kinds}
            own["rad"] = f"{self.plan(region, plan)}/kilde/rad/"
        return own


_FOREIGN_PREFIXES = {
    "adms": str(ADMS),
    "br": str(BR),
    "cv": str(CV),
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": str(OA),
    "org": "http://www.w3.org/ns/org#",
    "orgstatus": ORGANISATION_STATUS,
    "orgtype": ORGANISATION_TYPE,
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rov": str(ROV),
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class SourceIris:
    """The IRIs of one plan's source and of its reading; spans are code points in the cell, end exclusive."""

    plan: URIRef
    _made: dict[str, URIRef] = field(default_factory=dict, init=False, repr=False, compare=False)

    def _once(self, iri: str) -> URIRef:
        """Reading asks for the same again and again, and to make one costs more than to find it."""
        return self._made.get(iri) or self._made.setdefault(iri, URIRef(iri))

    @property
    def document(self) -> URIRef:
        return self._once(f"{self.plan}/kilde")

    def row(self, line: int) -> URIRef:
        return self._once(f"{self.plan}/kilde/rad/{line}")

    def cell(self, line: int, column: int | None) -> URIRef:
        """column None: the running text of a line outside the table."""
        return self._once(f"{self.row(line)}/{f'celle/{column}' if column else 'tekst'}")

    def mention(self, cell: URIRef, start: int, end: int) -> URIRef:
        return self._once(f"{cell}/omtale/{start}-{end}")

    def target(self, mention: URIRef) -> URIRef:
        return self._once(f"{mention}/utsnitt")

    def selector(self, mention: URIRef) -> URIRef:
        return self._once(f"{mention}/utsnitt/posisjon")

    def participation(self, cell: URIRef, start: int, end: int) -> URIRef:
        return self._once(f"{cell}/deltakelse/{start}-{end}")


@dataclass(frozen=True, slots=True)
class CatalogueIris:
    """The IRIs of the catalogue; site: where the files and the service answer."""

    base: str
    site: str

    @property
    def catalogue(self) -> URIRef:
        return URIRef(f"{self.base}catalogue")

    @property
    def everything(self) -> URIRef:
        return URIRef(f"{self.base}dataset/all")

    @property
    def endpoint(self) -> URIRef:
        return URIRef(f"{self.site}sparql")

    @property
    def reconciliation(self) -> URIRef:
        return URIRef(f"{self.site}reconcile")

    @property
    def homepage(self) -> URIRef:
        return URIRef(self.site)

    @property
    def void(self) -> URIRef:
        """Of the document that tells what the data hold."""
        return URIRef(f"{self.site}.well-known/void")

    def page(self, dataset: URIRef) -> URIRef:
        """Where people read about a dataset."""
        return URIRef(f"{self.site}doc/{dataset.removeprefix(self.base)}")

    def series(self, region: str) -> URIRef:
        return URIRef(f"{self.base}dataset/{region}")

    def actor(self, path: str) -> URIRef:
        """path: region/aktoer/slug."""
        return URIRef(f"{self.base}id/{path}")

    def file(self, path: str) -> URIRef:
        return URIRef(f"{self.site}{path}")

    def distribution(self, dataset: URIRef, extension: str) -> URIRef:
        return URIRef(f"{dataset}/{extension}")

    def part(self, whole: URIRef, name: str) -> URIRef:
        """A node that lives only with another: its period, its checksum."""
        return URIRef(f"{whole}#{name}")


def partition(graph: URIRef, kind: str, term: URIRef) -> URIRef:
    """A named graph's share of a class or a property (kind); the term stands whole, so that no two share a name."""
    return URIRef(f"{graph}#{kind}={quote(term, safe=':/')}")
