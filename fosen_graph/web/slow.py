"""Connections of a web process in; closed are those that hold it up: slow senders, slow readers, the idle (Linux)."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fosen_graph.asking import Limits, all_busy

BODIES = 24  # bodies that one process reads at a time: each takes a thread, and nobody can interrupt it
_SLOWEST = 2048  # bytes a second that a reader must take
_ESTABLISHED, _CLOSE_WAIT = 1, 8
_SENT_AT, _ACKED_AT, _UNSENT_AT, _LENGTH = 44, 120, 144, 148  # of tcp_info, linux/tcp.h


_reading = threading.BoundedSemaphore(BODIES)


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Around the reading of a body, so that requests without one always find a thread. Raises Unanswered."""
    if not _reading.acquire(timeout=0.5):
        raise all_busy()
    try:
        yield
    finally:
        _reading.release()


@dataclass(frozen=True, slots=True)
class _Seen:
    """One connection: milliseconds since something was last sent to it; bytes that its client has taken."""

    number: int  # of its inode
    silent: int
    taken: int
    unsent: int


class Sweeper:
    """
    Looks at every connection of this process, and shuts those that were sent nothing for too long.

    Whoever sends a body or headers drop by drop, or reads an answer so, is sent nothing. An honest request is
    answered within the limits, and an idle connection is no loss.
    """

    def __init__(self, limits: Limits, slack: float = 10.0) -> None:
        self._silence = limits.seconds + limits.wait_seconds + slack
        self._slow: dict[int, tuple[int, int]] = {}  # inode: bytes taken at the first look, looks since

    def start(self) -> None:
        threading.Thread(target=self._run, name="sweeper", daemon=True).start()

    def _run(self) -> None:
        waiting = threading.Event()
        while not waiting.wait(1.0):
            self.sweep()

    def sweep(self) -> int:
        """How many were shut."""
        shut = 0
        seen: dict[int, tuple[int, int]] = {}
        for connection in connections():
            with connection:
                look = _look(connection)
                if look is None:
                    continue
                taken, looks = self._slow.get(look.number, (look.taken, 0))
                too_slow = looks >= self._silence and look.taken - taken < looks * _SLOWEST
                if look.silent > self._silence * 1000 or too_slow:
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
                    shut += 1
                elif look.unsent:
                    seen[look.number] = (taken, looks + 1)
        self._slow = seen
        return shut


def connections() -> Iterator[socket.socket]:
    """Handles of our own on the sockets of this process: what is closed and opened meanwhile is not mixed up."""
    for entry in Path("/proc/self/fd").iterdir():
        try:
            handle = os.dup(int(entry.name))
        except OSError:  # closed since
            continue
        try:
            yield socket.socket(fileno=handle)
        except OSError:  # no socket
            os.close(handle)


def _look(connection: socket.socket) -> _Seen | None:
    if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.type != socket.SOCK_STREAM:
        return None
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LENGTH)
        number = os.fstat(connection.fileno()).st_ino
    except OSError:
        return None
    if len(told) < _LENGTH or told[0] not in (_ESTABLISHED, _CLOSE_WAIT):
        return None
    (silent,) = struct.unpack_from("=I", told, _SENT_AT)
    (taken,) = struct.unpack_from("=Q", told, _ACKED_AT)
    (unsent,) = struct.unpack_from("=I", told, _UNSENT_AT)
    return _Seen(number, silent, taken, unsent)
