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
    "/dumps/",
    "/sparql",
    "/sparql?query=SELECT+%3Fm+%3Fo+%7B+%3Fm+a+fg%3AMeasure+%3B+%3Fp+%3Fo+%7D",
    "/sparql?query=SELECT+*+%7B",
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
)
LOOKS = [(width, dark) for width in (1280, 320) for dark in (False, True)]
BUDGET = 150.0  # seconds for all runs of axe, on a busy machine
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
_RUN = "axe.run(document, {}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => [n.html, n.failureSummary])]))"
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Clock:
    spent = 0.0


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("lang", ["nb", "en"])
def test_axe_finds_nothing(page: Page, site: str, axe: str, path: str, lang: str) -> None:
    """WCAG 2.1 A and AA and good practice; light and dark; 1280 and 320 pixels; and no scrolling sideways."""
    started = time.monotonic()
    page.look()
    page.open(f"{site}{'/en' if lang == 'en' else ''}{path}")
    page.run(f"{axe}; undefined")
    for width, dark in LOOKS:
        page.look(width=width, dark=dark)
        found = page.run(_RUN.format(json.dumps(RULES)))
        assert found == [], (width, dark)
        assert page.run(_WIDER) <= 0, f"{width} pixels are not enough"
    Clock.spent += time.monotonic() - started


def test_axe_keeps_to_its_time(axe: str) -> None:
    """One browser for all pages: the whole of it is quick enough to run at every change."""
    assert Clock.spent < BUDGET
