"""Documents with tables in, drafts out: every cell kept or told, in the project's format, scored against people."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from real_plan import rules

from fosen_graph.drafting import Draft, Element, Level, TableMapping, draft
from fosen_graph.drafting.command import draft_command, printed, read_mapping, read_names
from fosen_graph.drafting.lexicon import fold
from fosen_graph.drafting.splitting import REASONS, Certainty
from fosen_graph.findings import CannotRun, Finding
from fosen_graph.reading.graph import read_plan, read_region

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "data/fosen/2022-2024/kilde.txt"
EXAMPLES = ROOT / "tests/examples/drafting"
REGISTER = b"iri,class,label,minted,status,replaced_by\n"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TITLES = ("Område", "Punkt", "Tiltak", "Ansvarlig", "Partnere")
HEADER_ROW = "\t".join(TITLES)


def test_the_published_score_is_the_score() -> None:
    """docs/drafting.md shows what the command under it prints."""
    command = [sys.executable, "tests/benchmarks/drafting_score.py"]
    printed_table = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert printed_table in (ROOT / "docs/drafting.md").read_text(encoding="utf-8")


def test_no_place_or_body_of_the_plan_is_known_beforehand() -> None:
    """The rules know Norwegian, not the region: no file of theirs holds its name or an actor's."""
    files = [path for path in (ROOT / "fosen_graph/drafting").iterdir() if path.suffix in (".py", ".toml")]
    text = " ".join(path.read_text(encoding="utf-8") for path in files).replace("fosen_graph", "").casefold()
    text = re.sub(r'"""(?:.|\n)*?"""', "", text)  # examples in docstrings explain, and decide nothing
    own = {
        name
        for name in read_names((ROOT / "data/fosen/aktoerer.yaml").read_text(encoding="utf-8"), "")
        if len(name.split()) > 1
    }
    assert [name for name in {*own, "fosen"} if name.casefold() in text] == []


def test_the_project_reads_the_draft_of_the_real_plan() -> None:
    """The gates that prove each character of a cell read find nothing; the totals are for a person to count."""
    assert [finding.code for finding in gates(SOURCE)] == ["no-totals"]


@pytest.mark.parametrize("name", ["nordfjord", "namdalen", "northern-isles", "helgeland"])
def test_the_project_reads_the_draft_of_a_foreign_table(name: str) -> None:
    """Head rows told again or over two lines, levels told in each row or in a column, columns that are not kept."""
    assert [finding.code for finding in gates(EXAMPLES / f"{name}.tsv")] == ["no-totals"]


@pytest.mark.parametrize(
    "text",
    [
        "Tiltak\tAnsvarlig\nBygge vei\tRådet\nMale hus\tRådet\n",
        "Område\tTiltak\tAnsvarlig\nVei\tBygge vei\tRådet\nHus\tMale hus\tRådet\n",
    ],
)
def test_levels_that_a_table_lacks_need_no_words(text: str, tmp_path: Path) -> None:
    source = tmp_path / "kilde.txt"
    source.write_text(text, encoding="utf-8")
    assert [finding.code for finding in gates(source)] == ["no-totals"]


def test_an_item_on_a_line_of_its_own_is_read_there(tmp_path: Path) -> None:
    source = tmp_path / "kilde.txt"
    source.write_text(table("Mål A: Vekst||||", "O||||", "|P|||", "||X|Rådet|", "||Y|Rådet|"), encoding="utf-8")
    assert [finding.code for finding in gates(source)] == ["no-totals"]


def gates(path: Path) -> list[Finding]:
    raw, how = path.read_bytes(), path.with_suffix(".mapping.yaml")
    mapping = read_mapping(how.read_text(encoding="utf-8"), how.name) if how.exists() else None
    files = {name: text.encode() for name, text in draft(raw.decode(), path.name, mapping).documents.items()}
    shared = {name: files[name] for name in ("aktoerer.yaml", "ordninger.yaml") if name in files}
    region = read_region("x", "data/x", {"iris.csv": REGISTER, **shared}, ["p"], rules())
    own = {"kilde.txt": raw, "kilde.yaml": files["kilde.yaml"], "plan.yaml": files["plan.yaml"]}
    return [*region.findings, *read_plan(region, "p", "data/x/p", own, rules()).findings]


