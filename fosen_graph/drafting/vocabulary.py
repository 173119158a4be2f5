"""Read what a draft knows of two languages: words of plans in general, never of one plan."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """words.toml, ready to ask; endings are compared in lower case, forms of organisation as written."""

    columns: dict[str, tuple[str, ...]]
    headings: tuple[str, ...]
    continued: frozenset[str]
    languages: dict[str, tuple[str, ...]]
    words: dict[str, tuple[str, ...]]

    def is_one(self, kind: str, word: str) -> bool:
        """Whether the whole word is in the list."""
        return word.casefold() in self.words[kind]

    def ends_like(self, kind: str, word: str, shortest: int = 1) -> bool:
        """Whether a word of at least `shortest` letters ends as one in the list does."""
        return len(word) >= shortest and word.casefold().endswith(self.words[kind])

    def is_form(self, word: str) -> bool:
        return word in self.words["forms"]


@cache
def read_vocabulary() -> Vocabulary:
    """The words that come with the program."""
    text = resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)
    return Vocabulary(
        columns={level: tuple(titles) for level, titles in words["columns"].items()},
        headings=tuple(words["headings"]["words"]),
        continued=frozenset(words["repeats"]["continued"]),
        languages={tag: tuple(own) for tag, own in words["languages"].items()},
        words={kind: tuple(endings) for kind, endings in words["names"].items()},
    )
