"""What a release names in; the things that a name may mean, with reasons, out."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from fosen_graph.findings import Lang, Words
from fosen_graph.iris import CODES
from fosen_graph.linking.features import Mention, Sign, features
from fosen_graph.linking.matching import POINTS
from fosen_graph.registries.names import FORM_WORDS, LINKING_WORDS, MUNICIPAL_WORDS, form, keys, one_slip, tokens
from fosen_graph.registries.units import Unit
from fosen_graph.web.folding import stem
from fosen_graph.web.pages.shelf import Shelf
from fosen_graph.web.reconcile.entities import Entity, Likeness, Reason
from fosen_graph.web.reconcile.vocabulary import CONCEPT, PLACE, type_name, with_broader
from fosen_graph.web.rows import Term, best_label, rows
from fosen_graph.web.wording import LANGUAGES

FIRM = frozenset((Sign.SAME, Sign.JOINED, Sign.PART, Sign.BRACKET))
_CIRCUMSTANCES = frozenset((Sign.SAME_FORM, Sign.OTHER_FORM))
_SAYING_LITTLE = frozenset((*FORM_WORDS, *LINKING_WORDS, *MUNICIPAL_WORDS))
_LOOKED_AT = 40  # things that are compared with a name
_COMMON = 2000  # things; a word that more bear says little
_LONG = 5  # letters of a word that may be misspelt
_SHARED = 60  # points of a name all of whose words are shared, yet it is another
_HALF = 0.5  # of the words that must be shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """number: in the register of units, where people have linked it."""

    iri: str
    type: str
    labels: tuple[Term, ...]
    others: tuple[Term, ...] = ()
    number: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(term.value for term in (*self.labels, *self.others)))


class Plan:
    """Of one release, for all threads."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        told: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for row in rows(self._shelf.site.pages, "entities"):
            told[row["thing"].value][row["key"].value.rpartition("#")[2]].append(row["value"])
        found = [
            Thing(
                iri=one.iri,
                type=one.kind,
                labels=one.labels,
                others=one.others,
                number=_nine_digits(told[one.iri]["identifier"]),
            )
            for one in self._shelf.found
            if one.kind != "SourceCell" and one.labels
        ]
        codes = [
            Thing(
                iri=iri,
                type=f"{CONCEPT}/{own['inScheme'][0].value.removeprefix(CODES)}",
                labels=tuple(own["prefLabel"]),
                others=tuple(own["altLabel"]),
            )
            for iri, own in sorted(told.items())
            if own.get("inScheme") and own.get("prefLabel")
        ]
        known = {thing.iri for thing in (*found, *codes)}
        places = [
            Thing(iri=iri, type=PLACE, labels=tuple(own["prefLabel"]), others=tuple(own["altLabel"]))
            for iri, own in sorted(told.items())
            if own.get("prefLabel") and iri not in known
        ]
        return (*found, *codes, *places)

    @cached_property
    def unsearched(self) -> tuple[Thing, ...]:
        """Those that the site's own search leaves out: codes and places."""
        return tuple(thing for thing in self.things if thing.type.partition("/")[0] in (CONCEPT, PLACE))

    @cached_property
    def by_iri(self) -> dict[str, Thing]:
        return {thing.iri: thing for thing in self.things}

    @cached_property
    def by_number(self) -> dict[str, Thing]:
        return {thing.number: thing for thing in self.things if thing.number}

    @cached_property
    def lists(self) -> dict[Lang, dict[str, str]]:
        """The names of the code lists."""
        labels: dict[str, list[Term]] = defaultdict(list)
        for row in rows(self._shelf.site.pages, "codes"):
            if row["thing"] == row["scheme"]:
                labels[row["scheme"].value.removeprefix(CODES)].append(row["label"])
        return {
            lang: {name: label.value for name, some in labels.items() if (label := best_label(some, lang))}
            for lang in LANGUAGES
        }

    def entity(self, thing: Thing, lang: Lang) -> Entity:
        label = best_label(thing.labels, lang) or Term(thing.iri)
        path = (self._shelf.to.path(thing.iri) or "").split("/")
        where = "/".join(path[:2]) if len(path) > 3 and path[0] != "code" else ""
        others = [name for name in thing.names if name != label.value]
        kind = type_name(thing.type, lang, self.lists[lang])
        return Entity(
            id=thing.iri,
            name=label.value,
            lang=label.language,
            types=with_broader(thing.type),
            description=" · ".join(filter(None, (kind, where, thing.number, *others[:2]))),
        )

    # Names

    @cached_property
    def _having(self) -> dict[str, array[int]]:
        found: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, thing in enumerate(self.things):
            for word in dict.fromkeys(word for name in thing.names for word in tokens(name)):
                found[word].append(number)
        return dict(found)

    @cached_property
    def _called(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, thing in enumerate(self.things):
            for key in dict.fromkeys(key for name in thing.names for key in keys(name)):
                found[key].append(number)
        return dict(found)

    @cached_property
    def _by_length(self) -> dict[tuple[str, int], list[str]]:
        found: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._having:
            found[word[0], len(word)].append(word)
        return dict(found)

    def alike(self, name: str, fits: Callable[[Thing], bool], lang: Lang) -> list[Likeness]:
        """The things whose names are like this one, in no order."""
        asked = tokens(name)
        near = self._near(name, asked, fits)
        known = frozenset(word for word in asked if word in self._having)
        judged = (self._judged(name, asked, self.things[number], known, lang) for number in near)
        return [one for one in judged if one]

    def _near(self, name: str, asked: Sequence[str], fits: Callable[[Thing], bool]) -> list[int]:
        weights: dict[int, float] = defaultdict(float)
        for key in keys(name):
            for number in self._called.get(key, ())[:_COMMON]:
                weights[number] += 1.0
        for word in asked:
            for like in (word,) if word in self._having else self._slips(word):
                having = self._having[like]
                for number in having if len(having) <= _COMMON else ():
                    weights[number] += 1.0 / len(having)
        fitting = [number for number in weights if fits(self.things[number])]
        return sorted(fitting, key=lambda number: (-weights[number], number))[:_LOOKED_AT]

    def _slips(self, word: str) -> list[str]:
        """Words of names that this one may be a slip of the pen, or another ending, of."""
        if len(word) < _LONG:
            return []
        some = [
            other
            for length in range(len(word) - 3, len(word) + 4)
            for other in self._by_length.get((word[0], length), ())
        ]
        own = stem(word)
        return [other for other in some if one_slip(word, other) or stem(other) == own][:_LOOKED_AT]

    def _judged(
        self, name: str, asked: Sequence[str], thing: Thing, known: frozenset[str], lang: Lang
    ) -> Likeness | None:
        """By the name of it that is most alike."""
        best: Likeness | None = None
        for own in thing.names:
            found = _compared(name, asked, own, known)
            if found and (best is None or found[1] > best.score):
                reasons, _, firm = found
                best = Likeness(entity=self.entity(thing, lang), reasons=reasons, firm=firm, twin=thing.number)
        return best


def _nine_digits(terms: Iterable[Term]) -> str:
    return next((term.value for term in terms if len(term.value) == 9 and term.value.isdigit()), "")


def _compared(
    name: str, asked: Sequence[str], own: str, known: frozenset[str]
) -> tuple[tuple[Reason, ...], int, bool] | None:
    """Reasons, their points, and whether the likeness is firm. A name that says no form agrees with any."""
    said = form(own)
    signs = features(Mention(name=name), Unit(number="", name=own, form=said or ""), known)
    kept = [one for one in signs if said or one.sign not in _CIRCUMSTANCES]
    if kept:
        reasons = tuple(
            Reason(id=feature_id(one.sign), words=one.words, points=POINTS[one.sign] * one.times) for one in kept
        )
        firm = kept[0].sign in FIRM and all(one.sign in FIRM or one.sign is Sign.SAME_FORM for one in kept)
        return reasons, sum(reason.points for reason in reasons), firm
    ours, theirs = _telling(asked), _telling(tokens(own))
    share = len(ours & theirs) / max(len(ours), len(theirs), 1)
    points = round(_SHARED * share)
    return ((Reason(id="shared-words", words=_SHARES, points=points),), points, False) if share > _HALF else None


def _telling(words: Iterable[str]) -> set[str]:
    """The stems of those that say something: not «og», «AS» or «kommune»."""
    return {stem(word) for word in words if word not in _SAYING_LITTLE}


def feature_id(sign: Sign) -> str:
    return sign.value.replace(" ", "-")


_SHARES = Words(nb="deler ord med navnet", en="shares words with the name")
