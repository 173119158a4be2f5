"""Whether a client is there still: never doubted while it waits, known soon after it has left."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from fosen_graph.web.presence import Presence

HERE = "127.0.0.1"


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client and the server's end of its connection."""
    with (
        socket.create_server((HERE, 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
        closing(listener.accept()[0]) as server,
    ):
        yield client, server


def test_who_asks_right_after_another_look_is_there(pair: tuple[socket.socket, socket.socket]) -> None:
    """What was seen before a request came in says nothing about who sent it."""
    client, server = pair
    presence = Presence()
    presence.begin("192.0.2.1")
    assert presence.watch()()  # a look, which is remembered for a while
    client.sendall(b"question")
    server.recv(100)
    presence.begin(HERE)
    assert not presence.watch()()


def test_who_sent_two_questions_at_once_waits_for_the_second(pair: tuple[socket.socket, socket.socket]) -> None:
    """The first answer was sent after all that the client has said."""
    client, server = pair
    client.sendall(b"one question, and another")
    server.recv(100)
    time.sleep(0.05)
    server.sendall(b"one answer")
    presence = Presence()
    presence.begin(HERE)
    gone = presence.watch()
    time.sleep(0.15)
    assert not gone()


def test_who_hangs_up_is_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    client.sendall(b"question")
    server.recv(100)
    presence = Presence()
    presence.begin(HERE)
    gone = presence.watch()
    assert not gone()
    client.close()
    server.close()
    time.sleep(0.11)
    assert gone()
