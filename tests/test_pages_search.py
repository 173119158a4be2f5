"""Search as people type, and every list as a page, CSV and JSON."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
import served

from fosen_graph.web.folding import folded, stem


def get(path: str, **query: str) -> Any:
    with served.client().get(path, query_string=query or None, headers={"Accept": "text/html"}) as response:
        assert response.status_code == 200, path
        return response.json if response.is_json else unescape(response.text)


def first(text: str) -> str:
    results = get("/sok.json", q=text)["results"]
    return results[0]["nb"] if results else ""


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rådmannsforum", "Rådmannsforum"),
        ("raadmannsforumet", "Rådmannsforum"),
        ("RADMANNSFORUMS", "Rådmannsforum"),
        ("kommunedirektørforum", "Rådmannsforum"),  # what the body is called now
        ("aafjord utvikling", "Åfjord Utvikling AS"),
        ("trøndersk mat", "Trøndersk mat og drikke"),
        ("troendersk  Mat", "Trøndersk mat og drikke"),
        ("kulturskoler", "Kulturskolene"),
        ("Fosna- Folket", "Fosna-Folket"),
        ("value creation", "Verdiskaping"),
        ("the councils", "Rådet"),
        ("mobildekningen", "Full mobildekning langs hovedvegnettet"),
        ("rasfarlige vegstrekninger", "Være pådriver for å utbedre rasfarlig vegstrekning"),
    ],
)
def test_what_people_type_finds_what_they_mean(typed: str, found: str) -> None:
    assert first(typed) == found


@pytest.mark.parametrize("typed", ["", "   ", "zzzz", "raadmannsforum zzzz", "<script>", "%", "*"])
def test_what_is_not_there_is_not_found(typed: str) -> None:
    assert get("/sok.json", q=typed)["total"] == 0
    assert "<script" not in served.client().get("/sok", query_string={"q": typed}).text


def test_the_words_of_the_plan_are_found_in_their_cell() -> None:
    results = get("/sok.json", q="lokalprodusert mat")["results"]
    assert any(one["kind"] == "SourceCell" and one["iri"].endswith("/rad/44/celle/3") for one in results)


@pytest.mark.parametrize(("lang", "name"), [("nb", "Rådet"), ("en", "The Council")])
def test_hits_have_the_names_of_the_readers_language(lang: str, name: str) -> None:
    html = get("/sok" if lang == "nb" else "/en/sok", q="rådet")
    assert f">{name}</a>" in html and 'type="search" value="rådet"' in html


def test_hits_come_in_pages() -> None:
    whole = get("/sok.json", q="fosen")
    assert whole["total"] > 20 and whole["pages"] == -(-whole["total"] // 20)
    told = [get("/sok.json", q="fosen", side=str(number + 1))["results"] for number in range(whole["pages"])]
    iris = [one["iri"] for page in told for one in page]
    assert len(iris) == len(set(iris)) == whole["total"]
    assert served.client().get("/sok.json", query_string={"q": "fosen", "side": "99"}).status_code == 404
    assert "?q=fosen&side=2" in get("/sok", q="fosen")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("strategier", "?x a fg:Strategy"),
        ("innsatsomraader", "?x a fg:FocusArea"),
        ("punkter", "?x a fg:PlanItem"),
        ("tiltak", "?x a fg:Measure"),
        ("aktoerer", "SELECT DISTINCT ?x { ?x a fg:Actor ; skos:prefLabel ?l }"),
        ("ordninger", "?x a fg:CooperationArrangement"),
    ],
)
def test_every_list_is_a_page_csv_and_json(name: str, pattern: str) -> None:
    count = served.count(pattern)
    told = get(f"/liste/{name}.json")
    table = list(csv.DictReader(io.StringIO(get(f"/liste/{name}.csv"))))
    page = get(f"/liste/{name}").partition('<ul class="plain">')[2].partition("</ul>")[0]
    assert told["total"] == len(told["items"]) == len(table) == page.count("<li>") == count
    assert [row["iri"] for row in table] == [item["iri"] for item in told["items"]]


def test_the_measures_of_a_selection_are_data_too() -> None:
    """The same parameters as on the plan's page."""
    query = "aktoer=raadmannsforum&rolle=ansvarlig"
    shown = re.findall(r'<p class="measure"><a href="/doc/([^"]+)"', get(f"/?{query}"))
    told = get(f"/plan/fosen/2022-2024/tiltak.json?{query}")
    assert [item["iri"].partition("/id/")[2] for item in told["items"]] == shown
    table = list(csv.DictReader(io.StringIO(get(f"/tiltak.csv?{query}"))))
    assert len(table) == len(shown) and all("Rådmannsforum" in row["ansvarlig"] for row in table)
    assert f'/plan/fosen/2022-2024/tiltak.csv?{query}"' in get(f"/?{query}")


@pytest.mark.parametrize("path", ["/liste/hemmelig", "/liste/tiltak.exe", "/tiltak.ttl", "/plan/fosen/1066/tiltak.csv"])
def test_what_is_no_list_is_not_found(path: str) -> None:
    assert served.client().get(path).status_code == 404


def test_folding_and_stems() -> None:
    assert folded("Årlig MØTE, Ærfugl") == folded("aarlig moete, aerfugl")
    assert {stem(folded(word)) for word in ("kommune", "kommuner", "kommunen", "kommunene", "kommunenes")} == {"kommun"}
    assert stem("nve") == "nve"


@pytest.mark.parametrize(
    "forms",
    [
        "skole skoler skolen skolene skolenes", "tiltak tiltaket tiltakene", "utvikling utviklingen utviklinga",
        "næring næringer næringen næringa", "ungdom ungdommen ungdommer ungdommene", "partner partnere partnerne",
        "leder ledere lederne lederen", "møte møter møtet møtene", "kommunal kommunale kommunalt",
        "attraktiv attraktivt attraktive", "helse helsa helsen", "vegstrekning vegstrekninger vegstrekningene",
        "actor actors", "strategy strategies", "municipality municipalities",
    ],
)  # fmt: skip
def test_all_forms_of_a_word_are_one(forms: str) -> None:
    assert len({stem(folded(form)) for form in forms.split()}) == 1
