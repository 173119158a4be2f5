"""What a request to the endpoint asks in; a page, the description of the endpoint, or a problem out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from fosen_graph import formats
from fosen_graph.asking import Limits, Reason, Refusal, Unanswered
from fosen_graph.asking.sparql_text import QueryText
from fosen_graph.findings import Lang
from fosen_graph.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS, negotiate
from fosen_graph.iris import GRAPHS
from fosen_graph.questions import PERSONAS, packaged_questions
from fosen_graph.web import problems
from fosen_graph.web.address import Addresses, in_language, language
from fosen_graph.web.endpoint.description import describe
from fosen_graph.web.endpoint.fast import HANDED_ON, HandedOn
from fosen_graph.web.endpoint.protocol import ALLOWED, BODIES, METHODS, Asked, not_acceptable, offered, question
from fosen_graph.web.problems import Told, of_refusal
from fosen_graph.web.rows import Row, read_rows, rows
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_SHOWN_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    title: str
    persona: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRow:
    iri: str
    name: str
    triples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPage:
    """The form; with the table, the truth value or the triples of an answer, or with the problem."""

    query: str
    limits: Limits
    elsewhere: bool
    prefixes: tuple[tuple[str, str], ...]
    graphs: tuple[GraphRow, ...]
    examples: tuple[Example, ...]
    variables: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    more: int = 0
    truth: bool | None = None
    triples: str | None = None
    downloads: tuple[tuple[str, str], ...] = ()
    problem: Told | None = None


def blueprint(site: Site) -> Blueprint:
    """The fast path has looked at a request before it comes here (see fast.py)."""
    sparql = Blueprint("sparql", __name__)
    methods = (*METHODS, "OPTIONS")

    @sparql.route("/sparql", methods=methods, provide_automatic_options=False)
    @sparql.route("/en/sparql", methods=methods, provide_automatic_options=False, endpoint="answer_en")
    def answer() -> Response:
        if request.method == "OPTIONS":
            return Response(status=204, headers={"Allow": ALLOWED, "Accept-Post": BODIES, "Accept-Query": BODIES})
        response = _answer(site, request.environ[HANDED_ON])
        response.vary.add("Accept")
        return response

    return sparql


def _answer(site: Site, handed_on: HandedOn) -> Response:
    asked, text = handed_on.asked, handed_on.text
    try:
        if handed_on.error:
            raise handed_on.error
        assert asked
        return _page(site, asked, text) if text else _form_or_description(site)
    except Unanswered as error:
        told = of_refusal(error.refusal, _status(error.refusal))
        for_people = negotiate(request.headers.get("Accept"), (*RESULT_FORMATS, HTML)) is HTML
        if asked and (asked.format == "html" or (for_people and not asked.format)):
            return _refused_page(site, asked.query or "", told)
        return problems.answer(told)


def _status(refusal: Refusal) -> int | None:
    return 414 if refusal.reason is Reason.TOO_LONG and request.method in ("GET", "HEAD") else None


# For people


def _form_or_description(site: Site) -> Response:
    chosen = negotiate(request.headers.get("Accept"), (HTML, *GRAPH_FORMATS))
    if chosen is None:
        raise not_acceptable((HTML, *GRAPH_FORMATS))
    if chosen is HTML:
        return _rendered(site, _base_page(site, ""), 200)
    response = Response(describe(site, request.url_root, chosen), content_type=chosen.content_type)
    response.headers["Accept-Query"] = BODIES
    return response


def _base_page(site: Site, query: str, **more: object) -> QueryPage:
    lang = language(request.path)
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
        query=query or _FIRST_QUERY,
        limits=site.limits,
        elsewhere=site.elsewhere,
        prefixes=tuple(sorted(site.release.prefixes.items())),
        graphs=graphs,
        examples=_examples(site.release.base, lang),
        **more,  # type: ignore[arg-type]
    )


def _graph_order(row: Row) -> tuple[bool, int, str]:
    iri = row["graph"].value
    name = iri.rpartition("/")[2]
    return name not in GRAPHS, GRAPHS.index(name) if name in GRAPHS else 0, iri


def _examples(base: str, lang: Lang) -> tuple[Example, ...]:
    return tuple(
        Example(
            title=question.nb if lang == "nb" else question.en,
            persona=PERSONAS[question.persona].in_language(lang),
            address=in_language("/sparql?", lang) + urlencode({"query": question.text}),
        )
        for question in packaged_questions(base)
    )


def _page(site: Site, asked: Asked, text: QueryText) -> Response:
    downloads = tuple(
        (format_.name, _again(asked, format_.name)) for format_ in offered(text.kind) if format_ is not HTML
    )
    client = request.remote_addr or ""
    if text.kind in ("CONSTRUCT", "DESCRIBE"):
        turtle = site.public.answer(question(asked, text, formats.TURTLE.name, client)).decode()
        return _rendered(site, _base_page(site, text.text, triples=turtle, downloads=downloads), 200)
    results = site.public.answer(question(asked, text, formats.RESULTS_JSON.name, client))
    if text.kind == "ASK":
        truth = b'"boolean":true' in results.replace(b" ", b"")
        return _rendered(site, _base_page(site, text.text, truth=truth, downloads=downloads), 200)
    found, variables = read_rows(results), _variables(results)
    page = _base_page(
        site,
        text.text,
        variables=variables,
        rows=tuple(found[:_SHOWN_ROWS]),
        more=max(0, len(found) - _SHOWN_ROWS),
        downloads=downloads,
    )
    return _rendered(site, page, 200)


def _variables(results: bytes) -> tuple[str, ...]:
    return tuple(json.loads(results)["head"]["vars"])


def _again(asked: Asked, format_: str) -> str:
    graphs = [("default-graph-uri", graph) for graph in asked.default_graphs]
    graphs += [("named-graph-uri", graph) for graph in asked.named_graphs]
    return "/sparql?" + urlencode([("query", asked.query or ""), *graphs, ("format", format_)])


def _refused_page(site: Site, query: str, told: Told) -> Response:
    return _rendered(site, _base_page(site, query, problem=told), told.status)


def _rendered(site: Site, page: QueryPage, status: int) -> Response:
    lang = language(request.path)
    w = wording(lang)
    html = render_template(
        "sparql.html", page=page, w=w, title=w("sparql.title"), lang=lang, to=Addresses(site.release.base)
    )
    return Response(html, status, content_type=HTML.content_type)


_FIRST_QUERY = """\
PREFIX fg: <https://w3id.org/fosen-graph/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?measure ?responsible WHERE {
    ?m a fg:Measure ;
        skos:prefLabel ?measure ;
        fg:responsibleActor/skos:prefLabel ?responsible .
    FILTER(lang(?measure) = "nb" && lang(?responsible) = "nb")
}
ORDER BY ?measure
LIMIT 50
"""
