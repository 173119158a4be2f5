"""The project's own data, as they are or changed in memory, come in; pieces, named graphs and findings go out."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from rdflib import Graph
from rdflib.term import Node

from fosen_graph.catalogue import Dump, PlanEntry, catalogue
from fosen_graph.checking import Shapes, check, findings, load_shapes
from fosen_graph.findings import DataError, Finding, Severity
from fosen_graph.iris import GRAPHS, Iris
from fosen_graph.questions import packaged_questions, questions_graph
from fosen_graph.reading.context import read_context
from fosen_graph.reading.graph import Piece, Rules, lay_plan, read_plan, read_region
from fosen_graph.reading.vocabulary import read_vocabulary
from fosen_graph.settings import read_settings

ROOT = Path(__file__).parent.parent
REGION, PLAN = "fosen", "2022-2024"
FORMATS = ("ttl", "nt", "nq", "trig", "jsonld", "rdf")

Triples = frozenset[tuple[Node, Node, Node]]
Files = Mapping[str, bytes]


@functools.cache
def rules() -> Rules:
    folder = ROOT / "ontology"
    vocabulary = read_vocabulary((folder / "fosen.ttl").read_bytes(), (folder / "codes.ttl").read_bytes())
    context = read_context((folder / "editing.context.jsonld").read_text(encoding="utf-8"))
    return Rules(context, vocabulary, Iris())


@functools.cache
def real_files() -> Files:
    """By path under the region's folder: aktoerer.yaml, 2022-2024/plan.yaml and so on."""
    folder = ROOT / "data" / REGION
    plan = {f"{PLAN}/{name}": data for name, data in _files(folder / PLAN).items()}
    return MappingProxyType({**_files(folder), **plan})


@functools.cache
def real_pieces() -> tuple[Piece, Piece]:
    """The region's piece and the plan's."""
    return read_pieces(real_files())


def read_pieces(files: Files, iris: Iris | None = None, region: str = REGION, plan: str = PLAN) -> tuple[Piece, Piece]:
    """The region's piece and the plan's, of files as real_files has them. iris: under another base."""
    ground = replace(rules(), iris=iris) if iris else rules()
    shared, own = _apart(files)
    piece = _region(region, plan, shared, ground.iris)
    return piece, read_plan(piece, plan, f"data/{region}/{plan}", own, ground)


def _apart(files: Files) -> tuple[tuple[tuple[str, bytes], ...], Files]:
    """The region's files and the plan's."""
    shared = sorted((path, data) for path, data in files.items() if "/" not in path)
    return tuple(shared), {path.rpartition("/")[2]: data for path, data in files.items() if "/" in path}


@functools.lru_cache(maxsize=2)
def _region(region: str, plan: str, files: tuple[tuple[str, bytes], ...], iris: Iris) -> Piece:
    return read_region(region, f"data/{region}", dict(files), [plan], replace(rules(), iris=iris))


def found(files: Files, region: str = REGION, plan: str = PLAN) -> list[Finding]:
    """What stops or warns: of the gates before the shapes, or where they let all pass, of the shapes."""
    shared, own = _apart(files)
    piece = _region(region, plan, shared, rules().iris)
    try:
        told = lay_plan(piece, plan, f"data/{region}/{plan}", own, rules()).findings
    except DataError as error:
        told = error.report.findings
    gates = list(_grave([*piece.findings, *told]))
    return gates or list(_grave(shape_findings(*read_pieces(files, region=region, plan=plan))))


def shape_findings(region: Piece, plan: Piece) -> list[Finding]:
    if not (region.readable and plan.readable):
        return []
    triples = {triple for piece in (region, plan) for triples in piece.graphs.values() for triple in triples}
    return findings(check(triples | real_codes(), data_shapes()), plan.places)


def _grave(told: Iterable[Finding]) -> Iterator[Finding]:
    """Those of a change: notes do not count, nor the real plan's one warning, that nobody has reviewed it."""
    return (one for one in told if one.severity is not Severity.INFO and one.code != "SourceReviewed")


@functools.cache
def data_shapes() -> Shapes:
    others = ("ontology.ttl", "catalogue.ttl")
    files = [file for file in (ROOT / "shapes").glob("*.ttl") if file.name not in others]
    return load_shapes({f"shapes/{file.name}": file.read_text(encoding="utf-8") for file in files})


@functools.cache
def real_codes() -> Triples:
    return frozenset(Graph().parse(ROOT / "ontology/codes.ttl"))


@functools.cache
def real_graphs() -> Mapping[str, Triples]:
    """Every named graph but the report, by the names of iris.GRAPHS."""
    pieces = real_pieces()
    graphs: dict[str, Triples] = {name: frozenset().union(*(p.graphs.get(name, ()) for p in pieces)) for name in GRAPHS}
    graphs["ontology"] = frozenset(Graph().parse(ROOT / "ontology/fosen.ttl"))
    graphs["codes"] = real_codes()
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
