"""What plan.yaml says and what the document says in; where each thing is named, and by which words, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import SKOS, Literal, URIRef
from rdflib.term import IdentifiedNode

from fosen_graph.facts import Facts
from fosen_graph.findings import Finding, Place, Words, violation
from fosen_graph.iris import CODES, EDITING, FG
from fosen_graph.laying import Span, find, lay, uncovered
from fosen_graph.source import Cell, Source

RESPONSIBLE, PARTNER = "ansvarlig", "samarbeidspartner"  # contents of a column, and codes of a role
LIKELY = URIRef(f"{CODES}sikkerhet/sannsynlig")
ROLES: Mapping[str, URIRef] = {RESPONSIBLE: FG.responsibleActor, PARTNER: FG.partnerActor}


@dataclass(frozen=True, slots=True)
class Level:
    """A kind of plan element: its class, what ties it to the level above, and the column that names it."""

    name: str
    type: URIRef
    parent: URIRef
    column: str | None  # None: any


STRATEGY = Level("strategi", FG.Strategy, FG.inPlan, None)
FOCUS_AREA = Level("innsatsområde", FG.FocusArea, FG.inStrategy, "innsatsområde")
PLAN_ITEM = Level("punkt", FG.PlanItem, FG.inFocusArea, "punkt")
MEASURE = Level("tiltak", FG.Measure, FG.inPlanItem, "tiltak")
LISTING = Level("oppføring", FG.ArrangementListing, FG.listedIn, "punkt")
LEVELS = (STRATEGY, FOCUS_AREA, PLAN_ITEM, MEASURE, LISTING)


@dataclass(frozen=True, slots=True)
class Element:
    """A plan element as plan.yaml has it. forms: the words that name it in the document, each with its place."""

    iri: URIRef
    level: Level
    parent: IdentifiedNode
    place: Place
    forms: tuple[tuple[str, Place], ...]
    lines: tuple[tuple[int, Place], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stretch of a cell read as the name of a thing. start, end: code points in the cell. place: of the YAML word."""

    cell: Cell
    start: int
    end: int
    separator: str
    body: URIRef
    place: Place
    certainty: URIRef | None = None  # None: certain
    note: Literal | None = None

    @property
    def text(self) -> str:
        return self.cell.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """A mention in an actor's column, and the measures of its row."""

    mention: Mention
    role: str
    measures: tuple[URIRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that follows from laying the plan's words over the document."""

    elements: tuple[Element, ...]
    mentions: tuple[Mention, ...]
    participations: tuple[Participation, ...]
    order: Mapping[URIRef, int]
    rows: Mapping[URIRef, int]  # measure -> line of its row
    continued: Mapping[int, int]  # line -> line of the row that it continues
    findings: tuple[Finding, ...]
    shadowed: frozenset[URIRef]  # things whose words do not fit


def read_plan_words(facts: Facts, actor_forms: Mapping[URIRef, Sequence[str]], names: Facts, source: Source) -> Reading:
    """
    Find every word of the document's table in the reviewed reading, and the other way round.

    facts: plan.yaml's statements. actor_forms: an actor's written forms. names: the region's statements, for the names
    of arrangements. Findings have the place of the word that is at fault, else of the cell.
    """
    reader = _Reader(facts, actor_forms, names, source)
    return reader.read()


class _Reader:
    def __init__(self, facts: Facts, actor_forms: Mapping[URIRef, Sequence[str]], names: Facts, source: Source) -> None:
        self.facts, self.actor_forms, self.names, self.source = facts, actor_forms, names, source
        self.findings: list[Finding] = []
        self.mentions: list[Mention] = []
        self.participations: list[Participation] = []
        self.covered: set[tuple[int, int | None]] = set()
        self.shadowed: set[URIRef] = set()

    def read(self) -> Reading:
        self.elements = [element for level in LEVELS for element in self._elements(level)]
        self.children: dict[IdentifiedNode, list[Element]] = defaultdict(list)
        for element in self.elements:
            self.children[element.parent].append(element)
        self._name_elements()
        continued = self._name_actors()
        self._title_block()
        self._leftovers()
        rows = {
            element.iri: element.lines[0][0] for element in self.elements if element.level is MEASURE and element.lines
        }
        return Reading(
            elements=tuple(self.elements),
            mentions=tuple(self.mentions),
            participations=tuple(self.participations),
            order=self._order(),
            rows=rows,
            continued=continued,
            findings=tuple(self.findings),
            shadowed=frozenset(self.shadowed),
        )

    def _elements(self, level: Level) -> Iterator[Element]:
        for subject, parent, place in self.facts.pairs(level.parent):
            if isinstance(subject, URIRef) and isinstance(parent, IdentifiedNode):
                lines = tuple((int(text), at) for text, at in self.facts.texts(subject, EDITING.line))
                yield Element(subject, level, parent, place, self._forms(subject, level), lines)

    def _forms(self, subject: URIRef, level: Level) -> tuple[tuple[str, Place], ...]:
        written = self.facts.texts(subject, FG.exactText)
        if written or level is not LISTING:
            return tuple(written or self.facts.texts(subject, SKOS.prefLabel))
        return tuple(
            (form, place)
            for arrangement, place in self.facts.things(subject, FG.listsArrangement)
            for form in written_forms(self.names, arrangement)
        )

    def _first_line(self, element: Element) -> tuple[int, Place] | None:
        if element.lines:
            return element.lines[0]
        lines = [line for child in self.children[element.iri] if (line := self._first_line(child))]
        return (min(lines)[0], element.place) if lines else None

    def _name_elements(self) -> None:
        expected: dict[tuple[int, int | None], list[_Named]] = defaultdict(list)
        for element in self.elements:
            first = self._first_line(element)
            if first is None:
                if element.level in (STRATEGY, MEASURE, LISTING):
                    self.findings.append(_no_line(element))
                continue
            for line, place in element.lines if element.level is MEASURE else (first,):
                column = self._column(element, line)
                if (line, column) in self.source.cells:
                    expected[line, column].append(_Named(element.iri, element.forms, line_place=place))
                elif line == first[0]:
                    self.findings.append(self._no_cell(element, line, place))
        for key, named in expected.items():
            self._name([self.source.cells[key]], named, named[-1].line_place or named[-1].forms[0][1])

    def _column(self, element: Element, line: int) -> int | None:
        """The column that holds an element's words: a strategy's heading may stand in any."""
        if element.level.column:
            return self.source.column_of(element.level.column)
        cells = [cell for (at, column), cell in self.source.cells.items() if at == line and column]
        holding = [cell for cell in cells if any(form in cell.text for form, _ in element.forms)]
        return next((cell.column for cell in [*holding, *cells]), None)

    def _name_actors(self) -> Mapping[int, int]:
        rows: dict[int, list[Element]] = defaultdict(list)
        continued: dict[int, int] = {}
        for element in self.elements:
            if element.level is MEASURE and element.lines:
                first = element.lines[0][0]
                rows[first].append(element)
                continued |= {line: first for line, _ in element.lines[1:]}
        for measures in rows.values():
            self._name_row(measures)
        return continued

    def _name_row(self, measures: list[Element]) -> None:
        lines = sorted({line for measure in measures for line, _ in measure.lines})
        before = len(self.mentions)
        for role, predicate in ROLES.items():
            column = self.source.column_of(role)
            cells = [self.source.cells[line, column] for line in lines if (line, column) in self.source.cells]
            cited = self._cited(measures, predicate)
            if cited is None or any(actor not in self.actor_forms for actor, _ in cited):
                self.covered |= {(cell.line, cell.column) for cell in cells}
                self.shadowed |= {measure.iri for measure in measures}
                continue
            named = [_Named(actor, tuple((form, place) for form in self.actor_forms[actor])) for actor, place in cited]
            start = len(self.mentions)
            self._name(cells, named, measures[0].place)
            about = tuple(measure.iri for measure in measures)
            if len(self.mentions) == start and (named or cells):
                self.shadowed |= set(about)
            self.participations += [
                Participation(mention=mention, role=role, measures=about) for mention in self.mentions[start:]
            ]
        self._doubts(measures, lines, before)

    def _cited(self, measures: list[Element], predicate: URIRef) -> list[tuple[URIRef, Place]] | None:
        """The actors of a row; None where they are told in a way that the row does not allow."""
        told: dict[URIRef, dict[URIRef, Place]] = {}
        for measure in measures:
            for actor, place in self.facts.things(measure.iri, predicate):
                actors = told.setdefault(measure.iri, {})
                if actor in actors:
                    self.findings.append(_cited_twice(actor, place))
                    return None
                actors[URIRef(actor)] = place
        lists = list(told.values())
        for other in lists[1:]:
            if set(other) != set(lists[0]):
                self.findings.append(_row_is_shared(next(iter(other.values()))))
                return None
        return list(lists[0].items()) if lists else []

    def _doubts(self, measures: list[Element], lines: list[int], before: int) -> None:
        """Certainty and reason for the mentions of a row's actors, and of the measures and levels beside them."""
        for measure in measures:
            for doubt, place in self.facts.things(measure.iri, EDITING.uncertain):
                words = self.facts.text(doubt, FG.exactText)
                hits = [
                    index
                    for index, mention in enumerate(self.mentions)
                    if mention.text == words and mention.cell.line in lines
                ]
                if not hits and len(self.mentions) > before:
                    self.findings.append(_doubt_without_words(words or "", place))
                certainty = self.facts.things(doubt, FG.certainty)
                for index in hits:
                    self.mentions[index] = replace(
                        self.mentions[index],
                        certainty=URIRef(certainty[0][0]) if certainty else LIKELY,
                        note=next(
                            (
                                value
                                for value, _ in self.facts.values(doubt, SKOS.editorialNote)
                                if isinstance(value, Literal)
                            ),
                            None,
                        ),
                    )

    def _name(self, cells: list[Cell], named: list[_Named], fallback: Place) -> None:
        """Lay the forms of what is named here over the cells, or tell what does not fit."""
        self.covered |= {(cell.line, cell.column) for cell in cells}
        by_form = {form: (thing, place) for thing in named for form, place in thing.forms}
        laid = [(cell, lay(cell.text, by_form)) for cell in cells]
        used = {span.form.rstrip() for _, spans in laid for span in spans or ()}
        idle = [thing for thing in named if not any(form in used for form, _ in thing.forms)]
        absent = [
            thing
            for thing in idle
            if not any(find(cell.text, form) is not None for cell in cells for form, _ in thing.forms)
        ]
        if absent or any(spans is None for _, spans in laid) or idle:
            self._misfits(cells, named, absent, fallback)
            self.shadowed |= {thing.iri for thing in named}
            return
        for cell, spans in laid:
            for span in spans or ():
                body, place = by_form[span.form] if span.form in by_form else by_form[span.form.rstrip()]
                self.mentions.append(_mention(cell, span, body.iri, place))

    def _misfits(self, cells: list[Cell], named: list[_Named], absent: list[_Named], fallback: Place) -> None:
        texts = [cell.text for cell in cells]
        where = self._where(cells)
        for thing in absent:
            form, place = thing.forms[0]
            other = self._elsewhere(cells, form) if thing.line_place else None
            rest = uncovered(" ".join(texts), [form for thing in named for form, _ in thing.forms])
            if other and thing.line_place:
                self.findings.append(_on_another_line(form, other, thing.line_place))
            else:
                self.findings.append(_not_in_cell(form, texts, where, place, self._guess(rest, thing)))
        if not absent:
            rest = uncovered(" ".join(texts), [form for thing in named for form, _ in thing.forms])
            self.findings.append(_not_covered(rest, where, fallback, self._guess(rest, None)))

    def _where(self, cells: list[Cell]) -> str:
        lines = ", ".join(str(cell.line) for cell in cells)
        return f"{lines} ({self.source.title_of(cells[0].column)})" if cells else ""

    def _elsewhere(self, cells: list[Cell], form: str) -> int | None:
        """Another line whose cell in the same column holds the words."""
        column = cells[0].column if cells else None
        lines = [
            cell.line
            for cell in self.source.table_cells()
            if cell.column == column and find(cell.text, form) is not None
        ]
        return lines[0] if len(lines) == 1 else None

    def _guess(self, rest: str, thing: _Named | None) -> str | None:
        """The id of an actor whose words stand in what is not covered."""
        if thing is not None and thing.line_place:
            return None
        found = [
            (len(form), actor)
            for actor, forms in self.actor_forms.items()
            for form in forms
            if find(rest, form) is not None
        ]
        return str(max(found)[1]).rpartition("/")[2] if found else None

    def _no_cell(self, element: Element, line: int, place: Place) -> Finding:
        for form, _ in element.forms:
            column = self.source.column_of(element.level.column or "")
            lines = [
                cell.line
                for cell in self.source.table_cells()
                if column in (None, cell.column) and find(cell.text, form) is not None
            ]
            if len(lines) == 1:
                return _on_another_line(form, lines[0], place)
        return _empty_cell(line, self.source.title_of(self.source.column_of(element.level.column or "")), place)

    def _title_block(self) -> None:
        spans: dict[Cell, list[tuple[int, str, URIRef, Place]]] = defaultdict(list)
        for subject, node, place in self.facts.pairs(EDITING.mentioned):
            line = self.facts.number(node, EDITING.line) if isinstance(node, IdentifiedNode) else None
            words = self.facts.value(node, FG.exactText) if isinstance(node, IdentifiedNode) else None
            if line is None or words is None or not isinstance(subject, URIRef):
                self.findings.append(_half_a_mention(place))
                continue
            form, at = str(words[0]), words[1]
            cell = self.source.cells.get((line, None))
            start = find(cell.text, form) if cell else None
            if cell is None or start is None:
                self.findings.append(_not_in_cell(form, [cell.text] if cell else [], str(line), at, None))
            else:
                spans[cell].append((start, form, subject, at))
        for cell, found in spans.items():
            end = 0
            for start, form, subject, at in sorted(found):
                separator = cell.text[end:start]
                span = Span(start, start + len(form), form, separator)
                self.mentions.append(_mention(cell, span, subject, at))
                end = span.end

    def _leftovers(self) -> None:
        """Cells of the table that nothing in plan.yaml accounts for: one finding a row."""
        rows: dict[int, list[Cell]] = defaultdict(list)
        for key, cell in self.source.cells.items():
            if cell.column and key not in self.covered:
                rows[cell.line].append(cell)
        for cells in rows.values():
            self.findings.append(_not_read(cells, self.source.place(cells[0])))

    def _order(self) -> Mapping[URIRef, int]:
        """Place among siblings, by where the document names them."""
        at: dict[URIRef, int] = {}
        for mention in self.mentions:
            at.setdefault(mention.body, mention.cell.start + mention.start)
        order: dict[URIRef, int] = {}
        for children in self.children.values():
            ranked = sorted(children, key=lambda child: (at.get(child.iri, len(self.source.text)), child.iri))
            order |= {child.iri: number for number, child in enumerate(ranked, 1)}
        return order


@dataclass(frozen=True, slots=True)
class _Named:
    """A thing that some cells should name. line_place: of the «linje» that says so; None for an actor."""

    iri: URIRef
    forms: tuple[tuple[str, Place], ...]
    line_place: Place | None = None


def written_forms(facts: Facts, thing: IdentifiedNode) -> list[str]:
    """How the document writes a name: «skrevet» where it is given, beside the name itself."""
    written = [text for text, _ in facts.texts(thing, SKOS.altLabel)]
    return written + [text for text, _ in facts.texts(thing, SKOS.prefLabel)]


def _mention(cell: Cell, span: Span, body: URIRef, place: Place) -> Mention:
    return Mention(cell=cell, start=span.start, end=span.end, separator=span.separator, body=body, place=place)


def _no_line(element: Element) -> Finding:
    what = Words(nb=f"{element.level.name} uten «linje».", en="no “linje” says where this stands.")
    remedy = Words(nb="Skriv linjen i kilde.txt: «linje: 24».", en="Write the line of kilde.txt: “linje: 24”.")
    return violation(element.place, "no-line", what, remedy)


def _empty_cell(line: int, title: str, place: Place) -> Finding:
    what = Words(
        nb=f"linje {line} av kilden har ingen tekst under {title}.",
        en=f"line {line} of the source has no text under {title}.",
    )
    return violation(place, "no-cell", what, Words(nb="Rett linjenummeret.", en="Mend the line number."))


def _on_another_line(form: str, line: int, place: Place) -> Finding:
    what = Words(nb=f"«{form}» står ikke i denne linjen av kilden.", en=f"“{form}” is not on this line of the source.")
    return violation(place, "wrong-line", what, Words(nb=f"mente du linje {line}?", en=f"did you mean line {line}?"))


def _not_in_cell(form: str, texts: list[str], where: str, place: Place, guess: str | None) -> Finding:
    there = " ".join(texts)
    nb, en = (f"der står «{there}»", f"there stands “{there}”") if there else ("der er ingen tekst", "there is no text")
    what = Words(
        nb=f"«{form}» står ikke i linje {where} av kilden; {nb}.",
        en=f"“{form}” is not on line {where} of the source; {en}.",
    )
    if guess:
        remedy = Words(nb=f"mente du «{guess}»?", en=f"did you mean “{guess}”?")
    else:
        remedy = Words(
            nb="Skriv ordene som i kilden, eller legg kildens ord til som «ordlyd» (på en aktør: «skrevet»).",
            en="Write the words as in the source, or add the source's words as “ordlyd” (on an actor: “skrevet”).",
        )
    return violation(place, "not-in-source", what, remedy)


def _not_covered(rest: str, where: str, place: Place, guess: str | None) -> Finding:
    what = Words(
        nb=f"«{rest}» i linje {where} av kilden er ikke lest.",
        en=f"“{rest}” on line {where} of the source is not read.",
    )
    if guess:
        remedy = Words(nb=f"Legg til «{guess}».", en=f"Add “{guess}”.")
    else:
        remedy = Words(nb="Legg til det som mangler, eller rett ordene.", en="Add what is missing, or mend the words.")
    return violation(place, "not-read", what, remedy)


def _not_read(cells: list[Cell], place: Place) -> Finding:
    words = " | ".join(f"«{cell.text}»" for cell in cells)
    what = Words(nb=f"{words} er ikke lest av noe i plan.yaml.", en=f"{words} is not read by anything in plan.yaml.")
    remedy = Words(
        nb=f"Legg det til i plan.yaml med «linje: {cells[0].line}».",
        en=f"Add it to plan.yaml with “linje: {cells[0].line}”.",
    )
    return violation(place, "not-read", what, remedy)


def _cited_twice(actor: IdentifiedNode, place: Place) -> Finding:
    slug = actor.rpartition("/")[2]
    what = Words(nb=f"«{slug}» står to ganger.", en=f"“{slug}” stands twice.")
    return violation(
        place,
        "cited-twice",
        what,
        Words(
            nb="Slett den ene, eller rett den til den som mangler.",
            en="Delete one, or mend it to the one that is missing.",
        ),
    )


def _row_is_shared(place: Place) -> Finding:
    what = Words(
        nb="raden har flere tiltak, og kilden sier ikke hvem som hører til hvilket.",
        en="the row has several measures, and the source does not say who belongs to which.",
    )
    remedy = Words(
        nb="Skriv aktørene bare på radens første tiltak; de gjelder alle.",
        en="Write the actors on the row's first measure only; they hold for all.",
    )
    return violation(place, "row-is-shared", what, remedy)


def _doubt_without_words(words: str, place: Place) -> Finding:
    what = Words(nb=f"«{words}» er ikke lest som noe i raden.", en=f"“{words}” is not read as anything in the row.")
    return violation(
        place,
        "doubt-without-words",
        what,
        Words(nb="Skriv ordene nøyaktig som i kilden.", en="Write the words exactly as in the source."),
    )


def _half_a_mention(place: Place) -> Finding:
    what = Words(nb="«omtalt» mangler linje eller ordlyd.", en="“omtalt” lacks linje or ordlyd.")
    return violation(
        place, "half-a-mention", what, Words(nb="Skriv «{linje: 14, ordlyd: …}».", en="Write “{linje: 14, ordlyd: …}”.")
    )
