"""A name as written in; its normalised form and its words out."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def key(name: str) -> str:
    """Two names with the same key are written alike, but for case, hyphens and marks."""
    return " ".join(tokens(name))


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, in their order."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", name).casefold()))
