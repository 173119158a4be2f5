"""Fragments in, documents out: each plain and packed, from the same fragments, without holding more than one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fosen_graph import syntaxes
from fosen_graph.iris import Iris
from fosen_graph.release.cache import Kept
from fosen_graph.release.fragments import GROUPED, Fragment, deflate
from fosen_graph.release.landing import NewFile, Written

EXTENSIONS = ("ttl", "nt", "nq", "trig", "jsonld", "rdf")
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # RFC 1952: no name, no time, unknown system
_DEFLATE_END = b"\x03\x00"  # an empty last block


@dataclass(frozen=True, slots=True)
class Part:
    """One fragment of one kept or fresh product."""

    fragment: Fragment
    kept: Kept | None = None
    index: int = 0

    def read(self) -> tuple[bytes, bytes]:
        """Unpacked and packed; raises DamagedError."""
        return self.kept.read(self.index) if self.kept else (self.fragment.unpack(), self.fragment.packed)


def parts_of(kept: Kept) -> Iterator[Part]:
    return (Part(fragment, kept, index) for index, fragment in enumerate(kept.fragments))


def write_document(
    path: Path, extension: str, parts: Sequence[Part], iris: Iris, joint: bool
) -> tuple[Written, Written]:
    """
    Write `path`, and the same packed as path.gz.

    parts: of all syntaxes, in the order of the document. joint: they are of several graphs. Raises OSError,
    DamagedError.
    """
    syntax = syntaxes.SYNTAXES[extension]
    names = syntaxes.Names(iris.prefixes())
    grouped, body = joint and extension in GROUPED, "ttl" if extension == "trig" else extension
    of_syntax = (part for part in parts if part.fragment.syntax == body)
    own = [part for part in of_syntax if (part.fragment.joint if grouped else part.fragment.alone)]
    graph_names = {g: f"<{iris.graph(g)}>" for g in {part.fragment.graph for part in own}}
    opened = {g: syntax.open(text, names) for g, text in graph_names.items()}
    used = names.used.union(*(part.fragment.prefixes for part in own))
    with _Twins(path) as twins:
        twins.text(syntax.head({prefix: names.prefixes[prefix] for prefix in used}))
        for index, part in enumerate(own):
            graph = part.fragment.graph
            twins.text((syntax.between if index else "") + part.fragment.section + opened[graph])
            twins.add(*part.read())
            twins.text(syntax.close(graph_names[graph]))
        twins.text(syntax.foot)
    return twins.plain.written, twins.packed.written


def write_bytes(path: Path, data: bytes) -> tuple[Written, Written]:
    """A finished document as it stands, plain and packed; raises OSError."""
    with _Twins(path) as twins:
        twins.add(data, deflate(data))
    return twins.plain.written, twins.packed.written


class _Twins:
    """A file and the same packed (RFC 1952), written from the same pieces; the packed one has no name and no time."""

    def __init__(self, path: Path) -> None:
        self.plain = NewFile(path)
        self.packed = NewFile(path.with_name(f"{path.name}.gz"))
        self._crc = 0

    def __enter__(self) -> Self:
        self.packed.add(_GZIP_HEAD)
        return self

    def __exit__(self, *error: object) -> None:
        if not any(error):
            self.packed.add(_DEFLATE_END + struct.pack("<LL", self._crc, self.plain.size & 0xFFFFFFFF))
        self.plain.close()
        self.packed.close()

    def text(self, text: str) -> None:
        if text:
            data = text.encode()
            self.add(data, deflate(data))

    def add(self, raw: bytes, packed: bytes) -> None:
        self._crc = zlib.crc32(raw, self._crc)
        self.plain.add(raw)
        self.packed.add(packed)
