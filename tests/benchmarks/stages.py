"""One stage of the work and its files in; what it did, and the processor time of its parts, as a line of JSON out."""

from __future__ import annotations

import json
import logging
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fosen_graph import syntaxes
from fosen_graph.asking.published import STORE
from fosen_graph.asking.store import EmbeddedStore, release_sources
from fosen_graph.findings import Words
from fosen_graph.formats import collector_paused
from fosen_graph.iris import Iris
from fosen_graph.reading import graph
from fosen_graph.release import build, check_data
from fosen_graph.release.cache import load as load_kept
from fosen_graph.release.disk import keep_store
from fosen_graph.release.dumps import EXTENSIONS, parts_of, write_document
from fosen_graph.release.inputs import RegionInputs, contents, read_inputs
from fosen_graph.release.landing import Site
from fosen_graph.release.work import Workshop

Told = Mapping[str, Any]
EVERY = 50  # of a damaged graph, each so manieth triple is gone


def read(data: str) -> Told:
    """Read and derive alone, in one process."""
    triples = plans = 0
    for piece in _pieces(*_opened(data)):
        triples += sum(map(len, piece.graphs.values()))
        plans += piece.plan is not None
    return {"triples": triples, "plans": plans}


def check(data: str) -> Told:
    """What `fosen-graph check` does: reading is part of it."""
    report = check_data(Path(data))
    return {"conforms": report.conforms, "findings": len(report)}


def write(data: str, out: str) -> Told:
    """
    What `fosen-graph build` does: reading and checking are part of it.

    pieces: of it, until every region and plan is read, checked and written for itself, or taken from the last build.
    own: the dumps of the last plan, written once more. joint: the rest, that is, all dumps, catalogue, checksums and
    landing.
    """
    marks = [0.0]

    def progress(step: Words, done: int, total: int) -> None:
        if step.en == "Reading and checking":
            marks[0] = time.process_time()

    release = build(Path(data), Path(out), progress=progress, disk_triples=sys.maxsize)  # the store belongs to load
    end, workers = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    manifest = json.loads((release.folder / "manifest.json").read_bytes())
    return {
        "release": str(release.folder),
        "triples": manifest["triples"],
        "pieces": marks[0] + workers.ru_utime + workers.ru_stime,
        "own": _own_dumps(Path(out), manifest["pieces"]),
        "joint": end - marks[0],
    }


def _own_dumps(out: Path, pieces: Mapping[str, str]) -> float:
    """Processor time for the dumps of one plan, from what the build keeps of it."""
    plan = max(pieces)
    region = plan.partition("/")[0]
    folder = next((out / "cache").iterdir())
    with _Stopwatch() as own, tempfile.TemporaryDirectory() as scratch:
        parts = [part for name in (region, plan) for part in parts_of(load_kept(folder / pieces[name]))]
        for extension in EXTENSIONS:
            write_document(Path(scratch) / f"plan.{extension}", extension, parts, Iris(), joint=True)
    return own.cpu


def load(release: str, out: str) -> Told:
    """What is done before the endpoint can answer: a large release gets a store on disk, once; others go to memory."""
    folder, iris = Path(release), Iris()
    disk = keep_store(Site(Path(out)), folder)
    sources = () if disk else release_sources(folder)
    store = EmbeddedStore(sources, iris.prefixes(), iris.base, folder=str(folder / STORE) if disk else "")
    return {"loaded": len(store), "disk": disk}


