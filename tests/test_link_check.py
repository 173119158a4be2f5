"""Links stay true: whatever has become of a unit since it was accepted is told at its line, with what to do."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from registers.server import registry, serving

from fosen_graph.cli import main
from fosen_graph.findings import Place
from fosen_graph.linking.checking import Known, Link, Missing, broken, too_old
from fosen_graph.registries.names import key
from fosen_graph.registries.synthetic import Synthetic
from fosen_graph.registries.units import FormerName, Unit

ROOT = Path(__file__).parent.parent
UNIT = Unit(number="993091472", name="RORET ØRLAND KULTURFORETAK KF", form="KF", municipality="ØRLAND",
            municipality_number="5057")  # fmt: skip
LINK = Link(
    about="https://w3id.org/fosen-graph/id/fosen/aktoer/roret-kf",
    number=UNIT.number,
    place=Place("data/fosen/lenker.yaml", 63, 24),
    names=("Roret KF",),
    known=Known(name=UNIT.name, form="KF", municipality="5057"),
)


@dataclass(frozen=True)
class Listed:
    """A register that fits on a line."""

    units: tuple[Unit, ...]
    date: str = "2026-01-01"

    def unit(self, number: str) -> Unit | None:
        return next((unit for unit in self.units if unit.number == number), None)

    def named(self, name: str) -> Sequence[Unit]:
        return [unit for unit in self.units if key(unit.name) == name or name in map(key, former(unit))]

    def with_tokens(self, words: Sequence[str], limit: int) -> Sequence[Unit]:
        return self.units[:limit]


def former(unit: Unit) -> list[str]:
    return [one.name for one in unit.former_names]


def told(*units: Unit, link: Link = LINK) -> list[tuple[str, str, str]]:
    """Code, what and remedy of each finding, in English."""
    register = Listed(units)
    found = list(broken([link], lambda number: register.unit(number) or Missing(), register))
    assert all(finding.place == link.place and finding.about == link.about for finding in found)
    assert all(finding.what.nb and finding.remedy.nb for finding in found)
    return [(finding.code, finding.what.en, finding.remedy.en) for finding in found]


@pytest.mark.parametrize(
    ("now", "code", "what"),
    [
        ({"name": "RORET KULTUR KF"}, "link-renamed", "KULTURFORETAK KF, and is now RORET KULTUR KF"),
        ({"municipality_number": "5001"}, "link-moved", "lay in municipality 5057, and now lies in 5001 ØRLAND"),
        ({"form": "AS"}, "link-form", "had the form KF, and now has AS"),
        ({"deleted": "2026-10-01"}, "link-deleted", "was deleted on 2026-10-01"),
        ({"bankrupt": True, "bankrupt_date": "2026-09-01"}, "link-bankrupt", "is bankrupt 2026-09-01"),
        ({"bankrupt": True}, "link-bankrupt", "is bankrupt."),
        ({"winding_up": True}, "link-winding-up", "is winding up"),
    ],
)  # fmt: skip
def test_each_change_is_told_with_what_to_do(now: dict[str, Any], code: str, what: str) -> None:
    (finding,) = told(replace(UNIT, **now))
    assert finding[0] == code
    assert what in finding[1]
    assert finding[1].startswith("Roret KF: ")
    assert finding[2]


def test_a_link_that_holds_is_silent() -> None:
    """Other case, hyphens or spaces are no other name."""
    assert told(UNIT) == []
    assert told(replace(UNIT, name="Roret Ørland kulturforetak KF")) == []


def test_a_number_that_is_gone_tells_who_may_have_taken_over() -> None:
    """Another, sound unit of the name, or that bore it; never one that is deleted itself."""
    heir = Unit(number="974760673", name=UNIT.name, form="KF", municipality="ØRLAND")
    ((code, what, remedy),) = told(heir)
    assert (code, what) == ("link-unknown", "Roret KF: the register does not have the number 993091472.")
    assert remedy.startswith("Probably succeeded by RORET ØRLAND KULTURFORETAK KF, 974760673. Remove the link")
    renamed = replace(heir, name="KULTUR I ØRLAND KF", former_names=(FormerName(UNIT.name),))
    dissolved = replace(UNIT, deleted="2026-10-01")
    ((_, _, remedy),) = told(dissolved, renamed)
    assert remedy.startswith("Probably succeeded by KULTUR I ØRLAND KF, 974760673. ")
    ((_, _, remedy),) = told(dissolved, replace(heir, deleted="2026-10-02"))
    assert remedy.startswith("Remove the link")


def test_a_link_of_which_nothing_was_kept_is_held_against_its_name() -> None:
    bare = dataclasses.replace(LINK, known=Known())
    assert told(UNIT, link=bare) == []
    assert [code for code, _, _ in told(replace(UNIT, name="BLÅKLOKKA FRUKT AS"), link=bare)] == ["link-other-name"]


@pytest.mark.parametrize(("days", "count"), [(31, 1), (327, 0), (0, 0)])
def test_an_old_copy_is_told(days: int, count: int) -> None:
    """Older than so many days; 0 is never."""
    today = datetime.date(2026, 11, 24)
    assert len(list(too_old("2026-01-01", today, days, Place("register.sqlite")))) == count


# The command


@functools.cache
def known() -> list[dict[str, Any]]:
    return list(Synthetic(50, seed=1).main_units())


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public bodies of the plan as the invented register has them."""
    path = tmp_path_factory.mktemp("copy") / "register.sqlite"
    with serving(registry(known(), [])) as address:
        assert main(["registry", "fetch", "--register", str(path), "--api", address]) == 0
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "data", tmp_path / "data"))


