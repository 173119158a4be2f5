"""One HTTP request to a server elsewhere in; its whole answer within a time and a size out, or the reason for none."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fosen_graph.asking import Gone
from fosen_graph.findings import CannotRun, FosenGraphError, Place, Words

_PART = 1 << 16
_LOOK = 0.25  # seconds between two looks whether somebody still waits


class NoAnswerError(FosenGraphError):
    """The server elsewhere cannot be reached, or its answer is not whole."""


class LateError(NoAnswerError):
    """It took longer than it may."""


class TooMuchError(NoAnswerError):
    """It answers more than it may."""


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address. authorization: the value of the header, never shown."""

    url: str
    authorization: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Raises CannotRun."""
        parts = urlsplit(self.url)
        with contextlib.suppress(ValueError):
            if parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0:
                return
        raise CannotRun(
            Words(nb=f"«{self.url}» er ikke en adresse.", en=f"“{self.url}” is not an address."),
            Words(
                nb="Skriv http://vert:port/sti eller https://…, uten bruker og passord (de gis med --auth).",
                en="Write http://host:port/path or https://…, without user and password (give them with --auth).",
            ),
        )

    def sibling(self, name: str) -> Address:
        """The address with another last part of its path."""
        parts = urlsplit(self.url)
        return Address(parts._replace(path=parts.path.rpartition("/")[0] + f"/{name}").geturl(), self.authorization)


def authorization(told: str | None) -> str:
    """
    The header for «user:password», «Bearer TOKEN» or «@FILE», a file that holds one of the two; "" for none.

    A file keeps the secret out of the list of processes. Raises CannotRun.
    """
    if not told:
        return ""
    if told.startswith("@"):
        told = _secret(Path(told[1:]))
    if told.startswith("Bearer ") and told.isprintable():
        return told
    if ":" in told:
        return "Basic " + base64.b64encode(told.encode()).decode()
    raise CannotRun(
        Words(nb="--auth er ikke bruker:passord.", en="--auth is not user:password."),
        Words(
            nb="Skriv bruker:passord, «Bearer TOKEN» eller @FIL.", en="Write user:password, “Bearer TOKEN” or @FILE."
        ),
        Place("--auth"),
    )


def _secret(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise CannotRun(
            Words(nb="Filen med passordet kan ikke leses.", en="The file with the password cannot be read."),
            Words(nb="Se etter at den finnes og kan leses.", en="See that it exists and can be read."),
            Place(str(file)),
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    media_type: str
    body: bytes


def send(
    address: Address,
    method: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    seconds: float,
    most: int,
    gone: Gone | None = None,
) -> Answer:
    """
    seconds: for all of it, however slowly it comes. most: bytes of the answer. gone: nobody waits for it any more.

    Redirects are not followed: they would carry the authorization elsewhere. Raises NoAnswerError.
    """
    until = time.monotonic() + seconds
    connection = _connection(address.url, seconds)
    try:
        with contextlib.closing(connection):
            connection.connect()
            with _watched(connection.sock, until, gone):
                return _exchanged(connection, address, method, headers, body, most)
    except TooMuchError:
        raise
    except (OSError, http.client.HTTPException, ValueError, NoAnswerError) as error:
        if time.monotonic() >= until or isinstance(error, TimeoutError):
            raise LateError(f"no answer within {seconds:g} s") from error
        raise NoAnswerError(getattr(error, "strerror", None) or str(error) or type(error).__name__) from error


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    assert parts.hostname
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)


@contextlib.contextmanager
def _watched(connected: socket.socket, until: float, gone: Gone | None) -> Iterator[None]:
    """Shut when its time is over or nobody waits: a time-out of the socket counts anew at every byte."""
    over = threading.Event()

    def watch() -> None:
        while (left := until - time.monotonic()) > 0:
            if over.wait(min(left, _LOOK) if gone else left):
                return
            if gone and gone():
                break
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()


def _exchanged(
    connection: http.client.HTTPConnection,
    address: Address,
    method: str,
    headers: Mapping[str, str],
    body: bytes,
    most: int,
) -> Answer:
    parts = urlsplit(address.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    always = {"Connection": "close", "Accept-Encoding": "identity", "User-Agent": "fosen-graph"}
    secret = {"Authorization": address.authorization} if address.authorization else {}
    connection.request(method, target, body or None, {**always, **headers, **secret})
    response = connection.getresponse()
    if not response.chunked and response.length is None:
        raise NoAnswerError("the answer does not tell where it ends")
    media_type = response.headers.get_content_type()
    return Answer(status=response.status, media_type=media_type, body=_body(response, most))


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    data = bytearray()
    while part := response.read(_PART):
        data += part
        if len(data) > most:
            raise TooMuchError(f"more than {most} bytes")
    if response.length:  # a body that was cut off
        raise NoAnswerError("the answer was cut off")
    return bytes(data)
