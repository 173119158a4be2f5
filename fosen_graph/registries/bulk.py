"""A bulk file of the register in, JSON or CSV, packed or not, its form found; its Units, streaming, out."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from operator import itemgetter
from typing import Final, TypeAlias, cast

import msgspec

from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.registries.records import RECORDS, to_unit
from fosen_graph.registries.units import COLUMNS, Unit, from_columns

Stream: TypeAlias = io.BufferedReader

_BLOCK: Final = 1 << 20  # bytes read at a time
_WINDOW: Final = 1 << 15  # bytes in which the end of a record is looked for at a time
_BLANK: Final = 1 << 10  # bytes that may part two records
_LONGEST: Final = 1 << 25  # bytes in which a record must end
_BETWEEN: Final = re.compile(rb"\}\s*,\s*(?=\{)")
_DELIMITERS: Final = ",;\t|"
_NEEDED: Final = ("organisasjonsnummer", "navn", "organisasjonsform.kode")


def units(file: Stream, name: str) -> Iterator[Unit]:
    """
    Every record in the file, sole proprietors too. name: for messages only.

    Raises CannotRun where it is neither, or ends before its end.
    """
    try:
        plain = _unpacked(file)
        first = plain.peek(_BLOCK)
        start = first.removeprefix(b"\xef\xbb\xbf").lstrip()
        if start[:1] == b"[":
            yield from _json(plain, name)
        elif b"organisasjonsnummer" in start.partition(b"\n")[0].replace(b"\0", b""):
            yield from _csv(plain, first, name)
        else:
            raise _unknown(name)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise CannotRun(
            Words(nb="Filen er kortere enn den skal være, eller skadet.", en="The file is cut short or damaged."),
            Words(nb="Last den ned på nytt.", en="Download it anew."),
            Place(name),
        ) from error


def _unpacked(file: io.BufferedReader) -> io.BufferedReader:
    if file.peek(2)[:2] == b"\x1f\x8b":
        return io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=file)), _BLOCK)
    return file


def _json(plain: io.BufferedReader, name: str) -> Iterator[Unit]:
    """
    A part of the array at a time: cut after an object, it parses with a bracket at its end, or the cut was inside one.

    No other cut can parse: it would leave an object or a text open.
    """
    rest, done = plain.read(_BLOCK).removeprefix(b"\xef\xbb\xbf").lstrip()[1:], 0
    while True:
        part = plain.read(_BLOCK)
        if not part:
            break
        rest += part
        for cut in _cuts(rest):
            try:
                records = RECORDS.decode(b"[" + rest[:cut] + b"]")
            except msgspec.ValidationError as error:
                raise _strange(name, done, str(error)) from error
            except msgspec.DecodeError:
                continue
            yield from map(to_unit, records)
            done += len(records)
            rest = rest[cut:].lstrip()[1:]
            break
        else:
            if len(rest) > _LONGEST:
                raise _strange(name, done, "no end of a record")
    try:
        records = RECORDS.decode(b"[" + rest)
    except msgspec.DecodeError as error:
        raise _strange(name, done, str(error)) from error
    yield from map(to_unit, records)


def _cuts(text: bytes) -> Iterator[int]:
    """Where one object may end and the next begin, from the end; nearly always the first is right."""
    end = len(text)
    while end > 0:
        start = max(0, end - _WINDOW)
        found = _BETWEEN.finditer(text, start, min(len(text), end + _BLANK))
        yield from reversed([match.start() + 1 for match in found if match.start() < end])
        end = start


def _csv(plain: io.BufferedReader, first: bytes, name: str) -> Iterator[Unit]:
    encoding = _encoding(first)
    header = first.decode(encoding, "replace").lstrip("\ufeff").splitlines()[0]
    delimiter = max(_DELIMITERS, key=header.count)
    text = io.TextIOWrapper(plain, encoding, newline="")
    lines = csv.reader(text, delimiter=delimiter)
    columns = [column.lstrip("\ufeff") for column in next(lines)]
    missing = [column for column in _NEEDED if column not in columns]
    if missing:
        raise _strange(name, 0, f"no column {missing[0]}")
    names = [column for column in columns if column in COLUMNS]
    chosen = itemgetter(*map(columns.index, names))
    try:
        for line in lines:
            if len(line) != len(columns):
                if line:
                    raise _strange(name, lines.line_num - 1, f"{len(line)} fields, {len(columns)} columns")
                continue
            yield from_columns(dict(zip(names, chosen(line), strict=True)))
    except UnicodeDecodeError as error:
        raise _strange(name, lines.line_num, f"not {encoding}: {error.reason}") from error
    except csv.Error as error:
        raise _strange(name, lines.line_num, str(error)) from error


def _encoding(first: bytes) -> str:
    """UTF-8 where the beginning is that (its last character may be cut), UTF-16 by its mark, else Windows' Latin."""
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(first) - 4:
            return "cp1252"
    return "utf-8-sig"


def _unknown(name: str) -> CannotRun:
    return CannotRun(
        Words(
            nb="Filen er ingen bulkfil fra Enhetsregisteret: verken en JSON-liste eller CSV med organisasjonsnummer.",
            en="This is no bulk file of the register: neither a JSON array nor CSV with organisasjonsnummer.",
        ),
        Words(
            nb="Gi enheter eller underenheter som JSON.gz eller CSV.gz; «fosen-graph registry fetch» henter dem.",
            en="Give units or sub-units as JSON.gz or CSV.gz; “fosen-graph registry fetch” fetches them.",
        ),
        Place(name),
    )


def _strange(name: str, done: int, detail: str) -> CannotRun:
    return CannotRun(
        Words(nb=f"Etter {done} poster kan filen ikke leses: {detail}.",
              en=f"After {done} records the file cannot be read: {detail}."),
        Words(nb="Last den ned på nytt; er den hel, har registeret endret formen på filen.",
              en="Download it anew; if it is whole, the register has changed the form of its files."),
        Place(name),
    )  # fmt: skip
