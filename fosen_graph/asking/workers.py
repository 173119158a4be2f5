"""Query workers, seen by who asks: a question in, the complete answer or the reason for none out."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from fosen_graph.asking import (
    Gone,
    Limits,
    Question,
    Refusal,
    Unanswered,
    all_busy,
    client_gone,
    crashed,
    over_memory,
    over_time,
)
from fosen_graph.asking.messages import ANSWER, HEAD, REFUSAL, question_message, receive
from fosen_graph.asking.zygote import (
    CRASH,
    OUT_OF_MEMORY,
    READY,
    TAKEN,
    Holding,
    Lane,
    cannot_run,
    release_holding,
)

__all__ = ["Holding", "Lane", "WorkerStore", "Zygote", "ask_in_child", "release_holding"]

_LOOK = 0.25  # seconds between two looks whether the client is still there


class EndedError(Exception):
    """The worker ended before it answered: its limits, a crash, or somebody killed it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class WorkerStore:
    """A Store that asks the workers of a lane. To close the connection is to end the worker: the kernel sees to it."""

    address: str
    limits: Limits

    def answer(self, question: Question) -> bytes:
        """Raises Unanswered; whatever happens to a worker, the answer is complete or there is none."""
        return self.timed(question, None)[0]

    def timed(self, question: Question, gone: Gone | None) -> tuple[bytes, float]:
        """
        Also the seconds that it took. A worker that ended is followed by one more: it may have been killed.

        Raises Unanswered.
        """
        started = time.monotonic()
        for last in (False, True):
            left = self.limits.seconds - (0.0 if not last else time.monotonic() - started)
            try:
                return self.ask(question, gone, left)
            except EndedError:
                if last or time.monotonic() - started > self.limits.seconds / 2:
                    raise over_memory() from None
        raise AssertionError

    def ask(self, question: Question, gone: Gone | None = None, seconds: float | None = None) -> tuple[bytes, float]:
        """One worker, once. Raises EndedError too."""
        seconds = self.limits.seconds if seconds is None else seconds
        message = question_message(question)
        waiting_until = time.monotonic() + self.limits.wait_seconds
        while True:
            with socket.socket(socket.AF_UNIX) as connection:
                try:
                    connection.settimeout(max(0.001, waiting_until - time.monotonic()))
                    connection.connect(self.address)
                    connection.sendall(message)
                    _await(connection, waiting_until, gone)
                    if connection.recv(1) != TAKEN:
                        raise ConnectionResetError
                except TimeoutError:
                    raise all_busy() from None
                except (ConnectionError, FileNotFoundError):  # being started anew
                    if time.monotonic() > waiting_until:
                        raise all_busy() from None
                    time.sleep(0.01)
                    continue
                return self._result(connection, seconds, gone)

    def _result(self, connection: socket.socket, seconds: float, gone: Gone | None) -> tuple[bytes, float]:
        started = time.monotonic()
        deadline = started + seconds
        try:
            part = _first(connection, deadline, gone)
            if part.startswith(CRASH[:1]):
                raise _last_words(connection, part, deadline)
            while len(part) < HEAD.size:
                part += receive(connection, HEAD.size - len(part), deadline)
            outcome, size, micros = HEAD.unpack_from(part)
            body = part[HEAD.size :]
            if len(body) < size:
                body += receive(connection, size - len(body), deadline)
            return outcome_of(outcome, body), micros / 1e6
        except TimeoutError:
            raise over_time(self.limits.seconds) from None
        except (EOFError, ConnectionError):
            raise EndedError(time.monotonic() - started) from None


def _last_words(connection: socket.socket, part: bytes, until: float) -> Unanswered:
    """What the worker wrote while it crashed: it comes in pieces."""
    with contextlib.suppress(EOFError, ConnectionError, TimeoutError):
        while OUT_OF_MEMORY not in part:
            part += receive(connection, 1, until)
    return over_memory() if OUT_OF_MEMORY in part else crashed()


def _first(connection: socket.socket, until: float, gone: Gone | None) -> bytes:
    """The first of what there is to read: mostly all. Raises EOFError, and as `_await` does."""
    connection.settimeout(_LOOK if gone else max(0.001, until - time.monotonic()))
    try:
        part = connection.recv(1 << 16)
    except TimeoutError:
        _await(connection, until, gone)
        part = connection.recv(1 << 16)
    if not part:
        raise EOFError
    return part


