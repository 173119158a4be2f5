"""Short questions, seen by a web process: each line to a worker stays open, and carries one question at a time."""

from __future__ import annotations

import ctypes
import queue
import socket
import struct
import time
from collections.abc import Callable
from typing import Final, NoReturn

from fosen_graph.asking import Limits, Question, all_busy
from fosen_graph.asking.messages import HEAD, question_message
from fosen_graph.asking.workers import EndedError, outcome_of

LINES: Final = 1  # of a web process, and so workers that only it asks: most questions go another way, see lines.py
_PART = 1 << 16
_send_now = ctypes.PyDLL(None).send
_send_now.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
_send_now.restype = ctypes.c_ssize_t
_TIME = struct.Struct("@ll")  # struct timeval


class QuickStore:
    """
    Asks the workers of the lane of short questions. Who asks need not watch over one: it ends at its limit.

    Nobody shares a line, so a line that ends has ended on its question: too long for this lane, or killed.
    """

    def __init__(self, address: str, limits: Limits) -> None:
        self.limits, self._address = limits, address
        self._free: queue.SimpleQueue[None] = queue.SimpleQueue()  # an entry for each line: who waits first is first
        self._lines: list[socket.socket | None] = []  # None: not open yet; the last used is asked first, it is warm
        for _ in range(LINES):
            self._give_back(None)

    def ask(self, question: Question, too_long: Callable[[], bool] = lambda: False) -> tuple[bytes, float]:
        """
        The answer, and the seconds that it took. Raises EndedError, Unanswered.

        too_long: whether it was learned, while this one waited for a line, that the question does not belong here.
        """
        until = time.monotonic() + self.limits.wait_seconds
        try:
            self._free.get(timeout=self.limits.wait_seconds)
        except queue.Empty:
            raise all_busy() from None
        if too_long():
            self._free.put(None)
            raise EndedError(0.0)
        line, kept = self._lines.pop(), None
        try:
            line = self._sent(question_message(question), line, until)
            outcome, body, micros = _received(line)
            kept = line
        finally:
            if line and not kept:
                line.close()
            self._give_back(kept)
        return outcome_of(outcome, body), micros / 1e6

    def _give_back(self, line: socket.socket | None) -> None:
        self._lines.append(line)
        self._free.put(None)

    def _sent(self, message: bytes, line: socket.socket | None, until: float) -> socket.socket:
        """The line that took it: where it was closed since the last question, another."""
        while True:
            try:
                line = line or self._opened()
                _send(line, message)
                return line
            except BlockingIOError:
                raise all_busy() from None
            except (ConnectionError, FileNotFoundError):  # the worker, or all, are being started anew
                if line:
                    line.close()
                    line = None
                elif time.monotonic() > until:
                    raise all_busy() from None
                else:
                    time.sleep(0.01)

    def _opened(self) -> socket.socket:
        """The kernel keeps the time: Python would ask it twice for each step."""
        line = socket.socket(socket.AF_UNIX)
        most = _TIME.pack(int(self.limits.seconds), int(self.limits.seconds % 1 * 1e6))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, most)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, most)
        try:
            line.connect(self._address)
        except OSError:
            line.close()
            raise
        return line


def _received(line: socket.socket) -> tuple[int, bytes, int]:
    """Outcome, body, microseconds. Each system call counts: the first is most often alone."""
    started = time.monotonic()
    try:
        first = line.recv(_PART)
        while 0 < len(first) < HEAD.size:
            first += line.recv(HEAD.size - len(first)) or _nothing()
        outcome, size, micros = HEAD.unpack_from(first or _nothing())
        if len(first) == HEAD.size + size:
            return outcome, first[HEAD.size :], micros
        body = bytearray(size)
        body[: len(first) - HEAD.size] = first[HEAD.size :]
        at, rest = len(first) - HEAD.size, memoryview(body)
        while at < size:
            at += line.recv_into(rest[at:]) or _nothing()
        return outcome, bytes(body), micros
    except BlockingIOError:
        raise all_busy() from None
    except (EOFError, ConnectionError):
        raise EndedError(time.monotonic() - started) from None


def _nothing() -> NoReturn:
    raise EOFError


def _send(line: socket.socket, message: bytes) -> None:
    """Without giving way to other threads meanwhile: to be let in again takes longer than this call."""
    sent = _send_now(line.fileno(), message, len(message), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
    if sent < len(message):
        line.sendall(message[max(0, sent) :])
