"""What a reader looks for in, a page or JSON out; and lists of all things of a kind, as a page, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request

from fosen_graph.findings import Lang
from fosen_graph.web.address import language
from fosen_graph.web.pages.choosing import chosen, read_choice
from fosen_graph.web.pages.html import html
from fosen_graph.web.pages.lookup import Found
from fosen_graph.web.pages.plan import Name, Namer
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.pages.whole import PARTNER, RESPONSIBLE, Whole
from fosen_graph.web.rows import best_label
from fosen_graph.web.wording import wording

_PAGE, _LIST_PAGE = 20, 100
LISTS = {  # address: kinds
    "strategier": ("Strategy",),
    "innsatsomraader": ("FocusArea",),
    "punkter": ("PlanItem",),
    "tiltak": ("Measure",),
    "aktoerer": ("CollegialBody", "Organisation", "Position", "ActorGroup", "NamedInitiative"),
    "ordninger": ("CooperationArrangement",),
}
Record = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    name: Name
    kind: str
    also: str  # other ways of writing it


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    asked: str
    total: int
    hits: tuple[Hit, ...]
    page: int
    pages: int
    json: str
    others: tuple[tuple[int, str], ...]  # the pages beside this one


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    name: str
    hits: tuple[Hit, ...]
    total: int
    page: int
    pages: int
    lists: tuple[str, ...] = tuple(LISTS)


def blueprint(shelf: Shelf) -> Blueprint:
    search = Blueprint("search", __name__)

    for prefix, name in (("", "nb"), ("/en", "en")):
        search.add_url_rule(f"{prefix}/sok", f"page_{name}", lambda: shelf.page(lambda: _search(shelf)))
        search.add_url_rule(
            f"{prefix}/liste/<name>", f"list_{name}", lambda name: shelf.page(lambda: _list(shelf, name))
        )
    search.add_url_rule("/sok.json", "json", lambda: _search_json(shelf))
    search.add_url_rule("/tiltak.<ending>", "newest", lambda ending: _measures(shelf, None, ending))
    search.add_url_rule(
        "/plan/<region>/<plan>/tiltak.<ending>",
        "measures",
        lambda region, plan, ending: _measures(shelf, shelf.to.iri(f"{region}/{plan}"), ending),
    )
    return search


def side(total: int, size: int) -> tuple[int, int]:
    """The page that was asked for, and how many there are; a page beyond is not found."""
    text = request.args.get("side", "1")[:6]
    page = int(text) if text.isascii() and text.isdigit() else 1
    pages = max(1, -(-total // size))
    if not 0 < page <= pages:
        abort(404)
    return page, pages


def _search(shelf: Shelf) -> Response:
    lang = language(request.path)
    w = wording(lang)
    asked = " ".join(request.args.get("q", "").split())[:200]
    found = shelf.index.look_up(asked) if asked else []
    page, pages = side(len(found), _PAGE)
    view = SearchView(
        asked=asked,
        total=len(found),
        hits=_hits(shelf, found[(page - 1) * _PAGE : page * _PAGE], lang),
        page=page,
        pages=pages,
        json=f"/sok.json?{urlencode({'q': asked})}",
        others=tuple(
            (number, f"?{urlencode({'q': asked, 'side': number})}")
            for number in (page - 1, page + 1)
            if 0 < number <= pages
        ),
    )
    return html("search.html", view, f"{w('site.search')}: {asked}" if asked else w("site.search"), lang)


def _search_json(shelf: Shelf) -> Response:
    asked = request.args.get("q", "")[:200]
    found = shelf.index.look_up(asked)
    page, pages = side(len(found), _PAGE)
    return _json(
        {
            "query": asked,
            "total": len(found),
            "page": page,
            "pages": pages,
            "results": [_record(shelf, one) for one in found[(page - 1) * _PAGE : page * _PAGE]],
        }
    )


def _list(shelf: Shelf, name: str) -> Response:
    stem, _, ending = name.partition(".")
    if stem not in LISTS or ending not in ("", "csv", "json"):
        abort(404)
    found = [one for one in shelf.found if one.kind in LISTS[stem]]
    page, pages = side(len(found), _LIST_PAGE)
    shown = found[(page - 1) * _LIST_PAGE : page * _LIST_PAGE]
    lang = language(request.path)
    if ending:
        return _data([_record(shelf, one) for one in shown], ending, len(found), page, pages)
    view = ListView(name=stem, hits=_hits(shelf, shown, lang), total=len(found), page=page, pages=pages)
    return html("list.html", view, wording(lang)(f"list.{stem}"), lang)


def _measures(shelf: Shelf, iri: str | None, ending: str) -> Response:
    """What the plan's page shows with the same parameters."""
    head = shelf.head(iri, "nb")
    if head is None or ending not in ("csv", "json"):
        abort(404)
    whole = shelf.whole(head.iri)
    found = chosen(whole, read_choice(request.args))
    page, pages = side(len(found), _LIST_PAGE)
    shown = found[(page - 1) * _LIST_PAGE : page * _LIST_PAGE]
    name = Namer(whole, shelf.to, "nb")
    return _data([_measure(whole, name, measure) for measure in shown], ending, len(found), page, pages)


