"""Files that ship with the program, each at its address: the context, the logo, what browsers seek."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Blueprint, Response

import fosen_graph
from fosen_graph.formats import JSONLD

_DAY = "public, max-age=86400"


def blueprint() -> Blueprint:
    shipped = Blueprint("shipped", __name__)

    @shipped.get("/ns/context.jsonld")
    def context() -> Response:
        return _sent(ontology_file("context.jsonld"), JSONLD.content_type)

    @shipped.get("/ns/logo.svg")
    @shipped.get("/favicon.ico", endpoint="icon")
    def logo() -> Response:
        return _sent(ontology_file("logo.svg"), "image/svg+xml")

    return shipped


@cache
def ontology_file(name: str) -> bytes:
    return (_folder() / name).read_bytes()


@cache
def ontology_files(folder: str) -> dict[str, str]:
    """Name to text, in the order of the names; none where there is no such folder."""
    inside = _folder() / folder
    files = sorted(inside.iterdir()) if inside.is_dir() else []
    return {file.name: file.read_text(encoding="utf-8") for file in files if file.is_file()}


def _folder() -> Path:
    """Of the installed package, or of the checkout."""
    package = Path(fosen_graph.__file__).parent
    return next(folder for folder in (package / "ontology", package.parent / "ontology") if folder.is_dir())


def _sent(body: bytes, content_type: str) -> Response:
    return Response(body, content_type=content_type, headers={"Cache-Control": _DAY})
