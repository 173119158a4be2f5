"""A dataset or a series of the catalogue in; its page's view out: what, whose, when, where, licence and every file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from fosen_graph.asking import Store
from fosen_graph.asking.published import About
from fosen_graph.findings import Lang
from fosen_graph.iris import EU, LOS
from fosen_graph.web.address import Addresses
from fosen_graph.web.pages.names import Value
from fosen_graph.web.rows import Row, Term, best_label, rows
from fosen_graph.web.wording import wording

_DCT, _DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
_VCARD, _FOAF = "http://www.w3.org/2006/vcard/ns#", "http://xmlns.com/foaf/0.1/"
_RDFS_LABEL, _TYPE = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_CHECKSUM = "http://spdx.org/rdf/terms#checksumValue"
_DERIVED = "http://www.w3.org/ns/prov#wasDerivedFrom"
_NAMES = {  # the EU's file types as people know them, and their media types
    "RDF_TURTLE": ("Turtle", "text/turtle"),
    "RDF_N_TRIPLES": ("N-Triples", "application/n-triples"),
    "JSON_LD": ("JSON-LD", "application/ld+json"),
    "RDF_XML": ("RDF/XML", "application/rdf+xml"),
    "RDF_N_QUADS": ("N-Quads", "application/n-quads"),
    "RDF_TRIG": ("TriG", "application/trig"),
}

Known = dict[str, dict[str, list[Term]]]  # node to property to values


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One file. address: as the catalogue has it; path: on this server."""

    iri: str
    name: str
    media_type: str
    address: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    iri: str
    name: Value
    number: str = ""
    homepage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetView:
    iri: str
    path: str  # under /doc/
    is_series: bool
    title: Value
    text: Value
    provenance: Value | None
    publisher: Agent
    contact: Value
    issued: str
    version: str
    period: tuple[str, str] | None
    licence: Value
    frequency: str
    plan: str  # address of what it was read from
    themes: tuple[Value, ...]
    places: tuple[Value, ...]
    keywords: tuple[str, ...]
    series: tuple[Value, ...]  # that it is in
    members: tuple[Value, ...]  # that are in it
    files: tuple[Distribution, ...]


def read_dataset(store: Store, iri: str, to: Addresses, lang: Lang, about: About) -> DatasetView | None:
    """None where the IRI is something else's: that of a file, of a checksum."""
    known: Known = defaultdict(lambda: defaultdict(list))
    for row in rows(store, "dataset", thing=iri):
        known[row["node"].value][row["property"].value].append(row["value"])
    types = {term.value for term in known[iri][_TYPE]}
    is_series = f"{_DCAT}DatasetSeries" in types
    if not is_series and f"{_DCAT}Dataset" not in types:
        return None
    return _Reading(iri, known, to, lang, about).view(is_series)


