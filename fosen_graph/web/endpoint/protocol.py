"""The parts of a request in, what it asks out: SPARQL 1.1 Protocol, section 2.1, and the QUERY method."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_content_length, get_input_stream

from fosen_graph.asking import Limits, Question
from fosen_graph.asking.sparql_text import Kind, QueryText
from fosen_graph.findings import Words
from fosen_graph.formats import HTML, RDF_FORMATS, RESULT_FORMATS, Format, format_named, negotiate
from fosen_graph.web.problems import Problem
from fosen_graph.web.slow import reading
from fosen_graph.web.wording import wording

Environ = dict[str, Any]  # PEP 3333

PATHS = ("/sparql", "/en/sparql", "/sparql/", "/en/sparql/")
METHODS = ("GET", "HEAD", "POST", "QUERY")
ALLOWED = ", ".join((*METHODS, "OPTIONS"))
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
_TRIPLES: tuple[Kind, ...] = ("CONSTRUCT", "DESCRIBE")
BODIES = f"{_DIRECT}, {_FORM}"
_MOST_FIELDS = 200
_MOST_ACCEPT = 4096  # letters of Accept that are looked at, up to a comma
_CHARSETS = ("utf-8", "utf8", "us-ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks. query: None where a GET has none."""

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str  # "" leaves it to Accept


def read_request(environ: Environ, limits: Limits) -> Asked:
    """Raises Problem; ClientDisconnected where only half a body came."""
    encoded = environ.get("QUERY_STRING", "")
    if len(encoded) > limits.url_bytes:
        raise _problem(414, "too-long", "url_too_long")
    parameters = _parameters(encoded.encode("latin-1"))
    if environ["REQUEST_METHOD"] not in ("POST", "QUERY"):
        return _asked(parameters, needed=False)
    media_type, options = parse_options_header(environ.get("CONTENT_TYPE", "").lower())
    if media_type == _UPDATE:
        raise _problem(403, "update", "no_updates")
    if media_type not in (_FORM, _DIRECT) or options.get("charset", "utf-8").lower() not in _CHARSETS:
        raise _wrong_type()
    body = _body(environ, limits)
    if media_type == _FORM:
        parameters += _parameters(body)
    else:
        parameters.append(("query", _decoded(body)))
    return _asked(parameters, needed=True)


def _wrong_type() -> Problem:
    return _problem(415, "type", "wrong_type", {"Accept-Post": BODIES, "Accept-Query": BODIES})


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
        query=queries[0].removeprefix("\ufeff") if queries else None,
        default_graphs=all_of("default-graph-uri"),
        named_graphs=all_of("named-graph-uri"),
        format=formats_[0] if formats_ else "",
    )


def _body(environ: Environ, limits: Limits) -> bytes:
    most = limits.query_bytes * 3 + 4096  # a form may write every byte as %XX
    told = get_content_length(environ)
    if told is not None and told > most:
        raise _problem(413, "too-long", "body_too_large")
    coded = environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity"
    if coded or environ.get("HTTP_TRANSFER_ENCODING", "chunked").strip().lower() != "chunked":
        raise _wrong_type()
    with reading():
        body = get_input_stream(environ).read(most + 1)
    if len(body) > most:
        raise _problem(413, "too-long", "body_too_large")
    if told is not None and len(body) < told:  # half a query is another query
        raise ClientDisconnected
    return body


def _parameters(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
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


def offered(kind: Kind | None) -> tuple[Format, ...]:
    return (*(RDF_FORMATS if kind in _TRIPLES else RESULT_FORMATS), HTML)


def format_for(asked: Asked, kind: Kind | None, accept: str | None) -> Format:
    """Raises Problem."""
    if asked.format:
        chosen = format_named(asked.format, offered(kind))
    else:
        if accept and len(accept) > _MOST_ACCEPT:
            accept = accept[:_MOST_ACCEPT].rpartition(",")[0]
        chosen = _negotiated(accept, kind)
    if chosen is None:
        raise not_acceptable(offered(kind))
    return chosen


@lru_cache(maxsize=512)
def _negotiated(accept: str | None, kind: Kind | None) -> Format | None:
    return negotiate(accept, offered(kind))


def not_acceptable(formats: tuple[Format, ...]) -> Problem:
    types = ", ".join(format_.media_type for format_ in formats)
    nb, en = wording("nb"), wording("en")
    return Problem(
        406,
        "format",
        Words(nb=nb("problem.406"), en=en("problem.406")),
        Words(nb=nb("problem.406_types", types=types), en=en("problem.406_types", types=types)),
    )


def question(asked: Asked, text: QueryText, format_: str, client: str) -> Question:
    """The dataset of the protocol wins over the one of the query (SPARQL 1.1 Protocol, 2.1.4)."""
    of_request = bool(asked.default_graphs or asked.named_graphs)
    return Question(
        text=text.text,
        format=format_,
        default_graphs=asked.default_graphs if of_request else text.default_graphs,
        named_graphs=asked.named_graphs if of_request else text.named_graphs,
        client=client,
    )
