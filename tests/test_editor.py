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
