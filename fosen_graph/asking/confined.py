"""This process in; one that can do less out: no more memory, files or connections, and it ends with others (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import platform
import resource
import select
import signal
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from fosen_graph.asking import Limits

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_MACHINES = {  # linux/audit.h; numbers of socket, connect, execve
    "x86_64": (0xC000003E, (41, 42, 59)),
    "aarch64": (0xC00000B7, (198, 203, 221)),
}
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # linux/filter.h
_ALLOW, _NOT_PERMITTED = 0x7FFF0000, 0x00050001


def open_nothing_more() -> None:
    """
    While a worker answers it can open neither file nor socket, whatever a query names.

    A new descriptor is always the lowest that is free. All below the limit are in use but one: the connection takes it.
    """
    probe = os.dup(0)
    os.close(probe)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe + 1, probe + 1))


def end_when_left(connection: socket.socket) -> None:
    """From here on the kernel ends this process (SIGIO) when the other end is closed, however that came about."""
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETFL, os.O_ASYNC)
    if select.select([connection], [], [], 0)[0]:  # it was closed just before
        raise EOFError


@contextlib.contextmanager
def no_new_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    probe = os.dup(0)
    os.close(probe)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect_nowhere() -> None:
    """From here on the kernel refuses sockets, connections and other programs, whatever a query names."""
    known = _MACHINES.get(platform.machine())
    if known is None:
        return
    machine, numbers = known
    last = len(numbers) + 1  # from the first comparison to the refusal
    rules = [(_LOAD, 0, 0, 4), (_IF_EQUAL, 0, last, machine), (_LOAD, 0, 0, 0)]
    rules += [(_IF_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    rules += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _NOT_PERMITTED)]
    filters = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *rule) for rule in rules))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(rules), ctypes.addressof(filters)))
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    kernel.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0)


def limit_memory(limits: Limits) -> None:
    """The address space above what the store takes already; no core dumps."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_with(parent: int) -> None:
    """Linux: the kernel ends this process when its parent ends, however that came about."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
