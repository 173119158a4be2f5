"""What `fosen-graph link` is asked in; the data and the local copy read, the proposals told, out."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fosen_graph.findings import DataError, Finding, Lang, Place, Report, Words
from fosen_graph.linking.cases import Case, cases
from fosen_graph.linking.checking import LookUp, Missing, broken, links, now, too_old
from fosen_graph.linking.decisions import renewed
from fosen_graph.linking.desk import Desk, open_desks, require_clean
from fosen_graph.linking.features import told
from fosen_graph.linking.matching import Candidate
from fosen_graph.linking.proposals import Organisation, Proposal, organisations
from fosen_graph.linking.proposals import propose as proposals
from fosen_graph.linking.review import Review
from fosen_graph.reading import graph
from fosen_graph.registries.client import Api, Gone
from fosen_graph.registries.index import open_register
from fosen_graph.registries.units import Register, Unit
from fosen_graph.registries.wire import Wire
from fosen_graph.release.inputs import contents, read_inputs
from fosen_graph.release.work import Workshop


@dataclass(frozen=True, slots=True)
class Proposals:
    """date: of the register's content."""

    date: str
    each: tuple[Proposal, ...]


def propose(data: Path, register: Path) -> Proposals:
    """Raises DataError where the files cannot be read, CannotRun where there is no copy of the register."""
    with open_register(register) as local:
        return Proposals(local.date, tuple(proposals(_organisations(data), local)))


def _organisations(data: Path) -> Iterator[Organisation]:
    inputs = read_inputs(data)
    if inputs.findings:
        raise DataError(inputs.findings)
    workshop = Workshop(inputs.site, inputs.ground)
    for region in inputs.regions:
        files = contents(region.shared)
        piece = graph.read_region(region.name, f"data/{region.name}", files, list(region.plans), workshop.rules)
        if not piece.readable:
            raise DataError(piece.findings)
        yield from organisations(piece)


def told_text(found: Proposals, lang: Lang) -> str:
    head = Words(nb=f"Registeret per {found.date}.", en=f"The register as of {found.date}.")
    return "\n".join([head.in_language(lang), *(line for one in found.each for line in _lines(one, lang))]) + "\n"


def _lines(one: Proposal, lang: Lang) -> Iterator[str]:
    yield ""
    linked = one.organisation.linked
    accepted = Words(nb=f" – lenket til {linked}", en=f" – linked to {linked}") if linked else Words(nb="", en="")
    yield one.organisation.mention.name + accepted.in_language(lang)
    for candidate in one.candidates:
        yield f"  {_line(candidate, lang)}"
        yield f"       {told(candidate.features).in_language(lang)}"
    if not one.candidates:
        yield "  " + Words(nb="ingen", en="none").in_language(lang)
    for question in one.organisation.questions:
        asked = Words(nb="åpent spørsmål", en="open question").in_language(lang)
        yield f"  {asked}: {question.what} – {question.why}"


def _line(candidate: Candidate, lang: Lang) -> str:
    unit = candidate.unit
    sure = Words(nb="sannsynlig", en="likely") if candidate.likely else Words(nb="usikker", en="uncertain")
    return f"{candidate.score:3}  {unit.number}  {unit.name} ({unit.form})  {sure.in_language(lang)}"


def told_json(found: Proposals) -> str:
    """For programs: both languages."""
    each = [
        {
            "about": one.organisation.about,
            "name": one.organisation.mention.name,
            "linked": one.organisation.linked,
            "refused": sorted(one.organisation.refused),
            "questions": [{"what": asked.what, "why": asked.why} for asked in one.organisation.questions],
            "candidates": [_record(candidate) for candidate in one.candidates],
        }
        for one in found.each
    ]
    return json.dumps({"registerDate": found.date, "organisations": each}, ensure_ascii=False, indent=2) + "\n"


def _record(candidate: Candidate) -> dict[str, Any]:
    unit = candidate.unit
    return {
        "number": unit.number,
        "name": unit.name,
        "form": unit.form,
        "municipality": unit.municipality,
        "score": candidate.score,
        "likely": candidate.likely,
        "features": [
            {"sign": one.sign.value, "times": one.times, "nb": one.words.nb, "en": one.words.en}
            for one in candidate.features
        ],
    }


def review(data: Path, register: Path, day: datetime.date) -> Review:
    """
    What is to be decided. day: of the decisions.

    Raises DataError where the data do not check clean, CannotRun where there is no copy of the register.
    """
    with open_register(register) as local:
        require_clean(data)
        desks = open_desks(data)
        found: list[Case] = []
        accepted: dict[str, str] = {}
        without = 0
        for desk in desks:
            known = organisations(desk.piece)
            accepted |= {one.linked: one.mention.name for one in known if one.linked}
            proposed = list(proposals((one for one in known if not one.linked), local))
            without += sum(not one.candidates for one in proposed)
            found += cases(desk.piece, desk.plans(), proposed)
        return Review(
            cases=found,
            clerks={desk.name: desk for desk in desks},
            accepted=accepted,
            register_day=local.date,
            day=day.isoformat(),
            without=without,
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """written: the files that were renewed."""

    report: Report
    written: tuple[str, ...]


def check(data: Path, register: Path, api: str | None, *, today: datetime.date, most_days: int, write: bool) -> Checked:
    """
    Every accepted link against the copy of the register, or the register itself (api: its address).

    write: enter what the register says now. Raises DataError, CannotRun.
    """
    if api is not None:
        live = Api(Wire(api))
        return _checked(data, live, _asked(live), [], today, write)
    with open_register(register) as local:
        old = list(too_old(local.date, today, most_days, Place(str(register))))
        return _checked(data, local, lambda number: local.unit(number) or Missing(), old, today, write)


def _asked(live: Api) -> LookUp:
    """Each number once."""
    answers: dict[str, Unit | Missing] = {}

    def look_up(number: str) -> Unit | Missing:
        if number not in answers:
            found = live.look_up(number, known=True)
            gone = Missing(found.day if isinstance(found, Gone) else None)
            answers[number] = found if isinstance(found, Unit) else gone
        return answers[number]

    return look_up


def _checked(
    data: Path, register: Register, look_up: LookUp, findings: list[Finding], today: datetime.date, write: bool
) -> Checked:
    written: list[str] = []
    if write:
        require_clean(data)
    for desk in open_desks(data):
        linked = links(desk.piece)
        findings += broken(linked, look_up, register)
        if write:
            units = {one.slug: unit for one in linked if (unit := now(one, look_up(one.number)))}
            written += _renewed(desk, units, register.date, today)
    return Checked(Report(findings), tuple(written))


def _renewed(desk: Desk, units: Mapping[str, Unit], day: str, today: datetime.date) -> list[str]:
    changed = renewed(desk.held(), desk.folder, units, day)
    return [f"{desk.folder}/{name}" for name in desk.write(changed, today.isoformat())]
