"""Addresses from the site's root in; out the same below the path that a proxy serves the site at."""

from __future__ import annotations

import re

from flask import Response, request
from markupsafe import Markup

_IN_PAGE = re.compile(r'(\s(?:href|src|action|formaction|data-net)=")/(?!/)')
_IN_LINK = re.compile(r"<(/(?!/))")


def page_below(html: Markup) -> Markup:
    """A whole page; templates write every address from the root."""
    root = request.script_root
    return html if not root else Markup(_IN_PAGE.sub(rf"\g<1>{root}/", str(html)))


def headers_below(response: Response) -> None:
    """Location and Link."""
    root = request.script_root
    if not root:
        return
    location = response.headers.get("Location", "")
    if location.startswith("/") and not location.startswith("//"):
        response.headers["Location"] = root + location
    links = response.headers.getlist("Link")
    if links:
        response.headers.setlist("Link", [_IN_LINK.sub(rf"<{root}\1", link) for link in links])
