"""What a reader looks for in; the things that it names out, the closest first. One query for all that can be found."""

from __future__ import annotations

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
    words: frozenset[str]

    def label(self, lang: str) -> Term:
        return best_label(self.labels or self.others, "en" if lang == "en" else "nb") or Term(self.iri)


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
            words=frozenset(word for own in texts[iri].values() for term in own for word in words(term.value)),
        )
        for iri, kind in kinds.items()
    ]
    return tuple(sorted(made, key=lambda one: (KINDS.index(one.kind), alphabetical(one.label("nb").value), one.iri)))


def look_up(known: Sequence[Found], text: str) -> list[Found]:
    """Those that have every word, the closest first."""
    asked = words(text[:200])[:12]
    if not asked:
        return []
    scored = [(sum(scores), one) for one in known if all(scores := [_closest(word, one.words) for word in asked])]
    # names before the words of a cell, short ones first; else as they stood
    scored.sort(key=lambda pair: (-pair[0], pair[1].kind == "SourceCell", len(pair[1].words)))
    return [one for _, one in scored]


def _closest(asked: str, own: Iterable[str]) -> int:
    return max((_closeness(asked, word) for word in own), default=0)


def _closeness(asked: str, word: str) -> int:
    if asked == word:
        return _TYPED
    if stem(asked) == stem(word):
        return _SAME
    if word.startswith(stem(asked)):
        return _BEGINS
    return _INSIDE if len(asked) >= _LONG_ENOUGH and stem(asked) in word else 0
