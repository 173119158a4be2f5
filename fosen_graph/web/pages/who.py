"""A plan in; who does what out: actors by strategies, two charts and a net, each with its table."""

from __future__ import annotations

import json
import posixpath
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from fosen_graph.findings import Lang
from fosen_graph.web.address import in_language
from fosen_graph.web.endpoint.editor import net_words, script
from fosen_graph.web.order import alphabetical
from fosen_graph.web.pages.choosing import Choice, end
from fosen_graph.web.pages.html import html
from fosen_graph.web.pages.names import shortened
from fosen_graph.web.pages.plan import Name, Namer, PlanHead
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.pages.whole import PARTNER, RESPONSIBLE, Whole
from fosen_graph.web.wording import wording

_ROW, _TOP, _LEFT, _RIGHT, _WIDTH = 22, 14, 330, 610, 1100  # pixels of the net
_BAR, _NAMES, _CHART = 26, 250, 640  # pixels of a chart
_LONGEST = 62  # characters beside the net; all of them stand in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How many measures, and the address that shows them."""

    count: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRow:
    name: Name
    numbers: tuple[tuple[Number, Number], ...]  # responsible and partner, for each strategy and in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    name: Name
    count: int
    width: float
    top: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    bars: tuple[Bar, ...]
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    text: str
    language: str
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    path: str
    responsible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    actors: tuple[Node, ...]
    measures: tuple[Node, ...]
    lines: tuple[Line, ...]
    height: int
    left: int = _LEFT
    right: int = _RIGHT
    width: int = _WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    name: Name
    responsible: tuple[Name, ...]
    partners: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoView:
    head: PlanHead
    strategies: tuple[Name, ...]
    rows: tuple[ActorRow, ...]
    responsibilities: Chart
    partners: Chart
    net: Net
    live: str  # address of what the script draws from
    script: str  # its address; empty where it was not built
    measures: tuple[MeasureRow, ...]


def blueprint(shelf: Shelf) -> Blueprint:
    who = Blueprint("who", __name__)
    who.register_blueprint(shelf.room("hvem", lambda whole, head, lang: _page(shelf, whole, head, lang)))
    who.register_blueprint(shelf.room("nett.json", lambda whole, head, lang: _live(Namer(whole, shelf.to, lang))))
    return who


def _page(shelf: Shelf, whole: Whole, head: PlanHead, lang: Lang) -> Response:
    return html("who.html", read_who(whole, head, Namer(whole, shelf.to, lang), lang), wording(lang)("site.who"), lang)


def _live(name: Namer) -> Response:
    """What a script draws as a net that one can explore."""
    whole, w = name.whole, wording(name.lang)
    links = {(part.actor, measure, part.role) for part in whole.parts for measure in part.measures}
    told = {
        "nodes": [
            *(_thing(name(actor), actor, w("thing.actor"), name.lang) for actor in whole.actors),
            *(_thing(name(measure), measure, w("thing.measure"), name.lang) for measure in whole.of_kind("Measure")),
        ],
        "links": [
            {"from": actor, "to": measure, "label": w(f"filter.{role}"), "strong": role == RESPONSIBLE}
            for actor, measure, role in sorted(links)
        ],
        "words": net_words(name.lang),
    }
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/json")


def _from_here(address: str) -> str:
    """As seen from the file: so it holds below any path, and where the site is files."""
    return posixpath.relpath(address, posixpath.dirname(request.path))


def _thing(name: Name, iri: str, kind: str, lang: Lang) -> dict[str, str]:
    told = {"id": iri, "label": name.text, "href": _from_here(name.address), "kind": kind}
    return told if name.language in ("", lang) else {**told, "lang": name.language}


def read_who(whole: Whole, head: PlanHead, name: Namer, lang: Lang) -> WhoView:
    counts = _counts(whole)
    strategies = whole.of_kind("Strategy")
    responsible = {a: counts[a, "", RESPONSIBLE] for a in whole.actors if counts[a, "", RESPONSIBLE]}
    partners = {s: len({p.actor for p in whole.parts if p.role == PARTNER and _in(whole, p.measures[0], s)})
                for s in strategies}  # fmt: skip
    return WhoView(
        head=head,
        strategies=tuple(map(name, strategies)),
        rows=_rows(whole, head.page, name, counts),
        responsibilities=_chart(responsible, name, ordered=True),
        partners=_chart(partners, name, ordered=False),
        net=_net(whole, name),
        live=in_language(f"/plan/{name.to.path(head.iri)}/nett.json", lang),
        script=script("net"),
        measures=tuple(_measure(whole, measure, name) for measure in whole.of_kind("Measure")),
    )


