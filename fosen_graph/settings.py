"""Text of data/site.toml in, frozen Settings out; and the environment of the machine into a frozen Environment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fosen_graph.findings import CannotRun, DataError, Lang, Place, Words
from fosen_graph.iris import SLUG
from fosen_graph.toml_tables import Form, Table, nearest, one_of, read_toml

Texts = Mapping[str, str]  # language tag to text

OPEN_LICENCES = ("NLOD_2_0", "NLOD_1_0", "CC_BY_4_0", "CC0")  # the EU codes that data.norge.no counts as open
THEMES = ("AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN")
FREQUENCIES = ("AS_NEEDED", "IRREG", "ANNUAL", "TRIENNIAL", "QUADRENNIAL")
STATUSES = ("DEVELOP", "COMPLETED", "DEPRECATED", "WITHDRAWN")
AVAILABILITIES = ("EXPERIMENTAL", "TEMPORARY", "AVAILABLE", "STABLE")
LANGUAGES = ("nb", "nn", "en")
FIELDS = ("plan", "periode", "region")
REGISTER = "register/enhetsregisteret.sqlite"  # where the commands put the local copy

_ADDRESS = r"https?://[^\s/?#<>\"{}|\\^`]+"
_WEB_PAGE = Form(
    re.compile(_ADDRESS + r"(?:/[^\s<>\"{}|\\^`]*)?"),
    Words(
        nb="en full adresse som begynner med https:// eller http://",
        en="a full address that starts with https:// or http://",
    ),
)
_STEM = Form(
    re.compile(_ADDRESS + r"/(?:[^\s?#<>\"{}|\\^`]*/)?"),
    Words(
        nb="en full adresse som begynner med https:// eller http:// og slutter med /, uten ? og #",
        en="a full address that starts with https:// or http:// and ends with /, without ? and #",
    ),
)
_MAIL = Form(
    re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+"),
    Words(nb="en e-postadresse som post@eksempel.no", en="a mail address such as post@example.org"),
)
_LOS = Form(
    re.compile(r"(?:tema|ord|hendelse)/[a-z0-9-]+"),
    Words(nb="siste del av en LOS-IRI, som tema/planer", en="the last part of a LOS IRI, such as tema/planer"),
)
_UNIT = Form(
    re.compile(r"https://data\.geonorge\.no/administrativeEnheter/(?:kommune|fylke)/id/\d+"),
    Words(
        nb="Kartverkets IRI, https://data.geonorge.no/administrativeEnheter/kommune/id/ og tallet",
        en="Kartverket's IRI, https://data.geonorge.no/administrativeEnheter/kommune/id/ and the number",
    ),
)
_ACTOR = Form(
    re.compile(rf"{SLUG.pattern}/aktoer/{SLUG.pattern}"),
    Words(nb="region/aktoer/id, som i IRI-en", en="region/aktoer/id, as in the IRI"),
)
_ORGANISATION_NUMBER = Form(
    re.compile(r"[89]\d{8}"),
    Words(nb="ni siffer uten mellomrom, det første 8 eller 9", en="nine digits without spaces, the first 8 or 9"),
)
_CHECK_DIGIT = Words(
    nb="nummeret slik det står i Enhetsregisteret; kontrollsifferet stemmer ikke",
    en="the number as it stands in Enhetsregisteret; its check digit is wrong",
)
_REGION = Form(
    re.compile(rf"(?!all$){SLUG.pattern}"),
    Words(
        nb="navnet på regionens mappe, av a-z, 0-9 og - («all» er navnet på alt samlet)",
        en="the name of the region's folder, of a-z, 0-9 and - («all» names everything together)",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A title and a description, each in every language of the settings."""

    title: Texts
    description: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    name: Texts
    homepage: str
    organisation_number: str | None
    actor: str | None  # region/aktoer/slug: the publisher among the actors of the data


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    name: Texts
    page: str
    mail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    name: Texts
    series: Described
    places: tuple[str, ...]  # Kartverket's IRIs of the municipalities


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything in data/site.toml; codes (licences, themes, frequency) as written there, without their namespaces."""

    base: str  # absolute, ends in /
    site: str  # where the service answers; ends in /
    issued: str  # YYYY-MM-DD
    languages: tuple[str, ...]
    accessibility_statement: str | None
    data_licence: str
    ontology_licence: str
    publisher: Publisher
    contact: Contact
    catalogue: Described
    keywords: Mapping[str, tuple[str, ...]]
    themes: tuple[str, ...]
    los: tuple[str, ...]  # "tema/planer", "ord/regional-planlegging"
    frequency: str
    status: str
    availability: str
    plan: Described  # texts with {plan}, {periode} and {region}
    provenance: Texts
    everything: Described
    endpoint: Described
    reconciliation: Described | None
    regions: Mapping[str, Region]
    places: Mapping[str, Place] = field(repr=False)  # "utgiver.organisasjonsnummer" to its line

    def place(self, key: str) -> Place:
        """Where a key is written, else where the table around it is."""
        return nearest(self.places, key)

    def with_base(self, base: str) -> Settings:
        """The same settings under another base; a site of its own stays where it is."""
        return replace(self, base=base, site=base if self.site == self.base else self.site)


def read_settings(text: str, file: str) -> Settings:
    """
    Read the settings that change the data.

    text: TOML 1.0. file: its path, for messages only.
    Raises DataError with all findings of the file, not only the first.
    """
    root, notes = read_toml(text, file)
    settings = _settings(root, notes.places)
    if notes.findings:
        raise DataError(notes.findings)
    return settings


def _settings(root: Table, places: Mapping[str, Place]) -> Settings:
    languages = _languages(root)
    base = root.text("base", _STEM)
    licence, catalogue, plan = root.table("lisens"), root.table("katalog"), root.table("plan")
    settings = Settings(
        base=base,
        site=root.optional("nettsted", _STEM) or base,
        issued=root.date("utgitt"),
        languages=languages,
        accessibility_statement=root.optional("tilgjengelighetserklaering", _WEB_PAGE),
        data_licence=licence.text("data", one_of(OPEN_LICENCES)),
        ontology_licence=licence.text("ontologi", one_of(OPEN_LICENCES)),
        publisher=_publisher(root.table("utgiver")),
        contact=_contact(root.table("kontakt")),
        catalogue=_described(catalogue, languages),
        keywords=_keywords(catalogue.table("noekkelord"), languages),
        themes=catalogue.words("temaer", one_of(THEMES)),
        los=catalogue.words("los", _LOS, required=False),
        frequency=catalogue.text("oppdatering", one_of(FREQUENCIES)),
        status=catalogue.text("status", one_of(STATUSES)),
        availability=catalogue.text("varighet", one_of(AVAILABILITIES)),
        plan=_described(plan, languages, FIELDS),
        provenance=plan.texts("opphav", languages),
        everything=_only_described(root.table("samlet"), languages),
        endpoint=_only_described(root.table("endepunkt"), languages),
        reconciliation=_only_described(found, languages) if (found := root.part("avstemming")) else None,
        regions=_regions(root.table("region"), languages),
        places=places,
    )
    for table in (root, licence, catalogue, plan):
        table.close()
    return settings


def _languages(root: Table) -> tuple[str, ...]:
    """The languages of every text, in the order of the file; nb and en whatever the file says."""
    languages = root.words("spraak", one_of(LANGUAGES))
    lacking = tuple(language for language in ("nb", "en") if language not in languages)
    if languages and lacking:
        root.note(
            "spraak",
            Words(nb=f"«spraak» mangler {' og '.join(lacking)}", en=f"«spraak» lacks {' and '.join(lacking)}"),
            Words(nb="Katalogen skal ha både nb og en; skriv dem inn.", en="The catalogue needs nb and en; add them."),
        )
    return (*languages, *lacking)


def _described(table: Table, languages: Sequence[str], fields: Sequence[str] | None = None) -> Described:
    return Described(
        title=table.texts("tittel", languages, fields),
        description=table.texts("beskrivelse", languages, fields),
    )


def _only_described(table: Table, languages: Sequence[str]) -> Described:
    described = _described(table, languages)
    table.close()
    return described


def _publisher(table: Table) -> Publisher:
    number = table.optional("organisasjonsnummer", _ORGANISATION_NUMBER)
    if number and _ORGANISATION_NUMBER.pattern.fullmatch(number) and not check_digit_holds(number):
        table.wrong("organisasjonsnummer", number, _CHECK_DIGIT)
    publisher = Publisher(
        name=table.name("navn", LANGUAGES),
        homepage=table.text("hjemmeside", _WEB_PAGE),
        organisation_number=number,
        actor=table.optional("aktoer", _ACTOR),
    )
    table.close()
    return publisher


def _contact(table: Table) -> Contact:
    contact = Contact(
        name=table.name("navn", LANGUAGES),
        page=table.text("side", _WEB_PAGE),
        mail=table.optional("epost", _MAIL),
    )
    table.close()
    return contact


def _keywords(table: Table, languages: Sequence[str]) -> dict[str, tuple[str, ...]]:
    keywords = {language: table.words(language) for language in languages}
    table.close()
    return keywords


def _regions(table: Table, languages: Sequence[str]) -> dict[str, Region]:
    regions = {}
    for slug in table.keys(_REGION):
        region = table.table(slug)
        regions[slug] = Region(
            name=region.texts("navn", languages),
            series=_described(region, languages),
            places=region.words("steder", _UNIT),
        )
        region.close()
    return regions


def check_digit_holds(number: str) -> bool:
    """The ninth digit of an organisation number (Brønnøysundregistrene, modulus 11); 10 is no digit."""
    weights = (3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(weight * int(digit) for weight, digit in zip(weights, number[:8], strict=True)) % 11
    return int(number[8]) == (11 - rest if rest else 0)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What changes the machine and never the data."""

    out: str = "out"  # folder of the releases
    host: str = "127.0.0.1"
    port: int = 8000  # 0: any free port
    lang: Lang = "en"  # language of the messages
    register: str = ""  # the local copy of the register of units; empty: where the commands put it, if it is there
    disk_triples: int = 800_000  # a larger release is read from disk by who serves it, not loaded into memory


