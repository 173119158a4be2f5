"""The folder of a finished release in; what those who serve it have to know of it out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.iris import Iris

MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
STORE = "store"  # of a large release: a folder that the engine reads from disk


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file that can be downloaded. triples: None where it holds none, or nobody counted them."""

    name: str  # its path in the release
    size: int
    sha256: str
    triples: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Who publishes and where, as data/site.toml says it. Names: language tag to text."""

    site: str = ""  # where the service answers; ends in /
    title: Mapping[str, str] = field(default_factory=dict)
    publisher: Mapping[str, str] = field(default_factory=dict)
    homepage: str = ""
    contact: Mapping[str, str] = field(default_factory=dict)
    contact_page: str = ""
    contact_mail: str = ""
    accessibility_statement: str = ""
    data_licence: str = ""  # the code of the EU's list
    ontology_licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release: it never changes, so neither does this."""

    folder: Path
    id: str
    base: str
    issued: str
    regions: tuple[str, ...]
    files: Mapping[str, File]
    about: About = field(default_factory=About)
    version: str = ""  # of the software that built it

    @property
    def prefixes(self) -> dict[str, str]:
        """For queries; with those of the region where there is only one: `aktoer:` must mean one thing."""
        return Iris(self.base).prefixes(self.regions[0] if len(self.regions) == 1 else None)


def read_release(folder: Path) -> Release:
    """Raises CannotRun where there is no release, or only half of one."""
    folder = folder.resolve()  # `current` may be moved on while we serve
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Release(
            folder=folder,
            id=manifest["release"],
            base=manifest["base"],
            issued=manifest["issued"],
            regions=tuple(piece for piece in manifest["pieces"] if "/" not in piece),
            files={name: _file(name, told) for name, told in sorted(manifest["files"].items())},
            about=_about(manifest.get("about", {})),
            version=manifest.get("version", ""),
        )
    except (OSError, ValueError, KeyError) as error:
        raise CannotRun(
            Words(nb="Her er ingen ferdig utgivelse.", en="There is no finished release here."),
            Words(nb="Bygg en med «fosen-graph build».", en="Build one with “fosen-graph build”."),
            Place(str(folder)),
        ) from error


def _about(told: Mapping[str, Any]) -> About:
    """What a release of another version does not tell, stays empty."""
    return About(**{one.name: told[one.name] for one in fields(About) if one.name in told})


def _file(name: str, told: Mapping[str, Any]) -> File:
    return File(name=name, size=told["bytes"], sha256=told["sha256"], triples=told.get("triples"))
