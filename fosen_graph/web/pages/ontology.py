"""The ontology's graph, the shapes and the counts of a release in; what its page tells of each term out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import FG, ONTOLOGY, CatalogueIris, Iris
from fosen_graph.web.address import in_language
from fosen_graph.web.order import alphabetical
from fosen_graph.web.pages.diagram import Arrow, diagram
from fosen_graph.web.pages.names import Value
from fosen_graph.web.pages.shipped import ontology_file, ontology_files
from fosen_graph.web.rows import Row, Term, best_label, rows
from fosen_graph.web.wording import wording

_RDFS, _OWL = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2002/07/owl#"
_SKOS, _DCT = "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_STATUS = "http://www.w3.org/2003/06/sw-vocab-status/ns#term_status"
_KINDS = ("Class", "ObjectProperty", "DatatypeProperty")
_NOTED = re.compile(r"^(fg:\S+)\t(\S+)\t(\S+)\t\S+\t([^\t\n]*)\t(.*)$", re.MULTILINE)
Known = Mapping[str, Mapping[str, list[Term]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cardinality:
    """How many values a shape asks for. on: the class, or the property, that it is about; rule: the shape's address."""

    on: Value
    range: Value | None
    many: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    predicate: str
    term: Value
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermView:
    anchor: str
    kind: str  # Class, ObjectProperty, DatatypeProperty
    label: Value
    definition: Value
    notes: tuple[Value, ...]
    examples: tuple[Value, ...]
    wider: tuple[Value, ...]
    narrower: tuple[Value, ...]
    domain: tuple[Value, ...]
    range: tuple[Value, ...]
    functional: bool
    cardinalities: tuple[Cardinality, ...]
    incoming: tuple[Value, ...]  # properties that have the class as their range
    uses: int
    query: str  # address of a question that shows them
    matches: tuple[Match, ...]
    status: str
    turtle: str  # an example of a class as data


@dataclass(frozen=True, slots=True, kw_only=True)
class OntologyView:
    iri: str
    title: Value
    text: Value
    citation: str
    version: str
    version_address: str
    modified: str
    licence: str
    drawing: Markup
    sentences: tuple[tuple[Value, Value, Value], ...]  # the drawing in words
    classes: tuple[TermView, ...]
    properties: tuple[TermView, ...]
    vocabularies: tuple[tuple[str, str, int], ...]  # aligned with: name, address, number of matches
    changes: tuple[tuple[str, str], ...]  # version, what changed


def read_ontology(store: Store, base: str, site: str, prefixes: Mapping[str, str], lang: Lang) -> OntologyView:
    told = rows(store, "vocabulary", graph=str(Iris(base).graph("ontology")))
    many = rows(store, "cardinality")
    uses = rows(store, "usage", dataset=str(CatalogueIris(base, site).everything))
    return _Reading(told, many, uses, prefixes, lang).view()


