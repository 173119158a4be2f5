"""A plan, its source and its reading in; what the plan says otherwise than its own words, out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from rdflib import DCAT, DCTERMS, SKOS, URIRef
from rdflib.term import IdentifiedNode

from fosen_graph.findings import Finding, Place, Words, violation, warning
from fosen_graph.iris import EDITING, FG
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.laying import letters, same_letters
from fosen_graph.reading.layout import written_date
from fosen_graph.reading.plan_words import FOCUS_AREA, LISTING, MEASURE, PLAN_ITEM, STRATEGY, Reading
from fosen_graph.reading.source import Source


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
    yield from _title_values(facts, source, plan)
    yield from _title_names(facts, region, source, plan)
    yield from _totals(facts, source, reading, plan, settled)


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
                yield _differs(name, match["navn"], place)
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
                yield _differs(name, " ".join(written), place)


def _actor_names(region: Facts, added: Facts) -> Iterator[Finding]:
    arrangements = [thing for _, thing, _ in region.pairs(EDITING.arrangement)]
    for _, thing, _ in [*region.pairs(EDITING.actor), *region.pairs(EDITING.arrangement)]:
        if not isinstance(thing, URIRef):
            continue
        for name, place in region.texts(thing, SKOS.prefLabel):
            for written, _ in region.texts(thing, SKOS.altLabel):
                if not same_letters(name, written):
                    yield _differs(name, written, place)
            for arrangement in arrangements:
                if isinstance(arrangement, URIRef) and _runs(added, arrangement, thing):
                    yield from _arrangement_name(region, arrangement, name, place)


def _runs(added: Facts, arrangement: URIRef, actor: URIRef) -> bool:
    return any(value == actor for value, _ in added.values(arrangement, FG.realisedBy))


def _arrangement_name(region: Facts, arrangement: URIRef, name: str, place: Place) -> Iterator[Finding]:
    """An actor that the plan names only through its arrangement: the arrangement's words must stand in its name."""
    for other, _ in region.texts(arrangement, SKOS.prefLabel):
        if letters(other) not in letters(name):
            yield _differs(name, other, place)


def _title_values(facts: Facts, source: Source, plan: URIRef) -> Iterator[Finding]:
    """Dates, years and case references: each must stand in what the title block says about its thing."""
    for subject, predicate, value, place in facts.statements:
        form = _written(predicate, str(value), source)
        if form is None or not isinstance(subject, URIRef):
            continue
        pattern = rf"(?<!\w){re.escape(form)}(?!\w)"
        if predicate == DCAT.endDate:  # «2025-28» is the end of 2028 as well
            pattern += rf"|(?<!\w){form[:2]}\d\d\s*[-–—/]\s*{form[2:]}(?!\w)"
        if not any(re.search(pattern, line) for line in _lines_about(facts, source, subject)):
            what = Words(
                nb=f"«{form}» står ikke i linjene som omtaler dette.",
                en=f"“{form}” is not on the lines that mention this.",
            )
            remedy = Words(
                nb="Rett verdien, eller legg linjen til under «omtalt».",
                en="Mend the value, or add the line under “omtalt”.",
            )
            yield violation(place, "not-in-title", what, remedy)


def _written(predicate: URIRef, value: str, source: Source) -> str | None:
    if predicate == DCTERMS.date:
        return written_date(date.fromisoformat(value), source.layout.date_form, source.layout.language)
    if predicate in (FG.caseReference, DCTERMS.dateAccepted, DCAT.startDate, DCAT.endDate):
        return value
    return None


def _lines_about(facts: Facts, source: Source, subject: IdentifiedNode) -> list[str]:
    lines = [facts.number(node, EDITING.line) for node, _ in facts.things(subject, EDITING.mentioned)]
    return [cell.text for line in lines if (cell := source.cells.get((line or 0, None)))]


def _title_names(facts: Facts, region: Facts, source: Source, plan: URIRef) -> Iterator[Finding]:
    """The name of what the title block mentions: each of its words stands there, in any case."""
    block = " ".join(cell.text for cell in source.cells.values() if cell.column is None)
    known = {word.casefold() for word in _words(block)}
    for subject in dict.fromkeys(subject for subject, _, _ in facts.pairs(EDITING.mentioned)):
        names = facts.texts(subject, SKOS.prefLabel) or region.texts(subject, SKOS.prefLabel)
        for name, place in names:
            strange = [word for word in _words(name) if word.casefold() not in known]
            if strange:
                what = Words(
                    nb=f"«{strange[0]}» i «{name}» står ikke i kildens tittel.",
                    en=f"“{strange[0]}” of “{name}” is not in the source's title.",
                )
                yield warning(
                    place,
                    "name-differs",
                    what,
                    Words(nb="Skriv navnet som kilden.", en="Write the name as the source does."),
                )


