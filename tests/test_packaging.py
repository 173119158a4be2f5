"""The wheel carries all that it needs: installed elsewhere, it checks and builds a copied data folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

import fosen_graph

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without the network, from a copy of what git would hand out."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("fosen_graph", "ontology", "shapes"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return next(made.glob("*.whl"))


def test_every_file_of_the_program_is_in_the_wheel(wheel: Path) -> None:
    """Code, templates, wording, queries, ontology and shapes."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    package = [path for path in (ROOT / "fosen_graph").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    expected = {str(path.relative_to(ROOT)) for path in package}
    for name in ("ontology", "shapes"):
        expected |= {f"fosen_graph/{path.relative_to(ROOT)}" for path in (ROOT / name).glob("*.ttl")}
    assert expected - inside == set()


def test_an_installed_wheel_checks_and_builds(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, far from the checkout, with the dependencies of this one."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    site = next((environment / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    here = next(path for path in sys.path if path.endswith("site-packages"))
    shutil.copytree(here, site, dirs_exist_ok=True, ignore=ours)
    program = [str(environment / "bin" / "python"), "-m", "fosen_graph.cli"]
    for command in (["check"], ["build"]):
        done = subprocess.run(
            [*program, *command], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "current" / "all.ttl").stat().st_size > 100_000


def ours(_: str, names: list[str]) -> list[str]:
    """The checkout itself, and what only development needs."""
    return [
        name for name in names if name.startswith(("fosen_graph", "__editable__", "mypy", "ruff", "_pytest", "pip"))
    ]


def test_one_version_number() -> None:
    """The program, the package and the ontology have the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "fosen_graph.__version__"}
    assert f'owl:versionInfo "{fosen_graph.__version__}"' in (ROOT / "ontology/fosen.ttl").read_text(encoding="utf-8")
    assert f"## {fosen_graph.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-dev.lock",
        "editor/requirements.lock",
        "editor/package-lock.json",
        "tests/vocabularies/package-lock.json",
    ],
)
def test_lock_files_name_no_host_and_pin_by_hash(name: str) -> None:
    """Whoever installs chooses the registry."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "resolved" not in text
    assert not [line for line in text.splitlines() if "index-url" in line and not line.startswith("#")]
    assert "sha256:" in text or "sha512-" in text
