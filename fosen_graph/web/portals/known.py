"""The release that is served in; out those that stand beside it in the folder of the releases, itself first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fosen_graph.asking.published import MANIFEST, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A release as its manifest tells it. issued: the day of its data; no clock was asked."""

    id: str
    issued: str
    version: str
    triples: int
    plans: tuple[str, ...]
    is_current: bool


def known_releases(release: Release) -> tuple[Known, ...]:
    """What has no manifest, or half of one, is no release."""
    beside = [folder for folder in release.folder.parent.iterdir() if folder != release.folder and folder.is_dir()]
    found = [_known(folder, release) for folder in beside]
    others = sorted((one for one in found if one), key=lambda one: (one.issued, one.id), reverse=True)
    own = _known(release.folder, release)
    return (*([own] if own else []), *others)


def _known(folder: Path, current: Release) -> Known | None:
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        if told["base"] != current.base:
            return None
        return Known(
            id=str(told["release"]),
            issued=str(told["issued"]),
            version=str(told["version"]),
            triples=int(told["triples"]),
            plans=tuple(piece for piece in told["pieces"] if "/" in piece),
            is_current=told["release"] == current.id,
        )
    except (OSError, ValueError, KeyError):
        return None
