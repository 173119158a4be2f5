"""A review in; an application that shows it to whoever has its address, and enters the answers, out."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, redirect, render_template, request, url_for
from jinja2 import StrictUndefined
from werkzeug.wrappers import Response as AnyResponse

from fosen_graph.findings import CannotRun, DataError, Lang
from fosen_graph.linking import decisions
from fosen_graph.linking.cases import Case
from fosen_graph.linking.decisions import Answer
from fosen_graph.linking.features import told
from fosen_graph.linking.matching import Candidate
from fosen_graph.linking.review import NEXT, Review, certainty_of, of_whom, outcome, warnings_of
from fosen_graph.web.wording import LANGUAGES, wording

_LARGEST: Final = 64_000  # bytes of an answer
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(slots=True)
class Sitting:
    """
    One person at the page. origin: «http://127.0.0.1:PORT», the only one that is answered. token: the address's secret.

    by: the role, once it is known. said: what the last answer led to, told on the next page. stop: ends the server.
    """

    review: Review
    origin: str
    token: str
    stop: Callable[[], None]
    by: str = ""
    said: str = ""
    alone: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A candidate as the page has it: texts in the reader's language."""

    number: str
    name: str
    of_whom: str
    certainty: str
    features: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What stands in the form, and what is wrong with it."""

    number: str = ""
    reason: str = ""
    by: str = ""
    faults: tuple[str, ...] = ()


def create_page(sitting: Sitting) -> Flask:
    app = Flask(__name__, template_folder="../templates", static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST
    app.before_request(lambda: _let_in(sitting))
    app.after_request(_finished)
    app.add_url_rule("/<token>/", "start", lambda token: redirect(url_for("overview", token=token, lang="nb"), 303))
    app.add_url_rule("/<token>/style.css", "style", lambda token: Response(_STYLE.read_bytes(), mimetype="text/css"))
    app.add_url_rule("/<token>/<lang>/", "overview", lambda token, lang: _overview(sitting, lang))
    app.add_url_rule(
        "/<token>/<lang>/slutt", "stop", lambda token, lang: _stopped(sitting, lang), methods=["POST"]
    )  # fmt: skip
    app.add_url_rule(
        "/<token>/<lang>/<region>/<slug>",
        "case",
        lambda token, lang, region, slug: _case(sitting, lang, region, slug),
        methods=["GET", "POST"],
    )
    return app


_STYLE: Final = Path(__file__).parent.parent / "static" / "style.css"


def _let_in(sitting: Sitting) -> None:
    """
    Only whoever was told the address, by this name of the machine, and for an answer from this page itself.

    Another name in Host is a page elsewhere whose name was made to lead here (DNS rebinding).
    """
    host = sitting.origin.removeprefix("http://")
    if request.headers.get("Host") != host:
        abort(421)
    given = (request.view_args or {}).get("token", "")
    if not hmac.compare_digest(given.encode(), sitting.token.encode()):
        abort(404)
    if (request.view_args or {}).get("lang", "nb") not in LANGUAGES:
        abort(404)
    if request.method == "POST":
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if request.headers.get("Origin") != sitting.origin or site != "same-origin":
            abort(403)


def _finished(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response


def _overview(sitting: Sitting, lang: Lang) -> str:
    said, sitting.said = sitting.said, ""
    return _page(sitting, lang, "overview", said=said, title=wording(lang)("deciding.title"))


def _stopped(sitting: Sitting, lang: Lang) -> str:
    page = _page(sitting, lang, "stopped", said="", title=wording(lang)("deciding.stopped"))
    sitting.stop()
    return page


def _case(sitting: Sitting, lang: Lang, region: str, slug: str) -> str | tuple[str, int] | AnyResponse:
    case = sitting.review.case(region, slug)
    if case is None:
        abort(404)
    if request.method == "GET":
        said, sitting.said = sitting.said, ""
        return _case_page(sitting, lang, case, Filled(by=sitting.by), said)
    with sitting.alone:
        filled = _answered(sitting, lang, case)
    if filled.faults:
        return _case_page(sitting, lang, case, filled, ""), 422
    following = case if sitting.review.left(case) else next(iter(sitting.review.open()), None)
    if following is None:
        return redirect(url_for("overview", token=sitting.token, lang=lang), 303)
    return redirect(url_for("case", token=sitting.token, lang=lang, region=following.region, slug=following.slug), 303)


def _answered(sitting: Sitting, lang: Lang, case: Case) -> Filled:
    """Enter the answer; what stood in the form where it cannot be entered."""
    w, form = wording(lang), request.form
    answer = next((one for one in Answer if one.value == form.get("answer")), None)
    candidate = next((one for one in sitting.review.left(case) if one.unit.number == form.get("number")), None)
    reason = decisions.reason(form.get("reason", ""), needed=answer is not Answer.UNSURE)
    by = decisions.role(form.get("by", ""))
    faults = [
        w(key)
        for key, missing in (
            ("deciding.no_candidate", candidate is None),
            ("deciding.no_reason", reason is None),
            ("deciding.no_role", by is None),
        )
        if missing
    ]
    filled = Filled(number=form.get("number", ""), reason=form.get("reason", ""), by=form.get("by", ""))
    if answer is None or candidate is None or reason is None or by is None:
        return Filled(number=filled.number, reason=filled.reason, by=filled.by, faults=tuple(faults or ["?"]))
    try:
        files = sitting.review.decide(case, candidate, answer, reason, by)
    except (CannotRun, DataError) as error:
        text = error.text(lang) if isinstance(error, CannotRun) else error.report.text(lang)
        return Filled(number=filled.number, reason=filled.reason, by=filled.by, faults=(text,))
    sitting.by = by
    key = f"deciding.done_{answer.value}" if files else "deciding.asked_already"
    sitting.said = w(key, name=case.name, number=candidate.unit.number, files=", ".join(files))
    return Filled()


def _case_page(sitting: Sitting, lang: Lang, case: Case, filled: Filled, said: str) -> str:
    shown = [_shown(sitting.review, case, candidate, lang) for candidate in sitting.review.left(case)]
    opened = sitting.review.open()
    after = opened[opened.index(case) + 1 :] if case in opened else opened
    return _page(
        sitting,
        lang,
        "case",
        said=said,
        title=case.name,
        case=case,
        candidates=shown,
        filled=filled,
        following=after[0] if after else None,
    )


def _shown(review: Review, case: Case, candidate: Candidate, lang: Lang) -> Shown:
    return Shown(
        number=candidate.unit.number,
        name=candidate.unit.name,
        of_whom=of_whom(candidate.unit).in_language(lang),
        certainty=certainty_of(candidate).in_language(lang),
        features=told(candidate.features).in_language(lang),
        warnings=tuple(words.in_language(lang) for words in warnings_of(review, case, candidate)),
    )


def _page(sitting: Sitting, lang: Lang, view: str, **values: object) -> str:
    other: Lang = "en" if lang == "nb" else "nb"
    arguments = {**(request.view_args or {}), "lang": other}
    endpoint = "overview" if view == "stopped" else str(request.endpoint)
    if view == "stopped":
        arguments = {"token": sitting.token, "lang": other}
    return render_template(
        "deciding.html",
        view=view,
        w=wording(lang),
        lang=lang,
        other=other,
        in_other_language=url_for(endpoint, **arguments),
        token=sitting.token,
        review=sitting.review,
        opened=sitting.review.open(),
        outcome=outcome(sitting.review).in_language(lang),
        next_step=NEXT.in_language(lang),
        **values,
    )
