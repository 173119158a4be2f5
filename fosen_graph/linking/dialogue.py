"""A review, and lines that a person types, in; calm questions, and each answer written at once, out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fosen_graph.findings import CannotRun, DataError, Lang, Words
from fosen_graph.linking import decisions
from fosen_graph.linking.cases import Case
from fosen_graph.linking.decisions import Answer
from fosen_graph.linking.features import told
from fosen_graph.linking.matching import Candidate
from fosen_graph.linking.review import (
    NEXT,
    ROLE_NEEDED,
    Ask,
    ChangedMeanwhileError,
    Review,
    SayLine,
    certainty_of,
    of_whom,
    outcome,
    warnings_of,
)

_SHOWN: Final = 3  # passages of the plan
_SKIP, _STOP, _HELP = "skip", "stop", "help"
_ANSWERS: Final[Mapping[Answer | str, tuple[str, str]]] = {  # what a person may type, Norwegian and English
    Answer.ACCEPT: ("godta", "accept"),
    Answer.REFUSE: ("avvis", "refuse"),
    Answer.UNSURE: ("usikker", "unsure"),
    _SKIP: ("hopp", "skip"),
    _STOP: ("avslutt", "quit"),
    _HELP: ("hjelp", "help"),
}
_ALL: Final = ("alle", "all")


class _StoppedError(Exception):
    """The person has said enough, or there is no more to read."""


@dataclass(slots=True)
class Dialogue:
    """by: the role of whoever decides; asked once where it is not known."""

    review: Review
    ask: Ask
    say: SayLine
    lang: Lang
    by: str | None = None

    def run(self) -> bool:
        """Through all cases, or until the person stops. False where a file was changed by somebody else meanwhile."""
        cases = self.review.open()
        self._tell(_intro(self.review, len(cases)))
        went_well = True
        try:
            for number, case in enumerate(cases, 1):
                self._case(case, f"{number} {Words(nb='av', en='of').in_language(self.lang)} {len(cases)}")
        except _StoppedError:
            pass
        except KeyboardInterrupt:
            self.say("")
        except ChangedMeanwhileError as error:
            self.say(error.text(self.lang))
            went_well = False
        self.say("")
        self._tell(outcome(self.review))
        if self.review.files:
            self._tell(NEXT)
        return went_well

    def _tell(self, words: Words) -> None:
        self.say(words.in_language(self.lang))

    def _case(self, case: Case, number: str) -> None:
        self._show(case, number)
        while self.review.left(case):
            answer, rest = self._answer()
            if answer == _SKIP:
                return
            if answer == _HELP:
                self._tell(_HELP_TEXT)
            elif isinstance(answer, Answer) and (chosen := self._chosen(case, answer, rest)):
                self._decide(case, chosen, answer)

    def _show(self, case: Case, number: str) -> None:
        self.say(f"\n{number}: {case.name}")
        for passage in case.passages[:_SHOWN]:
            self.say(f"  {passage.place}: {passage.before}[{passage.words}]{passage.after}")
        if len(case.passages) > _SHOWN:
            more = len(case.passages) - _SHOWN
            self._tell(Words(nb=f"  og {more} steder til", en=f"  and {more} places more"))
        for added in case.added:
            self._tell(Words(nb=f"  {added.place}: lagt til; kilde {added.source}",
                             en=f"  {added.place}: added; source {added.source}"))  # fmt: skip
        for at, candidate in enumerate(case.candidates, 1):
            unit = candidate.unit
            self.say(f"  {at}. {unit.name}, {unit.number}, {of_whom(unit).in_language(self.lang)}")
            likeness = f"{certainty_of(candidate).in_language(self.lang)}: "
            self.say(f"     {likeness}{told(candidate.features).in_language(self.lang)}")
            for warned in warnings_of(self.review, case, candidate):
                self._tell(Words(nb=f"     {warned.nb}", en=f"     {warned.en}"))

    def _asked(self, words: Words) -> str:
        line = self.ask(f"{words.in_language(self.lang)} ")
        if line is None:
            raise _StoppedError
        return line

    def _answer(self) -> tuple[Answer | str, list[str]]:
        """The first word, as far as it is clear, and the rest of the line."""
        while True:
            first, *rest = self._asked(_PROMPT).casefold().split() or ("",)
            found = [answer for answer, words in _ANSWERS.items() if first and any(w.startswith(first) for w in words)]
            exact = [answer for answer, words in _ANSWERS.items() if first in words]
            if (exact or found) == [_STOP]:
                raise _StoppedError
            if len(exact or found) == 1:
                return (exact or found)[0], rest
            self._tell(_UNCLEAR if found else _NOT_UNDERSTOOD)

    def _chosen(self, case: Case, answer: Answer, rest: list[str]) -> list[Candidate]:
        """Which candidates an answer is about; none where the person did not say one that there is."""
        candidates = self.review.left(case)
        if answer is not Answer.ACCEPT and rest and rest[0] in _ALL:
            return candidates
        digits = next((word for word in rest if re.fullmatch("[0-9]{1,9}", word)), None)
        if digits is None and rest:
            self._tell(_NOT_UNDERSTOOD)
            return []
        if digits is None and len(candidates) == 1:
            return candidates
        if digits is None:
            digits = self._asked(_WHICH).strip()
        chosen = _numbered(case).get(digits)
        if chosen is None or chosen not in candidates:
            self._tell(Words(nb="Det er ingen kandidat med det nummeret.", en="There is no candidate of that number."))
            return []
        return [chosen]

    def _decide(self, case: Case, chosen: list[Candidate], answer: Answer) -> None:
        reason = self._reason(needed=answer is not Answer.UNSURE)
        if reason is None:
            return
        by = self._role()
        for candidate in chosen:
            try:
                files = self.review.decide(case, candidate, answer, reason, by)
            except ChangedMeanwhileError:
                raise
            except CannotRun as error:
                self.say(error.text(self.lang))
                return
            except DataError as error:
                self.say(error.report.text(self.lang).rstrip("\n"))
                return
            written = ", ".join(files)
            self._tell(
                Words(nb=f"Skrevet i {written}.", en=f"Written in {written}.")
                if files
                else Words(nb="Spørsmålet står der fra før.", en="The question stands there already.")
            )

    def _reason(self, *, needed: bool) -> str | None:
        """None: the person has thought better of it."""
        for _ in range(3):
            typed = self._asked(_WHY if needed else _WHY_UNSURE)
            said = decisions.reason(typed, needed=needed)
            if said is not None and _is_text(typed):
                return said
            self._tell(_REASON_NEEDED)
        self._tell(Words(nb="Ingenting er skrevet.", en="Nothing was written."))
        return None

    def _role(self) -> str:
        while self.by is None:
            typed = self._asked(_WHO)
            self.by = decisions.role(typed) if _is_text(typed) and not _is_answer(typed) else None
            if self.by is None:
                self._tell(ROLE_NEEDED)
        return self.by


def _is_answer(typed: str) -> bool:
    """True for a line that was meant for another question."""
    return any(typed.casefold().split()[:1] == [word] for words in _ANSWERS.values() for word in words)


def _numbered(case: Case) -> dict[str, Candidate]:
    """By the number on the screen, and by organisation number."""
    shown = {str(at): one for at, one in enumerate(case.candidates, 1)}
    return shown | {one.unit.number: one for one in case.candidates}


def _is_text(typed: str) -> bool:
    """False where a terminal sent bytes that are no UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in typed)


