"""The addresses of the service, of both versions, in both languages; what they answer."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request

from fosen_graph.asking import all_busy
from fosen_graph.findings import Lang
from fosen_graph.formats import HTML
from fosen_graph.web.address import in_language, language
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.reconcile import extend, reading, suggest
from fosen_graph.web.reconcile.asked import read_batch, read_extension, read_json, read_queries, unfit
from fosen_graph.web.reconcile.guide import guide
from fosen_graph.web.reconcile.manifest import manifest
from fosen_graph.web.reconcile.matching import Sources, answer
from fosen_graph.web.reconcile.plan import Plan
from fosen_graph.web.reconcile.preview import POLICY, address, preview
from fosen_graph.web.reconcile.versions import V02, V1, Node, extended, result
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_BATCHES, _WAIT = 4, 5.0  # that one process works at; seconds that others wait
_working = threading.BoundedSemaphore(_BATCHES)
_SCRIPT = "application/javascript; charset=utf-8"


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    service = _Service(site=site, shelf=shelf, plan=Plan(shelf))
    routes = Blueprint("reconcile", __name__)
    for prefix, lang in (("", "nb"), ("/en", "en")):
        routes.add_url_rule(f"{prefix}/avstemming", f"guide_{lang}", service.guide)
        _add(routes, f"{prefix}/reconcile", f"{lang}_02", V02, service)
        _add(routes, f"{prefix}/reconcile/v1", f"{lang}_1", V1, service)
    return routes


def _add(routes: Blueprint, root: str, name: str, version: str, service: _Service) -> None:
    gets: dict[str, Callable[[str], Response]] = {
        "/suggest/entity": service.suggest_entity,
        "/suggest/type": service.suggest_type,
        "/suggest/property": service.suggest_property,
        "/extend/propose": service.propose,
        "/preview": service.preview,
        "/view": service.view,
    }
    for path, serve in gets.items():
        routes.add_url_rule(f"{root}{path}", f"{path[1:].replace('/', '_')}_{name}", _of(serve, version))
    if version == V02:
        routes.add_url_rule(root, f"root_{name}", service.root, methods=["GET", "POST"])
    else:
        routes.add_url_rule(root, f"root_{name}", _of(service.manifest, version))
        for path in ("/match", "/reconcile"):  # drafts differ in its name
            routes.add_url_rule(f"{root}{path}", f"{path[1:]}_{name}", service.match, methods=["POST"])
        routes.add_url_rule(f"{root}/extend", f"extend_{name}", service.extend, methods=["POST"])


def _of(serve: Callable[[str], Response], version: str) -> Callable[[], Response]:
    return lambda: serve(version)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    site: Site
    shelf: Shelf
    plan: Plan

    # Version 0.2: one address for everything

    def root(self) -> Response:
        told = reading.form() if request.method == "POST" else reading.parameters()
        asked = [name for name in ("queries", "extend") if name in told]
        if len(asked) > 1:
            raise unfit("queries", "kan ikke stå sammen med «extend»", "cannot stand together with “extend”")
        if not asked and (request.method == "POST" or "query" in told):
            raise unfit("queries", "mangler", "is missing")
        if not asked:
            return self.manifest(V02)
        value = read_json(told[asked[0]], asked[0])
        return self._sent(self._batch(value) if asked[0] == "queries" else self._extension(value, V02), told)

    def _batch(self, value: Any) -> Node:
        queries = read_batch(value)
        with self._at_work() as sources:
            found = answer(tuple(queries.values()), sources)
            lists = self.plan.lists[sources.lang]
            return {name: result(some, V02, sources.lang, lists) for name, some in zip(queries, found, strict=True)}

    def _extension(self, value: Any, version: str) -> Node:
        asked = read_extension(value)
        with self._at_work() as sources:
            lists = self.plan.lists[sources.lang]
            return extended(asked, extend.rows(asked, sources), version, sources.lang, lists)

    # Version 1.0-draft: an address for each

    def match(self) -> Response:
        queries = read_queries(reading.json_body())
        with self._at_work() as sources:
            found = answer(queries, sources)
            lists = self.plan.lists[sources.lang]
            return self._sent({"results": [result(some, V1, sources.lang, lists) for some in found]}, {})

    def extend(self) -> Response:
        return self._sent(self._extension(reading.json_body(), V1), {})

    # Both

    def manifest(self, version: str) -> Response:
        lang = reading.audience()
        with self._sources(lang) as sources:
            told = manifest(
                self.site, self._root(), version, lang, self.plan.lists[lang], register=sources.register is not None
            )
        return self._sent(told, self._parameters(version))

    def suggest_entity(self, version: str) -> Response:
        told = self._parameters(version)
        types = tuple(filter(None, (told.get("type", "")[:200],)))
        with self._at_work() as sources:
            cursor = reading.whole_number(told, "cursor") or 0
            found = suggest.entities(_prefix(told), types, cursor, sources, self.shelf, version)
        return self._sent(found, told)

    def suggest_type(self, version: str) -> Response:
        told, lang = self._parameters(version), reading.audience()
        cursor = reading.whole_number(told, "cursor") or 0
        lists = self.plan.lists[lang]
        return self._sent(suggest.types(_prefix(told), cursor, lang, lists, register=self._has_register()), told)

    def suggest_property(self, version: str) -> Response:
        told = self._parameters(version)
        cursor, type_ = reading.whole_number(told, "cursor") or 0, told.get("type", "")[:200]
        found = suggest.properties(_prefix(told), type_, cursor, reading.audience(), register=self._has_register())
        return self._sent(found, told)

    def propose(self, version: str) -> Response:
        told = self._parameters(version)
        limit = reading.whole_number(told, "limit")
        found = suggest.proposed(told.get("type", "")[:200], limit, reading.audience(), register=self._has_register())
        return self._sent(found, told)

    def preview(self, _: str) -> Response:
        with self._at_work() as sources:
            page = preview(reading.parameters().get("id", ""), sources, self.shelf)
            if page is None:
                abort(404)
            w = wording(sources.lang)
            text = render_template("preview.html", page=page, w=w, tongue=sources.lang)
        headers = {"Content-Security-Policy": POLICY, "Content-Language": sources.lang}
        return _varied(Response(text, content_type=HTML.content_type, headers=headers))

    def view(self, _: str) -> Response:
        with self._sources(reading.audience()) as sources:
            there = address(reading.parameters().get("id", ""), sources, self.shelf)
        if there is None:
            abort(404)
        return _varied(redirect(there, 303))  # type: ignore[arg-type]

    def guide(self) -> Response:
        lang = language(request.path)
        w = wording(lang)
        with self._sources(lang) as sources:
            page = guide(self._root(), sources)
        text = render_template("reconcile.html", page=page, w=w, title=w("reconcile.title"))
        return Response(text, content_type=HTML.content_type)

    # Parts

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[Sources]:
        """Few at a time, so that many batches do not hold up everybody's pages. Raises Unanswered."""
        if not _working.acquire(timeout=_WAIT):
            raise all_busy()
        try:
            with self._sources(reading.audience()) as sources:
                yield sources
        finally:
            _working.release()

    @contextlib.contextmanager
    def _sources(self, lang: Lang) -> Iterator[Sources]:
        with self.site.register.lent() if self.site.register else contextlib.nullcontext() as register:
            yield Sources(site=self.site, plan=self.plan, register=register, lang=lang)

    def _has_register(self) -> bool:
        with self._sources("nb") as sources:
            return sources.register is not None

    def _root(self) -> str:
        return request.url_root + in_language("/", language(request.path))[1:]

    def _parameters(self, version: str) -> dict[str, str]:
        """The draft has no JSONP."""
        told = reading.parameters()
        if version == V1:
            told.pop("callback", None)
        return told

    def _sent(self, node: Node, told: dict[str, str]) -> Response:
        """With a callback: as a script, which a page of anybody may load. ASCII, so that no text ends the script."""
        name = reading.callback(told) if request.method != "POST" else ""
        text = json.dumps(node, ensure_ascii=bool(name))
        if name:
            response = Response(f"/**/{name}({text});\n", content_type=_SCRIPT)
        else:
            response = Response(f"{text}\n", content_type=reading.JSON)
        response.headers["Content-Language"] = reading.audience()
        if request.method == "POST" or "queries" in told or "extend" in told:
            response.headers["Cache-Control"] = "no-store"
        return _varied(response)


def _varied(response: Response) -> Response:
    response.vary.add("Accept-Language")
    return response


def _prefix(told: dict[str, str]) -> str:
    return told.get("prefix", "")
