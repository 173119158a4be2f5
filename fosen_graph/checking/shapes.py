"""Read a shapes graph: triples in, compiled shapes out. What SHACL has and this program lacks is refused by name."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from rdflib import RDF, RDFS, Literal, URIRef
from rdflib.term import Node

from fosen_graph.checking import shacl
from fosen_graph.checking.shacl import SH, Breaches, Constraint, Shape, Unsupported
from fosen_graph.checking.triples import Index, Path, Step

TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)

# What describes a shape, belongs to another parameter or is read elsewhere.
_DESCRIPTIONS = """
    path name description group order severity message deactivated defaultValue property declare
    flags ignoredProperties qualifiedMinCount qualifiedMaxCount qualifiedValueShapesDisjoint
"""
_NOT_CONSTRAINTS = frozenset((*TARGETS, *(SH[name] for name in _DESCRIPTIONS.split())))


def read_shapes(triples: Iterable[tuple[Node, Node, Node]], fault: Callable[[str], str | None]) -> tuple[Shape, ...]:
    """
    All shapes with targets, in the order of their IRIs.

    fault: what is wrong with the syntax of a SPARQL query, None for a good one.
    Raises Unsupported.
    """
    return _Reader(Index(triples), fault).roots()


def read_path(triples: Index, node: Node) -> Path:
    """The path that a node of the graph stands for. Raises Unsupported."""
    return _Reader(triples, lambda _: None).path(node)


class _Reader:
    def __init__(self, graph: Index, fault: Callable[[str], str | None]) -> None:
        self.graph = graph
        self._fault = fault
        self._shapes: dict[Node, Shape] = {}
        self._open: set[Node] = set()

    def roots(self) -> tuple[Shape, ...]:
        numbers = {number for target in TARGETS for number in self.graph.subjects_of(target)} | self._classes()
        return tuple(self.shape(node) for node in sorted((self.graph.terms[number] for number in numbers), key=str))

    def _classes(self) -> frozenset[int]:
        """The shapes that are classes, and so target their own instances (SHACL 2.1.3.3)."""
        shapes = self.graph.instances(SH.NodeShape) | self.graph.instances(SH.PropertyShape)
        return shapes & self.graph.instances(RDFS.Class)

    def shape(self, node: Node) -> Shape:
        if node in self._open:
            raise Unsupported(f"{node}: a shape that refers to itself")
        if node not in self._shapes:
            self._open.add(node)
            self._shapes[node] = self._read(node)
            self._open.remove(node)
        return self._shapes[node]

    def _read(self, node: Node) -> Shape:
        paths = self.all(node, SH.path)
        shape = Shape(
            node=node,
            path=self.path(paths[0]) if paths else None,
            severity=self.one(node, SH.severity) or SH.Violation,
            messages=tuple(sorted(self.literals(node, SH.message), key=lambda text: (text.language or "", str(text)))),
            deactivated=self.one(node, SH.deactivated) == Literal(True),
            targets=self._targets(node),
        )
        shape.properties += [self.shape(child) for child in self.all(node, SH.property)]
        for predicate in self._predicates(node):
            try:
                for component, breaches in self._constraints(shape, predicate):
                    shape.constraints.append(Constraint(SH[component + "ConstraintComponent"], breaches))
            except (ValueError, KeyError, re.error) as error:
                raise Unsupported(f"{node}: {predicate} {error}") from error
        return shape

    def _targets(self, node: Node) -> tuple[tuple[URIRef, Node], ...]:
        stated = tuple((target, term) for target in TARGETS for term in self.all(node, target))
        return (*stated, (SH.targetClass, node)) if self.graph.number(node) in self._classes() else stated

    def _predicates(self, node: Node) -> list[URIRef]:
        number = self.graph.number(node)
        found = [self.graph.terms[p] for p, subjects in self.graph.forward.items() if number in subjects]
        return sorted(p for p in found if isinstance(p, URIRef) and p not in _NOT_CONSTRAINTS and p in SH)

    def _constraints(self, shape: Shape, predicate: URIRef) -> Iterable[tuple[str, Breaches]]:
        """The constraints that one parameter makes: the component's name without its ending, and its check."""
        name = str(predicate).removeprefix(str(SH))
        if name == "qualifiedValueShape":
            yield from self._qualified(shape)
        elif name == "closed":
            if self.one(shape.node, SH.closed) == Literal(True):
                yield "Closed", shacl.closed_but_for(self._allowed(shape))
        elif name == "pattern":
            flags = str(self.one(shape.node, SH.flags) or "")
            yield from (("Pattern", shacl.matches(str(term), flags)) for term in self.all(shape.node, SH.pattern))
        elif name == "sparql":
            yield from (("SPARQL", self._sparql(shape, term)) for term in self.all(shape.node, SH.sparql))
        elif name in _MAKERS:
            component = name[0].upper() + name[1:]
            yield from ((component, _MAKERS[name](self, term)) for term in self.all(shape.node, predicate))
        else:
            raise Unsupported(f"{shape.node}: sh:{name}")

    def _qualified(self, shape: Shape) -> Iterable[tuple[str, Breaches]]:
        (term,) = self.all(shape.node, SH.qualifiedValueShape)
        if self.one(shape.node, SH.qualifiedValueShapesDisjoint) == Literal(True):
            raise Unsupported(f"{shape.node}: sh:qualifiedValueShapesDisjoint")
        least, most = self.one(shape.node, SH.qualifiedMinCount), self.one(shape.node, SH.qualifiedMaxCount)
        if least is not None:
            yield "QualifiedMinCount", shacl.qualified(self.shape(term), _at_least(least))
        if most is not None:
            yield "QualifiedMaxCount", shacl.qualified(self.shape(term), _at_most(most))

    def _allowed(self, shape: Shape) -> list[Node]:
        paths = [child.path.iri for child in shape.properties if child.path and child.path.step == "predicate"]
        return [*paths, *(term for term in self.items(self.one(shape.node, SH.ignoredProperties)))]

    def _sparql(self, shape: Shape, node: Node) -> Breaches:
        select = str(self.one(node, SH.select) or "")
        if not select or any(word in select for word in ("PATH", "$currentShape", "$shapesGraph")):
            raise Unsupported(f"{shape.node}: a SPARQL constraint without sh:select, or with $PATH or $shapesGraph")
        if self.all(node, SH.message) or self.all(node, SH.deactivated):
            raise Unsupported(f"{shape.node}: sh:message or sh:deactivated on the query instead of on the shape")
        declared = [name for prefixes in self.all(node, SH.prefixes) for name in self.all(prefixes, SH.declare)]
        heads = sorted(f"PREFIX {self.one(name, SH.prefix)}: <{self.one(name, SH.namespace)}>\n" for name in declared)
        query = "".join(heads) + select
        if fault := self._fault(query):
            raise Unsupported(f"{shape.node}: {fault}")
        return shacl.no_rows(query, of_node_shape=shape.path is None)

    def path(self, node: Node) -> Path:
        if isinstance(node, URIRef):
            return Path("predicate", iri=node)
        if self.all(node, RDF.first):
            return Path("sequence", tuple(self.path(part) for part in self.items(node)))
        inverse = self.one(node, SH.inversePath)
        if inverse is not None:
            return self.path(inverse).inverted()
        alternatives = self.one(node, SH.alternativePath)
        if alternatives is not None:
            return Path("alternative", tuple(self.path(part) for part in self.items(alternatives)))
        for predicate, step in _REPEATED.items():
            part = self.one(node, predicate)
            if part is not None:
                return Path(step, (self.path(part),))
        raise Unsupported(f"{node}: a path that is none of SHACL's")

    def all(self, node: Node, predicate: Node) -> list[Node]:
        return sorted(self.graph.objects(node, predicate), key=str)

    def one(self, node: Node, predicate: Node) -> Node | None:
        return next(iter(self.graph.objects(node, predicate)), None)

    def literals(self, node: Node, predicate: Node) -> list[Literal]:
        return [term for term in self.graph.objects(node, predicate) if isinstance(term, Literal)]

    def items(self, head: Node | None) -> list[Node]:
        """The members of an RDF list."""
        items: list[Node] = []
        seen: set[Node] = {RDF.nil}
        while head is not None and head not in seen:
            seen.add(head)
            items += self.graph.objects(head, RDF.first)
            head = self.one(head, RDF.rest)
        return items

    def members(self, head: Node) -> list[Shape]:
        return [self.shape(node) for node in self.items(head)]


