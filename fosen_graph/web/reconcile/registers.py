"""Where the register's copy lies in; handles of it, each lent to one thread at a time, out."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from fosen_graph.asking import all_busy
from fosen_graph.findings import CannotRun
from fosen_graph.registries.index import LocalRegister, open_register

_HANDLES = 2  # of a process; each keeps 16 MB of pages
_WAIT = 5.0  # seconds
_Stamp = tuple[int, int, int]


class Registers:
    """
    The copy that stands there when it is asked for: one that was replaced is taken up, one that is gone is gone.

    A handle belongs to the thread that it is lent to, and there are few of them, so neither memory nor open files grow
    with the threads of the process.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._room = threading.BoundedSemaphore(_HANDLES)
        self._lock = threading.Lock()
        self._free: list[tuple[_Stamp, LocalRegister]] = []

    @contextlib.contextmanager
    def lent(self) -> Iterator[LocalRegister | None]:
        """None where there is no copy that this version can read. Raises Unanswered where all are out."""
        stamp = self._stamp()
        if stamp is None:
            yield None
            return
        if not self._room.acquire(timeout=_WAIT):
            raise all_busy()
        register = None
        try:
            register = self._taken(stamp)
            yield register
        finally:
            if register:
                with self._lock:
                    self._free.append((stamp, register))
            self._room.release()

    def _stamp(self) -> _Stamp | None:
        try:
            told = self.path.stat()
        except OSError:
            return None
        return told.st_ino, told.st_mtime_ns, told.st_size

    def _taken(self, stamp: _Stamp) -> LocalRegister | None:
        while True:
            with self._lock:
                if not self._free:
                    break
                known, register = self._free.pop()
            if known == stamp:
                return register
            register.close()
        with contextlib.suppress(CannotRun):
            return open_register(self.path, lent=True)
        return None
