"""Real data in, the stored rows of every question out. Run it after a reviewed change, and read the diff."""

from __future__ import annotations

from real_plan import real_graphs
from test_questions import QUESTIONS, rows_file, settled
from two_engines import TwoEngines


def main() -> None:
    engines = TwoEngines(real_graphs())
    for question in QUESTIONS:
        rows_file(question).write_text(settled(engines.oxigraph(question.text, question.graphs)), encoding="utf-8")


if __name__ == "__main__":
    main()
