"""The files of ontology/ and shapes/, read once for the tests that speak about them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph
from rdflib.term import Node
from real_plan import real_graphs

from fosen_graph.iris import FG, ONTOLOGY

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "ontology"
EXAMPLES = sorted((FOLDER / "examples").glob("*.ttl"))
SHAPE_FILES = sorted((ROOT / "shapes").glob("*.ttl"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")

PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
DATA = ("source", "plan", "evidence", "enrichment", "translations", "links", "candidates", "registry")

Triple = tuple[Node, Node, Node]


@cache
def ontology() -> Graph:
    return Graph().parse(FOLDER / "fosen.ttl")


@cache
def codes() -> Graph:
    return Graph().parse(FOLDER / "codes.ttl")


@cache
def own_terms() -> frozenset[Node]:
    return frozenset(ontology().subjects(RDFS.isDefinedBy, ONTOLOGY))


@cache
def own_classes() -> frozenset[Node]:
    return frozenset(term for term in own_terms() if (term, RDF.type, OWL.Class) in ontology())


def concrete_classes() -> set[Node]:
    """Classes that things are given by name; the others are only their common kinds."""
    return set(own_classes()) - {FG.PlanElement, FG.Actor, FG.Interpretation}


@cache
def real_data() -> frozenset[Triple]:
    """What the real plan's graphs say, with the codes that they use."""
    return frozenset().union(*(real_graphs()[name] for name in (*DATA, "codes")))


def listed(heading: str, readme: str = README) -> dict[str, str]:
    """The table under a heading of the README: first cell -> last cell."""
    section = readme.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    return {row[0]: row[-1] for row in rows[2:]}


def versions() -> list[str]:
    """Versions of the change log, the newest first."""
    return re.findall(
        r"^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$", (FOLDER / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
