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
    """From the installed package, or from the checkout."""
    package = Path(fosen_graph.__file__).parent
    folder = next(f for f in (package / "ontology", package.parent / "ontology") if f.is_dir())
    return (folder / name).read_bytes()


def _sent(body: bytes, content_type: str) -> Response:
    return Response(body, content_type=content_type, headers={"Cache-Control": _DAY})
