"""What `make bench` measures: synthetic plans that are plans, and numbers told as they are meant. Nothing is timed."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import goals, scaling, stages, synthetic
from benchmarks.__main__ import main
from benchmarks.measuring import Cost, measure

from fosen_graph.findings import Severity
from fosen_graph.release import check_data


@pytest.fixture(scope="module")
def two_regions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.write_folder(tmp_path_factory.mktemp("synthetic") / "data", regions=2)


def test_synthetic_plans_have_the_real_plan_s_findings(two_regions: Path) -> None:
    """They conform, and every plan is told the same of as the real one: its shape is the same."""
    real, made = check_data(synthetic.ROOT / "data"), check_data(two_regions)
    assert made.conforms
    codes = sorted(f.code for f in real if synthetic.REGION in f.place.file)
    for number in (1, 2):
        own = [f for f in made if f"/{synthetic.region_name(number)}/" in f.place.file]
        assert sorted(finding.code for finding in own) == codes


def test_several_plans_of_a_region_conform(tmp_path: Path) -> None:
    report = check_data(synthetic.write_folder(tmp_path / "data", regions=1, plans=3))
    assert [f for f in report if f.severity is Severity.VIOLATION] == []


def test_synthetic_plans_say_as_much_as_the_real_one(two_regions: Path) -> None:
    """Triple for triple, in other words."""
    real = stages.read(str(synthetic.ROOT / "data"))
    made = stages.read(str(two_regions))
    assert (made["plans"], made["triples"]) == (2 * real["plans"], 2 * real["triples"])


def test_each_region_has_words_of_its_own(two_regions: Path) -> None:
    texts = {(folder / "2022-2024/kilde.txt").read_text("utf-8") for folder in two_regions.iterdir() if folder.is_dir()}
    assert len(texts) == 2
    alphabets = {tuple(synthetic.alphabet(number).items()) for number in range(synthetic.MOST_REGIONS)}
    assert len(alphabets) == synthetic.MOST_REGIONS


def test_the_same_folder_is_made_every_time(two_regions: Path, tmp_path: Path) -> None:
    again = synthetic.write_folder(tmp_path / "data", regions=2)
    assert contents(again) == contents(two_regions)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_report_of_one_plan_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every table is printed, and nothing is left behind."""
    main(["--plans", "1,2", "--builds", "1", "--no-peers", "--folder", str(tmp_path)])
    printed = capsys.readouterr().out
    for heading in ("| the real plan |", "| plans |", "| step |", "| one changed plan of 2 beside it alone |"):
        assert heading in printed
    assert list(tmp_path.iterdir()) == []


def test_our_turtle_says_what_rdflib_s_does(two_regions: Path) -> None:
    """As many triples go into both, so that their times can be compared."""
    assert stages.turtle(str(two_regions))["triples"] == stages.turtle_by_rdflib(str(two_regions))["triples"]


def test_a_goal_tells_whether_it_was_met() -> None:
    goal = goals.Goal(what="so", ours=2.0, theirs=20.0, at_most=1 / 20)
    assert "| 1/10.0 | at most 1/20.0 | **missed** |" in goal.row()
    assert (
        "| 2.0 times | at most 5.0 times | **met** |" in goals.Goal(what="so", ours=4.0, theirs=2.0, at_most=5.0).row()
    )


def test_the_memory_of_all_processes_is_added() -> None:
    """A command and its child hold 60 MB each; the processor time of both is counted."""
    child = "x = bytearray(60_000_000); import time; t = time.process_time()\nwhile time.process_time() < t + 0.3: pass"
    script = f"import subprocess, sys; x = bytearray(60_000_000); subprocess.run([sys.executable, '-c', {child!r}])"
    cost = measure(["-c", script])
    assert cost.memory > 120_000_000 > cost.largest
    assert cost.cpu > 0.3


def test_a_command_that_takes_too_long_is_stopped() -> None:
    cost = measure(["-c", "import time; time.sleep(60)"], limit=0.5)
    assert cost.late
    assert cost.wall < 30


def test_a_command_that_fails_is_told() -> None:
    with pytest.raises(RuntimeError, match="no such stage"):
        measure(["-c", "raise SystemExit('no such stage')"])


def test_growth_is_what_one_more_plan_costs() -> None:
    """From 1 to 11 plans: ten more plans took ten more seconds."""

    def step(plans: int, cpu: float) -> scaling.Step:
        cost = Cost(cpu=cpu, wall=cpu, memory=plans * 10**6, largest=0, told={"triples": plans})
        return scaling.Step(plans, dict.fromkeys(scaling.STAGES, cost), cost)

    *_, last = scaling.growth([step(1, 2.0), step(11, 12.0)])
    assert last.startswith("| 1 to 11 | 1,000, 1.00 |")
