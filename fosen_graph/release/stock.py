"""What a build is made of, kept from one build to the next: products on the disk, and their findings in order."""

from __future__ import annotations

import heapq
import platform
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import rdflib

from fosen_graph.findings import Finding, Words
from fosen_graph.release import cache, crew
from fosen_graph.release.fixed import of_report
from fosen_graph.release.inputs import digest, digests
from fosen_graph.release.landing import Site, write
from fosen_graph.release.publication import Progress
from fosen_graph.release.work import Product, Task, Workshop
from fosen_graph.syntaxes import Row

CHECKING = Words(nb="Leser og kontrollerer", en="Reading and checking")


def told(products: Iterable[Product], step: Words, total: int, progress: Progress) -> Iterator[Product]:
    progress(step, 0, total)
    for done, product in enumerate(products, 1):
        progress(step, done, total)
        yield product


class Stock:
    """The products of a build: those of the last one where nothing that they are made of has changed, else new ones."""

    def __init__(self, site: Site, workshop: Workshop, made_by: str) -> None:
        libraries = (rdflib.__version__, version("pyoxigraph"), zlib.ZLIB_RUNTIME_VERSION, platform.python_version())
        self.site, self.workshop, self.ground = site, workshop, digest(workshop.key, made_by)
        self.folder = site.cache / digest(*libraries)[:16]
        self.new = site.building / "cache"
        self.keys: dict[str, str] = {}
        self.reports: dict[str, cache.Kept] = {}
        self._report_keys: set[str] = set()

    def gather(self, tasks: Sequence[Task], progress: Progress, jobs: int | None) -> Mapping[str, cache.Kept]:
        """Every piece by its name, in the order of the dumps: a region before its plans."""
        self.keys = {task.name: self._key(task) for task in tasks}
        self.new.mkdir(parents=True, exist_ok=True)
        kept = {task.name: self._known(self.keys[task.name]) for task in tasks}
        missing = [task for task in tasks if kept[task.name] is None]
        for product in told(crew.make_all(self.workshop, missing, True, jobs), CHECKING, len(missing), progress):
            kept[product.name] = self._store(self.keys[product.name], product)
        return {name: piece for name, piece in kept.items() if piece}

    def keep_report(self, region: str, rows: frozenset[Row]) -> None:
        """The results about a region's own things, which several of its plans may have found."""
        key = digest(
            self.ground, "report", *(self.keys[name] for name in sorted(self.keys) if _folder(name) == f"{region}/")
        )
        self._report_keys.add(key)
        self.reports[region] = self._known(key) or self._store(key, of_report(region, rows, self.workshop.iris))

    def _store(self, key: str, product: Product) -> cache.Kept:
        write(self.new / key, cache.store(product))
        return cache.load(self.new / key)

    def _key(self, task: Task) -> str:
        """Of all that a piece is made of. A plan does not depend on the other plans, nor on iris.csv."""
        if task.plan is None:
            register = task.register.sha256 if task.register else ""
            return digest(self.ground, digests(task.region_files), "\n".join(task.plans), register)
        return digest(self.ground, digests(task.region_files), task.plan, digests(task.plan_files))

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
            if cache.load(path).sound:
                path.replace(self.folder / path.name)
        if not failed:
            wanted = self._report_keys.union(self.keys.values())
            for path in self.folder.iterdir():
                if path.name not in wanted:
                    path.unlink()
            for folder in self.site.cache.iterdir():
                if folder != self.folder:
                    shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class InOrder:
    """All findings, sorted and once each, every time anew; no more than one region's are held."""

    kept: Mapping[str, cache.Kept]
    others: Sequence[Finding]

    def __iter__(self) -> Iterator[Finding]:
        others = sorted(self.others, key=_KEY)
        last = None
        for finding in heapq.merge(others, self._of_regions(), key=_KEY):
            if finding != last:
                yield finding
            last = finding

    def _of_regions(self) -> Iterator[Finding]:
        for _, pieces in groupby(sorted(self.kept, key=_folder), key=_folder):
            yield from sorted({f for name in pieces for f in self.kept[name].product().findings}, key=_KEY)


_KEY = attrgetter("sort_key")


def _folder(piece: str) -> str:
    """As the paths of its region's files begin, and are sorted by."""
    return f"{piece.partition('/')[0]}/"