# Every cell is kept or told


WORDS = st.sampled_from(
    [
        "Fjorden",
        "kommune",
        "og",
        "i",
        "AS",
        "Rådet",
        "næringsliv",
        "Leder",
        "NVE",
        "Vekst",
        "utvikle",
        "-",
        "plan",
        "(ny)",
    ]
)
TEXTS = st.one_of(
    st.just(""),
    st.lists(WORDS, min_size=1, max_size=5).map(" ".join),
    st.sampled_from(
        ["a: b", "# x", "'", '"', "«Å", "[x]", "{y", "no", "12", "A/B, C;D", "\u2028x", "🦀", "- - x", "\x85"]
    ),
    st.text(st.characters(exclude_characters="\t\n", exclude_categories=("Cs",)), max_size=12),
)
ROWS = st.lists(TEXTS, min_size=1, max_size=7).map("\t".join)
LINES = st.one_of(
    ROWS,
    ROWS,
    ROWS,
    st.just(""),
    st.just("Mål 1: Vekst"),
    st.just("\t\tMÅL 2 - FOLK"),
    st.just("Side 2"),
    st.just(HEADER_ROW),
)


@settings(max_examples=150, deadline=None)
@given(before=st.lists(TEXTS, max_size=3), lines=st.lists(LINES, max_size=14), order=st.permutations(TITLES))
def test_every_cell_ends_in_the_draft_or_in_the_report(before: list[str], lines: list[str], order: list[str]) -> None:
    """Whatever stands in a table, and whatever the order of its columns."""
    text = "\n".join([*before, "\t".join(order), *lines])
    made = draft(text, "kilde.txt")
    told = {(f.place.line, f.place.column) for f in made.findings}
    placed = {(r.cell.line, r.cell.column): r for r in made.readings}
    header = {fold(title) for title in TITLES}
    for number, line in enumerate(text.split("\n"), 1):
        for column, cell in enumerate(line.split("\t"), 1):
            kept = (number, column) in told or (number, column) in placed or fold(cell) in header
            assert kept or not cell.strip(), (number, column, cell)
    written = {fold(value) for value in values_of(made)}
    for reading in placed.values():
        assert letters("".join(segment.text for segment in reading.segments)) == letters(reading.cell.text)
        assert [s.text for s in reading.segments if fold(s.text) not in written] == []


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(LINES, max_size=14))
def test_a_draft_is_yaml_with_ids_that_can_be_kept(lines: list[str]) -> None:
    """Each document parses, each id is a short slug, and no two of a class are alike."""
    made = draft("\n".join([HEADER_ROW, *lines]), "kilde.txt")
    for text in made.documents.values():
        assert isinstance(yaml.load(text, Loader=yaml.BaseLoader), dict)
    plan = yaml.load(made.documents["plan.yaml"], Loader=yaml.BaseLoader)
    seen = list(ids(plan, "plan"))
    assert all(SLUG.fullmatch(own) and len(own) <= 100 for _, own in seen)
    assert len(seen) == len(set(seen))
    actors = {a["id"] for a in yaml.load(made.documents["aktoerer.yaml"], Loader=yaml.BaseLoader)["aktører"] or []}
    assert {ref for key in ("ansvarlig", "partnere") for ref in references(plan, key)} <= actors


