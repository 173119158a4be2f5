"""A person's decision and a region's files in; the files that say it, changed by no more than that, out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from typing import Final

from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.iris import REGISTER_API
from fosen_graph.linking.editing import Entry, Listed, Value, appended, cleaned, counted, entries, removed, replaced
from fosen_graph.linking.features import told
from fosen_graph.linking.matching import Candidate
from fosen_graph.registries.units import Unit

LINKS, QUESTIONS, RECORDS, TOTALS = "lenker.yaml", "kandidater.yaml", "registeropplysninger.yaml", "aktoerer.yaml"
_KEY: Final = {LINKS: "lenker", QUESTIONS: "kandidater", RECORDS: "registeropplysninger"}
_HOMEPAGE: Final = re.compile(r"(?:https?://)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[A-Za-z0-9._~/-]*)?")
_SUB_UNITS: Final = REGISTER_API.replace("/enheter/", "/underenheter/")
LONGEST_REASON: Final = 2000

Files = Mapping[str, bytes]  # by name


class Answer(Enum):
    ACCEPT = "accept"
    REFUSE = "refuse"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """about: the slug of the organisation. by: a role, as a slug. day, register_day: ISO."""

    answer: Answer
    about: str
    candidate: Candidate
    reason: str
    by: str
    day: str
    register_day: str

    @property
    def number(self) -> str:
        return self.candidate.unit.number


def role(text: str) -> str | None:
    """A role as the files name it («sekretariatet»); None for an e-mail address, or what reads like a person's name."""
    words = cleaned(text).split()
    capital = [word for word in words if word[0].isupper() and (len(word.strip(".")) == 1 or not word.isupper())]
    if not words or "@" in text or (1 < len(words) < 4 and len(capital) == len(words)):
        return None
    lower = " ".join(words).casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    bare = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
    return slug if slug and len(slug) <= 60 else None


def reason(text: str, *, needed: bool) -> str | None:
    """What a person gave as the reason, as a file may hold it; None where it is missing or too long."""
    said = cleaned(text)
    return None if len(said) > LONGEST_REASON or (needed and not said) else said


def decided(files: Files, folder: str, decision: Decision, taken: Set[str] = frozenset()) -> dict[str, bytes]:
    """
    The files that change, by name. folder: of the region, for messages. taken: ids that no new question may have.

    Accepting and refusing close an open question about the same; a new question opens where the person is unsure.
    Raises CannotRun where the files already say otherwise, or are not written so that an entry can be added.
    """
    desk = _Desk(dict(files), folder)
    if decision.answer is Answer.UNSURE:
        desk.ask(decision, taken)
    else:
        desk.settle(decision)
    return {name: data for name, data in desk.files.items() if data != files.get(name)}


def renewed(files: Files, folder: str, units: Mapping[str, Unit], day: str) -> dict[str, bytes]:
    """The files that change when the register's facts are written anew. units: by the slug of what they are."""
    desk = _Desk(dict(files), folder)
    for about, unit in units.items():
        desk.record(about, unit, day)
    desk.count()
    return {name: data for name, data in desk.files.items() if data != files.get(name)}


