"""Values that clients write become RDF terms and nothing else; what does not fit is named with its remedy."""

from __future__ import annotations

from importlib import resources

import pyoxigraph
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, Literal, URIRef

from fosen_graph.asking import Limits
from fosen_graph.asking.sparql_text import examine
from fosen_graph.findings import DataError
from fosen_graph.iris import Iris
from fosen_graph.parameters import LONGEST, Parameter, UnfitError, written
from fosen_graph.questions import packaged_questions, parse_question, questions_graph

QUESTIONS = {question.id: question for question in packaged_questions()}
WORDS, AREA, ACTOR, LEAST = (
    next(p for p in QUESTIONS[name].parameters) for name in ("P9", "P4", "P3", "P11")
)  # a text, a name, an IRI, a number
RAADET = "https://w3id.org/fosen-graph/id/fosen/aktoer/raadet"


def read_back(parameter: Parameter, value: str) -> pyoxigraph.Literal | pyoxigraph.NamedNode:
    """What the engine finds in the place of the value."""
    query = f"SELECT ?x {{ VALUES ?x {{ {written(parameter.term(value))} }} }}"
    (row,) = pyoxigraph.Store().query(query)
    return row["x"]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("a1-.:/?#[]@%<>\\ \ue000\U0001ffff\xa0æ"), max_size=12))
def test_an_iri_is_one_for_the_engine_or_is_refused(value: str) -> None:
    try:
        term = ACTOR.term(f"https://{value}")
    except UnfitError:
        return
    assert read_back(ACTOR, str(term)).value == str(term)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=LONGEST))
@example('x" } } ; DROP ALL #')
@example("\\u0022 } ")
@example("\\")
@example("{ ?x }")
def test_a_text_cannot_leave_its_quotes(value: str) -> None:
    assert read_back(WORDS, value) == pyoxigraph.Literal(value)
    assert read_back(AREA, value) == pyoxigraph.Literal(value, language="nb")
    text = QUESTIONS["P9"].asked({"words": value})
    before, after = QUESTIONS["P9"].text.split('"ungdom"')
    assert text.startswith(before) and text.endswith(after)
    assert examine(text, Limits(), {}, "https://example.org/").kind == "SELECT"


def test_a_thing_is_named_by_its_slug_or_its_iri() -> None:
    assert ACTOR.term("raadet") == ACTOR.term(RAADET) == URIRef(RAADET)
    assert read_back(ACTOR, "nve").value.endswith("/aktoer/nve")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (ACTOR, ""), (ACTOR, "Rådet"), (ACTOR, "../x"), (ACTOR, "http://a/> ?x <http://b"), (ACTOR, "https://a/ b"),
        (ACTOR, "javascript:alert(1)"), (ACTOR, "x" * 201), (ACTOR, "http://[x"), (ACTOR, "http://a:b/"), (ACTOR, "http://a/%zz"),
        (ACTOR, "http://a/\ue000"),
        (ACTOR, "http://a/#b#c"), (LEAST, "two"), (LEAST, "-1"), (LEAST, "1.5"),
        (LEAST, "1000000"), (LEAST, "٣"), (LEAST, "02"), (WORDS, ""), (WORDS, "a\nb"), (WORDS, "\x00"),
        (AREA, "x" * 201),
    ],
)  # fmt: skip
def test_an_unfit_value_is_named_with_its_remedy(parameter: Parameter, value: str) -> None:
    with pytest.raises(UnfitError) as refusal:
        parameter.term(value)
    for told in (refusal.value.what.nb, refusal.value.what.en):
        assert parameter.name in told
    assert parameter.default in refusal.value.remedy.en and parameter.default in refusal.value.remedy.nb


def test_without_values_a_question_is_asked_as_it_stands() -> None:
    for question in QUESTIONS.values():
        assert question.asked({}) == question.text


def whole(name: str) -> str:
    return (resources.files("fosen_graph") / "queries" / "cq" / f"{name}.rq").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("parameter actor: iri; ", "parameter actor: thing; "),
        ("VALUES ?actor { aktoer:raadet }", 'VALUES ?actor { "Rådet" }'),
        ("VALUES ?actor { aktoer:raadet }", ""),
        ("; the actor", ""),
    ],
)
def test_a_parameter_that_is_declared_wrongly_is_refused(old: str, new: str) -> None:
    with pytest.raises(DataError) as refusal:
        parse_question(whole("P3").replace(old, new), "P3.rq")
    assert all("actor" in finding.what.en for finding in refusal.value.report)


def test_the_graph_tells_the_parameters() -> None:
    """As SHACL does, with a name in both languages and the default."""
    iris = Iris()
    triples = questions_graph(QUESTIONS.values(), iris)
    parameter = URIRef(f"{iris.question('p3')}/parameter/actor")
    assert (iris.question("p3"), SH.parameter, parameter) in triples
    assert (parameter, SH.defaultValue, URIRef(RAADET)) in triples
    assert (parameter, SH.name, Literal("the actor", lang="en")) in triples
    assert len([s for s, p, o in triples if (p, o) == (RDF.type, SH.Parameter)]) == 15
