"""Gather the actors that a draft's cells name, guess what kind each is, and mint short ids."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from fosen_graph.drafting.lexicon import TRIM, fold, is_capital, mend_hyphens
from fosen_graph.drafting.splitting import Segment
from fosen_graph.drafting.vocabulary import Vocabulary

LONGEST_SLUG = 40
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "đ": "d", "ŋ": "n", "ŧ": "t"})
_ORGANISATION, _BODY, _POSITION, _GROUP = "virksomhet", "organ", "stilling", "gruppe"


@dataclass(slots=True)
class Actor:
    """One actor: its name, and every other way in which the source writes it."""

    id: str
    kind: str
    name: str
    written: list[str] = field(default_factory=list)


def slug(name: str, vocabulary: Vocabulary, prefix: str = "") -> str:
    """
    A short id: lower case, æøå as ae oe aa, hyphens for the rest; small words go where it would be long.

    A name without letters or digits gives «uten-navn».
    """
    words = name.split()
    if len(_ascii(name)) > LONGEST_SLUG:
        words = [word for word in words if not vocabulary.is_one("joining", word.strip(TRIM))] or words
    text = _ascii(" ".join(words))
    if len(text) > LONGEST_SLUG:
        text = text[: LONGEST_SLUG + 1].rsplit("-", 1)[0][:LONGEST_SLUG]
    return "-".join(part for part in (prefix, text.strip("-") or "uten-navn") if part)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFC", name).lower().translate(_LETTERS)
    bare = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return "-".join(re.findall(r"[a-z0-9]+", bare))


class Minter:
    """Hands out each id once within a class; a second bearer takes its parent's name as well."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.taken: set[tuple[str, str]] = set()
        self.alike: defaultdict[tuple[str, str], int] = defaultdict(lambda: 1)

    def mint(self, kind: str, name: str, parent: str = "", prefix: str = "") -> str:
        first = slug(name, self.vocabulary, prefix)
        chosen = first
        if (kind, chosen) in self.taken and parent:
            chosen = f"{first}-{parent}"
        while (kind, chosen) in self.taken:
            self.alike[kind, first] += 1
            chosen = f"{first}-{self.alike[kind, first]}"
        self.taken.add((kind, chosen))
        return chosen


class Actors:
    """The actors of one draft, in the order of the source."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary, self.minter = vocabulary, Minter(vocabulary)
        self.by_name: dict[str, Actor] = {}

    def __iter__(self) -> Iterator[Actor]:
        return iter(self.by_name.values())

    def id_of(self, segment: Segment) -> str:
        """The id of the actor that a segment names; the first time it mints one."""
        text, key = segment.text, fold(segment.text) or segment.text
        if key not in self.by_name:
            name = mend_hyphens(" ".join(text.split()))
            name = name if is_capital(name) else name[:1].upper() + name[1:]
            self.by_name[key] = Actor(self.minter.mint("aktoer", name), self.kind_of(name), name)
        actor = self.by_name[key]
        if text not in (actor.name, *actor.written):
            actor.written.append(text)
        return actor.id

    def kind_of(self, name: str) -> str:
        """
        A guess from the form of the name: a role is a post, a council a body; a common noun, or a place after one, is a
        group; what bears a form of organisation or a proper name is an organisation.
        """
        words, vocabulary = name.split(), self.vocabulary
        first, last = words[0], words[-1]
        if any(vocabulary.is_form(word) for word in words) or vocabulary.is_one("ends", last):
            return _ORGANISATION
        if vocabulary.ends_like("roles", first) or (len(words) == 2 and vocabulary.ends_like("roles", last)):
            return _POSITION
        plural = vocabulary.ends_like("plural_definite", first, shortest=6)
        if plural or vocabulary.ends_like("adjectives", first) or vocabulary.is_one("joining", first):
            return _GROUP
        if any(vocabulary.ends_like("bodies", word) for word in words):
            return _BODY
        several = vocabulary.ends_like("plural_indefinite", first, shortest=7)
        sector = vocabulary.ends_like("groups", first) or (
            vocabulary.ends_like("groups", last) and (len(words) == 1 or vocabulary.is_one("joining", words[-2]))
        )
        return _GROUP if several or sector else _ORGANISATION
