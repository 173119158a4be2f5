"""The files of ontology/ and shapes/, read once for the tests that speak about them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph
from rdflib.term import Node

from fosen_graph.iris import FG, ONTOLOGY

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "ontology"
EXAMPLES = sorted((FOLDER / "examples").glob("*.ttl"))
SHAPE_FILES = sorted((ROOT / "shapes").glob("*.ttl"))
ALIGNMENTS = sorted((FOLDER / "alignments").glob("*.sssom.tsv"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")

PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
DATA = ("source", "plan", "evidence", "enrichment", "translations", "links", "candidates", "registry")

MAPPING_COLUMNS = ["subject_id", "predicate_id", "object_id", "mapping_justification", "comment", "comment_nb"]

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


def real_graphs() -> Mapping[str, frozenset[Triple]]:
    """Imported only when asked for: a fault in the program is then no fault of the ontology's files."""
    import real_plan

    return real_plan.real_graphs()


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


def mappings(path: Path) -> Iterator[dict[str, str]]:
    """Rows of an SSSOM table with full IRIs; its own curie_map tells what the prefixes are."""
    lines = path.read_text(encoding="utf-8").splitlines()
    curies = dict(re.findall(r"^#  ([\w-]+): (\S+)$", "\n".join(lines), re.MULTILINE))
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", strict=True)
    assert rows.fieldnames == MAPPING_COLUMNS
    for row in rows:
        full = {
            key: re.sub(r"^([\w-]+):", lambda match: curies[match[1]], value)
            for key, value in row.items()
            if not key.startswith("comment")
        }
        yield {**full, "comment": row["comment"], "comment_nb": row["comment_nb"]}
