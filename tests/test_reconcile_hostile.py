"""Whatever is sent to the reconciliation service is answered or refused with its place, and soon."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from reconciling import ID, client, fits, get, without_register

from fosen_graph.web.reconcile.asked import BATCH, IDS, PROPERTIES
from fosen_graph.web.reconcile.reading import BODY

HOSTILE = [
    "'; DROP TABLE unit; --", '" } UNION { ?s ?p ?o', "<script>alert(1)</script>", "\u202e\u0000\ufffe", "%00%ff",
    "a" * 5000, "å" * 5000, "ab cd " * 1000, "*" * 500, "__import__('os')", "../../etc/passwd", "💥" * 300, "\\",
    "]]>", "{{7*7}}", f"{ID}aktoer/nve> ?p ?o . <x", "9" * 400, "-1", "NaN", "\u2028",
]  # fmt: skip


def problem(response: Any, status: int) -> Any:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    told = json.loads(response.data)
    assert told["languages"]["nb"]["title"] and told["languages"]["en"]["detail"]
    return told


@pytest.mark.parametrize(
    ("queries", "where"),
    [
        ("[]", "queries"),
        ('"x"', "queries"),
        ('{"q0": []}', "queries.q0"),
        ('{"q0": {}}', "queries.q0"),
        ('{"q0": {"query": 5}}', "queries.q0.query"),
        ('{"q0": {"query": "x", "limit": 0}}', "queries.q0.limit"),
        ('{"q0": {"query": "x", "limit": "3"}}', "queries.q0.limit"),
        ('{"q0": {"query": "x", "limit": true}}', "queries.q0.limit"),
        ('{"q0": {"query": "x", "type": 7}}', "queries.q0.type"),
        ('{"q0": {"query": "x", "type": [{}]}}', "queries.q0.type"),
        ('{"q0": {"query": "x", "properties": {}}}', "queries.q0.properties"),
        ('{"q0": {"query": "x", "properties": [{"v": "x"}]}}', "queries.q0.properties.0.pid"),
        ('{"q0": {"query": "x", "properties": [{"pid": "plan"}]}}', "queries.q0.properties.0.v"),
        ('{"q0": {"query": "x", "properties": [{"pid": "plan", "v": [[]]}]}}', "queries.q0.properties.0.v"),
    ],
)
def test_a_batch_of_another_form_is_refused_with_its_place(queries: str, where: str) -> None:
    assert problem(client().post("/reconcile", data={"queries": queries}), 400)["parameter"] == where


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "queries"),
        ({"queries": {}}, "queries"),
        ({"queries": [{}]}, "queries.0.conditions"),
        ({"queries": [{"conditions": [{"v": "x"}]}]}, "queries.0.conditions.0.matchType"),
        ({"queries": [{"conditions": [{"matchType": "property", "v": "x"}]}]}, "queries.0.conditions.0.pid"),
        ({"queries": [{"type": ["a"], "conditions": [{"matchType": "name", "v": "x"}]}]}, "queries.0.type"),
        (
            {"queries": [{"conditions": [{"matchType": "property", "pid": "p", "v": "x", "matchQuantifier": "some"}]}]},
            "queries.0.conditions.0.matchQuantifier",
        ),
        (
            {"queries": [{"conditions": [{"matchType": "property", "pid": "p", "v": "x", "required": 1}]}]},
            "queries.0.conditions.0.required",
        ),
    ],
)
def test_the_draft_s_faults_have_a_place_too(body: object, where: str) -> None:
    assert problem(client().post("/reconcile/v1/match", json=body), 400)["parameter"] == where


@pytest.mark.parametrize(
    "text", ["{", '{"a": NaN}', "[" * 100_000, '{"q": "\\ud800"}', "1" * 5000, "\ufeff{}}", '{"a"\n:\n  }']
)
def test_what_is_no_json_is_told_with_line_and_column(text: str) -> None:
    told = problem(client().post("/reconcile", data={"queries": text}), 400)
    assert told["parameter"] == "queries"
    body = problem(client().post("/reconcile/v1/match", data=text.encode(), content_type="application/json"), 400)
    assert body["parameter"] == "body"
    if text.endswith("  }"):
        assert (told["line"], told["column"], told["around"]) == (3, 3, "  }")


def test_too_much_at_once_is_413() -> None:
    """A batch, a body, ids, properties, conditions."""
    many = {f"q{n}": {"query": "x"} for n in range(BATCH + 1)}
    extension = {"ids": ["x"] * (IDS + 1), "properties": []}
    wide = {"ids": [], "properties": [{"id": "name"}] * (PROPERTIES + 1)}
    conditions = {"q": {"query": "x", "properties": [{"pid": "plan", "v": "x"}] * 11}}
    for field, node in (("queries", many), ("extend", extension), ("extend", wide), ("queries", conditions)):
        problem(client().post("/reconcile", data={field: json.dumps(node)}), 413)
    problem(client().post("/reconcile/v1/match", json={"queries": [{}] * (BATCH + 1)}), 413)
    problem(client().post("/reconcile", data={"queries": " " * BODY}), 413)
    problem(client().get(f"/reconcile?queries={'x' * 40_000}"), 414)


@pytest.mark.parametrize(
    ("path", "headers", "data", "status"),
    [
        ("/reconcile", {"Content-Type": "application/json"}, b"{}", 415),
        ("/reconcile", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--", 415),
        ("/reconcile", {"Content-Type": "application/x-www-form-urlencoded"}, b"", 400),
        ("/reconcile", {"Content-Type": "application/x-www-form-urlencoded"}, b"queries=%ff%fe", 400),
        ("/reconcile", {"Content-Type": "application/x-www-form-urlencoded"}, b"queries={}&extend={}", 400),
        ("/reconcile", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=1&" * 100, 400),
        ("/reconcile/v1/match", {"Content-Type": "text/plain"}, b"{}", 415),
        ("/reconcile/v1/extend", {"Content-Type": "application/json"}, b"\xff", 400),
    ],
)
def test_other_bodies_are_refused(path: str, headers: dict[str, str], data: bytes, status: int) -> None:
    problem(client().post(path, headers=headers, data=data), status)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_only_text(text: str) -> None:
    """As a name, a value, a type, an id and a prefix; no answer holds a tag, none takes long."""
    begun = time.process_time()
    query = {
        "query": text,
        "properties": [{"pid": "municipality", "v": text}, {"pid": text, "v": [text, {"id": text}]}],
    }
    found = client().post("/reconcile", data={"queries": json.dumps({text: query, "typed": {**query, "type": text}})})
    fits("Results02", found.json)
    more = json.dumps({"ids": [text], "properties": [{"id": text}, {"id": "plan"}]})
    fits("Extended02", client().post("/reconcile", data={"extend": more}).json)
    for path in ("suggest/entity", "suggest/type", "suggest/property"):
        found = client().get(f"/reconcile/{path}", query_string={"prefix": text, "type": text})
        assert found.status_code in (200, 414), found.text
    for path in ("preview", "view"):
        assert client().get(f"/reconcile/{path}", query_string={"id": text}).status_code in (404, 414)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "name", ["alert(1)//", "a;b", "a b", "<x>", "a" * 200, "1a", "a.b.c.d.e.f.g", "é", "a\u2028", "a%00"]
)
def test_a_callback_is_a_name_and_nothing_else(name: str) -> None:
    """A refusal is no script."""
    told = problem(client().get("/reconcile", query_string={"callback": name}), 400)
    assert told["parameter"] == "callback"
    assert client().get("/reconcile?callback=a.b_$1.c").text.startswith("/**/a.b_$1.c({")


def test_the_draft_has_no_jsonp_and_a_body_no_callback() -> None:
    assert client().get("/reconcile/v1?callback=x").content_type == "application/json"
    sent = client().post("/reconcile?callback=x", data={"queries": '{"q": {"query": "NVE"}}'})
    assert sent.content_type == "application/json"


def test_the_old_single_query_is_told_what_to_use() -> None:
    assert problem(client().get("/reconcile?query=NVE"), 400)["parameter"] == "queries"


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/v1/match", "/reconcile/v1/extend", "/reconcile/preview"])
def test_a_page_of_anybody_may_ask(path: str) -> None:
    """The preflight allows the method and the type of the body."""
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST",
               "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    allowed = client().options(path, headers=headers)
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in allowed.headers["Access-Control-Allow-Headers"]


def test_only_the_preview_may_be_framed() -> None:
    """And it may do less than other pages: no script, no form."""
    framed = client().get(f"/reconcile/preview?id={ID}aktoer/nve").headers["Content-Security-Policy"]
    assert "frame-ancestors *" in framed and "script-src" not in framed and "default-src 'none'" in framed
    for path in ("/avstemming", "/reconcile", "/reconcile/preview?id=nobody", "/"):
        assert "frame-ancestors 'none'" in client().get(path).headers["Content-Security-Policy"]


@pytest.mark.parametrize(("path", "tongue"), [
    ("/reconcile/preview", "nb"), ("/en/reconcile/preview", "en"), ("/reconcile/v1/preview", "nb"),
])  # fmt: skip
def test_a_preview_is_a_small_page_in_the_reader_s_language(path: str, tongue: str) -> None:
    """Words in another language say so; a query parameter decides before the header."""
    shown = client().get(path, query_string={"id": f"{ID}aktoer/raadet"})
    assert f'<html lang="{tongue}">' in shown.text and shown.headers["Content-Language"] == tongue
    assert ("The Council</h1>" if tongue == "en" else "Rådet</h1>") in shown.text
    told = client().get(
        path, query_string={"id": f"{ID}aktoer/raadet", "lang": "en"}, headers={"Accept-Language": "nb"}
    )
    assert "The Council</h1>" in told.text and len(told.data) < 4000


def test_a_batch_of_the_worst_names_is_bounded() -> None:
    """Unknown words are looked for as slips, which costs most; a full batch of them stays under the time of a batch."""
    words = " ".join(f"fosnq{n}renqvasjon{n}" for n in range(80))
    queries = {f"q{n}": {"query": f"{n}x {words}"} for n in range(BATCH)}
    begun = time.process_time()
    answer = client().post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200 and time.process_time() - begun < 4


def test_what_is_asked_by_address_is_kept_a_minute_and_what_is_posted_is_not() -> None:
    asked = {"queries": '{"q": {"query": "NVE"}}'}
    assert client().get("/reconcile").headers["Cache-Control"] == "public, max-age=60"
    assert client().get("/reconcile", query_string=asked).headers["Cache-Control"] == "no-store"
    assert client().post("/reconcile", data=asked).headers["Cache-Control"] == "no-store"
    assert get("/reconcile?queries=%7B%7D", "Results02", without_register()) == {}