def read_environment(variables: Mapping[str, str]) -> Environment:
    """
    FOSEN_GRAPH_OUT, FOSEN_GRAPH_HOST, FOSEN_GRAPH_PORT, FOSEN_GRAPH_DISK_TRIPLES, FOSEN_GRAPH_REGISTER,
    FOSEN_GRAPH_LANG; else the locale's language.

    Raises CannotRun at a value that cannot be used.
    """
    return Environment(
        out=variables.get("FOSEN_GRAPH_OUT") or Environment.out,
        host=variables.get("FOSEN_GRAPH_HOST") or Environment.host,
        port=_port(variables.get("FOSEN_GRAPH_PORT") or str(Environment.port)),
        lang=_lang(variables),
        register=variables.get("FOSEN_GRAPH_REGISTER") or Environment.register,
        disk_triples=_number(variables, "FOSEN_GRAPH_DISK_TRIPLES", Environment.disk_triples),
    )


def _number(variables: Mapping[str, str], name: str, default: int) -> int:
    text = variables.get(name) or str(default)
    if text.isascii() and text.isdigit():
        return int(text)
    raise CannotRun(
        Words(nb=f"{name} kan ikke være «{text}».", en=f"{name} cannot be “{text}”."),
        Words(nb="Skriv et tall fra 0.", en="Write a number from 0."),
    )


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise CannotRun(
        Words(nb=f"FOSEN_GRAPH_PORT kan ikke være «{text}»", en=f"FOSEN_GRAPH_PORT cannot be «{text}»"),
        Words(nb="Skriv et tall fra 0 til 65535.", en="Write a number from 0 to 65535."),
    )


def _lang(variables: Mapping[str, str]) -> Lang:
    """The first of the locale's variables that is set decides (POSIX, Base Definitions 8.2)."""
    chosen = variables.get("FOSEN_GRAPH_LANG", "")
    if chosen and chosen not in ("nb", "en"):
        raise CannotRun(
            Words(nb=f"FOSEN_GRAPH_LANG kan ikke være «{chosen}».", en=f"FOSEN_GRAPH_LANG cannot be “{chosen}”."),
            Words(nb="Skriv nb eller en.", en="Write nb or en."),
        )
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = chosen or next((variables[name] for name in names if variables.get(name)), "")
    return "nb" if locale.lower()[:2] in ("nb", "nn", "no") else "en"
