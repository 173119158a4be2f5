"""What plan.yaml says is mentioned around the table in; those mentions, found in the document, out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import Finding, Place
from fosen_graph.iris import EDITING, FG
from fosen_graph.reading import misreadings
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.laying import Span, find
from fosen_graph.reading.plan_words import Mention
from fosen_graph.reading.source import Cell, Source

Remarks = Mapping[str, tuple[Place, str]]  # a text that a comment follows -> its place, and the comment


@dataclass(frozen=True, slots=True)
class Title:
    """shadowed: things whose words do not fit."""

    mentions: tuple[Mention, ...]
    findings: tuple[Finding, ...]
    shadowed: frozenset[URIRef]


@dataclass(frozen=True, slots=True, order=True)
class _Words:
    """Words that a line of the title should hold."""

    line: int
    form: str
    subject: URIRef
    place: Place


def read_title(facts: Facts, source: Source, remarks: Remarks) -> Title:
    """
    Find every «omtalt» of plan.yaml in the lines outside the table; free prose need not be covered.

    facts: plan.yaml's statements.
    """
    findings: list[Finding] = []
    shadowed: set[URIRef] = set()
    spans: dict[Cell, list[tuple[int, _Words]]] = defaultdict(list)
    for subject, node, place in facts.pairs(EDITING.mentioned):
        told = list(_told(facts, subject, node))
        if not told and isinstance(subject, URIRef):
            findings.append(misreadings.half_a_mention(place))
        for words in told:
            cell = source.cells.get((words.line, None))
            text = cell.text if cell else ""
            start = find(text, words.form)
            if cell is None or start is None:
                shadowed.add(words.subject)
                findings.append(misreadings.not_in_title(words.form, words.line, text, words.place))
            else:
                spans[cell].append((start, words))
                findings += cut_short(text, [words.form], remarks, fits=True)
    mentions = [found for cell, words in spans.items() for found in _in_turn(cell, words, findings)]
    return Title(tuple(mentions), tuple(findings), frozenset(shadowed))


def _told(facts: Facts, subject: IdentifiedNode, node: Node) -> Iterator[_Words]:
    if isinstance(node, IdentifiedNode) and isinstance(subject, URIRef):
        for line, _ in facts.texts(node, EDITING.line):
            for form, place in facts.texts(node, FG.exactText):
                yield _Words(int(line), form, subject, place)


def _in_turn(cell: Cell, words: list[tuple[int, _Words]], findings: list[Finding]) -> Iterator[Mention]:
    """The mentions of one line from left to right, each with what stands between it and the one before."""
    end = 0
    for start, found in sorted(words):
        if start < end:
            findings.append(misreadings.told_twice(found.form, found.place))
            continue
        span = Span(start, start + len(found.form), found.form, cell.text[end:start])
        yield Mention.of(cell, span, found.subject, found.place)
        end = span.end


def cut_short(text: str, forms: Iterable[str], remarks: Remarks, *, fits: bool) -> Iterator[Finding]:
    """Forms that YAML cut at « #» where the document goes on. fits: whether the document's rest may be left out."""
    for form in forms:
        if form in remarks and re.search(rf"(?<!\w){re.escape(form)}\s+#", text):
            place, comment = remarks[form]
            yield misreadings.cut_short(form, comment, place, fits=fits)