def ids(data: object, kind: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        if "id" in data:
            yield kind, data["id"]
        for key, value in data.items():
            yield from ids(value, key)
    for item in data if isinstance(data, list) else ():
        yield from ids(item, kind)


def references(data: object, wanted: str) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == wanted:
                yield from value if isinstance(value, list) else [value]
            else:
                yield from references(value, wanted)
    for item in data if isinstance(data, list) else ():
        yield from references(item, wanted)


def values_of(made: Draft) -> Iterator[str]:
    def walk(data: object) -> Iterator[str]:
        if isinstance(data, dict):
            for value in data.values():
                yield from walk(value)
        elif isinstance(data, list):
            for value in data:
                yield from walk(value)
        else:
            yield str(data)

    for text in made.documents.values():
        yield from walk(yaml.load(text, Loader=yaml.BaseLoader))


# How rows are read


def outline(made: Draft) -> list[str]:
    """Each element as «kind: name», indented by its depth."""

    def walk(element: Element, depth: int) -> Iterator[str]:
        yield f"{'  ' * depth}{element.kind}: {element.name}"
        for child in element.children:
            yield from walk(child, depth + 1)

    return [line for strategy in made.strategies for line in walk(strategy, 0)]


def table(*rows: str) -> str:
    """Rows with | between the cells, under the usual titles."""
    return "\n".join([HEADER_ROW, *(row.replace("|", "\t") for row in rows)])


def test_columns_may_stand_in_any_order() -> None:
    """The titles decide, not the places."""
    text = SOURCE.read_text(encoding="utf-8")
    turned = "\n".join("\t".join(reversed(line.split("\t"))) for line in text.split("\n"))
    assert outline(draft(turned, "x")) == outline(draft(text, "x"))


def test_a_row_broken_by_a_page_goes_on() -> None:
    """Empty line or repeated header: the text and the partners belong to the row before."""
    made = draft(table("A|P|Bygge vei og|Rådet|NVE", "", HEADER_ROW.replace("\t", "|"), "||bru||Avinor"), "x")
    measure = made.strategies[0].children[0].children[0].children[0]
    assert (measure.name, measure.lines) == ("Bygge vei og bru", [2, 5])
    assert [segment.text for segment in measure.actors[Level.PARTNER]] == ["NVE", "Avinor"]
    assert "draft-broken-text" in {f.code for f in made.findings}


def test_a_sentence_that_goes_on_may_be_followed_by_a_measure() -> None:
    """What comes after its end, in the same cell, is a measure of the same row."""
    made = draft(table("A|P|Bygge vei og|Rådet|", "", "||bru; Male huset||"), "x")
    item = made.strategies[0].children[0].children[0]
    assert [(measure.name, measure.lines) for measure in item.children] == [
        ("Bygge vei og bru", [2, 4]),
        ("Male huset", [4]),
    ]


def test_a_value_told_again_opens_nothing() -> None:
    """Tables that fill every row repeat the levels; «(forts.)» after a page does as well."""
    made = draft(table("Mål 1: Vekst||||", "A|P|X|Rådet|", "A|P|Y|Rådet|", "", "A (forts.)|P|Z|Rådet|"), "x")
    assert outline(made) == [
        "strategi: Vekst",
        "  innsatsområde: A",
        "    punkt: P",
        "      tiltak: X",
        "      tiltak: Y",
        "      tiltak: Z",
    ]


def test_levels_on_lines_of_their_own() -> None:
    """Merged cells come out as a row each; an item without a measure is a listing."""
    made = draft(table("Mål 1: Vekst", "A||||", "|P|||", "||X|Rådet|", "B||||", "|Ordning|||"), "x")
    assert outline(made) == [
        "strategi: Vekst",
        "  innsatsområde: A",
        "    punkt: P",
        "      tiltak: X",
        "  innsatsområde: B",
        "    oppføring: Ordning",
    ]


def test_a_missing_level_is_assumed_and_told() -> None:
    """A table with measures only becomes a plan that the reviewer can fill in."""
    made = draft("Tiltak\tAnsvarlig\nBygge\tRådet\n", "x")
    assert [line.strip().split(":")[0] for line in outline(made)] == ["strategi", "innsatsområde", "punkt", "tiltak"]
    assert {f.code for f in made.findings} == {"draft-no-strategy", "draft-no-level"}


def test_what_has_no_place_is_told_with_line_and_column() -> None:
    """A column without a level, a page's foot, and actors without a measure."""
    made = draft("Tiltak\tAnsvarlig\tFrist\nBygge\tRådet\t2025\nSide 1 av 2\n", "k.txt")
    told = {(str(f.place), f.code) for f in made.findings}
    assert {("k.txt:2:3", "draft-unmapped-column"), ("k.txt:3:1", "draft-not-placed")} <= told
    alone = draft(table("Mål 1: V||||", "A|P||Rådet|"), "k.txt")
    assert ("k.txt:3:4", "draft-not-placed") in {(str(f.place), f.code) for f in alone.findings}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Arbeids- og næringsliv", ["Arbeids- og næringsliv"]),
        ("Rana kommune Indre Sogn kommune", ["Rana kommune", "Indre Sogn kommune"]),
        ("Møre og Romsdal fylkeskommune", ["Møre og Romsdal fylkeskommune"]),
        ("Vekst Invest AS Lensmannen", ["Vekst Invest AS", "Lensmannen"]),
        ("og/eller", ["og/eller"]),
        ("Rådet (Valle/Bygland), NVE", ["Rådet (Valle/Bygland)", "NVE"]),
        ("Sparebanken Sogn", ["Sparebanken Sogn"]),
    ],
)
def test_rules_of_the_language(cell: str, expected: list[str]) -> None:
    """Words that join, forms that end, brackets that keep together."""
    made = draft(table(f"A|P|X|{cell}|"), "x")
    reading = next(r for r in made.readings if r.level is Level.RESPONSIBLE)
    assert [segment.text for segment in reading.segments] == expected


