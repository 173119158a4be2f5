"""The running server: whoever is killed, asks too much or goes away, the others are answered, and rightly."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
import served
from running import Load, Server, processor_seconds, serving

from fosen_graph.asking import Limits
from fosen_graph.findings import CannotRun
from fosen_graph.web.server import serve

MEASURES = "SELECT (COUNT(?m) AS ?n) WHERE {{ ?m a fg:Measure }} # {}"
ANSWER = "n\r\n29\r\n"
ENDLESS = "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }} # {}"
PATIENCE = 3.0  # the goal is one second on a machine of its own; here the clients are on it too
LIFTED = Limits(seconds=6, wait_seconds=8, per_client=False)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(served.release().folder, LIFTED) as running:
        yield running


def patience() -> float:
    """How much longer things take where others keep the machine busy."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def volatile(number: int) -> str:
    """A question that no cache knows."""
    return f"SELECT (COUNT(?m) AS ?n) WHERE {{ ?m a fg:Measure FILTER(?m != <urn:{number}:{time.monotonic_ns()}>) }}"


def endless(number: int) -> str:
    return f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o . ?a ?b ?c . ?d ?e ?f FILTER(?o != {number}{time.monotonic_ns()}) }}"


def test_while_fifty_slow_queries_run_a_quick_one_is_answered_at_once(server: Server) -> None:
    """The goal is 100 ms at the median on a machine of its own; asserted loosely."""
    with Load(lambda number: server.ask(endless(number)), 50) as slow:
        time.sleep(2)
        times, right = [], 0
        for number in range(40):
            start = time.monotonic()
            status, _, body = server.ask(volatile(number))
            assert (status, body) == (200, ANSWER) or status == 503
            right += status == 200
            times.append(time.monotonic() - start)
        slow._stop.set()
    print(f"median {statistics.median(times) * 1000:.1f} ms, most {max(times) * 1000:.0f} ms")
    assert statistics.median(times) < 0.3 * patience() and right >= 36
    assert {status for _, status, _, _ in slow.answers} <= {503}


@pytest.mark.parametrize("whom", ["worker", "zygote", "web"])
def test_whoever_is_killed_no_answer_is_wrong_and_soon_all_are_there_again(server: Server, whom: str) -> None:
    """50 clients; ended is one process at a time, by SIGKILL, three times."""
    time.sleep(0.5)
    killed: list[float] = []
    back: list[float] = []
    web, workers = len(server.web), len(server.workers)
    with Load(lambda number: server.ask(volatile(number)), 50) as load:
        for _ in range(3):
            time.sleep(1.5)
            pids = {"worker": server.workers, "zygote": server.zygotes, "web": server.web}[whom]
            os.kill(pids[len(killed) % len(pids)], signal.SIGKILL)
            killed.append(time.monotonic())
            time.sleep(0.05)
            while (len(server.web), len(server.workers)) != (web, workers) and time.monotonic() < killed[-1] + 5:
                time.sleep(0.01)
            back.append(time.monotonic() - killed[-1])
    wrong = [body for _, status, _, body in load.answers if status == 200 and body != ANSWER]
    failed = [(when, status) for when, status, _, _ in load.answers if status != 200]
    print(f"{whom}: back after {[round(seconds, 2) for seconds in back]} s; {len(load.answers)} answers")
    print(f"not answered: {len(failed)} {sorted({status for _, status in failed})}")
    assert wrong == []
    assert max(back) < PATIENCE * patience()
    assert whom == "web" or failed == []
    assert all(
        status == 0 and any(0 <= when - kill < PATIENCE * patience() for kill in killed) for when, status in failed
    )


def test_a_spare_takes_over_after_a_web_process_was_started_anew(server: Server) -> None:
    """What is forked while the spare waits must not hold its orders back."""
    for _ in range(2):
        time.sleep(1.5)
        os.kill(server.web[0], signal.SIGKILL)
        time.sleep(0.5)
        os.kill(server.zygotes[0], signal.SIGKILL)
        assert server.ask(volatile(0))[::2] == (200, ANSWER)


def test_a_client_that_goes_away_frees_its_worker(server: Server) -> None:
    time.sleep(0.5)
    before = set(server.workers)
    sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(2)]
    for number, client in enumerate(sockets):
        asked = f"GET /sparql?query={quote(endless(number))} HTTP/1.1\r\nHost: a\r\nAccept: text/csv\r\n\r\n"
        client.sendall(asked.encode())
    time.sleep(1)
    assert sum(busy(pid) for pid in server.workers) == 2
    for client in sockets:
        client.close()
    time.sleep(min(4.0, patience()))
    assert sum(busy(pid) for pid in server.workers) == 0
    assert before - set(server.workers)


def busy(pid: int) -> bool:
    try:
        before = processor_seconds(pid)
        time.sleep(0.15)
        return processor_seconds(pid) - before > 0.02
    except OSError:
        return False


