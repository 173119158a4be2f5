"""Links, open questions and register facts as people wrote them in, what the graphs say of them out."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SKOS, BNode, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import Place
from fosen_graph.iris import (
    ADMS,
    BR,
    CODES,
    EDITING,
    EU,
    FG,
    LOS,
    OA,
    ORGANISATION_CATALOGUE,
    ORGANISATION_STATUS,
    REGISTER,
    REGISTER_API,
    REGISTER_LICENCE,
    REGISTER_PAGE,
    REGISTER_SITE,
    ROV,
)
from fosen_graph.reading.entries import homepage, is_number
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.yamlld import Statement

CERTAIN = URIRef(f"{CODES}sikkerhet/sikker")
UNCERTAIN = URIRef(f"{CODES}sikkerhet/usikker")
PROPOSED = URIRef(f"{CODES}status/foreslaatt")
REVIEWED = URIRef(f"{CODES}status/gjennomgaatt")
REFUSED = URIRef(f"{CODES}status/avvist")

_DECISION = (SKOS.editorialNote, SKOS.note, PROV.wasAttributedTo, DCTERMS.date, DCTERMS.valid)
_OF_THE_ACTOR = (ROV.legalName, ROV.orgType, BR.nace, BR.sectorCode)
_OF_THE_RECORD = (
    DCTERMS.source, DCTERMS.issued, FG.municipalityNumber, FG.deletedOn, FG.bankruptOn, FG.windingUp,
)  # fmt: skip
_TROUBLE = (FG.deletedOn, FG.bankruptOn, FG.windingUp)


def published(statement: Statement) -> bool:
    """False for the words that only people's files use."""
    nameless = isinstance(statement.subject, BNode) or isinstance(statement.object, BNode)
    return not (nameless or statement.predicate.startswith(EDITING))


def identifier(actor: IdentifiedNode) -> URIRef:
    return URIRef(f"{actor}/identifikator")


def decisions(facts: Facts, base: str) -> Iterator[Statement]:
    """What lenker.yaml says: numbers that were accepted, and numbers that were refused. base: the region's IRI, /."""
    for actor, _, entry in facts.entries(EDITING.link):
        if isinstance(actor, BNode):
            continue
        decision = URIRef(f"{base}lenke/{actor.rpartition('/')[2]}")
        for number, place in entry.values(actor, SKOS.notation):
            if is_number(number):
                yield from _accepted(actor, number, place)
                yield Statement(decision, RDF.type, FG.Interpretation, place)
                yield Statement(decision, DCTERMS.subject, actor, place)
                yield from _decided(decision, actor, REVIEWED, entry, place)
        for number, place in entry.values(actor, EDITING.refusedNumber):
            if is_number(number):
                refusal = URIRef(f"{decision}-{number}")
                yield Statement(refusal, RDF.type, FG.IdentityCandidate, place)
                yield Statement(refusal, FG.candidateSubject, actor, place)
                yield Statement(refusal, FG.candidateTarget, URIRef(f"{ORGANISATION_CATALOGUE}{number}"), place)
                yield from _decided(refusal, actor, REFUSED, entry, place)


def _accepted(actor: IdentifiedNode, number: Node, place: Place) -> Iterator[Statement]:
    """The identifier, and the register's names for the same thing."""
    node = identifier(actor)
    yield Statement(actor, ADMS.identifier, node, place)
    yield Statement(actor, OWL.sameAs, URIRef(f"{ORGANISATION_CATALOGUE}{number}"), place)
    yield Statement(actor, RDFS.seeAlso, URIRef(f"{REGISTER_API}{number}"), place)
    yield Statement(actor, FOAF.page, URIRef(f"{REGISTER_PAGE}{number}"), place)
    yield Statement(node, RDF.type, ADMS.Identifier, place)
    yield Statement(node, SKOS.notation, number, place)
    yield Statement(node, ADMS.schemaAgency, Literal("Brønnøysundregistrene"), place)
    yield Statement(node, DCTERMS.creator, REGISTER, place)


def _decided(
    decision: URIRef, subject: IdentifiedNode, status: URIRef, entry: Facts, place: Place
) -> Iterator[Statement]:
    """Who decided in which role, when, on what evidence, and as the register stood on which day."""
    yield Statement(decision, FG.certainty, CERTAIN, place)
    yield Statement(decision, FG.reviewStatus, status, place)
    yield from _told(decision, subject, entry)


def _told(about: IdentifiedNode, subject: IdentifiedNode, entry: Facts) -> Iterator[Statement]:
    for predicate in _DECISION:
        for value, at in entry.values(subject, predicate):
            yield Statement(about, predicate, value, at)


def roles(*files: Facts) -> Iterator[Statement]:
    """Those who decided. A role, so its name is all there is to say, and it is said once over all files."""
    seen: set[Node] = set()
    for _, role, place in (found for facts in files for found in facts.pairs(PROV.wasAttributedTo)):
        if isinstance(role, URIRef) and role not in seen:
            seen.add(role)
            yield Statement(role, RDF.type, PROV.Agent, place)
            yield Statement(role, SKOS.prefLabel, Literal(role.rpartition("/")[2], lang="nb"), place)


