"""An answer in; Link headers and link sets out that tell a machine where it is: RFC 8288, RFC 9264, Signposting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from flask import Response, request

from fosen_graph.formats import GRAPH_FORMATS, HTML, RDF_FORMATS, Format
from fosen_graph.web.address import Addresses, without_language
from fosen_graph.web.pages.chrome import LICENCES
from fosen_graph.web.site import Site

LINKSET = "application/linkset+json"
_LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')
_ABOUT_PAGE = "https://schema.org/AboutPage"
_ENDINGS = {format_.extension: format_ for format_ in GRAPH_FORMATS}
_DATA = tuple(format_.media_type for format_ in RDF_FORMATS)


def link(target: str, rel: str, media_type: str = "") -> str:
    return f'<{target}>; rel="{rel}"' + (f'; type="{media_type}"' if media_type else "")


def add(response: Response, links: Iterable[str]) -> None:
    """Beside those that stand there."""
    told = [*response.headers.getlist("Link"), *links]
    if told:
        response.headers["Link"] = ", ".join(told)


def on_page(path: str, iri: str, formats: Iterable[Format] = GRAPH_FORMATS) -> list[str]:
    """Of a page about a thing. path: of its data, without ending."""
    thing = path.removeprefix("/doc/")
    linkset = [link(f"/linkset/{thing}.json", "linkset", LINKSET)] if thing != path else []
    return [link(iri, "cite-as"), link(_ABOUT_PAGE, "type"), *linkset] + [
        link(f"{path}.{format_.extension}", "describedby alternate", format_.media_type) for format_ in formats
    ]


def on_data(path: str, iri: str, own: Format, formats: Iterable[Format] = GRAPH_FORMATS) -> list[str]:
    """Of the data about a thing. path: of its page."""
    others = [
        link(f"{path}.{format_.extension}", "alternate", format_.media_type)
        for format_ in formats
        if format_ is not own
    ]
    return [link(iri, "describes"), link(path, "alternate", HTML.media_type), *others]


def linkset(site: str, path: str, header: str) -> str:
    """
    The links of a page, and those of its data and files back to it (Signposting, level 2).

    site: where the service answers, without the last slash. path: the page's. header: what its Link header says.
    """
    page = site + path
    own: dict[str, object] = {"anchor": page}
    told: dict[str, list[dict[str, str]]] = {}
    back: dict[str, dict[str, object]] = {}
    for target, rels, media_type in _LINK.findall(header):
        at = site + target if target.startswith("/") else target
        for rel in rels.split():
            if rel != "linkset":
                told.setdefault(rel, []).append({"href": at} | ({"type": media_type} if media_type else {}))
            if rel in _BACK:
                back.setdefault(at, {"anchor": at})[_BACK[rel]] = [{"href": page, "type": HTML.media_type}]
    return json.dumps({"linkset": [own | told, *back.values()]}, indent=1)


_BACK = {"describedby": "describes", "item": "collection"}


def on_everything(response: Response, site: Site) -> None:
    """What the address alone decides: the thing that is told about, the address that lasts, and the licence."""
    if response.status_code != 200 or response.mimetype not in (HTML.media_type, *_DATA):
        return
    if "frame-ancestors *" in response.headers["Content-Security-Policy"]:  # a preview: its parameter tells of what
        return
    about, links = site.release.about, _of_thing(response, site)
    if about.site:
        links.append(link(f"{about.site.rstrip('/')}{request.path}", "canonical"))
    licence = about.ontology_licence if request.path.startswith(("/ns", "/shapes")) else about.data_licence
    if licence in LICENCES:
        links.append(link(LICENCES[licence][1], "license"))
    add(response, links)


def _of_thing(response: Response, site: Site) -> list[str]:
    path = without_language(request.path)
    if not path.startswith("/doc/"):
        return []
    local, to = path.removeprefix("/doc/"), Addresses(site.release.base)
    stem, _, ending = local.rpartition(".")
    if ending in _ENDINGS and response.mimetype in _DATA:
        return on_data(f"/doc/{stem}", to.iri(stem), _ENDINGS[ending])
    return on_page(f"/doc/{local}", to.iri(local))
