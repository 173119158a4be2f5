"""Triples indexed for checking: terms become numbers, predicates lead to subjects and objects, paths are walked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal as Word

from rdflib import RDF, RDFS, URIRef
from rdflib.term import Node

Row = Mapping[str, int]
Select = Callable[[str, Collection[int]], Iterable[Row]]
Step = Word["predicate", "inverse", "sequence", "alternative", "*", "+", "?"]


class Index:
    """
    A set of triples for quick questions. Every term has a number: questions in numbers never compare text.

    forward: predicate -> subject -> objects. backward: predicate -> object -> subjects (made when asked for).
    select: answers a SPARQL SELECT over the same triples for some nodes as ?this; rows in numbers, always with "this".
    """

    def __init__(self, triples: Iterable[tuple[Node, Node, Node]]) -> None:
        self.terms: list[Node] = []
        self.forward: dict[int, dict[int, list[int]]] = {}
        self.select: Select = _no_queries
        self._numbers: dict[str | Node, int] = {}
        self._backward: dict[int, dict[int, list[int]]] = {}
        self._instances: dict[int, frozenset[int]] = {}
        self._add(triples)

    def _add(self, triples: Iterable[tuple[Node, Node, Node]]) -> None:
        number, forward, seen = self.intern, self.forward, set()
        for triple in triples:
            s, p, o = (number(term) for term in triple)
            if (s, p, o) not in seen:
                seen.add((s, p, o))
                forward.setdefault(p, {}).setdefault(s, []).append(o)

    def intern(self, term: Node) -> int:
        """The number of a term, a new one if it has none. IRIs are keyed as plain text: rdflib's own hash is slow."""
        key = str(term) if type(term) is URIRef else term
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.terms)
            self.terms.append(term)
        return number

    def number(self, term: Node) -> int:
        """The number of a term, -1 if no triple has it."""
        return self._numbers.get(str(term) if type(term) is URIRef else term, -1)

    def numbers(self, terms: Iterable[Node]) -> frozenset[int]:
        return frozenset(self.number(term) for term in terms)

    def objects(self, subject: Node, predicate: Node) -> list[Node]:
        objects = self.forward.get(self.number(predicate), {}).get(self.number(subject), ())
        return [self.terms[number] for number in objects]

    def subjects_of(self, predicate: Node) -> Collection[int]:
        return self.forward.get(self.number(predicate), {}).keys()

    def objects_of(self, predicate: Node) -> Collection[int]:
        return self._inverse(self.number(predicate)).keys()

    def _inverse(self, predicate: int) -> dict[int, list[int]]:
        if predicate not in self._backward:
            inverse: dict[int, list[int]] = {}
            for subject, objects in self.forward.get(predicate, {}).items():
                for target in objects:
                    inverse.setdefault(target, []).append(subject)
            self._backward[predicate] = inverse
        return self._backward[predicate]

    def triples(self) -> Iterable[tuple[int, int, int]]:
        for predicate, subjects in self.forward.items():
            for subject, objects in subjects.items():
                for target in objects:
                    yield subject, predicate, target

    def instances(self, owl_class: Node) -> frozenset[int]:
        """The nodes typed with the class, or with one below it by the rdfs:subClassOf of these same triples."""
        number = self.number(owl_class)
        if number not in self._instances:
            below = self.reach(Path("*", (Path("inverse", (Path("predicate", iri=RDFS.subClassOf),)),)), number)
            typed = self._inverse(self.number(RDF.type))
            self._instances[number] = frozenset(node for name in below for node in typed.get(name, ()))
        return self._instances[number]

    def reach(self, path: Path, start: int) -> Collection[int]:
        """The value nodes of a path from one node."""
        if path.step == "predicate":
            return self.forward.get(self.number(path.iri), {}).get(start, ())
        if path.step == "sequence":
            ends: Collection[int] = (start,)
            for part in path.parts:
                ends = {end for middle in ends for end in self.reach(part, middle)}
            return ends
        if path.step == "alternative":
            return {end for part in path.parts for end in self.reach(part, start)}
        if path.step == "inverse":
            return self._reach_back(path.parts[0], start)
        return self._reach_again(path, start)

    def _reach_back(self, path: Path, start: int) -> Collection[int]:
        """Only predicates are turned round; Path.inverted has moved the turning inwards."""
        return self._inverse(self.number(path.iri)).get(start, ())

    def _reach_again(self, path: Path, start: int) -> Collection[int]:
        (part,) = path.parts
        if path.step == "?":
            return {start, *self.reach(part, start)}
        found: set[int] = {start} if path.step == "*" else set()
        front = [start]
        while front:
            new = {end for node in front for end in self.reach(part, node)} - found
            found |= new
            front = list(new)
        return found


@dataclass(frozen=True, slots=True)
class Path:
    """A SHACL property path; its text is the SPARQL of it. An inverse holds a predicate; iri is that of a predicate."""

    step: Step
    parts: tuple[Path, ...] = ()
    iri: URIRef = RDF.nil

    def inverted(self) -> Path:
        if self.step == "predicate":
            return Path("inverse", (self,))
        if self.step == "inverse":
            return self.parts[0]
        parts = tuple(part.inverted() for part in self.parts)
        return Path(self.step, parts[::-1] if self.step == "sequence" else parts)

    def __str__(self) -> str:
        if self.step == "predicate":
            return f"<{self.iri}>"
        inner = [str(part) for part in self.parts]
        if self.step == "inverse":
            return f"^{inner[0]}"
        if self.step in ("sequence", "alternative"):
            return "(" + ("/" if self.step == "sequence" else "|").join(inner) + ")"
        return f"({inner[0]}){self.step}"


def _no_queries(query: str, nodes: Collection[int]) -> Iterable[Row]:
    raise NotImplementedError("this index answers no SPARQL")
