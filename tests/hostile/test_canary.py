"""SERVICE, LOAD and FROM in every way of writing them: nobody is ever called, no file is ever opened."""

from __future__ import annotations

import itertools
import random
import socket
import threading
from collections.abc import Iterator
from urllib.parse import quote_plus

import pytest
from attacked import QUICK_ANSWER, Server, post

from fosen_graph.asking import Limits, Unanswered
from fosen_graph.asking.sparql_text import examine


class Canary:
    """Listens where queries point to, over TCP and UDP; `heard` counts who came."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = int(self._listener.getsockname()[1])
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", self.port))
        self._datagrams.setblocking(False)
        self.heard = 0
        self._thread = threading.Thread(target=self._hear)
        self._thread.start()

    def _hear(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if connection.recv(4) == b"stop":
                    return
                self.heard += 1

    def close(self) -> int:
        """How many came."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"stop")
        self._thread.join()
        try:
            self._datagrams.recv(1)
            self.heard += 1
        except BlockingIOError:
            pass
        self._listener.close()
        self._datagrams.close()
        return self.heard


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    if canary._thread.is_alive():
        canary.close()


SPELLINGS = (  # {u} is an address in angle brackets, {a} the same without them
    "SELECT * {{ SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ sErViCe{u}{{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICESILENT{u}{{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND({u} AS ?u) SERVICE ?u {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?u {{ {u} }} SERVICE ?u {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?u {{ {u} }} LATERAL {{ SERVICE?u{{ ?s ?p ?o }} }} }}",
    "PREFIX s: {u} SELECT * {{ SERVICE s: {{ ?s ?p ?o }} }}",
    "PREFIX service: {u} SELECT * {{ service: {{ ?s ?p ?o }} }}",
    "PREFIX : {u} SELECT * {{ SERVICE:{{ ?s ?p ?o }} }}",
    "BASE {u} SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 1SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 1.SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 1e0SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p trueSERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 'x'SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 'x'@en--ltrSERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p ''''x'''SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p _:a.SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p fg:.SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s a*SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ [] SERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ #\rSERVICE {u} {{ ?s ?p ?o }}\n}}",
    "SELECT * {{ #\\u000ASERVICE {u} {{ ?s ?p ?o }}\n}}",
    "SELECT * {{ #\u2028SERVICE {u} {{ ?s ?p ?o }}\n}}",
    "SELECT * {{ \\u0053ERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERV\\u0049CE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ＳＥＲＶＩＣＥ {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ ſERVICE {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ FILTER('\\u0027) SERVICE {u} {{ ?s ?p ?o }} #') }}",
    "SELECT * {{ FILTER(1<2)SERVICE#>\n{u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ FILTER(1<(2+(3>0))) FILTER(1<2)SERVICE#>\n{u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ FILTER(?a<?b)SERVICE#>\n{u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE {u} {{ ?s ?p ?o }} }} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {u} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ SERVICE {u} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ ?s ?p ?o OPTIONAL {{ SERVICE {u} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ ?s ?p ?o MINUS {{ SERVICE {u} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{}} UNION {{ SERVICE {u} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ GRAPH ?g {{ SERVICE {u} {{ ?s ?p ?o }} }} }}",
    "ASK {{ SERVICE {u} {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s {{ SERVICE {u} {{ ?s ?p ?o }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE {u} {{ ?s ?p ?o }} }}",
    "DESCRIBE {u}",
    "SELECT * FROM {u} {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED {u} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * FROM NAMED {u} {{ GRAPH {u} {{ ?s ?p ?o }} }}",
    "SELECT * {{ GRAPH {u} {{ ?s ?p ?o }} }}",
    "ASK FROM{u}{{ ?s ?p ?o }}",
    "LOAD {u}",
    "LOAD SILENT {u} INTO GRAPH {u}",
    "#\nload{u}",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE {u} {{ ?s ?p ?o }} }}",
    "DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p ?o }} USING {u} WHERE {{ ?s ?p ?o }}",
    "SELECT * {{}} ; LOAD {u}",
    "SELECT (<http://www.w3.org/2001/XMLSchema#anyURI>('{a}') AS ?x) ({u}('x') AS ?y) {{}}",
)
SCHEMES = ("http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "file:///etc/hostname", "ftp://127.0.0.1:{port}/")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_nobody_is_called_and_no_file_is_opened(server: Server, canary: Canary, spelling: str) -> None:
    """A call is refused or no query at all; a graph elsewhere is empty."""
    for scheme in SCHEMES:
        address = scheme.format(port=canary.port)
        found = server.ask(spelling.format(u=f"<{address}>", a=address), accept="*/*")
        assert found.status in (200, 400, 403, 422), found.body[:300]
        assert b"root" not in found.body and socket.gethostname().encode() not in found.body
    assert canary.close() == 0


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri", "using-graph-uri", "url", "graph", "query"])
def test_a_graph_named_by_the_request_is_not_fetched(server: Server, canary: Canary, name: str) -> None:
    for scheme in SCHEMES:
        address = quote_plus(scheme.format(port=canary.port))
        found = server.get(f"query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D&format=json&{name}={address}")
        assert found.status == (400 if name == "query" else 200)
        if name == "default-graph-uri":
            assert b"false" in found.body.replace(b" ", b"")
    assert canary.close() == 0


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/sparql-update", "LOAD <{a}>"),
        ("application/x-www-form-urlencoded", "update=LOAD+%3C{a}%3E"),
        ("application/x-www-form-urlencoded", "query=ASK%7B%7D&update=LOAD+%3C{a}%3E"),
    ],
)
def test_updates_by_the_protocol_are_refused(server: Server, canary: Canary, kind: str, body: str) -> None:
    sent = body.format(a=f"http://127.0.0.1:{canary.port}/").encode()
    assert server.send(post(sent, kind=kind)).status == 403
    assert canary.close() == 0