def _intro(review: Review, count: int) -> Words:
    if not count:
        return Words(
            nb=f"Registeret per {review.register_day}. Ingen forslag venter på en avgjørelse.",
            en=f"The register as of {review.register_day}. No proposal waits for a decision.",
        )
    one_nb, one_en = ("virksomhet", "organisation") if count == 1 else ("virksomheter", "organisations")
    wait = "waits" if count == 1 else "wait"
    return Words(
        nb=f"Registeret per {review.register_day}. {count} {one_nb} venter på en avgjørelse; "
        f"{review.without} til har ingen forslag.\nHvert svar skrives med en gang.",
        en=f"The register as of {review.register_day}. {count} {one_en} {wait} for a decision; "
        f"{review.without} more have no proposal.\nEach answer is written at once.",
    )


_PROMPT = Words(
    nb="Svar (godta, avvis, usikker, hopp over, avslutt, hjelp):",
    en="Answer (accept, refuse, unsure, skip, quit, help):",
)
_WHICH = Words(nb="Hvilken kandidat?", en="Which candidate?")
_WHY = Words(nb="Begrunnelse:", en="Reason:")
_WHY_UNSURE = Words(nb="Begrunnelse (kan stå tom):", en="Reason (may be empty):")
_WHO = Words(nb="I hvilken rolle avgjør du dette (for eksempel sekretariatet)?",
             en="In which role do you decide this (for instance sekretariatet)?")  # fmt: skip
_REASON_NEEDED = Words(
    nb=f"Skriv en begrunnelse på en linje, høyst {decisions.LONGEST_REASON} tegn.",
    en=f"Write a reason on a line, of {decisions.LONGEST_REASON} characters at most.",
)
_UNCLEAR = Words(
    nb="Det kan bety flere ting. Skriv hele ordet.", en="That may mean several things. Write the word out."
)
_NOT_UNDERSTOOD = Words(nb="Det svaret finnes ikke. Skriv «hjelp».", en="There is no such answer. Write “help”.")
_HELP_TEXT = Words(
    nb="godta 1: kandidat 1 er virksomheten; nummeret føres i lenker.yaml.\n"
    "avvis 1, avvis alle: det er den ikke; den foreslås aldri mer.\n"
    "usikker 1: spørsmålet føres i kandidater.yaml og blir stående åpent.\n"
    "hopp over: neste virksomhet; ingenting skrives. avslutt: det som er skrevet, er skrevet.",
    en="accept 1: candidate 1 is the organisation; its number is entered in lenker.yaml.\n"
    "refuse 1, refuse all: it is not; it is never proposed again.\n"
    "unsure 1: the question is entered in kandidater.yaml and stays open.\n"
    "skip: the next organisation; nothing is written. quit: what is written stays written.",
)
