"""Who asks in; room for a question, or the reason for none, out: shared by all web processes of a server."""

from __future__ import annotations

import contextlib
import mmap
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fosen_graph.asking import Limits, all_busy, too_many

_COUNTED: Final = (
    "requests_2xx",
    "requests_3xx",
    "requests_4xx",
    "requests_5xx",
    "request_milliseconds",
    "questions_quick",
    "questions_slow",
    "questions_refused",
    "questions_over_limits",
    "question_milliseconds",
    "clients_gone",
    "starts_of_web_process",
    "starts_of_zygote",
    "releases",
)
_WORD = 8
_PLACES: Final = {name: number for number, name in enumerate(_COUNTED, 1)}  # in words; the first is what runs
_CLIENT = struct.Struct("=IIdd")  # number of the client, questions that run, seconds used, when that was so
_CLIENTS = 2048  # of a web process; two that meet share what they may use
_TABLE = 33 * _WORD  # of the clients: where it begins in an area
_AREA = _TABLE + _CLIENTS * _CLIENT.size
_LINE_SECONDS = 0.02  # between two looks whether there is room


class Board:
    """
    A file in memory with an area for each web process and one for the supervisor: only its owner writes an area.

    So nobody waits for a lock, and what a killed process had running is forgotten when its area is.
    """

    def __init__(self, path: Path, areas: int) -> None:
        size = areas * _AREA
        if not path.exists():
            path.write_bytes(bytes(size))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), size)
        self._words = memoryview(self._memory).cast("q")
        self._areas = areas
        self._running = range(0, areas * _AREA // _WORD, _AREA // _WORD)

    def forget(self, area: int) -> None:
        """Its owner has ended: nothing of it runs. What was counted and used stays."""
        self._words[self._running[area]] = 0
        for slot in range(_CLIENTS):
            at = area * _AREA + _TABLE + slot * _CLIENT.size
            number, running, used, when = _CLIENT.unpack_from(self._memory, at)
            if running:
                _CLIENT.pack_into(self._memory, at, number, 0, used, when)

    def count(self, area: int, name: str, more: int = 1) -> None:
        self._words[self._running[area] + _PLACES[name]] += more

    def counted(self) -> dict[str, int]:
        """Every counter over all areas, and how many questions run."""
        return {name: self.total(name) for name in _COUNTED} | {"running": self.running()}

    def total(self, name: str) -> int:
        place = _PLACES[name]
        return sum([self._words[at + place] for at in self._running])

    def running(self) -> int:
        return sum([self._words[at] for at in self._running])

    def add_running(self, area: int, more: int) -> None:
        at = self._running[area]
        self._words[at] = max(0, self._words[at] + more)

    def of_client(self, slot: int, number: int, rate: float) -> tuple[int, float]:
        """Its questions that run, and the seconds that it has used and that time has not yet given back."""
        now, running, used = time.monotonic(), 0, 0.0
        for area in range(self._areas):
            at = area * _AREA + _TABLE + slot * _CLIENT.size
            owner, its_running, its_used, when = _CLIENT.unpack_from(self._memory, at)
            if owner == number:
                running += its_running
                used += max(0.0, its_used - (now - when) * rate)
        return running, used

    def add_of_client(self, area: int, slot: int, number: int, running: int, seconds: float, rate: float) -> None:
        at = area * _AREA + _TABLE + slot * _CLIENT.size
        owner, its_running, its_used, when = _CLIENT.unpack_from(self._memory, at)
        now = time.monotonic()
        left = max(0.0, its_used - (now - when) * rate)
        if owner != number and (its_running or left > 0.5):
            number = owner  # they share a place
        elif owner != number:
            its_running, left = 0, 0.0
        _CLIENT.pack_into(self._memory, at, number, max(0, its_running + running), left + seconds, now)


class Budget:
    """What is given to each client and to all, in one web process; `area` is its own on the board."""

    def __init__(self, board: Board, area: int, limits: Limits) -> None:
        self._board, self._area, self._limits = board, area, limits
        self._rate = limits.client_seconds / 60
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def room(self, client: str) -> Iterator[Ticket]:
        """
        Room for one question: waits in line for it. Raises Unanswered.

        client: "" has no limits of its own.
        """
        until = time.monotonic() + self._limits.wait_seconds
        while (ticket := self.enter(client)) is None:
            if time.monotonic() > until:
                self.count("questions_refused")
                raise too_many(max(1, round(self._limits.seconds)))
            time.sleep(_LINE_SECONDS)
        try:
            yield ticket
        finally:
            self.leave(ticket)

    def enter(self, client: str) -> Ticket | None:
        """At once: None where the client has to wait for its own questions. Raises Unanswered."""
        number = zlib.crc32(client.encode()) or 1
        limited = bool(client) and self._limits.per_client
        with self._lock:
            if self._board.running() >= self._limits.concurrent:
                self.count("questions_refused")
                raise all_busy()
            running, used = self._board.of_client(number % _CLIENTS, number, self._rate) if limited else (0, 0.0)
            if used >= self._limits.client_seconds:
                self.count("questions_refused")
                raise too_many(max(1, int((used - self._limits.client_seconds) / self._rate) + 1))
            if running >= self._limits.client_concurrent:
                return None
            self._board.add_running(self._area, 1)
            if limited:
                self._change(number, 1, 0.0)
        return Ticket(number if limited else None)

    def leave(self, ticket: Ticket) -> None:
        with self._lock:
            self._board.add_running(self._area, -1)
            if ticket.number is not None:
                self._change(ticket.number, -1, ticket.seconds)
            self.count("question_milliseconds", int(ticket.seconds * 1000))

    def _change(self, number: int, running: int, seconds: float) -> None:
        self._board.add_of_client(self._area, number % _CLIENTS, number, running, seconds, self._rate)

    def count(self, name: str, more: int = 1) -> None:
        self._board.count(self._area, name, more)


@dataclass(slots=True)
class Ticket:
    """
    What was entered with, to leave with. number: of a client that has limits of its own.

    seconds: what the question took, to be told by who answers it.
    """

    number: int | None
    seconds: float = 0.0