def test_a_name_known_elsewhere_is_cut_where_nothing_else_shows() -> None:
    """In the same table, or in a list of another plan's actors."""
    crowded = "A|P|X|Rådet|Avinor Telenor"
    alone = draft(table(crowded), "x").readings[-1]
    assert (len(alone.segments), alone.certainty) == (1, Certainty.UNCERTAIN)
    assert len(draft(table(crowded, "||Y|Telenor|"), "x").readings[4].segments) == 2
    assert len(draft(table(crowded), "x", known_actors=["Avinor"]).readings[-1].segments) == 2


def test_doubt_reaches_the_reviewer_three_ways() -> None:
    """Under `usikkert` in the draft, in the report, and with the rule's reason."""
    made = draft(table("A|P|X|Rådet|Avinor Telenor"), "x")
    assert f"Avinor Telenor: {{fordi: '{REASONS['capitals']}', grad: usikker}}" in made.documents["plan.yaml"]
    assert "draft-uncertain-capitals" in {f.code for f in made.findings}


def test_windows_files_and_other_separators_read_alike() -> None:
    """A byte order mark, CRLF, semicolons."""
    plain = table("A|P|X|Rådet|NVE")
    mapping = TableMapping(columns=dict(zip(TITLES, list(Level)[1:], strict=True)), separator=";")
    assert outline(draft("\ufeff" + plain.replace("\n", "\r\n"), "x")) == outline(draft(plain, "x"))
    assert outline(draft(plain.replace("\t", ";"), "x", mapping)) == outline(draft(plain, "x"))


def test_the_description_of_a_draft_is_a_mapping_for_the_next() -> None:
    """kilde.yaml as drafted reads the same table to the same outline."""
    text = SOURCE.read_text(encoding="utf-8")
    first = draft(text, "x")
    again = draft(text, "x", read_mapping(first.documents["kilde.yaml"], "kilde.yaml"))
    assert again.documents["plan.yaml"] == first.documents["plan.yaml"]


def test_a_draft_is_the_same_whatever_the_order_of_sets() -> None:
    """Two runs with other hash seeds give the same bytes."""
    read = f"open({str(SOURCE)!r}, encoding='utf-8').read()"
    script = f"from fosen_graph.drafting import draft; print(draft({read}, 'k').documents)"
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout


# Input that cannot be read, and output that cannot be written


