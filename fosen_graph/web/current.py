"""Requests in; each answered by the release that is current when it comes, and by that one alone."""

from __future__ import annotations

import json
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask

from fosen_graph.asking import Question, Unanswered
from fosen_graph.asking.budget import Board
from fosen_graph.web.endpoint.fast import AT_ONCE
from fosen_graph.web.presence import Presence
from fosen_graph.web.site import Site

GONE = "fosen_graph.gone"  # in the environ: whether the client has gone
_FLUSH_SECONDS = 0.5
_KEPT = 100_000  # records that wait to be written; beyond, the oldest are lost rather than a request held up
_TEXT = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]

Environ = dict[str, Any]
Start = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is current: a release, and the folder of its workers' sockets. Written whole, by the supervisor."""

    release: str
    sockets: str

    def write(self, path: Path) -> None:
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps({"release": self.release, "sockets": self.sockets}))
        beside.replace(path)

    @staticmethod
    def read(path: Path) -> State:
        return State(**json.loads(path.read_text()))


class Current:
    """
    The WSGI application of a web process: one application a release, changed as a whole.

    path: of the state. make: the site of a state. app: the application of a site.
    """

    def __init__(
        self,
        path: Path,
        make: Callable[[State], Site],
        app: Callable[[Site], Flask],
        log: Log,
        presence: Presence,
    ) -> None:
        self._path, self._make, self._app, self._log, self._presence = path, make, app, log, presence
        self._lock = threading.Lock()
        self._releases = -1  # so many had been taken into use when the state was read
        self._state: State | None = None
        self._own = {"/healthz": self._health, "/readyz": self._readiness}
        self.look()

    def look(self) -> tuple[Site, Flask]:
        """The current site and its application; the same pair for the whole of a request."""
        releases = self._log.releases()  # before the state: what changes meanwhile is seen the next time
        if releases != self._releases:
            with self._lock:
                state = State.read(self._path)
                if state != self._state:
                    site = self._make(state)
                    self._now, self._state = (site, self._app(site)), state
                self._releases = releases
        return self._now

    async def at_once(self, environ: Environ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """Status, headers and body of what needs no waiting; None for what is to be called in a thread."""
        started = time.perf_counter()
        if environ["PATH_INFO"] in self._own:
            return None
        site, app = self.look()
        sent: tuple[int, list[tuple[str, str]], bytes] | None = await app.extensions[AT_ONCE](environ)
        if sent is not None:
            self._log.add(environ, str(sent[0]), time.perf_counter() - started, site.release.id)
        return sent

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        started = time.perf_counter()
        answer = self._own.get(environ["PATH_INFO"])
        if answer:
            return answer(start_response)
        self._presence.begin(environ[GONE])
        site, app = self.look()
        status = "500"

        def start(told: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = told
            return start_response(told, headers) if exc_info is None else start_response(told, headers, exc_info)

        try:
            return app.wsgi_app(environ, start)
        finally:
            self._log.add(environ, status, time.perf_counter() - started, site.release.id)

    def _health(self, start: Start) -> Iterable[bytes]:
        """This process answers."""
        start("200 OK", _TEXT)
        return [b"ok\n"]

    def _readiness(self, start: Start) -> Iterable[bytes]:
        """So do the workers."""
        site, _ = self.look()
        try:
            site.pages.answer(Question(text="ASK {}", format="json"))
        except Unanswered:
            start("503 Service Unavailable", [*_TEXT, ("Retry-After", "1")])
            return [b"no worker answers\n"]
        start("200 OK", [*_TEXT, ("Fosen-Graph-Release", site.release.id)])
        return [f"ready {site.release.id}\n".encode()]


class Log:
    """
    Requests counted, and told as a line of JSON each, without their query: written by a thread of its own.

    lines: a descriptor to write to; None writes none. Who does not read what it is told loses lines and delays nobody.
    """

    def __init__(self, board: Board, area: int, lines: int | None) -> None:
        self._board, self._area, self._lines = board, area, lines
        self._records: deque[tuple[float, str, str, str, str, float, str]] = deque(maxlen=_KEPT)

    def start(self) -> None:
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def releases(self) -> int:
        """How many have been taken into use."""
        return self._board.total("releases")

    def add(self, environ: Environ, status: str, seconds: float, release: str) -> None:
        self._records.append(
            (
                time.time(),
                environ.get("REMOTE_ADDR", ""),
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"],
                status[:3],
                seconds,
                release,
            )
        )

    def _run(self) -> None:
        waiting = threading.Event()
        while not waiting.wait(_FLUSH_SECONDS):
            self.flush()

    def flush(self) -> None:
        lines: list[bytes] = []
        milliseconds = 0.0
        while self._records:
            record = self._records.popleft()
            self._board.count(self._area, f"requests_{record[4][0]}xx")
            milliseconds += record[5] * 1000
            if self._lines is not None:
                lines.append(_line(*record))
        self._board.count(self._area, "request_milliseconds", round(milliseconds))
        if lines and self._lines is not None:
            _write(self._lines, lines)


def _line(when: float, client: str, method: str, path: str, status: str, seconds: float, release: str) -> bytes:
    at = f"{_second(int(when))}.{int(when % 1 * 1000):03}Z"
    return (
        f'{{"time":"{at}","client":{json.dumps(client)},"method":{json.dumps(method)},'
        f'"path":{json.dumps(path[:500])},"status":{status},"ms":{seconds * 1000:.2f},"release":"{release}"}}\n'
    ).encode()


@lru_cache(2)
def _second(when: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when))


def _write(descriptor: int, lines: list[bytes]) -> None:
    """Whole lines, in parts that a pipe takes at once."""
    part = b""
    for line in [*lines, b""]:
        if part and (not line or len(part) + len(line) > select.PIPE_BUF):
            if not select.select([], [descriptor], [], 0)[1]:
                return
            try:
                os.write(descriptor, part)
            except OSError:
                return
            part = b""
        part += line
