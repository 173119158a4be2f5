"""The page of `link review` in a browser: nothing that axe finds, and the browser's own answers are let in."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import test_deciding as deciding
from werkzeug.serving import make_server

from fosen_graph.web.deciding.page import Sitting, create_page

if TYPE_CHECKING:
    from chromium import Page

ROOT = Path(__file__).parent.parent.parent
_RUN = "axe.run(document, {}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => [n.html, n.failureSummary])]))"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The project's own, but NVE is not linked."""
    folder = Path(shutil.copytree(ROOT / "data", tmp_path / "data"))
    for name in ("lenker", "registeropplysninger"):
        deciding.without(folder / "fosen", f"{name}.yaml", name, "nve")
    return folder


@pytest.fixture
def address(data: Path) -> Iterator[str]:
    sitting = Sitting(review=deciding.reviewed(data), origin="", token="secret", stop=deciding.Bell())
    server = make_server("127.0.0.1", 0, create_page(sitting), threaded=True)
    sitting.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"{sitting.origin}/secret"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_decision_is_taken_in_a_browser(page: Page, axe: str, address: str, data: Path) -> None:
    """Read with a keyboard or a screen reader, on a telephone too; what is typed there stands in the file."""
    for path, width, dark in (
        ("/nb/", 1280, False),
        ("/en/fosen/helse-midt", 320, True),
        ("/nb/fosen/nve", 320, False),
    ):
        page.look(width=width, dark=dark)
        page.open(f"{address}{path}")
        page.run(f"{axe}; undefined")
        assert page.run(_RUN) == []
        assert page.run("document.documentElement.scrollWidth <= innerWidth")
    page.run("document.querySelector('#by').value = 'Kari Nordmann'")
    page.follow("document.querySelector('button[value=accept]')")
    page.run(f"{axe}; undefined")
    assert page.run(_RUN) == []
    assert page.run("document.querySelector('[role=alert]').innerText").count("\n") >= 2
    page.run("document.querySelector('#by').value = 'sekretariatet'")
    page.run("document.querySelector('#reason').value = 'Forkortelsen står i navnet: «NVE» # ja'")
    page.follow("document.querySelector('button[value=accept]')")
    assert "970205039 er godtatt for NVE." in page.run("document.querySelector('[role=status]').innerText")
    assert deciding.entries(data, "lenker.yaml")[-1]["begrunnelse"] == "Forkortelsen står i navnet: «NVE» # ja"