def test_a_new_release_is_picked_up_and_every_answer_is_of_one_release(tmp_path: Path) -> None:
    """Nothing fails; the count that is answered is the one of the release that the header names."""
    releases = {name: changed(tmp_path / name, name, triples) for triples, name in enumerate(("one", "two", "three"))}
    link = tmp_path / "current"
    link.symlink_to(releases["one"])
    expected = {name: f"n\r\n{triples}\r\n" for triples, name in enumerate(releases)}
    query = "SELECT (COUNT(*) AS ?n) {{ ?s <urn:more> ?o FILTER(?o != {}) }}"
    with serving(link, LIFTED) as server:
        with Load(lambda _: server.ask(query.format(time.monotonic_ns())), 20) as load:
            for name in ("two", "three", "one"):
                time.sleep(1)
                new = tmp_path / "new"
                new.symlink_to(releases[name])
                new.replace(link)
                if name == "three":
                    server.process.send_signal(signal.SIGHUP)
                until = time.monotonic() + 10 * patience()
                while server.ask("ASK {}")[1].get("fosen-graph-release") != name:
                    assert time.monotonic() < until
                    time.sleep(0.1)
        found = [(status, headers.get("fosen-graph-release"), body) for _, status, headers, body in load.answers]
        assert {status for status, _, _ in found} == {200}
        assert all(body == expected[str(release)] for _, release, body in found)
        assert {release for _, release, _ in found} == set(releases)
        broken = tmp_path / "broken"
        broken.mkdir()
        new = tmp_path / "new"
        new.symlink_to(broken)
        new.replace(link)
        time.sleep(0.6)
        assert server.ask("ASK {}")[1]["fosen-graph-release"] == "one"


def changed(folder: Path, name: str, triples: int) -> Path:
    """The release with another name and some more triples."""
    shutil.copytree(served.release().folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"release": name}))
    with (folder / "all.nq").open("a") as file:
        file.writelines(f'<urn:s> <urn:more> "{number}" <urn:g> .\n' for number in range(triples))
    return folder


def test_a_client_has_its_share_and_is_told_when_it_has_more(tmp_path: Path) -> None:
    """Seconds in the engine are counted; what the cache answers costs nothing."""
    limits = Limits(seconds=1, client_seconds=2, client_concurrent=2, wait_seconds=0.3)
    known = "ASK { ?m a fg:Measure }"
    with serving(served.release().folder, limits) as server:
        assert {server.ask(known)[0] for _ in range(20)} == {200}  # so both processes know it
        with Load(lambda number: server.ask(endless(number)), 4) as load:
            time.sleep(1.2)
        statuses = {status for _, status, _, _ in load.answers}
        assert 429 in statuses and statuses <= {429, 503}
        for number in range(3):
            server.ask(endless(number))
        status, headers, _ = server.ask(volatile(1))
        assert status == 429 and 1 <= int(headers["retry-after"]) <= 60
        assert server.ask(known)[0] == 200


def test_health_readiness_counters_and_the_log(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with serving(served.release().folder, Limits(), access_log=str(log), metrics_port=port) as server:
        assert server.get("/healthz")[::2] == (200, "ok\n")
        assert server.get("/readyz")[::2] == (200, f"ready {served.release().id}\n")
        assert server.ask("ASK { ?secret ?p ?o }")[0] == 200
        assert server.get("/nothing")[0] == 404
        time.sleep(1.2)
        status, headers, text = Server(server.process, port).get("/metrics")
        assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert "fosen_graph_requests_2xx_total 1\n" in text and "fosen_graph_requests_4xx_total 1\n" in text
        assert "fosen_graph_questions_quick_total 1\n" in text and "fosen_graph_running 0\n" in text
        for method, path, wanted in (("HEAD", "/metrics", 200), ("POST", "/metrics", 405), ("GET", "/x", 404)):
            counters = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            counters.request(method, path)
            answer = counters.getresponse()
            assert answer.status == wanted and (answer.headers["Allow"] == "GET, HEAD") is (wanted == 405)
            counters.close()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    # Each web process writes its own lines: their order in the file is not that of the requests.
    assert sorted((line["method"], line["path"], line["status"]) for line in lines) == [
        ("GET", "/nothing", 404),
        ("GET", "/sparql", 200),
    ]
    assert "secret" not in log.read_text()


def test_a_port_for_the_counters_that_is_taken_is_told() -> None:
    """Before anything is started; else it would be tried again fifty times a second."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CannotRun) as error:
        serve("127.0.0.1", 0, served.release().folder, "en", metrics_port=taken.getsockname()[1])
    assert "--metrics-port" in error.value.text("nb")


def test_who_stops_the_server_lets_a_question_end_first() -> None:
    """It is told that it took too long; its connection is not just cut."""
    with (
        serving(served.release().folder, Limits(seconds=2.5, wait_seconds=1)) as stopping,
        ThreadPoolExecutor(1) as client,
    ):
        asked = client.submit(stopping.ask, endless(0))
        time.sleep(0.7)
        stopping.process.terminate()
        status, _, body = asked.result(20)
        assert status == 503 and json.loads(body)["status"] == 503
