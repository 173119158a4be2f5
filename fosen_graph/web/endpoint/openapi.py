"""The saved questions and the other addresses for programs in; an OpenAPI 3.1 description of them out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from fosen_graph import __version__
from fosen_graph.formats import GRAPH_FORMATS, RDF_FORMATS, RESULT_FORMATS
from fosen_graph.parameters import LARGEST, LONGEST, Parameter
from fosen_graph.questions import Question
from fosen_graph.web.endpoint.asked import Questions
from fosen_graph.web.endpoint.protocol import BODIES
from fosen_graph.web.endpoint.results import ENDINGS
from fosen_graph.web.endpoint.saved import endings
from fosen_graph.web.pages.search import LISTS
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.problems import PROBLEM
from fosen_graph.web.reconcile import described
from fosen_graph.web.reconcile.schemas import SCHEMAS
from fosen_graph.web.site import Site

Node = dict[str, Any]
_LICENCE = {"name": "MIT", "identifier": "MIT"}
_BUSY = ("429", "503")


def blueprint(site: Site, shelf: Shelf) -> Blueprint:
    api = Blueprint("openapi", __name__)

    @api.get("/openapi.json")
    def described() -> Response:
        text = json.dumps(document(site, shelf.questions, request.url_root), ensure_ascii=False, indent=1)
        return Response(text + "\n", content_type="application/json")

    return api


def document(site: Site, questions: Questions, root: str) -> Node:
    """root: the address of the server as its clients know it, with a slash at its end."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Action plan as open data",
            "version": __version__,
            "summary": "Saved questions, SPARQL, linked data and downloads.",
            "description": f"Everything can be read without a key. Release {site.release.id}.",
            "license": _LICENCE,
        },
        "servers": [{"url": root.rstrip("/")}],
        "tags": [*({"name": key, "description": words.en} for key, words in questions.personas.items()), *_TAGS],
        "paths": {"/query.json": _list_path()}
        | {f"/query/{question.slug}.{{format}}": _question_path(question) for question in questions.by_slug.values()}
        | _endpoint()
        | _search()
        | _data()
        | described.paths(_operation),
        "components": {"schemas": {"Problem": _PROBLEM_SCHEMA, **SCHEMAS}, "responses": _RESPONSES},
    }


_TAGS = [
    {"name": "sparql", "description": "Any question, in SPARQL 1.1."},
    {"name": "data", "description": "What has an IRI, and files."},
    described.TAG,
]


# Saved questions


def _list_path() -> Node:
    answer = {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}
    return {"get": _operation("questions", "data", "All saved questions", {}, answer, ())}


def _question_path(question: Question) -> Node:
    offers = endings(question)
    format_: Node = {
        "name": "format",
        "in": "path",
        "required": True,
        "description": "How the answer is written.",
        "schema": {"type": "string", "enum": list(offers)},
    }
    answer: Node = {ENDINGS[name].media_type: _schema_of(name) for name in offers if name in ENDINGS}
    answer["text/html"] = {"schema": {"type": "string"}}
    operation = _operation(
        question.slug, question.persona, question.en, {"description": question.note.en}, answer, ("400", "404", *_BUSY)
    )
    return {"get": operation | {"parameters": [format_, *map(_parameter, question.parameters)]}}


def _parameter(parameter: Parameter) -> Node:
    return {
        "name": parameter.name,
        "in": "query",
        "description": f"{parameter.words.en[0].upper()}{parameter.words.en[1:]}.",
        "schema": _value_schema(parameter),
    }


def _value_schema(parameter: Parameter) -> Node:
    if parameter.kind == "integer":
        return {"type": "integer", "minimum": 0, "maximum": LARGEST, "default": int(parameter.default)}
    schema: Node = {"type": "string", "minLength": 1, "maxLength": LONGEST, "default": parameter.default}
    if parameter.kind == "iri":
        slug, iri = r"[a-z0-9]+(-[a-z0-9]+)*", r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+"
        return schema | {"pattern": f"^({slug}|{iri})$"}
    return schema | {"pattern": r"^[^\u0000-\u001F\u007F-\u009F]*$"}


def _schema_of(ending: str) -> Node:
    return {"schema": {"type": "object" if ending == "json" else "string"}} if ending != "jsonld" else {"schema": {}}


# The rest


