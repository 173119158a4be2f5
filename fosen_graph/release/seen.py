"""Products in, one after another; what only shows when all are seen together out: totals, and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import rdflib

from fosen_graph.catalogue import PlanEntry, missing_regions
from fosen_graph.findings import DataError, Finding, Place, Words, violation, warning
from fosen_graph.gaps import gaps
from fosen_graph.reading import register
from fosen_graph.reading.graph import NAMED_BY_PLANS
from fosen_graph.reading.references import missing_files
from fosen_graph.release.fragments import Counts, count, total
from fosen_graph.release.inputs import REGISTER, Inputs, RegionInputs
from fosen_graph.release.work import Product, Workshop, in_two_graphs
from fosen_graph.syntaxes import Row

KeepReport = Callable[[str, frozenset[Row]], None]  # a region's name, and the SHACL results about its own things


@dataclass(slots=True)
class _Region:
    """What is held of a region until its last piece has been seen."""

    inputs: RegionInputs
    left: int
    readable: bool = True
    conforms: bool = True
    minted: dict[rdflib.URIRef, Place] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    report: set[Row] = field(default_factory=set)


class Seen:
    """
    What all products together amount to; of each, no more is held than that.

    plans: as the catalogue describes them. counts: of each named graph. strays: each with its graph. results: whether
    SHACL had anything to tell. findings: beyond the products' own.
    """

    def __init__(self, inputs: Inputs, workshop: Workshop, keep_report: KeepReport = lambda region, rows: None) -> None:
        self._workshop, self._keep_report = workshop, keep_report
        self._regions = {r.name: _Region(r, 1 + len(r.plans)) for r in inputs.regions}
        self._no_plan = not any(region.plans for region in inputs.regions)
        self._described: set[rdflib.URIRef] = set()  # by the publisher's region
        self.plans: list[PlanEntry] = []
        self.counts: dict[str, Counts] = {}
        self.strays: dict[Row, str] = {}
        self.results = False
        self.findings: list[Finding] = [*inputs.findings]

    def add(self, product: Product) -> None:
        region_name, _, plan = product.name.partition("/")
        region = self._regions[region_name]
        region.left -= 1
        region.readable &= product.readable
        region.conforms &= product.conforms
        region.minted |= {rdflib.URIRef(iri): place for iri, place in product.minted.items()}
        region.report |= set(product.report)
        region.named |= product.named
        self._add_counts(product.counts)
        self.results |= bool(product.report) or "report" in product.counts
        if title := product.title:
            self.plans.append(
                PlanEntry(
                    region=region_name,
                    plan=plan,
                    label=title.label,
                    first_year=title.first_year,
                    last_year=title.last_year,
                )
            )
        for name, row in product.strays:
            if self.strays.setdefault(row, name) != name:
                self.findings.append(in_two_graphs(row, self.strays[row], name, Place(f"data/{product.name}")))
        if not region.left:
            self._close(region)

    def _add_counts(self, counts: Mapping[str, Counts]) -> None:
        for name, of in counts.items():
            self.counts[name] = total([self.counts[name], of]) if name in self.counts else of

    def _close(self, region: _Region) -> None:
        name = region.inputs.name
        if region.readable:
            self.findings += _register_findings(region, self._workshop)
        if region.readable and region.conforms and region.inputs.plans:
            self.findings += _unnamed(region)
        if region.report:
            self._add_counts({"report": count(region.report)})
            self._keep_report(name, frozenset(region.report))
        if (self._workshop.settings.publisher.actor or "").partition("/")[0] == name:
            self._described = set(region.minted)
        self._regions[name] = _Region(region.inputs, 0, region.readable)

    def finish(self) -> None:
        """When all have been added: what the settings and the folder lack, unless a piece is missing or unread."""
        if not all(region.readable and not region.left for region in self._regions.values()):
            return
        self.findings += gaps(self._workshop.settings, self._described)
        self.findings += missing_regions(self._workshop.settings, self.plans)
        if self._no_plan:
            self.findings.append(_no_plan())


def _register_findings(region: _Region, workshop: Workshop) -> Iterator[Finding]:
    """iris.csv against all that the region's files mint."""
    inputs = region.inputs
    if inputs.register is None:
        yield from missing_files(f"data/{inputs.name}", [REGISTER], {})
        return
    try:
        text = inputs.register.read()
        entries = register.read_register(text, inputs.register_path, workshop.settings.base)
    except DataError as error:
        yield from error.report
        return
    yield from register.register_findings(entries, region.minted, inputs.register_path)


def _unnamed(region: _Region) -> Iterator[Finding]:
    """What stands among the things that the plans name, and is named by none."""
    for iri, place in region.minted.items():
        if place.file.rpartition("/")[2] in NAMED_BY_PLANS and str(iri) not in region.named:
            slug = iri.rpartition("/")[2]
            yield warning(
                place,
                "not-in-any-plan",
                Words(nb=f"Ingen plan nevner «{slug}».", en=f"No plan names “{slug}”."),
                Words(
                    nb="Pek på den fra planen der den står, eller flytt den til opplysninger.yaml.",
                    en="Point to it from the plan where it stands, or move it to opplysninger.yaml.",
                ),
            )


def _no_plan() -> Finding:
    return violation(
        Place("data"),
        "no-plan",
        Words(nb="Fant ingen plan.", en="Found no plan."),
        Words(
            nb="Legg planen i en mappe for regionen og perioden, som data/fosen/2022-2024.",
            en="Put the plan in a folder for the region and the period, such as data/fosen/2022-2024.",
        ),
    )
