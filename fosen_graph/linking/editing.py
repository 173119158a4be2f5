"""The bytes of a reviewed YAML file in; the same with an entry more, another or one less in its list, out."""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.reading import yamltree
from fosen_graph.reading.yamltree import Mapping, Node, Scalar

Value = str | bool | Sequence[str]
Entry = Sequence[tuple[str, Value]]

_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w .,()/«»–-]*[\w.)»])?|[0-9]{9}|[0-9]{4}-[0-9]{2}-[0-9]{2}|https?://[\w./-]+")
_SPOKEN_FOR: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})  # YAML 1.1 reads them
_HIDDEN: Final = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def cleaned(text: str) -> str:
    """What a person typed, as a file may hold it: NFC, no invisible characters, no space at the ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown = (" ".join(_HIDDEN.sub(" ", line).split()) for line in lines)
    return unicodedata.normalize("NFC", "\n".join(line for line in shown if line))


def scalar(text: str) -> str:
    """As YAML, and so that no reader takes it for anything but this text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _SPOKEN_FOR:
        return text
    if "\n" in text or "\t" in text:
        return json.dumps(text, ensure_ascii=False)
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def appended(data: bytes | None, file: str, key: str, entry: Entry) -> bytes:
    """
    With an entry more at the end of the list; data None: the file does not exist yet.

    Raises DataError where it cannot be read, CannotRun where its list is not written one entry below the other.
    """
    if data is None:
        return f"{key}:\n{_block(entry, 0, chr(10))}".encode()
    text = _Text(data, file, key)
    lines = list(text.lines)
    if text.empty_brackets:
        lines[text.line] = lines[text.line].replace("[]", "", 1).replace(f"{key}: ", f"{key}:", 1)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += text.line_end
    lines.append(_block(entry, text.indent, text.line_end))
    return text.with_lines(lines, [*text.items, _plain(entry)])


def replaced(data: bytes, file: str, key: str, at: int, entry: Entry) -> bytes:
    """With another entry in the place of the one at this index; its comments stay. Raises as `appended`."""
    text = _Text(data, file, key)
    start, end = text.span(at)
    block = _block(entry, text.indent, text.line_end)
    if tail := text.comments(at):
        first, rest = block.split(text.line_end, 1)
        block = f"{first}  {tail}{text.line_end}{rest}"
    return text.with_lines(
        [*text.lines[:start], block, *text.lines[end:]], [*text.items[:at], _plain(entry), *text.items[at + 1 :]]
    )


def removed(data: bytes, file: str, key: str, at: int) -> bytes:
    """Without the entry at this index. Raises as `appended`."""
    text = _Text(data, file, key)
    start, end = text.span(at)
    return text.with_lines([*text.lines[:start], *text.lines[end:]], [*text.items[:at], *text.items[at + 1 :]])


def counted(data: bytes, file: str, totals: str, key: str, number: int) -> bytes:
    """With this number under the key of the control totals, where there are any. Raises as `appended`."""
    tree = yamltree.read_tree(data, file)
    told = next((value for name, value in tree.entries if name.text == totals), None)
    if not isinstance(told, Mapping) or not told.entries:
        return data
    lines, bom = _lines(data)
    found = next((value for name, value in told.entries if name.text == key), None)
    last = told.entries[-1][0].place
    if isinstance(found, Scalar):
        at, column = found.place.line - 1, found.place.column - 1
        before, after = lines[at][:column], lines[at][column:]
        if not after.startswith(found.text):
            raise _not_editable(found.place)
        lines[at] = f"{before}{number}{after.removeprefix(found.text)}"
    elif lines[last.line - 1][: last.column - 1].strip() == "":
        end = _line_end(lines)
        lines[last.line - 1] = f"{lines[last.line - 1].rstrip()}{end}{' ' * (last.column - 1)}{key}: {number}{end}"
    else:
        raise _not_editable(told.place)
    return bom + "".join(lines).encode()


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as it stands: its texts by key, and where it begins."""

    texts: dict[str, str]
    place: Place


def entries(data: bytes | None, file: str, key: str) -> list[Listed]:
    """The entries of a file's list. Raises DataError."""
    if data is None:
        return []
    value = next((value for name, value in yamltree.read_tree(data, file).entries if name.text == key), None)
    items = value.items if isinstance(value, yamltree.Sequence) else ()
    return [Listed(_texts(item), item.place) for item in items]


