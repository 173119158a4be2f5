"""What a demanding reader sees: the answer first, names for IRIs, nothing said twice, forms and regions named."""

from __future__ import annotations

import re
from html import unescape

import pytest
import served

from fosen_graph.web.address import Addresses
from fosen_graph.web.pages.plan import read_heads
from fosen_graph.web.rows import rows
from fosen_graph.web.wording import LANGUAGES, wording

TABLE = "SELECT ?m ?p ?o { ?m a fg:Measure ; ?p ?o FILTER(?p = fg:responsibleActor) } ORDER BY ?m"
PAGES = ("/", "/sparql", "/dumps/", "/ns", "/doc/fosen/2022-2024", "/doc/fosen/2022-2024/kilde/rad/29", "/nothing")


def page(path: str, **query: str) -> str:
    with served.client().get(path, query_string=query, headers={"Accept": "text/html"}) as response:
        return response.text


def lines_of_the_field(html: str) -> int:
    return int(re.findall(r'<textarea[^>]* rows="(\d+)"', html)[0])


def test_the_field_is_small_where_there_is_an_answer() -> None:
    assert lines_of_the_field(page("/sparql")) == 13
    assert lines_of_the_field(page("/sparql", query=TABLE)) == 4
    assert lines_of_the_field(page("/sparql", query="ASK {\n" + "\n" * 30 + "}")) == 12


def test_a_table_names_what_we_know_and_links_it() -> None:
    cells = re.findall(r'<td><a href="([^"]+)"[^>]*>([^<]+)</a>', page("/en/sparql", query=TABLE))
    assert ("/en/ns#responsibleActor", "responsible actor") in cells
    assert any(text == "The Council" and address == "/en/doc/fosen/aktoer/raadet" for address, text in cells)
    foreign = page("/sparql", query="SELECT (<http://example.org/a> AS ?x) {}")
    assert '<a href="http://example.org/a"' in foreign and ">http://example.org/a</a>" in foreign


def test_many_things_are_named_by_one_question() -> None:
    html = page("/sparql", query='SELECT ?x { ?x a prov:Entity FILTER(CONTAINS(STR(?x), "/rad/29/")) }')
    assert html.count("<td>") > 15 and "Linje 29, kolonne 5: «NTNU Videre»" in unescape(html)


@pytest.mark.parametrize(("count", "words"), [(1, "1 rad."), (3, "3 rader.")])
def test_one_row_is_a_row(count: int, words: str) -> None:
    assert words in page("/sparql", query=f"SELECT ?m {{ ?m a fg:Measure }} LIMIT {count}")


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    assert [wording(lang).counted("plan.strategies", 1) for lang in LANGUAGES] == ["strategi", "strategy"]
    assert [wording(lang).counted("plan.strategies", 3) for lang in LANGUAGES] == ["strategier", "strategies"]


class _Plans:
    """One plan, whose case is written as councils write it."""

    def answer(self, question: served.Question) -> bytes:
        plan = "http://x.test/id/a/b"
        values = {"plan": plan, "label": "Plan", "decision": f"{plan}/v", "date": "2025-01-02", "case": "Sak 7/25"}
        cells = ",".join(f'"{name}":{{"type":"literal","value":"{value}"}}' for name, value in values.items())
        return f'{{"head":{{"vars":[]}},"results":{{"bindings":[{{{cells}}}]}}}}'.encode()


def test_a_case_is_called_a_case_once() -> None:
    assert read_heads(rows(_Plans(), "plans"), Addresses("http://x.test/"), "nb")[0].case == "7/25"


def test_a_release_has_one_name() -> None:
    assert not [key for key, text in wording("nb").texts.items() if re.search(r"\butgave", text, re.IGNORECASE)]


@pytest.mark.parametrize("path", [f"{prefix}{path}" for path in PAGES for prefix in ("", "/en")])
def test_a_page_can_be_used_without_seeing_it(path: str) -> None:
    """One h1, landmarks, a way past the menu, regions and fields with names, no doubled id."""
    html = page(path)
    assert html.count("<h1") == html.count("<main") == html.count("</footer>") == html.count('<header class="bar"') == 1
    assert '<a class="skip" href="#innhold">' in html and "aria-label" in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', html)) <= set(ids)
    for region in re.findall(r'<div class="wide"[^>]*>', html):
        assert 'role="region"' in region and 'tabindex="0"' in region and "aria-label" in region
    fields = re.findall(r"<(?:textarea|select|input)\b[^>]*>", html)
    assert all(re.search(r'id="([^"]+)"', field)[1] in re.findall(r'<label for="([^"]+)"', html) for field in fields)
    assert not re.search(r"<a [^>]*>\s*</a>", html)
