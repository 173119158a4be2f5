"""Nothing in the real plan can be changed unseen: every slip is found, and told where it was made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

import pytest
from mutations import (
    LAYOUT_FILE,
    PLAN_FILE,
    SOURCE_FILE,
    WHAT_THE_PLAN_SAYS,
    Slip,
    changed_letters,
    changed_numbers,
    changed_source,
    cited_actors,
    deleted_lines,
    swapped_actors,
    text_of,
)
from real_plan import REGION, found, real_files

from fosen_graph.findings import Finding


def on_its_line(slip: Slip, findings: list[Finding]) -> bool:
    return any((one.place.file, one.place.line) == (f"data/{REGION}/{slip.path}", slip.line) for one in findings)


@pytest.fixture(scope="module")
def editors() -> Iterator[Executor]:
    """Both cores read changed files."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def findings_of(slip: Slip) -> list[Finding]:
    return found(slip.files)


def unseen(editors: Executor, slips: Iterable[Slip], seen: Callable[[Slip, list[Finding]], bool]) -> list[str]:
    slips = list(slips)
    told = editors.map(findings_of, slips, chunksize=8)
    return [str(slip) for slip, findings in zip(slips, told, strict=True) if not seen(slip, findings)]


def test_the_plan_as_it_is_holds() -> None:
    assert found(real_files()) == []


def test_an_actor_swapped_for_another_is_found_on_its_line(editors: Executor) -> None:
    assert len(list(cited_actors())) == 91
    assert unseen(editors, swapped_actors(), on_its_line) == []


def test_a_changed_letter_is_found_on_its_line(editors: Executor) -> None:
    """In each text that stands for words of the source."""
    assert unseen(editors, changed_letters(), on_its_line) == []


def test_a_changed_number_is_found_on_its_line(editors: Executor) -> None:
    assert unseen(editors, changed_numbers(), on_its_line) == []


def test_a_deleted_line_is_found(editors: Executor) -> None:
    """It has no line any more: it is told at what it belonged to, at what refers to it, or at the totals."""
    assert (
        unseen(
            editors,
            deleted_lines(*WHAT_THE_PLAN_SAYS),
            lambda _, findings: any(finding.place.line for finding in findings),
        )
        == []
    )


def test_a_link_says_what_number_why_by_whom_and_when(editors: Executor) -> None:
    """A line that is lost from a link is found, though the plan's words do not have it."""
    first_links = islice(deleted_lines("lenker.yaml"), 15)
    assert unseen(editors, first_links, lambda _, findings: any(f.place.line for f in findings)) == []


def test_a_changed_character_of_the_source_is_found_by_its_checksum() -> None:
    slips = list(changed_source())
    assert len(slips) == 129 + 8 + 5  # cells, lines around the table, and the titles of the columns
    for slip in slips:
        (finding,) = found(slip.files)
        place = (finding.place.file, finding.place.line)
        assert (finding.code, place) == ("source-changed", (f"data/{REGION}/{LAYOUT_FILE}", 3))


def test_a_changed_cell_is_found_by_its_words_where_the_checksum_is_new(editors: Executor) -> None:
    """Another edition, whose reading was not reviewed."""
    slips = [slip for slip in changed_source() if slip.line > 20]
    told = editors.map(findings_of_a_new_edition, slips, chunksize=8)
    assert [str(slip) for slip, findings in zip(slips, told, strict=True) if not findings] == []


def findings_of_a_new_edition(slip: Slip) -> list[Finding]:
    old, new = (hashlib.sha256(data).hexdigest() for data in (real_files()[SOURCE_FILE], slip.data))
    return found({**slip.files, LAYOUT_FILE: text_of(LAYOUT_FILE).replace(old, new).encode()})


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("linje: 22\n", "linje: 23\n", "wrong-line", 73),
        ("linje: 22\n", "linje: 20\n", "wrong-line", 73),
        ("linje: 22\n", "linje: 999\n", "wrong-line", 73),
        ("linje: [29, 31]", "linje: [29, 31, 999]", "no-row", 135),
        ("linje: [29, 31]", "linje: [29, 31, 29]", "no-row", 135),
        ("        linje: 44\n", "", "no-line", 263),
        ("      navn: Fremme næringsareal\n", "", "no-name", 76),
        ("[nettselskaper, vannverk, nve]", "[nettselskaper, vannverk]", "not-read", 90),
        ("[nettselskaper, vannverk, nve]", "[nettselskaper, vannverk, nve, nve]", "cited-twice", 90),
        ("{linje: 14, ordlyd: RS 03/22}", "{linje: 24, ordlyd: RS 03/22}", "not-in-source", 31),
        ("{linje: 14, ordlyd: 10.06.2022}", "{linje: 14, ordlyd: RS 03/22}", "mention-twice", 32),
        ("navn: Vannforsyning Fosen", "navn: Kraftforsyning Fosen", "same-words", 92),
        ("id: vannforsyning-fosen\n", "id: kraftforsyning-fosen\n", "id-twice", 91),
        ("nummer: 1", "nummer: 3", "other-number", 61),
    ],
)
def test_one_slip_is_one_finding(before: str, after: str, code: str, line: int) -> None:
    """What only follows from it is not told as well."""
    assert text_of(PLAN_FILE).count(before) >= 1
    text = text_of(PLAN_FILE).replace(before, after, 1)
    (finding,) = found({**real_files(), PLAN_FILE: text.encode()})
    assert (finding.code, finding.place.line) == (code, line)


