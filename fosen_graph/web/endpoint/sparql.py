"""What a request to the endpoint asks in; a page, the description of the endpoint, or a problem out."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import MethodNotAllowed

from fosen_graph.asking import Limits, Reason, Refusal, Unanswered
from fosen_graph.asking.sparql_text import QueryText
from fosen_graph.findings import Lang
from fosen_graph.formats import HTML, RDF_FORMATS, RESULT_FORMATS, negotiate
from fosen_graph.iris import GRAPHS
from fosen_graph.web import problems
from fosen_graph.web.address import in_language, language
from fosen_graph.web.endpoint.description import describe
from fosen_graph.web.endpoint.editor import script
from fosen_graph.web.endpoint.fast import HANDED_ON, HandedOn
from fosen_graph.web.endpoint.protocol import ALLOWED, BODIES, METHODS, Asked, not_acceptable, offered, question
from fosen_graph.web.endpoint.results import NAMES, Answer, answered, ending, format_asked
from fosen_graph.web.packing import coding_for, packed
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.problems import Told, of_refusal
from fosen_graph.web.rows import Row, rows
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """address: where the answer stands, with the query to change."""

    title: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    name: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRow:
    iri: str
    name: str
    triples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPage:
    """
    The form; with an answer, or with the problem.

    permalink: of the query and its dataset. downloads: format, address and file name.
    """

    query: str
    limits: Limits
    elsewhere: bool
    prefixes: tuple[tuple[str, str], ...]
    graphs: tuple[GraphRow, ...]
    personas: tuple[Persona, ...]
    answer: Answer | None = None
    permalink: str = ""
    downloads: tuple[tuple[str, str, str], ...] = ()
    problem: Told | None = None


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    """The fast path has looked at a request before it comes here (see fast.py)."""
    sparql = Blueprint("sparql", __name__)
    methods = (*METHODS, "OPTIONS")

    @sparql.route("/sparql", methods=methods, provide_automatic_options=False)
    @sparql.route("/en/sparql", methods=methods, provide_automatic_options=False, endpoint="answer_en")
    def answer() -> Response:
        if request.method == "OPTIONS":
            return Response(status=204, headers={"Allow": ALLOWED, "Accept-Post": BODIES, "Accept-Query": BODIES})
        if request.environ["REQUEST_METHOD"] not in methods:  # «get» is no GET, RFC 9110, 9.1
            raise MethodNotAllowed(methods)
        if HANDED_ON not in request.environ:  # the router also takes //sparql for it
            assert request.url_rule
            there = f"{request.url_rule.rule}?{request.query_string.decode('latin-1')}"
            return Response(status=308, headers={"Location": there})
        response = _packed(_answer(shelf, request.environ[HANDED_ON]))
        response.vary.add("Accept")
        return response

    return sparql


def _packed(response: Response) -> Response:
    """What people read is packed here; what programs read, before it comes here."""
    body = response.get_data()
    coding = coding_for(request.headers.get("Accept-Encoding"), len(body))
    response.vary.add("Accept-Encoding")
    if coding:
        response.set_data(packed(body, coding))
        response.headers["Content-Encoding"] = coding
    return response


def _answer(shelf: Shelf, handed_on: HandedOn) -> Response:
    asked, text = handed_on.asked, handed_on.text
    try:
        if handed_on.error:
            raise handed_on.error
        assert asked
        return _page(shelf, asked, text) if text else _form_or_description(shelf)
    except Unanswered as error:
        told = of_refusal(error.refusal, _status(error.refusal))
        for_people = negotiate(request.headers.get("Accept"), (*RESULT_FORMATS, HTML)) is HTML
        if asked and (asked.format == "html" or (for_people and not asked.format)):
            return _refused_page(shelf, asked.query or "", told)
        return problems.answer(told)


def _status(refusal: Refusal) -> int | None:
    return 414 if refusal.reason is Reason.TOO_LONG and request.method in ("GET", "HEAD") else None


# For people


def _form_or_description(shelf: Shelf) -> Response:
    chosen = negotiate(request.headers.get("Accept"), (*RDF_FORMATS, HTML))  # browsers name text/html
    if chosen is None:
        raise not_acceptable((*RDF_FORMATS, HTML))
    if chosen is HTML:
        return _rendered(shelf, _base_page(shelf, ""), 200)
    response = Response(describe(shelf.site, request.url_root, chosen), content_type=chosen.content_type)
    response.headers["Accept-Query"] = BODIES
    return response


def _base_page(shelf: Shelf, query: str, **more: object) -> QueryPage:
    site, lang = shelf.site, language(request.path)
    w = wording(lang)
    graphs = tuple(
        GraphRow(
            iri=row["graph"].value,
            name=w.texts.get(f"graph.{row['graph'].value.rpartition('/')[2]}", row["graph"].value),
            triples=int(row["triples"].value),
        )
        for row in sorted(rows(site.pages, "graphs"), key=_graph_order)
    )
    return QueryPage(
        query=query or _FIRST_QUERY.replace("{words}", w("sparql.first")),
        limits=site.limits,
        elsewhere=site.elsewhere,
        prefixes=tuple(sorted(site.release.prefixes.items())),
        graphs=graphs,
        personas=_personas(shelf, lang),
        **more,  # type: ignore[arg-type]
    )


def _graph_order(row: Row) -> tuple[bool, int, str]:
    iri = row["graph"].value
    name = iri.rpartition("/")[2]
    return name not in GRAPHS, GRAPHS.index(name) if name in GRAPHS else 0, iri


def _personas(shelf: Shelf, lang: Lang) -> tuple[Persona, ...]:
    """The example questions, in the reader's language."""
    return tuple(
        Persona(
            name=name.in_language(lang),
            examples=tuple(
                Example(
                    title=question.question.in_language(lang),
                    address=in_language("/sparql?", lang) + urlencode({"query": question.text}),
                )
                for question in shelf.questions.of(persona)
            ),
        )
        for persona, name in shelf.questions.personas.items()
    )


