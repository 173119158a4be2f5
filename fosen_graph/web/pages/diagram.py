"""Classes and the properties between them in; a drawing of them out, as SVG that takes its colours from the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

_LINE, _GAP, _DEEP, _MARGIN = 18, 28, 46, 12  # of a line in a box; between boxes; between rows; around it all
_LETTER = 6.6  # width of one, at the size of the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A property from its domain to its range; names as the reader knows them."""

    start: str
    end: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """label: the class. lines: its narrower classes, then what it points at by which property."""

    label: str
    lines: tuple[str, ...]
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return 28 + _LETTER * max(1.15 * len(self.label), *map(len, (*self.lines, "")))

    @property
    def height(self) -> float:
        return 34 + _LINE * len(self.lines) - (4 if self.lines else 0)

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def diagram(labels: Mapping[str, str], wider: Mapping[str, str], arrows: Sequence[Arrow], title: str) -> Markup:
    """
    What is pointed at stands above what points at it.

    labels: of the classes, in the order in which they are told. wider: class to its wider one, where that is drawn too.
    """
    drawn = [name for name in labels if any(name in (arrow.start, arrow.end) for arrow in arrows)]
    inside = {name: wider[name] for name in labels if _is_inside(name, wider, arrows, drawn)}
    ends = [Arrow(start=_root(a.start, inside), end=_root(a.end, inside), name=a.name) for a in arrows]
    boxes = _placed(_boxes(labels, inside, arrows, drawn), [arrow for arrow in ends if arrow.start != arrow.end])
    width = max(box.x + box.width for box in boxes.values()) + _MARGIN
    height = max(box.y + box.height for box in boxes.values()) + _MARGIN
    return Markup(
        f'<svg class="diagram" role="img" aria-labelledby="tegning" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">\n<title id="tegning">{escape(title)}</title>\n'
        '<defs><marker id="spiss" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 1 9 5 0 9" class="tip"/></marker></defs>\n'
        f"{''.join(_drawn_lines(boxes, ends))}{''.join(map(_drawn, boxes.values()))}</svg>"
    )


def _is_inside(name: str, wider: Mapping[str, str], arrows: Iterable[Arrow], drawn: Sequence[str]) -> bool:
    """A narrower class that points at nothing of its own is a line in the box of the wider one."""
    return name in wider and _top(name, wider) in drawn and not any(arrow.start == name for arrow in arrows)


def _top(name: str, wider: Mapping[str, str]) -> str:
    while name in wider:
        name = wider[name]
    return name


def _root(name: str, inside: Mapping[str, str]) -> str:
    while name in inside:
        name = inside[name]
    return name


def _boxes(
    labels: Mapping[str, str], inside: Mapping[str, str], arrows: Sequence[Arrow], drawn: Sequence[str]
) -> dict[str, _Box]:
    made = {}
    for name in dict.fromkeys(_root(name, inside) for name in drawn):
        narrower = [labels[other] for other in labels if other in inside and _root(other, inside) == name]
        points = [f"{arrow.name} → {labels[arrow.end]}" for arrow in arrows if _root(arrow.start, inside) == name]
        made[name] = _Box(label=labels[name], lines=(*narrower, *points))
    return made


def _placed(boxes: Mapping[str, _Box], arrows: Sequence[Arrow]) -> dict[str, _Box]:
    """Row by row from what points at nothing; each as near as it can be to what it points at."""
    targets = {name: sorted({arrow.end for arrow in arrows if arrow.start == name}) for name in boxes}
    ranks: dict[str, int] = {}
    rows: dict[int, list[str]] = defaultdict(list)
    for name in boxes:
        rows[_rank(name, targets, ranks, set())].append(name)
    placed: dict[str, _Box] = {}
    y = float(_MARGIN)
    for rank in sorted(rows):
        wanted = {name: _mean([placed[t].middle for t in targets[name] if t in placed]) for name in rows[rank]}
        free = float(_MARGIN)
        for name in sorted(rows[rank], key=lambda name: wanted[name]):
            x = max(free, wanted[name] - boxes[name].width / 2)
            placed[name] = replace(boxes[name], x=x, y=y)
            free = x + boxes[name].width + _GAP
        y += max(boxes[name].height for name in rows[rank]) + _DEEP
    return placed


def _rank(name: str, targets: Mapping[str, Sequence[str]], ranks: dict[str, int], path: set[str]) -> int:
    """The longest way to what points at nothing; a circle is cut where it closes."""
    if name not in ranks:
        further = [_rank(t, targets, ranks, path | {name}) for t in targets.get(name, ()) if t not in path | {name}]
        ranks[name] = 1 + max(further, default=-1)
    return ranks[name]


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _drawn(box: _Box) -> str:
    lines = "".join(
        f'<text class="sub" x="{box.middle:g}" y="{box.y + 40 + _LINE * index:g}">{escape(line)}</text>'
        for index, line in enumerate(box.lines)
    )
    return (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="4"/>'
        f'<text x="{box.middle:g}" y="{box.y + 21:g}">{escape(box.label)}</text>{lines}\n'
    )


def _drawn_lines(boxes: Mapping[str, _Box], arrows: Sequence[Arrow]) -> list[str]:
    """One line between two classes, however many properties; those that leave a box do so side by side."""
    several = dict.fromkeys((arrow.start, arrow.end) for arrow in arrows if arrow.start != arrow.end)
    pairs = sorted(several, key=lambda pair: boxes[pair[1]].middle)
    leaving = {name: [pair for pair in pairs if pair[0] == name] for name in boxes}
    arriving = {name: sorted((pair for pair in pairs if pair[1] == name), key=lambda pair: boxes[pair[0]].middle)
                for name in boxes}  # fmt: skip
    return [
        _line(
            boxes[start],
            boxes[end],
            _share(leaving[start], (start, end)),
            _share(arriving[end], (start, end)),
        )
        for start, end in pairs
    ]


def _share(pairs: Sequence[tuple[str, str]], pair: tuple[str, str]) -> float:
    return (pairs.index(pair) + 1) / (len(pairs) + 1)


def _line(start: _Box, end: _Box, leaves: float, arrives: float) -> str:
    """From the top of the one to the foot of the other."""
    x1, y1 = start.x + start.width * leaves, start.y
    x2, y2 = end.x + end.width * arrives, end.y + end.height
    bend = min(60.0, (y1 - y2) / 2)
    return (
        f'<path d="M{x1:g} {y1:g}C{x1:g} {y1 - bend:g} {x2:g} {y2 + bend:g} {x2:g} {y2:g}" marker-end="url(#spiss)"/>\n'
    )
