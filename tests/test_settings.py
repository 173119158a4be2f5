"""data/site.toml and the environment: what is read, and what an editor is told about a slip."""

import pickle
from pathlib import Path

import pytest

from fosen_graph.findings import CannotRun, DataError
from fosen_graph.settings import Environment, Settings, read_environment, read_settings

SITE = Path(__file__).parent.parent / "data" / "site.toml"
TEXT = SITE.read_text(encoding="utf-8")


def line_of(start: str, text: str = TEXT) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


def told(text: str) -> list[str]:
    """What the editor sees in English, without the summing-up."""
    with pytest.raises(DataError) as error:
        read_settings(text, "site.toml")
    return error.value.report.text("en").splitlines()[:-1]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return read_settings(TEXT, "data/site.toml")


def test_the_project_s_own_settings_hold(settings: Settings) -> None:
    """Both languages, an open licence, a place for every municipality, and nothing that no source says."""
    assert settings.languages == ("nb", "en")
    assert (settings.data_licence, settings.ontology_licence) == ("NLOD_2_0", "CC_BY_4_0")
    assert settings.site == settings.base == "https://w3id.org/fosen-graph/"
    assert len(settings.regions["fosen"].places) == 4
    assert settings.publisher.organisation_number is None
    assert settings.contact.mail is None


def test_settings_travel_between_processes(settings: Settings) -> None:
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_another_base_takes_the_site_along_unless_it_has_its_own(settings: Settings) -> None:
    local = "http://127.0.0.1:8000/"
    assert (settings.with_base(local).base, settings.with_base(local).site) == (local, local)
    elsewhere = read_settings(TEXT.replace('nettsted = ""', 'nettsted = "https://data.example.org/"'), "site.toml")
    assert elsewhere.with_base(local).site == "https://data.example.org/"


def test_every_key_knows_its_line(settings: Settings) -> None:
    """Also one that holds a table of languages, and one that is missing: then its table's line."""
    assert settings.place("utgiver.organisasjonsnummer").line == line_of("organisasjonsnummer")
    assert settings.place("plan.opphav").line == line_of("opphav.nb")
    assert settings.place("kontakt.faks").line == line_of("[kontakt]")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("oppdatering =", "opdatering =", "opdatering", "unknown key «katalog.opdatering»|Did you mean «oppdatering»?"),
        ("spraak =", '"språk" =', '"språk"', "unknown key «språk»|Did you mean «spraak»?"),
        ("[lisens]", "[licens]", "[licens]", "unknown key «licens»|Did you mean «lisens»?"),
        ('data = "NLOD_2_0"', "data = 2", "data =", "«lisens.data» is of the wrong kind|Write a text in quotes."),
        (
            '"NLOD_2_0"',
            '"MIT"',
            "data =",
            "«lisens.data» cannot be «MIT»|Write one of these: NLOD_2_0, NLOD_1_0, CC_BY_4_0, CC0.",
        ),
        ('["nb", "en"]', '["nb"]', "spraak", "«spraak» lacks en|The catalogue needs nb and en; add them."),
        ("2026-11-24", '"24.11.2026"', "utgitt", "«utgitt» cannot be «24.11.2026»|Write a date such as 2026-11-24."),
        (
            "2026-11-24",
            "2026-11-24T10:00:00",
            "utgitt",
            "«utgitt» cannot be «2026-11-24 10:00:00»|Write a date such as 2026-11-24.",
        ),
        ('["GOVE", "REGI"]', "[]", "temaer", "«katalog.temaer» is missing|Add it."),
        (
            "Action plan {periode}",
            "Action plan {period}",
            'tittel = { nb = "{plan}',
            "«plan.tittel.en» cannot be «{period}»|Write one of these: {plan}, {periode}, {region}.",
        ),
        (
            'epost = ""',
            'epost = "mailto:x"',
            "epost",
            "«kontakt.epost» cannot be «mailto:x»|Write a mail address such as post@example.org.",
        ),
        (
            'organisasjonsnummer = ""',
            'organisasjonsnummer = "970205038"',
            "organisasjonsnummer",
            "«utgiver.organisasjonsnummer» cannot be «970205038»|"
            "Write the number as it stands in Enhetsregisteret; its check digit is wrong.",
        ),
        (
            'navn = { nb = "Fosenregionen interkommunalt politisk råd" }',
            "navn = {}",
            "navn",
            'the name is missing|Write it in one language or more, as { nb = "Navn" }.',
        ),
    ],
)
def test_a_slip_is_told_with_its_line_and_remedy(old: str, new: str, line: str, message: str) -> None:
    """One slip, one finding, on the line where it stands."""
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    what, remedy = message.split("|")
    head, *rest = told(text)
    place, _, said = head.partition(": error: ")
    assert (place.split(":")[:2], said, rest) == (["site.toml", str(line_of(line, text))], what, [f"    {remedy}"])