def _page(shelf: Shelf, asked: Asked, text: QueryText) -> Response:
    format_ = format_asked(text.kind)
    told = answered(
        shelf.site.public, question(asked, text, format_.name, request.remote_addr or ""), request.args.get("side", "")
    )
    page = _base_page(
        shelf,
        text.text,
        answer=told,
        permalink=_again(asked),
        downloads=tuple(
            (NAMES[offer.name], _again(asked, offer.name), f"fosen-graph.{ending(offer)}")
            for offer in offered(text.kind)
            if offer is not HTML
        ),
    )
    return _rendered(shelf, page, 200)


def _again(asked: Asked, format_: str = "") -> str:
    """The address that asks the same; as a page where no format is named."""
    graphs = [("default-graph-uri", graph) for graph in asked.default_graphs]
    graphs += [("named-graph-uri", graph) for graph in asked.named_graphs]
    path = "/sparql" if format_ else in_language("/sparql", language(request.path))
    return f"{path}?" + urlencode([("query", asked.query or ""), *graphs, ("format", format_ or "html")])


def _refused_page(shelf: Shelf, query: str, told: Told) -> Response:
    return _rendered(shelf, _base_page(shelf, query, problem=told), told.status)


def _rendered(shelf: Shelf, page: QueryPage, status: int) -> Response:
    lang = language(request.path)
    w = wording(lang)
    html = render_template(
        "sparql.html",
        page=page,
        w=w,
        title=_title(page, lang),
        formats=(RESULT_FORMATS, RDF_FORMATS),
        names=NAMES,
        editor=script(),
        page_at=lambda number: f"{page.permalink}&side={number}",
    )
    return Response(html, status, content_type=HTML.content_type)


def _title(page: QueryPage, lang: Lang) -> str:
    """What happened is heard first."""
    w = wording(lang)
    if page.problem:
        return f"{page.problem.what.in_language(lang)} {w('sparql.title')}"
    return f"{w('sparql.answer')} – {w('sparql.title')}" if page.answer else w("sparql.title")


_FIRST_QUERY = """\
# {words}
PREFIX fg: <https://w3id.org/fosen-graph/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?measure ?responsible WHERE {
    ?m a fg:Measure ;
        skos:prefLabel ?measure ;
        fg:responsibleActor/skos:prefLabel ?responsible .
    FILTER(lang(?measure) = "nb" && lang(?responsible) = "nb")
}
ORDER BY ?measure
LIMIT 50"""
