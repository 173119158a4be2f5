"""A command in; the processor time and the memory of it and of all its descendants out (Linux)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PAUSE = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """
    What a command took. cpu, wall: seconds, of user and system together.

    memory: bytes resident at the highest, all its processes added; largest: of one of them.
    told: what it printed last, as JSON. late: it was stopped when its time was up.
    """

    cpu: float
    wall: float
    memory: int
    largest: int
    told: Mapping[str, Any]
    late: bool = False

    @property
    def cores(self) -> float:
        return self.cpu / self.wall


def measure(command: Sequence[str], limit: float | None = None) -> Cost:
    """
    Run Python with these arguments in the checkout. limit: seconds of wall time.

    Raises RuntimeError where it fails.
    """
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    watch = _Watch(process.pid)
    watch.start()
    late = threading.Event()
    alarm = threading.Timer(limit, lambda: (late.set(), process.kill())) if limit else None
    if alarm:
        alarm.start()
    printed, errors = _drain(process)
    _, status, used = os.wait4(process.pid, 0)  # of the process and all that it waited for
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if alarm:
        alarm.cancel()
    watch.stop()
    if process.returncode and not late.is_set():
        raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}\n{errors.decode()[-2000:]}")
    return Cost(
        cpu=used.ru_utime + used.ru_stime,
        wall=wall,
        memory=watch.memory,
        largest=watch.largest,
        told=_told(printed),
        late=late.is_set(),
    )


def _drain(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Both outputs to their ends; the process itself is left for wait4."""
    errors: list[bytes] = []
    assert process.stdout and process.stderr
    reader = threading.Thread(target=lambda stream: errors.append(stream.read()), args=(process.stderr,))
    reader.start()
    with process.stdout, process.stderr:
        printed = process.stdout.read()
        reader.join()
    return printed, errors[0]


def _told(printed: bytes) -> Mapping[str, Any]:
    last = printed.decode().strip().rpartition("\n")[2]
    if not last.startswith("{"):
        return {}
    told: dict[str, Any] = json.loads(last)
    return told


class _Watch(threading.Thread):
    """Looks again and again at the memory of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.memory, self.largest = pid, 0, 0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(_PAUSE):
            sizes = [_resident(pid) for pid in family(self.pid)]
            self.memory = max(self.memory, sum(sizes))
            self.largest = max(self.largest, *sizes, 0)

    def stop(self) -> None:
        self._done.set()
        self.join()


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        try:
            for thread in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
        except OSError:  # it has ended
            continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
