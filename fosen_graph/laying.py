"""Known written forms in, the stretches of a text that they cover out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# An «og» between two names is tried first, then a sign, then bare white space.
_SEPARATORS = (re.compile(r"\s+(?:og|and)\s+"), re.compile(r"\s*[,;/+&]\s*"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a cell: code points, end exclusive. separator: the characters between the last one and this."""

    start: int
    end: int
    form: str
    separator: str


def lay(text: str, forms: Iterable[str]) -> list[Span] | None:
    """
    Lay forms over a whole text, left to right, so that they and separators cover every character.

    A longer form is tried first; where that leads nowhere a shorter one is (backtracking). A form ends where a
    separator or the text ends. What stands after the last form belongs to it. None: the forms do not cover the text.
    """
    ordered = sorted(set(forms), key=lambda form: (-len(form), form))
    dead: set[int] = set()  # places from which the rest cannot be covered

    def cover(at: int, first: bool) -> list[Span] | None:
        if at == len(text) and not first:
            return []
        if at in dead:
            return None
        for start, separator in _starts(text, at, first):
            for form in ordered:
                end = start + len(form)
                if text.startswith(form, start) and (rest := cover(end, False)) is not None:
                    return [Span(start, end, form, separator), *rest]
        if not first and not text[at:].strip():
            return []
        dead.add(at)
        return None

    spans = cover(0, True)
    if spans and spans[-1].end < len(text):
        last = spans[-1]
        spans[-1] = Span(last.start, len(text), text[last.start :], last.separator)
    return spans


def _starts(text: str, at: int, first: bool) -> Iterable[tuple[int, str]]:
    if first and text and not text[0].isspace():
        yield 0, ""
        return
    for pattern in _SEPARATORS:
        match = pattern.match(text, at)
        if match and match.group():
            yield match.end(), match.group()


def find(text: str, form: str) -> int | None:
    """Where a form stands in a text as whole words, or None."""
    match = re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text)
    return match.start() if match else None


def uncovered(text: str, forms: Iterable[str]) -> str:
    """What is left of a text when every form that stands in it is taken out; for telling a person."""
    for form in sorted(forms, key=len, reverse=True):
        while (at := find(text, form)) is not None:
            text = f"{text[:at]} {text[at + len(form) :]}"
    return " ".join(re.sub(r"[,;/+&\s]+", " ", text).split())


def same_letters(one: str, other: str) -> bool:
    """True where two texts differ by nothing but case, spaces and punctuation."""
    return letters(one) == letters(other)


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
