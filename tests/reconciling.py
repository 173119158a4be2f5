"""The reconciliation service as tests ask it: every answer is held against its JSON Schema on the way."""

from __future__ import annotations

import atexit
import functools
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import served
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from fosen_graph.asking import Limits
from fosen_graph.findings import Words
from fosen_graph.registries.command import generate, load
from fosen_graph.web.app import create_app
from fosen_graph.web.reconcile.registers import Registers
from fosen_graph.web.reconcile.schemas import SCHEMAS
from fosen_graph.web.site import Site

ID = "https://w3id.org/fosen-graph/id/fosen/"
CODE = "https://w3id.org/fosen-graph/code/"
DATE = "2026-01-01"


@functools.cache
def copy() -> Path:
    """An invented register, in which the public bodies are real."""
    folder = tempfile.TemporaryDirectory(prefix="fosen-graph-register-")
    atexit.register(folder.cleanup)
    place = Path(folder.name)
    load(list(generate(place, 600, 1, "json", DATE)), place / "copy.sqlite", None, _still)
    return place / "copy.sqlite"


def _still(words: Words, done: int, total: int) -> None:
    """No progress is shown."""


def app(register: Path | None) -> Flask:
    lent = Registers(register) if register else None
    return create_app(
        Site(release=served.release(), public=served.store(), pages=served.store(), limits=Limits(), register=lent)
    )


@functools.cache
def client() -> FlaskClient:
    return app(copy()).test_client()


@functools.cache
def without_register() -> FlaskClient:
    return app(None).test_client()


def fits(name: str, node: Any) -> None:
    """Raises ValidationError."""
    Draft202012Validator(SCHEMAS[f"Reconciliation{name}"]).validate(node)


def read(response: TestResponse, schema: str) -> Any:
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    node = json.loads(response.data)
    fits(schema, node)
    return node


def get(path: str, schema: str, to: FlaskClient | None = None, **headers: str) -> Any:
    return read((to or client()).get(path, headers=headers), schema)


def batch(queries: Mapping[str, Mapping[str, object]], to: FlaskClient | None = None, path: str = "/reconcile") -> Any:
    """Version 0.2: what was found for each, by its name."""
    fits("Queries02", queries)
    told = read((to or client()).post(path, data={"queries": json.dumps(queries)}), "Results02")
    assert set(told) == set(queries)
    return {name: one["result"] for name, one in told.items()}


def one(query: str, to: FlaskClient | None = None, **more: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = batch({"q0": {"query": query, **more}}, to)["q0"]
    return found


def match(*queries: Mapping[str, object], path: str = "/reconcile/v1/match") -> list[list[dict[str, Any]]]:
    """Version 1.0-draft: what was found for each, in their order."""
    body = {"queries": list(queries)}
    fits("Queries1", body)
    told = read(client().post(path, json=body), "Results1")
    assert len(told["results"]) == len(queries)
    return [result["candidates"] for result in told["results"]]


def named(text: str, **more: object) -> dict[str, object]:
    return {"conditions": [{"matchType": "name", "v": text}], **more}


def conditioned(pid: str, value: object, **more: object) -> dict[str, object]:
    return {"matchType": "property", "pid": pid, "v": value, **more}


def extended(ids: list[str], *properties: str | Mapping[str, object], path: str = "/reconcile") -> Any:
    """Rows by id and property, whichever the version."""
    wanted = [{"id": told} if isinstance(told, str) else told for told in properties]
    body = {"ids": ids, "properties": wanted}
    fits("Extension", body)
    if path.endswith("/extend"):
        told = read(client().post(path, json=body), "Extended1")
        return {row["id"]: {own["id"]: own["values"] for own in row["properties"]} for row in told["rows"]}
    return read(client().post(path, data={"extend": json.dumps(body)}), "Extended02")["rows"]
