"""What the server serves: one release, and those who answer about it."""

from __future__ import annotations

from dataclasses import dataclass

from fosen_graph.asking import Limits, Store
from fosen_graph.asking.published import Release
from fosen_graph.web.reconcile.registers import Registers


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    public: answers what anybody asks, within limits. pages: answers our own queries.

    proxies: how many stand in front, whose X-Forwarded-* are believed (the last so many of each).
    elsewhere: the public's queries run on a server of others, where we cannot end them.
    register: the local copy of the register of units; None where the machine has none.
    """

    release: Release
    public: Store
    pages: Store
    limits: Limits
    proxies: int = 0
    elsewhere: bool = False
    register: Registers | None = None
