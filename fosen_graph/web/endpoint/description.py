"""The address of the endpoint in; its service description with sizes, meanings and limits out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fosen_graph.asking.told import limit_rows
from fosen_graph.findings import Words
from fosen_graph.formats import NTRIPLES, Format, serialise_rows
from fosen_graph.web.rows import document
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_TRIPLE = re.compile(r"(\S+) (\S+) (.+) \.")
_CONTENT = re.compile(r"<([^>]*?([a-z]+)#content)> ")
_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_SEE_ALSO = "<http://www.w3.org/2000/01/rdf-schema#seeAlso>"
_TITLE = "<http://purl.org/dc/terms/title>"
_SCHEMA = "https://schema.org/"
_NAMES = {"nb": "SPARQL-endepunktet til fosen-graph", "en": "The SPARQL endpoint of fosen-graph"}

Rows = Iterator[tuple[str, str, str]]


def describe(site: Site, root: str, format_: Format) -> bytes:
    """root: the address of the server as its clients know it, with a slash at its end."""
    endpoint = f"{root}sparql"
    told = document(site.pages, "service", NTRIPLES.name, endpoint=endpoint).decode()
    rows = [match.group(1, 2, 3) for match in _TRIPLE.finditer(told)]
    more = [*_name(endpoint), *_meanings(told), *_limits(site, root, endpoint)]
    prefixes = site.release.prefixes | {"sd": "http://www.w3.org/ns/sparql-service-description#", "schema": _SCHEMA}
    return serialise_rows(((s, p, o) for s, p, o in (*rows, *more)), format_, prefixes)


def _name(endpoint: str) -> Rows:
    for lang, text in _NAMES.items():
        yield f"<{endpoint}>", _TITLE, f"{_quoted(text)}@{lang}"


def _meanings(told: str) -> Rows:
    """What each named graph holds, as the query page tells it."""
    for content, name in sorted(set(_CONTENT.findall(told))):
        for lang in ("nb", "en"):
            text = wording(lang).texts.get(f"graph.{name}")
            if text:
                yield f"<{content}>", _TITLE, f"{_quoted(text)}@{lang}"


def _limits(site: Site, root: str, endpoint: str) -> Rows:
    yield f"<{endpoint}>", _SEE_ALSO, f"<{root}grenser>"
    for row in limit_rows(site.limits, site.elsewhere):
        limit = f"<{endpoint}#limit-{row.name}>"
        yield f"<{endpoint}>", f"<{_SCHEMA}additionalProperty>", limit
        yield limit, _RDF_TYPE, f"<{_SCHEMA}PropertyValue>"
        yield limit, f"<{_SCHEMA}propertyID>", _quoted(row.name)
        yield limit, f"<{_SCHEMA}value>", _quoted(row.value)
        yield from _in_both(limit, f"<{_SCHEMA}name>", row.what)


def _in_both(subject: str, predicate: str, words: Words) -> Rows:
    yield subject, predicate, f"{_quoted(words.nb)}@nb"
    yield subject, predicate, f"{_quoted(words.en)}@en"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
