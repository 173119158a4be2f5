"""The assembly line: what a release holds, and that nothing can leave half of one."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
from rdflib import DCAT, Graph
from rdflib.compare import isomorphic

from fosen_graph.findings import CannotRun, DataError, Place, Words
from fosen_graph.formats import RDF_FORMATS, TURTLE, format_of_file, read
from fosen_graph.iris import GRAPHS
from fosen_graph.release import build, check_data
from fosen_graph.release.inputs import read_inputs
from fosen_graph.release.landing import Site
from fosen_graph.release.publication import prove_described
from fosen_graph.release.work import Workshop, _twice

ROOT = Path(__file__).parent.parent
NOBODY = 65534


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that any user may enter; in memory where there is room, since the disk would be waited for."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4_000_000_000
    path = Path(tempfile.mkdtemp(dir=memory if roomy else None))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def data(folder: Path) -> Path:
    """The real data."""
    return Path(shutil.copytree(ROOT / "data", folder / "data"))


@pytest.fixture(scope="module")
def five(folder: Path) -> Path:
    """The real plan five times, for five periods."""
    path = Path(shutil.copytree(ROOT / "data", folder / "five" / "data"))
    for year in range(2026, 2042, 4):
        add_plan(path, f"{year}-{year + 2}")
    return path


@pytest.fixture(scope="module")
def release(data: Path, folder: Path) -> Path:
    return build(data, folder / "out").folder


def add_plan(data: Path, name: str) -> None:
    shutil.copytree(data / "fosen/2022-2024", data / "fosen" / name)
    register = data / "fosen/iris.csv"
    lines = register.read_text("utf-8").splitlines(keepends=True)
    new = [line.replace("/2022-2024", f"/{name}") for line in lines if "fosen/2022-2024" in line]
    register.write_text("".join([*lines, *new]), "utf-8")


def change(data: Path, plan: str = "2022-2024") -> None:
    """A comment more: other bytes, and so a release of its own."""
    file = data / "fosen" / plan / "plan.yaml"
    file.write_bytes(file.read_bytes() + b"# en merknad\n")


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def holds_what_it_says(release: Path) -> bool:
    lines = (release / "SHA256SUMS").read_text().splitlines()
    sums = {name: sha256 for sha256, name in (line.split("  ") for line in lines)}
    found = contents(release)
    del found["SHA256SUMS"]
    return found == sums


def in_child(work: Callable[[], object]) -> str:
    """What became of the work in a forked process: the text of its CannotRun, or its result."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            try:
                outcome = str(work())
            except CannotRun as error:
                outcome = f"CannotRun {error.text('nb')}"
            except BaseException as error:
                outcome = f"{type(error).__name__} {error}"
            os.write(write_end, outcome.encode()[:60_000])
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        outcome = pipe.read().decode()
    os.waitpid(child, 0)
    return outcome


# What a release holds


def test_the_checksums_are_those_that_sha256sum_wants(release: Path) -> None:
    """sha256sum -c finds every file as it was written."""
    subprocess.run(["sha256sum", "-c", "--quiet", "--strict", "SHA256SUMS"], cwd=release, check=True)
    assert holds_what_it_says(release)


@pytest.mark.parametrize("stem", ["plans/fosen/2022-2024", "all"])
def test_a_thing_stands_in_one_place(release: Path, stem: str) -> None:
    """Whichever graphs speak of it; a plan's file begins with the plan."""
    text = (release / f"{stem}.ttl").read_text("utf-8")
    subjects = re.findall(r"^[^@\s.#].*$", text, re.MULTILINE)
    assert subjects[0] == "plan:2022-2024" or stem == "all"
    assert len(subjects) == len(set(subjects)) > 1000
    nodes = [node["@id"] for node in json.loads((release / f"{stem}.jsonld").read_bytes())]
    assert len(nodes) == len(set(nodes)) == len(subjects)


def test_every_dump_is_there_plain_and_packed(release: Path) -> None:
    """Each graph, each plan and all, in six formats; what is packed is the same bytes, without name or time."""
    stems = [*(f"graphs/{name}" for name in GRAPHS), "plans/fosen/2022-2024", "all"]
    for stem in stems:
        for format_ in RDF_FORMATS:
            plain = (release / f"{stem}.{format_.extension}").read_bytes()
            packed = (release / f"{stem}.{format_.extension}.gz").read_bytes()
            assert gzip.decompress(packed) == plain
            assert packed[3:8] == bytes(5)
    for name in ("report.nb.txt", "report.en.txt", "report.json", "report.nb.sarif", "report.en.sarif", "report.ttl"):
        assert (release / name).stat().st_size


