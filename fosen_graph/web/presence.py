"""A client's address and when it asked in; whether it has surely gone away since out (Linux)."""

from __future__ import annotations

import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from fosen_graph.asking import Gone
from fosen_graph.web.slow import connections

_ESTABLISHED = 1
_LAST_SENT_AT, _LAST_RECEIVED_AT, _LENGTH = 44, 52, 60  # of tcp_info, linux/tcp.h; milliseconds ago
_QUEUED = 2.0  # seconds that a request may wait for a thread
_LATE = 0.1
_FRESH = 0.1  # seconds for which one look at the connections holds


@dataclass(slots=True)
class Presence:
    """
    WSGI does not tell when a client hangs up, and its server closes that connection.

    So a client has surely gone when none of this process' connections from its address was last sent something before,
    and has last received something about when, it asked. Where others ask from there at the same moment, nobody can
    tell, and the time limit ends the question.
    """

    _asking: threading.local = field(default_factory=threading.local)  # of each thread: the address, since when
    _seen: list[tuple[str, float]] = field(default_factory=list)  # address, when it last received without an answer
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
                if time.monotonic() - self._when > _FRESH:
                    self._seen, self._when = _waiting(), time.monotonic()
                return not any(
                    address == client and begun - _QUEUED < received < complete + _LATE
                    for address, received in self._seen
                )

        return gone


def _waiting() -> list[tuple[str, float]]:
    """Connections whose client waits for an answer."""
    found = []
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
                if received <= sent + 8:  # a clock tick or two
                    found.append((address, time.monotonic() - received / 1000))
    return found
