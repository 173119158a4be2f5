"""A template, its view and a title in; the answer out."""

from __future__ import annotations

from flask import Response, render_template

from fosen_graph.findings import Lang
from fosen_graph.formats import HTML
from fosen_graph.web.wording import wording


def html(template: str, view: object, title: str, lang: Lang) -> Response:
    text = render_template(template, page=view, w=wording(lang), title=title)
    return Response(text, content_type=HTML.content_type)
