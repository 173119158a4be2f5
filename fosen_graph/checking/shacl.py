"""SHACL 1.0 Core and SPARQL constraints, shape by shape over all focus nodes: shapes and an index in, results out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rdflib import RDF, XSD, BNode, Literal, Namespace, URIRef
from rdflib.term import Node

from fosen_graph.checking.triples import Index, Path

SH = Namespace("http://www.w3.org/ns/shacl#")

Values = Mapping[int, Sequence[int]]  # focus node -> its value nodes


class Unsupported(Exception):
    """The shapes ask for something that this room does not do; the text says what and on which shape."""


class Breach(NamedTuple):
    """One value that breaks a constraint, in numbers of the index."""

    focus: int
    value: int | None = None
    path: int | None = None  # only where it differs from the shape's
    bindings: Mapping[str, int] = {}


Breaches = Callable[[Index, Values], Iterable[Breach]]
Wrong = Callable[[Index, set[int]], Iterable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """
    One SHACL validation result (SHACL 3.6.2).

    shape: the one that holds the constraint. messages: those of the shape, one a language.
    """

    focus: Node
    path: Path | None
    value: Node | None
    component: URIRef
    shape: Node
    severity: Node
    messages: tuple[Literal, ...]

    @property
    def sort_key(self) -> tuple[str, ...]:
        value = "" if self.value is None else self.value.n3()
        path = "" if self.path is None else str(self.path)
        return (self.focus.n3(), path, value, str(self.shape), str(self.component))

    @property
    def predicate(self) -> URIRef | None:
        """The path, where it is a predicate."""
        return self.path.iri if self.path and self.path.step == "predicate" else None


@dataclass(frozen=True, slots=True)
class Constraint:
    component: URIRef
    breaches: Breaches


@dataclass(slots=True, eq=False, kw_only=True)
class Shape:
    """A node or property shape, compiled. Filled while it is read, never changed after."""

    node: Node
    path: Path | None
    severity: Node
    messages: tuple[Literal, ...]
    deactivated: bool
    targets: tuple[tuple[URIRef, Node], ...]
    constraints: list[Constraint] = field(default_factory=list)
    properties: list[Shape] = field(default_factory=list)

    def focus_nodes(self, index: Index) -> set[int]:
        found: set[int] = set()
        for kind, term in self.targets:
            if kind == SH.targetClass:
                found |= index.instances(term)
            elif kind == SH.targetSubjectsOf:
                found.update(index.subjects_of(term))
            elif kind == SH.targetObjectsOf:
                found.update(index.objects_of(term))
            else:
                found.add(index.intern(term))
        return found

    def values(self, index: Index, nodes: Iterable[int]) -> dict[int, Sequence[int]]:
        path = self.path
        if path is None:
            return {node: (node,) for node in nodes}
        if path.step == "predicate":
            objects = index.forward.get(index.number(path.iri), {})
            return {node: objects.get(node, ()) for node in nodes}
        return {node: tuple(index.reach(path, node)) for node in nodes}

    def results(self, index: Index, nodes: Iterable[int]) -> Iterator[Result]:
        """The results of these focus nodes, those of the property shapes below included."""
        if self.deactivated or not nodes:
            return
        values = self.values(index, nodes)
        for constraint in self.constraints:
            for breach in constraint.breaches(index, values):
                yield self._result(index, constraint.component, breach)
        below = _union(values)
        for shape in self.properties:
            yield from shape.results(index, below)

    def failing(self, index: Index, nodes: set[int]) -> set[int]:
        """Those of the nodes that do not conform."""
        if self.deactivated:
            return set()
        values = self.values(index, nodes)
        bad = {breach.focus for constraint in self.constraints for breach in constraint.breaches(index, values)}
        for shape in self.properties:
            below = shape.failing(index, _union(values))
            bad |= {focus for focus, found in values.items() if not below.isdisjoint(found)}
        return bad

    def _result(self, index: Index, component: URIRef, breach: Breach) -> Result:
        own = None if breach.path is None else Path("predicate", iri=URIRef(str(index.terms[breach.path])))
        return Result(
            focus=index.terms[breach.focus],
            path=own or self.path,
            value=None if breach.value is None else index.terms[breach.value],
            component=component,
            shape=self.node,
            severity=self.severity,
            messages=tuple(_filled(message, index, breach.bindings) for message in self.messages),
        )


def _union(values: Values) -> set[int]:
    return set().union(*values.values())


def _filled(message: Literal, index: Index, bindings: Mapping[str, int]) -> Literal:
    """The message with {?name} and {$name} filled in (SHACL 5.3.2)."""
    if not bindings or "{" not in message:
        return message

    def text(found: re.Match[str]) -> str:
        number = bindings.get(found[1])
        return found[0] if number is None else str(index.terms[number])

    return Literal(re.sub(r"\{[?$](\w+)\}", text, message), lang=message.language, datatype=message.datatype)


# --- The constraint components of SHACL 4, each as: which values, or which focus nodes, break it ---


def each_value(wrong: Wrong) -> Breaches:
    """A constraint about each value by itself, told for all values at once."""

    def breaches(index: Index, values: Values) -> Iterator[Breach]:
        bad = set(wrong(index, _union(values)))
        if bad:
            yield from (Breach(focus, value) for focus, found in values.items() for value in found if value in bad)

    return breaches


def each_term(right: Callable[[Node], bool]) -> Breaches:
    return each_value(lambda index, every: (number for number in every if not right(index.terms[number])))


def each_focus(right: Callable[[Index, Sequence[int]], bool]) -> Breaches:
    """A constraint about the values of a focus node together; its results have no value."""
    return lambda index, values: (Breach(focus) for focus, found in values.items() if not right(index, found))


def of_class(owl_class: Node) -> Breaches:
    return each_value(lambda index, every: every - index.instances(owl_class))


def one_of(terms: Sequence[Node]) -> Breaches:
    return each_value(lambda index, every: every - index.numbers(terms))


def of_datatype(datatype: Node) -> Breaches:
    def right(term: Node) -> bool:
        if not isinstance(term, Literal) or term.ill_typed:
            return False
        own = RDF.langString if term.language else term.datatype or XSD.string
        return own == datatype

    return each_term(right)


_KINDS: Mapping[Node, tuple[type[Node], ...]] = {
    SH.IRI: (URIRef,),
    SH.BlankNode: (BNode,),
    SH.Literal: (Literal,),
    SH.BlankNodeOrIRI: (BNode, URIRef),
    SH.BlankNodeOrLiteral: (BNode, Literal),
    SH.IRIOrLiteral: (URIRef, Literal),
}


def of_kind(kind: Node) -> Breaches:
    kinds = _KINDS[kind]
    return each_term(lambda term: isinstance(term, kinds))


def at_least(count: int) -> Breaches:
    return each_focus(lambda _, found: len(found) >= count)


def at_most(count: int) -> Breaches:
    return each_focus(lambda _, found: len(found) <= count)


def has_value(term: Node) -> Breaches:
    return each_focus(lambda index, found: index.number(term) in found)


def in_range(bound: Literal, allowed: frozenset[int]) -> Breaches:
    """allowed: the signs that comparing the value with the bound may have."""
    return each_term(lambda term: _compared(term, bound) in allowed)


def _compared(term: Node, bound: Literal) -> int | None:
    """The sign of the comparison by SPARQL's operators, None where the two cannot be compared."""
    if not isinstance(term, Literal) or isinstance(term.value, str) != isinstance(bound.value, str):
        return None
    try:
        return 0 if term.eq(bound) else 1 if term > bound else -1
    except (TypeError, NotImplementedError):
        return None


