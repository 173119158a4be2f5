"""A finished release in; beside its files, where it is large, a store that is read from disk, out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from fosen_graph.asking.published import MANIFEST, STORE
from fosen_graph.asking.store import release_sources, write_store
from fosen_graph.release.landing import Site, land
from fosen_graph.settings import Environment

DISK_TRIPLES = Environment.disk_triples


def keep_store(site: Site, release: Path, disk_triples: int = DISK_TRIPLES) -> bool:
    """
    Whether the release has a store on disk; made where it lacks one that it should have.

    It is whole or not there, and nobody ever writes to it. It is no part of what is published: other bytes each time,
    and made anew from the dumps by whoever needs it. Raises CannotRun, OSError.
    """
    place = release / STORE
    triples = int(json.loads((release / MANIFEST).read_bytes())["triples"])
    if triples <= disk_triples or place.is_dir():
        return place.is_dir()
    beside = site.building / STORE
    if beside.exists():
        shutil.rmtree(beside)
    site.building.mkdir(exist_ok=True)
    write_store(release_sources(release), beside)
    land(beside, place)
    return True
