"""Labelled names in; how many are found, how many wrongly, and what a name costs beside other tools, as tables, out."""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fosen_graph.linking.features import Mention, ready, variant
from fosen_graph.linking.matching import THRESHOLD, candidates
from fosen_graph.registries.index import LocalRegister, open_register
from fosen_graph.registries.names import form, key, readings

from .labelled import Labelled, make_copy, real, synthetic, write_mentions, write_names

_LINKERS = Path(__file__).parent / "linkers"
_ROUNDS = 5  # of ours, which are short: the one in the middle counts


class Guess(NamedTuple):
    """What a matcher says first, and how sure it is."""

    number: str | None
    score: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000, help="units and sub-units of the synthetic register")
    parser.add_argument("--folder", type=Path, help="where bulk files of that size are, made by registry generate")
    parser.add_argument("--copy", type=Path, help="where the copy made of them stays, and is taken from the next time")
    parser.add_argument("--mentions", type=int, default=5_000, help="in one run, for the memory (100000)")
    parser.add_argument("--fuzzy", type=int, default=100, help="held-out mentions that RapidFuzz is asked for; 0: none")
    parser.add_argument("--tools", type=int, default=408, help="mentions that the other tools are asked for; 0: none")
    asked = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {asked.size:,} synthetic units and sub-units\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = asked.copy or folder / "copy.sqlite"
        if not copy.exists():
            spent = _cpu(lambda: make_copy(copy, asked.size, asked.folder))
            print(f"The copy took {spent:.0f} s of CPU.")
        names = write_names(copy, folder / "names.tsv") if asked.fuzzy or asked.tools else 0
        labels, made = real(), synthetic(copy)
        with open_register(copy) as register:
            write_mentions(copy, folder / "many.txt", asked.mentions)
            _memory(register, folder / "many.txt", asked.mentions)
            guesses = _shares_of(labels, made, register)
            print(f"\n{names:,} different names for the other tools.", flush=True)
            held_out = [one for one in labels if one.half == "held out"]
            some = random.Random(3).sample(held_out, min(asked.fuzzy, len(held_out)))
            if some:
                _beside("rapid", sys.executable, some, register, guesses, folder)
            python = _python_of_the_tools()
            if asked.tools and python:
                for tool in ("csv_reconcile_run", "splink_run"):
                    _beside(tool, python, labels[: asked.tools], register, guesses, folder)


def _python_of_the_tools() -> str | None:
    """Of a virtual environment made from requirements-linkers.lock, which `make bench-link` makes."""
    place = os.environ.get("FOSEN_GRAPH_LINKERS")
    return f"{place}/python" if place else None


def _shares_of(labels: list[Labelled], made: list[Labelled], register: LocalRegister) -> Mapping[Labelled, Guess]:
    print("\n| labelled | half | mentions | precision | recall |\n|---|---|---:|---:|---:|")
    guesses = {one: _ours(one.mention, register, 0) for one in [*labels, *made]}
    for title, some in (("real", labels), ("synthetic", made)):
        for half in ("development", "held out"):
            chosen = [one for one in some if one.half == half]
            print(f"| {title} | {half} | {len(chosen)} | {_shares(chosen, guesses, THRESHOLD)} |")
    print("\n| threshold | precision, real development | recall |\n|---:|---:|---:|")
    for threshold in range(30, 100, 5):
        chosen = [one for one in labels if one.half == "development"]
        print(f"| {threshold} | {_shares(chosen, guesses, threshold)} |")
    return guesses


