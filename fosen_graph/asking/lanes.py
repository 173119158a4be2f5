"""A question of the public in, its answer out: short ones have workers of their own, and nobody takes all."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass, field

from fosen_graph.asking import Gone, Question, Reason, Unanswered, Watch
from fosen_graph.asking.budget import Budget, Ticket
from fosen_graph.asking.lines import QuickLines
from fosen_graph.asking.quick import QuickStore
from fosen_graph.asking.workers import EndedError, WorkerStore

_REMEMBERED = 4096


@dataclass(slots=True)
class Memory:
    """Which questions were too long for the lane of short ones; the oldest are forgotten."""

    _known: dict[Hashable, None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._known

    def add(self, key: Hashable) -> None:
        with self._lock:
            self._known[key] = None
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]

    def forget(self, key: Hashable) -> None:
        with self._lock:
            self._known.pop(key, None)


def _key(question: Question) -> int:
    return hash((question.text, question.default_graphs, question.named_graphs, question.bindings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """
    A Store. A question is first asked in the quick lane; one that its worker does not live to answer is asked again.

    So a killed worker costs nobody an answer, and long questions wait for each other only.
    """

    lines: QuickLines
    quick: QuickStore
    slow: WorkerStore
    budget: Budget
    watch: Watch | None = None
    memory: Memory = field(default_factory=Memory)

    async def at_once(self, question: Question) -> bytes | None:
        """
        For an event loop: None where the question is to be asked by a thread, which may wait. Raises Unanswered.

        That is one that is known to be long, or whose worker did not live to answer it, or whose client has to wait.
        """
        key = _key(question)
        if key in self.memory:
            return None
        ticket = self.budget.enter(question.client)
        if ticket is None:
            return None
        try:
            answer, ticket.seconds = await self.lines.ask(question, lambda: key in self.memory)
        except EndedError as error:
            ticket.seconds = min(error.seconds, self.quick.limits.quick_seconds)
            self.memory.add(key)
            return None
        finally:
            self.budget.leave(ticket)
        self.budget.count("questions_quick")
        return answer

    def answer(self, question: Question) -> bytes:
        """Raises Unanswered."""
        with self.budget.room(question.client) as ticket:
            key = _key(question)
            gone = self.watch() if self.watch else None
            if key not in self.memory:
                try:
                    answer, ticket.seconds = self.quick.ask(question, lambda: key in self.memory)
                    self.budget.count("questions_quick")
                    return answer
                except EndedError:
                    ticket.seconds = self.quick.limits.quick_seconds
                    self.memory.add(key)
            return self._slow(question, key, gone, ticket)

    def _slow(self, question: Question, key: int, gone: Gone | None, ticket: Ticket) -> bytes:
        started = time.monotonic()
        self.budget.count("questions_slow")
        try:
            answer, seconds = self.slow.timed(question, gone)
        except Unanswered as error:
            reason = error.refusal.reason
            if reason is not Reason.BUSY:
                ticket.seconds += min(time.monotonic() - started, self.slow.limits.seconds)
            if reason in (Reason.TIME, Reason.MEMORY):
                self.budget.count("questions_over_limits")
            if reason is Reason.GONE:
                self.budget.count("clients_gone")
            raise
        ticket.seconds += seconds
        if seconds < self.quick.limits.quick_seconds / 2:
            self.memory.forget(key)  # its worker was killed for another reason
        return answer
