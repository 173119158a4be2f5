"""Query workers: user text meets the engine only in processes that are limited, killed over time and replaced."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from fosen_graph.asking import Limits, Question, Refusal, Unanswered, all_busy, over_memory, over_time
from fosen_graph.asking.store import EmbeddedStore, Source
from fosen_graph.findings import CannotRun, Place, Words

_SIZE = struct.Struct(">Q")
_HEAD = struct.Struct(">BQ")  # outcome, length of what follows
_ANSWER, _REFUSAL, _CANNOT_RUN = range(3)
_READY = b"ready\n"
_GRACE = 1.0  # seconds after which a worker ends itself, should its caller be gone
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a process loads, and what holds for every query. union: the default graph is the union of all."""

    sources: tuple[Source, ...]
    prefixes: Mapping[str, str]
    base: str
    union: bool = True

    def load(self, limits: Limits) -> EmbeddedStore:
        return EmbeddedStore(self.sources, self.prefixes, self.base, limits.answer_bytes, self.union)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Workers of their own behind a socket of their own: pages never wait for the public's queries."""

    address: str  # path of a Unix socket
    workers: int
    limits: Limits


# The caller


@dataclass(frozen=True, slots=True)
class WorkerStore:
    """A Store that asks the workers of a lane. The caller holds the deadline, and kills."""

    address: str
    limits: Limits

    def answer(self, question: Question) -> bytes:
        """Raises Unanswered; whatever happens to a worker, the answer is complete or there is none."""
        waiting_until = time.monotonic() + self.limits.wait_seconds
        message = json.dumps(asdict(question)).encode()
        while True:
            with socket.socket(socket.AF_UNIX) as connection:
                worker = self._worker(connection, waiting_until)
                if worker is None:
                    continue
                try:
                    return self._exchange(connection, worker, message)
                finally:
                    os.close(worker)

    def _worker(self, connection: socket.socket, until: float) -> int | None:
        """A handle of the process that took the connection (no process id, which could be another's by now)."""
        connection.settimeout(max(0.001, until - time.monotonic()))
        try:
            connection.connect(self.address)
            _, handles, _, _ = socket.recv_fds(connection, 1, 1)
        except (TimeoutError, BlockingIOError):
            raise all_busy() from None
        except (ConnectionError, FileNotFoundError):  # being started anew
            handles = []
        if handles:
            return handles[0]
        if time.monotonic() > until:
            raise all_busy()
        time.sleep(0.01)
        return None

    def _exchange(self, connection: socket.socket, worker: int, message: bytes) -> bytes:
        deadline = time.monotonic() + self.limits.seconds
        try:
            connection.settimeout(self.limits.seconds)
            connection.sendall(_SIZE.pack(len(message)) + message)
            outcome, size = _HEAD.unpack(_receive(connection, _HEAD.size, deadline))
            body = _receive(connection, size, deadline)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(worker, signal.SIGKILL)
            raise over_time(self.limits.seconds) from None
        except (EOFError, ConnectionError):
            raise over_memory() from None
        return _outcome(outcome, body)


def _receive(connection: socket.socket, size: int, deadline: float) -> bytes:
    """Exactly size bytes; raises TimeoutError, or EOFError where the other end is gone."""
    data = bytearray()
    while len(data) < size:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        connection.settimeout(remaining)
        part = connection.recv(min(size - len(data), 1 << 20))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def _outcome(outcome: int, body: bytes) -> bytes:
    if outcome == _ANSWER:
        return body
    told = json.loads(body)
    if outcome == _REFUSAL:
        raise Unanswered(Refusal.from_json(told))
    raise _cannot_run(told)


def _cannot_run(told: dict[str, Any]) -> CannotRun:
    return CannotRun(Words(**told["what"]), Words(**told["remedy"]), Place(**told["place"]) if told["place"] else None)


def ask_in_child(holding: Holding, question: Question, limits: Limits) -> bytes:
    """
    One question, in a process that loads the files, answers and ends.

    Raises Unanswered, CannotRun (a file cannot be loaded).
    """
    order = {"do": "once", "holding": asdict(holding), "question": asdict(question), "limits": asdict(limits)}
    child = subprocess.run(_COMMAND, input=json.dumps(order).encode(), capture_output=True, check=False)
    if child.returncode == -signal.SIGALRM:
        raise over_time(limits.seconds)
    if child.returncode != 0 or len(child.stdout) < _HEAD.size:
        raise over_memory()
    outcome, _ = _HEAD.unpack(child.stdout[: _HEAD.size])
    return _outcome(outcome, child.stdout[_HEAD.size :])


_COMMAND = [sys.executable, "-m", "fosen_graph.asking.workers"]


