"""Questions that users ask: the files of queries/cq come in, records for the query page and a named graph go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Literal, cast

from rdflib import DCTERMS, RDF, RDFS, SH, XSD, URIRef
from rdflib import Literal as Text
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import DataError, Finding, Place, Words, violation
from fosen_graph.iris import CODES, DEFAULT_BASE, FG, GRAPHS, Iris, rebase
from fosen_graph.parameters import Parameter, bound, declared

Triple = tuple[IdentifiedNode, URIRef, Node]
Kind = Literal["select", "ask", "construct"]

# Codes of those who ask (ontology/codes.ttl), in the order in which their questions are told
PERSONAS = ("politiker", "forsker", "registerfoerer", "dataportal")

_KEYS = ("persona", "nb", "en", "note nb", "note en", "graphs", "terms")
_TITLE = re.compile(r"# ([A-Z])([0-9]+)\. (.+)")
_KIND = re.compile(r"^(SELECT|ASK|CONSTRUCT)\b", re.MULTILINE)
_FORMS = {
    "select": (SH.SPARQLSelectExecutable, SH.select),
    "ask": (SH.SPARQLAskExecutable, SH.ask),
    "construct": (SH.SPARQLConstructExecutable, SH.construct),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    One question with its query.

    id: the persona's letter and a number, "P3". title: what the query does, in English.
    persona: the code of those who ask it.
    graphs: the named graphs that the answer comes from. terms: prefixed names in the query. Both: of its file only.
    text: the title as a comment, the prefixes and the query; it runs anywhere.
    parameters: what it can be asked about instead of what its text asks about.
    """

    id: str
    title: str
    persona: str
    question: Words
    note: Words
    kind: Kind
    text: str
    parameters: tuple[Parameter, ...] = ()
    graphs: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    def asked(self, values: Mapping[str, str]) -> str:
        """The text of the query with these values, by the names of parameters. Raises UnfitError."""
        return bound(self.text, {one.name: one.term(values[one.name]) for one in self.parameters if one.name in values})

    @property
    def slug(self) -> str:
        return self.id.lower()

    @property
    def nb(self) -> str:
        return self.question.nb

    @property
    def en(self) -> str:
        return self.question.en


def packaged_questions(base: str = DEFAULT_BASE) -> tuple[Question, ...]:
    """All questions that ship with the package, for data under `base`."""
    folder = resources.files("fosen_graph") / "queries" / "cq"
    files = (file for file in folder.iterdir() if file.name.endswith(".rq"))
    return parse_questions({file.name: file.read_text(encoding="utf-8") for file in files}, base)


def parse_questions(texts: Mapping[str, str], base: str = DEFAULT_BASE) -> tuple[Question, ...]:
    """Questions from file names and their texts, by persona and number. Raises DataError as parse_question does."""
    questions = [parse_question(rebase(text, base), file) for file, text in sorted(texts.items())]
    return tuple(sorted(questions, key=_persona_and_number))


def parse_question(text: str, file: str) -> Question:
    """
    One question from its file; file: its name, for messages only.

    The header is a block of comments: `# P3. What the query does.`, then `# key: value` for each of persona, nb, en,
    note nb, note en, graphs and terms; `# parameter ...` as parameters.py reads it, for what can be asked otherwise.
    An empty line, the prefixes and the query follow.
    Raises DataError with what the header lacks.
    """
    header, _, query = text.partition("\n\n")
    first, *rest = header.split("\n")
    title, form = _TITLE.fullmatch(first), _KIND.search(query)
    values = dict(line.removeprefix("# ").partition(": ")[::2] for line in rest)
    parameters = list(declared(values, query))
    missing = [_fault(file, 1, told) for told in parameters if isinstance(told, str)]
    if findings := [*_faults(file, bool(title), bool(form), values), *missing]:
        raise DataError(findings)
    assert title and form  # _faults has told otherwise
    return Question(
        id=title[1] + title[2],
        title=title[3],
        persona=values["persona"],
        question=Words(nb=values["nb"], en=values["en"]),
        note=Words(nb=values["note nb"], en=values["note en"]),
        graphs=tuple(values["graphs"].split()),
        terms=tuple(values["terms"].split()),
        kind=cast(Kind, form[1].lower()),
        text=f"{first}\n\n{query}",
        parameters=tuple(told for told in parameters if isinstance(told, Parameter)),
    )


def _faults(file: str, title: bool, form: bool, values: Mapping[str, str]) -> Iterator[Finding]:
    if not title:
        yield _fault(file, 1, "«# P3. What the query does.»")
    if not form:
        yield _fault(file, 0, "SELECT, ASK, CONSTRUCT")
    for key in _KEYS:
        if not values.get(key):
            yield _fault(file, 1, f"«# {key}: …»")
    if values.get("persona", PERSONAS[0]) not in PERSONAS:
        yield _fault(file, 1, "persona: " + ", ".join(PERSONAS))
    if set(values.get("graphs", "").split()) - set(GRAPHS):
        yield _fault(file, 1, "graphs: " + ", ".join(GRAPHS))


def _fault(file: str, line: int, missing: str) -> Finding:
    return violation(
        Place(file, line),
        "question-header",
        Words(nb=f"Spørsmålet mangler {missing}.", en=f"The question lacks {missing}."),
        Words(nb="Skriv det slik de andre filene i queries/cq gjør.", en="Write it as the other files of queries/cq."),
    )


def _persona_and_number(question: Question) -> tuple[int, int]:
    return PERSONAS.index(question.persona), int(question.id[1:])


def questions_graph(questions: Iterable[Question], iris: Iris) -> frozenset[Triple]:
    """The named graph `questions`: each question as an executable of SHACL (its vocabulary's section on SPARQL)."""
    return frozenset(
        triple for order, question in enumerate(questions, 1) for triple in _describe(question, order, iris)
    )


def _describe(question: Question, order: int, iris: Iris) -> Iterator[Triple]:
    subject = iris.question(question.slug)
    form, text = _FORMS[question.kind]
    yield subject, RDF.type, form
    yield subject, RDF.type, SH.SPARQLExecutable
    yield subject, DCTERMS.identifier, Text(question.id)
    yield subject, text, Text(question.text)
    yield subject, DCTERMS.audience, URIRef(f"{CODES}persona/{question.persona}")
    yield subject, SH.order, Text(order)
    for words, word in ((question.question, RDFS.label), (question.note, RDFS.comment)):
        yield subject, word, Text(words.nb, lang="nb")
        yield subject, word, Text(words.en, lang="en")
    for term in question.terms:
        prefix, _, name = term.partition(":")
        if prefix == "fg":
            yield subject, DCTERMS.references, FG[name]
    for parameter in question.parameters:
        yield from _parameter(subject, parameter, iris)


def _parameter(question: URIRef, parameter: Parameter, iris: Iris) -> Iterator[Triple]:
    """As SHACL declares parameters: the variable is the last part of the path's IRI (SHACL, section 5.2.1)."""
    subject = URIRef(f"{question}/parameter/{parameter.name}")
    value = parameter.term(parameter.default)
    yield question, SH.parameter, subject
    yield subject, RDF.type, SH.Parameter
    yield subject, SH.path, iris.question(f"parameter/{parameter.name}")
    yield subject, SH.defaultValue, value
    for lang in ("nb", "en"):
        yield subject, SH.name, Text(parameter.words.in_language(lang), lang=lang)
    if isinstance(value, URIRef):
        yield subject, SH.nodeKind, SH.IRI
    else:
        yield subject, SH.datatype, RDF.langString if value.language else value.datatype or XSD.string
