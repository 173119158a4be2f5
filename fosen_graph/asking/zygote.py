"""A release's files and lanes in; worker processes out, which answer questions within limits and end beyond them."""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import gc
import json
import marshal
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from fosen_graph.asking import Limits, Question, Unanswered, crashed, over_memory
from fosen_graph.asking.confined import (
    connect_nowhere,
    end_when_left,
    end_with,
    limit_memory,
    no_new_files,
    open_nothing_more,
)
from fosen_graph.asking.messages import ANSWER, CANNOT_RUN, HEAD, REFUSAL, SIZE, end_of_message, question_of
from fosen_graph.asking.published import STORE, Release
from fosen_graph.asking.store import EmbeddedStore, Source, release_sources
from fosen_graph.findings import CannotRun, Place, Words

READY: Final = b"ready\n"
TAKEN: Final = b"t"
CRASH: Final = b"Fatal Python error: "  # faulthandler's; HEAD begins otherwise
OUT_OF_MEMORY: Final = b"Aborted"  # what the engine does then
_GRACE = 1.0  # seconds after which a worker ends itself, should nobody else end it
_LOOK = 0.2  # seconds between two looks at the memory of all workers
_BACKLOG = 512
_QUESTIONS = 50_000  # after so many, or times that some came together, a worker makes room for a fresh one
_TOGETHER = 0.001  # seconds for which an answer may wait for the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """
    What a process loads, and what holds for every query. union: the default graph is the union of all.

    folder: of a store on disk, which each worker opens for itself, to read; "" where the sources are loaded.
    """

    sources: tuple[Source, ...]
    prefixes: Mapping[str, str]
    base: str
    union: bool = True
    folder: str = ""

    def load(self, limits: Limits) -> EmbeddedStore:
        """Raises CannotRun."""
        return EmbeddedStore(self.sources, self.prefixes, self.base, limits.answer_bytes, self.union)


def release_holding(release: Release) -> Holding:
    """A release's own store on disk, where it was built with one."""
    store = release.folder / STORE
    return Holding(
        sources=release_sources(release.folder),
        prefixes=release.prefixes,
        base=release.base,
        folder=str(store) if store.is_dir() else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """
    Workers of their own behind a socket of their own: pages and short queries never wait for long ones.

    quick: a question may take `quick_seconds` of the processor, and a connection carries many (see quick.py).
    nice: how far others go first.
    """

    address: str  # path of a Unix socket
    workers: int
    limits: Limits
    quick: bool = False
    nice: int = 0


@dataclass(slots=True)
class _Worker:
    lane: int
    born: float
    pages: int  # resident, at birth


class _Crew:
    """The workers of all lanes: as many as there should be. Single-threaded, so that forking is safe."""

    def __init__(self, holding: Holding, store: EmbeddedStore | None, lanes: tuple[Lane, ...]) -> None:
        self._holding, self._store, self._lanes = holding, store, lanes
        self._listeners = [_listener(lane) for lane in lanes]
        self._workers: dict[int, _Worker] = {}
        self._most = max(lane.limits.total_memory_bytes for lane in lanes) // resource.getpagesize()
        gc.collect()
        gc.freeze()
        for index, lane in enumerate(lanes):
            for _ in range(lane.workers):
                self._add(index)

    def _add(self, index: int) -> None:
        pid = self._fork(index)
        self._workers[pid] = _Worker(index, time.monotonic(), _resident(pid))

    def _fork(self, index: int) -> int:
        zygote = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        try:
            end_with(zygote)
            for other in self._listeners[:index] + self._listeners[index + 1 :]:
                other.close()
            os.nice(self._lanes[index].nice)
            _work(self._holding, self._store, self._listeners[index], self._lanes[index])
        except CannotRun as error:
            sys.stderr.write(f"{error.text('en')}\n")
        finally:
            os._exit(1)

    def replace_ended(self) -> None:
        for pid in _ended():
            worker = self._workers.pop(pid)
            time.sleep(0 if time.monotonic() - worker.born > 0.1 else 0.02)  # ended at birth: no frenzy
            self._add(worker.lane)

    def watch_memory(self) -> None:
        """All together stay within one budget: over it, whoever has taken the most is ended."""
        taken = {pid: _resident(pid) - worker.pages for pid, worker in self._workers.items()}
        if taken and sum(max(0, pages) for pages in taken.values()) > self._most:
            os.kill(max(taken, key=lambda pid: taken[pid]), signal.SIGKILL)

    def end(self) -> None:
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
        for _ in self._workers:
            os.wait()


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def _zygote(holding: Holding, lanes: tuple[Lane, ...]) -> NoReturn:
    end_with(os.getppid())
    signals = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # so that it is not ignored, and sigtimedwait sees it
    store = None if holding.folder else _warm(holding.load(lanes[0].limits))
    crew = _Crew(holding, store, lanes)
    _tell_ready()
    while True:
        told = signal.sigtimedwait(signals, _LOOK)
        if told is None:
            crew.watch_memory()
        elif told.si_signo == signal.SIGCHLD:
            crew.replace_ended()
        else:
            break
    crew.end()
    os._exit(0)


def _warm(store: EmbeddedStore) -> EmbeddedStore:
    """Loads what a worker must not open later."""
    for format_ in ("json", "csv"):
        store.answer(Question(text="ASK {}", format=format_))
    store.answer(Question(text="CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1", format="turtle"))
    return store


def _ended() -> list[int]:
    """The children that have ended since; one signal may stand for several. Who was halted is ended."""
    pids = []
    with contextlib.suppress(ChildProcessError):
        while (told := os.waitpid(-1, os.WNOHANG | os.WUNTRACED))[0]:
            if os.WIFSTOPPED(told[1]):
                os.kill(told[0], signal.SIGKILL)
            else:
                pids.append(told[0])
    return pids


def _listener(lane: Lane) -> socket.socket:
    Path(lane.address).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(lane.address)
    listener.listen(_BACKLOG)
    return listener


# A worker


def _work(holding: Holding, store: EmbeddedStore | None, listener: socket.socket, lane: Lane) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")  # where the machine runs out, a query goes first
    connect_nowhere()
    if store is None:
        store = _warm(
            EmbeddedStore((), holding.prefixes, holding.base, lane.limits.answer_bytes, holding.union, holding.folder)
        )
        _say_no_more()
    else:
        _say_no_more()
        open_nothing_more()
    limit_memory(lane.limits)
    answer = _answer_many if lane.quick else _answer_one
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(EOFError, ConnectionError):
            answer(store, connection, lane.limits)


def _say_no_more() -> None:
    """What the engine writes when memory ends would let anybody fill the log."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)


def _answer_one(store: EmbeddedStore, connection: socket.socket, limits: Limits) -> None:
    """The kernel ends this process where the other end is closed, or where nobody ends it in time."""
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + _GRACE)
    faulthandler.enable(connection, all_threads=False)  # its last words, should the engine crash: see CRASH
    try:
        connection.sendall(TAKEN)
        message = _received(connection)
        end_when_left(connection)
        answer = _answer(store, message)
        fcntl.fcntl(connection, fcntl.F_SETFL, 0)
        connection.sendall(answer)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.disable()


def _answer_many(store: EmbeddedStore, connection: socket.socket, limits: Limits) -> None:
    """
    Until the other end is closed. The kernel ends this process over a question that takes too long.

    Several may come together, and short ones are answered together; nobody's answer waits for a long one.
    """
    data = b""
    for _ in range(_QUESTIONS):
        while (end := end_of_message(data, 0)) is None:
            data += connection.recv(1 << 16) or _nothing()
        answers: list[bytes] = []
        at, since = 0, time.monotonic()
        while end is not None:
            if answers and time.monotonic() - since > _TOGETHER:
                connection.sendall(b"".join(answers))
                answers, since = [], time.monotonic()
            signal.setitimer(signal.ITIMER_PROF, limits.quick_seconds)
            answers.append(_answer(store, data[at + SIZE.size : end]))
            at, end = end, end_of_message(data, end)
        connection.sendall(b"".join(answers))
        data = data[at:]
    os._exit(0)


def _nothing() -> NoReturn:
    raise EOFError


def _answer(store: EmbeddedStore, message: bytes) -> bytes:
    start = time.monotonic()
    outcome, body = answered(store, question_of(marshal.loads(message)))
    return HEAD.pack(outcome, len(body), int(1e6 * (time.monotonic() - start))) + body


def _received(connection: socket.socket) -> bytes:
    """A message: SIZE and so many bytes. Each system call counts: the first is most often alone."""
    data = b""
    while (end := end_of_message(data, 0)) is None:
        data += connection.recv(1 << 16) or _nothing()
    return data[SIZE.size : end]


def answered(store: EmbeddedStore, question: Question) -> tuple[int, bytes]:
    try:
        return ANSWER, store.answer(question)
    except Unanswered as error:
        refusal = error.refusal
    except MemoryError:
        refusal = over_memory().refusal
    except BaseException:  # the engine's own panics are no Exception
        refusal = crashed().refusal
    return REFUSAL, json.dumps(refusal.as_json()).encode()


# What goes between the processes


def cannot_run(told: dict[str, Any]) -> CannotRun:
    return CannotRun(Words(**told["what"]), Words(**told["remedy"]), Place(**told["place"]) if told["place"] else None)


def _told(error: CannotRun) -> bytes:
    place = asdict(error.place) if error.place else None
    return json.dumps({"what": asdict(error.what), "remedy": asdict(error.remedy), "place": place}).encode()


def _tell_ready() -> None:
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


# One question, and the end


def _once(holding: Holding, question: Question, limits: Limits) -> tuple[int, bytes]:
    try:
        store = holding.load(limits)
    except CannotRun as error:
        return CANNOT_RUN, _told(error)
    limit_memory(limits)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    with no_new_files():
        return answered(store, question)


def _holding(told: dict[str, Any]) -> Holding:
    return Holding(**told | {"sources": tuple(Source(**source) for source in told["sources"])})


def _main() -> None:
    told = sys.stdin.buffer.readline()  # not to its end: a web process forked meanwhile holds the pipe open too
    if not told:  # a spare whose parent has ended
        return
    order = json.loads(told)
    holding = _holding(order["holding"])
    if order["do"] == "once":
        outcome, body = _once(holding, question_of(list(order["question"].values())[:5]), Limits(**order["limits"]))
        sys.stdout.buffer.write(HEAD.pack(outcome, len(body), 0) + body)
        return
    try:
        _zygote(holding, tuple(Lane(**lane | {"limits": Limits(**lane["limits"])}) for lane in order["lanes"]))
    except CannotRun as error:
        sys.stdout.buffer.write(_told(error) + b"\n")
        sys.exit(2)


if __name__ == "__main__":
    _main()
