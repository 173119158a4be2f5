"""The SPARQL 1.1 Protocol by tables: how may be asked, what comes back, and what answers share."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from xml.etree import ElementTree

import brotli
import pyoxigraph
import pytest
import served
import zstandard
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fosen_graph.asking import Limits, Question
from fosen_graph.asking.sparql_text import examine
from fosen_graph.web.app import create_app
from fosen_graph.web.endpoint.cache import Cache
from fosen_graph.web.packing import coding_for
from fosen_graph.web.site import Site

SELECT = "SELECT ?m WHERE { ?m a fg:Measure } ORDER BY ?m LIMIT 3"
MANY = "SELECT ?m ?l WHERE { ?m a fg:Measure ; skos:prefLabel ?l } ORDER BY ?m ?l"
ASK = "ASK { ?m a fg:Measure }"
CONSTRUCT = "CONSTRUCT { ?m a fg:Measure } WHERE { ?m a fg:Measure }"
DESCRIBE = f"DESCRIBE <{served.PLAN}>"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv; charset=utf-8", "text/tab-separated-values; charset=utf-8"
TURTLE, NTRIPLES, RDFXML = "text/turtle; charset=utf-8", "application/n-triples", "application/rdf+xml"
JSONLD, TRIG, NQUADS = "application/ld+json", "application/trig", "application/n-quads"
HTML = "text/html; charset=utf-8"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PLAN_GRAPH, SOURCE_GRAPH = (f"https://w3id.org/fosen-graph/graph/{name}" for name in ("plan", "source"))


def get(query: str | None = None, accept: str | None = None, **more: object) -> TestResponse:
    parameters = {} if query is None else {"query": query}
    headers = {} if accept is None else {"Accept": accept}
    extra = more.pop("headers", {})
    assert isinstance(extra, dict)
    return served.client().get("/sparql", query_string=parameters | more, headers=headers | extra)


def ask(method: str, **more: object) -> TestResponse:
    return served.client().open("/sparql", method=method, **more)


# Formats


@pytest.mark.parametrize("query", [SELECT, ASK])
@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, JSON),
        ("", JSON),
        (" ", JSON),
        ("*/*", JSON),
        (JSON, JSON),
        ("application/json", JSON),
        (XML, XML),
        ("application/xml", XML),
        ("application/*", JSON),
        ("text/csv", CSV),
        ("text/tab-separated-values", TSV),
        (f"{XML};q=0.5, {JSON};q=0.4", XML),
        (f"{XML};q=0.4, {JSON};q=0.5", JSON),
        ("image/png, text/csv", CSV),
        ("application/vnd.unknown+thing, */*;q=0.1", JSON),
        ("text/csv;q=0, */*", JSON),
        (f"{JSON};q=0, */*", XML),
        ("TEXT/CSV", CSV),
        (f"{JSON}; charset=utf-8", JSON),
        ("text/turtle, application/sparql-results+xml;q=0.2", XML),
        ("garbage", JSON),
        ("a/b;q=0.3, " * 300 + "text/csv;q=0.9", CSV),
        (BROWSER, HTML),
    ],
)
def test_a_table_and_a_truth_value_come_as_accept_says(query: str, accept: str | None, content_type: str) -> None:
    response = get(query, accept)
    assert (response.status_code, response.content_type) == (200, content_type)


@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, TURTLE),
        ("*/*", TURTLE),
        ("text/turtle", TURTLE),
        ("application/n-triples", NTRIPLES),
        ("text/plain", NTRIPLES),
        ("application/rdf+xml", RDFXML),
        ("application/ld+json", JSONLD),
        ("application/trig", TRIG),
        ("application/n-quads", NQUADS),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.2", RDFXML),
        ("application/sparql-results+json, application/n-triples;q=0.1", NTRIPLES),
        (BROWSER, HTML),
    ],
)
def test_triples_come_as_accept_says(query: str, accept: str | None, content_type: str) -> None:
    response = get(query, accept)
    assert response.status_code == 200
    assert response.content_type.partition(";")[0] == content_type.partition(";")[0]


@pytest.mark.parametrize(
    ("query", "format_", "content_type"),
    [
        (SELECT, "json", JSON),
        (SELECT, "xml", XML),
        (SELECT, "csv", CSV),
        (SELECT, "tsv", TSV),
        (SELECT, "html", HTML),
        (SELECT, JSON, JSON),
        (CONSTRUCT, "turtle", TURTLE),
        (CONSTRUCT, "ttl", TURTLE),
        (CONSTRUCT, "jsonld", JSONLD),
        (CONSTRUCT, "nt", NTRIPLES),
    ],
)
def test_the_parameter_format_wins_over_accept(query: str, format_: str, content_type: str) -> None:
    response = get(query, "image/png", format=format_)
    assert (response.status_code, response.content_type) == (200, content_type)


@pytest.mark.parametrize(
    ("query", "accept", "format_"),
    [
        (SELECT, "image/png", ""),
        (SELECT, "text/turtle", ""),
        (CONSTRUCT, "text/csv", ""),
        (SELECT, None, "turtle"),
        (CONSTRUCT, None, "csv"),
        (SELECT, None, "no-such"),
    ],
)
def test_what_nobody_can_write_is_not_acceptable_and_says_what_is(query: str, accept: str | None, format_: str) -> None:
    response = get(query, accept, **({"format": format_} if format_ else {}))
    assert response.status_code == 406
    assert ("text/turtle" if query is CONSTRUCT else JSON) in response.text


def test_letters_and_control_characters_are_right_in_every_format() -> None:
    text = 'SELECT ("æøå \\"<&>\\n\\t" AS ?x) {}'
    expected = 'æøå "<&>\n\t'
    assert json.loads(get(text, JSON).data)["results"]["bindings"][0]["x"]["value"] == expected
    xml = ElementTree.fromstring(get(text, XML).data)
    assert xml.findtext(".//{*}literal") == expected
    assert get(text, "text/csv").data.decode() == 'x\r\n"æøå ""<&>\n\t"\r\n'
    assert '"æøå \\"<&>\\n\\t"' in get(text, "text/tab-separated-values").data.decode()


@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
def test_all_formats_hold_the_same_triples(query: str) -> None:
    found = set()
    for accept in ("text/turtle", NTRIPLES, RDFXML, JSONLD, TRIG, NQUADS):
        format_ = pyoxigraph.RdfFormat.from_media_type(accept)
        assert format_
        quads = pyoxigraph.parse(get(query, accept).data, format=format_)
        found.add(frozenset(str(quad.triple) for quad in quads))
    assert len(found) == 1 and next(iter(found))


# Ways of asking

WAYS = [
    ("GET", {"query_string": {"query": SELECT}}),
    ("GET", {"query_string": {"query": SELECT.replace("SELECT", r"\u0053ELECT")}}),
    ("POST", {"data": {"query": SELECT}}),
    ("POST", {"data": SELECT, "content_type": DIRECT}),
    ("POST", {"data": SELECT, "content_type": f"{DIRECT}; charset=utf-8"}),
    ("POST", {"data": SELECT, "content_type": f"{DIRECT}; charset=UTF-8"}),
    ("POST", {"data": SELECT, "content_type": DIRECT.upper()}),
    ("POST", {"data": f"\ufeff{SELECT}", "content_type": f"{DIRECT}; charset=utf8"}),
    ("QUERY", {"data": SELECT, "content_type": DIRECT}),
    ("QUERY", {"data": {"query": SELECT}}),
    ("GET", {"query_string": {"query": f"# a comment\n{SELECT}\n"}}),
]


@pytest.mark.parametrize(("method", "how"), WAYS)
@pytest.mark.parametrize("path", ["/sparql", "/en/sparql", "/sparql/"])
def test_every_way_of_asking_gives_the_same_bytes_and_etag(method: str, how: dict[str, object], path: str) -> None:
    response = served.client().open(path, method=method, headers={"Accept": JSON}, **how)
    expected = get(SELECT, JSON)
    assert response.status_code == 200
    assert response.data == expected.data
    assert response.headers["ETag"] == expected.headers["ETag"]


BAD = [
    ("GET", {"query_string": "query=ASK%7B%7D&query=ASK%7B%7D"}, 400),
    ("GET", {"query_string": "query="}, 400),
    ("GET", {"query_string": "query=%FF"}, 400),
    ("GET", {"query_string": {"query": "SELECT"}}, 400),
    ("GET", {"query_string": {"query": ASK, "default-graph-uri": "no IRI"}}, 400),
    ("GET", {"query_string": {"update": "CLEAR ALL"}}, 403),
    ("GET", {"query_string": {"query": "CLEAR ALL"}}, 403),
    ("GET", {"query_string": {"query": r"\u0049NSERT DATA { <a:a> <a:b> <a:c> }"}}, 403),
    ("GET", {"query_string": {"query": "ASK {} ; DROP ALL"}}, 400),
    ("POST", {"query_string": {"update": "CLEAR ALL"}}, 415),
    ("POST", {"query_string": {"update": "CLEAR ALL"}, "data": ASK, "content_type": DIRECT}, 403),
    ("GET", {"query_string": {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}}, 403),
    ("GET", {"query_string": {"query": f"{ASK} #{'x' * 20000}"}}, 414),
    ("POST", {"data": {"default-graph-uri": PLAN_GRAPH}}, 400),
    ("POST", {"data": "", "content_type": DIRECT}, 400),
    ("POST", {"data": b"ASK { \xff }", "content_type": DIRECT}, 400),
    ("POST", {"data": {"update": "CLEAR ALL"}}, 403),
    ("POST", {"data": "CLEAR ALL", "content_type": "application/sparql-update"}, 403),
    ("POST", {"data": "INSERT DATA { <a:a> <a:b> <a:c> }", "content_type": DIRECT}, 403),
    ("POST", {"data": ASK}, 415),
    ("POST", {"data": ASK, "content_type": "text/plain"}, 415),
    ("POST", {"data": ASK, "content_type": "application/json"}, 415),
    ("POST", {"data": ASK, "content_type": f"{DIRECT}; charset=iso-8859-1"}, 415),
    ("POST", {"data": ASK, "content_type": "multipart/form-data; boundary=x"}, 415),
    ("POST", {"data": gzip.compress(ASK.encode()), "content_type": DIRECT,
              "headers": {"Content-Encoding": "gzip"}}, 415),
    ("QUERY", {"data": ASK}, 415),
    ("POST", {"data": b"x" * 600_000, "content_type": DIRECT}, 413),
    ("POST", {"data": f"{ASK} #{'x' * 200_000}", "content_type": DIRECT}, 413),
    ("PUT", {"data": ASK, "content_type": DIRECT}, 405),
    ("PATCH", {"data": ASK, "content_type": DIRECT}, 405),
    ("GET", {"query_string": {"query": ASK}, "environ_overrides": {"REQUEST_METHOD": "get"}}, 405),
    ("DELETE", {}, 405),
    ("GET", {"query_string": {"query": f"SELECT * {{ {'?a ?b ?c . ' * 150} }}"}}, 422),
    ("GET", {"query_string": {"query": "ASK " + "{" * 100 + "}" * 100}}, 422),
]  # fmt: skip


@pytest.mark.parametrize(("method", "how", "status"), BAD)
def test_a_refusal_is_a_problem_document_in_both_languages(method: str, how: dict[str, object], status: int) -> None:
    response = ask(method, **how)
    told = json.loads(response.data)
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert told["status"] == status and told["title"] and told["detail"] and told["type"]
    assert set(told["languages"]) == {"nb", "en"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["a b", "a,b", 'a"><b>', "a/b", ""])
@pytest.mark.parametrize("path", ["/sparql", "/sparql?query=ASK%7B%7D", "/"])
def test_a_request_that_names_no_host_is_refused(path: str, host: str) -> None:
    """RFC 9112, 3.2: nothing could be said of where the endpoint is."""
    response = served.client().get(path, headers={"Host": host})
    assert response.status_code == 400 and response.content_type == "application/problem+json"


def test_a_wrong_method_and_a_wrong_type_are_told_the_right_ones() -> None:
    assert set(ask("PUT").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}
    assert DIRECT in ask("POST", data=ASK, content_type="text/plain").headers["Accept-Post"]


def test_a_syntax_error_has_its_place_and_the_text_around_it() -> None:
    told = json.loads(get("SELECT * WHERE {\n  ?s ?p }").data)
    assert (told["status"], told["line"]) == (400, 2)
    assert told["column"] > 1 and told["around"] == "  ?s ?p }"


def test_head_is_get_without_its_body() -> None:
    for query, accept in ((SELECT, JSON), (CONSTRUCT, "text/turtle"), ("SELECT", JSON), (SELECT, BROWSER)):
        whole = get(query, accept)
        bare = served.client().head("/sparql", query_string={"query": query}, headers={"Accept": accept})
        assert bare.status_code == whole.status_code and bare.data == b""
        assert {**bare.headers, "Date": ""} == {**whole.headers, "Date": ""}


def test_a_preflight_and_an_options_request_say_what_may_be_sent() -> None:
    response = ask("OPTIONS", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "QUERY"})
    assert response.status_code == 204
    assert {"GET", "HEAD", "POST", "QUERY"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert DIRECT in response.headers["Accept-Query"] and DIRECT in response.headers["Accept-Post"]


# Datasets


def counted(**graphs: object) -> int:
    response = get("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv", **graphs)
    return int(response.data.split()[1])


def test_the_protocol_chooses_graphs_and_unknown_ones_are_empty() -> None:
    plan = counted(**{"default-graph-uri": PLAN_GRAPH})
    source = counted(**{"default-graph-uri": SOURCE_GRAPH})
    assert plan > 0 and source > 0
    assert counted(**{"default-graph-uri": [PLAN_GRAPH, SOURCE_GRAPH]}) == plan + source < counted()
    assert counted(**{"default-graph-uri": [PLAN_GRAPH, PLAN_GRAPH]}) == plan
    assert counted(**{"default-graph-uri": "https://example.org/nothing"}) == 0
    assert counted(**{"default-graph-uri": "file:///etc/passwd"}) == 0
    assert counted(**{"named-graph-uri": PLAN_GRAPH}) == 0


def test_from_and_the_protocol_mean_the_same_graphs() -> None:
    text = f"SELECT (COUNT(*) AS ?n) FROM <{PLAN_GRAPH}> {{ ?s ?p ?o }}"
    assert int(get(text, "text/csv").data.split()[1]) == counted(**{"default-graph-uri": PLAN_GRAPH})
    named = f"SELECT DISTINCT ?g FROM NAMED <{SOURCE_GRAPH}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert SOURCE_GRAPH in get(named, "text/csv").text
    assert get(named, "text/csv", **{"named-graph-uri": PLAN_GRAPH}).text.split()[1:] == [PLAN_GRAPH]


# What is kept, and said of it


def test_an_answer_says_how_it_may_be_kept() -> None:
    response = get(SELECT, JSON)
    assert response.headers["ETag"].startswith('"')
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert set(response.vary) == {"Accept", "Accept-Encoding"}
    assert response.headers["Fosen-Graph-Release"] == served.release().id
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '{} , "x"', "*"])
def test_who_has_the_answer_is_told_so(form: str) -> None:
    etag = get(SELECT, JSON).headers["ETag"]
    response = get(SELECT, JSON, headers={"If-None-Match": form.format(etag)})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == etag and "Content-Type" not in response.headers
    assert set(response.vary) == {"Accept", "Accept-Encoding"}


@pytest.mark.parametrize("known", ['"other"', "W/x", ""])
def test_who_has_another_answer_gets_this_one(known: str) -> None:
    assert get(SELECT, JSON, headers={"If-None-Match": known}).status_code == 200


def test_each_format_coding_and_query_has_its_own_etag() -> None:
    etags = {get(MANY, accept).headers["ETag"] for accept in (JSON, XML, "text/csv", "text/tab-separated-values")}
    etags |= {get(MANY, JSON, headers={"Accept-Encoding": coding}).headers["ETag"] for coding in ("br", "gzip", "zstd")}
    assert len(etags) == 7
    assert get(SELECT, JSON).headers["ETag"] not in etags


def test_what_may_be_another_answer_each_time_is_not_kept() -> None:
    first, second = (get("SELECT (RAND() AS ?x) {}", JSON) for _ in range(2))
    assert first.data != second.data
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
@pytest.mark.parametrize("again", ["first", "second"])
def test_a_packed_answer_is_the_answer(coding: str, again: str) -> None:
    response = get(MANY, JSON, headers={"Accept-Encoding": coding})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress,
              "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)}  # fmt: skip
    assert response.headers["Content-Encoding"] == coding
    assert int(response.headers["Content-Length"]) == len(response.data)
    assert unpack[coding](response.data) == get(MANY, JSON).data


@pytest.mark.parametrize(
    ("accepted", "size", "coding"),
    [
        (None, 9999, ""),
        ("", 9999, ""),
        ("identity", 9999, ""),
        ("gzip", 9999, "gzip"),
        ("GZIP", 9999, "gzip"),
        ("gzip, deflate, br, zstd", 9999, "br"),
        ("br;q=0.1, gzip;q=0.8", 9999, "gzip"),
        ("br;q=0, gzip;q=0", 9999, ""),
        ("*", 9999, "br"),
        ("*;q=0", 9999, ""),
        ("gzip;q=0.5, identity;q=0.9", 9999, ""),
        ("gzip;q=nonsense", 9999, ""),
        ("deflate", 9999, ""),
        ("gzip", 100, ""),
        ("gzip, identity;q=0", 100, "gzip"),
        ("gzip, *;q=0", 100, "gzip"),
    ],
)
def test_the_coding_is_the_one_that_the_client_likes_best(accepted: str | None, size: int, coding: str) -> None:
    assert coding_for(accepted, size) == coding


class _Counting:
    """A store that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> bytes:
        self.asked.append(question)
        return served.store().answer(question)


