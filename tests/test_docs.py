"""The documentation is true: its commands are run, its links lead somewhere, and it names what the program has."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "ontology" / "README.md"]
CONSOLE = re.compile(r"^( *)```console\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)[^)]*\)")


def sessions() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each console block of the pages: where it stands, and its commands with what they print."""
    for page in PAGES:
        for match in CONSOLE.finditer(page.read_text(encoding="utf-8")):
            indent, block = match.groups()
            lines = [line.removeprefix(indent) for line in block.splitlines()]
            yield f"{page.relative_to(ROOT)}: {lines[0]}", list(commands(lines))


def commands(lines: list[str]) -> Iterator[tuple[str, str]]:
    """«$ command», lines that go on with two spaces, and what is printed."""
    text = "\n".join(lines)
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        head, *rest = part.split("\n")
        while rest and rest[0].startswith("  "):
            head += "\n" + rest.pop(0)
            if head.count("'") % 2 == 0:
                break
        yield head, "\n".join(rest).strip("\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place like a fresh checkout with a release."""
    place = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "data", place / "data")
    (place / "tests").symlink_to(ROOT / "tests")
    run("fosen-graph build", place)
    return place


class Ran(NamedTuple):
    code: int
    printed: str


def run(command: str, folder: Path) -> Ran:
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={"PATH": path, "LANG": "C.UTF-8", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    print(done.stdout + done.stderr)
    return Ran(done.returncode, (done.stdout + done.stderr).strip("\n"))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "fosen-graph"), "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


@pytest.mark.parametrize("session", [pytest.param(steps, id=name) for name, steps in sessions()])
def test_a_command_of_the_documentation_prints_what_it_says(
    session: list[tuple[str, str]], folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """In a copy of the data, so that a command may change it."""
    for name in ("data", "out"):
        shutil.copytree(folder / name, tmp_path / name, symlinks=True)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    for command, expected in session:
        if "http://127.0.0.1:8000/" in command:
            command = command.replace("http://127.0.0.1:8000/", request.getfixturevalue("server"))
        ran = run(command, tmp_path)
        if expected:
            assert matches(ran.printed, expected), command
        else:  # the page does not say what is printed: it must go well
            assert ran.code == 0, command


def matches(printed: str, expected: str) -> bool:
    """«…» in the documentation stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A link to a file or a folder of the project finds it."""
    lost = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert lost == []


def test_every_key_of_the_plan_is_explained() -> None:
    """docs/data-format.md has every key that people may write."""
    page = (ROOT / "docs" / "data-format.md").read_text(encoding="utf-8")
    context = json.loads((ROOT / "ontology" / "editing.context.jsonld").read_text(encoding="utf-8"))["@context"]
    missing = sorted(key for key in keys(context) if not re.search(rf"(?<!\w){re.escape(key)}(?!\w)", page))
    assert missing == []


def keys(definitions: dict[str, object]) -> Iterator[str]:
    for key, definition in definitions.items():
        if isinstance(definition, dict):
            yield key
            nested = definition.get("@context")
            yield from keys(nested if isinstance(nested, dict) else {})


def test_the_first_two_commands_are_the_readme_s() -> None:
    """make serve and make test do all the set-up."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in ("serve", "test"):
        assert f"make {command}" in readme
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


def test_every_command_is_in_the_documentation() -> None:
    """What `fosen-graph --help` lists is told somewhere in the pages."""
    listed = re.findall(r"^    (\w+)  ", run("fosen-graph --help", ROOT).printed, re.MULTILINE)
    assert len(listed) >= 7
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in listed if not re.search(rf"\b{name}\b", text)] == []
