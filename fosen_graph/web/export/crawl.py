"""The application of a release in; every page, every file of data and every way from an IRI to them out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from fosen_graph.formats import GRAPH_FORMATS, HTML
from fosen_graph.web.address import OTHER_THINGS
from fosen_graph.web.export.places import file_of, links

_SEEDS = ("/", "/en/", "/catalogue", "/ns", "/shapes", "/utgivelser")
_FILES = (
    "/robots.txt", "/sitemap.xml", "/feed.atom", "/en/feed.atom", "/.well-known/security.txt", "/favicon.ico",
    "/ns/context.jsonld", "/ns/logo.svg",
)  # fmt: skip
_DOCUMENTS = ("catalogue", "ns", "shapes", "void", "changes")
_NO_PAGE = "/nothing-is-here"  # its answer becomes that file
NOT_FOUND = "404.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """address: as the pages write it. body: of a page or a file; empty for a way. to: where a way leads."""

    address: str
    file: str
    is_page: bool
    body: bytes = b""
    to: str = ""


@dataclass(slots=True)
class Crawl:
    """Pages are found by their links; data by the pages that tell of them."""

    app: Flask
    dumps: Iterable[str]
    things: Iterable[str]  # paths of what has an IRI, "id/…": the page of each is exported even where none links to it
    retired: Mapping[str, str] = field(default_factory=dict)  # paths, "id/…": to what took over; "" for nothing
    lost: list[str] = field(default_factory=list)  # addresses that the site itself does not answer

    def everything(self) -> Iterator[Found]:
        seen: set[str] = set()
        waiting = deque([*_SEEDS, *(f"/en{seed}" for seed in _SEEDS if not seed.startswith("/en") and seed != "/")])
        for thing in self.things:
            path = thing.removeprefix("id/")
            waiting += [f"/doc/{path}", f"/en/doc/{path}"]
        waiting += self._data_addresses()
        while waiting:
            address = waiting.popleft()
            if address in seen or (address.startswith("/dumps/") and address.rstrip("/") != "/dumps"):
                continue
            seen.add(address)
            found = self._fetch(address)
            if found:
                yield found
                if found.is_page and not found.to:
                    if own := _own_iri(address):
                        yield Found(address=own, file=f"{own[1:]}/index.html", is_page=True, to=address)
                    waiting += sorted(links(found.body.decode(), address) - seen)
        yield from self.of_the_retired()
        yield Found(address=_NO_PAGE, file=NOT_FOUND, is_page=True, body=_ask(self.app, _NO_PAGE).body)

    def of_the_retired(self) -> Iterator[Found]:
        """What was merged leads on; what was withdrawn is told, as a page and as data."""
        for thing, heir in self.retired.items():
            for lang in ("", "/en"):
                page = f"{lang}/doc/{thing.removeprefix('id/')}"
                if heir:
                    there = f"{lang}/doc/{heir.removeprefix('id/')}"
                    yield Found(address=page, file=f"{page[1:]}/index.html", is_page=True, to=there)
                else:
                    yield self._told_to_be_gone(page, is_page=True)
            own = f"/doc/{thing.removeprefix('id/')}"
            yield Found(address=f"/{thing}", file=f"{thing}/index.html", is_page=True, to=own)
            for ending in () if heir else (format_.extension for format_ in GRAPH_FORMATS):
                yield self._told_to_be_gone(f"{own}.{ending}", is_page=False)

    def _told_to_be_gone(self, address: str, *, is_page: bool) -> Found:
        answer, file = _ask(self.app, address), file_of(address, is_page) or ""
        if answer.status != 410:
            self.lost.append(address)
        return Found(address=address, file=file, is_page=is_page, body=answer.body)

    def _data_addresses(self) -> list[str]:
        endings = [format_.extension for format_ in GRAPH_FORMATS]
        things = [f"/doc/{thing.removeprefix('id/')}" for thing in self.things]
        documents = [f"/{name}" for name in _DOCUMENTS]
        sets = [f"/linkset/{thing}.json" for thing in self.things if thing.startswith("dataset/")]
        return [*_FILES, *sets, *(f"{path}.{ending}" for path in (*documents, *things) for ending in endings)]

    def _fetch(self, address: str) -> Found | None:
        """As a browser asks; None where only a server can answer, which is not asked then."""
        if file_of(address, is_page=True) is None and file_of(address, is_page=False) is None:
            return None
        answer = _ask(self.app, address)
        if answer.status in (301, 302, 303):
            file = file_of(address, is_page=True)
            return Found(address=address, file=file, is_page=True, to=answer.location) if file else None
        if answer.status != 200:
            self.lost.append(address)
            return None
        file = file_of(address, answer.is_page)
        return Found(address=address, file=file, is_page=answer.is_page, body=answer.body) if file else None


def _own_iri(address: str) -> str:
    """The path of the IRI of the thing that a page is about: it leads to the page."""
    local = address.removeprefix("/doc/")
    if local == address or "?" in address:
        return ""
    return f"/{local}" if local.split("/")[0] in OTHER_THINGS else f"/id/{local}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    is_page: bool
    location: str
    body: bytes


_ENVIRON: dict[str, Any] = dict(EnvironBuilder("/", headers=[("Accept", "text/html, */*;q=0.1")]).get_environ())


def _ask(app: Flask, address: str) -> _Answer:
    """Past Flask's client, which takes longer to write a request than most pages take to answer it."""
    path, _, query = address.partition("?")
    own: dict[str, Any] = {"PATH_INFO": unquote(path, "latin-1"), "QUERY_STRING": query, "wsgi.input": BytesIO()}
    chunks, status, headers = run_wsgi_app(app.wsgi_app, {**_ENVIRON, **own})
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return _Answer(
        status=int(status[:3]),
        is_page=(headers.get("Content-Type") or "").startswith(HTML.media_type),
        location=headers.get("Location") or "",
        body=body,
    )
