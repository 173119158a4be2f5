"""Values with their sizes in, the same values out while there is room; what was asked for longest ago gives way."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")
_OVERHEAD = 512  # bytes of an entry besides what it holds


class Cache(Generic[Value]):
    """For the threads of one process. budget: bytes of all entries; 0 keeps nothing."""

    def __init__(self, budget: int) -> None:
        self._budget, self._used = budget, 0
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        return self._used

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Value | None:
        found = self._kept.get(key)
        if found is None:
            return None
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """What would take more than an eighth of the room is not kept: it would push out too much."""
        size += _OVERHEAD
        if size > self._budget // 8:
            return
        with self._lock:
            _, old = self._kept.pop(key, (None, 0))
            self._kept[key] = value, size
            self._used += size - old
            while self._used > self._budget:
                _, (_, gone) = self._kept.popitem(last=False)
                self._used -= gone
