"""Cases and a person's answers in; decisions, each written before the next is asked for, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fosen_graph.findings import CannotRun, Words
from fosen_graph.linking.cases import Case
from fosen_graph.linking.decisions import Answer, Decision, role
from fosen_graph.linking.matching import Candidate
from fosen_graph.registries.units import Unit


class ChangedMeanwhileError(CannotRun):
    """A file is no longer what was read, so that nothing more can be entered."""


class Clerk(Protocol):
    """Who holds a region's files."""

    def decide(self, decision: Decision) -> tuple[str, ...]: ...


@dataclass(slots=True)
class Review:
    """
    What is left to decide, and what has been decided; the dialogue and the page share it.

    clerks: by region. accepted: by number, the name of whom it was accepted for. without: organisations that have
    nothing to decide, for there is no proposal.
    """

    cases: list[Case]
    clerks: Mapping[str, Clerk]
    accepted: dict[str, str]
    register_day: str
    day: str
    without: int = 0
    counts: Counter[Answer] = field(default_factory=Counter)
    files: dict[str, None] = field(default_factory=dict)  # those that were changed, in order
    _closed: set[tuple[str, str]] = field(default_factory=set)
    _answered: set[tuple[str, str, str]] = field(default_factory=set)

    def left(self, case: Case) -> list[Candidate]:
        """The candidates that nobody has answered for."""
        if (case.region, case.slug) in self._closed:
            return []
        return [one for one in case.candidates if (case.region, case.slug, one.unit.number) not in self._answered]

    def open(self) -> list[Case]:
        return [case for case in self.cases if self.left(case)]

    def case(self, region: str, slug: str) -> Case | None:
        return next((case for case in self.cases if (case.region, case.slug) == (region, slug)), None)

    def decide(self, case: Case, candidate: Candidate, answer: Answer, reason: str, by: str) -> tuple[str, ...]:
        """Write it; returns the files that changed, none where the question was asked already. Raises CannotRun."""
        decision = Decision(
            answer=answer,
            about=case.slug,
            candidate=candidate,
            reason=reason,
            by=by,
            day=self.day,
            register_day=self.register_day,
        )
        files = self.clerks[case.region].decide(decision)
        self._answered.add((case.region, case.slug, candidate.unit.number))
        if answer is Answer.ACCEPT:
            self._closed.add((case.region, case.slug))
            self.accepted[candidate.unit.number] = case.name
        self.counts[answer] += 1
        self.files |= {f"{case.region}/{name}": None for name in files}
        return files


def of_whom(unit: Unit) -> Words:
    """Form, place and standing of a unit, on a line."""
    nb, en = [f"form {unit.form}"], [f"form {unit.form}"]
    if unit.municipality:
        where = f"{unit.municipality} ({unit.municipality_number})" if unit.municipality_number else unit.municipality
        nb.append(f"kommune {where}")
        en.append(f"municipality {where}")
    if unit.is_sub_unit:
        nb.append(f"underenhet av {unit.parent}")
        en.append(f"sub-unit of {unit.parent}")
    standing = standing_of(unit)
    return Words(nb=", ".join([*nb, standing.nb]), en=", ".join([*en, standing.en]))


def standing_of(unit: Unit) -> Words:
    """What has become of it, as far as the register says."""
    if unit.deleted:
        return Words(nb=f"slettet {unit.deleted}", en=f"deleted {unit.deleted}")
    if unit.bankrupt:
        since = f" {unit.bankrupt_date}" if unit.bankrupt_date else ""
        return Words(nb=f"konkurs{since}", en=f"bankrupt{since}")
    if unit.winding_up:
        return Words(nb="under avvikling", en="winding up")
    return Words(nb="ikke slettet, konkurs eller under avvikling", en="not deleted, bankrupt or winding up")


def certainty_of(candidate: Candidate) -> Words:
    sure = Words(nb="sannsynlig", en="likely") if candidate.likely else Words(nb="usikkert", en="uncertain")
    return Words(nb=f"{candidate.score} av 100, {sure.nb}", en=f"{candidate.score} of 100, {sure.en}")


def warnings_of(review: Review, case: Case, candidate: Candidate) -> Iterable[Words]:
    """What a person should know before saying yes: that another bears the number, that somebody has asked before."""
    if other := review.accepted.get(candidate.unit.number):
        yield Words(nb=f"Nummeret er alt godtatt for {other}.", en=f"The number has already been accepted for {other}.")
    for question in case.organisation.questions:
        if question.what == candidate.unit.number or question.what.endswith(f"/{candidate.unit.number}"):
            yield Words(nb=f"Åpent spørsmål: {question.why}", en=f"Open question: {question.why}")


def outcome(review: Review) -> Words:
    """How many of each, and where it was written."""
    accepted, refused, unsure = (review.counts[answer] for answer in Answer)
    if not review.files:
        return Words(nb="Ingenting er skrevet.", en="Nothing was written.")
    files = ", ".join(review.files)
    return Words(
        nb=f"{accepted} godtatt, {refused} avvist, {unsure} usikre. Skrevet: {files}.",
        en=f"{accepted} accepted, {refused} refused, {unsure} unsure. Written: {files}.",
    )


def given_role(text: str) -> str:
    """The role of --by. Raises CannotRun where it is none."""
    found = role(text)
    if found is None:
        raise CannotRun(Words(nb=f"«{text}» er ikke en rolle.", en=f"“{text}” is no role."), ROLE_NEEDED)
    return found


ROLE_NEEDED = Words(
    nb="Skriv en rolle med små bokstaver, aldri et personnavn eller en adresse.",
    en="Write a role in lower case, never a person's name or an address.",
)
NEXT = Words(
    nb="Neste: se over med «git diff», kjør «fosen-graph check», så «fosen-graph build».",
    en="Next: look it over with “git diff”, run “fosen-graph check”, then “fosen-graph build”.",
)
Ask = Callable[[str], str | None]
SayLine = Callable[[str], None]
