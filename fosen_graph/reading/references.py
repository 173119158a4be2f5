"""What files refer to in; names that lead nowhere, and things without a name, out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rdflib import DCTERMS, PROV, RDF, SKOS, BNode, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import Finding, Place, Words, shown, violation, warning
from fosen_graph.iris import CODES, EDITING, FG
from fosen_graph.reading.entries import entry_faults
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.vocabulary import Vocabulary
from fosen_graph.reading.yamlld import Document, Statement, minted_twice

_MINTING = (EDITING.actor, EDITING.arrangement, EDITING.candidate)  # their things need an id
_MINTING_UPWARDS = (FG.inPlan, FG.inStrategy, FG.inFocusArea, FG.inPlanItem, FG.listedIn, FG.adopts)
_REFERRING = (  # whose value has keys of its own, beside the «om»
    DCTERMS.publisher, FG.decidedBy, EDITING.link, EDITING.translation, EDITING.addedFact, EDITING.registryFact,
    EDITING.place, EDITING.subject, EDITING.concept,
)  # fmt: skip
_OPEN = (DCTERMS.source, DCTERMS.temporal, PROV.wasAttributedTo)  # their objects need not be described here


def minted(documents: Iterable[Document]) -> tuple[Mapping[URIRef, Place], list[Finding]]:
    """Every IRI that an `id:` gives, and the ones that two files give."""
    places: dict[URIRef, Place] = {}
    findings = []
    for document in documents:
        for iri, place in document.minted.items():
            if iri in places:
                findings.append(minted_twice(iri, place, places[iri]))
            places.setdefault(iri, place)
    return places, findings


def missing_files(folder: str, names: Sequence[str], files: Mapping[str, bytes]) -> list[Finding]:
    return [
        violation(
            Place(f"{folder}/{name}"),
            "missing-file",
            Words(nb="filen mangler.", en="the file is missing."),
            Words(nb="Hent den fram igjen fra git, eller lag den.", en="Restore it from git, or make it."),
        )
        for name in names
        if name not in files
    ]


def region_faults(
    facts: Facts,
    documents: Iterable[Document],
    known: Mapping[URIRef, Place],
    base: str,
    plans: Sequence[str],
    vocabulary: Vocabulary,
) -> Iterator[Finding]:
    """Faults of the files that a region's plans share; what refers into a plan is looked up when that plan is read."""
    documents = tuple(documents)
    yield from _nameless(Facts(statement for document in documents for statement in document.statements))
    for _, actor, place in facts.pairs(EDITING.actor):
        if not facts.values(actor, RDF.type):  # type: ignore[arg-type]
            what = Words(nb="aktøren har ikke «slag».", en="the actor has no “slag”.")
            remedy = Words(
                nb="Skriv «slag: virksomhet», organ, stilling, gruppe eller initiativ.",
                en="Write “slag: virksomhet”, organ, stilling, gruppe or initiativ.",
            )
            yield violation(place, "no-kind", what, remedy)
    yield from same_names(facts)
    kinds = Facts(s for document in documents for s in document.statements if s.predicate == RDF.type)
    for document in documents:
        yield from _themselves(document)
        yield from _unsourced(document, kinds)
        yield from entry_faults(document)
        for subject, place in document.owners.items():
            if isinstance(subject, URIRef) and not _inside(subject, base, plans):
                yield from _unknown(subject, place, known, base, vocabulary)


def names_twice(translations: Iterable[Statement], names: Facts, again: bool) -> Iterator[tuple[URIRef, Finding]]:
    """
    Translations into a language that a thing has a name in already, with the thing.

    names: what gives things their own names. again: whether one translation after another is told as well.
    """
    seen: dict[tuple[Node, str | None], Place] = {}
    for subject, predicate, value, place in translations:
        if predicate != SKOS.prefLabel or not isinstance(subject, URIRef) or not isinstance(value, Literal):
            continue
        own = [at for name, at in names.values(subject, predicate) if getattr(name, "language", "") == value.language]
        first = own[0] if own else seen.get((subject, value.language)) if again else None
        seen.setdefault((subject, value.language), place)
        if first is not None:
            slug = subject.rpartition("/")[2]
            what = Words(
                nb=f"«{slug}» har alt et navn på dette språket, i {first}.",
                en=f"“{slug}” has a name in this language already, in {first}.",
            )
            remedy = Words(nb="Behold det ene.", en="Keep one of them.")
            yield subject, violation(place, "name-twice", what, remedy)


def same_names(facts: Facts) -> Iterator[Finding]:
    """Two actors, or two arrangements, that the source may write alike: it cannot be seen which one it means."""
    for predicate in (EDITING.actor, EDITING.arrangement):
        seen: dict[str, IdentifiedNode] = {}
        for thing, _ in facts.listed(predicate):
            for written, place in [*facts.texts(thing, SKOS.prefLabel), *facts.texts(thing, SKOS.altLabel)]:
                other = seen.setdefault(written, thing)
                if other != thing:
                    slug = other.rpartition("/")[2]
                    what = Words(
                        nb=f"«{shown(written)}» er også navnet på «{slug}».",
                        en=f"“{shown(written)}” is the name of “{slug}” as well.",
                    )
                    remedy = Words(
                        nb="Er de den samme, behold den ene; ellers kan bare én av dem stå i en rad.",
                        en="If they are the same, keep one; otherwise only one of them can stand in a row.",
                    )
                    yield warning(place, "same-name", what, remedy)


