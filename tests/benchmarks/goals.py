"""Our work and its peers' on the same data in; each goal as a ratio of processor time, met or missed, out."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .measuring import Cost
from .scaling import Say, Step, stage
from .synthetic import write_folder

PYSHACL, TURTLE, CHANGE = 1 / 3, 1 / 20, 5.0
TURTLE_PLANS = 100  # where the goal is judged
TURTLE_RUNS = 5
LIMIT = 900.0  # seconds of wall time for a peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """
    ours, theirs: seconds of processor time in the same run. at_most: the ratio to reach; None: only told.

    late: the peer was stopped, so that it would have taken longer still.
    """

    what: str
    ours: float
    theirs: float
    at_most: float | None
    note: str = ""
    late: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    def row(self) -> str:
        goal = "told only" if self.at_most is None else f"at most {_times(self.at_most)}"
        verdict = "" if self.at_most is None else "**met**" if self.ratio <= self.at_most else "**missed**"
        theirs = f"{'over ' if self.late else ''}{self.theirs:,.2f}"
        return (
            f"| {self.what} | {self.ours:,.2f} | {theirs} | {_times(self.ratio)} | {goal} | {verdict} | {self.note} |"
        )


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio >= 1 else f"1/{1 / ratio:,.1f}"


def table(goals: Iterable[Goal]) -> Iterator[str]:
    yield "| | ours, CPU s | peer, CPU s | ratio | goal | | |"
    yield "|---|---:|---:|---:|---|---|---|"
    yield from (goal.row() for goal in goals)


def shacl(folder: Path, say: Say) -> Iterator[Goal]:
    """One plan, as it is and damaged, on two cores at once."""
    say("checking against pySHACL")
    data = write_folder(folder / "shacl", 1)
    with ThreadPoolExecutor(2) as pool:
        costs = list(pool.map(lambda damaged: stage("shacl", data, *damaged, limit=LIMIT), ([], ["damaged"])))
    for name, cost in zip(("1 plan", "1 plan, damaged"), costs, strict=True):
        told = cost.told
        if cost.late:
            yield Goal(what=f"check beside pySHACL, {name}", ours=0, theirs=cost.cpu, at_most=PYSHACL, late=True)
            continue
        same = "equal" if told["equal"] else "**not equal**"
        note = f"{told['triples']:,} triples, {told['results']} results: the reports are {same}"
        yield Goal(
            what=f"check beside pySHACL, {name}", ours=told["ours"], theirs=told["peer"], at_most=PYSHACL, note=note
        )
    shutil.rmtree(data)


def turtle(plans: Iterable[int], folder: Path, say: Say) -> Iterator[Goal]:
    """Both at the same time, a core each; ours is much shorter, so it runs again and the median counts."""
    for number in plans:
        say(f"Turtle beside rdflib's: {number} plans")
        data = write_folder(folder / f"turtle-{number}", number)
        with ThreadPoolExecutor(1) as pool:
            peer = pool.submit(stage, "turtle_by_rdflib", data, limit=LIMIT)
            runs = [stage("turtle", data).told for _ in range(TURTLE_RUNS)]
            theirs = peer.result()
        ours, text = (statistics.median(run[part] for run in runs) for part in ("cpu", "text"))
        what = f"Turtle beside rdflib, {number} plan{'s' * (number > 1)}"
        yield Goal(
            what=what,
            ours=ours,
            theirs=_peer(theirs),
            at_most=TURTLE if number == TURTLE_PLANS else None,
            note=f"{runs[0]['triples']:,} triples, {runs[0]['bytes'] / 1e6:,.1f} MB; from triples as each holds them",
            late=theirs.late,
        )
        yield Goal(
            what=f"{what}, from rdflib's terms",
            ours=ours + text,
            theirs=_peer(theirs),
            at_most=None,
            note="what all our syntaxes share is counted too",
            late=theirs.late,
        )
        shutil.rmtree(data)


def _peer(cost: Cost) -> float:
    return float(cost.cpu if cost.late else cost.told["cpu"])


def change(steps: list[Step]) -> Iterator[Goal]:
    """One changed plan: everything that is done for it, joint work apart; beside the same change of it alone."""
    alone = steps[0]
    for step in steps[1:]:
        told = step.change.told
        yield Goal(
            what=f"one changed plan of {step.plans:,} beside it alone",
            ours=_own(step.change),
            theirs=_own(alone.change),
            at_most=CHANGE if step is steps[-1] else None,
            note=f"joint dumps, catalogue and checksums apart: {told['joint']:,.1f} s",
        )


def _own(cost: Cost) -> float:
    return float(cost.told["pieces"] + cost.told["own"])
