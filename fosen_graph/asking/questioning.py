"""One question at the command line, about a release or about any files: the same engine and formats as the endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fosen_graph.asking import TRUSTED, Limits, Question, Refusal, Unanswered
from fosen_graph.asking.published import read_release
from fosen_graph.asking.sparql_text import examine
from fosen_graph.asking.store import Source, release_sources
from fosen_graph.asking.workers import Holding, ask_in_child
from fosen_graph.findings import CannotRun, Place
from fosen_graph.formats import RDF_FORMATS, RESULT_FORMATS, format_named
from fosen_graph.iris import DEFAULT_BASE, Iris


def answer_release(text: str, release: Path, format_: str | None, limits: Limits = TRUSTED) -> bytes:
    """
    format_: a name, an ending or a media type; None: json for a table or a truth value, turtle for triples.

    Raises CannotRun, with the place in the query where there is one.
    """
    published = read_release(release)
    holding = Holding(sources=release_sources(published.folder), prefixes=published.prefixes, base=published.base)
    return _answer(text, holding, format_, limits)


def answer_files(
    text: str, data: Sequence[Path], named: Sequence[tuple[str, Path]], format_: str | None, limits: Limits = TRUSTED
) -> bytes:
    """data: files of the default graph, or with graphs of their own. named: (the graph's IRI, its file)."""
    sources = [Source(str(path)) for path in data] + [Source(str(path), iri) for iri, path in named]
    holding = Holding(sources=tuple(sources), prefixes=Iris().prefixes(), base=DEFAULT_BASE, union=not named)
    return _answer(text, holding, format_, limits)


def _answer(text: str, holding: Holding, format_: str | None, limits: Limits) -> bytes:
    try:
        query = examine(text, limits, holding.prefixes, holding.base)
        triples = query.kind in ("CONSTRUCT", "DESCRIBE")
        chosen = format_named(format_, RDF_FORMATS if triples else RESULT_FORMATS) if format_ else None
        question = Question(
            text=query.text,
            format=chosen.name if chosen else format_ or ("turtle" if triples else "json"),
            default_graphs=query.default_graphs,
            named_graphs=query.named_graphs,
        )
        return ask_in_child(holding, question, limits)
    except Unanswered as error:
        raise _in_words(error.refusal) from error


def _in_words(refusal: Refusal) -> CannotRun:
    place = Place("query", refusal.line, refusal.column) if refusal.line else None
    return CannotRun(refusal.what, refusal.remedy, place)
