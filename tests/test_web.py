"""The web application by tables of requests: pages, protocol, addresses of things, dumps; and the real server once."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import rdflib
import served
from werkzeug.test import TestResponse

from fosen_graph.formats import GRAPH_FORMATS, read
from fosen_graph.web.address import Addresses
from fosen_graph.web.wording import wording

COUNT = "SELECT (COUNT(?m) AS ?n) WHERE { ?m a fg:Measure }"
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MEASURE = "/doc/fosen/2022-2024/tiltak/vannforsyning-fosen"


def get(path: str, accept: str | None = None, **headers: str) -> TestResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response = served.client().get(path, headers=sent | ({"Accept": accept} if accept is not None else {}))
    assert response.data is not None  # read to its end, so that a file that is sent can be closed
    response.close()
    return response


def ask(query: str, accept: str | None = None, **more: str) -> TestResponse:
    headers = {"Accept": accept} if accept is not None else {}
    return served.client().get("/sparql", query_string={"query": query, **more}, headers=headers)


class _Page(HTMLParser):
    """Links, headings and identifiers of a page."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[int] = []
        self.lang = ""
        self.text = ""
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        elif tag in ("link", "script", "img", "iframe"):
            self.loaded.append(found.get("src") or found.get("href") or "")
        elif tag == "html":
            self.lang = found.get("lang") or ""
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        self.text += data


PAGES = [
    "/",
    "/sparql",
    "/dumps/",
    "/bruk",
    "/avstemming",
    "/ns",
    "/shapes",
    "/doc/fosen/2022-2024",
    MEASURE,
    "/doc/fosen/aktoer/kompetanseforum",
]


# Pages


@pytest.mark.parametrize("path", [f"{prefix}{path}" for path in PAGES for prefix in ("", "/en")])
def test_every_page_stands_alone_in_its_language(path: str) -> None:
    """One h1, no heading level skipped, nothing loaded from elsewhere, nothing inline, no script that holds it up."""
    response = get(path, HTML)
    page = _Page(response)
    assert response.status_code == 200 and response.content_type == "text/html; charset=utf-8"
    assert page.lang == response.headers["Content-Language"] == ("en" if path.startswith("/en") else "nb")
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert all(address.startswith("/") for address in page.loaded)
    without_editor = re.sub(r'<script type="module" src="/editor/editor\.js\?v=[0-9a-f]+"></script>', "", response.text)
    assert "<script" not in without_editor and "style=" not in response.text
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/en/", MEASURE, "/doc/fosen/aktoer/raadmannsforum"])
def test_every_link_within_the_site_leads_somewhere(path: str) -> None:
    for link in sorted({link.partition("#")[0] for link in _Page(get(path, HTML)).links if link.startswith("/")}):
        assert get(link, HTML).status_code == 200, link


def test_the_home_page_shows_the_whole_plan_in_its_order() -> None:
    text = _Page(get("/", HTML)).text
    order = ["Verdiskaping", "Rammebetingelser", "Felles arbeidsgiveravgift", "Politisk arbeid", "Samfunnsutvikling",
             "Tjenestesamarbeid", "Implementering og drift", "Helse Midt", "Fosen lønn", "Fosen GIS"]  # fmt: skip
    main = text[text.index("Strategi 1") :]
    places = [main.index(words) for words in order]
    assert places == sorted(places)
    for element in ("Strategy", "FocusArea", "PlanItem", "Measure", "ArrangementListing"):
        labels = served.store().answer(_labels(element)).decode().splitlines()[1:]
        assert labels and all(label.strip('"').replace('""', '"') in text for label in labels)


def _labels(kind: str) -> served.Question:
    text = f'SELECT ?l {{ ?x a fg:{kind} ; skos:prefLabel ?l FILTER(lang(?l) = "nb") }}'
    return served.Question(text=text, format="csv")


def test_the_home_page_counts_what_the_plan_has() -> None:
    text = " ".join(_Page(get("/", HTML)).text.split())
    assert "3 strategier 29 tiltak 43 aktører 11 usikre lesninger" in text


@pytest.mark.parametrize(
    ("path", "sentence"), [("/", "ikke om et tiltak er gjennomført"), ("/en/", "not tell whether")]
)
def test_the_home_page_says_what_the_plan_does_not_tell(path: str, sentence: str) -> None:
    assert sentence in get(path, HTML).text