@pytest.mark.parametrize("stem", ["graphs/plan", "graphs/evidence", "graphs/catalogue", "plans/fosen/2022-2024"])
def test_every_format_of_a_dump_holds_the_same_triples(release: Path, stem: str) -> None:
    """Data have no blank nodes, so the graphs are equal as sets."""
    graphs = set()
    for format_ in RDF_FORMATS:
        quads = read((release / f"{stem}.{format_.extension}").read_bytes(), format_, stem)
        graphs.add(frozenset(quad[:3] for quad in quads))
    assert len(graphs) == 1


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("stem", ["graphs/codes", "graphs/ontology", "graphs/links"])
def test_rdflib_reads_the_same_graph_from_every_format(release: Path, stem: str) -> None:
    """Blank nodes of the sources included."""
    turtle = Graph().parse(release / f"{stem}.ttl", format="turtle")
    for extension, name in {"nt": "nt", "jsonld": "json-ld", "rdf": "xml"}.items():
        assert isomorphic(turtle, Graph().parse(release / f"{stem}.{extension}", format=name))


def test_sources_are_published_as_they_stand(release: Path) -> None:
    """People wrote the ontology and the code lists; their own layout is what is served."""
    assert (release / "graphs/ontology.ttl").read_bytes() == (ROOT / "ontology/fosen.ttl").read_bytes()
    assert (release / "graphs/codes.ttl").read_bytes() == (ROOT / "ontology/codes.ttl").read_bytes()


def test_every_triple_stands_in_one_named_graph(release: Path) -> None:
    """In the dumps of the graphs, those of the catalogue and of the report too; all.* lacks just these two."""
    graph_of: dict[str, str] = {}
    for name in GRAPHS:
        for line in (release / f"graphs/{name}.nt").read_text("utf-8").splitlines():
            assert graph_of.setdefault(line, name) == name
    everything = (release / "all.nt").read_text("utf-8").splitlines()
    assert sorted(everything) == sorted(t for t, name in graph_of.items() if name not in ("catalogue", "report"))


def test_the_guard_names_a_triple_of_two_graphs() -> None:
    """Within a piece, and between a plan and its region."""
    row, place = ("<a>", "<b>", "<c>"), Place("data/fosen")
    own = {"plan": frozenset([row]), "evidence": frozenset([row])}
    assert "<a> <b> <c>" in next(iter(_twice(own, {}, place))).what.nb
    assert len(list(_twice({"plan": frozenset([row])}, {"links": frozenset([row])}, place))) == 1
    assert not list(_twice({"plan": frozenset([row])}, {"plan": frozenset([row])}, place))


def test_the_manifest_tells_what_is_there(release: Path, data: Path) -> None:
    """Inputs and files with their hashes, triples as the N-Triples have lines."""
    manifest = json.loads((release / "manifest.json").read_bytes())
    assert manifest["release"] == release.name
    for path, sha256 in manifest["inputs"].items():
        root = data.parent if path.startswith("data/") else ROOT
        assert hashlib.sha256((root / path).read_bytes()).hexdigest() == sha256
    for name, file in manifest["files"].items():
        assert file["bytes"] == (release / name).stat().st_size
        if name.endswith(".nt"):
            assert file["triples"] == (release / name).read_bytes().count(b"\n")
    for name, triples in manifest["graphs"].items():
        assert triples == len((release / f"graphs/{name}.nt").read_bytes().splitlines())


def test_turtle_has_no_blank_nodes_and_counts_as_people_do(release: Path) -> None:
    """Row 9 before row 10, a thing before its parts, only prefixes that are used."""
    text = (release / "graphs/source.ttl").read_text("utf-8")
    assert "_:" not in text
    rows = [int(line[4:]) for line in text.splitlines() if line.startswith("rad:") and line[4:].isdigit()]
    assert {9, 10, 60} & set(rows) and rows == sorted(rows)
    for line in text.splitlines():
        if line.startswith("@prefix "):
            assert line.split()[1] in text.replace(line, "")


# Same input, same bytes


def test_the_same_data_give_the_same_bytes(data: Path, release: Path, folder: Path) -> None:
    """In another folder, from files made in another order, with nothing kept from before."""
    other = folder / "elsewhere" / "data"
    for path in sorted(data.rglob("*"), reverse=True):
        if path.is_file():
            target = other / path.relative_to(data)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    again = build(other, folder / "out2").folder
    assert again.name == release.name
    assert contents(again) == contents(release)


