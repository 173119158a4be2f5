"""The editing context (JSON-LD 1.1) in, the keys that may stand at each place of a YAML file out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rdflib import URIRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One key of a scope (JSON-LD 1.1, section 9.3, expanded term definition)."""

    predicate: URIRef
    type: str | None = None  # @id, @vocab or a datatype
    language: str | None = None  # None: the document's own; "": none
    reverse: bool = False
    container: str | None = None  # @list or @index
    index: URIRef | None = None  # the property that the keys of an @index container fill
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The keys that may stand at one place. JSON-LD inherits the keys of outer scopes; here they are refused."""

    name: str
    terms: Mapping[str, Term] = field(default_factory=dict)
    keywords: Mapping[str, str] = field(default_factory=dict)  # key -> @id or @type
    values: Mapping[str, URIRef] = field(default_factory=dict)  # words that stand for a class
    base: str | None = None
    vocab: str | None = None

    @property
    def keys(self) -> list[str]:
        return [*self.keywords, *self.terms]


def read_context(text: str) -> Scope:
    """The editing context's outermost scope: its terms are the kinds of files. text: JSON-LD 1.1, our own file."""
    definitions = json.loads(text)["@context"]
    prefixes = {
        key: value for key, value in definitions.items() if isinstance(value, str) and value.endswith(("#", "/"))
    }
    return _scope("", definitions, prefixes)


def _scope(name: str, definitions: Mapping[str, Any], prefixes: Mapping[str, str]) -> Scope:
    keywords = {"id": "@id", "om": "@id"}
    terms: dict[str, Term] = {}
    values: dict[str, URIRef] = {}
    for key, definition in definitions.items():
        if isinstance(definition, dict):
            terms[key] = _term(key, definition, definitions, prefixes)
        elif key.startswith("@") or key in prefixes:
            continue
        elif str(definition).startswith("@"):
            keywords[key] = str(definition)
        else:
            values[key] = _expand(str(definition), prefixes)
    base, vocab = definitions.get("@base"), definitions.get("@vocab")
    return Scope(
        name=name,
        terms=terms,
        keywords=keywords,
        values=values,
        base=str(base) if base else None,
        vocab=str(vocab) if vocab else None,
    )


def _term(key: str, definition: Mapping[str, Any], siblings: Mapping[str, Any], prefixes: Mapping[str, str]) -> Term:
    type_ = definition.get("@type")
    container = definition.get("@container")
    index = definition.get("@index")
    language = str(definition["@language"] or "") if "@language" in definition else None
    return Term(
        predicate=_expand(str(definition.get("@id") or definition["@reverse"]), prefixes),
        type=str(type_) if type_ in ("@id", "@vocab") else str(_expand(str(type_), prefixes)) if type_ else None,
        language=language,
        reverse="@reverse" in definition,
        container=str(container) if container else None,
        index=_expand(siblings[index]["@id"], prefixes) if index else None,
        scope=_scope(key, definition.get("@context", {}), prefixes),
    )


def _expand(name: str, prefixes: Mapping[str, str]) -> URIRef:
    prefix, colon, local = name.partition(":")
    return URIRef(prefixes[prefix] + local) if colon and prefix in prefixes else URIRef(name)
