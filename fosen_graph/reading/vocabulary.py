"""The ontology and the code lists in; what follows from a class or a property, and the known codes, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import RDF, RDFS, SKOS, URIRef
from rdflib.term import Node

from fosen_graph.formats import TURTLE, read


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """
    superclasses, superproperties: each term with all that it is a subclass or subproperty of, foreign terms included.
    codes: every concept of the code lists.
    """

    superclasses: Mapping[Node, tuple[URIRef, ...]]
    superproperties: Mapping[Node, tuple[URIRef, ...]]
    codes: frozenset[URIRef]


def read_vocabulary(ontology: bytes, codes: bytes) -> Vocabulary:
    """ontology, codes: fosen.ttl and codes.ttl. Raises DataError where they are not Turtle."""
    terms = [quad[:3] for quad in read(ontology, TURTLE, "ontology/fosen.ttl")]
    concepts = [quad[:3] for quad in read(codes, TURTLE, "ontology/codes.ttl")]
    return Vocabulary(
        superclasses=_closure((s, o) for s, p, o in terms if p == RDFS.subClassOf),
        superproperties=_closure((s, o) for s, p, o in terms if p == RDFS.subPropertyOf),
        codes=frozenset(s for s, p, o in concepts if p == RDF.type and o == SKOS.Concept and isinstance(s, URIRef)),
    )


def _closure(pairs: Iterable[tuple[Node, Node]]) -> Mapping[Node, tuple[URIRef, ...]]:
    above: dict[Node, set[URIRef]] = defaultdict(set)
    for lower, higher in pairs:
        if isinstance(higher, URIRef):
            above[lower].add(higher)

    def reach(term: Node, seen: frozenset[Node]) -> set[URIRef]:
        found: set[URIRef] = set()
        for higher in above.get(term, set()) - seen:
            found |= {higher} | reach(higher, seen | {higher})
        return found

    return {term: tuple(sorted(reach(term, frozenset([term])))) for term in list(above)}
