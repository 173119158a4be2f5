"""Pages about the site itself: what it is, accessibility, privacy, and how to report an error."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from fosen_graph.formats import HTML
from fosen_graph.web.address import language
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_PAGES = {"/om": "about", "/tilgjengelighet": "accessibility", "/personvern": "privacy", "/meld": "report"}
_LONGEST = 300  # characters of the address that an error is reported about


def blueprint(shelf: Shelf) -> Blueprint:
    colophon = Blueprint("colophon", __name__)
    for path, name in _PAGES.items():
        for address in (path, f"/en{path}"):
            colophon.add_url_rule(address, address[1:].replace("/", "_"), lambda name=name: _kept(shelf, name))
    return colophon


def _kept(shelf: Shelf, name: str) -> Response:
    return shelf.page(lambda: _page(shelf.site, name))


def _page(site: Site, name: str) -> Response:
    w = wording(language(request.path))
    text = render_template(f"{name}.html", page=_reported(site), w=w, title=w(f"{name}.title"))
    return Response(text, content_type=HTML.content_type)


def _reported(site: Site) -> str:
    """The address of the page that has the error, as the reader may quote it; never anybody else's."""
    path = request.args.get("side", "")[:_LONGEST]
    return f"{site.release.about.site.rstrip('/')}{path}" if path.startswith("/") else ""
