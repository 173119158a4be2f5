"""A size and a seed in; a register that looks like the real one, traps included, its records as JSON or CSV, out."""

from __future__ import annotations

import csv
import io
import json
import random
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, TypeAlias

from fosen_graph.registries.units import SOLE_PROPRIETOR, SUB_UNIT_FORMS, check_digit

Record: TypeAlias = dict[str, Any]

SUB_UNITS: Final = 0.43  # of all
_STEP: Final = 7919  # prime, so that numbers come once each
_FIRST, _NUMBERS = 80_000_000, 20_000_000
_API: Final = "https://data.brreg.no/enhetsregisteret/api"
_COLUMNS: Final = (
    "organisasjonsnummer", "navn", "organisasjonsform.kode", "organisasjonsform.beskrivelse", "naeringskode1.kode",
    "naeringskode1.beskrivelse", "hjelpeenhetskode.kode", "harRegistrertAntallAnsatte", "antallAnsatte", "hjemmeside",
    "epostadresse", "telefon", "mobil", "postadresse.adresse", "postadresse.postnummer", "postadresse.poststed",
    "postadresse.kommune", "postadresse.kommunenummer", "postadresse.land", "postadresse.landkode",
    "{address}.adresse", "{address}.postnummer", "{address}.poststed", "{address}.kommune", "{address}.kommunenummer",
    "{address}.land", "{address}.landkode", "institusjonellSektorkode.kode", "institusjonellSektorkode.beskrivelse",
    "stiftelsesdato", "registreringsdatoEnhetsregisteret", "registrertIMvaregisteret", "registrertIForetaksregisteret",
    "registrertIFrivillighetsregisteret", "konkurs", "konkursdato", "underAvvikling",
    "underTvangsavviklingEllerTvangsopplosning", "overordnetEnhet", "maalform", "vedtektsfestetFormaal", "aktivitet",
    "nedleggelsesdato", "slettedato", "paategninger",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """The words that names are made of, and the units that every synthetic register holds."""

    words: dict[str, Any]
    known: Sequence[dict[str, str]]

    @property
    def forms(self) -> dict[str, str]:
        return {row[0]: row[-1] for row in (*self.words["forms"], *self.words["other_forms"])}


def read_names() -> Names:
    here = resources.files("fosen_graph.registries")
    lines = (here / "known.csv").read_text("utf-8").splitlines()
    words = tomllib.loads((here / "words.toml").read_text("utf-8"))
    return Names(words, list(csv.DictReader(line for line in lines if not line.startswith("#"))))


class Synthetic:
    """
    size: main units and sub-units together. The same size and seed give the same records every time.

    Sole proprietors are among them, with what the real register tells of persons, so that a test can miss it later.
    """

    def __init__(self, size: int, seed: int = 1) -> None:
        self.size, self._seed = size, seed
        self._names = read_names()
        self._forms = self._names.forms
        given = {row["number"] for row in self._names.known}
        self._given = given

    def main_units(self) -> Iterator[Record]:
        """The known ones, then as many as the size asks for."""
        numbers = self._numbers()
        chance = random.Random(self._seed)
        for row in self._known(numbers):
            if row["form"] not in SUB_UNIT_FORMS:
                yield self._known_record(row, chance)
        for count in range(round(self.size * (1 - SUB_UNITS)) - len(self._names.known)):
            yield self._main_unit(next(numbers), count, chance)

    def sub_units(self) -> Iterator[Record]:
        """Under the main units in their order; many bear the name of theirs."""
        numbers = self._numbers()
        chance = random.Random(self._seed)
        children = random.Random(self._seed + 1)
        own = self._numbers(1)
        known = list(self._known(numbers))
        yield from (self._known_record(row, children) for row in known if row["form"] in SUB_UNIT_FORMS)
        for row in known:
            if row["form"] not in SUB_UNIT_FORMS:
                self._known_record(row, chance)
        total, mains = round(self.size * SUB_UNITS), round(self.size * (1 - SUB_UNITS)) - len(known)
        for count in range(mains):
            parent = self._main_unit(next(numbers), count, chance)
            for _ in range((count + 1) * total // mains - count * total // mains):
                yield self._sub_unit(next(own), parent, children)

    def _numbers(self, half: int = 0) -> Iterator[str]:
        """Valid and once each; half: 0 for main units, 1 for sub-units."""
        for count in range(half, _NUMBERS, 2):
            eight = str(_FIRST + count * _STEP % _NUMBERS)
            ninth = check_digit(eight)
            if ninth is not None and eight + ninth not in self._given:
                yield eight + ninth

    def _known(self, numbers: Iterator[str]) -> Iterator[dict[str, str]]:
        for row in self._names.known:
            yield row if row["number"] else {**row, "number": next(numbers)}

    def _known_record(self, row: dict[str, str], chance: random.Random) -> Record:
        record = self._record(
            row["number"], row["name"], row["form"], (row["municipality_number"], row["municipality"]), chance
        )
        record |= {"konkurs": bool(row["bankrupt"])} if "konkurs" in record else {}
        optional = {
            "overordnetEnhet": row["parent"],
            "slettedato": row["deleted"],
            "konkursdato": row["bankrupt"],
            "hjemmeside": row["homepage"],
        }
        record |= {name: value for name, value in optional.items() if value}
        if row["former"]:
            record["historiskeNavn"] = [{"navn": row["former"], "fraDato": "1995-02-20", "tilDato": "2018-01-01"}]
        return record

    def _main_unit(self, number: str, count: int, chance: random.Random) -> Record:
        words = self._names.words
        share = chance.random() * 1000
        form = "AS"
        for code, weight, _ in words["forms"]:
            share -= weight
            if share < 0:
                form = code
                break
        places = words["places"]
        place = places[int(len(places) * chance.random() ** 2)]
        name = self._name(form, place[1], chance)
        record = self._record(number, name, form, place, chance)
        luck = chance.random()
        if luck < 0.12:
            former = self._name(form, place[1], chance)
            record["historiskeNavn"] = [{"navn": former, "fraDato": "2009-03-12", "tilDato": "2016-05-04"}]
        elif luck > 0.995:
            record |= {"konkurs": True, "konkursdato": "2026-03-02" if count % 2 else ""}
        elif luck > 0.985:
            record["underAvvikling"] = True
        return record

    def _sub_unit(self, number: str, parent: Record, chance: random.Random) -> Record:
        places = self._names.words["places"]
        place = places[int(len(places) * chance.random() ** 2)]
        luck = chance.random()
        name = parent["navn"] if luck < 0.7 else f"{parent['navn']} AVD {place[1]}"
        form = "AAFY" if luck > 0.97 else "BEDR"
        return self._record(number, name, form, place, chance) | {"overordnetEnhet": parent["organisasjonsnummer"]}

    def _name(self, form: str, place: str, chance: random.Random) -> str:
        """One to five words: a word that hardly anybody else has, a place or a trade; the form behind some."""
        words, luck = self._names.words, chance.random()
        pick = chance.choice
        trade = pick(words["business"])
        if form in ("FLI", "STI", "ESEK", "BRL"):
            name = f"{place if luck < 0.4 else self._coined(chance)} {trade}"
        elif luck < 0.15:
            name = f"{place} {trade}"
        elif luck < 0.25:
            name = f"{pick(words['broad'])} {trade} {pick(words['linked'])} {pick(words['business'])}"
        elif luck < 0.35:
            name = f"{pick(words['broad'])} {trade}"
        else:
            name = self._coined(chance) + (f" {trade}" if luck < 0.85 else "")
        behind = f" {form}" if form in ("AS", "NUF", "DA", "ANS", "SA", "ASA") and chance.random() < 0.93 else ""
        return (name + behind).upper()

    def _coined(self, chance: random.Random) -> str:
        syllables = self._names.words["syllables"]
        return "".join(chance.choices(syllables, k=3 if chance.random() < 0.8 else 2))

    def _record(self, number: str, name: str, form: str, place: Sequence[str], chance: random.Random) -> Record:
        words, is_sub_unit = self._names.words, form in SUB_UNIT_FORMS
        code, about = chance.choice(words["activities"])
        sector, sector_about = chance.choice(words["sectors"])
        where = {
            "land": "Norge", "landkode": "NO", "postnummer": f"{7000 + int(number[-4:-1])}", "poststed": place[1],
            "adresse": [f"Storgata {number[-3:-1]}", None, ""], "kommune": place[1], "kommunenummer": place[0],
        }  # fmt: skip
        kind = "underenheter" if is_sub_unit else "enheter"
        record: Record = {
            "organisasjonsnummer": number,
            "navn": name,
            "organisasjonsform": {
                "kode": form,
                "beskrivelse": self._forms[form],
                "_links": {"self": {"href": f"{_API}/organisasjonsformer/{form}"}},
            },
            "registreringsdatoEnhetsregisteret": f"{1995 + int(number[3:5]) % 31}-{1 + int(number[5]):02}-1{number[6]}",
            "registrertIMvaregisteret": number[7] < "5",
            "naeringskode1": {"kode": code, "beskrivelse": about},
            "harRegistrertAntallAnsatte": False,
            "epostadresse": f"person{number}@privat.example",
            "mobil": f"+47 9{number[:7]}",
            "telefon": f"7{number[1:8]}",
            ("beliggenhetsadresse" if is_sub_unit else "forretningsadresse"): where,
        }
        if not is_sub_unit:
            record |= {
                "institusjonellSektorkode": {"kode": sector, "beskrivelse": sector_about},
                "registrertIForetaksregisteret": form != "FLI", "registrertIStiftelsesregisteret": form == "STI",
                "registrertIFrivillighetsregisteret": form == "FLI", "registrertIPartiregisteret": False,
                "stiftelsesdato": f"{1990 + int(number[3:5]) % 31}-02-01", "konkurs": False, "underAvvikling": False,
                "underTvangsavviklingEllerTvangsopplosning": False, "maalform": "Bokmål", "erIKonsern": False,
                "vedtektsfestetFormaal": ["Å drive virksomhet og alt annet"] if form != SOLE_PROPRIETOR else [],
                "aktivitet": [about], "paategninger": [],
            }  # fmt: skip
        record["respons_klasse"] = "Underenhet" if is_sub_unit else "Enhet"
        record["_links"] = {"self": {"href": f"{_API}/{kind}/{number}"}}
        return record


def as_json(records: Iterable[Record]) -> Iterator[bytes]:
    """One array, a record a line."""
    before = b"["
    for record in records:
        yield before + json.dumps(record, ensure_ascii=False).encode()
        before = b",\n"
    yield b"[]" if before == b"[" else b"]\n"


def as_csv(records: Iterable[Record], *, sub_units: bool) -> Iterator[bytes]:
    """Columns named with dots; what the real file does not have, former names, is not here either."""
    columns = [c.format(address="beliggenhetsadresse" if sub_units else "forretningsadresse") for c in _COLUMNS]
    paths = [column.split(".") for column in columns]
    page = io.StringIO()
    write = csv.writer(page, lineterminator="\n").writerow
    write(columns)
    for record in records:
        write([_cell(record, path) for path in paths])
        if page.tell() > 1 << 16:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()


def _cell(record: Record, path: Sequence[str]) -> str:
    value: Any = record
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "-".join(part for part in value if part)
    return "" if value is None else str(value)