def test_nothing_is_made_twice(data: Path, release: Path, folder: Path) -> None:
    """The same id again: the release stays as it is."""
    before = {path: path.stat().st_mtime_ns for path in release.rglob("*")}
    steps: list[str] = []
    build(data, folder / "out", progress=lambda step, done, total: steps.append(step.en))
    assert {path: path.stat().st_mtime_ns for path in release.rglob("*")} == before
    assert not steps


def test_many_processes_make_the_same_release_as_one(five: Path, folder: Path) -> None:
    one = build(five, folder / "one", jobs=1).folder
    two = build(five, folder / "two", jobs=2).folder
    assert one.name == two.name
    assert contents(one) == contents(two)
    assert check_data(five, jobs=2).text("nb") == check_data(five, jobs=1).text("nb")


def test_only_what_changed_is_made_again(five: Path, folder: Path) -> None:
    """One plan of five: the others' dumps are the same files, and all is as a build from nothing makes it."""
    changed = Path(shutil.copytree(five, folder / "changed" / "data"))
    out = folder / "kept"
    first = build(five, out, jobs=1).folder
    change(changed, "2030-2032")
    made: list[int] = []

    def note(step: Words, done: int, total: int) -> None:
        if "Reading" in step.en:
            made.append(total)

    second = build(changed, out, jobs=1, progress=note).folder
    assert set(made) == {1}
    assert (first / "plans/fosen/2026-2028.nt.gz").samefile(second / "plans/fosen/2026-2028.nt.gz")
    assert not (first / "plans/fosen/2030-2032.nt").samefile(second / "plans/fosen/2030-2032.nt")
    assert contents(build(changed, folder / "fresh", jobs=1).folder) == contents(second)


def test_a_damaged_cache_never_lies(five: Path, folder: Path) -> None:
    """Wherever a byte is turned or a file cut, the release is as one made from nothing."""
    out = folder / "damaged"
    build(five, out, jobs=1)
    data = Path(shutil.copytree(five, folder / "damaged-data" / "data"))
    change(data)
    expected = contents(build(data, folder / "undamaged", jobs=1).folder)
    kept = sorted(path for path in (out / "cache").rglob("*") if path.is_file())
    for path, where in zip(kept, cycle((0.0, 0.001, 0.1, 0.5, 0.9, 1.0)), strict=False):
        text = bytearray(path.read_bytes())
        text[int(where * (len(text) - 1))] ^= 1
        path.write_bytes(text[:-7] if where == 0.9 else text)
    assert contents(build(data, out, jobs=1).folder) == expected


def test_a_damaged_dump_is_not_taken_over(five: Path, folder: Path) -> None:
    """A dump of the last release that someone wrote in is written anew in the next, from the checked pieces."""
    out = folder / "touched"
    first = build(five, out, jobs=1).folder
    dump = first / "plans/fosen/2026-2028.ttl"
    good = dump.read_bytes()
    dump.write_bytes(good + b"<urn:x> <urn:y> <urn:z> .\n")
    data = Path(shutil.copytree(five, folder / "touched-data" / "data"))
    change(data)
    second = build(data, out, jobs=1).folder
    assert (second / "plans/fosen/2026-2028.ttl").read_bytes() == good
    assert holds_what_it_says(second)


def test_a_damaged_release_is_mended(data: Path, folder: Path) -> None:
    """Built again with the same id, it is as it was."""
    release = build(data, folder / "mended").folder
    before = contents(release)
    (release / "all.nt").write_text("")
    (release / "graphs/plan.ttl").unlink()
    build(data, folder / "mended")
    assert contents(release) == before


# What stops it


def broken(data: Path, to: Path) -> Path:
    copy = Path(shutil.copytree(data, to / "data"))
    plan = copy / "fosen/2022-2024/plan.yaml"
    plan.write_text(plan.read_text("utf-8").replace("ansvarlig: raadet", "ansvarlig: raadett", 1), "utf-8")
    return copy


def test_a_violation_stops_the_release(data: Path, folder: Path) -> None:
    """With its place; nothing is written, and a release from before stays."""
    bad = broken(data, folder / "bad")
    with pytest.raises(DataError) as error:
        build(bad, folder / "never")
    assert "plan.yaml" in error.value.report.text("nb")
    assert not (folder / "never").exists()
    build(data, folder / "before")
    before = contents(folder / "before")
    with pytest.raises(DataError):
        build(bad, folder / "before")
    assert contents(folder / "before") == before


