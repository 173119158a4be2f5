"""The addresses of the service in; their part of the OpenAPI description out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fosen_graph.web.reconcile.reading import FORM, JSON

Node = dict[str, Any]
Operation = Callable[..., Node]  # as in endpoint/openapi.py: id, tag, summary, more, answer, problems
TAG = {"name": "reconciliation", "description": "Reconciliation Service API 0.2 and 1.0-draft: link a table."}
_BUSY = ("503",)


def paths(operation: Operation) -> Node:
    manifest = operation("manifest1", TAG["name"], "Manifest, 1.0-draft", {}, _json("ReconciliationManifest1"), ())
    return {
        "/reconcile": {"get": _asked_by_address(operation), "post": _asked_by_form(operation)},
        "/reconcile/v1": {"get": manifest},
        "/reconcile/v1/match": {"post": _posted(operation, "match1", "Match", "Queries1", "Results1")},
        "/reconcile/v1/extend": {"post": _posted(operation, "extend1", "Fetch more", "Extension", "Extended1")},
        **_alike(operation, "/reconcile", "02"),
        **_alike(operation, "/reconcile/v1", "1"),
    }


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str) -> Node:
    return {JSON: {"schema": _ref(name)}}


def _query(name: str, text: str, schema: Mapping[str, object], *, required: bool = False) -> Node:
    return {"name": name, "in": "query", "description": text, "schema": dict(schema), "required": required}


_LANG = _query("lang", "Of names; else as Accept-Language says.", {"type": "string", "enum": ["nb", "en"]})
_CALLBACK = _query(
    "callback", "JSONP: the name of a function.", {"type": "string", "pattern": r"^[A-Za-z_$][A-Za-z0-9_$]{0,99}$"}
)
_ANSWERS_02 = ("ReconciliationManifest02", "ReconciliationResults02", "ReconciliationExtended02")


def _asked_by_address(operation: Operation) -> Node:
    """Without parameters the manifest."""
    parameters = [
        _query("queries", "A batch as JSON.", {"type": "string", "maxLength": 20_000}),
        _query("extend", "A request for more data as JSON.", {"type": "string", "maxLength": 20_000}),
        _CALLBACK,
        _LANG,
    ]
    answer = {JSON: {"schema": {"anyOf": [_ref(name) for name in _ANSWERS_02]}}}
    answer["application/javascript"] = {"schema": {"type": "string"}}  # type: ignore[dict-item]
    summary = "Manifest, or a batch, or more data, 0.2"
    problems = ("400", "413", "414", *_BUSY)
    return operation("reconcile", TAG["name"], summary, {"parameters": parameters}, answer, problems)


def _asked_by_form(operation: Operation) -> Node:
    fields = {"queries": {"type": "string"}, "extend": {"type": "string"}}
    form = {"schema": {"type": "object", "properties": fields, "minProperties": 1, "maxProperties": 1}}
    body = {"requestBody": {"required": True, "content": {FORM: form}}}
    answer = {JSON: {"schema": {"anyOf": [_ref(name) for name in _ANSWERS_02[1:]]}}}
    problems = ("400", "413", "414", "415", *_BUSY)
    return operation("reconcileBatch", TAG["name"], "A batch, or more data, 0.2", body, answer, problems)


def _posted(operation: Operation, id_: str, summary: str, body: str, answer: str) -> Node:
    content = {"requestBody": {"required": True, "content": _json(f"Reconciliation{body}")}}
    problems = ("400", "413", "415", *_BUSY)
    return operation(id_, TAG["name"], summary, content, _json(f"Reconciliation{answer}"), problems)


def _alike(operation: Operation, root: str, version: str) -> Node:
    """What both versions have, but for JSONP."""
    callback = [_CALLBACK] if version == "02" else []
    script: Node = {"application/javascript": {"schema": {"type": "string"}}} if callback else {}
    prefix = _query("prefix", "As somebody types it.", {"type": "string", "maxLength": 200})
    cursor = _query("cursor", "How many to skip.", {"type": "integer", "minimum": 0, "maximum": 1000})
    type_ = _query("type", "Only of this type.", {"type": "string", "maxLength": 200})
    limit = _query("limit", "At most so many.", {"type": "integer", "minimum": 0, "maximum": 1000})
    id_ = _query("id", "Of an entity.", {"type": "string"}, required=True)
    told: Node = {}
    for kind in ("entity", "property", "type"):
        own = [prefix, cursor, *([] if kind == "type" else [type_]), *callback, _LANG]
        told[f"{root}/suggest/{kind}"] = {
            "get": operation(
                f"suggest_{kind}_{version}", TAG["name"], f"Complete the name of a {kind}", {"parameters": own},
                _json("ReconciliationSuggested") | script, ("400", "414", *_BUSY),
            )
        }  # fmt: skip
    told[f"{root}/extend/propose"] = {
        "get": operation(
            f"propose_{version}", TAG["name"], "What can be fetched of a type",
            {"parameters": [type_, limit, *callback, _LANG]},
            _json("ReconciliationProposed") | script, ("400", "414", *_BUSY),
        )
    }  # fmt: skip
    page: Node = {"text/html": {"schema": {"type": "string"}}}
    preview = operation(
        f"preview_{version}", TAG["name"], "An entity in a frame", {"parameters": [id_, _LANG]}, page,
        ("400", "404", "414", *_BUSY),
    )  # fmt: skip
    return told | {f"{root}/preview": {"get": preview}}
