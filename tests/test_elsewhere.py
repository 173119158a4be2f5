"""A server elsewhere that is slow, broken or lies: the answer is whole and ours, or there is none, in time."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import elsewhere
import pytest
import served

from fosen_graph.asking import Limits, Question, Reason, Unanswered
from fosen_graph.asking.budget import Board, Budget
from fosen_graph.asking.elsewhere import Address, authorization
from fosen_graph.asking.remote import Shared, remote_store
from fosen_graph.findings import CannotRun

LIMITS = Limits(seconds=1, answer_bytes=100_000)
JSON = b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"x"}}]}}'
QUESTION = Question(text="SELECT ?a { ?s ?p ?a }", format="csv")


def http(
    body: bytes, media_type: str = "application/sparql-results+json", status: str = "200 OK", more: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def request(connection: socket.socket) -> bytes:
    """Head and body; a server that closes with a part unread resets the connection."""
    data = b""
    while True:
        data += connection.recv(1 << 20)
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if length and len(body) >= int(length[1]):
            return data


@contextlib.contextmanager
def serving(answer: bytes, seconds_a_byte: float = 0, close: bool = True) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says one thing to everybody; what it was asked is kept."""
    asked: list[bytes] = []
    ended = threading.Event()

    def serve(listener: socket.socket) -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    asked.append(request(connection))
                    for number in range(len(answer)) if seconds_a_byte else ():
                        connection.sendall(answer[number : number + 1])
                        ended.wait(seconds_a_byte)
                    if not seconds_a_byte:
                        connection.sendall(answer)
                    if not close:
                        ended.wait(5)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/query", asked
        finally:
            ended.set()
            thread.join()


def outcome(address: str) -> bytes | Reason:
    store = replace(remote_store(Address(address), served.release(), LIMITS), release=None)
    try:
        return store.answer(QUESTION)
    except Unanswered as error:
        return error.refusal.reason


AWAY = "Location: http://127.0.0.1:1/\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nTransfer-Encoding: chunked\r\n\r\n"
XML = (
    b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/></head>'
    b'<results><result><binding name="a"><literal>x</literal></binding></result></results></sparql>'
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(http(JSON), b"a\r\nx\r\n", id="an answer"),
        pytest.param(http(JSON.replace(b'"x"', b'"x,y"')), b'a\r\n"x,y"\r\n', id="a comma"),
        pytest.param(http(JSON.replace(b'literal","value":"', b'uri","value":"u:,')), b'a\r\n"u:,x"\r\n', id="a URI"),
        pytest.param(http(JSON, "application/json; charset=utf-8"), b"a\r\nx\r\n", id="a general type"),
        pytest.param(http(XML, "application/sparql-results+xml"), b"a\r\nx\r\n", id="XML is read too"),
        pytest.param(CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(JSON), JSON), b"a\r\nx\r\n", id="chunks"),
        pytest.param(CHUNKED + b"%x\r\n%s\r\n" % (len(JSON), JSON), Reason.ELSEWHERE, id="chunks without an end"),
        pytest.param(http(JSON)[:-5], Reason.ELSEWHERE, id="cut off"),
        pytest.param(http(JSON[:-5]), Reason.ELSEWHERE, id="half an answer that says it is whole"),
        pytest.param(http(JSON).replace(b"Content-Length", b"X-Length"), Reason.ELSEWHERE, id="no end told"),
        pytest.param(http(b"<html>Hello</html>", "text/html"), Reason.ELSEWHERE, id="a page"),
        pytest.param(http(b"a,b\r\n1,2\r\n", "text/csv"), Reason.ELSEWHERE, id="rows that were not asked for"),
        pytest.param(http(b" " * 200_000 + JSON), Reason.TOO_LARGE, id="too large"),
        pytest.param(http(b"", status="302 Found", more=AWAY), Reason.ELSEWHERE, id="away"),
        pytest.param(http(b"no", "text/plain", "401 Unauthorized"), Reason.ELSEWHERE, id="not for us"),
        pytest.param(http(b"no", "text/plain", "500 Internal Server Error"), Reason.ELSEWHERE, id="broken"),
        pytest.param(http(b"no", "text/plain", "503 Service Unavailable"), Reason.BUSY, id="busy"),
        pytest.param(http(b"no", "text/plain", "429 Too Many Requests"), Reason.BUSY, id="too many"),
        pytest.param(http(b"no", "text/plain", "504 Gateway Timeout"), Reason.TIME, id="late"),
        pytest.param(http(b"no", "text/plain", "413 Content Too Large"), Reason.TOO_LONG, id="long"),
        pytest.param(http(b"no", "text/plain", "400 Bad Request"), Reason.FAILED, id="refused without a place"),
        pytest.param(
            http(b"Encountered \"}\" at line 2, column 12.", "text/plain", "400 Bad Request"),
            Reason.SYNTAX,
            id="refused at a place",
        ),
        pytest.param(b"SSH-2.0-x\r\n", Reason.ELSEWHERE, id="not HTTP"),
        pytest.param(b"", Reason.ELSEWHERE, id="nothing"),
    ],
)  # fmt: skip
def test_what_a_server_elsewhere_says_and_what_we_make_of_it(said: bytes, expected: bytes | Reason) -> None:
    with serving(said) as (address, _):
        assert outcome(address) == expected