def test_places_are_named_as_they_are_reached(data: Path, folder: Path) -> None:
    """From wherever the command is run; a path limits what is told."""
    bad = broken(data, folder / "placed")
    report = check_data(bad)
    assert any(finding.place.file == str(bad / "fosen/2022-2024/plan.yaml") for finding in report)
    only = check_data(bad, [bad / "fosen/2022-2024/plan.yaml"])
    assert {finding.place.file for finding in only} == {str(bad / "fosen/2022-2024/plan.yaml")}
    assert not only.conforms
    assert check_data(bad, [bad / "fosen/aktoerer.yaml"]).conforms
    with pytest.raises(CannotRun):
        check_data(bad, [folder])


def test_a_file_of_a_hundred_megabytes_is_a_finding(data: Path, folder: Path) -> None:
    """Found before it is read, at once."""
    copy = Path(shutil.copytree(data, folder / "large" / "data"))
    with (copy / "fosen/2022-2024/plan.yaml").open("r+b") as file:
        file.truncate(100_000_000)
    started = time.process_time()
    findings = [finding for finding in check_data(copy) if finding.code == "file-too-large"]
    assert [finding.place.file for finding in findings] == [str(copy / "fosen/2022-2024/plan.yaml")]
    assert "100.0 MB" in findings[0].what.en
    assert time.process_time() - started < 5
    with pytest.raises(DataError):
        build(copy, folder / "never")


def test_a_pipe_among_the_files_is_a_finding(data: Path, folder: Path) -> None:
    """Nobody waits for it."""
    copy = Path(shutil.copytree(data, folder / "pipe" / "data"))
    (copy / "fosen/lenker.yaml").unlink()
    os.mkfifo(copy / "fosen/lenker.yaml")
    assert "not-a-file" in {finding.code for finding in check_data(copy)}


def test_a_file_that_changes_while_it_is_read_stops_the_work(data: Path, folder: Path) -> None:
    """The release is named after what was read first: other bytes than those are never used."""
    copy = Path(shutil.copytree(data, folder / "moving" / "data"))

    def meddle(step: Words, done: int, total: int) -> None:
        if done == 0:
            change(copy)

    file = copy / "fosen/2022-2024/plan.yaml"
    with pytest.raises(CannotRun) as error:
        build(copy, folder / "moved", progress=meddle)
    assert error.value.place == Place(str(file)) and "endret" in error.value.text("nb")
    assert not (folder / "moved").exists()
    build(copy, folder / "moved")


def test_an_actor_that_no_plan_names_is_told(data: Path, folder: Path) -> None:
    """At its place: the graph of what the plan says would else hold a thing without a word of the plan."""
    copy = Path(shutil.copytree(data, folder / "unnamed" / "data"))
    file = copy / "fosen/aktoerer.yaml"
    lines = file.read_text("utf-8").rstrip().splitlines()
    first = lines.index("aktører:") + 1
    lines.insert(first, "- {id: ingen-nevner-oss, slag: virksomhet, navn: Ingen nevner oss}")
    file.write_text("\n".join(lines).replace("aktører: 47", "aktører: 48"), "utf-8")
    register = copy / "fosen/iris.csv"
    last = register.read_text("utf-8").splitlines()[-1].split(",")
    new = [last[0].rpartition("/id/")[0] + "/id/fosen/aktoer/ingen-nevner-oss", *last[1:]]
    register.write_text(register.read_text("utf-8") + ",".join(new) + "\n", "utf-8")
    told = [finding for finding in check_data(copy) if finding.code == "not-in-any-plan"]
    assert [(f.place.file, f.place.line) for f in told] == [(str(file), first + 1)]
    assert not any(finding.code == "not-in-any-plan" for finding in check_data(data))


def test_a_report_told_piece_by_piece_is_the_same(five: Path, folder: Path) -> None:
    """The build does not hold all findings at once; the check does."""
    release = build(five, folder / "told").folder
    told = json.loads((release / "report.json").read_bytes())
    assert told == json.loads(check_data(five).json().replace(str(five), "data"))


def test_a_misnamed_file_is_told(data: Path, folder: Path) -> None:
    """Else it would be left out in silence."""
    copy = Path(shutil.copytree(data, folder / "misnamed" / "data"))
    (copy / "fosen/aktorer.yaml").write_text("")
    assert [f.place.file for f in check_data(copy) if f.code == "unknown-file"] == [str(copy / "fosen/aktorer.yaml")]


