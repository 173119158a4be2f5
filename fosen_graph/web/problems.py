"""What went wrong with a request in, an answer that says so out: RFC 9457 for programs, a page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestedRangeNotSatisfiable

from fosen_graph.asking import Reason, Refusal
from fosen_graph.findings import Words
from fosen_graph.formats import HTML, Format, Kind, negotiate
from fosen_graph.web.address import language
from fosen_graph.web.wording import wording

PROBLEM = Format(
    name="problem",
    media_type="application/problem+json",
    extension="json",
    kind=Kind.PAGE,
    aliases=("application/json", "application/sparql-results+json", "application/ld+json"),
)
STATUS = {
    Reason.SYNTAX: 400,
    Reason.GRAPH: 400,
    Reason.UPDATE: 403,
    Reason.SERVICE: 403,
    Reason.FORMAT: 406,
    Reason.TOO_LONG: 413,
    Reason.TOO_COMPLEX: 422,
    Reason.TOO_LARGE: 422,
    Reason.FAILED: 422,
    Reason.TIME: 503,
    Reason.MEMORY: 503,
    Reason.BUSY: 503,
    Reason.ELSEWHERE: 503,
    Reason.TOO_MANY: 429,
    Reason.GONE: 503,
}
_RETRY_AFTER = {503: "5", 429: "10"}
_KNOWN = (400, 403, 404, 405, 406, 410, 413, 414, 415, 416, 500)


class Problem(Exception):
    """Raised anywhere in a request; answered in one place."""

    def __init__(
        self,
        status: int,
        code: str,
        what: Words,
        remedy: Words,
        headers: Mapping[str, str] | None = None,
        parameter: str = "",
    ) -> None:
        super().__init__(what.en)
        self.told = Told(
            status=status, code=code, what=what, remedy=remedy, headers=dict(headers or {}), parameter=parameter
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One problem. line, column, around: a place in the query. parameter: the one that is at fault."""

    status: int
    code: str
    what: Words
    remedy: Words
    line: int = 0
    column: int = 0
    around: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    parameter: str = ""


def of_refusal(refusal: Refusal, status: int | None = None) -> Told:
    return Told(
        status=status or STATUS[refusal.reason],
        code=refusal.reason.value,
        what=refusal.what,
        remedy=refusal.remedy,
        line=refusal.line,
        column=refusal.column,
        around=refusal.around,
        headers={"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {},
    )


def of_http(error: HTTPException) -> Told:
    """Flask's own: unknown path, wrong method, faults in our program."""
    status = error.code if error.code in _KNOWN else 500
    words = {lang: wording(lang) for lang in ("nb", "en")}
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, RequestedRangeNotSatisfiable):
        headers["Content-Range"] = f"{error.units} */{error.length}"
    return Told(
        status=status,
        code=f"http-{status}",
        what=Words(**{lang: w(f"problem.{status}") for lang, w in words.items()}),
        remedy=Words(**{lang: w(f"problem.{status}_remedy") for lang, w in words.items()}),
        headers=headers,
    )


def answer(told: Told) -> Response:
    """In the language of the path; a program gets both languages."""
    lang = language(request.path)
    if negotiate(request.headers.get("Accept"), (PROBLEM, HTML)) is HTML:
        w = wording(lang)
        page = render_template("problem.html", page=told, w=w, title=w("problem.title"))
        response = Response(page, told.status, content_type=HTML.content_type)
    else:
        response = Response(problem_json(told), told.status, content_type=PROBLEM.media_type)
    response.headers["Content-Language"] = lang
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(told.headers)
    response.vary.add("Accept")
    if told.status in _RETRY_AFTER and "Retry-After" not in told.headers:
        response.headers["Retry-After"] = _RETRY_AFTER[told.status]
    return response


def problem_json(told: Told) -> bytes:
    lang = language(request.path)
    document: dict[str, object] = {
        "type": f"{request.url_root}sparql#{told.code}",
        "title": told.what.in_language(lang),
        "status": told.status,
        "detail": told.remedy.in_language(lang),
        "instance": f"{request.root_path}{request.path}",
        "languages": {
            code: {"title": told.what.in_language(code), "detail": told.remedy.in_language(code)}
            for code in ("nb", "en")
        },
    }
    if told.line:
        document |= {"line": told.line, "column": told.column, "around": told.around}
    if told.parameter:
        document["parameter"] = told.parameter
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