def of_length(right: Callable[[int], bool]) -> Breaches:
    return each_term(lambda term: not isinstance(term, BNode) and right(len(str(term))))


def matches(pattern: str, flags: str) -> Breaches:
    regex = re.compile(pattern, (re.I if "i" in flags else 0) | (re.M if "m" in flags else 0))
    return each_term(lambda term: not isinstance(term, BNode) and regex.search(str(term)) is not None)


def in_languages(ranges: Sequence[Node]) -> Breaches:
    wanted = {str(language).lower() for language in ranges}

    def right(term: Node) -> bool:
        tag = (term.language or "").lower() if isinstance(term, Literal) else ""
        return bool(tag) and ("*" in wanted or tag in wanted or tag.split("-")[0] in wanted)

    return each_term(right)


def one_a_language(index: Index, values: Values) -> Iterator[Breach]:
    for focus, found in values.items():
        if len(found) > 1:
            terms = [index.terms[number] for number in found]
            tags = Counter(term.language.lower() for term in terms if isinstance(term, Literal) and term.language)
            yield from (Breach(focus) for count in tags.values() if count > 1)


def equal_to(predicate: Node) -> Breaches:
    return _beside(predicate, lambda found, others: found ^ others)


def disjoint_from(predicate: Node) -> Breaches:
    return _beside(predicate, lambda found, others: found & others)


