"""Numbers of plans in; what the program costs, and how it does beside its peers, out as Markdown."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from . import goals, scaling

PLANS = [1, 10, 100, 1000]


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _asked(arguments)
    begun = time.monotonic()

    def say(what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - begun:6.0f} s  {what}\n")

    def tell(*lines: str) -> None:
        sys.stdout.write("\n".join([*lines, "", ""]))
        sys.stdout.flush()

    with tempfile.TemporaryDirectory(prefix="fosen-graph-bench-", dir=asked.folder) as name:
        folder = Path(name)
        tell(_machine())
        tell(*scaling.real_plan(folder, say, asked.builds))
        steps = [scaling.run_step(plans, folder, say) for plans in asked.plans]
        tell(*scaling.table(steps))
        tell(*scaling.growth(steps))
        reached = [*goals.change(steps)]
        if asked.peers:
            reached += goals.shacl(folder, say)
            reached += goals.turtle([n for n in asked.plans if n <= goals.TURTLE_PLANS], folder, say)
        tell(*goals.table(reached))
    say("done")


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--plans", type=lambda text: sorted(map(int, text.split(","))), default=PLANS)
    parser.add_argument("--builds", type=int, default=scaling.BUILDS, help="of the real plan; the median is told")
    parser.add_argument("--folder", type=Path, help="where 30 MB a plan may stand for a while")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="leave out pySHACL and rdflib")
    return parser.parse_args(arguments)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    libraries = ", ".join(f"{name} {version(name)}" for name in ("rdflib", "pyoxigraph", "pyshacl", "PyYAML"))
    return (
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GB of memory, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, {libraries}."
    )


if __name__ == "__main__":
    main()
