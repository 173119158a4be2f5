"""
Hostile and honest traffic together, for as long as asked; figures out, and whether anything grew, leaked or lied.

    python tests/soak.py --seconds 600
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "hostile"))

from attacked import Server, children, post, request
from queries_table import QUERIES
from requests_table import REQUESTS

from fosen_graph.asking import Limits

LIMITS = Limits(seconds=2.0, wait_seconds=1.0, memory_bytes=256 * 2**20, cache_bytes=8 * 2**20, per_client=False)
GROWTH = 0.10  # of the median memory in the last third over that in the middle third
PAGES = ("/", "/en/", "/sparql", "/dumps/", "/ns", "/doc/fosen/2022-2024", "/id/fosen/2022-2024", "/healthz")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
BEGUN = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 1000\r\n\r\nSELECT"
)


@dataclass(slots=True)
class Tally:
    """What the clients saw. slow: seconds of honest queries that were answered."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sample:
    second: float
    memory: int
    descriptors: int
    processes: int


class Soak:
    """Clients in threads; each kind does one thing again and again until it is over."""

    def __init__(self, server: Server, kills: bool) -> None:
        self._server, self._over, self.tally = server, threading.Event(), Tally()
        kinds: list[tuple[Callable[[random.Random], None], int]] = [
            (self._honest, 4),
            (self._pages, 1),
            (self._hostile_query, 3),
            (self._hostile_request, 1),
            (self._slow_sender, 1),
            (self._gone, 1),
        ]
        kinds += [(self._killer, 1)] if kills else []
        self._threads = [
            threading.Thread(target=self._again, args=(kind, seed)) for kind, many in kinds for seed in range(many)
        ]

    def run(self, seconds: float) -> list[Sample]:
        start, samples = time.monotonic(), []
        for thread in self._threads:
            thread.start()
        while (now := time.monotonic() - start) < seconds:
            server = self._server
            samples.append(Sample(now, server.memory(), server.descriptors(), len(server.processes())))
            if len(samples) % 5 == 1:
                _tell_sample(samples[-1], self.tally)
            time.sleep(min(2.0, seconds / 30))
        self._over.set()
        for thread in self._threads:
            thread.join()
        return samples

    def _again(self, act: Callable[[random.Random], None], seed: int) -> None:
        chance = random.Random(f"{act.__name__}{seed}")
        while not self._over.is_set():
            try:
                act(chance)
            except OSError:  # a web process was killed, or closed the connection
                self.tally.seen["closed"] += 1

    def _honest(self, chance: random.Random) -> None:
        number = chance.randrange(10**9)
        found = self._server.ask(f"SELECT ({number} AS ?x) (COUNT(?m) AS ?n) WHERE {{ ?m a fg:Measure }}")
        self.tally.seen[f"honest {found.status}"] += 1
        if found.status == 200:
            self.tally.slow.append(found.seconds)
        if found.status not in (200, 0, 429, 503) or (
            found.status == 200 and found.body != f"x,n\r\n{number},29\r\n".encode()
        ):
            self.tally.wrong.append(f"{found.status} {found.body[:100]!r}")

    def _pages(self, chance: random.Random) -> None:
        path = chance.choice(PAGES)
        found = self._server.send(request(f"GET {path} HTTP/1.1", "Accept: text/html"))
        self.tally.seen[f"page {found.status}"] += 1
        if found.status not in (200, 303, 302, 0, 503):
            self.tally.wrong.append(f"{path} {found.status}")

    def _hostile_query(self, chance: random.Random) -> None:
        attack = chance.choice(QUERIES)
        found = self._server.ask(attack.text, accept=chance.choice(("*/*", "text/html", "text/csv")))
        self.tally.seen[f"hostile query {found.status}"] += 1
        if found.status not in (0, 200, 400, 403, 406, 413, 422, 429, 503):
            self.tally.wrong.append(f"{attack.name} {found.status}")

    def _hostile_request(self, chance: random.Random) -> None:
        sent = chance.choice(REQUESTS)
        found = self._server.send(sent.data)
        self.tally.seen["hostile request"] += 1
        if found.status not in (0, 429, 503, *sent.statuses):
            self.tally.wrong.append(f"{sent.name} {found.status}")

    def _slow_sender(self, chance: random.Random) -> None:
        """Thirty connections that begin and wait; some are left to the server to close."""
        with contextlib.ExitStack() as stack:
            for _ in range(30):
                connection = stack.enter_context(self._server.connect())
                connection.sendall(chance.choice((b"", b"GET / HTTP/1.1\r\nX-", BEGUN)))
            self._over.wait(chance.choice((1.0, 3.0, 15.0)))
        self.tally.seen["slow senders"] += 30

    def _gone(self, chance: random.Random) -> None:
        with self._server.connect() as connection:
            connection.sendall(post(ENDLESS.encode()))
            time.sleep(chance.random() / 10)
        self.tally.seen["hung up"] += 1
        self._over.wait(0.2)

    def _killer(self, chance: random.Random) -> None:
        """SIGKILL for any process but the supervisor."""
        self._over.wait(chance.uniform(5, 15))
        below = children(self._server.process.pid)
        every = [*below, *(pid for parent in below for pid in children(parent))]
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(every), signal.SIGKILL)
            self.tally.seen["killed"] += 1


