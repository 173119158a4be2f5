"""Numbers of plans in; what each kind of page costs, first and kept, beside an empty Flask page, out as Markdown."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from fosen_graph.asking import Limits, Question
from fosen_graph.asking.published import read_release
from fosen_graph.asking.store import EmbeddedStore, release_sources
from fosen_graph.release.line import build
from fosen_graph.web.app import create_app
from fosen_graph.web.site import Site

from .synthetic import PLAN, region_name, write_folder

ROUNDS = 300
MOST_QUERIES, MOST_TIMES, MOST_BYTES = 3, 5.0, 100_000  # of a page: first; kept, beside an empty one; packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Milliseconds; size: bytes as sent, packed with Brotli."""

    plans: int
    path: str
    queries: int
    first: float
    kept: float
    times: float
    size: int

    @property
    def holds(self) -> bool:
        return self.queries <= MOST_QUERIES and self.times <= MOST_TIMES and self.size < MOST_BYTES


class _Counting:
    def __init__(self, store: EmbeddedStore) -> None:
        self._store, self.asked = store, 0

    def answer(self, question: Question) -> bytes:
        self.asked += 1
        return self._store.answer(question)


def paths(region: str) -> tuple[str, ...]:
    plan = f"{region}/{PLAN}"
    return (
        f"/plan/{plan}", f"/plan/{plan}?usikker=ja", f"/plan/{plan}/hvem", f"/plan/{plan}/kilde", "/kvalitet", "/sok",
        "/sok?q=skolene", "/liste/tiltak", "/dumps/", f"/doc/{plan}", f"/doc/{plan}/strategi/verdiskaping",
        f"/doc/{plan}/tiltak/desentraliserte-tilbud", f"/doc/{region}/aktoer/raadmannsforum", "/code", "/om",
    )  # fmt: skip


def measure(plans: int, folder: Path) -> list[Cost]:
    """A release of so many plans is built, and each page asked for in a process of its own making."""
    data = write_folder(folder / f"data-{plans}", plans)
    build(data, folder / f"out-{plans}")
    release = read_release(folder / f"out-{plans}" / "current")
    store = EmbeddedStore(release_sources(release.folder), release.prefixes, release.base)
    return [_cost(plans, path, release, store) for path in paths(region_name(1))]


def _cost(plans: int, path: str, release: Any, store: EmbeddedStore) -> Cost:
    """A new application for each page, so that nothing is kept that another page has asked for."""
    counting = _Counting(store)
    call = _caller(create_app(Site(release=release, public=counting, pages=counting, limits=Limits())), path)
    began = time.perf_counter()
    body = call()
    first, queries = (time.perf_counter() - began) * 1000, counting.asked
    kept, empty = _milliseconds(call, _caller(_empty(), "/"))
    return Cost(plans=plans, path=path, queries=queries, first=first, kept=kept, times=kept / empty, size=len(body))


def _empty() -> Flask:
    app = Flask("empty")
    app.add_url_rule("/", "empty", lambda: "")
    return app


def _caller(app: Flask, path: str) -> Callable[[], bytes]:
    address, _, query = path.partition("?")
    builder = EnvironBuilder(address, query_string=query, headers={"Accept": "text/html", "Accept-Encoding": "br"})
    environ = builder.get_environ()

    def call() -> bytes:
        status = []
        body = b"".join(app.wsgi_app(dict(environ), lambda told, headers, error=None: status.append(told)))
        assert status == ["200 OK"], (path, status)
        return body

    return call


def _milliseconds(*calls: Callable[[], bytes]) -> list[float]:
    """The median of many for each, once warm; in turn, so that a busy machine is as busy for all."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS + 20):
        for call, own in zip(calls, taken, strict=True):
            began = time.perf_counter()
            call()
            own.append(time.perf_counter() - began)
    return [statistics.median(own[20:]) * 1000 for own in taken]


def table(costs: Sequence[Cost]) -> str:
    lines = [
        "| plans | page | queries | first, ms | kept, ms | times an empty page | bytes, packed |  |",
        "|--:|---|--:|--:|--:|--:|--:|---|",
    ]
    lines += [
        f"| {c.plans} | `{c.path}` | {c.queries} | {c.first:.1f} | {c.kept:.3f} | {c.times:.1f} | {c.size:,} "
        f"| {'' if c.holds else 'over'} |"
        for c in costs
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--plans", type=lambda text: sorted(map(int, text.split(","))), default=[1, 100])
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="fosen-graph-bench-") as name:
        costs = [cost for plans in asked.plans for cost in measure(plans, Path(name))]
    sys.stdout.write(table(costs) + "\n")
    return 0 if all(cost.holds for cost in costs) else 1


if __name__ == "__main__":
    sys.exit(main())