def counting(cache_bytes: int = 2**24, proxies: int = 0) -> tuple[_Counting, FlaskClient]:
    store = _Counting()
    limits = replace(Limits(), cache_bytes=cache_bytes)
    site = Site(release=served.release(), public=store, pages=served.store(), limits=limits, proxies=proxies)
    return store, create_app(site).test_client()


@pytest.mark.parametrize("accept", [JSON, "text/csv"])
def test_the_same_question_is_asked_once(accept: str) -> None:
    """However it is spaced, commented and sent."""
    store, client = counting()
    spaced = "# words\n" + SELECT.replace(" ", "\n  ")
    for method, how in [*WAYS, ("GET", {"query_string": {"query": spaced}})]:
        client.open("/sparql", method=method, headers={"Accept": accept}, **how)
    assert len(store.asked) == 1


def test_other_datasets_formats_and_words_are_other_questions() -> None:
    store, client = counting()
    for more in ({}, {"default-graph-uri": PLAN_GRAPH}, {"named-graph-uri": PLAN_GRAPH}, {"format": "csv"}):
        client.get("/sparql", query_string={"query": SELECT} | more)
    client.get("/sparql", query_string={"query": SELECT.replace("3", "4")})
    assert len(store.asked) == 5


def test_without_room_nothing_is_kept() -> None:
    store, client = counting(cache_bytes=0)
    for _ in range(3):
        assert client.get("/sparql", query_string={"query": SELECT}).status_code == 200
    assert len(store.asked) == 3


