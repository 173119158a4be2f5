"""What the server serves: one release, and those who answer about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fosen_graph.asking import Limits, Store
from fosen_graph.iris import Iris
from fosen_graph.web.published import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """public: answers what anybody asks, within limits. pages: answers our own queries."""

    release: Release
    public: Store
    pages: Store
    limits: Limits

    @property
    def prefixes(self) -> Mapping[str, str]:
        return prefixes_of(self.release)


def prefixes_of(release: Release) -> dict[str, str]:
    """With those of the region where there is only one: `aktoer:` must mean one thing."""
    return Iris(release.base).prefixes(release.regions[0] if len(release.regions) == 1 else None)