def test_a_missing_folder_or_file_is_told(data: Path, folder: Path) -> None:
    for path in (folder / "nowhere", ROOT / "docs"):
        with pytest.raises(CannotRun) as error:
            check_data(path)
        assert str(path) in error.value.text("en")
    copy = Path(shutil.copytree(data, folder / "gone" / "data"))
    (copy / "fosen/iris.csv").unlink()
    (copy / "fosen/2022-2024/kilde.txt").unlink()
    missing = [finding.place.file for finding in check_data(copy) if finding.code == "missing-file"]
    assert str(copy / "fosen/2022-2024/kilde.txt") in missing


def as_nobody(work: Callable[[], object]) -> str:
    def dropped() -> object:
        if os.getuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return work()

    return in_child(dropped)


def test_a_folder_that_may_not_be_written_is_told(data: Path, folder: Path) -> None:
    """As a user without root's powers."""
    out = folder / "locked"
    out.mkdir(mode=0o555)
    outcome = as_nobody(lambda: build(data, out))
    assert outcome.startswith("CannotRun")
    assert str(out) in outcome
    assert "--out" in outcome
    assert not list(out.iterdir())
    assert as_nobody(lambda: build(data, folder / "fresh-nobody")).startswith("CannotRun")


def test_a_release_that_may_not_be_written_stays(data: Path, folder: Path) -> None:
    """Whichever of the folders is closed."""
    out = folder / "half-closed"
    build(data, out)
    changed = Path(shutil.copytree(data, folder / "half-closed-data" / "data"))
    change(changed)
    before = contents(out)
    out.chmod(0o777)
    outcome = as_nobody(lambda: build(changed, out))
    assert outcome.startswith("CannotRun")
    assert contents(out) == before


def test_a_file_that_may_not_be_read_is_told(data: Path, folder: Path) -> None:
    copy = Path(shutil.copytree(data, folder / "secret" / "data"))
    (copy / "fosen/2022-2024/plan.yaml").chmod(0)
    outcome = as_nobody(lambda: check_data(copy))
    assert outcome.startswith("CannotRun")
    assert "plan.yaml" in outcome


def test_an_out_folder_that_is_a_file_is_told(data: Path, folder: Path) -> None:
    (folder / "a-file").write_text("x")
    for out in (folder / "a-file", folder / "a-file" / "under"):
        with pytest.raises(CannotRun):
            build(data, out)
    assert (folder / "a-file").read_text() == "x"


@pytest.mark.parametrize("limit", [0, 1, 20_000, 300_000, 1_500_000])
def test_a_limit_on_file_sizes_leaves_nothing_half(data: Path, folder: Path, limit: int) -> None:
    """RLIMIT_FSIZE stands for every way a disk says no in the middle of a file."""
    out = folder / "limited"
    build(data, out)
    changed = folder / "limited-data" / "data"
    if not changed.exists():
        shutil.copytree(data, changed)
        change(changed)
    before = contents(out)

    def limited() -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        return build(changed, out)

    outcome = in_child(limited)
    assert outcome.startswith("CannotRun")
    assert "ulimit -f" in outcome
    assert contents(out) == before