def test_uncertain_readings_are_marked_with_their_reason() -> None:
    assert get("/", HTML).text.count('class="unsure"') == 11
    assert "Trolig Helse Midt-Norge RHF." in get("/", HTML).text


def test_a_measure_shows_its_words_within_their_cell() -> None:
    assert "Kraftforsyning Fosen <mark>Vannforsyning Fosen</mark>" in get(MEASURE, HTML).text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Accept_Language": "nb"}, 200),
        ({"Accept_Language": "sv, en;q=0.5"}, 200),
        ({"Accept_Language": "de"}, 200),
        ({"Accept_Language": "en-GB,en;q=0.9"}, 302),
        ({"Accept_Language": "de, en;q=0.5"}, 302),
        ({"Accept_Language": "en", "Sec_Fetch_Site": "same-origin"}, 200),
        ({"Accept_Language": "en", "Referer": "http://localhost/en/"}, 200),
    ],
)
def test_the_readers_language_decides_at_the_door_only(headers: dict[str, str], status: int) -> None:
    response = get("/", HTML, **headers)
    assert response.status_code == status
    assert response.headers.get("Location") == ("/en/" if status == 302 else None)
    assert "Accept-Language" in response.headers["Vary"]
    assert get("/dumps/", HTML, **headers).headers["Content-Language"] == "nb"


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    nb, en = wording("nb").texts, wording("en").texts
    assert list(nb) == list(en)
    places = re.compile(r"{\w+}")
    assert {key: sorted(places.findall(text)) for key, text in nb.items()} == {
        key: sorted(places.findall(text)) for key, text in en.items()
    }


def _luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_can_be_read_in_light_dark_and_print() -> None:
    """WCAG 2.1, 1.4.3: at least 4.5 to 1 for every colour of text on every colour of ground."""
    css = get("/static/style.css").text
    palettes = [
        dict(re.findall(r"--(\w+): #([0-9a-f]+);", block)) for block in re.findall(r":root {(.*?)}", css, re.DOTALL)
    ]
    assert len(palettes) == 3
    for palette in palettes:
        for ground, inks in (
            ("paper", ("ink", "quiet", "accent", "unsure")),
            ("surface", ("ink", "quiet")),
            ("mark", ("ink",)),
        ):
            for ink in inks:
                dark, light = sorted(_luminance((palettes[0] | palette)[name]) for name in (ground, ink))
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ground, ink)


# The SPARQL protocol


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("application/unknown, text/csv;q=0.2", "text/csv; charset=utf-8"),
        (HTML, "text/html; charset=utf-8"),
    ],
)
def test_a_table_comes_in_the_format_that_accept_names(accept: str | None, content_type: str) -> None:
    response = ask(COUNT, accept)
    assert (response.status_code, response.content_type) == (200, content_type)
    assert "29" in response.text and "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/trig", "application/trig"),
        (HTML, "text/html; charset=utf-8"),
    ],
)
def test_triples_come_in_the_format_that_accept_names(accept: str | None, content_type: str) -> None:
    response = ask(f"DESCRIBE <{served.PLAN}>", accept)
    assert (response.status_code, response.content_type) == (200, content_type)
    assert "Handlingsplan 2022-2024" in response.text