def test_the_guard_alone_refuses_what_would_call(canary: Canary) -> None:
    """Whatever stands around SERVICE: what the guard lets through, the engine does not take as a call either."""
    from fosen_graph.asking import Question
    from fosen_graph.asking.store import EmbeddedStore

    store = EmbeddedStore((), {"fg": "http://x.test/"}, "http://x.test/")
    for text in _texts(f"<http://127.0.0.1:{canary.port}/>"):
        try:
            examine(text, Limits(), {"fg": "http://x.test/"}, "http://x.test/")
            store.answer(Question(text=text, format="json"))
        except Unanswered:
            continue
    assert canary.close() == 0


def _texts(address: str) -> Iterator[str]:
    """Thousands of queries with a call between things that end and begin in all ways; always the same."""
    before = (
        "",
        "1",
        "1.",
        ".5",
        "1e9",
        "true",
        "'x'",
        '"x"@en',
        "?x",
        "_:b",
        "fg:",
        "fg:x",
        "fg:x.",
        "<u:u>",
        "[]",
        "()",
    )
    ends = (
        "",
        " ",
        ".",
        ";",
        ",",
        "#\n",
        "#\r",
        "\t",
        "\n",
        "\0",
        "\u00a0",
        "\u2028",
        "/**/",
        "\\",
        "#>\n",
        "'''",
        '"',
    )
    calls = (
        "SERVICE",
        "service",
        "SERVICE SILENT",
        "SERVICESILENT",
        "SERVICE#>\n",
        "SERVICE#\n",
        "service:",
        "fg:SERVICE",
    )
    openings = ("?s ?p ", "", "FILTER(1<2)", "FILTER(?a<?b)", "BIND(1<2 AS ?y)", "FILTER(1<(2+(3>0)))FILTER(1<2)")
    every = list(itertools.product(openings, before, ends, calls))
    for opening, word, end, call in random.Random(20).sample(every, 6000):
        yield f"SELECT * {{ {opening}{word}{end}{call}{address} {{ ?s ?p ?o }} }}"


def test_the_server_answers_after_all(server: Server) -> None:
    assert server.quick().body == QUICK_ANSWER
