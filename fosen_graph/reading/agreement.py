"""A plan, its source and its reading in; what the plan says otherwise than its own words, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import SKOS, URIRef

from fosen_graph.findings import Finding, Place, Words, violation, warning
from fosen_graph.iris import EDITING, FG
from fosen_graph.reading import misreadings
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.laying import letters, same_letters
from fosen_graph.reading.plan_words import STRATEGY, Reading
from fosen_graph.reading.source import Source
from fosen_graph.reading.title_agreement import title_disagreements
from fosen_graph.reading.totals import plan_totals


def disagreements(
    facts: Facts, region: Facts, added: Facts, source: Source, reading: Reading, plan: URIRef, settled: bool
) -> Iterator[Finding]:
    """
    Names, numbers, dates and totals that do not agree with the words of the source.

    facts: plan.yaml. region: what the plans name. added: what the project added. settled: no gate has told anything, so
    that what follows from the words can be counted.
    """
    yield from _headings(facts, source, reading)
    in_column = source.column_of(STRATEGY.column) is not None and source.layout.heading is None
    yield from _names(facts, reading, in_column)
    yield from _actor_names(region, added)
    yield from title_disagreements(facts, region, source, reading, plan)
    yield from _concerned(facts, region)
    yield from plan_totals(facts, source, reading, plan, settled)


def _headings(facts: Facts, source: Source, reading: Reading) -> Iterator[Finding]:
    """A strategy's name and number, against the heading that names it."""
    if source.layout.heading is None:
        told = any(strategy.level is STRATEGY and strategy.lines for strategy in reading.elements)
        if told and not source.column_of(STRATEGY.column):
            yield _no_heading_form(Place(source.layout.sha256_place.file, 1, 1))
        return
    for strategy in reading.elements:
        words = next((form for form, _ in strategy.forms), None)
        if strategy.level is not STRATEGY or words is None:
            continue
        match = source.layout.heading.fullmatch(words)
        if match is None:
            yield violation(strategy.forms[0][1], "not-a-heading", *_not_a_heading(words))
            continue
        for name, place in facts.texts(strategy.iri, SKOS.prefLabel):
            if not same_letters(name, match["navn"]):
                yield misreadings.name_differs(name, match["navn"], place)
        written = match.groupdict().get("nummer")
        if written is not None and not facts.values(strategy.iri, SKOS.notation):
            what = Words(nb=f"«nummer» mangler; overskriften har {written}.",
                         en=f"“nummer” is missing; the heading has {written}.")  # fmt: skip
            remedy = Words(nb=f"Skriv «nummer: {written}».", en=f"Write “nummer: {written}”.")
            yield violation(strategy.place, "no-number", what, remedy)
        for number, place in facts.texts(strategy.iri, SKOS.notation):
            if written is not None and number != written:
                what = Words(nb=f"overskriften har nummer {written}.", en=f"the heading has number {written}.")
                yield violation(place, "other-number", what, Words(nb="Rett nummeret.", en="Mend the number."))


def _names(facts: Facts, reading: Reading, strategies: bool) -> Iterator[Finding]:
    """A name beside its «ordlyd»: only case and punctuation may differ. strategies: no heading is around theirs."""
    for element in reading.elements:
        written = [words for words, _ in facts.texts(element.iri, FG.exactText)]
        for name, place in facts.texts(element.iri, SKOS.prefLabel):
            if written and (strategies or element.level is not STRATEGY) and not same_letters(name, " ".join(written)):
                yield misreadings.name_differs(name, " ".join(written), place)


def _actor_names(region: Facts, added: Facts) -> Iterator[Finding]:
    arrangements = [thing for _, thing, _ in region.pairs(EDITING.arrangement)]
    for _, thing, _ in [*region.pairs(EDITING.actor), *region.pairs(EDITING.arrangement)]:
        if not isinstance(thing, URIRef):
            continue
        for name, place in region.texts(thing, SKOS.prefLabel):
            for written, _ in region.texts(thing, SKOS.altLabel):
                if not same_letters(name, written):
                    yield misreadings.name_differs(name, written, place)
            for arrangement in arrangements:
                if isinstance(arrangement, URIRef) and _runs(added, arrangement, thing):
                    yield from _arrangement_name(region, arrangement, name, place)


def _runs(added: Facts, arrangement: URIRef, actor: URIRef) -> bool:
    return any(value == actor for value, _ in added.values(arrangement, FG.realisedBy))


def _arrangement_name(region: Facts, arrangement: URIRef, name: str, place: Place) -> Iterator[Finding]:
    """An actor that the plan names only through its arrangement: the arrangement's words must stand in its name."""
    for other, _ in region.texts(arrangement, SKOS.prefLabel):
        if letters(other) not in letters(name):
            yield misreadings.name_differs(name, other, place)


def _concerned(facts: Facts, region: Facts) -> Iterator[Finding]:
    """What an item is said to concern: one of the two names holds the other."""
    for predicate in (FG.concernsActor, FG.concernsArrangement):
        for item, thing, place in facts.pairs(predicate):
            if not isinstance(thing, URIRef):
                continue
            names = [name for key in (SKOS.prefLabel, SKOS.altLabel) for name, _ in region.texts(thing, key)]
            told = [name for key in (SKOS.prefLabel, FG.exactText) for name, _ in facts.texts(item, key)]
            if names and told and not _in_one_another(names, told):
                yield violation(
                    place,
                    "not-concerned",
                    Words(nb=f"«{told[0]}» nevner ikke «{names[0]}».", en=f"“{told[0]}” does not name “{names[0]}”."),
                    Words(
                        nb="Rett id-en; det som planen ikke sier selv, hører hjemme i opplysninger.yaml.",
                        en="Mend the id; what the plan does not say itself belongs in opplysninger.yaml.",
                    ),
                )


def _in_one_another(names: Iterable[str], told: Iterable[str]) -> bool:
    return any(letters(one) in letters(other) or letters(other) in letters(one) for one in names for other in told)


def _no_heading_form(place: Place) -> Finding:
    what = Words(
        nb="«strategioverskrift» mangler, så navn og nummer på strategiene blir ikke kontrollert.",
        en="“strategioverskrift” is missing, so the strategies' names and numbers are not checked.",
    )
    remedy = Words(
        nb="Skriv hvordan en overskrift ser ut, for eksempel «Mål {nummer}: {navn}», eller bare «'{navn}'».",
        en="Write what a heading looks like, such as «Mål {nummer}: {navn}», or just «'{navn}'».",
    )
    return warning(place, "no-heading-form", what, remedy)


def _not_a_heading(words: str) -> tuple[Words, Words]:
    return (
        Words(
            nb=f"«{words}» ser ikke ut som en strategioverskrift.",
            en=f"“{words}” does not look like a strategy's heading.",
        ),
        Words(
            nb="Skriv hele overskriften, eller rett «strategioverskrift» i kilde.yaml.",
            en="Write the whole heading, or mend “strategioverskrift” in kilde.yaml.",
        ),
    )
