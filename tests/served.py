"""The project's own data, built once per run of the tests and served without a network."""

from __future__ import annotations

import atexit
import functools
import tempfile
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from fosen_graph.asking import Limits, Question
from fosen_graph.asking.published import Release, read_release
from fosen_graph.asking.store import EmbeddedStore, release_sources
from fosen_graph.release.line import build
from fosen_graph.web.app import create_app
from fosen_graph.web.site import Site

ROOT = Path(__file__).parent.parent
PLAN = "https://w3id.org/fosen-graph/id/fosen/2022-2024"


@functools.cache
def release() -> Release:
    folder = tempfile.TemporaryDirectory(prefix="fosen-graph-tests-")
    atexit.register(folder.cleanup)
    build(ROOT / "data", Path(folder.name))
    return read_release(Path(folder.name) / "current")


@functools.cache
def store() -> EmbeddedStore:
    return EmbeddedStore(release_sources(release().folder), release().prefixes, release().base)


@functools.cache
def app() -> Flask:
    return create_app(Site(release=release(), public=store(), pages=store(), limits=Limits()))


def client() -> FlaskClient:
    return app().test_client()


def count(pattern: str, **dataset: tuple[str, ...]) -> int:
    """How many solutions a pattern has."""
    text = f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"
    return int(store().answer(Question(text=text, format="csv", **dataset)).split()[1])
