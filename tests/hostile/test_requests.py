"""Hostile requests: the right status or none at all, at once, nothing injected, and the next request is answered."""

from __future__ import annotations

import pytest
from attacked import QUICK_ANSWER, Server
from requests_table import REQUESTS, Sent

MEMORY = 300 * 2**20  # of all processes together, above what they had before


@pytest.fixture(scope="module")
def before(server: Server) -> int:
    assert server.quick().body == QUICK_ANSWER
    return server.memory()


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: sent.name)
def test_a_hostile_request_has_its_status(server: Server, before: int, sent: Sent) -> None:
    reply = server.send(sent.data)
    assert reply.status in sent.statuses, reply.body[:500]
    assert reply.seconds < 1.5
    assert "x-injected" not in reply.headers and all(name == "vary" or n == 1 for name, n in reply.times.items())
    assert "html" not in reply.headers.get("content-type", "") or b"<script>" not in reply.body
    assert b"root:" not in reply.body and b"Traceback" not in reply.body
    assert "evil.example" not in reply.headers.get("location", "").split("?")[0].removeprefix("/")
    assert server.quick().body == QUICK_ANSWER
    assert server.memory() < before + MEMORY
