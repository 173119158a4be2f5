"""The parts of a request in; its parameters, or the JSON of its body, within bounds, out. Raises Problem."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_content_length, get_input_stream

from fosen_graph.findings import Lang, Words
from fosen_graph.web.address import language
from fosen_graph.web.problems import Problem
from fosen_graph.web.reconcile.asked import read_json, unfit
from fosen_graph.web.slow import reading

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
BODY = 512 * 1024  # bytes; a full batch of long names is a tenth of it
_ADDRESS = 32 * 1024
_FIELDS = 20
_CURSOR = 1000
CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,99}(?:\.[A-Za-z_$][A-Za-z0-9_$]{0,99}){0,4}")
_HEARD: dict[str, Lang] = {"en": "en", "nb": "nb", "no": "nb", "nn": "nb"}


def audience() -> Lang:
    """The language of names: as `lang` says, else the path, else Accept-Language, else Bokmål."""
    told = request.args.get("lang", "")
    if told in ("nb", "en"):
        return "en" if told == "en" else "nb"
    if language(request.path) == "en":
        return "en"
    accepted = request.accept_languages.values() if len(request.headers.get("Accept-Language", "")) < 500 else ()
    return next((_HEARD[code] for one in accepted if (code := one.lower().partition("-")[0]) in _HEARD), "nb")


def parameters() -> dict[str, str]:
    """Of the address. The first of each name."""
    encoded = request.environ.get("QUERY_STRING", "")
    if len(encoded) > _ADDRESS:
        raise unfit(
            "URL", f"lengre enn {_ADDRESS // 1024} KiB; send med POST", "too long; send it by POST", 414, "too-long"
        )
    return _first(encoded.encode("latin-1"), "URL")


def form() -> dict[str, str]:
    return _first(_body(FORM), "body")


def json_body() -> Any:
    try:
        text = _body(JSON).decode("utf-8-sig")
    except ValueError as error:
        raise unfit("body", "er ikke UTF-8", "is not UTF-8", code="encoding") from error
    return read_json(text, "body")


def _first(encoded: bytes, where: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(encoded.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError as error:
        raise unfit(where, "er ikke et skjema i UTF-8", "is not a form in UTF-8", code="encoding") from error
    return dict(reversed(pairs))


def _body(media_type: str) -> bytes:
    told, _ = parse_options_header(request.headers.get("Content-Type", "").lower())
    if told != media_type:
        raise Problem(
            415,
            "type",
            Words(nb=f"Innholdet skal være {media_type}.", en=f"The content is to be {media_type}."),
            Words(nb="Sett Content-Type.", en="Set Content-Type."),
            {"Accept-Post": media_type},
        )
    length = get_content_length(request.environ)
    if length is not None and length > BODY:
        raise _too_large()
    with reading():
        body = get_input_stream(request.environ).read(BODY + 1)
    if len(body) > BODY:
        raise _too_large()
    if length is not None and len(body) < length:
        raise ClientDisconnected
    return body


def _too_large() -> Problem:
    return unfit("body", f"større enn {BODY // 1024} KiB", f"larger than {BODY // 1024} KiB", 413, "too-long")


def whole_number(told: dict[str, str], name: str, most: int = _CURSOR) -> int | None:
    """None where it is not told."""
    text = told.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > most:
        raise unfit(
            name, f"skal være et tall fra 0 til {most}", f"is to be a number from 0 to {most}", code="parameter"
        )
    return int(text)


def callback(told: dict[str, str]) -> str:
    """A name of a function and nothing else; empty where none is told."""
    name = told.get("callback", "")
    if name and not CALLBACK.fullmatch(name):
        raise unfit("callback", "skal være navnet på en funksjon", "is to be a function's name", code="parameter")
    return name