def _measure(whole: Whole, name: Namer, iri: str) -> Record:
    parts = whole.parts_of_measure.get(iri, ())
    strategy, area, item = (name(above).text for above in whole.above(iri))
    english = best_label([label for label in whole.labels.get(iri, ()) if label.language == "en"], "en")
    people = {role: [name(part.actor).text for part in parts if part.role == role] for role in (RESPONSIBLE, PARTNER)}
    return {
        "iri": iri,
        "strategi": strategy,
        "innsatsomraade": area,
        "punkt": item,
        "tiltak": name(iri).text,
        "tiltak_en": english.value if english else "",
        "ansvarlig": list(dict.fromkeys(people[RESPONSIBLE])),
        "samarbeidspartner": list(dict.fromkeys(people[PARTNER])),
        "usikker": any(part.mention.unsure for part in parts),
        "linjer": sorted({mention.cell.line for mention in whole.mentions_of.get(iri, ())}),
    }


def _record(shelf: Shelf, one: Found) -> Record:
    labels = {term.language or "nb": term.value for term in (*one.others, *one.labels)}
    return {
        "iri": one.iri,
        "kind": one.kind,
        "nb": labels.get("nb", ""),
        "en": labels.get("en", ""),
        "page": shelf.to.page(one.iri, "nb"),
    }


def _hits(shelf: Shelf, found: Iterable[Found], lang: Lang) -> tuple[Hit, ...]:
    return tuple(_hit(shelf, one, lang) for one in found)


def _hit(shelf: Shelf, one: Found, lang: Lang) -> Hit:
    label = one.label(lang)
    tag = label.language or ("nb" if one.kind == "SourceCell" else "")
    others = dict.fromkeys(term.value for term in (*one.labels, *one.others) if term.value != label.value)
    return Hit(
        name=Name(text=label.value, language=tag, address=shelf.to.page(one.iri, lang)),
        kind=one.kind,
        also=" · ".join(others),
    )


def _data(records: Sequence[Record], ending: str, total: int, page: int, pages: int) -> Response:
    if ending == "json":
        response = _json({"total": total, "page": page, "pages": pages, "items": list(records)})
    else:
        text = io.StringIO()
        names = list(records[0]) if records else []
        writer = csv.writer(text)
        writer.writerows([names, *([_cell(record[name]) for name in names] for record in records)])
        response = Response(text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Link"] = ", ".join(_links(page, pages))
    if not response.headers["Link"]:
        del response.headers["Link"]
    return response


def _links(page: int, pages: int) -> Iterable[str]:
    for rel, number in (("prev", page - 1), ("next", page + 1)):
        if 0 < number <= pages:
            query = urlencode({**request.args.to_dict(), "side": number})
            yield f'<{request.path}?{query}>; rel="{rel}"'


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nei"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _json(told: Record) -> Response:
    return Response(json.dumps(told, ensure_ascii=False, indent=1) + "\n", content_type="application/json")
