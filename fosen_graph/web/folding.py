"""Words as people write them in, what they have in common out: no capitals, æøå as they are typed, no endings."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_AS_TYPED = (("å", "a"), ("aa", "a"), ("ø", "o"), ("ö", "o"), ("oe", "o"), ("æ", "e"), ("ä", "e"), ("ae", "e"))
_ENDINGS = (  # the longest first; Bokmål, then English
    "hetene", "heten", "heter", "elsene", "elser", "elsen", "ingene", "inger", "ingen", "inga", "eren", "enes", "anes",
    "erne", "ene", "ane", "ere", "ens", "ets", "ers", "ing", "het", "er", "en", "et", "ar", "ed", "es", "a", "e", "s",
)  # fmt: skip
_SHORTEST = 3  # letters of a stem
_LONG = 5  # letters from which a stem is told apart by more than its last sounds
_NEUTER = ("alt", "elt", "ivt")  # lokalt, nasjonelt, attraktivt


def folded(text: str) -> str:
    """«Årlig møte» and “aarlig mote” alike."""
    text = unicodedata.normalize("NFC", text).casefold()
    for letters, typed in _AS_TYPED:
        text = text.replace(letters, typed)
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(folded(text)))


def stem(word: str) -> str:
    """Without its ending; what is short stays as it is."""
    found = next((word.removesuffix(ending) for ending in _ENDINGS if _ends(word, ending)), word)
    if len(found) >= _LONG:
        if found[-1] == found[-2] or found.endswith(_NEUTER):  # ungdommen, lokalt
            return found[:-1]
        if found[-1] == "y":  # strategy, strategies, strategier
            return f"{found[:-1]}i"
    return found


def _ends(word: str, ending: str) -> bool:
    """What is left of «næringa» without «inga» would be anything."""
    return word.endswith(ending) and len(word) - len(ending) >= _SHORTEST + ending.startswith("ing")