class _Reading:
    def __init__(
        self, told: list[Row], many: list[Row], uses: list[Row], prefixes: Mapping[str, str], lang: Lang
    ) -> None:
        known: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for row in told:
            known[row["term"].value][row["property"].value].append(row["value"])
        self._known: Known = known
        self._many, self._prefixes, self._lang = many, prefixes, lang
        self._uses = {row["term"].value: int(row["uses"].value) for row in uses}
        self._w = wording(lang)
        kinds = {f"{_OWL}{kind}": kind for kind in _KINDS}
        self._kinds = {
            term: next(kinds[t.value] for t in own[_TYPE] if t.value in kinds)
            for term, own in known.items()
            if term.startswith(str(FG)) and any(t.value in kinds for t in own[_TYPE])
        }
        self._matches = _read_matches(lang)
        self._examples = {name.partition(".")[0]: name for name in ontology_files("examples")}

    def view(self) -> OntologyView:
        own = self._known[str(ONTOLOGY)]
        terms = sorted(map(self._term, self._kinds), key=lambda term: alphabetical(term.label.text))
        arrows = self._arrows()
        version = self._first(str(ONTOLOGY), f"{_OWL}versionInfo")
        return OntologyView(
            iri=str(ONTOLOGY),
            title=self._text(str(ONTOLOGY), f"{_DCT}title"),
            text=self._text(str(ONTOLOGY), f"{_DCT}description"),
            citation=self._text(str(ONTOLOGY), f"{_DCT}bibliographicCitation").text,
            version=version,
            version_address=in_language(f"/ns/{version}", self._lang),
            modified=self._first(str(ONTOLOGY), f"{_DCT}modified"),
            licence=own[f"{_DCT}license"][0].value if own[f"{_DCT}license"] else "",
            drawing=self._drawing(arrows),
            sentences=tuple((self._ref(s), self._ref(p), self._ref(e)) for s, p, e in arrows),
            classes=tuple(term for term in terms if term.kind == "Class"),
            properties=tuple(term for term in terms if term.kind != "Class"),
            vocabularies=tuple(
                (name.partition(".")[0], f"/ns/alignments/{name.partition('.')[0]}", len(_NOTED.findall(text)))
                for name, text in ontology_files("alignments").items()
            ),
            changes=_changes(),
        )

    def _arrows(self) -> list[tuple[str, str, str]]:
        """Of object properties between classes of ours."""
        return [
            (domain.value, term, range_.value)
            for term, kind in self._kinds.items()
            if kind == "ObjectProperty"
            for domain in self._known[term][f"{_RDFS}domain"]
            for range_ in self._known[term][f"{_RDFS}range"]
            if domain.value in self._kinds and range_.value in self._kinds
        ]

    def _drawing(self, arrows: Iterable[tuple[str, str, str]]) -> Markup:
        classes = {term: self._ref(term).text for term, kind in self._kinds.items() if kind == "Class"}
        wider = {
            term: next(value.value for value in self._known[term][f"{_RDFS}subClassOf"] if value.value in classes)
            for term in classes
            if any(value.value in classes for value in self._known[term][f"{_RDFS}subClassOf"])
        }
        drawn = [Arrow(start=start, end=end, name=self._ref(name).text) for start, name, end in arrows]
        return diagram(classes, wider, drawn, self._w("ontology.drawing"))

    def _term(self, iri: str) -> TermView:
        known, kind, anchor = self._known[iri], self._kinds[iri], iri.removeprefix(str(FG))
        wider = f"{_RDFS}{'subClassOf' if kind == 'Class' else 'subPropertyOf'}"
        about = self._many_of(iri, kind)
        example = self._examples.get(anchor)
        return TermView(
            anchor=anchor,
            kind=kind,
            label=self._text(iri, f"{_RDFS}label"),
            definition=self._text(iri, f"{_SKOS}definition"),
            notes=self._texts(iri, f"{_SKOS}scopeNote"),
            examples=self._texts(iri, f"{_SKOS}example"),
            wider=tuple(self._ref(term.value) for term in known[wider]),
            narrower=tuple(
                self._ref(other) for other in self._kinds if iri in [t.value for t in self._known[other][wider]]
            ),
            domain=tuple(self._ref(term.value) for term in known[f"{_RDFS}domain"]),
            range=tuple(self._ref(term.value) for term in known[f"{_RDFS}range"]),
            functional=any(term.value == f"{_OWL}FunctionalProperty" for term in known[_TYPE]),
            cardinalities=about,
            incoming=tuple(
                self._ref(other)
                for other in self._kinds
                if iri in [t.value for t in self._known[other][f"{_RDFS}range"]]
            ),
            uses=self._uses.get(iri, 0),
            query=self._query(anchor, kind),
            matches=tuple(
                Match(predicate=predicate, term=self._short(term), why=why)
                for predicate, term, why in self._matches.get(f"fg:{anchor}", ())
            ),
            status=self._first(iri, _STATUS),
            turtle=ontology_file(f"examples/{example}").decode() if example and kind == "Class" else "",
        )

    def _many_of(self, iri: str, kind: str) -> tuple[Cardinality, ...]:
        """Of a class, property by property; of a property, class by class."""
        key, other = ("class", "path") if kind == "Class" else ("path", "class")
        told: dict[str, list[Row]] = defaultdict(list)
        for row in self._many:
            if row[key].value == iri:
                told[row[other].value].append(row)
        found = []
        for name, own in told.items():
            least = max((int(row["least"].value) for row in own if "least" in row), default=0)
            most = min((int(row["most"].value) for row in own if "most" in row), default=None)
            ranges = self._known[name][f"{_RDFS}range"] if kind == "Class" and name in self._known else []
            found.append(
                Cardinality(
                    on=self._ref(name),
                    range=self._ref(ranges[0].value) if ranges else None,
                    many=f"{least}..{'*' if most is None else most}",
                    rule=in_language(f"/shapes#{own[0]['rule'].value.rpartition('#')[2]}", self._lang),
                )
            )
        return tuple(found)

    def _query(self, anchor: str, kind: str) -> str:
        if kind == "Class":
            pattern = f"SELECT ?thing ?name WHERE {{\n    ?thing a fg:{anchor} ."
            pattern += "\n    OPTIONAL { ?thing skos:prefLabel ?name }"
        else:
            pattern = f"SELECT ?thing ?value WHERE {{\n    ?thing fg:{anchor} ?value ."
        return in_language("/sparql", self._lang) + f"?query={quote(pattern + chr(10) + '}' + chr(10) + 'LIMIT 100')}"

    def _first(self, iri: str, property_: str) -> str:
        return next((term.value for term in self._known[iri][property_]), "")

    def _text(self, iri: str, property_: str) -> Value:
        found = best_label(self._known[iri][property_], self._lang)
        return Value(text=found.value if found else "", language=found.language if found else "", address="")

    def _texts(self, iri: str, property_: str) -> tuple[Value, ...]:
        """All in one language: the reader's where there is any."""
        told = self._known[iri][property_]
        best = best_label(told, self._lang)
        return tuple(
            Value(text=t.value, language=t.language, address="") for t in told if best and t.language == best.language
        )

    def _ref(self, iri: str) -> Value:
        """A term of ours by its label, on this page; one of others by its short name, where it lives."""
        if iri in self._kinds:
            label = self._text(iri, f"{_RDFS}label")
            return Value(text=label.text, language=label.language, address=f"#{iri.removeprefix(str(FG))}")
        for prefix, namespace in self._prefixes.items():
            if iri.startswith(namespace):
                return Value(text=f"{prefix}:{iri.removeprefix(namespace)}", language="", address=iri)
        return Value(text=iri, language="", address=iri)

    def _short(self, curie: str) -> Value:
        prefix, _, local = curie.partition(":")
        namespace = self._prefixes.get(prefix) or self._matches_prefixes().get(prefix, "")
        return Value(text=curie, language="", address=namespace + local if namespace else "")

    @staticmethod
    def _matches_prefixes() -> dict[str, str]:
        """Of the heads of the alignments."""
        heads = "\n".join(ontology_files("alignments").values())
        return dict(re.findall(r"^#\s+([\w-]+): (https?://\S+)$", heads, re.MULTILINE))


def _read_matches(lang: Lang) -> dict[str, list[tuple[str, str, str]]]:
    """SSSOM: our term to predicate, the other's term, and why in the reader's language."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for text in ontology_files("alignments").values():
        for subject, predicate, object_, english, bokmaal in _NOTED.findall(text):
            found[subject].append((predicate, object_, english if lang == "en" else bokmaal))
    return found


def _changes() -> tuple[tuple[str, str], ...]:
    """The sections of the change log."""
    text = ontology_file("CHANGELOG.md").decode()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return tuple((head.strip(), body.strip()) for head, _, body in (one.partition("\n") for one in sections))