def test_a_refusal_is_not_kept() -> None:
    store, client = counting()
    for _ in range(2):
        assert client.get("/sparql", query_string={"query": "SELECT ?x { ?x }"}).status_code == 400
    assert len(store.asked) == 2


def test_a_cache_stays_within_its_room_and_keeps_what_was_asked_for_last() -> None:
    cache: Cache[int] = Cache(100_000)
    for number in range(50):
        cache.put(number, number, 5_000)
        cache.get(0)
    assert cache.used <= 100_000 and len(cache) == 18
    assert cache.get(0) == 0 and cache.get(49) == 49 and cache.get(1) is None
    cache.put("large", 1, 50_000)
    assert cache.get("large") is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("ASK { }", "ASK  {\n}", True),
        ("# x\nASK { } # y", "ASK { }", True),
        ("ASK { ?s ?p 'a b' }", "ASK { ?s ?p 'a  b' }", False),
        ('ASK { ?s ?p "#a" }', 'ASK { ?s ?p "#b" }', False),
        ("ASK { <a:#b> ?p ?o }", "ASK { <a:#c> ?p ?o }", False),
        ("ASK {?s ?p ?o}", "ask {?s ?p ?o}", False),
    ],
)
def test_texts_are_alike_where_only_what_is_skipped_differs(one: str, other: str, alike: bool) -> None:
    first, second = (examine(text, Limits(), {}, "").normal for text in (one, other))
    assert (first == second) is alike


