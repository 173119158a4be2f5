"""An IRI in; out the IRI that stands for it now, or why there is none: withdrawn, or never known."""

from __future__ import annotations

from flask import abort

from fosen_graph.asking import Store
from fosen_graph.findings import Words
from fosen_graph.web.problems import Problem
from fosen_graph.web.rows import rows
from fosen_graph.web.wording import wording


def survivor(store: Store, iri: str) -> str:
    """The IRI itself, or the last of those that it was merged into. Raises Problem (410) and NotFound."""
    found = rows(store, "standing", thing=iri)
    if not found:
        abort(404)
    standing = found[0]
    if "survivor" in standing:
        return standing["survivor"].value
    if "deprecated" in standing:
        raise _withdrawn()
    return iri


def _withdrawn() -> Problem:
    nb, en = wording("nb"), wording("en")
    what = Words(nb=nb("problem.410"), en=en("problem.410"))
    return Problem(410, "withdrawn", what, Words(nb=nb("problem.410_remedy"), en=en("problem.410_remedy")))
