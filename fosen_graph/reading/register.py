"""iris.csv and the IRIs that the files mint in; IRIs that are new or gone out: the memory of what was published."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rdflib import DCTERMS, OWL, RDF, SKOS, XSD, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import DataError, Finding, Place, Words, violation
from fosen_graph.iris import DEFAULT_BASE, FG, rebase
from fosen_graph.reading import yamltree

FIELDS = ("iri", "class", "label", "minted", "status", "replaced_by")
ACTIVE, MERGED, WITHDRAWN = "active", "merged", "withdrawn"
Triple = tuple[IdentifiedNode, URIRef, Node]
_NOWHERE = Place("iris.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One IRI that was ever published. class_: the ontology's name. label: when minted. minted: ISO date."""

    iri: URIRef
    class_: str
    label: str
    minted: str
    status: str = ACTIVE
    replaced_by: URIRef | None = None
    place: Place = field(default=_NOWHERE, compare=False)


def read_register(data: bytes, file: str, base: str) -> list[Entry]:
    """
    Read iris.csv, which is written with the default base.

    Raises DataError: other columns, an unknown status, an IRI that stands twice, a merged one without its survivor.
    """
    text = yamltree.decode(data, file)
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or tuple(rows[0]) != FIELDS:
        what = Words(nb="første linje er ikke kolonnenavnene.", en="the first line is not the names of the columns.")
        remedy = Words(nb=f"Skriv {','.join(FIELDS)}.", en=f"Write {','.join(FIELDS)}.")
        raise DataError([violation(Place(file, 1, 1), "bad-register", what, remedy)])
    entries, findings = [], []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows[1:], 2):
        place = Place(file, line, 1)
        fault = _fault(row, seen, line)
        if fault:
            findings.append(violation(place, "bad-register", *fault))
            continue
        iri, class_, label, minted, status, replaced_by = (rebase(value, base) for value in row)
        survivor = URIRef(replaced_by) if replaced_by else None
        entries.append(
            Entry(
                iri=URIRef(iri),
                class_=class_,
                label=label,
                minted=minted,
                status=status,
                replaced_by=survivor,
                place=place,
            )
        )
    if findings:
        raise DataError(findings)
    return entries


def _fault(row: Sequence[str], seen: dict[str, int], line: int) -> tuple[Words, Words] | None:
    if len(row) != len(FIELDS):
        return (
            Words(
                nb=f"linjen har {len(row)} felt, ikke {len(FIELDS)}.",
                en=f"the line has {len(row)} fields, not {len(FIELDS)}.",
            ),
            Words(nb="Sett anførselstegn rundt tekst med komma.", en="Put text with commas in quotes."),
        )
    iri, _, _, minted, status, replaced_by = row
    if not iri.startswith(DEFAULT_BASE):
        return (
            Words(nb=f"«{iri}» begynner ikke med {DEFAULT_BASE}.", en=f"“{iri}” does not begin with {DEFAULT_BASE}."),
            Words(nb="Filen skrives alltid med denne stammen.", en="The file is always written with this base."),
        )
    if status not in (ACTIVE, MERGED, WITHDRAWN) or (status == MERGED) != bool(replaced_by):
        return (
            Words(
                nb=f"«{status}» og «{replaced_by}» hører ikke sammen.",
                en=f"“{status}” and “{replaced_by}” do not go together.",
            ),
            Words(
                nb="Skriv active, withdrawn, eller merged med IRI-en som overtok.",
                en="Write active, withdrawn, or merged with the IRI that took over.",
            ),
        )
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", minted) or not _is_day(minted):
        return (
            Words(nb=f"«{minted}» er ikke en dato.", en=f"“{minted}” is not a date."),
            Words(nb="Skriv dagen som åååå-mm-dd.", en="Write the day as yyyy-mm-dd."),
        )
    first = seen.setdefault(iri, line)
    if first != line:
        return (
            Words(nb=f"IRI-en står også i linje {first}.", en=f"the IRI is also on line {first}."),
            Words(nb="Behold én linje.", en="Keep one line."),
        )
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def register_findings(entries: Iterable[Entry], minted: Mapping[URIRef, Place], file: str) -> Iterator[Finding]:
    """
    What a region's files mint against what was published before.

    minted: of all the region's files. file: iris.csv, for messages. A new IRI, an active one that vanished, and one
    that comes back after it was merged or withdrawn are violations.
    """
    known = {entry.iri: entry for entry in entries}
    active = [entry for entry in known.values() if entry.status == ACTIVE]
    gone = [entry for entry in active if entry.iri not in minted]
    for iri, place in minted.items():
        entry = known.get(iri)
        if entry is None:
            yield violation(place, "new-iri", *_new(iri, gone, file))
        elif entry.status != ACTIVE:
            yield violation(place, "reused-iri", *_reused(iri, entry))
    for entry in gone:
        yield violation(entry.place, "vanished-iri", *_vanished(entry))
    for entry in known.values():
        if entry.replaced_by is not None and (fault := _survivor_fault(entry.iri, entry.replaced_by, known)):
            yield violation(entry.place, "bad-register", *fault)