def _texts(node: Node) -> dict[str, str]:
    pairs = node.entries if isinstance(node, Mapping) else ()
    return {key.text: value.text for key, value in pairs if isinstance(value, Scalar)}


class _Text:
    """A file with one list, by lines; its entries stand one below the other."""

    def __init__(self, data: bytes, file: str, key: str) -> None:
        self.data, self.file, self.key = data, file, key
        self.lines, self.bom = _lines(data)
        self.line_end = _line_end(self.lines)
        found = [pair for pair in yamltree.read_tree(data, file).entries if pair[0].text == key]
        if not found or isinstance(found[0][1], Mapping):
            raise _not_editable(Place(file, 1, 1))
        name, value = found[0]
        self.line = name.place.line - 1
        self.nodes = value.items if isinstance(value, yamltree.Sequence) else ()
        self.items = [_value(node) for node in self.nodes]
        self.empty_brackets = isinstance(value, yamltree.Sequence) and not self.nodes
        self.indent = 0
        if isinstance(value, yamltree.Sequence) and self.nodes:
            self.indent = value.place.column - 1
            if not self.lines[value.place.line - 1][self.indent :].startswith("- "):
                raise _not_editable(value.place)

    def span(self, at: int) -> tuple[int, int]:
        """The lines of an entry: from its dash to the last that is its own."""
        start = self.nodes[at].place.line - 1
        following = self.nodes[at + 1].place.line - 1 if at + 1 < len(self.nodes) else len(self.lines)
        if not self.lines[start].startswith(f"{' ' * self.indent}- "):
            raise _not_editable(self.nodes[at].place)
        end = following
        while end > start + 1 and self._between(self.lines[end - 1]):
            end -= 1
        return start, end

    def _between(self, line: str) -> bool:
        """Blank, or a comment that stands as far out as the dashes do."""
        bare = line.lstrip(" \t")
        return not bare.strip() or (bare.startswith("#") and len(line) - len(bare) <= self.indent)

    def comments(self, at: int) -> str:
        """What people have remarked within an entry."""
        start, end = self.span(at)
        node = self.nodes[at]
        pairs = node.entries if isinstance(node, Mapping) else ()
        found = [value.comment for _, value in pairs if isinstance(value, Scalar)]
        found += [line.strip() for line in self.lines[start + 1 : end] if line.lstrip().startswith("#")]
        if brace := re.search(r"\}\s+(#.*)", self.lines[end - 1]):
            found.append(brace[1].strip())
        return " ".join(filter(None, dict.fromkeys(comment.strip() for comment in found)))

    def with_lines(self, lines: Sequence[str], items: Sequence[object]) -> bytes:
        """The new bytes; never any that say something else than these entries."""
        data = self.bom + "".join(lines).encode()
        after = [value for name, value in yamltree.read_tree(data, self.file).entries if name.text == self.key]
        nodes = [node for value in after if isinstance(value, yamltree.Sequence) for node in value.items]
        if [_value(node) for node in nodes] != list(items):
            raise _not_editable(Place(self.file, self.line + 1, 1))
        return data


def _lines(data: bytes) -> tuple[list[str], bytes]:
    bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return data.removeprefix(bom).decode().splitlines(keepends=True), bom


def _line_end(lines: Sequence[str]) -> str:
    return "\r\n" if lines and lines[0].endswith("\r\n") else "\n"


def _block(entry: Entry, indent: int, line_end: str) -> str:
    lines = [f"{key}: {_written(value)}" for key, value in entry]
    dashed = [f"{'  ' if number else '- '}{line}" for number, line in enumerate(lines)]
    return "".join(f"{' ' * indent}{line}{line_end}" for line in dashed)


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return scalar(value) if isinstance(value, str) else f"[{', '.join(map(scalar, value))}]"


def _plain(entry: Entry) -> object:
    """An entry as `_value` gives it when it is read back."""
    return tuple((key, _told(value)) for key, value in entry)


def _told(value: Value) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else tuple(value)


def _value(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, yamltree.Sequence):
        return tuple(_value(item) for item in node.items)
    return tuple((key.text, _value(value)) for key, value in node.entries)


def _not_editable(place: Place) -> CannotRun:
    return CannotRun(
        Words(
            nb="Her er filen skrevet slik at programmet ikke kan føre noe inn uten å endre annet.",
            en="The file is written here so that the program cannot enter anything without changing more.",
        ),
        Words(
            nb="Skriv listen med ett innslag under det andre, hvert med «- » foran.",
            en="Write the list with one entry below the other, each after “- ”.",
        ),
        place,
    )
