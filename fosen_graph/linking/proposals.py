"""What a region's files say and a register in; a proposal for every organisation, and for nothing else, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import RDF, SKOS, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.iris import ADMS, EDITING, FG
from fosen_graph.linking.features import Mention
from fosen_graph.linking.matching import Candidate, candidates
from fosen_graph.reading.graph import Piece
from fosen_graph.registries.names import MUNICIPAL_WORDS, tokens
from fosen_graph.registries.units import Register


@dataclass(frozen=True, slots=True)
class Question:
    """Asked by people, and open. what: a number or the IRI of another thing. why: in the words of the files."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """about: its IRI. linked: the number that people accepted. refused: those that they said no to."""

    about: str
    mention: Mention
    linked: str | None
    refused: frozenset[str]
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """candidates: best first; empty where none is good."""

    organisation: Organisation
    candidates: tuple[Candidate, ...]


def propose(organisations: Iterable[Organisation], register: Register) -> Iterator[Proposal]:
    """One proposal an organisation, in their order."""
    for one in organisations:
        yield Proposal(organisation=one, candidates=candidates(one.mention, register, one.refused))


def organisations(region: Piece) -> list[Organisation]:
    """
    The organisations of a region by name. A body within one, a group, a post and an initiative have no number.

    The places are the municipalities that the files name: where the region's organisations are likely to lie.
    """
    said: dict[URIRef, dict[Node, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for triples in region.graphs.values():
        for subject, predicate, value in sorted(triples):
            said[predicate][subject].append(value)
    kinds = said[RDF.type]
    chosen = [actor for actor, types in kinds.items() if FG.Organisation in types and FG.CollegialBody not in types]
    labels = {actor: str(said[SKOS.prefLabel][actor][0]) for actor in chosen if said[SKOS.prefLabel][actor]}
    places = tuple(sorted({place for name in labels.values() if (place := _place(name))}))
    refused, questions = _refused(region), _questions(region)
    found = [
        Organisation(
            about=str(actor),
            mention=Mention(name=name, places=places),
            linked=_number(actor, said),
            refused=refused.get(str(actor), frozenset()),
            questions=tuple(
                one for one in questions[str(actor)] if one.what not in refused.get(str(actor), frozenset())
            ),
        )
        for actor, name in labels.items()
    ]
    return sorted(found, key=lambda one: one.about)


def _place(name: str) -> str | None:
    """The municipality that an organisation is, by its name."""
    *words, last = tokens(name) or ("",)
    return " ".join(words) if words and last in MUNICIPAL_WORDS and last != "fylkeskommune" else None


def _number(actor: Node, said: Mapping[URIRef, Mapping[Node, list[Node]]]) -> str | None:
    for identifier in said[ADMS.identifier].get(actor, []):
        for number in said[SKOS.notation].get(identifier, []):
            return str(number)
    return None


def _refused(region: Piece) -> dict[str, frozenset[str]]:
    numbers: dict[str, frozenset[str]] = {}
    for actor, number, _ in region.added.pairs(EDITING.refusedNumber):
        numbers[str(actor)] = numbers.get(str(actor), frozenset()) | {str(number)}
    return numbers


def _questions(region: Piece) -> defaultdict[str, list[Question]]:
    """By the IRI of what they are about, in the order of the files."""
    found: defaultdict[str, list[Question]] = defaultdict(list)
    facts = region.added
    for _, candidate, _ in facts.pairs(EDITING.candidate):
        if not isinstance(candidate, IdentifiedNode):
            continue
        why = " ".join(str(value) for value, _ in facts.values(candidate, SKOS.editorialNote))
        targets = [*facts.values(candidate, SKOS.notation), *facts.values(candidate, FG.candidateTarget)]
        for subject, _ in facts.values(candidate, FG.candidateSubject):
            found[str(subject)] += [Question(str(what), why) for what, _ in targets]
    return found
