"""The examples of clients.toml in, a page that shows how other programs use this server out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from flask import Blueprint, Response, render_template, request

from fosen_graph.findings import Lang
from fosen_graph.formats import HTML
from fosen_graph.web.address import language
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

PLACEHOLDER = "http://127.0.0.1:8000/"  # the server's address in the examples


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A whole program. language: bash, python, r or javascript. needs: what to install. answer: what it prints."""

    id: str
    title: Mapping[Lang, str]
    language: str
    needs: str
    code: str
    answer: str

    def at(self, address: str) -> Example:
        """For the server at another address."""
        return Example(
            id=self.id,
            title=self.title,
            language=self.language,
            needs=self.needs,
            code=self.code.replace(PLACEHOLDER, address),
            answer=self.answer,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientsPage:
    address: str
    examples: tuple[Example, ...]


def blueprint(_: Site) -> Blueprint:
    clients = Blueprint("clients", __name__)

    @clients.get("/bruk")
    @clients.get("/en/bruk", endpoint="use_en")
    def use() -> Response:
        w = wording(language(request.path))
        page = ClientsPage(
            address=request.url_root, examples=tuple(example.at(request.url_root) for example in client_examples())
        )
        html = render_template("clients.html", page=page, w=w, title=w("clients.title"))
        return Response(html, content_type=HTML.content_type)

    return clients


@cache
def client_examples() -> tuple[Example, ...]:
    text = (resources.files("fosen_graph") / "web" / "endpoint" / "clients.toml").read_text(encoding="utf-8")
    return tuple(
        Example(
            id=told["id"],
            title={"nb": told["nb"], "en": told["en"]},
            language=told["language"],
            needs=told["needs"],
            code=told["code"],
            answer=told["answer"],
        )
        for told in tomllib.loads(text)["example"]
    )
