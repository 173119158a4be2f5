"""A Store whose engine is a server elsewhere, asked by the SPARQL 1.1 Protocol; to the outside it answers like ours."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final
from urllib.parse import urlencode

import pyoxigraph

from fosen_graph import formats
from fosen_graph.asking import (
    Gone,
    Limits,
    Question,
    Reason,
    Unanswered,
    Watch,
    all_busy,
    client_gone,
    over_time,
    too_large,
    unanswered,
)
from fosen_graph.asking.budget import Budget
from fosen_graph.asking.elsewhere import Address, Answer, LateError, NoAnswerError, TooMuchError, send
from fosen_graph.asking.published import Release
from fosen_graph.asking.sparql_text import missing_prefixes, syntax_refusal
from fosen_graph.asking.store import arranged, csv_results, is_even, no_such_format, syntax_error, xml_results
from fosen_graph.findings import Words
from fosen_graph.iris import GRAPHS, Iris

_RESULTS: Final = {
    "application/sparql-results+json": pyoxigraph.QueryResultsFormat.JSON,
    "application/json": pyoxigraph.QueryResultsFormat.JSON,
    "application/sparql-results+xml": pyoxigraph.QueryResultsFormat.XML,
}
_WRITTEN: Final = {
    formats.RESULTS_JSON: pyoxigraph.QueryResultsFormat.JSON,
    formats.RESULTS_XML: pyoxigraph.QueryResultsFormat.XML,
    formats.RESULTS_CSV: pyoxigraph.QueryResultsFormat.CSV,
    formats.RESULTS_TSV: pyoxigraph.QueryResultsFormat.TSV,
}
_TRIPLES: Final = {
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
}
_ACCEPT = (
    "application/sparql-results+json, application/n-triples, application/sparql-results+xml;q=0.8, "
    "text/turtle;q=0.8, application/rdf+xml;q=0.5"
)
_FORM = "application/x-www-form-urlencoded"
_WHERE = re.compile(r"\bWHERE\s*\{")
_PLACE = re.compile(r"\bline:? (\d+),? col(?:umn)?:? (\d+)", re.IGNORECASE)
_BUSY = (429, 503)
_LATE = (408, 504)
_REFUSED_QUERY = (400, 422)
_TOO_LONG = (413, 414)
_SHOWN = 400  # bytes of a message
_AT_A_TIME = 16  # requests that one process has open there; more wait


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteStore:
    """
    graphs: the named graphs of the release there; every question names its dataset among them, since servers differ in
    what their default graph is. prefixes, base: declared for every query.

    release: what is answered must be from it, as the catalogue there names it; None asks for no proof.
    A query there cannot be killed from here: over time we stop listening, and the server may work on.
    """

    address: Address
    graphs: tuple[str, ...]
    prefixes: Mapping[str, str]
    base: str
    limits: Limits
    release: str | None = None
    _proved: threading.Event = field(default_factory=threading.Event, init=False, repr=False, compare=False)
    _turns: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_AT_A_TIME), init=False, repr=False, compare=False
    )

    def answer(self, question: Question) -> bytes:
        """Raises Unanswered."""
        return self.ask(question, None)

    def ask(self, question: Question, gone: Gone | None) -> bytes:
        """Raises Unanswered. Rows and triples are read and written anew, so the bytes do not depend on the server."""
        text = self._prologue(question.text) + _bound(question)
        parameters = [("query", text), *self._dataset(question)]
        if not self._turns.acquire(timeout=self.limits.wait_seconds):
            raise all_busy()
        try:
            if not self._proved.is_set():
                self._prove_release(gone)
            answer = self._sent(urlencode(parameters).encode(), gone)
            self._prove_release(gone)
        finally:
            self._turns.release()
        if answer.status != 200:
            raise _refused(answer, question.text, self.prefixes, self.limits.seconds)
        return self._in_format(answer, question.format)

    def _prove_release(self, gone: Gone | None) -> None:
        """It was ours before the question (or this is the first) and is after it: so it was in between."""
        if self.release is None:
            return
        about = f'<{self.base}dataset/all> <http://www.w3.org/ns/dcat#version> "{self.release}"'
        text = f"ASK {{ GRAPH <{Iris(self.base).graph('catalogue')}> {{ {about} }} }}"
        answer = self._sent(urlencode({"query": text}).encode(), gone)
        if answer.status in _BUSY:
            raise all_busy()
        if answer.status != 200 or b"true" not in self._in_format(answer, formats.RESULTS_CSV.name):
            self._proved.clear()
            raise unanswered(Reason.ELSEWHERE, _OTHER_RELEASE, _IN_A_MOMENT)
        self._proved.set()

    def _prologue(self, text: str) -> str:
        """On a line of its own, so that the places in the query are found again."""
        known = missing_prefixes(text, self.prefixes)
        return f"BASE <{self.base}> " + "".join(f"PREFIX {name}: <{iri}> " for name, iri in known.items()) + "\n"

    def _dataset(self, question: Question) -> list[tuple[str, str]]:
        """Of graphs that are not published the server there is told nothing: it might have them, or fetch them."""
        default, named = question.default_graphs, question.named_graphs
        if default is None and named is None:
            default = named = self.graphs
        pairs = [("default-graph-uri", graph) for graph in dict.fromkeys(default or ())]
        pairs += [("named-graph-uri", graph) for graph in dict.fromkeys(named or ())]
        pairs = [(name, graph) for name, graph in pairs if _check_graph(graph) in self.graphs]
        return pairs or [("default-graph-uri", f"{self.base}graph/")]  # no graph at all: one that does not exist

    def _sent(self, body: bytes, gone: Gone | None) -> Answer:
        headers = {"Accept": _ACCEPT, "Content-Type": _FORM}
        limits = self.limits
        try:
            return send(
                self.address, "POST", headers, body, seconds=limits.seconds, most=limits.answer_bytes, gone=gone
            )
        except LateError:
            raise over_time(limits.seconds) from None
        except TooMuchError:
            raise too_large(limits.answer_bytes) from None
        except NoAnswerError as error:
            raise _nobody(str(error)) from error

    def _in_format(self, answer: Answer, name: str) -> bytes:
        try:
            if answer.media_type in _RESULTS:
                return self._rows(answer, name)
            if answer.media_type in _TRIPLES:
                return self._triples(answer, name)
        except (SyntaxError, ValueError) as error:
            raise _nobody(f"{answer.media_type}: {error}") from error
        raise _nobody(f"Content-Type: {answer.media_type}")

    def _rows(self, answer: Answer, name: str) -> bytes:
        format_ = formats.format_named(name, formats.RESULT_FORMATS)
        if format_ is None:
            raise no_such_format(name)
        # What is parsed has no name: an error keeps what frames name until any thread drops it, and only this one may.
        told = _RESULTS[answer.media_type]
        written = pyoxigraph.parse_query_results(answer.body, format=told).serialize(format=_WRITTEN[format_]) or b""
        if format_ is formats.RESULTS_CSV and not is_even(written):
            written = csv_results(self._rows(answer, formats.RESULTS_JSON.name))
        if len(written) > self.limits.answer_bytes:
            raise too_large(self.limits.answer_bytes)
        return xml_results(written) if name == "xml" else written

    def _triples(self, answer: Answer, name: str) -> bytes:
        format_ = formats.format_named(name, formats.RDF_FORMATS)
        if format_ is None:
            raise no_such_format(name)
        told = _TRIPLES[answer.media_type]
        ntriples = pyoxigraph.serialize(
            map(attrgetter("triple"), pyoxigraph.parse(answer.body, format=told, base_iri=self.base)),
            format=pyoxigraph.RdfFormat.N_TRIPLES,
        )
        return arranged((ntriples or b"").decode(), format_, self.prefixes, self.limits.answer_bytes)


@dataclass(frozen=True, slots=True)
class Shared:
    """A Store for the public: each client has its share of it, and all together theirs."""

    store: RemoteStore
    budget: Budget
    watch: Watch | None = None

    def answer(self, question: Question) -> bytes:
        """Raises Unanswered. Whoever goes away gives back the turn at once, whatever the server there does with it."""
        gone = self.watch() if self.watch else None
        with self.budget.room(question.client) as ticket:
            started = time.monotonic()
            try:
                return self.store.ask(question, gone)
            except Unanswered:
                if not (gone and gone()):
                    raise
                self.budget.count("clients_gone")
                raise client_gone() from None
            finally:
                ticket.seconds = time.monotonic() - started


def remote_store(address: Address, release: Release, limits: Limits) -> RemoteStore:
    """The store elsewhere that holds this release."""
    iris = Iris(release.base)
    return RemoteStore(
        address=address,
        graphs=tuple(str(iris.graph(name)) for name in GRAPHS),
        prefixes=release.prefixes,
        base=release.base,
        limits=limits,
        release=release.id,
    )


def _bound(question: Question) -> str:
    """Our own queries only: the values join each WHERE, the outer ones and those of subqueries."""
    if not question.bindings:
        return question.text
    values = " ".join(f"VALUES ?{name} {{ <{_check_graph(iri)}> }}" for name, iri in question.bindings)
    return _WHERE.sub(lambda where: f"{where.group()} {values}", question.text)


def _check_graph(iri: str) -> str:
    """Raises Unanswered. Nothing that is no IRI leaves for another server, where it could be syntax."""
    try:
        return pyoxigraph.NamedNode(iri).value
    except ValueError:
        raise unanswered(
            Reason.GRAPH,
            Words(nb=f"«{iri}» er ikke en IRI for en graf.", en=f"“{iri}” is not the IRI of a graph."),
            Words(nb="Skriv hele IRI-en, med http(s)://.", en="Write the whole IRI, with http(s)://."),
        ) from None


def _refused(answer: Answer, text: str, prefixes: Mapping[str, str], seconds: float) -> Unanswered:
    """What the status of the server there means here; its words are shown only where they are about the query."""
    if answer.status in _BUSY:
        return all_busy()
    if answer.status in _LATE:
        return over_time(seconds)
    if answer.status in _TOO_LONG:
        return unanswered(
            Reason.TOO_LONG,
            Words(nb="Spørringen er lengre enn tjeneren tar imot.", en="The query is longer than the server takes."),
            Words(nb="Gjør den kortere, eller last ned dataene.", en="Shorten it, or download the data."),
        )
    if answer.status not in _REFUSED_QUERY:
        return _nobody(f"HTTP {answer.status}")
    message = answer.body[:_SHOWN].decode("utf-8", "replace")
    if message.startswith("error at "):  # Oxigraph
        return syntax_error(text, message, prefixes, lines_before=1)
    place = _PLACE.search(message)
    if place:  # Jena, RDF4J
        lines = text.split("\n")
        line = max(0, int(place[1]) - 2)  # the first line is ours
        return syntax_refusal(text, sum(len(before) + 1 for before in lines[:line]) + int(place[2]) - 1)
    detail = " ".join(message.split())
    return unanswered(
        Reason.FAILED,
        Words(nb=f"Spørringen kunne ikke utføres: {detail}", en=f"The query could not be carried out: {detail}"),
        Words(nb="Skriv den om.", en="Rewrite it."),
    )


def _nobody(detail: str) -> Unanswered:
    return unanswered(
        Reason.ELSEWHERE,
        Words(
            nb=f"Tjeneren som svarer på spørringer, svarte ikke som den skal ({detail}).",
            en=f"The server that answers queries did not answer as it should ({detail}).",
        ),
        _IN_A_MOMENT,
    )


_IN_A_MOMENT = Words(nb="Prøv igjen om litt.", en="Try again in a moment.")
_OTHER_RELEASE = Words(
    nb="Tjeneren som svarer på spørringer, har en annen utgivelse enn denne.",
    en="The server that answers queries has another release than this one.",
)
