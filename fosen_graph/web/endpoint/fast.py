"""Requests to the endpoint in; answers in a machine's format out, past the framework; all else goes on to the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import get_host

from fosen_graph.asking import Question
from fosen_graph.asking.lanes import Lanes
from fosen_graph.asking.sparql_text import QueryText, examine
from fosen_graph.formats import HTML, Format
from fosen_graph.web.endpoint.cache import Cache
from fosen_graph.web.endpoint.protocol import METHODS, PATHS, Asked, Environ, format_for, question, read_request
from fosen_graph.web.packing import coding_for, packed
from fosen_graph.web.site import Site

Headers = list[tuple[str, str]]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

Sent = tuple[int, Headers, bytes]  # status, headers, body
_STATUS = {200: "200 OK", 304: "304 Not Modified"}

AT_ONCE = "fosen_graph.at_once"  # the extension of an application that an event loop asks first
HANDED_ON = "fosen_graph.handed_on"  # in the environ
_READ = "fosen_graph.read"  # the same: what was asked, and the answer where there is one
_SHORT = 2**13  # bytes of what the loop itself reads
_UNDIVIDED, _LONG = 2047, 2**16  # bytes
_NO_BODY = ("Content-Type", "Content-Length", "Content-Encoding", "Content-Disposition")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """What was found out about a request before the pages got it. error: what they are to say."""

    asked: Asked | None = None
    text: QueryText | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An answer as it is sent."""

    body: bytes
    etag: str
    headers: Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """What was asked of us, and has to be asked of a worker."""

    asked: Asked
    text: QueryText
    format: Format
    key: Hashable
    client: str

    def handed_on(self, error: Exception) -> HandedOn:
        return HandedOn(asked=self.asked, text=self.text, error=error)


