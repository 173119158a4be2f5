"""The search of the site as files, opened from a disk: names as people type them, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import served

from fosen_graph.web.export.finding import search_files, with_search
from fosen_graph.web.export.places import relative

if TYPE_CHECKING:
    from chromium import Page

THINGS = ("fosen/aktoer/raadmannsforum", "fosen/aktoer/nve", "fosen/2022-2024/tiltak/desentraliserte-tilbud")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root, client = tmp_path_factory.mktemp("export"), served.client()
    starts = {"": "", "en/": "/en"}
    wanted = [f"doc/{thing}/index.html" for thing in THINGS]
    pages = {
        f"{start}doc/{thing}/index.html": client.get(f"{lang}/doc/{thing}").text
        for thing in THINGS
        for start, lang in starts.items()
    }
    others = {wanted[1]: "NVE Norges vassdrags- og energidirektorat"}
    files = search_files(pages, wanted, others) | pages
    for start, lang in starts.items():
        search = relative(
            client.get(f"{lang}/sok").text, f"{lang}/sok", {f"{lang}/sok": f"{start}sok/index.html"}, "x:"
        )
        files[f"{start}sok/index.html"] = with_search(search, "../../" if start else "../")
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("start", "typed", "found"),
    [
        ("", "rådmannsforum", "Rådmannsforum"),
        ("", "RAADMANNSFORUMET", "Rådmannsforum"),
        ("", "vassdrag", "NVE"),
        ("en/", "tilbud", ""),
        ("", "zzzz", ""),
    ],
)
def test_a_name_is_found_and_leads_to_its_page(page: Page, folder: Path, start: str, typed: str, found: str) -> None:
    page.open(f"file://{folder}/{start}sok/index.html")
    page.run("document.getElementById('q').value = ''; document.getElementById('q').focus()")
    page.type(typed)
    page.until("document.querySelector('[role=status] p').textContent !== ''")
    told = page.run("[...document.querySelectorAll('[role=status] a')].map(a => [a.textContent, a.href])")
    assert not found or [name for name, _ in told] == [found]
    assert typed != "zzzz" or told == []
    for _, address in told:
        assert Path(address.removeprefix("file://")).is_file()
