"""A folder and new bytes for some of its files in; all of them in place, or none, out."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from fosen_graph.findings import CannotRun, Place, Words

MOVES: Final = ".moves.json"  # what is written in full and waits for being moved into place


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else of this program writes in the folder meanwhile; what a killed one had begun to move is moved."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        finish(folder)
        yield
    finally:
        os.close(descriptor)


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """
    Replace files of a folder. First all are written beside their places, then all are moved.

    Killed before that, none has changed; killed while they are moved, the next call of `finish` moves the rest.
    Raises CannotRun where one may not be written or the disk is full; then none has changed.
    """
    places = {name: folder / name for name in files}
    beside = {name: _beside(folder, name) for name in files}
    try:
        for name, data in files.items():
            _may_be_written(places[name])
            _write(beside[name], data, places[name])
        told = {name: (_digest(places[name]), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
        _write(_beside(folder, MOVES), json.dumps(told).encode())
        _beside(folder, MOVES).replace(folder / MOVES)
    except OSError as error:
        for path in (*beside.values(), _beside(folder, MOVES)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise _cannot_write(error, folder) from error
    try:
        finish(folder)
    except KeyboardInterrupt:
        finish(folder)
        raise


def finish(folder: Path) -> None:
    """Move what was written in full, but over no file that somebody has changed since."""
    moves = folder / MOVES
    if not moves.exists():
        return
    for name, (before, after) in json.loads(moves.read_bytes()).items():
        beside = _beside(folder, name)
        if _digest(beside) == after and _digest(folder / name) == before:
            beside.replace((folder / name).resolve())
        beside.unlink(missing_ok=True)
    _sync(folder)
    moves.unlink()


def _beside(folder: Path, name: str) -> Path:
    """In the folder of the file itself, where that is a link to it."""
    return (folder / name).resolve().with_name(f".{name}.new")


def _write(path: Path, data: bytes, like: Path | None = None) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if like and like.exists():
        shutil.copymode(like, path)


def _may_be_written(path: Path) -> None:
    """A file that someone has closed to writing stays as it is, though its folder would allow to replace it."""
    if path.exists() and not (path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def _digest(path: Path) -> str:
    """Empty for a file that is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(error: OSError, folder: Path) -> CannotRun:
    reason = error.strerror or str(error)
    return CannotRun(
        Words(
            nb=f"Det kan ikke skrives her ({reason}); ingen fil er endret.",
            en=f"It cannot be written here ({reason}); no file has changed.",
        ),
        Words(
            nb="Se etter om filen er skrivebeskyttet eller disken full, og prøv igjen.",
            en="See whether the file is write-protected or the disk is full, and try again.",
        ),
        Place(str(error.filename or folder)),
    )
