"""One slip in the real plan, checked as an editor checks it: one thing to mend, where it was made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from real_plan import ROOT

from fosen_graph.findings import Finding, Severity
from fosen_graph.release import check_data

PLAN, ACTORS = "2022-2024/plan.yaml", "aktoerer.yaml"
TRANSLATIONS, FIRST = "oversettelser.yaml", "- {om: 2022-2024, engelsk: Action Plan 2022-2024}"
PARTNERS = "partnere: [nettselskaper, vannverk, nve]"


def told(folder: Path, file: str, before: str, after: str) -> list[Finding]:
    """The violations in a copy of all data, where the first of these words is another."""
    shutil.copytree(ROOT / "data", folder / "data")
    path = folder / "data/fosen" / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return [one for one in check_data(folder / "data", jobs=1) if one.severity is Severity.VIOLATION]


@pytest.mark.parametrize(
    ("file", "before", "after", "code"),
    [
        (PLAN, "navn: Kraftforsyning Fosen", "navn: Kraftforsyningg Fosen", "not-in-source"),
        (PLAN, "navn: Pendlerstrategi\n", "navn: Pendlarstrategi\n", "not-in-source"),
        (PLAN, "Fosenstrategi 1; VERDISKAPING", "Fosenstrategi 1; VERDISKAPNING", "not-in-source"),
        (PLAN, PARTNERS, "partnere: [nettselskaper, nve]", "not-read"),
        (PLAN, PARTNERS, "partnere: [nettselskaper, vannverk, nve, kommunene]", "not-in-source"),
        (PLAN, PARTNERS, "partnere: [nettselskaper, kommunene, nve]", "not-in-source"),
        (PLAN, PARTNERS, "partnere: [nettselskaper, vannverkk, nve]", "unknown-name"),
        (PLAN, PARTNERS, "partnere: nettselskaper, vannverk, nve", "no-brackets"),
        (PLAN, "        linje: 24\n        ansvarlig: raadet\n", "        linje: 24\n", "not-read"),
        (PLAN, "        linje: 26\n", "        linje: 27\n", "wrong-line"),
        (PLAN, "        linje: 26\n", "", "no-line"),
        (PLAN, "linje: [29, 31]", "linje: 29", "row-goes-on"),
        (PLAN, "  nummer: 1\n", "", "no-number"),
        (ACTORS, "id: raadmannsforum, slag: organ", "id: raadmannsforum", "no-kind"),
        (ACTORS, "id: representantskapet, slag: organ", "id: representantskapet", "no-kind"),
        (ACTORS, "navn: Trøndelag fylkeskommune", "navn: Trøndelags fylkeskommune", "not-in-source"),
        (TRANSLATIONS, f"{FIRST}\n", f"{FIRST}\n{FIRST.replace('Action', 'Activity')}\n", "name-twice"),
        (TRANSLATIONS, f"{FIRST}\n", f"{FIRST.replace('}', ', bokmål: Action Plan 2022-2024}')}\n", "name-twice"),
    ],
)
def test_what_only_follows_from_a_slip_is_not_told(
    tmp_path: Path, file: str, before: str, after: str, code: str
) -> None:
    findings = told(tmp_path, file, before, after)
    assert [(one.code, one.place.file.endswith(file)) for one in findings] == [(code, True)]


def test_a_plan_in_nynorsk_can_be_published(tmp_path: Path) -> None:
    assert told(tmp_path, "2022-2024/kilde.yaml", "språk: nb", "språk: nn") == []
