"""A release folder in, its graphs on a SPARQL server elsewhere out: all of them switched on at once, or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from fosen_graph.asking.elsewhere import Address, Answer, NoAnswerError, send
from fosen_graph.asking.published import Release
from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.iris import GRAPHS, Iris

Progress = Callable[[Words, int, int], None]

_SECONDS = 600.0  # for one request: a server indexes what it takes
_MOST = 2**24  # bytes of an answer
_NTRIPLES = {"Content-Type": "application/n-triples"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    A server. graphs: its Graph Store HTTP Protocol endpoint; query, update: those of the SPARQL Protocol.

    update None: the server takes no updates, and the graphs are put in place one by one.
    piece_bytes: of triples in one request, that is, what is sent again after a break.
    """

    graphs: Address
    query: Address
    update: Address | None
    piece_bytes: int = 4 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """sent: triples that this run sent. at_once: whether readers saw the change in one step."""

    release: str
    triples: int
    sent: int
    at_once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    """One graph of the release: its IRI there, the one it has until the switch, its file of N-Triples."""

    name: str
    iri: str
    waiting: str
    file: Path
    triples: int
    size: int
    blank: bool = field(compare=False)  # has blank nodes: to add the same lines twice would double them


def publish(release: Release, target: Target, progress: Progress) -> Published:
    """
    Each graph is sent under a name of its own release, counted, and all are moved to their names in one update.

    A run that was broken off goes on where it was: a graph that is there whole is not sent again. Raises CannotRun;
    until the switch nothing that readers see has changed.
    """
    graphs = _graphs(release)
    total = sum(graph.triples for graph in graphs)
    live = _sizes(target, tuple(graph.iri for graph in graphs))
    if _current(release, target) == release.id and all(live.get(g.iri, 0) == g.triples for g in graphs):
        return Published(release=release.id, triples=total, sent=0, at_once=True)
    sent = _Sending(target, progress, sum(graph.size for graph in graphs))
    if target.update is None:
        return _one_by_one(release, graphs, target, sent)
    there = _sizes(target, tuple(graph.waiting for graph in graphs))
    for graph in graphs:
        sent.graph(graph, graph.waiting, there.get(graph.waiting, 0))
    _prove(target, {graph.waiting: graph for graph in graphs})
    _switch(release, graphs, target)
    _prove(target, {graph.iri: graph for graph in graphs})
    return Published(release=release.id, triples=total, sent=sent.triples, at_once=True)


def _one_by_one(release: Release, graphs: tuple[_Graph, ...], target: Target, sent: _Sending) -> Published:
    """The catalogue last: it names the release, so it tells the truth about what is there only then."""
    for left in _left_behind(release, graphs, target):
        address = _graph_address(target, left)
        _expect(_sent(address, "DELETE", {}, b""), address)
    for graph in sorted(graphs, key=lambda graph: graph.name == "catalogue"):
        sent.graph(graph, graph.iri, 0)
    _prove(target, {graph.iri: graph for graph in graphs})
    total = sum(graph.triples for graph in graphs)
    return Published(release=release.id, triples=total, sent=sent.triples, at_once=False)


def _graphs(release: Release) -> tuple[_Graph, ...]:
    iris = Iris(release.base)
    graphs = []
    for name in GRAPHS:
        told = release.files.get(f"graphs/{name}.nt")
        if told is None:
            continue
        graphs.append(
            _Graph(
                name=name,
                iri=str(iris.graph(name)),
                waiting=str(iris.release_graph(release.id, name)),
                file=release.folder / told.name,
                triples=told.triples or 0,
                size=told.size,
                blank=_has_blanks(release.folder / told.name),
            )
        )
    return tuple(graphs)


def _has_blanks(file: Path) -> bool:
    with file.open("rb") as lines:
        return any(line.startswith(b"_:") or b" _:" in line for line in lines)


class _Sending:
    """Graphs to a server, in pieces; what was sent is counted and told."""

    def __init__(self, target: Target, progress: Progress, size: int) -> None:
        self.target, self.progress, self.size = target, progress, size
        self.done = self.triples = 0

    def graph(self, graph: _Graph, to: str, there: int) -> None:
        """there: how many triples the server has of it. Pieces are added in order, so those it has are the first."""
        if there == graph.triples:
            self._told(graph, graph.size, 0)
            return
        there = there if there < graph.triples else 0  # more than it has: not ours, replaced
        seen = 0
        for number, piece in enumerate(_pieces(graph, self.target.piece_bytes)):
            lines = piece.count(b"\n")
            seen += lines
            if seen <= there and not graph.blank:
                self._told(graph, len(piece), 0)
                continue
            method = "PUT" if number == 0 else "POST"
            address = _graph_address(self.target, to)
            _expect(_sent(address, method, _NTRIPLES, piece), address)
            self._told(graph, len(piece), lines)

    def _told(self, graph: _Graph, size: int, lines: int) -> None:
        self.done += size
        self.triples += lines
        self.progress(Words(nb=f"Sender {graph.name}", en=f"Sending {graph.name}"), self.done, self.size)


