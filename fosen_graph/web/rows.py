"""The queries that pages ask: a file of queries/ and bound values in, rows of terms out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from fosen_graph.asking import Question, Store

_NO_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a row: an IRI, or a literal with its language or datatype."""

    value: str
    is_iri: bool = False
    language: str = ""
    datatype: str = ""


Row = dict[str, Term]


@cache
def query_text(name: str) -> str:
    return (resources.files("fosen_graph") / "queries" / f"{name}.rq").read_text(encoding="utf-8")


def rows(store: Store, name: str, skip: int = 0, **bindings: str) -> list[Row]:
    """bindings: variable to IRI. skip: how many rows were told before, for a query that is told in pages."""
    question = _question(name, "json", bindings)
    if skip:
        question = replace(question, text=question.text.replace("OFFSET 0", f"OFFSET {skip:d}"))
    return read_rows(store.answer(question))


def rows_of(store: Store, name: str, iris: Iterable[str]) -> list[Row]:
    """About several things at once; what could not stand in a query is left out."""
    told = [iri for iri in iris if not _NO_IRI.search(iri)]
    text = _with_values(query_text(name), "thing", told)
    return read_rows(store.answer(Question(text=text, format="json"))) if told else []


def document(store: Store, name: str, format_: str, **bindings: str) -> bytes:
    """The answer of a CONSTRUCT query."""
    return store.answer(_question(name, format_, bindings))


def _question(name: str, format_: str, bindings: dict[str, str]) -> Question:
    """Bound in the query's own VALUES where it has them: what is bound from outside, an engine joins last."""
    text = query_text(name)
    for variable, iri in bindings.items():
        if not _NO_IRI.search(iri):
            text = _with_values(text, variable, [iri])
    return Question(text=text, format=format_, bindings=tuple(bindings.items()))


def _with_values(text: str, variable: str, iris: Iterable[str]) -> str:
    return text.replace(f"VALUES ?{variable} {{}}", f"VALUES ?{variable} {{ {' '.join(f'<{iri}>' for iri in iris)} }}")


def read_rows(results: bytes) -> list[Row]:
    """SPARQL 1.1 Query Results JSON."""
    return [
        {name: _term(value) for name, value in binding.items()}
        for binding in json.loads(results)["results"]["bindings"]
    ]


def _term(value: dict[str, str]) -> Term:
    return Term(
        value=value["value"] if isinstance(value["value"], str) else json.dumps(value["value"]),
        is_iri=value["type"] == "uri",
        language=value.get("xml:lang", ""),
        datatype=value.get("datatype", ""),
    )


def best_label(labels: Iterable[Term], lang: str) -> Term | None:
    """In the reader's language, else Bokmål, else English, else any."""
    known = {label.language: label for label in labels}
    return next((known[code] for code in (lang, "nb", "en", *sorted(known)) if code in known), None)