def test_the_ways_of_asking_give_one_answer() -> None:
    client = served.client()
    answers = [
        client.get("/sparql", query_string={"query": COUNT}),
        client.post("/sparql", data={"query": COUNT}),
        client.post("/sparql", data=COUNT, content_type="application/sparql-query; charset=utf-8"),
        client.open("/sparql", method="QUERY", data=COUNT, content_type="application/sparql-query"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1


def test_a_form_is_percent_decoded_once() -> None:
    response = served.client().post("/sparql", data={"query": 'SELECT ("%2B+æ" AS ?x) {}'})
    assert response.json["results"]["bindings"][0]["x"]["value"] == "%2B+æ"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"query_string": {"query": "SELECT * {"}}, 400),
        ({"query_string": [("query", COUNT), ("query", COUNT)]}, 400),
        ({"method": "POST", "data": {}}, 415),
        ({"method": "POST", "data": b"a=b", "content_type": "application/x-www-form-urlencoded"}, 400),
        ({"method": "POST", "data": b"query=%FF", "content_type": "application/x-www-form-urlencoded"}, 400),
        ({"method": "POST", "data": b"\xff", "content_type": "application/sparql-query"}, 400),
        ({"query_string": {"query": "ASK {}", "default-graph-uri": "no iri"}}, 400),
        ({"query_string": {"query": "INSERT DATA {}"}}, 403),
        ({"method": "POST", "data": b"CLEAR ALL", "content_type": "application/sparql-update"}, 403),
        ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 403),
        ({"query_string": {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}}, 403),
        ({"method": "DELETE"}, 405),
        ({"method": "PUT", "data": b""}, 405),
        ({"query_string": {"query": COUNT}, "headers": {"Accept": "image/png"}}, 406),
        ({"query_string": {"query": COUNT, "format": "turtle"}}, 406),
        ({"method": "POST", "data": b"x" * 600_000, "content_type": "application/sparql-query"}, 413),
        ({"query_string": {"query": "#" + "x" * 20_000}}, 414),
        ({"method": "POST", "data": b"ASK {}", "content_type": "text/plain"}, 415),
        ({"query_string": {"query": "SELECT * " + "{" * 100 + "}" * 100}}, 422),
    ],
)
def test_a_refusal_has_its_status_and_says_why_in_both_languages(request_: dict[str, object], status: int) -> None:
    response = served.client().open("/sparql", **request_)  # type: ignore[arg-type]
    assert response.status_code == status and response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert problem["status"] == status and problem["type"].startswith("http://localhost/sparql#")
    assert set(problem["languages"]) == {"nb", "en"}
    assert all(words["title"] and words["detail"] for words in problem["languages"].values())
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert (status == 405) == ("Allow" in response.headers)


def test_a_syntax_error_shows_its_place_to_programs_and_to_people() -> None:
    problem = ask("SELECT *\nWHERE { ?s foo:p ?o }").json
    assert (problem["line"], problem["column"], problem["around"]) == (2, 12, "WHERE { ?s foo:p ?o }")
    page = ask("SELECT *\nWHERE { ?s foo:p ?o }", HTML)
    assert page.status_code == 400 and "WHERE { ?s foo:p ?o }\n           ▲" in page.text


def test_the_dataset_of_the_protocol_wins_and_counts_each_graph_once() -> None:
    def counted(**dataset: object) -> int:
        query = "SELECT (COUNT(*) AS ?n) FROM <urn:nothing> { ?s ?p ?o }"
        response = served.client().get("/sparql", query_string={"query": query, "format": "csv", **dataset})
        return int(response.text.split()[1])

    graph = "https://w3id.org/fosen-graph/graph/plan"
    assert counted() == 0
    assert counted(**{"default-graph-uri": graph}) == counted(**{"default-graph-uri": [graph, graph]}) > 1000
    assert counted(**{"named-graph-uri": graph}) == 0


def test_a_page_shows_a_table_and_offers_the_formats() -> None:
    response = ask("SELECT ?measure { ?m a fg:Measure ; skos:prefLabel ?measure } ORDER BY ?measure", HTML)
    assert '<th scope="col">measure</th>' in response.text
    assert "format=csv" in response.text
    assert "<td>Ja</td>" not in response.text and "Ja</p>" in ask("ASK { ?s ?p ?o }", HTML).text


def test_markup_in_an_answer_is_text() -> None:
    response = ask('SELECT ("<script>alert(1)</script>" AS ?x) ("\\" onload=x" AS ?y) {}', HTML)
    assert "<script>" not in response.text and '" onload' not in response.text


def test_a_preflight_is_answered_and_credentials_are_not_asked_for() -> None:
    response = served.client().options("/sparql", headers={"Origin": "http://example.org"})
    assert response.status_code == 204
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_head_is_get_without_its_body() -> None:
    client = served.client()
    for path in ("/", f"/sparql?query={COUNT}", "/dumps/all.nq", f"{MEASURE}.ttl"):
        with client.head(path) as head, client.get(path) as whole:
            assert whole.data
        assert head.data == b"" and head.status_code == 200
        assert head.headers["Content-Length"] == whole.headers["Content-Length"]
        assert head.headers["ETag"] == whole.headers["ETag"]


