"""The entries of lists that people wrote in; keys that they lack, and numbers and addresses that cannot be, out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rdflib import DCTERMS, PROV, SKOS, URIRef
from rdflib.term import Node

from fosen_graph.findings import Finding, Place, Words, shown, violation
from fosen_graph.iris import EDITING, FG
from fosen_graph.reading.facts import Facts
from fosen_graph.reading.yamlld import Document, is_web_address
from fosen_graph.settings import check_digit_holds

_NEEDED = {  # an entry of a list -> what it must say: where we know it from, who decided
    EDITING.addedFact: {DCTERMS.source: "hentet-fra"},
    EDITING.registryFact: {DCTERMS.source: "hentet-fra", DCTERMS.issued: "dato"},
    EDITING.place: {DCTERMS.source: "hentet-fra"},
    EDITING.concept: {SKOS.prefLabel: "bokmål", DCTERMS.source: "hentet-fra"},
    EDITING.subject: {
        DCTERMS.subject: "los",
        FG.certainty: "grad",
        SKOS.editorialNote: "fordi",
        PROV.wasAttributedTo: "av",
        DCTERMS.date: "dato",
    },
    EDITING.link: {
        SKOS.notation: "organisasjonsnummer",
        SKOS.editorialNote: "belegg",
        PROV.wasAttributedTo: "av",
        DCTERMS.date: "dato",
    },
}
_ONE_OF = {  # an entry of a list -> what it says once, under either key
    EDITING.registryFact: (DCTERMS.issued,),
    EDITING.link: (SKOS.notation, EDITING.refusedNumber),
    EDITING.subject: (DCTERMS.subject,),
}
_EITHER = {
    EDITING.registryFact: "«dato», «år»",
    EDITING.link: "«organisasjonsnummer», «avvist-nummer»",
    EDITING.subject: "«los», «eu»",
}
_NUMBERS = (SKOS.notation, EDITING.refusedNumber, EDITING.parentNumber)
_FORMS = {  # key -> what its text looks like; written as the register does
    FG.municipalityNumber: ("kommunenummer", "[0-9]{4}", "0301"),
    EDITING.homepage: ("hjemmeside", "", "www.eksempel.no"),
}


def entry_faults(document: Document) -> Iterator[Finding]:
    facts = Facts(document.statements)
    yield from _numbers(document)
    yield from _forms(facts)
    yield from _candidates(facts)
    for listing in _NEEDED:
        for _, place, entry in facts.entries(listing):
            yield from _lacking(listing, place, entry)


def _lacking(listing: URIRef, place: Place, entry: Facts) -> Iterator[Finding]:
    """What an entry does not say, and what it says twice."""
    told = [statement.predicate for statement in entry.statements]
    for needed, key in _NEEDED[listing].items():
        if needed not in told and not (needed == SKOS.notation and EDITING.refusedNumber in told):
            what = Words(nb=f"«{key}» mangler.", en=f"“{key}” is missing.")
            remedy = Words(
                nb=f"Skriv «{key}: …»; se docs/data-format.md.", en=f"Write “{key}: …”; see docs/data-format.md."
            )
            yield violation(place, "missing-key", what, remedy)
    once = [s for s in entry.statements if s.predicate in _ONE_OF.get(listing, ())]
    for statement in once[1:]:
        keys = _EITHER[listing]
        what = Words(nb=f"mer enn én av {keys}.", en=f"more than one of {keys}.")
        remedy = Words(
            nb="Behold den ene her; den andre kan stå i et innslag for seg.",
            en="Keep one of them here; the other may stand in an entry of its own.",
        )
        yield violation(statement.place, "one-of-two", what, remedy)


def _numbers(document: Document) -> Iterator[Finding]:
    """Organisation numbers that are not nine digits; whether they can be right, a shape tells."""
    for _, predicate, value, place in document.statements:
        if predicate in _NUMBERS and not is_number(value):
            text = shown(str(value))
            what = Words(nb=f"«{text}» er ikke et organisasjonsnummer.", en=f"“{text}” is not an organisation number.")
            remedy = Words(nb="Skriv de ni sifrene uten mellomrom.", en="Write the nine digits without spaces.")
            yield violation(place, "bad-number", what, remedy)


def _forms(facts: Facts) -> Iterator[Finding]:
    for predicate, (key, pattern, example) in _FORMS.items():
        for _, value, place in facts.pairs(predicate):
            text = str(value)
            fits = re.fullmatch(pattern, text) if pattern else is_web_address(_with_scheme(text))
            if not fits:
                what = Words(
                    nb=f"«{shown(text)}» er ikke en gyldig verdi for «{key}».",
                    en=f"“{shown(text)}” is no value for “{key}”.",
                )
                remedy = Words(nb=f"Skriv det som {example}.", en=f"Write it like {example}.")
                yield violation(place, "wrong-form", what, remedy)


def _with_scheme(address: str) -> str:
    """The register leaves out the scheme."""
    return address if "://" in address else f"http://{address}"


def _candidates(facts: Facts) -> Iterator[Finding]:
    """Of a link's number a shape tells; a candidate's is the end of an IRI that leads somewhere else."""
    for candidate, _ in facts.listed(EDITING.candidate):
        for text, place in facts.texts(candidate, SKOS.notation):
            if is_number(text) and not check_digit_holds(text):
                yield _bad_check_digit(place)
    for _, number, place in (*facts.pairs(EDITING.refusedNumber), *facts.pairs(EDITING.parentNumber)):
        if is_number(number) and not check_digit_holds(str(number)):
            yield _bad_check_digit(place)


def _bad_check_digit(place: Place) -> Finding:
    what = Words(
        nb="Kontrollsifferet i organisasjonsnummeret stemmer ikke.",
        en="The check digit of the organisation number is wrong.",
    )
    remedy = Words(
        nb="Skriv av nummeret fra Enhetsregisteret på nytt.",
        en="Copy the number from the register of legal entities again.",
    )
    return violation(place, "bad-check-digit", what, remedy)


def is_number(value: Node | str) -> bool:
    return re.fullmatch("[0-9]{9}", str(value)) is not None


def homepage(address: str) -> URIRef:
    """The register leaves out the scheme; the organisation catalogue adds this one."""
    return URIRef(_with_scheme(address))
