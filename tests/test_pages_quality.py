"""The page of quality: it tells what the report tells, and counts what the graph has."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
import served


def page(path: str) -> str:
    with served.client().get(path, headers={"Accept": "text/html"}) as response:
        assert response.status_code == 200
        return unescape(response.text)


@pytest.mark.parametrize(("path", "lang"), [("/kvalitet", "nb"), ("/en/kvalitet", "en")])
def test_every_finding_is_told_with_its_place_and_remedy(path: str, lang: str) -> None:
    html = page(path)
    for finding in json.loads((served.release().folder / "report.json").read_bytes())["findings"]:
        assert finding["what"][lang][1:].rstrip(".") in html and finding["remedy"][lang] in html
        place = f'<code class="place">{finding["file"]}:{finding["line"]}</code>'
        path_of = finding.get("about", "").partition("/id/")[2]
        thing = rf'<a href="{"/en" if lang == "en" else ""}/doc/{path_of}"[^>]*>[^<]+</a> ' if path_of else ""
        assert re.search(f"<li>{thing}{re.escape(place)}</li>", html), finding


def test_findings_lead_to_what_they_are_about() -> None:
    html = page("/kvalitet")
    assert 'href="/doc/fosen/2022-2024/tiltak/desentraliserte-tilbud"' in html
    assert 'href="/shapes#Measure-notOwnPartner"' in html


def test_the_coverage_is_what_a_query_counts() -> None:
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th>' + r'<td class="number">(\d+)</td>' * 3, page("/kvalitet"))
    told = {what: (int(part), int(all_)) for what, part, all_, _ in rows}
    mentions = served.count("?m a fg:Mention")
    assert told["Celler i tabellen som er lest"] == (129, 129)
    assert told["Lesninger som er sikre"] == (mentions - 11, mentions)
    assert told["Lesninger som noen har gjennomgått"] == (0, mentions)
    assert told["Virksomheter med nummer fra et register"][0] == served.count(
        "?x a fg:Organisation ; adms:identifier ?n"
    )