def _endpoint() -> Node:
    answer: Node = {format_.media_type: {"schema": {}} for format_ in (*RESULT_FORMATS, *RDF_FORMATS)}
    answer["text/html"] = {"schema": {"type": "string"}}
    graph = {"type": "array", "items": {"type": "string"}}
    dataset = [
        {"name": name, "in": "query", "description": "SPARQL 1.1 Protocol, 2.1.4.", "schema": graph}
        for name in ("default-graph-uri", "named-graph-uri")
    ]
    query = {"name": "query", "in": "query", "description": "SPARQL 1.1; none asks for a description of the service.",
             "schema": {"type": "string"}}  # fmt: skip
    names = [format_.name for format_ in (*RESULT_FORMATS, *RDF_FORMATS)] + ["html"]
    chosen = {"name": "format", "in": "query", "description": "In place of the header Accept.",
              "schema": {"type": "string", "enum": names}}  # fmt: skip
    refused = ("400", "403", "406", "413", "414", "415", "422", *_BUSY)
    body: Node = {
        "required": True,
        "content": {
            BODIES.split(", ")[0]: {"schema": {"type": "string"}},
            BODIES.split(", ")[1]: {
                "schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
            },
        },
    }
    get = _operation("ask", "sparql", "Ask in SPARQL", {"parameters": [query, *dataset, chosen]}, answer, refused)
    post = _operation("askLong", "sparql", "Ask in SPARQL, in the body", {"requestBody": body}, answer, refused)
    return {"/sparql": {"get": get, "post": post}}


def _search() -> Node:
    """A page beyond the last is not found."""
    page = {"name": "side", "in": "query", "description": "Page of the answer, from 1.",
            "schema": {"type": "integer", "minimum": 1, "default": 1}}  # fmt: skip
    words = {"name": "q", "in": "query", "description": "Words as people type them.",
             "schema": {"type": "string", "maxLength": 200}}  # fmt: skip
    name = {"name": "list", "in": "path", "required": True, "schema": {"type": "string", "enum": list(LISTS)}}
    ends = {"name": "format", "in": "path", "required": True, "schema": {"type": "string", "enum": ["json", "csv"]}}
    found: Node = {"application/json": {"schema": {"type": "object"}}}
    rows: Node = found | {"text/csv": {"schema": {"type": "string"}}}
    search = _operation("search", "data", "Search names and the plan's text", {"parameters": [words, page]}, found,
                        ("404",))  # fmt: skip
    things = _operation("list", "data", "All things of a kind", {"parameters": [name, ends, page]}, rows, ("404",))
    return {"/sok.json": {"get": search}, "/liste/{list}.{format}": {"get": things}}


def _data() -> Node:
    path = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}
    rdf: Node = {format_.media_type: {"schema": {}} for format_ in GRAPH_FORMATS} | {"text/html": {"schema": {}}}
    kept = {"description": "Lives at another address now."}
    see = _operation(
        "dereference",
        "data",
        "Where a thing is told about",
        {"parameters": [path | {"description": "The part of its IRI after id/, with its slashes."}]},
        {},
        ("404", "406"),
    )
    see["responses"] |= {"303": {"description": "A document about it, in the format asked for."}, "301": kept}
    ends = {"name": "format", "in": "path", "required": True,
            "schema": {"type": "string", "enum": [f.extension for f in GRAPH_FORMATS]}}  # fmt: skip
    told = _operation("thing", "data", "What is told about a thing", {"parameters": [path, ends]}, rdf, ("404",))
    told["responses"] |= {"301": kept}
    files = {"name": "file", "in": "path", "required": True, "schema": {"type": "string"},
             "description": "As the page /dumps/ lists them."}  # fmt: skip
    anything: Node = {"*/*": {"schema": {}}}
    dump = _operation("download", "data", "A file of the release", {"parameters": [files]}, anything, ("404",))
    return {"/id/{path}": {"get": see}, "/doc/{path}.{format}": {"get": told}, "/dumps/{file}": {"get": dump}}


def _operation(
    id_: str, tag: str, summary: str, more: Node, answer: Mapping[str, object], problems: Iterable[str]
) -> Node:
    responses: Node = {"200": {"description": "The answer, whole.", "content": answer}} if answer else {}
    responses |= {status: {"$ref": f"#/components/responses/{status}"} for status in problems}
    return {"operationId": id_, "tags": [tag], "summary": summary, **more, "responses": responses}


_PROBLEM_SCHEMA: Node = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail", "instance", "languages"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What is the matter."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do."},
        "instance": {"type": "string"},
        "languages": {"type": "object", "description": "The same in nb and en."},
        "parameter": {"type": "string", "description": "The parameter that is at fault."},
        "line": {"type": "integer", "description": "In the query, from 1."},
        "column": {"type": "integer", "description": "In the line, from 1."},
        "around": {"type": "string", "description": "The line of the query."},
    },
}
_MEANINGS = {
    "400": "Cannot be understood.", "403": "Only reading is allowed.", "404": "Nothing is there.",
    "406": "Not in a format that the client accepts.", "413": "Too large.", "414": "The address is too long.",
    "415": "Cannot be read.", "422": "Costs too much.", "429": "Too many requests.", "503": "Too slow, or busy.",
}  # fmt: skip
_RESPONSES: Node = {
    status: {
        "description": meaning,
        "content": {
            PROBLEM.media_type: {"schema": {"$ref": "#/components/schemas/Problem"}},
            "text/html": {"schema": {"type": "string"}},
        },
    }
    for status, meaning in _MEANINGS.items()
}
