"""Things that cells should name in; the stretches that name them, or what does not fit and where, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdflib import SKOS, URIRef
from rdflib.term import IdentifiedNode

from fosen_graph.findings import Finding, Place
from fosen_graph.reading import misreadings
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.laying import find, lay, same_letters, uncovered
from fosen_graph.reading.plan_words import Mention
from fosen_graph.reading.source import Cell, Source
from fosen_graph.reading.title import Remarks, cut_short

Forms = Mapping[IdentifiedNode, Sequence[tuple[str, Place]]]


@dataclass(frozen=True, slots=True)
class Named:
    """
    A thing that some cells should name. forms: how its name is written. place: where plan.yaml says that it is here.

    line_place: of the «linje» that says so; None for an actor. home: where the name stands, if in another file.
    """

    iri: URIRef
    forms: tuple[str, ...]
    place: Place
    line_place: Place | None = None
    home: Place | None = None


@dataclass(frozen=True, slots=True)
class _Guess:
    """What may have been meant. exact: the words that nothing names are its name."""

    slug: str
    exact: bool


@dataclass(frozen=True, slots=True)
class _Miss:
    """A thing that some cells should name and do not."""

    thing: Named
    cells: list[Cell]
    rest: str  # what is left of the cells when all that is named is taken out
    guess: _Guess | None


class Naming:
    """
    What is found while the names of a plan are laid over its cells.

    covered: cells that are accounted for. shadowed: things whose words do not fit. misplaced: plan elements whose row
    is not known, since it names another.
    """

    def __init__(self, source: Source, remarks: Remarks) -> None:
        self.source, self.remarks = source, remarks
        self.findings: list[Finding] = []
        self.mentions: list[Mention] = []
        self.covered: set[tuple[int, int | None]] = set()
        self.shadowed: set[URIRef] = set()
        self.misplaced: set[URIRef] = set()
        self._strays: list[_Miss] = []
        self._unfound: dict[URIRef, list[_Miss]] = defaultdict(list)

    def name(self, cells: list[Cell], named: list[Named], fallback: Place | None, kin: Forms) -> None:
        """
        Lay the forms of what is named here over the cells, or tell what does not fit.

        fallback: the place of a finding about words that nothing names; None where something told already may name
        them. kin: what else could be meant.
        """
        self.covered |= {(cell.line, cell.column) for cell in cells}
        by_form: dict[str, Named] = {}
        for thing in named:
            for form in thing.forms:
                if (other := by_form.setdefault(form, thing)) is not thing:
                    slug = other.iri.rpartition("/")[2]
                    self.findings.append(misreadings.same_words(form, slug, thing.place))
                    self.shadowed |= {thing.iri for thing in named}
                    return
        laid = [(cell, lay(cell.text, by_form)) for cell in cells]
        used = {span.form for _, spans in laid for span in spans or ()}
        idle = [thing for thing in named if used.isdisjoint(thing.forms)]
        if idle or any(spans is None for _, spans in laid):
            self._misfits(cells, named, idle, fallback, kin)
            self.shadowed |= {thing.iri for thing in named}
            return
        for cell, spans in laid:
            for span in spans or ():
                body = by_form[span.form]
                self.mentions.append(Mention.of(cell, span, body.iri, body.place))

    def _misfits(
        self, cells: list[Cell], named: list[Named], idle: list[Named], fallback: Place | None, kin: Forms
    ) -> None:
        """Tell what is not in the cells; where all of it is, what in the cells is not told."""
        texts = [cell.text for cell in cells]
        where = self._where(cells)
        forms = [form for thing in named for form in thing.forms]
        if cut := [finding for text in texts for finding in cut_short(text, forms, self.remarks, fits=False)]:
            self.findings += cut
            return
        rest = uncovered(" ".join(texts), forms)
        absent = [thing for thing in idle if all(find(text, form) is None for text in texts for form in thing.forms)]
        for thing in absent:
            if len(absent) < len(named) and not rest:
                self.misplaced.add(thing.iri)
            miss = _Miss(thing, cells, rest, _guess(rest, kin))
            if thing.home and rest and not (miss.guess and miss.guess.exact):
                self._unfound[thing.iri].append(miss)
            else:
                self._tell(miss)
        if not absent and fallback:
            words = rest or " ".join(texts)
            guess = _guess(rest, kin)
            self.findings.append(misreadings.not_covered(words, where, fallback, guess.slug if guess else None))

    def _tell(self, miss: _Miss) -> None:
        form, place = miss.thing.forms[0], miss.thing.place
        if miss.cells and not miss.rest:
            self._strays.append(miss)
            return
        texts = [cell.text for cell in miss.cells]
        guess = miss.guess.slug if miss.guess else None
        where, actor = self._where(miss.cells), miss.thing.home is not None
        self.findings.append(misreadings.not_in_cell(form, texts, where, place, guess, actor=actor))

    def tell_strays(self, left_over: dict[int, list[Cell]]) -> None:
        """
        Things that nothing in their cells is left for: told at each, or once where a row that is left over has them.

        left_over: cells that nothing accounts for, by line; the rows that are told here are taken out.
        """
        for line, cells in sorted(left_over.items()):
            text = " ".join(cell.text for cell in cells)
            going_on = [miss for miss in self._strays if self._goes_on(miss, cells)]
            if going_on and not uncovered(text, [form for miss in going_on for form in miss.thing.forms]):
                first = going_on[0]
                lines = [*sorted({cell.line for cell in first.cells}), line]
                self.findings.append(misreadings.row_goes_on(first.thing.forms[0], lines, first.thing.place))
                self._strays = [miss for miss in self._strays if miss not in going_on]
                del left_over[line]
        for miss in self._strays:
            where = self._where(miss.cells)
            self.findings.append(misreadings.too_much(miss.thing.forms[0], where, miss.thing.place))

    def _goes_on(self, miss: _Miss, cells: list[Cell]) -> bool:
        """True where cells further down have a thing that should stand in other cells of their column."""
        below = [cell for cell in cells if cell.column == miss.cells[0].column and cell.line > miss.cells[-1].line]
        return any(find(cell.text, form) is not None for cell in below for form in miss.thing.forms)

    def tell_misspelt(self) -> None:
        """Actors and arrangements that no row has by the words of their name: told once, at the name."""
        found = {mention.body for mention in self.mentions}
        for iri, misses in self._unfound.items():
            thing = misses[0].thing
            if thing.home is None or iri in found:
                for miss in misses:
                    self._tell(miss)
                continue
            where = self._where([cell for miss in misses for cell in miss.cells])
            self.findings.append(misreadings.misspelt(thing.forms[0], misses[0].cells, where, thing.home))

    def _where(self, cells: list[Cell]) -> str:
        lines = ", ".join(str(line) for line in sorted({cell.line for cell in cells}))
        return f"{lines} ({self.source.title_of(cells[0].column)})" if cells else ""


def written_forms(facts: Facts, predicate: URIRef) -> Forms:
    """How the document writes the name of each thing of a kind: «skrevet» where it is given, beside the name itself."""
    return {
        thing: [*facts.texts(thing, SKOS.altLabel), *facts.texts(thing, SKOS.prefLabel)]
        for thing, _ in facts.listed(predicate)
    }


def _guess(rest: str, kin: Forms) -> _Guess | None:
    """The thing whose words stand in what is not covered."""
    found = [
        (len(form), thing, form) for thing, forms in kin.items() for form, _ in forms if find(rest, form) is not None
    ]
    if not found:
        return None
    _, thing, form = max(found)
    return _Guess(str(thing).rpartition("/")[2], same_letters(form, rest))
