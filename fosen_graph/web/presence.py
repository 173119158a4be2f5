"""Who tells whether a client has gone in, for the thread that answers it; the same for who asks a worker out."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from fosen_graph.asking import Gone


@dataclass(slots=True)
class Presence:
    """Of each thread: whether the client of the request that it answers has gone."""

    _asking: threading.local = field(default_factory=threading.local)

    def begin(self, gone: Gone) -> None:
        """This thread begins a request."""
        self._asking.gone = gone

    def watch(self) -> Gone:
        """Of the request of this thread."""
        return getattr(self._asking, "gone", _never)


def _never() -> bool:
    return False
