"""Who does what: every number leads to what it counts, and every picture has its table."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import served


def page(path: str) -> str:
    with served.client().get(path, headers={"Accept": "text/html"}) as response:
        assert response.status_code == 200
        return unescape(response.text)


def test_the_matrix_counts_what_the_graph_has() -> None:
    matrix = page("/hvem").partition('class="matrix"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", matrix, re.DOTALL)
    assert len(rows) == 43
    totals = [
        [int(n or 0) for n in re.findall(r'<td class="number">(?:<a [^>]*>(\d+)</a>|<span)', row)] for row in rows
    ]
    assert all(len(row) == 8 and (sum(row[0:6:2]), sum(row[1:6:2])) == (row[6], row[7]) for row in totals)
    assert sum(row[6] for row in totals) == served.count("?m fg:responsibleActor ?a")
    assert sum(row[7] for row in totals) == served.count("?m fg:partnerActor ?a")


def test_a_number_leads_to_the_measures_that_it_counts() -> None:
    links = re.findall(r'<td class="number"><a href="([^"]+)">(\d+)</a>', page("/hvem"))
    for address, count in links[::7]:
        assert f"Viser {count} av 29 tiltak." in page(address), address


def test_every_chart_has_a_table_of_the_same() -> None:
    for chart in page("/hvem").split("<figure")[1:]:
        drawing, table = chart.partition("</svg>")[::2]
        bars = re.findall(r"<text [^>]*>([^<]*)</text>", drawing)
        rows = re.findall(r'<tr><th scope="row"><a [^>]*>(.*?)</a></th><td class="number">(\d+)</td></tr>', table)
        assert [cell for row in rows for cell in row] == bars


def test_what_the_script_draws_is_what_the_table_says() -> None:
    """The net that one can explore; made by a script, so it only adds to the page."""
    told = served.client().get("/plan/fosen/2022-2024/nett.json").get_json()
    assert len(told["nodes"]) == 43 + 29 and len({node["id"] for node in told["nodes"]}) == 72
    assert len(told["links"]) == served.count("{ ?m fg:responsibleActor ?a } UNION { ?m fg:partnerActor ?a }")
    assert sum(link["strong"] for link in told["links"]) == served.count("?m fg:responsibleActor ?a")
    english = served.client().get("/en/nett.json").get_json()
    assert (
        urljoin("/en/nett.json", english["nodes"][0]["href"]).startswith("/en/doc/")
        and english["links"] != told["links"]
    )


def test_bars_start_at_zero_and_keep_to_one_scale() -> None:
    for chart in page("/hvem").split("<figure")[1:]:
        widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', chart)]
        numbers = [int(number) for number in re.findall(r"<text [^>]*>(\d+)</text>", chart)]
        assert len(widths) == len(numbers) > 1
        assert all(
            abs(width / number - widths[0] / numbers[0]) < 0.2 for width, number in zip(widths, numbers, strict=True)
        )


def test_the_net_has_a_line_for_every_measure_of_every_actor_and_a_table_of_the_same() -> None:
    html = page("/en/hvem")
    net, table = html.partition('class="net"')[2].partition("</svg>")[::2]
    pairs = served.count("SELECT DISTINCT ?m ?a { ?m fg:responsibleActor|fg:partnerActor ?a }")
    assert net.count("<path") == pairs and net.count("<circle") == 43 + 29
    assert len(re.findall(r'href="/en/doc/fosen/aktoer/', table)) == served.count(
        "{ ?m fg:responsibleActor ?a } UNION { ?m fg:partnerActor ?a }"
    )