def _counts(whole: Whole) -> Counter[tuple[str, str, str]]:
    """Measures by actor, strategy ("" for all) and role."""
    found: Counter[tuple[str, str, str]] = Counter()
    for actor, role, measure in {(p.actor, p.role, m) for p in whole.parts for m in p.measures}:
        found[actor, whole.above(measure)[0], role] += 1
        found[actor, "", role] += 1
    return found


def _in(whole: Whole, measure: str, strategy: str) -> bool:
    return whole.above(measure)[0] == strategy


def _rows(whole: Whole, page: str, name: Namer, counts: Mapping[tuple[str, str, str], int]) -> tuple[ActorRow, ...]:
    """Who is responsible for most comes first."""

    def number(actor: str, strategy: str, role: str) -> Number:
        choice = Choice(strategi=end(strategy), aktoer=end(actor), rolle=role)
        return Number(count=counts.get((actor, strategy, role), 0), address=page + choice.query)

    def rank(actor: str) -> tuple[int, int, str]:
        return (
            -counts.get((actor, "", RESPONSIBLE), 0),
            -counts.get((actor, "", PARTNER), 0),
            alphabetical(name(actor).text),
        )

    return tuple(
        ActorRow(
            name=name(actor),
            numbers=tuple(
                (number(actor, strategy, RESPONSIBLE), number(actor, strategy, PARTNER))
                for strategy in (*whole.of_kind("Strategy"), "")
            ),
        )
        for actor in sorted(whole.actors, key=rank)
    )


def _chart(counts: Mapping[str, int], name: Namer, *, ordered: bool) -> Chart:
    """Bars from zero, to one scale."""
    most = max(counts.values(), default=1) or 1
    shown = sorted(counts, key=lambda iri: -counts[iri]) if ordered else list(counts)
    room = _CHART - _NAMES - 40
    return Chart(
        bars=tuple(
            Bar(name=name(iri), count=counts[iri], width=round(counts[iri] / most * room, 1), top=place * _BAR)
            for place, iri in enumerate(shown)
        ),
        height=len(shown) * _BAR,
    )


def _net(whole: Whole, name: Namer) -> Net:
    """Measures in the plan's order; each actor near the middle of its measures, so that lines are short."""
    measures = whole.of_kind("Measure")
    place = {measure: number for number, measure in enumerate(measures)}
    of_actor: dict[str, list[int]] = defaultdict(list)
    for part in whole.parts:
        of_actor[part.actor] += [place[measure] for measure in part.measures]
    actors = sorted(of_actor, key=lambda actor: sum(of_actor[actor]) / len(of_actor[actor]))
    height = max(len(actors), len(measures)) * _ROW + 2 * _TOP
    left, right = _spread(actors, height), _spread(measures, height)
    links = {(p.actor, measure): p.role for p in reversed(whole.parts) for measure in p.measures}
    return Net(
        actors=tuple(_node(name(actor), left[actor]) for actor in actors),
        measures=tuple(_node(name(measure), right[measure]) for measure in measures),
        lines=tuple(
            Line(path=_curve(left[actor], right[measure]), responsible=role == RESPONSIBLE)
            for (actor, measure), role in sorted(links.items(), key=lambda item: item[1] == RESPONSIBLE)
        ),
        height=height,
    )


def _spread(things: Sequence[str], height: int) -> dict[str, float]:
    step = (height - 2 * _TOP) / max(1, len(things))
    return {thing: round(_TOP + step * (place + 0.5), 1) for place, thing in enumerate(things)}


def _curve(y1: float, y2: float) -> str:
    middle = (_LEFT + _RIGHT) / 2
    return f"M{_LEFT} {y1}C{middle} {y1} {middle} {y2} {_RIGHT} {y2}"


def _node(name: Name, y: float) -> Node:
    return Node(text=shortened(name.text, _LONGEST), language=name.language, y=y)


def _measure(whole: Whole, measure: str, name: Namer) -> MeasureRow:
    parts = whole.parts_of_measure.get(measure, ())
    return MeasureRow(
        name=name(measure),
        responsible=name.actors(part for part in parts if part.role == RESPONSIBLE),
        partners=name.actors(part for part in parts if part.role == PARTNER),
    )
