"""A name as somebody wrote it in; its key, its words, its organisation form and the other ways to read it out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

# What a name says of its form, as a word of its own. Codes: the register's list of organisation forms; the health
# trusts (HF, RHF) and BA are no codes but stand in names like them.
FORM_WORDS = {
    "as": "AS", "asa": "ASA", "iks": "IKS", "kf": "KF", "fkf": "FKF", "sa": "SA", "ans": "ANS", "da": "DA",
    "ba": "BA", "sf": "SF", "hf": "HF", "rhf": "RHF", "nuf": "NUF", "ks": "KS",
}  # fmt: skip
# Forms said in words at the end of a name, in bokmål and nynorsk.
FORM_PHRASES = {
    ("interkommunalt", "selskap"): "IKS",
    ("interkommunale", "selskap"): "IKS",
    ("interkommunalt", "selskap", "iks"): "IKS",
    ("kommunalt", "foretak"): "KF",
    ("kommunalt", "føretak"): "KF",
    ("fylkeskommunalt", "foretak"): "FKF",
    ("fylkeskommunalt", "føretak"): "FKF",
}
# "Municipality" in the languages that municipalities are named in: Norwegian, Sami (north, Lule, south), Kven.
MUNICIPAL_WORDS = frozenset(
    ("kommune", "herad", "fylkeskommune", "suohkan", "gielda", "tjielte", "komuuni", "kommuvdna", "fylhkentjielte")
)
LINKING_WORDS = frozenset(("og", "i", "for", "av", "på", "til", "ved", "om", "the", "of", "and", "den", "det", "de"))

_LETTERS_OF_THEIR_OWN = {"đ": "d", "ð": "d", "ŋ": "n", "ŧ": "t", "ł": "l", "ä": "æ", "ö": "ø", "ß": "ss", "þ": "th"}
_DROPPED = "'’‘`´"
_ABBREVIATED = re.compile(r"(?<!\w)(?:\w[./]\s?)+\w(?!\w)\.?")
_BRACKET = re.compile(r"\(([^()]*)\)")
_SLASH = re.compile(r"\s+/\s*|\s*/\s+")


class _Letters(dict[int, str]):
    """What each character becomes; an unseen one is worked out once."""

    def __missing__(self, code: int) -> str:
        self[code] = become = _letter(chr(code))
        return become


def _letter(character: str) -> str:
    small = character.lower()
    if small in "æøå" or (small.isascii() and small.isalnum()):
        return small
    if small in _LETTERS_OF_THEIR_OWN:
        return _LETTERS_OF_THEIR_OWN[small]
    if small in _DROPPED:
        return ""
    if small == "&":
        return " og "
    decomposed = unicodedata.normalize("NFKD", small).lower()  # 𝑨 has no small letter before it is A
    plain = "".join(_LETTERS_OF_THEIR_OWN.get(p, p) for p in decomposed if not unicodedata.combining(p))
    return plain if plain.isalnum() else " "


_LETTERS = _Letters()


@lru_cache(4096)
def key(name: str) -> str:
    """
    The name in the one form that two spellings of it share.

    Small letters; hyphens, slashes, brackets and full stops part words; apostrophes go; & is "og"; "A/S", "A.S." and
    "N.T.N.U." are one word. Æ, ø and å stay what they are (KÅFJORD is not Kafjord), Swedish ä and ö are their
    Norwegian sisters, and the other marks go, so that Sami names are found without their keyboard: GÁIVUONA is
    "gaivuona". A name without letters or digits has the key "".
    """
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
    if "." in name or "/" in name:
        name = _ABBREVIATED.sub(lambda found: re.sub(r"[./\s]", "", found[0]), name)
    return " ".join(name.translate(_LETTERS).split())


def tokens(name: str) -> tuple[str, ...]:
    """The words of the name's key, in their order."""
    return tuple(key(name).split())


class Kind(Enum):
    """How a reading of a name follows from the name."""

    WHOLE = "whole"
    WITHOUT_FORM = "without form"
    WITHOUT_BRACKET = "without bracket"
    PART = "part of a double name"
    ABBREVIATION = "abbreviation"


@dataclass(frozen=True, slots=True)
class Reading:
    """One key that the name may be asked for by."""

    key: str
    kind: Kind