class _Desk:
    """A region's files while they are changed, in memory."""

    def __init__(self, files: dict[str, bytes], folder: str) -> None:
        self.files, self.folder = files, folder

    def settle(self, decision: Decision) -> None:
        """An acceptance or a refusal."""
        for listed in self._entries(LINKS):
            self._not_against(listed.texts, listed.place, decision)
        self._append(LINKS, _link(decision))
        if decision.answer is Answer.ACCEPT:
            self.record(decision.about, decision.candidate.unit, decision.register_day)
        while (at := self._question(decision)) is not None:
            self.files[QUESTIONS] = removed(self.files[QUESTIONS], self._path(QUESTIONS), _KEY[QUESTIONS], at)
        self.count()

    def ask(self, decision: Decision, taken: Set[str]) -> None:
        """An open question, unless it is asked already."""
        if self._question(decision) is None:
            ids = {listed.texts.get("id", "") for listed in self._entries(QUESTIONS)}
            self._append(QUESTIONS, _question(decision, ids | taken))
            self.count()

    def record(self, about: str, unit: Unit, day: str) -> None:
        """What the register says, in the place of what it said before."""
        entry = record(about, unit, day)
        at = next((n for n, listed in enumerate(self._entries(RECORDS)) if listed.texts.get("om") == about), None)
        if at is None:
            self._append(RECORDS, entry)
        else:
            self.files[RECORDS] = replaced(self.files[RECORDS], self._path(RECORDS), _KEY[RECORDS], at, entry)

    def count(self) -> None:
        """The control totals as they are now."""
        if TOTALS not in self.files:
            return
        for name, key in _KEY.items():
            if name in self.files:
                number = len(self._entries(name))
                self.files[TOTALS] = counted(self.files[TOTALS], self._path(TOTALS), "kontrolltall", key, number)

    def _not_against(self, said: Mapping[str, str], place: Place, decision: Decision) -> None:
        number = said.get("organisasjonsnummer")
        own = said.get("om") == decision.about
        if (own and number) or (number == decision.number and decision.answer is Answer.ACCEPT):
            raise CannotRun(
                Words(
                    nb=f"Nummeret {number} er alt godtatt for «{said.get('om')}».",
                    en=f"The number {number} has already been accepted for “{said.get('om')}”.",
                ),
                Words(
                    nb="To aktører har aldri samme nummer. Fjern den lenken først, eller slå aktørene sammen.",
                    en="Two actors never have one number. Remove that link first, or merge the actors.",
                ),
                place,
            )

    def _question(self, decision: Decision) -> int | None:
        """Where it is asked whether the two are the same."""
        for at, listed in enumerate(self._entries(QUESTIONS)):
            said = listed.texts
            if said.get("gjelder") == f"aktoer/{decision.about}" and said.get("organisasjonsnummer") == decision.number:
                return at
        return None

    def _append(self, name: str, entry: Entry) -> None:
        self.files[name] = appended(self.files.get(name), self._path(name), _KEY[name], entry)

    def _entries(self, name: str) -> Sequence[Listed]:
        return entries(self.files.get(name), self._path(name), _KEY[name])

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}"


def evidence(decision: Decision) -> str:
    """What the decision rests on, in the words of the files: what the register says, and how the names are alike."""
    unit = decision.candidate.unit
    where = f", {unit.municipality}" if unit.municipality else ""
    seen = f"Enhetsregisteret per {decision.register_day}: {unit.name} ({unit.form}){where}"
    return f"{seen}; {told(decision.candidate.features).nb}."


def _link(decision: Decision) -> Entry:
    key = "organisasjonsnummer" if decision.answer is Answer.ACCEPT else "avvist-nummer"
    return [
        ("om", decision.about),
        (key, decision.number),
        ("belegg", evidence(decision)),
        *([("begrunnelse", decision.reason)] if decision.reason else []),
        ("av", decision.by),
        ("dato", decision.day),
        ("registerdato", decision.register_day),
    ]


def _question(decision: Decision, ids: Set[str]) -> Entry:
    name = f"{decision.about}-{decision.number}"
    tried = 1
    while (own := name if tried == 1 else f"{name}-{tried}") in ids:
        tried += 1
    return [
        ("id", own),
        ("gjelder", f"aktoer/{decision.about}"),
        ("organisasjonsnummer", decision.number),
        *([("grad", "sannsynlig")] if decision.candidate.likely else []),
        ("fordi", decision.reason or evidence(decision)),
        ("av", decision.by),
        ("dato", decision.day),
        ("registerdato", decision.register_day),
    ]


def record(about: str, unit: Unit, day: str) -> Entry:
    """What registeropplysninger.yaml says of a unit as of a day; what the register does not tell is left out."""
    place = unit.municipality_number
    homepage = unit.homepage if unit.homepage and _HOMEPAGE.fullmatch(unit.homepage) else None
    told: list[tuple[str, Value | None]] = [
        ("registrert-navn", unit.name),
        ("organisasjonsform", unit.form),
        ("registrert", unit.registered),
        ("kommunenummer", place if place and re.fullmatch("[0-9]{4}", place) else None),
        ("næringskode", unit.activity or None),
        ("sektorkode", unit.sector),
        ("overordnet", unit.parent),
        ("slettet", unit.deleted),
        ("konkurs", unit.bankrupt_date),
        ("under-avvikling", unit.winding_up or None),
        ("hjemmeside", homepage),
        ("hentet-fra", f"{_SUB_UNITS if unit.is_sub_unit else REGISTER_API}{unit.number}"),
        ("dato", day),
    ]
    return [("om", about), *((key, value) for key, value in told if value)]
