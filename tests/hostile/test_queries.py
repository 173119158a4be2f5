"""A hundred hostile queries: the right status in time, memory bounded, the next query answered."""

from __future__ import annotations

import json
import time

import pytest
from attacked import LIMITS, QUICK_ANSWER, SLACK, Server
from queries_table import QUERIES, Attack

LONGEST = LIMITS.seconds + SLACK
MEMORY = 400 * 2**20  # of all processes together, above what they had before


@pytest.fixture(scope="module")
def before(server: Server) -> int:
    assert server.quick().body == QUICK_ANSWER
    return server.memory()


@pytest.mark.parametrize("attack", QUERIES, ids=lambda attack: attack.name)
def test_a_hostile_query_has_its_status_and_the_next_its_answer(server: Server, before: int, attack: Attack) -> None:
    kind = "text/turtle" if attack.text.startswith(("CONSTRUCT", "DESCRIBE")) else "text/csv"
    reply = server.ask(attack.text, accept=kind)
    assert reply.status in attack.statuses, reply.body[:500]
    assert reply.seconds < LONGEST
    start = time.monotonic()
    assert server.quick().body == QUICK_ANSWER
    assert time.monotonic() - start < 0.5
    assert server.memory() < before + MEMORY
    if reply.status != 200:
        told = json.loads(reply.body)
        assert told["status"] == reply.status and set(told["languages"]) == {"nb", "en"}
        assert reply.headers["content-type"] == "application/problem+json"
    if reply.status == 503:
        assert int(reply.headers["retry-after"]) > 0


def test_there_are_attacks_of_every_kind() -> None:
    assert len(QUERIES) >= 60 and len({attack.name for attack in QUERIES}) == len(QUERIES)
