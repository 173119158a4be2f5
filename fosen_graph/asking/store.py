"""RDF files in, answers to SPARQL queries out: the engine is Oxigraph, and its terms stay in here."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyoxigraph

from fosen_graph import formats
from fosen_graph.asking import Question, Reason, Refusal, Unanswered, too_large, unanswered
from fosen_graph.asking.sparql_text import (
    prefix_refusal,
    syntax_refusal,
    undeclared_prefix,
    unknown_word,
    word_at,
    word_starts,
)
from fosen_graph.asking.turtle import turtle
from fosen_graph.findings import CannotRun, Place, Words

_RDF: Final = {
    formats.TURTLE: pyoxigraph.RdfFormat.TURTLE,
    formats.NTRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    formats.NQUADS: pyoxigraph.RdfFormat.N_QUADS,
    formats.TRIG: pyoxigraph.RdfFormat.TRIG,
    formats.JSONLD: pyoxigraph.RdfFormat.JSON_LD,
    formats.RDFXML: pyoxigraph.RdfFormat.RDF_XML,
}
_RESULTS: Final = {
    "json": pyoxigraph.QueryResultsFormat.JSON,
    "xml": pyoxigraph.QueryResultsFormat.XML,
    "csv": pyoxigraph.QueryResultsFormat.CSV,
    "tsv": pyoxigraph.QueryResultsFormat.TSV,
}
_ERROR_PLACE = re.compile(r"error at (\d+):(\d+): expected (.+)", re.DOTALL)
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")  # XML 1.0, 2.2
_QUOTED = re.compile(rb'"(?:[^"]|"")*+"')  # a cell of CSV
_AHEAD = 40  # lines; no keyword that the engine looks ahead for is as long
_NTRIPLE = re.compile(r"(\S+) (\S+) (.+) \.")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load. graph: where its triples go; None is the default graph, or the file's own graphs."""

    path: str
    graph: str | None = None


def release_sources(release: Path) -> tuple[Source, ...]:
    """
    All published graphs of a release: all.nq holds everything but the two graphs that speak about the dumps.

    Raises CannotRun where there is no release.
    """
    everything = release / "all.nq"
    if not everything.is_file():
        raise CannotRun(
            Words(nb="Her er ingen utgivelse.", en="There is no release here."),
            Words(nb="Bygg en med «fosen-graph build».", en="Build one with “fosen-graph build”."),
            Place(str(release)),
        )
    about = (release / "graphs" / f"{name}.nq" for name in ("catalogue", "report"))
    return tuple(Source(str(path)) for path in (everything, *about) if path.is_file())


