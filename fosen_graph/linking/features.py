"""A name as the plan has it and a unit of the register in; what speaks for and against their being the same, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from fosen_graph.findings import Words
from fosen_graph.registries.names import (
    MUNICIPAL_WORDS,
    Kind,
    Reading,
    form,
    key,
    one_slip,
    readings,
    tokens,
    without_form,
)
from fosen_graph.registries.units import Unit


class Sign(Enum):
    """The ways that two names are alike, then what else counts; matching.POINTS weighs each."""

    SAME = "same name"
    SAME_BUT_FORM = "same but for the form"
    PART = "part of a double name"
    BRACKET = "same but for a bracket"
    ABBREVIATION = "abbreviation"
    FORMER = "former name"
    JOINED = "joined otherwise"
    ORDER = "other order"
    ORDER_OF_TWO = "other order of two words"
    SLIP = "slip"
    VARIANT = "variant"
    BEGINS = "begins"
    WITHOUT_MUNICIPAL = "without the word for municipality"
    EXTRA_WORD = "extra word"
    SAME_FORM = "same form"
    OTHER_FORM = "other form"
    NUMBER = "number"
    MUNICIPALITY = "municipality"
    OTHER_MUNICIPALITY = "other municipality"
    SUB_UNIT = "sub-unit"
    DELETED = "deleted"
    BANKRUPT = "bankrupt"
    WINDING_UP = "winding up"
    NAMESAKE = "namesake"


@dataclass(frozen=True, slots=True)
class Feature:
    """One sign, in words; times: how often it counts."""

    sign: Sign
    words: Words
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """
    An organisation as the data name it.

    number: one that stands beside the name, if any. places: names of the municipalities that it may lie in.
    """

    name: str
    number: str | None = None
    places: tuple[str, ...] = ()


# Bokmål first: the same word in the other written Norwegian. Used to compare, never to show.
_NYNORSK = (
    ("teneste", "tjeneste"), ("kyrkjel", "kirkel"), ("kyrkje", "kirke"), ("føretak", "foretak"), ("høgare", "høyere"),
    ("høgskule", "høgskole"), ("skule", "skole"), ("vatn", "vann"), ("rekneskap", "regnskap"), ("noreg", "norge"),
)  # fmt: skip
_ENDINGS = ("ene", "et", "en", "er", "a", "e", "s")
_LONG = 5  # letters of a word whose slip or ending may be forgiven


@dataclass(frozen=True, slots=True)
class _Name:
    """A name made ready for comparing. words: without the form. letters: of the words, joined."""

    readings: tuple[Reading, ...]
    kinds: Mapping[str, Kind]  # by key
    words: list[str]
    in_order: list[str]
    letters: str


@lru_cache(4096)
def ready(name: str) -> _Name:
    """Kept for a while: the units that share a common word come again and again."""
    every = readings(name)
    words = without_form(key(name)).split()
    return _Name(every, {reading.key: reading.kind for reading in every}, words, sorted(words), "".join(words))


def features(mention: Mention, unit: Unit, known: frozenset[str]) -> tuple[Feature, ...]:
    """
    What speaks for and against; empty where the names have nothing to do with each other.

    known: words that some candidate bears as they are written, so that they are no slip of the pen.
    """
    alike = tuple(_alike(ready(mention.name), unit, known))
    return (*alike, *_circumstances(mention, unit)) if alike else ()


def _alike(asked: _Name, unit: Unit, known: frozenset[str]) -> Iterator[Feature]:
    """How the names are alike, the best way that holds; then the words that the register has besides."""
    borne = ready(unit.name)
    if not asked.kinds.keys().isdisjoint(borne.kinds) and (sign := _same(asked.readings, borne.kinds)):
        yield Feature(sign, _WORDS[sign])
        return
    for former in unit.former_names:
        shared = asked.kinds.keys() & ready(former.name).kinds.keys()
        if any(asked.kinds[one] is not Kind.ABBREVIATION for one in shared):
            yield Feature(Sign.FORMER, Words(nb=f"tidligere navn {former.name}", en=f"former name {former.name}"))
            return
    ours, theirs = asked.words, borne.words
    if sign := _nearly(asked, borne, known):
        yield Feature(sign, _WORDS[sign])
    elif ours and theirs[: len(ours)] == ours:
        yield from _beginning(ours, theirs, unit)


def _same(asked: Sequence[Reading], by_key: Mapping[str, Kind]) -> Sign | None:
    for reading in asked:
        kind = by_key.get(reading.key)
        if kind is None or (reading.kind is Kind.ABBREVIATION and kind is Kind.ABBREVIATION and len(asked) > 1):
            continue
        if reading.kind is Kind.PART:
            return Sign.PART
        if kind is Kind.WHOLE and reading.kind is Kind.WHOLE:
            return Sign.SAME
        return _SIGN_OF[kind] if reading.kind is Kind.WHOLE else _SIGN_OF[max(kind, reading.kind, key=_LOOSER)]
    return None


_SIGN_OF = {
    Kind.WHOLE: Sign.SAME,
    Kind.WITHOUT_FORM: Sign.SAME_BUT_FORM,
    Kind.WITHOUT_BRACKET: Sign.BRACKET,
    Kind.PART: Sign.PART,
    Kind.ABBREVIATION: Sign.ABBREVIATION,
}
_LOOSER = list(_SIGN_OF).index


def _nearly(asked: _Name, borne: _Name, known: frozenset[str]) -> Sign | None:
    """The same words in other order, joined otherwise, with slips of the pen, or in the other written language."""
    ours, theirs = asked.words, borne.words
    if asked.letters == borne.letters:
        return Sign.JOINED
    if len(ours) != len(theirs):
        return None
    if asked.in_order == borne.in_order:
        return Sign.ORDER if len(ours) > 2 else Sign.ORDER_OF_TWO
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    if all(_slipped(one, other, known) for one, other in pairs) and len(pairs) <= max(1, len(ours) // 2):
        return Sign.SLIP
    if all(variant(one) == variant(other) for one, other in pairs):
        return Sign.VARIANT
    return None


def _slipped(one: str, other: str, known: frozenset[str]) -> bool:
    """One slip in a long word that nobody bears; people rarely miss the first letter (KÅFJORD is not ÅFJORD)."""
    return len(one) >= _LONG and one[0] == other[0] and one not in known and one_slip(one, other)


@lru_cache(8192)
def variant(word: str) -> str:
    """A word without what bokmål and nynorsk, number, definiteness and the genitive make of it."""
    for other, ours in _NYNORSK:
        word = word.replace(other, ours)
    for ending in _ENDINGS:
        if len(word) - len(ending) >= _LONG and word.endswith(ending):
            return word.removesuffix(ending)
    return word


def _beginning(ours: Sequence[str], theirs: Sequence[str], unit: Unit) -> Iterator[Feature]:
    """The register's name goes on; the place in it costs nothing."""
    place = tokens(unit.municipality or "")
    rest = [word for word in theirs[len(ours) :] if word not in place]
    if len(rest) == 1 and rest[0] in MUNICIPAL_WORDS:
        yield Feature(Sign.WITHOUT_MUNICIPAL, _WORDS[Sign.WITHOUT_MUNICIPAL])
        return
    yield Feature(Sign.BEGINS, _WORDS[Sign.BEGINS])
    if rest:
        more = " ".join(rest).upper()
        yield Feature(Sign.EXTRA_WORD, Words(nb=f"registeret har også {more}", en=f"also has {more}"), len(rest))