def _themselves(document: Document) -> Iterator[Finding]:
    for subject, _, value, place in document.statements:
        if subject == value:
            slug = subject.rpartition("/")[2]
            what = Words(nb=f"«{slug}» peker på seg selv.", en=f"“{slug}” points to itself.")
            yield violation(
                place, "itself", what, Words(nb="Rett id-en, eller ta den bort.", en="Mend the id, or remove it.")
            )


_PROPER = (FG.Organisation, FG.NamedInitiative)  # kinds whose names are proper names


def _unsourced(document: Document, kinds: Facts) -> Iterator[Finding]:
    """Proper names are translated by those who bear them, not by us."""
    facts = Facts(document.statements)
    for thing, _ in facts.listed(EDITING.translation):
        proper = any(kind in _PROPER for kind, _ in kinds.values(thing, RDF.type))
        if proper and not facts.values(thing, DCTERMS.source):
            for name, place in facts.texts(thing, SKOS.prefLabel):
                what = Words(
                    nb=f"«{name}» er et egennavn på et annet språk, uten kilde.",
                    en=f"“{name}” is a proper name in another language, without a source.",
                )
                remedy = Words(
                    nb="Skriv «hentet-fra:» med stedet der de kaller seg dette, eller ta det bort.",
                    en="Write “hentet-fra:” with the place where they call themselves so, or remove it.",
                )
                yield violation(place, "name-without-source", what, remedy)


def plan_faults(
    facts: Facts, region: Facts, known: Mapping[URIRef, Place], plan: URIRef, vocabulary: Vocabulary
) -> Iterator[Finding]:
    """Faults of one plan, and of the region's files where they refer into it."""
    yield from _nameless(facts)
    base = f"{plan.rpartition('/')[0]}/"
    for statement in facts.statements:
        if statement.predicate not in _OPEN and isinstance(statement.object, URIRef) and statement.object != plan:
            yield from _unknown(statement.object, statement.place, known, base, vocabulary)
    for statement in _about(region.statements, f"{plan}/"):
        yield from _unknown(statement.subject, statement.place, known, base, vocabulary)


def _about(statements: Iterable[Statement], stem: str) -> Iterator[Statement]:
    seen: set[Node] = set()
    for statement in statements:
        if statement.subject.startswith(stem) and statement.subject not in seen:
            seen.add(statement.subject)
            yield statement


def _inside(iri: URIRef, base: str, plans: Sequence[str]) -> bool:
    return any(f"{iri}/".startswith(f"{base}{plan}/") for plan in plans)


def _nameless(facts: Facts) -> Iterator[Finding]:
    things = [(value, place) for predicate in _MINTING for _, value, place in facts.pairs(predicate)]
    things += [(subject, place) for predicate in _MINTING_UPWARDS for subject, _, place in facts.pairs(predicate)]
    things += [(value, place) for _, value, place in facts.pairs(FG.basedOn)]
    for thing, place in things:
        if isinstance(thing, BNode):
            what = Words(nb="«id» mangler.", en="“id” is missing.")
            remedy = Words(
                nb="Gi den en kort id av a-z, 0-9 og bindestrek. Den skal aldri endres siden.",
                en="Give it a short id of a-z, 0-9 and hyphens. It must never change later.",
            )
            yield violation(place, "no-id", what, remedy)
    for predicate in _REFERRING:
        for _, thing, place in facts.pairs(predicate):
            if isinstance(thing, BNode):
                what = Words(nb="«om» mangler.", en="“om” is missing.")
                remedy = Words(
                    nb="Skriv «om:» og id-en til det dette handler om.",
                    en="Write “om:” and the id of what this is about.",
                )
                yield violation(place, "no-reference", what, remedy)


def _unknown(
    iri: Node, place: Place, known: Mapping[URIRef, Place], base: str, vocabulary: Vocabulary
) -> Iterator[Finding]:
    if not isinstance(iri, URIRef) or iri in known or iri in vocabulary.codes or not _ours(iri, base):
        return
    stem, _, slug = iri.rpartition("/")
    choices = known if not iri.startswith(CODES) else dict.fromkeys(vocabulary.codes, place)
    near = [other.rpartition("/")[2] for other in choices if other.rpartition("/")[0] == stem]
    close = difflib.get_close_matches(slug, near, 1, 0.6)
    what = Words(nb=f"«{slug}» finnes ikke.", en=f"there is no “{slug}”.")
    if close:
        remedy = Words(nb=f"mente du «{close[0]}»?", en=f"did you mean “{close[0]}”?")
    elif iri.startswith(CODES):
        listed = ", ".join(f"«{code}»" for code in sorted(near))
        remedy = Words(nb=f"Velg blant {listed}.", en=f"Choose among {listed}.")
    else:
        remedy = Words(
            nb="Rett id-en, eller legg den til (aktører i aktoerer.yaml, ordninger i ordninger.yaml).",
            en="Mend the id, or add it (actors in aktoerer.yaml, arrangements in ordninger.yaml).",
        )
    yield violation(place, "unknown-name", what, remedy)


def _ours(iri: URIRef, base: str) -> bool:
    """True for what some file of this region, or the code lists, should describe."""
    return iri.startswith(CODES) or (iri.startswith(base) and "/kontroll/" not in iri)
