"""Reviewed statements and the reading in, the statements of each named graph out: what follows mechanically."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from rdflib import DCTERMS, PROV, RDF, SKOS, XSD, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import Place
from fosen_graph.iris import CODES, CV, EDITING, FG, OA, SourceIris
from fosen_graph.reading import registered
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.plan_words import LISTING, ROLES, Mention, Participation, Reading
from fosen_graph.reading.registered import CERTAIN, PROPOSED, REVIEWED, published
from fosen_graph.reading.source import Cell, Source
from fosen_graph.reading.yamlld import Statement

Statements = list[Statement]

DIRECT = URIRef(f"{CODES}grunnlag/direkte")
BY_ROW = URIRef(f"{CODES}grunnlag/rad")
_LANGUAGE_AUTHORITY = "http://publications.europa.eu/resource/authority/language/"
_LANGUAGES = {"nb": "NOB", "nn": "NNO", "no": "NOR", "en": "ENG", "se": "SME", "sma": "SMA"}
_DECIDED = ("lenker.yaml", "kandidater.yaml", "emner.yaml")  # who decided, and when


def region_graphs(files: Mapping[str, Iterable[Statement]], facts: Facts, base: str) -> Mapping[str, Statements]:
    """The graphs of what a region's plans share. files: statements by file name. base: the region's IRI and a slash."""

    def said(*names: str) -> Statements:
        return [s for name in names for s in files.get(name, ()) if published(s)]

    arrangements = [
        Statement(thing, RDF.type, FG.CooperationArrangement, place)
        for _, thing, place in facts.pairs(EDITING.arrangement)
        if isinstance(thing, URIRef)
    ]
    kindless = [  # told, and an actor all the same
        Statement(thing, RDF.type, FG.Actor, place)
        for thing, place in facts.listed(EDITING.actor)
        if isinstance(thing, URIRef) and not facts.values(thing, RDF.type)
    ]
    links, questions, subjects = (Facts(files.get(name, ())) for name in _DECIDED)
    graphs = {
        "plan": said("aktoerer.yaml", "ordninger.yaml") + arrangements + kindless,
        "enrichment": [
            *said("opplysninger.yaml"),
            *registered.places(Facts(files.get("steder.yaml", ()))),
            *registered.concepts(subjects),
            *registered.subjects(subjects),
        ],
        "translations": said("oversettelser.yaml"),
        "links": [*registered.decisions(links, base), *registered.roles(links, questions, subjects)],
        "candidates": list(registered.questions(questions)),
        "registry": list(registered.records(Facts(files.get("registeropplysninger.yaml", ())), links)),
    }
    return {name: statements for name, statements in graphs.items() if statements}


def plan_graphs(
    facts: Facts, region: Facts, described: Iterable[Statement], source: Source, reading: Reading, plan: URIRef
) -> Mapping[str, Statements]:
    """
    The graphs of one plan.

    facts: plan.yaml. region: the files that plans share. described: kilde.yaml's statements about the document.
    """
    iris = SourceIris(plan)
    return {
        "source": [*_document(described, source, iris), *_cells(source, iris)],
        "plan": [*_elements(facts, region, reading, iris), *_participations(reading, iris)],
        "evidence": [*_mentions(facts, reading, iris), *_notes(facts), *_continued(reading, source, iris)],
    }


def _document(described: Iterable[Statement], source: Source, iris: SourceIris) -> Iterator[Statement]:
    place = source.layout.sha256_place
    yield Statement(iris.document, RDF.type, FG.SourceDocument, place)
    if code := _LANGUAGES.get(source.layout.language):
        yield Statement(iris.document, DCTERMS.language, URIRef(f"{_LANGUAGE_AUTHORITY}{code}"), place)
    for statement in described:
        if statement.subject == iris.document and published(statement):
            yield statement


def _cells(source: Source, iris: SourceIris) -> Iterator[Statement]:
    for line in source.rows:
        row, place = iris.row(line), Place(source.file, line, 1)
        yield Statement(row, RDF.type, FG.SourceRow, place)
        yield Statement(row, FG.line, _number(line), place)
        yield Statement(row, OA.hasSource, iris.document, place)
    for cell in source.cells.values():
        node, place = _cell(cell, iris), source.place(cell)
        yield Statement(node, RDF.type, FG.SourceCell, place)
        yield Statement(node, FG.cellOf, iris.row(cell.line), place)
        yield Statement(node, FG.rawText, Literal(cell.text), place)
        yield Statement(node, OA.hasSource, iris.document, place)
        if cell.column:
            yield Statement(node, FG.column, _number(cell.column), place)


def _elements(facts: Facts, region: Facts, reading: Reading, iris: SourceIris) -> Iterator[Statement]:
    top = Place("", 0, 0)
    first = next(iter(facts.statements), None)
    place = first.place if first else top
    yield Statement(iris.plan, RDF.type, FG.ActionPlan, place)
    yield Statement(iris.plan, PROV.hadPrimarySource, iris.document, place)
    for decision, _, at in facts.pairs(FG.adopts):
        yield Statement(decision, RDF.type, FG.AdoptionDecision, at)
        for value, when in facts.values(decision, DCTERMS.date):
            yield Statement(iris.plan, DCTERMS.dateAccepted, value, when)
    for _, document, at in facts.pairs(FG.basedOn):
        if isinstance(document, URIRef):
            yield Statement(document, RDF.type, FG.PlanningDocument, at)
    for element in reading.elements:
        yield Statement(element.iri, RDF.type, element.level.type, element.place)
        yield Statement(element.iri, FG.order, _number(reading.order[element.iri]), element.place)
        if element.level is LISTING:
            for arrangement, at in facts.things(element.iri, FG.listsArrangement):
                for name, _ in region.values(arrangement, SKOS.prefLabel):
                    yield Statement(element.iri, SKOS.prefLabel, name, at)
    lines = dict(reading.rows)
    for measure, line in lines.items():
        yield Statement(measure, FG.inRow, iris.row(line), facts.values(measure, EDITING.line)[0][1])
    for statement in facts.statements:
        if published(statement) and statement.predicate not in (FG.exactText, SKOS.editorialNote):
            yield statement


def _participations(reading: Reading, iris: SourceIris) -> Iterator[Statement]:
    for participation in reading.participations:
        mention, place = participation.mention, participation.mention.place
        node = iris.participation(_cell(mention.cell, iris), mention.start, mention.end)
        yield Statement(node, RDF.type, FG.Participation, place)
        yield Statement(node, CV.role, URIRef(f"{CODES}rolle/{participation.role}"), place)
        yield Statement(node, CV.hasParticipant, mention.body, place)
        yield Statement(node, FG.assignmentBasis, _basis(participation), place)
        yield Statement(node, FG.evidence, _mention(mention, iris), place)
        for measure in participation.measures:
            yield Statement(node, FG.inMeasure, measure, place)
            yield Statement(measure, ROLES[participation.role], mention.body, place)


def _basis(participation: Participation) -> URIRef:
    return BY_ROW if len(participation.measures) > 1 else DIRECT


def _mentions(facts: Facts, reading: Reading, iris: SourceIris) -> Iterator[Statement]:
    review = next((node for _, node, _ in facts.pairs(EDITING.review)), None)
    by_whom = [
        (predicate, value)
        for predicate in (PROV.wasAttributedTo, DCTERMS.date)
        if isinstance(review, IdentifiedNode)
        for value, _ in facts.values(review, predicate)
    ]
    status = REVIEWED if review is not None else PROPOSED
    for mention in reading.mentions:
        node, place = _mention(mention, iris), mention.place
        target, selector = iris.target(node), iris.selector(node)
        start = mention.cell.start + mention.start
        about: list[tuple[IdentifiedNode, URIRef, Node]] = [
            (node, RDF.type, FG.Mention),
            (node, OA.motivatedBy, OA.identifying),
            (node, OA.hasBody, mention.body),
            (node, OA.hasTarget, target),
            (node, FG.inCell, _cell(mention.cell, iris)),
            (node, FG.exactText, Literal(mention.text)),
            (node, FG.separatorBefore, Literal(mention.separator)),
            (node, FG.certainty, mention.certainty or CERTAIN),
            (node, FG.reviewStatus, status),
            *((node, predicate, value) for predicate, value in by_whom),
            (target, RDF.type, OA.SpecificResource),
            (target, OA.hasSource, iris.document),
            (target, OA.hasSelector, selector),
            (selector, RDF.type, OA.TextPositionSelector),
            (selector, OA.start, _number(start)),
            (selector, OA.end, _number(start + mention.end - mention.start)),
        ]
        if mention.note is not None:
            about.append((node, SKOS.editorialNote, mention.note))
        yield from (Statement(s, p, o, place) for s, p, o in about)


def _notes(facts: Facts) -> Iterator[Statement]:
    return (s for s in facts.statements if s.predicate == SKOS.editorialNote and published(s))


def _continued(reading: Reading, source: Source, iris: SourceIris) -> Iterator[Statement]:
    for line, first in reading.continued.items():
        yield Statement(iris.row(line), FG.continuesRow, iris.row(first), Place(source.file, line, 1))


def _cell(cell: Cell, iris: SourceIris) -> URIRef:
    return iris.cell(cell.line, cell.column)


def _mention(mention: Mention, iris: SourceIris) -> URIRef:
    return iris.mention(_cell(mention.cell, iris), mention.start, mention.end)


@cache
def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)