def _tell_sample(sample: Sample, tally: Tally) -> None:
    sys.stdout.write(
        f"{sample.second:6.0f} s  {sample.memory / 2**20:6.0f} MB  {sample.descriptors:4} descriptors  "
        f"{sample.processes:3} processes  {tally.seen.total():7} done  {len(tally.wrong)} wrong\n"
    )
    sys.stdout.flush()


def _folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("fosen-graph-*"))


def _files(folders: set[Path]) -> int:
    return sum(len(list(folder.rglob("*"))) for folder in folders)


def _faults(samples: list[Sample], tally: Tally, first: Sample, last: Sample, files: tuple[int, int]) -> list[str]:
    third = len(samples) // 3
    middle, end = (statistics.median(s.memory for s in part) for part in (samples[third : 2 * third], samples[-third:]))
    faults = [f"a wrong answer: {told}" for told in tally.wrong[:10]]
    if end > middle * (1 + GROWTH) + 10 * 2**20:
        faults.append(f"memory grew from {middle / 2**20:.0f} to {end / 2**20:.0f} MB")
    if last.processes != first.processes:
        faults.append(f"{first.processes} processes before, {last.processes} after")
    if last.descriptors > first.descriptors + 60:  # some are opened at the first request
        faults.append(f"{first.descriptors} descriptors before, {last.descriptors} after")
    if files[1] > files[0]:
        faults.append(f"{files[0]} files before, {files[1]} after")
    return faults


def _calm(server: Server, second: float) -> Sample:
    """When nobody has asked for a while."""
    return Sample(second, server.memory(), server.descriptors(), len(server.processes()))


def soak(release: Path, seconds: float, kills: bool) -> list[str]:
    """What was found wrong."""
    before = _folders()
    with Server(release, LIMITS) as server:
        server.quick()
        time.sleep(3)  # a zygote in reserve comes a little later
        first, own = _calm(server, 0), _folders() - before
        files = _files(own)
        soaking = Soak(server, kills)
        samples = soaking.run(seconds)
        time.sleep(LIMITS.seconds + LIMITS.wait_seconds + 2)
        last = _calm(server, seconds)
        faults = _faults(samples, soaking.tally, first, last, (files, _files(own)))
        every = server.processes()
        sys.stdout.write(f"before: {first}\nafter:  {last}\n")
    left = [pid for pid in every if Path(f"/proc/{pid}").exists()]
    if left or own & _folders():
        faults.append(f"left behind: {left} {own & _folders()}")
    times = sorted(soaking.tally.slow) or [0.0]
    for kind, many in sorted(soaking.tally.seen.items()):
        sys.stdout.write(f"{many:8}  {kind}\n")
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    sys.stdout.write(f"honest queries: median {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms\n")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description="Hostile and honest traffic; is anything left behind?")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--release", type=Path, default=Path("out/current"))
    parser.add_argument("--no-kills", action="store_true", help="let all processes live")
    asked = parser.parse_args()
    faults = soak(asked.release, asked.seconds, not asked.no_kills)
    sys.stdout.write("".join(f"FAULT {fault}\n" for fault in faults) or "nothing grew, leaked or lied\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