def _survivor_fault(iri: URIRef, survivor: URIRef, known: Mapping[URIRef, Entry]) -> tuple[Words, Words] | None:
    """Why what took over an IRI is not one that is in use; of a chain, the last one is to be named."""
    remedy = Words(nb="Rett replaced_by.", en="Mend replaced_by.")
    if survivor not in known:
        return Words(nb=f"{survivor} er ikke i listen.", en=f"{survivor} is not in the list."), remedy
    seen, last = [iri], survivor
    while (after := known[last].replaced_by) in known and last not in seen:
        seen.append(last)
        last = URIRef(after or "")
    if last in seen:
        what = Words(nb=f"{iri} er slått sammen med seg selv, i ring.", en=f"{iri} is merged with itself, in a ring.")
        return what, Words(nb="La én av dem være active.", en="Let one of them be active.")
    if known[last].status == WITHDRAWN:
        return Words(
            nb=f"{last} er trukket og kan ikke ta over.", en=f"{last} is withdrawn and cannot take over."
        ), Words(
            nb="Skriv en IRI som er i bruk, eller withdrawn her også.",
            en="Write an IRI in use, or withdrawn here as well.",
        )
    if last != survivor:
        what = Words(
            nb=f"{survivor} er selv slått sammen med en annen.", en=f"{survivor} is itself merged with another."
        )
        return what, Words(nb=f"Skriv den siste: {last}.", en=f"Write the last one: {last}.")
    return None


def _new(iri: URIRef, gone: Sequence[Entry], file: str) -> tuple[Words, Words]:
    close = difflib.get_close_matches(iri, [entry.iri for entry in gone], 1, 0.8)
    what = Words(nb=f"{iri} er ny.", en=f"{iri} is new.")
    if close:
        slug = close[0].rpartition("/")[2]
        return what, Words(
            nb=f"mente du «{slug}»? En id endres aldri.", en=f"did you mean “{slug}”? An id never changes."
        )
    return what, Words(
        nb=f"Er den riktig, kjør «fosen-graph mint», som fører den inn i {file}.",
        en=f"If it is right, run “fosen-graph mint”, which enters it in {file}.",
    )


def _reused(iri: URIRef, entry: Entry) -> tuple[Words, Words]:
    return (
        Words(
            nb=f"{iri} er {entry.status} og kan ikke brukes igjen.",
            en=f"{iri} is {entry.status} and cannot be used again.",
        ),
        Words(nb="Velg en ny id.", en="Choose a new id."),
    )


def _vanished(entry: Entry) -> tuple[Words, Words]:
    return (
        Words(
            nb=f"{entry.iri} («{entry.label}») er publisert, men ikke lenger i filene.",
            en=f"{entry.iri} (“{entry.label}”) was published but is no longer in the files.",
        ),
        Words(
            nb="Hent den fram igjen, eller skriv withdrawn her (merged med IRI-en som overtok).",
            en="Restore it, or write withdrawn here (merged with the IRI that took over).",
        ),
    )


def mint(entries: Sequence[Entry], minted: Iterable[URIRef], triples: Iterable[Triple], today: str) -> list[Entry]:
    """The register with an entry for every new IRI, its class and label as the graph has them, sorted by IRI."""
    classes: dict[Node, str] = {}
    labels: dict[Node, str] = {}
    for subject, predicate, value in sorted(triples):
        if predicate == RDF.type and str(value).startswith(FG):
            classes[subject] = _specific_class(classes.get(subject), str(value).removeprefix(FG))
        elif predicate == RDF.type and value == DCTERMS.Location:
            classes[subject] = "Location"
        elif predicate == SKOS.prefLabel and isinstance(value, Literal) and value.language != "en":
            labels[subject] = str(value)
    known = {entry.iri for entry in entries}
    new = [
        Entry(iri=iri, class_=classes.get(iri, ""), label=labels.get(iri, ""), minted=today)
        for iri in minted
        if iri not in known
    ]
    return sorted([*entries, *new], key=lambda entry: entry.iri)


_ABSTRACT = ("PlanElement", "Actor", "Interpretation", "PlanningDocument", "Organisation")


def _specific_class(before: str | None, name: str) -> str:
    """The narrower of two classes of one thing: an abstract one gives way."""
    if before is None:
        return name
    rank = {class_: number for number, class_ in enumerate(_ABSTRACT)}
    return max(before, name, key=lambda class_: rank.get(class_, len(_ABSTRACT)))


def write_register(entries: Iterable[Entry], base: str) -> str:
    """iris.csv, with the default base."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for entry in entries:
        row = (entry.iri, entry.class_, entry.label, entry.minted, entry.status, entry.replaced_by or "")
        writer.writerow(value.replace(base, DEFAULT_BASE) for value in row)
    return out.getvalue()


def retired(entries: Iterable[Entry]) -> Iterator[Triple]:
    """What the graph says of merged and withdrawn IRIs: they stay known."""
    for entry in entries:
        if entry.status == ACTIVE:
            continue
        yield entry.iri, OWL.deprecated, Literal("true", datatype=XSD.boolean)
        yield entry.iri, SKOS.prefLabel, Literal(entry.label, lang="nb")
        yield entry.iri, DCTERMS.issued, Literal(entry.minted, datatype=XSD.date)
        if entry.replaced_by is not None:
            yield entry.iri, DCTERMS.isReplacedBy, entry.replaced_by
