"""The named graph of stored questions in, its records and those who ask them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdflib import DCTERMS, RDFS, SH, SKOS, XSD

from fosen_graph.asking import Store
from fosen_graph.findings import Words
from fosen_graph.iris import CODES
from fosen_graph.parameters import Parameter
from fosen_graph.questions import Kind, Question
from fosen_graph.web.rows import Term, rows

_PERSONA = f"{CODES}persona/"
_FORMS: Mapping[Kind, str] = {"select": str(SH.select), "ask": str(SH.ask), "construct": str(SH.construct)}
Said = Mapping[str, Sequence[Term]]  # of one thing: property to values


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """personas: the code and the name of those who ask, in the order of their questions."""

    by_slug: Mapping[str, Question]
    personas: Mapping[str, Words]

    def of(self, persona: str) -> tuple[Question, ...]:
        return tuple(question for question in self.by_slug.values() if question.persona == persona)


def read_questions(store: Store) -> Questions:
    """As they stand in the graph; a question that nobody asks is none."""
    said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(store, "questions"):
        said[row["subject"].value][row["key"].value].append(row["value"])
    asked = [one for one in said.values() if str(DCTERMS.audience) in one and str(SH.order) in one]
    questions = [_question(one, said) for one in sorted(asked, key=lambda one: int(_text(one, SH.order)))]
    return Questions(
        by_slug={question.slug: question for question in questions},
        personas={
            question.persona: _titled(_words(said[_PERSONA + question.persona], SKOS.prefLabel))
            for question in questions
        },
    )


def _question(one: Said, said: Mapping[str, Said]) -> Question:
    kind, text = next((kind, _text(one, form)) for kind, form in _FORMS.items() if form in one)
    id_ = _text(one, DCTERMS.identifier)
    return Question(
        id=id_,
        title=text.partition("\n")[0].removeprefix(f"# {id_}. "),
        persona=_text(one, DCTERMS.audience).removeprefix(_PERSONA),
        question=_words(one, RDFS.label),
        note=_words(one, RDFS.comment),
        kind=kind,
        text=text,
        parameters=tuple(
            _parameter(said[parameter.value])
            for parameter in sorted(one.get(str(SH.parameter), ()), key=lambda term: _place(said[term.value], text))
        ),
    )


def _place(parameter: Said, text: str) -> int:
    """In the query: there a reader meets them one after the other."""
    return text.find(f"VALUES ?{_name(parameter)} ")


def _parameter(one: Said) -> Parameter:
    """Of which kind it is follows from its default."""
    default = one[str(SH.defaultValue)][0]
    name, words = _name(one), _words(one, SH.name)
    if default.is_iri:
        space, slash, slug = default.value.rpartition("/")
        return Parameter(name=name, kind="iri", words=words, default=slug, space=space + slash)
    if default.language:
        return Parameter(name=name, kind="name", words=words, default=default.value, language=default.language)
    is_number = default.datatype == str(XSD.integer)
    return Parameter(name=name, kind="integer" if is_number else "text", words=words, default=default.value)


def _name(parameter: Said) -> str:
    return _text(parameter, SH.path).rpartition("/")[2]


def _text(one: Said, key: object) -> str:
    return one[str(key)][0].value


def _words(one: Said, key: object) -> Words:
    told = {term.language: term.value for term in one[str(key)]}
    return Words(nb=told["nb"], en=told["en"])


def _titled(words: Words) -> Words:
    return Words(nb=words.nb[0].upper() + words.nb[1:], en=words.en[0].upper() + words.en[1:])
