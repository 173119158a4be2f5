"""The plan's page: what a reader selects from it, and what a page costs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html import unescape

import pytest
import served

from fosen_graph.asking import Limits, Question
from fosen_graph.web.app import create_app
from fosen_graph.web.order import alphabetical
from fosen_graph.web.pages.choosing import NAMES, Choice, chosen, counts, end
from fosen_graph.web.pages.whole import Whole, read_whole
from fosen_graph.web.site import Site


def page(path: str, **headers: str) -> str:
    with served.client().get(path, headers={"Accept": "text/html"} | headers) as response:
        assert response.status_code == 200
        return unescape(response.text)


@pytest.fixture(scope="module")
def whole() -> Whole:
    return read_whole(served.store(), served.PLAN)


def measures(html: str) -> list[str]:
    return re.findall(r'<p class="measure"><a href="[^"]*/tiltak/([^"]+)"', html)


@pytest.mark.parametrize(
    ("query", "pattern"),
    [
        ("aktoer=raadmannsforum", "?m fg:responsibleActor|fg:partnerActor aktoer:raadmannsforum"),
        ("aktoer=raadet&rolle=ansvarlig", "?m fg:responsibleActor aktoer:raadet"),
        ("aktoer=kompetanseforum&rolle=samarbeidspartner", "?m fg:partnerActor aktoer:kompetanseforum"),
        ("strategi=samfunnsutvikling", "?m fg:inPlanItem/fg:inFocusArea/fg:inStrategy/skos:notation '2'"),
        ("omraade=verdiskaping-samferdsel", '?m fg:inPlanItem/fg:inFocusArea/skos:prefLabel "Samferdsel"@nb'),
        ("rolle=samarbeidspartner", "?m a fg:Measure FILTER EXISTS { ?m fg:partnerActor ?a }"),
    ],
)
def test_a_selection_is_what_a_query_gives(query: str, pattern: str) -> None:
    shown = measures(page(f"/?{query}"))
    assert len(shown) == len(set(shown)) == served.count(f"SELECT DISTINCT ?m {{ {pattern} }}") > 0
    assert f"Viser {len(shown)} av 29 tiltak." in page(f"/?{query}")


def test_uncertain_and_certain_measures_are_all_measures() -> None:
    unsure, sure = measures(page("/?usikker=ja")), measures(page("/?usikker=nei"))
    assert sorted(unsure + sure) == sorted(measures(page("/")))
    assert "desentraliserte-tilbud" in unsure and 'class="unsure"' not in page("/?usikker=nei")


def test_every_number_beside_a_choice_is_what_it_gives(whole: Whole) -> None:
    """Whatever else is chosen."""
    for choice in (Choice(), Choice(aktoer="raadmannsforum"), Choice(rolle="samarbeidspartner", usikker="ja")):
        for name, told in counts(whole, choice).items():
            for value, count in told.items():
                assert len(chosen(whole, replace(choice, **{name: value}))) == count, (choice, name, value)


def test_the_chosen_actor_is_marked_and_what_is_empty_is_left_out() -> None:
    html = page("/?aktoer=nve")
    assert html.count("<mark>NVE</mark>") == len(measures(html)) == 2
    assert html.count('class="strategy"') == html.count('class="area"') == 1
    assert "uten tiltak" not in html


def test_a_form_that_was_sent_gets_a_short_address() -> None:
    sent = "&".join(f"{name}={'nve' if name == 'aktoer' else ''}" for name in NAMES)
    with served.client().get(f"/en/?{sent}") as response:
        assert (response.status_code, response.headers["Location"]) == (302, "/en/?aktoer=nve")


def test_the_other_language_keeps_the_selection() -> None:
    assert 'hreflang="en" href="/en/?aktoer=nve"' in page("/?aktoer=nve")
    with served.client().get("/?aktoer=nve", headers={"Accept-Language": "en"}) as response:
        assert response.headers["Location"] == "/en/?aktoer=nve"


def test_an_actor_that_is_not_there_gives_nothing_and_says_so() -> None:
    assert "Viser 0 av 29 tiltak." in page("/?aktoer=%3Cscript%3E")


def test_actors_stand_as_in_a_norwegian_dictionary() -> None:
    assert sorted(["Åfjord", "Ørland", "zoo", "Ærfugl", "Ale"], key=alphabetical) == [
        "Ale", "zoo", "Ærfugl", "Ørland", "Åfjord",
    ]  # fmt: skip
    actors = page("/").partition('id="aktoer"')[2].partition("</select>")[0]
    names = re.findall(r"<option [^>]*>(.*?) \(\d+\)</option>", actors)
    assert len(names) == 43 and names[-1] == "Åfjord Utvikling AS"


def test_the_words_of_a_cell_are_all_accounted_for(whole: Whole) -> None:
    """A mention's span is where its words stand."""
    assert len(whole.cells) == 137 and len(whole.parts) == 91
    for mention in whole.mentions:
        text = mention.cell.text[mention.start : mention.end]
        assert text and text in mention.cell.text


def test_a_column_is_called_by_what_stands_in_it(whole: Whole) -> None:
    assert whole.columns == {
        1: "FocusArea", 2: "PlanItem", 3: "Measure", 4: "ansvarlig", 5: "samarbeidspartner",
    }  # fmt: skip


class _Counting:
    """A store that counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def answer(self, question: Question) -> bytes:
        self.asked += 1
        return served.store().answer(question)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/?aktoer=nve",
        "/om",
        "/kilde",
        "/doc/fosen/2022-2024",
        "/doc/fosen/2022-2024/tiltak/desentraliserte-tilbud",
        "/doc/fosen/2022-2024/kilde/rad/29/celle/5",
        "/en/doc/fosen/aktoer/nve",
        "/doc/fosen/ordning/fosen-gis",
    ],
)
def test_a_page_asks_at_most_three_times_and_then_never_again(path: str) -> None:
    store = _Counting()
    app = create_app(Site(release=served.release(), public=store, pages=store, limits=Limits()))
    first = app.test_client().get(path, headers={"Accept": "text/html"})
    assert first.status_code == 200 and store.asked <= 3
    asked = store.asked
    again = app.test_client().get(path, headers={"Accept": "text/html"})
    assert again.data == first.data and store.asked == asked
    assert again.headers["ETag"] == first.headers["ETag"] and again.content_type == first.content_type


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_a_kept_page_is_packed_as_the_client_can_unpack_it(coding: str) -> None:
    plain = served.client().get("/")
    packed = served.client().get("/", headers={"Accept-Encoding": coding})
    assert packed.headers["Content-Encoding"] == coding and "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data) / 4 and packed.headers["ETag"] != plain.headers["ETag"]
    unchanged = served.client().get("/", headers={"Accept-Encoding": coding, "If-None-Match": packed.headers["ETag"]})
    assert unchanged.status_code == 304 and unchanged.data == b""


def test_ends_of_addresses_tell_things_apart(whole: Whole) -> None:
    """What the parameters of a selection rely on."""
    for kind in ("Strategy", "FocusArea"):
        assert max(Counter(map(end, whole.of_kind(kind))).values()) == 1
    assert max(Counter(map(end, whole.actors)).values()) == 1
