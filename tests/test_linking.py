"""The matcher: the traps come out right, and what is in no register is linked to nothing."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fosen_graph.cli import main
from fosen_graph.findings import Words
from fosen_graph.linking.command import Proposals, propose
from fosen_graph.linking.features import Mention, told
from fosen_graph.linking.matching import CERTAIN, candidates
from fosen_graph.linking.proposals import Proposal
from fosen_graph.registries.command import generate, load
from fosen_graph.registries.index import LocalRegister, open_register
from fosen_graph.registries.names import key
from fosen_graph.registries.units import Unit

HERE = Path(__file__).parent


def still(words: Words, done: int, total: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True)
class Listed:
    """A register that fits on a line."""

    units: tuple[Unit, ...]
    date: str = "2026-01-01"

    def unit(self, number: str) -> Unit | None:
        return next((unit for unit in self.units if unit.number == number), None)

    def named(self, name: str) -> Sequence[Unit]:
        return [unit for unit in self.units if key(unit.name) == name]

    def with_tokens(self, words: Sequence[str], limit: int) -> Sequence[Unit]:
        return self.units[:limit]


def table(name: str) -> list[dict[str, str]]:
    lines = (HERE / "linking" / name).read_text("utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


TRAPS = table("traps.tsv")


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRegister]:
    folder = tmp_path_factory.mktemp("register")
    load(list(generate(folder, 4000, 1, "json", "2026-01-01")), folder / "copy.sqlite", None, still)
    with open_register(folder / "copy.sqlite") as copy:
        yield copy


@pytest.mark.parametrize("trap", TRAPS, ids=[trap["mention"] for trap in TRAPS])
def test_a_trap_is_not_fallen_into(trap: dict[str, str], register: LocalRegister) -> None:
    """The right unit first, or none; and the near miss not at all."""
    places = tuple(filter(None, [trap["municipality"]]))
    found = candidates(Mention(name=trap["mention"], number=trap["given"] or None, places=places), register)
    expected = trap["number"]
    first = None if not found else found[0].unit.number if expected.isdigit() else found[0].unit.name
    assert first == (None if expected == "none" else expected), [(c.unit.name, c.score) for c in found]
    assert {one.unit.number for one in found}.isdisjoint((trap["never"] or "").split())


def test_an_interpretation_is_proposed_as_uncertain(register: LocalRegister) -> None:
    """ "Helse Midt" may be HELSE MIDT-NORGE RHF; the machine does not say that it is."""
    first = candidates(Mention(name="Helse Midt"), register)[0]
    assert first.score < CERTAIN
    assert told(first.features).en == "the register's name begins so; also has NORGE"


def test_a_place_tells_namesakes_apart(register: LocalRegister) -> None:
    """Ten units of one name: none, until the municipality is known."""
    (first, *_) = candidates(Mention(name="Felleslaget Vårbukken", places=("Ørland",)), register)
    assert first.unit.municipality == "ØRLAND"


def test_where_the_likest_cannot_be_told_apart_nothing_less_alike_is_the_answer() -> None:
    """Two bear the name, with its form: neither of them, nor a sub-unit or a unit of another form."""
    names = {"974760673": "AS", "987654325": "AS", "912345678": "BEDR", "812345675": "ANS"}
    units = tuple(
        Unit(number=number, name=f"BLÅKLOKKA {'ANS' if form == 'ANS' else 'AS'}", form=form, is_sub_unit=form == "BEDR")
        for number, form in names.items()
    )
    assert candidates(Mention(name="Blåklokka AS"), Listed(units)) == ()
    assert candidates(Mention(name="Blåklokka AS"), Listed(units[1:]))[0].unit.number == "987654325"


def test_a_municipality_is_found_by_the_name_of_its_place() -> None:
    """Also where so many bear the name of the place that no list of words leads to it."""

    class ByName(Listed):
        def with_tokens(self, words: Sequence[str], limit: int) -> Sequence[Unit]:
            return ()

    osen = Unit(number="944350675", name="OSEN KOMMUNE", form="KOMM", municipality="OSEN")
    (found,) = candidates(Mention(name="Osen"), ByName((osen,)))
    assert found.unit == osen
    assert not found.likely


def test_another_municipality_is_told_as_another(register: LocalRegister) -> None:
    """What takes points off does not read like what gives them."""
    elsewhere = candidates(Mention(name="Nord universitet", places=("Ørland",)), register)[0]
    there = candidates(Mention(name="Nord universitet", places=("Bodø",)), register)[0]
    assert "annen kommune: Bodø" in told(elsewhere.features).nb.split("; ")
    assert "other municipality: Bodø" in told(elsewhere.features).en.split("; ")
    assert "municipality Bodø" in told(there.features).en.split("; ")
    assert there.score > elsewhere.score


@pytest.mark.parametrize(
    ("fate", "nb", "en"),
    [
        ({"deleted": "2024-01-31"}, "slettet 2024-01-31", "deleted 2024-01-31"),
        ({"bankrupt": True, "bankrupt_date": "2026-03-02"}, "konkurs 2026-03-02", "bankrupt 2026-03-02"),
        ({"bankrupt": True}, "konkurs", "bankrupt"),
        ({"winding_up": True}, "under avvikling", "winding up"),
    ],
)
def test_a_unit_at_its_end_is_told_and_comes_after_a_sound_one(fate: dict[str, Any], nb: str, en: str) -> None:
    """Of two that bear the name, the one that goes on is first; the other says what became of it."""
    ending = Unit(number="974760673", name="BLÅKLOKKA FRUKT AS", form="AS", municipality="OSEN", **fate)
    sound = Unit(number="987654325", name="BLÅKLOKKA FRUKT AS", form="AS", municipality="OSEN")
    mention = Mention(name="Blåklokka Frukt AS", places=("Osen",))
    first, second = candidates(mention, Listed((ending, sound)))
    assert (first.unit, second.unit) == (sound, ending)
    assert first.score > second.score
    assert nb in told(second.features).nb.split("; ")
    assert en in told(second.features).en.split("; ")


def test_a_deleted_unit_says_so(register: LocalRegister) -> None:
    """It is found, and its end is told."""
    first = candidates(Mention(name="Næringsmiddeltilsynet i Fosen IKS"), register)[0]
    assert "slettet 2010-06-30" in told(first.features).nb


def test_what_was_refused_is_not_proposed_again(register: LocalRegister) -> None:
    """A person's no is kept."""
    again = candidates(Mention(name="Nord universitet"), register, refused={"970940243"})
    assert "970940243" not in {one.unit.number for one in again}


