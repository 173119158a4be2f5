"""Ids and properties in; the values of each out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from fosen_graph.findings import Lang
from fosen_graph.web.reconcile import facts
from fosen_graph.web.reconcile.asked import Extension
from fosen_graph.web.reconcile.entities import Value
from fosen_graph.web.reconcile.matching import Sources, values_of
from fosen_graph.web.reconcile.versions import Rows
from fosen_graph.web.wording import LANGUAGES


def rows(extension: Extension, sources: Sources) -> Rows:
    """An id that nobody knows has no values. A property may be asked for in another language than the rest."""
    found: dict[str, dict[str, list[Value]]] = {id_: {} for id_ in extension.ids}
    for lang in LANGUAGES:
        names = [one.property for one in extension.wanted if (one.lang or sources.lang) == lang]
        for id_, own in _in(lang, extension, names, sources) if names else ():
            found[id_] |= {name: own[name] for name in names if name in own}
    return found


def _in(
    lang: Lang, extension: Extension, names: list[str], sources: Sources
) -> Iterator[tuple[str, Mapping[str, list[Value]]]]:
    spoken = replace(sources, lang=lang)
    known = [id_ for id_ in extension.ids if id_ in sources.plan.by_iri]
    told = facts.of_things(sources.plan, sources.site.pages, known, names, lang) if known else {}
    for id_ in extension.ids:
        yield id_, values_of(id_, names, told, spoken)
