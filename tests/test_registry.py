"""The register at hand: bulk files become one copy, the API gives the same Units, whatever goes wrong on the way."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from registers.server import Fault, Registry, registry, server_error, serving

from fosen_graph.cli import main
from fosen_graph.findings import CannotRun, Words
from fosen_graph.registries import bulk, stored
from fosen_graph.registries.client import Api, Gone, Private, Unknown
from fosen_graph.registries.command import load
from fosen_graph.registries.fetch import fetch
from fosen_graph.registries.index import LocalRegister, open_register
from fosen_graph.registries.indexing import write_index
from fosen_graph.registries.names import key, one_slip, tokens
from fosen_graph.registries.synthetic import Synthetic, as_csv, as_json
from fosen_graph.registries.units import Unit, is_number
from fosen_graph.registries.updates import update
from fosen_graph.registries.wire import Patience, Wire

SIZE = 1500
INDRE_FOSEN = "944305483"


def still(words: Words, done: int, total: int) -> None:
    """No progress is shown."""


class Sleeper:
    """Remembers how long it should have slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def patience(sleeper: Sleeper | None = None) -> Patience:
    return Patience(attempts=4, seconds=5, sleep=sleeper or Sleeper())


@pytest.fixture(scope="module")
def records() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    made = Synthetic(SIZE, seed=7)
    return list(made.main_units()), list(made.sub_units())


