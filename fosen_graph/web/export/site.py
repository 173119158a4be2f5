"""The folder of a release and one to fill in; the site as files out, built aside, proved whole, moved in one step."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fosen_graph.asking import Limits
from fosen_graph.asking.published import CHECKSUMS, MANIFEST, Release, read_release
from fosen_graph.asking.store import EmbeddedStore, release_sources
from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.web.address import Addresses
from fosen_graph.web.app import create_app
from fosen_graph.web.export.crawl import NOT_FOUND, Crawl, Found
from fosen_graph.web.export.finding import search_files, with_search
from fosen_graph.web.export.hosts import host_files
from fosen_graph.web.export.places import relative, way_on
from fosen_graph.web.pages.lookup import read_found
from fosen_graph.web.rows import rows
from fosen_graph.web.site import Site

_MARK = ".fosen-graph-site"  # a folder that we may replace
_LINK = re.compile(r'\s(?:href|src)="([^"]*)"')
_ANCHOR = re.compile(r'\sid="([^"]+)"')
_ELSEWHERE = re.compile(r"[a-z]+:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    pages: int
    files: int
    dead: tuple[str, ...]  # «file: address» of links to what is not there


def export_site(folder: Path, target: Path) -> Exported:
    """
    Write the site of the release in `folder` to `target`, which must not be there, be empty, or be an earlier export.

    Raises CannotRun.
    """
    release = read_release(folder)
    if target.exists() and any(target.iterdir()) and not (target / _MARK).is_file():
        raise CannotRun(
            Words(nb="Mappen har noe annet i seg.", en="The folder holds something else."),
            Words(nb="Velg en tom mappe.", en="Choose an empty folder."),
            Place(str(target)),
        )
    aside = target.with_name(f".{target.name}.building")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        done = _write(release, aside)
        (aside / _MARK).write_text(f"{release.id}\n")
        _move(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return done


def _move(aside: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    aside.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _write(release: Release, folder: Path) -> Exported:
    store = EmbeddedStore(release_sources(release.folder), release.prefixes, release.base)
    site = Site(release=release, public=store, pages=store, limits=Limits())
    dumps = [*release.files, CHECKSUMS, MANIFEST]
    crawl = Crawl(create_app(site), dumps, _things(site), retired_paths(site))
    found = list(crawl.everything())
    files = {one.address: one.file for one in found} | {f"/dumps/{name}": f"dumps/{name}" for name in dumps}
    root, elsewhere = _root(release), release.about.site or release.base
    for one in found:
        _put(folder / one.file, _as_file(one, files, elsewhere, root))
    _add_search(
        folder,
        [files[page] for thing in crawl.things if (page := f"/doc/{thing.removeprefix('id/')}") in files],
        _other_names(site, files),
    )
    for name in dumps:
        (folder / "dumps" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(release.folder / name, folder / "dumps" / name)
    for name, text in host_files(root, crawl.retired).items():
        _put(folder / name, text.encode())
    pages = sum(one.is_page for one in found)
    return Exported(pages=pages, files=len(found) - pages + len(dumps), dead=tuple(dead_links(folder, root)))


def _other_names(site: Site, files: dict[str, str]) -> dict[str, str]:
    """By the file of its page: everything that the search of a server knows a thing by."""
    to = Addresses(site.release.base)
    found = ((files.get(to.page(one.iri, "nb")), one) for one in read_found(rows(site.pages, "searched")))
    return {file: " ".join(term.value for term in (*one.labels, *one.others)) for file, one in found if file}


def _add_search(folder: Path, wanted: list[str], others: dict[str, str]) -> None:
    """Where the site has a search page, it works without a server."""
    files = [name for file in wanted for name in (file, f"en/{file}") if (folder / name).is_file()]
    pages = {name: (folder / name).read_text(encoding="utf-8") for name in files}
    for start, up in (("", "../"), ("en/", "../../")):
        page = folder / start / "sok/index.html"
        if page.is_file():
            page.write_text(with_search(page.read_text(encoding="utf-8"), up), encoding="utf-8")
    for name, text in search_files(pages, wanted, others).items():
        _put(folder / name, text.encode())


def _things(site: Site) -> list[str]:
    """What people look up by its name; what only evidence consists of is in the dumps and found by links."""
    to = Addresses(site.release.base)
    addresses = (to.here(row["thing"].value) for row in rows(site.pages, "sitemap"))
    return [address.removeprefix("/") for address in addresses if address.startswith("/")]


def retired_paths(site: Site) -> dict[str, str]:
    """Paths of what is no more, to those of what took over."""
    to = Addresses(site.release.base)
    found = rows(site.pages, "retired")
    told = {row["thing"].value: row["survivor"].value if "survivor" in row else "" for row in found}
    return {to.here(one)[1:]: heir and to.here(heir)[1:] for one, heir in told.items() if to.path(one) is not None}


def _root(release: Release) -> str:
    """The path that the site says it is served at; that of an IRI is nobody's host."""
    site = release.about.site
    return urlsplit(site).path.rstrip("/") + "/" if site and site != release.base else "/"


def _as_file(one: Found, files: dict[str, str], elsewhere: str, root: str) -> bytes:
    if one.to:
        file = files.get(one.to.partition("#")[0])
        return (way_on(one.file, file) if file else "").encode()
    if not one.is_page:
        return one.body
    anywhere = root if one.file == NOT_FOUND else ""  # a host gives that page at every address
    return relative(one.body.decode(), one.address, files, elsewhere, anywhere).encode()


def _put(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def dead_links(folder: Path, root: str = "/") -> list[str]:
    """Every way from a page to a file that is not there, or to an anchor that the page there does not have."""
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    pages = {name: (folder / name).read_text(encoding="utf-8") for name in sorted(files) if name.endswith(".html")}
    anchors = {name: set(_ANCHOR.findall(text)) for name, text in pages.items()}
    dead = []
    for own, text in pages.items():
        start = own.split("/")[:-1]
        for address in dict.fromkeys(_LINK.findall(text)):
            if _ELSEWHERE.match(address):
                continue
            path, _, fragment = unescape(address).partition("#")
            there = _there([] if path.startswith(root) else start, path.removeprefix(root)) if path else own
            if there not in files or (fragment and fragment not in anchors.get(there, ())):
                dead.append(f"{own}: {unescape(address)}")
    return dead


def _there(start: list[str], path: str) -> str:
    parts = list(start)
    for part in unquote(path).split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
