"""Files in, a finished folder in its place out: built aside, made durable, moved in one step; one builder at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fosen_graph.findings import CannotRun, Place, Words

BUILDING = ".building"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Written:
    """What is known of a file that was written."""

    size: int
    sha256: str


class Site:
    """The folder of the releases: releases/{id}, `current` pointing at one of them, cache, and what is being built."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.releases = out / "releases"
        self.current = out / "current"
        self.cache = out / "cache"
        self.building = out / BUILDING

    @contextlib.contextmanager
    def locked(self, waiting: Callable[[], None], patience: float) -> Iterator[None]:
        """
        Alone in the folder; what a killed build left behind is removed, and a folder that stays empty is too.

        waiting: called once where another build holds the folder. Raises CannotRun after `patience` seconds.
        """
        made = not self.out.exists()
        with disk_errors(self.out):
            lock = _lock(self.out / _LOCK, waiting, patience)
        try:
            with disk_errors(self.out):
                self.sweep()
            yield
        finally:
            with contextlib.suppress(OSError):
                self.sweep()
            with contextlib.suppress(OSError):
                (self.out / _LOCK).unlink()
            os.close(lock)
            if made:
                with contextlib.suppress(OSError):
                    self.out.rmdir()

    def sweep(self) -> None:
        if self.building.exists():
            shutil.rmtree(self.building)
        (self.out / ".current").unlink(missing_ok=True)

    def switch(self, release: str) -> None:
        """Let `current` point at a release: the link is replaced in one step."""
        new = self.out / ".current"
        new.symlink_to(Path("releases") / release)
        new.replace(self.current)
        _sync(self.out)


def _lock(path: Path, waiting: Callable[[], None], patience: float) -> int:
    deadline, told = time.monotonic() + patience, False
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:  # the last holder removed the folder that it had made
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_same_file(descriptor, path):
                return descriptor
            os.close(descriptor)
            continue
        except BlockingIOError:
            os.close(descriptor)
        if not told:
            waiting()
            told = True
        if time.monotonic() > deadline:
            raise CannotRun(
                Words(nb="Et annet bygg holder på i samme mappe.", en="Another build is at work in the same folder."),
                Words(nb="Vent til det er ferdig, og prøv igjen.", en="Wait until it has finished, and try again."),
                Place(str(path.parent)),
            )
        time.sleep(0.05)


def _is_same_file(descriptor: int, path: Path) -> bool:
    """False where the last holder removed the lock file that we opened."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


class NewFile:
    """A file being written and measured; raises OSError."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._total = hashlib.sha256()
        self.size = 0

    def add(self, data: bytes) -> None:
        self._file.write(data)
        self._total.update(data)
        self.size += len(data)

    def close(self) -> None:
        self._file.close()

    @property
    def written(self) -> Written:
        return Written(self.size, self._total.hexdigest())


def write(path: Path, data: bytes) -> Written:
    """A whole new file; raises OSError."""
    return write_parts(path, [data])


def write_parts(path: Path, parts: Iterable[bytes]) -> Written:
    file = NewFile(path)
    with contextlib.closing(file):
        for part in parts:
            file.add(part)
    return file.written


def measure(path: Path) -> Written:
    """A file that is there already; raises OSError."""
    with path.open("rb") as file:
        total = hashlib.file_digest(file, "sha256").hexdigest()
        return Written(os.fstat(file.fileno()).st_size, total)


def land(building: Path, final: Path) -> None:
    """Make every file durable, then move the folder into its place; raises OSError."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_sync, [building, *building.rglob("*")]))
    final.parent.mkdir(exist_ok=True)
    if final.exists():  # damaged, else it would have been kept: mended file by file
        _mend(building, final)
    else:
        building.rename(final)
    _sync(final.parent)


def _mend(building: Path, final: Path) -> None:
    for path in sorted(building.rglob("*")):
        target = final / path.relative_to(building)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            path.replace(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """An OSError of the disk, told as what to do about it."""
    try:
        yield
    except OSError as error:
        raise cannot_write(error, place) from error


def cannot_write(error: OSError, place: Path) -> CannotRun:
    what, remedy = _ADVICE.get(error.errno or 0, _OTHER)
    detail = f" ({error.strerror})" if error.strerror else ""
    return CannotRun(
        Words(nb=f"{what.nb}{detail}.", en=f"{what.en}{detail}."), remedy, Place(str(error.filename or place))
    )


_FULL = (
    Words(nb="Disken er full", en="The disk is full"),
    Words(
        nb="Frigjør plass, eller velg et annet sted med --out.",
        en="Free some space, or choose another place with --out.",
    ),
)
_FORBIDDEN = (
    Words(nb="Mappen kan ikke skrives i", en="The folder cannot be written"),
    Words(
        nb="Gi brukeren lov til å skrive der, eller velg et annet sted med --out.",
        en="Let the user write there, or choose another place with --out.",
    ),
)
_ADVICE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: (
        Words(nb="Filen ble større enn systemet tillater", en="The file became larger than the system allows"),
        Words(
            nb="Øk grensen for filstørrelse (ulimit -f), eller bygg som en annen bruker.",
            en="Raise the limit of file sizes (ulimit -f), or build as another user.",
        ),
    ),
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.ENOTDIR: (
        Words(nb="Stien går gjennom en fil", en="The path leads through a file"),
        Words(nb="Velg en annen mappe med --out.", en="Choose another folder with --out."),
    ),
}
_OTHER = (
    Words(nb="Kunne ikke skrive utgivelsen", en="Could not write the release"),
    Words(nb="Se etter disken, og prøv igjen.", en="Look at the disk, and try again."),
)


def replace_file(path: Path, data: bytes) -> None:
    """One file, whole or not at all: written beside its place and moved there. Raises CannotRun."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with disk_errors(path):
        if path.exists() and not path.is_file():  # a device or a pipe takes the bytes as they are
            path.write_bytes(data)
            return
        try:
            write(beside, data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
