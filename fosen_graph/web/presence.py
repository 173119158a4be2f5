"""A client's address and when it asked in; whether it has surely gone away since out (Linux)."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from fosen_graph.asking import Gone
from fosen_graph.web.slow import connections

_ESTABLISHED = 1
_LAST_SENT_AT, _LAST_RECEIVED_AT, _ACKED_AT, _LENGTH = 44, 52, 120, 128  # of tcp_info, linux/tcp.h; milliseconds ago
_QUEUED = 2.0  # seconds that a request may wait for a thread
_LATE = 0.1
_TICKS = 0.008  # of the kernel's clock
_NEXT = 0.03  # seconds from an answer to the next request that had come with the last
_FRESH = 0.1  # seconds for which one look at the connections holds


@dataclass(frozen=True, slots=True)
class _Seen:
    """An open connection: its client, when it was last sent something (if ever), and when it last sent something."""

    address: str
    sent: float
    received: float
    answered: bool

    def may_wait(self, begun: float, complete: float) -> bool:
        """For the answer to a request that this process began to read then, and had read whole then."""
        if self.sent <= self.received + _TICKS:  # unanswered
            return begun - _QUEUED < self.received < complete + _LATE
        return self.answered and -_TICKS < begun - self.sent < _NEXT


@dataclass(slots=True)
class Presence:
    """
    WSGI does not tell when a client hangs up, and its server closes that connection.

    So a client has surely gone when none of this process' connections from its address was last sent something before,
    and has last received something about when, it asked; nor was sent something just then, after which the next of
    several requests that came together is answered. Where others ask from there at the same moment, nobody can tell,
    and the time limit ends the question.
    """

    _asking: threading.local = field(default_factory=threading.local)  # of each thread: the address, since when
    _seen: list[_Seen] = field(default_factory=list)
    _when: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, address: str) -> None:
        """This thread begins a request that came over a connection from this address."""
        self._asking.of = address, time.monotonic()

    def watch(self) -> Gone:
        """The request of this thread, which has come in whole: whether its client has gone since."""
        client, begun = getattr(self._asking, "of", ("", 0.0))
        complete = time.monotonic()

        def gone() -> bool:
            with self._lock:
                if time.monotonic() - self._when > _FRESH or self._when < complete:
                    self._seen, self._when = list(_open()), time.monotonic()
                return not any(seen.address == client and seen.may_wait(begun, complete) for seen in self._seen)

        return gone


def _open() -> Iterator[_Seen]:
    """Connections whose other end is not closed."""
    for connection in connections():
        with connection:
            if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.type != socket.SOCK_STREAM:
                continue
            try:
                told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LENGTH)
                address = connection.getpeername()[0]
            except OSError:
                continue
            if len(told) == _LENGTH and told[0] == _ESTABLISHED:
                (sent,) = struct.unpack_from("=I", told, _LAST_SENT_AT)
                (received,) = struct.unpack_from("=I", told, _LAST_RECEIVED_AT)
                (taken,) = struct.unpack_from("=Q", told, _ACKED_AT)
                now = time.monotonic()
                yield _Seen(address, now - sent / 1000, now - received / 1000, taken > 1)
