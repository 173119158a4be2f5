"""The SPARQL 1.1 Protocol: a request in, the complete answer, a page or a problem out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Request, Response, render_template, request
from werkzeug.exceptions import ClientDisconnected

from fosen_graph import formats
from fosen_graph.asking import Limits, Question, Reason, Refusal, Unanswered
from fosen_graph.asking.sparql_text import QueryText, examine
from fosen_graph.findings import Lang, Words
from fosen_graph.formats import GRAPH_FORMATS, HTML, RDF_FORMATS, RESULT_FORMATS, Format, format_named, negotiate
from fosen_graph.iris import GRAPHS
from fosen_graph.questions import PERSONAS, packaged_questions
from fosen_graph.web import problems
from fosen_graph.web.address import Addresses, in_language, language
from fosen_graph.web.problems import Problem, Told, of_refusal
from fosen_graph.web.rows import Row, document, read_rows, rows
from fosen_graph.web.site import Site
from fosen_graph.web.slow import reading
from fosen_graph.web.wording import wording

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
_SHOWN_ROWS = 500
METHODS = ("GET", "POST", "QUERY", "OPTIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks. query: None where a GET has none."""

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str  # "" leaves it to Accept


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
    sparql = Blueprint("sparql", __name__)

    @sparql.route("/sparql", methods=METHODS, provide_automatic_options=False)
    @sparql.route("/en/sparql", methods=METHODS, provide_automatic_options=False, endpoint="answer_en")
    def answer() -> Response:
        if request.method == "OPTIONS":
            return Response(status=204, headers={"Allow": "GET, HEAD, POST, QUERY, OPTIONS"})
        response = _answer(site)
        response.vary.add("Accept")
        return response

    return sparql


def _answer(site: Site) -> Response:
    asked = read_request(request, site.limits)
    if asked.query is None:
        return _form_or_description(site)
    try:
        text = examine(asked.query, site.limits, site.release.prefixes, site.release.base)
        format_ = _format(asked, text)
        return _page(site, asked, text) if format_ is HTML else _data(site, asked, text, format_)
    except Unanswered as error:
        told = of_refusal(error.refusal, _status(error.refusal))
        if asked.format in ("", "html") and negotiate(request.headers.get("Accept"), (*RESULT_FORMATS, HTML)) is HTML:
            return _refused_page(site, asked.query, told)
        return problems.answer(told)


def _status(refusal: Refusal) -> int | None:
    return 414 if refusal.reason is Reason.TOO_LONG and request.method in ("GET", "HEAD") else None


def read_request(asking: Request, limits: Limits) -> Asked:
    """SPARQL 1.1 Protocol, 2.1. Raises Problem."""
    if len(asking.query_string) > limits.url_bytes:
        raise _problem(414, "too-long", "url_too_long")
    parameters = _parameters(asking.query_string)
    if asking.method in ("POST", "QUERY"):
        body = _body(asking, limits)
        if asking.mimetype == _FORM:
            parameters += _parameters(body)
        elif asking.mimetype == _DIRECT:
            parameters.append(("query", _decoded(body)))
        elif asking.mimetype == _UPDATE:
            raise _problem(403, "update", "no_updates")
        else:
            headers = {"Accept-Post": f"{_DIRECT}, {_FORM}", "Accept-Query": f"{_DIRECT}, {_FORM}"}
            raise _problem(415, "type", "wrong_type", headers)
    return _asked(parameters, needed=asking.method in ("POST", "QUERY"))


def _asked(parameters: list[tuple[str, str]], needed: bool) -> Asked:
    def all_of(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for key, value in parameters if key == name))

    queries = [value for key, value in parameters if key == "query"]
    if any(key == "update" for key, _ in parameters):
        raise _problem(403, "update", "no_updates")
    if len(queries) > 1:
        raise _problem(400, "query", "several_queries")
    if needed and not queries:
        raise _problem(400, "query", "no_query")
    formats_ = all_of("format")
    return Asked(
        query=queries[0] if queries else None,
        default_graphs=all_of("default-graph-uri"),
        named_graphs=all_of("named-graph-uri"),
        format=formats_[0] if formats_ else "",
    )


