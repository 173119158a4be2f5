"""A file of names and one of mentions in; what Splink on DuckDB finds, and its processor time, as JSON, out."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pyarrow as pa
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

SETTINGS = SettingsCreator(
    link_type="link_only",
    comparisons=[
        cl.JaroWinklerAtThresholds("name", [0.97, 0.93, 0.88]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("sorted", [0.97, 0.93, 0.88]),
        cl.ArrayIntersectAtSizes("words", [4, 3, 2, 1]),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("name"),
        block_on("sorted"),
        block_on("first", "second"),
        block_on("substr(name, 1, 6)"),
        block_on("substr(sorted, 1, 6)"),
        block_on("last", "substr(name, 1, 3)"),
    ],
)


def main() -> None:
    start = time.process_time()
    api = DuckDBAPI()
    names, mentions = (api.register(_table(path), dataset_display_name=name)
                       for path, name in zip(sys.argv[1:3], ("names", "mentions"), strict=True))  # fmt: skip
    linker = Linker([mentions, names], SETTINGS, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first", "second"))
    made = time.process_time() - start
    found = linker.inference.predict(threshold_match_probability=0.001).as_record_list()
    best: dict[str, tuple[float, str]] = {}
    for pair in found:
        left, right = str(pair["unique_id_l"]), str(pair["unique_id_r"])
        mention, number = (left, right) if pair["source_dataset_l"] == "mentions" else (right, left)
        best[mention] = max(best.get(mention, (0.0, "")), (float(pair["match_probability"]), number))
    spent = time.process_time() - start - made
    count = len(Path(sys.argv[2]).read_text("utf-8").splitlines())
    answers = [best.get(str(place), (0.0, None))[::-1] for place in range(count)]
    print(json.dumps({"Splink on DuckDB": {"cpu": spent, "prepared": made, "answers": answers}}))


def _table(path: str) -> pa.Table:
    rows = [line.split("\t") for line in Path(path).read_text("utf-8").splitlines()]
    words = [name.split() for _, name in rows]
    return pa.table(
        {
            "unique_id": [number for number, _ in rows],
            "name": [name for _, name in rows],
            "sorted": [" ".join(sorted(some)) for some in words],
            "words": words,
            "first": [some[0] for some in words],
            "second": [some[1] if len(some) > 1 else None for some in words],
            "last": [some[-1] for some in words],
        }
    )


if __name__ == "__main__":
    main()