_REPEATED: Mapping[Node, Step] = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def _count(term: Node) -> int:
    return int(str(term))


def _at_least(term: Node) -> Callable[[int], bool]:
    least = _count(term)
    return lambda count: count >= least


def _at_most(term: Node) -> Callable[[int], bool]:
    most = _count(term)
    return lambda count: count <= most


def _bound(term: Node) -> Literal:
    if not isinstance(term, Literal):
        raise Unsupported(f"{term}: a bound that is no literal")
    return term


def _no_breaches(index: Index, values: shacl.Values) -> Sequence[shacl.Breach]:
    return ()


_LESS, _SAME, _MORE = frozenset({-1}), frozenset({0}), frozenset({1})

# Parameter -> the check that its value makes; the component is named after the parameter (SHACL 4).
_MAKERS: Mapping[str, Callable[[_Reader, Node], Breaches]] = {
    "class": lambda _, term: shacl.of_class(term),
    "datatype": lambda _, term: shacl.of_datatype(term),
    "nodeKind": lambda _, term: shacl.of_kind(term),
    "minCount": lambda _, term: shacl.at_least(_count(term)),
    "maxCount": lambda _, term: shacl.at_most(_count(term)),
    "minExclusive": lambda _, term: shacl.in_range(_bound(term), _MORE),
    "minInclusive": lambda _, term: shacl.in_range(_bound(term), _MORE | _SAME),
    "maxExclusive": lambda _, term: shacl.in_range(_bound(term), _LESS),
    "maxInclusive": lambda _, term: shacl.in_range(_bound(term), _LESS | _SAME),
    "minLength": lambda _, term: shacl.of_length(_at_least(term)),
    "maxLength": lambda _, term: shacl.of_length(_at_most(term)),
    "languageIn": lambda reader, term: shacl.in_languages(reader.items(term)),
    "uniqueLang": lambda _, term: shacl.one_a_language if term == Literal(True) else _no_breaches,
    "equals": lambda _, term: shacl.equal_to(term),
    "disjoint": lambda _, term: shacl.disjoint_from(term),
    "lessThan": lambda _, term: shacl.before(term, operator.lt),
    "lessThanOrEquals": lambda _, term: shacl.before(term, operator.le),
    "not": lambda reader, term: shacl.not_conforming(reader.shape(term)),
    "and": lambda reader, term: _joined(reader, term, lambda good, every: good == every),
    "or": lambda reader, term: _joined(reader, term, lambda good, every: good > 0),
    "xone": lambda reader, term: _joined(reader, term, lambda good, every: good == 1),
    "node": lambda reader, term: shacl.conforms_to(reader.shape(term)),
    "hasValue": lambda _, term: shacl.has_value(term),
    "in": lambda reader, term: shacl.one_of(reader.items(term)),
}


def _joined(reader: _Reader, term: Node, right: Callable[[int, int], bool]) -> Breaches:
    shapes = reader.members(term)
    return shacl.so_many_conform(shapes, lambda good: right(good, len(shapes)))
