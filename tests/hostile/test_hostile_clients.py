"""Clients that hold the server up: slow, half-closed, gone, many; others are answered all the while."""

from __future__ import annotations

import contextlib
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attacked import LIMITS, QUICK_ANSWER, Server, post, reply, request

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
BEGUN = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 1000\r\n\r\nSELECT"
)
ENDLESS = BEGUN.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked") + b"\r\nFFFFFFFFFFFFFFFF\r\nx"
SLOWEST = LIMITS.seconds + LIMITS.wait_seconds + 10 + 3  # seconds after which a connection is closed that holds us up
EVERYTHING = "SELECT * { ?s ?p ?o }"


@contextlib.contextmanager
def held(server: Server, many: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Connections that have sent so much and no more."""
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(many)]
        for connection in connections:
            if sent:
                connection.sendall(sent)
        time.sleep(0.3)
        yield connections


def quick_is_answered(server: Server, within: float = 0.5) -> None:
    for _ in range(3):
        found = server.quick()
        assert (found.status, found.body) == (200, QUICK_ANSWER) and found.seconds < within


def until(fact: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:
        time.sleep(0.02)
    return fact()


@pytest.mark.parametrize(
    ("many", "sent"),
    [
        pytest.param(400, b"", id="400 idle"),
        pytest.param(400, b"GET /sparql?query=ASK HTTP/1.1\r\nHost: x\r\nX-Slow: ", id="400 slow heads"),
        pytest.param(200, BEGUN, id="200 slow bodies"),
        pytest.param(100, b"\r\n" * 1000, id="100 of line feeds"),
        pytest.param(100, ENDLESS, id="100 endless chunks"),
    ],
)
def test_slow_senders_keep_nobody_out(server: Server, many: int, sent: bytes) -> None:
    before = server.descriptors()
    with held(server, many, sent):
        quick_is_answered(server)
    assert until(lambda: server.descriptors() <= before + 40, 3)


def test_slow_senders_are_closed(server: Server) -> None:
    """One drips headers, one drips a body, one says nothing, one does not read what it asked for."""
    quick_is_answered(server)
    with contextlib.ExitStack() as stack:
        drips = [stack.enter_context(server.connect()) for _ in range(3)]
        drips[0].sendall(b"GET / HTTP/1.1\r\n")
        drips[1].sendall(BEGUN)
        reader = stack.enter_context(socket.socket())
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", server.port))
        reader.sendall(request("GET /dumps/all.nq HTTP/1.1"))
        open_still = {*range(3)}
        start = time.monotonic()
        while open_still and time.monotonic() - start < SLOWEST:
            time.sleep(0.5)
            for number in [*open_still]:
                if _closed(drips[number], (b"X-%d: y\r\n" % time.monotonic_ns(), b"S", b"")[number]):
                    open_still.discard(number)
        assert not open_still
        reader.settimeout(5)
        taken = 0
        with contextlib.suppress(ConnectionResetError):
            while part := reader.recv(1 << 20):
                taken += len(part)
        assert taken < 4_000_000
    quick_is_answered(server)


def _closed(connection: socket.socket, drop: bytes) -> bool:
    try:
        if drop:
            connection.sendall(drop)
        connection.settimeout(0.01)
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def test_half_a_query_is_never_answered(server: Server) -> None:
    """The client closes its half in the middle of a body whose beginning is a query of its own."""
    whole = b"SELECT * { ?s ?p ?o } LIMIT 1000"
    with server.connect() as connection:
        connection.sendall(post(whole)[:-3])
        connection.shutdown(socket.SHUT_WR)
        assert reply(connection, time.monotonic()).status in (0, 400)
    quick_is_answered(server)


def test_a_client_that_closed_its_half_is_answered_or_let_go(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(request("GET /sparql?query=ASK%7B%7D&format=json HTTP/1.1"))
        connection.shutdown(socket.SHUT_WR)
        assert reply(connection, time.monotonic()).status in (0, 200)
    quick_is_answered(server)


def test_requests_that_come_together_are_answered_in_order(server: Server) -> None:
    with server.connect() as connection:
        for number in range(100):
            connection.sendall(
                b"GET /sparql?query=SELECT(%d%%20AS%%20?x)%%7B%%7D&format=csv HTTP/1.1\r\nHost: x\r\n\r\n" % number
            )
        data = b""
        connection.settimeout(5)
        while data.count(b"HTTP/1.1 200") < 100 or not data.endswith(b"x\r\n99\r\n"):
            part = connection.recv(1 << 20)
            assert part
            data += part
    answers = [part.split(b"\r\n\r\n")[1].split()[1] for part in data.split(b"HTTP/1.1 200")[1:]]
    assert answers == [b"%d" % number for number in range(100)]


def test_clients_that_are_gone_free_their_workers(server: Server) -> None:
    """Each asks for what takes the whole limit, and hangs up at once."""
    for _ in range(40):
        with server.connect() as connection:
            connection.sendall(post(SLOW.encode()))
            time.sleep(0.005)
    quick_is_answered(server)
    assert until(lambda: server.ask("ASK {}", accept="*/*").seconds < 0.1, LIMITS.seconds + 2)


def test_a_quick_query_is_answered_beside_50_slow_ones(server: Server) -> None:
    with ThreadPoolExecutor(50) as pool:
        slow = [pool.submit(server.ask, SLOW) for _ in range(50)]
        time.sleep(0.2)
        times = []
        while not all(asked.done() for asked in slow):
            number = len(times)  # so that it is no answer that was kept
            found = server.ask(f"SELECT ({number} AS ?x) (COUNT(?m) AS ?n) WHERE {{ ?m a fg:Measure }}")
            assert (found.status, found.body) == (200, f"x,n\r\n{number},29\r\n".encode())
            times.append(found.seconds)
    assert {asked.result().status for asked in slow} <= {503, 429}
    assert statistics.median(times) < 0.3


def test_500_slow_queries_at_once(server: Server) -> None:
    """Each is stopped, or told that all are busy, in time; quick ones are answered or told so; memory is bounded."""
    before = server.memory()
    most = [0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.3):
            most[0] = max(most[0], server.memory())

    watching = threading.Thread(target=watch)
    watching.start()
    with ThreadPoolExecutor(500) as pool:
        slow = [pool.submit(server.ask, SLOW, "text/csv", 30) for _ in range(500)]
        found = [asked.result() for asked in slow]
    over.set()
    watching.join()
    assert Counter(one.status for one in found).keys() <= {503, 429}
    assert max(one.seconds for one in found) < LIMITS.seconds + LIMITS.wait_seconds + 3  # half a thousand threads here
    assert most[0] < before + 600 * 2**20
    quick_is_answered(server)


def test_50_large_answers_as_pages(server: Server) -> None:
    """What people see is cut; what it is made of is not held many times over."""
    before = server.memory()
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda _: server.ask(EVERYTHING, "text/html", 30), range(50)))
    assert {one.status for one in found} <= {200, 422, 429, 503}
    assert server.memory() < before + 500 * 2**20
    quick_is_answered(server)


def test_nothing_is_left(server: Server) -> None:
    """After all attacks: as many processes as in the beginning, no descriptor or file too many."""
    assert until(lambda: server.descriptors() < 250, 15)
    assert len(server.processes()) < 20
    for pid in server.processes():
        status = Path(f"/proc/{pid}/status").read_text()
        assert "Z (zombie)" not in status