@pytest.fixture(scope="module")
def copy(register: LocalRegister, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next(tmp_path_factory.getbasetemp().glob("register*/copy.sqlite"))


@pytest.fixture(scope="module")
def proposed(copy: Path) -> Proposals:
    return propose(HERE.parent / "data", copy)


def test_reviewed_numbers_are_found_from_the_names_alone(proposed: Proposals) -> None:
    """Whatever people have linked comes first, and as likely, but for the one that bears another name today."""
    linked = [one for one in proposed.each if one.organisation.linked]
    assert len(linked) == 16
    assert [one.organisation.mention.name for one in linked if _first(one) != one.organisation.linked] == []
    uncertain = [one.organisation.mention.name for one in linked if not one.candidates[0].likely]
    assert uncertain == ["Roret KF"]


def test_what_is_in_no_register_gets_no_link(proposed: Proposals) -> None:
    """The rest of the plan's organisations: none, beside near misses of each; one is an open question."""
    rest = {one.organisation.mention.name: _first(one) for one in proposed.each if not one.organisation.linked}
    assert {name: number for name, number in rest.items() if number} == {"Helse Midt": "983658776"}
    assert len(rest) > 10


def test_only_organisations_are_proposed_for(proposed: Proposals) -> None:
    """Never a body, a group, a post or an initiative."""
    ends = {one.organisation.about.rpartition("/")[2] for one in proposed.each}
    assert not ends & {"raadet", "representantskapet", "raadmannsforum", "utviklingsleder", "kommunene", "vannverk"}
    assert not ends & {"european-region-of-gastronomy", "privat-naeringsliv"}


def test_a_refusal_in_the_files_is_kept(tmp_path: Path, copy: Path) -> None:
    """A number that people said no to is told, and not proposed."""
    data = tmp_path / "data"
    shutil.copytree(HERE.parent / "data", data)
    links = data / "fosen/lenker.yaml"
    totals = data / "fosen/aktoerer.yaml"
    totals.write_text(totals.read_text("utf-8").replace("  lenker: 16\n", "  lenker: 17\n"), "utf-8")
    refusal = "- {om: helse-midt, avvist-nummer: 983658776, belegg: Prøve., av: prosjektet, dato: 2026-11-24}\n"
    links.write_text(links.read_text("utf-8") + refusal, "utf-8")
    (one,) = [one for one in propose(data, copy).each if one.organisation.mention.name == "Helse Midt"]
    assert one.organisation.refused == {"983658776"}
    assert "983658776" not in {candidate.unit.number for candidate in one.candidates}
    assert one.organisation.questions == ()
    assert main(["check", "--data", str(data)]) == 0
    assert main(["build", "--data", str(data), "--out", str(tmp_path / "out")]) == 0


def test_the_command_tells_its_reasons(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Readable text in both languages, and JSON for programs."""
    data = ["--data", str(HERE.parent / "data"), "--register", str(copy)]
    assert main(["link", "propose", *data, "--lang", "en"]) == 0
    text = capsys.readouterr().out
    assert "NVE – linked to 970205039\n   84  970205039" in text
    assert "the abbreviation that the register gives" in text
    assert "Fosen Helse IKS\n  none" in text
    assert main(["link", "propose", *data, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["registerDate"] == "2026-01-01"
    assert "  open question: 983658776 – HELSE MIDT-NORGE RHF" in text
    assert {"name", "linked", "refused", "questions", "candidates", "about"} == answer["organisations"][0].keys()


def _first(one: Proposal) -> str | None:
    return one.candidates[0].unit.number if one.candidates else None
