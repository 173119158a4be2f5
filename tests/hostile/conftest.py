"""One real server for all attacks, with short limits; its processes are watched."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
if TYPE_CHECKING:
    from attacked import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    import served
    from attacked import LIMITS, Server

    with Server(served.release().folder, LIMITS) as started:
        yield started