class _Reading:
    def __init__(self, iri: str, known: Known, to: Addresses, lang: Lang, about: About) -> None:
        self._iri, self._known, self._to, self._lang, self._about = iri, known, to, lang, about
        self._own = known[iri]
        self._w = wording(lang)

    def view(self, is_series: bool) -> DatasetView:
        period = self._node(f"{_DCT}temporal")
        years = [self._first(period, f"{_DCAT}{name}") for name in ("startDate", "endDate")]
        series = self._links(f"{_DCAT}inSeries")
        others = [node for node in self._known if f"{_DCT}title" in self._known[node] and node != self._iri]
        known = {value.address for value in series} | {file.value for file in self._own[f"{_DCAT}distribution"]}
        provenance = self._text(self._node(f"{_DCT}provenance"), _RDFS_LABEL)
        return DatasetView(
            iri=self._iri,
            path=self._to.path(self._iri) or "",
            is_series=is_series,
            title=self._text(self._iri, f"{_DCT}title"),
            text=self._text(self._iri, f"{_DCT}description"),
            provenance=provenance if provenance.text else None,
            publisher=self._publisher(),
            contact=self._contact(),
            issued=self._first(self._iri, f"{_DCT}issued"),
            version=self._first(self._iri, f"{_DCAT}version"),
            period=(years[0], years[1]) if all(years) else None,
            licence=self._code(self._first(self._iri, f"{_DCT}license")),
            frequency=self._code(self._first(self._iri, f"{_DCT}accrualPeriodicity")).text,
            plan=self._to.page(self._first(self._iri, _DERIVED), self._lang),
            themes=tuple(self._code(term.value) for term in self._own[f"{_DCAT}theme"]),
            places=tuple(self._code(term.value) for term in self._own[f"{_DCT}spatial"]),
            keywords=tuple(t.value for t in self._own[f"{_DCAT}keyword"] if t.language == self._lang),
            series=series,
            members=tuple(self._named(node) for node in others if is_series and node not in known),
            files=self._files(),
        )

    def _node(self, property_: str) -> str:
        return self._first(self._iri, property_)

    def _first(self, node: str, property_: str) -> str:
        return next((term.value for term in self._known[node][property_]), "") if node else ""

    def _text(self, node: str, property_: str) -> Value:
        found = best_label(self._known[node][property_], self._lang) if node else None
        return Value(text=found.value if found else "", language=found.language if found else "", address="")

    def _named(self, node: str) -> Value:
        found = self._text(node, f"{_DCT}title")
        return Value(text=found.text, language=found.language, address=self._to.page(node, self._lang))

    def _links(self, property_: str) -> tuple[Value, ...]:
        return tuple(self._named(term.value) for term in self._own[property_])

    def _publisher(self) -> Agent:
        node = self._node(f"{_DCT}publisher")
        name = self._text(node, f"{_FOAF}name")
        address = self._to.page(node, self._lang)
        return Agent(
            iri=node,
            name=Value(text=name.text, language=name.language, address=address),
            number=self._first(node, f"{_DCT}identifier"),
            homepage=self._first(node, f"{_FOAF}homepage") or self._about.homepage,
        )

    def _contact(self) -> Value:
        node = self._node(f"{_DCAT}contactPoint")
        name = self._text(node, f"{_VCARD}fn")
        address = self._first(node, f"{_VCARD}hasEmail") or self._first(node, f"{_VCARD}hasURL")
        return Value(text=name.text, language=name.language, address=address)

    def _code(self, iri: str) -> Value:
        """A word of a list that others keep: ours for the ones in use, else its own last part."""
        last = iri.rstrip("/").rpartition("/")[2]
        if iri.startswith(EU):
            return Value(text=self._w.or_else(f"code.{last}", last), language="", address=iri)
        if iri.startswith(LOS):
            return Value(text=last.replace("-", " "), language="nb", address=iri)
        return Value(text=self._w("dataset.municipality", number=last), language="", address=iri)

    def _files(self) -> tuple[Distribution, ...]:
        made = [self._file(term.value) for term in self._own[f"{_DCAT}distribution"]]
        order = [name for name, _ in _NAMES.values()]
        return tuple(sorted(made, key=lambda file: order.index(file.name) if file.name in order else len(order)))

    def _file(self, node: str) -> Distribution:
        code = self._first(node, f"{_DCT}format").rpartition("/")[2]
        name, media_type = _NAMES.get(code, (code, "application/octet-stream"))
        address = self._first(node, f"{_DCAT}downloadURL")
        return Distribution(
            iri=node,
            name=name,
            media_type=media_type,
            address=address,
            path="/" + address.removeprefix(self._about.site),
            size=int(self._first(node, f"{_DCAT}byteSize") or 0),
            sha256=self._first(node, _CHECKSUM),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the catalogue."""

    iri: str
    title: Value
    text: Value
    period: tuple[str, str] | None
    address: str  # of a service
    series: str


def read_entries(store: Store, to: Addresses, lang: Lang) -> dict[str, list[Entry]]:
    """By class: Catalog, DatasetSeries, Dataset, DataService; in the order of years."""
    told: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows(store, "catalogue"):
        told[row["kind"].value.rpartition("#")[2], row["thing"].value].append(row)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for (kind, iri), own in told.items():
        title = best_label([row["title"] for row in own], lang)
        text = best_label([row["text"] for row in own if "text" in row], lang)
        first = own[0]
        entries[kind].append(
            Entry(
                iri=iri,
                title=Value(
                    text=title.value if title else iri,
                    language=title.language if title else "",
                    address=to.page(iri, lang),
                ),
                text=Value(text=text.value if text else "", language=text.language if text else "", address=""),
                period=(first["from"].value, first["to"].value) if "from" in first else None,
                address=first["address"].value if "address" in first else "",
                series=first["series"].value if "series" in first else "",
            )
        )
    return entries
