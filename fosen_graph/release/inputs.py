"""A project's folders in; every file that the release is made of, with its hash, out."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

import fosen_graph
from fosen_graph.findings import CannotRun, Finding, Place, Words, violation, warning
from fosen_graph.reading.graph import PLAN_FILES, REGION_FILES

MAX_BYTES = 5_000_000  # of one file; the whole plan has 20,000
REGISTER = "iris.csv"
_LOOKS_LIKE_DATA = frozenset({".yaml", ".yml", ".csv", ".txt", ".tsv"})
_FOLDER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file as it was when the release was named after it: a thousand plans' texts are not held, but read again."""

    path: str
    sha256: str

    def read(self) -> bytes:
        """Raises CannotRun where it is not what it was."""
        try:
            data = Path(self.path).read_bytes()
        except OSError as error:
            raise _unreadable(Path(self.path), error) from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise _changed(self.path)
        return data


Files = Mapping[str, InputFile]  # by path within the project, with /
Ground = Mapping[str, bytes]  # the same, for the few that everything needs


def contents(files: Files) -> dict[str, bytes]:
    """What the files hold, by their names. Raises CannotRun where one has changed."""
    return {path.rpartition("/")[2]: file.read() for path, file in files.items()}


def digests(files: Files) -> dict[str, str]:
    return {path: file.sha256 for path, file in files.items()}


@dataclass(frozen=True, slots=True)
class RegionInputs:
    """One region's own files, and those of each of its plans, by the plan's folder."""

    name: str
    files: Files
    plans: Mapping[str, Files]

    @property
    def register_path(self) -> str:
        return f"data/{self.name}/{REGISTER}"

    @property
    def register(self) -> InputFile | None:
        """iris.csv, the memory of what was published: no plan depends on it."""
        return self.files.get(self.register_path)

    @property
    def shared(self) -> Files:
        """What its plans depend on."""
        return {path: file for path, file in self.files.items() if path != self.register_path}


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    What a release is made of.

    site: data/site.toml. ground: ontology and shapes, shared by all regions.
    findings: files that cannot be read as they are (too large, not a file).
    """

    site: bytes
    ground: Ground
    regions: tuple[RegionInputs, ...]
    findings: tuple[Finding, ...]

    def unread(self) -> frozenset[str]:
        """Paths of files that were left out."""
        return frozenset(finding.place.file for finding in self.findings if finding.code in _LEFT_OUT)

    def digests(self) -> dict[str, str]:
        """Path to sha256, in the order of the paths."""
        found = {path: hashlib.sha256(data).hexdigest() for path, data in {SITE: self.site, **self.ground}.items()}
        for region in self.regions:
            for files in (region.files, *region.plans.values()):
                found |= digests(files)
        return dict(sorted(found.items()))


SITE = "data/site.toml"
_LEFT_OUT = frozenset({"file-too-large", "not-a-file"})


def digest(*parts: object) -> str:
    """One sha256 for several texts, bytes or mappings of them; their borders count."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Mapping):
            part = digest(*(item for pair in sorted(part.items()) for item in pair))
        data = part if isinstance(part, bytes) else str(part).encode()
        total.update(f"{len(data)}:".encode() + data)
    return total.hexdigest()


def software() -> str:
    """The program's version and a hash of its own text: other code may make other data."""
    folder = Path(fosen_graph.__file__).parent
    files = {
        str(path.relative_to(folder).as_posix()): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".py", ".rq", ".sparql")
    }
    return f"{fosen_graph.__version__} {digest(files)}"


def read_inputs(data: Path, max_bytes: int = MAX_BYTES) -> Inputs:
    """
    Read the data folder and the ground that ships with the program.

    Raises CannotRun where a folder or file is missing or may not be read.
    """
    reader = _Reader(max_bytes)
    if not data.is_dir():
        raise _missing(data, "mappen med data", "the folder of the data")
    site = data / "site.toml"
    if not site.exists():
        raise _missing(site, "innstillingene", "the settings")
    regions = tuple(reader.region(folder) for folder in _folders(data))
    return Inputs(reader.read(site, SITE), read_ground(reader), regions, tuple(reader.findings))


