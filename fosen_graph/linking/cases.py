"""A region as it was read and proposals in; what a person has to decide, with the plan's words in context, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rdflib import DCTERMS, URIRef

from fosen_graph.findings import Place
from fosen_graph.linking.matching import Candidate
from fosen_graph.linking.proposals import Organisation, Proposal, organisations
from fosen_graph.reading.graph import LaidPlan, Piece

_BESIDE: Final = 90  # code points that are shown on either side of a mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The plan's words, and what stands around them in the cell; … where more does."""

    place: Place
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Added:
    """An organisation that the project added: where, and from which source."""

    place: Place
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One organisation that has proposals, none of them accepted.

    slug: in the region's files. passages: where the plan names it. added: where it is told of otherwise.
    """

    region: str
    slug: str
    organisation: Organisation
    candidates: tuple[Candidate, ...]
    passages: tuple[Passage, ...] = ()
    added: tuple[Added, ...] = ()

    @property
    def name(self) -> str:
        return self.organisation.mention.name


def cases(region: Piece, plans: Iterable[LaidPlan], proposals: Iterable[Proposal]) -> list[Case]:
    """Those of a region that somebody has to decide: without an accepted link, and with a proposal."""
    passages = _passages(plans)
    found = []
    for proposal in proposals:
        one = proposal.organisation
        if one.linked or not proposal.candidates:
            continue
        found.append(
            Case(
                region=region.region,
                slug=one.about.rpartition("/")[2],
                organisation=one,
                candidates=proposal.candidates,
                passages=tuple(passages.get(one.about, ())),
                added=tuple(_added(region, one.about)),
            )
        )
    return found


def _passages(plans: Iterable[LaidPlan]) -> Mapping[str, Sequence[Passage]]:
    """By the IRI of what is named, in the order of the document."""
    found: defaultdict[str, list[Passage]] = defaultdict(list)
    for plan in plans:
        for mention in sorted(plan.reading.mentions, key=lambda one: one.cell.start + one.start):
            text = mention.cell.text
            found[str(mention.body)].append(
                Passage(
                    place=plan.source.place(mention.cell, mention.start),
                    before=_shortened(text[: mention.start], first=False),
                    words=_on_one_line(mention.text),
                    after=_shortened(text[mention.end :], first=True),
                )
            )
    return found


def _shortened(text: str, *, first: bool) -> str:
    text = _on_one_line(text)
    if len(text) <= _BESIDE:
        return text
    return f"{text[:_BESIDE]}…" if first else f"…{text[-_BESIDE:]}"


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")


def _added(region: Piece, about: str) -> list[Added]:
    return [Added(place, str(source)) for source, place in region.added.values(URIRef(about), DCTERMS.source)]


def accepted(region: Piece) -> dict[str, Organisation]:
    """Filled by whoever knows the organisations: by number, the one that it was accepted for."""
    return {one.linked: one for one in organisations(region) if one.linked}
