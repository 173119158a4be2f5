"""`fosen-graph publish`: readers see one whole release or another, whatever breaks on the way."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import elsewhere
import pytest
import served

from fosen_graph.asking import publishing
from fosen_graph.asking.elsewhere import Address, send
from fosen_graph.asking.published import File, Release
from fosen_graph.asking.publishing import Target, publish
from fosen_graph.cli import main
from fosen_graph.findings import CannotRun
from fosen_graph.iris import Iris

BASE = "http://x.test/"
VERSION = f"<{BASE}dataset/all> <http://www.w3.org/ns/dcat#version>"
MANY = 6_000  # lines of the plan graph: two pieces


def small_release(folder: Path, release: str, measures: int = 10) -> Release:
    """Three graphs: one of several pieces, one with blank nodes, one that names the release."""
    plan = "".join(
        f'<{BASE}id/m{n}> <http://www.w3.org/2004/02/skos/core#prefLabel> "Measure {n} as {release} tells it"@en .\n'
        for n in range(measures)
    )
    texts = {
        "plan": plan,
        "ontology": f"<{BASE}a> <{BASE}b> _:c .\n_:c <{BASE}d> _:e .\n_:e <{BASE}d> <{BASE}a> .\n",
        "catalogue": f'{VERSION} "{release}" .\n',
        "candidates": "",
    }
    files = {}
    (folder / release / "graphs").mkdir(parents=True)
    for name, text in texts.items():
        path = f"graphs/{name}.nt"
        (folder / release / path).write_text(text)
        files[path] = File(name=path, size=len(text.encode()), sha256="", triples=text.count("\n"))
    return Release(folder=folder / release, id=release, base=BASE, issued="2026-01-01", regions=(), files=files)


@pytest.fixture
def server() -> Iterator[str]:
    with elsewhere.oxigraph() as address:
        yield address


def target(address: str, updates: bool = True) -> Target:
    update = Address(f"{address}update") if updates else None
    return Target(
        graphs=Address(f"{address}store"), query=Address(f"{address}query"), update=update, piece_bytes=400_000
    )


def nobody(*_: object) -> None:
    """Progress that nobody looks at."""


def seen(address: str) -> dict[str, int]:
    """Graphs and their sizes, as a reader of that server sees them."""
    text = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    headers = {"Accept": "text/csv", "Content-Type": "application/sparql-query"}
    answer = send(Address(f"{address}query"), "POST", headers, text.encode(), seconds=20, most=10**6)
    return {graph: int(size) for graph, size in (line.split(",") for line in answer.body.decode().split()[1:])}


def names(release: Release) -> dict[str, int]:
    iris = Iris(release.base)
    told = {Path(name).stem: file.triples or 0 for name, file in release.files.items()}
    return {str(iris.graph(name)): triples for name, triples in told.items() if triples}


class Failing(http.server.ThreadingHTTPServer):
    """Passes requests on, and breaks every connection from a certain one on."""

    def __init__(self, to: str, after: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.to, self.left = urlsplit(to), after


class _Passing(http.server.BaseHTTPRequestHandler):
    server: Failing

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.left -= 1
        if self.server.left < 0:
            self.connection.close()
            return
        assert self.server.to.hostname
        with contextlib.closing(http.client.HTTPConnection(self.server.to.hostname, self.server.to.port)) as to:
            kept = {name: value for name, value in self.headers.items() if name in ("Content-Type", "Accept")}
            to.request(self.command, self.path, body, kept)
            answer = to.getresponse()
            data = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"] or "text/plain")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_PUT = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing to the screen."""


@contextlib.contextmanager
def failing(to: str, after: int) -> Iterator[str]:
    with Failing(to, after) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_port}/"
        finally:
            proxy.shutdown()
            thread.join()


def test_a_release_is_put_there_whole(server: str, tmp_path: Path) -> None:
    release = small_release(tmp_path, "one", MANY)
    done = publish(release, target(server), nobody)
    assert (done.sent, done.triples, done.at_once) == (MANY + 4, MANY + 4, True)
    assert seen(server) == names(release)


def test_to_publish_again_sends_nothing(server: str, tmp_path: Path) -> None:
    release = small_release(tmp_path, "one")
    publish(release, target(server), nobody)
    assert publish(release, target(server), nobody).sent == 0


def test_the_next_release_takes_the_place_of_the_last(server: str, tmp_path: Path) -> None:
    publish(small_release(tmp_path, "one", 20), target(server), nobody)
    second = small_release(tmp_path, "two", 5)
    publish(second, target(server), nobody)
    assert seen(server) == names(second)


@pytest.mark.parametrize("after", [2, 3, 4, 5, 6, 7, 8, 9, 10])
def test_wherever_it_breaks_readers_see_one_release_and_the_next_run_ends_it(
    server: str, tmp_path: Path, after: int
) -> None:
    first, second = small_release(tmp_path, "one", 30), small_release(tmp_path, "two", MANY)
    publish(first, target(server), nobody)
    with failing(server, after) as address, contextlib.suppress(CannotRun):
        publish(second, target(address), nobody)
    public = {graph: size for graph, size in seen(server).items() if graph.startswith(f"{BASE}graph/")}
    assert public in (names(first), names(second))
    publish(second, target(server), nobody)
    assert seen(server) == names(second)


