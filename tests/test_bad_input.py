"""The command line with bad input: what is told, the exit code, and that nothing is written and no traceback seen."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_broken import CASES, WHOLE, with_fault

ROOT = Path(__file__).parent.parent


def run(
    *arguments: object,
    stdout: int | None = subprocess.PIPE,
    limit: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """One command of the program, told in Norwegian."""
    program = [sys.executable, "-m", "fosen_graph.cli", *map(str, arguments)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "nb_NO.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    ended = subprocess.run(
        program,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=limit,
        cwd="/",
        timeout=120,
    )
    assert "Traceback" not in ended.stderr
    return ended


def region(data: Path, name: str, files: dict[str, bytes] | None = None) -> Path:
    """A region with one plan, and a site.toml beside it."""
    (data / name / "2030-2032").mkdir(parents=True)
    shutil.copy(ROOT / "data/site.toml", data)
    whole = {str(path.relative_to(WHOLE)): path.read_bytes() for path in WHOLE.rglob("*") if path.is_file()}
    for path, content in {**whole, **(files or {})}.items():
        (data / name / path).write_bytes(content)
    return data / name


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The real data, to be damaged."""
    return Path(shutil.copytree(ROOT / "data", tmp_path / "data"))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every broken file, each in a region of its own."""
    folder = tmp_path_factory.mktemp("broken") / "data"
    for case in CASES:
        region(folder, case.name.partition(".")[0], dict(with_fault(case)))
    return folder


def test_all_findings_of_all_files_come_in_one_run_sorted_by_place(broken: Path) -> None:
    ended = run("check", "--data", broken, "--format", "json")
    assert ended.returncode == 1
    findings = json.loads(ended.stdout)["findings"]
    places = [(finding["file"], finding["line"], finding["column"]) for finding in findings]
    assert places == sorted(places)
    told = {file.removeprefix(f"{broken}/").removeprefix("data/").partition("/")[0] for file, _, _ in places}
    assert {case.name.partition(".")[0] for case in CASES if not case.name.startswith("accepted-")} <= told


def test_a_violation_stops_the_build_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    plan, out = data / "fosen/2022-2024/plan.yaml", tmp_path / "out"
    plan.write_bytes(plan.read_bytes().replace(b"ansvarlig: raadet", b"ansvarleg: raadet"))
    ended = run("build", "--data", data, "--out", out)
    assert ended.returncode == 1
    assert "plan.yaml:74:9: feil: «ansvarleg» er ikke en nøkkel i «tiltak»." in ended.stderr
    assert "mente du «ansvarlig»?" in ended.stderr
    assert not [path for path in out.rglob("*") if path.is_file() and "releases" in path.parts]
    assert not (out / "current").exists()


def test_a_file_of_a_hundred_megabytes_is_told_without_reading_it_all(data: Path) -> None:
    with (data / "fosen/2022-2024/plan.yaml").open("wb") as file:
        file.truncate(100_000_000)
    ended = run("check", "--data", data, limit=small_memory)
    assert ended.returncode == 1
    assert "fosen/2022-2024/plan.yaml" in ended.stdout


def small_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))


@pytest.mark.parametrize("name", ["plan.yaml", "kilde.yaml", "kilde.txt"])
def test_a_missing_file_is_told(data: Path, name: str) -> None:
    (data / "fosen/2022-2024" / name).unlink()
    ended = run("check", "--data", data)
    assert ended.returncode == 1
    assert f"fosen/2022-2024/{name}: feil: filen mangler." in ended.stdout


def test_a_missing_folder_could_not_be_run(tmp_path: Path) -> None:
    ended = run("check", "--data", tmp_path / "nowhere")
    assert ended.returncode == 2
    assert "nowhere" in ended.stderr


def test_a_limit_on_file_sizes_could_not_be_run_and_leaves_no_release(data: Path, tmp_path: Path) -> None:
    ended = run("build", "--data", data, "--out", tmp_path / "out", limit=small_files)
    assert ended.returncode == 2
    assert not (tmp_path / "out/current").exists()


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))


@pytest.mark.parametrize("form", ["text", "json", "sarif", "ttl"])
def test_a_full_disk_behind_the_output_could_not_be_run(data: Path, form: str) -> None:
    with Path("/dev/full").open("w") as full:
        ended = run("check", "--data", data, "--format", form, stdout=full.fileno())
    assert ended.returncode == 2
