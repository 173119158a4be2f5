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
    found = [(re.sub(r'<span class="count">.*?</span>', "", name), values) for name, values in found]
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
    rows = re.findall(r'<tr><th scope="row"><a href="/plan/fosen/2022-2024/kilde#l(\d+)">', shown)
    assert rows == ["29", "31"] and shown.count('class="own"') == 4
    assert "Økt kompetansetilbud</td>" in shown  # the rest of the row, unmarked


def test_a_measure_shows_how_it_was_read_and_how_surely() -> None:
    read = text(page(SHARED).partition('id="lest"')[2].partition("</section>")[0])
    assert "Linje 29, kolonne 5 «NTNU Videre» NTNU Videre samarbeidspartner sikker foreslått" in read
    assert "«Kompetanseforum» Kompetanseforum ansvarlig sannsynlig : Trolig Kompetanseforum Fosen" in read


def test_a_measure_tells_where_it_stands_and_where_its_actors_are_too() -> None:
    shown = page(SHARED)
    crumbs = re.findall(r"<li><a[^>]*>(.*?)</a></li>", shown.partition('class="crumbs"')[2].partition("</nav>")[0])
    assert crumbs == ["Handlingsplan 2022-2024", "Verdiskaping", "Arbeidskraft og kompetanse", "Økt kompetansetilbud"]
    assert (
        '<a class="quiet" href="/plan/fosen/2022-2024?aktoer=prosjektleder-kompetanse">i ett annet tiltak</a>' in shown
    )


def test_a_strategy_shows_what_stands_below_it_and_who_has_most_to_do() -> None:
    shown = page(f"{PLAN}/strategi/verdiskaping")
    tree = shown.partition('<div class="tree">')[2].partition("</section>")[0]
    assert len(re.findall(r"/tiltak/", tree)) == 19 and len(re.findall(r"/innsatsomraade/", tree)) == 6
    tallies = text(shown.partition('id="aktoerer"')[2].partition("</section>")[0])
    mine = "?m fg:responsibleActor aktoer:raadmannsforum"
    count = served.count(f"{mine} ; fg:inPlanItem/fg:inFocusArea/fg:inStrategy/skos:notation '1'")
    assert f"Rådmannsforum {count} –" in tallies


@pytest.mark.parametrize(("actor", "measures"), [("raadmannsforum", 16), ("nve", 2), ("representantskapet", 0)])
def test_an_actor_shows_its_measures_and_the_rows_that_name_it(actor: str, measures: int) -> None:
    shown = page(f"/doc/fosen/aktoer/{actor}")
    listed = shown.partition('<h2 id="tiltak">')[2].partition("</section>")[0]
    assert listed.count("/tiltak/") == measures
    mentions = served.count(f"?m oa:hasBody aktoer:{actor}")
    assert text(shown.partition('id="lest"')[2].partition("</section>")[0]).count("Linje") == mentions > 0


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/doc/fosen/aktoer/nve", ["handlingspunkt", "tiltak", "ansvarlig", "samarbeidspartner"]),
        ("/en/doc/fosen/aktoer/nve", ["plan item", "measure", "responsible", "partner"]),
        (SHARED, ["innsatsområde", "handlingspunkt", "tiltak", "ansvarlig", "samarbeidspartner"]),
    ],
)
def test_the_columns_of_the_source_are_called_what_they_hold(path: str, columns: list[str]) -> None:
    head = page(path).partition('<table class="source">')[2].partition("</thead>")[0]
    assert [text(cell) for cell in re.findall(r"<th.*?</th>", head)][1:] == columns


def test_a_decision_and_an_arrangement_show_their_lines() -> None:
    decision, arrangement = page(f"{PLAN}/vedtak/rs-03-22"), page("/doc/fosen/ordning/talentlab-fosen")
    assert "<mark>RS 03/22</mark>" in decision and 'kilde#l14"' in decision
    assert 'kilde#l66"' in arrangement and 'kilde#l47"' in arrangement


def test_what_points_to_a_thing_is_counted_and_told_in_pages() -> None:
    first, second = page("/doc/code/status/foreslaatt"), page("/doc/code/status/foreslaatt?side=2")
    count = served.count("?x ?p <https://w3id.org/fosen-graph/code/status/foreslaatt> FILTER(isIRI(?x))")
    assert f'<span class="quiet">{count}</span>' in first and 'rel="next"' in first and 'rel="prev"' in second
    told = [
        re.findall(r"<li><a", html.partition('id="viser-hit"')[2].partition("</dl>")[0]) for html in (first, second)
    ]
    assert len(told[0]) + len(told[1]) == count
    with served.client().get("/doc/code/status/foreslaatt?side=9", headers={"Accept": "text/html"}) as response:
        assert response.status_code == 404


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


def test_an_organisation_tells_what_the_register_said_when_and_by_which_licence() -> None:
    html = page("/doc/fosen/aktoer/oerland-kommune")
    told = text(html)
    assert "Slik registeret var 2023, lest i https://www.ssb.no/klass/" in told
    assert "Inneholder data under norsk lisens for offentlige data (NLOD) tilgjengeliggjort av Brønn" in told
    assert "kommune (KOMM)" in told and "kommunenummer 5057" in told
    assert facts("/doc/fosen/aktoer/oerland-kommune", "Lagt til av oss")["ligger i"] == ["Ørland"]
    assert "(NLOD) distributed by Brønnøysundregistrene" in text(page("/en/doc/fosen/aktoer/oerland-kommune"))
    assert "NLOD)" not in text(page("/doc/fosen/aktoer/raadet").partition("<footer")[0])


def test_a_focus_area_tells_its_subjects_why_and_whose_list_they_are_from() -> None:
    html = page(f"{PLAN}/innsatsomraade/verdiskaping-samferdsel")
    section = html.partition('id="emner"')[2].partition("</section>")[0]
    rows = [text(row) for row in re.findall(r"<tr>(.*?)</tr>", section, re.DOTALL)[1:]]
    assert rows == [
        "Transport EUs datatemaer sikker Samferdsel er transport.",
        "Trafikk og transport LOS sikker Samferdsel er trafikk og transport.",
        "Veg og vegregulering LOS sikker "
        "Tre av fire punkter er veg, blant dem «FV Flakk-Ila-Klett» og «Fylkesvegnett».",
    ]
    assert "LOS, forvaltet av Digitaliseringsdirektoratet" in text(section)
    assert 'id="emner"' not in page(f"{PLAN}/innsatsomraade/verdiskaping-reiseliv")


def test_a_place_tells_its_number_and_what_it_came_after() -> None:
    told = facts("/doc/fosen/sted/oerland", "Lagt til av oss")
    assert told["kom etter"] == ["Bjugn", "Ørland (til 2020)"]
    assert told["nummer"] == ["5057"] and told["opprettet"] == ["2020-01-01"]
    assert told["samme på Wikidata"] == ["http://www.wikidata.org/entity/Q308245"]
