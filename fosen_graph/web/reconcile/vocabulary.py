"""A language in; the types and properties that tables are linked by, with their names, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fosen_graph.findings import Lang
from fosen_graph.web.wording import wording

ACTORS = ("Organisation", "CollegialBody", "Position", "ActorGroup", "NamedInitiative")
ELEMENTS = ("Strategy", "FocusArea", "PlanItem", "Measure", "ArrangementListing")
OTHERS = ("CooperationArrangement", "ActionPlan", "PlanningDocument", "AdoptionDecision")
ACTOR, CONCEPT, PLACE, UNIT = "Actor", "Concept", "Location", "Unit"
DEFAULTS = (ACTOR, "Organisation", "Measure", UNIT)

ORDER = (*ACTORS, "Measure", "CooperationArrangement", *ELEMENTS, *OTHERS)  # of things that are called the same

_WORDS = frozenset((*ACTORS, *ELEMENTS, *OTHERS, CONCEPT, PLACE))
_REGISTERED = frozenset((*ACTORS, UNIT))
_UNITS = frozenset((UNIT,))
_IN_PLAN = frozenset((*ACTORS, *ELEMENTS, "CooperationArrangement"))

WORDS, ABOVE, ROLES, REGISTER = "entity_words", "entity_above", "entity_roles", "register"

# The files say these too, as they were when the link was accepted.
FROM_FILES = ("form", "registered-name", "municipality-number")


@dataclass(frozen=True, slots=True)
class Property:
    """
    source: the query that answers it of what the plan names, or REGISTER. of: the types that have it.

    value: the type of its values where these are entities. day: they are days.
    """

    id: str
    source: str
    of: frozenset[str]
    value: str = ""
    day: bool = False


PROPERTIES: Mapping[str, Property] = {
    one.id: one
    for one in (
        Property("name", WORDS, _WORDS | _UNITS),
        Property("alternative-name", WORDS, _WORDS),
        Property("organisation-number", WORDS, _REGISTERED),
        Property("number", WORDS, frozenset(("Strategy", CONCEPT))),
        Property("role", ROLES, frozenset(ACTORS), CONCEPT),
        Property("responsible-for", ROLES, frozenset(ACTORS), "Measure"),
        Property("partner-in", ROLES, frozenset(ACTORS), "Measure"),
        Property("responsible", ROLES, frozenset(("Measure",)), ACTOR),
        Property("partner", ROLES, frozenset(("Measure",)), ACTOR),
        Property("plan", ABOVE, _IN_PLAN, "ActionPlan"),
        Property("strategy", ABOVE, frozenset(ELEMENTS), "Strategy"),
        Property("focus-area", ABOVE, frozenset(ELEMENTS), "FocusArea"),
        Property("plan-item", ABOVE, frozenset(("Measure",)), "PlanItem"),
        Property("registered-name", REGISTER, _REGISTERED),
        Property("form", REGISTER, _REGISTERED),
        Property("municipality", REGISTER, _REGISTERED),
        Property("municipality-number", REGISTER, _REGISTERED | {PLACE}),
        Property("former-name", REGISTER, _REGISTERED),
        Property("status", REGISTER, _REGISTERED),
        Property("registered", REGISTER, _REGISTERED, day=True),
        Property("deleted", REGISTER, _REGISTERED, day=True),
        Property("bankrupt", REGISTER, _REGISTERED, day=True),
        Property("parent", REGISTER, _REGISTERED, UNIT),
        Property("homepage", REGISTER, _REGISTERED),
        Property("sector", REGISTER, _REGISTERED),
        Property("activity", REGISTER, _REGISTERED),
        Property("unit", REGISTER, frozenset(ACTORS), UNIT),
        Property("actor", REGISTER, _UNITS, ACTOR),
        Property("code-list", WORDS, frozenset((CONCEPT,)), CONCEPT),
        Property("predecessor", WORDS, frozenset((PLACE,)), PLACE),
        Property("same-as", WORDS, frozenset((*ACTORS, PLACE))),
        Property("definition", WORDS, frozenset((CONCEPT,))),
    )
}


def property_name(id_: str, lang: Lang) -> str:
    return wording(lang).or_else(f"reconcile.p_{id_}", id_)


def type_name(id_: str, lang: Lang, lists: Mapping[str, str]) -> str:
    """lists: the names of the code lists."""
    w = wording(lang)
    top, _, own = id_.partition("/")
    if own:
        return lists.get(own, own) if top == CONCEPT else w.or_else(f"orgform.{own}", own)
    return w.or_else(f"kind.{id_}", w.or_else(f"reconcile.type_{id_}", id_))


def broader(id_: str) -> str:
    """The type just above it, which holds its entities too; empty for none."""
    top, _, own = id_.partition("/")
    if own:
        return top
    return "Organisation" if id_ == "CollegialBody" else ACTOR if id_ in ACTORS else ""


def with_broader(id_: str) -> tuple[str, ...]:
    found = [id_]
    while above := broader(found[-1]):
        found.append(above)
    return tuple(found)


def all_types(lists: Mapping[str, str], *, register: bool) -> Iterator[str]:
    yield from (ACTOR, *ACTORS, *ELEMENTS, *OTHERS, PLACE, CONCEPT)
    yield from (f"{CONCEPT}/{name}" for name in sorted(lists))
    if register:
        yield UNIT
        yield from (f"{UNIT}/{key.removeprefix('orgform.')}" for key in wording("nb").texts if key[:8] == "orgform.")


def properties_of(type_: str, *, register: bool) -> list[Property]:
    """Those of a type, or of all where it is empty or unknown."""
    top = type_.partition("/")[0]
    own = frozenset(ACTORS) if top == ACTOR else frozenset((top,)) & (_WORDS | _UNITS)
    some = PROPERTIES.values() if not own else (one for one in PROPERTIES.values() if own & one.of)
    return [one for one in some if register or one.source != REGISTER or one.id in FROM_FILES]
