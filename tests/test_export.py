"""The site as files: pages in both languages, links that lead to files, IRIs that lead on; nothing else is touched."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import served
from flask import Flask, Response, redirect

from fosen_graph.asking.published import CHECKSUMS
from fosen_graph.findings import CannotRun
from fosen_graph.web.export.crawl import Crawl
from fosen_graph.web.export.places import file_of, links, relative, way_on
from fosen_graph.web.export.site import Exported, dead_links, export_site


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Exported]:
    target = tmp_path_factory.mktemp("export") / "site"
    return target, export_site(served.release().folder, target)


def test_every_link_leads_to_a_file_and_its_anchor(exported: tuple[Path, Exported]) -> None:
    folder, done = exported
    assert done.dead == () and dead_links(folder) == []
    assert done.pages > 500


@pytest.mark.parametrize(
    "path",
    ["", "ns", "shapes", "catalogue", "dumps", "om", "doc/fosen/2022-2024", "doc/fosen/aktoer/nve", "doc/dataset/all"],
)
def test_pages_are_there_in_both_languages(exported: tuple[Path, Exported], path: str) -> None:
    folder, _ = exported
    for lang, start in (("nb", ""), ("en", "en/")):
        page = (folder / start / path / "index.html").read_text(encoding="utf-8")
        assert f'<html lang="{lang}">' in page
        assert 'href="/' not in page and 'action="/' not in page


def test_the_dumps_are_those_of_the_release(exported: tuple[Path, Exported]) -> None:
    folder, _ = exported
    for line in (folder / "dumps" / CHECKSUMS).read_text().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((folder / "dumps" / name).read_bytes()).hexdigest() == digest


def test_an_iri_leads_to_its_page_and_its_data_stand_beside_it(exported: tuple[Path, Exported]) -> None:
    folder, _ = exported
    way = (folder / "id/fosen/aktoer/nve/index.html").read_text()
    assert 'content="0; url=../../../../doc/fosen/aktoer/nve/index.html"' in way
    for ending in ("ttl", "nt", "jsonld", "rdf"):
        served_ = served.client().get(f"/doc/fosen/aktoer/nve.{ending}").data
        assert (folder / f"doc/fosen/aktoer/nve.{ending}").read_bytes() == served_
    for iri in ("graph/plan", "code/rolle/ansvarlig", "dataset/all", f"release/{served.release().id}"):
        assert "refresh" in (folder / iri / "index.html").read_text()
    for name in ("robots.txt", "sitemap.xml", "404.html", "void.ttl", "catalogue.jsonld", "feed.atom"):
        assert (folder / name).stat().st_size > 100


def test_the_search_page_looks_in_a_list_of_names(exported: tuple[Path, Exported]) -> None:
    """Both languages, and each address is a file: tests/browser tries the script."""
    folder, _ = exported
    names = json.loads((folder / "sok/names.js").read_text().removeprefix("window.fosenGraphNames=").rstrip(";\n"))
    assert ["NVE", "doc/fosen/aktoer/nve/index.html"] in [[nb, file] for nb, _, file, _ in names]
    assert len(names) > 150 and all((folder / file).is_file() for _, _, file, _ in names)
    assert any(len(others) > len(nb) for nb, _, _, others in names)
    for page in ("sok/index.html", "en/sok/index.html"):
        assert "search.js" in (folder / page).read_text(encoding="utf-8")


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CannotRun):
        export_site(served.release().folder, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("address", "is_page", "file"),
    [
        ("/", True, "index.html"),
        ("/en/", True, "en/index.html"),
        ("/doc/fosen/aktoer/nve", True, "doc/fosen/aktoer/nve/index.html"),
        ("/doc/code/status/foreslaatt?side=2", True, "doc/code/status/foreslaatt/side-2.html"),
        ("/?strategi=1", True, None),
        ("/sparql?query=ASK%7B%7D", True, None),
        ("/ns.ttl", False, "ns.ttl"),
        ("/static/style.css?v=0.1.0", False, "static/style.css"),
        ("/sok.json?q=x", False, None),
    ],
)
def test_an_address_has_a_file_where_a_file_can_answer(address: str, is_page: bool, file: str | None) -> None:
    assert file_of(address, is_page) == file


def test_addresses_become_ways_from_file_to_file() -> None:
    page = '<a href="/b#c">1</a><a href="?side=2#d">2</a><a href="/sparql?query=x&amp;y">3</a><form action="/b">'
    assert links(page, "/a/x") == {"/b", "/a/x?side=2", "/sparql?query=x&y"}
    files = {"/a/x": "a/x/index.html", "/b": "b/index.html", "/a/x?side=2": "a/x/side-2.html"}
    assert relative(page, "/a/x", files, "https://plan.example/") == (
        '<a href="../../b/index.html#c">1</a><a href="side-2.html#d">2</a>'
        '<a href="https://plan.example/sparql?query=x&amp;y">3</a><form action="https://plan.example/b">'
    )
    assert "../b/index.html" in way_on("a/index.html", "b/index.html")


def test_the_page_for_what_is_not_there_works_at_every_address() -> None:
    """A host gives it wherever a reader goes wrong, so its ways begin at the root."""
    page = '<a href="/b#c">1</a><link href="/static/style.css">'
    files = {"/x": "404.html", "/b": "b/index.html", "/static/style.css": "static/style.css"}
    told = relative(page, "/x", files, "https://plan.example/", "/plan/")
    assert told == '<a href="/plan/b/index.html#c">1</a><link href="/plan/static/style.css">'


def test_a_crawl_tells_what_the_site_itself_does_not_answer() -> None:
    app = Flask(__name__)

    @app.get("/")
    def home() -> str:
        return '<a href="/gone">x</a><a href="/way">y</a>'

    @app.get("/way")
    def way() -> Response:
        return redirect("/")  # type: ignore[return-value]

    crawl = Crawl(app, (), ())
    found = {one.address: one for one in crawl.everything()}
    assert "/gone" in crawl.lost and found["/way"].to == "/"


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html">1</a><a href="a.html#x">2</a><p id="y"><a href="#y">3</a>')
    assert dead_links(tmp_path) == ["a.html: b.html", "a.html: a.html#x"]
