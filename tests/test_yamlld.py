"""Reviewed YAML is JSON-LD: our walk reads what two JSON-LD parsers read, and refuses what they would let pass."""

from __future__ import annotations

import json
from collections.abc import Callable

import pyoxigraph as ox
import pytest
import yaml
from rdflib import RDF, SKOS, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from real_plan import PLAN, REGION, ROOT, real_files, rules

from fosen_graph.findings import DataError, Finding, Place
from fosen_graph.iris import EDITING, FG, Iris
from fosen_graph.reading.yamlld import Document, read_document

REGION_BASE = f"{Iris().region(REGION)}/"
PLAN_IRI = Iris().plan(REGION, PLAN)
CONTEXT = json.loads((ROOT / "ontology/editing.context.jsonld").read_text(encoding="utf-8"))["@context"]
WRAPPED = {f"{PLAN}/plan.yaml": ("plan", PLAN_IRI), f"{PLAN}/kilde.yaml": ("kilde", URIRef(f"{PLAN_IRI}/kilde"))}
FILES = sorted(path for path in real_files() if path.endswith(".yaml"))


def base_of(path: str) -> str:
    return f"{PLAN_IRI}/" if "/" in path else REGION_BASE


def walked(path: str) -> Graph:
    graph = Graph()
    document = read_document(real_files()[path], path, rules().context, base_of(path), "nb", WRAPPED.get(path))
    for subject, predicate, value, _ in document.statements:
        graph.add((subject, predicate, value))
    if path in WRAPPED:  # that the file describes this thing, the JSON-LD document says with its one key
        key, about = WRAPPED[path]
        graph.add((BNode(), EDITING[{"plan": "plan", "kilde": "source"}[key]], about))
    return graph


def as_json_ld(path: str) -> str:
    """The file under the editing context, as any JSON-LD tool would be given it: every scalar is text."""
    content = yaml.load(real_files()[path], yaml.BaseLoader)
    if path in WRAPPED:
        key, about = WRAPPED[path]
        content = {key: {"@id": str(about), **content}}
    return json.dumps({"@context": [CONTEXT, {"@base": base_of(path), "@language": "nb"}], **content})


def by_rdflib(text: str, base: str) -> Graph:
    return Graph().parse(data=text, format="json-ld", publicID=base)


def by_oxigraph(text: str, base: str) -> Graph:
    quads = ox.parse(text, format=ox.RdfFormat.JSON_LD, base_iri=base)
    rows = "".join(f"{quad.triple} .\n" for quad in quads)
    return Graph().parse(data=rows, format="nt")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib 7.6 itself uses it
@pytest.mark.parametrize("parser", [by_rdflib, by_oxigraph])
@pytest.mark.parametrize("path", FILES)
def test_json_ld_parsers_read_the_same_graph_from_the_same_file(path: str, parser: Callable[[str, str], Graph]) -> None:
    graph = parser(as_json_ld(path), base_of(path))
    assert len(graph) > 10
    assert isomorphic(walked(path), graph)


def read(text: str, key: str = "plan", base: str = f"{PLAN_IRI}/") -> Document:
    wrapped = (key, PLAN_IRI) if key in ("plan", "kilde") else None
    return read_document(text.encode(), "fil.yaml", rules().context, base, "nb", wrapped)


def refused(text: str, key: str = "plan") -> list[Finding]:
    with pytest.raises(DataError) as caught:
        read(text, key)
    return list(caught.value.report)


ITEM = """\
strategier:
- id: verdiskaping
  innsatsområder:
  - id: samferdsel
    punkter:
    - id: bru
      {key}: {value}
"""


def test_a_misspelt_key_is_named_with_its_line_and_the_key_that_was_meant() -> None:
    (finding,) = refused("strategier:\n- id: a\n  namn: Verdiskaping\n")
    assert finding.place == Place("fil.yaml", 3, 3)
    assert finding.text("nb") == ("fil.yaml:3:3: feil: «namn» er ikke en nøkkel i «strategier».\n    mente du «navn»?")
    assert finding.remedy.en == "did you mean “navn”?"


def test_a_key_is_allowed_only_in_the_scope_of_its_parent() -> None:
    """An item has no responsible actor; JSON-LD's own scopes would let the key through."""
    (finding,) = refused(ITEM.format(key="ansvarlig", value="raadet"))
    assert (finding.code, finding.place.line) == ("unknown-key", 7)
    assert "«tiltak»" in finding.remedy.nb


def test_an_id_mints_and_om_refers_and_each_finds_its_own_folder() -> None:
    document = read("utgiver: {om: raadet}\nstrategier:\n- id: verdiskaping\n  navn: Verdiskaping\n")
    assert list(document.minted) == [URIRef(f"{PLAN_IRI}/strategi/verdiskaping")]
    assert {statement.object for statement in document.statements} >= {URIRef(f"{REGION_BASE}aktoer/raadet"), PLAN_IRI}


def test_each_statement_has_the_place_of_its_value() -> None:
    document = read("strategier:\n- id: verdiskaping\n  navn: Verdiskaping\n")
    (name,) = [statement for statement in document.statements if statement.predicate == SKOS.prefLabel]
    assert name.object == Literal("Verdiskaping", lang="nb")
    assert name.place == Place("fil.yaml", 3, 9)


