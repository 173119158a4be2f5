"""A thing as its page shows it: what is told about it, graph by graph, in the source's words, and what points to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import FG, GRAPHS
from fosen_graph.web.pages.added import Added, added, wanted
from fosen_graph.web.pages.names import LABELS, Names, Value
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.pages.story import Known, Story, of_element, of_named, told
from fosen_graph.web.rows import Row, Term, rows

INCOMING_PAGE = 100  # as queries/about.rq
_NAMED = {"Actor", "CooperationArrangement", "AdoptionDecision", "PlanningDocument"}  # what sources name
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
class Incoming:
    """The things that point here with one property; those of this page of them, and how many there are."""

    statement: Statement
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingView:
    iri: str
    path: str
    label: Value
    place: str  # in the source; empty for what does not stand there
    types: tuple[Value, ...]
    other_types: tuple[Value, ...]  # implied by those, or not ours
    story: Story
    added: Added
    provenances: tuple[Provenance, ...]
    incoming: tuple[Incoming, ...]
    pointing: int
    page: int
    pages: int


def read_about(store: Store, iri: str, page: int = 1) -> list[Row]:
    """One query. page: of what points to the thing."""
    return rows(store, "about", skip=(page - 1) * INCOMING_PAGE, thing=iri)


def read_thing(shelf: Shelf, iri: str, about: list[Row], lang: Lang, page: int) -> ThingView:
    """about: what `read_about` gave. At most two queries more."""
    own, incoming = [row for row in about if "value" in row], [row for row in about if "subject" in row]
    known = _known(shelf, iri, own)
    mentioned = {row[key].value for row in about for key in ("property", "value", "subject")
                 if key in row and (key != "value" or row[key].is_iri)}  # fmt: skip
    named = {iri, *mentioned, *(known.wanted if known else ()), *wanted(about)}
    names = Names(shelf.site.pages, named, shelf.to, lang, shelf.site.release.prefixes)
    types, others = _types(own)
    actors = list(dict.fromkeys(mention.thing for mention in known.mentions)) if known else []
    counts = {row["property"].value: int(row["count"].value) for row in about if "count" in row}
    pointing = sum(counts.values())
    return ThingView(
        iri=iri,
        path=shelf.to.path(iri) or "",
        label=names.title(iri),
        place=names.place(iri),
        types=tuple(names.of(type_) for type_ in types),
        other_types=tuple(names.of(type_) for type_ in others),
        story=told(known, iri, names, shelf.to, lang) if known else Story(),
        added=added(about, names),
        provenances=_provenances(own, set(others), names, actors),
        incoming=_incoming(incoming, counts, names, actors),
        pointing=pointing,
        page=page,
        pages=-(-pointing // INCOMING_PAGE),
    )


def _known(shelf: Shelf, iri: str, own: list[Row]) -> Known | None:
    """What there is to tell of a thing beside its statements."""
    kinds = {row["value"].value.removeprefix(str(FG)) for row in own if row["property"].value == _TYPE}
    if "PlanElement" in kinds:
        whole = shelf.whole(iri.rsplit("/", 2)[0])  # …/{plan}/{kind}/{id}
        return of_element(whole, iri) if iri in whole.elements else None
    return of_named(shelf.site.pages, iri) if kinds & _NAMED else None


def _incoming(found: list[Row], counts: Mapping[str, int], names: Names, actors: list[str]) -> tuple[Incoming, ...]:
    told: dict[str, dict[Term, None]] = defaultdict(dict)
    for row in found:
        told[row["property"].value][row["subject"]] = None
    ordered = sorted(told, key=_rank)
    return tuple(
        Incoming(statement=statement, count=counts.get(property_, len(statement.values)))
        for property_, statement in zip(ordered, _statements(told, names, actors), strict=True)
    )


def _types(about: list[Row]) -> tuple[list[str], list[str]]:
    """The most telling, and the others: wider ones, and those of foreign vocabularies where there is one of ours."""
    typed = [row for row in about if row["property"].value == _TYPE]
    found = list(dict.fromkeys(row["value"].value for row in typed))
    wider = {row["wider"].value for row in typed if "wider" in row}
    ours = [type_ for type_ in found if type_.startswith(str(FG)) and type_ not in wider]
    telling = ours or [type_ for type_ in found if type_ not in wider]
    return telling, [type_ for type_ in found if type_ not in telling]


def _by_property(found: Iterable[Row], key: str) -> dict[str, dict[Term, None]]:
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
        Provenance(graph=graph, statements=_statements(_by_property(found, "value"), names, actors))
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