def test_an_answer_that_the_client_has_is_not_sent_again() -> None:
    first = ask(COUNT)
    again = served.client().get(
        "/sparql", query_string={"query": COUNT}, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304 and again.data == b""


def test_the_endpoint_describes_itself() -> None:
    graph = rdflib.Graph().parse(data=get("/sparql", "text/turtle").data, format="turtle")
    service = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert (rdflib.URIRef("http://localhost/sparql"), service.feature, service.UnionDefaultGraph) in graph
    assert len(set(graph.objects(None, service.name))) == 14


# Addresses of things


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (None, f"{MEASURE}.ttl"),
        ("*/*", f"{MEASURE}.ttl"),
        ("text/turtle", f"{MEASURE}.ttl"),
        ("application/ld+json", f"{MEASURE}.jsonld"),
        ("application/n-triples", f"{MEASURE}.nt"),
        ("application/rdf+xml", f"{MEASURE}.rdf"),
        (HTML, MEASURE),
    ],
)
def test_a_thing_leads_to_a_document_about_it(accept: str | None, target: str) -> None:
    response = get(MEASURE.replace("/doc/", "/id/"), accept)
    assert (response.status_code, response.headers["Location"]) == (303, target)
    assert "Accept" in response.headers["Vary"]


def test_a_thing_has_a_page_in_the_readers_language() -> None:
    assert get(MEASURE.replace("/doc/", "/id/"), HTML, Accept_Language="en").headers["Location"] == f"/en{MEASURE}"


def test_all_formats_of_a_thing_say_the_same() -> None:
    told = [set(read(get(f"{MEASURE}.{f.extension}").data, f, f.name)) for f in GRAPH_FORMATS]
    assert len(told[0]) > 10 and all(triples == told[0] for triples in told)


@pytest.mark.parametrize("path", ["/id/fosen/2022-2024/kilde/rad/29/celle/5/omtale/16-27", "/code/rolle/ansvarlig",
                                  "/dataset/fosen/2022-2024", "/graph/plan"])  # fmt: skip
def test_everything_that_has_an_iri_has_a_page_and_data(path: str) -> None:
    for accept in (HTML, "text/turtle"):
        assert get(get(path, accept).headers["Location"], accept).status_code == 200


@pytest.mark.parametrize(
    "path", ["/doc/fosen/nothing", "/plan/fosen/1999", "/doc/fosen/nothing.ttl", "/nothing", "/doc/../etc/passwd"]
)
def test_an_unknown_address_is_told_with_a_way_on(path: str) -> None:
    page = get(path, HTML)
    assert page.status_code == 404 and 'href="/"' in page.text
    assert get(path, "application/json").content_type == "application/problem+json"


def test_a_thing_in_no_format_that_we_have_is_not_acceptable() -> None:
    assert get(MEASURE.replace("/doc/", "/id/"), "image/png").status_code == 406


@pytest.mark.parametrize("name", ["ns", "shapes"])
def test_a_vocabulary_is_a_page_with_anchors_or_data(name: str) -> None:
    assert 'id="Measure' in get(f"/{name}", HTML).text
    graph = rdflib.Graph().parse(data=get(f"/{name}", "text/turtle").data, format="turtle")
    assert len(graph) > 100


def test_paths_are_iris_whatever_the_base() -> None:
    to = Addresses("http://127.0.0.1:8000/data/")
    assert to.iri("fosen/2022-2024") == "http://127.0.0.1:8000/data/id/fosen/2022-2024"
    assert to.page("http://127.0.0.1:8000/data/id/fosen/2022-2024", "en") == "/en/doc/fosen/2022-2024"
    assert to.page("https://w3id.org/fosen-graph/ns#Measure", "nb") == "/ns#Measure"
    assert to.page("https://w3id.org/fosen-graph/code/rolle/ansvarlig", "nb") == "/doc/code/rolle/ansvarlig"
    assert to.page("http://example.org/x", "nb") == "http://example.org/x"


# Dumps


