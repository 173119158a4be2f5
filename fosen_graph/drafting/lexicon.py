"""Mine the names and places that a table itself shows, so that its crowded cells can be cut by its clear ones."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from fosen_graph.drafting.vocabulary import Vocabulary

_WORD = re.compile(r"\S+")
_SEPARATORS = re.compile(r"[/,;•|:]")
LONGEST_NAME = 12  # words
MANY_HEADS = 3  # different words before one: then it is a place, not the second half of a name
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
    """
    Proper words and places of a text; a word that is also written small in it is no proper name.

    A place stands after «i» or before «kommune», or last in many names: «Visit Fosen», «Campus Fosen», «NAV Fosen».
    """
    proper, places, small = set[str](), set[str](), set[str]()
    heads: dict[str, set[str]] = defaultdict(set)
    for piece in (piece for text in texts for piece in _SEPARATORS.split(text)):
        words = [word.strip(TRIM) for word in _WORD.findall(piece)]
        small |= {word for word in words if word.islower()}
        for before, word in pairwise(words):
            if is_capital(word) and vocabulary.is_one("joining", before):
                proper.add(word.casefold())
                if vocabulary.is_one("place_prepositions", before) and not vocabulary.ends_like("bodies", word):
                    places.add(word.casefold())
            if is_capital(before) and vocabulary.is_one("municipalities", word):
                places.add(before.casefold())
            if is_capital(before) and is_capital(word) and not _is_noun(word, vocabulary):
                heads[word.casefold()].add(before.casefold())
    places |= {word for word, before in heads.items() if len(before) >= MANY_HEADS}
    return Lexicon(frozenset(), frozenset((proper | places) - small), frozenset(places - small))


def _is_noun(word: str, vocabulary: Vocabulary) -> bool:
    kinds = ("bodies", "roles", "plural_definite", "activities", "ends")
    return vocabulary.is_form(word) or any(vocabulary.ends_like(kind, word) for kind in kinds)


def standing_alone(parts: Iterable[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Those parts of cells that leave no doubt: no capital inside that could begin another name."""
    for part in parts:
        words = _WORD.findall(part)
        doubtful = any(is_capital(word) and not vocabulary.is_form(word) for word in words[1:])
        if words and len(words) <= LONGEST_NAME and not doubtful and is_capital(words[0]):
            yield part


def recurring(names: Iterable[str], cells: Collection[str]) -> Iterator[str]:
    """Those proposed names that stand, as whole words, in two cells with different words, and open one of them."""
    proposed = {tuple(name.split()) for name in names}
    proposed = {name for name in proposed if len(name) <= LONGEST_NAME}
    cells_with, opening = Counter[tuple[str, ...]](), set[tuple[str, ...]]()
    for cell in set(cells):
        found = set[tuple[str, ...]]()
        for part in _SEPARATORS.split(cell):
            runs = _runs(part.split())
            own = {run for _, run in runs if run in proposed}
            opening |= {run for first, run in runs if first == 0 and run in proposed}
            found |= own
        cells_with.update(found)
    return (" ".join(name) for name in sorted(opening) if cells_with[name] > 1)


def _runs(words: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Every run of a name's length, with where it begins."""
    return [
        (first, tuple(words[first : first + length]))
        for first in range(len(words))
        for length in range(1, min(LONGEST_NAME, len(words) - first) + 1)
    ]
