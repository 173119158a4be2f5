"""Cut the text of one cell into the names or measures that it seems to hold; say by which rule and how surely."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from fosen_graph.drafting.lexicon import (
    LONGEST_NAME,
    TRIM,
    Lexicon,
    fold,
    is_capital,
    mine_words,
    recurring,
    standing_alone,
)
from fosen_graph.drafting.vocabulary import Vocabulary

_WORD = re.compile(r"\S+")
_BETWEEN_ACTORS = re.compile(r"\s*(?:[,;•|]|(?<!\d)/|/(?!\d))\s*|\s{2,}")
_BETWEEN_MEASURES = re.compile(r"\s*[;•|]\s*|\s{2,}")
_SHORT_RUN = 3  # words; a longer row of capitals may well be several names
_BRACKETS = re.compile(r"«[^»]{0,200}»|\([^)]{0,200}\)|\"[^\"]{0,200}\"|“[^”]{0,200}”|\b(?:og|and)/(?:eller|or)\b")


class Certainty(IntEnum):
    """The weakest decision counts, so that min() gives the certainty of a whole."""

    UNCERTAIN = 0
    LIKELY = 1
    CERTAIN = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to cut between two words, by which rule (a key of REASONS), and how surely."""

    cut: bool
    rule: str
    certainty: Certainty


_KEEP = Verdict(False, "whole", Certainty.CERTAIN)


@dataclass(frozen=True, slots=True)
class Segment:
    """A proposal: text[start:end] of the cell, and the weakest verdict that made or shaped it."""

    start: int
    end: int
    text: str
    rule: str
    certainty: Certainty


# Why a segment looks as it does; what a reviewer reads under `usikkert`.
REASONS = {
    "whole": "Hele cellen er ett navn.",
    "separator": "Delt ved skilletegn.",
    "known": "Navnet står alene et annet sted, eller er oppgitt som kjent.",
    "form": "Organisasjonsformen avslutter navnet.",
    "municipality": "Ett ord foran «kommune» hører til navnet.",
    "role": "En stilling er et helt navn.",
    "body": "Et råd, forum eller utvalg er et helt navn.",
    "place": "Stedsnavnet avslutter navnet foran.",
    "lower": "Stor bokstav etter et ord med liten.",
    "definite": "Et ord i bestemt form er et helt navn.",
    "common": "Et fellesnavn med stor bokstav begynner et nytt navn.",
    "capitals": "Flere ord med stor bokstav på rad; kan være ett navn eller flere.",
    "head": "Ordet foran pleier å ha et egennavn etter seg; kan likevel være to navn.",
    "sentence": "Nytt tiltak etter punktum.",
    "nouns": "To slags arbeid på rad er trolig to tiltak.",
    "enumeration": "«og» mot slutten av en opplisting kan skille to navn.",
}


_Words = list[re.Match[str]]


@dataclass(frozen=True, slots=True)
class _Gap:
    """A space between two words, where a name may end. start: the index of the first word since the last cut."""

    words: Sequence[str]
    index: int
    start: int
    bracketed: bool

    @property
    def before(self) -> str:
        return self.words[self.index]

    @property
    def after(self) -> str:
        return self.words[self.index + 1]

    @property
    def rest(self) -> Sequence[str]:
        """The next words after the one after the gap; no rule looks further."""
        return self.words[self.index + 2 : self.index + 2 + _SHORT_RUN]

    @property
    def opens(self) -> bool:
        """Whether the word before the gap is the first of its name."""
        return self.index == self.start

    @property
    def preceding(self) -> str:
        """The word before the one before the gap, in the same name."""
        return "" if self.opens else self.words[self.index - 1]


_Rule = Callable[[_Gap], Verdict]


