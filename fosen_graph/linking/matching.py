"""A mention and a register in; scored candidates, best first, or none where none is good, out."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from fosen_graph.linking.features import Feature, Mention, Sign, features, namesakes, outdone
from fosen_graph.registries.names import MUNICIPAL_WORDS, keys, tokens
from fosen_graph.registries.units import Register, Unit, is_number

# The whole judgement: the way that the names are alike gives the first number, the rest adds to it.
POINTS: Mapping[Sign, int] = {
    Sign.SAME: 95,
    Sign.PART: 90,
    Sign.BRACKET: 90,
    Sign.JOINED: 86,
    Sign.ABBREVIATION: 86,
    Sign.SAME_BUT_FORM: 86,
    Sign.FORMER: 84,
    Sign.ORDER: 82,
    Sign.SLIP: 78,
    Sign.VARIANT: 76,
    Sign.WITHOUT_MUNICIPAL: 74,
    Sign.BEGINS: 72,
    Sign.ORDER_OF_TWO: 52,
    Sign.EXTRA_WORD: -10,
    Sign.SAME_FORM: 8,
    Sign.OTHER_FORM: -45,
    Sign.NUMBER: 10,
    Sign.MUNICIPALITY: 5,
    Sign.OTHER_MUNICIPALITY: -2,
    Sign.SUB_UNIT: -15,
    Sign.DELETED: -15,
    Sign.BANKRUPT: -12,
    Sign.WINDING_UP: -10,
    Sign.NAMESAKE: -50,
}
_AGAINST = frozenset(sign for sign, points in POINTS.items() if points < 0)
THRESHOLD = 60  # under it nothing is proposed: docs/linking.md tells why
CERTAIN = 80  # from it on, a proposal is likely; between the two it is uncertain
_BLOCK = 60  # candidates that are looked at
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """score: 0 to 100."""

    unit: Unit
    score: int
    features: tuple[Feature, ...]

    @property
    def likely(self) -> bool:
        return self.score >= CERTAIN


def candidates(
    mention: Mention,
    register: Register,
    refused: Container[str] = (),
    threshold: int = THRESHOLD,
    most: int = _SHOWN,
) -> tuple[Candidate, ...]:
    """
    The units that the mention may mean, best first; empty where none is good.

    refused: numbers never to propose. most: who asks for one only is answered sooner, and the same.
    """
    found = [unit for unit in _block(mention, register, refused, most) if unit.number not in refused]
    written = set(tokens(mention.name))
    known = frozenset(word for unit in found for word in tokens(unit.name) if word in written)
    judged = [_judged(unit, some) for unit in found if (some := features(mention, unit, known))]
    judged.sort(key=lambda one: (-one.score, one.unit.is_sub_unit, one.unit.number))
    good = [one for one in _told_apart(judged) if one.score >= threshold]
    return tuple(good[:most])


def _block(mention: Mention, register: Register, refused: Container[str], most: int) -> list[Unit]:
    """Few enough to look at closely: by number, by exact name, then by words that they share."""
    found: dict[str, Unit] = {}
    if mention.number and is_number(mention.number) and (unit := register.unit(mention.number)):
        found[unit.number] = unit
    for name in (*keys(mention.name), *_as_municipality(mention.name)):
        found |= {unit.number: unit for unit in register.named(name)[:_BLOCK]}
    if most == 1 and any(_certain(mention, unit) for unit in found.values() if unit.number not in refused):
        return list(found.values())
    found |= {unit.number: unit for unit in register.with_tokens(tokens(mention.name), _BLOCK)}
    return list(found.values())


def _certain(mention: Mention, unit: Unit) -> bool:
    """It bears the very name, and nothing speaks against it: no unit that only shares words has more points."""
    signs = {feature.sign for feature in features(mention, unit, frozenset())}
    placed = not mention.places or Sign.MUNICIPALITY in signs
    return Sign.SAME in signs and placed and mention.number in (None, unit.number) and signs.isdisjoint(_AGAINST)


def _as_municipality(name: str) -> tuple[str, ...]:
    """Units by thousands bear the name of a place: the municipality is asked for by its own."""
    words = tokens(name)
    return () if not words or words[-1] in MUNICIPAL_WORDS else (f"{' '.join(words)} kommune",)


def _judged(unit: Unit, some: tuple[Feature, ...]) -> Candidate:
    score = sum(POINTS[feature.sign] * feature.times for feature in some)
    return Candidate(unit=unit, score=max(0, min(100, score)), features=some)


def _told_apart(judged: list[Candidate]) -> list[Candidate]:
    """Main units that share the best score cannot be told apart by a machine; then what is less alike is no answer."""
    best = [one for one in judged if one.score == judged[0].score and not one.unit.is_sub_unit]
    if len(best) < 2:
        return judged
    others, nearer = namesakes(len(best) - 1), outdone(len(best))
    level = {one.unit.number for one in best}
    return [_judged(one.unit, (*one.features, others if one.unit.number in level else nearer)) for one in judged]
