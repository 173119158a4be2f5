"""A record of the register in, however it came; a Unit, the same from bulk files and API, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import msgspec

SOLE_PROPRIETOR: Final = "ENK"
SUB_UNIT_FORMS: Final = frozenset({"BEDR", "AAFY"})
ACTIVITIES: Final = ("naeringskode1", "naeringskode2", "naeringskode3")


class FormerName(msgspec.Struct, frozen=True, gc=False):
    """A name that a unit had; ISO dates as text."""

    name: str
    start: str | None = None
    end: str | None = None


class Unit(msgspec.Struct, frozen=True, kw_only=True, gc=False):  # made in a quarter of a frozen dataclass's time
    """
    One record of the register, main unit or sub-unit. Nothing about persons: no telephone, e-mail or role has a field.

    number, parent: nine digits. name: as registered. form: the code of the organisation form. Dates: ISO, as text.
    municipality_number, municipality: of the business address; of a sub-unit, of its location.
    deleted: the day of deletion; of a sub-unit also of its closing. bankrupt: with bankrupt_date where that is known.
    """

    number: str
    name: str
    form: str
    is_sub_unit: bool = False
    parent: str | None = None
    municipality_number: str | None = None
    municipality: str | None = None
    former_names: tuple[FormerName, ...] = ()
    registered: str | None = None
    deleted: str | None = None
    bankrupt: bool = False
    bankrupt_date: str | None = None
    winding_up: bool = False
    homepage: str | None = None
    sector: str | None = None
    activity: tuple[str, ...] = ()


class Register(Protocol):
    """What the matcher asks: the local copy, the API and a list in a test all serve."""

    @property
    def date(self) -> str: ...  # of the register's content, ISO

    def unit(self, number: str) -> Unit | None: ...

    def named(self, key: str) -> Sequence[Unit]: ...  # whose normalised present or former name is exactly the key

    def with_tokens(self, tokens: Sequence[str], limit: int) -> Sequence[Unit]: ...  # sharing rare words, best first


def is_number(text: str) -> bool:
    """
    Nine digits, the last of which checks the others: weights 3 2 7 6 5 4 3 2, modulus 11, and 10 is no digit.

    The first digit is not looked at; the register's own test numbers begin with others than 8 and 9.
    """
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        return False
    check = -sum(int(digit) * weight for digit, weight in zip(text, (3, 2, 7, 6, 5, 4, 3, 2), strict=False)) % 11
    return check == int(text[8])


def check_digit(eight: str) -> str | None:
    """The ninth digit for these eight; None where there is none."""
    check = -sum(int(digit) * weight for digit, weight in zip(eight, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return None if check == 10 else str(check)


def homepage(text: str | None) -> str | None:
    """As registered; some fill in an e-mail address, which is not kept."""
    return text if text and "@" not in text else None


COLUMNS: Final = frozenset(
    {
        "organisasjonsnummer", "navn", "organisasjonsform.kode", "overordnetEnhet", "beliggenhetsadresse.kommunenummer",
        "beliggenhetsadresse.kommune", "forretningsadresse.kommunenummer", "forretningsadresse.kommune", "konkurs",
        "registreringsdatoEnhetsregisteret", "slettedato", "nedleggelsesdato", "konkursdato", "underAvvikling",
        "underTvangsavviklingEllerTvangsopplosning", "hjemmeside", "institusjonellSektorkode.kode",
        *(f"{name}.kode" for name in ACTIVITIES),
    }
)  # fmt: skip


def from_columns(row: Mapping[str, str]) -> Unit:
    """
    One line of a bulk CSV file, its columns named with dots: forretningsadresse.kommunenummer.

    Empty is absent. The file has no former names. Of a person only that it is one.
    Raises KeyError where number, name or form lacks.
    """
    get = row.get
    if row["organisasjonsform.kode"] == SOLE_PROPRIETOR:
        return Unit(number=row["organisasjonsnummer"], name="", form=SOLE_PROPRIETOR)
    located = get("beliggenhetsadresse.kommunenummer") or None
    is_sub_unit = located is not None or row["organisasjonsform.kode"] in SUB_UNIT_FORMS
    address = "beliggenhetsadresse" if located else "forretningsadresse"
    dated = get("konkursdato") or None
    return Unit(
        number=row["organisasjonsnummer"],
        name=row["navn"],
        form=row["organisasjonsform.kode"],
        is_sub_unit=is_sub_unit,
        parent=get("overordnetEnhet") or None,
        municipality_number=get(f"{address}.kommunenummer") or None,
        municipality=get(f"{address}.kommune") or None,
        registered=get("registreringsdatoEnhetsregisteret") or None,
        deleted=get("slettedato") or get("nedleggelsesdato") or None,
        bankrupt=get("konkurs") == "true" or dated is not None,
        bankrupt_date=dated,
        winding_up=get("underAvvikling") == "true" or get("underTvangsavviklingEllerTvangsopplosning") == "true",
        homepage=homepage(get("hjemmeside")),
        sector=get("institusjonellSektorkode.kode") or None,
        activity=tuple(code for name in ACTIVITIES if (code := get(f"{name}.kode"))),
    )
