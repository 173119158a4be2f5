"""What the service knows in; the page that shows a reader how to link a table out."""

from __future__ import annotations

from dataclasses import dataclass

from fosen_graph.linking.matching import POINTS
from fosen_graph.web.reconcile.asked import BATCH, IDS
from fosen_graph.web.reconcile.asked import PROPERTIES as MOST_PROPERTIES
from fosen_graph.web.reconcile.entities import IDENTIFIED
from fosen_graph.web.reconcile.matching import FAILS, HOLDS, Sources
from fosen_graph.web.reconcile.plan import feature_id
from fosen_graph.web.reconcile.vocabulary import all_types, properties_of, property_name, type_name
from fosen_graph.web.wording import wording

STEPS = tuple(f"step_{number}" for number in range(1, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePage:
    """types, properties: id and name. features: id, what and points. date: of the register; empty for none."""

    address: str
    types: tuple[tuple[str, str], ...]
    properties: tuple[tuple[str, str], ...]
    features: tuple[tuple[str, str, str], ...]
    limits: str
    date: str
    steps: tuple[str, ...] = STEPS


def guide(root: str, sources: Sources) -> GuidePage:
    lang, register = sources.lang, sources.register is not None
    w = wording(lang)
    lists = sources.plan.lists[lang]
    signs = [(feature_id(sign), w(f"sign.{feature_id(sign)}"), f"{points:+}") for sign, points in POINTS.items()]
    others = [
        (IDENTIFIED.id, IDENTIFIED.words.in_language(lang), f"{IDENTIFIED.points:+}"),
        ("property:", w("reconcile.per_property"), f"{HOLDS:+} / {FAILS:+}"),
        ("shared-words", w("reconcile.words"), "30-60"),
    ]
    return GuidePage(
        address=f"{root}reconcile",
        types=tuple((one, type_name(one, lang, lists)) for one in all_types(lists, register=register)),
        properties=tuple((one.id, property_name(one.id, lang)) for one in properties_of("", register=register)),
        features=(others[0], *signs, *others[1:]),
        limits=w("reconcile.limits_text", batch=BATCH, ids=IDS, properties=MOST_PROPERTIES),
        date=sources.register.date if sources.register else "",
    )
