"""Checked pieces in, the files of one release out: dumps, catalogue, report, manifest and checksums."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from rdflib import URIRef

import fosen_graph
from fosen_graph import checking, formats, syntaxes
from fosen_graph.asking.published import STORE, About
from fosen_graph.catalogue import Dump, catalogue
from fosen_graph.findings import DataError, Finding, Lang, Place, Report, Severity, Words
from fosen_graph.formats import Triple
from fosen_graph.iris import EU, GRAPHS
from fosen_graph.reading.graph import Places
from fosen_graph.release import fixed, mappings
from fosen_graph.release.cache import Kept
from fosen_graph.release.dumps import EXTENSIONS, Part, parts_of, write_bytes, write_document
from fosen_graph.release.fixed import FixedGraph
from fosen_graph.release.fragments import ORDER, Counts, total
from fosen_graph.release.inputs import Inputs
from fosen_graph.release.landing import Site, Written, measure, write, write_parts
from fosen_graph.release.seen import Seen
from fosen_graph.release.work import Workshop, in_two_graphs
from fosen_graph.settings import Settings
from fosen_graph.void import GraphCounts

SUMS, MANIFEST = "SHA256SUMS", "manifest.json"

Progress = Callable[[Words, int, int], None]  # what is being done, how much is done, of how much


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file of the release; graph: the named graph, "all", or a plan as region/plan."""

    written: Written
    triples: int
    graph: str


