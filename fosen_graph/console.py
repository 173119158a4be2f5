"""Files and streams that a command names in, bytes out; answers to a file or the screen; progress on a terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from fosen_graph.findings import CannotRun, Lang, Place, Words
from fosen_graph.release.landing import replace_file


def read_file(path: Path) -> bytes:
    """A file's bytes; - is standard input. Raises CannotRun."""
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotRun(
            Words(nb=f"Filen kan ikke leses ({reason}).", en=f"The file cannot be read ({reason})."),
            Words(nb="Se etter stavemåten og rettighetene.", en="Check its spelling and permissions."),
            Place(str(path)),
        ) from error


def read_text(path: Path) -> str:
    """A file's text in UTF-8. Raises CannotRun with the place of the first byte that is something else."""
    data = read_file(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CannotRun(
            Words(nb="Filen er ikke UTF-8.", en="The file is not UTF-8."),
            Words(nb="Lagre den som UTF-8.", en="Save it as UTF-8."),
            Place(str(path), line, error.start - data.rfind(b"\n", 0, error.start)),
        ) from error


def put(data: bytes, out: Path | None) -> None:
    """To a file, whole or not at all; else to standard output, with a line end on a terminal."""
    if out and not out.parent.is_dir():
        raise CannotRun(
            Words(nb=f"Mappen {out.parent} finnes ikke.", en=f"There is no folder {out.parent}."),
            Words(nb="Lag den, eller velg en annen.", en="Make it, or choose another."),
            Place(str(out)),
        )
    if out:
        replace_file(out, data)
        return
    sys.stdout.buffer.write(data)
    if sys.stdout.isatty() and not data.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.flush()


def say_line(text: str) -> None:
    """A line for the person at the other end, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def ask_line(prompt: str) -> str | None:
    """The line that the person answers with; None where there are no more."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not (sys.stdin.isatty() and line):  # a terminal shows the line that was typed and its end
        sys.stdout.write(line if line.endswith("\n") else f"{line}\n")
    return line.rstrip("\r\n") if line else None


class Progress:
    """Tells on a terminal what takes longer than a second."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.shown = False
        self.after = time.monotonic() + 1

    def __enter__(self) -> Progress:
        return self

    def __call__(self, step: Words, done: int, total: int) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or now < self.after:
            return
        self.shown, self.after = True, now + 0.1
        sys.stderr.write(f"\r\x1b[K{step.in_language(self.lang)} {done}/{total}")
        sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")
