"""The files of the release: what there is, and the files themselves, whole or in part, packed where the client can."""

from __future__ import annotations

import base64
import mimetypes
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request, send_file

from fosen_graph.asking.published import CHECKSUMS, MANIFEST, File
from fosen_graph.findings import Lang
from fosen_graph.formats import HTML, RDF_FORMATS
from fosen_graph.web.address import language
from fosen_graph.web.pages.citing import Citation, citation_file, cite
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_TYPES = {format_.extension: format_.content_type for format_ in RDF_FORMATS} | {
    "gz": "application/gzip",
    "json": "application/json",
    "sarif": "application/sarif+json",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpRow:
    """What is in a group of files that hold the same in several formats."""

    stem: str
    triples: int | None
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpsPage:
    release: str
    issued: str
    everything: tuple[DumpRow, ...]
    plans: tuple[DumpRow, ...]
    graphs: tuple[DumpRow, ...]
    others: tuple[File, ...]
    citation: Citation


def blueprint(shelf: Shelf) -> Blueprint:
    dumps, site = Blueprint("dumps", __name__), shelf.site

    @dumps.get("/dumps/")
    @dumps.get("/en/dumps/", endpoint="index_en")
    def index() -> Response:
        return shelf.page(lambda: _index(site))

    @dumps.get("/CITATION.cff")
    def citation() -> Response:
        return Response(citation_file(site.release, "en"), content_type="text/yaml; charset=utf-8")

    @dumps.get("/dumps/<path:name>")
    def file(name: str) -> Response:
        known = site.release.files
        if name not in known and name not in (CHECKSUMS, MANIFEST):
            abort(404)
        return send(site, name)

    return dumps


def _index(site: Site) -> Response:
    w = wording(language(request.path))
    page = render_template("dumps.html", page=_page(site, w.lang), w=w, title=w("dumps.title"))
    return Response(page, content_type=HTML.content_type)


def send(site: Site, name: str) -> Response:
    """One file of the release. name: its path there."""
    packed = f"{name}.gz" in site.release.files and _takes_gzip() and "Range" not in request.headers
    sent = f"{name}.gz" if packed else name
    digest = site.release.files[sent].sha256 if sent in site.release.files else None
    response = send_file(
        site.release.folder / sent,
        mimetype="application/octet-stream",  # replaced below: Flask would add a charset of its own
        conditional=True,
        etag=f"{digest[:32]}{'-gz' if packed else ''}" if digest else True,
        max_age=300,
        download_name=name.rpartition("/")[2],
    )
    if response.status_code != 304:
        response.headers["Content-Type"] = media_type(name)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    if digest and not packed:
        response.headers["Repr-Digest"] = f"sha-256=:{_base64(digest)}:"
    return response


def _takes_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0 and bool(request.headers.get("Accept-Encoding"))


def _base64(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode()


def media_type(name: str) -> str:
    ending = name.rpartition(".")[2]
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "text/plain; charset=utf-8"


def _page(site: Site, lang: Lang) -> DumpsPage:
    groups: dict[str, list[File]] = {}
    others = []
    endings = [format_.extension for format_ in RDF_FORMATS]
    for file in site.release.files.values():
        stem, _, ending = file.name.rpartition(".")
        if ending in endings:
            groups.setdefault(stem, []).append(file)
        elif ending != "gz":
            others.append(file)
    others += [file for files in groups.values() if len(files) == 1 for file in files]
    made = [_row(stem, files, endings) for stem, files in sorted(groups.items()) if len(files) > 1]
    return DumpsPage(
        release=site.release.id,
        issued=site.release.issued,
        everything=tuple(row for row in made if row.stem == "all"),
        plans=tuple(row for row in made if row.stem.startswith("plans/")),
        graphs=tuple(row for row in made if row.stem.startswith("graphs/")),
        others=tuple(others),
        citation=cite(site.release, lang),
    )


def _row(stem: str, files: list[File], endings: list[str]) -> DumpRow:
    files.sort(key=lambda file: endings.index(file.name.rpartition(".")[2]))
    triples = next((file.triples for file in files if file.triples is not None), None)
    return DumpRow(stem=stem, triples=triples, files=tuple(files))