def _beside(
    tool: str,
    python: str,
    some: list[Labelled],
    register: LocalRegister,
    guesses: Mapping[Labelled, Guess],
    folder: Path,
) -> None:
    """Cost and recall on the same mentions; a tool's scores are cut where that serves it best at our precision."""
    mentions = folder / "mentions.tsv"
    mentions.write_text("".join(f"{place}\t{key(one.mention)}\n" for place, one in enumerate(some)), "utf-8")
    ours = statistics.median(_cold(some, register) for _ in range(_ROUNDS))
    told = _asked(python, tool, folder / "names.tsv", mentions)
    precision, recall = _measured(some, guesses, THRESHOLD)
    print(
        "\n| matcher | mentions | CPU a mention, ms | times ours | CPU before, s | precision | recall | without a cut |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    print(f"| fosen-graph | {len(some)} | {ours * 1000:.3f} | 1 | | {precision:.3f} | {recall:.3f} | |")
    for name, answer in told.items():
        theirs = {one: Guess(*said) for one, said in zip(some, answer["answers"], strict=False)}
        asked = list(theirs)
        uncut = _measured(asked, theirs, 0)
        best = _best_cut(asked, theirs, _measured(asked, guesses, THRESHOLD)[0])
        each, before = answer["cpu"] / len(asked), answer.get("prepared")
        print(
            f"| {name} | {len(asked)} | {each * 1000:,.1f} | {each / ours:,.1f} "
            f"| {'' if before is None else f'{before:.1f}'} | {best[0]:.3f} | {best[1]:.3f} "
            f"| {uncut[0]:.3f}, {uncut[1]:.3f} |"
        )


def _cold(some: list[Labelled], register: LocalRegister) -> float:
    """Seconds of CPU a mention, as if no name had been seen before."""
    for kept in (key, readings, form, ready, variant):
        kept.cache_clear()
    return _cpu(lambda: [_ours(one.mention, register, THRESHOLD) for one in some]) / len(some)


def _asked(python: str, tool: str, names: Path, mentions: Path) -> dict[str, Any]:
    """A process of its own, so that its memory is not ours."""
    command = [python, str(_LINKERS / f"{tool}.py"), str(names), str(mentions)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{tool}: exit {done.returncode}\n{done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return told


def _best_cut(some: list[Labelled], guesses: Mapping[Labelled, Guess], precision: float) -> tuple[float, float]:
    """Precision and recall at the cut with most recall among those as precise as we are, else at the most precise."""
    curve = [_measured(some, guesses, cut) for cut in {guess.score for guess in guesses.values()}]
    fine = [one for one in curve if one[0] >= precision]
    return max(fine, key=lambda one: one[1]) if fine else max(curve)


def _ours(mention: str, register: LocalRegister, threshold: int) -> Guess:
    found = candidates(Mention(name=mention), register, threshold=threshold, most=1)
    return Guess(found[0].unit.number, found[0].score) if found else Guess(None, 0)


def _measured(some: Iterable[Labelled], guesses: Mapping[Labelled, Guess], threshold: float) -> tuple[float, float]:
    asked = list(some)
    said = [one for one in asked if guesses[one].number and guesses[one].score >= threshold]
    right = sum(guesses[one].number == one.number for one in said)
    there = sum(one.number is not None for one in asked)
    return right / len(said) if said else 1.0, right / there if there else 1.0


def _shares(some: list[Labelled], guesses: Mapping[Labelled, Guess], threshold: float) -> str:
    precision, recall = _measured(some, guesses, threshold)
    return f"{precision:.3f} | {recall:.3f}"


def _memory(register: LocalRegister, mentions: Path, count: int) -> None:
    """One run over so many mentions: what each costs, and what is resident along the way."""
    start, told, answered = time.process_time(), [_resident()], 0
    with mentions.open(encoding="utf-8") as lines:
        for place, line in enumerate(lines, 1):
            answered += _ours(line.rstrip("\n"), register, THRESHOLD).number is not None
            if place % max(1, count // 4) == 0:
                told.append(_resident())
    spent = (time.process_time() - start) / max(1, count) * 1000
    along = ", ".join(f"{size:.0f}" for size in told)
    print(
        f"{count:,} different mentions in one run, {answered:,} answered: {spent:.3f} ms of CPU each; "
        f"MB resident at the start and at each quarter: {along}."
    )


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
