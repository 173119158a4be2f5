"""Read a document and what helps to read it from the disk, and put the draft there: all of its files, or none."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fosen_graph.drafting import Draft, Level, TableMapping, draft
from fosen_graph.findings import CannotRun, Place, Words

LARGEST_SOURCE = 20_000_000  # bytes
LARGEST_HELP = 1_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """A draft, and where its files are; no files if none were asked for."""

    draft: Draft
    files: Sequence[Path]


def draft_command(source: Path, out: Path | None, mapping: Path | None = None, actors: Path | None = None) -> Written:
    """
    Draft the plan in `source`.

    out: the file for the plan; the actors, arrangements and the source's description go beside it (plan.yaml:
    plan.aktoerer.yaml and so on), or under their own names if out is a folder. Nothing is overwritten.
    mapping: how to read the table, in the form of kilde.yaml. actors: a file of names, or an aktoerer.yaml.
    Raises CannotRun: what stopped it, and the remedy.
    """
    how = read_mapping(_read(mapping, LARGEST_HELP), str(mapping)) if mapping else None
    known = read_names(_read(actors, LARGEST_HELP), str(actors)) if actors else ()
    made = draft(_read(source, LARGEST_SOURCE), str(source), how, known)
    return Written(made, _write(made.documents, out) if out else ())


def printed(made: Draft) -> str:
    """All documents as one YAML stream, for a screen or a pipe."""
    return "".join(f"---\n# {name}\n{text}" for name, text in made.documents.items())


def read_mapping(text: str, file: str) -> TableMapping:
    """A mapping from the form of kilde.yaml; keys that say nothing about the table are passed over."""
    data = _yaml(text, file)
    columns = data.get("kolonner")
    if not isinstance(columns, list) or not all(isinstance(c, dict) and c.get("tittel") for c in columns):
        raise _no_mapping(file, "«kolonner» må være en liste med «tittel»", "«kolonner» must be a list with «tittel»")
    levels = {level.value: level for level in Level}
    for column in columns:
        content = column.get("innhold")
        if content is not None and content not in levels:
            known = ", ".join(levels)
            raise _no_mapping(file, f"«{content}» er ikke et innhold ({known})", f"«{content}» is no content ({known})")
    heading = str(data.get("strategioverskrift", ""))
    if heading and "{navn}" not in heading:
        raise _no_mapping(
            file, "«strategioverskrift» mangler {navn}", "«strategioverskrift» lacks the place of the name, {navn}"
        )
    header = data.get("hoderad", "0")
    line = str(header[0] if isinstance(header, list) and header else header)
    if not (line.isascii() and line.isdecimal()):
        raise _no_mapping(file, f"«hoderad» er ikke et linjenummer: {line}", f"«hoderad» is no line number: {line}")
    return TableMapping(
        columns={str(c["tittel"]): levels[c["innhold"]] if c.get("innhold") else None for c in columns},
        heading=heading,
        header_line=int(line),
        separator=str(data.get("skilletegn") or "\t"),
        language=str(data.get("språk", "")),
    )


def _no_mapping(file: str, nb: str, en: str) -> CannotRun:
    return CannotRun(
        Words(nb=f"Filen sier ikke hvordan tabellen skal leses: {nb}.", en=f"The file is no mapping: {en}."),
        Words(nb="Skriv den som eksempelet i docs/drafting.md.", en="Write it like the example in docs/drafting.md."),
        Place(file),
    )


def read_names(text: str, file: str) -> list[str]:
    """Names of actors: an aktoerer.yaml, or one name a line."""
    if "aktører:" not in text:
        lines = (line.strip() for line in text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]
    data = _yaml(text, file)
    actors = data.get("aktører")
    return list(_names(actors if isinstance(actors, list) else []))


def _names(actors: Sequence[object]) -> Iterator[str]:
    for actor in actors:
        if isinstance(actor, dict):
            written = actor.get("skrevet", [])
            yield from (str(form) for form in (written if isinstance(written, list) else [written]))
            yield str(actor.get("navn", ""))


def _yaml(text: str, file: str) -> dict[str, Any]:
    """Plain scalars stay text; an alias would let a small file grow, so none is followed."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise _no_mapping(file, "aliaser (*) er ikke tillatt", "aliases (*) are not allowed")
        data = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise CannotRun(
            Words(nb="Filen er ikke gyldig YAML.", en="The file is not valid YAML."),
            Words(nb="Se på innrykk og anførselstegn.", en="Look at indentation and quotation marks."),
            place,
        ) from error
    return data if isinstance(data, dict) else {}


