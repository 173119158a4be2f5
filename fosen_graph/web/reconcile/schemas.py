"""The two specifications, as read by us, in; JSON Schemas of every request and answer out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fosen_graph.web.reconcile.asked import BATCH, IDS, PROPERTIES, QUANTIFIERS

Node = dict[str, Any]
_TEXT: Node = {"type": "string"}
_ID: Node = {"type": "string", "minLength": 1}
_ADDRESS: Node = {"type": "string", "pattern": "^https?://"}
_LIMIT: Node = {"type": "integer", "minimum": 1}


def _object(required: Mapping[str, Node], optional: Mapping[str, Node] | None = None, *, closed: bool = False) -> Node:
    node: Node = {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}
    return node | ({"additionalProperties": False} if closed else {})


def _list(items: Node, **more: object) -> Node:
    return {"type": "array", "items": items, **more}


def _one(*choices: Node) -> Node:
    return {"oneOf": list(choices)}


_NAMED = _object({"id": _ID, "name": _ID})
_TYPE = _object({"id": _ID, "name": _ID}, {"broader": _list(_NAMED)})
_VALUE = _one(_TEXT, {"type": "number"}, {"type": "boolean"}, _object({"id": _TEXT}, {"name": _TEXT}))
_VALUES = _one(_VALUE, _list(_VALUE))
_LANG: Node = {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"}
_DIR: Node = {"enum": ["ltr", "rtl", "auto"]}

# What clients send

QUERIES_02: Node = {
    "type": "object",
    "maxProperties": BATCH,
    "additionalProperties": {
        **_object(
            {},
            {
                "query": _TEXT,
                "type": _one(_TEXT, _list(_one(_TEXT, _object({"id": _TEXT})))),
                "limit": _LIMIT,
                "properties": _list(_object({"pid": _ID, "v": _VALUES})),
                "type_strict": {"enum": ["any", "all", "should"]},
            },
        ),
        "anyOf": [{"required": ["query"]}, {"required": ["properties"], "properties": {"properties": {"minItems": 1}}}],
    },
}
_CONDITION = {
    **_object(
        {"matchType": {"enum": ["name", "id", "property"]}, "v": _VALUES},
        {"pid": _ID, "required": {"type": "boolean"}, "matchQuantifier": {"enum": list(QUANTIFIERS)}},
    ),
    "if": {"properties": {"matchType": {"const": "property"}}},
    "then": {"required": ["pid"]},
}
QUERIES_1 = _object(
    {
        "queries": _list(
            _object(
                {"conditions": _list(_CONDITION, minItems=1)},
                {"type": _TEXT, "limit": _LIMIT, "lang": _LANG, "dir": _DIR},
            ),
            maxItems=BATCH,
        )
    }
)
EXTENSION = _object(
    {
        "ids": _list(_TEXT, maxItems=IDS),
        "properties": _list(_object({"id": _ID}, {"settings": {"type": "object"}}), maxItems=PROPERTIES),
    }
)

# What is answered

_COMMON = {
    "name": _ID,
    "documentation": _ADDRESS,
    "logo": _ADDRESS,
    "serviceVersion": _ID,
    "defaultTypes": _list(_TYPE, uniqueItems=True),
    "batchSize": {"type": "integer", "minimum": 1},
}
_SIZES = {"width": {"type": "integer", "minimum": 1}, "height": {"type": "integer", "minimum": 1}}
_SERVICE = _object({"service_url": _ADDRESS, "service_path": _TEXT})


def _setting(id_: str, name: str, help_: str) -> Node:
    """One of four kinds, which says what may be chosen from and what the default is."""
    kinds = {"number": "number", "text": "string", "checkbox": "boolean", "select": "string"}
    choices = {"choices": _list(_object({"value": _TEXT, "name": _TEXT}), minItems=1)}
    return _one(
        *(
            _object(
                {"type": {"const": kind}, id_: _ID, name: _ID, **(choices if kind == "select" else {})},
                {"default": {"type": default}, help_: _TEXT},
            )
            for kind, default in kinds.items()
        )
    )


def _template(pattern: str) -> Node:
    return _object({"url": {"type": "string", "pattern": pattern}})


_DOUBLE = r"^https?://.*\{\{id\}\}"
MANIFEST_02 = _object(
    {
        "versions": _list(_TEXT, contains={"const": "0.2"}),
        "identifierSpace": _ADDRESS,
        "schemaSpace": _ADDRESS,
        **_COMMON,
    },
    {
        "view": _template(_DOUBLE),
        "feature_view": _template(_DOUBLE),
        "preview": _object({"url": {"type": "string", "pattern": _DOUBLE}, **_SIZES}),
        "suggest": _object({}, {"entity": _SERVICE, "property": _SERVICE, "type": _SERVICE}),
        "extend": _object(
            {}, {"propose_properties": _SERVICE, "property_settings": _list(_setting("name", "label", "help_text"))}
        ),
    },
)
_SINGLE = r"^https?://[^{]*\{\+?id\}[^{]*$"
MANIFEST_1 = _object(
    {"versions": _list(_TEXT, contains={"const": "1.0-draft"}), "view": _template(_SINGLE), **_COMMON},
    {
        "featureView": _template(_SINGLE),
        "preview": _object(_SIZES),
        "suggest": _object({kind: {"type": "boolean"} for kind in ("entity", "property", "type")}),
        "extend": _object(
            {},
            {"proposeProperties": {"type": "boolean"}, "propertySettings": _list(_setting("id", "name", "helpText"))},
        ),
        "standardizedScore": {"type": "boolean"},
        "lang": _LANG,
        "dir": _DIR,
    },
)


def _candidates(feature: Node, more: Mapping[str, Node]) -> Node:
    return _list(
        _object(
            {
                "id": _ID,
                "name": _ID,
                "type": _list(_NAMED),
                "score": {"type": "number", "minimum": 0, "maximum": 100},
                "match": {"type": "boolean"},
            },
            {"description": _TEXT, "features": _list(feature), **more},
        )
    )


_FEATURE = {"id": _ID, "value": _one({"type": "number"}, {"type": "boolean"})}
RESULTS_02: Node = {
    "type": "object",
    "additionalProperties": _object({"result": _candidates(_object(_FEATURE), {})}, closed=True),
}
RESULTS_1 = _object(
    {
        "results": _list(
            _object({"candidates": _candidates(_object({"name": _ID, **_FEATURE}), {"lang": _LANG, "dir": _DIR})})
        )
    }
)
SUGGESTED = _object(
    {
        "result": _list(
            _object(
                {"id": _ID, "name": _ID}, {"description": _TEXT, "notable": _list(_NAMED), "broader": _list(_NAMED)}
            )
        )
    }
)
PROPOSED = _object({"properties": _list(_NAMED), "type": _TEXT}, {"limit": {"type": "integer", "minimum": 0}})
_META = _list(_object({"id": _ID, "name": _ID}, {"type": _NAMED, "service": _ADDRESS}))
_DAY: Node = {"type": "string", "pattern": r"^\d{4}-[01]\d-[0-3]\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$"}


def _cell(more: Mapping[str, Node]) -> Node:
    return _one(
        _object({"id": _ID, "name": _TEXT}, {"description": _TEXT, **more}, closed=True),
        _object({"str": _TEXT}, more, closed=True),
        _object({"int": {"type": "integer"}}, closed=True),
        _object({"float": {"type": "number"}}, closed=True),
        _object({"date": _DAY}, closed=True),
    )


EXTENDED_02 = _object(
    {
        "meta": _META,
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": _list(_cell({}))},
        },
    },
    closed=True,
)
EXTENDED_1 = _object(
    {
        "meta": _META,
        "rows": _list(
            _object(
                {
                    "id": _TEXT,
                    "properties": _list(
                        _object({"id": _ID, "values": _list(_cell({"lang": _LANG, "dir": _DIR}))}, closed=True)
                    ),
                },
                closed=True,
            )
        ),
    },
    closed=True,
)
SCHEMAS: Mapping[str, Node] = {
    "ReconciliationQueries02": QUERIES_02,
    "ReconciliationQueries1": QUERIES_1,
    "ReconciliationManifest02": MANIFEST_02,
    "ReconciliationManifest1": MANIFEST_1,
    "ReconciliationResults02": RESULTS_02,
    "ReconciliationResults1": RESULTS_1,
    "ReconciliationSuggested": SUGGESTED,
    "ReconciliationProposed": PROPOSED,
    "ReconciliationExtension": EXTENSION,
    "ReconciliationExtended02": EXTENDED_02,
    "ReconciliationExtended1": EXTENDED_1,
}
