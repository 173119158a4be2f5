"""A plan as its page shows it: everything in the plan's own order, with who is responsible and who takes part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import CODES, FG
from fosen_graph.web.address import Addresses, in_language
from fosen_graph.web.rows import Row, Term, best_label, rows

_ROLES = {f"{CODES}rolle/ansvarlig": "responsible", f"{CODES}rolle/samarbeidspartner": "partners"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A label with its language, and where it leads."""

    text: str
    language: str
    address: str = ""
    note: str = ""  # why the reading is uncertain; empty where it is certain
    uncertain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureView:
    name: Name
    responsible: tuple[Name, ...]
    partners: tuple[Name, ...]
    jointly: bool  # the plan names its actors for several measures together


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    name: Name
    measures: tuple[MeasureView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    name: Name
    items: tuple[ItemView, ...]
    listings: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyView:
    name: Name
    anchor: str
    number: str
    areas: tuple[AreaView, ...]
    measures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHead:
    """What stands above a plan. Empty strings where the plan does not say."""

    iri: str
    page: str  # address of the page that shows all of it
    name: Name
    publisher: Name | None
    years: str
    date: str
    case: str
    body: Name | None
    decision: str  # address


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    head: PlanHead
    strategies: tuple[StrategyView, ...]
    measures: int
    actors: int
    uncertain: int


def read_heads(store: Store, to: Addresses, lang: Lang) -> tuple[PlanHead, ...]:
    """All plans, the newest first."""
    by_plan: dict[str, list[Row]] = defaultdict(list)
    for row in rows(store, "plans"):
        by_plan[row["plan"].value].append(row)
    return tuple(_head(plan, found, to, lang) for plan, found in by_plan.items())


def _head(plan: str, found: list[Row], to: Addresses, lang: Lang) -> PlanHead:
    def text(key: str) -> str:
        return next((row[key].value for row in found if key in row), "")

    def name(key: str) -> Name | None:
        labels = [row[f"{key}Label"] for row in found if f"{key}Label" in row]
        return _name(text(key), labels, to, lang) if labels else None

    first, last = text("from")[:4], text("to")[:4]
    return PlanHead(
        iri=plan,
        page=in_language(f"/plan/{to.path(plan)}", lang),
        name=_name(plan, [row["label"] for row in found], to, lang),
        publisher=name("publisher"),
        years=f"{first}–{last}" if first and last else "",
        date=text("date"),
        case=re.sub(r"^sak\s+", "", text("case"), flags=re.IGNORECASE),  # the page says «sak» itself
        body=name("body"),
        decision=to.page(text("decision"), lang) if text("decision") else "",
    )


def read_plan(store: Store, head: PlanHead, to: Addresses, lang: Lang) -> PlanView:
    who = _Who(rows(store, "who", plan=head.iri), to, lang)
    tree = _Tree(rows(store, "elements", plan=head.iri), to, lang)
    strategies = tuple(_strategy(iri, tree, who) for iri in tree.under(head.iri, "Strategy"))
    return PlanView(
        head=head,
        strategies=strategies,
        measures=sum(strategy.measures for strategy in strategies),
        actors=who.actors,
        uncertain=who.uncertain,
    )


def _strategy(iri: str, tree: _Tree, who: _Who) -> StrategyView:
    areas = tuple(_area(area, tree, who) for area in tree.under(iri, "FocusArea"))
    return StrategyView(
        name=tree.name(iri),
        anchor=iri.rpartition("/")[2],
        number=tree.number.get(iri, ""),
        areas=areas,
        measures=sum(len(item.measures) for area in areas for item in area.items),
    )


def _area(iri: str, tree: _Tree, who: _Who) -> AreaView:
    return AreaView(
        name=tree.name(iri),
        items=tuple(
            ItemView(name=tree.name(item), measures=tuple(who.measure(m, tree) for m in tree.under(item, "Measure")))
            for item in tree.under(iri, "PlanItem")
        ),
        listings=tuple(tree.name(listing) for listing in tree.under(iri, "ArrangementListing")),
    )


class _Tree:
    """The elements of a plan, each under what it stands in."""

    def __init__(self, found: Iterable[Row], to: Addresses, lang: Lang) -> None:
        self._to, self._lang = to, lang
        self.number: dict[str, str] = {}
        self._labels: dict[str, list[Term]] = defaultdict(list)
        self._children: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for row in found:
            element = row["element"].value
            self._labels[element].append(row["label"])
            kind = row["kind"].value.removeprefix(str(FG))
            self._children[row["parent"].value, kind][element] = int(row["order"].value)
            if "number" in row:
                self.number[element] = row["number"].value

    def under(self, parent: str, kind: str) -> list[str]:
        children = self._children.get((parent, kind), {})
        return sorted(children, key=lambda element: (children[element], element))

    def name(self, element: str) -> Name:
        return _name(element, self._labels[element], self._to, self._lang)


class _Who:
    """The participations of a plan by measure and role, in the order of the source."""

    def __init__(self, found: list[Row], to: Addresses, lang: Lang) -> None:
        self._to, self._lang = to, lang
        self._actors: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in found:
            role = _ROLES.get(row["role"].value, "")
            self._actors[row["measure"].value, role][row["actor"].value].append(row)
        self.actors = len({row["actor"].value for row in found})
        unsure = {(row["measure"].value, row["role"].value, row["actor"].value) for row in found if _unsure(row)}
        self.uncertain = len(unsure)

    def measure(self, iri: str, tree: _Tree) -> MeasureView:
        roles = [self._actors.get((iri, role), {}) for role in ("responsible", "partners")]
        return MeasureView(
            name=tree.name(iri),
            responsible=self._names(roles[0]),
            partners=self._names(roles[1]),
            jointly=any(
                row["basis"].value.endswith("/rad") for role in roles for found in role.values() for row in found
            ),
        )

    def _names(self, actors: dict[str, list[Row]]) -> tuple[Name, ...]:
        return tuple(self._actor(actor, found) for actor, found in actors.items())

    def _actor(self, actor: str, found: list[Row]) -> Name:
        name = _name(actor, [row["label"] for row in found], self._to, self._lang)
        if not any(_unsure(row) for row in found):
            return name
        note = best_label([row["note"] for row in found if "note" in row], self._lang)
        return Name(
            text=name.text,
            language=name.language,
            address=name.address,
            uncertain=True,
            note=note.value if note else "",
        )


def _unsure(row: Row) -> bool:
    return not row["certainty"].value.endswith("/sikker")


def _name(iri: str, labels: Iterable[Term], to: Addresses, lang: Lang) -> Name:
    label = best_label(labels, lang)
    text, language = (label.value, label.language) if label else (iri, "")
    return Name(text=text, language=language, address=to.page(iri, lang))
