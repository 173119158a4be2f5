"""The built editor and the data in; out the address of its script, and what it offers to whoever types."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources

from flask import Blueprint, Response, abort

from fosen_graph.findings import Lang
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.rows import Term, best_label, rows
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_SHARED = (
    "answer", "yes", "no", "rows", "rows_one", "place", "download", "permalink",
)  # fmt: skip


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    editor = Blueprint("editor", __name__)
    for lang in ("nb", "en"):
        editor.add_url_rule(f"/editor/{lang}.json", lang, lambda lang=lang: shelf.page(lambda: _words(site, lang)))

    @editor.get("/editor/editor.js")
    def source() -> Response:
        return shelf.page(_script)

    return editor


def _script() -> Response:
    if not script():
        abort(404)
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}  # another script has another address
    return Response(_built(), content_type="text/javascript; charset=utf-8", headers=kept)


@cache
def script() -> str:
    """Where the editor's script is; "" where it was not built: the page works without it."""
    built = _built()
    return f"/editor/editor.js?v={hashlib.sha256(built).hexdigest()[:12]}" if built else ""


@cache
def _built() -> bytes:
    file = resources.files("fosen_graph") / "web" / "static" / "editor.js"
    return file.read_bytes() if file.is_file() else b""


def _words(site: Site, lang: Lang) -> Response:
    w = wording(lang)
    words: dict[str, object] = {name: w(f"sparql.{name}") for name in _SHARED}
    words |= {name: w(f"thing.{name}") for name in ("pages", "of_pages", "previous", "next")}
    words |= {key.removeprefix("editor."): text for key, text in w.texts.items() if key.startswith("editor.")}
    words["phrases"] = {"Completions": words.pop("completions"), "Diagnostics": words.pop("faults")}
    words |= {"lang": lang, "base": site.release.base, "prefixes": dict(site.release.prefixes)}
    words["terms"] = _terms(site, lang)
    return Response(json.dumps(words, ensure_ascii=False), content_type="application/json")


def _terms(site: Site, lang: Lang) -> list[tuple[str, str, str]]:
    """Prefixed name, kind and label; only what a prefix can name."""
    kinds: dict[str, str] = {}
    labels: dict[str, list[Term]] = {}
    for row in rows(site.pages, "completion"):
        iri = row["term"].value
        kinds.setdefault(iri, row["kind"].value)
        labels.setdefault(iri, []).extend([row["label"]] if "label" in row else [])
    found = []
    for iri, kind in kinds.items():
        name = _short(iri, site)
        label = best_label(labels[iri], lang)
        if name:
            found.append((name, kind, label.value if label else ""))
    return sorted(found)


def _short(iri: str, site: Site) -> str:
    spaces = [(prefix, space) for prefix, space in site.release.prefixes.items() if iri.startswith(space)]
    if not spaces:
        return ""
    prefix, space = max(spaces, key=lambda pair: len(pair[1]))
    local = iri.removeprefix(space)
    return f"{prefix}:{local}" if local and local.replace("-", "").replace("_", "").isalnum() else ""
