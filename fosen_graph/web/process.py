"""A listening socket and what is current in; a web process out, until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvloop
from granian import _futures, _granian, _signals
from granian.http import HTTP1Settings

from fosen_graph.asking import TRUSTED, Limits
from fosen_graph.asking.budget import Board, Budget
from fosen_graph.asking.elsewhere import Address
from fosen_graph.asking.lanes import Lanes, Memory
from fosen_graph.asking.lines import QuickLines
from fosen_graph.asking.published import read_release
from fosen_graph.asking.quick import QuickStore
from fosen_graph.asking.remote import Shared, remote_store
from fosen_graph.asking.workers import WorkerStore
from fosen_graph.web.app import create_app
from fosen_graph.web.bridge import Bridge
from fosen_graph.web.current import Current, Log, State
from fosen_graph.web.presence import Presence
from fosen_graph.web.reconcile.registers import Registers
from fosen_graph.web.site import Site
from fosen_graph.web.slow import Sweeper

_THREADS = 160  # most wait for a worker, or for the rest of a body
_CONNECTIONS = 4096  # who holds many open keeps nobody else out
_HEAD_SECONDS = 10  # for the head of a request, and for an idle connection
_IDLE_SECONDS = 30  # after which a thread ends
_TURN = 0.0005  # seconds that a thread keeps the interpreter from another whose answer has come
_PR_SET_PDEATHSIG = 1
_MALLOC = ((-8, 2), (-1, 2**17), (-3, 2**17))  # arenas, bytes to trim at, bytes to map; see mallopt(3)
_GRANIAN: Final[Any] = _granian  # its types are told for its own supervisor only
_FUTURES: Final[Any] = _futures
_SIGNALS: Final[Any] = _signals
_NO_TLS: Final[Any] = (False, None, None, None, "tls1.3", None, [], False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a web process is told by the supervisor that forked it. area: its own on the board."""

    state: Path
    board: Board
    area: int
    limits: Limits
    access_log: str
    remote: Address | None
    proxies: int
    register: Path | None


def run(listener: socket.socket, told: Told) -> None:
    """Answers until SIGTERM; then ends what it has begun. Holds no store and opens no other port."""
    _give_memory_back()
    sys.setswitchinterval(_TURN)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = 2 * _CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * _CONNECTIONS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    log = Log(told.board, told.area, _lines(told.access_log))
    sites = _Sites(told)
    current = Current(told.state, sites.make, create_app, log, sites.presence)
    log.start()
    Sweeper(told.limits).start()
    _answer(listener, current)
    log.flush()
    os._exit(0)


class _Sites:
    """Sites of one process: what is remembered of clients and long questions outlives a release."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._budget = Budget(told.board, told.area, told.limits)
        self._memory, self.presence = Memory(), Presence()
        self._register = Registers(told.register) if told.register else None

    def make(self, state: State) -> Site:
        limits, sockets = self._told.limits, Path(state.sockets)
        release = read_release(Path(state.release))
        if self._told.remote:
            elsewhere = remote_store(self._told.remote, release, limits)
            return Site(
                release=release,
                public=Shared(elsewhere, self._budget, self.presence.watch),
                pages=remote_store(self._told.remote, release, TRUSTED),
                limits=limits,
                proxies=self._told.proxies,
                elsewhere=True,
                register=self._register,
            )
        public = Lanes(
            lines=QuickLines(str(sockets / "quick"), limits),
            quick=QuickStore(str(sockets / "quick"), limits),
            slow=WorkerStore(str(sockets / "slow"), limits),
            budget=self._budget,
            watch=self.presence.watch,
            memory=self._memory,
        )
        pages = WorkerStore(str(sockets / "pages"), TRUSTED)
        return Site(
            release=release,
            public=public,
            pages=pages,
            limits=limits,
            proxies=self._told.proxies,
            register=self._register,
        )


def _lines(access_log: str) -> int | None:
    if not access_log:
        return None
    if access_log == "-":
        return sys.stderr.fileno()
    return os.open(access_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)


def _answer(listener: socket.socket, application: Current) -> None:
    """
    One worker of granian on a socket that is shared with its siblings.

    granian's own supervisor gives each worker a queue of connections of its own, which are lost with it, starts one
    anew in half a second, and gives up where one is killed twice. Ours forks, and the queue is shared.
    """
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    ended, stop = asyncio.Event(), _SIGNALS.set_loop_signals(loop)
    stop.add_cb(lambda: loop.call_soon_threadsafe(ended.set))
    loop.remove_signal_handler(signal.SIGINT)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    worker = _GRANIAN.RSGIWorker(
        1,
        (None, _GRANIAN.SocketHolder(os.dup(listener.fileno()), False, 1024)),
        None,
        1,
        8,
        1,
        _IDLE_SECONDS,
        _CONNECTIONS,
        "1",
        HTTP1Settings(header_read_timeout=_HEAD_SECONDS * 1000),
        None,
        False,
        None,
        *_NO_TLS,
        (None, None),
    )
    bridge = _FUTURES._future_watcher_wrapper(Bridge(application, _THREADS))
    worker.serve_mtr(_FUTURES._new_cbscheduler(loop, bridge, impl_asyncio=True), loop, stop)
    loop.run_until_complete(ended.wait())


def _give_memory_back() -> None:
    """glibc keeps an arena for each few threads, and what large requests freed in it: 150 MB where 40 are in use."""
    with contextlib.suppress(AttributeError):  # another library of C
        libc = ctypes.CDLL(None)
        for parameter, value in _MALLOC:
            libc.mallopt(parameter, value)


def end_with(parent: int) -> None:
    """Linux: the kernel ends this process when its parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
