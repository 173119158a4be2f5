"""Tasks in, products out, as they are finished: a few in this process, many over all cores."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for

from fosen_graph.findings import CannotRun, Words
from fosen_graph.release.work import Product, Task, Workshop

FEW = 3  # a new process costs about as much as so many plans
_QUEUED = 3  # tasks a worker has waiting, so that none stands idle and few are held in memory


def make_all(workshop: Workshop, tasks: Sequence[Task], dumps: bool, jobs: int | None = None) -> Iterator[Product]:
    """
    Every task's product, in any order.

    jobs: worker processes; by default one a core. Raises CannotRun where a worker died.
    """
    jobs = min(jobs or len(os.sched_getaffinity(0)), len(tasks))
    if jobs <= 1 or len(tasks) <= FEW:
        yield from (workshop.make(task, dumps) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")  # no threads or locks are inherited
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(workshop,))
    try:
        yield from _spread(pool, tasks, dumps, jobs * _QUEUED)
    except BrokenProcessPool as error:
        raise _worker_died() from error
    finally:
        pool.shutdown(cancel_futures=True)


def _spread(pool: ProcessPoolExecutor, tasks: Sequence[Task], dumps: bool, queued: int) -> Iterator[Product]:
    waiting: set[Future[Product]] = set()
    left = iter(tasks)
    while True:
        for task in left:
            waiting.add(pool.submit(_make, task, dumps))
            if len(waiting) >= queued:
                break
        if not waiting:
            return
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()


_workshop: Workshop


def _begin(workshop: Workshop) -> None:
    global _workshop
    _workshop = workshop
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed build leaves no workers behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _make(task: Task, dumps: bool) -> Product:
    return _workshop.make(task, dumps)


def _worker_died() -> CannotRun:
    return CannotRun(
        Words(nb="En prosess som kontrollerte planer, ble stoppet.", en="A process that checked plans was stopped."),
        Words(
            nb="Oftest er minnet brukt opp: kjør med færre prosesser.",
            en="Most often memory ran out: run with fewer processes.",
        ),
    )
