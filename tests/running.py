"""A whole server, started as `fosen-graph serve` starts it, and clients that ask it over sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from fosen_graph.asking import Limits

_START = """
import json, sys
from pathlib import Path
from fosen_graph.asking import Limits
from fosen_graph.web.server import serve
told = json.loads(sys.argv[1])
release, limits = Path(told.pop("release")), Limits(**told.pop("limits"))
serve("127.0.0.1", 0, release, "en", limits, **told)
"""


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[str]
    port: int

    def ask(self, query: str, timeout: float = 30.0, accept: str = "text/csv") -> tuple[int, dict[str, str], str]:
        """Status (0: the connection broke), headers, body."""
        return self.get(f"/sparql?query={quote(query)}", timeout, accept)

    def get(self, path: str, timeout: float = 30.0, accept: str = "text/csv") -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        except (http.client.HTTPException, ConnectionError):
            return 0, {}, ""
        finally:
            connection.close()

    @property
    def zygotes(self) -> list[int]:
        """Those that have workers; another is spare."""
        return [pid for pid in self._asking if children(pid)]

    @property
    def web(self) -> list[int]:
        return [pid for pid in children(self.process.pid) if pid not in self._asking]

    @property
    def _asking(self) -> list[int]:
        return [pid for pid in children(self.process.pid) if b"fosen_graph.asking.zygote" in command_line(pid)]

    @property
    def workers(self) -> list[int]:
        return [worker for zygote in self.zygotes for worker in children(zygote)]


@contextlib.contextmanager
def serving(release: Path, limits: Limits, **more: object) -> Iterator[Server]:
    told = {"release": str(release), "limits": asdict(limits), **more}
    command = [sys.executable, "-c", _START, json.dumps(told)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        try:
            address = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
            assert address, "the server did not start"
            yield Server(process, int(address[1]))
        finally:
            process.terminate()
            process.wait(20)


@dataclass(slots=True)
class Load:
    """Clients that ask until they are told to stop; what each got, and when."""

    ask: Callable[[int], tuple[int, dict[str, str], str]]
    clients: int
    answers: list[tuple[float, int, dict[str, str], str]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Load:
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def _run(self, number: int) -> None:
        while not self._stop.is_set():
            status, headers, body = self.ask(number)
            self.answers.append((time.monotonic(), status, headers, body))

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(40)
        assert not any(thread.is_alive() for thread in self._threads), "a client hangs"


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def processor_seconds(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / 100
