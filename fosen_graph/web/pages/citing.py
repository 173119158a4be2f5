"""Who publishes a release in; how the data are cited out: APA 7, BibTeX and the Citation File Format 1.2."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fosen_graph.asking.published import Release
from fosen_graph.findings import Lang
from fosen_graph.web.pages.chrome import text_in
from fosen_graph.web.wording import wording

SPDX = {"NLOD_2_0": "NLOD-2.0", "NLOD_1_0": "NLOD-1.0", "CC_BY_4_0": "CC-BY-4.0", "CC0": "CC0-1.0"}
_TEX = str.maketrans({letter: f"\\{letter}" for letter in "&%$#_{}"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    apa: str
    bibtex: str
    cff: str


def cite(release: Release, lang: Lang) -> Citation:
    """Publisher, year, title, version and address; the publisher is a body, so the name is never turned round."""
    about, w = release.about, wording(lang)
    publisher, title = text_in(about.publisher, lang)[0], text_in(about.title, lang)[0]
    year = release.issued[:4]
    version = w("cite.version", version=release.id)
    return Citation(
        apa=f"{publisher}. ({year}). {title} ({version}) [{w('cite.kind')}]. {about.site}",
        bibtex=_bibtex(publisher, title, year, release),
        cff=citation_file(release, lang),
    )


def _bibtex(publisher: str, title: str, year: str, release: Release) -> str:
    fields = {
        "author": f"{{{publisher.translate(_TEX)}}}",
        "title": f"{{{title.translate(_TEX)}}}",
        "year": year,
        "version": release.id,
        "url": release.about.site,
    }
    body = "".join(f"  {name:<7} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{fosen-graph-{release.id},\n{body}}}"


def citation_file(release: Release, lang: Lang) -> str:
    """Strings as JSON writes them, which YAML reads."""
    about = release.about
    title, publisher = text_in(about.title, lang)[0], text_in(about.publisher, lang)[0]
    lines = [
        "cff-version: 1.2.0",
        f"message: {_quoted(wording(lang)('cite.message'))}",
        "type: dataset",
        f"title: {_quoted(title)}",
        "authors:",
        f"  - name: {_quoted(publisher)}",
        f"version: {_quoted(release.id)}",
        f"date-released: {_quoted(release.issued)}",
        f"url: {_quoted(about.site)}",
    ]
    if about.data_licence in SPDX:
        lines.append(f"license: {SPDX[about.data_licence]}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
