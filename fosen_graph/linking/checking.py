"""Accepted links, what was known of them, and the register in; what has become of each, and what to do, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rdflib import SKOS, URIRef
from rdflib.term import Node

from fosen_graph.findings import Finding, Place, Severity, Words, warning
from fosen_graph.iris import EDITING, FG, ROV
from fosen_graph.linking.features import Mention, features
from fosen_graph.linking.matching import candidates
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.graph import Piece
from fosen_graph.registries.names import key
from fosen_graph.registries.units import Register, Unit

_NAMES: Final = (SKOS.prefLabel, SKOS.altLabel)


@dataclass(frozen=True, slots=True)
class Missing:
    """The register has no such number. day: when it was removed, where that is known."""

    day: str | None = None


LookUp = Callable[[str], Unit | Missing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the files say that the register said: each None where they do not."""

    name: str | None = None
    form: str | None = None
    municipality: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An accepted link. about: IRI; slug: in the files. place: of its number. names: all that the files give."""

    about: str
    number: str
    place: Place
    names: tuple[str, ...]
    known: Known

    @property
    def slug(self) -> str:
        return self.about.rpartition("/")[2]

    @property
    def name(self) -> str:
        return self.names[0] if self.names else self.slug


def links(region: Piece) -> list[Link]:
    """A region's accepted links, in the order of the file."""
    facts = region.added
    return [
        Link(
            about=str(actor),
            number=str(number),
            place=place,
            names=tuple(_names(region, actor)),
            known=_known(facts, URIRef(str(actor))),
        )
        for actor, number, place in _accepted(facts)
    ]


def _accepted(facts: Facts) -> Iterator[tuple[Node, Node, Place]]:
    listed = {actor for actor, _ in facts.listed(EDITING.link)}
    return ((actor, number, place) for actor, number, place in facts.pairs(SKOS.notation) if actor in listed)


def _names(region: Piece, about: Node) -> Iterator[str]:
    for predicate in _NAMES:
        for graph in ("plan", "enrichment"):
            for subject, said, value in sorted(region.graphs.get(graph, ())):
                if subject == about and said == predicate:
                    yield str(value)


def _known(facts: Facts, about: URIRef) -> Known:
    form = facts.text(about, ROV.orgType)
    return Known(
        name=facts.text(about, ROV.legalName),
        form=form.rpartition("#")[2] if form else None,
        municipality=facts.text(about, FG.municipalityNumber),
    )


def now(link: Link, found: Unit | Missing) -> Unit | None:
    """
    What is to be entered of it: of a removed unit, what was known, and the day.

    None where nothing can be said: the register does not have it, and does not tell since when.
    """
    known = link.known
    if isinstance(found, Unit):
        return found
    if not (found.day and known.name and known.form):
        return None
    return Unit(
        number=link.number,
        name=known.name,
        form=known.form,
        municipality_number=known.municipality,
        deleted=found.day,
    )


def broken(links: Sequence[Link], look_up: LookUp, register: Register) -> Iterator[Finding]:
    """What is no longer as it was when people accepted it, at the place of the number."""
    for link in links:
        unit = look_up(link.number)
        if isinstance(unit, Missing):
            yield _missing(link, unit, _successor(link, None, register))
            continue
        if unit.deleted:
            yield _deleted(link, unit, _successor(link, unit, register))
        elif unit.bankrupt:
            yield _bankrupt(link, unit)
        elif unit.winding_up:
            yield _winding_up(link)
        yield from _changed(link, unit)


def too_old(day: str, today: date, days: int, copy: Place) -> Iterator[Finding]:
    """Where the register's copy is older than so many days. days 0: it never is."""
    age = (today - date.fromisoformat(day)).days
    if days and age > days:
        yield warning(
            copy,
            "register-old",
            Words(nb=f"kopien av registeret er {age} dager gammel.", en=f"the copy of the register is {age} days old."),
            Words(
                nb="Kjør «fosen-graph registry update», og kontroller lenkene igjen.",
                en="Run “fosen-graph registry update”, and check the links again.",
            ),
        )


def _finding(link: Link, code: str, what: Words, remedy: Words) -> Finding:
    return Finding(
        place=link.place, severity=Severity.WARNING, code=code, what=what, remedy=remedy, about=link.about
    )  # fmt: skip


def _successor(link: Link, unit: Unit | None, register: Register) -> Words | None:
    """Another, sound unit that bears, or bore, the name: told as what to look at, never as what it is."""
    name = unit.name if unit else link.known.name or link.name
    found = [one.unit for one in candidates(Mention(name=name), register, {link.number}) if one.likely]
    sound = [one for one in found if not (one.deleted or one.bankrupt or one.is_sub_unit)]
    if not sound:
        return None
    told = f"{sound[0].name}, {sound[0].number}"
    return Words(nb=f"Trolig etterfølger: {told}. ", en=f"Probably succeeded by {told}. ")


