"""What was found in; the JSON of either version out. Where the two differ, they differ here and in manifest.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fosen_graph.findings import Lang
from fosen_graph.web.reconcile.asked import Extension, Wanted
from fosen_graph.web.reconcile.entities import Entity, Reason, Value
from fosen_graph.web.reconcile.matching import Candidate
from fosen_graph.web.reconcile.vocabulary import PROPERTIES, property_name, type_name

V02, V1 = "0.2", "1.0-draft"
Node = dict[str, Any]
Lists = Mapping[str, str]


def type_node(id_: str, lang: Lang, lists: Lists) -> Node:
    return {"id": id_, "name": type_name(id_, lang, lists)}


def property_node(id_: str, lang: Lang) -> Node:
    return {"id": id_, "name": property_name(id_, lang)}


def result(candidates: Sequence[Candidate], version: str, lang: Lang, lists: Lists) -> Any:
    told = [_candidate(one, version, lang, lists) for one in candidates]
    return {"result": told} if version == V02 else {"candidates": told}


def _candidate(one: Candidate, version: str, lang: Lang, lists: Lists) -> Node:
    entity = one.likeness.entity
    return {
        "id": entity.id,
        "name": entity.name,
        **_said(entity),
        "type": [type_node(id_, lang, lists) for id_ in entity.types],
        "score": one.likeness.score,
        "match": one.match,
        "features": list(_features(one.likeness.reasons, version, lang)),
        **({"lang": entity.lang} if entity.lang and version == V1 else {}),
    }


def _said(entity: Entity) -> Node:
    return {"description": entity.description} if entity.description else {}


def _features(reasons: Iterable[Reason], version: str, lang: Lang) -> Iterable[Node]:
    for reason in reasons:
        named = {"name": reason.words.in_language(lang)} if version == V1 else {}
        yield {"id": reason.id, **named, "value": reason.points}


def suggested(entity: Entity, version: str, lang: Lang, lists: Lists) -> Node:
    """Of an entity, in answer to a prefix."""
    return {
        "id": entity.id,
        "name": entity.name,
        **_said(entity),
        "notable": [type_node(id_, lang, lists) for id_ in entity.types],
        **({"lang": entity.lang} if entity.lang and version == V1 else {}),
    }


# More data

Rows = Mapping[str, Mapping[str, Sequence[Value]]]


def extended(extension: Extension, rows: Rows, version: str, lang: Lang, lists: Lists) -> Node:
    wanted = list({one.property: one for one in extension.wanted}.values())
    meta = [_meta(one.property, lang, lists) for one in wanted]
    cells = {id_: {one.property: _cells(one, rows[id_], version) for one in wanted} for id_ in extension.ids}
    if version == V02:
        return {"meta": meta, "rows": cells}
    told = [
        {"id": id_, "properties": [{"id": name, "values": values} for name, values in own.items()]}
        for id_, own in cells.items()
    ]
    return {"meta": meta, "rows": told}


def _meta(id_: str, lang: Lang, lists: Lists) -> Node:
    known = PROPERTIES.get(id_)
    typed = {"type": type_node(known.value, lang, lists)} if known and known.value else {}
    return {**property_node(id_, lang), **typed}


def _cells(wanted: Wanted, own: Mapping[str, Sequence[Value]], version: str) -> list[Node]:
    values = own.get(wanted.property, ())
    return [_cell(value, version) for value in values[: wanted.limit or None]]


def _cell(value: Value, version: str) -> Node:
    """A day as its first second: neither version has days without a time."""
    if value.day:
        return {"date": f"{value.day}T00:00:00Z"} if len(value.day) == 10 else {"str": value.day}
    told = {"id": value.id, "name": value.text} if value.id else {"str": value.text}
    return told | ({"lang": value.lang} if value.lang and version == V1 else {})
