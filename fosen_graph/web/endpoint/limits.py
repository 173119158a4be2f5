"""The limits of the endpoint in, a page that states them out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from fosen_graph.asking.told import LimitRow, limit_rows
from fosen_graph.formats import HTML
from fosen_graph.web.address import language
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsPage:
    rows: tuple[LimitRow, ...]


def blueprint(site: Site) -> Blueprint:
    limits = Blueprint("limits", __name__)

    @limits.get("/grenser")
    @limits.get("/en/grenser", endpoint="limits_en")
    def shown() -> Response:
        w = wording(language(request.path))
        page = LimitsPage(rows=limit_rows(site.limits, site.elsewhere))
        html = render_template("limits.html", page=page, w=w, title=w("limits.title"))
        return Response(html, content_type=HTML.content_type)

    return limits