@lru_cache(4096)
def readings(name: str) -> tuple[Reading, ...]:
    """
    Every key that the name answers to, each once, the whole name first.

    FOSEN RENOVASJON IKS: also without the form. NORGES VASSDRAGS- OG ENERGIDIREKTORAT (NVE): also without the bracket
    and by the abbreviation. TRONDHEIM KOMMUNE/TRÅANTEN TJÏELTE: also by each part.
    """
    found: dict[str, Reading] = {}
    for reading in _readings(name):
        if reading.key:
            found.setdefault(reading.key, reading)
    return tuple(found.values())


def keys(name: str) -> tuple[str, ...]:
    """The keys of all readings, the whole name's first: what an index holds and asks for."""
    return tuple(reading.key for reading in readings(name))


def _readings(name: str) -> Iterator[Reading]:
    whole = key(name)
    yield Reading(whole, Kind.WHOLE)
    yield Reading(without_form(whole), Kind.WITHOUT_FORM)
    outside = whole
    if "(" in name:
        outside = key(_BRACKET.sub(" ", name))
        yield Reading(outside, Kind.WITHOUT_BRACKET)
        yield Reading(without_form(outside), Kind.WITHOUT_BRACKET)
    for part in _parts(name, whole):
        yield Reading(part, Kind.PART)
        yield Reading(without_form(part), Kind.PART)
    if short := abbreviation(name):
        yield Reading(short, Kind.ABBREVIATION)
        words = outside.split()
        if words[-1:] == [short]:
            yield Reading(" ".join(words[:-1]), Kind.WITHOUT_BRACKET)


@lru_cache(4096)
def form(name: str) -> str | None:
    """The organisation form that the name says: its code, or None."""
    return _form_at(key(name).split())[0]


def without_form(whole: str) -> str:
    """A key without the word for the organisation form; the key itself where that is all it has."""
    words = whole.split()
    start, end = _form_at(words)[1]
    return " ".join(words[:start] + words[end:]) or whole


def _form_at(words: list[str]) -> tuple[str | None, tuple[int, int]]:
    """The form's code and the place of its words: at the end, else at the beginning (AS FOSENBRUA)."""
    for length in (3, 2):
        if code := FORM_PHRASES.get(tuple(words[-length:])):
            return code, (len(words) - length, len(words))
    if words and words[-1] in FORM_WORDS:
        return FORM_WORDS[words[-1]], (len(words) - 1, len(words))
    if words and words[0] in ("as", "ans", "da", "ks"):
        return FORM_WORDS[words[0]], (0, 1)
    return None, (0, 0)


def _parts(name: str, whole: str) -> list[str]:
    """The names that a double name is made of; nothing where it is one name."""
    words = whole.split()
    ends = [place for place, word in enumerate(words) if word in MUNICIPAL_WORDS]
    if ends:  # KARASJOGA GIELDA / KARASJOK KOMMUNE BOKBUSSEN is one name: a service's, not the municipality's
        if len(ends) < 2 or ends[-1] != len(words) - 1:
            return []
        starts = [0, *(end + 1 for end in ends[:-1])]
        return [" ".join(words[start : end + 1]) for start, end in zip(starts, ends, strict=True)]
    parts = [key(part) for part in _SLASH.split(name)] if "/" in name else []
    return parts if len(parts) > 1 and all(parts) else []


def abbreviation(name: str) -> str | None:
    """The abbreviation that the name itself gives: in brackets, or as a last word made of the other words' initials."""
    for inside in _BRACKET.findall(name) if "(" in name else ():
        short = key(inside)
        if short.isalnum() and 2 <= len(short) <= 7 and inside.strip(" .") == inside.strip(" .").upper():
            return short
    words = key(name).split()
    last = words[-1] if words else ""
    return last if len(last) >= 3 and last == initials(words[:-1]) else None


def initials(words: list[str] | tuple[str, ...]) -> str:
    """The first letters of the words that carry meaning."""
    return "".join(word[0] for word in words if word not in LINKING_WORDS)


def one_slip(one: str, other: str) -> bool:
    """One letter more, fewer or another, or two that changed places."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    if len(rest) == len(others):
        return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    return rest[1:] == others or rest == others[1:]
