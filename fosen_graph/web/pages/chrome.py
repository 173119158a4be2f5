"""A request in, what every page has around it out: the rooms, the other language, who answers for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from flask import request

from fosen_graph import __version__
from fosen_graph.asking.published import About
from fosen_graph.findings import Lang
from fosen_graph.web.address import in_language, language, without_language
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

ROOMS = (  # address, key of its name; in the order of the menu
    ("/", "plan"),
    ("/hvem", "who"),
    ("/kilde", "source"),
    ("/kvalitet", "quality"),
    ("/dumps/", "data"),
    ("/sparql", "query"),
    ("/sok", "search"),
    ("/om", "about"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """Who publishes, and where a reader turns. Texts as (text, language)."""

    publisher: tuple[str, str]
    homepage: str
    contact: tuple[str, str]
    page: str
    mail: str
    report: str  # address that a fault on this page is told to
    statement: str  # on accessibility; ours where the publisher has none yet
    address: str  # of this page, as it is quoted
    licence: str
    licence_name: str


def around(site: Site) -> dict[str, object]:
    """For the templates; costs no query."""
    lang = language(request.path)
    other: Lang = "en" if lang == "nb" else "nb"
    here = without_language(request.path)
    query = f"?{request.query_string.decode('utf-8', 'replace')}" if request.query_string else ""
    return {
        "lang": lang,
        "here": here,
        "room": room_of(here),
        "rooms": ROOMS,
        "link": lambda path: in_language(path, lang),
        "other": other,
        "in_other_language": in_language(here, other) + query,
        "stylesheet": f"/static/style.css?v={__version__}",
        "answerable": _answerable(site.release.about, lang, here + query),
        "release": site.release,
    }


def room_of(here: str) -> str:
    """The address of the room that a page stands in; empty for none."""
    parts = here.strip("/").split("/")
    own = f"/{parts[3]}" if parts[0] == "plan" and len(parts) > 3 else "/" if parts[0] == "plan" else here
    own = "/sparql" if parts[0] == "query" else own
    return next((path for path, _ in ROOMS if own.rstrip("/") == path.rstrip("/")), "")


def _answerable(about: About, lang: Lang, here: str) -> Answerable:
    address = f"{about.site.rstrip('/')}{in_language(here, lang)}"
    w = wording(lang)
    mail = about.contact_mail
    told = f"?subject={quote(w('report.subject'))}&body={quote(address)}"
    return Answerable(
        publisher=text_in(about.publisher, lang),
        homepage=about.homepage,
        contact=text_in(about.contact, lang),
        page=about.contact_page,
        mail=mail,
        report=f"mailto:{mail}{told}" if mail else f"{in_language('/meld', lang)}?side={quote(here)}",
        statement=about.accessibility_statement or in_language("/tilgjengelighet", lang),
        address=address,
        licence=LICENCES.get(about.data_licence, ("", ""))[1],
        licence_name=LICENCES.get(about.data_licence, (about.data_licence, ""))[0],
    )


def text_in(texts: Mapping[str, str], lang: str) -> tuple[str, str]:
    """In the reader's language, else Bokmål, else English, else any; ("", "") where there is none."""
    return next(((texts[code], code) for code in (lang, "nb", "en", *sorted(texts)) if code in texts), ("", ""))


LICENCES = {  # code of the EU's list: name and text
    "NLOD_2_0": ("NLOD 2.0", "https://data.norge.no/nlod/no/2.0"),
    "NLOD_1_0": ("NLOD 1.0", "https://data.norge.no/nlod/no/1.0"),
    "CC_BY_4_0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}
