"""JSON of the register in; records with the fields that are read, and Units of them, out. No field is a person's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from fosen_graph.registries.units import SOLE_PROPRIETOR, SUB_UNIT_FORMS, FormerName, Unit, homepage


class Code(msgspec.Struct, gc=False):
    kode: str | None = None


class Address(msgspec.Struct, gc=False):
    kommune: str | None = None
    kommunenummer: str | None = None


class Former(msgspec.Struct, gc=False):
    navn: str
    fra_dato: str | None = msgspec.field(default=None, name="fraDato")
    til_dato: str | None = msgspec.field(default=None, name="tilDato")


class Record(msgspec.Struct, gc=False, rename="camel"):
    """What is read of a unit or a sub-unit; the decoder passes over all else."""

    organisasjonsnummer: str
    navn: str | None = None
    organisasjonsform: Code | None = None
    overordnet_enhet: str | None = None
    forretningsadresse: Address | None = None
    beliggenhetsadresse: Address | None = None
    historiske_navn: list[Former] | None = None
    registreringsdato_enhetsregisteret: str | None = None
    slettedato: str | None = None
    nedleggelsesdato: str | None = None
    oppstartsdato: str | None = None
    konkurs: bool | None = None
    konkursdato: str | None = None
    under_avvikling: bool | None = None
    under_tvangsavvikling_eller_tvangsopplosning: bool | None = None
    hjemmeside: str | None = None
    institusjonell_sektorkode: Code | None = None
    naeringskode1: Code | None = None
    naeringskode2: Code | None = None
    naeringskode3: Code | None = None
    respons_klasse: str | None = msgspec.field(default=None, name="respons_klasse")


class _Embedded(msgspec.Struct):
    enheter: list[Record] | None = None
    underenheter: list[Record] | None = None


class _PageOf(msgspec.Struct, rename="camel"):
    total_elements: int = 0
    total_pages: int = 0


class _Search(msgspec.Struct):
    page: _PageOf
    embedded: _Embedded | None = msgspec.field(default=None, name="_embedded")


class Change(msgspec.Struct, frozen=True):
    """One entry of the updates feed. kind: Ukjent, Ny, Endring, Sletting, Fjernet."""

    id: int = msgspec.field(name="oppdateringsid")
    number: str = msgspec.field(name="organisasjonsnummer")
    kind: str = msgspec.field(name="endringstype", default="Ukjent")
    day: str = msgspec.field(name="dato", default="")


class _Changes(msgspec.Struct, rename="camel"):
    oppdaterte_enheter: list[Change] | None = None
    oppdaterte_underenheter: list[Change] | None = None


class _Feed(msgspec.Struct):
    embedded: _Changes | None = msgspec.field(default=None, name="_embedded")


class _OwnerUnit(msgspec.Struct):
    organisasjonsnummer: str
    navn: list[str] | str = ""
    organisasjonsform: Code | None = None


class _Role(msgspec.Struct):
    enhet: _OwnerUnit | None = None
    ansvarsandel: str | None = None
    avregistrert: bool = False


class _Group(msgspec.Struct):
    type: Code
    roller: list[_Role] = []


class _Roles(msgspec.Struct):
    rollegrupper: list[_Group] = []


class _Fault(msgspec.Struct):
    feilmelding: str = ""
    parametere: list[str] | None = None
    feilaktig_verdi: str | None = msgspec.field(default=None, name="feilaktigVerdi")


class _Refusal(msgspec.Struct):
    feilmelding: str | None = None
    valideringsfeil: list[_Fault] | None = None
    message: str | None = None
    error: str | None = None


class _Removed(msgspec.Struct):
    slettedato: str | None = None


RECORDS: Final = msgspec.json.Decoder(list[Record])
_OWNERS: Final = ("EIKM", "DELT")
RecordError = msgspec.DecodeError  # of which a value of another kind is one


@dataclass(frozen=True, slots=True)
class Page:
    units: tuple[Unit, ...]
    total: int
    pages: int


@dataclass(frozen=True, slots=True)
class Owner:
    """A unit that owns another. group: EIKM, a municipality; DELT, who shares in it. share: as registered."""

    number: str
    name: str
    form: str
    group: str
    share: str | None


def single(body: bytes) -> Unit:
    """Raises RecordError, as the next ones do."""
    return to_unit(msgspec.json.decode(body, type=Record))


def search_page(body: bytes) -> Page:
    """HAL; without hits there is no _embedded."""
    found = msgspec.json.decode(body, type=_Search)
    records = (found.embedded and (found.embedded.enheter or found.embedded.underenheter)) or []
    return Page(tuple(map(to_unit, records)), found.page.total_elements, found.page.total_pages)


def change_page(body: bytes) -> list[Change]:
    changes = msgspec.json.decode(body, type=_Feed).embedded
    return (changes and (changes.oppdaterte_enheter or changes.oppdaterte_underenheter)) or []


def owners_of(body: bytes) -> tuple[Owner, ...]:
    """Units with a share; a person in a role has no field."""
    roles = msgspec.json.decode(body, type=_Roles)
    return tuple(
        Owner(
            number=role.enhet.organisasjonsnummer,
            name=role.enhet.navn if isinstance(role.enhet.navn, str) else " ".join(role.enhet.navn),
            form=(role.enhet.organisasjonsform and role.enhet.organisasjonsform.kode) or "",
            group=group.type.kode or "",
            share=role.ansvarsandel,
        )
        for group in roles.rollegrupper
        if group.type.kode in _OWNERS
        for role in group.roller
        if role.enhet and not role.avregistrert
    )


def gone_day(body: bytes) -> str | None:
    """Of a 410, which may come without a body."""
    try:
        return msgspec.json.decode(body, type=_Removed).slettedato or None
    except RecordError:
        return None


def refusal(body: bytes) -> str:
    """What an error says of itself, in its own words; "" where it says nothing."""
    try:
        said = msgspec.json.decode(body, type=_Refusal)
    except RecordError:
        return ""
    faults = [
        f"{', '.join(fault.parametere or ())} = «{fault.feilaktig_verdi or ''}»: {fault.feilmelding}"
        for fault in said.valideringsfeil or ()
    ]
    return "; ".join(faults) or said.feilmelding or said.message or said.error or ""


def to_unit(record: Record) -> Unit:
    """Empty texts and empty dates are absent, as in the register's own answers. Of a person only that it is one."""
    form = (record.organisasjonsform and record.organisasjonsform.kode) or ""
    if form == SOLE_PROPRIETOR:
        return Unit(number=record.organisasjonsnummer, name="", form=form)
    located = record.beliggenhetsadresse
    address = located or record.forretningsadresse
    return Unit(
        number=record.organisasjonsnummer,
        name=record.navn or "",
        form=form,
        is_sub_unit=located is not None or form in SUB_UNIT_FORMS or record.respons_klasse == "Underenhet",
        parent=record.overordnet_enhet or None,
        municipality_number=(address and address.kommunenummer) or None,
        municipality=(address and address.kommune) or None,
        former_names=_former(record.historiske_navn) if record.historiske_navn else (),
        registered=record.registreringsdato_enhetsregisteret or None,
        deleted=record.slettedato or record.nedleggelsesdato or None,
        bankrupt=bool(record.konkurs or record.konkursdato),
        bankrupt_date=record.konkursdato or None,
        winding_up=bool(record.under_avvikling or record.under_tvangsavvikling_eller_tvangsopplosning),
        homepage=homepage(record.hjemmeside) if record.hjemmeside else None,
        sector=(record.institusjonell_sektorkode and record.institusjonell_sektorkode.kode) or None,
        activity=_activity(record),
    )


def _former(names: list[Former]) -> tuple[FormerName, ...]:
    return tuple(FormerName(former.navn, former.fra_dato or None, former.til_dato or None) for former in names)


def _activity(record: Record) -> tuple[str, ...]:
    codes = (record.naeringskode1, record.naeringskode2, record.naeringskode3)
    return tuple(code.kode for code in codes if code and code.kode)
