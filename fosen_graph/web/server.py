"""A release folder, a host and a port in; a running server out, until it is told to stop."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from fosen_graph.asking import TRUSTED, Limits
from fosen_graph.asking.published import read_release
from fosen_graph.asking.store import release_sources
from fosen_graph.asking.workers import Holding, Lane, WorkerStore, Zygote
from fosen_graph.findings import CannotRun, Lang, Words
from fosen_graph.web.app import create_app
from fosen_graph.web.site import Site
from fosen_graph.web.slow import Sweeper

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 5
_THREADS = 64  # of a web process: most wait for a worker, or for the rest of a body
_CONNECTIONS = 4096  # of a web process: who holds many open keeps nobody else out
_HEAD_SECONDS = 10  # for the head of a request, and for an idle connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the processes of one server are told. folder: private, holds the sockets of the workers."""

    release: Path
    folder: Path
    host: str
    port: int
    limits: Limits

    @property
    def lanes(self) -> tuple[Lane, Lane]:
        public = max(2, os.cpu_count() or 1)
        return (
            Lane(address=str(self.folder / "public"), workers=public, limits=self.limits),
            Lane(address=str(self.folder / "pages"), workers=2, limits=TRUSTED),
        )

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


def serve(host: str, port: int, release: Path, lang: Lang, limits: Limits | None = None) -> None:
    """
    Serve one release until SIGINT or SIGTERM; every process is gone when this returns.

    port: 0 takes any that is free. lang: of the line on standard output that tells the address, once it answers.
    Raises CannotRun: no release there, the port is taken, the host is not ours.
    """
    folder = release.resolve()
    read_release(folder)
    port = _free(host, port)
    with tempfile.TemporaryDirectory(prefix="fosen-graph-") as private:
        serving = Serving(release=folder, folder=Path(private), host=host, port=port, limits=limits or Limits())
        _Supervisor(serving).run(lang)


class _Supervisor:
    """Single-threaded. The zygote first, then the web processes; whichever ends unasked is started anew."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._stopping = False

    def run(self, lang: Lang) -> None:
        previous = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        zygote, web = self._start_zygote(), None
        try:
            web = self._start_web()
            self._await_answer(web)
            if not self._stopping:
                _tell(self._serving.address, lang)
            while not self._stopping:
                time.sleep(0.05)
                if not zygote.alive:
                    zygote.stop()
                    zygote = self._start_zygote()
                if web.poll() is not None and not self._stopping:
                    web = self._start_web()
        finally:
            if web:
                _end(web)
            zygote.stop()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _start_zygote(self) -> Zygote:
        release = read_release(self._serving.release)
        holding = Holding(sources=release_sources(release.folder), prefixes=release.prefixes, base=release.base)
        return Zygote(holding, self._serving.lanes)

    def _start_web(self) -> subprocess.Popen[bytes]:
        serving = self._serving
        arguments = [str(serving.release), str(serving.folder), serving.host, str(serving.port), str(os.getpid())]
        arguments.append(repr(serving.limits.seconds))
        return subprocess.Popen([sys.executable, "-m", "fosen_graph.web.server", *arguments], start_new_session=True)

    def _await_answer(self, web: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + 30
        while not self._stopping and time.monotonic() < until and web.poll() is None:
            try:
                host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._serving.host, self._serving.host)
                socket.create_connection((host, self._serving.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        if not self._stopping:
            raise CannotRun(
                Words(nb="Tjeneren kom ikke i gang.", en="The server did not start."),
                Words(nb="Se meldingene over.", en="See the messages above."),
            )


def _tell(address: str, lang: Lang) -> None:
    words = Words(nb=f"Svarer på {address} (stans med Ctrl-C)", en=f"Serving at {address} (stop with Ctrl-C)")
    sys.stdout.write(f"{words.in_language(lang)}\n")
    sys.stdout.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its session with it, so that nothing is left."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free(host: str, port: int) -> int:
    """The port, tried out: two servers that share a port would both be asked."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
            return int(probe.getsockname()[1])
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotRun(
            Words(nb=f"Kan ikke lytte på {host}:{port}: {reason}.", en=f"Cannot listen on {host}:{port}: {reason}."),
            Words(
                nb="Stans den som bruker porten, eller velg en annen med --port.",
                en="Stop whoever uses the port, or choose another with --port.",
            ),
        ) from error


# The web processes


def load(serving: Serving, parent: int) -> Flask:
    """In each web process."""
    _end_with(parent)
    Sweeper(serving.limits).start()
    public, pages = serving.lanes
    site = Site(
        release=read_release(serving.release),
        public=WorkerStore(public.address, public.limits),
        pages=WorkerStore(pages.address, pages.limits),
        limits=serving.limits,
    )
    return create_app(site)


def _end_with(parent: int) -> None:
    """Linux: the kernel ends this process when its parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)


def _main(arguments: list[str]) -> None:
    release, folder, host, port, parent, seconds = arguments
    _end_with(int(parent))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = 2 * _CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * _CONNECTIONS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    serving = Serving(
        release=Path(release), folder=Path(folder), host=host, port=int(port), limits=Limits(seconds=float(seconds))
    )
    server = Server(
        "fosen_graph.web.server:load",
        address=host,
        port=serving.port,
        interface=Interfaces.WSGI,
        workers=max(1, min(4, os.cpu_count() or 1)),
        blocking_threads=_THREADS,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_SECONDS * 1000),
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS - 2,
    )
    server.serve(target_loader=partial(load, serving, os.getpid()), wrap_loader=False)


if __name__ == "__main__":
    _main(sys.argv[1:])
