"""Mine the names and places that a table itself shows, so that its crowded cells can be cut by its clear ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from fosen_graph.drafting.vocabulary import Vocabulary

_WORD = re.compile(r"\S+")
TRIM = '«»"“”().,;:'


def fold(name: str) -> str:
    """A name for comparing: case, spaces and the hyphen of a broken line do not matter."""
    return mend_hyphens(" ".join(name.split())).casefold().strip(TRIM + " ")


def mend_hyphens(name: str) -> str:
    """«Fosna- Folket» was broken after its hyphen; «Arbeids- og næringsliv» was not."""
    return re.sub(r"(?<=\w)-\s+(?=[A-ZÆØÅ])", "-", name)


def is_capital(word: str) -> bool:
    return word.lstrip(TRIM)[:1].isupper()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    What is known before a cell is cut.

    names: whole names of actors, folded. proper: words that are capital inside a sentence. places: words that stand
    after «i» or before «kommune». The last two in lower case.
    """

    names: frozenset[str] = frozenset()
    proper: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    def knowing(self, names: Iterable[str]) -> Lexicon:
        return replace(self, names=self.names | {fold(name) for name in names} - {""})


def mine_words(texts: Iterable[str], vocabulary: Vocabulary) -> Lexicon:
    """Proper words and places of a text; a word that is also written small in it is no proper name."""
    proper, places, small = set[str](), set[str](), set[str]()
    for text in texts:
        words = [word.strip(TRIM) for word in _WORD.findall(text)]
        small |= {word for word in words if word.islower()}
        for before, word in pairwise(words):
            if is_capital(word) and vocabulary.is_one("joining", before):
                proper.add(word.casefold())
                if vocabulary.is_one("place_prepositions", before) and not vocabulary.ends_like("bodies", word):
                    places.add(word.casefold())
            if is_capital(before) and vocabulary.is_one("municipalities", word):
                places.add(before.casefold())
    return Lexicon(frozenset(), frozenset((proper | places) - small), frozenset(places - small))


def standing_alone(parts: Iterable[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Those parts of cells that leave no doubt: no capital inside that could begin another name."""
    for part in parts:
        words = _WORD.findall(part)
        doubtful = any(is_capital(word) and not vocabulary.is_form(word) for word in words[1:])
        if words and not doubtful and is_capital(words[0]):
            yield part


def recurring(names: Iterable[str], cells: Collection[str]) -> Iterator[str]:
    """Those proposed names that stand, as whole words, in two cells with different words."""
    padded = [f" {re.sub(r'[/,;]', ' ', cell)} " for cell in sorted(set(cells))]
    for name, _ in sorted(Counter(names).items()):
        if sum(f" {name} " in cell for cell in padded) > 1:
            yield name
