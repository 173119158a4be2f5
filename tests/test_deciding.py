"""People decide: what they answer stands in the files, whole, in their words, and nothing else has changed."""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from fosen_graph.findings import CannotRun, DataError, Lang
from fosen_graph.linking.cases import cases
from fosen_graph.linking.command import review as review_data
from fosen_graph.linking.decisions import role
from fosen_graph.linking.desk import Desk, require_clean
from fosen_graph.linking.dialogue import Dialogue
from fosen_graph.linking.editing import appended, cleaned, counted, removed, replaced, scalar
from fosen_graph.linking.proposals import organisations, propose
from fosen_graph.linking.review import Review
from fosen_graph.linking.writing import alone, write_together
from fosen_graph.reading.yamltree import read_tree
from fosen_graph.registries.indexing import write_index
from fosen_graph.registries.names import key
from fosen_graph.registries.units import Unit
from fosen_graph.release.inputs import read_inputs
from fosen_graph.release.line import check_data
from fosen_graph.release.work import Workshop
from fosen_graph.web.deciding.page import Sitting, create_page

ROOT = Path(__file__).parent.parent
DAY = "2026-11-24"
NVE = Unit(number="970205039", name="NORGES VASSDRAGS- OG ENERGIDIREKTORAT (NVE)", form="ORGL", municipality="OSLO",
           municipality_number="0301", registered="1995-02-20", activity=("84.130",), sector="6100",
           homepage="www.nve.no")  # fmt: skip
HELSE_MIDT = Unit(number="983658776", name="HELSE MIDT-NORGE RHF", form="SÆR", municipality="STJØRDAL")


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


@dataclass(slots=True)
class Person:
    """Types lines, then no more. heard: all that was said."""

    lines: list[str]
    heard: list[str] = field(default_factory=list)

    def ask(self, prompt: str) -> str | None:
        self.heard.append(prompt)
        if not self.lines:
            return None
        line = self.lines.pop(0)
        if line == "^C":
            raise KeyboardInterrupt
        self.heard.append(line)
        return line

    @property
    def text(self) -> str:
        return "\n".join(self.heard)