def _body(asking: Request, limits: Limits) -> bytes:
    most = limits.query_bytes * 3 + 4096  # a form may write every byte as %XX
    if asking.content_length is not None and asking.content_length > most:
        raise _problem(413, "too-long", "body_too_large")
    if asking.headers.get("Content-Encoding", "identity") != "identity":
        raise _problem(415, "type", "wrong_type")
    with reading():
        body = asking.stream.read(most + 1)
    if len(body) > most:
        raise _problem(413, "too-long", "body_too_large")
    if asking.content_length is not None and len(body) < asking.content_length:  # half a query is another query
        raise ClientDisconnected
    return body


def _parameters(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError as error:
        raise _problem(400, "encoding", "not_utf8") from error


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except ValueError as error:
        raise _problem(400, "encoding", "not_utf8") from error


def _problem(status: int, code: str, key: str, headers: dict[str, str] | None = None) -> Problem:
    nb, en = wording("nb"), wording("en")
    what = Words(nb=nb(f"protocol.{key}"), en=en(f"protocol.{key}"))
    return Problem(status, code, what, Words(nb=nb("protocol.remedy"), en=en("protocol.remedy")), headers)


def _offered(text: QueryText) -> tuple[Format, ...]:
    return (*(RDF_FORMATS if text.kind in ("CONSTRUCT", "DESCRIBE") else RESULT_FORMATS), HTML)


def _format(asked: Asked, text: QueryText) -> Format:
    offered = _offered(text)
    chosen = format_named(asked.format, offered) if asked.format else negotiate(request.headers.get("Accept"), offered)
    if chosen is None:
        raise not_acceptable(offered)
    return chosen


def not_acceptable(offered: tuple[Format, ...]) -> Problem:
    types = ", ".join(format_.media_type for format_ in offered)
    nb, en = wording("nb"), wording("en")
    return Problem(
        406,
        "format",
        Words(nb=nb("problem.406"), en=en("problem.406")),
        Words(nb=nb("problem.406_types", types=types), en=en("problem.406_types", types=types)),
    )


def _question(asked: Asked, text: QueryText, format_: str) -> Question:
    """The dataset of the protocol wins over the one of the query (SPARQL 1.1 Protocol, 2.1.4)."""
    if asked.default_graphs or asked.named_graphs:
        return Question(
            text=text.text, format=format_, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs
        )
    return Question(text=text.text, format=format_, default_graphs=text.default_graphs, named_graphs=text.named_graphs)


def _data(site: Site, asked: Asked, text: QueryText, format_: Format) -> Response:
    body = site.public.answer(_question(asked, text, format_.name))
    response = Response(body, content_type=format_.content_type)
    if asked.format:
        response.headers["Content-Disposition"] = f'inline; filename="fosen-graph.{format_.extension}"'
    return response


# For people


def _form_or_description(site: Site) -> Response:
    chosen = negotiate(request.headers.get("Accept"), (HTML, *GRAPH_FORMATS))
    if chosen is None:
        raise not_acceptable((HTML, *GRAPH_FORMATS))
    if chosen is HTML:
        return _rendered(site, _base_page(site, ""), 200)
    body = document(site.pages, "service", chosen.name, endpoint=f"{request.url_root}sparql")
    return Response(body, content_type=chosen.content_type)


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
    downloads = tuple((format_.name, _again(asked, format_.name)) for format_ in _offered(text) if format_ is not HTML)
    if text.kind in ("CONSTRUCT", "DESCRIBE"):
        turtle = site.public.answer(_question(asked, text, formats.TURTLE.name)).decode()
        return _rendered(site, _base_page(site, text.text, triples=turtle, downloads=downloads), 200)
    results = site.public.answer(_question(asked, text, formats.RESULTS_JSON.name))
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
