"""Every kind of page as a browser has it: nothing that axe finds, nothing that a narrow screen must scroll for."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

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
    "/sparql",
    "/sparql?query=SELECT+%3Fm+%3Fo+%7B+%3Fm+a+fg%3AMeasure+%3B+%3Fp+%3Fo+%7D",
    "/sparql?query=SELECT+*+%7B",
    "/query",
    "/query/p3?actor=kompetanseforum",
    "/query/p11?least=many",
    "/query/r15",
    "/query/d5",
    "/bruk",
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
LOOKS = [(width, dark) for width in (1280, 320) for dark in (False, True)]
BUDGET = 300.0  # seconds for all runs of axe, on a busy machine
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}  # what the dark changes
_RUN = "axe.run(document, {}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => [n.html, n.failureSummary])]))"
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Clock:
    spent = 0.0


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("lang", ["nb", "en"])
def test_axe_finds_nothing(page: Page, site: str, axe: str, path: str, lang: str) -> None:
    """WCAG 2.1 A and AA and good practice; 1280 and 320 pixels; colours in the dark too; and no scrolling sideways."""
    started = time.monotonic()
    page.look()
    page.open(f"{site}{'/en' if lang == 'en' else ''}{path}")
    page.run(f"{axe}; undefined")
    for width, dark in LOOKS:
        page.look(width=width, dark=dark)
        found = page.run(_RUN.format(json.dumps(OF_COLOUR if dark else RULES)))
        assert found == [], (width, dark)
        assert page.run(_WIDER) <= 0, f"{width} pixels are not enough"
    Clock.spent += time.monotonic() - started


def test_axe_keeps_to_its_time(axe: str) -> None:
    """One browser for all pages: the whole of it is quick enough to run at every change."""
    assert Clock.spent < BUDGET


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_follows_a_measure_to_its_words(page: Page, site: str, scripts: bool) -> None:
    """From the plan, selected by actor, to a measure, its marked cell and the line of the source; scripts or none."""
    page.look()
    page.scripts(scripts)
    try:
        page.open(f"{site}/plan/fosen/2022-2024")
        page.run("document.querySelector('.filter').open = true")
        page.run("document.querySelector('#aktoer').value = 'raadmannsforum'")
        page.follow("document.querySelector('.filter button')")
        assert page.run("location.search") == "?aktoer=raadmannsforum"
        assert page.run("document.querySelectorAll('.measure').length") == 16
        page.follow("document.querySelector('a[href$=\"/tiltak/implementering-og-drift\"], .measure a')")
        cell = "document.querySelector('.source .own mark')"
        assert page.run(f"{cell}.textContent") == page.run("document.querySelector('h1').textContent")
        line = page.run("document.querySelector('.source tbody th a').textContent")
        page.follow("document.querySelector('.source tbody th a')")
        assert page.run("location.hash") == f"#l{line}"
        assert page.run(f"document.querySelector('#l{line}').getBoundingClientRect().top < innerHeight")
    finally:
        page.scripts(True)


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


@pytest.mark.parametrize("path", ["/", "/hvem", "/kilde", f"{PLAN}/tiltak/desentraliserte-tilbud"])
def test_a_page_keeps_still_while_it_comes_and_asks_nobody_else(page: Page, site: str, path: str) -> None:
    """No layout shift, no script that blocks, nothing from another host."""
    page.look(width=390, height=800)
    page.open(f"{site}{path}")
    shift = (
        "new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
        " sum += e.value }).observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300) })"
    )
    assert page.run(shift) == 0
    assert page.run("document.querySelectorAll('script[src]:not([async]):not([defer]):not([type=module])').length") == 0
    hosts = page.run("performance.getEntriesByType('resource').map(entry => new URL(entry.name).host)")
    assert set(hosts) <= {site.removeprefix("http://")}
