"""The query page as people use it: an example is run, changed, marked where it is wrong, and downloaded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from reading import read_the_plan

if TYPE_CHECKING:
    from chromium import Browser, Page

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = "[...document.querySelectorAll('details a')].find(a => a.textContent.includes('Rådet ansvarlig'))"
CONTENT = "document.querySelector('.editor').shadowRoot.querySelector('.cm-content')"
FOCUSED = "document.activeElement.shadowRoot?.activeElement === " + CONTENT
READY = "'ready' in document.getElementById('spoer').dataset"
ROWS = "document.querySelectorAll('#svaret tbody tr').length"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}


@pytest.fixture
def tab(browser: Browser, tmp_path: Path) -> Page:
    """A tab of its own, which tells what the content security policy refuses, and keeps what is downloaded."""
    page = browser.page()
    page.look()
    page.downloads(tmp_path)
    page.before(
        "window.refused = []; addEventListener('securitypolicyviolation', e => refused.push("
        "`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}:${e.columnNumber}`))"
    )
    return page


def downloaded(folder: Path) -> str:
    deadline = time.monotonic() + 20
    while not (files := [file for file in folder.iterdir() if file.suffix == ".csv"]):
        assert time.monotonic() < deadline, "nothing was downloaded"
        time.sleep(0.05)
    return files[0].read_text(encoding="utf-8")


def test_without_scripts_the_plan_is_read_and_an_example_run_changed_refused_and_downloaded(
    tab: Page, site: str, tmp_path: Path
) -> None:
    """The whole way of a reader, from the front page on."""
    tab.scripts(False)
    read_the_plan(tab, site)
    assert tab.run("document.querySelector('.editor').shadowRoot") is None
    assert tab.run("getComputedStyle(document.querySelector('.scripted')).display") == "none"
    tab.follow(EXAMPLE)
    assert tab.run(ROWS) == 8
    area = "document.getElementById('query')"
    tab.run(f"{area}.value = {area}.value.replace('aktoer:raadet', 'aktoer:kompetanseforum')")
    tab.follow("document.querySelector('#spoer button')")
    changed = tab.run(ROWS)
    assert 0 < changed != 8
    tab.run("[...document.querySelectorAll('.downloads a')].find(a => a.textContent === 'CSV').click()")
    assert downloaded(tmp_path).count("\n") == changed + 1
    tab.run(f"{area}.value = 'SELEKT * WHERE {{ ?x ?y ?z }}'")
    tab.follow("document.querySelector('#spoer button')")
    assert tab.run("document.querySelector('[role=alert]').textContent.includes('SELEKT')")
    assert tab.run(f"{area}.getAttribute('aria-invalid')") == "true"


@pytest.fixture
def built() -> None:
    if not (ROOT / "fosen_graph/web/static/editor.js").is_file():
        pytest.skip("the editor is not built: make test does it where npm is")


def test_the_plan_is_read_and_with_the_editor_an_example_run_changed_marked_and_downloaded(
    tab: Page, site: str, tmp_path: Path, built: None
) -> None:
    """The whole way of a reader; by keyboard in the editor; and the policy refuses nothing, for nothing is inline."""
    read_the_plan(tab, site)
    tab.follow(EXAMPLE)
    tab.until(READY)
    tab.run(f"{CONTENT}.focus()")
    tab.press("Enter", control=True)
    tab.until("document.querySelector('#spoer > [role=status]').textContent")
    tab.until(f"{ROWS} === 8")
    assert tab.run("document.getElementById('query').value.includes('aktoer:raadet')")
    _replace(tab, "SELECT ?m WHERE {\n    ?m a fg:Measure\n} LIMIT 7")
    tab.press("Enter", control=True)
    tab.until(f"{ROWS} === 7")
    assert "LIMIT" in tab.run("new URLSearchParams(location.search).get('query')")
    tab.run("[...document.querySelectorAll('.downloads a')].find(a => a.textContent === 'CSV').click()")
    assert downloaded(tmp_path).count("\n") == 8
    _replace(tab, "SELECT ?m WHERE {\n    ?m a fg:Measure ; nosuch:name ?n\n}")
    tab.press("Enter", control=True)
    tab.until("document.querySelector('[role=alert]')")
    assert tab.run("document.querySelector('[role=alert]').textContent.includes('nosuch')")
    assert tab.run("document.querySelector('[role=alert]').textContent.includes('Linje 2, tegn 23.')")
    marked = "document.querySelector('.editor').shadowRoot.querySelector('.cm-lintRange-error')"
    tab.until(marked)
    assert tab.run(f"{marked}.textContent").startswith("nosuch")
    assert tab.run("refused") == []


def _replace(tab: Page, query: str) -> None:
    """Emptied by keys that the editor answers itself: typing over words, Chromium tries inline styles of its own."""
    tab.run(f"{CONTENT}.focus()")
    tab.press("a", control=True)
    tab.press("Backspace")
    tab.until("document.getElementById('query').value === ''")
    tab.type(query)
    tab.until(f"document.getElementById('query').value === {json.dumps(query)}")


def test_escape_and_tab_leaves_the_editor(tab: Page, site: str, built: None) -> None:
    """WCAG 2.1.2: Tab alone is an indent; the way out is told below the editor."""
    tab.open(f"{site}/sparql")
    tab.until(READY)
    tab.run(f"{CONTENT}.focus()")
    assert tab.run(FOCUSED)
    tab.press("Tab")
    assert tab.run(FOCUSED)
    tab.press("Escape")
    tab.press("Tab")
    assert not tab.run(FOCUSED)
    described = f"{CONTENT}.getRootNode().getElementById({CONTENT}.getAttribute('aria-describedby')).textContent"
    assert tab.run(described) == tab.run("document.querySelector('.hint').textContent")
    assert "Escape" in tab.run(described)


def test_suggestions_come_by_label(tab: Page, site: str, built: None) -> None:
    tab.open(f"{site}/sparql")
    tab.until(READY)
    _replace(tab, "SELECT * { ?x a tilt")
    tab.until("document.querySelector('.editor').shadowRoot.querySelector('[role=listbox]')")
    options = "document.querySelector('.editor').shadowRoot.querySelector('[role=listbox]').textContent"
    assert "fg:Measure" in tab.run(options)
    assert tab.run("refused") == []


NO_ANSWER = (
    "window.fetch = (_, { signal }) => new Promise((__, fail) =>"
    " signal.addEventListener('abort', () => fail(new DOMException('', 'AbortError')))); undefined"
)


def test_a_query_is_timed_and_can_be_cancelled(tab: Page, site: str, built: None) -> None:
    """Of a server that never answers."""
    tab.open(f"{site}/sparql")
    tab.until(READY)
    tab.run(NO_ANSWER)
    cancel = "document.querySelector('#spoer .second')"
    assert tab.run(f"{cancel}.hidden")
    tab.run("document.querySelector('#spoer button').click()")
    tab.until("document.querySelector('#spoer .row').textContent.includes(' s')")
    assert not tab.run(f"{cancel}.hidden")
    tab.run(f"{cancel}.click()")
    tab.until(f"{cancel}.hidden")
    assert tab.run("document.querySelector('#spoer > [role=status]').textContent") == "Avbrutt."


PROGRAMS = {
    "curl": ["sh", "-c"],
    "Python": [sys.executable, "-c"],
    "R": ["Rscript", "-e"],
    "JavaScript": ["node", "--input-type=module", "-e"],
}
SNIPPETS = {  # a query, and what every program prints of its answer
    """SELECT ("it's \\"æ\\\\ ${x} `" AS ?x)\nWHERE { }""": "æ",
    "# SELECT, no: \nASK { ?x ?y ?z\n}": "rue",
    'CONSTRUCT { <http://example.org/select> <http://example.org/says> "ask" } WHERE { }': "example.org",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_query_from_a_program(tab: Page, site: str, program: str, built: None) -> None:
    """As it is shown: a table with quotes and line breaks in its query, a truth value, triples."""
    if not shutil.which(PROGRAMS[program][0]):
        pytest.skip(f"{PROGRAMS[program][0]} is not here")
    tab.open(f"{site}/sparql")
    tab.until(READY)
    tab.run("document.querySelector('.snippets').open = true")
    choice, code = "document.getElementById('program')", "document.querySelector('.snippets pre').textContent"
    tab.until(f"{code}.includes('/sparql')")
    tab.run(f"{choice}.value = '{program}'; {choice}.dispatchEvent(new Event('change')); undefined")
    for query, printed in SNIPPETS.items():
        before = tab.run(code)
        _replace(tab, query)
        assert tab.run(code) != before
        ran = subprocess.run(
            [*PROGRAMS[program], tab.run(code)], capture_output=True, text=True, timeout=60, check=True
        )
        assert printed in ran.stdout, query


def test_what_is_tied_together_is_drawn_as_a_net(tab: Page, site: str, axe: str, built: None) -> None:
    """Things have their names; arrow keys and Enter go through it; the table stands beside."""
    query = "SELECT ?actor ?m { ?m fg:responsibleActor ?actor }"
    tab.open(f"{site}/sparql?query={quote(query)}")
    tab.until(READY)
    assert tab.run("performance.getEntriesByType('resource').every(r => !r.name.includes('/net.js'))")
    tab.run("document.querySelector('#spoer button').click()")
    tab.until("document.querySelector('#svaret .views')")
    assert tab.run("document.querySelector('#svaret td a[href=\"/doc/fosen/aktoer/raadet\"]').textContent") == "Rådet"
    assert tab.run("document.querySelector('#svaret td .written').textContent").startswith("aktoer:")
    tab.run("document.querySelectorAll('.views input')[1].click()")
    tab.until("document.querySelector('svg.mesh text')")
    rows = tab.run(ROWS)
    assert tab.run("document.querySelectorAll('svg.mesh > line').length") == rows
    tab.run("document.querySelector('svg.mesh [tabindex=\"0\"]').focus()")
    first = "document.activeElement.getAttribute('aria-label')"
    assert tab.run(first) == "Rådmannsforum, actor, 16 forbindelser"
    tab.press("Enter")
    assert tab.run("document.querySelectorAll('.told li a').length") == 16
    tab.press("ArrowUp")
    assert tab.run(first) != "Rådmannsforum, actor, 16 forbindelser"
    tab.run(f"{axe}; undefined")
    for width, dark in ((1280, True), (320, False)):
        _accessible(tab, width, dark)
    assert tab.run("refused") == []


def test_a_net_too_large_to_be_read_is_not_drawn(tab: Page, site: str, built: None) -> None:
    """It says how large; the table has it all. Triples are told as a table, and as Turtle when asked for."""
    query = "CONSTRUCT { ?cell fg:inRow ?row } { ?cell fg:inRow|fg:cellOf|fg:evidence ?row }"
    tab.open(f"{site}/en/sparql?query={quote(query)}")
    rows = tab.run(ROWS)
    assert rows == 100 and tab.run("document.querySelector('#svaret [rel=next]').href.includes('side=2')")
    tab.until(READY)
    tab.run("document.querySelector('#spoer button').click()")
    tab.until("document.querySelector('#svaret .views')")
    tab.run("document.querySelectorAll('.views input')[1].click()")
    tab.until("document.querySelector('#svaret .note')")
    assert "at most 250 things" in tab.run("document.querySelector('#svaret .note').textContent")
    assert tab.run("document.querySelector('svg.mesh')") is None
    tab.run("document.querySelectorAll('.views input')[2].click()")
    tab.until("document.querySelector('#svaret pre')?.textContent.includes('inRow')")


SHIFTS = (
    "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(e => shifted += e.value))"
    ".observe({ type: 'layout-shift', buffered: true })"
)


@pytest.mark.parametrize("width", [1280, 320])
def test_nothing_moves_when_the_editor_comes(tab: Page, site: str, width: int, built: None) -> None:
    """Cumulative layout shift 0, with an answer and without."""
    tab.look(width=width)
    tab.before(SHIFTS)
    for path in ("/sparql", "/en/sparql?query=SELECT+*+%7B+?x+a+fg:Strategy+%7D"):
        tab.open(site + path)
        tab.until(READY)
        tab.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert tab.run("shifted") == 0, path


def test_axe_finds_nothing_in_the_editor_and_its_answers(tab: Page, site: str, axe: str, built: None) -> None:
    """With a chart and the programs shown, in English (the net: in Norwegian); light and dark; 1280 and 320 pixels."""
    query = "SELECT%20?type%20(COUNT(*)%20AS%20?n)%20%7B%20?x%20a%20?type%20%7D%20GROUP%20BY%20?type"
    tab.open(f"{site}/en/sparql?query={query}")
    tab.until(READY)
    tab.run("document.querySelector('#spoer button').click()")
    tab.until("document.querySelector('#svaret .views')")
    tab.run("document.querySelectorAll('.views input')[1].click(); document.querySelector('.snippets').open = true")
    tab.until("document.querySelector('.snippets pre').textContent")
    tab.run(f"{axe}; undefined")
    for width, dark in ((1280, False), (320, True)):
        _accessible(tab, width, dark)


def _accessible(tab: Page, width: int, dark: bool) -> None:
    tab.look(width=width, dark=dark)
    run = f"axe.run(document, {json.dumps(RULES)}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
    assert tab.run(run) == [], (width, dark)
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
