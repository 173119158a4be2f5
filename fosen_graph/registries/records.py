"""JSON of the register in; records with the fields that are read, and Units of them, out. No field is a person's."""

from __future__ import annotations

from typing import Final

import msgspec

from fosen_graph.registries.units import SUB_UNIT_FORMS, FormerName, Unit, homepage


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


RECORDS: Final = msgspec.json.Decoder(list[Record])
RECORD: Final = msgspec.json.Decoder(Record)


def to_unit(record: Record) -> Unit:
    """Empty texts and empty dates are absent, as in the register's own answers."""
    form = (record.organisasjonsform and record.organisasjonsform.kode) or ""
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
