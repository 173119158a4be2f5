"""Pages of things: facts in an order that a reader expects, names that say something, the words of the source."""

from __future__ import annotations

import re
from html import unescape

import pytest
import served

PLAN = "/doc/fosen/2022-2024"
SHARED = f"{PLAN}/tiltak/desentraliserte-tilbud"  # its actors stand in line 29 and go on in line 31


def page(path: str) -> str:
    with served.client().get(path, headers={"Accept": "text/html"}) as response:
        assert response.status_code == 200, path
        return response.text


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def facts(path: str, heading: str) -> dict[str, list[str]]:
    """The statements under a heading, in their order."""
    section = next(part for part in page(path).split("<h2")[1:] if heading in part.partition("</h2>")[0])
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", section, re.DOTALL)
    return {
        text(name): [text(v) for v in re.findall(r"<(?:a|span)\b.*?</(?:a|span)>", values)] for name, values in found
    }


def test_facts_stand_in_a_sensible_order_and_once() -> None:
    """No «del av» beside «i handlingspunkt», which implies it; partners after those responsible, as in the plan."""
    told = facts(SHARED, "Det planen sier")
    assert list(told) == [
        "type",
        "navn",
        "i handlingspunkt",
        "ansvarlig",
        "samarbeidspartner",
        "i kilderad",
        "rekkefølge",
    ]
    assert told["type"] == ["tiltak"]
    assert told["ansvarlig"] == ["Kompetanseforum", "Prosjektleder kompetanse"]
    assert told["samarbeidspartner"] == [
        "Kompetanseforum", "NTNU Videre", "Trøndelag høyere fagskole", "Nord Universitet",
    ]  # fmt: skip


def test_what_the_page_leaves_out_is_in_the_data() -> None:
    assert "prov:Plan" in text(page(SHARED).partition("Dette som data")[2])
    with served.client().get(f"{SHARED}.ttl") as response:
        assert "prov:Plan" in response.text and "dct:isPartOf" in response.text


def test_an_organisation_is_shown_as_what_we_call_it_only() -> None:
    assert facts("/doc/fosen/aktoer/raadet", "Det planen sier")["type"] == ["kollegialt organ"]


def test_a_measure_shows_the_cells_of_its_actors_with_their_words_marked() -> None:
    shown = page(SHARED)
    assert "<mark>Kompetanseforum</mark> <mark>NTNU Videre</mark>" in shown
    assert "<mark>Trøndelag høyere fagskole</mark> <mark>Nord Universitet</mark>" in shown
    places = [f"Linje 29, kolonne {column}" for column in (3, 4, 5)]
    assert re.findall(r'<p class="quiet"><a href="[^"]+">(Linje[^<]+)</a></p>', shown) == [
        *places, "Linje 31, kolonne 5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "property_", "name"),
    [
        (SHARED, "gjelder tiltak", "Linje 29, kolonne 5: «NTNU Videre»"),
        ("/doc/fosen/aktoer/ntnu-videre", "leses som", "Linje 29, kolonne 5: «NTNU Videre»"),
        (SHARED, "gjelder i funn", "Kontroll: aktøren er både ansvarlig for og samarbeidspartner i samme tiltak"),
        ("/doc/fosen/aktoer/raadet", "spørsmålet gjelder", "Er Rådet det samme som Representantskapet?"),
    ],
)  # fmt: skip
def test_what_points_to_a_thing_has_a_name(path: str, property_: str, name: str) -> None:
    assert name in facts(path, "Det som viser hit")[property_]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/kilde/rad/31", "Trøndelag høyere fagskole Nord Universitet"),
        ("/kilde/rad/29/celle/5", "Kompetanseforum NTNU Videre"),
        ("/kilde/rad/29/celle/5/omtale/16-27", "NTNU Videre"),
        ("/kilde", "Kilden"),
        ("/periode", "2022–2024"),
    ],
)
def test_a_part_of_the_source_is_titled_by_its_words(path: str, title: str) -> None:
    heading = re.search("<h1[^>]*>(.*?)</h1>", page(PLAN + path))
    assert heading and unescape(heading[1]) == title