@pytest.fixture(scope="module")
def files(records: tuple[list[Any], list[Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bulk")
    for name, some in zip(("enheter", "underenheter"), records, strict=True):
        (folder / f"{name}_2026-11-01.json.gz").write_bytes(gzip.compress(b"".join(as_json(some)), 1))
        csv = b"".join(as_csv(some, sub_units=name == "underenheter"))
        (folder / f"{name}_2026-11-02.csv.gz").write_bytes(gzip.compress(csv, 1))
    return folder


@pytest.fixture(scope="module")
def copy(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("copy") / "register.sqlite"
    load(sorted(files.glob("*.json.gz"), reverse=True), path, None, still)
    return path


@pytest.fixture
def local(copy: Path) -> Iterator[LocalRegister]:
    with open_register(copy) as register:
        yield register


@pytest.fixture
def known(records: tuple[list[Any], list[Any]]) -> Registry:
    return registry(*records)


@pytest.fixture
def address(known: Registry) -> Iterator[str]:
    with serving(known) as at:
        yield at


@pytest.fixture
def api(address: str) -> Api:
    return Api(Wire(address, patience()))


def read(data: bytes) -> list[Unit]:
    return list(bulk.units(io.BufferedReader(io.BytesIO(data)), "file"))  # type: ignore[type-var]


# Bulk files


def test_json_and_csv_give_the_same_units(files: Path) -> None:
    """But for former names, which the CSV does not have."""
    for name in ("enheter", "underenheter"):
        of_json = read((files / f"{name}_2026-11-01.json.gz").read_bytes())
        of_csv = read((files / f"{name}_2026-11-02.csv.gz").read_bytes())
        assert [without_former(unit) for unit in of_json] == [without_former(unit) for unit in of_csv]
        assert all(unit.is_sub_unit == (name == "underenheter") for unit in of_json)


def without_former(unit: Unit) -> str:
    return str({name: getattr(unit, name) for name in Unit.__slots__ if name != "former_names"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_and_encoding_are_found(encoding: str, delimiter: str) -> None:
    lines = [
        ["organisasjonsnummer", "navn", "organisasjonsform.kode", "forretningsadresse.kommune"],
        ["921875533", '"ÅFJORD, KOMMUNE; ""A"""', "KOMM", "ÅFJORD"],
    ]
    text = "\r\n".join(delimiter.join(line) for line in lines) + "\r\n"
    (unit,) = read(text.encode(encoding))
    assert (unit.name, unit.municipality) == ('ÅFJORD, KOMMUNE; "A"', "ÅFJORD")


def test_json_is_cut_only_between_records() -> None:
    """Brackets and commas in texts and in lists inside a record do not end it, nor do line ends and spaces between."""
    record = {
        "organisasjonsnummer": "921875533", "navn": "A }, { \"navn\": 1 }] B", "organisasjonsform": {"kode": "FLI"},
        "historiskeNavn": [{"navn": "X},{"}, {"navn": "Y"}], "aktivitet": ["lang " * 40_000],
    }  # fmt: skip
    for form in (json.dumps([record] * 30), json.dumps([record] * 30, indent=2), json.dumps([record])):
        units = read(form.encode())
        assert len(units) == form.count('"organisasjonsnummer"')
        assert {tuple(former.name for former in unit.former_names) for unit in units} == {("X},{", "Y")}
    assert read(b"[]") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html>Not found</html>", "no bulk file"),
        (b"", "no bulk file"),
        (b'{"organisasjonsnummer": "921875533"}', "cannot be read"),
        (b'[{"organisasjonsnummer": "921875533"', "cannot be read"),
        (b'[{"organisasjonsnummer": 921875533}]', "cannot be read"),
        (b"organisasjonsnummer,navn\n921875533,A\n", "no column organisasjonsform.kode"),
        (b"organisasjonsnummer,navn,organisasjonsform.kode\n921875533,A\n", "2 fields, 3 columns"),
        (gzip.compress(b"[" + b" " * 1000, mtime=0)[:-12], "cut short"),
    ],
)
def test_a_damaged_file_is_told_with_a_remedy(data: bytes, said: str) -> None:
    with pytest.raises(CannotRun, match=said) as caught:
        read(data)
    assert caught.value.remedy.nb != caught.value.remedy.en


# The copy


def test_a_unit_comes_back_whole(local: LocalRegister, records: tuple[list[Any], list[Any]]) -> None:
    """Every unit that may be kept is in the copy as it was in the file; the others are not."""
    kept = 0
    public = {record["organisasjonsnummer"] for record in records[0] if record["organisasjonsform"]["kode"] != "ENK"}
    for unit in read(b"".join(as_json([*records[0], *records[1]]))):
        may_be_kept = (unit.parent if unit.is_sub_unit else unit.number) in public
        assert local.unit(unit.number) == (unit if may_be_kept else None)
        kept += may_be_kept
    assert kept == int(local.about["units"]) + int(local.about["sub_units"]) > 500


def test_the_date_is_the_oldest_file_s(local: LocalRegister, files: Path, tmp_path: Path) -> None:
    assert local.date == "2026-11-01"
    mixed = [files / "enheter_2026-11-02.csv.gz", files / "underenheter_2026-11-01.json.gz"]
    load(mixed, tmp_path / "mixed", None, still)
    load(mixed, tmp_path / "told", "2025-01-01", still)
    with open_register(tmp_path / "mixed") as one, open_register(tmp_path / "told") as other:
        assert (one.date, other.date) == ("2026-11-01", "2025-01-01")


def test_names_are_found_present_and_former(local: LocalRegister) -> None:
    assert [unit.number for unit in local.named(key("Indre Fosen kommune"))] == [INDRE_FOSEN]
    assert [unit.number for unit in local.named(key("Rissa kommune"))] == [INDRE_FOSEN]
    assert len(local.named(key("Felleslaget Vårbukken"))) == 10
    main, sub = local.named(key("Osen kommune"))
    assert (main.is_sub_unit, sub.is_sub_unit, sub.parent) == (False, True, main.number)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Fosen Brann- og redningstjeneste", "FOSEN BRANN OG REDNINGSTJENESTE IKS"),
        ("Roret KF", "RORET ØRLAND KULTURFORETAK KF"),
        ("Helse Midt", "HELSE MIDT-NORGE RHF"),
        ("NVE", "NORGES VASSDRAGS- OG ENERGIDIREKTORAT (NVE)"),
        ("Nord Universitet", "NORD UNIVERSITET"),
        ("Fosen renovasjn IKS", "FOSEN RENOVASJON IKS"),
        ("Fosen barne vern tjeneste", "FOSEN BARNEVERNTJENESTE"),
        ("fosenrenovasjon", "FOSEN RENOVASJON IKS"),
        ("Trondhiem komune", "TRONDHEIM KOMMUNE"),
    ],
)
def test_words_lead_to_candidates(local: LocalRegister, written: str, name: str) -> None:
    """Word order, hyphens, a slip, an abbreviation, words written apart or together."""
    assert name in [unit.name for unit in local.with_tokens(tokens(written), 10)]


def test_common_words_lead_to_candidates_in_pairs(tmp_path: Path) -> None:
    """Words that more units bear than a list holds: a unit is found by two of them together."""
    many = [unit_named(f"{800_000_000 + number}", word) for word in ("NORD BYGG", "SØR DATA") for number in
            range(10_000 * (word == "SØR DATA"), stored.COMMON + 100 + 10_000 * (word == "SØR DATA"))]  # fmt: skip
    write_index([*many, unit_named("900000001", "DATA BYGG")], tmp_path / "copy", {"date": "2026-01-01"})
    with open_register(tmp_path / "copy") as register:
        assert [unit.name for unit in register.with_tokens(("bygg", "data"), 5)] == ["DATA BYGG"]


def test_few_candidates_are_the_best_of_many(local: LocalRegister) -> None:
    """What is passed over on the way could not have come among them; where there is room, it is not passed over."""
    for name in (
        "Fosen Renovasjon og Drift Trondheim",
        "Inkasso Reiseliv Bygg Åfjord",
        "Trondhiem Rissa Media Team AS",
    ):
        assert list(local.with_tokens(tokens(name), 30)) == list(local.with_tokens(tokens(name), 5000))[:30]
    (first, *rest) = local.with_tokens(("inkasso", "fosen"), 5)
    assert first.name == "FOSEN INKASSO"
    assert len(rest) == 4
    assert all("INKASSO" in unit.name or "FOSEN" in unit.name for unit in rest)


def test_a_slip_in_a_common_word_leads_to_candidates(tmp_path: Path) -> None:
    """A word that nobody bears is asked for as the common one that it is a slip of, together with the other."""
    many = [unit_named(f"{800_000_000 + number}", "OSEN" if number % 2 else "KOMMUNE") for number in range(8200)]
    write_index([*many, unit_named("900000001", "OSEN KOMMUNE")], tmp_path / "copy", {"date": "2026-01-01"})
    with open_register(tmp_path / "copy") as register:
        assert [unit.name for unit in register.with_tokens(("osen", "komune"), 5)] == ["OSEN KOMMUNE"]


def unit_named(number: str, name: str, form: str = "AS") -> Unit:
    return Unit(number=number, name=name, form=form)


def test_one_slip_is_one_letter() -> None:
    near = [("fosen", "fosn"), ("fosen", "fossen"), ("fosen", "fosan"), ("fosen", "foesn"), ("fosen", "ofsen")]
    far = [("fosen", "fosen"), ("fosen", "fons"), ("fosen", "nesof"), ("fosen", "fosener"), ("fosen", "fasan")]
    assert all(one_slip(*pair) and one_slip(*pair[::-1]) for pair in near)
    assert not any(one_slip(*pair) for pair in far)


def test_nothing_of_persons_is_in_the_bytes(copy: Path, records: tuple[list[Any], list[Any]]) -> None:
    """Telephones, e-mails, sole proprietors and the names of their sub-units: not in a row, not in a free page."""
    data = copy.read_bytes()
    folded = data.lower()
    assert b"privat.example" not in data
    forms = {record["organisasjonsnummer"]: record["organisasjonsform"]["kode"] for record in records[0]}
    public = {word for r in records[0] if forms[r["organisasjonsnummer"]] != "ENK" for word in words_of(r)}
    public |= {word for r in records[1] for word in tokens(r["beliggenhetsadresse"]["kommune"])}
    persons = [record for record in records[0] if forms[record["organisasjonsnummer"]] == "ENK"]
    theirs = persons + [record for record in records[1] if forms[record["overordnetEnhet"]] == "ENK"]
    own = {word for record in theirs for word in words_of(record)}
    own = {word for word in own if len(word) > 5 and not any(word in other for other in public)}
    assert len(own) > 100
    assert [word for word in own if word.encode() in folded or word.upper().encode() in data] == []
    for record in theirs:
        assert record["mobil"].encode() not in data
        assert record["telefon"].encode() not in data


def words_of(record: dict[str, Any]) -> set[str]:
    return {word for name in names_of(record) for word in tokens(name)}


def names_of(record: dict[str, Any]) -> list[str]:
    return [record["navn"], *(former["navn"] for former in record.get("historiskeNavn", []))]


def test_an_e_mail_address_is_no_homepage() -> None:
    assert read(b'[{"organisasjonsnummer": "921875533", "navn": "A", "hjemmeside": "a@b.no"}]')[0].homepage is None


def test_sub_units_alone_are_not_loaded(files: Path, tmp_path: Path) -> None:
    """Nobody would know which of them are persons'."""
    with pytest.raises(CannotRun, match="file of the units is missing"):
        load([files / "underenheter_2026-11-01.json.gz"], tmp_path / "copy", None, still)


def test_a_broken_load_leaves_the_copy_that_was(copy: Path, files: Path, tmp_path: Path) -> None:
    whole = tmp_path / "register.sqlite"
    whole.write_bytes(copy.read_bytes())
    cut = tmp_path / "enheter.json.gz"
    cut.write_bytes((files / "enheter_2026-11-01.json.gz").read_bytes()[:-1000])
    with pytest.raises(CannotRun):
        load([cut], whole, None, still)
    assert whole.read_bytes() == copy.read_bytes()
    assert not list(tmp_path.glob(".*building"))


KILLED = """
import sys, time
from pathlib import Path
from fosen_graph.registries.indexing import write_index
from fosen_graph.registries.units import Unit
def units():
    for number in range(800000000, 800012000):
        yield Unit(number=str(number), name=f"N{number}", form="AS")
    print("half", flush=True)
    time.sleep(60)
write_index(units(), Path(sys.argv[1]), {"date": "2026-01-01"})
"""


def test_a_killed_load_leaves_the_copy_that_was(copy: Path, tmp_path: Path) -> None:
    """And the next one goes well, over what the killed one left."""
    whole = tmp_path / "register.sqlite"
    whole.write_bytes(copy.read_bytes())
    with subprocess.Popen([sys.executable, "-c", KILLED, str(whole)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"half\n"
        with pytest.raises(CannotRun, match="Another program"):
            write_index([], whole, {"date": "2026-01-01"})
        process.kill()
    assert whole.read_bytes() == copy.read_bytes()
    write_index([unit_named("900000001", "ALENE AS")], whole, {"date": "2026-01-01"})
    with open_register(whole) as register:
        assert register.unit("900000001")
        assert register.unit(INDRE_FOSEN) is None


FULL = """
import resource, signal, sys
from pathlib import Path
from fosen_graph.findings import CannotRun
from fosen_graph.registries.indexing import write_index
from fosen_graph.registries.units import Unit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    units = (Unit(number=str(n), name=f"N{n}", form="AS") for n in range(800000000, 800020000))
    write_index(units, Path(sys.argv[1]), {})
except CannotRun as error:
    print(error.text("en"))
"""


def test_a_full_disk_leaves_the_copy_that_was(copy: Path, tmp_path: Path) -> None:
    whole = tmp_path / "register.sqlite"
    whole.write_bytes(copy.read_bytes())
    done = subprocess.run([sys.executable, "-c", FULL, str(whole)], capture_output=True, text=True, check=True)
    assert "The disk is full; the copy that was there stands." in done.stdout
    assert "--register" in done.stdout
    assert whole.read_bytes() == copy.read_bytes()
    assert not list(tmp_path.glob(".*building"))


def test_a_file_of_another_make_is_refused(tmp_path: Path) -> None:
    for name, data in (("none", None), ("text", b"no database, but long enough to be read as one" * 100)):
        if data:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(CannotRun, match="copy of the register"):
            open_register(tmp_path / name)
    old = tmp_path / "old"
    write_index([unit_named("900000001", "ALENE AS")], old, {"date": "2026-01-01"})
    with sqlite3.connect(old) as base:
        base.execute("UPDATE about SET value = 'other' WHERE name = 'normalisation'")
    base.close()
    with pytest.raises(CannotRun, match="this version"):
        open_register(old)


def test_check_digits_are_checked() -> None:
    good = (INDRE_FOSEN, "921875533", "959469059", "964982686")
    assert all(is_number(number) for number in good)
    assert not any(is_number(text) for text in ("112233445", "94430548", "94430548x", "९४४३०५४८३", ""))


# The API


def test_the_api_gives_the_same_units(api: Api, local: LocalRegister, records: tuple[list[Any], list[Any]]) -> None:
    """By number, by name and by page: what it answers is what the copy holds."""
    for record in [*records[0][:60], *records[1][:30]]:
        if "slettedato" not in record:
            assert api.unit(record["organisasjonsnummer"]) == local.unit(record["organisasjonsnummer"])
    for name in ("Indre Fosen kommune", "Rissa kommune", "Osen kommune", "Felleslaget Vårbukken"):
        assert sorted(map(str, api.named(key(name)))) == sorted(map(str, local.named(key(name))))
    found = api.search(organisasjonsform="KOMM")
    assert found.whole
    assert {unit.number for unit in found.units} >= {INDRE_FOSEN, "921875533"}
    assert all(unit == local.unit(unit.number) for unit in found.units)
    assert api.with_tokens(("roret", "kf"), 5)[0].name == "RORET ØRLAND KULTURFORETAK KF"


def test_pages_are_read_to_the_end_and_never_past_the_limit(api: Api, known: Registry) -> None:
    public = [record for record in known.main.values() if record["organisasjonsform"]["kode"] != "ENK"]
    assert len(api.search().units) == len(public)
    template = known.main[INDRE_FOSEN]
    known.main.update((str(n), template | {"organisasjonsnummer": str(n)}) for n in range(800000000, 800010000))
    found = api.search()
    assert (found.whole, found.total) == (False, len(known.main))
    assert max(int(target.rpartition("page=")[2]) for target, _ in known.asked if "page=" in target) == 9


def test_no_hit_is_an_empty_answer(api: Api) -> None:
    """The register leaves _embedded out."""
    assert api.search(navn="qwertyuiop").units == ()


def test_what_there_is_no_unit_of(api: Api, known: Registry, records: tuple[list[Any], list[Any]]) -> None:
    """Unknown, removed, deleted and private are told apart; a sub-unit is found although /enheter knows it not."""
    person = next(record for record in records[0] if record["organisasjonsform"]["kode"] == "ENK")
    of_person = next(r for r in records[1] if r["overordnetEnhet"] == person["organisasjonsnummer"])
    assert api.look_up("999999999") == Unknown("999999999")
    assert api.look_up("12") == Unknown("12")
    assert api.look_up(person["organisasjonsnummer"]) == Private(person["organisasjonsnummer"])
    assert api.look_up(of_person["organisasjonsnummer"]) == Private(of_person["organisasjonsnummer"])
    known.remove("921233418", "2026-10-01")
    assert api.look_up("921233418") == Gone("921233418", "2026-10-01")
    known.delete("920920004", "2026-10-02")
    deleted = api.look_up("920920004")
    assert isinstance(deleted, Unit)
    assert (deleted.name, deleted.deleted) == ("HEIM KOMMUNE", "2026-10-02")
    sub = next(r for r in records[1] if r["overordnetEnhet"] == "944350675")
    assert (
        api.look_up(sub["organisasjonsnummer"])
        == api.by_numbers([sub["organisasjonsnummer"]], sub_units=True)[sub["organisasjonsnummer"]]
    )


def test_a_refused_question_is_told_with_its_parameter(api: Api) -> None:
    with pytest.raises(CannotRun, match=r"ukjent = «x»: Ukjent parameter"):
        api.search(ukjent="x")


def test_who_owns_is_told_and_no_person(api: Api, known: Registry) -> None:
    def role(**more: object) -> dict[str, object]:
        return {"type": {"kode": "EIKM"}, "avregistrert": False, **more}

    owner = {"organisasjonsnummer": "921806027", "navn": ["ØRLAND KOMMUNE"], "organisasjonsform": {"kode": "KOMM"}}
    person = {"navn": {"fornavn": "A", "etternavn": "B"}, "fodselsdato": "1990-01-01"}
    known.roles["978669360"] = {
        "rollegrupper": [
            {"type": {"kode": "STYR"}, "roller": [role(person=person), role(enhet=owner)]},
            {"type": {"kode": "EIKM"}, "roller": [role(enhet=owner, ansvarsandel="40%"), role(person=person)]},
        ]
    }
    (found,) = api.owners("978669360")
    assert (found.number, found.name, found.group, found.share) == ("921806027", "ØRLAND KOMMUNE", "EIKM", "40%")
    assert api.owners("999999999") == ()


def test_a_busy_register_is_asked_again_when_it_says(address: str, known: Registry) -> None:
    sleeper = Sleeper()
    known.faults = [Fault(503, {"Retry-After": "7"}), Fault(429), Fault(500, {}, server_error())]
    assert Api(Wire(address, patience(sleeper))).unit(INDRE_FOSEN)
    assert sleeper.slept == [7, 2, 4]


def test_a_register_that_stays_away_is_told(address: str, known: Registry) -> None:
    known.faults = [Fault(500, {}, server_error())] * 4
    with pytest.raises(CannotRun, match="HTTP 500"):
        Api(Wire(address, patience())).unit(INDRE_FOSEN)
    known.faults = [Fault(503, {"Retry-After": "3600"})]
    with pytest.raises(CannotRun, match="pause of 3600 s"):
        Api(Wire(address, patience())).unit(INDRE_FOSEN)
    with pytest.raises(CannotRun, match="does not answer"):
        Api(Wire("http://127.0.0.1:9/api", patience())).unit(INDRE_FOSEN)


@pytest.mark.parametrize("where", ["nothing", "head", "drips"])
def test_a_register_that_stalls_is_waited_for_only_so_long(where: str, address: str, known: Registry) -> None:
    """No sign of life, a head without its body, or bytes that drip: asked again, then told; no wait is endless."""
    hasty = Patience(attempts=2, seconds=0.1, sleep=Sleeper())
    known.faults = [Fault(stalls=where)]
    if where != "drips":  # each byte is a sign of life: it is the time for the whole answer that runs out
        assert Api(Wire(address, hasty)).unit(INDRE_FOSEN)
    known.faults = [Fault(stalls=where)] * 2
    start = time.monotonic()
    with pytest.raises(CannotRun, match=r"does not answer \((The read operation )?timed out|the answer has no end"):
        Api(Wire(address, hasty)).unit(INDRE_FOSEN)
    assert time.monotonic() - start < 5
    assert len(known.asked) >= 2


def test_a_download_that_stalls_goes_on_where_it_stopped(address: str, known: Registry, tmp_path: Path) -> None:
    """A file may take as long as it likes, but not without a sign of life."""
    known.faults = [Fault(after=20_000), Fault(stalls="nothing")]
    fetched = fetch(Wire(address, Patience(attempts=4, seconds=0.2, sleep=Sleeper())), tmp_path, "csv", still)
    assert fetched[0].file.read_bytes() == known.file("enheter", "csv")
    assert [headers.get("Range") for _, headers in known.asked[:3]] == [None, "bytes=20000-", "bytes=20000-"]


def test_an_answer_that_is_none_is_told(address: str, known: Registry) -> None:
    known.faults = [Fault(200, {}, b"<html>")]
    with pytest.raises(CannotRun, match="cannot be read"):
        Api(Wire(address, patience())).unit(INDRE_FOSEN)


# Fetching


def test_a_fetch_takes_only_what_is_new(address: str, known: Registry, tmp_path: Path) -> None:
    first = fetch(Wire(address, patience()), tmp_path, "json", still)
    again = fetch(Wire(address, patience()), tmp_path, "json", still)
    assert [(f.is_new, f.version.day) for f in first] == [(True, "2026-09-21")] * 2
    assert [fetched.is_new for fetched in again] == [False, False]
    assert [f.file.read_bytes() for f in again] == [known.file("enheter", "json"), known.file("underenheter", "json")]
    known.files["enheter", "json"] = gzip.compress(b"[]")
    assert [fetched.is_new for fetched in fetch(Wire(address, patience()), tmp_path, "json", still)] == [True, False]


def test_a_broken_download_goes_on_where_it_stopped(address: str, known: Registry, tmp_path: Path) -> None:
    known.faults = [Fault(after=20_000)]
    fetched = fetch(Wire(address, patience()), tmp_path, "csv", still)
    assert fetched[0].file.read_bytes() == known.file("enheter", "csv")
    assert known.asked[1][1]["Range"] == "bytes=20000-"


def test_a_file_that_changed_meanwhile_is_taken_from_its_start(address: str, known: Registry, tmp_path: Path) -> None:
    """Broken off in one call, another file in the next: no mix of the two."""
    wire = Wire(address, Patience(attempts=1, seconds=5, sleep=Sleeper()))
    known.faults = [Fault(after=20_000)]
    with pytest.raises(CannotRun, match="does not answer"):
        fetch(wire, tmp_path, "json", still)
    known.files["enheter", "json"] = gzip.compress(b"[]")
    assert fetch(wire, tmp_path, "json", still)[0].file.read_bytes() == known.files["enheter", "json"]


def test_a_disk_without_room_is_told_before(address: str, known: Registry, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no room"):
        fetch(Wire(address, patience()), tmp_path, "json", still, room=1 << 60)
    assert not list(tmp_path.glob("*.gz"))


# Updates


def updated(copy: Path, tmp_path: Path) -> Path:
    path = tmp_path / "register.sqlite"
    path.write_bytes(copy.read_bytes())
    return path


def test_updates_make_the_copy_what_a_new_load_would_be(
    address: str, known: Registry, copy: Path, tmp_path: Path
) -> None:
    """New, changed, deleted and removed units; found by the words they have now, and no longer by those they had."""
    path = updated(copy, tmp_path)
    born = known.main["920920004"] | {"organisasjonsnummer": "999888777", "navn": "SPLITTER NYTT VERKSTED AS"}
    known.main["999888777"] = born
    known.feeds["enheter"].add("999888777", "Ny", "2026-11-03")
    known.main["978669360"] = known.main["978669360"] | {"navn": "FOSEN AVFALL IKS"}
    known.feeds["enheter"].add("978669360", "Endring", "2026-11-04")
    known.delete("993091472", "2026-11-05")
    known.remove("985458693", "2026-11-06")
    done = update(Api(Wire(address, patience())), path, still)
    assert (done.read, done.changed, done.date) == (4, 4, "2026-11-06")
    assert sorted(done.dissolved) == ["985458693", "993091472"]
    with open_register(path) as register:
        assert register.date == "2026-11-06"
        dissolved = register.unit("993091472")
        assert dissolved
        assert (dissolved.deleted, dissolved.municipality) == ("2026-11-05", "ØRLAND")
        assert register.unit("985458693") is None
        assert [u.number for u in register.named(key("Fosen avfall IKS"))] == ["978669360"]
        assert register.named(key("Fosen renovasjon IKS")) == []
        assert register.with_tokens(("splitter", "verksted"), 3)[0].number == "999888777"
        assert "985458693" not in [unit.number for unit in register.with_tokens(("campus", "fosen"), 20)]


def test_the_same_updates_twice_change_nothing(address: str, known: Registry, copy: Path, tmp_path: Path) -> None:
    """From the last id nothing is new; and read once more from their day, they change no unit."""
    path = updated(copy, tmp_path)
    known.delete("993091472", "2026-11-05")
    api = Api(Wire(address, patience()))
    update(api, path, still)
    assert update(api, path, still).read == 0
    with sqlite3.connect(path) as base:
        base.execute("DELETE FROM about WHERE name = 'last_unit_change'")
        base.execute("UPDATE about SET value = '2026-11-01' WHERE name = 'date'")
    base.close()
    again = update(api, path, still)
    assert (again.read, again.changed, again.dissolved) == (1, 0, [])


def test_an_update_that_stops_goes_on_after_its_last_step(
    address: str, known: Registry, copy: Path, tmp_path: Path
) -> None:
    path = updated(copy, tmp_path)
    for number in ("921233418", "920920004", "938772924"):
        known.main[number] = known.main[number] | {"hjemmeside": "www.ny.example"}
        known.feeds["enheter"].add(number, "Endring", "2026-11-03")
    api = Api(Wire(address, Patience(attempts=1, seconds=5, sleep=Sleeper())))
    known.faults = [Fault(after=10**9), Fault(after=10**9), Fault(500)]  # the feed, the first unit, then nothing
    with pytest.raises(CannotRun, match="HTTP 500"):
        update(api, path, still, step=1)
    with open_register(path) as register:
        assert register.about["last_unit_change"] == "1"
    assert update(api, path, still, step=1).changed == 2
    assert not list(tmp_path.glob(".*building"))


def test_a_person_s_unit_does_not_come_in_by_an_update(
    address: str, known: Registry, copy: Path, tmp_path: Path, records: tuple[list[Any], list[Any]]
) -> None:
    path = updated(copy, tmp_path)
    person = next(record for record in records[0] if record["organisasjonsform"]["kode"] == "ENK")
    child = next(r for r in records[1] if r["overordnetEnhet"] == person["organisasjonsnummer"])
    known.feeds["enheter"].add(person["organisasjonsnummer"], "Ny", "2026-11-03")
    known.feeds["underenheter"].add(child["organisasjonsnummer"], "Ny", "2026-11-03")
    assert update(Api(Wire(address, patience())), path, still).changed == 0


# The command


def test_the_command_from_nothing(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """fetch, fetch again, lookup in the copy and live, update: what each prints and its exit code."""
    register = str(tmp_path / "r" / "register.sqlite")
    where = ["--register", register, "--api", address]
    assert main(["registry", "fetch", *where, "--lang", "en"]) == 0
    assert "units and" in capsys.readouterr().out
    assert main(["registry", "fetch", *where, "--lang", "nb"]) == 0
    assert capsys.readouterr().out == "Registeret har ikke nye filer.\n"
    printed = []
    for live in ([], ["--live"]):
        assert main(["registry", "lookup", "944 305 483", *where, *live]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert "RISSA KOMMUNE" in printed[0]
    assert main(["registry", "lookup", "944305484", *where, "--lang", "nb"]) == 1
    assert "kontrollsifferet er galt" in capsys.readouterr().out
    assert main(["registry", "update", *where, "--lang", "nb"]) == 0
    assert capsys.readouterr().out == "0 endringer lest, 0 enheter endret, 0 slettet eller fjernet.\n"


def test_the_same_size_and_seed_give_the_same_register(records: tuple[list[Any], list[Any]]) -> None:
    """Numbers are valid and come once each; sub-units have a parent among the main units."""
    again = Synthetic(SIZE, seed=7)
    assert (list(again.main_units()), list(again.sub_units())) == records
    numbers = [record["organisasjonsnummer"] for part in records for record in part]
    assert len(set(numbers)) == len(numbers)
    assert all(is_number(number) for number in numbers)
    main = {record["organisasjonsnummer"] for record in records[0]}
    assert {record["overordnetEnhet"] for record in records[1]} <= main


def test_a_lookup_is_fast_enough(local: LocalRegister) -> None:
    """Loose bounds on a small copy; docs/benchmarks-register.md has the measured figures at full size."""
    start = time.process_time()
    for _ in range(200):
        local.unit(INDRE_FOSEN)
        local.with_tokens(("fosen", "renovasjon", "iks"), 20)
    assert (time.process_time() - start) / 200 < 0.01
