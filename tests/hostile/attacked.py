"""A server under attack: started as `fosen-graph serve` starts it, asked over bare sockets, its processes watched."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote_plus

from fosen_graph.asking import Limits

LIMITS = Limits(
    seconds=1.0,
    wait_seconds=1.0,
    memory_bytes=128 * 2**20,
    total_memory_bytes=300 * 2**20,
    answer_bytes=4 * 2**20,
    per_client=False,  # all attacks come from one address
)
SLACK = 1.0  # seconds over the limits, in which every attack has its answer
QUICK = "SELECT (COUNT(?m) AS ?n) WHERE { ?m a fg:Measure }"
QUICK_ANSWER = b"n\r\n29\r\n"
_START = """
import json, sys
from pathlib import Path
from fosen_graph.asking import Limits
from fosen_graph.web.server import serve
serve("127.0.0.1", 0, Path(sys.argv[1]), "en", limits=Limits(**json.loads(sys.argv[2])))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back; status 0 where the connection was closed without an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    times: Mapping[str, int]  # how often each header came


class Server:
    """A whole server: supervisor, zygote, workers, web processes."""

    def __init__(self, release: Path, limits: Limits) -> None:
        command = [sys.executable, "-c", _START, str(release), json.dumps(asdict(limits))]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert self.process.stdout
        told = re.search(r"http://127\.0\.0\.1:(\d+)/", self.process.stdout.readline())
        assert told, "the server did not start"
        self.port = int(told[1])
        self.limits = limits

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdout
        self.process.stdout.close()

    def connect(self, seconds: float = 10) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def send(self, data: bytes, seconds: float = 10) -> Reply:
        """Bytes as they are; the answer is read until the server closes or it is complete."""
        start = time.monotonic()
        with self.connect(seconds) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has read all
                connection.sendall(data)
            return reply(connection, start, data.startswith(b"HEAD "))

    def ask(self, query: str, accept: str = "text/csv", seconds: float = 10) -> Reply:
        """POST, the query as it is."""
        body = query.encode("utf-8", "surrogatepass")
        return self.send(post(body, accept=accept), seconds)

    def get(self, parameters: str, *headers: str, method: str = "GET") -> Reply:
        return self.send(request(f"{method} /sparql?{parameters} HTTP/1.1", *headers))

    def quick(self) -> Reply:
        return self.get(f"query={quote_plus(QUICK)}&format=csv")

    def processes(self) -> list[int]:
        return [self.process.pid, *_descendants(self.process.pid)]

    def memory(self) -> int:
        """Bytes that the processes have for themselves and in common, each page once (PSS)."""
        return sum(_proportional(pid) for pid in self.processes())

    def descriptors(self) -> int:
        return sum(_open_files(pid) for pid in self.processes())


def request(line: str, *headers: str) -> bytes:
    return "\r\n".join((line, "Host: 127.0.0.1", "Connection: close", *headers, "", "")).encode("latin-1")


def post(body: bytes, *headers: str, kind: str = "application/sparql-query", accept: str = "text/csv") -> bytes:
    head = ("POST /sparql HTTP/1.1", f"Content-Type: {kind}", f"Accept: {accept}", f"Content-Length: {len(body)}")
    return request(*head, *headers) + body


def reply(connection: socket.socket, start: float, headless: bool = False) -> Reply:
    data = bytearray()
    length: int | None = None
    head = b""
    with contextlib.suppress(ConnectionResetError):
        while length is None or len(data) < length:
            part = connection.recv(1 << 20)
            if not part:
                break
            data += part
            if not head and b"\r\n\r\n" in data:
                head = bytes(data[: data.index(b"\r\n\r\n")])
                told = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
                length = len(head) + 4 + (0 if headless else int(told[1])) if told else None
    return _parsed(bytes(data), head, time.monotonic() - start)


def _parsed(data: bytes, head: bytes, seconds: float) -> Reply:
    lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(": ")[::2] for line in lines[1:]]
    names = [name.lower() for name, _ in pairs]
    status = re.match(r"HTTP/1\.[01] (\d{3})", lines[0])
    return Reply(
        status=int(status[1]) if status else 0,
        headers={name.lower(): value for name, value in pairs},
        body=data[len(head) + 4 :],
        seconds=seconds,
        times={name: names.count(name) for name in names},
    )


def children(pid: int) -> list[int]:
    try:
        told = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(child) for part in told for child in part.split()]


def _descendants(pid: int) -> list[int]:
    return [found for child in children(pid) for found in (child, *_descendants(child))]


def _proportional(pid: int) -> int:
    try:
        told = re.search(r"Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:  # it has ended since
        return 0
    return int(told[1]) * 1024 if told else 0


def _open_files(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0
