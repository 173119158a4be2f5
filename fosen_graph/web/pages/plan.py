"""A plan as its page shows it: everything in the plan's own order, with who is responsible and who takes part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fosen_graph.findings import Lang
from fosen_graph.web.address import Addresses, in_language
from fosen_graph.web.order import alphabetical
from fosen_graph.web.pages.choosing import Choice, chosen, counts, end, possible
from fosen_graph.web.pages.whole import PARTNER, RESPONSIBLE, Part, Whole
from fosen_graph.web.rows import Row, Term, best_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A label with its language, and where it leads."""

    text: str
    language: str
    address: str = ""
    note: str = ""  # why the reading is uncertain; empty where it is certain
    uncertain: bool = False
    marked: bool = False  # the reader has chosen it


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
class Option:
    value: str
    text: str  # empty for what the wording names
    language: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """strategies: with what was chosen only; all other figures are those of the whole plan."""

    head: PlanHead
    data: str  # where its data begin
    strategies: tuple[StrategyView, ...]
    all_strategies: int
    measures: int
    actors: int
    uncertain: int
    choice: Choice
    shown: int
    options: Mapping[str, tuple[Option, ...]]


def read_heads(found: Iterable[Row], to: Addresses, lang: Lang) -> tuple[PlanHead, ...]:
    """All plans, the newest first. found: the rows of queries/plans.rq."""
    by_plan: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        by_plan[row["plan"].value].append(row)
    return tuple(_head(plan, found, to, lang) for plan, found in by_plan.items())


def _head(plan: str, found: list[Row], to: Addresses, lang: Lang) -> PlanHead:
    def text(key: str) -> str:
        return next((row[key].value for row in found if key in row), "")

    def name(key: str) -> Name | None:
        labels = [row[f"{key}Label"] for row in found if f"{key}Label" in row]
        return named(text(key), labels, to, lang) if labels else None

    first, last = text("from")[:4], text("to")[:4]
    return PlanHead(
        iri=plan,
        page=in_language(f"/plan/{to.path(plan)}", lang),
        name=named(plan, [row["label"] for row in found], to, lang),
        publisher=name("publisher"),
        years=f"{first}–{last}" if first and last else "",
        date=text("date"),
        case=re.sub(r"^sak\s+", "", text("case"), flags=re.IGNORECASE),  # the page says «sak» itself
        body=name("body"),
        decision=to.page(text("decision"), lang) if text("decision") else "",
    )


class Namer:
    """What the things of a plan are called in the reader's language."""

    def __init__(self, whole: Whole, to: Addresses, lang: Lang) -> None:
        self.whole, self.to, self.lang = whole, to, lang

    def __call__(self, iri: str) -> Name:
        return named(iri, self.whole.labels.get(iri, ()), self.to, self.lang)

    def actors(self, parts: Iterable[Part], chosen: str = "") -> tuple[Name, ...]:
        """Each once, in the order of the source, with why a reading is uncertain. chosen: the end of an IRI."""
        found: dict[str, list[Part]] = defaultdict(list)
        for part in parts:
            found[part.actor].append(part)
        return tuple(self._actor(actor, own, chosen) for actor, own in found.items())

    def _actor(self, actor: str, own: list[Part], chosen: str) -> Name:
        unsure = [part.mention for part in own if part.mention.unsure]
        note = best_label([note for mention in unsure for note in mention.note], self.lang)
        return replace(
            self(actor), uncertain=bool(unsure), note=note.value if note else "", marked=end(actor) == chosen
        )


def read_plan(whole: Whole, head: PlanHead, name: Namer, choice: Choice) -> PlanView:
    shown = set(chosen(whole, choice))
    view = _Plan(whole, name, choice, shown)
    unsure = {(m, part.role, part.actor) for part in whole.parts if part.mention.unsure for m in part.measures}
    return PlanView(
        head=head,
        data=f"/plan/{name.to.path(head.iri)}",
        strategies=tuple(filter(None, map(view.strategy, whole.under(head.iri, "Strategy")))),
        all_strategies=len(whole.under(head.iri, "Strategy")),
        measures=len(whole.of_kind("Measure")),
        actors=len(whole.actors),
        uncertain=len(unsure),
        choice=choice,
        shown=len(shown),
        options=_options(whole, name, choice),
    )


class _Plan:
    """The parts of a plan that have something to show."""

    def __init__(self, whole: Whole, name: Namer, choice: Choice, shown: set[str]) -> None:
        self._whole, self._name, self._choice, self._shown = whole, name, choice, shown

    def strategy(self, iri: str) -> StrategyView | None:
        areas = tuple(filter(None, map(self._area, self._whole.under(iri, "FocusArea"))))
        if self._choice and not areas:
            return None
        return StrategyView(
            name=self._name(iri),
            anchor=end(iri),
            number=self._whole.elements[iri].number,
            areas=areas,
            measures=sum(len(item.measures) for area in areas for item in area.items),
        )

    def _area(self, iri: str) -> AreaView | None:
        items = tuple(filter(None, map(self._item, self._whole.under(iri, "PlanItem"))))
        listings = () if self._choice else tuple(map(self._name, self._whole.under(iri, "ArrangementListing")))
        return AreaView(name=self._name(iri), items=items, listings=listings) if items or listings else None

    def _item(self, iri: str) -> ItemView | None:
        measures = tuple(self._measure(m) for m in self._whole.under(iri, "Measure") if m in self._shown)
        return ItemView(name=self._name(iri), measures=measures) if measures else None

    def _measure(self, iri: str) -> MeasureView:
        parts = self._whole.parts_of_measure.get(iri, ())
        who = [[part for part in parts if part.role == role] for role in (RESPONSIBLE, PARTNER)]
        return MeasureView(
            name=self._name(iri),
            responsible=self._name.actors(who[0], self._choice.aktoer),
            partners=self._name.actors(who[1], self._choice.aktoer),
            jointly=any(part.jointly for part in parts),
        )


def _options(whole: Whole, name: Namer, choice: Choice) -> dict[str, tuple[Option, ...]]:
    """What can be chosen beside what is chosen; actors by their names."""
    found = {}
    told = counts(whole, choice)
    for key, values in possible(whole).items():
        options = [_option(value, name, told[key], getattr(choice, key)) for value in values]
        if key == "aktoer":
            options.sort(key=lambda option: alphabetical(option.text))
        found[key] = tuple(option for option in options if option.count or option.chosen)
    return found


def _option(value: str, name: Namer, told: Mapping[str, int], chosen: str) -> Option:
    known = name(value) if value in name.whole.labels else None
    return Option(
        value=end(value),
        text=known.text if known else "",
        language=known.language if known else "",
        count=told.get(end(value), 0),
        chosen=end(value) == chosen,
    )


def named(iri: str, labels: Iterable[Term], to: Addresses, lang: Lang) -> Name:
    label = best_label(labels, lang)
    text, language = (label.value, label.language) if label else (iri, "")
    return Name(text=text, language=language, address=to.page(iri, lang))