def _graph_address(target: Target, graph: str) -> Address:
    return Address(f"{target.graphs.url}?{urlencode({'graph': graph})}", target.graphs.authorization)


def _pieces(graph: _Graph, size: int) -> Iterator[bytes]:
    """Whole lines; one piece where blank nodes tie the lines together."""
    with graph.file.open("rb") as lines:
        if graph.blank:
            yield lines.read()
            return
        while piece := b"".join(lines.readlines(size)):
            yield piece


def _switch(release: Release, graphs: tuple[_Graph, ...], target: Target) -> None:
    """One request, which a server carries out as one (SPARQL 1.1 Update, 2.2)."""
    assert target.update
    steps = []
    for graph in graphs:
        if graph.triples:
            steps.append(f"MOVE <{graph.waiting}> TO <{graph.iri}>")
        else:
            steps.append(f"DROP SILENT GRAPH <{graph.iri}>")
    steps += [f"DROP SILENT GRAPH <{left}>" for left in _left_behind(release, graphs, target)]
    headers = {"Content-Type": "application/sparql-update"}
    _expect(_sent(target.update, "POST", headers, " ;\n".join(steps).encode()), target.update)


def _left_behind(release: Release, graphs: tuple[_Graph, ...], target: Target) -> list[str]:
    """What runs for other releases sent and never switched on; what an earlier release had and this one has not."""
    iris = Iris(release.base)
    waiting, public = iris.release(""), iris.graph("")
    text = f"""SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }}
        FILTER(STRSTARTS(STR(?g), "{waiting}") || STRSTARTS(STR(?g), "{public}")) }}"""
    kept = {graph.iri for graph in graphs if graph.triples} | {graph.waiting for graph in graphs}
    return sorted({row["g"] for row in _rows(target, text)} - kept)


def _prove(target: Target, graphs: dict[str, _Graph]) -> None:
    sizes = _sizes(target, tuple(graphs))
    for iri, graph in graphs.items():
        there, wanted = sizes.get(iri, 0), graph.triples
        if there != wanted:
            raise CannotRun(
                Words(
                    nb=f"Grafen <{iri}> har {there} tripler på tjeneren, men skal ha {wanted}.",
                    en=f"The graph <{iri}> has {there} triples on the server and should have {wanted}.",
                ),
                Words(nb="Kjør kommandoen igjen.", en="Run the command again."),
                Place(target.query.url),
            )


def _sizes(target: Target, graphs: tuple[str, ...]) -> dict[str, int]:
    named = " ".join(f"<{graph}>" for graph in graphs)
    text = f"SELECT ?g (COUNT(*) AS ?n) {{ VALUES ?g {{ {named} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"
    return {row["g"]: int(row["n"]) for row in _rows(target, text) if "g" in row}


def _current(release: Release, target: Target) -> str | None:
    """The release that the catalogue there names."""
    iris = Iris(release.base)
    text = f"""SELECT ?id {{ GRAPH <{iris.graph("catalogue")}> {{
        <{iris.base}dataset/all> <http://www.w3.org/ns/dcat#version> ?id }} }}"""
    return next((row["id"] for row in _rows(target, text)), None)


def _rows(target: Target, text: str) -> list[dict[str, str]]:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/sparql-results+json",
    }
    answer = _sent(target.query, "POST", headers, urlencode({"query": text}).encode())
    _expect(answer, target.query)
    try:
        bindings = json.loads(answer.body)["results"]["bindings"]
        return [{name: value["value"] for name, value in row.items()} for row in bindings]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_as_expected(target.query, "no SPARQL results in JSON") from error


def _sent(address: Address, method: str, headers: dict[str, str], body: bytes) -> Answer:
    try:
        return send(address, method, headers, body, seconds=_SECONDS, most=_MOST)
    except NoAnswerError as error:
        raise _not_as_expected(address, str(error)) from error


def _expect(answer: Answer, address: Address) -> None:
    if 200 <= answer.status < 300:
        return
    detail = " ".join(answer.body[:300].decode("utf-8", "replace").split())
    raise _not_as_expected(address, f"HTTP {answer.status} {detail}".strip())


def _not_as_expected(address: Address, detail: str) -> CannotRun:
    shown = urlsplit(address.url)._replace(query="").geturl()
    return CannotRun(
        Words(nb=f"Tjeneren tok ikke imot: {detail}.", en=f"The server did not take it: {detail}."),
        Words(
            nb="Rett adressene (--to, --query, --update) eller --auth, og kjør igjen: det som er sendt, sendes ikke på "
            "nytt. Tar tjeneren ikke imot oppdateringer, bruk --one-by-one.",
            en="Mend the addresses (--to, --query, --update) or --auth, and run again: what was sent is not sent "
            "anew. If the server takes no updates, use --one-by-one.",
        ),
        Place(shown),
    )
