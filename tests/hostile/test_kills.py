"""Processes killed under load: no wrong answer, no hang, full strength within a second."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import served
from attacked import LIMITS, Server, children

CLIENTS = 50
CALM, LOADED = 1.0, 3.0  # seconds to full strength; in the second case the load is on the same machine


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One of its own: what is killed here must not disturb others."""
    with Server(served.release().folder, LIMITS) as started:
        yield started


class Load:
    """Fifty clients that each ask what has one right answer, and note what they got."""

    def __init__(self, server: Server) -> None:
        self._server, self._over = server, threading.Event()
        self.right = self.refused = self.closed = 0
        self.wrong: list[tuple[int, bytes]] = []
        self.slowest = 0.0
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        time.sleep(0.3)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, client: int) -> None:
        number = client
        while not self._over.is_set():
            number += CLIENTS
            query = f"SELECT ({number} AS ?x) (COUNT(?m) AS ?n) WHERE {{ ?m a fg:Measure }}"
            start = time.monotonic()
            try:
                found = self._server.ask(query)
            except OSError:  # refused or reset: a web process has ended
                found = None
            with self._lock:
                self.slowest = max(self.slowest, time.monotonic() - start)
                if found is None or found.status == 0:
                    self.closed += 1
                elif found.status == 200 and found.body == f"x,n\r\n{number},29\r\n".encode():
                    self.right += 1
                elif found.status in (429, 503) and json.loads(found.body)["status"] == found.status:
                    self.refused += 1
                else:
                    self.wrong.append((found.status, found.body[:200]))


def of_kind(server: Server) -> dict[str, list[int]]:
    """The processes by what they do: told by who started whom."""
    asking = [pid for pid in children(server.process.pid) if b"-m\0fosen_graph.asking." in command(pid)]
    zygotes = [pid for pid in asking if children(pid)]  # another is spare, and becomes one where it is needed
    return {
        "zygote": zygotes,
        "worker": [worker for zygote in zygotes for worker in children(zygote)],
        "web": [pid for pid in children(server.process.pid) if pid not in asking],
    }


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended since
        return b""


def patience() -> float:
    """How much longer things take where others keep the machine busy."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@functools.cache
def strength(server: Server) -> dict[str, int]:
    """How many of each kind there are in calm, when all have come up: under load one is always being replaced."""
    server.quick()
    whole: dict[str, int] = {}
    while whole != (whole := {name: len(pids) for name, pids in of_kind(server).items()}):
        time.sleep(patience())
    return whole


def back_within(server: Server, kind: str, seconds: float, how: signal.Signals = signal.SIGKILL) -> None:
    """Kills one or all of a kind, and waits until as many are back and a question is answered."""
    whole = strength(server)
    victims = of_kind(server)[kind.removeprefix("all ").removesuffix("s")]
    victims = victims if kind.startswith("all") else victims[:1]
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
    seconds *= patience()
    start = time.monotonic()
    while any(not set(victims).isdisjoint(pids) for pids in of_kind(server).values()):
        assert time.monotonic() - start < seconds
    while {name: len(pids) for name, pids in of_kind(server).items()} != whole or not answers(server):
        assert time.monotonic() - start < seconds
        time.sleep(0.01)


def answers(server: Server) -> bool:
    try:
        return server.quick().status == 200
    except OSError:
        return False


KINDS = ("worker", "zygote", "web", "all workers", "all web")


@pytest.mark.parametrize("kind", KINDS)
def test_killed_in_calm_all_is_back_within_a_second(server: Server, kind: str) -> None:
    back_within(server, kind, CALM)


@pytest.mark.parametrize("kind", ["all workers", "zygote", "all web"])
def test_halted_all_is_back_within_a_second(server: Server, kind: str) -> None:
    """SIGSTOP: whoever holds a line and does not work is ended."""
    back_within(server, kind, CALM, signal.SIGSTOP)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_under_load_nothing_is_wrong_and_nothing_hangs(server: Server, kind: str) -> None:
    with Load(server) as load:
        for _ in range(3):
            back_within(server, kind, LOADED)
            time.sleep(0.3)
    assert not load.wrong
    assert load.right > 50 and load.slowest < LIMITS.seconds + LIMITS.wait_seconds + patience()
    if "web" not in kind:
        assert load.closed == 0


def test_afterwards_everything_is_as_before(server: Server) -> None:
    """The supervisor, those that work, and at most one that is spare."""
    known = 1 + sum(map(len, of_kind(server).values()))
    assert server.quick().status == 200 and len(server.processes()) in (known, known + 1)
