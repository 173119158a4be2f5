"""A thing of a plan in; out what its page tells first: where it belongs, who, its rows of the source, the readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import FG
from fosen_graph.web.address import Addresses, in_language
from fosen_graph.web.pages.choosing import end
from fosen_graph.web.pages.names import Names, Value
from fosen_graph.web.pages.passages import Reading, RowView, code, codes_of, readings, row_views, source_page
from fosen_graph.web.pages.plan import Name, Namer
from fosen_graph.web.pages.whole import PARTNER, RESPONSIBLE, Cell, Mention, Part, Whole
from fosen_graph.web.rows import Row, rows

MOST_MENTIONS = 60  # that are shown of one thing
_KINDS = ("Strategy", "FocusArea", "PlanItem", "Measure", "ArrangementListing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An actor of a measure, and in how many other measures of the plan it is."""

    name: Name
    others: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """An actor below a strategy, a focus area or an item: in how many measures it has each role."""

    name: Name
    responsible: int
    partner: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    name: Name
    measures: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A measure that names an actor. plan: empty text where all are of one plan."""

    measure: Value
    role: Value
    plan: Value | None
    unsure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    crumbs: tuple[Name, ...] = ()
    measure: bool = False
    responsible: tuple[Held, ...] = ()
    partners: tuple[Held, ...] = ()
    jointly: bool = False
    branches: tuple[Branch, ...] = ()
    tallies: tuple[Tally, ...] = ()
    appearances: tuple[Appearance, ...] = ()
    columns: tuple[Value, ...] = ()  # of the table in the source
    rows: tuple[RowView, ...] = ()
    readings: tuple[Reading, ...] = ()
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was read about a thing, before it has names: `wanted` are the IRIs that `told` will need names for."""

    wanted: set[str]
    mentions: Sequence[Mention]
    roles: dict[str, str]
    cells: Sequence[Cell]
    bodies: frozenset[str]  # what the marked mentions name
    whole: Whole | None = None
    plans: dict[str, str] = field(default_factory=dict)  # mention to plan
    measures: Sequence[tuple[str, str, Mention]] = ()  # measure, role, mention
    headings: Mapping[int, str] = field(default_factory=dict)  # column to what it holds, as an IRI


def of_element(whole: Whole, iri: str) -> Known:
    """A strategy, focus area, item, measure or listing; costs no query beyond the plan."""
    parts = list(_parts_below(whole, iri)) if whole.elements[iri].kind == "Measure" else []
    mentions = [*whole.mentions_of.get(iri, ()), *(part.mention for part in parts)]
    mentions.sort(key=lambda mention: (mention.cell.line, mention.cell.column, mention.start))
    roles = {part.mention.iri: part.role for part in parts}
    lines = {mention.cell.line for mention in mentions}
    return Known(
        wanted=codes_of(mentions, roles) | {m.iri for m in mentions} | {m.thing for m in mentions} | _headings(whole),
        mentions=mentions,
        roles=roles,
        cells=[cell for cell in whole.cells if cell.line in lines],
        bodies=frozenset((iri, *(part.actor for part in parts))),
        whole=whole,
    )


def of_named(store: Store, iri: str) -> Known | None:
    """An actor, an arrangement, a decision, a document, a plan: one query. None where no source names it."""
    found = rows(store, "appearances", thing=iri)
    lines = {row["row"].value: int(row["line"].value) for row in found if "line" in row}
    cells: dict[str, Cell] = {}
    for row in found:
        if "raw" in row:
            cells[row["near"].value] = _near(row, lines.get(row["row"].value, 0))
    read = {row["mention"].value: row for row in found if "exact" in row}
    plans = {row["mention"].value: row["plan"].value for row in read.values()}
    mentions = sorted(
        (_mention(row, cells[row["cell"].value]) for row in read.values()),
        key=lambda m: (plans[m.iri], m.cell.line, m.cell.column, m.start),
    )[:MOST_MENTIONS]
    if not mentions:
        return None
    shown = {read[mention.iri]["row"].value for mention in mentions}
    roles = {row["mention"].value: end(row["role"].value) for row in found if "role" in row}
    by_iri = {mention.iri: mention for mention in mentions}
    measures = [
        (row["measure"].value, end(row["role"].value), by_iri[row["mention"].value])
        for row in found
        if "measure" in row and row["mention"].value in by_iri
    ]
    headings = _most(found)
    return Known(
        wanted=codes_of(mentions, roles)
        | {m.iri for m in mentions}
        | {m.thing for m in mentions}
        | {measure for measure, _, _ in measures}
        | set(plans.values())
        | set(headings.values()),
        mentions=mentions,
        roles=roles,
        cells=[
            cells[near]
            for near in dict.fromkeys(r["near"].value for r in found if "raw" in r and r["row"].value in shown)
        ],
        bodies=frozenset(m.thing for m in mentions),
        plans=plans,
        measures=measures,
        headings=headings,
    )


