"""The page of the source: every line and word of the document, linked to what was read from it."""

from __future__ import annotations

import re
from html import unescape

import pytest
import served

ROOT = served.ROOT


def page(path: str) -> str:
    with served.client().get(path, headers={"Accept": "text/html"}) as response:
        assert response.status_code == 200
        return unescape(response.text)


def lines(html: str) -> dict[int, list[str]]:
    """What each line of the page says, cell by cell, without what we add."""
    html = re.sub(r'<small class="why">.*?</small>|<span class="(?:sign|unseen)".*?</span>', "", html, flags=re.DOTALL)
    found = re.findall(r'<(li|tr) id="l(\d+)">(.*?)</\1>', html, re.DOTALL)
    cells = {
        int(number): re.findall(r'<(?:td lang="nb"|span)>(.*?)</(?:td|span)>', own, re.DOTALL)
        for _, number, own in found
    }
    return {number: [re.sub(r"<[^>]+>", "", cell).strip() for cell in own] for number, own in cells.items()}


@pytest.mark.parametrize("path", ["/kilde", "/en/kilde", "/plan/fosen/2022-2024/kilde"])
def test_the_page_holds_every_word_of_the_document(path: str) -> None:
    """But for empty lines and the header of the table."""
    text = (ROOT / "data/fosen/2022-2024/kilde.txt").read_text(encoding="utf-8")
    document = {
        number: [cell.strip() for cell in line.split("\t")]
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and number != 20
    }
    assert lines(page(path)) == document


def test_every_reading_is_a_link_and_every_uncertain_one_is_marked() -> None:
    html = page("/kilde")
    assert html.count('class="doubt"') == served.count(
        "?m a fg:Mention ; fg:certainty ?c FILTER(?c != sikkerhet:sikker)"
    )
    table = html.partition("<tbody>")[2].partition("</tbody>")[0]
    links = re.findall(r'<a href="/doc/fosen/[^"]+"', re.sub(r"<th .*?</th>", "", table, flags=re.DOTALL))
    assert len(links) == served.count("?m fg:inCell/fg:column ?c")
    assert "Trolig Helse Midt-Norge RHF." in table


def test_open_questions_stand_below() -> None:
    html = page("/kilde").partition('id="spoersmaal"')[2]
    assert "Er Rådet det samme som Representantskapet?" in html
    assert html.partition("</ul>")[0].count("<li>") == served.count("?c a fg:IdentityCandidate")
