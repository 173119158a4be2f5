"""Triples as N-Triples text in, the same triples in six RDF syntaxes out: same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from os.path import commonprefix
from xml.sax.saxutils import escape, quoteattr

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

Row = tuple[str, str, str]  # subject, predicate, object
Group = tuple[str, list[tuple[str, list[str]]]]  # a subject with its predicates, each with its objects

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDF_TYPE = f"<{RDF}type>"
PREF_LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
XSD = "http://www.w3.org/2001/XMLSchema#"
XSD_STRING = f"{XSD}string"


class CannotWriteError(ValueError):
    """A term that a syntax has no way to write; the text says which, for a sentence."""


# Terms as canonical N-Triples (RDF 1.1 N-Triples, section 4)

_NOT_IN_IRI = bytes(range(0x21)) + b'<>"{}|^`\\'
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def to_rows(triples: Iterable[tuple[Node, Node, Node]]) -> list[Row]:
    """
    rdflib's terms as N-Triples text; raises CannotWriteError for an IRI that is none.

    Each object is written once, by its id: hashing rdflib's terms costs more than writing them.
    """
    kept = list(triples)  # while they live, an id is one term's
    texts: dict[int, str] = {}
    known = texts.get
    iris: list[str] = []

    def write(term: Node) -> str:
        if type(term) is URIRef:
            iris.append(term)
            text = "".join(("<", term, ">"))
        else:
            text = _term_text(term)
        texts[id(term)] = text
        return text

    rows = [(known(id(s)) or write(s), known(id(p)) or write(p), known(id(o)) or write(o)) for s, p, o in kept]
    _check_iris(iris)
    return rows


def _check_iris(iris: Sequence[str]) -> None:
    together = "".join(iris).encode()
    if len(together.translate(None, _NOT_IN_IRI)) < len(together):
        raise CannotWriteError(
            next(f"<{i}>" for i in iris if len(i.encode().translate(None, _NOT_IN_IRI)) < len(i.encode()))
        )


def to_text(term: Node) -> str:
    """One term as N-Triples text."""
    text = _term_text(term)
    if text[0] == "<":
        _check_iris([text[1:-1]])
    return text


def _term_text(term: Node) -> str:
    if not isinstance(term, Literal):
        return _name_text(term)
    escaped = _ESCAPED.sub(_escape, term) if _ESCAPED.search(term) else term
    if language := term.language:
        return "".join(('"', escaped, '"@', language))
    datatype = term.datatype
    if datatype is None or str.__eq__(datatype, XSD_STRING):
        return "".join(('"', escaped, '"'))
    return "".join(('"', escaped, '"^^<', datatype, ">"))


def _name_text(term: Node) -> str:
    if isinstance(term, URIRef):
        return "".join(("<", term, ">"))
    if isinstance(term, BNode):
        return f"_:{term}"
    raise CannotWriteError(repr(term))


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


# Order: as people count (rad/9 before rad/10), rdf:type and the label first

_DIGITS = re.compile(r"([0-9]{1,18})")


@lru_cache(maxsize=16_384)
def natural(text: str) -> tuple[str | int, ...]:
    """A sort key by which numbers within a text count as numbers."""
    parts = _DIGITS.split(text)
    return tuple(int(part) if number % 2 else part for number, part in enumerate(parts))


def _natural_order(texts: Collection[str]) -> list[str]:
    """
    Segment by segment, so that a thing stands before its parts and these before the next thing.

    Segments are few and come again and again: each is ranked once, "07" before "7".
    """
    if len(texts) < 2:
        return [*texts]
    start = commonprefix([min(texts), max(texts)]).rfind("/") + 1  # noqa: RUF071  of letters
    split = {text: text[start:].rstrip(">").split("/") for text in texts}
    ordered = sorted(sorted(set(chain.from_iterable(split.values()))), key=natural)
    rank = {segment: number for number, segment in enumerate(ordered)}.__getitem__
    return sorted(texts, key=lambda text: [*map(rank, split[text])])


def _predicate_order(predicate: str) -> tuple[bool, bool, str]:
    return predicate != RDF_TYPE, predicate != PREF_LABEL, predicate


def arrange(rows: Iterable[Row]) -> list[Group]:
    """Triples by subject, predicate and object, each once, in an order that depends on nothing else."""
    subjects: dict[str, dict[str, list[str]]] = {}
    predicates: set[str] = set()
    several: list[tuple[dict[str, list[str]], str]] = []  # lists of more than one object
    last = None
    of_subject: dict[str, list[str]] = {}
    for subject, predicate, object_ in rows:
        if subject is not last:  # they mostly come one after the other
            of_subject = subjects.setdefault(subject, {})
            last = subject
        objects = of_subject.get(predicate)
        if objects is None:
            of_subject[predicate] = [object_]
            predicates.add(predicate)
        else:
            if len(objects) == 1:
                several.append((of_subject, predicate))
            objects.append(object_)
    rank = {predicate: index for index, predicate in enumerate(sorted(predicates, key=_predicate_order))}.__getitem__
    orders: dict[Collection[str], list[str]] = {}  # the same predicates and the same classes again and again
    groups = []
    for subject in _natural_order(subjects):
        of_subject = subjects[subject]
        named = tuple(of_subject)
        order = orders.get(named) or orders.setdefault(named, sorted(named, key=rank))
        groups.append((subject, [(predicate, of_subject[predicate]) for predicate in order]))
    for of_subject, predicate in several:
        objects = of_subject[predicate]
        given = tuple(objects)
        objects[:] = orders.get(given) or orders.setdefault(given, _natural_order(frozenset(given)))
    return groups


def count(groups: Sequence[Group]) -> int:
    return sum(len(objects) for _, predicates in groups for _, objects in predicates)


# Names

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*)")
_LITERAL = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?')
_BARE = {  # forms that Turtle reads as the same literal without quotes
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}boolean": re.compile(r"true|false"),
}


@dataclass(slots=True)
class Names:
    """Prefixed names where they read well, and which prefixes were used."""

    prefixes: Mapping[str, str]
    used: set[str] = field(default_factory=set)
    _of_namespace: dict[str, str] = field(init=False)
    written: dict[str, str] = field(default_factory=dict)  # what `turtle` made of each term

    def __post_init__(self) -> None:
        self._of_namespace = {namespace: prefix for prefix, namespace in sorted(self.prefixes.items(), reverse=True)}

    def turtle(self, term: str) -> str:
        """N-Triples text to Turtle text."""
        text = self.written[term] = self._turtle_literal(term) if term[0] == '"' else self._name(term)
        return text

    def _turtle_literal(self, term: str) -> str:
        if term[-1] != ">":
            return term
        text, _, datatype = term.rpartition("^^")
        bare = _BARE.get(datatype[1:-1])
        return text[1:-1] if bare and bare.fullmatch(text[1:-1]) else f"{text}^^{self._name(datatype)}"

    def _name(self, term: str) -> str:
        split = self.split(term)
        if split is None or not _LOCAL.fullmatch(split[1]):
            return term
        self.used.add(split[0])
        return f"{split[0]}:{split[1]}"

    def split(self, term: str) -> tuple[str, str] | None:
        """Prefix and local name of an IRI whose namespace has a prefix."""
        if term[0] != "<":
            return None
        cut = max(term.rfind("#"), term.rfind("/")) + 1
        prefix = self._of_namespace.get(term[1:cut])
        return None if prefix is None else (prefix, term[cut:-1])

    def prefix_of(self, namespace: str) -> str | None:
        """For XML, whose prefixes must be names."""
        prefix = self._of_namespace.get(namespace)
        if not prefix or not _XML_LOCAL.fullmatch(prefix) or prefix.lower().startswith("xml"):
            return None
        self.used.add(prefix)
        return prefix


# Bodies: what stands between the head and the foot of a document. Bodies of one graph may follow one another.


def _ntriples(groups: Sequence[Group], names: Names, graph: str | None) -> str:
    return "".join(f"{s} {p} {o} .\n" for s, predicates in groups for p, objects in predicates for o in objects)


def _nquads(groups: Sequence[Group], names: Names, graph: str | None) -> str:
    end = f"{graph} ." if graph else "."
    return "".join(f"{s} {p} {o} {end}\n" for s, predicates in groups for p, objects in predicates for o in objects)


def _turtle(groups: Sequence[Group], names: Names, graph: str | None) -> str:
    """`a` first, a predicate a line, the last dot alone on its line, so that versions differ line by line."""
    known, write = names.written.get, names.turtle
    lines: list[str] = []
    for subject, predicates in groups:
        lines.append(f"\n{known(subject) or write(subject)}\n")
        for p, objects in predicates:
            verb = "a" if p == RDF_TYPE else known(p) or write(p)
            if len(objects) == 1:
                lines.append(f"    {verb} {known(objects[0]) or write(objects[0])} ;\n")
            else:
                lines.append(f"    {verb} {', '.join([known(o) or write(o) for o in objects])} ;\n")
        lines.append(".\n")
    return "".join(lines)


def _jsonld(groups: Sequence[Group], names: Names, graph: str | None) -> str:
    """Expanded form, a node a line; the escapes of N-Triples strings are those of JSON."""
    values: dict[str, str] = {}
    nodes = []
    for subject, predicates in groups:
        members = [f'"@id":{_json_id(subject)}']
        for p, objects in predicates:
            if p == RDF_TYPE and not any(o[0] == '"' for o in objects):
                members.append(f'"@type":[{",".join([_json_id(o) for o in objects])}]')
                continue
            written = [values.get(o) or values.setdefault(o, _json_value(o)) for o in objects]
            members.append(f'"{p[1:-1]}":[{",".join(written)}]')
        nodes.append("{" + ",".join(members) + "}")
    return ",\n".join(nodes)


def _json_id(term: str) -> str:
    return f'"{term[1:-1]}"' if term[0] == "<" else f'"{term}"'


def _json_value(term: str) -> str:
    if term[0] != '"':
        return f'{{"@id":{_json_id(term)}}}'
    text, language, datatype = _literal(term)
    if language:
        return f'{{"@value":"{text}","@language":"{language}"}}'
    return f'{{"@value":"{text}","@type":"{datatype}"}}' if datatype else f'{{"@value":"{text}"}}'


def _literal(term: str) -> tuple[str, str | None, str | None]:
    """Text as escaped, language, datatype."""
    match = _LITERAL.fullmatch(term)
    if not match:
        raise CannotWriteError(term)
    return match["text"], match["language"], match["datatype"]


_XML_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*$")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_UNESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\nrtbf\']))')
_CHARACTERS = {written: character for character, written in _ESCAPES.items()}


def _rdfxml(groups: Sequence[Group], names: Names, graph: str | None) -> str:
    nodes = []
    elements_of: dict[str, tuple[str, str]] = {}
    for subject, predicates in groups:
        head = f"rdf:nodeID={quoteattr(subject[2:])}" if subject[0] == "_" else f"rdf:about={quoteattr(subject[1:-1])}"
        elements = [
            _xml_property(elements_of.get(p) or elements_of.setdefault(p, _xml_name(p, names)), o)
            for p, objects in predicates
            for o in objects
        ]
        nodes.append(f"  <rdf:Description {head}>\n{''.join(elements)}  </rdf:Description>\n")
    return "".join(nodes)


def _xml_property(element: tuple[str, str], term: str) -> str:
    name, declaration = element
    if term[0] == "<":
        return f"    <{name}{declaration} rdf:resource={quoteattr(term[1:-1])}/>\n"
    if term[0] == "_":
        return f"    <{name}{declaration} rdf:nodeID={quoteattr(term[2:])}/>\n"
    escaped, language, datatype = _literal(term)
    text = _UNESCAPE.sub(_unescape, escaped) if "\\" in escaped else escaped
    if _NOT_XML.search(text):
        raise CannotWriteError(f"{term} (control character)")
    attribute = f' xml:lang="{language}"' if language else f" rdf:datatype={quoteattr(datatype)}" if datatype else ""
    content = escape(text, {"\r": "&#13;"})
    return f"    <{name}{declaration}{attribute}>{content}</{name}>\n"


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _CHARACTERS.get(match[0], match[3])


def _xml_name(predicate: str, names: Names) -> tuple[str, str]:
    """The element's name, and the declaration of its namespace where no prefix stands for it."""
    iri = predicate[1:-1]
    local = _XML_LOCAL.search(iri)
    if not local or not local.start():
        raise CannotWriteError(f"the predicate <{iri}>")
    namespace = iri[: local.start()]
    if namespace == RDF:
        return f"rdf:{local[0]}", ""
    prefix = names.prefix_of(namespace)
    return (f"{prefix}:{local[0]}", "") if prefix else (local[0], f" xmlns={quoteattr(namespace)}")


