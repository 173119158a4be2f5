"""What both sides, plan and register, tell of what they know: entities, their values, and how like a query they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from fosen_graph.findings import Words
from fosen_graph.iris import ORGANISATION_CATALOGUE, REGISTER_API
from fosen_graph.registries.names import key

_NUMBER = re.compile(r"(?<![\d])(\d{3})[ .\u00a0]?(\d{3})[ .\u00a0]?(\d{3})(?!\d)")
_AROUND_NUMBER = re.compile(r"^(?:no|org\.?\s?nr\.?:?)?\s*|\s*mva$", re.IGNORECASE)


_key = lru_cache(2048)(key)  # the same few values are compared with the same few columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """types: their ids, the narrowest first. lang: of the name, where it is known."""

    id: str
    name: str
    types: tuple[str, ...]
    description: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Of a property. id: where it is an entity. day: ISO. also: other ways to write it, in which it is found too."""

    text: str = ""
    id: str = ""
    day: str = ""
    lang: str = ""
    also: tuple[str, ...] = ()

    def is_like(self, asked: str) -> bool:
        if asked in (self.id, self.text, self.day, *self.also) and asked:
            return True
        wanted = _key(asked)
        return bool(wanted) and any(wanted == _key(one) for one in (self.text, *self.also) if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One feature of a candidate. points: what it adds to the score."""

    id: str
    words: Words
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """
    How like a query an entity is. firm: its name or number leaves no doubt. twin: the id of the same on the other side.

    fits: every condition that was told holds.
    """

    entity: Entity
    reasons: tuple[Reason, ...]
    firm: bool = False
    twin: str = ""
    fits: bool = True

    @property
    def score(self) -> int:
        return max(0, min(100, sum(reason.points for reason in self.reasons)))


IDENTIFIED = Reason(
    id="identifier",
    words=Words(nb="nummeret eller id-en er denne", en="the number or the id is this one's"),
    points=100,
)


def number_in(text: str) -> tuple[str, str]:
    """An organisation number in a text, and the text without it; «NO 974 767 880 MVA» is the number alone."""
    found = _NUMBER.search(text)
    if not found:
        return "", text
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip(" \t,;()-–·")
    return "".join(found.groups()), _AROUND_NUMBER.sub("", _AROUND_NUMBER.sub("", rest)).strip()


def unit_number(id_: str) -> str:
    """The number of a unit, from its id as it is given out, or as an IRI of the register; else empty."""
    for start in (ORGANISATION_CATALOGUE, REGISTER_API):
        id_ = id_.removeprefix(start)
    return id_ if len(id_) == 9 and id_.isascii() and id_.isdigit() else ""
