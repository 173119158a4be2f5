"""Requests to the endpoint in; answers in a machine's format out, past the framework; all else goes on to the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fosen_graph.asking.sparql_text import QueryText, examine
from fosen_graph.formats import HTML, Format
from fosen_graph.web.endpoint.cache import Cache
from fosen_graph.web.endpoint.protocol import METHODS, PATHS, Asked, Environ, format_for, question, read_request
from fosen_graph.web.packing import coding_for, packed
from fosen_graph.web.site import Site

Headers = list[tuple[str, str]]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

HANDED_ON = "fosen_graph.handed_on"  # in the environ
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


class FastPath:
    """
    A WSGI application in front of another.

    What a release answers never changes, so answers are kept: by the letters of the request, and by what it asks.
    common: headers of every answer.
    """

    def __init__(self, pages: Application, site: Site, common: Headers) -> None:
        self._pages, self._site, self._common = pages, site, common
        budget = site.limits.cache_bytes
        self._requests: Cache[Ready] = Cache(budget // 4)
        self._answers: Cache[bytes] = Cache(budget // 2)
        self._packed: Cache[bytes] = Cache(budget // 4)
        self._texts: Cache[QueryText] = Cache(2**22)
        self._parsed: Cache[Asked] = Cache(2**22)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if environ["PATH_INFO"] not in PATHS or method not in METHODS:
            return self._pages(environ, start)
        letters = None
        if method in ("GET", "HEAD"):
            letters = environ.get("QUERY_STRING"), environ.get("HTTP_ACCEPT"), environ.get("HTTP_ACCEPT_ENCODING")
            ready = self._requests.get(letters)
            if ready is not None:
                return _sent(ready, environ, start)
        outcome = self._outcome(environ)
        if isinstance(outcome, HandedOn):
            environ[HANDED_ON] = outcome
            return self._pages(environ, start)
        if letters and "no-store" not in dict(outcome.headers)["Cache-Control"]:
            known = sum(len(part) for part in letters if part) + len(outcome.body) + 2000
            self._requests.put(letters, outcome, known)
        return _sent(outcome, environ, start)

    def _outcome(self, environ: Environ) -> Ready | HandedOn:
        asked = text = None
        try:
            asked = self._asked(environ)
            if asked.query is None:
                return HandedOn(asked=asked)
            text = self._examined(asked.query)
            format_ = format_for(asked, text.kind, environ.get("HTTP_ACCEPT"))
            if format_ is HTML:
                return HandedOn(asked=asked, text=text)
            return self._ready(asked, text, format_, environ)
        except Exception as error:  # Flask tells it, and logs what no room has foreseen
            return HandedOn(asked=asked, text=text, error=error)

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

    def _ready(self, asked: Asked, text: QueryText, format_: Format, environ: Environ) -> Ready:
        key = text.normal, asked.default_graphs, asked.named_graphs, format_.name
        body = None if text.volatile else self._answers.get(key)
        if body is None:
            body = self._site.public.answer(question(asked, text, format_.name, environ.get("REMOTE_ADDR", "")))
            if not text.volatile:
                graphs = sum(map(len, (*asked.default_graphs, *asked.named_graphs)))
                self._answers.put(key, body, len(body) + 2 * len(text.normal) + graphs)
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
        return Ready(body=body, etag=f'"{etag}"', headers=headers)

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


def _sent(ready: Ready, environ: Environ, start: Start) -> list[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH")
    method = environ["REQUEST_METHOD"]
    if known and method != "POST" and _matches(known, ready.etag):
        start("304 Not Modified", [header for header in ready.headers if header[0] not in _NO_BODY])
        return []
    start("200 OK", ready.headers)
    return [] if method == "HEAD" else [ready.body]


def _matches(known: str, etag: str) -> bool:
    """RFC 9110, 13.1.2: weakly compared."""
    return known.strip() == "*" or any(tag.strip().removeprefix("W/") == etag for tag in known.split(","))
