"""One browser and one server for all tests here; skipped where there is no browser, with what to install."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
if TYPE_CHECKING:
    from chromium import Browser, Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from chromium import Browser, find

    program = find()
    if not program:
        pytest.skip("no browser is here: apt-get install chromium, or set CHROMIUM=")
    started = Browser(program)
    yield started
    started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make test does it where npm is")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def page(browser: Browser) -> Page:
    return browser.page()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The project's own data on the loopback."""
    import served

    server = make_server("127.0.0.1", 0, served.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
