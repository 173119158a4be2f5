"""A product in, a file that tells when it was damaged out, and back: what did not change is not made again."""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from fosen_graph.findings import Finding, Place, Severity, Words
from fosen_graph.release.work import Counts, Fragment, Product, Title

_MAGIC = b"fosen-graph piece 1"
_FLUSHED = b"\x00\x00\xff\xff"  # how a fragment ends, so that the next can follow


class DamagedError(Exception):
    """A kept product is not what was written."""


@dataclass(frozen=True)
class Kept:
    """
    A product that stays on the disk until it is needed: when one plan of a thousand changes, the others' are only
    needed once everything is put together.
    """

    path: Path

    @cached_property
    def product(self) -> Product:
        """Its fragments hold nothing packed; `read` fetches that. Raises DamagedError."""
        return self._unpacked[0]

    @cached_property
    def offsets(self) -> tuple[tuple[int, int], ...]:
        return self._unpacked[1]

    @cached_property
    def _unpacked(self) -> tuple[Product, tuple[tuple[int, int], ...]]:
        text, start = _head(self.path)
        try:
            return _product(json.loads(text), start)
        except (ValueError, LookupError, TypeError) as error:
            raise DamagedError(self.path) from error

    def read(self, index: int) -> tuple[bytes, bytes]:
        """A fragment unpacked and packed; raises DamagedError where they are not what was written."""
        offset, size = self.offsets[index]
        fragment = self.product.fragments[index]
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                packed = file.read(size)
            raw = zlib.decompressobj(-15).decompress(packed)
        except (OSError, zlib.error) as error:
            raise DamagedError(self.path) from error
        if len(raw) != fragment.size or zlib.crc32(raw) != fragment.crc or not packed.endswith(_FLUSHED):
            raise DamagedError(self.path)
        return raw, packed


def store(product: Product) -> bytes:
    """What a kept product's file holds."""
    head = {
        "name": product.name,
        "readable": product.readable,
        "findings": [_finding_out(finding) for finding in product.findings],
        "fragments": [_fragment_out(fragment) for fragment in product.fragments],
        "counts": {name: asdict(counts) for name, counts in product.counts.items()},
        "minted": {iri: _place_out(place) for iri, place in product.minted.items()},
        "strays": product.strays,
        "report": product.report,
        "title": asdict(product.title) if product.title else None,
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    first = b" ".join((_MAGIC, str(len(text)).encode(), hashlib.sha256(text).hexdigest().encode()))
    return b"".join((first, b"\n", text, *(fragment.packed for fragment in product.fragments)))


def load(path: Path) -> Kept:
    """Raises DamagedError where the file is missing, or what is known of the product is not what was written."""
    _head(path)
    return Kept(path)


def _head(path: Path) -> tuple[bytes, int]:
    """What is written of the product but for its fragments, and where these begin."""
    try:
        with path.open("rb") as file:
            first = file.readline(200)
            magic, length, sha256 = first.rstrip(b"\n").rsplit(b" ", 2)
            text = file.read(int(length))
    except (OSError, ValueError) as error:
        raise DamagedError(path) from error
    if magic != _MAGIC or hashlib.sha256(text).hexdigest().encode() != sha256:
        raise DamagedError(path)
    return text, len(first) + len(text)


def _product(head: Mapping[str, Any], start: int) -> tuple[Product, tuple[tuple[int, int], ...]]:
    fragments, offsets = [], []
    for values in head["fragments"]:
        fragment, size = _fragment_in(values)
        fragments.append(fragment)
        offsets.append((start, size))
        start += size
    product = Product(
        name=head["name"],
        readable=head["readable"],
        findings=tuple(_finding_in(finding) for finding in head["findings"]),
        fragments=tuple(fragments),
        counts={name: Counts(**counts) for name, counts in head["counts"].items()},
        minted={iri: _place_in(place) for iri, place in head["minted"].items()},
        strays=tuple((name, tuple(row)) for name, row in head["strays"]),
        report=tuple(tuple(row) for row in head["report"]),
        title=Title(**head["title"]) if head["title"] else None,
    )
    return product, tuple(offsets)


def _fragment_out(f: Fragment) -> list[object]:
    return [f.graph, f.syntax, f.prefixes, f.section, f.size, f.crc, f.triples, len(f.packed)]


def _fragment_in(values: list[Any]) -> tuple[Fragment, int]:
    """The fragment without what is packed, and the size of that."""
    graph, syntax, prefixes, section, size, crc, triples, packed = values
    fragment = Fragment(
        graph=sys.intern(graph),
        syntax=sys.intern(syntax),
        prefixes=tuple(map(sys.intern, prefixes)),
        section=sys.intern(section),
        packed=b"",
        size=size,
        crc=crc,
        triples=triples,
    )
    return fragment, packed


def _place_out(place: Place) -> list[object]:
    return [place.file, place.line, place.column]


def _finding_out(finding: Finding) -> list[object]:
    what, remedy = finding.what, finding.remedy
    head = [_place_out(finding.place), finding.severity.value, finding.code]
    return [*head, what.nb, what.en, remedy.nb, remedy.en]


def _finding_in(values: list[Any]) -> Finding:
    place, severity, code, what_nb, what_en, remedy_nb, remedy_en = values
    return Finding(
        place=_place_in(place),
        severity=Severity(severity),
        code=sys.intern(code),
        what=_words(what_nb, what_en),
        remedy=_words(remedy_nb, remedy_en),
    )


@lru_cache(maxsize=4096)
def _words(nb: str, en: str) -> Words:
    """The same few texts again and again: one object each, or a thousand plans fill the memory."""
    return Words(nb=nb, en=en)


def _place_in(values: list[Any]) -> Place:
    file, line, column = values
    return Place(sys.intern(file), line, column)
