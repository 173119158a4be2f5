"""Statements in, the same statements looked up by subject and predicate out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rdflib import RDF, BNode, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import Place
from fosen_graph.iris import EDITING
from fosen_graph.reading.yamlld import Statement


class Facts:
    """
    What reviewed files say, by subject and predicate, in the order of the files.

    comments: what stands after an unquoted « #», by the place of the text before it.
    """

    def __init__(self, statements: Iterable[Statement] = (), comments: Mapping[Place, str] | None = None) -> None:
        self.statements = tuple(statements)
        self.comments = comments or {}
        self._objects: dict[tuple[IdentifiedNode, URIRef], list[tuple[Node, Place]]] = defaultdict(list)
        self._pairs: dict[URIRef, list[tuple[IdentifiedNode, Node, Place]]] = defaultdict(list)
        for subject, predicate, value, place in self.statements:
            self._objects[subject, predicate].append((value, place))
            self._pairs[predicate].append((subject, value, place))

    def values(self, subject: IdentifiedNode, predicate: URIRef) -> list[tuple[Node, Place]]:
        return self._objects.get((subject, predicate), [])

    def value(self, subject: IdentifiedNode, predicate: URIRef) -> tuple[Node, Place] | None:
        return next(iter(self.values(subject, predicate)), None)

    def text(self, subject: IdentifiedNode, predicate: URIRef) -> str | None:
        found = self.value(subject, predicate)
        return str(found[0]) if found else None

    def number(self, subject: IdentifiedNode, predicate: URIRef) -> int | None:
        text = self.text(subject, predicate)
        return int(text) if text else None

    def things(self, subject: IdentifiedNode, predicate: URIRef) -> list[tuple[IdentifiedNode, Place]]:
        return [(value, place) for value, place in self.values(subject, predicate) if isinstance(value, IdentifiedNode)]

    def texts(self, subject: IdentifiedNode, predicate: URIRef) -> list[tuple[str, Place]]:
        return [(str(value), place) for value, place in self.values(subject, predicate) if isinstance(value, Literal)]

    def pairs(self, predicate: URIRef) -> Iterator[tuple[IdentifiedNode, Node, Place]]:
        """Every (subject, object, place) of one predicate."""
        return iter(self._pairs.get(predicate, []))

    def listed(self, predicate: URIRef) -> list[tuple[IdentifiedNode, Place]]:
        """The things of one predicate, whoever lists them."""
        return [(thing, place) for _, thing, place in self.pairs(predicate) if isinstance(thing, IdentifiedNode)]

    def entries(self, listing: URIRef) -> Iterator[tuple[IdentifiedNode, Place, Facts]]:
        """
        The entries of a list: what each is about, its place, and what it alone says.

        Two entries may be about one thing. What an entry says stands before the statement that lists it.
        """
        own: list[Statement] = []
        for statement in self.statements:
            if not (isinstance(statement.subject, BNode) and statement.predicate.startswith(EDITING)):
                own.append(statement)
                continue
            if statement.predicate == listing and isinstance(statement.object, IdentifiedNode):
                yield statement.object, statement.place, Facts(own)
            own = []

    def remarks(self) -> Iterator[tuple[str, tuple[Place, str]]]:
        """Every text that a comment follows, with its place and the comment."""
        if self.comments:
            for _, _, value, place in self.statements:
                if place in self.comments:
                    yield str(value), (place, self.comments[place])

    def items(self, head: IdentifiedNode) -> Iterator[IdentifiedNode]:
        """The members of an RDF list."""
        while head != RDF.nil:
            first = self.value(head, RDF.first)
            rest = self.value(head, RDF.rest)
            if first is None or rest is None:
                return
            if isinstance(first[0], IdentifiedNode):
                yield first[0]
            head = rest[0]  # type: ignore[assignment]
