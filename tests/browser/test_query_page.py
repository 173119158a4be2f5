"""The query page as people use it: an example is run, changed, marked where it is wrong, and downloaded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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


def test_without_scripts_an_example_is_run_changed_refused_and_downloaded(tab: Page, site: str, tmp_path: Path) -> None:
    tab.scripts(False)
    tab.open(f"{site}/sparql")
    assert tab.run("document.querySelector('.editor')") is None
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


def test_with_the_editor_an_example_is_run_changed_marked_and_downloaded(
    tab: Page, site: str, tmp_path: Path, built: None
) -> None:
    """By keyboard; and the policy refuses nothing, for nothing is inline."""
    tab.open(f"{site}/sparql")
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
    assert "Escape" in tab.run("document.querySelector('.editor').shadowRoot.getElementById('hint').textContent")


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


PROGRAMS = {"curl": ["sh", "-c"], "Python": [sys.executable, "-c"], "JavaScript": ["node", "--input-type=module", "-e"]}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_query_from_a_program(tab: Page, site: str, program: str, built: None) -> None:
    """As it is shown, with a query that has quotes, a backslash and a line break; R is not here to be tried."""
    if not shutil.which(PROGRAMS[program][0]):
        pytest.skip(f"{PROGRAMS[program][0]} is not here")
    tab.open(f"{site}/sparql")
    tab.until(READY)
    _replace(tab, """SELECT ("it's\\"æ\\\\" AS ?x)\nWHERE { }""")
    tab.run("document.querySelector('.snippets').open = true")
    choice = "document.getElementById('program')"
    tab.run(f"{choice}.value = '{program}'; {choice}.dispatchEvent(new Event('change')); undefined")
    code = "document.querySelector('.snippets pre').textContent"
    tab.until(f"{code}.includes('/sparql')")
    done = subprocess.run([*PROGRAMS[program], tab.run(code)], capture_output=True, text=True, timeout=60, check=True)
    assert "æ" in done.stdout


@pytest.mark.parametrize("lang", ["", "/en"])
def test_axe_finds_nothing_in_the_editor_and_its_answers(
    tab: Page, site: str, axe: str, lang: str, built: None
) -> None:
    """With a chart and the programs shown; light and dark; 1280 and 320 pixels."""
    query = "SELECT%20?type%20(COUNT(*)%20AS%20?n)%20%7B%20?x%20a%20?type%20%7D%20GROUP%20BY%20?type"
    tab.open(f"{site}{lang}/sparql?query={query}")
    tab.until(READY)
    tab.run("document.querySelector('#spoer button').click()")
    tab.until("document.querySelector('#svaret .views')")
    tab.run("document.querySelectorAll('.views input')[1].click(); document.querySelector('.snippets').open = true")
    tab.until("document.querySelector('.snippets pre').textContent")
    tab.run(f"{axe}; undefined")
    for width, dark in ((1280, False), (320, True)):
        tab.look(width=width, dark=dark)
        run = (
            f"axe.run(document, {json.dumps(RULES)}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        )
        assert tab.run(run) == [], (width, dark)
        assert tab.run("document.documentElement.scrollWidth <= innerWidth")
