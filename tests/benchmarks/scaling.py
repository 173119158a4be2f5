"""Numbers of plans in; what reading, checking, writing and loading cost for each, and how that grows, out."""

from __future__ import annotations

import itertools
import shutil
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .measuring import Cost, measure
from .synthetic import plan_name, region_name, write_folder

Say = Callable[[str], None]
STAGES = ("read", "check", "write", "load")
BUILDS = 3  # of the real plan; the median counts


def stage(name: str, *arguments: object, limit: float | None = None) -> Cost:
    return measure(["-m", "tests.benchmarks.stages", name, *map(str, arguments)], limit)


@dataclass(frozen=True, slots=True)
class Step:
    """
    One number of plans.

    costs: by the names of STAGES. change: writing again when one plan had changed.
    """

    plans: int
    costs: Mapping[str, Cost]
    change: Cost

    @property
    def triples(self) -> int:
        """Of the plans and their regions, as they are read."""
        return int(self.costs["read"].told["triples"])


def run_step(plans: int, folder: Path, say: Say) -> Step:
    """folder: where the data and the releases may stand; they are removed afterwards."""
    data, out = folder / f"data-{plans}", folder / f"out-{plans}"
    say(f"{plans} plans: making the data")
    write_folder(data, plans)
    costs: dict[str, Cost] = {}
    for name, arguments in (("check", [data]), ("write", [data, out])):
        say(f"{plans} plans: {name}")
        costs[name] = stage(name, *arguments)
    say(f"{plans} plans: read and, at the same time, load")  # each uses one core
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(stage, "read", data)
        costs["load"] = stage("load", costs["write"].told["release"], out)
        costs["read"] = reading.result()
    say(f"{plans} plans: one changes")
    changed = data / region_name((plans + 1) // 2) / plan_name(0) / "plan.yaml"
    changed.write_bytes(changed.read_bytes() + b"# A comment more.\n")
    change = stage("write", data, out)
    shutil.rmtree(data)
    shutil.rmtree(out)
    return Step(plans, costs, change)


def table(steps: Sequence[Step]) -> Iterator[str]:
    """Markdown: each stage's processor time, wall time, cores and memory."""
    yield _row("plans", "triples", *(f"{name}: CPU s, wall s, memory MB" for name in STAGES))
    yield _row("---:", "---:", *("---:" for _ in STAGES))
    for step in steps:
        yield _row(f"{step.plans:,}", f"{step.triples:,}", *(_cost(step.costs[name]) for name in STAGES))
    stores = (f"{step.plans:,} {_kind(step.costs['load'])}" for step in steps)
    yield ""
    yield f"The store: {', '.join(stores)}."


def growth(steps: Sequence[Step]) -> Iterator[str]:
    """Markdown: what one more plan costs at each step; where the columns stay level, growth is linear."""
    yield _row("step", *(f"{name}: CPU ms, memory MB a plan" for name in STAGES), "cores: check, write")
    yield _row("---", *("---:" for _ in STAGES), "---:")
    for less, more in itertools.pairwise(steps):
        added = more.plans - less.plans
        cells = []
        for name in STAGES:
            one, other = less.costs[name], more.costs[name]
            cells.append(f"{(other.cpu - one.cpu) / added * 1000:,.0f}, {_mb(other.memory - one.memory) / added:.2f}")
        cores = ", ".join(f"{more.costs[name].cores:.1f}" for name in ("check", "write"))
        yield _row(f"{less.plans:,} to {more.plans:,}", *cells, cores)


def real_plan(folder: Path, say: Say, builds: int = BUILDS) -> Iterator[str]:
    """Markdown: the commands on the project's own data, each begun afresh, nothing kept."""
    yield _row("the real plan", "CPU s", "wall s", "memory MB")
    yield _row("---", "---:", "---:", "---:")
    for name, arguments in (("read", ["data"]), ("check", ["data"]), ("write", ["data", folder / "real"])):
        say(f"the real plan: {name}")
        costs = []
        for _ in range(builds):
            shutil.rmtree(folder / "real", ignore_errors=True)
            costs.append(stage(name, *arguments))
        cpu, wall = (statistics.median(getattr(cost, kind) for cost in costs) for kind in ("cpu", "wall"))
        yield _row(_REAL[name], f"{cpu:.2f}", f"{wall:.2f}", f"{_mb(max(cost.memory for cost in costs)):.0f}")
    shutil.rmtree(folder / "real")


_REAL = {
    "read": "read and derive",
    "check": "`fosen-graph check`: read, derive, check",
    "write": "`fosen-graph build`, cold: all of it, with dumps and checksums",
}


def _kind(load: Cost) -> str:
    return "on disk" if load.told["disk"] else "in memory"


def _cost(cost: Cost) -> str:
    return f"{cost.cpu:,.1f}, {cost.wall:,.1f}, {_mb(cost.memory):,.0f}"


def _mb(size: int) -> float:
    return size / 1e6


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
