"""What may be changed in a question: texts that a client writes come in, RDF terms in a query's VALUES go out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from rdflib import XSD, URIRef
from rdflib import Literal as Text

from fosen_graph.findings import Words
from fosen_graph.iris import NOT_IN_IRI

Kind = Literal["iri", "name", "text", "integer"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST = 200  # characters of a value
LARGEST = 999_999

_DECLARED = re.compile(r"parameter ([a-z][a-z_]*)")
_PREFIX = re.compile(r"^PREFIX (\w+): <(.+)>$", re.MULTILINE)
_GIVEN = re.compile(
    r'(?P<prefix>\w+):(?P<slug>[\w-]+)|"(?P<text>[^"\\]*)"(?:@(?P<language>[a-z]+))?|(?P<number>[0-9]+)'
)
_PART = rf"(?:[^{NOT_IN_IRI}\[\]%#?]|%[0-9A-Fa-f]{{2}})*"
_IRI = re.compile(
    rf"https?://[^{NOT_IN_IRI}\[\]%#?/:@]+(?::[0-9]{{1,5}})?(?:/{_PART})?(?:\?{_PART})?(?:#{_PART})?"
)  # RFC 3987, of those that lead somewhere
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_INTEGER = re.compile(r"0|[1-9][0-9]*")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class UnfitError(Exception):
    """A value that its parameter cannot take. what: of the value; remedy: what it can take."""

    def __init__(self, name: str, what: Words, remedy: Words) -> None:
        self.name, self.what, self.remedy = name, what, remedy
        super().__init__(what.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """
    One thing that a question can be asked about.

    kind: iri, a whole IRI or the last part of one in `space`; name, a name in `language`; text; integer, from 0.
    default: as a client would write it.
    """

    name: str
    kind: Kind
    words: Words
    default: str
    space: str = ""
    language: str = ""

    def term(self, value: str) -> URIRef | Text:
        """Raises UnfitError."""
        if not value or len(value) > LONGEST:
            raise self._unfit()
        if self.kind == "iri" and _SLUG.fullmatch(value):
            return URIRef(self.space + value)
        if self.kind == "iri" and _IRI.fullmatch(value):
            return URIRef(value)
        if self.kind == "integer" and _INTEGER.fullmatch(value) and int(value) <= LARGEST:
            return Text(value, datatype=XSD.integer)
        if self.kind in ("name", "text") and not _NO_TEXT.search(value):
            return Text(value, lang=self.language or None)
        raise self._unfit()

    def _unfit(self) -> UnfitError:
        what = Words(
            nb=f"Verdien av parameteren «{self.name}» kan ikke brukes.",
            en=f"The value of the parameter “{self.name}” cannot be used.",
        )
        remedy = _REMEDIES[self.kind]
        example = Words(nb=f" Eksempel: {self.default}", en=f" Example: {self.default}")
        return UnfitError(self.name, what, Words(nb=remedy.nb + example.nb, en=remedy.en + example.en))


_REMEDIES: Mapping[Kind, Words] = {
    "iri": Words(
        nb=f"Skriv siste del av adressen til tingen, eller hele IRI-en, høyst {LONGEST} tegn.",
        en=f"Write the last part of the thing's address, or its whole IRI, at most {LONGEST} characters.",
    ),
    "name": Words(nb=f"Skriv navnet, 1 til {LONGEST} tegn.", en=f"Write the name, 1 to {LONGEST} characters."),
    "text": Words(nb=f"Skriv en tekst, 1 til {LONGEST} tegn.", en=f"Write a text, 1 to {LONGEST} characters."),
    "integer": Words(nb=f"Skriv et heltall, 0 til {LARGEST}.", en=f"Write a whole number, 0 to {LARGEST}."),
}


def declared(header: Mapping[str, str], query: str) -> Iterator[Parameter | str]:
    """
    The parameters of a question; in place of one that is not as it should be, what is missing.

    header: `parameter actor` to `iri; in Norwegian; in English`. The query gives the default:
    `VALUES ?actor { aktoer:raadet }` for an iri, `{ "Samferdsel"@nb }` for a name, `{ "2" }`, `{ 2 }`.
    """
    prefixes = dict(_PREFIX.findall(query))
    for key, told in header.items():
        if not key.startswith("parameter "):
            continue
        name = _DECLARED.fullmatch(key)
        kind, *words = (part.strip() for part in told.split(";"))
        if not name or kind not in KINDS or len(words) != 2 or not all(words):
            yield f"«# parameter actor: {'|'.join(KINDS)}; …; …»"
            continue
        given = _block(name[1]).findall(query)
        found = _GIVEN.fullmatch(given[0]) if len(given) == 1 else None
        parameter = found and _of(name[1], kind, Words(nb=words[0], en=words[1]), found, prefixes)
        yield parameter or f"«VALUES ?{name[1]} {{ … }}»"


def _of(name: str, kind: str, words: Words, found: re.Match[str], prefixes: Mapping[str, str]) -> Parameter | None:
    if kind == "iri" and found["prefix"] in prefixes:
        space = prefixes[found["prefix"]]
        return Parameter(name=name, kind="iri", words=words, default=found["slug"], space=space)
    if kind == "name" and found["language"]:
        return Parameter(name=name, kind="name", words=words, default=found["text"], language=found["language"])
    if kind == "text" and found["text"] and not found["language"]:
        return Parameter(name=name, kind="text", words=words, default=found["text"])
    if kind == "integer" and found["number"]:
        return Parameter(name=name, kind="integer", words=words, default=found["number"])
    return None


def bound(query: str, terms: Mapping[str, URIRef | Text]) -> str:
    """The query with these terms in place of its defaults; all else in it stays letter by letter."""
    for name, term in terms.items():
        query = _block(name).sub(lambda _, name=name, term=term: f"VALUES ?{name} {{ {written(term)} }}", query)  # type: ignore[misc]
    return query


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"VALUES \?{name} \{{ (.+?) \}}$", re.MULTILINE)


def written(term: URIRef | Text) -> str:
    """
    One term as SPARQL reads it back: no text can end its own quotes.

    Some engines undo \\uXXXX before they read quotes (SPARQL 1.1, 19.2), so a backslash is never left before a u.
    """
    if isinstance(term, URIRef):
        if not _IRI.fullmatch(term):
            raise ValueError(term)
        return f"<{term}>"
    if term.datatype == XSD.integer:
        return str(int(term))
    escaped = re.sub(r'["\\\n\r\t]', lambda found: _ESCAPES[found[0]], str(term))
    escaped = re.sub(r"\\([uU])", lambda found: f"\\\\u{ord(found[1]):04X}", escaped)
    return f'"{escaped}"@{term.language}' if term.language else f'"{escaped}"'


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
