"""Things of the plan, units of the register and properties in; the values out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import CODES
from fosen_graph.registries.units import Register, Unit
from fosen_graph.web.reconcile.entities import Value
from fosen_graph.web.reconcile.plan import Plan, Thing
from fosen_graph.web.reconcile.vocabulary import ABOVE, FROM_FILES, PROPERTIES, REGISTER, ROLES, WORDS
from fosen_graph.web.rows import Row, Term, best_label, rows_of
from fosen_graph.web.wording import wording

Values = Mapping[str, Mapping[str, list[Value]]]  # by entity and property
_MOST = 200  # values of one property
_HAS_ROLE = {"responsible-for": "ansvarlig", "partner-in": "samarbeidspartner"}


def of_things(plan: Plan, store: Store, iris: Collection[str], properties: Iterable[str], lang: Lang) -> Values:
    """Without what only the register tells."""
    asked = set(properties)
    sources = {PROPERTIES[name].source for name in asked if name in PROPERTIES} - {REGISTER}
    if asked.intersection(FROM_FILES):
        sources.add(WORDS)
    found: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for source in (WORDS, ABOVE, ROLES):
        if source in sources:
            for thing, name, value in _read(rows_of(store, source, iris), lang):
                if len(found[thing][name]) < _MOST:
                    found[thing][name].append(value)
    for own in list(found.values()) if "role" in asked else ():
        own["role"] = [_role(plan, role, lang) for name, role in _HAS_ROLE.items() if own.get(name)]
    return found


def _read(told: Iterable[Row], lang: Lang) -> Iterator[tuple[str, str, Value]]:
    """Names in the reader's language first, and once each."""
    names: dict[tuple[str, str], list[Term]] = defaultdict(list)
    entities: dict[tuple[str, str, str], list[Term]] = defaultdict(list)
    for row in told:
        thing, key, value = row["thing"].value, row["key"].value, row["value"]
        if "label" in row:
            entities[thing, key, value.value].append(row["label"])
        elif key == "form":
            yield thing, key, Value(text=value.value.rpartition("#")[2], also=(_form_name(value.value, lang),))
        else:
            names[thing, key].append(value)
    for (thing, key), terms in names.items():
        best = best_label(terms, lang)
        others = () if key == "definition" else (term for term in terms if term != best)
        for term in (best, *others):
            if term:
                yield thing, key, Value(text=term.value, lang=term.language)
    for (thing, key, iri), labels in entities.items():
        label = best_label(labels, lang) or Term(iri)
        yield (
            thing,
            key,
            Value(id=iri, text=label.value, lang=label.language, also=tuple(term.value for term in labels)),
        )


def _form_name(iri: str, lang: Lang) -> str:
    return wording(lang).or_else(f"orgform.{iri.rpartition('#')[2]}", "")


def _role(plan: Plan, role: str, lang: Lang) -> Value:
    code = plan.by_iri.get(f"{CODES}rolle/{role}")
    label = best_label(code.labels, lang) if code else None
    return Value(
        id=f"{CODES}rolle/{role}",
        text=label.value if label else role,
        lang=label.language if label else "",
        also=(role, *(code.names if code else ())),
    )


def of_unit(
    unit: Unit, register: Register, plan: Plan, lang: Lang, asked: Collection[str]
) -> Mapping[str, list[Value]]:
    """What the register tells. The parent is looked up only where it is asked for."""
    w = wording(lang)
    return {
        "name": [Value(text=unit.name)],
        "organisation-number": [Value(text=unit.number)],
        "registered-name": [Value(text=unit.name)],
        "form": [Value(text=unit.form, also=(w.or_else(f"orgform.{unit.form}", ""),))],
        "municipality": _texts(unit.municipality, also=unit.municipality_number or ""),
        "municipality-number": _texts(unit.municipality_number),
        "former-name": [Value(text=former.name) for former in unit.former_names],
        "status": [Value(text=w(f"reconcile.status_{status}"), also=(status,)) for status in statuses(unit)],
        "registered": _days(unit.registered),
        "deleted": _days(unit.deleted),
        "bankrupt": _days(unit.bankrupt_date),
        "parent": _parent(unit, register) if "parent" in asked else [],
        "homepage": _texts(unit.homepage),
        "sector": _texts(unit.sector),
        "activity": [Value(text=code) for code in unit.activity],
        "unit": [Value(id=unit.number, text=unit.name)],
        "actor": _actor(plan.by_number.get(unit.number), lang),
    }


def statuses(unit: Unit) -> tuple[str, ...]:
    told = (("deleted", unit.deleted), ("bankrupt", unit.bankrupt), ("winding-up", unit.winding_up))
    return tuple(name for name, holds in told if holds) or ("active",)


def _texts(text: str | None, also: str = "") -> list[Value]:
    return [Value(text=text, also=(also,) if also else ())] if text else []


def _days(day: str | None) -> list[Value]:
    return [Value(day=day)] if day else []


def _parent(unit: Unit, register: Register) -> list[Value]:
    parent = register.unit(unit.parent) if unit.parent else None
    return [Value(id=parent.number, text=parent.name)] if parent else []


def _actor(thing: Thing | None, lang: Lang) -> list[Value]:
    label = best_label(thing.labels, lang) if thing else None
    return [Value(id=thing.iri, text=label.value, lang=label.language)] if thing and label else []
