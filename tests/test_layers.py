"""The house stands: who may import whom, and what, read from the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "fosen_graph"

STOREYS = (  # from the ground up; a room imports from its own storey and those below
    {"findings", "iris", "parameters"},
    {"syntaxes", "formats", "toml_tables", "settings"},
    {"reading", "checking", "questions", "void", "catalogue", "gaps"},
    {"asking", "release", "drafting", "registries", "linking"},
    {"web"},
    {"arguments", "registry_line", "link_line", "command_line", "console", "cli"},
)
# These may touch disk, clock and network.
OUTSIDE = {
    "asking", "release", "drafting.command", "registries.indexing", "registries.index", "registries.changing",
    "registries.wire", "registries.client", "registries.fetch", "registries.synthetic", "registries.updates",
    "registries.command", "linking.command", "linking.desk", "linking.writing",
    "web", "arguments", "registry_line", "link_line", "command_line", "console", "cli",
}  # fmt: skip
TOUCHES_THE_WORLD = {
    "asyncio", "concurrent", "datetime.now", "fcntl", "http", "httpx", "multiprocessing", "os", "pathlib", "random",
    "requests", "resource", "secrets", "shutil", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading",
    "time", "urllib3", "urllib.request", "uuid",
}  # fmt: skip
MAY_IMPORT = {
    "flask": {"web"},
    "werkzeug": {"web"},
    "granian": {"web.process"},
    "msgspec": {"registries"},
    "pyoxigraph": {"formats", "checking", "asking.store", "asking.workers", "asking.remote"},
    "pyshacl": {"checking.validation"},
    "yaml": {"reading.yamltree", "drafting.command", "drafting"},
}
READS_PACKAGE_DATA = {
    "questions",
    "drafting.vocabulary",
    "registries.synthetic",
}  # through importlib.resources: what ships with the program


def rooms() -> list[tuple[str, Path]]:
    return list(_rooms())


def _rooms() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name:
            yield name, path


NAMES = [name for name, _ in rooms()]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; `from a import b` is a.b where that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full.removeprefix("fosen_graph.") in NAMES or full in TOUCHES_THE_WORLD else node.module


def storey(room: str) -> int:
    top = room.partition(".")[0]
    return next(number for number, names in enumerate(STOREYS) if top in names)


def within(room: str, names: set[str]) -> bool:
    return any(room == name or room.startswith(f"{name}.") for name in names)


@pytest.mark.parametrize(("room", "path"), rooms(), ids=NAMES)
def test_arrows_point_down(room: str, path: Path) -> None:
    """No room knows one above it."""
    own = {name.removeprefix("fosen_graph.") for name in imports(path) if name.startswith("fosen_graph.")}
    above = {name for name in own if name in NAMES and storey(name) > storey(room)}
    assert above == set()


def test_no_circle() -> None:
    """No room reaches itself through others; a package's own page counts as a room."""
    arrows = {
        room: {
            name.removeprefix("fosen_graph.")
            for name in imports(path)
            if name.removeprefix("fosen_graph.") in NAMES and name.removeprefix("fosen_graph.") != room
        }
        for room, path in rooms()
    }
    while leaves := {room for room, to in arrows.items() if not to & arrows.keys()}:
        arrows = {room: to for room, to in arrows.items() if room not in leaves}
    assert arrows == {}


@pytest.mark.parametrize(("room", "path"), rooms(), ids=NAMES)
def test_the_core_touches_no_disk_clock_or_network(room: str, path: Path) -> None:
    """Text in, values out: what reads a file or asks the time stands at the edge."""
    if within(room, OUTSIDE):
        return
    named = set(imports(path))
    assert named & TOUCHES_THE_WORLD == set()
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert not [
        call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("open", "input", "print")
    ]
    assert room in READS_PACKAGE_DATA or not any(name.startswith("importlib") for name in named)


@pytest.mark.parametrize(("room", "path"), rooms(), ids=NAMES)
def test_a_foreign_library_has_its_rooms(room: str, path: Path) -> None:
    """Flask stays in the web, the engine behind the store, YAML in one reader."""
    for name in imports(path):
        top = name.partition(".")[0]
        assert top not in MAY_IMPORT or within(room, MAY_IMPORT[top]), name


@pytest.mark.parametrize(("room", "path"), rooms(), ids=NAMES)
def test_a_room_is_one_room(room: str, path: Path) -> None:
    """At most 400 lines, no function over 60, a first line that says what comes in and goes out."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    tree = ast.parse(text)
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    assert first.endswith((".", ";")) or ":" in first
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 60]
    assert long == []
