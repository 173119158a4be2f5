"""A large release is read from disk: the same answers, nothing opened, nothing written, and never half a store."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import served

from fosen_graph.asking import Limits, Question, Reason, Unanswered
from fosen_graph.asking.published import STORE, read_release
from fosen_graph.asking.workers import Lane, WorkerStore, Zygote, release_holding
from fosen_graph.release.disk import keep_store
from fosen_graph.release.landing import Site
from fosen_graph.release.publication import is_intact

LIMITS = Limits(seconds=3)
QUESTIONS = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    'SELECT ?m ?l { ?m a fg:Measure ; skos:prefLabel ?l FILTER(lang(?l) = "nb") } ORDER BY ?m',
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "ASK { ?m a fg:Measure }",
]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real release, with a store as a large one has it."""
    out = tmp_path_factory.mktemp("out")
    release = out / "releases" / served.release().id
    shutil.copytree(served.release().folder, release)
    assert keep_store(Site(out), release, disk_triples=1000)
    return release


@pytest.fixture(scope="module")
def zygote(large: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Zygote, WorkerStore]]:
    address = str(tmp_path_factory.mktemp("sockets") / "public")
    holding = release_holding(read_release(large))
    assert holding.folder
    started = Zygote(holding, (Lane(address=address, workers=2, limits=LIMITS),))
    yield started, WorkerStore(address, LIMITS)
    started.stop()


@pytest.mark.parametrize("text", QUESTIONS)
def test_it_answers_as_the_store_in_memory_does(zygote: tuple[Zygote, WorkerStore], text: str) -> None:
    question = Question(text=text, format="csv")
    assert zygote[1].answer(question) == served.store().answer(question)


def test_a_worker_that_reads_from_disk_connects_nowhere(zygote: tuple[Zygote, WorkerStore]) -> None:
    """The guard of sparql_text.py is not asked here; the kernel refuses."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.3)
        address = f"<http://127.0.0.1:{canary.getsockname()[1]}/>"
        with pytest.raises(Unanswered) as caught:
            zygote[1].answer(Question(text=f"SELECT * {{ SERVICE {address} {{ ?s ?p ?o }} }}", format="csv"))
        assert caught.value.refusal.reason is Reason.FAILED
        with pytest.raises(TimeoutError):
            canary.accept()


def test_its_workers_are_replaced_too(zygote: tuple[Zygote, WorkerStore]) -> None:
    started, store = zygote
    for pid in Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split():
        os.kill(int(pid), signal.SIGKILL)
    start = time.monotonic()
    assert store.answer(Question(text=QUESTIONS[3], format="csv")) == b"true"
    assert time.monotonic() - start < 2


def test_a_store_is_no_part_of_what_is_published(large: Path) -> None:
    assert is_intact(large)
    before = {path.name: path.stat().st_mtime_ns for path in (large / STORE).iterdir()}
    assert keep_store(Site(large.parent.parent), large, disk_triples=1000)
    assert before == {path.name: path.stat().st_mtime_ns for path in (large / STORE).iterdir()}


def test_a_small_release_has_none(tmp_path: Path) -> None:
    assert not keep_store(Site(tmp_path), served.release().folder)


def test_all_queries_together_stay_within_one_budget(tmp_path: Path) -> None:
    """Each may take half a gigabyte, both together not more than a little: the greedier is ended."""
    limits = Limits(seconds=8, total_memory_bytes=60 * 2**20)
    address = str(tmp_path / "public")
    started = Zygote(release_holding(served.release()), (Lane(address=address, workers=2, limits=limits),))
    try:
        hungry = "SELECT * { ?s ?p ?o . ?a ?b ?c } ORDER BY ?a ?s LIMIT 10"
        with pytest.raises(Unanswered) as caught:
            WorkerStore(address, limits).answer(Question(text=hungry, format="csv"))
        assert caught.value.refusal.reason is Reason.MEMORY
        assert WorkerStore(address, limits).answer(Question(text=QUESTIONS[3], format="csv")) == b"true"
    finally:
        started.stop()
