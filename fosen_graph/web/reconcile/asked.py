"""What a client of either version sends in; queries and requests for more data, within bounds, out. Raises Problem."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from fosen_graph.findings import Words
from fosen_graph.web.problems import Problem

BATCH = 50  # queries of one request
IDS = 100  # entities of one request for more data
PROPERTIES = 40  # asked for in it
_CONDITIONS = 10  # of one query
_VALUES = 10  # of one condition
_TEXT = 500  # letters of a query or a value that are looked at; no name is longer
SHOWN, MOST = 10, 25  # candidates of a query, where it does not say and at most
_AROUND = 60  # letters of the document that a message shows
QUANTIFIERS = ("any", "all", "none")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a property of the entity should be; of an entity as value, its id."""

    property: str
    values: tuple[str, ...]
    required: bool = False
    quantifier: str = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """text: a name, a number or an id; empty where only conditions are told. types: any of them; empty for all."""

    text: str = ""
    types: tuple[str, ...] = ()
    limit: int = SHOWN
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A property to fetch. limit: of its values; 0 for all. lang: of names; empty for the request's."""

    property: str
    limit: int = 0
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    ids: tuple[str, ...]
    wanted: tuple[Wanted, ...]


def read_json(text: str, name: str) -> Any:
    """name: of the field or body, for messages. A fault of the syntax is told with its line and column."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise _not_json(name, error.lineno, error.colno, error.doc) from error
    except (ValueError, RecursionError) as error:  # numbers without end, brackets without end, half a character
        raise _not_json(name, 0, 0, "") from error
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _not_json(name: str, line: int, column: int, text: str) -> Problem:
    problem = Problem(
        400,
        "json",
        Words(nb=f"«{name}» er ikke JSON.", en=f"“{name}” is not JSON."),
        Words(nb="Se etter ved linjen og kolonnen; teksten må være UTF-8.", en="Look at the place; it must be UTF-8."),
        parameter=name,
    )
    if line:
        around = (text.splitlines() or [""])[line - 1] if line <= len(text.splitlines()) else ""
        start = max(0, column - _AROUND // 2)
        problem.told = replace(problem.told, line=line, column=column, around=around[start : start + _AROUND])
    return problem


def unfit(where: str, nb: str, en: str, status: int = 400, code: str = "form") -> Problem:
    """where: in the document, as queries.q0.limit."""
    return Problem(
        status,
        code,
        Words(nb=f"{where[:200]}: {nb}", en=f"{where[:200]}: {en}"),
        Words(
            nb="Se /avstemming for hva en forespørsel kan inneholde.",
            en="See /en/avstemming for what a request may hold.",
        ),
        parameter=where[:200],
    )


def too_many(where: str, most: int) -> Problem:
    return unfit(where, f"høyst {most} om gangen", f"at most {most} at a time", 413, "too-many")


# Version 0.2


def read_batch(value: Any) -> dict[str, Query]:
    """Queries by the names that the client gave them."""
    told = _object(value, "queries")
    if len(told) > BATCH:
        raise too_many("queries", BATCH)
    return {name: _query(query, f"queries.{name}") for name, query in told.items()}


def _query(value: Any, where: str) -> Query:
    told = _object(value, where)
    conditions = tuple(
        _property(one, f"{where}.properties.{number}")
        for number, one in enumerate(_some(told, "properties", where, _CONDITIONS))
    )
    if told.get("query") is None and not conditions:
        raise unfit(where, "«query» eller «properties» må være med", "“query” or “properties” must be told")
    text = told.get("query")
    if not isinstance(text, str | None):
        raise unfit(f"{where}.query", "skal være tekst", "is to be text")
    return Query(
        text=(text or "").strip()[:_TEXT],
        types=_types(told.get("type"), f"{where}.type"),
        limit=_limit(told.get("limit"), f"{where}.limit"),
        conditions=conditions,
    )


def _property(value: Any, where: str) -> Condition:
    told = _object(value, where)
    return Condition(property=_text(told, "pid", where), values=_values(told, where))


def _types(value: Any, where: str) -> tuple[str, ...]:
    """One or several, as ids or as objects that have one."""
    told = [] if value in (None, "") else value if isinstance(value, list) else [value]
    if len(told) > _VALUES:
        raise too_many(where, _VALUES)
    types = [one.get("id") if isinstance(one, dict) else one for one in told]
    if not all(isinstance(one, str) for one in types):
        raise unfit(where, "skal være id-er av typer", "is to be ids of types")
    return tuple(map(str, types))


# Version 1.0-draft


def read_queries(value: Any) -> tuple[Query, ...]:
    told = _object(value, "body").get("queries")
    if not isinstance(told, list):
        raise unfit("queries", "skal være en liste", "is to be an array")
    if len(told) > BATCH:
        raise too_many("queries", BATCH)
    return tuple(_conditioned(query, f"queries.{number}") for number, query in enumerate(told))


def _conditioned(value: Any, where: str) -> Query:
    told = _object(value, where)
    found = _some(told, "conditions", where, _CONDITIONS)
    if not found:
        raise unfit(f"{where}.conditions", "skal ha minst én", "is to have at least one")
    type_ = told.get("type")
    if not isinstance(type_, str | None):
        raise unfit(f"{where}.type", "skal være én id", "is to be one id")
    texts: list[str] = []
    conditions: list[Condition] = []
    for number, one in enumerate(found):
        place = f"{where}.conditions.{number}"
        kind = _object(one, place).get("matchType")
        if kind in ("name", "id"):
            texts += _values(one, place)
        elif kind == "property":
            conditions.append(_full_condition(one, place))
        else:
            raise unfit(f"{place}.matchType", "skal være name, id eller property", "is to be name, id or property")
    return Query(
        text=" ".join(texts)[:_TEXT].strip(),
        types=(type_,) if type_ else (),
        limit=_limit(told.get("limit"), f"{where}.limit"),
        conditions=tuple(conditions),
    )


def _full_condition(told: Node, where: str) -> Condition:
    required, quantifier = told.get("required", False), told.get("matchQuantifier", "any")
    if not isinstance(required, bool):
        raise unfit(f"{where}.required", "skal være true eller false", "is to be true or false")
    if quantifier not in QUANTIFIERS:
        raise unfit(f"{where}.matchQuantifier", "skal være any, all eller none", "is to be any, all or none")
    return Condition(
        property=_text(told, "pid", where), values=_values(told, where), required=required, quantifier=quantifier
    )


# More data: alike in both


def read_extension(value: Any) -> Extension:
    told = _object(value, "extend")
    ids, wanted = told.get("ids"), told.get("properties")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise unfit("extend.ids", "skal være en liste av id-er", "is to be an array of ids")
    if not isinstance(wanted, list):
        raise unfit("extend.properties", "skal være en liste", "is to be an array")
    if len(ids) > IDS:
        raise too_many("extend.ids", IDS)
    if len(wanted) > PROPERTIES:
        raise too_many("extend.properties", PROPERTIES)
    return Extension(
        ids=tuple(dict.fromkeys(ids)),
        wanted=tuple(_wanted(one, f"extend.properties.{number}") for number, one in enumerate(wanted)),
    )


def _wanted(value: Any, where: str) -> Wanted:
    """Clients send settings as text, too; empty is as if not sent."""
    told = _object(value, where)
    settings = _object(told.get("settings") or {}, f"{where}.settings")
    limit, lang = settings.get("limit") or 0, settings.get("lang") or ""
    try:
        limit = max(0, min(int(str(limit)[:9]), 1000))
    except ValueError as error:
        raise unfit(f"{where}.settings.limit", "skal være et tall", "is to be a number") from error
    if lang not in ("", "nb", "en"):
        raise unfit(f"{where}.settings.lang", "skal være nb eller en", "is to be nb or en")
    return Wanted(property=_text(told, "id", where), limit=limit, lang=lang)


# Parts


def _object(value: Any, where: str) -> Node:
    if not isinstance(value, dict):
        raise unfit(where, "skal være et objekt", "is to be an object")
    return value


def _some(told: Node, key: str, where: str, most: int) -> Sequence[Any]:
    found = told.get(key)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise unfit(f"{where}.{key}", "skal være en liste", "is to be an array")
    if len(found) > most:
        raise too_many(f"{where}.{key}", most)
    return found


def _text(told: Node, key: str, where: str) -> str:
    value = told.get(key)
    if not isinstance(value, str) or not value:
        raise unfit(f"{where}.{key}", "skal være tekst", "is to be text")
    return value[:_TEXT]


def _limit(value: Any, where: str) -> int:
    if value is None:
        return SHOWN
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1 or value < 1:
        raise unfit(where, "skal være et helt tall over null", "is to be a whole number above zero")
    return int(min(value, MOST))


def _values(told: Node, where: str) -> tuple[str, ...]:
    value = told.get("v")
    several = value if isinstance(value, list) else [value]
    if len(several) > _VALUES:
        raise too_many(f"{where}.v", _VALUES)
    return tuple(value for one in several if (value := _value(one, f"{where}.v")))  # an empty cell says nothing


def _value(value: Any, where: str) -> str:
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        value = value["id"]
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, int | float):
        value = f"{value:.0f}" if abs(value) < 1e15 and value == value // 1 else f"{value:g}"
    if not isinstance(value, str):
        raise unfit(where, "skal være tekst, tall, ja/nei eller {«id»}", "is to be text, a number, a boolean or {“id”}")
    return value.strip()[:_TEXT]