BAD = {
    "empty": (b"", "tom"),
    "white": (b" \n\n", "tom"),
    "no tabs": (b"Et brev uten tabell.\n", "skilletegn"),
    "no titles": (b"a\tb\tc\n1\t2\t3\n", "kolonnetitler"),
    "latin-1": ("Tiltak\tAnsvarlig\nVei\tRådet\n".encode("latin-1"), "UTF-8"),
    "utf-16": ("Tiltak\tAnsvarlig\n".encode("utf-16"), "UTF-8"),
    "long line": (b"Tiltak\tAnsvarlig\n" + b"x" * 30_000, "Linjen"),
    "long text": (b"Tiltak\tAnsvarlig\n" + b"Vei\tLeder\n" * 600_000, "tegn"),
    "huge": (b"x" * 20_000_001, "byte"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused_with_a_remedy(name: str, tmp_path: Path) -> None:
    """In both languages, with the place, and nothing is written."""
    content, word = BAD[name]
    (tmp_path / "k.txt").write_bytes(content)
    with pytest.raises(CannotRun) as refused:
        draft_command(tmp_path / "k.txt", tmp_path / "plan.yaml")
    assert word in refused.value.what.nb
    assert refused.value.remedy.en
    assert str(refused.value.place).startswith(str(tmp_path / "k.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["k.txt"]


def test_the_line_of_a_wrong_byte_is_told(tmp_path: Path) -> None:
    (tmp_path / "k.txt").write_bytes("Tiltak\tAnsvarlig\nVei\tRådet\n".encode("latin-1"))
    with pytest.raises(CannotRun) as refused:
        draft_command(tmp_path / "k.txt", None)
    assert refused.value.place and refused.value.place.line == 2


@pytest.mark.parametrize("make", [lambda path: path / "none.txt", lambda path: path], ids=["missing", "folder"])
def test_a_path_that_is_no_file_is_refused(make: Callable[[Path], Path], tmp_path: Path) -> None:
    with pytest.raises(CannotRun):
        draft_command(make(tmp_path), None)


MAPPINGS = {
    "not yaml": "kolonner: [",
    "no columns": "språk: nb\n",
    "unknown content": "kolonner:\n- {tittel: A, innhold: budsjett}\n",
    "heading without name": "kolonner:\n- {tittel: A, innhold: tiltak}\nstrategioverskrift: Mål {nummer}\n",
    "line that is none": "kolonner:\n- {tittel: A, innhold: tiltak}\nhoderad: to\n",
    "alias": "kolonner: &a [{tittel: A}]\nmer: *a\n",
    "list": "- a\n",
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(CannotRun):
        read_mapping(MAPPINGS[name], "m.yaml")


def test_a_mapping_whose_titles_the_table_lacks_names_them() -> None:
    mapping = TableMapping(columns={"Gjøremål": Level.MEASURE, "Hvem": Level.RESPONSIBLE})
    with pytest.raises(CannotRun, match="«Gjøremål»"):
        draft(table("A|P|X|Rådet|"), "x", mapping)


def test_the_files_of_a_draft_stand_together(tmp_path: Path) -> None:
    """The plan under the name that was asked for, the rest beside it; in a folder under their own names."""
    (tmp_path / "folder").mkdir()
    beside = draft_command(SOURCE, tmp_path / "utkast.yaml")
    inside = draft_command(SOURCE, tmp_path / "folder")
    names = ["aktoerer.yaml", "kilde.yaml", "ordninger.yaml", "plan.yaml"]
    assert sorted(path.name for path in inside.files) == names
    assert sorted(path.name for path in beside.files) == [*(f"utkast.{name}" for name in names[:3]), "utkast.yaml"]
    assert (tmp_path / "utkast.yaml").read_text(encoding="utf-8") == beside.draft.documents["plan.yaml"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A reviewed file beside the draft is safe, and then no other file is written."""
    reviewed = tmp_path / "utkast.aktoerer.yaml"
    reviewed.write_text("reviewed", encoding="utf-8")
    with pytest.raises(CannotRun, match="exists"):
        draft_command(SOURCE, tmp_path / "utkast.yaml")
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["reviewed"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="cannot be written"):
        draft_command(SOURCE, tmp_path / "none" / "utkast.yaml")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk without room: all of the files, or none."""
    script = (
        "import sys; from pathlib import Path; from fosen_graph.drafting.command import draft_command\n"
        "from fosen_graph.findings import CannotRun\n"
        "try: draft_command(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except CannotRun as error: print(error.text('nb')); sys.exit(2)\n"
    )
    run = subprocess.run(
        [sys.executable, "-B", "-c", script, str(SOURCE), str(tmp_path / "utkast.yaml")],
        env={"PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr) == (2, "")
    assert "kan ikke skrives" in run.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_draft_prints_as_one_stream() -> None:
    """Without --out the documents come one after the other, each with its name."""
    documents = list(yaml.load_all(printed(draft(table("A|P|X|Rådet|"), "x")), Loader=yaml.BaseLoader))
    assert len(documents) == 3


def test_names_come_from_a_list_or_from_reviewed_actors() -> None:
    assert read_names("# naboer\nNTNU\n\n Avinor \n", "n.txt") == ["NTNU", "Avinor"]
    assert read_names("aktører:\n- {id: a, navn: Å-Y, skrevet: [Å- Y, ÅY]}\n", "a.yaml") == ["Å- Y", "ÅY", "Å-Y"]
