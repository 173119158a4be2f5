"""A thing as its page shows it: what is told about it, graph by graph, in the source's words, and what points to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import FG, GRAPHS
from fosen_graph.web.address import Addresses
from fosen_graph.web.rows import Row, Term, best_label, rows
from fosen_graph.web.wording import wording

_LABELS = ("http://www.w3.org/2004/02/skos/core#prefLabel", "http://www.w3.org/2000/01/rdf-schema#label")
_MOST_INCOMING = 200
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    text: str
    language: str
    address: str  # empty for a literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    property: Value
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The statements of one named graph: who says so."""

    graph: str  # its short name
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words of the source that were read as this thing, within the cell where they stand."""

    before: str
    exact: str
    after: str
    line: str
    certainty: str  # sikker, sannsynlig, usikker
    note: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingView:
    iri: str
    path: str
    label: Value
    types: tuple[Value, ...]
    wordings: tuple[Wording, ...]
    provenances: tuple[Provenance, ...]
    incoming: tuple[Statement, ...]
    incoming_cut: bool


def read_thing(store: Store, iri: str, to: Addresses, lang: Lang, prefixes: Mapping[str, str]) -> ThingView:
    about = rows(store, "about", thing=iri)
    incoming = rows(store, "incoming", thing=iri)
    reader = _Reader(to, lang, prefixes)
    statements = reader.statements(incoming, "subject")
    return ThingView(
        iri=iri,
        path=to.path(iri) or "",
        label=reader.label(iri, about),
        types=reader.types(about),
        wordings=_wordings(rows(store, "wording", thing=iri), to, lang),
        provenances=reader.provenances(about),
        incoming=statements,
        incoming_cut=sum(len(statement.values) for statement in statements) > _MOST_INCOMING,
    )


def _wordings(found: list[Row], to: Addresses, lang: Lang) -> tuple[Wording, ...]:
    return tuple(_wording(row, to, lang) for row in found)


def _wording(row: Row, to: Addresses, lang: Lang) -> Wording:
    """The mention's IRI ends in its span within the cell, so that the right one of two like words is marked."""
    raw, exact = row["raw"].value, row["exact"].value
    start = int(row["mention"].value.rpartition("/")[2].partition("-")[0])
    return Wording(
        before=raw[:start],
        exact=exact,
        after=raw[start + len(exact) :],
        line=row["line"].value,
        certainty=row["certainty"].value.rpartition("/")[2],
        note=row["note"].value if "note" in row else "",
        address=to.page(row["mention"].value, lang),
    )


class _Reader:
    def __init__(self, to: Addresses, lang: Lang, prefixes: Mapping[str, str]) -> None:
        self._to, self._lang, self._prefixes = to, lang, prefixes

    def label(self, iri: str, about: list[Row]) -> Value:
        labels = [row["value"] for row in about if row["property"].value in _LABELS]
        found = best_label(labels, self._lang)
        return self._named(iri, [found] if found else [])

    def types(self, about: list[Row]) -> tuple[Value, ...]:
        """The most telling only: a class is left out where one that is narrower is there."""
        typed = [row for row in about if row["property"].value == _TYPE and row["value"].value.startswith(str(FG))]
        wider = {row["wider"].value for row in typed if "wider" in row}
        found = self.statements([row for row in typed if row["value"].value not in wider], "value")
        return found[0].values if found else ()

    def provenances(self, about: list[Row]) -> tuple[Provenance, ...]:
        by_graph: dict[str, list[Row]] = defaultdict(list)
        for row in about:
            by_graph[row["graph"].value.rpartition("/")[2]].append(row)
        order = {name: index for index, name in enumerate(GRAPHS)}
        return tuple(
            Provenance(graph=graph, statements=self.statements(found, "value"))
            for graph, found in sorted(by_graph.items(), key=lambda entry: (order.get(entry[0], 99), entry[0]))
        )

    def statements(self, found: list[Row], key: str) -> tuple[Statement, ...]:
        """Rows of ?property and ?value (or ?subject), gathered by property: our own first, then foreign ones."""
        names: dict[str, list[Term]] = defaultdict(list)
        values: dict[str, dict[Term, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for row in found:
            property_ = row["property"].value
            names[property_] += [row["propertyLabel"]] if "propertyLabel" in row else []
            values[property_][row[key]] += [row[f"{key}Label"]] if f"{key}Label" in row else []
        return tuple(
            Statement(
                property=self._named(property_, names[property_]),
                values=tuple(self._value(term, labels) for term, labels in its.items()),
            )
            for property_, its in sorted(values.items(), key=lambda entry: (not entry[0].startswith(str(FG)), entry[0]))
        )

    def _value(self, term: Term, labels: list[Term]) -> Value:
        if term.is_iri:
            return self._named(term.value, labels)
        return Value(text=term.value, language=term.language, address="")

    def _named(self, iri: str, labels: list[Term]) -> Value:
        label = best_label(labels, self._lang)
        if label:
            return Value(text=label.value, language=label.language, address=self._to.page(iri, self._lang))
        short = self._short(iri)
        text = wording(self._lang).or_else(f"property.{short}", short)
        return Value(text=text, language="", address=self._to.page(iri, self._lang))

    def _short(self, iri: str) -> str:
        """`dct:date`; for a thing of ours without a name, its path, from the source on where it stands in one."""
        path = self._to.path(iri)
        if path is not None:
            return path.rpartition("/kilde/")[2]
        for prefix, namespace in self._prefixes.items():
            if iri.startswith(namespace) and "/" not in iri.removeprefix(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri
