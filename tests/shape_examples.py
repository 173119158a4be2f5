"""The stored examples come in: the good graph, the damages to it, and what each of them must be told as."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from fosen_graph.checking import Shapes, load_shapes
from fosen_graph.checking.shacl import Result, Shape

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "tests/examples/shapes"
NAMES = ("plan", "measures", "actor", "links", "added", "source", "naming")

Triples = frozenset[tuple[Node, Node, Node]]


@dataclass(frozen=True)
class Example:
    """A damage to the good graph. expect: lines «focus path value component severity»."""

    shape: str
    number: int
    remove: Triples
    add: Triples
    expect: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.shape} {self.number}"


def shape_texts() -> dict[str, str]:
    return {f"shapes/{name}.ttl": (ROOT / f"shapes/{name}.ttl").read_text(encoding="utf-8") for name in NAMES}


@functools.cache
def shapes() -> Shapes:
    return load_shapes(shape_texts())


def all_shapes() -> Iterator[Shape]:
    """Those with targets, and the property shapes below them."""
    waiting = list(shapes().compiled)
    while waiting:
        shape = waiting.pop()
        waiting += shape.properties
        yield shape


@functools.cache
def good() -> Triples:
    return frozenset(Graph().parse(EXAMPLES / "good.ttl"))


@functools.cache
def head() -> str:
    """The prefixes of the good graph."""
    text = (EXAMPLES / "good.ttl").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if line.startswith("@"))


@functools.cache
def examples() -> tuple[Example, ...]:
    found: list[Example] = []
    for name in NAMES:
        for shape, cases in tomllib.loads((EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")).items():
            for number, case in enumerate(cases, 1):
                remove, add = (_triples(case.get(key, "")) for key in ("remove", "add"))
                found.append(Example(shape, number, remove, add, tuple(case["expect"])))
    return tuple(found)


def _triples(text: str) -> Triples:
    return frozenset(Graph().parse(data=f"{head()}\n{text}{' .' if text else ''}", format="turtle"))


def damaged(*chosen: Example) -> Triples:
    """The good graph with the damages of all these examples."""
    graph = good()
    for example in chosen:
        graph = (graph - example.remove) | example.add
    return graph


def line(result: Result) -> str:
    """A result as the examples write it: shortened by the prefixes of the good graph."""
    value = "-" if result.value is None else _short(result.value.n3())
    component, severity = (_local(term) for term in (result.component, result.severity))
    path = "-" if result.path is None else _short(str(result.path))
    component = component.removesuffix("ConstraintComponent")
    return " ".join([_short(result.focus.n3()), path, value, component, severity])


def _local(term: Node) -> str:
    return str(term).rpartition("#")[2]


def _short(text: str) -> str:
    return re.sub(r"<([^>]*)>", lambda found: _shortened(URIRef(found[1])), text)


def _shortened(iri: URIRef) -> str:
    spaces = dict(re.findall(r"@prefix (\w+): <([^>]+)>", head()))
    for prefix, namespace in sorted(spaces.items(), key=lambda space: -len(space[1])):
        if iri.startswith(namespace) and re.fullmatch(r"[\w-]*", iri.removeprefix(namespace)):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    (base,) = re.findall(r"@base <([^>]+)>", head())
    return f"<{iri.removeprefix(base)}>"