class Splitter:
    """Rules of a language over what a lexicon knows."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self.vocabulary, self.lexicon = vocabulary, lexicon
        self.first_words = {fold(name.split()[0]) for name in lexicon.names}

    def actors(self, text: str) -> list[Segment]:
        """The actors of a cell, left to right. Separators cut surely, capitals by rule."""
        parts = list(_parts(text, _BETWEEN_ACTORS))
        several = len(parts) > 1
        found = [
            segment
            for part in parts
            for segment in self._cut(text, part, self._known(text, part), self._actor, several)
        ]
        return _doubt_last(found) if several else found

    def measures(self, text: str) -> list[Segment]:
        """The measures of a cell, left to right; commas and slashes belong to the sentence."""
        parts = [p for whole in _parts(text, _BETWEEN_MEASURES) for p in self._sentences(text, whole)]
        several = len(parts) > 1
        return [segment for part in parts for segment in self._cut(text, part, {}, self._measure, several)]

    def _cut(
        self, text: str, part: tuple[int, int], known: dict[int, Verdict], rule: _Rule, several: bool
    ) -> list[Segment]:
        words, verdicts, start = _words(text, part), dict[int, Verdict](), 0
        texts = [word.group() for word in words]
        brackets = [match.span() for match in _BRACKETS.finditer(text)]
        for index in range(len(words) - 1):
            gap = _Gap(texts, index, start, any(a < words[index].end() < b for a, b in brackets))
            verdicts[index] = known.get(index) or rule(gap)
            start = index + 1 if verdicts[index].cut else start
        return list(_segments(text, words, verdicts, several))

    def _known(self, text: str, part: tuple[int, int]) -> dict[int, Verdict]:
        """Verdicts at the edges of, and inside, names that are known; the longest from the left wins."""
        words, verdicts, first = _words(text, part), dict[int, Verdict](), 0
        while first < len(words):
            last = self._longest_known(text, words, first)
            if last is None:
                first += 1
                continue
            verdicts |= {gap: Verdict(False, "known", Certainty.CERTAIN) for gap in range(first, last)}
            verdicts |= {gap: Verdict(True, "known", Certainty.CERTAIN) for gap in (first - 1, last) if gap >= 0}
            first = last + 1
        return verdicts

    def _longest_known(self, text: str, words: _Words, first: int) -> int | None:
        if first and not self._may_begin(words, first):
            return None
        head = words[first].group()
        if fold(head) not in self.first_words and not head.endswith("-"):
            return None
        for last in range(min(first + LONGEST_NAME, len(words)) - 1, first - 1, -1):
            name = fold(text[words[first].start() : words[last].end()])
            if name in self.lexicon.names and self._may_end(words, first, last):
                return last
        return None

    def _may_begin(self, words: _Words, first: int) -> bool:
        before = words[first - 1].group()
        return is_capital(words[first].group()) and not self._joins(before)

    def _may_end(self, words: _Words, first: int, last: int) -> bool:
        """A known name goes on where a small word or a form follows, and a lone short form may head a longer name."""
        if last == len(words) - 1:
            return True
        following = words[last + 1].group()
        if not is_capital(following) or self.vocabulary.is_form(following):
            return False
        heads_unit = first == last and _is_acronym(words[last].group()) and last + 2 == len(words)
        return not heads_unit or fold(following) in self.lexicon.names

    def _joins(self, word: str) -> bool:
        return word.endswith("-") or self.vocabulary.is_one("joining", word.strip(TRIM))

    def _actor(self, gap: _Gap) -> Verdict:
        goes_on = self.vocabulary.is_form(gap.after) or self.vocabulary.is_one("ends", gap.after)
        bracketed = gap.bracketed or gap.after.startswith("(")
        if bracketed or goes_on or not is_capital(gap.after) or self._joins(gap.before):
            return _KEEP
        for rule in (self._form, self._municipality, self._role, self._place, self._lower, self._body, self._noun):
            verdict = rule(gap)
            if verdict:
                return verdict
        if self._is_common(gap.after, gap.rest):
            return Verdict(True, "common", Certainty.LIKELY)
        return self._run(gap)

    def _form(self, gap: _Gap) -> Verdict | None:
        before = gap.before.strip(",")
        ends = not gap.opens and (self.vocabulary.is_form(before) or self.vocabulary.is_one("ends", before))
        return Verdict(True, "form", Certainty.CERTAIN) if ends else None

    def _municipality(self, gap: _Gap) -> Verdict | None:
        if not gap.rest or not self.vocabulary.is_one("municipalities", gap.rest[0].strip(TRIM)):
            return None
        if self.vocabulary.is_one("directions", gap.before):
            return _KEEP
        return Verdict(True, "municipality", Certainty.CERTAIN)

    def _role(self, gap: _Gap) -> Verdict | None:
        either = any(self.vocabulary.ends_like("roles", word) for word in (gap.before, gap.after))
        return Verdict(True, "role", Certainty.LIKELY) if either else None

    def _place(self, gap: _Gap) -> Verdict | None:
        """A place ends the name that it stands last in, and opens others; a direction is only half a place."""
        if gap.opens or not is_capital(gap.before) or self.vocabulary.is_one("directions", gap.before):
            return None
        after_preposition = self.vocabulary.is_one("place_prepositions", gap.preceding)
        is_place = after_preposition or gap.before.casefold() in self.lexicon.places
        return Verdict(True, "place", Certainty.LIKELY) if is_place else None

    def _lower(self, gap: _Gap) -> Verdict | None:
        return None if is_capital(gap.before) else Verdict(True, "lower", Certainty.LIKELY)

    def _body(self, gap: _Gap) -> Verdict | None:
        if not self.vocabulary.ends_like("bodies", gap.before):
            return None
        if gap.after.casefold() in self.lexicon.places:
            return Verdict(False, "head", Certainty.UNCERTAIN)
        return Verdict(True, "body", Certainty.LIKELY)

    def _noun(self, gap: _Gap) -> Verdict | None:
        """A definite noun, which Norwegian marks by its ending, or a plural one is seldom the first half of a name."""
        before, vocabulary = gap.before, self.vocabulary
        if before.casefold() in self.lexicon.places or vocabulary.ends_like("places", before):
            return None
        if vocabulary.ends_like("plural_definite", before, shortest=6):
            return Verdict(True, "definite", Certainty.LIKELY)
        if vocabulary.ends_like("singular_definite", before, shortest=8) and not before.isupper():
            if vocabulary.ends_like("institutions", before) and not self._is_common(gap.after, gap.rest):
                return Verdict(False, "head", Certainty.UNCERTAIN)
            return Verdict(True, "definite", Certainty.LIKELY)
        if gap.opens and vocabulary.ends_like("plural_persons", before, shortest=7):
            return Verdict(True, "common", Certainty.LIKELY)
        return None

    def _is_common(self, word: str, rest: Sequence[str]) -> bool:
        """A capital on a common noun, or on an adjective with its noun, shows where a name begins."""
        vocabulary = self.vocabulary
        if word.casefold() in self.lexicon.proper:
            return False
        if vocabulary.ends_like("plural_definite", word, shortest=6) and not vocabulary.ends_like("places", word):
            return True
        if rest and vocabulary.ends_like("adjectives", word):
            return not is_capital(rest[0])
        return vocabulary.ends_like("plural_indefinite", word, shortest=10)

    def _run(self, gap: _Gap) -> Verdict:
        """Capitals in a row are kept together; surely enough only where a form soon ends them."""
        near = [gap.after, *gap.rest][: _SHORT_RUN - (gap.index - gap.start)]
        words = (word.strip(TRIM) for word in near)
        ends = any(self.vocabulary.is_form(word) or self.vocabulary.is_one("ends", word) for word in words)
        likely = ends and all(map(is_capital, near[:2]))
        return Verdict(False, "form", Certainty.LIKELY) if likely else Verdict(False, "capitals", Certainty.UNCERTAIN)

    def _measure(self, gap: _Gap) -> Verdict:
        """A capital inside a measure begins the next one, unless it begins a proper name."""
        before, after = gap.before, gap.after
        quoted = gap.bracketed or after.startswith(("«", '"', "“", "("))
        if quoted or not is_capital(after) or self._joins(before) or self._is_proper(after):
            return _KEEP
        if gap.opens:
            two_nouns = all(self.vocabulary.ends_like("activities", word) for word in (before, after))
            return Verdict(two_nouns, "nouns" if two_nouns else "capitals", Certainty.UNCERTAIN)
        if is_capital(before):
            is_place = before.casefold() in self.lexicon.proper | self.lexicon.places
            return Verdict(is_place, "place" if is_place else "capitals", Certainty(int(is_place)))
        object_of_verb = before.endswith("e") and not self._joins(gap.preceding)
        if object_of_verb:
            return Verdict(False, "capitals", Certainty.UNCERTAIN)
        return Verdict(True, "lower", Certainty.LIKELY)

    def _is_proper(self, word: str) -> bool:
        inside = word.strip(TRIM)[1:]
        return word.strip(TRIM).casefold() in self.lexicon.proper or any(c.isupper() or c.isdigit() for c in inside)

    def _sentences(self, text: str, part: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """The sentences of a stretch, with their full stops."""
        start = part[0]
        for stop in re.finditer(r"\.\s+(?=[A-ZÆØÅ])", text[part[0] : part[1]]):
            end = part[0] + stop.start() + 1
            last_word = text[max(start, end - 40) : end - 1].rsplit(maxsplit=1)[-1:]
            if not last_word or self.vocabulary.is_one("abbreviations", last_word[0]) or len(last_word[0]) == 1:
                continue
            yield start, end
            start = part[0] + stop.end()
        yield start, part[1]


def learn(cells: Collection[str], texts: Collection[str], known: Collection[str], vocabulary: Vocabulary) -> Splitter:
    """
    A splitter that knows what the table shows.

    cells: the texts of the cells with actors; texts: all of the document; known: names of actors from elsewhere.
    Names that stand alone come first; with them the cells are cut once, and what then recurs is known as well.
    """
    parts = [cell[start:end] for cell in cells for start, end in _parts(cell, _BETWEEN_ACTORS)]
    lexicon = mine_words(texts, vocabulary).knowing([*known, *standing_alone(parts, vocabulary)])
    first = Splitter(vocabulary, lexicon)
    proposed = [segment.text for cell in sorted(set(cells)) for segment in first.actors(cell)]
    return Splitter(vocabulary, lexicon.knowing(recurring(proposed, cells)))


def _parts(text: str, between: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The stretches between separators, without outer spaces; separators inside brackets and quotes do not count."""
    protected = [match.span() for match in _BRACKETS.finditer(text)]
    start = 0
    for match in between.finditer(text):
        if any(first <= match.start() < last for first, last in protected):
            continue
        yield from _trimmed(text, start, match.start())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    stretch = text[start:end]
    if stretch.strip():
        yield start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())


def _words(text: str, part: tuple[int, int]) -> _Words:
    return list(_WORD.finditer(text, *part))


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _segments(text: str, words: _Words, verdicts: dict[int, Verdict], several: bool) -> Iterator[Segment]:
    """Runs of words between cuts; each bears the weakest verdict at its edges and inside."""
    first = 0
    for gap in range(len(words)):
        if gap < len(words) - 1 and not verdicts[gap].cut:
            continue
        own = [verdicts[i] for i in range(max(first - 1, 0), min(gap + 1, len(words) - 1))]
        weakest = min(own, key=lambda verdict: (verdict.certainty, not verdict.cut), default=_KEEP)
        rule = "separator" if several and weakest.rule == "whole" else weakest.rule
        start, end = words[first].start(), words[gap].end()
        yield Segment(start, end, text[start:end], rule, weakest.certainty)
        first = gap + 1


def _doubt_last(found: list[Segment]) -> list[Segment]:
    """«A, B og C» may name three; the last part is kept whole, and the doubt is told."""
    *others, last = found
    if not re.search(r"\s(?:og|and)\s", last.text) or last.rule == "known":
        return found
    return [*others, Segment(last.start, last.end, last.text, "enumeration", Certainty.UNCERTAIN)]