# Documents: head, bodies, foot


def turtle_head(used: Mapping[str, str]) -> str:
    return "".join(f"@prefix {prefix}: <{used[prefix]}> .\n" for prefix in sorted(used))


def _rdfxml_head(used: Mapping[str, str]) -> str:
    declared = "".join(f"\n    xmlns:{prefix}={quoteattr(used[prefix])}" for prefix in sorted(used) if prefix != "rdf")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="{RDF}"{declared}>\n'


def _trig_open(graph: str | None, names: Names) -> str:
    return f"\n{names.turtle(graph)} {{\n" if graph else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """How a document is put together: head, then per graph open, bodies with `between`, close; foot."""

    body: Callable[[Sequence[Group], Names, str | None], str]
    head: Callable[[Mapping[str, str]], str] = lambda used: ""
    open: Callable[[str | None, Names], str] = lambda graph, names: ""
    close: Callable[[str | None], str] = lambda graph: ""
    between: str = ""
    foot: str = ""


SYNTAXES: Mapping[str, Syntax] = {
    "nt": Syntax(body=_ntriples),
    "nq": Syntax(body=_nquads),
    "ttl": Syntax(body=_turtle, head=turtle_head),
    "trig": Syntax(body=_turtle, head=turtle_head, open=_trig_open, close=lambda graph: "\n}\n" if graph else ""),
    "jsonld": Syntax(body=_jsonld, head=lambda used: "[\n", between=",\n", foot="\n]\n"),
    "rdf": Syntax(body=_rdfxml, head=_rdfxml_head, foot="</rdf:RDF>\n"),
}


def document(graphs: Iterable[tuple[str | None, Sequence[Group]]], extension: str, prefixes: Mapping[str, str]) -> str:
    """A whole document; raises CannotWriteError."""
    syntax, names = SYNTAXES[extension], Names(prefixes)
    parts, bodies = [], 0
    for graph, groups in graphs:
        if not groups:
            continue
        parts += [syntax.open(graph, names), syntax.between if bodies else ""]
        parts += [syntax.body(groups, names, graph), syntax.close(graph)]
        bodies += 1
    return syntax.head({prefix: prefixes[prefix] for prefix in names.used}) + "".join(parts) + syntax.foot