class _Capped:
    """A file in memory that refuses to grow over a limit."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > self.limit:
            raise too_large(self.limit)
        self.parts.append(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""


class EmbeddedStore:
    """
    Oxigraph in this process: no limit on time, and a hostile query can end the process (see workers.py).

    prefixes: declared for every query, which may declare them anew. base: for relative IRIs in queries.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        prefixes: Mapping[str, str],
        base: str,
        answer_bytes: int = 2**31,
        union: bool = True,
        folder: str = "",
    ) -> None:
        """folder: of a store on disk, to be read; it is never opened to be written while somebody reads it."""
        self._prefixes, self._base, self._answer_bytes = dict(prefixes), base, answer_bytes
        self._written = [(f"{name}:", name, iri) for name, iri in prefixes.items()]
        self._union = union
        self._store = _opened(folder) if folder else pyoxigraph.Store()
        for source in sources:
            self._load(source)

    def _load(self, source: Source) -> None:
        format_ = formats.format_of_file(source.path)
        graph = None if source.graph is None else _named_node(source.graph)
        place = Place(source.path)
        try:
            self._store.bulk_load(
                path=source.path, format=_RDF[format_], base_iri=Path(source.path).absolute().as_uri(), to_graph=graph
            )
        except (SyntaxError, ValueError) as error:
            place = Place(source.path, getattr(error, "lineno", None) or 0, getattr(error, "offset", None) or 0)
            raise CannotRun(
                Words(nb=f"Filen er ikke gyldig {format_.name}: {error}", en=f"Not valid {format_.name}: {error}"),
                Words(nb="Rett filen.", en="Correct the file."),
                place,
            ) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise CannotRun(
                Words(nb=f"Filen kan ikke leses: {reason}.", en=f"The file cannot be read: {reason}."),
                Words(nb="Se etter at den finnes og kan leses.", en="See that it exists and can be read."),
                place,
            ) from error

    def __len__(self) -> int:
        return len(self._store)

    def answer(self, question: Question) -> bytes:
        """The complete answer, serialised by the engine; triples in an order of their own and each once."""
        output = _Capped(self._answer_bytes)
        default = None if question.default_graphs is None else _named_nodes(question.default_graphs)
        named = None if question.named_graphs is None else _named_nodes(question.named_graphs)
        if default is not None or named is not None:
            default, named = default or [], named or []  # SPARQL 1.1, 13.2: what is not named is not in the dataset
        try:
            body = self._write(
                self._store.query(
                    question.text,
                    base_iri=self._base or None,
                    prefixes={name: iri for written, name, iri in self._written if written in question.text},
                    use_default_graph_as_union=self._union and default is None,
                    default_graph=default,
                    named_graphs=named,
                    substitutions={
                        pyoxigraph.Variable(name): pyoxigraph.NamedNode(iri) for name, iri in question.bindings
                    },
                ),
                question.format,
                output,
            )
        except SyntaxError as error:
            raise syntax_error(question.text, str(error), self._prefixes, place=self._unreadable) from None
        except (RuntimeError, OSError, ValueError) as error:
            raise _failed(error) from error
        if question.format == "csv" and not is_even(body):
            return csv_results(self.answer(replace(question, format="json")))
        return body

    def _unreadable(self, text: str) -> int | None:
        """Where the first word stands that no query may go on with; None where only the end is wrong."""
        starts = word_starts(text)
        read, unread = 0, len(starts)  # words that the engine takes; words that it does not
        while read < unread:
            half = (read + unread + 1) // 2
            end = starts[half] if half < len(starts) else len(text)
            if self._may_go_on(text[:end].rstrip()):
                read = half
            else:
                unread = half - 1
        return starts[read] if read < len(starts) else None

    def _may_go_on(self, beginning: str) -> bool:
        """The engine fails where it looked furthest: far behind the words that it can read, or among them."""
        lines = beginning.count("\n") + _AHEAD
        try:
            self._store.query(beginning + "\n" * _AHEAD + "\x01", base_iri=self._base or None, prefixes=self._prefixes)
        except SyntaxError as error:
            place = _ERROR_PLACE.match(str(error))
            return place is not None and int(place[1]) > lines
        return True

    def _write(self, results: Any, name: str, output: _Capped) -> bytes:
        try:
            if isinstance(results, pyoxigraph.QueryTriples):
                format_ = formats.format_named(name, formats.RDF_FORMATS)
                if format_ is None:
                    raise no_such_format(name)
                results.serialize(output=output, format=pyoxigraph.RdfFormat.N_TRIPLES)  # type: ignore[arg-type]
                return arranged(b"".join(output.parts).decode(), format_, self._prefixes, self._answer_bytes)
            if name not in _RESULTS:
                raise no_such_format(name)
            results.serialize(output=output, format=_RESULTS[name])
            body = b"".join(output.parts)
            return xml_results(body) if name == "xml" else body
        finally:
            del results  # an error keeps what its frames name until any thread collects it; only this one may drop it


def xml_results(body: bytes) -> bytes:
    """XML that every parser reads back as it was: the engine writes what XML 1.0 cannot hold, and bare returns."""
    if unfit := _NOT_IN_XML.search(body):
        number = ord(unfit[0].decode())
        raise unanswered(
            Reason.FORMAT,
            Words(nb=f"XML kan ikke romme tegnet U+{number:04X}.", en=f"XML cannot hold the character U+{number:04X}."),
            Words(nb="Velg et annet format, for eksempel JSON.", en="Choose another format, for example JSON."),
        )
    return body.replace(b"\r", b"&#xD;")


def is_even(table: bytes) -> bool:
    """Whether each row of CSV has as many cells as the first: the engine writes an IRI with a comma as it stands."""
    bare = _QUOTED.sub(b"", table) if b'"' in table else table
    return bare.count(b",") == bare.partition(b"\n")[0].count(b",") * bare.count(b"\n")


def csv_results(results: bytes) -> bytes:
    """Results in JSON as CSV in which every cell is quoted that has to be (RFC 4180, 2)."""
    told = json.loads(results)
    names, output = told["head"]["vars"], io.StringIO(newline="")
    rows = csv.writer(output)
    rows.writerow(names)
    rows.writerows([_cell(row.get(name)) for name in names] for row in told["results"]["bindings"])
    return output.getvalue().encode()


def _cell(value: dict[str, str] | None) -> str:
    if value is None:
        return ""
    return f"_:{value['value']}" if value["type"] == "bnode" else str(value["value"])


