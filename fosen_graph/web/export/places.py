"""An address of the site in; the file that holds it out, and how one file refers to another."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit

INDEX = "index.html"
_ADDRESS = re.compile(r'(\s(?:href|src|action|data-net)=")((?:/(?!/)|\?)[^"]*)"')
_PAGE = re.compile(r"side=(\d+)")


def file_of(address: str, is_page: bool) -> str | None:
    """
    A page is the index of a folder, so that its address stays as it is; data are files by their names.

    None: what depends on a question that the reader asks, which only a server can answer.
    """
    parts = urlsplit(address)
    path = unquote(parts.path).strip("/")
    if not is_page:
        return path if path and not parts.query else path if parts.query.startswith("v=") else None
    if not parts.query:
        return posixpath.join(path, INDEX)
    page = _PAGE.fullmatch(parts.query)
    return posixpath.join(path, f"side-{page[1]}.html") if page else None


def links(html: str, own: str) -> set[str]:
    """The addresses on this site that a page refers to, without fragments. own: that of the page."""
    found = {address for name, address in _ADDRESS.findall(html) if "action" not in name}
    return {_whole(own, unescape(address)).partition("#")[0] for address in found}


def relative(html: str, page: str, files: dict[str, str], elsewhere: str, root: str = "") -> str:
    """
    The page with every address of the site as a way from its own file, or from a root where one is given.

    page: its address. files: address to file. elsewhere: where the service answers what no file can; ends in /.
    """
    folder = files[page].split("/")[:-1]

    def told(match: re.Match[str]) -> str:
        address, _, fragment = _whole(page, unescape(match[2])).partition("#")
        file = files.get(address)
        target = elsewhere + address.removeprefix("/")
        if file is not None and "action" not in match[1]:
            target = root + quote(file) if root else way(folder, file)
        whole = target + (f"#{fragment}" if fragment else "")
        return f'{match[1]}{escape(whole)}"'

    return _ADDRESS.sub(told, html)


def way(folder: list[str], file: str) -> str:
    """From a folder, given by its parts, to a file. A page has a hundred: the standard library's way is too slow."""
    there = _quoted(file)
    shared = 0
    while shared < len(folder) and shared < len(there) - 1 and folder[shared] == there[shared]:
        shared += 1
    return "../" * (len(folder) - shared) + "/".join(there[shared:])


@cache
def _quoted(file: str) -> list[str]:
    return quote(file).split("/")


def _whole(page: str, address: str) -> str:
    """The address without the page's help: it begins with / or with ?."""
    return page.partition("?")[0] + address if address.startswith("?") else address


def way_on(own: str, file: str) -> str:
    """A page that leads to another: what a redirect is without a server."""
    target = escape(way(own.split("/")[:-1], file))
    return (
        f'<!doctype html>\n<html lang="nb"><head><meta charset="utf-8"><title>→</title>'
        f'<meta http-equiv="refresh" content="0; url={target}"><link rel="canonical" href="{target}"></head>'
        f'<body><p><a href="{target}">{target}</a></p></body></html>\n'
    )
