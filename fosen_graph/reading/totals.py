"""What was counted when a reading was reviewed, and what is there now, in; where the two differ, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rdflib import DCTERMS, SKOS, URIRef
from rdflib.term import IdentifiedNode

from fosen_graph.findings import Finding, Place, Severity, Words, violation
from fosen_graph.iris import EDITING, FG
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.plan_words import FOCUS_AREA, LISTING, MEASURE, PLAN_ITEM, STRATEGY, Reading
from fosen_graph.reading.source import Source

_TOTALS = {
    "rader": EDITING.rows, "celler": EDITING.cells, "omtaler": EDITING.mentions,
    "tittelomtaler": EDITING.titleMentions, "strategier": EDITING.strategies,
    "innsatsområder": EDITING.focusAreas, "punkter": EDITING.planItems, "tiltak": EDITING.measures,
    "oppføringer": EDITING.listings, "deltakelser": EDITING.participations, "usikre": EDITING.uncertainReadings,
    "henvisninger": EDITING.references, "merknader": EDITING.notes,
}  # fmt: skip

# Counted only where the words fit: a total would tell the same fault again, with the wrong remedy.
_FOLLOW_THE_WORDS = ("omtaler", "tittelomtaler", "deltakelser", "usikre")


def plan_totals(facts: Facts, source: Source, reading: Reading, plan: URIRef, settled: bool) -> Iterator[Finding]:
    """The control totals: what was counted when the reading was reviewed, against what is there now."""
    told = facts.things(plan, EDITING.controlTotals)
    counted = _counted(facts, source, reading)
    if not told:
        yield _no_totals(Place(f"{source.file.rpartition('/')[0]}/plan.yaml", 1, 1), counted)
        return
    certain = {key: _TOTALS[key] for key in _TOTALS if settled or key not in _FOLLOW_THE_WORDS}
    yield from _other_totals(facts, told[0], certain, counted)


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


_REGION_TOTALS = {  # what the region's files tell, but for the plans' own words
    "aktører": EDITING.actors, "ordninger": EDITING.arrangements, "opplysninger": EDITING.addedFacts,
    "oversettelser": EDITING.translations, "lenker": EDITING.links, "kandidater": EDITING.candidates,
    "registeropplysninger": EDITING.registryFacts, "steder": EDITING.places, "emner": EDITING.subjects,
}  # fmt: skip
_LISTS = {
    "aktører": EDITING.actor, "ordninger": EDITING.arrangement, "oversettelser": EDITING.translation,
    "lenker": EDITING.link, "kandidater": EDITING.candidate, "registeropplysninger": EDITING.registryFact,
    "steder": EDITING.place, "emner": EDITING.subject,
}  # fmt: skip
_IN_THE_PLANS = ("aktører", "ordninger")  # whose words remember them
_MAY_BE_SILENT = ("steder", "emner")  # while there are none
_NOT_FACTS = (EDITING.addedFact, DCTERMS.source)  # of opplysninger.yaml, whose facts stand several in an entry


def region_totals(named: Facts, added: Facts, facts_of_ours: Facts, file: str) -> Iterator[Finding]:
    """
    The control totals of a region's files: nothing else remembers an added fact, a translation or a link.

    A region may do without, and is told so.

    named: what the plans name. added: all else. facts_of_ours: opplysninger.yaml alone. file: where the totals stand.
    """
    counted = {key: len([*named.pairs(listed), *added.pairs(listed)]) for key, listed in _LISTS.items()}
    counted["opplysninger"] = sum(1 for s in facts_of_ours.statements if s.predicate not in _NOT_FACTS)
    counted = {key: counted[key] for key in _REGION_TOTALS}
    told = [(node, place) for node, place in named.listed(EDITING.regionTotals)]
    if told:
        node = told[0][0]
        silent = [key for key in _MAY_BE_SILENT if not counted[key] and not named.values(node, _REGION_TOTALS[key])]
        keys = {key: predicate for key, predicate in _REGION_TOTALS.items() if key not in silent}
        yield from _other_totals(named, told[0], keys, counted)
    elif any(number for key, number in counted.items() if key not in _IN_THE_PLANS):
        yield replace(_no_totals(Place(file, 1, 1), counted), severity=Severity.INFO)


def files_told(named: Facts) -> list[str]:
    """The files that the control totals say hold something."""
    nodes = [node for node, _ in named.listed(EDITING.regionTotals)]
    return [
        f"{key}.yaml"
        for key, predicate in _REGION_TOTALS.items()
        if key != "aktører" and any(named.number(node, predicate) for node in nodes)
    ]


def _no_totals(place: Place, counted: Mapping[str, int]) -> Finding:
    listed = ", ".join(f"{key}: {number}" for key, number in counted.items())
    return violation(
        place,
        "no-totals",
        Words(nb="«kontrolltall» mangler.", en="“kontrolltall” is missing."),
        Words(
            nb=f"Tell opp, og skriv det. Programmet teller {listed}.",
            en=f"Count, and write it. The program counts {listed}.",
        ),
    )


def _other_totals(
    facts: Facts, told: tuple[IdentifiedNode, Place], keys: Mapping[str, URIRef], counted: Mapping[str, int]
) -> Iterator[Finding]:
    node, at = told
    for key, predicate in keys.items():
        value = facts.value(node, predicate)
        if value is None or int(str(value[0])) != counted[key]:
            said = str(value[0]) if value else "–"
            what = Words(
                nb=f"kontrolltallet for {key} er {said}, men det er {counted[key]}.",
                en=f"the control total of {key} is {said}, but there are {counted[key]}.",
            )
            remedy = Words(
                nb=f"Finn det som er falt ut eller kommet til; er alt riktig, skriv {key}: {counted[key]}.",
                en=f"Find what was lost or added; if all is right, write {key}: {counted[key]}.",
            )
            yield violation(value[1] if value else at, "other-total", what, remedy)