def _words(text: str) -> list[str]:
    return re.findall(r"[\w/-]+", text)


def _differs(name: str, written: str, place: Place) -> Finding:
    what = Words(
        nb=f"navnet «{name}» og kildens «{written}» skiller seg i mer enn store bokstaver og tegn.",
        en=f"the name “{name}” and the source's “{written}” differ by more than case and punctuation.",
    )
    return warning(
        place,
        "name-differs",
        what,
        Words(nb="Skriv navnet med kildens bokstaver.", en="Write the name with the source's letters."),
    )


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


_TOTALS = {
    "rader": EDITING.rows, "celler": EDITING.cells, "omtaler": EDITING.mentions,
    "tittelomtaler": EDITING.titleMentions, "strategier": EDITING.strategies,
    "innsatsområder": EDITING.focusAreas, "punkter": EDITING.planItems, "tiltak": EDITING.measures,
    "oppføringer": EDITING.listings, "deltakelser": EDITING.participations, "usikre": EDITING.uncertainReadings,
    "henvisninger": EDITING.references, "merknader": EDITING.notes,
}  # fmt: skip

# Counted only where the words fit: a total would tell the same fault again, with the wrong remedy.
_FOLLOW_THE_WORDS = ("omtaler", "tittelomtaler", "deltakelser", "usikre")


def _totals(facts: Facts, source: Source, reading: Reading, plan: URIRef, settled: bool) -> Iterator[Finding]:
    """The control totals: what was counted when the reading was reviewed, against what is there now."""
    told = facts.things(plan, EDITING.controlTotals)
    counted = _counted(facts, source, reading)
    if not told:
        what = Words(nb="«kontrolltall» mangler.", en="“kontrolltall” is missing.")
        listed = ", ".join(f"{key}: {number}" for key, number in counted.items())
        remedy = Words(
            nb=f"Tell opp i kilden, og skriv det. Programmet teller {listed}.",
            en=f"Count in the source, and write it. The program counts {listed}.",
        )
        yield violation(Place(f"{source.file.rpartition('/')[0]}/plan.yaml", 1, 1), "no-totals", what, remedy)
        return
    node, at = told[0]
    uncertain = () if settled else _FOLLOW_THE_WORDS
    for key, predicate in _TOTALS.items():
        if key in uncertain:
            continue
        value = facts.value(node, predicate)
        if value is None or int(str(value[0])) != counted[key]:
            place = value[1] if value else at
            said = str(value[0]) if value else "–"
            what = Words(
                nb=f"kontrolltallet for {key} er {said}, men det er {counted[key]}.",
                en=f"the control total of {key} is {said}, but there are {counted[key]}.",
            )
            remedy = Words(
                nb=f"Finn det som er falt ut eller kommet til; er alt riktig, skriv {key}: {counted[key]}.",
                en=f"Find what was lost or added; if all is right, write {key}: {counted[key]}.",
            )
            yield violation(place, "other-total", what, remedy)


def _counted(facts: Facts, source: Source, reading: Reading) -> Mapping[str, int]:
    levels = [element.level for element in reading.elements]
    return {
        "rader": len(source.table_rows),
        "celler": sum(1 for _ in source.table_cells()),
        "omtaler": sum(1 for mention in reading.mentions if mention.cell.column),
        "tittelomtaler": sum(1 for mention in reading.mentions if not mention.cell.column),
        "strategier": levels.count(STRATEGY),
        "innsatsområder": levels.count(FOCUS_AREA),
        "punkter": levels.count(PLAN_ITEM),
        "tiltak": levels.count(MEASURE),
        "oppføringer": levels.count(LISTING),
        "deltakelser": len(reading.participations),
        "usikre": sum(1 for mention in reading.mentions if mention.certainty),
        "henvisninger": sum(len(list(facts.pairs(p))) for p in (FG.concernsArrangement, FG.concernsActor)),
        "merknader": sum(1 for s, _, _ in facts.pairs(SKOS.editorialNote) if isinstance(s, URIRef)),
    }