class FastPath:
    """
    A WSGI application in front of another; an event loop may ask it first.

    What a release answers never changes, so answers are kept: by the letters of the request, and by what it asks.
    common: headers of every answer.
    """

    def __init__(self, pages: Application, site: Site, common: Headers) -> None:
        self._pages, self._site, self._common = pages, site, common
        self._told = _told_by(site.proxies)
        budget = site.limits.cache_bytes
        self._requests: Cache[Ready] = Cache(budget // 4)
        self._answers: Cache[bytes] = Cache(budget // 2)
        self._packed: Cache[bytes] = Cache(budget // 4)
        self._texts: Cache[QueryText] = Cache(2**22)
        self._parsed: Cache[Asked] = Cache(2**22)

    async def at_once(self, environ: Environ) -> Sent | None:
        """What is known, or a short question gives; else None: then the application is called with the same environ."""
        if not _is_ours(environ) or not _is_short(environ):
            return None
        told = self._told(environ)
        if not is_host(told.get("HTTP_HOST", "")):
            return None
        found = self._found(told)
        if isinstance(found, _Open):
            try:
                body = await self._answered_at_once(found)
            except Exception as error:
                environ[HANDED_ON] = found.handed_on(error)
                return None
            if body is None or len(body) > _LONG:
                environ[_READ] = found, body
                return None
            found = self._ready(found, body, told)
        if isinstance(found, Ready):
            return _sent(found, told)
        environ[HANDED_ON] = found
        return None

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if not _is_ours(environ) or HANDED_ON in environ:
            return self._pages(environ, start)
        found, body = environ.pop(_READ, None) or (self._found(environ), None)
        if isinstance(found, _Open):
            try:
                body = self._site.public.answer(self._question(found)) if body is None else body
            except Exception as error:
                found = found.handed_on(error)
            else:
                found = self._ready(found, body, environ)
        if isinstance(found, Ready):
            status, headers, body = _sent(found, environ)
            start(_STATUS[status], headers)
            return [body] if body else []
        environ[HANDED_ON] = found
        return self._pages(environ, start)

    def _found(self, environ: Environ) -> Ready | HandedOn | _Open:
        """Never raises: Flask tells an error, and logs what no room has foreseen."""
        letters = _letters(environ)
        ready = self._requests.get(letters) if letters else None
        if ready is not None:
            return ready
        asked = text = None
        try:
            asked = self._asked(environ)
            if asked.query is None:
                return HandedOn(asked=asked)
            text = self._examined(asked.query)
            format_ = format_for(asked, text.kind, environ.get("HTTP_ACCEPT"))
            if format_ is HTML:
                return HandedOn(asked=asked, text=text)
            key = text.normal, asked.default_graphs, asked.named_graphs, format_.name
            found = _Open(asked=asked, text=text, format=format_, key=key, client=environ.get("REMOTE_ADDR", ""))
            body = None if text.volatile else self._answers.get(key)
            return found if body is None else self._ready(found, body, environ)
        except Exception as error:
            return HandedOn(asked=asked, text=text, error=error)

    async def _answered_at_once(self, of: _Open) -> bytes | None:
        store = self._site.public
        return await store.at_once(self._question(of)) if isinstance(store, Lanes) else None

    def _question(self, of: _Open) -> Question:
        return question(of.asked, of.text, of.format.name, of.client)

    def _asked(self, environ: Environ) -> Asked:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return read_request(environ, self._site.limits)
        encoded = environ.get("QUERY_STRING", "")
        known = self._parsed.get(encoded)
        if known is None:
            known = read_request(environ, self._site.limits)
            self._parsed.put(encoded, known, 4 * len(encoded))
        return known

    def _examined(self, query: str) -> QueryText:
        known = self._texts.get(query)
        if known is None:
            release = self._site.release
            known = examine(query, self._site.limits, release.prefixes, release.base)
            self._texts.put(query, known, 8 * len(query))
        return known

    def _ready(self, of: _Open, body: bytes, environ: Environ) -> Ready:
        asked, text, format_ = of.asked, of.text, of.format
        if not text.volatile:
            graphs = sum(map(len, (*asked.default_graphs, *asked.named_graphs)))
            self._answers.put(of.key, body, len(body) + 2 * len(text.normal) + graphs)
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING"), len(body))
        etag = f"{_digest(body)}-{format_.name}"
        if coding:
            etag = f"{etag}-{coding}"
            body = self._packed_body(body, etag, coding)
        headers = [
            ("Content-Type", format_.content_type),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store" if text.volatile else "public, max-age=60"),
            ("ETag", f'"{etag}"'),
            ("Vary", "Accept, Accept-Encoding"),
            ("Fosen-Graph-Release", self._site.release.id),
            *self._common,
        ]
        if coding:
            headers.append(("Content-Encoding", coding))
        if asked.format:
            headers.append(("Content-Disposition", f'inline; filename="fosen-graph.{format_.extension}"'))
        ready = Ready(body=body, etag=f'"{etag}"', headers=headers)
        letters = _letters(environ)
        if letters and not text.volatile:
            self._requests.put(letters, ready, sum(len(part) for part in letters if part) + len(body) + 2000)
        return ready

    def _packed_body(self, body: bytes, etag: str, coding: str) -> bytes:
        known = self._packed.get(etag)
        if known is None:
            known = packed(body, coding)
            self._packed.put(etag, known, len(known))
        return known


def _digest(body: bytes) -> str:
    """In parts so small that hashlib does not give way to other threads: to be let in again takes longer."""
    part = _UNDIVIDED if len(body) < _LONG else len(body)
    digest = hashlib.blake2b(digest_size=15)
    for at in range(0, len(body), part):
        digest.update(body[at : at + part])
    return digest.hexdigest()


def _told_by(proxies: int) -> Callable[[Environ], Environ]:
    """What so many proxies in front tell of a request, in an environ of its own."""
    if not proxies:
        return lambda environ: environ
    believing: Any = ProxyFix(lambda *_: [], *[proxies] * 5)

    def told(environ: Environ) -> Environ:
        own = dict(environ)
        believing(own, None)
        return own

    return told


@lru_cache(maxsize=256)
def is_host(host: str) -> bool:
    """Whether it is one, in letters that a host may have."""
    return get_host("http", host) != ""


def _is_ours(environ: Environ) -> bool:
    return environ["PATH_INFO"] in PATHS and environ["REQUEST_METHOD"] in METHODS


def _is_short(environ: Environ) -> bool:
    """Reading it holds up nobody."""
    told = environ.get("CONTENT_LENGTH") or "0"
    return len(environ.get("QUERY_STRING", "")) <= _SHORT and told.isdigit() and int(told) <= _SHORT


def _letters(environ: Environ) -> tuple[str | None, ...] | None:
    """Of a request without a body: all that the answer depends on."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    return environ.get("QUERY_STRING"), environ.get("HTTP_ACCEPT"), environ.get("HTTP_ACCEPT_ENCODING")


def _sent(ready: Ready, environ: Environ) -> Sent:
    known = environ.get("HTTP_IF_NONE_MATCH")
    method = environ["REQUEST_METHOD"]
    if known and method != "POST" and _matches(known, ready.etag):
        return 304, [header for header in ready.headers if header[0] not in _NO_BODY], b""
    return 200, ready.headers, b"" if method == "HEAD" else ready.body


def _matches(known: str, etag: str) -> bool:
    """RFC 9110, 13.1.2: weakly compared."""
    return known.strip() == "*" or any(tag.strip().removeprefix("W/") == etag for tag in known.split(","))
