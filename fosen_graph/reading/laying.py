"""Known written forms in, the stretches of a text that they cover out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace

# An «og» between two names is tried first, then a sign, then bare white space.
_SEPARATORS = (re.compile(r"\s+(?:og|and)\s+"), re.compile(r"\s*[,;/+&]\s*"), re.compile(r"\s+"))
_REST = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """
    A stretch of a text that a form covers: code points, end exclusive.

    separator: the characters between the stretch before and this one.
    """

    start: int
    end: int
    form: str
    separator: str


def lay(text: str, forms: Iterable[str]) -> list[Span] | None:
    """
    Lay forms over a whole text, left to right, so that they and separators cover every character.

    A longer form is tried before a shorter one, and given up where the rest cannot be covered after it. A form ends
    where a separator or the text ends. White space after the last form belongs to it. None: the forms do not cover the
    text.
    """
    ordered = sorted(set(forms), key=lambda form: (-len(form), form))
    after: dict[int, Span | None] = {}  # a place from which the rest can be covered -> the first stretch there
    for at in sorted(_ends(text, ordered), reverse=True):
        if _REST.fullmatch(text, at):
            after[at] = None
        elif span := _first(text, _starts(text, at), ordered, after):
            after[at] = span
    begin = [(0, "")] if text[:1].strip() else _starts(text, 0)
    span = _first(text, begin, ordered, after)
    spans: list[Span] = []
    while span is not None:
        spans.append(span)
        span = after[span.end]
    if spans:
        spans[-1] = replace(spans[-1], end=len(text))
    return spans or None


def _ends(text: str, forms: Iterable[str]) -> set[int]:
    """Every place where a form that stands in the text ends."""
    found = set()
    for form in forms:
        at = text.find(form)
        while form and at >= 0:
            found.add(at + len(form))
            at = text.find(form, at + 1)
    return found


def _first(text: str, starts: Iterable[tuple[int, str]], forms: Iterable[str], after: Container[int]) -> Span | None:
    """The first form that stands at one of the places and leaves a rest that can be covered."""
    for start, separator in starts:
        for form in forms:
            end = start + len(form)
            if form and end in after and text.startswith(form, start):
                return Span(start, end, form, separator)
    return None


def _starts(text: str, at: int) -> Iterator[tuple[int, str]]:
    """Where the next form may begin, and the separator before it."""
    for pattern in _SEPARATORS:
        if match := pattern.match(text, at):
            yield match.end(), match.group()


def find(text: str, form: str) -> int | None:
    """Where a form stands in a text as whole words, or None."""
    if form not in text:  # most often; it saves compiling a pattern for every form
        return None
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