def subjects(facts: Facts) -> Iterator[Statement]:
    """
    What a part of a plan is about, in somebody else's list of subjects, and the reading that says so.

    Only dct:subject: dcat:theme would make a plan's part a resource of a catalogue.
    """
    for element, place, entry in facts.entries(EDITING.subject):
        for concept, at in entry.things(element, DCTERMS.subject):
            if isinstance(element, BNode):
                continue
            own = concept.removeprefix(LOS).removeprefix(f"{EU}data-theme/").replace("/", "-").lower()
            reading = URIRef(f"{element}/emne/{own}")
            yield Statement(element, DCTERMS.subject, concept, at)
            yield Statement(reading, RDF.type, FG.Interpretation, place)
            yield Statement(reading, RDF.type, OA.Annotation, place)
            yield Statement(reading, OA.motivatedBy, OA.classifying, place)
            yield Statement(reading, OA.hasTarget, element, place)
            yield Statement(reading, OA.hasBody, concept, at)
            yield Statement(reading, FG.reviewStatus, REVIEWED, place)
            for certainty, where in entry.values(element, FG.certainty):
                yield Statement(reading, FG.certainty, certainty, where)
            yield from _told(reading, element, entry)


def concepts(facts: Facts) -> Iterator[Statement]:
    """The subjects' own names, as their lists have them."""
    for concept, place, entry in facts.entries(EDITING.concept):
        if isinstance(concept, URIRef):
            yield Statement(concept, RDF.type, SKOS.Concept, place)
            yield from (statement for statement in entry.statements if published(statement))


def places(facts: Facts) -> Iterator[Statement]:
    """Municipalities as places: an organisation is not one, it lies in one."""
    for thing, place in facts.listed(EDITING.place):
        if isinstance(thing, URIRef):
            yield Statement(thing, RDF.type, DCTERMS.Location, place)
    yield from (statement for statement in facts.statements if published(statement))


def questions(facts: Facts) -> Iterator[Statement]:
    """What nobody has decided, or somebody has looked at and left open."""
    for candidate, place, entry in facts.entries(EDITING.candidate):
        if not isinstance(candidate, URIRef):
            continue
        yield Statement(candidate, RDF.type, FG.IdentityCandidate, place)
        yield Statement(candidate, FG.reviewStatus, PROPOSED, place)
        if not entry.values(candidate, FG.certainty):
            yield Statement(candidate, FG.certainty, UNCERTAIN, place)
        for predicate in (FG.candidateSubject, FG.candidateTarget, FG.certainty):
            for value, at in entry.values(candidate, predicate):
                yield Statement(candidate, predicate, value, at)
        for number, at in entry.values(candidate, SKOS.notation):
            if is_number(number):
                yield Statement(candidate, FG.candidateTarget, URIRef(f"{ORGANISATION_CATALOGUE}{number}"), at)
        yield from _told(candidate, candidate, entry)


def records(facts: Facts, links: Facts) -> Iterator[Statement]:
    """
    What a register says of an organisation, and the record that says where and when it was read.

    links: lenker.yaml; only what has a number there is a registered organisation, by the number's own identifier.
    """
    linked = {actor for actor, number, _ in links.pairs(SKOS.notation) if is_number(number)}
    for actor, place, entry in facts.entries(EDITING.registryFact):
        if not isinstance(actor, URIRef):
            continue
        record = URIRef(f"{actor}/registerfoering")
        yield Statement(record, RDF.type, FOAF.Document, place)
        yield Statement(record, FOAF.primaryTopic, actor, place)
        for predicate in _OF_THE_RECORD:
            for value, at in entry.values(actor, predicate):
                yield Statement(record, predicate, value, at)
        if any(value.startswith(REGISTER_SITE) for value, _ in entry.things(actor, DCTERMS.source)):
            yield Statement(record, DCTERMS.license, REGISTER_LICENCE, place)
        for predicate in _OF_THE_ACTOR:
            for value, at in entry.values(actor, predicate):
                yield Statement(actor, predicate, value, at)
        for number, at in entry.texts(actor, EDITING.parentNumber):
            yield Statement(actor, ORG.subOrganizationOf, URIRef(f"{ORGANISATION_CATALOGUE}{number}"), at)
        for address, at in entry.texts(actor, EDITING.homepage):
            yield Statement(actor, FOAF.homepage, homepage(address), at)
        yield from _status(actor, entry, place)
        if actor in linked:
            yield from _registration(actor, entry, place)


def _status(actor: URIRef, entry: Facts, place: Place) -> Iterator[Statement]:
    """The catalogue has two words for it; a bankrupt unit is neither, and a list of names does not tell."""
    told = [at for predicate in _TROUBLE for _, at in entry.values(actor, predicate)]
    if entry.values(actor, FG.deletedOn):
        yield Statement(actor, ROV.orgStatus, URIRef(f"{ORGANISATION_STATUS}Avviklet"), told[0])
    elif not told and any(value.startswith(REGISTER_SITE) for value, _ in entry.things(actor, DCTERMS.source)):
        yield Statement(actor, ROV.orgStatus, URIRef(f"{ORGANISATION_STATUS}NormalAktivitet"), place)


def _registration(actor: URIRef, entry: Facts, place: Place) -> Iterator[Statement]:
    """A registered organisation has a name in the register, a form and a registration (RegOrg, W3C Note 2013)."""
    if entry.values(actor, ROV.legalName) and entry.values(actor, ROV.orgType):
        yield Statement(actor, RDF.type, ROV.RegisteredOrganization, place)
        yield Statement(actor, ROV.registration, identifier(actor), place)
    for day, at in entry.values(actor, EDITING.registered):
        yield Statement(identifier(actor), DCTERMS.issued, day, at)
