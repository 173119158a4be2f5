"""What a reader looks for in; the things that it names out, the closest first. One query for all that can be found."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fosen_graph.iris import FG
from fosen_graph.web.folding import stem, words
from fosen_graph.web.order import alphabetical
from fosen_graph.web.rows import Row, Term, best_label

KINDS = (
    "Strategy", "FocusArea", "PlanItem", "Measure", "CollegialBody", "Organisation", "Position", "ActorGroup",
    "NamedInitiative", "CooperationArrangement", "ArrangementListing", "ActionPlan", "AdoptionDecision",
    "PlanningDocument", "SourceCell",
)  # fmt: skip
_NARROWER = {"CollegialBody": "Organisation", "ActionPlan": "PlanningDocument"}
_TYPED, _SAME, _BEGINS, _INSIDE = 8, 6, 3, 1  # how close a word is to the one that was typed
_LONG_ENOUGH = 4  # letters to be looked for inside of words


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    iri: str
    kind: str
    labels: tuple[Term, ...]
    others: tuple[Term, ...]  # other ways of writing it

    def label(self, lang: str) -> Term:
        return best_label(self.labels or self.others, "en" if lang == "en" else "nb") or Term(self.iri)


class Index:
    """Words to the things that have them: a question looks at each word once, however many things have it."""

    def __init__(self, known: Sequence[Found]) -> None:
        self.known = known
        self._having: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._rank: list[tuple[bool, int]] = []  # names before the words of a cell, short ones first
        texts: dict[str, tuple[str, ...]] = {}  # many plans say the same
        for number, one in enumerate(known):
            own: set[str] = set()
            for term in (*one.labels, *one.others):
                own.update(texts.get(term.value) or texts.setdefault(term.value, words(term.value)))
            for word in own:
                self._having[word].append(number)
            self._rank.append((one.kind == "SourceCell", len(own)))
        self._stems = {word: stem(word) for word in self._having}

    def look_up(self, text: str) -> list[Found]:
        """Those that have every word, the closest first; else as they stood."""
        asked = dict.fromkeys(words(text[:200])[:12])
        scores: dict[int, int] = {}
        for place, word in enumerate(asked):
            found = self._scores(word)
            scores = found if place == 0 else {n: scores[n] + score for n, score in found.items() if n in scores}
        order = sorted(scores, key=lambda number: (-scores[number], self._rank[number], number))
        return [self.known[number] for number in order]

    def _scores(self, asked: str) -> dict[int, int]:
        """The things that have a word like this, and how like it is."""
        own, inside, found = stem(asked), len(asked) >= _LONG_ENOUGH, dict[int, int]()
        for word, stem_ in self._stems.items():
            if own in word:
                same = _TYPED if word == asked else _SAME if stem_ == own else 0
                score = same or (_BEGINS if word.startswith(own) else _INSIDE if inside else 0)
                for number in self._having[word] if score else ():
                    if found.get(number, 0) < score:
                        found[number] = score
        return found


def read_found(found: Iterable[Row]) -> tuple[Found, ...]:
    """The rows of queries/searched.rq; in the order of kinds."""
    kinds: dict[str, str] = {}
    texts: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in found:
        iri, kind = row["thing"].value, row["kind"].value.removeprefix(str(FG))
        if _NARROWER.get(kinds.get(iri, "")) != kind:
            kinds[iri] = kind
        key = row["key"].value.rpartition("#")[2]
        if row["text"] not in texts[iri][key]:
            texts[iri][key].append(row["text"])
    made = [
        Found(
            iri=iri,
            kind=kind,
            labels=tuple(texts[iri]["prefLabel"]),
            others=(*texts[iri]["altLabel"], *texts[iri]["rawText"]),
        )
        for iri, kind in kinds.items()
    ]
    return tuple(sorted(made, key=lambda one: (KINDS.index(one.kind), alphabetical(one.label("nb").value), one.iri)))