def test_texts_are_never_numbers_truth_values_or_dates() -> None:
    document = read("strategier:\n- {id: a, navn: no, nummer: 010}\n- {id: b, navn: 12:30, nummer: 1_000}\n")
    values = {str(statement.object) for statement in document.statements}
    assert values >= {"no", "010", "12:30", "1_000"}


@pytest.mark.parametrize(
    "slug", ["../x", "http://example.org/x", "Verdiskaping", "a_b", "a--b", "-a", "a-", "a/b", "æ", ""]
)
def test_an_id_that_could_leave_its_folder_is_refused(slug: str) -> None:
    (finding,) = refused(f"strategier:\n- id: '{slug}'\n")
    assert (finding.code, finding.place) == ("bad-slug", Place("fil.yaml", 2, 7))


@pytest.mark.parametrize(
    "slug", ["http://example.org/x", "../raadet", "//raadet", "/raadet", "aktoer//raadet", "#x", "?x"]
)
def test_a_reference_is_a_slug_or_a_path_of_slugs(slug: str) -> None:
    assert [finding.code for finding in refused(f"utgiver: {{om: '{slug}'}}\n")] == ["bad-slug"]


def test_a_name_where_an_id_is_wanted_is_answered_with_the_id() -> None:
    (finding,) = refused("utgiver: {om: Åfjord Utvikling AS}\n")
    assert finding.remedy.nb.startswith("mente du «aafjord-utvikling-as»?")


def test_one_id_twice_in_a_file_is_told_at_the_second_with_the_place_of_the_first() -> None:
    (finding,) = refused("strategier:\n- id: a\n- id: a\n")
    assert (finding.code, finding.place) == ("id-twice", Place("fil.yaml", 3, 7))
    assert "fil.yaml:2:7" in finding.what.nb


@pytest.mark.parametrize(
    ("line", "place", "remedy"),
    [
        ("- {id: a, dato: 10.06.2022}", 17, "Skriv 2022-06-10."),
        ("- {id: a, dato: 2022-02-30}", 17, "Datoen finnes ikke i kalenderen."),
        ("- {id: a, dato: 2022-6-1}", 17, "Skriv datoen som åååå-mm-dd."),
        ("- {id: a, omtalt: {linje: 024}}", 27, "Skriv et helt tall, som 24."),
        ("- {id: a, omtalt: {linje: +24}}", 27, "Skriv et helt tall, som 24."),
        ("- {id: a, omtalt: {linje: '²'}}", 27, "Skriv et helt tall, som 24."),
    ],
)
def test_values_have_one_spelling(line: str, place: int, remedy: str) -> None:
    (finding,) = refused(f"vedtak:\n{line}\n")
    assert (finding.code, finding.place, finding.remedy.nb) == ("wrong-form", Place("fil.yaml", 2, place), remedy)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("strategier:\n- navn: {a: b}\n", "wrong-shape"),
        ("strategier:\n- [a, b]\n", "wrong-shape"),
        ("strategier: verdiskaping\n", "wrong-shape"),
        ("strategier:\n- navn:\n", "no-value"),
        ("utgiver: {om: a, id: b}\n", "two-names"),
        (ITEM.format(key="tiltak", value="[{id: x, usikkert: NTNU}]"), "wrong-shape"),
        (ITEM.format(key="tiltak", value="[{id: x, usikkert: {NTNU: trolig}}]"), "wrong-shape"),
    ],
)
def test_a_value_of_another_kind_than_its_key_is_refused(text: str, code: str) -> None:
    assert [finding.code for finding in refused(text)] == [code]


def test_all_findings_of_a_file_come_at_once() -> None:
    findings = refused("namn: x\nperiode: {fra: tjue, til: 2024}\nvedtak:\n- {id: A, dato: 1.2.2022}\n")
    assert [(finding.code, finding.place.line) for finding in findings] == [
        ("unknown-key", 1),
        ("wrong-form", 2),
        ("bad-slug", 4),
        ("wrong-form", 4),
    ]


def test_a_word_for_a_class_is_one_that_the_context_knows() -> None:
    (finding,) = refused("aktører:\n- {id: raadet, slag: organn}\n", "aktører")
    assert (finding.code, finding.remedy.nb) == ("unknown-word", "mente du «organ»?")
    document = read("aktører:\n- {id: raadet, slag: organ}\n", "aktører", REGION_BASE)
    assert (URIRef(f"{REGION_BASE}aktoer/raadet"), RDF.type, FG.CollegialBody) in {s[:3] for s in document.statements}


def test_a_web_address_is_one() -> None:
    (finding,) = refused("om-aktører:\n- {om: ntnu, hentet-fra: 'javascript:alert(1)'}\n", "om-aktører")
    assert finding.code == "bad-address"


def test_addresses_of_our_own_follow_the_base() -> None:
    text = "om-aktører:\n- {om: ntnu, hentet-fra: https://w3id.org/fosen-graph/id/fosen/2022-2024/kilde}\n"
    document = read_document(text.encode(), "f", rules().context, REGION_BASE, "nb", root="https://example.org/x/")
    assert URIRef("https://example.org/x/id/fosen/2022-2024/kilde") in {s.object for s in document.statements}


def test_a_long_text_is_shortened_in_the_message() -> None:
    (finding,) = refused(f"periode: {{fra: {'x' * 100_000}}}\n")
    assert len(finding.text("nb")) < 500
