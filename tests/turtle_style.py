"""
Turtle written by hand in, what is not in our style out; `--fix` mends what a program can mend.

The style (ontology/, shapes/): prefixes sorted and used; one block a term in story order; `a` first; four spaces; the
last dot alone on its line; no text in Bokmål without its English. A declaration of type only may stand on one line.
Usage: python tests/turtle_style.py [--fix] FILE...
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph, Literal

_STRING = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"', re.DOTALL)
_IRI = re.compile(r"<[^<>\s]*>")
_COMMENT = re.compile(r"(?<![\w/])#[^\n]*")
_PREFIX = re.compile(r"@prefix ([\w-]*): <[^>]*> \.")
_ONE_LINE = re.compile(r"\S+ a \S+ \.")


def faults(text: str) -> list[str]:
    """Every breach as `line: what`; [] where the text is in style."""
    skeleton = _skeleton(text)
    return [*_lines(text, skeleton), *_prefixes(text), *_blocks(skeleton), *_languages(text)]


def mended(text: str) -> str:
    """The text with tabs, line ends, blank lines and the order of its prefixes mended; its triples stay the same."""
    lines = [line.rstrip().replace("\t", "    ") for line in text.splitlines()]
    places = [number for number, line in enumerate(lines) if _PREFIX.fullmatch(line)]
    for number, line in zip(places, sorted(lines[place] for place in places), strict=True):
        lines[number] = line
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _skeleton(text: str) -> str:
    """The text with what stands in strings, IRIs and comments blanked out, line breaks and `@prefix` lines kept."""
    blank = _STRING.sub(lambda match: '"' + re.sub(r"\S", "_", match[0][1:-1]) + '"', text)
    prefixed = [line if _PREFIX.fullmatch(line) else _IRI.sub("<_>", line) for line in blank.split("\n")]
    return "\n".join(line if _PREFIX.fullmatch(line) else _COMMENT.sub("", line) for line in prefixed)


def _lines(text: str, skeleton: str) -> Iterator[str]:
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield "end: the file does not end in one line break"
    if "\n\n\n" in text:
        yield "file: two blank lines follow each other"
    for number, (line, bare) in enumerate(zip(text.split("\n"), skeleton.split("\n"), strict=True), 1):
        if line != line.rstrip() or "\t" in line:
            yield f"{number}: tab or blank at the end of the line"
        if (len(bare) - len(bare.lstrip())) % 4:
            yield f"{number}: not indented by a multiple of four spaces"


def _prefixes(text: str) -> Iterator[str]:
    """A prefix may also be there for the readers of the queries in the file."""
    names = _PREFIX.findall(text)
    if names != sorted(set(names)):
        yield "prefixes: not sorted, or declared twice"
    body = "\n".join(line for line in text.split("\n") if not line.startswith(("#", "@prefix")))
    for name in names:
        if not re.search(rf"(?<![\w-]){re.escape(name)}:", body):
            yield f"prefixes: {name}: is never used"


def _blocks(skeleton: str) -> Iterator[str]:
    """A block runs from a line at the margin to the line that ends it."""
    subject: tuple[int, list[str]] | None = None
    for number, line in enumerate(skeleton.split("\n"), 1):
        if subject is None:
            if not line.strip() or line.startswith("@"):
                continue
            if line.startswith(" "):
                yield f"{number}: indented, but no term has begun"
            elif not _ONE_LINE.fullmatch(line):
                subject = (number, [])
        elif line == ".":
            yield from _block(*subject)
            subject = None
        elif not line.strip() or not line.startswith("    "):
            yield f"{number}: the term of line {subject[0]} is not ended by a dot alone on its line"
            subject = None
        else:
            subject[1].append(line)
    if subject is not None:
        yield f"{subject[0]}: the term is not ended by a dot alone on its line"


def _block(number: int, lines: list[str]) -> Iterator[str]:
    predicates = [
        line.split()[0] for line in lines if re.match(r" {4}\S", line) and line.strip() not in ("] ;", ") ;", "] ,")
    ]
    if "a" in predicates[1:]:
        yield f"{number}: `a` is not first"
    if lines and not lines[-1].endswith(" ;"):
        yield f"{number}: the last statement does not end in ` ;`"


def _languages(text: str) -> Iterator[str]:
    try:
        graph = Graph().parse(data=text, format="turtle")
    except SyntaxError as error:
        yield f"file: it is not Turtle: {str(error).splitlines()[0]}"
        return
    for subject, predicate in sorted(set(graph.subject_predicates())):
        tags = {value.language for value in graph.objects(subject, predicate) if isinstance(value, Literal)}
        if len(tags & {"nb", "en"}) == 1:
            yield f"{subject.n3()} {predicate.n3()}: in one of the two languages only"


def main(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments if argument != "--fix"]
    found = False
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if "--fix" in arguments and mended(text) != text:
            text = mended(text)
            path.write_text(text, encoding="utf-8", newline="\n")
        for fault in faults(text):
            found = True
            print(f"{path}:{fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
