"""A batch of queries, the plan and the register in; for each query what it may mean, the likeliest first, out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fosen_graph.asking import over_time
from fosen_graph.findings import Lang, Words
from fosen_graph.registries.index import LocalRegister
from fosen_graph.web.reconcile import facts, units
from fosen_graph.web.reconcile.asked import Condition, Query
from fosen_graph.web.reconcile.entities import IDENTIFIED, Entity, Likeness, Reason, Value, number_in, unit_number
from fosen_graph.web.reconcile.plan import Plan, Thing
from fosen_graph.web.reconcile.vocabulary import FROM_FILES, ORDER, PROPERTIES, UNIT, property_name, with_broader
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

SECONDS = 5.0  # of a batch; hostile ones are ended between two queries
_CLEAR = 10  # points that the next must be behind
_SURE = 80
_SHOWN_FROM = 20
_CONDITIONED = 12  # things of a query whose properties are looked up
_WHOLE_TYPE = 100  # things that are looked through where no name is told
_BASE = 50  # points of a thing that was found by its properties alone
HOLDS, FAILS = 5, -15
_OF_NUMBERS = {"organisation-number": (30, -60)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    likeness: Likeness
    match: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Who is asked. register: None where none is loaded."""

    site: Site
    plan: Plan
    register: LocalRegister | None
    lang: Lang


def answer(queries: Sequence[Query], sources: Sources) -> list[list[Candidate]]:
    """In the order of the queries. Raises Unanswered where they take too long."""
    until = time.monotonic() + SECONDS
    found: list[list[Likeness]] = []
    for query in queries:
        _in_time(until)
        found.append(_alike(query, sources))
    values = _values_for(queries, found, sources)
    ranked: list[list[Candidate]] = []
    for query, some in zip(queries, found, strict=True):
        _in_time(until)
        ranked.append(_ranked(query, some, values, sources))
    return ranked


def _in_time(until: float) -> None:
    if time.monotonic() > until:
        raise over_time(SECONDS)


# Who may be meant


def _alike(query: Query, sources: Sources) -> list[Likeness]:
    text = query.text or _told_number(query)
    number, rest = number_in(text)
    exact = _identified(text, number if not rest else "", query, sources)
    if exact:
        return exact
    if not text:
        return _by_type(query, sources)
    found: list[Likeness] = []
    if _asks_plan(query):
        found += sources.plan.alike(rest or text, lambda thing: fits(thing.type, query.types), sources.lang)
    if sources.register and _asks_register(query):
        near = units.alike(rest or text, number or _told_number(query), sources.register, sources.lang)
        found += [one for one in near if fits(one.entity.types[0], query.types)]
    return sorted(found, key=_order)


def _order(one: Likeness) -> tuple[int, int, str]:
    """Of those that are called the same: actors before what they do, and the plan before the register."""
    type_ = one.entity.types[0]
    return -one.score, ORDER.index(type_) if type_ in ORDER else len(ORDER), one.entity.id


def _told_number(query: Query) -> str:
    told = [value for one in query.conditions if one.property == "organisation-number" for value in one.values]
    return number_in(told[0])[0] if told else ""


def fits(type_: str, types: Sequence[str]) -> bool:
    return not types or any(one in types for one in with_broader(type_))


def _asks_plan(query: Query) -> bool:
    return not query.types or any(not one.startswith(UNIT) for one in query.types)


def _asks_register(query: Query) -> bool:
    return not query.types or any(one.startswith(UNIT) for one in query.types)


def _identified(text: str, number: str, query: Query, sources: Sources) -> list[Likeness]:
    """By an id, or by a number that stands alone."""
    number = number or unit_number(text)
    things = [sources.plan.by_iri.get(text), sources.plan.by_number.get(number)]
    found = [
        _exact(sources.plan.entity(thing, sources.lang), thing.number)
        for thing in things
        if thing and fits(thing.type, query.types)
    ]
    unit = sources.register.unit(number) if sources.register and number else None
    if unit and fits(f"{UNIT}/{unit.form}", query.types):
        found.append(_exact(units.entity(unit, sources.lang), unit.number))
    return found


def _exact(entity: Entity, twin: str) -> Likeness:
    return Likeness(entity=entity, reasons=(IDENTIFIED,), firm=True, twin=twin)


