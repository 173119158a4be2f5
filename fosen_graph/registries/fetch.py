"""The register's bulk files over HTTP in; the same files whole in a folder, fetched only where they are new, out."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.registries.wire import Response, Wire, day_of

FILES: Final = {
    ("enheter", "json"): "/enheter/lastned",
    ("underenheter", "json"): "/underenheter/lastned",
    ("enheter", "csv"): "/enheter/lastned/csv",
    ("underenheter", "csv"): "/underenheter/lastned/csv",
}
KINDS: Final = ("enheter", "underenheter")
_SPARE: Final = 50_000_000  # bytes that stay free

Progress = Callable[[Words, int, int], None]


@dataclass(frozen=True, slots=True)
class Version:
    """What the register said of a file. etag: as sent; modified: Last-Modified; day: ISO, of its content."""

    etag: str = ""
    modified: str = ""
    day: str = ""
    length: int = -1

    @property
    def condition(self) -> str:
        """For If-Range, which takes a strong validator only (RFC 9110, 13.1.5); "" where there is none."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


@dataclass(frozen=True, slots=True)
class Fetched:
    file: Path
    version: Version
    is_new: bool


def fetch(wire: Wire, folder: Path, form: str, progress: Progress, room: int = 0) -> list[Fetched]:
    """
    Both files, units first. room: bytes that the copy made of them needs beside them.

    A download that breaks goes on where it stopped, now or at the next call. Raises CannotRun.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_fetch(wire, folder, kind, form, progress, room) for kind in KINDS]
    except OSError as error:
        raise CannotRun(
            Words(nb=f"Filene kan ikke lagres ({error.strerror}).", en=f"The files cannot be kept ({error.strerror})."),
            Words(nb="Se etter plass og rettigheter der.", en="See to room and permissions there."),
            Place(str(folder)),
        ) from error


def _fetch(wire: Wire, folder: Path, kind: str, form: str, progress: Progress, room: int) -> Fetched:
    whole = folder / f"{kind}.{form}.gz"
    part = folder / f".{whole.name}.part"
    old = _version(whole)
    address = f"{wire.base}{FILES[kind, form]}"
    words = Words(nb=f"Henter {kind}, MB", en=f"Fetching {kind}, MB")

    def take(response: Response) -> Version | None:
        if response.status == 304:
            return None
        started = _begun(response, part, _version(part))
        if started is None:
            part.unlink(missing_ok=True)
            raise ConnectionError("the part does not fit")  # asked for again, from its beginning
        done, version = started
        check_room(folder, max(0, version.length - done) + room)
        _write_version(part, version)
        with part.open("r+b" if done else "wb", buffering=0) as file:
            file.seek(done)
            for piece in response.parts():
                _write_piece(file.write, piece, folder)
                done += len(piece)
                progress(words, done // 1_000_000, max(0, version.length) // 1_000_000)
            os.fsync(file.fileno())
        if version.length >= 0 and part.stat().st_size != version.length:
            part.unlink()
            raise ConnectionError(f"{done} bytes of {version.length}")
        return version

    version = wire.asked(address, lambda: _conditions(part, old), take)
    if version is None:
        return Fetched(whole, old, is_new=False)
    part.replace(whole)
    _write_version(whole, version)
    _about(part).unlink(missing_ok=True)
    return Fetched(whole, version, is_new=True)


def _write_piece(write: Callable[[bytes], int], piece: bytes, folder: Path) -> None:
    """A full disk is no broken connection: it is not tried again."""
    try:
        write(piece)
    except OSError as error:
        raise _no_room(folder, len(piece)) from error


def _conditions(part: Path, old: Version) -> Mapping[str, str]:
    """To go on where it broke, if the file is still that one; else only a file that is new."""
    begun = _version(part)
    size = part.stat().st_size if part.exists() else 0
    if size and begun.condition:
        return {"Range": f"bytes={size}-", "If-Range": begun.condition}
    if old.etag:
        return {"If-None-Match": old.etag}
    return {"If-Modified-Since": old.modified} if old.modified else {}


def _begun(response: Response, part: Path, begun: Version) -> tuple[int, Version] | None:
    """How much is here already, and of which version; None where what comes does not join what is here."""
    if response.status == 200:
        headers = response.headers
        told = Version(
            headers.get("ETag", ""), headers.get("Last-Modified", ""), day_of(headers), _or_unknown(response.length)
        )
        return 0, told
    size = part.stat().st_size if part.exists() else 0
    came = response.headers.get("Content-Range", "")
    if response.status == 206 and came.startswith(f"bytes {size}-"):
        return size, begun
    if response.status in (206, 416):
        return None
    raise CannotRun(
        Words(nb=f"Filen kan ikke hentes (HTTP {response.status}).",
              en=f"The file cannot be fetched (HTTP {response.status})."),
        Words(nb="Prøv igjen senere, eller last den ned i en nettleser og bruk «registry load».",
              en="Try again later, or download it with a browser and use “registry load”."),
        Place(FILES["enheter", "json"]),
    )  # fmt: skip


def _or_unknown(length: int | None) -> int:
    return -1 if length is None else length


def check_room(folder: Path, needed: int) -> None:
    """Raises CannotRun where so many bytes, and some to spare, do not fit. The folder need not be there yet."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if shutil.disk_usage(there).free < needed + _SPARE:
        raise _no_room(folder, needed)


def _no_room(folder: Path, needed: int) -> CannotRun:
    megabytes = needed // 1_000_000 + 1
    return CannotRun(
        Words(nb=f"Disken har ikke plass til {megabytes} MB til.", en=f"The disk has no room for {megabytes} MB more."),
        Words(
            nb="Frigjør plass, eller velg et annet sted med --register; det som er hentet, er tatt vare på.",
            en="Free some space, or choose another place with --register; what has been fetched is kept.",
        ),
        Place(str(folder)),
    )


def _about(file: Path) -> Path:
    return file.with_name(f"{file.name}.about.json")


def _version(file: Path) -> Version:
    """What is known of a file that is here; nothing where the note beside it cannot be read."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        if file.exists():
            return Version(**json.loads(_about(file).read_text("utf-8")))
    return Version()


def _write_version(file: Path, version: Version) -> None:
    _about(file).write_text(json.dumps(asdict(version)) + "\n", "utf-8")
