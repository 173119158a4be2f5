"""`fosen-graph serve --remote`: a server elsewhere answers, and to the outside nothing but the limits has changed."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode

import elsewhere
import pytest
import served
from markupsafe import escape

from fosen_graph.asking.elsewhere import Address
from fosen_graph.asking.publishing import Target, publish
from fosen_graph.web.wording import LANGUAGES, wording

NOTES = [str(escape(wording(lang)("sparql.elsewhere"))) for lang in LANGUAGES]


@pytest.fixture(scope="module")
def behind() -> Iterator[str]:
    with elsewhere.oxigraph() as address:
        put(address)
        yield address


def put(address: str) -> None:
    store, query, update = (Address(f"{address}{name}") for name in ("store", "query", "update"))
    publish(served.release(), Target(graphs=store, query=query, update=update), lambda *_: None)


@pytest.fixture(scope="module")
def site(behind: str) -> Iterator[str]:
    options = ("--remote", f"{behind}query")
    with elsewhere.serving(served.release().folder, elsewhere.free_port(), *options) as address:
        yield address


def get(address: str, **headers: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def asked(site: str, query: str, **headers: str) -> tuple[int, str, str]:
    return get(f"{site}sparql?{urlencode({'query': query})}", **headers)


@pytest.mark.parametrize(
    "path", ["/", "/en/", "/sparql", "/dumps/", "/ns", "/doc/fosen/2022-2024", "/doc/fosen/aktoer/raadet"]
)
def test_pages_are_the_same(site: str, path: str) -> None:
    status, _, page = get(f"{site.rstrip('/')}{path}", Accept="text/html")
    here = served.client().get(path, headers={"Accept": "text/html"}, base_url=site)
    assert (status, here.status_code) == (200, 200)
    assert sorted(without_note(page).splitlines()) == sorted(here.text.splitlines())


def without_note(page: str) -> str:
    return re.sub(rf" ({'|'.join(map(re.escape, NOTES))})", "", page)


@pytest.mark.parametrize(("path", "note"), [("sparql", 0), ("en/sparql", 1)])
def test_the_page_says_that_a_query_there_cannot_be_killed(site: str, path: str, note: int) -> None:
    assert NOTES[note] in get(f"{site}{path}", Accept="text/html")[2]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("ASK {}", 200),
        ("SELECT * { ?s ?p", 400),
        ("DROP ALL", 403),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403),
        ("SELECT * " + "{" * 60 + "}" * 60, 422),
        ("SELECT * { ?s ?p ?o FILTER(EXISTS { ?s ?q ?r }) } LIMIT 0", 200),
    ],
)
def test_statuses_are_the_same(site: str, query: str, status: int) -> None:
    found, content_type, body = asked(site, query)
    assert found == status
    assert status == 200 or (content_type == "application/problem+json" and json.loads(body)["status"] == status)


def test_what_another_server_has_besides_is_not_seen(site: str, behind: str) -> None:
    """The release is what is published, whatever else the server holds."""
    other = urllib.request.Request(f"{behind}store?graph=http://x.test/g", b"<x:s> <x:p> <x:o> .", method="PUT")
    other.add_header("Content-Type", "text/turtle")
    urllib.request.urlopen(other, timeout=20).close()
    everything = "{ { <x:s> ?p ?o } UNION { GRAPH ?g { <x:s> ?p ?o } } }"
    for dataset in ("", "FROM <http://x.test/g>", "FROM NAMED <http://x.test/g>"):
        _, _, body = asked(site, f"SELECT * {dataset} {everything}", Accept="text/csv")
        assert body.count("\n") == 1
    for name in ("default-graph-uri", "named-graph-uri"):
        named = urlencode({"query": f"SELECT * {everything}", name: "http://x.test/g"})
        assert get(f"{site}sparql?{named}", Accept="text/csv")[2].count("\n") == 1


def test_it_is_ready_when_the_server_elsewhere_holds_the_release(site: str) -> None:
    assert get(f"{site}readyz")[0] == 200
    release = served.release().folder
    with (
        elsewhere.oxigraph() as empty,
        elsewhere.serving(release, elsewhere.free_port(), "--remote", f"{empty}query") as early,
    ):
        assert get(f"{early}readyz")[0] == 503
        put(empty)
        assert get(f"{early}readyz")[0] == 200
    with elsewhere.serving(release, elsewhere.free_port(), "--remote", "http://127.0.0.1:1/query") as alone:
        assert get(f"{alone}readyz")[0] == 503
        assert get(f"{alone}healthz")[0] == 200
        status, _, body = asked(alone, "ASK {}")
        assert (status, json.loads(body)["type"].rpartition("#")[2]) == (503, "elsewhere")
