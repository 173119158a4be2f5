"""The project's own data come in; the named graphs of the real plan go out, once per run of the tests."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from rdflib import Graph
from rdflib.term import Node

from fosen_graph.catalogue import Dump, PlanEntry, catalogue
from fosen_graph.context import read_context
from fosen_graph.graph import Piece, Rules, read_plan, read_region
from fosen_graph.iris import GRAPHS, Iris
from fosen_graph.questions import packaged_questions, questions_graph
from fosen_graph.settings import read_settings
from fosen_graph.vocabulary import read_vocabulary

ROOT = Path(__file__).parent.parent
REGION, PLAN = "fosen", "2022-2024"
FORMATS = ("ttl", "nt", "nq", "trig", "jsonld", "rdf")

Triples = frozenset[tuple[Node, Node, Node]]


@functools.cache
def rules() -> Rules:
    folder = ROOT / "ontology"
    vocabulary = read_vocabulary((folder / "fosen.ttl").read_bytes(), (folder / "codes.ttl").read_bytes())
    context = read_context((folder / "editing.context.jsonld").read_text(encoding="utf-8"))
    return Rules(context, vocabulary, Iris())


@functools.cache
def real_pieces() -> tuple[Piece, Piece]:
    """The region's piece and the plan's."""
    region = read_region(REGION, f"data/{REGION}", _files(ROOT / "data" / REGION), [PLAN], rules())
    folder = f"data/{REGION}/{PLAN}"
    return region, read_plan(region, PLAN, folder, _files(ROOT / folder), rules())


@functools.cache
def real_graphs() -> Mapping[str, Triples]:
    """Every named graph but the report, by the names of iris.GRAPHS."""
    pieces = real_pieces()
    graphs: dict[str, Triples] = {name: frozenset().union(*(p.graphs.get(name, ()) for p in pieces)) for name in GRAPHS}
    graphs["ontology"] = frozenset(Graph().parse(ROOT / "ontology/fosen.ttl"))
    graphs["codes"] = frozenset(Graph().parse(ROOT / "ontology/codes.ttl"))
    graphs["questions"] = questions_graph(packaged_questions(), rules().iris)
    graphs["catalogue"] = _catalogue()
    return graphs


def _catalogue() -> Triples:
    """As a release has it, but for its id and the files' sizes."""
    settings = read_settings((ROOT / "data/site.toml").read_text(encoding="utf-8"), "data/site.toml")
    entry = PlanEntry(region=REGION, plan=PLAN, label="Handlingsplan 2022-2024", first_year=2022, last_year=2024)
    files = (("all", "dumps/all"), (f"{REGION}/{PLAN}", f"dumps/{REGION}-{PLAN}"))
    dumps = [Dump(piece=p, path=f"{path}.{end}", size=1, sha256="0" * 64) for p, path in files for end in FORMATS]
    return catalogue(settings, [entry], dumps, [], "utgivelse")


def _files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
