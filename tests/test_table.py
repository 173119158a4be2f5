"""The table of the source, written again from the names that were read out of it and the separators between them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results
from real_plan import real_graphs
from two_engines import TwoEngines

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "data/fosen/2022-2024/kilde.txt"
QUERY = (ROOT / "fosen_graph/queries/table.rq").read_text(encoding="utf-8")
COLUMNS = 5


def rows(answer: str) -> list[tuple[int, int, int, str, str]]:
    """line, column, start, separator and exact text of each name, as the query orders them."""
    solutions = parse_query_results(answer.encode(), QueryResultsFormat.TSV)
    assert isinstance(solutions, QuerySolutions)
    names = ("line", "column", "start", "separator", "exact")
    return [
        (int(line.value), int(column.value), int(start.value), separator.value, exact.value)
        for line, column, start, separator, exact in ([row[name] for name in names] for row in solutions)
    ]


def rebuilt(answer: str) -> dict[int, str]:
    """Line number to text: the cells' words in their order, tabs between the cells, empty cells where none is named."""
    lines: dict[int, list[str]] = defaultdict(lambda: [""] * COLUMNS)
    for line, column, _, separator, exact in rows(answer):
        lines[line][column - 1] += separator + exact
    return {line: "\t".join(cells) for line, cells in lines.items()}


def table_lines() -> dict[int, str]:
    """The lines below the table's head that are not blank."""
    lines = SOURCE.read_bytes().decode().split("\n")
    return {number: line for number, line in enumerate(lines, 1) if number > 20 and line.strip()}


def test_every_line_of_the_table_comes_back_character_by_character() -> None:
    """Nothing lost and nothing added, on both engines, without a look at fg:rawText."""
    engines, graphs = TwoEngines(real_graphs()), ("source", "evidence")
    answer = engines.oxigraph(QUERY, graphs)
    assert rebuilt(answer) == table_lines()
    assert len(table_lines()) == 43
    assert engines.rdflib(QUERY, graphs) == answer
    assert "rawText" not in QUERY


def test_every_name_stands_where_its_offset_says() -> None:
    text = SOURCE.read_bytes().decode()
    for line, _, start, separator, exact in rows(TwoEngines(real_graphs()).oxigraph(QUERY, ("source", "evidence"))):
        assert text[start - len(separator) : start + len(exact)] == separator + exact
        assert text.count("\n", 0, start) == line - 1
