"""A name and the register in; the units that it may mean, with reasons, out."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from fosen_graph.findings import Lang
from fosen_graph.linking.features import Mention
from fosen_graph.linking.matching import POINTS, Candidate, candidates
from fosen_graph.registries.index import LocalRegister
from fosen_graph.registries.names import tokens
from fosen_graph.registries.units import Unit
from fosen_graph.web.reconcile.entities import Entity, Likeness, Reason
from fosen_graph.web.reconcile.facts import statuses
from fosen_graph.web.reconcile.plan import FIRM, feature_id
from fosen_graph.web.reconcile.vocabulary import UNIT
from fosen_graph.web.wording import wording

_WORDS = 14  # of a name that are looked up
_SHOWN_FROM = 40  # points; what the proposals leave out, a person may want to see
_MOST = 60
_COMPLETIONS, _LISTED = 12, 200


def alike(name: str, number: str, register: LocalRegister, lang: Lang) -> list[Likeness]:
    """number: one that stands beside the name, or empty."""
    short = " ".join(name.split()[:_WORDS])
    found = candidates(Mention(name=short, number=number or None), register, (), _SHOWN_FROM, _MOST)
    return [_likeness(one, lang) for one in found]


def _likeness(candidate: Candidate, lang: Lang) -> Likeness:
    signs = candidate.features
    return Likeness(
        entity=entity(candidate.unit, lang),
        reasons=tuple(
            Reason(id=feature_id(one.sign), words=one.words, points=POINTS[one.sign] * one.times) for one in signs
        ),
        firm=bool(signs) and signs[0].sign in FIRM and all(POINTS[one.sign] > 0 for one in signs),
        twin=candidate.unit.number,
    )


def entity(unit: Unit, lang: Lang) -> Entity:
    w = wording(lang)
    place = f"{unit.municipality} ({unit.municipality_number})" if unit.municipality else ""
    told = [w(f"reconcile.status_{status}") for status in statuses(unit) if status != "active"]
    kind = w.or_else(f"orgform.{unit.form}", unit.form)
    parts = (kind, w("reconcile.sub_unit") if unit.is_sub_unit else "", place, unit.number, *told)
    return Entity(
        id=unit.number,
        name=unit.name,
        types=(f"{UNIT}/{unit.form}", UNIT),
        description=" · ".join(filter(None, parts)),
    )


def beginning(prefix: str, types: Collection[str], register: LocalRegister) -> list[Unit]:
    """Units whose name has all these words; the last one may be only begun. types: any of them; empty for all."""
    *whole, last = tokens(prefix)[:_WORDS] or ("",)
    if not last:
        return []
    ends = register.begun(last, _COMPLETIONS)
    found = register.with_tokens([*whole, *ends], _LISTED) if ends else []
    return list(islice((unit for unit in found if _begins(unit, whole, last) and _is_of(unit, types)), _LISTED))


def _begins(unit: Unit, whole: Collection[str], last: str) -> bool:
    for name in (unit.name, *(former.name for former in unit.former_names)):
        own = tokens(name)
        if set(whole) <= set(own) and any(word.startswith(last) for word in own):
            return True
    return False


def _is_of(unit: Unit, types: Collection[str]) -> bool:
    return not types or UNIT in types or f"{UNIT}/{unit.form}" in types
