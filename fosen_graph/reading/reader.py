"""What plan.yaml says and what the document says in; where each thing is named, and by which words, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace

from rdflib import SKOS, Literal, URIRef
from rdflib.term import IdentifiedNode

from fosen_graph.findings import Place
from fosen_graph.iris import EDITING, FG
from fosen_graph.reading import misreadings
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.laying import find, lay
from fosen_graph.reading.naming import Named, Naming, written_forms
from fosen_graph.reading.plan_words import (
    FOCUS_AREA,
    LEVELS,
    LIKELY,
    LISTING,
    MEASURE,
    NEED_A_LINE,
    PLAN_ITEM,
    ROLES,
    STRATEGY,
    Element,
    Level,
    Mention,
    Participation,
    Reading,
)
from fosen_graph.reading.source import Cell, Source
from fosen_graph.reading.title import read_title

_CONTENTS = {*(level.column for level in LEVELS), *ROLES}
_TOLD_AGAIN = (STRATEGY, FOCUS_AREA, PLAN_ITEM)


def read_plan_words(facts: Facts, names: Facts, source: Source) -> Reading:
    """
    Find every word of the document's table in the reviewed reading, and the other way round.

    facts: plan.yaml's statements. names: the region's, for the written forms of actors and arrangements.
    Findings have the place of the word that is at fault, else of the cell.
    """
    return _Reader(facts, names, source).read()


class _Reader:
    def __init__(self, facts: Facts, names: Facts, source: Source) -> None:
        self.facts, self.names, self.source = facts, names, source
        self.actor_forms = written_forms(names, EDITING.actor)
        self.arrangement_forms = written_forms(names, EDITING.arrangement)
        self.remarks = {text: remark for told in (facts, names) for text, remark in told.remarks()}
        self.naming = Naming(source, self.remarks)
        self.participations: list[Participation] = []
        self.columns_missed: set[str] = set()
        self.columns = {content for content in _CONTENTS if source.column_of(content)}
        self.broken: set[int] = set()  # lines where a row cannot go on

    def read(self) -> Reading:
        self.elements = [self._on_its_line(element) for level in LEVELS for element in self._elements(level)]
        self.children: dict[IdentifiedNode, list[Element]] = defaultdict(list)
        for element in self.elements:
            self.children[element.parent].append(element)
        self.lineless = {element.iri for element in self.elements if self._lineless(element)}
        self._name_elements()
        continued = self._name_actors()
        title = read_title(self.facts, self.source, self.remarks)
        self.naming.mentions += title.mentions
        self.naming.findings += title.findings
        self.naming.tell_misspelt()
        if self.lineless:
            self.naming.tell_strays({})
        else:
            self._leftovers()
        rows = {
            element.iri: element.lines[0][0] for element in self.elements if element.level is MEASURE and element.lines
        }
        return Reading(
            elements=tuple(self.elements),
            mentions=tuple(self.naming.mentions),
            participations=tuple(self.participations),
            order=self._order(),
            rows=rows,
            continued=continued,
            findings=tuple(self.naming.findings),
            shadowed=frozenset(self.naming.shadowed | title.shadowed),
        )

    def _elements(self, level: Level) -> Iterator[Element]:
        for subject, parent, place in self.facts.pairs(level.parent):
            if isinstance(subject, URIRef) and isinstance(parent, IdentifiedNode):
                lines = tuple(sorted((int(text), at) for text, at in self.facts.texts(subject, EDITING.line)))
                yield Element(subject, level, parent, place, self._forms(subject, level), lines)

    def _forms(self, subject: URIRef, level: Level) -> tuple[tuple[str, Place], ...]:
        written = self.facts.texts(subject, FG.exactText)
        if written or level is not LISTING:
            return tuple(written or self.facts.texts(subject, SKOS.prefLabel))
        return tuple(
            (form, place)
            for arrangement, place in self.facts.things(subject, FG.listsArrangement)
            for form, _ in self.arrangement_forms.get(arrangement, ())
        )

    def _on_its_line(self, element: Element) -> Element:
        """An element whose words are not on its line but on one other: told, and read there."""
        if not element.lines or self._wordless(element.level):
            return element
        line, place = element.lines[0]
        other = self._other_line(element, line)
        if other is None:
            return element
        self.naming.findings.append(misreadings.on_another_line(element.forms[0][0], other, place))
        return replace(element, lines=((other, place), *element.lines[1:]))

    def _other_line(self, element: Element, line: int) -> int | None:
        """The one line of the table that has an element's words, where this one does not have them."""
        forms = [form for form, _ in element.forms]
        if (cell := self.source.cells.get((line, self._column(element, line)))) and _names(cell, forms):
            return None
        column = self.source.column_of(element.level.column)
        cells = [cell for cell in self.source.table_cells() if column in (None, cell.column)]
        lines = {cell.line for cell in cells if _names(cell, forms)}
        return lines.pop() if len(lines) == 1 and line not in lines else None

    def _lineless(self, element: Element) -> bool:
        """True where a «linje» is missing, in the element or below it, so that its place cannot be told."""
        if element.lines:
            return False
        return self._needs_a_line(element.level) or any(self._lineless(child) for child in self.children[element.iri])

    def _needs_a_line(self, level: Level) -> bool:
        heading = level is STRATEGY and STRATEGY.column not in self.columns and not self._wordless(level)
        return level in NEED_A_LINE or heading

    def _wordless(self, level: Level) -> bool:
        """True for a level that the source has no words for: its elements are assumed."""
        if level is STRATEGY and self.source.layout.heading:
            return False
        return level.column not in self.columns

    def _first_line(self, element: Element) -> tuple[int, Place] | None:
        if element.lines:
            return element.lines[0]
        lines = [line for child in self.children[element.iri] if (line := self._first_line(child))]
        return (min(lines)[0], element.place) if lines else None

    def _name_elements(self) -> None:
        expected: dict[tuple[int, int | None], list[Named]] = defaultdict(list)
        nameless: set[tuple[int, int | None]] = set()
        for element in self.elements:
            if self._assumed(element):
                continue
            first = self._first_line(element)
            if element.iri in self.lineless or first is None:
                self.naming.shadowed.add(element.iri)
                if self._needs_a_line(element.level):
                    self.naming.findings.append(misreadings.no_line(element.level.name, element.place))
                continue
            if not element.lines and (other := self._other_line(element, first[0])):
                self.naming.shadowed.add(element.iri)
                self.naming.covered.add((other, self._column(element, other)))
                self.naming.findings.append(misreadings.displaced(element.forms[0][0], other, first[0], element.place))
                continue
            for line, place in dict(element.lines).items() if element.level is MEASURE else (first,):
                key = line, self._column(element, line)
                if not element.forms:
                    self.naming.covered.add(key)
                    nameless.add(key)
                elif key in self.source.cells:
                    expected[key].append(self._element(element, place))
                elif line == first[0]:
                    self.naming.misplaced.add(element.iri)
                    self.naming.shadowed.add(element.iri)
                    self.naming.findings.append(misreadings.empty_cell(line, self._title(*key), place))
            if not element.forms:
                self._nameless(element)
        for key, named in expected.items():
            kin = self.arrangement_forms if named[-1].home else {}
            known = not self.lineless and key not in nameless
            fallback = named[-1].line_place or named[-1].place if known else None
            self.naming.name([self.source.cells[key]], named, fallback, kin)
        if not self.lineless:
            self._name_again(expected.keys())

    def _assumed(self, element: Element) -> bool:
        """True for an element of a level without words; that it claims some is told."""
        told = [*element.lines, *((0, place) for _, place in self.facts.texts(element.iri, FG.exactText))]
        if not self._wordless(element.level):
            return False
        if element.level is STRATEGY and element.lines:  # a heading, of a form that nobody told
            return False
        if told or element.level in NEED_A_LINE:
            self.naming.shadowed.add(element.iri)
            self._tell_no_column(element.level.column, told[0][1] if told else element.place)
        return True

    def _tell_no_column(self, content: str, place: Place) -> None:
        """Once for all that would stand there."""
        if content not in self.columns_missed:
            self.columns_missed.add(content)
            self.naming.findings.append(misreadings.no_column(content, place))

    def _name_again(self, named: Container[tuple[int, int | None]]) -> None:
        """Levels whose words are told again in the rows of their measures; named: cells that name something first."""
        for element in self.elements:
            column = self.source.column_of(element.level.column)
            if element.level not in _TOLD_AGAIN or column is None or not element.forms:
                continue
            for line, place in self._lines_below(element):
                cell = self.source.cells.get((line, column))
                if cell is None or (line, column) in named or (line, column) in self.naming.covered:
                    continue
                self._name_cell_again(cell, element, place)

    def _name_cell_again(self, cell: Cell, element: Element, place: Place) -> None:
        forms = dict(element.forms)
        spans = lay(cell.text, forms)
        self.naming.covered.add((cell.line, cell.column))
        if spans is not None:
            self.naming.mentions += [Mention.of(cell, span, element.iri, forms[span.form]) for span in spans]
            return
        others = [e for e in self.elements if e.level is element.level and lay(cell.text, dict(e.forms))]
        guess = others[0].iri.rpartition("/")[2] if others else None
        where = f"{cell.line} ({self.source.title_of(cell.column)})"
        self.naming.findings.append(misreadings.other_above(element.forms[0][0], cell.text, where, place, guess))

    def _lines_below(self, element: Element) -> Iterator[tuple[int, Place]]:
        for child in self.children[element.iri]:
            yield from child.lines
            yield from self._lines_below(child)

    def _nameless(self, element: Element) -> None:
        """A listing of an arrangement that is not known, or that has no name, is told where that is."""
        self.naming.shadowed.add(element.iri)
        if element.level is not LISTING:
            self.naming.findings.append(misreadings.no_name(element.level.name, "navn", element.place))
        elif not self.facts.values(element.iri, FG.listsArrangement):
            self.naming.findings.append(misreadings.no_name(element.level.name, "ordning", element.place))

    def _column(self, element: Element, line: int) -> int | None:
        """The column that holds an element's words: a strategy's heading may stand in any."""
        if element.level.column in self.columns or element.level is not STRATEGY:
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
        goes_on = {line: first for line, first in continued.items() if self._goes_on(line, first, rows)}
        self.broken = continued.keys() - goes_on.keys()
        for measures in rows.values():
            if known := [measure for measure in measures if measure.iri not in self.naming.misplaced]:
                self._name_row(known)
        return goes_on

    def _goes_on(self, line: int, first: int, rows: Mapping[int, list[Element]]) -> bool:
        """False, and told, where a row cannot go on: outside the table, before its beginning or in another's row."""
        if first < line and line not in rows and line in self.source.table_rows:
            return True
        places = [place for element in rows[first] for number, place in element.lines[1:] if number == line]
        self.naming.findings += [misreadings.no_row(line, place) for place in places]
        return False

    def _name_row(self, measures: list[Element]) -> None:
        lines = sorted({line for measure in measures for line, _ in measure.lines})
        before = len(self.naming.mentions)
        for role, predicate in ROLES.items():
            column = self.source.column_of(role)
            if column is None:
                self._no_role_column(measures, role, predicate)
                continue
            cells = [self.source.cells[line, column] for line in lines if (line, column) in self.source.cells]
            cited = self._cited(measures, predicate)
            unknown = any(not self.actor_forms.get(actor) for actor, _ in cited or ())
            if cited is None or unknown or self.broken.intersection(lines):
                self.naming.covered |= {(cell.line, cell.column) for cell in cells}
                self.naming.shadowed |= {measure.iri for measure in measures}
                continue
            named = [self._actor(actor, place) for actor, place in cited]
            start = len(self.naming.mentions)
            self.naming.name(cells, named, named[-1].place if named else measures[0].place, self.actor_forms)
            about = tuple(measure.iri for measure in measures)
            if len(self.naming.mentions) == start and (named or cells):
                self.naming.shadowed |= set(about)
            self.participations += [
                Participation(mention=mention, role=role, measures=about) for mention in self.naming.mentions[start:]
            ]
        self._doubts(measures, lines, before)

    def _no_role_column(self, measures: list[Element], role: str, predicate: URIRef) -> None:
        """Actors in a role that the table has no column for: told once."""
        told = [place for measure in measures for _, place in self.facts.things(measure.iri, predicate)]
        if told:
            self.naming.shadowed |= {measure.iri for measure in measures}
            self._tell_no_column(role, told[0])

    def _actor(self, actor: URIRef, place: Place) -> Named:
        forms = self.actor_forms[actor]
        return Named(actor, tuple(form for form, _ in forms), place, home=forms[0][1])

    def _element(self, element: Element, line_place: Place) -> Named:
        forms = tuple(form for form, _ in element.forms)
        return Named(element.iri, forms, element.forms[0][1], line_place, self._home(element))

    def _home(self, element: Element) -> Place | None:
        """Where the words of a listing stand: at its arrangement's name."""
        if self.facts.values(element.iri, FG.exactText):
            return None
        listed = [thing for thing, _ in self.facts.things(element.iri, FG.listsArrangement)]
        return next((place for thing in listed for _, place in self.arrangement_forms.get(thing, ())), None)

    def _cited(self, measures: list[Element], predicate: URIRef) -> list[tuple[URIRef, Place]] | None:
        """The actors of a row; None where they are told in a way that the row does not allow."""
        told: dict[URIRef, dict[URIRef, Place]] = {}
        for measure in measures:
            for actor, place in self.facts.things(measure.iri, predicate):
                actors = told.setdefault(measure.iri, {})
                if actor in actors:
                    self.naming.findings.append(misreadings.cited_twice(actor, place))
                    return None
                actors[URIRef(actor)] = place
        lists = list(told.values())
        for other in lists[1:]:
            if set(other) != set(lists[0]):
                self.naming.findings.append(misreadings.row_is_shared(next(iter(other.values()))))
                return None
        return list(lists[0].items()) if lists else []

    def _doubts(self, measures: list[Element], lines: list[int], before: int) -> None:
        """Certainty and reason for the mentions of a row's actors, and of the measures and levels beside them."""
        for measure in measures:
            for doubt, place in self.facts.things(measure.iri, EDITING.uncertain):
                words = self.facts.text(doubt, FG.exactText) or ""
                hits = [at for at, mention in enumerate(self.naming.mentions) if mention.says(words, lines)]
                if not hits and len(self.naming.mentions) > before:
                    self.naming.findings.append(misreadings.doubt_without_words(words, place))
                certainty = self.facts.things(doubt, FG.certainty)
                notes = [value for value, _ in self.facts.values(doubt, SKOS.editorialNote)]
                note = next((value for value in notes if isinstance(value, Literal)), None)
                grade = URIRef(certainty[0][0]) if certainty else LIKELY
                for at in hits:
                    self.naming.mentions[at] = replace(self.naming.mentions[at], certainty=grade, note=note)

    def _title(self, line: int, column: int | None) -> str:
        return self.source.title_of(column) if line in self.source.table_rows else ""

    def _leftovers(self) -> None:
        """Cells of the table that nothing in plan.yaml accounts for: one finding a row."""
        rows: dict[int, list[Cell]] = defaultdict(list)
        for key, cell in self.source.cells.items():
            if cell.column and key not in self.naming.covered:
                rows[cell.line].append(cell)
        self.naming.tell_strays(rows)
        for cells in rows.values():
            self.naming.findings.append(misreadings.not_read(cells, self.source.place(cells[0])))

    def _order(self) -> Mapping[URIRef, int]:
        """Place among siblings, by where the document names them."""
        at: dict[URIRef, int] = {}
        for mention in self.naming.mentions:
            at.setdefault(mention.body, mention.cell.start + mention.start)
        for element in reversed(self.elements):  # what has no words stands where its first child does
            below = [at[child.iri] for child in self.children[element.iri] if child.iri in at]
            if element.iri not in at and below:
                at[element.iri] = min(below)
        order: dict[URIRef, int] = {}
        for children in self.children.values():
            ranked = sorted(children, key=lambda child: (at.get(child.iri, len(self.source.text)), child.iri))
            order |= {child.iri: number for number, child in enumerate(ranked, 1)}
        return order


def _names(cell: Cell, forms: Iterable[str]) -> bool:
    return any(find(cell.text, form) is not None for form in forms)
