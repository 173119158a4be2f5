"""The page of the data: what there is, its licence, its versions, and how it is cited."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
import served
import yaml

from fosen_graph.settings import OPEN_LICENCES
from fosen_graph.web.pages.citing import SPDX, cite


def page(path: str) -> str:
    with served.client().get(path, headers={"Accept": "text/html"}) as response:
        assert response.status_code == 200
        return unescape(response.text)


def test_every_dump_has_its_size_count_and_checksum() -> None:
    html = page("/dumps/")
    manifest = json.loads((served.release().folder / "manifest.json").read_bytes())["files"]
    for name, file in manifest.items():
        if name.endswith((".ttl", ".nt", ".jsonld")) and "/" in name:
            assert f'href="/dumps/{name}"' in html and f"{file['sha256']}  {name}" in html
    count = manifest["all.nt"]["triples"]
    assert f"{count:,}".replace(",", "\u00a0") in html


@pytest.mark.parametrize("path", ["/dumps/", "/en/dumps/"])
def test_the_page_tells_licence_versions_and_how_to_cite(path: str) -> None:
    html = page(path)
    prefix = path.removesuffix("/dumps/")
    assert 'rel="license">NLOD 2.0</a>' in html and f'href="{prefix}/utgivelser"' in html
    release = served.release()
    assert f"({release.issued[:4]})" in html and html.count(release.id) >= 4
    assert "@misc{" in html and "cff-version: 1.2.0" in html


@pytest.mark.parametrize("text", ["served", "repository"])
def test_a_citation_file_has_what_the_format_requires(text: str) -> None:
    """Citation File Format 1.2: cff-version, message, title and authors."""
    if text == "served":
        with served.client().get("/CITATION.cff") as response:
            told = yaml.safe_load(response.text)
        assert (told["type"], told["version"]) == ("dataset", served.release().id)
    else:
        told = yaml.safe_load((Path(__file__).parent.parent / "CITATION.cff").read_text())
    assert told["cff-version"] == "1.2.0" and {"message", "title", "authors"} <= set(told)
    assert all(author["name"] for author in told["authors"])


def test_every_open_licence_has_its_spdx_name() -> None:
    assert set(SPDX) == set(OPEN_LICENCES)


def test_braces_of_bibtex_are_balanced() -> None:
    told = cite(served.release(), "nb").bibtex
    assert told.count("{") == told.count("}") and re.match(r"@misc\{[\w-]+,\n", told)
