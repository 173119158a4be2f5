"""The data folder in; its regions as they were read, and what people decide written into their files, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rdflib import URIRef

from fosen_graph import checking
from fosen_graph.findings import DataError, Finding, Place, Severity, Words
from fosen_graph.linking.decisions import Decision, Files, decided
from fosen_graph.linking.review import ChangedMeanwhileError
from fosen_graph.linking.writing import MOVES, alone, write_together
from fosen_graph.reading import graph, register
from fosen_graph.reading.graph import LaidPlan, Piece
from fosen_graph.release.inputs import REGISTER, RegionInputs, contents, read_inputs
from fosen_graph.release.line import check_data
from fosen_graph.release.work import Workshop


class Desk:
    """One region's files, held as they were read; they are replaced only while they are still the same on the disk."""

    def __init__(self, data: Path, region: RegionInputs, workshop: Workshop) -> None:
        self.name, self._folder, self._workshop = region.name, data / region.name, workshop
        self._plans = dict(region.plans)
        self.files: Files = contents(region.files)
        self.piece = self._read(self.files)

    @property
    def folder(self) -> str:
        """As messages name it."""
        return str(self._folder)

    def plans(self) -> Iterator[LaidPlan]:
        """Raises DataError where one cannot be read."""
        for plan, files in self._plans.items():
            yield graph.lay_plan(self.piece, plan, f"{self._folder}/{plan}", contents(files), self._workshop.rules)

    def decide(self, decision: Decision) -> tuple[str, ...]:
        """The files that were changed, by name. Raises CannotRun or DataError; then none was."""
        retired = {entry.iri.rpartition("/")[2] for entry in self._published(self.files)}
        return self.write(decided(self.held(), self.folder, decision, retired), decision.day)

    def write(self, changed: Files, day: str) -> tuple[str, ...]:
        """
        Put these files in place, all or none, and enter in iris.csv what has become new or gone by them.

        Raises ChangedMeanwhileError where one is no longer what was read, DataError where the result would have faults.
        """
        if not changed:
            return ()
        with alone(self._folder):
            self._refuse_changes()
            after = {**self.files, **changed}
            piece = self._read(after)
            if faults := self._new_faults(piece):
                raise DataError(faults)
            after |= self._minted(piece, after, day)
            new = {name: data for name, data in after.items() if data != self.files.get(name)}
            write_together(self._folder, new)
            self.files, self.piece = after, piece
        return tuple(new)

    def held(self) -> Files:
        """Its files but iris.csv, by name."""
        return {name: data for name, data in self.files.items() if name != REGISTER}

    def _read(self, files: Files) -> Piece:
        shared = {name: data for name, data in files.items() if name != REGISTER}
        piece = graph.read_region(self.name, self.folder, shared, list(self._plans), self._workshop.rules)
        if not piece.readable:
            raise DataError(piece.findings)
        return piece

    def _refuse_changes(self) -> None:
        for name in (*graph.REGION_FILES, REGISTER):
            path = self._folder / name
            if (path.read_bytes() if path.exists() else None) != self.files.get(name):
                raise ChangedMeanwhileError(
                    Words(
                        nb="Filen er endret av noen andre mens du arbeidet; ingenting ble skrevet nå.",
                        en="Somebody else has changed the file while you worked; nothing was written now.",
                    ),
                    Words(
                        nb="Begynn på nytt; det som alt er skrevet, er med.",
                        en="Begin anew; what has been written is kept.",
                    ),
                    Place(str(path)),
                )

    def _new_faults(self, piece: Piece) -> list[Finding]:
        """Violations that the files did not have before; those of the plans do not depend on links."""
        found = list(self._violations(piece))
        before = {(finding.code, finding.what) for finding in self._violations(self.piece)} if found else set()
        return [finding for finding in found if (finding.code, finding.what) not in before]

    def _violations(self, piece: Piece) -> Iterator[Finding]:
        triples = [triple for triples in piece.graphs.values() for triple in triples]
        results = checking.check([*triples, *self._workshop.codes], self._workshop.shapes)
        found = [*piece.findings, *checking.findings(results, piece.places)]
        return (finding for finding in found if finding.severity is Severity.VIOLATION)

    def _published(self, files: Files) -> list[register.Entry]:
        if REGISTER not in files:
            return []
        return register.read_register(files[REGISTER], f"{self._folder}/{REGISTER}", self._workshop.iris.base)

    def _minted(self, piece: Piece, files: Files, day: str) -> Mapping[str, bytes]:
        """iris.csv with new questions, and with those that were closed as withdrawn."""
        gone = self.piece.minted.keys() - piece.minted.keys()
        new = piece.minted.keys() - self.piece.minted.keys()
        if REGISTER not in files or not (gone or new):
            return {}
        entries = [
            replace(entry, status=register.WITHDRAWN) if entry.iri in gone else entry
            for entry in self._published(files)
        ]
        triples = [triple for triples in piece.graphs.values() for triple in triples]
        minted = register.mint(entries, [URIRef(iri) for iri in sorted(new)], triples, day)
        return {REGISTER: register.write_register(minted, self._workshop.iris.base).encode()}


def open_desks(data: Path) -> list[Desk]:
    """Every region of the data. Raises DataError where a file cannot be read, CannotRun where one is missing."""
    inputs = read_inputs(data)
    if faults := [finding for finding in inputs.findings if finding.severity is Severity.VIOLATION]:
        raise DataError(faults)
    workshop = Workshop(inputs.site, inputs.ground)
    return [Desk(data, region, workshop) for region in inputs.regions]


def require_clean(data: Path) -> None:
    """
    Raises DataError with what is wrong already: a decision is not entered among faults.

    One that a killed process had begun to put in place is put there first.
    """
    for begun in data.glob(f"*/{MOVES}"):
        with alone(begun.parent):
            pass
    report = check_data(data, jobs=1)
    if not report.conforms:
        raise DataError(finding for finding in report if finding.severity is Severity.VIOLATION)
