"""Short questions of an event loop in, their answers out: open lines to workers, each carrying a few at a time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, cast

from fosen_graph.asking import Limits, Question, all_busy
from fosen_graph.asking.messages import HEAD, question_message
from fosen_graph.asking.workers import EndedError, outcome_of

LINES: Final = 2  # of a web process, and so workers that only it asks
_TOGETHER = 4  # questions that a line carries at most: what waits for each other is short
_LOOK = 0.25  # seconds between two looks whether somebody has waited too long
_AGAIN = 0.01  # seconds until a line is tried to be opened again


@dataclass(slots=True, eq=False)
class _Waiting:
    """
    One question. until: when it must be on its way. answer: outcome, body, microseconds.

    too_long: whether it was learned, while it waited, that it does not belong here.
    """

    message: bytes
    until: float
    too_long: Callable[[], bool]
    answer: asyncio.Future[tuple[int, bytes, int]]


class QuickLines:
    """
    Asks the workers of the lane of short questions, as quick.QuickStore does, without a thread for each question.

    Questions that are asked in one turn of the loop go out together and their answers come back together: fewer
    steps between processes, each of which costs as much as a short answer. A line that ends has ended on the first
    question that it had not answered; the others are asked anew. For the loop that asks first, and it alone.
    """

    def __init__(self, address: str, limits: Limits) -> None:
        self._address, self._limits = address, limits
        self._queue: deque[_Waiting] = deque()
        self._free: list[_Line] = []  # the last used is asked first, it is warm
        self._open: set[_Line] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._handing_out = self._looking = False

    async def ask(self, question: Question, too_long: Callable[[], bool]) -> tuple[bytes, float]:
        """The answer, and the seconds that it took. Raises EndedError, Unanswered."""
        answer: asyncio.Future[tuple[int, bytes, int]] = asyncio.get_running_loop().create_future()
        until = time.monotonic() + self._limits.wait_seconds
        self._queue.append(_Waiting(question_message(question), until, too_long, answer))
        self.hand_out_soon()
        if not self._looking:
            self._look_later()
        outcome, body, micros = await answer
        return outcome_of(outcome, body), micros / 1e6

    def hand_out_soon(self) -> None:
        """When all that came in with this turn of the loop has been read."""
        if not self._handing_out:
            self._handing_out = True
            asyncio.get_running_loop().call_soon(self._hand_out)

    def _hand_out(self) -> None:
        self._handing_out = False
        while self._free and self._queue:
            many = min(_TOGETHER, -(-len(self._queue) // len(self._free)))
            if some := self._next(many):
                self._free.pop().carry(some)
        for _ in range(min(len(self._queue), LINES - len(self._open) - len(self._opening))):
            opening = asyncio.get_running_loop().create_task(self._opened())
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    def _next(self, many: int) -> list[_Waiting]:
        some: list[_Waiting] = []
        while self._queue and len(some) < many:
            waiting = self._queue.popleft()
            if waiting.too_long():
                waiting.answer.set_exception(EndedError(0.0))
            else:
                some.append(waiting)
        return some

    async def _opened(self) -> None:
        while self._queue:
            try:
                await asyncio.get_running_loop().create_unix_connection(lambda: _Line(self), self._address)
                return
            except OSError:  # the worker, or all, are being started anew
                await asyncio.sleep(_AGAIN)

    def _look_later(self) -> None:
        self._looking = True
        asyncio.get_running_loop().call_later(_LOOK, self._look)

    def _look(self) -> None:
        self._looking = False
        now = time.monotonic()
        while self._queue and self._queue[0].until < now:
            waiting = self._queue.popleft()
            if not waiting.answer.done():
                waiting.answer.set_exception(all_busy())
        for line in self._open:
            if line.since and now - line.since > self._limits.seconds:
                line.abort()
        if self._queue or len(self._free) < len(self._open):
            self._look_later()

    def close(self) -> None:
        """Nothing is asked from here on."""
        for line in self._open:
            line.abort()

    def opened(self, line: _Line) -> None:
        self._open.add(line)
        self.given_back(line)

    def given_back(self, line: _Line) -> None:
        self._free.append(line)
        if self._queue:
            self.hand_out_soon()

    def ended(self, line: _Line, again: Iterable[_Waiting]) -> None:
        self._open.discard(line)
        if line in self._free:
            self._free.remove(line)
        self._queue.extendleft(again)
        if self._queue:
            self.hand_out_soon()


class _Line(asyncio.Protocol):
    """A connection to one worker. since: when it was given what it carries; 0.0 where it carries nothing."""

    def __init__(self, lines: QuickLines) -> None:
        self._lines = lines
        self._carried: deque[_Waiting] = deque()
        self._data = bytearray()
        self.since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._lines.opened(self)

    def carry(self, some: list[_Waiting]) -> None:
        self._carried.extend(some)
        self.since = time.monotonic()
        self._transport.write(b"".join([waiting.message for waiting in some]))

    def abort(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._data += data
        at, come = 0, memoryview(self._data)
        while len(come) - at >= HEAD.size:
            outcome, size, micros = HEAD.unpack_from(come, at)
            end = at + HEAD.size + size
            if len(come) < end:
                break
            answer = self._carried.popleft().answer
            if not answer.done():
                answer.set_result((outcome, bytes(come[at + HEAD.size : end]), micros))
            at = end
        come.release()
        del self._data[:at]
        if not self._carried:
            self.since = 0.0
            self._lines.given_back(self)

    def connection_lost(self, _: Exception | None) -> None:
        if self._carried:
            first = self._carried.popleft().answer
            if not first.done():
                first.set_exception(EndedError(time.monotonic() - self.since))
        self._lines.ended(self, reversed(self._carried))
