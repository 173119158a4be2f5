"""THE ASSEMBLY LINE: read this file first. A folder of reviewed files in, a checked and immutable release out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fosen_graph.findings import CannotRun, DataError, Finding, Place, Report, Words
from fosen_graph.release import cache, crew, publication
from fosen_graph.release.disk import DISK_TRIPLES, keep_store
from fosen_graph.release.inputs import MAX_BYTES, Inputs, digest, read_inputs, software
from fosen_graph.release.landing import Site, disk_errors, land
from fosen_graph.release.publication import Progress, Publication
from fosen_graph.release.seen import Seen
from fosen_graph.release.stock import CHECKING, InOrder, Stock, told
from fosen_graph.release.work import Task, Workshop
from fosen_graph.syntaxes import natural


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
        findings: list[Finding] = []
        seen = Seen(inputs, workshop)
        for product in told(crew.make_all(workshop, tasks, False, jobs), CHECKING, len(tasks), progress):
            findings += product.findings
            seen.add(product)
        seen.finish()
        findings += seen.findings
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
    stock = Stock(site, workshop, made_by)
    while True:
        kept = stock.gather(list(_tasks(inputs)), progress, jobs)
        try:
            seen = Seen(inputs, workshop, stock.keep_report)
            for piece in kept.values():
                seen.add(piece.product())
            seen.finish()
            report = Report.streamed(InOrder(kept, seen.findings))
            if not report.conforms:
                stock.keep(failed=True)
                raise DataError(report)
            new = Publication(
                site=site,
                release=release,
                made_by=made_by,
                workshop=workshop,
                kept=kept,
                reports=stock.reports,
                seen=seen,
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


_WAITING = Words(nb="Venter på et annet bygg i samme mappe", en="Waiting for another build in the same folder")