def _read(path: Path, limit: int) -> str:
    """The text of a file, line ends and BOM as they are."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise _cannot(path, f"Filen kan ikke leses: {error.strerror}.", f"The file cannot be read: {error.strerror}.",
                      "Se etter at stien er riktig og at du har lov til å lese den.",
                      "See that the path is right and that you may read it.") from error  # fmt: skip
    if len(content) > limit:
        raise _cannot(path, f"Filen er større enn {limit} byte.", f"The file is larger than {limit} bytes.",
                      "Gi én plan som ren tekst.", "Give one plan as plain text.")  # fmt: skip
    if b"\0" in content:
        raise _cannot(path, "Filen er ikke ren tekst i UTF-8.", "The file is not plain text in UTF-8.",
                      "Lagre dokumentet som tekst i UTF-8; ikke PDF, Word eller UTF-16.",
                      "Save the document as text in UTF-8; not PDF, Word or UTF-16.")  # fmt: skip
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _cannot(path, f"Linje {line} har byte som ikke er UTF-8.", f"Line {line} has bytes that are not UTF-8.",
                      "Lagre filen på nytt som UTF-8; trolig er den Latin-1 eller Windows-1252.",
                      "Save the file anew as UTF-8; it may be Latin-1 or Windows-1252.", line) from error  # fmt: skip


def _cannot(path: Path, nb: str, en: str, remedy_nb: str, remedy_en: str, line: int = 0) -> CannotRun:
    return CannotRun(Words(nb=nb, en=en), Words(nb=remedy_nb, en=remedy_en), Place(str(path), line))


def _targets(names: Iterator[str] | Sequence[str], out: Path) -> dict[str, Path]:
    """Where each document goes; the plan last, so that where it is the others are."""
    if out.is_dir():
        targets = {name: out / name for name in names}
    else:
        targets = {name: out if name == "plan.yaml" else out.with_name(f"{out.stem}.{name}") for name in names}
    return dict(sorted(targets.items(), key=lambda item: item[0] == "plan.yaml"))


def _write(documents: Mapping[str, str], out: Path) -> list[Path]:
    """Each file whole under another name first, then all renamed; an error takes away what was made."""
    targets, made, waiting = _targets(list(documents), out), list[Path](), dict[Path, Path]()
    for target in targets.values():
        if os.path.lexists(target):
            raise _cannot(target, "Filen finnes fra før.", "The file exists already.",
                          "Velg et annet navn med --out, eller flytt den.",
                          "Choose another name with --out, or move it away.")  # fmt: skip
    try:
        for name, target in targets.items():
            waiting[target] = _write_aside(target, documents[name])
        for target, aside in waiting.items():
            aside.rename(target)
            made.append(target)
    except OSError as error:
        for target in made:
            with contextlib.suppress(OSError):
                target.unlink()
        raise _cannot(out, f"Utkastet kan ikke skrives: {error.strerror}.",
                      f"The draft cannot be written: {error.strerror}.",
                      "Velg en mappe som finnes, som du kan skrive i og som har plass.",
                      "Choose a folder that exists, that you may write in and that has room.") from error  # fmt: skip
    finally:
        for aside in waiting.values():
            aside.unlink(missing_ok=True)
    return list(targets.values())


def _write_aside(target: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o644)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    return aside
