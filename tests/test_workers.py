"""Query workers: hostile text ends a worker and never the service; nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fosen_graph.asking import Limits, Question, Reason, Unanswered
from fosen_graph.asking.store import Source
from fosen_graph.asking.workers import Holding, Lane, WorkerStore, Zygote, ask_in_child
from fosen_graph.findings import CannotRun

LIMITS = Limits(seconds=1.5, wait_seconds=4, memory_bytes=48 * 2**20, answer_bytes=10**6)
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }"
HUNGRY = "SELECT * { ?s ?p ?o . ?a ?b ?c } ORDER BY ?a ?s LIMIT 10"
CRASHING = "SELECT * " + "{" * 5000 + "}" * 5000


@pytest.fixture(scope="module")
def holding(tmp_path_factory: pytest.TempPathFactory) -> Holding:
    file = tmp_path_factory.mktemp("data") / "many.nt"
    file.write_text("".join(f'<http://x.test/s{n}> <http://x.test/p> "{n}" .\n' for n in range(30_000)))
    return Holding(sources=(Source(str(file)),), prefixes={}, base="http://x.test/")


@pytest.fixture(scope="module")
def zygote(holding: Holding, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Zygote, WorkerStore]]:
    address = str(tmp_path_factory.mktemp("sockets") / "public")
    started = Zygote(holding, (Lane(address=address, workers=2, limits=LIMITS),))
    yield started, WorkerStore(address, LIMITS)
    started.stop()


def counted(store: WorkerStore) -> bytes:
    return store.answer(Question(text=COUNT, format="csv"))


def reason(store: WorkerStore, text: str) -> Reason:
    with pytest.raises(Unanswered) as caught:
        store.answer(Question(text=text, format="csv"))
    return caught.value.refusal.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENDLESS, Reason.TIME),
        (HUNGRY, Reason.MEMORY),
        (CRASHING, Reason.FAILED),
        ("SELECT * { ?s ?p ?o . ?a ?b ?c }", Reason.TOO_LARGE),
        ("SELECT * {", Reason.SYNTAX),
    ],
)
def test_after_every_hostile_query_the_next_is_answered(
    zygote: tuple[Zygote, WorkerStore], text: str, expected: Reason
) -> None:
    store = zygote[1]
    start = time.monotonic()
    assert reason(store, text) is expected
    assert time.monotonic() - start < LIMITS.seconds + 1
    assert counted(store) == b"n\r\n30000\r\n"


def test_a_worker_opens_nothing_even_where_the_guard_was_fooled(zygote: tuple[Zygote, WorkerStore]) -> None:
    """The guard of sparql_text.py is not asked here; a listener sees that nobody connects."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.3)
        port = canary.getsockname()[1]
        assert reason(zygote[1], f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}") is Reason.FAILED
        silent = Question(text=f"ASK {{ SERVICE SILENT <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}", format="csv")
        zygote[1].answer(silent)
        with pytest.raises(TimeoutError):
            canary.accept()


def test_busy_workers_make_a_caller_wait_and_then_say_so(zygote: tuple[Zygote, WorkerStore]) -> None:
    _, store = zygote
    impatient = WorkerStore(store.address, Limits(seconds=1.5, wait_seconds=0.1))
    slow = [threading.Thread(target=reason, args=(store, ENDLESS)) for _ in range(2)]
    for thread in slow:
        thread.start()
    time.sleep(0.2)
    assert reason(impatient, COUNT) is Reason.BUSY
    for thread in slow:
        thread.join()
    assert counted(store)


def test_killed_workers_are_replaced_at_once(zygote: tuple[Zygote, WorkerStore]) -> None:
    started, store = zygote
    before = children(started.pid)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert counted(store) == b"n\r\n30000\r\n"
    assert len(before) == 2 and not before & children(started.pid)


def test_stopping_leaves_no_process(holding: Holding, tmp_path: Path) -> None:
    started = Zygote(holding, (Lane(address=str(tmp_path / "s"), workers=3, limits=LIMITS),))
    workers = children(started.pid)
    assert len(workers) == 3
    started.stop()
    assert not [pid for pid in (started.pid, *workers) if Path(f"/proc/{pid}").exists()]


def test_killing_the_zygote_ends_its_workers(holding: Holding, tmp_path: Path) -> None:
    started = Zygote(holding, (Lane(address=str(tmp_path / "s"), workers=2, limits=LIMITS),))
    workers = children(started.pid)
    os.kill(started.pid, signal.SIGKILL)
    started.stop()
    until = time.monotonic() + 2
    while any(running(pid) for pid in workers) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(running(pid) for pid in workers)


def test_a_zygote_that_cannot_load_says_why(tmp_path: Path) -> None:
    nothing = Holding(sources=(Source(str(tmp_path / "no.nq")),), prefixes={}, base="")
    with pytest.raises(CannotRun) as caught:
        Zygote(nothing, (Lane(address=str(tmp_path / "s"), workers=1, limits=LIMITS),))
    assert "no.nq" in caught.value.text("nb")


def test_one_question_in_a_child_is_answered_or_refused_alike(holding: Holding) -> None:
    assert ask_in_child(holding, Question(text=COUNT, format="csv"), LIMITS) == b"n\r\n30000\r\n"
    for text, expected in ((ENDLESS, Reason.TIME), (HUNGRY, Reason.MEMORY), ("SELECT", Reason.SYNTAX)):
        with pytest.raises(Unanswered) as caught:
            ask_in_child(holding, Question(text=text, format="csv"), LIMITS)
        assert caught.value.refusal.reason is expected


def children(pid: int) -> set[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in found}


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