@pytest.mark.parametrize(
    ("said", "seconds_a_byte"),
    [
        pytest.param(b"", 0, id="silence"),
        pytest.param(http(JSON), 0.05, id="a byte at a time, from the first on"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 2000, 0.01, id="headers without an end"),
    ],
)
def test_over_time_we_stop_listening(said: bytes, seconds_a_byte: float) -> None:
    with serving(said, seconds_a_byte, close=False) as (address, _):
        start = time.monotonic()
        assert outcome(address) is Reason.TIME
        assert time.monotonic() - start < LIMITS.seconds + 0.5


def test_nobody_there() -> None:
    assert outcome(f"http://127.0.0.1:{elsewhere.free_port()}/query") is Reason.ELSEWHERE


def test_the_authorization_goes_along_and_is_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("user:pass\n")
    header = authorization(f"@{secret}")
    assert header == authorization("user:pass") == "Basic dXNlcjpwYXNz"
    with serving(http(JSON)) as (url, asked):
        address = Address(url, header)
        store = replace(remote_store(address, served.release(), LIMITS), release=None)
        assert store.answer(QUESTION) == b"a\r\nx\r\n"
        assert b"Authorization: Basic dXNlcjpwYXNz\r\n" in asked[0]
        assert "dXNl" not in repr(address)


@pytest.mark.parametrize(
    "url", ["localhost", "file:///etc/passwd", "ftp://x.test/", "http://", "http://u:p@x.test/", "http://x:99999/"]
)
def test_an_address_is_http_and_holds_no_password(url: str) -> None:
    with pytest.raises(CannotRun):
        Address(url)


@pytest.mark.parametrize("told", ["user", "Bearer", "@/no/such/file"])
def test_an_authorization_that_cannot_be_used_is_told(told: str) -> None:
    with pytest.raises(CannotRun):
        authorization(told)


def test_whoever_goes_away_gives_back_the_turn(tmp_path: Path) -> None:
    """The server there works on, silently; ours has room for the next at once."""
    board, limits = Board(tmp_path / "board", 1), Limits(seconds=20)
    start = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = remote_store(Address(f"http://127.0.0.1:{silent.getsockname()[1]}/"), served.release(), limits)
        shared = Shared(store, Budget(board, 0, limits), lambda: lambda: time.monotonic() - start > 0.3)
        with pytest.raises(Unanswered) as caught:
            shared.answer(Question(text="ASK {}", format="csv", client="192.0.2.1"))
    assert caught.value.refusal.reason is Reason.GONE
    assert time.monotonic() - start < 5 and board.running() == 0 and board.counted()["clients_gone"] == 1
