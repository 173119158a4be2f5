"""The data folder in; new IRIs entered in each region's iris.csv, and told, out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from fosen_graph.findings import DataError
from fosen_graph.reading import graph, register
from fosen_graph.release.inputs import RegionInputs, contents, read_inputs
from fosen_graph.release.landing import replace_file
from fosen_graph.release.work import Workshop


def mint_new(data: Path, today: datetime.date) -> list[str]:
    """
    Enter every IRI that the files mint and iris.csv lacks.

    Raises DataError, and changes nothing, where a file cannot be read or what it says cannot be right.
    """
    inputs = read_inputs(data)
    if inputs.findings:
        raise DataError(inputs.findings)
    workshop = Workshop(inputs.site, inputs.ground)
    changed = [(region, *_entered(region, workshop, today)) for region in inputs.regions]
    for region, text, _ in changed:
        replace_file(data / region.name / "iris.csv", text.encode())
    return [iri for _, _, new in changed for iri in new]


def _entered(region: RegionInputs, workshop: Workshop, today: datetime.date) -> tuple[str, list[str]]:
    """The new text of a region's iris.csv, and what is new in it."""
    file = f"data/{region.name}/iris.csv"
    pieces = list(_pieces(region, workshop))
    known = region.register.read() if region.register else b""
    entries = register.read_register(known, file, workshop.iris.base) if known else []
    minted = [iri for piece in pieces for iri in piece.minted]
    triples = [triple for piece in pieces for graph_ in piece.graphs.values() for triple in graph_]
    after = register.mint(entries, minted, triples, today.isoformat())
    before = {entry.iri for entry in entries}
    return register.write_register(after, workshop.iris.base), [e.iri for e in after if e.iri not in before]


def _pieces(region: RegionInputs, workshop: Workshop) -> Iterator[graph.Piece]:
    folder = f"data/{region.name}"
    shared = graph.read_region(region.name, folder, contents(region.shared), list(region.plans), workshop.rules)
    pieces = [shared]
    for plan, files in region.plans.items():
        pieces.append(graph.read_plan(shared, plan, f"{folder}/{plan}", contents(files), workshop.rules))
    findings = [finding for piece in pieces for finding in piece.findings]
    if not all(piece.readable for piece in pieces):
        raise DataError(findings)
    yield from pieces