def test_a_reader_meanwhile_sees_one_release_or_the_other(server: str, tmp_path: Path) -> None:
    """Both graphs are asked for in one query, over and over, while the releases change places."""
    releases = [small_release(tmp_path, "one", 3000), small_release(tmp_path, "two", 2000)]
    publish(releases[0], target(server), nobody)
    text = f"""SELECT ?release (COUNT(*) AS ?n) {{
        GRAPH <{BASE}graph/catalogue> {{ ?all <http://www.w3.org/ns/dcat#version> ?release }}
        GRAPH <{BASE}graph/plan> {{ ?s ?p ?o }} }} GROUP BY ?release"""
    headers = {"Accept": "text/csv", "Content-Type": "application/sparql-query"}
    found: list[bytes] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            found.append(send(Address(f"{server}query"), "POST", headers, text.encode(), seconds=20, most=1000).body)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(1, 6):
            publish(releases[number % 2], target(server), nobody)
    finally:
        ended.set()
        reader.join()
    assert set(found) == {b"release,n\r\none,3000\r\n", b"release,n\r\ntwo,2000\r\n"}


def test_what_was_sent_is_not_sent_again(server: str, tmp_path: Path) -> None:
    """The second piece of the plan's graph broke: only that and what comes after it is sent anew."""
    release = small_release(tmp_path, "one", MANY)
    with failing(server, 4) as address, pytest.raises(CannotRun):
        publish(release, target(address), nobody)
    there = seen(server)[str(Iris(BASE).release_graph("one", "plan"))]
    assert 0 < there < MANY
    assert publish(release, target(server), nobody).sent == MANY + 4 - there


def test_what_an_abandoned_run_left_is_removed(server: str, tmp_path: Path) -> None:
    with failing(server, 4) as address, pytest.raises(CannotRun):
        publish(small_release(tmp_path, "one", MANY), target(address), nobody)
    second = small_release(tmp_path, "two")
    publish(second, target(server), nobody)
    assert seen(server) == names(second)


def test_a_server_without_updates_gets_graph_by_graph(server: str, tmp_path: Path) -> None:
    release = small_release(tmp_path, "one", MANY)
    done = publish(release, target(server, updates=False), nobody)
    assert (done.sent, done.at_once) == (MANY + 4, False)
    assert seen(server) == names(release)


@pytest.mark.parametrize("updates", [True, False])
def test_what_the_next_release_has_not_is_gone(server: str, tmp_path: Path, updates: bool) -> None:
    """A graph that it lacks, and one that is empty now; graphs of others stay."""
    headers = {"Content-Type": "application/n-triples"}
    for graph in (f"{BASE}graph/of-old", f"{BASE}graph/candidates", "http://other.test/graph/plan"):
        address = Address(f"{server}store?graph={graph}")
        send(address, "PUT", headers, b"<x:s> <x:p> <x:o> .\n", seconds=20, most=1000)
    release = small_release(tmp_path, "one")
    publish(release, target(server, updates), nobody)
    assert seen(server) == names(release) | {"http://other.test/graph/plan": 1}


def test_two_runs_at_once_leave_one_release(server: str, tmp_path: Path) -> None:
    """One of them may be told to run again; readers never see an empty graph or half of one."""
    releases = [small_release(tmp_path, "one", MANY), small_release(tmp_path, "two", 20)]
    whole = [names(release) for release in releases]
    publish(releases[0], target(server), nobody)

    def run(release: Release) -> None:
        with contextlib.suppress(CannotRun):
            publish(release, target(server), nobody)

    for runs in ((1, 1), (0, 1), (0, 0), (1, 0)):
        both = [threading.Thread(target=run, args=(releases[n],)) for n in runs]
        for one in both:
            one.start()
        for one in both:
            while one.is_alive():
                one.join(0.02)
                assert {g: n for g, n in seen(server).items() if g.startswith(f"{BASE}graph/")} in whole
    publish(releases[1], target(server), nobody)
    assert seen(server) == whole[1]


def test_a_graph_that_lost_triples_is_told(server: str, tmp_path: Path) -> None:
    """What the manifest promises must be there before the switch."""
    release = small_release(tmp_path, "one")
    plan = release.files["graphs/plan.nt"]
    wrong = replace(release, files={**release.files, plan.name: replace(plan, triples=11)})
    with pytest.raises(CannotRun, match="10 triples on the server and should have 11"):
        publish(wrong, target(server), nobody)
    assert not [graph for graph in seen(server) if graph.startswith(f"{BASE}graph/")]


def test_progress_ends_at_the_whole(server: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    publish(small_release(tmp_path, "one", MANY), target(server), lambda _, done, total: told.append((done, total)))
    assert told == sorted(told) and told[-1][0] == told[-1][1]
    assert len(told) > len(publishing.GRAPHS) // 4


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "500 Internal", "507 Insufficient Storage"])
def test_what_the_server_says_no_to_is_told_without_the_secret(tmp_path: Path, status: str) -> None:
    """The first graph is refused; nothing was switched."""
    with refusing(status) as address, pytest.raises(CannotRun) as error:
        secret = Address(f"{address}store", "Basic c2VjcmV0")
        publish(small_release(tmp_path, "one"), replace(target(address), graphs=secret), nobody)
    assert f"HTTP {status[:3]}" in error.value.text("en") and "--auth" in error.value.text("nb")
    assert "c2VjcmV0" not in error.value.text("en") + repr(error.value.__context__)


@contextlib.contextmanager
def refusing(status: str) -> Iterator[str]:
    """A server without graphs, which takes none."""
    code, _, reason = status.partition(" ")

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked = self.path == "/query"
            body = b'{"head":{"vars":[]},"results":{"bindings":[]}}' if asked else reason.encode()
            self.send_response(200 if asked else int(code), reason)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing to the screen."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_the_command_tells_what_is_wrong_with_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    release = str(served.release().folder)
    assert main(["publish", "--release", release, "--to", f"http://127.0.0.1:{elsewhere.free_port()}/store"]) == 2
    assert "--to" in capsys.readouterr().err
