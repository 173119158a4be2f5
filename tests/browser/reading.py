"""The first half of the whole way: from the plan's front page to the words in the source, and on to the query page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chromium import Page


def read_the_plan(page: Page, site: str) -> None:
    """Selects by Rådmannsforum, follows a measure to its marked cell and line, and asks for the query page."""
    page.open(f"{site}/")
    everything = page.run("document.querySelectorAll('.measure').length")
    page.run("document.querySelector('.filter summary').click()")
    page.run("document.querySelector('#aktoer').value = 'raadmannsforum'")
    page.follow("document.querySelector('.filter button')")
    assert page.run("location.search") == "?aktoer=raadmannsforum"
    assert 0 < page.run("document.querySelectorAll('.measure').length") == 16 < everything
    page.follow("document.querySelector('.measure a')")
    cell = "document.querySelector('.source .own mark')"
    assert page.run(f"{cell}.textContent") == page.run("document.querySelector('h1').textContent")
    line = page.run("document.querySelector('.source tbody th a').textContent")
    page.follow("document.querySelector('.source tbody th a')")
    assert page.run("location.hash") == f"#l{line}"
    assert page.run(f"document.querySelector('#l{line}').getBoundingClientRect().top < innerHeight")
    page.follow("document.querySelector('.bar a[href$=\"/sparql\"]')")
