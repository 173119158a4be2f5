"""The ontology's and the shapes' pages: all terms, in both languages, with what the data and the shapes say of them."""

from __future__ import annotations

import functools
import re
from html import unescape

import pytest
import served
from rdflib import OWL, RDF, RDFS, SKOS, Graph
from werkzeug.datastructures import Headers

from fosen_graph.iris import FG
from fosen_graph.web.pages.diagram import Arrow, diagram


@functools.cache
def page(path: str) -> str:
    with served.client().get(path, headers=Headers({"Accept": "text/html"})) as response:
        assert response.status_code == 200
        return response.text


@functools.cache
def ontology() -> Graph:
    return Graph().parse(served.ROOT / "ontology" / "fosen.ttl")


def terms() -> list[str]:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    found = {str(term) for kind in kinds for term in ontology().subjects(RDF.type, kind)}
    return sorted(term.removeprefix(str(FG)) for term in found if term.startswith(str(FG)))


def section(lang: str, anchor: str) -> str:
    found = re.search(rf'<section class="term" id="{anchor}".*?</section>', page(f"{lang}/ns"), re.DOTALL)
    assert found, anchor
    return unescape(re.sub(r"<[^>]+>", " ", found[0]))


@pytest.mark.parametrize(("lang", "tag"), [("", "nb"), ("/en", "en")])
def test_every_term_has_its_label_definition_and_example_in_the_readers_language(lang: str, tag: str) -> None:
    for term in terms():
        text = " ".join(section(lang, term).split())
        for property_ in (RDFS.label, SKOS.definition, SKOS.example):
            for value in ontology().objects(FG[term], property_):
                if value.language == tag:  # type: ignore[attr-defined]
                    assert " ".join(str(value).split()) in text, (term, property_)


def test_each_term_is_told_how_often_the_data_use_it() -> None:
    for term, pattern in (("Measure", "?s a fg:Measure"), ("responsibleActor", "?s fg:responsibleActor ?o")):
        used = re.search(r"brukt i dataene\s+([\d\u00a0]+)", section("", term))
        assert used and int(used[1].replace("\u00a0", "")) == served.count(pattern)


@pytest.mark.parametrize("term", ["Measure", "responsibleActor"])
def test_a_terms_question_can_be_asked(term: str) -> None:
    found = re.search(rf'id="{term}".*?href="(/sparql\?query=[^"]+)"', page("/ns"), re.DOTALL)
    assert found
    with served.client().get(unescape(found[1]), headers={"Accept": "text/csv"}) as response:
        assert response.status_code == 200 and len(response.text.splitlines()) > 10


def test_cardinalities_are_those_of_the_shapes() -> None:
    text = " ".join(section("/en", "AdoptionDecision").split())
    assert re.search(r"adopts 1\.\.1", text)


def test_alignments_are_told_with_their_reason_and_can_be_fetched() -> None:
    text = section("/en", "ActionPlan")
    assert "p-plan:Plan" in text and "assigns responsibility" in text
    for address in re.findall(r'href="(/ns/alignments/[^"]+)"', page("/ns")):
        with served.client().get(address) as response:
            assert response.status_code == 200 and "subject_id\t" in response.text


def test_the_drawing_has_the_classes_and_the_same_in_words() -> None:
    drawing = page("/en/ns").partition("<svg")[2].partition("</svg>")[0]
    assert 'role="img"' in drawing and "<title" in drawing
    for label in ("measure", "plan item", "focus area", "strategy", "action plan", "actor", "mention"):
        assert f">{label}<" in drawing
    words = unescape(re.sub(r"<[^>]+>", "", page("/en/ns").partition("</summary>")[2].partition("</ul>")[0]))
    assert "measure – responsible actor → actor" in words or "measure – responsible → actor" in words


def test_a_drawing_is_the_same_each_time_and_keeps_its_boxes_apart() -> None:
    labels = {name: f"class {name}" for name in "abcdef"}
    arrows = [Arrow(start=a, end=b, name=f"{a}{b}") for a, b in ("ba", "ca", "da", "ea", "cb", "fa", "fc", "aa")]
    drawn = diagram(labels, {}, arrows, "<drawing>")
    assert drawn == diagram(labels, {}, arrows, "<drawing>") and "&lt;drawing&gt;" in drawn
    boxes = [tuple(map(float, found)) for found in re.findall(
        r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', drawn)]  # fmt: skip
    assert len(boxes) == 6
    for one in boxes:
        for other in boxes:
            apart = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
            apart = apart or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
            assert one is other or apart


@pytest.mark.parametrize(("lang", "tag"), [("", "nb"), ("/en", "en")])
def test_every_rule_has_its_message_on_the_page_of_shapes(lang: str, tag: str) -> None:
    told = (served.release().folder / "graphs/shapes.nt").read_text(encoding="utf-8")
    rules = set(re.findall(r"<\S+shapes#(\S+)> <\S+#type> <\S+shacl#PropertyShape>", told))
    text = page(f"{lang}/shapes")
    assert rules and all(f'id="{rule}"' in text for rule in rules)
    messages = re.findall(rf'<\S+shacl#message> "([^"\\]+)"@{tag}', told)
    shown = unescape(re.sub(r"<[^>]+>", "", text))
    assert [message for message in messages if message not in shown] == []


def test_the_change_log_is_on_the_page() -> None:
    assert "0.1.0 (2026-11-24)" in page("/ns")
