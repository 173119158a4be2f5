"""What machines look for at addresses that they know beforehand: VoID, the site map, robots.txt, security.txt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import escape

from flask import Blueprint, Response, redirect, request

from fosen_graph.findings import Words
from fosen_graph.formats import GRAPH_FORMATS, HTML, TURTLE, Format, negotiate
from fosen_graph.iris import CatalogueIris
from fosen_graph.web.address import in_language
from fosen_graph.web.endpoint.protocol import not_acceptable
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.portals import signposting
from fosen_graph.web.problems import Problem
from fosen_graph.web.rows import document, rows
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_DATA = (TURTLE, *(format_ for format_ in GRAPH_FORMATS if format_ is not TURTLE))
_ENDINGS = {format_.extension: format_ for format_ in GRAPH_FORMATS}
_XML = "application/xml; charset=utf-8"
_ON_ONE_MAP = 10_000  # things; sitemaps.org allows 50,000 addresses, and each thing has two
_VALID = timedelta(days=180)  # of security.txt: RFC 9116, 2.5.5, wants less than a year
_PAGES = (
    "/",
    "/hvem",
    "/kilde",
    "/kvalitet",
    "/sok",
    "/catalogue",
    "/ns",
    "/shapes",
    "/sparql",
    "/dumps/",
    "/bruk",
    "/avstemming",
    "/grenser",
    "/om",
    "/utgivelser",
)


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    machines = Blueprint("machines", __name__)

    @machines.get("/.well-known/void")
    def void() -> Response:
        """VoID, section 6.2, lets the well-known address redirect to the description."""
        format_ = negotiate(request.headers.get("Accept"), (*_DATA, HTML))
        if format_ is None:
            raise not_acceptable(_DATA)
        target = "/catalogue" if format_ is HTML else f"/void.{format_.extension}"
        response = redirect(target, 303)
        response.vary.add("Accept")
        return response  # type: ignore[return-value]

    for format_ in GRAPH_FORMATS:
        machines.add_url_rule(
            f"/void.{format_.extension}", f"void_{format_.name}", lambda format_=format_: _void(site, format_)
        )

    @machines.get("/robots.txt")
    def robots() -> Response:
        """Every query is another address."""
        lines = ["User-agent: *", "Disallow: /sparql?", "Disallow: /en/sparql?", f"Sitemap: {_site(site)}/sitemap.xml"]
        return _text("\n".join(lines) + "\n")

    @machines.get("/.well-known/security.txt")
    def security() -> Response:
        return _security(site)

    @machines.get("/sitemap.xml")
    def sitemap() -> Response:
        return shelf.page(lambda: _sitemap(site, shelf))

    return machines


def _site(site: Site) -> str:
    """Where the service answers, without the last slash; this server where the release does not say."""
    return (site.release.about.site or request.url_root).rstrip("/")


def _void(site: Site, format_: Format) -> Response:
    iris = CatalogueIris(site.release.base, f"{_site(site)}/")
    told = document(site.pages, "void", format_.name, dataset=str(iris.everything), document=str(iris.void))
    response = Response(told, content_type=format_.content_type)
    signposting.add(response, signposting.on_data("/catalogue", str(iris.everything), format_, ()))
    return response


def _security(site: Site) -> Response:
    """RFC 9116. The server's clock is asked: who serves this answers for it now."""
    about, w = site.release.about, wording("nb")
    contacts = [f"mailto:{about.contact_mail}"] if about.contact_mail else []
    contacts += [about.contact_page] if about.contact_page.startswith("https:") else []
    if not contacts:
        nb, en = w, wording("en")
        what = Words(nb=nb("machines.no_contact"), en=en("machines.no_contact"))
        remedy = Words(nb=nb("machines.no_contact_remedy"), en=en("machines.no_contact_remedy"))
        raise Problem(404, "no-contact", what, remedy)
    expires = (datetime.now(UTC) + _VALID).strftime("%Y-%m-%dT00:00:00Z")
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {expires}", "Preferred-Languages: nb, en"]
    lines.append(f"Canonical: {_site(site)}/.well-known/security.txt")
    return _text("\n".join(lines) + "\n")


def _text(text: str) -> Response:
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _sitemap(site: Site, shelf: Shelf) -> Response:
    """One map; where there are too many things for it, a list of maps."""
    things = [f"/doc/{path}" for row in rows(site.pages, "sitemap") if (path := shelf.to.path(row["thing"].value))]
    maps = [things[start : start + _ON_ONE_MAP] for start in range(0, len(things), _ON_ONE_MAP)] or [[]]
    number = request.args.get("del", 0, int)
    if len(maps) > 1 and not 0 < number <= len(maps):
        return _listed(site, [f"{_site(site)}/sitemap.xml?del={one + 1}" for one in range(len(maps))])
    questions = [f"/query/{slug}" for slug in shelf.questions.by_slug]
    pages = [*_PAGES, "/query", *questions, *maps[0]] if number in (0, 1) else maps[number - 1]
    return _mapped(site, pages)


def _listed(site: Site, maps: Iterable[str]) -> Response:
    changed = f"<lastmod>{site.release.issued}</lastmod>" if site.release.issued else ""
    entries = "".join(f"<sitemap><loc>{escape(one)}</loc>{changed}</sitemap>\n" for one in maps)
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>\n')


def _mapped(site: Site, paths: Iterable[str]) -> Response:
    changed = f"<lastmod>{site.release.issued}</lastmod>" if site.release.issued else ""
    entries = []
    for path in paths:
        both = {lang: escape(f"{_site(site)}{in_language(path, lang)}") for lang in ("nb", "en")}
        others = "".join(f'<xhtml:link rel="alternate" hreflang="{lang}" href="{at}"/>' for lang, at in both.items())
        entries += [f"<url><loc>{at}</loc>{changed}{others}</url>\n" for at in both.values()]
    return _xml(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{''.join(entries)}</urlset>\n"
    )


def _xml(text: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', content_type=_XML)
