"""Every kind of page as a browser has it: nothing that axe finds, nothing that a narrow screen must scroll for."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

NET = Path(__file__).parent.parent.parent / "fosen_graph/web/static/net.js"

if TYPE_CHECKING:
    from chromium import Page

PLAN = "/doc/fosen/2022-2024"
KINDS = (  # one page of each kind
    "/",
    "/?aktoer=raadmannsforum&rolle=ansvarlig",
    "/?usikker=ja&aktoer=nve",
    "/hvem",
    "/kilde",
    "/kvalitet",
    "/sok",
    "/sok?q=kommunene",
    "/sok?q=zzzz",
    "/liste/aktoerer",
    "/utgivelser",
    "/catalogue",
    "/dumps/",
    "/code",
    "/sparql",
    "/sparql?query=SELECT+%3Fm+%3Fo+%7B+%3Fm+a+fg%3AMeasure+%3B+%3Fp+%3Fo+%7D",
    "/sparql?query=SELECT+*+%7B",
    "/query",
    "/query/p3?actor=kompetanseforum",
    "/query/p11?least=many",
    "/query/r15",
    "/query/d5",
    "/bruk",
    "/avstemming",
    "/grenser",
    "/ns",
    "/shapes",
    "/om",
    "/tilgjengelighet",
    "/personvern",
    "/meld?side=/om",
    "/nothing",
    PLAN,
    f"{PLAN}/tiltak/desentraliserte-tilbud",
    f"{PLAN}/punkt/naturressurser",
    f"{PLAN}/strategi/verdiskaping",
    f"{PLAN}/vedtak/rs-03-22",
    f"{PLAN}/kilde",
    f"{PLAN}/kilde/rad/29",
    f"{PLAN}/kilde/rad/29/celle/5",
    "/doc/fosen/aktoer/raadmannsforum",
    "/doc/fosen/aktoer/nve",
    "/doc/fosen/ordning/fosen-gis",
    "/doc/code/rolle/ansvarlig",
    "/doc/code/status/foreslaatt?side=2",
)
LOOKS = {"nb": ((1280, False), (320, True)), "en": ((1280, True), (320, False))}  # the pages are the same in both
MOST_BYTES = 100_000  # of a page with all that it loads, packed, without the editor
BUDGET = 300.0  # seconds for all runs of axe, on a busy machine
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
_RUN = "axe.run(document, {}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => [n.html, n.failureSummary])]))"
_ARRIVED = """new Promise(done => {
    let shift = 0;
    new PerformanceObserver(list => { for (const e of list.getEntries()) shift += e.value })
        .observe({ type: "layout-shift", buffered: true });
    const came = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const page = came.filter(entry => !entry.name.includes("/editor/"));
    const blocking = "script[src]:not([async]):not([defer]):not([type=module])";
    setTimeout(() => done({
        shift, blocking: document.querySelectorAll(blocking).length,
        bytes: page.reduce((sum, entry) => sum + entry.encodedBodySize, 0),
        hosts: [...new Set(came.map(entry => new URL(entry.name).host))],
    }), 30);
})"""
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Clock:
    spent = 0.0


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("lang", ["nb", "en"])
def test_axe_finds_nothing(page: Page, site: str, axe: str, path: str, lang: str) -> None:
    """
    WCAG 2.1 A and AA and good practice; 1280 and 320 pixels, light and dark; and no scrolling sideways.

    Before that: nothing moved while the page came, no script held it up, all of it is from here and below 100 KB.
    """
    started = time.monotonic()
    page.look()
    for _ in range(3):  # a busy machine lays a long table out in several steps
        page.open(f"{site}{'/en' if lang == 'en' else ''}{path}")
        came = page.run(_ARRIVED)
        if came["shift"] == 0:
            break
    assert (came["shift"], came["blocking"], came["hosts"]) == (0, 0, [site.removeprefix("http://")])
    assert came["bytes"] < MOST_BYTES
    page.run(f"{axe}; undefined")
    for width, dark in LOOKS[lang]:
        page.look(width=width, dark=dark)
        found = page.run(_RUN.format(json.dumps(RULES)))
        assert found == [], (width, dark)
        assert page.run(_WIDER) <= 0, f"{width} pixels are not enough"
    Clock.spent += time.monotonic() - started


def test_axe_keeps_to_its_time(axe: str) -> None:
    """One browser for all pages: the whole of it is quick enough to run at every change."""
    assert Clock.spent < BUDGET


def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Page, site: str) -> None:
    """The first stop leads past the menu, and every stop has an outline."""
    page.look()
    page.open(f"{site}/")
    page.press("Tab")
    assert page.run("document.activeElement.className") == "skip"
    assert page.run("document.activeElement.getBoundingClientRect().top") >= 0
    for _ in range(12):
        page.press("Tab")
        assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("path", ["/", "/hvem"])
def test_a_narrow_page_keeps_still_while_it_comes(page: Page, site: str, path: str) -> None:
    page.look(width=390, height=800)
    page.open(f"{site}{path}")
    assert page.run(_ARRIVED)["shift"] == 0


def test_the_net_is_walked_by_keyboard_and_tells_what_its_table_says(page: Page, site: str) -> None:
    """One stop of the Tab key; arrows go from thing to thing; Enter tells what a thing is tied to, as links."""
    if not NET.is_file():
        pytest.skip("the net is not built: make test does it where npm is")
    page.look()
    page.open(f"{site}/hvem")
    page.until("document.querySelectorAll('.live [role=button]').length === 43 + 29")
    assert page.run("document.querySelectorAll('.live [role=button][tabindex=\"0\"]').length") == 1
    page.run("document.querySelector('.live [role=button][tabindex=\"0\"]').focus()")
    page.press("Enter")
    chosen = page.run("document.activeElement.getAttribute('aria-label').split(',')[0]")
    links = page.run("[...document.querySelectorAll('.live .told a')].map(a => new URL(a.href).pathname)")
    cells = f"[...document.querySelectorAll('details tr')].filter(r => r.cells[1]?.textContent.includes('{chosen}'))"
    measures = page.run(f"{cells}.map(r => new URL(r.querySelector('th a').href).pathname)")
    assert len(measures) > 5 and set(measures) <= set(links)
    page.press("ArrowUp")
    assert page.run("document.activeElement.getAttribute('aria-label').split(',')[0]") != chosen
