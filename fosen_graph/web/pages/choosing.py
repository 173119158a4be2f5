"""The parameters of an address in, a choice among the measures of a plan out, and what else there is to choose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from fosen_graph.web.pages.whole import PARTNER, RESPONSIBLE, Part, Whole

YES, NO = "ja", "nei"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Ends of IRIs, or "" for all. The names are those of the parameters, the same in both languages."""

    strategi: str = ""
    omraade: str = ""
    aktoer: str = ""
    rolle: str = ""
    usikker: str = ""  # ja, nei

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in NAMES)

    @property
    def query(self) -> str:
        """As in an address, with its question mark; without what is not chosen."""
        told = {name: getattr(self, name) for name in NAMES if getattr(self, name)}
        return f"?{urlencode(told)}" if told else ""


NAMES = tuple(one.name for one in fields(Choice))


def read_choice(parameters: Mapping[str, str]) -> Choice:
    return Choice(**{name: parameters.get(name, "").strip()[:100] for name in NAMES})


def is_untidy(parameters: Mapping[str, str]) -> bool:
    """A form sends what was not chosen too; its address is shared in a shorter form."""
    return any(not parameters[name].strip() for name in NAMES if name in parameters)


def chosen(whole: Whole, choice: Choice) -> list[str]:
    """The measures that fit, in the plan's order."""
    return [measure for measure in whole.of_kind("Measure") if _fits(whole, measure, choice)]


def parts(whole: Whole, measure: str, choice: Choice) -> Iterator[Part]:
    """Those of a measure that the choice of actor and role is about."""
    for part in whole.parts_of_measure.get(measure, ()):
        if choice.aktoer in ("", end(part.actor)) and choice.rolle in ("", part.role):
            yield part


def _fits(whole: Whole, measure: str, choice: Choice) -> bool:
    above = [end(iri) for iri in whole.above(measure)]
    if (choice.strategi and choice.strategi != above[0]) or (choice.omraade and choice.omraade != above[1]):
        return False
    if (choice.aktoer or choice.rolle) and not any(parts(whole, measure, choice)):
        return False
    return choice.usikker in ("", _unsure(whole, measure))


def _unsure(whole: Whole, measure: str) -> str:
    return YES if any(part.mention.unsure for part in whole.parts_of_measure.get(measure, ())) else NO


def counts(whole: Whole, choice: Choice) -> dict[str, Counter[str]]:
    """For each parameter: how many measures each value would give, the others staying as they are."""
    return {name: _counted(whole, replace(choice, **{name: ""}), values) for name, values in _VALUES.items()}


def _counted(whole: Whole, choice: Choice, values: Callable[[Whole, str, Choice], Iterable[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for measure in chosen(whole, choice):
        found.update(set(values(whole, measure, choice)))
    return found


_VALUES: Mapping[str, Callable[[Whole, str, Choice], Iterable[str]]] = {
    "strategi": lambda whole, measure, choice: [end(whole.above(measure)[0])],
    "omraade": lambda whole, measure, choice: [end(whole.above(measure)[1])],
    "aktoer": lambda whole, measure, choice: [end(part.actor) for part in parts(whole, measure, choice)],
    "rolle": lambda whole, measure, choice: [part.role for part in parts(whole, measure, choice)],
    "usikker": lambda whole, measure, choice: [_unsure(whole, measure)],
}


def possible(whole: Whole) -> dict[str, Sequence[str]]:
    """What can be chosen, as IRIs where the values are ends of IRIs."""
    return {
        "strategi": whole.of_kind("Strategy"),
        "omraade": [area for area in whole.of_kind("FocusArea") if whole.under(area, "PlanItem")],
        "aktoer": whole.actors,
        "rolle": (RESPONSIBLE, PARTNER),
        "usikker": (YES, NO),
    }


def end(iri: str) -> str:
    return iri.rpartition("/")[2]