def test_every_file_of_the_release_is_listed_and_served_whole() -> None:
    index = get("/dumps/", HTML).text
    for name, file in served.release().files.items():
        response = get(f"/dumps/{name}")
        assert response.status_code == 200 and hashlib.sha256(response.data).hexdigest() == file.sha256, name
        assert name.endswith(".gz") or f'href="/dumps/{name}"' in index, name


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("all.ttl", "text/turtle; charset=utf-8"),
        ("all.nq", "application/n-quads"),
        ("all.trig", "application/trig"),
        ("all.jsonld", "application/ld+json"),
        ("all.rdf", "application/rdf+xml"),
        ("all.nt.gz", "application/gzip"),
        ("manifest.json", "application/json"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_has_its_media_type(name: str, content_type: str) -> None:
    assert get(f"/dumps/{name}").content_type == content_type


def test_a_client_that_can_unpack_gets_the_packed_file() -> None:
    plain, packed = get("/dumps/all.ttl"), get("/dumps/all.ttl", Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in packed.headers["Vary"]


def test_a_part_of_a_file_can_be_asked_for() -> None:
    whole = get("/dumps/all.nt").data
    part = get("/dumps/all.nt", Range="bytes=100-199", Accept_Encoding="gzip")
    assert (part.status_code, part.data) == (206, whole[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"


@pytest.mark.parametrize("name", ["../manifest.json", "%2e%2e/%2e%2e/current", "/etc/passwd", "all", ".", "cache"])
def test_nothing_but_the_files_of_the_release_is_served(name: str) -> None:
    assert get(f"/dumps/{name}").status_code in (404, 308)


# The server

SERVE = [sys.executable, "-c", "import sys; from fosen_graph.cli import main; sys.exit(main())", "serve"]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [*SERVE, "--port", "0", "--release", str(served.release().folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        address = re.search(r"http://\S+/", process.stdout.readline())
        assert address
        yield process, address[0]
        process.terminate()
        process.wait(20)


def test_the_server_answers_pages_and_queries(server: tuple[subprocess.Popen[str], str]) -> None:
    _, address = server
    assert "Handlingsplan 2022-2024" in fetched(address)[1]
    asked = f"{address}sparql?query=" + COUNT.replace(" ", "+").replace("?", "%3F")
    assert json.loads(fetched(asked)[1])["results"]["bindings"][0]["n"]["value"] == "29"


def test_hostile_text_leaves_the_server_answering(server: tuple[subprocess.Popen[str], str]) -> None:
    _, address = server
    for query, status in (("ASK {" * 300, 422), ("SELECT * {", 400)):
        assert fetched(f"{address}sparql", query.encode())[0] == status
    assert fetched(address)[0] == 200


def test_a_killed_zygote_is_started_anew(server: tuple[subprocess.Popen[str], str]) -> None:
    process, address = server
    zygote = next(pid for pid in descendants(process.pid) if b"fosen_graph.asking.zygote" in command_line(pid))
    os.kill(zygote, signal.SIGKILL)
    assert fetched(f"{address}sparql", COUNT.encode())[0] == 200


def test_a_taken_port_is_told_in_words(server: tuple[subprocess.Popen[str], str]) -> None:
    port = server[1].rstrip("/").rpartition(":")[2]
    told = served_once("--port", port, "--release", str(served.release().folder), "--lang", "nb")
    assert told.returncode == 2 and f"127.0.0.1:{port}" in told.stderr and "--port" in told.stderr


def test_a_missing_release_is_told_in_words(tmp_path: Path) -> None:
    told = served_once("--port", "0", "--release", str(tmp_path / "none"))
    assert told.returncode == 2 and "fosen-graph build" in told.stderr and "Traceback" not in told.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process_and_no_port(number: signal.Signals) -> None:
    command = [*SERVE, "--port", "0", "--release", str(served.release().folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        port = int(process.stdout.readline().split("http://")[1].split("/")[0].rpartition(":")[2])
        everyone = [process.pid, *descendants(process.pid)]
        process.send_signal(number)
        assert process.wait(20) == 0
    assert len(everyone) > 5 and not [pid for pid in everyone if Path(f"/proc/{pid}").exists()]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def fetched(address: str, query: bytes | None = None) -> tuple[int, str]:
    request = urllib.request.Request(address, data=query)
    if query is not None:
        request.add_header("Content-Type", "application/sparql-query")
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def served_once(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SERVE, *arguments], capture_output=True, text=True, timeout=30, check=False)


def descendants(pid: int) -> list[int]:
    time.sleep(0.1)
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return [found for child in children for found in (child, *descendants(child))]


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