def _beside(predicate: Node, wrong: Callable[[set[int], set[int]], set[int]]) -> Breaches:
    """A constraint that compares the values with those of another predicate."""

    def breaches(index: Index, values: Values) -> Iterator[Breach]:
        others = index.forward.get(index.number(predicate), {})
        for focus, found in values.items():
            yield from (Breach(focus, value) for value in wrong(set(found), set(others.get(focus, ()))))

    return breaches


def before(predicate: Node, holds: Callable[[Any, Any], bool]) -> Breaches:
    """holds: the comparison that must be true of a value and each value of the other predicate."""

    def breaches(index: Index, values: Values) -> Iterator[Breach]:
        others = index.forward.get(index.number(predicate), {})
        for focus, found in values.items():
            later = [_comparable(index.terms[number]) for number in others.get(focus, ())]
            for value in found:
                own = _comparable(index.terms[value])
                if any(isinstance(own, Literal) != isinstance(term, Literal) or not holds(own, term) for term in later):
                    yield Breach(focus, value)

    return breaches


def _comparable(term: Node) -> Literal | str:
    """Literals are compared as rdflib compares them; IRIs and strings as text."""
    return term if isinstance(term, Literal) and not isinstance(term.value, str) else str(term)


def conforms_to(shape: Shape) -> Breaches:
    return each_value(shape.failing)


def not_conforming(shape: Shape) -> Breaches:
    return each_value(lambda index, every: every - shape.failing(index, every))


def so_many_conform(shapes: Sequence[Shape], right: Callable[[int], bool]) -> Breaches:
    """sh:and, sh:or, sh:xone: the number of the shapes that a value conforms to."""

    def wrong(index: Index, every: set[int]) -> Iterator[int]:
        failed = Counter(number for shape in shapes for number in shape.failing(index, every))
        return (number for number in every if not right(len(shapes) - failed[number]))

    return each_value(wrong)


def qualified(shape: Shape, right: Callable[[int], bool]) -> Breaches:
    """The number of values that conform to the shape."""

    def breaches(index: Index, values: Values) -> Iterator[Breach]:
        every = _union(values)
        good = every - shape.failing(index, every)
        return (Breach(focus) for focus, found in values.items() if not right(len(good.intersection(found))))

    return breaches


def closed_but_for(allowed: Sequence[Node]) -> Breaches:
    def breaches(index: Index, values: Values) -> Iterator[Breach]:
        known = index.numbers(allowed)
        for predicate, subjects in index.forward.items():
            if predicate not in known:
                for focus, found in values.items():
                    yield from (Breach(focus, other, predicate) for node in found for other in subjects.get(node, ()))

    return breaches


def no_rows(query: str, of_node_shape: bool) -> Breaches:
    """A SPARQL constraint (SHACL 5): every row of the query is a result."""

    def breaches(index: Index, values: Values) -> Iterator[Breach]:
        for row in index.select(query, values.keys()):
            focus = row["this"]
            if focus in values:
                yield Breach(focus, row.get("value", focus if of_node_shape else None), row.get("path"), row)

    return breaches
