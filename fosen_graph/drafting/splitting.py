"""Cut the text of one cell into the names or measures that it seems to hold; say by which rule and how surely."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import IntEnum

from fosen_graph.drafting.lexicon import TRIM, Lexicon, fold, is_capital, mine_words, recurring, standing_alone
from fosen_graph.drafting.vocabulary import Vocabulary

_WORD = re.compile(r"\S+")
_BETWEEN_ACTORS = re.compile(r"\s*(?:[,;•|]|(?<!\d)/|/(?!\d))\s*|\s{2,}")
_BETWEEN_MEASURES = re.compile(r"\s*[;•|]\s*|\s{2,}")
_BRACKETS = re.compile(r"«[^»]*»|\([^)]*\)|\"[^\"]*\"|“[^”]*”|\b(?:og|and)/(?:eller|or)\b")


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
_Rule = Callable[[_Words, int, bool], Verdict]


class Splitter:
    """Rules of a language over what a lexicon knows."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self.vocabulary, self.lexicon = vocabulary, lexicon

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
        words = _words(text, part)
        verdicts = {
            gap: known.get(gap) or rule(words, gap, _inside_brackets(text, words[gap].end()))
            for gap in range(len(words) - 1)
        }
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
        for last in range(len(words) - 1, first - 1, -1):
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

    def _actor(self, words: _Words, gap: int, bracketed: bool) -> Verdict:
        before, after = words[gap].group(), words[gap + 1].group()
        if bracketed or not is_capital(after) or self._joins(before) or self.vocabulary.is_form(after):
            return _KEEP
        for rule in (self._form, self._municipality, self._role, self._place, self._lower, self._body, self._definite):
            verdict = rule(words, gap)
            if verdict:
                return verdict
        if self._is_common(words, gap + 1):
            return Verdict(True, "common", Certainty.LIKELY)
        return self._run(words, gap)

    def _form(self, words: _Words, gap: int) -> Verdict | None:
        before = words[gap].group().strip(",")
        ends = gap > 0 and (self.vocabulary.is_form(before) or self.vocabulary.is_one("ends", before))
        return Verdict(True, "form", Certainty.CERTAIN) if ends else None

    def _run(self, words: _Words, gap: int) -> Verdict:
        """Capitals in a row are kept together; surely enough only if a form, or a word like it, ends them."""
        rest = [word.group().strip(TRIM) for word in words[gap + 1 :]]
        ends = (self.vocabulary.is_form(word) or self.vocabulary.is_one("ends", word) for word in rest)
        run_ends = next((end for end, word in zip(ends, rest, strict=True) if end or not is_capital(word)), False)
        return Verdict(False, "form", Certainty.LIKELY) if run_ends else Verdict(False, "capitals", Certainty.UNCERTAIN)

    def _municipality(self, words: _Words, gap: int) -> Verdict | None:
        follows = gap + 2 < len(words) and self.vocabulary.is_one("municipalities", words[gap + 2].group().strip(TRIM))
        if not follows:
            return None
        if self.vocabulary.is_one("directions", words[gap].group()):
            return _KEEP
        return Verdict(True, "municipality", Certainty.CERTAIN)

    def _role(self, words: _Words, gap: int) -> Verdict | None:
        either = any(self.vocabulary.ends_like("roles", words[i].group()) for i in (gap, gap + 1))
        return Verdict(True, "role", Certainty.LIKELY) if either else None

    def _place(self, words: _Words, gap: int) -> Verdict | None:
        """A place ends the name that it stands last in; a direction is only half a place."""
        before = words[gap].group()
        if gap == 0 or not is_capital(before) or self.vocabulary.is_one("directions", before):
            return None
        after_preposition = self.vocabulary.is_one("place_prepositions", words[gap - 1].group())
        is_place = after_preposition or before.casefold() in self.lexicon.places
        return Verdict(True, "place", Certainty.LIKELY) if is_place else None

    def _lower(self, words: _Words, gap: int) -> Verdict | None:
        return None if is_capital(words[gap].group()) else Verdict(True, "lower", Certainty.LIKELY)

    def _body(self, words: _Words, gap: int) -> Verdict | None:
        if not self.vocabulary.ends_like("bodies", words[gap].group()):
            return None
        if words[gap + 1].group().casefold() in self.lexicon.places:
            return Verdict(False, "head", Certainty.UNCERTAIN)
        return Verdict(True, "body", Certainty.LIKELY)

    def _definite(self, words: _Words, gap: int) -> Verdict | None:
        """Norwegian marks a definite noun with its ending, and such a noun is seldom the first half of a name."""
        before, vocabulary = words[gap].group(), self.vocabulary
        if before.casefold() in self.lexicon.places or vocabulary.ends_like("places", before):
            return None
        if vocabulary.ends_like("plural_definite", before, shortest=6):
            return Verdict(True, "definite", Certainty.LIKELY)
        if vocabulary.ends_like("singular_definite", before, shortest=8) and not before.isupper():
            if vocabulary.ends_like("institutions", before) and not self._is_common(words, gap + 1):
                return Verdict(False, "head", Certainty.UNCERTAIN)
            return Verdict(True, "definite", Certainty.LIKELY)
        return None

    def _is_common(self, words: _Words, index: int) -> bool:
        """A capital on a common noun, or on an adjective with its noun, shows where a name begins."""
        word, vocabulary = words[index].group(), self.vocabulary
        if word.casefold() in self.lexicon.proper:
            return False
        if vocabulary.ends_like("plural_definite", word, shortest=6) and not vocabulary.ends_like("places", word):
            return True
        if index + 1 < len(words) and vocabulary.ends_like("adjectives", word):
            return not is_capital(words[index + 1].group())
        return vocabulary.ends_like("plural_indefinite", word, shortest=10)

    def _measure(self, words: _Words, gap: int, bracketed: bool) -> Verdict:
        """A capital inside a measure begins the next one, unless it begins a proper name."""
        before, after = words[gap].group(), words[gap + 1].group()
        quoted = bracketed or after.startswith(("«", '"', "“", "("))
        if quoted or not is_capital(after) or self._joins(before) or self._is_proper(after):
            return _KEEP
        if gap and is_capital(before):
            is_place = before.casefold() in self.lexicon.proper | self.lexicon.places
            return Verdict(is_place, "place" if is_place else "capitals", Certainty(int(is_place)))
        if gap == 0:
            two_nouns = all(self.vocabulary.ends_like("activities", word) for word in (before, after))
            return Verdict(two_nouns, "nouns" if two_nouns else "capitals", Certainty.UNCERTAIN)
        object_of_verb = before.endswith("e") and not self._joins(words[gap - 1].group())
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
            last_word = text[start : end - 1].rsplit(maxsplit=1)[-1:]
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


def _inside_brackets(text: str, position: int) -> bool:
    return any(match.start() < position < match.end() for match in _BRACKETS.finditer(text))


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
