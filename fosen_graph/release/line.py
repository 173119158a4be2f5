"""THE ASSEMBLY LINE: read this file first. A folder of reviewed files in, a checked and immutable release out."""

from __future__ import annotations

import platform
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import rdflib

from fosen_graph.catalogue import gaps, missing_regions
from fosen_graph.findings import CannotRun, DataError, Finding, Place, Report, Words, violation
from fosen_graph.reading import register
from fosen_graph.reading.references import missing_files
from fosen_graph.release import cache, crew, publication
from fosen_graph.release.disk import DISK_TRIPLES, keep_store
from fosen_graph.release.inputs import MAX_BYTES, REGISTER, Inputs, RegionInputs, digest, read_inputs, software
from fosen_graph.release.landing import Site, disk_errors, land, write
from fosen_graph.release.publication import Progress, Publication
from fosen_graph.release.work import Product, Task, Workshop, in_two_graphs
from fosen_graph.syntaxes import Row, natural


@dataclass(frozen=True, slots=True)
class Release:
    """A finished release; its folder holds what the check told, as report.*."""

    id: str
    folder: Path


def silent(step: Words, done: int, total: int) -> None:
    """For those who need no progress."""


def check_data(
    data: Path,
    paths: Sequence[Path] = (),
    *,
    progress: Progress = silent,
    jobs: int | None = None,
    max_bytes: int = MAX_BYTES,
) -> Report:
    """
    All findings of all files, sorted.

    data: the folder with site.toml and a folder for each region. paths: files or folders in it, to hear of those only.
    Places name files as they are reached from here. Raises CannotRun where a file is missing or cannot be read.
    """
    inputs = read_inputs(data, max_bytes)
    shown = [_shown_path(data, path) for path in paths]
    try:
        workshop = _open(inputs)
        tasks = list(_tasks(inputs))
        if only := [task for task in tasks if task.plan and any(_within(path, f"data/{task.name}") for path in shown)]:
            tasks = only if len(only) == len(shown) else tasks
        products = list(_told(crew.make_all(workshop, tasks, False, jobs), _CHECKING, len(tasks), progress))
        findings = list(_all_findings(inputs, workshop, products))
    except DataError as error:
        findings = [*inputs.findings, *error.report]
    heard = (f for f in findings if not shown or any(_within(f.place.file, path) for path in shown))
    return Report(_seen_from_here(heard, data))


def build(
    data: Path,
    out: Path,
    *,
    progress: Progress = silent,
    jobs: int | None = None,
    patience: float = 600,
    max_bytes: int = MAX_BYTES,
    disk_triples: int = DISK_TRIPLES,
) -> Release:
    """
    Build a release of everything in `data` in out/releases/{id}, and let out/current point at it.

    The same files give the same id and the same bytes. While it works, and if it is killed, the last release stays.
    patience: seconds to wait for another build in the same folder. disk_triples: larger releases get a store on disk.
    Raises DataError with all findings where one is a violation, CannotRun where the work was stopped; then nothing is
    written.
    """
    inputs = read_inputs(data, max_bytes)
    made_by = software()
    release = digest(inputs.digests(), made_by)[:16]
    site = Site(out)
    with site.locked(lambda: progress(_WAITING, 0, 1), patience), disk_errors(out):
        folder = site.releases / release
        if not publication.is_intact(folder):
            try:
                _build(inputs, site, release, made_by, progress, jobs)
            except DataError as error:
                raise DataError(_seen_from_here(error.report, data)) from error
        keep_store(site, folder, disk_triples)
        site.switch(release)
        return Release(release, folder)


def _build(inputs: Inputs, site: Site, release: str, made_by: str, progress: Progress, jobs: int | None) -> None:
    workshop = _open(inputs)
    stock = _Stock(site, digest(workshop.key, made_by))
    while True:
        kept = stock.gather(inputs, workshop, progress, jobs)
        try:
            report = Report(_all_findings(inputs, workshop, [piece.product for piece in kept.values()]))
            if not report.conforms:
                stock.keep(failed=True)
                raise DataError(report)
            new = Publication(
                site=site,
                release=release,
                made_by=made_by,
                workshop=workshop,
                kept=kept,
                keys=stock.keys,
                progress=progress,
            )
            new.write(inputs, report)
            break
        except cache.DamagedError as error:
            stock.forget(error)
    land(new.folder, site.releases / release)
    stock.keep()


def _open(inputs: Inputs) -> Workshop:
    """Raises DataError where the settings or the ground do not hold."""
    workshop = Workshop(inputs.site, inputs.ground)
    _ = workshop.settings, workshop.rules, workshop.shapes, workshop.codes
    return workshop


def _tasks(inputs: Inputs) -> Iterator[Task]:
    """Every region and every plan, but those that lack a file that could not be read."""
    unread = inputs.unread()
    for region in inputs.regions:
        if unread & region.files.keys():
            continue
        plans = tuple(sorted(region.plans, key=natural))
        own = Task(region=region.name, region_files=region.shared, plans=plans, register=region.register)
        yield own
        for plan in plans:
            if not unread & region.plans[plan].keys():
                yield replace(own, plan=plan, plan_files=region.plans[plan], register=None)


def _all_findings(inputs: Inputs, workshop: Workshop, products: Sequence[Product]) -> Iterator[Finding]:
    """What the files and the pieces tell, and what only shows when all pieces are seen together."""
    yield from inputs.findings
    for product in products:
        yield from product.findings
    yield from _strays_in_two_graphs(products)
    whole = len(products) == sum(1 + len(region.plans) for region in inputs.regions)
    if not whole or not all(product.readable for product in products):
        return
    for region in inputs.regions:
        yield from _register_findings(region, workshop, products)
    subjects = {rdflib.URIRef(iri) for product in products for iri in product.minted}
    yield from gaps(workshop.settings, subjects)
    yield from missing_regions(workshop.settings, publication.plan_entries(products))
    if not any(region.plans for region in inputs.regions):
        yield _no_plan()


