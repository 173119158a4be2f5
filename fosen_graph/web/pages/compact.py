"""JSON-LD in expanded form in; out the same with our context: names for IRIs, and the part of the context they need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fosen_graph.web.pages.shipped import ontology_file

_XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    name: str
    type: str  # of its values, as the context says it; empty where it does not
    by_language: bool


@cache
def _context() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ontology_file("context.jsonld"))["@context"]
    return found


@cache
def _prefixes() -> dict[str, str]:
    """Namespace by prefix; the longest first."""
    found = {k: v for k, v in _context().items() if isinstance(v, str) and v.endswith(("#", "/"))}
    return dict(sorted(found.items(), key=lambda entry: -len(entry[1])))


@cache
def _terms() -> dict[str, _Term]:
    """By IRI."""
    terms = {}
    for name, told in _context().items():
        told = {"@id": told} if isinstance(told, str) else told
        if not isinstance(told, dict) or ":" not in told.get("@id", "") or name in _prefixes():
            continue
        prefix, _, local = told["@id"].partition(":")
        if prefix in _prefixes():
            by_language = told.get("@container") == "@language"
            terms[_prefixes()[prefix] + local] = _Term(name=name, type=told.get("@type", ""), by_language=by_language)
    return terms


def compacted(expanded: bytes) -> bytes:
    """
    Nodes under @graph, with as much of the context as they use: whoever reads it needs no second document.

    A value that its term would change is written out, under the property's prefixed name.
    """
    used: set[str] = set()
    nodes = [_node(node, used) for node in json.loads(expanded)]
    context = {name: told for name, told in _context().items() if name in used}
    prefixes = {p: space for p, space in _prefixes().items() if p in used or _mentions(context.values(), p)}
    document = {
        "@context": {"@version": 1.1, **prefixes, "id": "@id", "type": "@type", "graph": "@graph", **context},
        "graph": nodes,
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _mentions(told: Iterable[Any], prefix: str) -> bool:
    return any(text.startswith(f"{prefix}:") for entry in told
               for text in ([entry] if isinstance(entry, str) else entry.values()))  # fmt: skip


def _node(node: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
    compact: dict[str, Any] = {"id": node["@id"]}
    for key, values in node.items():
        if key == "@type":
            compact["type"] = _one([_name(value, used) for value in values])
        elif key != "@id":
            _property(key, values, compact, used)
    return compact


def _property(iri: str, values: list[Mapping[str, Any]], compact: dict[str, Any], used: set[str]) -> None:
    term = _terms().get(iri)
    fitting = [value for value in values if term and _fits(value, term)]
    others = [value for value in values if value not in fitting]
    if term and fitting:
        used.add(term.name)
        compact[term.name] = _by_language(fitting) if term.by_language else _one([_plain(v, term) for v in fitting])
    if others:
        compact[_curie(iri, used)] = _one([dict(value) for value in others])


def _fits(value: Mapping[str, Any], term: _Term) -> bool:
    """Whether the term gives the value back as it was."""
    if "@id" in value:
        return term.type == "@id"
    if term.by_language:
        return set(value) == {"@value", "@language"}
    if "@language" in value or term.type == "@id":
        return False
    given = value.get("@type", "")
    wanted = _XSD + term.type.removeprefix("xsd:") if term.type.startswith("xsd:") else ""
    return bool(given == wanted)


def _plain(value: Mapping[str, Any], term: _Term) -> Any:
    """Numbers stay texts: 01 is not 1, and a literal is its letters."""
    return value["@id"] if term.type == "@id" else value["@value"]


def _by_language(values: list[Mapping[str, Any]]) -> dict[str, Any]:
    texts: dict[str, list[str]] = {}
    for value in values:
        texts.setdefault(value["@language"], []).append(value["@value"])
    return {language: _one(found) for language, found in texts.items()}


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _name(iri: str, used: set[str]) -> str:
    """A class by its term."""
    term = _terms().get(iri)
    if term and not term.type and not term.by_language:
        used.add(term.name)
        return term.name
    return _curie(iri, used)


def _curie(iri: str, used: set[str]) -> str:
    for prefix, space in _prefixes().items():
        if iri.startswith(space):
            used.add(prefix)
            return f"{prefix}:{iri.removeprefix(space)}"
    return iri