def _await(connection: socket.socket, until: float, gone: Gone | None) -> None:
    """Until there is something to read. Raises TimeoutError, Unanswered where the client goes away meanwhile."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    while (left := until - time.monotonic()) > 0:
        if poll.poll(1000 * (left if gone is None else min(left, _LOOK))):
            return
        if gone is not None and gone():
            raise client_gone()
    raise TimeoutError


def outcome_of(outcome: int, body: bytes) -> bytes:
    """Raises Unanswered, CannotRun."""
    if outcome == ANSWER:
        return body
    told = json.loads(body)
    if outcome == REFUSAL:
        raise Unanswered(Refusal.from_json(told))
    raise cannot_run(told)


def ask_in_child(holding: Holding, question: Question, limits: Limits) -> bytes:
    """
    One question, in a process that loads the files, answers and ends.

    Raises Unanswered, CannotRun (a file cannot be loaded).
    """
    order = {"do": "once", "holding": asdict(holding), "question": asdict(question), "limits": asdict(limits)}
    child = subprocess.run(_COMMAND, input=json.dumps(order).encode(), capture_output=True, check=False)
    if child.returncode == -signal.SIGALRM:
        raise over_time(limits.seconds)
    if child.returncode in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL):
        raise crashed()
    if child.returncode != 0 or len(child.stdout) < HEAD.size:
        raise over_memory()
    outcome, _, _ = HEAD.unpack(child.stdout[: HEAD.size])
    return outcome_of(outcome, child.stdout[HEAD.size :])


_COMMAND = [sys.executable, "-m", "fosen_graph.asking.zygote"]
# What loading a store leaves behind makes glibc look long for room: kept at hand, the engine takes 0.6 of the time.
_ALLOCATOR = "glibc.malloc.tcache_count=2000"


def _process() -> subprocess.Popen[bytes]:
    tunables = ":".join(filter(None, (os.environ.get("GLIBC_TUNABLES"), _ALLOCATOR)))
    environment = os.environ | {"GLIBC_TUNABLES": tunables}
    return subprocess.Popen(
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, env=environment
    )


class Spare:
    """A process that has started and waits to be told what to be: it is a zygote in a tenth of the time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Start it where there is none."""
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = _process()

    def taken(self) -> subprocess.Popen[bytes]:
        """The process; where none is prepared, or it has ended, a new one."""
        process, self._process = self._process, None
        if process is None:
            return _process()
        if process.poll() is None:
            return process
        _close(process)
        return _process()

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            _close(self._process)
            self._process = None


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


class Zygote:
    """The process that loads the store once and forks workers, which share its memory; it replaces those that end."""

    def __init__(
        self, holding: Holding, lanes: tuple[Lane, ...], wait: bool = True, spare: Spare | None = None
    ) -> None:
        """Raises CannotRun. Returns when the first worker can be asked; without `wait`, at once: see `ready`."""
        order = {"do": "zygote", "holding": asdict(holding), "lanes": [asdict(lane) for lane in lanes]}
        self._process = spare.taken() if spare else _process()
        self._ready = False
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(BrokenPipeError), self._process.stdin as orders:
            orders.write(json.dumps(order).encode() + b"\n")
        if wait:
            self._hear()

    @property
    def ready(self) -> bool:
        """Whether its workers can be asked; never waits. Raises CannotRun."""
        assert self._process.stdout
        if not self._ready and not self._process.stdout.closed and select.select([self._process.stdout], [], [], 0)[0]:
            self._hear()
        return self._ready

    def _hear(self) -> None:
        assert self._process.stdout
        told = self._process.stdout.readline()
        if told != READY:
            self._process.wait()
            self._process.stdout.close()
            raise _told_error(told) if told else over_memory()
        self._ready = True

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def end_if_halted(self) -> None:
        """SIGSTOP: it would replace nobody."""
        with contextlib.suppress(ChildProcessError):
            if os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOHANG):
                self._process.kill()

    def stop(self) -> None:
        """Ends it and its workers; none is left when this returns."""
        if self.alive:
            self._process.terminate()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def _told_error(told: bytes) -> Exception:
    found: dict[str, Any] = json.loads(told)
    return cannot_run(found)
