"""A release folder, a host and a port in; a running server out, until it is told to stop."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fosen_graph.asking import TRUSTED, Limits, lines, quick
from fosen_graph.asking.budget import Board
from fosen_graph.asking.elsewhere import Address
from fosen_graph.asking.published import read_release
from fosen_graph.asking.workers import Lane, Spare, Zygote, release_holding
from fosen_graph.findings import CannotRun, FosenGraphError, Lang, Words
from fosen_graph.web import metrics, process
from fosen_graph.web.current import State

_STOP_SECONDS = 1.0  # beyond what a question may take
_TICK = 0.02  # seconds between two looks at the processes
_FRENZY = 0.3  # seconds that a zygote lives, or that its successor waits
_LINK_TICK = 0.2  # seconds between two looks at the release's link
_LINE = 4096  # connections that wait to be accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """
    What the processes of one server are told.

    release: a folder, or a link to one that is watched. access_log: "-" is standard error, "" is none, else a file.
    metrics_port: on the same host; None is none. remote: a server elsewhere that answers the queries.
    proxies: how many stand in front and are believed. register: where the local copy lies, or may come to lie.
    """

    release: Path
    host: str
    port: int
    limits: Limits = field(default_factory=Limits)
    access_log: str = ""
    metrics_port: int | None = None
    remote: Address | None = None
    proxies: int = 0
    register: Path | None = None
    web_processes: int = 2

    def lanes(self, sockets: Path) -> tuple[Lane, ...]:
        cores = max(2, os.cpu_count() or 1)
        many = (lines.LINES + quick.LINES) * self.web_processes
        return (
            Lane(address=str(sockets / "quick"), workers=many, limits=self.limits, quick=True),
            Lane(address=str(sockets / "slow"), workers=cores, limits=self.limits, nice=10),
            Lane(address=str(sockets / "pages"), workers=2, limits=TRUSTED),
        )

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


def serve(
    host: str,
    port: int,
    release: Path,
    lang: Lang,
    limits: Limits | None = None,
    *,
    access_log: str = "",
    metrics_port: int | None = None,
    remote: Address | None = None,
    proxies: int = 0,
    register: Path | None = None,
) -> None:
    """
    Serve a release until SIGINT or SIGTERM; every process is gone when this returns.

    Where `release` is a link, the release that it points at is served, from the moment that its workers can answer;
    SIGHUP looks at once. port: 0 takes any that is free. lang: of the line on standard output that tells the address.
    Raises CannotRun: no release there, the port is taken, the host is not ours.
    """
    read_release(release)
    with (
        _listening(host, port, many := max(2, min(8, os.cpu_count() or 1))) as listeners,
        _listening(host, metrics_port or 0, 0 if metrics_port is None else 1, "--metrics-port") as counters,
        tempfile.TemporaryDirectory(prefix="fosen-graph-") as private,
    ):
        serving = Serving(
            release=release,
            host=host,
            port=int(listeners[0].getsockname()[1]),
            limits=limits or Limits(),
            access_log=access_log,
            metrics_port=metrics_port,
            remote=remote,
            proxies=proxies,
            register=register,
            web_processes=many,
        )
        _Supervisor(serving, listeners, counters, Path(private)).run(lang)


class _Generation:
    """A release, and the zygote that answers about it."""

    def __init__(self, serving: Serving, release: Path, sockets: Path, spare: Spare | None) -> None:
        """Raises CannotRun."""
        self._serving, self.release, self.sockets, self._spare = serving, release, sockets, spare
        sockets.mkdir()
        self._holding = release_holding(read_release(release))
        self._zygote, self._born = self._start(), time.monotonic()
        self._until: float | None = None

    def _start(self) -> Zygote | None:
        if self._serving.remote:
            return None
        return Zygote(self._holding, self._serving.lanes(self.sockets), wait=False, spare=self._spare)

    @property
    def ready(self) -> bool:
        """Raises CannotRun."""
        return self._zygote is None or self._zygote.ready

    @property
    def is_up(self) -> bool:
        """Never raises."""
        with contextlib.suppress(FosenGraphError):
            return self.ready
        return False

    def revived(self) -> bool:
        """Whether the zygote had ended; it is started anew."""
        if self._zygote:
            self._zygote.end_if_halted()
        if self._zygote is None or self._zygote.alive or time.monotonic() - self._born < _FRENZY:
            return False
        self._zygote.stop()
        self._zygote, self._born = self._start(), time.monotonic()
        return True

    def tell(self, state: Path) -> None:
        """From here on requests are given to it."""
        State(release=str(self.release), sockets=str(self.sockets)).write(state)

    def retire(self) -> None:
        """No request that comes from now on is given to it; those that are under way may end."""
        limits = self._serving.limits
        self._until = time.monotonic() + 2 * (limits.wait_seconds + limits.seconds) + 2

    @property
    def over(self) -> bool:
        return self._until is not None and time.monotonic() > self._until

    def stop(self) -> None:
        if self._zygote:
            self._zygote.stop()


class _Supervisor:
    """Single-threaded, so that it may fork. The zygote first, then the web; whichever ends unasked is started anew."""

    def __init__(
        self, serving: Serving, listeners: list[socket.socket], counters: list[socket.socket], private: Path
    ) -> None:
        self._serving, self._listeners, self._counters, self._private = serving, listeners, counters, private
        self._state = private / "state"
        self._spare = None if serving.remote else Spare()
        self._board = Board(private / "board", serving.web_processes + 1)
        self._generations: list[_Generation] = []  # the last is current, or about to be
        self._current: _Generation | None = None
        self._refused: Path | None = None  # a release that could not be served
        self._web: dict[int, int] = {}  # pid to area
        self._metrics: int | None = None
        self._stopping = self._looking = False
        self._looked = 0.0

    def run(self, lang: Lang) -> None:
        handlers: dict[signal.Signals, Callable[..., None]] = {
            signal.SIGINT: self._stop,
            signal.SIGTERM: self._stop,
            signal.SIGHUP: self._hurry,
        }
        previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            self._begin(self._serving.release.resolve())
            self._generations[-1].tell(self._state)
            gc.collect()
            gc.freeze()
            self._keep_web()  # they come up while the store is being opened
            while not self._stopping and not self._switched():
                time.sleep(_TICK)
            if not self._stopping:
                _tell(self._serving.address, lang)
            while not self._stopping:
                time.sleep(_TICK)
                self._tend()
        finally:
            self._end_web()
            for generation in self._generations:
                generation.stop()
            if self._spare:
                self._spare.stop()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _hurry(self, *_: object) -> None:
        self._looking, self._refused = True, None

    def _tend(self) -> None:
        self._keep_web()
        for generation in self._generations:
            if generation.revived():
                self._count("starts_of_zygote")
        if self._spare and self._current is self._generations[-1] and self._current.is_up:
            self._spare.prepare()
        for generation in [one for one in self._generations if one.over]:
            generation.stop()
            self._generations.remove(generation)
        try:
            if self._generations[-1] is not self._current:
                self._switched()
            elif self._looking or time.monotonic() - self._looked > _LINK_TICK:
                self._look()
        except FosenGraphError as error:
            self._refuse(error)

    # Releases

    def _look(self) -> None:
        self._looking, self._looked = False, time.monotonic()
        release = self._serving.release.resolve()
        assert self._current
        if release not in (self._current.release, self._refused):
            self._begin(release)

    def _begin(self, release: Path) -> None:
        sockets = self._private / f"{len(list(self._private.iterdir()))}-{time.monotonic_ns()}"
        self._refused = release  # until it is served
        self._generations.append(_Generation(self._serving, release, sockets, self._spare))

    def _switched(self) -> bool:
        """Whether the newest release is the current one now."""
        newest = self._generations[-1]
        if not newest.ready:
            return False
        if self._current:
            newest.tell(self._state)
            self._current.retire()
        self._current, self._refused = newest, None
        self._count("releases")
        return True

    def _refuse(self, error: FosenGraphError) -> None:
        """The release that is served stays."""
        sys.stderr.write(f"{error.text('en') if isinstance(error, CannotRun) else error}\n")
        if self._generations[-1] is not self._current:
            self._generations.pop().stop()

    # Web processes

    def _keep_web(self) -> None:
        for pid in [pid for pid in self._web if _has_ended(pid)]:
            self._board.forget(self._web.pop(pid))
        for area in range(self._serving.web_processes):
            if area not in self._web.values() and not self._stopping:
                self._web[self._fork(lambda area=area: self._work(area))] = area  # type: ignore[misc]
                self._count("starts_of_web_process")
        if self._counters and (self._metrics is None or _has_ended(self._metrics)):
            self._metrics = self._fork(lambda: metrics.serve(self._counters[0], self._board))

    def _work(self, area: int) -> None:
        serving = self._serving
        process.run(
            self._listeners[area],
            process.Told(
                state=self._state,
                board=self._board,
                area=area,
                limits=serving.limits,
                access_log=serving.access_log,
                remote=serving.remote,
                proxies=serving.proxies,
                register=serving.register,
            ),
        )

    def _fork(self, work: Callable[[], None]) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        try:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor
            process.end_with(parent)
            work()
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
        finally:
            sys.stderr.flush()
            os._exit(1)

    def _end_web(self) -> None:
        pids = [*self._web, *([self._metrics] if self._metrics else [])]
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        limits = self._serving.limits
        until = time.monotonic() + limits.seconds + limits.wait_seconds + _STOP_SECONDS
        while pids := [pid for pid in pids if not _has_ended(pid)]:
            if time.monotonic() > until:
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
            time.sleep(_TICK / 4)

    def _count(self, name: str) -> None:
        self._board.count(self._serving.web_processes, name)


def _has_ended(pid: int) -> bool:
    """Who was halted is ended."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if found and os.WIFSTOPPED(status):
            os.kill(pid, signal.SIGKILL)
            return False
        return found == pid
    except ChildProcessError:
        return True


def _tell(address: str, lang: Lang) -> None:
    words = Words(nb=f"Svarer på {address} (stans med Ctrl-C)", en=f"Serving at {address} (stop with Ctrl-C)")
    sys.stdout.write(f"{words.in_language(lang)}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def _listening(host: str, port: int, many: int, option: str = "--port") -> Iterator[list[socket.socket]]:
    """
    One for each web process: the kernel deals connections out evenly. Of one that is shared, who wakes first takes all.

    They stay while processes come and go, so that no connection is refused or lost in the line.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as probe:  # nobody else listens there
            port = int(probe.getsockname()[1])
        listeners = [
            socket.create_server((host, port), family=family, backlog=_LINE, reuse_port=True) for _ in range(many)
        ]
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotRun(
            Words(nb=f"Kan ikke lytte på {host}:{port}: {reason}.", en=f"Cannot listen on {host}:{port}: {reason}."),
            Words(
                nb=f"Stans den som bruker porten, eller velg en annen med {option}.",
                en=f"Stop whoever uses the port, or choose another with {option}.",
            ),
        ) from error
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(listener) for listener in listeners]
