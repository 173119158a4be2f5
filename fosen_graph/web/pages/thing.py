"""A thing as its page shows it: what is told about it, graph by graph, in the source's words, and what points to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import FG, GRAPHS
from fosen_graph.web.address import Addresses
from fosen_graph.web.pages.names import LABELS, Names, Value
from fosen_graph.web.rows import Row, Term, rows

_MOST_INCOMING = 200
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ORG = "http://www.w3.org/ns/org#"
_OF_THE_SOURCE = (str(FG.rawText), str(FG.exactText))  # in its language, without saying so
_ACTORS = (str(FG.responsibleActor), str(FG.partnerActor))
_BELONGS = [str(FG[name]) for name in ("inPlan", "inStrategy", "inFocusArea", "inPlanItem", "listedIn", "inMeasure")]
_FIRST = [  # what it is, where it belongs, who; the rest follows
    _TYPE, *LABELS, "http://www.w3.org/2004/02/skos/core#altLabel", "http://www.w3.org/2004/02/skos/core#notation",
    *_BELONGS, f"{_ORG}subOrganizationOf", f"{_ORG}postIn", *_ACTORS, str(FG.concernsActor),
]  # fmt: skip
_LAST = [str(FG.inRow), str(FG.order)]


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
    """A cell of the source, in parts; marked are the words that were read as this thing, or as its actors."""

    place: str
    address: str
    parts: tuple[tuple[str, bool], ...]
    doubts: tuple[str, ...]  # why a reading is uncertain; empty where nobody said why


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingView:
    iri: str
    path: str
    label: Value
    place: str  # in the source; empty for what does not stand there
    types: tuple[Value, ...]
    other_types: tuple[Value, ...]  # implied by those, or not ours
    wordings: tuple[Wording, ...]
    provenances: tuple[Provenance, ...]
    incoming: tuple[Statement, ...]
    incoming_cut: bool


def read_thing(store: Store, iri: str, to: Addresses, lang: Lang, prefixes: Mapping[str, str]) -> ThingView:
    about, incoming = rows(store, "about", thing=iri), rows(store, "incoming", thing=iri)
    words = rows(store, "wording", thing=iri)
    mentioned = {row[key].value for row in (*about, *incoming) for key in ("property", "value", "subject")
                 if key in row and (key != "value" or row[key].is_iri)}  # fmt: skip
    names = Names(store, {iri, *mentioned}, to, lang, prefixes)
    types, others = _types(about)
    actors = list(dict.fromkeys(row["actor"].value for row in words if "actor" in row))
    return ThingView(
        iri=iri,
        path=to.path(iri) or "",
        label=names.title(iri),
        place=names.place(iri),
        types=tuple(names.of(type_) for type_ in types),
        other_types=tuple(names.of(type_) for type_ in others),
        wordings=_wordings(words, names, to, lang),
        provenances=_provenances(about, set(others), names, actors),
        incoming=_statements(_told(incoming, "subject"), names, actors),
        incoming_cut=len({(row["property"].value, row["subject"].value) for row in incoming}) > _MOST_INCOMING,
    )


def _types(about: list[Row]) -> tuple[list[str], list[str]]:
    """The most telling, and the others: wider ones, and those of foreign vocabularies where there is one of ours."""
    typed = [row for row in about if row["property"].value == _TYPE]
    found = list(dict.fromkeys(row["value"].value for row in typed))
    wider = {row["wider"].value for row in typed if "wider" in row}
    ours = [type_ for type_ in found if type_.startswith(str(FG)) and type_ not in wider]
    telling = ours or [type_ for type_ in found if type_ not in wider]
    return telling, [type_ for type_ in found if type_ not in telling]


def _told(found: Iterable[Row], key: str) -> dict[str, dict[Term, None]]:
    """Values by property, in order; without those that a narrower property of the same value implies."""
    found = list(found)
    implied = {(row["implied"].value, row[key]) for row in found if "implied" in row}
    told: dict[str, dict[Term, None]] = defaultdict(dict)
    for row in found:
        if (row["property"].value, row[key]) not in implied:
            told[row["property"].value][row[key]] = None
    return told


def _provenances(about: list[Row], hidden: set[str], names: Names, actors: list[str]) -> tuple[Provenance, ...]:
    by_graph: dict[str, list[Row]] = defaultdict(list)
    for row in about:
        if row["property"].value != _TYPE or row["value"].value not in hidden:
            by_graph[row["graph"].value.rpartition("/")[2]].append(row)
    order = {name: index for index, name in enumerate(GRAPHS)}
    return tuple(
        Provenance(graph=graph, statements=_statements(_told(found, "value"), names, actors))
        for graph, found in sorted(by_graph.items(), key=lambda entry: (order.get(entry[0], 99), entry[0]))
    )


def _statements(told: Mapping[str, dict[Term, None]], names: Names, actors: list[str]) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            property=names.of(property_),
            values=tuple(_value(property_, term, names) for term in _ordered(property_, list(told[property_]), actors)),
        )
        for property_ in sorted(told, key=_rank)
    )


def _rank(property_: str) -> tuple[int, bool, str]:
    if property_ in _FIRST:
        return _FIRST.index(property_), False, ""
    late = _LAST.index(property_) + 1 if property_ in _LAST else 0
    return len(_FIRST) + late, not property_.startswith(str(FG)), property_


def _ordered(property_: str, values: list[Term], actors: list[str]) -> list[Term]:
    """Actors as the plan names them."""
    if property_ not in _ACTORS:
        return values
    return sorted(values, key=lambda term: actors.index(term.value) if term.value in actors else len(actors))


def _value(property_: str, term: Term, names: Names) -> Value:
    if term.is_iri:
        return names.of(term.value)
    language = term.language or ("nb" if property_ in _OF_THE_SOURCE else "")
    return Value(text=term.value, language=language, address="")


def _wordings(found: list[Row], names: Names, to: Addresses, lang: Lang) -> tuple[Wording, ...]:
    by_cell: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        by_cell[row["cell"].value].append(row)
    return tuple(_wording(names.place(cell), to.page(cell, lang), its) for cell, its in by_cell.items())


def _wording(place: str, address: str, found: list[Row]) -> Wording:
    """A mention's IRI ends in its span within the cell, so that the right one of two like words is marked."""
    raw, parts, done = found[0]["raw"].value, [], 0
    for row in {row["mention"].value: row for row in found}.values():
        start, end = (int(place) for place in row["mention"].value.rpartition("/")[2].split("-"))
        parts += [(raw[done:start], False), (raw[start:end], True)]
        done = end
    doubted = [row for row in found if not row["certainty"].value.endswith("/sikker")]
    return Wording(
        place=place,
        address=address,
        parts=tuple(part for part in (*parts, (raw[done:], False)) if part[0]),
        doubts=tuple(dict.fromkeys(row["note"].value if "note" in row else "" for row in doubted)),
    )
