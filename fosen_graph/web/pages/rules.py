"""The shapes' graph of a release in; what its page tells of each rule, thing by thing, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import FG, SHAPES, Iris
from fosen_graph.web.address import in_language
from fosen_graph.web.order import alphabetical
from fosen_graph.web.pages.names import Value
from fosen_graph.web.rows import Term, best_label, rows

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SH = "http://www.w3.org/ns/shacl#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_SAID = ("minCount", "maxCount", "datatype", "class", "nodeKind", "pattern", "minInclusive", "minLength", "uniqueLang")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    anchor: str
    name: Value
    message: Value
    severity: str
    path: Value | None
    constraints: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeView:
    anchor: str
    name: Value
    message: Value | None
    targets: tuple[Value, ...]
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What a rule is told with: the question that it asks, a group."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapesView:
    iri: str
    shapes: tuple[ShapeView, ...]
    others: tuple[Other, ...]
    number: int


def read_shapes(store: Store, base: str, prefixes: Mapping[str, str], lang: Lang) -> ShapesView:
    known: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(store, "vocabulary", graph=str(Iris(base).graph("shapes"))):
        known[row["term"].value][row["property"].value].append(row["value"])
    reading = _Reading(known, prefixes, lang)
    nodes = [iri for iri, own in known.items() if any(t.value == f"{_SH}NodeShape" for t in own[_TYPE])]
    told = [reading.shape(iri) for iri in nodes if iri.startswith(str(SHAPES))]
    shapes = tuple(sorted(told, key=lambda shape: (not shape.rules, alphabetical(shape.name.text))))
    return ShapesView(
        iri=str(SHAPES)[:-1],
        shapes=shapes,
        others=reading.others({shape.anchor for shape in shapes} | {r.anchor for shape in shapes for r in shape.rules}),
        number=sum(len(shape.rules) for shape in shapes),
    )


class _Reading:
    def __init__(self, known: Mapping[str, Mapping[str, list[Term]]], prefixes: Mapping[str, str], lang: Lang) -> None:
        self._known, self._prefixes, self._lang = known, prefixes, lang
        self._told: set[str] = set()

    def shape(self, iri: str) -> ShapeView:
        """A rule that several shapes share is told where it comes first: its anchor stands once on the page."""
        own = self._known[iri]
        rules = [term.value for term in own[f"{_SH}property"] if term.value not in self._told]
        self._told.update(rules)
        order = {rule: int(next((t.value for t in self._known[rule][f"{_SH}order"]), "0")) for rule in rules}
        return ShapeView(
            anchor=iri.rpartition("#")[2],
            name=self._text(iri, "name"),
            message=self._text(iri, "message") if own[f"{_SH}message"] else None,
            targets=tuple(self._ref(term.value) for term in own[f"{_SH}targetClass"]),
            rules=tuple(self._rule(rule) for rule in sorted(rules, key=lambda rule: (order[rule], rule))),
        )

    def _rule(self, iri: str) -> RuleView:
        own = self._known[iri]
        path = next((term for term in own[f"{_SH}path"] if term.is_iri), None)
        severity = next((t.value.rpartition("#")[2] for t in own[f"{_SH}severity"]), "Violation")
        return RuleView(
            anchor=iri.rpartition("#")[2],
            name=self._text(iri, "name"),
            message=self._text(iri, "message"),
            severity=severity,
            path=self._ref(path.value) if path else None,
            constraints=tuple(
                (key, self._ref(term.value).text if term.is_iri else term.value)
                for key in _SAID
                for term in own[f"{_SH}{key}"]
            ),
        )

    def others(self, told: set[str]) -> tuple[Other, ...]:
        found = []
        for iri, own in self._known.items():
            anchor = iri.removeprefix(str(SHAPES))
            if iri.startswith(str(SHAPES)) and anchor and anchor not in told:
                texts = own[f"{_SH}select"] or own[f"{_SH}ask"] or own[f"{_RDFS}label"]
                best = best_label(texts, self._lang)
                found.append(Other(anchor=anchor, text=best.value.strip("\n") if best else ""))
        return tuple(found)

    def _text(self, iri: str, key: str) -> Value:
        found = best_label(self._known[iri][f"{_SH}{key}"], self._lang)
        text = found.value if found else iri.rpartition("#")[2]
        return Value(text=text, language=found.language if found else "", address="")

    def _ref(self, iri: str) -> Value:
        for prefix, namespace in self._prefixes.items():
            if iri.startswith(namespace):
                ours = namespace == str(FG)
                address = in_language(f"/ns#{iri.removeprefix(namespace)}", self._lang) if ours else iri
                return Value(text=f"{prefix}:{iri.removeprefix(namespace)}", language="", address=address)
        return Value(text=iri, language="", address=iri)
