"""A query and named graphs come in; the answers of rdflib and of Oxigraph go out, in one written form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox
from rdflib import XSD, BNode, Dataset, Graph, Literal, URIRef
from rdflib.term import Node

from fosen_graph.iris import Iris

Graphs = Mapping[str, frozenset[tuple[Node, Node, Node]]]


class TwoEngines:
    """
    The same named graphs in rdflib and in Oxigraph. graphs: name (iris.GRAPHS) to triples.

    An answer is SPARQL 1.1 TSV for SELECT, `true` or `false` for ASK and sorted N-Triples for CONSTRUCT.
    """

    def __init__(self, graphs: Graphs, iris: Iris | None = None) -> None:
        self._graphs, self._iris = graphs, iris or Iris()
        self._merged: dict[frozenset[str], Graph] = {}
        self._store = ox.Store()
        for name, triples in graphs.items():
            graph = ox.NamedNode(self._iris.graph(name))
            self._store.extend(ox.Quad(_ox(s), _ox(p), _ox(o), graph) for s, p, o in triples)

    def rdflib(self, query: str, names: Iterable[str]) -> str:
        data = self._dataset(names) if "GRAPH ?" in query else self._merge(names)
        result = data.query(query)
        if result.type == "ASK":
            return f"{str(result.askAnswer).lower()}\n"
        if result.type == "CONSTRUCT":
            return "".join(sorted(f"{_nt(s)} {_nt(p)} {_nt(o)} .\n" for s, p, o in result.graph))
        variables = result.vars or []
        rows = ["\t".join(_tsv(row[variable]) for variable in variables) for row in result]
        return "".join(f"{line}\n" for line in ["\t".join(f"?{variable}" for variable in variables), *rows])

    def oxigraph(self, query: str, names: Iterable[str]) -> str:
        graphs = [ox.NamedNode(self._iris.graph(name)) for name in names]
        result = self._store.query(query, default_graph=[*graphs], named_graphs=[*graphs])
        if isinstance(result, ox.QueryBoolean):
            return f"{str(bool(result)).lower()}\n"
        if isinstance(result, ox.QueryTriples):
            return "".join(sorted(f"{triple} .\n" for triple in result))
        return (result.serialize(format=ox.QueryResultsFormat.TSV) or b"").decode()

    def _merge(self, names: Iterable[str]) -> Graph:
        wanted = frozenset(names)
        if wanted not in self._merged:
            graph = self._merged[wanted] = Graph()
            for name in wanted:
                for triple in self._graphs[name]:
                    graph.add(triple)
        return self._merged[wanted]

    def _dataset(self, names: Iterable[str]) -> Dataset:
        dataset = Dataset(default_union=True)
        for name in names:
            graph = dataset.graph(self._iris.graph(name))
            for triple in self._graphs[name]:
                graph.add(triple)
        return dataset


def _ox(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(node.datatype or XSD.string))
    return ox.BlankNode(str(node)) if isinstance(node, BNode) else ox.NamedNode(str(node))


def _nt(node: Node) -> str:
    return str(_ox(node))


def _tsv(node: Node | None) -> str:
    """One term as SPARQL 1.1 Query Results CSV and TSV Formats 4 writes it; numbers are bare."""
    if node is None:
        return ""
    if isinstance(node, Literal) and node.datatype in (XSD.integer, XSD.boolean, XSD.decimal):
        return str(node)
    assert isinstance(node, Literal | URIRef)
    return _nt(node)
