"""Words as people write them in, what they have in common out: no capitals, æøå as they are typed, no endings."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_AS_TYPED = (("å", "a"), ("aa", "a"), ("ø", "o"), ("ö", "o"), ("oe", "o"), ("æ", "e"), ("ä", "e"), ("ae", "e"))
_ENDINGS = (  # the longest first; Bokmål, then English
    "hetene", "heten", "heter", "elsene", "elser", "elsen", "ingene", "inger", "ingen", "enes", "anes", "ene", "ane",
    "ens", "ets", "ers", "ing", "het", "er", "en", "et", "ar", "ed", "es", "a", "e", "s",
)  # fmt: skip
_SHORTEST = 3  # letters of a stem


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
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)
    return word