@pytest.mark.parametrize(
    "base", ["w3id.org/x/", "https://w3id.org/x", "ftp://w3id.org/x/", "https://w3id.org/x/?a=/", "https:///x/"]
)
def test_a_base_that_is_no_absolute_stem_is_refused(base: str) -> None:
    head, remedy = told(TEXT.replace('base = "https://w3id.org/fosen-graph/"', f'base = "{base}"'))
    assert head == f"site.toml:{line_of('base')}:1: error: «base» cannot be «{base}»"
    assert remedy.startswith("    Write a full address that starts with https:// or http:// and ends with /")


def test_a_text_is_wanted_in_every_language() -> None:
    """A language that is added asks for every text in it."""
    findings = [line for line in told(TEXT.replace('["nb", "en"]', '["nb", "nn", "en"]')) if "is missing" in line]
    assert f"site.toml:{line_of('opphav')}:1: error: «plan.opphav.nn» is missing" in findings
    assert len(findings) == 15


def test_all_slips_are_told_at_once_in_file_order() -> None:
    lines = told(TEXT.replace("GOVE", "GOVA").replace('"AS_NEEDED"', '"DAILY"').replace("2026-11-24", '"i går"'))
    keys = [line.partition(" error: ")[2].split()[0] for line in lines[::2]]
    assert keys == ["«utgitt»", "«katalog.temaer»", "«katalog.oppdatering»"]


def test_broken_toml_is_told_with_line_and_column() -> None:
    line = line_of("utgitt")
    head, remedy = told(TEXT.replace("utgitt = 2026-11-24", "utgitt 2026-11-24"))
    assert head == f"site.toml:{line}:8: error: the file is not valid TOML"
    assert "missing here or on the line before" in remedy


def test_an_empty_file_misses_each_part_once() -> None:
    whats = [line.partition(" error: ")[2] for line in told("")[::2]]
    assert whats == sorted(f"«{key}» is missing" for key in (
        "base", "endepunkt", "katalog", "kontakt", "lisens", "plan", "region", "samlet", "spraak", "utgitt", "utgiver",
    ))  # fmt: skip


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(settings: Settings) -> None:
    assert read_settings("\ufeff" + TEXT.replace("\n", "\r\n"), "data/site.toml").places == settings.places


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, Environment()),
        ({"LANG": "nb_NO.UTF-8"}, Environment(lang="nb")),
        ({"LANG": "nb_NO.UTF-8", "LC_ALL": "C"}, Environment(lang="en")),
        ({"LANG": "en_GB", "FOSEN_GRAPH_LANG": "nb"}, Environment(lang="nb")),
        (
            {"FOSEN_GRAPH_PORT": "0", "FOSEN_GRAPH_HOST": "::1", "FOSEN_GRAPH_OUT": "x"},
            Environment(out="x", host="::1", port=0),
        ),
        ({"FOSEN_GRAPH_DISK_TRIPLES": "0"}, Environment(disk_triples=0)),
        ({"FOSEN_GRAPH_REGISTER": "a/copy.sqlite"}, Environment(register="a/copy.sqlite")),
    ],
)
def test_the_machine_s_variables(variables: dict[str, str], expected: Environment) -> None:
    assert read_environment(variables) == expected


@pytest.mark.parametrize("number", ["-1", "many", "８０"])
def test_a_number_of_triples_that_is_none_stops_the_work(number: str) -> None:
    with pytest.raises(CannotRun, match="FOSEN_GRAPH_DISK_TRIPLES"):
        read_environment({"FOSEN_GRAPH_DISK_TRIPLES": number})


@pytest.mark.parametrize("port", ["65536", "-1", "http", "８０"])
def test_a_port_that_is_none_stops_the_work(port: str) -> None:
    with pytest.raises(CannotRun, match="FOSEN_GRAPH_PORT"):
        read_environment({"FOSEN_GRAPH_PORT": port})