def _circumstances(mention: Mention, unit: Unit) -> Iterator[Feature]:
    said = form(mention.name)
    if said and said in (unit.form, form(unit.name)):
        yield Feature(Sign.SAME_FORM, Words(nb=f"form {said}", en=f"form {said}"))
    elif said:
        yield Feature(Sign.OTHER_FORM, Words(nb=f"form {unit.form}, ikke {said}", en=f"form {unit.form}, not {said}"))
    if mention.number == unit.number:
        yield Feature(Sign.NUMBER, Words(nb="nummeret står ved navnet", en="the number stands beside the name"))
    if unit.municipality and mention.places:
        yield _lies(unit.municipality, mention.places)
    if unit.is_sub_unit:
        yield Feature(Sign.SUB_UNIT, Words(nb="underenhet", en="sub-unit"))
    yield from _ending(unit)


def _ending(unit: Unit) -> Iterator[Feature]:
    if unit.deleted:
        yield Feature(Sign.DELETED, Words(nb=f"slettet {unit.deleted}", en=f"deleted {unit.deleted}"))
    if unit.bankrupt:
        since = f" {unit.bankrupt_date}" if unit.bankrupt_date else ""
        yield Feature(Sign.BANKRUPT, Words(nb=f"konkurs{since}", en=f"bankrupt{since}"))
    if unit.winding_up:
        yield Feature(Sign.WINDING_UP, Words(nb="under avvikling", en="winding up"))


def _lies(municipality: str, places: Sequence[str]) -> Feature:
    where = municipality.title()
    if key(municipality) in {key(place) for place in places}:
        return Feature(Sign.MUNICIPALITY, Words(nb=f"kommune {where}", en=f"municipality {where}"))
    return Feature(Sign.OTHER_MUNICIPALITY, Words(nb=f"annen kommune: {where}", en=f"other municipality: {where}"))


def told(found: Iterable[Feature]) -> Words:
    """The features of a candidate as one line."""
    some = list(found)
    return Words(nb="; ".join(one.words.nb for one in some), en="; ".join(one.words.en for one in some))


def namesakes(count: int) -> Feature:
    """That others bear the name just as well."""
    words = Words(nb=f"{count} andre heter det samme", en=f"{count} others bear the same name")
    return Feature(Sign.NAMESAKE, words)


def outdone(count: int) -> Feature:
    """That others are more alike, and cannot be told apart."""
    words = Words(nb=f"{count} andre ligner mer, like mye", en=f"{count} others are more alike, equally so")
    return Feature(Sign.NAMESAKE, words)


_WORDS = {
    Sign.SAME: Words(nb="samme navn", en="same name"),
    Sign.SAME_BUT_FORM: Words(nb="samme navn uten formen", en="same name but for the form"),
    Sign.PART: Words(nb="ett av navnene i et dobbeltnavn", en="one part of a double name"),
    Sign.BRACKET: Words(nb="samme navn uten tillegget", en="same name without the addition"),
    Sign.ABBREVIATION: Words(nb="forkortelsen som registeret gir", en="the abbreviation that the register gives"),
    Sign.JOINED: Words(nb="samme bokstaver, delt i ord på en annen måte", en="same letters, other words"),
    Sign.ORDER: Words(nb="samme ord, annen rekkefølge", en="same words, other order"),
    Sign.ORDER_OF_TWO: Words(nb="samme to ord, annen rekkefølge", en="same two words, other order"),
    Sign.SLIP: Words(nb="samme navn på en bokstav nær", en="same but for a letter"),
    Sign.VARIANT: Words(nb="samme ord, annen målform eller ending", en="same words, other written form or ending"),
    Sign.BEGINS: Words(nb="registerets navn begynner slik", en="the register's name begins so"),
    Sign.WITHOUT_MUNICIPAL: Words(nb="samme navn med «kommune»", en="same name with “municipality”"),
}
