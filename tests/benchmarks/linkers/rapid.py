"""A file of names and one of mentions in; what RapidFuzz finds over all names, and its processor time, as JSON, out."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

Answers = list[tuple[str, float]]
_AT_ONCE = 10  # mentions in a block of cdist
_SLOWEST = 50  # mentions that the slow scorers are timed on


def main() -> None:
    """The names come normalised, as its own default processor would leave them, and that is not counted."""
    numbers, names = zip(*_rows(sys.argv[1]), strict=True)
    mentions = [name for _, name in _rows(sys.argv[2])]
    words_sorted = [" ".join(sorted(name.split())) for name in names]
    asked = [" ".join(sorted(name.split())) for name in mentions]

    def as_it_comes(scorer: Callable[..., float]) -> Iterator[tuple[int, float]]:
        for name in mentions[:_SLOWEST]:
            _, score, place = process.extractOne(name, names, scorer=scorer)
            yield place, score

    def sorted_before() -> Iterator[tuple[int, float]]:
        for name in asked:
            _, score, place = process.extractOne(name, words_sorted, scorer=fuzz.ratio)
            yield place, score

    def in_blocks() -> Iterator[tuple[int, float]]:
        for start in range(0, len(asked), _AT_ONCE):
            scores = process.cdist(asked[start : start + _AT_ONCE], words_sorted, scorer=fuzz.ratio, dtype=np.float32)
            for row in scores:
                yield int(row.argmax()), float(row.max())

    told = {
        "RapidFuzz extractOne, WRatio (its default)": _measured(lambda: as_it_comes(fuzz.WRatio), numbers),
        "RapidFuzz extractOne, token_sort_ratio": _measured(lambda: as_it_comes(fuzz.token_sort_ratio), numbers),
        "RapidFuzz extractOne, ratio, words sorted before": _measured(sorted_before, numbers),
        "RapidFuzz cdist, ratio, words sorted before": _measured(in_blocks, numbers),
    }
    print(json.dumps(told))


def _rows(path: str) -> list[tuple[str, str]]:
    lines = Path(path).read_text("utf-8").splitlines()
    return [(number, name) for number, _, name in (line.partition("\t") for line in lines)]


def _measured(work: Callable[[], Iterator[tuple[int, float]]], numbers: tuple[str, ...]) -> dict[str, object]:
    start = time.process_time()
    found = list(work())
    return {"cpu": time.process_time() - start, "answers": [(numbers[place], score) for place, score in found]}


if __name__ == "__main__":
    main()
