"""A release in; servers that answer about it on loopback out: ours, Oxigraph's own, and rdflib-endpoint."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from .http_queries import Asking

_START_SECONDS = 600
_PEERS = Path(os.environ.get("FOSEN_GRAPH_PEERS", Path(sys.executable).parent))  # where they are installed


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """pid: the process above all others of this server."""

    name: str
    url: str
    pid: int


@contextlib.contextmanager
def ours(release: Path, folder: Path, cached: bool) -> Iterator[Server]:
    """As `fosen-graph serve` starts it, without the limits for one client: all load comes from one address."""
    name = "fosen-graph, cached" if cached else "fosen-graph, uncached"
    program = (
        "import sys; from pathlib import Path; from dataclasses import replace; "
        "from fosen_graph.asking import Limits; from fosen_graph.web.server import serve; "
        "serve('127.0.0.1', int(sys.argv[1]), Path(sys.argv[2]), 'en', "
        "Limits(per_client=False, cache_bytes=int(sys.argv[3])))"
    )
    port = _free_port()
    command = [sys.executable, "-c", program, str(port), str(release), str(2**27 if cached else 0)]
    with _running(name, command, f"http://127.0.0.1:{port}/sparql", folder) as server:
        yield server


@contextlib.contextmanager
def oxigraph(release: Path, folder: Path) -> Iterator[Server]:
    port = _free_port()
    command = [str(_PEERS / "oxigraph"), "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with _running("oxigraph serve", command, f"http://127.0.0.1:{port}/query", folder) as server:
        for name in ("all.nq", "graphs/catalogue.nq", "graphs/report.nq"):
            if (release / name).is_file():
                _load(f"http://127.0.0.1:{port}/store", release / name)
        yield server


@contextlib.contextmanager
def rdflib_endpoint(release: Path, folder: Path) -> Iterator[Server]:
    """Its command line takes no quads with a union of graphs; so it is started from a program, one process."""
    program = (
        "import sys, rdflib, uvicorn; from rdflib_endpoint import SparqlEndpoint; "
        "graph = rdflib.Dataset(default_union=True); "
        "[graph.parse(file, format='nquads') for file in sys.argv[2:]]; "
        "uvicorn.run(SparqlEndpoint(graph=graph, path='/'), port=int(sys.argv[1]), log_level='error')"
    )
    port = _free_port()
    files = [str(release / name) for name in ("all.nq", "graphs/catalogue.nq", "graphs/report.nq")]
    command = [str(_PEERS / "python"), "-c", program, str(port), *files]
    with _running("rdflib-endpoint", command, f"http://127.0.0.1:{port}/", folder) as server:
        yield server


def ask(server: Server, asking: Asking) -> tuple[str, bytes]:
    """The answer with its content type."""
    request = urllib.request.Request(
        f"{server.url}?{urlencode({'query': asking.text})}", headers={"Accept": asking.accept}
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        return response.headers["Content-Type"], response.read()


@contextlib.contextmanager
def _running(name: str, command: list[str], url: str, folder: Path) -> Iterator[Server]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            server = Server(name=name, url=url, pid=process.pid)
            _await(process, server, folder)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _await(process: subprocess.Popen[bytes], server: Server, folder: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            ask(server, Asking("ASK {}", "application/sparql-results+json"))
            return
        time.sleep(0.1)
    raise RuntimeError(f"{server.name} did not start:\n{(folder / 'server.log').read_text(errors='replace')[-2000:]}")


def _load(url: str, file: Path) -> None:
    with file.open("rb") as body:
        headers = {"Content-Type": "application/n-quads", "Content-Length": str(file.stat().st_size)}
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method="POST"), timeout=600) as done:
            done.read()


def triples(release: Path) -> int:
    """Of the whole release."""
    files = json.loads((release / "manifest.json").read_text("utf-8"))["files"]
    return int(files["all.nq"]["triples"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
