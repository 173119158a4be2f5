"""Numbers of plans in; our endpoint beside its peers, answers compared first, as Markdown out: `make bench-http`."""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from fosen_graph.release.line import build

from . import http_servers
from .http_load import Load, generator, load
from .http_queries import Asking, amount, lookups, mix, same
from .http_servers import Server, ask
from .synthetic import write_folder

_GOAL_PLANS, _GOAL_CONNECTIONS = 100, 8
_SLOW_PEER_PLANS = 100  # rdflib needs minutes to load more
GOALS = (  # ours, beside whom, on what, at least
    ("fosen-graph, cached", "oxigraph serve", "mix", 3.0),
    ("fosen-graph, cached", "oxigraph serve", "lookups", 1.0),
    ("fosen-graph, uncached", "oxigraph serve", "mix", 0.6),
    ("fosen-graph, uncached", "oxigraph serve", "lookups", 0.3),
    ("fosen-graph, uncached", "rdflib-endpoint", "mix", 20.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    plans: int
    server: str
    work: str
    connections: int
    load: Load


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _asked(arguments)
    generator()
    begun = time.monotonic()

    def say(what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - begun:6.0f} s  {what}\n")

    def tell(*lines: str) -> None:
        sys.stdout.write("\n".join([*lines, "", ""]))
        sys.stdout.flush()

    tell(_machine())
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="fosen-graph-bench-http-", dir=asked.folder) as name:
        for plans in asked.plans:
            say(f"building {plans} plans")
            release = asked.release or _release(Path(name), plans)
            many = http_servers.triples(release)
            found = []
            for server in _servers(release, Path(name), plans, asked.peers):
                say(f"{plans} plans, {server.name}: answers are compared")
                found += list(_measure(server, plans, asked, Path(name), say))
            tell(*_table(plans, many, found))
            measured += found
    tell(*_goals(measured))


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    def numbers(text: str) -> list[int]:
        return sorted(map(int, text.split(",")))

    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.over_http", description=__doc__)
    parser.add_argument("--plans", type=numbers, default=[1, 100, 1000])
    parser.add_argument("--connections", type=numbers, default=[1, 8, 32])
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--folder", type=Path, help="where 30 MB a plan may stand for a while")
    parser.add_argument("--release", type=Path, help="an own release of as many plans, instead of building one")
    parser.add_argument("--no-slow-peer", dest="peers", action="store_false", help="leave out rdflib-endpoint")
    return parser.parse_args(arguments)


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("granian", "pyoxigraph", "rdflib"))
    return (
        f"{len(os.sched_getaffinity(0))} cores, which the load shares; load before: {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, {libraries}."
    )


def _release(folder: Path, plans: int) -> Path:
    data = write_folder(folder / f"data-{plans}", plans)
    build(data, folder / f"out-{plans}")
    return (folder / f"out-{plans}" / "current").resolve()


def _servers(release: Path, folder: Path, plans: int, peers: bool) -> Iterator[Server]:
    """One at a time; the first's answers are what the others' are compared with."""
    askings = lookups(plans)[:20] + mix(plans)
    expected: list[tuple[str, bytes]] = []
    kinds: list[contextlib.AbstractContextManager[Server]] = [
        http_servers.oxigraph(release, folder),
        http_servers.ours(release, folder, cached=False),
        http_servers.ours(release, folder, cached=True),
    ]
    if peers and plans <= _SLOW_PEER_PLANS:
        kinds.append(http_servers.rdflib_endpoint(release, folder))
    for kind in kinds:
        with kind as server:
            answers = [ask(server, asking) for asking in askings]
            expected = expected or answers
            _prove_equal(server, askings, expected, answers)
            yield server


def _prove_equal(
    server: Server,
    askings: Sequence[Asking],
    expected: Sequence[tuple[str, bytes]],
    answers: Sequence[tuple[str, bytes]],
) -> None:
    for asking, first, own in zip(askings, expected, answers, strict=True):
        if amount(*own) == 0:
            raise RuntimeError(f"{server.name} finds nothing:\n{asking.text}")
        if not same([first, own]):
            raise RuntimeError(f"{server.name} answers otherwise than the first:\n{asking.text}")


def _measure(server: Server, plans: int, asked: argparse.Namespace, folder: Path, say: object) -> Iterator[Measured]:
    for work, askings in (("lookups", lookups(plans)), ("mix", mix(plans))):
        load(server.url, askings, 8, 1, folder, server.pid)  # warm
        for connections in asked.connections:
            done = load(server.url, askings, connections, asked.seconds, folder, server.pid)
            yield Measured(plans=plans, server=server.name, work=work, connections=connections, load=done)


def _table(plans: int, triples: int, measured: Sequence[Measured]) -> Iterator[str]:
    yield f"### {plans:,} plan{'s' * (plans > 1)}: {triples:,} triples, {triples // plans:,} a plan"
    yield ""
    yield "| work | clients | server | answers a second | beside Oxigraph | p50, ms | p99, ms | CPU, µs each | failed |"
    yield "|---|---:|---|---:|---:|---:|---:|---:|---:|"
    for one in sorted(measured, key=lambda one: (one.work, one.connections)):
        beside = _find(measured, plans, "oxigraph serve", one.work, one.connections)
        yield (
            f"| {one.work} | {one.connections} | {one.server} | {one.load.rate:,.0f} "
            f"| {one.load.rate / beside.load.rate:.2f} | {one.load.p50:.2f} | {one.load.p99:.2f} "
            f"| {one.load.cpu:,.0f} | {one.load.failed} |"
        )


def _find(measured: Sequence[Measured], plans: int, server: str, work: str, connections: int) -> Measured:
    key = (plans, server, work, connections)
    return next(one for one in measured if (one.plans, one.server, one.work, one.connections) == key)


def _goals(measured: Sequence[Measured]) -> Iterator[str]:
    yield f"### Goals, at {_GOAL_PLANS} plans and {_GOAL_CONNECTIONS} clients"
    yield ""
    yield "| | beside | work | throughput | goal | |"
    yield "|---|---|---|---:|---:|---|"
    for ours, peer, work, least in GOALS:
        with contextlib.suppress(StopIteration):
            own = _find(measured, _GOAL_PLANS, ours, work, _GOAL_CONNECTIONS).load.rate
            other = _find(measured, _GOAL_PLANS, peer, work, _GOAL_CONNECTIONS).load.rate
            verdict = "**met**" if own / other >= least else "**missed**"
            yield f"| {ours} | {peer} | {work} | {own / other:.2f} times | {least:g} | {verdict} |"


if __name__ == "__main__":
    main()
