"""The rows of one piece's named graphs in; each graph written in every syntax, packed, ready to be joined, out."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from fosen_graph import syntaxes
from fosen_graph.iris import GRAPHS, Iris

PACKED = ("nt", "nq", "ttl", "jsonld", "rdf")  # TriG shares Turtle's bodies
ABOUT_THE_DUMPS = ("catalogue", "report")  # what stands in no document of several graphs
ORDER = ("plan", *(name for name in GRAPHS if name not in ("plan", *ABOUT_THE_DUMPS)))  # in such a document
GROUPED = frozenset({"ttl", "jsonld", "rdf"})  # syntaxes in which all that is said of a thing stands together
_COMPRESSION = 6

Rows = Mapping[str, Set[syntaxes.Row]]  # by named graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """
    One named graph of one piece, written in one syntax and packed.

    alone, joint: whether it is for documents of this graph, or for those of several, where a thing that several graphs
    speak of stands in the first of them. prefixes: those it needs from the head of the document. section: prefixes of
    its own region and plan, declared where it begins. packed: raw deflate (RFC 1951), open-ended, so that fragments can
    be joined. size, crc: of it unpacked.
    """

    graph: str
    syntax: str
    alone: bool
    joint: bool
    prefixes: tuple[str, ...]
    section: str
    packed: bytes
    size: int
    crc: int
    triples: int

    def unpack(self) -> bytes:
        return zlib.decompressobj(-15).decompress(self.packed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one piece adds to a named graph; terms are N-Triples text."""

    triples: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]


def count(rows: Iterable[syntaxes.Row]) -> Counts:
    """rows: each once."""
    properties: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    for _, predicate, value in rows:
        properties[predicate] += 1
        if predicate == syntaxes.RDF_TYPE:
            classes[value] += 1
    return Counts(triples=properties.total(), classes=dict(classes), properties=dict(properties))


def total(counts: Iterable[Counts]) -> Counts:
    """Of several pieces together."""
    properties: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    for one in counts:
        properties.update(one.properties)
        classes.update(one.classes)
    return Counts(triples=properties.total(), classes=classes, properties=properties)


def pack(graphs: Rows, iris: Iris, sections: Mapping[str, str] | None = None) -> Iterator[Fragment]:
    """sections: the prefixes of the piece's own region and plan."""
    writer = _Writer(iris, sections or {})
    together = _things_together(graphs)
    for name, rows in graphs.items():
        groups = syntaxes.arrange(rows)
        same = name not in together
        for syntax in PACKED:
            yield writer.fragment(name, syntax, groups, joint=same or syntax not in GROUPED)
        if not same and together[name]:
            groups = syntaxes.arrange(together[name])
            for syntax in sorted(GROUPED):
                yield writer.fragment(name, syntax, groups, alone=False)


def _things_together(graphs: Rows) -> Mapping[str, Sequence[syntaxes.Row]]:
    """The graphs that change when every thing stands in the first one that speaks of it."""
    home: dict[str, str] = {}
    changed: set[str] = set()
    joint: dict[str, list[syntaxes.Row]] = {name: [] for name in ORDER if name in graphs}
    for name in joint:
        for row in graphs[name]:
            first = home.setdefault(row[0], name)
            joint[first].append(row)
            if first != name:
                changed |= {first, name}
    return {name: joint[name] for name in changed}


@dataclass(frozen=True, slots=True)
class _Writer:
    iris: Iris
    sections: Mapping[str, str]

    def fragment(
        self, graph: str, syntax: str, groups: Collection[syntaxes.Group], alone: bool = True, joint: bool = True
    ) -> Fragment:
        shared, groups = self.iris.prefixes(), list(groups)
        names = syntaxes.Names({**shared, **self.sections})
        body = syntaxes.SYNTAXES[syntax].body(groups, names, f"<{self.iris.graph(graph)}>").encode()
        own = {prefix: self.sections[prefix] for prefix in names.used & self.sections.keys()}
        section = syntaxes.turtle_head(own) if syntax == "ttl" else ""
        return Fragment(
            graph=graph,
            syntax=syntax,
            alone=alone,
            joint=joint,
            prefixes=tuple(sorted(names.used & shared.keys())),
            section=f"\n{section}" if section else "",
            packed=deflate(body),
            size=len(body),
            crc=zlib.crc32(body),
            triples=syntaxes.count(groups),
        )


def deflate(data: bytes) -> bytes:
    """Packed so that more may follow: no last block, and the end on a byte's border (RFC 1951)."""
    packer = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
