"""Saved questions over HTTP: the same answers as the engine gives, bound values, and a description that holds."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import served
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from fosen_graph.questions import Question, packaged_questions

QUESTIONS = packaged_questions()
FORMATS = {
    "json": "application/sparql-results+json",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
RAADET = "https://w3id.org/fosen-graph/id/fosen/aktoer/raadet"


def rows(path: str) -> list[dict[str, str]]:
    told = json.loads(served.client().get(path).data)
    return [{name: value["value"] for name, value in row.items()} for row in told["results"]["bindings"]]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_question_answers_as_the_endpoint_does(question: Question) -> None:
    """In each format; and the page shows the question, the query and the answer in its language."""
    client = served.client()
    graph = question.kind == "construct"
    for ending in ("ttl", "nt") if graph else ("json", "csv"):
        named = {"ttl": "turtle", "nt": "ntriples"}.get(ending, ending)
        answer = client.get(f"/query/{question.slug}.{ending}")
        asked = client.get("/sparql", query_string={"query": question.text, "format": named})
        assert answer.status_code == 200 and answer.data == asked.data, ending
        assert answer.content_type == asked.content_type
    for lang, words in (("", question.nb), ("/en", question.en)):
        page = client.get(f"{lang}/query/{question.slug}.html", headers={"Accept": "text/html"})
        assert page.status_code == 200 and page.content_type == FORMATS["html"]
        assert f">{words}</h1>" in html.unescape(page.text) and "PREFIX" in page.text


def test_a_value_changes_the_answer_and_the_page_says_so() -> None:
    assert rows(f"/query/p3.json?actor={RAADET}") == rows("/query/p3.json?actor=raadet") == rows("/query/p3.json")
    others = rows("/query/p3.json?actor=kompetanseforum")
    assert others and others != rows("/query/p3.json")
    page = served.client().get("/en/query/p3?actor=kompetanseforum", headers={"Accept": "text/html"}).text
    assert "the actor “Skills Forum”, not “The Council”" in page
    assert "/query/p3.csv?actor=kompetanseforum" in page
    assert '<option value="kompetanseforum" selected>Skills Forum</option>' in page
    to_change = re.search(r'<a href="(/en/sparql[^"]*)">Change the query', page)
    assert to_change and "aktoer/kompetanseforum>" in parse_qs(urlsplit(to_change[1]).query)["query"][0]
    assert {row["responsible"] for row in rows("/query/p11.json?least=4")} == {"4"}


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/query/p3.json?actor=../x", "actor"),
        ("/query/p3.json?actor=", "actor"),
        ("/query/p3.json?actor=a&actor=b", "actor"),
        ("/query/p11.csv?least=many", "least"),
        ("/query/p1.csv?least=2", "least"),
        ("/query/r15.ttl?measure_name=%0A", "measure_name"),
        ("/en/query/p11?least=-1", "least"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(path: str, parameter: str) -> None:
    """RFC 9457, 400; a reader gets the form back, with the field marked."""
    response = served.client().get(path, headers={"Accept": "*/*"})
    problem = response.get_json(force=True)
    assert response.status_code == problem["status"] == 400
    assert response.content_type == "application/problem+json" and problem["parameter"] == parameter
    assert parameter in problem["title"] and problem["detail"]
    assert set(problem["languages"]) == {"nb", "en"}


def test_a_reader_gets_the_form_back_with_the_field_marked() -> None:
    response = served.client().get("/query/p11?least=mange", headers={"Accept": "text/html"})
    assert response.status_code == 400 and response.headers["Cache-Control"] == "no-store"
    assert 'value="mange"' in response.text and 'aria-invalid="true"' in response.text


@pytest.mark.parametrize(
    ("path", "accept", "status", "location"),
    [
        ("/query/p3", "text/csv", 303, "/query/p3.csv"),
        ("/query/p3?actor=nve", "application/sparql-results+json", 303, "/query/p3.json?actor=nve"),
        ("/query/r15", "text/turtle", 303, "/query/r15.ttl"),
        ("/query/p3", "image/png", 406, None),
        ("/query/p3.ttl", "*/*", 406, None),
        ("/query/p3.pdf", "*/*", 404, None),
        ("/query/p99.json", "*/*", 404, None),
        ("/query", "image/png", 406, None),
    ],
)
def test_negotiation(path: str, accept: str, status: int, location: str | None) -> None:
    response = served.client().get(path, headers={"Accept": accept})
    assert (response.status_code, response.headers.get("Location")) == (status, location)


def test_the_list_names_every_question_in_both_languages() -> None:
    client = served.client()
    told = client.get("/query.json").get_json()
    assert [one["slug"] for one in told] == [question.slug for question in QUESTIONS]
    for lang in ("nb", "en"):
        page = client.get("/query" if lang == "nb" else "/en/query", headers={"Accept": "text/html"}).text
        assert all(one["question"][lang] in html.unescape(page) for one in told)
    assert client.get("/query", headers={"Accept": "application/json"}).get_json() == told
    for address in told[2]["answers"].values():
        assert client.get(address.removeprefix("http://localhost")).status_code == 200


def test_a_long_answer_is_told_in_pages() -> None:
    """By links that keep the query; the last page has the rest."""
    query = "SELECT ?m ?p ?o { ?m a fg:Measure ; ?p ?o }"
    client = served.client()
    first = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"}).text
    assert first.count("<tr>") >= 100 and 'rel="next"' in first and 'rel="prev"' not in first
    following = re.search(r'<a href="([^"]+)" rel="next"', first)
    assert following
    second = client.get(following[1].replace("&amp;", "&"), headers={"Accept": "text/html"}).text
    assert 'rel="prev"' in second and second != first
    last = client.get("/sparql", query_string={"query": query, "side": "999999"}, headers={"Accept": "text/html"}).text
    assert 'rel="next"' not in last


# OpenAPI


def test_the_description_is_valid_openapi() -> None:
    """3.1; every question with its parameters."""
    told = served.client().get("/openapi.json").get_json()
    assert told["openapi"] == "3.1.0"
    validate(told, cls=OpenAPIV31SpecValidator)
    for question in QUESTIONS:
        operation = told["paths"][f"/query/{question.slug}.{{format}}"]["get"]
        names = [parameter["name"] for parameter in operation["parameters"]]
        assert names == ["format", *(parameter.name for parameter in question.parameters)]
    assert {"/sparql", "/id/{path}", "/doc/{path}.{format}", "/dumps/{file}", "/query.json"} <= told["paths"].keys()