def told(known: Known, iri: str, names: Names, to: Addresses, lang: Lang) -> Story:
    if known.whole:
        return _of_element(known, known.whole, iri, names, to, lang)
    several = len(set(known.plans.values())) > 1
    columns = sorted({cell.column for cell in known.cells if cell.column})
    shown = tuple(
        row
        for plan in dict.fromkeys(known.plans[mention.iri] for mention in known.mentions)
        for row in row_views(
            [cell for cell in known.cells if cell.iri.startswith(f"{plan}/")],
            [mention for mention in known.mentions if known.plans[mention.iri] == plan],
            columns,
            source_page(plan, to, lang),
            lambda cell: to.page(cell, lang),
        )
    )
    return Story(
        appearances=tuple(
            Appearance(
                measure=names.of(measure),
                role=names.of(code("rolle", role)),
                plan=names.of(known.plans[mention.iri]) if several else None,
                unsure=mention.unsure,
            )
            for measure, role, mention in known.measures
        ),
        columns=tuple(_named(column, known.headings, names) for column in columns),
        rows=shown,
        readings=readings(known.mentions, known.roles, names),
        cut=len(known.mentions) >= MOST_MENTIONS,
    )


def _of_element(known: Known, whole: Whole, iri: str, names: Names, to: Addresses, lang: Lang) -> Story:
    name, element = Namer(whole, to, lang), whole.elements[iri]
    plan_page = in_language(f"/plan/{to.path(whole.iri)}", lang)
    plan = names.of(whole.iri)
    parts = list(_parts_below(whole, iri))
    measure = element.kind == "Measure"
    listed = {cell.column for cell in known.cells if cell.column}
    columns = [column for column in whole.columns if listed]
    return Story(
        crumbs=(Name(text=plan.text, language=plan.language, address=plan_page), *map(name, whole.above(iri))),
        measure=measure,
        responsible=_held(whole, name, parts, RESPONSIBLE, iri, plan_page) if measure else (),
        partners=_held(whole, name, parts, PARTNER, iri, plan_page) if measure else (),
        jointly=measure and any(part.jointly for part in parts),
        branches=tuple(_branches(whole, name, iri)),
        tallies=() if measure else _tallies(name, parts),
        columns=tuple(_heading(whole.columns[column], names) for column in columns),
        rows=row_views(
            known.cells, known.mentions, columns, source_page(whole.iri, to, lang), lambda cell: to.page(cell, lang)
        ),
        readings=readings(known.mentions, known.roles, names),
    )


def _parts_below(whole: Whole, iri: str) -> Iterable[Part]:
    """Of a measure, or of all measures that stand in an element; each once."""
    measures = {iri, *(m for m in whole.of_kind("Measure") if iri in whole.above(m))}
    return (part for part in whole.parts if measures & set(part.measures))


def _held(whole: Whole, name: Namer, parts: Sequence[Part], role: str, measure: str, page: str) -> tuple[Held, ...]:
    own = [part for part in parts if part.role == role]
    found = []
    for iri, actor in zip(dict.fromkeys(part.actor for part in own), name.actors(own), strict=True):
        others = {m for part in whole.parts_of_actor[iri] for m in part.measures} - {measure}
        found.append(Held(name=actor, others=len(others), address=f"{page}?aktoer={end(iri)}"))
    return tuple(found)


def _tallies(name: Namer, parts: Sequence[Part]) -> tuple[Tally, ...]:
    """Who has most to do comes first."""
    counts = {role: Counter(p.actor for p in parts if p.role == role for _ in p.measures) for role in _ROLES}
    actors = dict.fromkeys(part.actor for part in parts)
    order = sorted(actors, key=lambda actor: (-counts[RESPONSIBLE][actor], -counts[PARTNER][actor]))
    return tuple(
        Tally(name=name(actor), responsible=counts[RESPONSIBLE][actor], partner=counts[PARTNER][actor])
        for actor in order
    )


def _branches(whole: Whole, name: Namer, iri: str) -> Iterable[Branch]:
    for kind in _KINDS:
        for child in whole.under(iri, kind):
            branches = tuple(_branches(whole, name, child))
            own = sum(branch.measures for branch in branches)
            yield Branch(name=name(child), measures=own or int(kind == "Measure"), branches=branches)


def _headings(whole: Whole) -> set[str]:
    return {_of_column(name) for name in whole.columns.values()} | {whole.iri}


def _heading(column: str, names: Names) -> Value:
    return names.of(_of_column(column))


def _of_column(name: str) -> str:
    return code("rolle", name) if name in _ROLES else str(FG[name])


def _most(found: Iterable[Row]) -> dict[int, str]:
    """What stands most often in each column."""
    told = Counter((int(row["column"].value), row["heading"].value) for row in found if "heading" in row)
    return {column: heading for (column, heading), _ in reversed(told.most_common())}


def _named(column: int, headings: Mapping[int, str], names: Names) -> Value:
    """A column that nothing was read in has its number only."""
    if column in headings:
        return names.of(headings[column])
    return Value(text=names.column(column), language="", address="")


def _near(row: Row, line: int) -> Cell:
    column = int(row["column"].value) if "column" in row else 0
    return Cell(iri=row["near"].value, line=line, column=column, text=row["raw"].value, continues=0)


def _mention(row: Row, cell: Cell) -> Mention:
    iri = row["mention"].value
    start, _, stop = end(iri).partition("-")
    return Mention(
        iri=iri,
        cell=cell,
        start=int(start),
        end=int(stop),
        thing=row["body"].value,
        certainty=end(row["certainty"].value),
        status=end(row["status"].value),
        note=(row["note"],) if "note" in row else (),
    )


_ROLES = (RESPONSIBLE, PARTNER)