def test_exit_codes_are_for_cron(data: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 all links hold, 1 something is to be looked at, 2 it could not be seen; JSON and SARIF tell the same."""
    where = ["link", "check", "--data", str(data), "--date", "2026-11-24", "--lang", "en"]
    held = [*where, "--register", str(copy), "--max-age", "0"]
    assert main(held) == 0
    assert main([*where, "--register", str(copy)]) == 1
    assert "the copy of the register is" in capsys.readouterr().out
    assert main([*where, "--register", str(tmp_path / "none")]) == 2
    assert "There is no copy of the register here." in capsys.readouterr().err
    capsys.readouterr()
    facts = data / "fosen/registeropplysninger.yaml"
    facts.write_text(facts.read_text("utf-8").replace("registrert-navn: OSEN KOMMUNE", "registrert-navn: OSEN HERRED"))
    assert main([*held, "--format", "json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["file"], finding["line"], finding["code"]) == (f"{data}/fosen/lenker.yaml", 10, "link-renamed")
    assert main([*held, "--format", "sarif"]) == 1
    assert "Osen kommune: 944350675 was called OSEN HERRED" in capsys.readouterr().out


def test_what_the_register_says_now_is_entered_once(data: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The data still check clean, else nothing would be entered again; and the same again changes nothing."""
    asked = ["link", "check", "--data", str(data), "--register", str(copy), "--max-age", "0", "--write"]
    assert main(asked) == 0
    facts = data / "fosen/registeropplysninger.yaml"
    written = facts.read_bytes()
    assert b"\n- om: osen-kommune\n  registrert-navn: OSEN KOMMUNE\n" in written
    assert b"\n# " in written
    capsys.readouterr()
    assert main(asked) == 0
    assert facts.read_bytes() == written
    assert capsys.readouterr().err == ""


def test_the_register_itself_may_be_asked(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A removed number (410) with its day, a deleted one, and those that hold."""
    served = registry(known(), [])
    served.remove("993091472", "2026-11-05")
    served.delete("997104552", "2026-11-06")
    with serving(served) as address:
        assert main(["link", "check", "--data", str(data), "--api", address, "--write", "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert "Roret KF: the register does not have the number 993091472 since 2026-11-05." in out
    assert "FOSEN BRANN OG REDNINGSTJENESTE IKS (997104552) was deleted on 2026-11-06." in out
    assert out.endswith("0 errors, 2 warnings, 0 notes\n")
    facts = (data / "fosen/registeropplysninger.yaml").read_text("utf-8")
    assert re.search(
        r"- om: roret-kf\n  registrert-navn: RORET ØRLAND KULTURFORETAK KF\n(  .*\n)*  slettet: 2026-11-05\n", facts
    )
    assert main(["check", "--data", str(data), "--lang", "en"]) == 0
    assert capsys.readouterr().out.count("is deleted from the register") == 2