def _with(successor: Words | None, nb: str, en: str) -> Words:
    return Words(nb=f"{successor.nb if successor else ''}{nb}", en=f"{successor.en if successor else ''}{en}")


_TAKE_BACK_NB = "Fjern lenken i lenker.yaml, eller behold den og skriv hvorfor; «link review» foreslår på nytt."
_TAKE_BACK_EN = "Remove the link in lenker.yaml, or keep it and write why; “link review” proposes anew."


def _missing(link: Link, missing: Missing, successor: Words | None) -> Finding:
    since = (f" siden {missing.day}", f" since {missing.day}") if missing.day else ("", "")
    return _finding(
        link,
        "link-unknown",
        Words(
            nb=f"{link.name}: registeret har ikke nummeret {link.number}{since[0]}.",
            en=f"{link.name}: the register does not have the number {link.number}{since[1]}.",
        ),
        _with(successor, _TAKE_BACK_NB, _TAKE_BACK_EN),
    )


def _deleted(link: Link, unit: Unit, successor: Words | None) -> Finding:
    return _finding(
        link,
        "link-deleted",
        Words(
            nb=f"{link.name}: {unit.name} ({unit.number}) ble slettet {unit.deleted}.",
            en=f"{link.name}: {unit.name} ({unit.number}) was deleted on {unit.deleted}.",
        ),
        _with(successor, _TAKE_BACK_NB, _TAKE_BACK_EN),
    )


def _bankrupt(link: Link, unit: Unit) -> Finding:
    since = f" {unit.bankrupt_date}" if unit.bankrupt_date else ""
    return _finding(
        link,
        "link-bankrupt",
        Words(
            nb=f"{link.name}: {unit.name} ({unit.number}) er konkurs{since}.",
            en=f"{link.name}: {unit.name} ({unit.number}) is bankrupt{since}.",
        ),
        _STILL_RIGHT,
    )


def _winding_up(link: Link) -> Finding:
    return _finding(
        link,
        "link-winding-up",
        Words(nb=f"{link.name}: {link.number} er under avvikling.", en=f"{link.name}: {link.number} is winding up."),
        _STILL_RIGHT,
    )


_STILL_RIGHT = Words(
    nb="Lenken er fortsatt riktig; se etter om noen andre har tatt over oppgavene.",
    en="The link is still right; see whether somebody else has taken over its tasks.",
)
_LOOK = Words(
    nb="Se etter om lenken fortsatt er riktig, og før det nye inn med «fosen-graph link check --write».",
    en="See whether the link is still right, and enter what is new with “fosen-graph link check --write”.",
)


def _changed(link: Link, unit: Unit) -> Iterator[Finding]:
    known = link.known
    if known.name and key(known.name) != key(unit.name):
        yield _otherwise(link, "link-renamed", ("het", "was called"), known.name, unit.name, ("heter nå", "is now"))
    elif not known.name and not any(features(Mention(name=name), unit, frozenset()) for name in link.names):
        yield _other_name(link, unit)
    if known.municipality and unit.municipality_number and known.municipality != unit.municipality_number:
        now = f"{unit.municipality_number} {unit.municipality or ''}".strip()
        lay = ("lå i kommune", "lay in municipality")
        yield _otherwise(link, "link-moved", lay, known.municipality, now, ("ligger nå i", "now lies in"))
    if known.form and known.form != unit.form:
        yield _otherwise(
            link, "link-form", ("hadde formen", "had the form"), known.form, unit.form, ("har nå", "now has")
        )


def _otherwise(link: Link, code: str, was: tuple[str, str], old: str, new: str, now: tuple[str, str]) -> Finding:
    return _finding(
        link,
        code,
        Words(
            nb=f"{link.name}: {link.number} {was[0]} {old}, og {now[0]} {new}.",
            en=f"{link.name}: {link.number} {was[1]} {old}, and {now[1]} {new}.",
        ),
        _LOOK,
    )


def _other_name(link: Link, unit: Unit) -> Finding:
    return _finding(
        link,
        "link-other-name",
        Words(
            nb=f"{link.name}: {link.number} heter {unit.name} i registeret.",
            en=f"{link.name}: {link.number} is called {unit.name} in the register.",
        ),
        Words(
            nb="Er det den samme, før navnet inn med «fosen-graph link check --write»; ellers fjern lenken.",
            en="If it is the same, enter the name with “fosen-graph link check --write”; else remove the link.",
        ),
    )