def _register_findings(region: RegionInputs, workshop: Workshop, products: Iterable[Product]) -> Iterator[Finding]:
    """iris.csv against all that the region's files mint."""
    if region.register is None:
        yield from missing_files(f"data/{region.name}", [REGISTER], {})
        return
    minted = {
        rdflib.URIRef(iri): place
        for product in products
        if product.name.partition("/")[0] == region.name
        for iri, place in product.minted.items()
    }
    try:
        entries = register.read_register(region.register, region.register_path, workshop.settings.base)
    except DataError as error:
        yield from error.report
        return
    yield from register.register_findings(entries, minted, region.register_path)


def _strays_in_two_graphs(products: Iterable[Product]) -> Iterator[Finding]:
    seen: dict[Row, str] = {}
    for product in products:
        for name, row in product.strays:
            if seen.setdefault(row, name) != name:
                yield in_two_graphs(row, seen[row], name, Place(f"data/{product.name}"))


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


class _Stock:
    """The products of a build: those of the last one where nothing that they are made of has changed, else new ones."""

    def __init__(self, site: Site, ground: str) -> None:
        libraries = (rdflib.__version__, version("pyoxigraph"), zlib.ZLIB_RUNTIME_VERSION, platform.python_version())
        self.site, self.ground = site, ground
        self.folder = site.cache / digest(*libraries)[:16]
        self.new = site.building / "cache"
        self.keys: dict[str, str] = {}

    def gather(
        self, inputs: Inputs, workshop: Workshop, progress: Progress, jobs: int | None
    ) -> Mapping[str, cache.Kept]:
        """Every piece by its name, in the order of the dumps: a region before its plans."""
        tasks = list(_tasks(inputs))
        self.keys = {task.name: self._key(task) for task in tasks}
        self.new.mkdir(parents=True, exist_ok=True)
        kept = {task.name: self._known(self.keys[task.name]) for task in tasks}
        missing = [task for task in tasks if kept[task.name] is None]
        for product in _told(crew.make_all(workshop, missing, True, jobs), _CHECKING, len(missing), progress):
            path = self.new / self.keys[product.name]
            write(path, cache.store(product))
            kept[product.name] = cache.load(path)
        return {name: piece for name, piece in kept.items() if piece}

    def _key(self, task: Task) -> str:
        """Of all that a piece is made of. A plan does not depend on the other plans, nor on iris.csv."""
        if task.plan is None:
            return digest(self.ground, task.region_files, "\n".join(task.plans), task.register or b"")
        return digest(self.ground, task.region_files, task.plan, task.plan_files)

    def _known(self, key: str) -> cache.Kept | None:
        for folder in (self.new, self.folder):
            try:
                return cache.load(folder / key)
            except cache.DamagedError:
                (folder / key).unlink(missing_ok=True)
        return None

    def forget(self, damaged: cache.DamagedError) -> None:
        Path(str(damaged)).unlink(missing_ok=True)
        begun = self.site.building / "release"
        if begun.exists():
            shutil.rmtree(begun)

    def keep(self, failed: bool = False) -> None:
        """
        Move what conforms among the new ones into the cache, and drop what this release did not use.

        failed: there is no release; where there was none before either, nothing at all is left behind.
        """
        if failed and not self.site.cache.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.new.iterdir():
            product = cache.load(path).product
            if product.conforms and product.readable:
                path.replace(self.folder / path.name)
        if not failed:
            wanted = set(self.keys.values())
            for path in self.folder.iterdir():
                if path.name not in wanted:
                    path.unlink()
            for folder in self.site.cache.iterdir():
                if folder != self.folder:
                    shutil.rmtree(folder)


# Which files a person asked about, and how their names are told


def _shown_path(data: Path, path: Path) -> str:
    """A path that a person gave, as the line names it."""
    try:
        inside = path.resolve(strict=True).relative_to(data.resolve()).as_posix()
    except (OSError, ValueError) as error:
        raise CannotRun(
            Words(nb="Fant ikke dette blant dataene.", en="Did not find this among the data."),
            Words(
                nb=f"Oppgi en fil eller mappe i {data}, eller ingen for å kontrollere alt.",
                en=f"Give a file or a folder in {data}, or none to check everything.",
            ),
            Place(str(path)),
        ) from error
    return "data" if inside == "." else f"data/{inside}"


def _within(file: str, path: str) -> bool:
    return path == "data" or file == path or file.startswith(f"{path}/")


def _seen_from_here(findings: Iterable[Finding], data: Path) -> Iterator[Finding]:
    """The same findings, where an editor of whoever runs this can open the file."""
    return (replace(finding, place=_from_here(finding.place, data)) for finding in findings)


def _from_here(place: Place, data: Path) -> Place:
    if place.file != "data" and not place.file.startswith("data/"):
        return place
    return replace(place, file=f"{data}{place.file.removeprefix('data')}")


def _told(products: Iterable[Product], step: Words, total: int, progress: Progress) -> Iterator[Product]:
    progress(step, 0, total)
    for done, product in enumerate(products, 1):
        progress(step, done, total)
        yield product


_CHECKING = Words(nb="Leser og kontrollerer", en="Reading and checking")
_WAITING = Words(nb="Venter på et annet bygg i samme mappe", en="Waiting for another build in the same folder")