def read_ground(reader: _Reader | None = None) -> Ground:
    """The ontology, its contexts and the shapes, from the checkout or from the installed package."""
    reader = reader or _Reader(MAX_BYTES)
    package = Path(fosen_graph.__file__).parent
    found: dict[str, bytes] = {}
    for name in ("ontology", "shapes"):
        folder = next((f for f in (package / name, package.parent / name) if f.is_dir()), None)
        if folder is None:
            raise _missing(package / name, f"mappen {name}", f"the folder {name}")
        for path in sorted(folder.iterdir()):
            if path.suffix in (".ttl", ".jsonld"):
                found[f"{name}/{path.name}"] = reader.read(path, f"{name}/{path.name}")
    return found


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _FOLDER.fullmatch(path.name) and path.is_dir())
    except OSError as error:
        raise _unreadable(folder, error) from error


class _Reader:
    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.findings: list[Finding] = []

    def region(self, folder: Path) -> RegionInputs:
        name = f"data/{folder.name}"
        plans = {plan.name: self._files(plan, f"{name}/{plan.name}", PLAN_FILES) for plan in _folders(folder)}
        return RegionInputs(folder.name, self._files(folder, name, (*REGION_FILES, REGISTER)), plans)

    def _files(self, folder: Path, name: str, known: Container[str]) -> Files:
        try:
            paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except OSError as error:
            raise _unreadable(folder, error) from error
        found = {}
        for path in paths:
            if path.name in known:
                data = self.read(path, f"{name}/{path.name}")
                found[f"{name}/{path.name}"] = InputFile(str(path), hashlib.sha256(data).hexdigest())
            elif path.suffix in _LOOKS_LIKE_DATA and not path.is_dir():
                self.findings.append(_unknown_file(f"{name}/{path.name}"))
        return found

    def read(self, path: Path, name: str) -> bytes:
        """Empty, with a finding, where the file is too large to be one that people edit."""
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    self.findings.append(_not_a_file(name))
                    return b""
                data = file.read(self.max_bytes + 1)
        except OSError as error:
            raise _unreadable(path, error) from error
        if len(data) > self.max_bytes:
            self.findings.append(_too_large(name, max(status.st_size, len(data)), self.max_bytes))
            return b""
        return data


def _too_large(name: str, size: int, limit: int) -> Finding:
    megabytes = f"{limit / 1e6:g}"
    return violation(
        Place(name),
        "file-too-large",
        Words(nb=f"Filen er på {size / 1e6:.1f} MB; grensen er {megabytes} MB.",
              en=f"The file has {size / 1e6:.1f} MB; the limit is {megabytes} MB."),
        Words(nb="Se etter om riktig fil er lagt her, og del den opp om den er riktig.",
              en="See whether the right file was put here, and split it if it is."),
    )  # fmt: skip


def _unknown_file(name: str) -> Finding:
    return warning(
        Place(name),
        "unknown-file",
        Words(nb="Ingen leser en fil med dette navnet her.", en="Nothing reads a file of this name here."),
        Words(
            nb="Rett navnet om filen skal være med, eller flytt den ut av mappen.",
            en="Mend the name if the file belongs here, or move it out of the folder.",
        ),
    )


def _not_a_file(name: str) -> Finding:
    return violation(
        Place(name),
        "not-a-file",
        Words(nb="Dette er ikke en vanlig fil.", en="This is not an ordinary file."),
        Words(nb="Legg selve filen her.", en="Put the file itself here."),
    )


def _changed(path: str) -> CannotRun:
    return CannotRun(
        Words(nb="Filen ble endret mens den ble lest.", en="The file changed while it was read."),
        Words(nb="Lagre den ferdig, og kjør en gang til.", en="Finish saving it, and run once more."),
        Place(path),
    )


def _missing(path: Path, nb: str, en: str) -> CannotRun:
    return CannotRun(
        Words(nb=f"Fant ikke {nb}.", en=f"Did not find {en}."),
        Words(
            nb="Kjør kommandoen i prosjektets mappe, eller oppgi hvor mappen er.",
            en="Run the command in the project's folder, or say where the folder is.",
        ),
        Place(str(path)),
    )


def _unreadable(path: Path, error: OSError) -> CannotRun:
    return CannotRun(
        Words(nb=f"Kan ikke lese ({error.strerror}).", en=f"Cannot read ({error.strerror})."),
        Words(
            nb="Se etter at filen finnes, og at du har lov til å lese den.",
            en="See that the file exists and that you may read it.",
        ),
        Place(str(path)),
    )