@dataclass(slots=True, kw_only=True)
class Publication:
    """
    One release being written in `folder`, from pieces that conform.

    reports: of the regions' own things. seen: all pieces together. keys: what each piece was made of. made_by: the
    software.
    """

    site: Site
    release: str
    made_by: str
    workshop: Workshop
    kept: Mapping[str, Kept]
    reports: Mapping[str, Kept]
    seen: Seen
    keys: Mapping[str, str]
    progress: Progress
    files: dict[str, _File] = field(default_factory=dict)
    graphs: dict[str, FixedGraph] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.site.building / "release"

    def write(self, inputs: Inputs, report: Report) -> None:
        """All but the landing. Raises DataError for a triple in two graphs, OSError, DamagedError."""
        for name in ("graphs", *(f"plans/{region.name}" for region in inputs.regions)):
            (self.folder / name).mkdir(parents=True)
        self.graphs = fixed.of_the_ground(self.workshop) | fixed.of_the_report(self.workshop, self.seen.results)
        self._prove_one_graph(self.graphs)
        self._write_all([*self._plan_dumps(), *self._graph_dumps(), self._dump_of_all()])
        self._write_decisions()
        self._write_catalogue()
        self._write_report(report)
        self._write_manifest(inputs, report)

    # Dumps: each job writes one name in every syntax

    def _write_all(self, jobs: Sequence[Callable[[], None]]) -> None:
        """zlib and hashlib let go of the interpreter, so threads use the cores; the largest jobs come last."""
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for done, future in enumerate([pool.submit(job) for job in jobs], 1):
                future.result()
                self.progress(_WRITING, done, len(jobs))

    def _plan_dumps(self) -> Iterator[Callable[[], None]]:
        last = _Last(self.site)
        for name, kept in self.kept.items():
            region, _, plan = name.partition("/")
            if plan:
                both = [*parts_of(kept), *parts_of(self.kept[region])]
                parts = [part for graph in ORDER for part in both if part.fragment.graph == graph]
                same = last.pieces.get(name) == self.keys[name] and last.pieces.get(region) == self.keys[region]
                yield self._job(f"plans/{name}", name, parts, last if same else None, joint=True)

    def _graph_dumps(self) -> Iterator[Callable[[], None]]:
        for name in GRAPHS:
            if parts := self._parts(name):
                yield self._job(f"graphs/{name}", name, parts, None)

    def _dump_of_all(self) -> Callable[[], None]:
        parts = [part for name in ORDER for part in self._parts(name)]
        return self._job("all", "all", parts, None, joint=True)

    def _parts(self, graph: str) -> list[Part]:
        fixed_parts = [Part(fragment) for fragment in self.graphs[graph].fragments] if graph in self.graphs else []
        pieces = (part for kept in (*self.kept.values(), *self.reports.values()) for part in parts_of(kept))
        return fixed_parts + [part for part in pieces if part.fragment.graph == graph]

    def _job(
        self, stem: str, graph: str, parts: Sequence[Part], last: _Last | None, joint: bool = False
    ) -> Callable[[], None]:
        triples = sum(part.fragment.triples for part in parts if part.fragment.syntax == "nt")
        source = self.graphs[graph].source if graph in self.graphs else None

        def job() -> None:
            for extension in EXTENSIONS:
                names = (f"{stem}.{extension}", f"{stem}.{extension}.gz")
                if last and (linked := last.link(names, self.folder)):
                    written = linked
                elif source is not None and extension == "ttl":
                    written = write_bytes(self.folder / names[0], source)
                else:
                    written = write_document(self.folder / names[0], extension, parts, self.workshop.iris, joint)
                for name, file in zip(names, written, strict=True):
                    self.files[name] = _File(written=file, triples=triples, graph=graph)

        return job

    # What speaks about the dumps

    def _write_decisions(self) -> None:
        """What was decided, with the names of what it is about; of plans without subjects nothing is read twice."""
        triples: list[Triple] = []
        for name, kept in self.kept.items():
            told = {part.fragment.graph: part for part in parts_of(kept) if part.fragment.syntax == "nt"}
            texts = [told[graph].read()[0] for graph in mappings.GRAPHS if graph in told and graph != "plan"]
            if "plan" in told and any(mappings.is_decided(text) for text in texts):
                texts.append(told["plan"].read()[0])
            triples += [quad[:3] for quad in formats.read(b"\n".join(texts), formats.NTRIPLES, name)]
        licence = f"{EU}licence/{self.workshop.settings.data_licence}"
        if log := mappings.decision_log(triples, self.workshop.iris, licence, self.release):
            self._plain(mappings.FILE, [log], "all")

    def _write_catalogue(self) -> None:
        dumps = [
            Dump(
                piece=f"graph/{file.graph}" if name.startswith("graphs/") else file.graph,
                path=f"dumps/{name}",
                size=file.written.size,
                sha256=file.written.sha256,
            )
            for name, file in sorted(self.files.items())
            if not name.endswith(".gz")
        ]
        counts = [_described(name, of) for name, of in self._counts().items()]
        triples = catalogue(self.workshop.settings, self.seen.plans, dumps, counts, self.release)
        prove_described(triples, self.workshop)
        graph = fixed.of_triples("catalogue", triples, self.workshop)
        self._prove_one_graph({"catalogue": graph})
        self.graphs["catalogue"] = replace(graph, rows=frozenset())  # they are proved, and many
        self._job("graphs/catalogue", "catalogue", self._parts("catalogue"), None)()

    def _counts(self) -> dict[str, Counts]:
        """What each named graph holds, in the order of the graphs."""
        found: dict[str, Counts] = {}
        for name in GRAPHS:
            of_pieces = [self.seen.counts[name]] if name in self.seen.counts else []
            if counts := of_pieces + ([self.graphs[name].counts] if name in self.graphs else []):
                found[name] = total(counts)
        return found

    def _write_report(self, report: Report) -> None:
        self._plain("report.json", report.json_parts())
        languages: tuple[Lang, ...] = ("nb", "en")
        for lang in languages:
            self._plain(f"report.{lang}.txt", report.text_parts(lang))
            self._plain(f"report.{lang}.sarif", report.sarif_parts(fosen_graph.__version__, lang))
        shutil.copyfile(self.folder / "graphs" / "report.ttl", self.folder / "report.ttl")
        self.files["report.ttl"] = self.files["graphs/report.ttl"]

    def _plain(self, name: str, parts: Iterable[str], graph: str = "report") -> None:
        written = write_parts(self.folder / name, (part.encode() for part in parts))
        self.files[name] = _File(written=written, triples=0, graph=graph)

    def _write_manifest(self, inputs: Inputs, report: Report) -> None:
        counts = {name: of.triples for name, of in self._counts().items()}
        settings = self.workshop.settings
        manifest = {
            "release": self.release,
            "version": fosen_graph.__version__,
            "software": self.made_by,
            "base": settings.base,
            "issued": settings.issued,
            "about": _about(settings),
            "inputs": inputs.digests(),
            "pieces": dict(self.keys),
            "triples": sum(counts.values()),
            "graphs": counts,
            "findings": {severity.value: report.count(severity) for severity in Severity},
            "files": {
                name: {
                    "bytes": file.written.size,
                    "sha256": file.written.sha256,
                    "triples": file.triples,
                    "graph": file.graph,
                }
                for name, file in sorted(self.files.items())
            },
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        self._plain(MANIFEST, [text])
        sums = "".join(f"{file.written.sha256}  {name}\n" for name, file in sorted(self.files.items()))
        write(self.folder / SUMS, sums.encode())

    # Proof that every triple stands in one named graph

    def _prove_one_graph(self, graphs: Mapping[str, FixedGraph]) -> None:
        """
        Pieces are compared where they are made, and their strays with each other. Here: graphs that no piece has.

        What they say of a thing of a piece is looked up in the piece.
        """
        found: list[Finding] = []
        seen = dict(self.seen.strays)
        seen |= {row: name for name, graph in self.graphs.items() if name not in graphs for row in graph.rows}
        for name, graph in graphs.items():
            for row in sorted(graph.rows):
                other = seen.setdefault(row, name)
                other = self._graph_in_pieces(row) or other
                if other != name:
                    found.append(in_two_graphs(row, other, name, Place("data")))
        lines = {_line(row): (row, name) for name, graph in graphs.items() if name != "report" for row in graph.rows}
        for part in self._parts("report"):
            if part.fragment.syntax == "nt":
                again = [lines[line] for line in part.read()[0].splitlines() if line in lines]
                found += (in_two_graphs(row, "report", name, Place("data")) for row, name in again)
        if found:
            raise DataError(found)

    def _graph_in_pieces(self, row: syntaxes.Row) -> str | None:
        start = f"<{self.workshop.iris.base}id/"
        if not row[0].startswith(start):
            return None
        owners = row[0].removeprefix(start).rstrip(">").split("/")
        line = b"\n" + _line(row) + b"\n"
        for name in {owners[0], "/".join(owners[:2])} & self.kept.keys():
            for part in parts_of(self.kept[name]):
                if part.fragment.syntax == "nt" and line in b"\n" + part.read()[0]:
                    return part.fragment.graph
        return None


def _about(settings: Settings) -> dict[str, object]:
    """Who publishes, for every page of the site."""
    about = About(
        site=settings.site,
        title=settings.catalogue.title,
        publisher=settings.publisher.name,
        homepage=settings.publisher.homepage,
        contact=settings.contact.name,
        contact_page=settings.contact.page,
        contact_mail=settings.contact.mail or "",
        accessibility_statement=settings.accessibility_statement or "",
        data_licence=settings.data_licence,
        ontology_licence=settings.ontology_licence,
    )
    return {one.name: getattr(about, one.name) for one in fields(About)}


def _line(row: syntaxes.Row) -> bytes:
    """Of N-Triples, without its end."""
    return f"{' '.join(row)} .".encode()


def prove_described(triples: Iterable[checking.Triple], workshop: Workshop) -> None:
    """The catalogue keeps its own rules; what it lacks is mended in site.toml."""
    results = checking.check(triples, workshop.catalogue_shapes)
    findings = checking.findings(results, Places(file=Place("data/site.toml")))
    if not (report := Report(findings)).conforms:
        raise DataError(report)


class _Last:
    """The release that is current now: its dumps of plans that did not change are taken over."""

    def __init__(self, site: Site) -> None:
        self.folder = site.current.resolve()
        try:
            manifest = json.loads((self.folder / MANIFEST).read_bytes())
        except (OSError, ValueError):
            manifest = {"pieces": {}, "files": {}}
        self.pieces: Mapping[str, str] = manifest["pieces"]
        self._files: Mapping[str, Mapping[str, object]] = manifest["files"]

    def link(self, names: tuple[str, str], folder: Path) -> tuple[Written, Written] | None:
        """Both files, as links to the same bytes; None where one is not as it was written."""
        found = []
        for name in names:
            try:
                (folder / name).hardlink_to(self.folder / name)
                written = measure(folder / name)
            except OSError:
                written = Written(0, "")
            if written.sha256 != self._files.get(name, {}).get("sha256"):
                for other in names:
                    (folder / other).unlink(missing_ok=True)
                return None
            found.append(written)
        return found[0], found[1]


def _described(graph: str, counts: Counts) -> GraphCounts:
    return GraphCounts(
        graph=graph,
        triples=counts.triples,
        classes={URIRef(name[1:-1]): number for name, number in counts.classes.items() if name[0] == "<"},
        properties={URIRef(name[1:-1]): number for name, number in counts.properties.items()},
    )


def is_intact(folder: Path) -> bool:
    """Whether a release is there as it was written: every file of its checksums, and no other but a store on disk."""
    try:
        lines = (folder / SUMS).read_text().splitlines()
        sums = {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        there = {name for name in there if not name.startswith(f"{STORE}/")}
        return there == {*sums, SUMS} and all(measure(folder / name).sha256 == sums[name] for name in sums)
    except (OSError, ValueError):
        return False


_WRITING = Words(nb="Skriver filene", en="Writing the files")
