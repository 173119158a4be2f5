"""Every shape passes on the good graph, is broken by its own damages, and tells people what to do."""

from __future__ import annotations

import itertools
import re

import pyshacl
import pytest
import shape_examples
from rdflib import RDF, Graph
from shape_examples import ROOT, Example, all_shapes, damaged, examples, good, line, shapes

from fosen_graph.checking import check, load_shapes
from fosen_graph.checking.shacl import SH
from fosen_graph.checking.triples import Index
from fosen_graph.iris import DEFAULT_BASE, rebase

CONSTRAINTS = {
    (str(shape.node), str(constraint.component)) for shape in all_shapes() for constraint in shape.constraints
}


def local(iri: object) -> str:
    return str(iri).rpartition("#")[2]


def test_the_good_graph_breaks_no_shape() -> None:
    assert check(good(), shapes()) == []


def test_every_shape_with_a_target_has_something_to_look_at_in_the_good_graph() -> None:
    index = Index(good())
    assert [local(shape.node) for shape in shapes().compiled if not shape.focus_nodes(index)] == []


@pytest.mark.parametrize("example", examples(), ids=str)
def test_a_damage_is_told_by_its_shape(example: Example) -> None:
    """Focus node, path, value, component and severity are those stored beside the damage."""
    assert example.remove <= good()
    assert not example.add & good()
    results = check(damaged(example), shapes())
    assert [line(result) for result in results if local(result.shape) == example.shape] == list(example.expect)


def test_no_constraint_is_dead() -> None:
    """Every component of every shape is seen to fail in an example: a shape without one may never run."""
    seen = {(example.shape, expected.split()[-2]) for example in examples() for expected in example.expect}
    assert {
        (local(shape), local(component).removesuffix("ConstraintComponent")) for shape, component in CONSTRAINTS
    } == seen


def test_every_shape_of_the_files_is_read() -> None:
    graph = Graph()
    for text in shape_examples.shape_texts().values():
        graph.parse(data=text, format="turtle")
    written = {local(node) for kind in (SH.NodeShape, SH.PropertyShape) for node in graph.subjects(RDF.type, kind)}
    assert written == {local(shape.node) for shape in all_shapes()}


@pytest.mark.parametrize("shape", [s for s in all_shapes() if s.constraints], ids=lambda shape: local(shape.node))
def test_a_message_says_what_is_wrong_and_what_to_do(shape: object) -> None:
    messages = {message.language: str(message) for message in shape.messages}  # type: ignore[attr-defined]
    assert set(messages) == {"nb", "en"}
    for message in messages.values():
        assert re.fullmatch(r"[A-ZÆØÅ][^.]*\. [A-ZÆØÅ].*\.", message)
        assert message.partition(". ")[2]


def test_nothing_of_one_region_stands_in_the_shapes() -> None:
    """The only «fosen» is the project's own name in its addresses."""
    for text in shape_examples.shape_texts().values():
        assert "fosen" not in text.replace(DEFAULT_BASE, "").lower()


def test_the_shapes_follow_the_base_of_the_data() -> None:
    """Patterns of IRIs are written with the default base; rebased, they accept the good graph under another base."""
    other = "http://127.0.0.1:8000/"
    moved = Graph().parse(data=rebase((shape_examples.EXAMPLES / "good.ttl").read_text(encoding="utf-8"), other))
    texts = {name: rebase(text, other) for name, text in shape_examples.shape_texts().items()}
    assert check(moved, load_shapes(texts)) == []
    assert {local(result.shape) for result in check(moved, shapes())} > {"MeasureIri", "MentionIri"}


def test_the_shapes_are_good_shacl() -> None:
    """By the shapes of shapes (SHACL, appendix C). Raises where they are not."""
    graph = Graph()
    for text in shape_examples.shape_texts().values():
        graph.parse(data=text, format="turtle")
    assert pyshacl.validate(Graph(), shacl_graph=graph, meta_shacl=True)[0]


def test_the_shapes_keep_our_style() -> None:
    style = load_shapes({"shapes/ontology.ttl": (ROOT / "shapes/ontology.ttl").read_text(encoding="utf-8")})
    graph = Graph()
    for text in shape_examples.shape_texts().values():
        graph.parse(data=text, format="turtle")
    assert [(local(result.shape), local(result.focus)) for result in check(graph, style)] == []


def test_each_shape_is_described_in_one_file() -> None:
    named = [re.findall(r"^shape:(\S+)$", text, re.M) for text in shape_examples.shape_texts().values()]
    names = list(itertools.chain.from_iterable(named))
    assert sorted(set(names)) == sorted(names)
