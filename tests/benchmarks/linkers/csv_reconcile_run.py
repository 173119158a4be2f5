"""A file of names and one of mentions in; what csv-reconcile finds, and its processor time, as JSON, out."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from csv_reconcile import initdb, score, scorer

scorer.register  # noqa: B018  (its plugin fills the module)
import csv_reconcile_dice  # noqa: E402, F401


def main() -> None:
    """Its own table and its own scorer (Dice over pairs of letters), all mentions as one batch of its service."""
    mentions = [line.partition("\t")[2] for line in Path(sys.argv[2]).read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "names.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file).writerow
            write(("number", "name"))
            for line in Path(sys.argv[1]).read_text("utf-8").splitlines():
                write(line.split("\t"))
        base = sqlite3.connect(Path(folder) / "base.sqlite")
        base.row_factory = sqlite3.Row
        start = time.process_time()
        initdb.init_db(base, str(table), "number", "name", csvencoding="utf-8", scoreOptions={})
        made = time.process_time() - start
        batch = {str(place): {"query": name, "limit": 1} for place, name in enumerate(mentions)}
        found = score.processQueryBatch(base, batch, threshold=0.0)
        spent = time.process_time() - start - made
    answers = [(one["result"][0]["id"], one["result"][0]["score"]) if one["result"] else (None, 0)
               for one in (found[str(place)] for place in range(len(mentions)))]  # fmt: skip
    print(json.dumps({"csv-reconcile, Dice": {"cpu": spent, "prepared": made, "answers": answers}}))


if __name__ == "__main__":
    main()
