"""The built scripts and the data in; out their addresses, and what the editor offers and calls things by."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources

from flask import Blueprint, Response, abort, request, url_for

from fosen_graph.findings import Lang, Words
from fosen_graph.web.pages.names import Names, prefixed
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.problems import Problem
from fosen_graph.web.rows import Term, best_label, rows
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_SHARED = (
    "answer", "yes", "no", "rows", "rows_one", "place", "download", "permalink", "subject", "predicate", "object",
)  # fmt: skip
_MOST_NAMES = 400  # that are told in one go
_LONGEST_NAMES = 2**17  # bytes of them


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    editor = Blueprint("editor", __name__)
    for lang in ("nb", "en"):
        editor.add_url_rule(f"/editor/{lang}.json", lang, lambda lang=lang: shelf.page(lambda: _words(site, lang)))

        editor.add_url_rule(
            f"/editor/{lang}/names", f"{lang}_names", lambda lang=lang: _names(site, shelf, lang), methods=["POST"]
        )

    @editor.get("/editor/<any(editor, net):name>.js")
    def source(name: str) -> Response:
        return shelf.page(lambda: _script(name))

    return editor


def _script(name: str) -> Response:
    if not script(name):
        abort(404)
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}  # another script has another address
    return Response(_built(name), content_type="text/javascript; charset=utf-8", headers=kept)


@cache
def script(name: str = "editor") -> str:
    """Where a script is: editor, or net, which draws one. "" where it was not built: pages work without it."""
    built = _built(name)
    return f"/editor/{name}.js?v={hashlib.sha256(built).hexdigest()[:12]}" if built else ""


@cache
def _built(name: str) -> bytes:
    file = resources.files("fosen_graph") / "web" / "static" / f"{name}.js"
    return file.read_bytes() if file.is_file() else b""


def _words(site: Site, lang: Lang) -> Response:
    w = wording(lang)
    words: dict[str, object] = {name: w(f"sparql.{name}") for name in _SHARED}
    words |= {name: w(f"thing.{name}") for name in ("pages", "of_pages", "previous", "next")}
    words |= {key.removeprefix("editor."): text for key, text in w.texts.items() if key.startswith("editor.")}
    words["phrases"] = {"Completions": words.pop("completions"), "Diagnostics": words.pop("faults")}
    words |= {"lang": lang, "prefixes": dict(site.release.prefixes), "longest_address": site.limits.url_bytes}
    words |= {"names_address": url_for(f"editor.{lang}_names"), "net_address": _below(script("net"))}
    words |= {"terms": _terms(site, lang), "net_words": net_words(lang)}
    return Response(json.dumps(words, ensure_ascii=False), content_type="application/json")


def net_words(lang: Lang) -> dict[str, str]:
    """What the script that draws nets says."""
    return {key.removeprefix("net."): text for key, text in wording(lang).texts.items() if key.startswith("net.")}


def _below(address: str) -> str:
    return address and request.script_root + address


# Names


def _names(site: Site, shelf: Shelf, lang: Lang) -> Response:
    """A JSON list of IRIs in; what the page of an answer without scripts would call them out."""
    iris = _iris_told()
    names = Names(site.pages, iris, shelf.to, lang, site.release.prefixes)
    told = {}
    for iri in iris:
        name = names.brief(iri)
        told[iri] = {"text": name.text, "lang": name.language, "written": names.written(iri),
                     "address": _below(name.address) if name.address.startswith("/") else name.address}  # fmt: skip
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/json")


def _iris_told() -> list[str]:
    """Raises Problem."""
    body = request.get_data() if (request.content_length or 0) <= _LONGEST_NAMES else b""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, list) or len(told) > _MOST_NAMES or not all(isinstance(iri, str) for iri in told):
        raise Problem(
            400,
            "names",
            Words(nb="Dette er ingen liste av IRI-er.", en="This is no list of IRIs."),
            Words(
                nb=f"Send en JSON-liste med høyst {_MOST_NAMES} IRI-er.",
                en=f"Send a JSON list of at most {_MOST_NAMES} IRIs.",
            ),
        )
    return told


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
        name = prefixed(iri, site.release.prefixes)
        label = best_label(labels[iri], lang)
        if name:
            found.append((name, kind, label.value if label else ""))
    return sorted(found)
