"""The document as received: lines, cells and offsets that lose no character."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fosen_graph.findings import DataError, Place
from fosen_graph.reading.layout import Column, Layout, heading_pattern, written_date
from fosen_graph.reading.source import Source, read_source

NOWHERE = Place("kilde.yaml", 1, 1)


def read(
    text: str, header: int = 1, titles: Sequence[str] = ("A", "B", "C"), separator: str = "\t", height: int = 1
) -> Source:
    data = text.encode()
    layout = Layout(
        sha256=hashlib.sha256(data).hexdigest(),
        sha256_place=NOWHERE,
        header_line=header,
        header_height=height,
        columns=tuple(Column(title=title, content=title, place=NOWHERE) for title in titles),
        heading=None,
        date_form="dd.mm.åååå",
        language="nb",
        separator=separator,
    )
    return read_source(data, "kilde.txt", layout)


TEXTS = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=("Cs",)), max_size=5)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=3), max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_cells_are_the_text_at_their_offsets_and_all_there_is(rows: list[list[str]], ends: str) -> None:
    """Offsets count code points of the whole file, whatever the line ends and the alphabet."""
    text = ends.join(["A\tB\tC", *("\t".join(row) for row in rows)])
    source = read(text)
    assert all(source.text[cell.start : cell.start + len(cell.text)] == cell.text for cell in source.cells.values())
    assert [cell.text for cell in source.table_cells()] == [cell for row in rows for cell in row if cell]
    for cell in source.cells.values():
        assert source.place(cell).line == cell.line == source.text.count("\n", 0, cell.start) + 1


def test_lines_around_the_table_are_cells_without_a_column() -> None:
    source = read("Tittel\n\nA\tB\tC\nx\ty\t\nEtter\n", header=3)
    assert {key: cell.text for key, cell in source.cells.items()} == {
        (1, None): "Tittel", (4, 1): "x", (4, 2): "y", (5, None): "Etter",
    }  # fmt: skip
    assert (source.rows, source.table_rows) == ([1, 4, 5], [4])


def test_cells_may_stand_between_other_signs_than_tabs() -> None:
    source = read("A || B || C\nx || y y || \n", titles=("A", "B", "C"), separator=" || ")
    assert [(cell.column, cell.text) for cell in source.table_cells()] == [(1, "x"), (2, "y y")]
    assert all(source.text[cell.start :].startswith(cell.text) for cell in source.table_cells())


def test_white_space_of_a_cell_is_kept() -> None:
    assert [cell.text for cell in read("A\tB\tC\n x \t \ty\n").table_cells()] == [" x ", " ", "y"]


def test_a_head_row_may_take_two_lines_and_be_told_again() -> None:
    text = "A\tHoved-\tC\n\tansvar\t\n1\t2\t3\nSide 2\nA\tHoved-\tC\n\tansvar\t\n4\t5\t6\n"
    source = read(text, titles=("A", "Hovedansvar", "C"), height=2)
    assert [cell.text for cell in source.table_cells()] == ["1", "2", "3", "4", "5", "6"]


def test_a_column_without_content_is_not_read_but_where_a_heading_stands_alone_in_it() -> None:
    data = "A\tB\n1\tx\nMål 2: Veg\t\n"
    layout = read("A\tB\n", titles=("A", "B")).layout
    columns = (replace(layout.columns[0], content=""), layout.columns[1])
    layout = replace(layout, sha256=hashlib.sha256(data.encode()).hexdigest(), columns=columns)
    layout = replace(layout, heading=heading_pattern("Mål {nummer}: {navn}"))
    assert [cell.text for cell in read_source(data.encode(), "kilde.txt", layout).table_cells()] == ["x", "Mål 2: Veg"]


def test_another_text_than_the_reviewed_one_is_refused() -> None:
    source = read("A\tB\tC\n")
    with pytest.raises(DataError) as caught:
        read_source(b"A\tB\tD\n", "kilde.txt", source.layout)
    (finding,) = caught.value.report
    assert (finding.code, finding.place) == ("source-changed", NOWHERE)


@pytest.mark.parametrize(
    ("text", "codes"), [("A\tX\tC\n", ["header-differs"]), ("A\tB\tC\n1\t2\t3\t4\n1\t2\t3\t4\n", ["too-many-cells"])]
)
def test_another_table_than_the_described_one_is_refused(text: str, codes: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        read(text)
    assert [finding.code for finding in caught.value.report] == codes


def test_a_heading_is_told_by_where_its_number_and_name_stand() -> None:
    match = heading_pattern("Mål {nummer} (del): {navn}").fullmatch("Mål 12 (del): Veg: og bane")
    assert match is not None
    assert match.groupdict() == {"nummer": "12", "navn": "Veg: og bane"}
    assert heading_pattern("{navn}").fullmatch("Veg")
    for number in ("B", "IV", "12"):
        assert heading_pattern("Mål {nummer}: {navn}").fullmatch(f"Mål {number}: Veg")
    assert not heading_pattern("Mål {nummer}: {navn}").fullmatch("Mål en: Veg")


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("dd.mm.åååå", "10.06.2022"),
        ("åååå-mm-dd", "2022-06-10"),
        ("dd/mm yyyy", "10/06 2022"),
        ("d. måned åååå", "10. juni 2022"),
        ("d.m.åå", "10.6.22"),
    ],
)
def test_a_date_is_written_as_the_document_writes_dates(form: str, written: str) -> None:
    assert written_date(date(2022, 6, 10), form) == written


def test_a_month_is_written_in_the_language_of_the_document() -> None:
    assert written_date(date(2024, 5, 3), "d month yyyy", "en") == "3 May 2024"
    assert written_date(date(2024, 5, 3), "d. månad åååå", "nn") == "3. mai 2024"