def test_a_full_disk_leaves_nothing_half(data: Path, folder: Path) -> None:
    """A file system of two megabytes, where we may make one."""
    small = folder / "small"
    small.mkdir()
    code = (
        "import sys; from pathlib import Path; from fosen_graph.release import build; "
        "from fosen_graph.findings import CannotRun\n"
        "try: build(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except CannotRun as error: print(error.text('en'), list(Path(sys.argv[2]).rglob('*')))"
    )
    mount = 'mount -t tmpfs -o size=2m tmpfs "$3" && exec "$0" -c "$1" "$2" "$3"'
    command = ["unshare", "-m", "sh", "-c", mount, sys.executable, code, str(data), str(small)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("no file system of one's own here: " + done.stderr.strip())
    assert "The disk is full" in done.stdout
    assert done.stdout.endswith("[]\n")


# Killed at any moment


def killed_at_event(data: Path, out: Path, number: int) -> bool:
    """Whether a build was killed before its nth step on the disk, which it does not live to take."""

    def doomed() -> object:
        left = number

        def hook(event: str, _: object) -> None:
            nonlocal left
            if event.startswith(("open", "os.", "shutil.")):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        return build(data, out)

    return in_child(doomed) == ""


def killed_after(data: Path, out: Path, seconds: float) -> bool:
    child = os.fork()
    if child == 0:
        build(data, out)
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_killed_build_leaves_the_old_release_or_the_new_one(data: Path, folder: Path) -> None:
    """SIGKILL at more than forty points, spread over every step on the disk and over the time that it takes."""
    out = folder / "killed"
    old = build(data, out).folder
    new_data = Path(shutil.copytree(data, folder / "killed-data" / "data"))
    change(new_data)
    steps = 0

    def count(event: str, _: object) -> None:
        nonlocal steps
        steps += counting and event.startswith(("open", "os.", "shutil."))

    counting = True
    sys.addaudithook(count)
    started = time.monotonic()
    new = build(new_data, out).folder
    took, counting = time.monotonic() - started, False
    states = set()
    for point in range(36):
        build(data, out)
        shutil.rmtree(new, ignore_errors=True)
        if point % 3:
            killed = killed_at_event(new_data, out, steps * point // 36)
        else:
            killed = killed_after(new_data, out, took * point / 36)
        current = (out / "current").resolve()
        assert current in (old, new)
        assert holds_what_it_says(current)
        assert all(holds_what_it_says(path) for path in (out / "releases").iterdir())
        states.add((killed, current.name))
    assert (True, old.name) in states
    for last_steps in range(1, 8):
        build(data, out)
        shutil.rmtree(new, ignore_errors=True)
        killed_at_event(new_data, out, steps - last_steps)
        assert holds_what_it_says((out / "current").resolve())
    build(new_data, out)
    assert sorted(path.name for path in out.iterdir()) == ["cache", "current", "releases"]
    assert (out / "current").resolve() == new
    assert holds_what_it_says(new)


def test_a_killed_build_leaves_no_workers(five: Path, folder: Path) -> None:
    """The processes that it started see that it is gone."""
    code = (
        "import sys; from pathlib import Path; from fosen_graph.release import build\n"
        "if __name__ == '__main__': build(Path(sys.argv[1]), Path(sys.argv[2]), jobs=2, "
        "progress=lambda step, done, total: print(done, flush=True))"
    )
    script = folder / "building.py"
    script.write_text(code)
    command = [sys.executable, str(script), str(five), str(folder / "orphans")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == [b"0\n", b"1\n"]
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.communicate()
    assert len(children) >= 2
    deadline = time.monotonic() + 10
    while alive := [child for child in children if is_alive(child)]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.05)


def is_alive(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# Two at once


def test_a_second_build_waits_for_the_first(data: Path, folder: Path) -> None:
    """It says so, and goes on when the folder is free; with no patience it says what to do."""
    out = folder / "shared"
    waited: list[Words] = []
    with Site(out).locked(lambda: None, 0):
        with pytest.raises(CannotRun) as error:
            build(data, out, patience=0)
        assert "Vent" in error.value.text("nb")
    child = os.fork()
    if child == 0:
        with Site(out).locked(lambda: None, 0):
            time.sleep(1)
        os._exit(0)
    time.sleep(0.3)
    build(data, out, progress=lambda step, done, total: waited.append(step))
    os.waitpid(child, 0)
    assert any("Waiting" in step.en for step in waited)


def test_two_builds_at_once_both_end_well(data: Path, folder: Path) -> None:
    out, other = folder / "both", folder / "both-data" / "data"
    shutil.copytree(data, other)
    change(other)
    children = []
    for source in (data, other, data, other):
        child = os.fork()
        if child == 0:
            build(source, out)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert len(list((out / "releases").iterdir())) == 2
    assert all(holds_what_it_says(path) for path in (out / "releases").iterdir())


def test_every_extension_has_a_format(release: Path) -> None:
    """A dump's name tells its format."""
    for path in (release / "graphs").iterdir():
        assert format_of_file(path.name.removesuffix(".gz")) in RDF_FORMATS


def test_a_catalogue_that_breaks_its_own_rules_is_not_published(tmp_path: Path) -> None:
    """The described release is checked against shapes/catalogue.ttl before its file is written."""
    inputs = read_inputs(ROOT / "data")
    workshop = Workshop(inputs.site, inputs.ground)
    release = build(ROOT / "data", tmp_path)
    described = read((release.folder / "graphs" / "catalogue.ttl").read_bytes(), TURTLE, "catalogue.ttl")
    triples = [quad[:3] for quad in described]
    prove_described(triples, workshop)
    with pytest.raises(DataError) as error:
        prove_described([triple for triple in triples if triple[1] != DCAT.contactPoint], workshop)
    assert "[kontakt]" in error.value.report.text("nb")
