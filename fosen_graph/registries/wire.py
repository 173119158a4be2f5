"""A path of the register's API in; its answer, asked for again where that may help, or why there is none, out."""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Final, TypeVar
from urllib.parse import urlencode

from fosen_graph.asking.elsewhere import Address
from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.iris import REGISTER_API

API: Final = REGISTER_API.removesuffix("/enheter/")
_PART: Final = 1 << 16
_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_MOST: Final = 50_000_000  # bytes of an answer that is no file
_BROKEN: Final = (OSError, http.client.HTTPException)  # URLError and TimeoutError among them


Used = TypeVar("Used")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for the register, and how often to ask again."""

    attempts: int = 5
    seconds: float = 30.0  # for a sign of life; an answer that is no file must be whole in four times that
    first_wait: float = 1.0  # doubled each time, unless the register says when to come back
    longest_wait: float = 120.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Message
    body: bytes


class Wire:
    """The API at an address; a proxy that the environment names is used. Raises CannotRun."""

    def __init__(self, base: str = API, patience: Patience | None = None) -> None:
        self.base = Address(base.rstrip("/")).url
        self.patience = patience or Patience()

    def get(self, path: str, query: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] | None = None) -> Answer:
        """The answer, whatever its status but for those that come and go."""

        def whole(response: Response) -> Answer:
            body, until = bytearray(), time.monotonic() + 4 * self.patience.seconds
            for part in response.parts():
                body += part
                if len(body) > _MOST or time.monotonic() > until:
                    raise TimeoutError("the answer has no end")
            return Answer(response.status, response.headers, bytes(body))

        address = f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")
        return self.asked(address, lambda: {"Accept": "application/json", **(headers or {})}, whole)

    def asked(self, address: str, headers: Callable[[], Mapping[str, str]], use: Callable[[Response], Used]) -> Used:
        """
        What `use` makes of the response; asked again after a pause where that broke or the register was busy.

        headers: made anew for each attempt.
        """
        wait, said = self.patience.first_wait, ""
        for attempt in range(self.patience.attempts):
            pause = wait
            try:
                with _opened(address, headers(), self.patience.seconds) as response:
                    if response.status not in _AGAIN:
                        return use(response)
                    said = f"HTTP {response.status}"
                    pause = _told_to_wait(response.headers) or wait
            except _BROKEN as error:
                said = str(getattr(error, "reason", None) or error) or type(error).__name__
            if pause > self.patience.longest_wait:
                raise _later(address, said, pause)
            if attempt + 1 < self.patience.attempts:
                self.patience.sleep(pause)
            wait = min(2 * wait, self.patience.longest_wait)
        raise _nobody(address, said)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that is coming."""

    status: int
    headers: Message
    _stream: http.client.HTTPResponse

    @property
    def length(self) -> int | None:
        told = self.headers.get("Content-Length", "")
        return int(told) if told.isascii() and told.isdigit() else None

    def parts(self) -> Iterator[bytes]:
        """Raises OSError where fewer bytes come than were promised."""
        came = 0
        while part := self._stream.read1(_PART):  # what is there: an answer that drips is looked at in time
            came += len(part)
            yield part
        if self.length is not None and came < self.length:
            raise ConnectionError(f"{came} bytes of {self.length}")


@contextlib.contextmanager
def _opened(address: str, headers: Mapping[str, str], seconds: float) -> Iterator[Response]:
    request = urllib.request.Request(address, headers={"User-Agent": "fosen-graph", **headers})
    try:
        stream = urllib.request.urlopen(request, timeout=seconds)
    except urllib.error.HTTPError as error:
        stream = error
    with contextlib.closing(stream):
        yield Response(stream.status, stream.headers, stream)


def _told_to_wait(headers: Message) -> float | None:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a date."""
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    with contextlib.suppress(TypeError, ValueError):
        until = email.utils.parsedate_to_datetime(told)
        return max(0.0, (until - datetime.datetime.now(datetime.UTC)).total_seconds())
    return None


def day_of(headers: Message) -> str:
    """The day that an answer was made, ISO: Last-Modified, else Date; "" where neither is told."""
    for name in ("Last-Modified", "Date"):
        with contextlib.suppress(TypeError, ValueError):
            return email.utils.parsedate_to_datetime(headers.get(name, "")).date().isoformat()
    return ""


def _nobody(address: str, said: str) -> CannotRun:
    return CannotRun(
        Words(nb=f"Registeret svarer ikke ({said}).", en=f"The register does not answer ({said})."),
        Words(
            nb="Se etter nettforbindelsen, og prøv igjen; det som er hentet, er tatt vare på.",
            en="Check the network, and try again; what has been fetched is kept.",
        ),
        Place(address),
    )


def _later(address: str, said: str, pause: float) -> CannotRun:
    return CannotRun(
        Words(
            nb=f"Registeret ber om en pause på {pause:.0f} s ({said}).",
            en=f"The register asks for a pause of {pause:.0f} s ({said}).",
        ),
        Words(nb="Prøv igjen etter den.", en="Try again after it."),
        Place(address),
    )
