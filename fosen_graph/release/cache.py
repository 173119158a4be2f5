"""A product in, a file that tells when it was damaged out, and back: what did not change is not made again."""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fosen_graph.findings import Finding, Place, Severity, Words
from fosen_graph.release.fragments import Counts, Fragment
from fosen_graph.release.work import Product, Title

_MAGIC = b"fosen-graph piece 2"
_FLUSHED = b"\x00\x00\xff\xff"  # how a fragment ends, so that the next can follow


class DamagedError(Exception):
    """A kept product is not what was written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """
    A product that stays on the disk: of a thousand plans, none is held but while it is looked at.

    sound: it could be read, and conforms. fragments: without what is packed; `read` fetches that, from `offsets`.
    """

    path: Path
    name: str
    sound: bool
    fragments: tuple[Fragment, ...]
    offsets: tuple[tuple[int, int], ...]

    def product(self) -> Product:
        """All but what is packed. Raises DamagedError."""
        _, told, _ = _head(self.path)
        try:
            return _product(json.loads(told), self)
        except (ValueError, LookupError, TypeError) as error:
            raise DamagedError(self.path) from error

    def read(self, index: int) -> tuple[bytes, bytes]:
        """A fragment unpacked and packed; raises DamagedError where they are not what was written."""
        offset, size = self.offsets[index]
        fragment = self.fragments[index]
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
    """What a kept product's file holds: an index, what is told of it, and its fragments."""
    index = {
        "name": product.name,
        "sound": product.readable and product.conforms,
        "fragments": [_fragment_out(fragment) for fragment in product.fragments],
    }
    told = {
        "readable": product.readable,
        "findings": [_finding_out(finding) for finding in product.findings],
        "counts": {name: asdict(counts) for name, counts in product.counts.items()},
        "minted": {iri: _place_out(place) for iri, place in product.minted.items()},
        "named": sorted(product.named),
        "strays": product.strays,
        "report": product.report,
        "title": asdict(product.title) if product.title else None,
    }
    heads = [json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode() for head in (index, told)]
    total = hashlib.sha256(b"".join(heads)).hexdigest().encode()
    first = b" ".join((_MAGIC, *(str(len(head)).encode() for head in heads), total))
    return b"".join((first, b"\n", *heads, *(fragment.packed for fragment in product.fragments)))


def load(path: Path) -> Kept:
    """Raises DamagedError where the file is missing, or what is known of the product is not what was written."""
    text, _, start = _head(path)
    try:
        index = json.loads(text)
        fragments, offsets = [], []
        for values in index["fragments"]:
            fragment, size = _fragment_in(values)
            fragments.append(fragment)
            offsets.append((start, size))
            start += size
        return Kept(path, index["name"], index["sound"], tuple(fragments), tuple(offsets))
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedError(path) from error


def _head(path: Path) -> tuple[bytes, bytes, int]:
    """The index, what is told of the product, and where the fragments begin."""
    try:
        with path.open("rb") as file:
            first = file.readline(200)
            magic, *lengths, sha256 = first.rstrip(b"\n").rsplit(b" ", 3)
            index, told = (file.read(int(length)) for length in lengths)
    except (OSError, ValueError) as error:
        raise DamagedError(path) from error
    if magic != _MAGIC or hashlib.sha256(index + told).hexdigest().encode() != sha256:
        raise DamagedError(path)
    return index, told, len(first) + len(index) + len(told)


def _product(told: Mapping[str, Any], kept: Kept) -> Product:
    return Product(
        name=kept.name,
        readable=told["readable"],
        findings=tuple(_finding_in(finding) for finding in told["findings"]),
        fragments=kept.fragments,
        counts={name: Counts(**counts) for name, counts in told["counts"].items()},
        minted={iri: _place_in(place) for iri, place in told["minted"].items()},
        named=frozenset(told["named"]),
        strays=tuple((name, tuple(row)) for name, row in told["strays"]),
        report=tuple(tuple(row) for row in told["report"]),
        title=Title(**told["title"]) if told["title"] else None,
    )


def _fragment_out(f: Fragment) -> list[object]:
    head = [f.graph, f.syntax, f.alone, f.joint, f.prefixes, f.section]
    return [*head, f.size, f.crc, f.triples, len(f.packed)]


def _fragment_in(values: list[Any]) -> tuple[Fragment, int]:
    """The fragment without what is packed, and the size of that."""
    graph, syntax, alone, joint, prefixes, section, size, crc, triples, packed = values
    fragment = Fragment(
        graph=sys.intern(graph),
        syntax=sys.intern(syntax),
        alone=alone,
        joint=joint,
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
    return [*head, what.nb, what.en, remedy.nb, remedy.en, finding.about]


def _finding_in(values: list[Any]) -> Finding:
    place, severity, code, what_nb, what_en, remedy_nb, remedy_en, about = values
    return Finding(
        place=_place_in(place),
        severity=Severity(severity),
        code=sys.intern(code),
        what=_words(what_nb, what_en),
        remedy=_words(remedy_nb, remedy_en),
        about=about,
    )


@lru_cache(maxsize=4096)
def _words(nb: str, en: str) -> Words:
    """The same few texts again and again: one object each, or a thousand plans fill the memory."""
    return Words(nb=nb, en=en)


def _place_in(values: list[Any]) -> Place:
    file, line, column = values
    return Place(sys.intern(file), line, column)