def test_a_misspelt_name_is_told_once_where_it_stands() -> None:
    """Fourteen rows name Rådmannsforum; the slip is in one place."""
    text = text_of("aktoerer.yaml").replace("navn: Rådmannsforum", "navn: Rådmansforum")
    (finding,) = found({**real_files(), "aktoerer.yaml": text.encode()})
    assert (finding.place.file, finding.place.line) == (f"data/{REGION}/aktoerer.yaml", 8)
    assert "«Rådmannsforum»" in finding.what.nb


SLIPS = [  # file, before, after, code of the finding, text that its line holds
    ("plan", "om: fosenregionen-interkommunalt-politisk-raad\n", "om: representantskapet\n", "other-body", "om: repr"),
    ("plan", "    om: representantskapet\n", "    om: raadet\n", "other-body", "om: raadet"),
    ("plan", "navn: Fosenstrategien", "navn: Handlingsplan Fosenregionen", "name-differs", "Handlingsplan Fosen"),
    ("plan", "vedtatt: 2020", "vedtatt: 2022", "not-in-title", "vedtatt: 2022"),
    ("plan", "til: 2024", "til: 2022", "not-in-title", "til: 2022"),
    ("plan", "fra: 2022", "fra: 2024", "not-in-title", "fra: 2024"),
    ("plan", "gjelder-aktør: kompetanseforum", "gjelder-aktør: ntnu", "not-concerned", "gjelder-aktør: ntnu"),
    ("plan", "gjelder-ordning: talentlab-fosen", "gjelder-ordning: fosen-ikt", "not-concerned", "fosen-ikt"),
    ("kandidater", "983658776", "983658777", "bad-check-digit", "983658777"),
    ("aktoerer", "navn: Rådet, del-av: fosenregionen-interkommunalt-politisk-raad", "navn: Rådet, del-av: raadet",
     "itself", "del-av: raadet"),
    ("opplysninger", "medlemmer: [indre-fosen-kommune, ", "medlemmer: [", "other-total", "opplysninger: "),
    ("opplysninger", "- {om: ntnu-videre, del-av: ntnu, hentet-fra: https://innsida.ntnu.no/}\n", "", "other-total",
     "opplysninger: "),
    ("oversettelser", "# Tiltak\n", "# Tiltak\n- {om: aktoer/nve, engelsk: Norwegian Water Board}\n",
     "name-without-source", "Norwegian Water Board"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "code", "holds"), SLIPS, ids=[slip[3] for slip in SLIPS])
def test_a_false_fact_beside_the_table_is_told_on_its_line(
    file: str, before: str, after: str, code: str, holds: str
) -> None:
    """Title block, references, added facts, translations, candidates: told once, as what it is."""
    path = PLAN_FILE if file == "plan" else f"{file}.yaml"
    files = dict(real_files())
    text = files[path].decode()
    assert text.count(before) >= 1
    files[path] = text.replace(before, after, 1).encode()
    told = [finding for finding in found(files) if finding not in found(real_files())]
    assert [finding.code for finding in told] == [code]
    at = told[0].place
    assert holds in files[at.file.removeprefix(f"data/{REGION}/")].decode().splitlines()[at.line - 1]


@pytest.mark.parametrize("name", ["aktoerer", "ordninger", "opplysninger", "oversettelser", "lenker", "kandidater"])
def test_a_missing_file_is_named_and_nothing_else(name: str) -> None:
    """Not the hundreds of things that were said in it."""
    files = dict(real_files())
    del files[f"{name}.yaml"]
    assert [(f.place.file, f.code) for f in found(files)] == [(f"data/{REGION}/{name}.yaml", "missing-file")]
