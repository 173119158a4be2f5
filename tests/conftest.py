"""Where several processes run the tests: those that measure time or memory come last, and have the machine alone."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

_TESTS = Path(__file__).parent
_ALONE = ("hostile/", "test_server.py", "test_workers.py", "test_disk.py", "test_elsewhere.py", "test_sparql_text.py")

hypothesis.settings.register_profile(
    "ours", derandomize=True, deadline=None
)  # a slow moment is no fault of the program
hypothesis.settings.load_profile("ours")


def _is_alone(item: pytest.Item) -> bool:
    return item.path.relative_to(_TESTS).as_posix().startswith(_ALONE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_is_alone)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with _turn(item):
        return (yield)


@contextlib.contextmanager
def _turn(item: pytest.Item) -> Iterator[None]:
    """Others run beside each other; who is alone waits at the door, where nobody passes, until they have ended."""
    if not hasattr(item.config, "workerinput"):  # one process
        yield
        return
    beside = Path(item.config.option.basetemp).parent  # of all processes of this run
    with (beside / "door").open("ab") as door, (beside / "room").open("ab") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if _is_alone(item) else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(room, fcntl.LOCK_UN)  # a process that the test forked may hold it too
