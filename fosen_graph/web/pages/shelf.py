"""One release in; plans that were read and pages that were made out, kept while there is room."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from flask import Blueprint, Response, abort, request

from fosen_graph.findings import Lang
from fosen_graph.web.address import Addresses, language
from fosen_graph.web.endpoint.asked import Questions, read_questions
from fosen_graph.web.endpoint.cache import Cache
from fosen_graph.web.packing import coding_for, packed
from fosen_graph.web.pages.lookup import Found, Index, read_found
from fosen_graph.web.pages.plan import PlanHead, read_heads
from fosen_graph.web.pages.whole import Whole, read_whole
from fosen_graph.web.rows import Row, rows
from fosen_graph.web.site import Site

_PAGES = 32 * 2**20  # bytes of pages, of each web process
_PLANS = 32 * 2**20  # bytes of plans
_LONGEST_QUERY = 500  # bytes; longer ones are nobody's bookmark


@dataclass(frozen=True, slots=True)
class _Kept:
    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str


class Shelf:
    """For all threads of a process; a new release gets a new one."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.to = Addresses(site.release.base)
        self._wholes: Cache[Whole] = Cache(_PLANS)
        self._pages: Cache[_Kept] = Cache(_PAGES)

    @cached_property
    def plans(self) -> list[Row]:
        """The rows of queries/plans.rq: those of the newest plan come first."""
        return rows(self.site.pages, "plans")

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """All that can be looked up."""
        return read_found(rows(self.site.pages, "searched"))

    @cached_property
    def index(self) -> Index:
        """The words that they are looked up by."""
        return Index(self.found)

    @cached_property
    def questions(self) -> Questions:
        """The stored ones."""
        return read_questions(self.site.pages)

    def heads(self, lang: Lang) -> tuple[PlanHead, ...]:
        return read_heads(self.plans, self.to, lang)

    def head(self, iri: str | None, lang: Lang) -> PlanHead | None:
        """Of a plan; None: of the newest. None where there is no such plan."""
        return next((head for head in self.heads(lang) if iri in (None, head.iri)), None)

    def whole(self, plan: str) -> Whole:
        found = self._wholes.get(plan)
        if found is None:
            found = read_whole(self.site.pages, plan)
            self._wholes.put(plan, found, found.size)
        return found

    def room(self, name: str, make: Callable[[Whole, PlanHead, Lang], Response]) -> Blueprint:
        """A page of each plan at /plan/{region}/{plan}/{name}, and of the newest at /{name}; in both languages."""
        room = Blueprint(name.partition(".")[0], __name__)

        def made(iri: str | None) -> Response:
            lang = language(request.path)
            head = self.head(iri, lang)
            return make(self.whole(head.iri), head, lang) if head else abort(404)

        def one(region: str, plan: str) -> Response:
            return self.page(lambda: made(self.to.iri(f"{region}/{plan}")))

        for lang in ("", "/en"):
            room.add_url_rule(f"{lang}/{name}", f"newest{lang[1:]}", lambda: self.page(lambda: made(None)))
            room.add_url_rule(f"{lang}/plan/<region>/<plan>/{name}", f"one{lang[1:]}", one)
        return room

    def page(self, make: Callable[[], Response]) -> Response:
        """
        The answer to this request, made once and kept; packed where the client can unpack it.

        Only for answers that the address alone decides.
        """
        key = (request.script_root, request.path, request.query_string)
        kept = self._pages.get(key)
        if kept is None:
            made = make()
            if made.status_code != 200:
                return made
            kept = _keep(made)
            if len(request.query_string) <= _LONGEST_QUERY:
                self._pages.put(key, kept, len(kept.body))
        coding = coding_for(request.headers.get("Accept-Encoding"), len(kept.body))
        response = Response(self._packed((*key, coding), kept, coding), headers=list(kept.headers))
        response.set_etag(f"{kept.etag}-{coding}" if coding else kept.etag)
        if coding:
            response.headers["Content-Encoding"] = coding
        response.vary.add("Accept-Encoding")
        return response

    def _packed(self, key: tuple[str, str, bytes, str], kept: _Kept, coding: str) -> bytes:
        if not coding:
            return kept.body
        found = self._pages.get(key)
        if found is None:
            found = _Kept(packed(kept.body, coding), (), "")
            self._pages.put(key, found, len(found.body))
        return found.body


def _keep(made: Response) -> _Kept:
    body = made.get_data()
    headers = tuple((name, value) for name, value in made.headers.items() if name != "Content-Length")
    return _Kept(body, headers, hashlib.sha256(body).hexdigest()[:32])
