"""Text of a TOML file in, tables out that know the line of every key and note what is wrong with a value."""

from __future__ import annotations

import datetime
import difflib
import re
import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fosen_graph.findings import DataError, Finding, Place, Words, violation

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Form:
    """What a text may look like, and the words for it, said after «Write»."""

    pattern: Pattern
    words: Words


def one_of(values: Sequence[str]) -> Form:
    """The form of a text that must be one of these."""
    listed = ", ".join(values)
    words = Words(nb=f"en av disse: {listed}", en=f"one of these: {listed}")
    return Form(re.compile("|".join(map(re.escape, values))), words)


class Notes:
    """The findings so far, and where every key of the file stands."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self.findings: list[Finding] = []

    def add(self, key: str, code: str, what: Words, remedy: Words) -> None:
        self.findings.append(violation(nearest(self.places, key), code, what, remedy))


def read_toml(text: str, file: str) -> tuple[Table, Notes]:
    """The file's outermost table. Raises DataError with the place where the text stops being TOML."""
    try:
        values = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise DataError([_syntax_finding(str(error), file)]) from error
    notes = Notes(places_of_keys(text, file))
    return Table(values, "", notes), notes


class Table:
    """One table of the file. Every key is asked for by name; `close` tells which ones nobody asked for."""

    def __init__(self, values: Mapping[str, object] | None, path: str, notes: Notes) -> None:
        """values None: the table is missing, which has been told; then its keys are not missed one by one."""
        self._told = values is None
        self._values: Mapping[str, object] = values or {}
        self._path, self._notes = path, notes
        self._asked: list[str] = []
        self._absent: list[str] = []

    def table(self, key: str, *, required: bool = True) -> Table:
        value = self._value(key, (dict,), _A_TABLE, required=required)
        return Table(value if isinstance(value, dict) else None, self._key(key), self._notes)

    def part(self, key: str) -> Table | None:
        """A table that may be left out."""
        self._asked.append(key)
        return self.table(key) if key in self._values else None

    def text(self, key: str, form: Form | None = None) -> str:
        """A text that must be there and have the form; "" after a finding."""
        value = self._value(key, (str,), _A_TEXT)
        if not isinstance(value, str):
            return ""
        if not value.strip():
            self._missing(key)
        elif form and not form.pattern.fullmatch(value):
            self.wrong(key, value, form.words)
        return value.strip()

    def optional(self, key: str, form: Form) -> str | None:
        """A text that may be absent or empty: then None."""
        self._asked.append(key)
        return None if self._values.get(key, "") == "" else self.text(key, form) or None

    def words(self, key: str, form: Form | None = None, *, required: bool = True) -> tuple[str, ...]:
        """A list of texts of one form, at least one where it is required."""
        values = self._value(key, (list,), _A_LIST, required=required)
        if not isinstance(values, list):
            return ()
        if required and not values:
            self._missing(key)
        for value in values:
            if not isinstance(value, str) or not value.strip():
                self.wrong(key, str(value), _A_TEXT)
            elif form and not form.pattern.fullmatch(value):
                self.wrong(key, value, form.words)
        return tuple(value for value in values if isinstance(value, str))

    def texts(self, key: str, languages: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, str]:
        """One text in each language; fields: the names that may stand in it in braces (None: braces are only signs)."""
        table = self.table(key)
        texts = {language: table.text(language) for language in languages}
        if fields is not None:
            for language, text in texts.items():
                table._check_fields(language, text, fields)
        table.close()
        return texts

    def name(self, key: str, languages: Iterable[str]) -> dict[str, str]:
        """A proper name in those of the languages that it is given in, at least one."""
        table = self.table(key)
        names = {language: table.text(language) for language in languages if language in table._values}
        if not names and not table._told:
            self.note(key, *_NO_NAME)
        table.close()
        return names

    def date(self, key: str) -> str:
        """A day as a TOML date or as text, year first; "" after a finding."""
        value = self._value(key, (datetime.date, str), _A_DATE)
        if value is None:
            return ""
        try:
            return datetime.date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.wrong(key, str(value), _A_DATE)
            return ""

    def keys(self, form: Form) -> list[str]:
        """The keys of a table whose keys are data; those that have the form."""
        for key in self._values:
            if not form.pattern.fullmatch(key):
                self.wrong(key, key, form.words)
        return [key for key in self._values if form.pattern.fullmatch(key)]

    def close(self) -> None:
        """Tell every key that nobody asked for, and those that are missing unless a misspelt one took their place."""
        meant_keys = set()
        for key in self._values:
            if key not in self._asked:
                path, meant = self._key(key), _closest(key, self._asked)
                meant_keys.add(meant)
                what = Words(nb=f"ukjent nøkkel «{path}»", en=f"unknown key «{path}»")
                self._notes.add(path, "settings-unknown-key", what, _did_you_mean(meant, self._asked))
        for key in self._absent:
            if key not in meant_keys:
                self._missing(key)

    def wrong(self, key: str, value: str, expected: Words) -> None:
        path = self._key(key)
        what = Words(nb=f"«{path}» kan ikke være «{value}»", en=f"«{path}» cannot be «{value}»")
        self.note(key, what, Words(nb=f"Skriv {expected.nb}.", en=f"Write {expected.en}."))

    def note(self, key: str, what: Words, remedy: Words) -> None:
        self._notes.add(self._key(key), "settings-value", what, remedy)

    def _key(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _missing(self, key: str) -> None:
        path = self._key(key)
        what = Words(nb=f"«{path}» mangler", en=f"«{path}» is missing")
        self._notes.add(path, "settings-missing", what, Words(nb="Skriv den inn.", en="Add it."))

    def _value(self, key: str, kinds: tuple[type, ...], expected: Words, *, required: bool = True) -> object:
        """The value if it is of one of the kinds; None after a finding, or where it may be absent."""
        self._asked.append(key)
        value = self._values.get(key)
        if value is None:
            if required and not self._told:
                self._absent.append(key)
            return None
        if isinstance(value, kinds):
            return value
        path = self._key(key)
        what = Words(nb=f"«{path}» har feil slag", en=f"«{path}» is of the wrong kind")
        remedy = Words(nb=f"Skriv {expected.nb}.", en=f"Write {expected.en}.")
        self._notes.add(path, "settings-type", what, remedy)
        return None

    def _check_fields(self, key: str, text: str, allowed: Sequence[str]) -> None:
        try:
            found = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:  # a brace without its fellow
            found = {text}
        for unknown in sorted(found - set(allowed)):
            self.wrong(key, f"{{{unknown}}}", one_of([f"{{{name}}}" for name in allowed]).words)


_A_TABLE = Words(nb='en tabell: [navn] eller { nøkkel = "verdi" }', en='a table: [name] or { key = "value" }')
_A_TEXT = Words(nb="en tekst i anførselstegn", en="a text in quotes")
_A_LIST = Words(nb="en liste av tekster i hakeparentes", en="a list of texts in square brackets")
_A_DATE = Words(nb="en dato som 2026-11-24", en="a date such as 2026-11-24")

_NO_NAME = (
    Words(nb="navnet mangler", en="the name is missing"),
    Words(
        nb='Skriv det på minst ett språk, som { nb = "Navn" }.',
        en='Write it in one language or more, as { nb = "Navn" }.',
    ),
)


def _closest(key: str, known: Sequence[str]) -> str | None:
    spelt = key.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return next(iter(difflib.get_close_matches(spelt, known, n=1, cutoff=0.6)), None)


def _did_you_mean(meant: str | None, known: Sequence[str]) -> Words:
    if meant:
        return Words(nb=f"Mente du «{meant}»?", en=f"Did you mean «{meant}»?")
    listed = ", ".join(known)
    return Words(nb=f"Nøklene her er: {listed}.", en=f"The keys here are: {listed}.")


def _syntax_finding(message: str, file: str) -> Finding:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    place = Place(file, int(found[1]), int(found[2])) if found else Place(file)
    return violation(
        place,
        "settings-syntax",
        Words(nb="filen er ikke gyldig TOML", en="the file is not valid TOML"),
        Words(
            nb="Se etter et anførselstegn, en parentes eller et likhetstegn som mangler her eller på linjen før.",
            en="Look for a quote, a bracket or an equals sign that is missing here or on the line before.",
        ),
    )


_NAME = r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'"""
_DOTTED = rf"(?:{_NAME})(?:\s*\.\s*(?:{_NAME}))*"
_HEADER = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]")
_ENTRY = re.compile(rf"(\s*)({_DOTTED})\s*=")
_LONG_QUOTE = re.compile(r'"""|' + "'''")


def places_of_keys(text: str, file: str) -> dict[str, Place]:
    """Dotted path of each table and key to the place where it is written; keys inside braces have their line's."""
    places: dict[str, Place] = {"": Place(file)}
    table, inside_text = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        if not inside_text:
            if header := _HEADER.match(line):
                table = _path(header[1])
                places.setdefault(table, Place(file, number, line.index("[") + 1))
            elif entry := _ENTRY.match(line):
                path = ".".join(filter(None, (table, _path(entry[2]))))
                places.setdefault(path, Place(file, number, len(entry[1]) + 1))
        inside_text ^= len(_LONG_QUOTE.findall(line)) % 2 == 1
    return places


def _path(dotted: str) -> str:
    return ".".join(part.strip("\"'") for part in re.findall(_NAME, dotted))


def nearest(places: Mapping[str, Place], key: str) -> Place:
    """Where a key is written; else one of its keys (a.b of a.b.c = 1), else where the table around it is."""
    if key in places:
        return places[key]
    inside = [place for path, place in places.items() if path.startswith(f"{key}.")]
    return min(inside) if inside else nearest(places, key.rpartition(".")[0])
