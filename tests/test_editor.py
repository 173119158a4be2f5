"""What the editor of the query page is given: words in the page's language, terms of the data; and it is optional."""

from __future__ import annotations

import re

import pytest
import served

from fosen_graph.web.endpoint.editor import script

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(("lang", "label"), [("nb", "tiltak"), ("en", "measure")])
def test_terms_come_from_the_ontology_and_the_data(lang: str, label: str) -> None:
    """Classes, properties, codes and actors, each by a prefix that is declared for every query."""
    told = served.client().get(f"/editor/{lang}.json").get_json()
    terms = {name: (kind, words) for name, kind, words in told["terms"]}
    assert terms["fg:Measure"] == ("class", label)
    assert terms["fg:responsibleActor"][0] == terms["skos:prefLabel"][0] == "property"
    assert {"aktoer:raadet", "rolle:ansvarlig"} <= terms.keys()
    assert {name.partition(":")[0] for name in terms} <= told["prefixes"].keys()


def test_the_page_is_whole_without_its_script() -> None:
    """The form and its field stand in the page itself; the script is one line in its head, where it was built."""
    page = served.client().get("/sparql", headers=HTML).text
    assert '<textarea id="query" name="query"' in page and "<button>" in page
    assert page.count("<script") == bool(script())


def test_things_of_an_answer_are_called_as_on_the_page_without_scripts() -> None:
    """A label with its language and address, and how a query writes it; what has none keeps its prefix."""
    client = served.client()
    iris = [f"{served.PLAN.rpartition('/')[0]}/aktoer/raadet", "http://purl.org/dc/terms/date", "urn:x"]
    told = client.post("/editor/en/names", json=iris).get_json()
    assert told[iris[0]] == {
        "text": "The Council", "lang": "en", "written": "aktoer:raadet", "address": "/en/doc/fosen/aktoer/raadet",
    }  # fmt: skip
    assert told[iris[1]] == {"text": "date", "lang": "", "written": "dct:date", "address": iris[1]}
    assert told[iris[2]]["address"] == ""
    page = client.get("/en/sparql", query_string={"query": f"SELECT (<{iris[0]}> AS ?x) {{}}"}, headers=HTML).text
    assert 'href="/en/doc/fosen/aktoer/raadet"' in page and '<span class="written">aktoer:raadet</span>' in page
    for wrong in ({"a": 1}, ["x"] * 401, [1]):
        assert client.post("/editor/nb/names", json=wrong).get_json(force=True)["status"] == 400


def test_the_page_and_the_script_are_packed() -> None:
    """The script's address names its content, so it is kept for good."""
    client = served.client()
    page = client.get("/sparql", headers=HTML | {"Accept-Encoding": "br"})
    assert page.headers["Content-Encoding"] == "br" and len(page.data) < 20_000
    if not script():
        pytest.skip("the editor is not built: make test does it where npm is")
    answer = client.get(script(), headers={"Accept-Encoding": "br"})
    assert re.fullmatch(r"/editor/editor\.js\?v=[0-9a-f]{12}", script())
    assert len(answer.data) < 150_000 and "immutable" in answer.headers["Cache-Control"]
    assert len(client.get(script("net"), headers={"Accept-Encoding": "br"}).data) < 12_000