def _by_type(query: Query, sources: Sources) -> list[Likeness]:
    """No name: all things of few, from which the conditions choose."""
    some = [thing for thing in sources.plan.things if fits(thing.type, query.types)]
    if len(some) > _WHOLE_TYPE:
        return []
    base = Reason(id="type", words=_OF_TYPE, points=_BASE)
    return [Likeness(entity=sources.plan.entity(thing, sources.lang), reasons=(base,)) for thing in some]


# Whether they are as the conditions say


def _values_for(queries: Sequence[Query], found: Sequence[Sequence[Likeness]], sources: Sources) -> facts.Values:
    iris: dict[str, None] = {}
    names: set[str] = set()
    for query, some in zip(queries, found, strict=True):
        if query.conditions:
            names |= {one.property for one in query.conditions}
            most = _CONDITIONED if query.text else _WHOLE_TYPE
            iris |= dict.fromkeys(one.entity.id for one in some[:most] if one.entity.id in sources.plan.by_iri)
    known = names & PROPERTIES.keys()
    return facts.of_things(sources.plan, sources.site.pages, iris, known, sources.lang) if iris and known else {}


def values_of(id_: str, asked: Iterable[str], told: facts.Values, sources: Sources) -> Mapping[str, list[Value]]:
    """Of a thing: what the plan says of it, and what the register says of the unit that it is linked to."""
    thing = sources.plan.by_iri.get(id_) or Thing(iri="", type="", labels=(), number=unit_number(id_))
    own = {name: some for name, some in told.get(id_, {}).items() if some}
    unit = sources.register.unit(thing.number) if sources.register and thing.number else None
    if not (unit and sources.register):
        return own
    registered = facts.of_unit(unit, sources.register, sources.plan, sources.lang, frozenset(asked))
    return {**registered, **own, **_newer(registered, own)}


def _newer(registered: Mapping[str, list[Value]], own: Mapping[str, list[Value]]) -> dict[str, list[Value]]:
    return {name: registered[name] for name in FROM_FILES if name in own}


def _ranked(query: Query, found: Sequence[Likeness], values: facts.Values, sources: Sources) -> list[Candidate]:
    if query.conditions:
        most = _CONDITIONED if query.text else _WHOLE_TYPE
        judged = (_conditioned(one, query.conditions, values, sources) for one in found[: 2 * most])
        found = sorted((one for one in judged if one), key=_order)
    good = [one for one in found if one.score >= _SHOWN_FROM]
    sure = _is_sure(good, query)
    return [Candidate(likeness=one, match=sure and place == 0) for place, one in enumerate(good[: query.limit])]


def _is_sure(found: Sequence[Likeness], query: Query) -> bool:
    """The first leaves no doubt, and whoever is near is the same, known from the other side."""
    if not found or not (query.text or _told_number(query)):
        return False
    first, *others = found
    near = [one for one in others if one.score > first.score - _CLEAR]
    same = all(first.twin and one.twin == first.twin for one in near)
    return first.firm and first.fits and first.score >= _SURE and same


def _conditioned(
    one: Likeness, conditions: Sequence[Condition], values: facts.Values, sources: Sources
) -> Likeness | None:
    """None where what is required does not hold. What nobody knows neither adds nor takes."""
    told = values_of(one.entity.id, (condition.property for condition in conditions), values, sources)
    for condition in conditions:
        if not condition.values:
            continue
        some = told.get(condition.property, [])
        holds = _holds(condition, some) if some else None
        if condition.required and not holds:
            return None
        if holds is None:
            one = replace(one, fits=one.fits and condition.property not in PROPERTIES)
            continue
        points = _OF_NUMBERS.get(condition.property, (HOLDS, FAILS))[not holds]
        reason = Reason(
            id=f"property:{condition.property}", words=_told(condition.property, holds=holds), points=points
        )
        if all(reason.id != other.id for other in one.reasons):
            one = replace(one, reasons=(*one.reasons, reason), fits=one.fits and holds)
    return one


def _holds(condition: Condition, values: Sequence[Value]) -> bool:
    each = [any(value.is_like(asked) for value in values) for asked in condition.values]
    if condition.quantifier == "none":
        return not any(each)
    return all(each) if condition.quantifier == "all" else any(each)


def _told(property_: str, *, holds: bool) -> Words:
    key = "reconcile.holds" if holds else "reconcile.fails"
    return Words(
        nb=wording("nb")(key, property=property_name(property_, "nb")),
        en=wording("en")(key, property=property_name(property_, "en")),
    )


_OF_TYPE = Words(nb="har typen", en="is of the type")