def shacl(data: str, damaged: str = "") -> Told:
    """The first plan of a folder with its region and the code lists, by our engine and by pySHACL; are they alike?"""
    import pyshacl
    from rdflib import Graph

    from fosen_graph import checking
    from fosen_graph.checking.validation import read_report

    workshop, regions = _opened(data)
    triples = sorted({t for piece in _pieces(workshop, regions[:1]) for of in piece.graphs.values() for t in of})
    triples = [t for number, t in enumerate([*triples, *workshop.codes]) if not damaged or number % EVERY]
    files = dict(workshop.shapes.files)

    with _Stopwatch() as ours:
        found = checking.check(triples, checking.load_shapes(files))
    with _Stopwatch() as theirs, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("pyshacl-validate").disabled = True
        shapes, plain = Graph(), Graph()
        for text in files.values():
            shapes.parse(data=text, format="turtle")
        for triple in triples:
            plain.add(triple)
        report = pyshacl.validate(plain, shacl_graph=shapes, inference="none")[1]
    peer = read_report(report)
    return {
        "triples": len(triples),
        "results": len(found),
        "ours": ours.cpu,
        "peer": theirs.cpu,
        "equal": sorted(map(_said, found)) == sorted(map(_said, peer)),
    }


def _said(result: Any) -> tuple[str, ...]:
    """Messages without their language tags, which pySHACL drops where a query found the result."""
    value = "" if result.value is None else result.value.n3()
    about = (result.focus.n3(), str(result.path), value, str(result.component), str(result.severity))
    return (*about, *sorted(map(str, result.messages)))


def turtle(data: str) -> Told:
    """
    A folder's triples to one Turtle document by our writer, region by region and plan by plan, as the line does.

    cpu: from the triples as text, which the line makes of rdflib's terms before it writes anything, to count them and
    to prove that each stands in one graph. text: that.
    """
    workshop, regions = _opened(data)
    syntax, prefixes = syntaxes.SYNTAXES["ttl"], workshop.iris.prefixes()
    names, parts, triples = syntaxes.Names(prefixes), [b""], 0
    text, ours = _Stopwatch(), _Stopwatch()
    for piece in _pieces(workshop, regions):
        with collector_paused():
            with text:
                rows = [syntaxes.to_rows(of) for of in piece.graphs.values()]
            with ours:
                parts += [syntax.body(syntaxes.arrange(of), names, None).encode() for of in rows]
        triples += sum(map(len, rows))
    with ours:
        parts[0] = syntax.head({prefix: prefixes[prefix] for prefix in names.used}).encode()
        document = b"".join(parts)
    return {"triples": triples, "cpu": ours.cpu, "text": text.cpu, "bytes": len(document)}


def turtle_by_rdflib(data: str) -> Told:
    """
    The same triples in one graph of rdflib, by its serialiser; filling the graph is not counted.

    What two regions quote alike of others' lists goes in twice and is one triple of the graph.
    """
    from rdflib import Graph

    workshop, regions = _opened(data)
    union = Graph(bind_namespaces="none")
    for prefix, namespace in workshop.iris.prefixes().items():
        union.bind(prefix, namespace)
    given = 0
    for piece in _pieces(workshop, regions):
        for triples in piece.graphs.values():
            given += len(triples)
            for triple in triples:
                union.add(triple)
    with _Stopwatch() as theirs:
        document = union.serialize(format="turtle", encoding="utf-8")
    return {"triples": given, "cpu": theirs.cpu, "bytes": len(document)}


def _opened(data: str) -> tuple[Workshop, tuple[RegionInputs, ...]]:
    inputs = read_inputs(Path(data))
    workshop = Workshop(inputs.site, inputs.ground)
    _ = workshop.rules, workshop.shapes, workshop.codes
    return workshop, inputs.regions


def _pieces(workshop: Workshop, regions: Iterable[RegionInputs]) -> Iterator[graph.Piece]:
    for region in regions:
        files = contents(region.shared)
        shared = graph.read_region(region.name, f"data/{region.name}", files, tuple(region.plans), workshop.rules)
        yield shared
        for plan, own in region.plans.items():
            yield graph.read_plan(shared, plan, f"data/{region.name}/{plan}", contents(own), workshop.rules)


class _Stopwatch:
    """Processor time of all that is done under it."""

    def __init__(self) -> None:
        self.cpu = 0.0

    def __enter__(self) -> _Stopwatch:
        self.cpu -= time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu += time.process_time()


STAGES: Mapping[str, Callable[..., Told]] = {
    stage.__name__: stage for stage in (read, check, write, load, shacl, turtle, turtle_by_rdflib)
}

if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](*sys.argv[2:])))