# Behind a proxy

FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "data.example.org", "X-Forwarded-For": "192.0.2.7"}


@pytest.mark.parametrize(
    ("proxies", "endpoint"), [(1, "https://data.example.org/sparql"), (0, "http://localhost/sparql")]
)
def test_a_proxy_is_believed_only_where_one_is_configured(proxies: int, endpoint: str) -> None:
    store, client = counting(proxies=proxies)
    told = client.get("/sparql", headers={"Accept": NTRIPLES} | FORWARDED).text
    assert f"<{endpoint}> <http://www.w3.org/ns/sparql-service-description#endpoint> <{endpoint}>" in told
    client.get("/sparql", query_string={"query": SELECT}, headers=FORWARDED)
    assert store.asked[0].client == ("192.0.2.7" if proxies else "127.0.0.1")


def test_the_description_tells_graphs_with_sizes_and_meanings_and_the_limits() -> None:
    told = get(None, NTRIPLES).text
    assert f"<{PLAN_GRAPH}#content> <http://rdfs.org/ns/void#triples>" in told
    assert f'<{PLAN_GRAPH}#content> <http://purl.org/dc/terms/title> "What the plan says"@en' in told
    assert "void#distinctSubjects" in told and "void#properties" in told
    for name in ("seconds", "memory_bytes", "answer_bytes", "query_bytes", "nesting", "patterns"):
        assert f'<http://localhost/sparql#limit-{name}> <https://schema.org/propertyID> "{name}"' in told
    assert "<http://localhost/grenser>" in told


