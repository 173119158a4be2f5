"""Requests as granian's event loop has them in (RSGI); what the WSGI application answers, or answers at once, out."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from fosen_graph.asking import all_busy
from fosen_graph.web.current import GONE, Current, Environ

_MOST = 2**22  # bytes of a body that anybody here reads; each room has its own limit below this
_BODIES = 24  # that are read at a time, so that slow senders take no memory
_WAIT = 0.5  # seconds for a place among them
_PART = 2**17  # bytes of a long answer that are sent at a time
_ALWAYS: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
_NO_BODY = (204, 304)


class Bridge:
    """
    What can be answered without waiting is answered by the loop; all else by threads, as a WSGI server does.

    A thread waits for the interpreter and for its answer, which costs more than a short answer does.
    """

    def __init__(self, application: Current, threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._bodies = asyncio.Semaphore(_BODIES)

    async def __call__(self, scope: Any, proto: Any) -> None:
        environ = _environ(scope)
        environ["wsgi.input"] = await self._body(environ, proto)
        sent = await self._application.at_once(environ)
        if sent is not None:
            _send(environ, proto, *sent)
            return
        leaving = asyncio.ensure_future(proto.client_disconnect())
        environ[GONE] = leaving.done
        try:
            await self._by_thread(environ, proto)
        finally:
            leaving.cancel()

    async def _by_thread(self, environ: Environ, proto: Any) -> None:
        loop = asyncio.get_running_loop()
        status, headers, parts = await loop.run_in_executor(self._threads, self._answered, environ)
        first = await loop.run_in_executor(self._threads, _part, parts) if isinstance(parts, Iterator) else parts
        if not isinstance(parts, Iterator) or len(first) < _PART:
            _send(environ, proto, status, headers, first)
            return
        await self._stream(proto.response_stream(status, headers), first, parts)

    def _answered(self, environ: Environ) -> tuple[int, list[tuple[str, str]], bytes | Iterator[bytes]]:
        status, headers = 500, []

        def start(told: str, with_headers: list[tuple[str, str]], _: Any = None) -> None:
            nonlocal status, headers
            status, headers = int(told[:3]), with_headers

        body = self._application(environ, start)
        return status, headers, b"".join(body) if isinstance(body, list) else _closing(body)

    async def _stream(self, transport: Any, part: bytes, parts: Iterator[bytes]) -> None:
        loop = asyncio.get_running_loop()
        try:
            while part:
                await transport.send_bytes(part)
                part = await loop.run_in_executor(self._threads, _part, parts)
        finally:
            await loop.run_in_executor(self._threads, parts.close)  # type: ignore[attr-defined]

    async def _body(self, environ: Environ, proto: Any) -> io.BytesIO:
        """What came of it, up to what anybody here reads: half a body ends early, and so is known."""
        told = environ.get("CONTENT_LENGTH", "")
        if "HTTP_TRANSFER_ENCODING" not in environ and (told in ("", "0") or not told.isdigit() or int(told) > _MOST):
            return io.BytesIO()
        try:
            await asyncio.wait_for(self._bodies.acquire(), _WAIT)
        except TimeoutError:
            return _Refused()
        body = io.BytesIO()
        try:
            with contextlib.suppress(RuntimeError):  # of RSGI: the client has gone
                async for part in proto:
                    body.write(part)
                    if body.tell() > _MOST:
                        break
        finally:
            self._bodies.release()
        body.seek(0)
        return body


class _Refused(io.BytesIO):
    """The body of a request that found no place; whoever reads it is told so."""

    def read(self, _: int | None = -1, /) -> bytes:
        raise all_busy()


def _environ(scope: Any) -> Environ:
    """PEP 3333. granian gives paths decoded, and leaves out headers that are not ASCII."""
    name, _, port = scope.server.rpartition(":")
    client, _, client_port = scope.client.rpartition(":")
    environ = _ALWAYS | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": client_port,
        "wsgi.url_scheme": scope.scheme,
    }
    for header, value in scope.headers.items():
        key = _key(header)
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


@lru_cache(1024)
def _key(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def _send(environ: Environ, proto: Any, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    if environ["REQUEST_METHOD"] == "HEAD" or status in _NO_BODY:
        proto.response_empty(status, headers)
    else:
        proto.response_bytes(status, headers, body)


def _closing(body: Iterable[bytes]) -> Iterator[bytes]:
    """Closed when it has been read, or is closed itself."""
    try:
        yield from body
    finally:
        close = getattr(body, "close", None)
        if close:
            close()


def _part(parts: Iterator[bytes]) -> bytes:
    """The next of it, not much over _PART; nothing at its end."""
    some: list[bytes] = []
    size = 0
    for part in parts:
        some.append(part)
        size += len(part)
        if size >= _PART:
            break
    return b"".join(some)
