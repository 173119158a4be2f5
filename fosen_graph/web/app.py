"""The web application: routes, what holds for every answer, and nothing else."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, RequestedRangeNotSatisfiable
from werkzeug.middleware.proxy_fix import ProxyFix

from fosen_graph.asking import Unanswered
from fosen_graph.findings import Words
from fosen_graph.web import below, problems
from fosen_graph.web.address import language
from fosen_graph.web.endpoint import clients, editor, limits, openapi, saved, sparql
from fosen_graph.web.endpoint.fast import AT_ONCE, FastPath, is_host
from fosen_graph.web.pages import codes, colophon, dumps, quality, routes, search, shipped, source, vocabulary, who
from fosen_graph.web.pages.chrome import around
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.portals import catalogue, machines, releases, signposting
from fosen_graph.web.problems import Problem
from fosen_graph.web.reconcile import routes as reconcile
from fosen_graph.web.site import Site
from fosen_graph.web.wording import LANGUAGES, wording

_NO_HOST = "fosen_graph.no_host"  # in the environ
_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "browsing-topics=()",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_OF_DATA = {name: _SECURITY[name] for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")}
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Post, Accept-Query, Accept-Ranges, Allow, Content-Disposition, "
    "Content-Encoding, Repr-Digest, "
    "Content-Range, ETag, Link, Location, Retry-After, Vary, Fosen-Graph-Release",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, QUERY, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, Range, If-Range, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def create_app(site: Site) -> Flask:
    """Holds no store: `site` names those who answer."""
    app = Flask(__name__)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = False
    shelf = Shelf(site)
    app.register_blueprint(routes.blueprint(site, shelf))
    for shown in (who, source, quality, search, codes, colophon, dumps):
        app.register_blueprint(shown.blueprint(shelf))
    app.register_blueprint(vocabulary.blueprint(site, shelf))
    app.register_blueprint(catalogue.blueprint(site, shelf))
    app.register_blueprint(machines.blueprint(site, shelf))
    app.register_blueprint(saved.blueprint(site, shelf))
    app.register_blueprint(openapi.blueprint(site, shelf))
    app.register_blueprint(reconcile.blueprint(site, shelf))
    app.register_blueprint(editor.blueprint(site, shelf))
    app.register_blueprint(releases.blueprint(site))
    app.register_blueprint(sparql.blueprint(site, shelf))
    for room in (clients, limits):
        app.register_blueprint(room.blueprint(site))
    app.register_blueprint(shipped.blueprint())
    app.before_request(_one_host)
    app.before_request(_one_part)
    app.register_error_handler(Problem, lambda error: problems.answer(error.told))
    app.register_error_handler(Unanswered, lambda error: problems.answer(problems.of_refusal(error.refusal)))
    app.register_error_handler(HTTPException, lambda error: problems.answer(problems.of_http(error)))
    app.context_processor(lambda: around(site))
    app.jinja_env.filters["below"] = below.page_below
    app.after_request(lambda response: _finished(response, site))
    pages = app.wsgi_app
    fast = FastPath(pages, site, list((_OF_DATA | _CORS).items()))
    app.extensions[AT_ONCE] = fast.at_once

    def named(environ: dict[str, Any], start: Any) -> Any:
        return (fast if _names_host(environ) else pages)(environ, start)

    whole: Any = ProxyFix(named, *[site.proxies] * 5) if site.proxies else named
    app.wsgi_app = whole  # type: ignore[method-assign]
    return app


def _names_host(environ: dict[str, Any]) -> bool:
    """RFC 9112, 3.2: one host, in letters that a host may have; HTTP/1.0 may leave it out. Else it is ours."""
    told = environ.get("HTTP_HOST", "")
    if is_host(told):
        return True
    environ["HTTP_HOST"] = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    environ[_NO_HOST] = told or environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    return not environ[_NO_HOST]


def _one_host() -> None:
    if request.environ.get(_NO_HOST):
        nb, en = (wording(lang) for lang in LANGUAGES)
        what, remedy = (Words(nb=nb(key), en=en(key)) for key in ("problem.host", "problem.host_remedy"))
        raise Problem(400, "host", what, remedy)


def _one_part() -> None:
    """Several parts in one request are answered with the whole, which RFC 9110, 14.2, leaves to the server."""
    if "," in request.headers.get("Range", ""):
        del request.environ["HTTP_RANGE"]


def _finished(response: Response, site: Site) -> Response:
    for name, value in _SECURITY.items():
        response.headers.setdefault(name, value)
    response.headers.update(_CORS)
    response.headers["Fosen-Graph-Release"] = site.release.id
    if request.method == "OPTIONS":
        response.headers.update(_PREFLIGHT)
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", language(request.path))
    signposting.on_everything(response, site)
    below.headers_below(response)
    if response.status_code == 200 and not response.direct_passthrough:
        response.headers.setdefault("Cache-Control", "public, max-age=60")
        response.add_etag()
        data = response.mimetype != "text/html" and "Content-Encoding" not in response.headers
        try:
            response.make_conditional(request, accept_ranges=data, complete_length=response.content_length)
        except RequestedRangeNotSatisfiable as error:
            return _finished(problems.answer(problems.of_http(error)), site)
    return response
