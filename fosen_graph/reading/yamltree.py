"""Bytes of a YAML file in, a tree of text that knows its places out; what YAML would guess or hide is refused."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from fosen_graph.findings import DataError, Finding, Place, Words, violation

MAX_DEPTH = 32
MAX_OF_A_KIND = 10  # findings about tags, or about anchors: more would only hide the others

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text exactly as written; never a number, a date or a truth value."""

    text: str
    place: Place
    comment: str = ""  # what stands after an unquoted « #» on the same line


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    entries: tuple[tuple[Scalar, Node], ...]
    place: Place


Node = Scalar | Sequence | Mapping


def read_tree(data: bytes, file: str) -> Mapping:
    """
    Read one YAML file whose top is a mapping.

    data: UTF-8, with or without a byte order mark, any line ends. file: its path, for messages only.
    Raises DataError: bytes that are not UTF-8, letters not in NFC, broken YAML, tags, anchors, aliases, equal keys.
    """
    text = decode(data, file)
    if markers := list(_merge_markers(text, file)):
        raise DataError(markers)
    try:
        composer = _Composer(text, file)
        return composer.document()
    except yaml.MarkedYAMLError as error:
        raise DataError([_broken_yaml(error, file, composer.open_quote)]) from error


def decode(data: bytes, file: str) -> str:
    """Bytes as text: UTF-8 in NFC, byte order mark dropped, line ends as \\n."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError([_utf16(file)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError([_not_utf8(data, error.start, file)]) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if bad := _UNSEEN.search(text):
        raise DataError([_control_character(text, bad, file)])
    if not unicodedata.is_normalized("NFC", text):
        raise DataError(_decomposed(text, file))
    return text


_MERGE_MARKER = re.compile(r"(?m)^(<{7}|={7}|>{7}|\|{7})(?: .*)?$")


def _merge_markers(text: str, file: str) -> Iterator[Finding]:
    """Lines that git leaves where two have changed the same."""
    found = list(_MERGE_MARKER.finditer(text))
    if {marker[1][0] for marker in found} >= set("<=>"):
        first = found[0]
        what = Words(
            nb=f"«{first[1]}» er satt inn av git: to har endret det samme stedet.",
            en=f"“{first[1]}” was put in by git: two have changed the same place.",
        )
        remedy = Words(
            nb="Velg mellom det som står over og under «=======», og slett de tre linjene med <, = og >.",
            en="Choose between what stands above and below “=======”, and delete the three lines of <, = and >.",
        )
        yield violation(Place(file, text.count("\n", 0, first.start()) + 1, 1), "merge-marker", what, remedy)


_SAVE_AS_UTF8 = Words(nb="Lagre filen som UTF-8.", en="Save the file as UTF-8.")


def _utf16(file: str) -> Finding:
    what = Words(nb="filen er lagret som UTF-16.", en="the file is saved as UTF-16.")
    return violation(Place(file, 1, 1), "not-utf-8", what, _SAVE_AS_UTF8)


def _not_utf8(data: bytes, start: int, file: str) -> Finding:
    before = data[:start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    return violation(
        Place(file, line, column),
        "not-utf-8",
        Words(
            nb=f"byten 0x{data[start]:02x} er ikke UTF-8 (trolig Latin-1).",
            en=f"the byte 0x{data[start]:02x} is not UTF-8 (probably Latin-1).",
        ),
        _SAVE_AS_UTF8,
    )


def _decomposed(text: str, file: str) -> Iterator[Finding]:
    for number, line in enumerate(text.split("\n"), 1):
        if unicodedata.is_normalized("NFC", line):
            continue
        end = next(end for end in range(1, len(line) + 1) if not unicodedata.is_normalized("NFC", line[:end]))
        start = max(end - 2, 0)
        letter = unicodedata.normalize("NFC", line[start:end])[-1]
        yield violation(
            Place(file, number, start + 1),
            "not-nfc",
            Words(
                nb=f"«{letter}» er skrevet på en annen måte enn tastaturet gjør (bokstav og løst aksenttegn).",
                en=f"“{letter}” is written otherwise than a keyboard does (a letter and a combining mark).",
            ),
            Words(
                nb=f"Skriv bokstaven på nytt med tastaturet: {letter} (Unicode NFC).",
                en=f"Type the letter again: {letter} (Unicode NFC).",
            ),
        )


class _Composer:
    """YAML events to a tree; collects every finding before it gives up."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines = text.split("\n")
        self.findings: list[Finding] = []
        self.open_quote: tuple[Place, int] | None = None  # the last quoted text over several lines, and its last line
        self.events = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Mapping:
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise DataError([self._empty()])
        root = self._node(next(self.events), 0)
        next(self.events)  # the document ends
        if not isinstance(extra := next(self.events), yaml.StreamEndEvent):
            self._refuse(extra, "several-documents", "filen har flere dokumenter (---).",
                         "the file holds several documents (---).",
                         "Behold ett dokument i hver fil.", "Keep one document a file.")  # fmt: skip
        if isinstance(root, Scalar) and not root.text:
            raise DataError([self._empty()])
        if not isinstance(root, Mapping):
            self.findings.append(
                violation(
                    root.place,
                    "not-a-mapping",
                    Words(nb="filen begynner ikke med en nøkkel.", en="the file does not begin with a key."),
                    Words(
                        nb="Begynn med en nøkkel, for eksempel «aktører:».", en="Begin with a key, such as «aktører:»."
                    ),
                )
            )
        if self.findings or not isinstance(root, Mapping):
            raise DataError(self.findings)
        return root

    def _empty(self) -> Finding:
        return violation(
            Place(self.file, 1, 1),
            "empty-file",
            Words(nb="filen er tom.", en="the file is empty."),
            Words(nb="Hent innholdet fram igjen fra git.", en="Restore what it held from git."),
        )

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            what = Words(nb=f"mer enn {MAX_DEPTH} nivåer inni hverandre.", en=f"more than {MAX_DEPTH} nested levels.")
            remedy = Words(nb="Se etter parenteser som ikke er lukket.", en="Look for brackets that are not closed.")
            raise DataError([*self.findings, violation(self._place(event), "too-deep", what, remedy)])
        self._refuse_tricks(event)
        place = self._place(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._items(depth)), place)
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(tuple(self._entries(depth)), place)
        end: Any = event.end_mark
        if getattr(event, "style", None) in ("'", '"') and end.line + 1 != place.line:
            self.open_quote = place, end.line + 1
        return Scalar(getattr(event, "value", ""), place, self._comment(event))

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Place] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self._refuse(event, "key-not-text", "en nøkkel må være tekst.", "a key must be text.",
                             "Skriv nøkkelen som ett ord.", "Write the key as one word.")  # fmt: skip
            elif key.text in seen:
                self.findings.append(_twice(key, seen[key.text]))
            else:
                seen[key.text] = key.place
                yield key, value

    def _refuse_tricks(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(event, "anchor", "ankere og henvisninger (& og *) brukes ikke her.",
                         "anchors and aliases (& and *) are not used here.",
                         "Skriv verdien helt ut, eller sett anførselstegn rundt den.",
                         "Write the value out, or put it in quotes.")  # fmt: skip
        tag = getattr(event, "tag", None)
        if tag and not (isinstance(event, yaml.ScalarEvent) and tag == "!"):
            self._refuse(event, "tag", f"merkelappen «{tag}» brukes ikke her.", f"the tag “{tag}” is not used here.",
                         "Fjern merkelappen (!…); datatypen følger av nøkkelen.",
                         "Remove the tag (!…); the key decides the datatype.")  # fmt: skip

    def _refuse(self, event: yaml.Event, code: str, what: str, what_en: str, remedy: str, remedy_en: str) -> None:
        if sum(finding.code == code for finding in self.findings) >= MAX_OF_A_KIND:
            return
        self.findings.append(
            violation(self._place(event), code, Words(nb=what, en=what_en), Words(nb=remedy, en=remedy_en))
        )

    def _place(self, event: yaml.Event) -> Place:
        mark: Any = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _comment(self, event: yaml.Event) -> str:
        if getattr(event, "style", None):  # quoted or block text shows its own end
            return ""
        mark: Any = event.end_mark
        rest = self.lines[mark.line][mark.column :] if mark.line < len(self.lines) else ""
        return rest.strip() if re.match(r"\s+#", rest) else ""


def _twice(key: Scalar, first: Place) -> Finding:
    return violation(
        key.place,
        "duplicate-key",
        Words(
            nb=f"«{key.text}» står to ganger på samme sted (først i linje {first.line}).",
            en=f"“{key.text}” stands twice in the same place (first on line {first.line}).",
        ),
        Words(
            nb="Slett den ene, eller sett inn «- id:» foran det som hører til neste punkt i listen.",
            en="Delete one, or put “- id:” before what belongs to the next entry of the list.",
        ),
    )


_INDENTATION = (
    Words(
        nb="linjen passer ikke med det som begynner i linje {start}.",
        en="the line does not fit what begins on line {start}.",
    ),
    Words(
        nb="Se på innrykket, og om «- » mangler foran noe i linje {start}.",
        en="Check the indentation, and whether “- ” is missing on line {start}.",
    ),
)
_TAB = (
    Words(nb="tabulator kan ikke brukes her.", en="a tab cannot stand here."),
    Words(nb="Bytt tabulatoren ut med mellomrom.", en="Replace the tab by spaces."),
)
_NO_COLON = (
    Words(nb="det mangler kolon og mellomrom etter nøkkelen.", en="a colon and a space are missing after the key."),
    Words(nb="Skriv «nøkkel: verdi».", en="Write “key: value”."),
)
_OPEN_BRACKET = (
    Words(nb="parentesen som begynner her, blir ikke lukket.", en="the bracket that opens here is not closed."),
    Words(
        nb="Sett inn ] eller }, eller sett anførselstegn rundt tekst med komma, kolon eller parentes.",
        en="Put in ] or }, or put text with commas, colons or brackets in quotes.",
    ),
)
_OPEN_QUOTE = (
    Words(nb="anførselstegnet som begynner her, blir ikke lukket.", en="the quote that opens here is not closed."),
    Words(
        nb="Sett inn det siste anførselstegnet. Et ' inne i '…' skrives to ganger.",
        en="Put in the closing quote. A ' inside '…' is written twice.",
    ),
)
_KNOWN_FAULTS: dict[str, tuple[Words, Words]] = {  # what libyaml says -> what it means to an editor
    "'\\t'": _TAB,
    "tab character": _TAB,
    "mapping values are not allowed": (
        Words(nb="kolon på et sted der det ikke kan stå.", en="a colon where none can stand."),
        Words(
            nb="Se på innrykket, eller sett anførselstegn rundt teksten.",
            en="Check the indentation, or put the text in quotes.",
        ),
    ),
    "could not find expected ':'": _NO_COLON,
    "expected ',' or ']'": _OPEN_BRACKET,
    "expected ',' or '}'": _OPEN_BRACKET,
    "unexpected end of stream": _OPEN_QUOTE,
    "did not find expected key": _INDENTATION,
    "did not find expected '-'": _INDENTATION,
}
_TOLD_WHERE_IT_BEGAN = (_NO_COLON, _OPEN_BRACKET, _OPEN_QUOTE)


def _broken_yaml(error: yaml.MarkedYAMLError, file: str, quote: tuple[Place, int] | None) -> Finding:
    """quote: a text over several lines and its last line; where the fault is on that line, it lacked its own end."""
    mark: Any = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    if quote and quote[1] == place.line:
        return violation(quote[0], "broken-yaml", *_OPEN_QUOTE)
    problem = error.problem or "?"
    start = error.context_mark.line + 1 if error.context_mark else place.line
    for sign, (what, remedy) in _KNOWN_FAULTS.items():
        if sign in problem:
            if (what, remedy) in _TOLD_WHERE_IT_BEGAN and error.context_mark:
                place = Place(file, start, error.context_mark.column + 1)
            return violation(place, "broken-yaml", _at(what, start), _at(remedy, start))
    return violation(
        place,
        "broken-yaml",
        Words(nb=f"dette er ikke gyldig YAML ({problem}).", en=f"this is not valid YAML ({problem})."),
        Words(
            nb="Se etter anførselstegn, parenteser eller innrykk i denne linjen og linjen over.",
            en="Look for quotes, brackets or indentation on this line and the one above.",
        ),
    )


def _at(words: Words, line: int) -> Words:
    return Words(nb=words.nb.replace("{start}", str(line)), en=words.en.replace("{start}", str(line)))


# What YAML 1.2 (section 5.1) does not print, and the line breaks that editors do not show as such.
_UNSEEN = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _control_character(text: str, bad: re.Match[str], file: str) -> Finding:
    before = text[: bad.start()]
    return violation(
        Place(file, before.count("\n") + 1, len(before) - before.rfind("\n")),
        "control-character",
        Words(
            nb=f"et usynlig tegn (U+{ord(bad.group()):04X}) kan ikke stå i filen.",
            en=f"an invisible character (U+{ord(bad.group()):04X}) cannot stand in the file.",
        ),
        Words(
            nb="Slett tegnet; det står mellom to synlige.", en="Delete the character; it is between two visible ones."
        ),
    )