def arranged(ntriples: str, format_: formats.Format, prefixes: Mapping[str, str], answer_bytes: int) -> bytes:
    """N-Triples as the engine writes them, in another format: in an order of their own, each triple once."""
    if format_ in (formats.NTRIPLES, formats.NQUADS):
        return "".join(f"{line}\n" for line in _lines(ntriples)).encode()
    if format_ is formats.TURTLE:
        document = turtle(_lines(ntriples), prefixes).encode()
        if len(document) > answer_bytes:
            raise too_large(answer_bytes)
        return document
    rows = (match.groups() for match in _NTRIPLE.finditer(ntriples))
    try:
        document = formats.serialise_rows(((s, p, o) for s, p, o in rows), format_, prefixes)
    except CannotRun as error:
        raise unanswered(Reason.FORMAT, error.what, error.remedy) from error
    if len(document) > answer_bytes:
        raise too_large(answer_bytes)
    return document


def _lines(ntriples: str) -> list[str]:
    """Each once, sorted. Not by splitlines: a literal may hold U+0085 or U+2028."""
    return sorted(set(ntriples.split("\n")) - {""})


def _opened(folder: str) -> pyoxigraph.Store:
    try:
        return pyoxigraph.Store.read_only(folder)
    except OSError as error:
        raise CannotRun(
            Words(nb=f"Lageret kan ikke åpnes: {error}.", en=f"The store cannot be opened: {error}."),
            Words(nb="Bygg utgivelsen på nytt.", en="Build the release anew."),
            Place(folder),
        ) from error


def write_store(sources: Iterable[Source], folder: Path) -> None:
    """A store on disk of these files, in a new folder. Raises CannotRun."""
    store = EmbeddedStore((), {}, "")
    store._store = pyoxigraph.Store(str(folder))
    for source in sources:
        store._load(source)
    store._store.flush()


def _named_node(iri: str) -> pyoxigraph.NamedNode:
    try:
        return pyoxigraph.NamedNode(iri)
    except ValueError:
        raise unanswered(
            Reason.GRAPH,
            Words(nb=f"«{iri}» er ikke en IRI for en graf.", en=f"“{iri}” is not the IRI of a graph."),
            Words(nb="Skriv hele IRI-en, med http(s)://.", en="Write the whole IRI, with http(s)://."),
        ) from None


def _named_nodes(iris: Iterable[str]) -> list[Any]:
    """Each once: the engine counts the triples of a graph that is named twice, twice."""
    return [_named_node(iri) for iri in dict.fromkeys(iris)]


def syntax_error(
    text: str,
    message: str,
    prefixes: Mapping[str, str],
    lines_before: int = 0,
    place: Callable[[str], int | None] = lambda _: None,
) -> Unanswered:
    """
    The engine points as far as it looked ahead; we point at the word that it could not read.

    lines_before: those that the engine had before the text. place: of that word, where it can be found out.
    """
    match = _ERROR_PLACE.match(message)
    if not match:
        return syntax_refusal(text, 0, message)
    line, column, detail = int(match[1]) - lines_before, int(match[2]), match[3]
    if "Prefix not found" in detail:
        unknown = undeclared_prefix(text, prefixes)
        if unknown:
            return prefix_refusal(text, *unknown)
    exact = place(text)
    if exact is not None:
        exact = text.rfind("<", 0, exact) if "IRI parsing failed" in detail else exact
        return syntax_refusal(text, exact, _readable(detail))
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    position = word_at(text, starts[max(0, min(line, len(starts)) - 1)] + column - 1)
    unknown_at = unknown_word(text)
    return syntax_refusal(text, position if unknown_at is None else min(position, unknown_at), _readable(detail))


def _readable(detail: str) -> str:
    """The engine's own sentences; its lists of keywords and characters reach too far back to be of help."""
    sentences = [
        part for part in detail.removeprefix("one of ").split(", ") if re.match(r"[A-Z][A-Za-z]* [a-zA-Z ]+", part)
    ]
    return "; ".join(sentences)


def _failed(error: Exception) -> Unanswered:
    return Unanswered(
        Refusal(
            reason=Reason.FAILED,
            what=Words(
                nb=f"Spørringen kunne ikke utføres: {error}.", en=f"The query could not be carried out: {error}."
            ),
            remedy=Words(nb="Skriv den om.", en="Rewrite it."),
        )
    )


def no_such_format(name: str) -> Unanswered:
    return unanswered(
        Reason.FORMAT,
        Words(nb=f"Dette svaret kan ikke skrives som «{name}».", en=f"This answer cannot be written as “{name}”."),
        Words(
            nb=f"SELECT og ASK: {_names(_RESULTS)}. CONSTRUCT og DESCRIBE: {_names(f.name for f in _RDF)}.",
            en=f"SELECT and ASK: {_names(_RESULTS)}. CONSTRUCT and DESCRIBE: {_names(f.name for f in _RDF)}.",
        ),
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