@pytest.mark.parametrize("accept", ["text/turtle", NTRIPLES, RDFXML, JSONLD])
def test_the_description_comes_in_every_format_of_graphs(accept: str) -> None:
    response = get(None, accept)
    format_ = pyoxigraph.RdfFormat.from_media_type(accept)
    assert response.status_code == 200 and format_
    assert len(list(pyoxigraph.parse(response.data, format=format_))) > 60


class Broken:
    """A store with a fault that nobody has foreseen."""

    def answer(self, question: Question) -> bytes:
        raise RuntimeError(question.text)


def test_a_fault_of_our_own_is_a_problem_document_without_the_query() -> None:
    """500 with words for people, like every other refusal; nothing of the request or the program in it."""
    app = create_app(Site(release=served.release(), public=Broken(), pages=served.store(), limits=Limits()))
    answer = app.test_client().get("/sparql", query_string={"query": SELECT})
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "Measure" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("accept", [None, "*/*", "application/trig", NQUADS])
def test_the_address_alone_is_described_to_programs(accept: str | None) -> None:
    """SPARQL 1.1 Service Description, section 2: in RDF, unless HTML is asked for."""
    response = get(None, accept)
    format_ = pyoxigraph.RdfFormat.from_media_type(response.mimetype)
    assert response.status_code == 200 and format_ and list(pyoxigraph.parse(response.data, format=format_))
