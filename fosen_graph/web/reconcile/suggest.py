"""The beginning of a name, as somebody types it, in; entities, types or properties out."""

from __future__ import annotations

from collections.abc import Sequence

from fosen_graph.findings import Lang
from fosen_graph.registries.names import key
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.reconcile import units
from fosen_graph.web.reconcile.entities import Entity
from fosen_graph.web.reconcile.matching import Sources, fits
from fosen_graph.web.reconcile.versions import Lists, Node, property_node, suggested, type_node
from fosen_graph.web.reconcile.vocabulary import UNIT, all_types, broader, properties_of

PAGE = 20
_TYPED = 200  # letters that are looked at


def entities(prefix: str, types: Sequence[str], cursor: int, sources: Sources, shelf: Shelf, version: str) -> Node:
    """Of the plan first; a number, an id or the beginnings of words."""
    prefix = prefix.strip()[:_TYPED]
    found = [*_of_plan(prefix, types, sources, shelf), *_of_register(prefix, types, sources)]
    unique = sorted({one.id: one for one in found}.values(), key=lambda one: not _begins(prefix, (one.name,)))
    lists = sources.plan.lists[sources.lang]
    return {"result": [suggested(one, version, sources.lang, lists) for one in unique[cursor : cursor + PAGE]]}


def _of_plan(prefix: str, types: Sequence[str], sources: Sources, shelf: Shelf) -> list[Entity]:
    plan = sources.plan
    exact = plan.by_iri.get(prefix) or plan.by_number.get(prefix.replace(" ", ""))
    typed = (plan.by_iri.get(one.iri) for one in (shelf.index.look_up(prefix) if prefix else ()))
    others = (thing for thing in plan.unsearched if _begins(prefix, thing.names))
    found = [thing for thing in (exact, *typed, *others) if thing and fits(thing.type, types)]
    return [plan.entity(thing, sources.lang) for thing in found]


def _of_register(prefix: str, types: Sequence[str], sources: Sources) -> list[Entity]:
    register = sources.register
    if not register or not prefix or (types and not any(one.startswith(UNIT) for one in types)):
        return []
    unit = register.unit(prefix.replace(" ", ""))
    found = [unit] if unit else units.beginning(prefix, types, register)
    return [units.entity(one, sources.lang) for one in found]


def _begins(prefix: str, names: Sequence[str]) -> bool:
    wanted = key(prefix)
    return bool(wanted) and any(key(name).startswith(wanted) for name in names)


def types(prefix: str, cursor: int, lang: Lang, lists: Lists, *, register: bool) -> Node:
    """All where the prefix is empty."""
    nodes = []
    for id_ in all_types(lists, register=register):
        above = broader(id_)
        node = type_node(id_, lang, lists)
        nodes.append(node | ({"broader": [type_node(above, lang, lists)]} if above else {}))
    return {"result": _chosen(nodes, prefix)[cursor : cursor + PAGE]}


def properties(prefix: str, type_: str, cursor: int, lang: Lang, *, register: bool) -> Node:
    nodes = [property_node(one.id, lang) for one in properties_of(type_, register=register)]
    return {"result": _chosen(nodes, prefix)[cursor : cursor + PAGE]}


def proposed(type_: str, limit: int | None, lang: Lang, *, register: bool) -> Node:
    """What can be fetched of entities of a type."""
    nodes = [property_node(one.id, lang) for one in properties_of(type_, register=register)]
    told: Node = {"properties": nodes[:limit], "type": type_}
    return told if limit is None else told | {"limit": limit}


def _chosen(nodes: Sequence[Node], prefix: str) -> list[Node]:
    """By any word of the name, or by the id as it is written."""
    wanted = key(prefix[:_TYPED])
    if not wanted:
        return list(nodes) if not prefix.strip() else []
    return [node for node in nodes if _begun_by(node, wanted)]


def _begun_by(node: Node, wanted: str) -> bool:
    ids = (node["id"], node["id"].rpartition("/")[2])
    return f" {wanted}" in f" {key(node['name'])}" or any(key(id_).startswith(wanted) for id_ in ids)