class Zygote:
    """The process that loads the store once and forks workers, which share its memory; it replaces those that end."""

    def __init__(self, holding: Holding, lanes: tuple[Lane, ...]) -> None:
        """Raises CannotRun. Returns when the first worker can be asked."""
        order = {"do": "zygote", "holding": asdict(holding), "lanes": [asdict(lane) for lane in lanes]}
        self._process = subprocess.Popen(
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdin and self._process.stdout
        with self._process.stdin as orders:
            orders.write(json.dumps(order).encode())
        told = self._process.stdout.readline()
        if told != _READY:
            self._process.wait()
            self._process.stdout.close()
            raise _cannot_run(json.loads(told)) if told else over_memory()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """Ends it and its workers; none is left when this returns."""
        if self.alive:
            self._process.terminate()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


# The processes themselves; single-threaded, so that forking is safe


def _zygote(holding: Holding, lanes: tuple[Lane, ...]) -> NoReturn:
    _end_with(os.getppid())
    signals = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # so that it is not ignored, and sigwait sees it
    store = holding.load(lanes[0].limits)
    for format_ in ("json", "csv"):
        store.answer(Question(text="ASK {}", format=format_))  # loads what a worker must not open later
    listeners = [_listener(lane) for lane in lanes]
    gc.collect()
    gc.freeze()
    workers: dict[int, tuple[int, float]] = {}
    for index, lane in enumerate(lanes):
        for _ in range(lane.workers):
            workers[_fork(store, listeners, lanes, index)] = (index, time.monotonic())
    _tell_ready()
    while signal.sigwait(signals) == signal.SIGCHLD:
        for pid in _ended():
            index, born = workers.pop(pid)
            time.sleep(0 if time.monotonic() - born > 0.1 else 0.02)  # ended at birth: no frenzy
            workers[_fork(store, listeners, lanes, index)] = (index, time.monotonic())
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    for _ in workers:
        os.wait()
    os._exit(0)


def _ended() -> list[int]:
    """The children that have ended since; one signal may stand for several."""
    pids = []
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pids.append(ended[0])
    return pids


def _listener(lane: Lane) -> socket.socket:
    Path(lane.address).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(lane.address)
    listener.listen(128)
    return listener


def _fork(store: EmbeddedStore, listeners: list[socket.socket], lanes: tuple[Lane, ...], index: int) -> int:
    zygote = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        _end_with(zygote)
        for other in listeners[:index] + listeners[index + 1 :]:
            other.close()
        _work(store, listeners[index], lanes[index].limits)
    finally:
        os._exit(1)


def _work(store: EmbeddedStore, listener: socket.socket, limits: Limits) -> NoReturn:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    _limit_memory(limits)
    handle = os.pidfd_open(os.getpid())
    while True:
        connection, _ = listener.accept()
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + _GRACE)
        with connection, contextlib.suppress(EOFError, ConnectionError):
            connection.setblocking(True)
            socket.send_fds(connection, [b"w"], [handle])
            _answer_one(store, connection, time.monotonic() + limits.seconds + _GRACE)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer_one(store: EmbeddedStore, connection: socket.socket, deadline: float) -> None:
    (size,) = _SIZE.unpack(_receive(connection, _SIZE.size, deadline))
    question = _question(json.loads(_receive(connection, size, deadline)))
    with _no_new_files(connection.fileno()):
        outcome, body = _answered(store, question)
    connection.settimeout(None)
    connection.sendall(_HEAD.pack(outcome, len(body)))
    connection.sendall(body)


@contextlib.contextmanager
def _no_new_files(highest: int) -> Any:
    """
    Nothing can be opened while the engine works, neither file nor socket, whatever a query names.

    Every descriptor below the newest is in use, since a new one is always the lowest that is free.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _answered(store: EmbeddedStore, question: Question) -> tuple[int, bytes]:
    try:
        return _ANSWER, store.answer(question)
    except Unanswered as error:
        refusal = error.refusal
    except MemoryError:
        refusal = over_memory().refusal
    return _REFUSAL, json.dumps(refusal.as_json()).encode()


def _question(told: dict[str, Any]) -> Question:
    def graphs(key: str) -> tuple[str, ...] | None:
        return None if told[key] is None else tuple(told[key])

    return Question(
        text=told["text"],
        format=told["format"],
        default_graphs=graphs("default_graphs"),
        named_graphs=graphs("named_graphs"),
        bindings=tuple((name, iri) for name, iri in told["bindings"]),
    )


def _once(holding: Holding, question: Question, limits: Limits) -> tuple[int, bytes]:
    try:
        store = holding.load(limits)
    except CannotRun as error:
        return _CANNOT_RUN, _told(error)
    _limit_memory(limits)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    probe = os.dup(0)
    os.close(probe)
    with _no_new_files(probe - 1):
        return _answered(store, question)


def _limit_memory(limits: Limits) -> None:
    """The address space above what the store takes already; no core dumps."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with(parent: int) -> None:
    """Linux: the kernel ends this process when its parent ends, however that came about."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _tell_ready() -> None:
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _told(error: CannotRun) -> bytes:
    place = asdict(error.place) if error.place else None
    return json.dumps({"what": asdict(error.what), "remedy": asdict(error.remedy), "place": place}).encode()


def _holding(told: dict[str, Any]) -> Holding:
    sources = tuple(Source(**source) for source in told["sources"])
    return Holding(sources=sources, prefixes=told["prefixes"], base=told["base"], union=told["union"])


def _main() -> None:
    order = json.loads(sys.stdin.buffer.read())
    holding = _holding(order["holding"])
    if order["do"] == "once":
        outcome, body = _once(holding, _question(order["question"]), Limits(**order["limits"]))
        sys.stdout.buffer.write(_HEAD.pack(outcome, len(body)) + body)
        return
    try:
        _zygote(holding, tuple(Lane(**lane | {"limits": Limits(**lane["limits"])}) for lane in order["lanes"]))
    except CannotRun as error:
        sys.stdout.buffer.write(_told(error) + b"\n")
        sys.exit(2)


if __name__ == "__main__":
    _main()