@pytest.fixture
def data(tmp_path: Path, untouched: Path) -> Path:
    """The project's own data, but NVE is not linked."""
    return Path(shutil.copytree(untouched, tmp_path / "data"))


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, for tests in which nothing is written."""
    folder = tmp_path_factory.mktemp("untouched") / "data"
    shutil.copytree(ROOT / "data", folder)
    without(folder / "fosen", "lenker.yaml", "lenker", "nve")
    without(folder / "fosen", "registeropplysninger.yaml", "registeropplysninger", "nve")
    return folder


def without(folder: Path, name: str, listed: str, slug: str) -> None:
    file, totals = folder / name, folder / "aktoerer.yaml"
    tree = read_tree(file.read_bytes(), name)
    items = next(value.items for key_, value in tree.entries if key_.text == listed)  # type: ignore[union-attr]
    at = next(n for n, item in enumerate(items) if item.entries[0][1].text == slug)  # type: ignore[union-attr]
    file.write_bytes(removed(file.read_bytes(), name, listed, at))
    totals.write_bytes(counted(totals.read_bytes(), "aktoerer.yaml", "kontrolltall", listed, len(items) - 1))


@functools.cache
def workshop() -> Workshop:
    inputs = read_inputs(ROOT / "data")
    return Workshop(inputs.site, inputs.ground)


def reviewed(data: Path, *units: Unit) -> Review:
    (region,) = read_inputs(data).regions
    desk = Desk(data, region, workshop())
    register = Listed(units or (NVE, HELSE_MIDT))
    known = organisations(desk.piece)
    found = cases(desk.piece, desk.plans(), propose((one for one in known if not one.linked), register))
    accepted = {one.linked: one.mention.name for one in known if one.linked}
    return Review(cases=found, clerks={desk.name: desk}, accepted=accepted, register_day=register.date, day=DAY)


def said(
    data: Path, *lines: str, units: tuple[Unit, ...] = (), by: str | None = "prosjektet", lang: Lang = "en"
) -> str:
    """What a person hears who types these lines."""
    person = Person(list(lines))
    Dialogue(reviewed(data, *units), person.ask, person.heard.append, lang, by).run()
    return person.text


def files(data: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


def entries(data: Path, name: str) -> list[dict[str, str]]:
    ((_, listed),) = read_tree((data / "fosen" / name).read_bytes(), name).entries
    return [
        {key_.text: getattr(value, "text", "") for key_, value in item.entries}  # type: ignore[union-attr]
        for item in getattr(listed, "items", ())
    ]


# Text

HOSTILE = [
    "plain words", "no", "Yes", "null", "~", "12", "1e3", "0x1F", "2026-11-24", "12:30", "#", "a # b", "a: b", "a:b",
    "- a", "-", "? a", "{a: b}", "[a, b]", "a, b", "*a", "&a", "!a", "%a", "@a", "`a`", "|", ">", "'", "''", "it's",
    '"', 'say "no"', "\\", "a\\nb", "æøå ÆØÅ ŋđŧ", "«sitat»", "a\nb", "a\n\n  b: c\n# d", "tab\there", "...", "---",
    "😀 emoji", "a" * 1900, "  space  ", "end:", "<<<<<<< x", "\u202eright to left", "e\u0301", "\x00\x07\u2028x", "=",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_person_types_is_read_back_as_it_was_meant(text: str) -> None:
    """Quotes, colons, new lines, number signs and all that YAML knows; only what nobody can see is taken away."""
    meant = cleaned(text)
    written = appended(b"# first\nlist:\n- {om: a}\n", "f", "list", [("om", "x"), ("why", meant), ("dato", DAY)])
    ((_, listed),) = read_tree(written, "f").entries
    (om, why, day) = listed.items[1].entries  # type: ignore[union-attr]
    assert [om[1].text, why[1].text, day[1].text] == ["x", meant, DAY]  # type: ignore[union-attr]
    assert written.startswith(b"# first\nlist:\n- {om: a}\n- om: x\n")
    assert re.sub(r"\W", "", meant) == re.sub(r"\W", "", cleaned(meant))


@pytest.mark.parametrize("text", ["no", "12", "2026", "84.110", "true", "0301", "1e3"])
def test_what_other_readers_would_take_for_a_number_or_a_truth_is_quoted(text: str) -> None:
    assert scalar(text) == f"'{text}'"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            b"# head\nlist:\n- om: a  # why\n  b: c\n# foot\n",
            b"# head\nlist:\n- om: a  # why\n  b: c\n# foot\n- om: x\n",
        ),
        (b"list:\n  - om: a\n    b: |\n      # text\n", b"list:\n  - om: a\n    b: |\n      # text\n  - om: x\n"),
        (b"list: []\n", b"list:\n- om: x\n"),
        (b"list:\n", b"list:\n- om: x\n"),
        (b"list:\n- om: a", b"list:\n- om: a\n- om: x\n"),
        (b"\xef\xbb\xbflist:\r\n- om: a\r\n", b"\xef\xbb\xbflist:\r\n- om: a\r\n- om: x\r\n"),
        (None, b"list:\n- om: x\n"),
    ],
)
def test_an_entry_is_added_and_nothing_else_is_touched(before: bytes | None, after: bytes) -> None:
    """Comments, order, indentation, line ends and the byte order mark stay."""
    assert appended(before, "f", "list", [("om", "x")]) == after


def test_an_entry_is_replaced_and_its_comments_stay() -> None:
    before = b"list:\n# on a\n- {om: a, b: c}  # seen\n# on d\n- om: d\n  e: f  # doubtful\n  # more\n# foot\n"
    once = replaced(before, "f", "list", 0, [("om", "a"), ("n", ["1", "2"]), ("w", True)])
    assert once.startswith(b"list:\n# on a\n- om: a  # seen\n  n: ['1', '2']\n  w: true\n# on d\n- om: d\n")
    twice = replaced(once, "f", "list", 1, [("om", "d")])
    assert twice.endswith(b"# on d\n- om: d  # doubtful # more\n# foot\n")
    assert removed(twice, "f", "list", 1).endswith(b"  w: true\n# on d\n# foot\n")


@pytest.mark.parametrize(
    "text", [b"list: [{om: a}]\n", b"list:\n-\n  om: a\n", b"other:\n- om: a\n", b"list: {a: b}\n"]
)
def test_what_cannot_be_added_to_is_left_with_a_remedy(text: bytes) -> None:
    with pytest.raises(CannotRun) as told:
        replaced(text, "f", "list", 0, [("om", "x")]) if b"-\n" in text else appended(text, "f", "list", [("om", "x")])
    assert "«- »" in told.value.remedy.nb


def test_totals_are_counted_where_they_stand() -> None:
    """In place, with what stands beside; a missing key is added, and a file without totals stays as it is."""
    text = b"kontrolltall:\n  a: 1  # talt\n  b: 22"
    assert counted(text, "f", "kontrolltall", "a", 100) == b"kontrolltall:\n  a: 100  # talt\n  b: 22"
    assert counted(text, "f", "kontrolltall", "c", 3) == text + b"\n  c: 3\n"
    assert counted(b"x: y\n", "f", "kontrolltall", "a", 1) == b"x: y\n"


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("sekretariatet", "sekretariatet"), ("Prosjektet", "prosjektet"), ("leder i Åfjord", "leder-i-aafjord"),
        ("Kari Nordmann", None), ("Ola B. Øye", None), ("kari@example.org", None), ("", None), ("  ", None),
        ("!!", None),
    ],
)  # fmt: skip
def test_a_role_is_no_person(typed: str, slug: str | None) -> None:
    assert role(typed) == slug


# The dialogue


def test_an_accepted_link_is_written_everywhere_at_once(data: Path) -> None:
    """The decision with its evidence, what the register says, and the control totals; the data still check clean."""
    before = files(data)
    heard = said(data, "hopp", "godta", 'Det er "NVE": # én\\to', units=(NVE, HELSE_MIDT), lang="nb")
    assert "2 av 2: NVE\n  " in heard
    assert f"{data}/fosen/2022-2024/kilde.txt:24:122: Nettselskaper, Vannverk, [NVE]" in heard
    assert "84 av 100, sannsynlig: forkortelsen som registeret gir" in heard
    assert "Skrevet i aktoerer.yaml, lenker.yaml, registeropplysninger.yaml." in heard
    assert "1 godtatt, 0 avvist, 0 usikre." in heard
    link = entries(data, "lenker.yaml")[-1]
    assert link == {
        "om": "nve", "organisasjonsnummer": "970205039",
        "belegg": "Enhetsregisteret per 2026-01-01: NORGES VASSDRAGS- OG ENERGIDIREKTORAT (NVE) (ORGL), OSLO; "
        "forkortelsen som registeret gir; annen kommune: Oslo.",
        "begrunnelse": 'Det er "NVE": # én\\to', "av": "prosjektet", "dato": DAY, "registerdato": "2026-01-01",
    }  # fmt: skip
    assert entries(data, "registeropplysninger.yaml")[-1] | {"næringskode": ""} == {
        "om": "nve", "registrert-navn": NVE.name, "organisasjonsform": "ORGL", "registrert": "1995-02-20",
        "kommunenummer": "0301", "næringskode": "", "sektorkode": "6100", "hjemmeside": "www.nve.no",
        "hentet-fra": "https://data.brreg.no/enhetsregisteret/api/enheter/970205039", "dato": "2026-01-01",
    }  # fmt: skip
    changed = {name for name, text in files(data).items() if before.get(name) != text}
    assert changed == {f"fosen/{name}.yaml" for name in ("aktoerer", "lenker", "registeropplysninger")}
    for name in changed - {"fosen/aktoerer.yaml"}:
        assert files(data)[name].startswith(before[name])
    assert check_data(data, jobs=1).conforms


def test_a_refused_number_is_never_proposed_again(data: Path) -> None:
    """Nor is an organisation shown whose proposals were all refused; the open question about it is closed."""
    heard = said(data, "avvis alle", "Et annet foretak.")
    assert "Written in aktoerer.yaml, iris.csv, kandidater.yaml, lenker.yaml." in heard
    assert [case.name for case in reviewed(data).open()] == ["NVE"]
    assert "HELSE" not in said(data)
    register = (data / "fosen/iris.csv").read_text("utf-8")
    assert "kandidat/helse-midt-helse-midt-norge-rhf,IdentityCandidate,,2026-11-24,withdrawn," in register


def test_unsure_opens_a_question_and_a_later_answer_closes_it(data: Path) -> None:
    """Its IRI is entered when it is asked, stays when it is answered, and is not given away again."""
    said(data, "skip", "unsure", "")
    question = entries(data, "kandidater.yaml")[-1]
    assert (question["id"], question["gjelder"], question["av"]) == ("nve-970205039", "aktoer/nve", "prosjektet")
    assert "kandidat/nve-970205039,IdentityCandidate,,2026-11-24,active," in (data / "fosen/iris.csv").read_text()
    assert check_data(data, jobs=1).conforms
    before = files(data)
    assert "The question stands there already." in said(data, "skip", "unsure", "Again.")
    assert files(data) == before
    said(data, "skip", "accept", "Asked them.")
    assert "nve-970205039" not in {one["id"] for one in entries(data, "kandidater.yaml")}
    assert "kandidat/nve-970205039,IdentityCandidate,,2026-11-24,withdrawn," in (data / "fosen/iris.csv").read_text()
    assert check_data(data, jobs=1).conforms


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["accept"],
        ["accept", ""],
        ["accept", "", "", "", "quit"],
        ["maybe", "", "a", "accept 9", "accept x", "refuse 0", "help", "quit"],
        ["accept", "^C"],
        ["^C"],
        ["accept 1", "\udcff\udcfe", "quit"],
        ["accept", "x" * 2001],
        ["skip", "skip"],
        ["unsure"],
    ],
)
def test_a_wrong_answer_or_a_sudden_end_writes_nothing(untouched: Path, asked: Review, lines: list[str]) -> None:
    """Ends of input, Ctrl-C, numbers that are not there, reasons that are missing, too long, or no text."""
    before = files(untouched)
    person = Person(lines)
    assert Dialogue(asked, person.ask, person.heard.append, "en", "prosjektet").run()
    assert person.text.endswith("Nothing was written.")
    assert files(untouched) == before


def test_the_role_is_asked_for_once_and_is_no_name(data: Path) -> None:
    heard = said(data, "refuse", "No.", "Kari Nordmann", "quit", "sekretariatet", "accept", "Yes.", by=None)
    assert heard.count("In which role") == 3
    assert {one["av"] for one in entries(data, "lenker.yaml")[-2:]} == {"sekretariatet"}


def test_a_number_that_another_has_is_told_and_not_given_twice(data: Path) -> None:
    """It is said beside the candidate, and an acceptance is refused with the place of the other link."""
    osen = Unit(number="944350675", name="NVE", form="KOMM")
    before = files(data)
    heard = said(data, "accept", "Surely.", "quit", units=(osen,))
    assert "The number has already been accepted for Osen kommune." in heard
    assert re.search(r"lenker\.yaml:9:\d+: The number 944350675 has already been accepted for “osen-kommune”", heard)
    assert files(data) == before


def test_a_file_that_somebody_changes_meanwhile_is_not_overwritten(data: Path) -> None:
    found = reviewed(data)
    links = data / "fosen/lenker.yaml"
    links.write_text(links.read_text("utf-8") + "# mine\n", "utf-8")
    before = files(data)
    person = Person(["refuse", "No."])
    assert not Dialogue(found, person.ask, person.heard.append, "nb", "prosjektet").run()
    assert "Filen er endret av noen andre mens du arbeidet" in person.text
    assert files(data) == before


def test_data_that_do_not_check_clean_are_not_reviewed(data: Path, tmp_path: Path) -> None:
    """What is wrong is told first."""
    write_index([NVE], tmp_path / "copy.sqlite", {"date": "2026-01-01", "files": ""})
    links = data / "fosen/lenker.yaml"
    links.write_text(
        links.read_text("utf-8").replace("organisasjonsnummer: 944350675", "organisasjonsnummer: 944350676")
    )
    with pytest.raises(DataError) as told:
        review_data(data, tmp_path / "copy.sqlite", datetime.date(2026, 11, 24))
    assert [finding.place.line for finding in told.value.report] == [10]


# On the disk


def test_a_write_protected_file_stops_all(data: Path) -> None:
    """Though the folder would allow to replace it; the other files stay as well."""
    (data / "fosen/registeropplysninger.yaml").chmod(0o444)
    before = files(data)
    assert "is write-protected or the disk is full" in said(data, "skip", "accept", "Yes.")
    assert files(data) == before
    assert not list(data.rglob(".*"))


def test_a_disk_that_refuses_the_second_file_leaves_both(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / ".b.new").mkdir()  # where the second would be written first
    with pytest.raises(CannotRun, match="no file has changed"):
        write_together(tmp_path, {"a": b"new", "b": b"new"})
    assert (tmp_path / "a").read_text() == "old"
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("moved", [0, 1])
def test_what_a_killed_process_had_begun_to_move_is_moved(tmp_path: Path, moved: int) -> None:
    """All of it, but over nothing that somebody has written since."""
    digests = {}
    for number, name in enumerate("ab"):
        (tmp_path / name).write_text("new" if number < moved else "old")
        if number >= moved:
            (tmp_path / f".{name}.new").write_text("new")
        digests[name] = [hashlib.sha256(text).hexdigest() for text in (b"old", b"new")]
    (tmp_path / ".moves.json").write_text(json.dumps(digests))
    if moved:
        (tmp_path / "b").write_text("mine")
    with alone(tmp_path):
        pass
    assert [(tmp_path / name).read_text() for name in "ab"] == ["new", "mine" if moved else "new"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_decision_that_was_half_put_in_place_is_finished_first(data: Path, untouched: Path) -> None:
    """Before the data are checked, which they would not pass."""
    said(data, "skip", "accept", "Yes.")
    after, region = files(data), data / "fosen"
    moves = {}
    for name in ("aktoerer.yaml", "lenker.yaml", "registeropplysninger.yaml"):
        old, new = (untouched / "fosen" / name).read_bytes(), (region / name).read_bytes()
        moves[name] = [hashlib.sha256(text).hexdigest() for text in (old, new)]
        if name != "aktoerer.yaml":  # killed after the first
            (region / f".{name}.new").write_bytes(new)
            (region / name).write_bytes(old)
    (region / ".moves.json").write_text(json.dumps(moves))
    require_clean(data)
    assert files(data) == after


# The page

HOST = "127.0.0.1:8099"
ORIGIN = {"Host": HOST, "Origin": f"http://{HOST}"}


@pytest.fixture(scope="module")
def asked(untouched: Path) -> Review:
    """Nothing of it is answered."""
    return reviewed(untouched)


@pytest.fixture(scope="module")
def reader(asked: Review) -> FlaskClient:
    """Of a page on which nothing is answered."""
    return create_page(Sitting(review=asked, origin=f"http://{HOST}", token="secret", stop=Bell())).test_client()


@dataclass(slots=True)
class Bell:
    rung: int = 0

    def __call__(self) -> None:
        self.rung += 1


@pytest.fixture
def sitting(data: Path) -> Sitting:
    return Sitting(review=reviewed(data), origin=f"http://{HOST}", token="secret", stop=Bell())


@pytest.fixture
def client(sitting: Sitting) -> Iterator[FlaskClient]:
    with create_page(sitting).test_client() as client:
        yield client


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/secret/nb/", {"Host": HOST}, 200),
        ("/secret/nb/", {"Host": "fosen.example"}, 421),
        ("/secret/nb/", {"Host": "127.0.0.1"}, 421),
        ("/secres/nb/", {"Host": HOST}, 404),
        ("/", {"Host": HOST}, 404),
        ("/secret/sv/", {"Host": HOST}, 404),
        ("/secret/nb/fosen/ntnu", {"Host": HOST}, 404),
        ("/secret/style.css", {"Host": HOST}, 200),
        ("/tull/style.css", {"Host": HOST}, 404),
    ],
)
def test_only_who_has_the_address_is_let_in(
    reader: FlaskClient, path: str, headers: dict[str, str], status: int
) -> None:
    """By this name of the machine, so that no page elsewhere can be made to lead here."""
    answer = reader.get(path, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": HOST},
        {"Host": HOST, "Origin": "null"},
        {"Host": HOST, "Origin": "https://fosen.example"},
        {**ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {**ORIGIN, "Host": "fosen.example"},
    ],
)
def test_an_answer_from_another_page_is_refused(reader: FlaskClient, untouched: Path, headers: dict[str, str]) -> None:
    before = files(untouched)
    form = {"answer": "accept", "number": NVE.number, "reason": "x", "by": "prosjektet"}
    assert reader.post("/secret/nb/fosen/nve", data=form, headers=headers).status_code in (403, 421)
    assert files(untouched) == before


def test_the_page_takes_the_same_decisions(client: FlaskClient, sitting: Sitting, data: Path) -> None:
    """With the plan's words in context, no script, and what is wrong told beside what was typed."""
    page = client.get("/secret/nb/fosen/nve", headers={"Host": HOST}).text
    assert "Nettselskaper, Vannverk, <mark>NVE</mark>" in page
    assert "script" not in page
    assert re.findall(r'(?:src|href)="(?!/secret/|#)[^"]*"', page) == []
    form = {"answer": "accept", "number": NVE.number, "reason": "", "by": "Kari Nordmann <b>"}
    refused = client.post("/secret/nb/fosen/nve", data=form, headers=ORIGIN)
    assert refused.status_code == 422
    assert "Skriv en begrunnelse" in refused.text
    assert "Kari Nordmann &lt;b&gt;" in refused.text
    form |= {"reason": 'Ja:\r\n# "NVE" <script>\'', "by": "sekretariatet"}
    taken = client.post("/secret/en/fosen/nve", data=form, headers=ORIGIN)
    assert (taken.status_code, taken.headers["Location"]) == (303, "/secret/en/fosen/helse-midt")
    assert entries(data, "lenker.yaml")[-1]["begrunnelse"] == 'Ja:\n# "NVE" <script>\''
    following = client.get(taken.headers["Location"], headers={"Host": HOST}).text
    assert "970205039 is accepted for NVE. Written in aktoerer.yaml" in following
    assert 'value="sekretariatet"' in following
    assert client.post("/secret/en/fosen/nve", data=form, headers=ORIGIN).status_code == 422  # a second press


def test_the_page_ends_when_the_person_says_so(asked: Review) -> None:
    sitting = Sitting(review=asked, origin=f"http://{HOST}", token="secret", stop=Bell())
    client = create_page(sitting).test_client()
    assert "Helse Midt" in client.get("/secret/en/", headers={"Host": HOST}).text
    ended = client.post("/secret/en/slutt", headers=ORIGIN)
    assert "You may close the page." in ended.text
    assert sitting.stop == Bell(1)
