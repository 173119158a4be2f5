"""The settings and the things of a release in; what the catalogue lacks, each with the line to fill in, out."""

from __future__ import annotations

from collections.abc import Container

from rdflib.term import Node

from fosen_graph.findings import Finding, Place, Severity, Words, violation, warning
from fosen_graph.iris import CatalogueIris
from fosen_graph.settings import Settings


def gaps(settings: Settings, subjects: Container[Node]) -> list[Finding]:
    """
    What the catalogue lacks because no source has it, each with the line to fill in.

    subjects: the things that the release describes; the publisher must be one of them.
    """
    publisher, contact = settings.publisher, settings.contact
    found = []
    if publisher.organisation_number is None:
        found.append(warning(settings.place("utgiver.organisasjonsnummer"), "catalogue-no-number", *_NO_NUMBER))
        if publisher.actor and CatalogueIris(settings.base, settings.site).actor(publisher.actor) not in subjects:
            found.append(violation(settings.place("utgiver.aktoer"), "catalogue-unknown-actor", *_UNKNOWN_ACTOR))
    if contact.mail is None:
        found.append(_note(settings.place("kontakt.epost"), "catalogue-no-mail", *_NO_MAIL))
    if settings.accessibility_statement is None:
        place = settings.place("tilgjengelighetserklaering")
        found.append(_note(place, "catalogue-no-accessibility-statement", *_NO_STATEMENT))
    return found


def _note(place: Place, code: str, what: Words, remedy: Words) -> Finding:
    return Finding(place=place, severity=Severity.INFO, code=code, what=what, remedy=remedy)


_NO_NUMBER = (
    Words(nb="utgiveren har ikke noe organisasjonsnummer", en="the publisher has no organisation number"),
    Words(
        nb="Skriv nummeret fra Enhetsregisteret her, så kjenner data.norge.no igjen utgiveren.",
        en="Write the number from Enhetsregisteret here, so that data.norge.no recognises the publisher.",
    ),
)
_UNKNOWN_ACTOR = (
    Words(nb="utgiveren er ingen av aktørene i dataene", en="the publisher is none of the actors in the data"),
    Words(
        nb="Skriv region/aktoer/id slik den står i aktoerer.yaml.",
        en="Write region/aktoer/id as it stands in aktoerer.yaml.",
    ),
)
_NO_MAIL = (
    Words(nb="kontaktpunktet har ingen e-postadresse", en="the contact point has no mail address"),
    Words(nb="Skriv en adresse som noen leser.", en="Write an address that somebody reads."),
)
_NO_STATEMENT = (
    Words(nb="lenken til tilgjengelighetserklæringen mangler", en="the link to the accessibility statement is missing"),
    Words(
        nb="Lag erklæringen på uustatus.no og skriv adressen her.",
        en="Make the statement at uustatus.no and write its address here.",
    ),
)
