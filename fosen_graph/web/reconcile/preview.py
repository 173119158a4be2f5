"""An id in; a small page that a client shows in a frame of its own, and the address of the whole one, out."""

from __future__ import annotations

from dataclasses import dataclass

from fosen_graph.findings import Lang
from fosen_graph.iris import REGISTER_API, REGISTER_PAGE
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.reconcile import extend, units
from fosen_graph.web.reconcile.asked import Extension, Wanted
from fosen_graph.web.reconcile.entities import Entity, Value, unit_number
from fosen_graph.web.reconcile.matching import Sources
from fosen_graph.web.reconcile.vocabulary import properties_of, property_name

POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"  # others frame it
)
_SHOWN = 3  # values of a property
_ELSEWHERE = frozenset(("name", "definition"))  # said above the table, or too long for it


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """facts: names of properties and their values. date: of the register, where it has told something."""

    entity: Entity
    facts: tuple[tuple[str, tuple[Value, ...]], ...]
    page: str
    date: str = ""


def preview(id_: str, sources: Sources, shelf: Shelf) -> PreviewPage | None:
    """None where nobody knows it."""
    entity = _entity(id_, sources)
    if entity is None:
        return None
    some = properties_of(entity.types[0], register=sources.register is not None)
    wanted = tuple(Wanted(property=one.id) for one in some if one.id not in _ELSEWHERE)
    own = extend.rows(Extension(ids=(entity.id,), wanted=wanted), sources)[entity.id]
    told = (
        (property_name(name, sources.lang), tuple(values[:_SHOWN]))
        for name, values in own.items()
        if values and [one.text for one in values] != [entity.name]
    )
    date = sources.register.date if sources.register and own.get("status") else ""
    return PreviewPage(entity=entity, facts=tuple(told), page=address(id_, sources, shelf) or "", date=date)


def _entity(id_: str, sources: Sources) -> Entity | None:
    thing = sources.plan.by_iri.get(id_)
    if thing:
        return sources.plan.entity(thing, sources.lang)
    unit = sources.register.unit(unit_number(id_)) if sources.register else None
    return units.entity(unit, sources.lang) if unit else None


def address(id_: str, sources: Sources, shelf: Shelf) -> str | None:
    """Of the page about it: ours, or the register's own."""
    if id_ in sources.plan.by_iri:
        lang: Lang = sources.lang
        return shelf.to.page(id_, lang)
    number = unit_number(id_)
    unit = sources.register.unit(number) if sources.register and number else None
    if unit and unit.is_sub_unit:
        return f"{REGISTER_API.removesuffix('enheter/')}underenheter/{number}"
    return f"{REGISTER_PAGE}{number}" if number else None
