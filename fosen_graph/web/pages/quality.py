"""The report of a release in; out what was found, about what and where, how far the work has come, and how to help."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from fosen_graph.findings import Lang
from fosen_graph.web.address import Addresses, in_language, language
from fosen_graph.web.pages.html import html
from fosen_graph.web.pages.names import Value
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.rows import Row, Term, best_label, rows
from fosen_graph.web.wording import wording

_MOST = 200  # findings of one kind that are shown; all stand in the report
SEVERITIES = ("violation", "warning", "info")
COVERED = ("cells", "certain", "reviewed", "translated", "linked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One finding: where in the files, and the thing that it is about where it is about one."""

    place: str
    thing: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """One rule that something does not keep."""

    code: str
    shape: str  # address; empty where the finding is no shape's
    severity: str
    what: str
    remedy: str
    count: int
    found: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    what: str
    part: int
    all: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 is all."""
        return 100 * self.part // self.all if self.all else 100


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityView:
    conforms: bool
    counts: tuple[tuple[str, int], ...]
    coverage: tuple[Coverage, ...]
    groups: tuple[FindingGroup, ...]
    most: int = _MOST


def blueprint(shelf: Shelf) -> Blueprint:
    quality = Blueprint("quality", __name__)

    @quality.get("/kvalitet")
    @quality.get("/en/kvalitet", endpoint="en")
    def page() -> Response:
        return shelf.page(lambda: _page(shelf))

    return quality


def _page(shelf: Shelf) -> Response:
    lang = language(request.path)
    report = _report(shelf.site.release.folder / "report.json")
    things = rows(shelf.site.pages, "findings")
    view = read_quality(report, things, rows(shelf.site.pages, "coverage"), shelf.to, lang)
    return html("quality.html", view, wording(lang)("site.quality"), lang)


def _report(path: Path) -> Mapping[str, Any]:
    """Part of every release; one that was built by hand has none."""
    return dict(json.loads(path.read_bytes())) if path.is_file() else {"conforms": True, "findings": []}


def read_quality(
    report: Mapping[str, Any], things: Iterable[Row], coverage: Iterable[Row], to: Addresses, lang: Lang
) -> QualityView:
    """report: report.json. things, coverage: rows of queries/findings.rq and coverage.rq."""
    told = {row["what"].value: (int(row["part"].value), int(row["all"].value)) for row in coverage if "what" in row}
    groups = _groups(report["findings"], _things(things, to, lang), lang)
    counts = {severity: sum(g.count for g in groups if g.severity == severity) for severity in SEVERITIES}
    return QualityView(
        conforms=bool(report["conforms"]),
        counts=tuple(counts.items()),
        coverage=tuple(Coverage(what=what, part=told[what][0], all=told[what][1]) for what in COVERED if what in told),
        groups=groups,
    )


def _things(found: Iterable[Row], to: Addresses, lang: Lang) -> dict[str, Value]:
    """What findings are about, by IRI."""
    labels: dict[str, list[Term]] = defaultdict(list)
    for row in found:
        own = labels[row["thing"].value]
        own += [row["label"]] if "label" in row else []
    return {iri: _named(iri, own, to, lang) for iri, own in labels.items()}


def _named(iri: str, labels: Iterable[Term], to: Addresses, lang: Lang) -> Value:
    label = best_label(labels, lang)
    text, tag = (label.value, label.language) if label else (to.path(iri) or iri, "")
    return Value(text=text, language=tag, address=to.page(iri, lang))


def _sentence(text: str) -> str:
    """What an editor reads in a terminal after a colon, as a heading."""
    return text[:1].upper() + text[1:].rstrip(".")


def _groups(found: Iterable[Mapping[str, Any]], things: Mapping[str, Value], lang: Lang) -> tuple[FindingGroup, ...]:
    """The gravest first, then the most frequent."""
    by_kind: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for one in found:
        by_kind[one["severity"], one["code"], one["what"][lang], one["remedy"][lang]].append(one)
    order = sorted(by_kind, key=lambda kind: (SEVERITIES.index(kind[0]), -len(by_kind[kind]), kind))
    return tuple(
        FindingGroup(
            code=code,
            shape=in_language(f"/shapes#{code}", lang) if _is_shape(by_kind[severity, code, what, remedy]) else "",
            severity=severity,
            what=_sentence(what),
            remedy=remedy,
            count=len(by_kind[severity, code, what, remedy]),
            found=tuple(
                Occurrence(place=f"{one['file']}:{one['line']}", thing=things.get(one.get("about", "")))
                for one in by_kind[severity, code, what, remedy][:_MOST]
            ),
        )
        for severity, code, what, remedy in order
    )


def _is_shape(found: Sequence[Mapping[str, Any]]) -> bool:
    """A shape's findings are about something; those of other gates have a place only."""
    return any("about" in one for one in found)
