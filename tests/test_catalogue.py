"""The catalogue: what a portal is told of a release, held against our shapes and, where at hand, the official ones."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import DCTERMS, FOAF, RDF, SH, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import NamespaceManager
from rdflib.term import Node

from fosen_graph.catalogue import Dump, PlanEntry, catalogue
from fosen_graph.checking import Shapes, check, load_shapes
from fosen_graph.findings import DataError
from fosen_graph.gaps import gaps
from fosen_graph.iris import FG, ORGANISATION_CATALOGUE, SHAPES, rebase
from fosen_graph.settings import Settings, read_settings
from fosen_graph.void import count

ROOT = Path(__file__).parent.parent
DCAT = Namespace("http://www.w3.org/ns/dcat#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
VOID = Namespace("http://rdfs.org/ns/void#")
EU = "http://publications.europa.eu/resource/authority/"
BASE = "https://w3id.org/fosen-graph/"

EXTENSIONS = ("ttl", "nt", "nq", "trig", "jsonld", "rdf")
PLAN = PlanEntry(region="fosen", plan="2022-2024", label="Handlingsplan 2022-2024", first_year=2022, last_year=2024)
NEXT_PLAN = replace(
    PLAN, plan="2025-2028", label="Handlingsplan 2025-2028", first_year=2025, last_year=2028, issued="2027-01-02"
)
MEASURE = URIRef(f"{BASE}id/fosen/2022-2024/tiltak/kraftforsyning-fosen")
PLAN_TRIPLES = [
    (MEASURE, RDF.type, FG.Measure),
    (MEASURE, SKOS.prefLabel, Literal("Kraftforsyning Fosen", lang="nb")),
    (URIRef(f"{BASE}id/fosen/2022-2024"), RDF.type, FG.ActionPlan),
]


def dumps_of(*pieces: str) -> list[Dump]:
    return [
        Dump(piece=piece, path=f"dumps/{piece}.{extension}", size=1000 + len(extension), sha256="0f" * 32)
        for piece in pieces
        for extension in EXTENSIONS
    ]


def described(settings: Settings, *plans: PlanEntry) -> Graph:
    dumps = dumps_of("all", "graph/plan", *(f"{plan.region}/{plan.plan}" for plan in plans))
    graph = Graph()
    for triple in catalogue(settings, plans, dumps, [count("plan", PLAN_TRIPLES)], "1a2b3c4d"):
        graph.add(triple)
    return graph


def joined(graph: Graph, triples: Iterable[tuple[Node, Node, Node]] = ()) -> Graph:
    """A copy with some triples more."""
    copy = Graph()
    for triple in (*graph, *triples):
        copy.add(triple)
    return copy


@pytest.fixture(scope="module")
def settings() -> Settings:
    return read_settings((ROOT / "data" / "site.toml").read_text(encoding="utf-8"), "data/site.toml")


@pytest.fixture(scope="module")
def graph(settings: Settings) -> Graph:
    return described(settings, PLAN)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(ROOT / "shapes" / "catalogue.ttl")


Found = set[tuple[str, str, Node | None]]  # shape and severity by their local names, and the focus node


def report_on(data: Graph, shapes: Graph) -> Graph:
    return pyshacl.validate(data, shacl_graph=shapes, inference="none")[1]


def found_in(report: Graph) -> Found:
    return {
        (
            str(report.value(result, SH.sourceShape)).removeprefix(str(SHAPES)),
            str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)),
            report.value(result, SH.focusNode),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def results(data: Graph, shapes: Graph) -> Found:
    return found_in(report_on(data, shapes))


def test_the_catalogue_holds_by_its_own_shapes(graph: Graph, shapes: Graph) -> None:
    """Not even a note: every mandatory and every recommended part is there."""
    assert results(graph, shapes) == set()


def official_shapes(*names: str) -> Graph:
    """DCAT-AP-NO's own: in the folder DCAT_AP_NO_SHAPES, else in a folder of standards beside the checkout."""
    given = [Path(folder) for folder in [os.environ.get("DCAT_AP_NO_SHAPES")] if folder]
    folder = next(iter([*given, *ROOT.parent.glob("*/standards/dcat-ap-no")]), Path())
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        pytest.skip(
            f"the official shapes are not at hand: {', '.join(missing)} (set DCAT_AP_NO_SHAPES to their folder)"
        )
    shapes = Graph()
    for name in names:
        shapes.parse(folder / name)
    return shapes


@pytest.mark.parametrize("number", [None, "970205039"])
def test_the_official_shapes_of_dcat_ap_no_3_hold(settings: Settings, number: str | None) -> None:
    """Core and range, with one plan and with two, with the publisher's number and without."""
    official = official_shapes(
        "dcatapno3-core-shapes.transcribed.r5rfixed.ttl", "dcatapno3-range-shapes.transcribed.ttl"
    )
    with_number = replace(settings, publisher=replace(settings.publisher, organisation_number=number))
    assert results(described(with_number, PLAN, NEXT_PLAN), official) == set()


@pytest.mark.parametrize("number", [None, "970205039"])
def test_semic_s_dcat_ap_3_holds_with_all_that_it_recommends(settings: Settings, number: str | None) -> None:
    """Not even a warning, with one plan or more; each rule has its section of the specification."""
    with_number = replace(settings, publisher=replace(settings.publisher, organisation_number=number))
    assert results(described(with_number, PLAN, NEXT_PLAN), semic()) == set()


def semic() -> Graph:
    return Graph().parse(ROOT / "tests" / "dcat_ap_3.ttl")


def test_each_rule_of_semic_s_can_fail(graph: Graph) -> None:
    """What is mandatory or recommended is missed where it is taken away; a value of another vocabulary is seen."""
    rules, asked = semic(), 0
    for shape, class_ in rules.subject_objects(SH.targetClass):
        focus = next(graph.subjects(RDF.type, class_))
        wanted = {rules.value(rule, SH.path) for rule in rules.objects(shape, SH.property)
                  if rules.value(rule, SH.minCount) or rules.value(rule, SH.qualifiedMinCount)}  # fmt: skip
        damaged = joined(graph)
        for path in wanted:
            damaged.remove((focus, path, None))
        patterned = {rules.value(rule, SH.path) for rule in rules.objects(shape, SH.property)
                     if rules.value(rule, SH.pattern)} - wanted  # fmt: skip
        for path in patterned:
            damaged.add((focus, path, URIRef("https://example.org/another")))
        seen = set(report_on(damaged, rules).objects(None, SH.resultPath))
        iris = {path for path in wanted | patterned if isinstance(path, URIRef)}
        assert iris - seen == set(), class_
        asked += len(iris)
    assert asked > 40


def test_the_official_shapes_see_what_is_missing(graph: Graph) -> None:
    """They run on our graph: without its contact point the catalogue does not hold."""
    official = official_shapes("dcatapno3-core-shapes.transcribed.r5rfixed.ttl")
    without_contact = joined(graph)
    without_contact.remove((None, DCAT.contactPoint, None))
    assert results(without_contact, official)


def test_dcat_ap_no_2_holds_but_for_what_version_3_changed(graph: Graph) -> None:
    """Version 2 wants decimal sizes, SHA-1, EuroVoc, a first of each series, and the vocabularies at hand."""
    official = official_shapes("DCAT-AP-NO-shacl_shapes_2.00.ttl")
    ontology = Graph().parse(ROOT / "ontology" / "fosen.ttl")
    data = joined(graph, ontology.triples((None, DCTERMS.title, None)))
    report = report_on(data, official)
    excused = {
        str(DCAT.byteSize),
        str(DCAT.first),
        str(DCAT.themeTaxonomy),
        "http://spdx.org/rdf/terms#algorithm",
        str(SKOS.inScheme),
        *(str(DCTERMS[name]) for name in ("accessRights", "accrualPeriodicity", "format", "language", "license")),
        str(DCTERMS.spatial),
    }
    assert {str(path) for path in report.objects(None, SH.resultPath)} - excused == set()


def test_there_is_no_blank_node_and_no_clock(settings: Settings, graph: Graph) -> None:
    """Every node has an IRI, and the same input in any order gives the same triples."""
    plans, dumps = [NEXT_PLAN, PLAN], dumps_of("all", "fosen/2022-2024", "fosen/2025-2028")
    counts = [count("plan", PLAN_TRIPLES), count("codes", [])]
    once = catalogue(settings, plans, dumps, counts, "r")
    assert once == catalogue(settings, reversed(plans), reversed(dumps), reversed(counts), "r")
    assert all(isinstance(term, URIRef | Literal) for triple in once for term in triple)


def test_without_a_number_the_publisher_is_our_actor_and_a_finding_says_so(settings: Settings, graph: Graph) -> None:
    """Nothing that the plan's graph says of the actor is said again: every triple stands in one graph only."""
    actor = URIRef(f"{BASE}id/fosen/aktoer/fosenregionen-interkommunalt-politisk-raad")
    assert set(graph.predicate_objects(actor)) == {
        (RDF.type, FOAF.Agent),
        (FOAF.name, Literal("Fosenregionen interkommunalt politisk råd", lang="nb")),
    }
    codes = [(finding.code, finding.place.file) for finding in gaps(settings, {actor})]
    assert codes == [
        ("catalogue-no-number", "data/site.toml"),
        ("catalogue-no-mail", "data/site.toml"),
        ("catalogue-no-accessibility-statement", "data/site.toml"),
    ]
    lines = (ROOT / "data" / "site.toml").read_text(encoding="utf-8").splitlines()
    assert lines[gaps(settings, {actor})[0].place.line - 1].startswith("organisasjonsnummer")


def test_with_a_number_the_publisher_is_the_organisation_catalogue_s(settings: Settings) -> None:
    with_number = replace(settings, publisher=replace(settings.publisher, organisation_number="970205039"))
    graph = described(with_number, PLAN)
    agent = URIRef(f"{ORGANISATION_CATALOGUE}970205039")
    assert set(graph.objects(None, DCTERMS.publisher)) == {agent}
    assert graph.value(agent, DCTERMS.identifier) == Literal("970205039")
    assert "catalogue-no-number" not in {finding.code for finding in gaps(with_number, set())}


def test_without_an_actor_the_publisher_is_a_node_of_the_catalogue(settings: Settings) -> None:
    graph = described(replace(settings, publisher=replace(settings.publisher, actor=None)), PLAN)
    assert set(graph.objects(None, DCTERMS.publisher)) == {URIRef(f"{BASE}catalogue#publisher")}


def test_a_publisher_that_is_no_actor_of_the_data_is_a_violation(settings: Settings) -> None:
    assert "catalogue-unknown-actor" in {finding.code for finding in gaps(settings, set())}


def test_a_mail_address_becomes_an_iri(settings: Settings) -> None:
    graph = described(replace(settings, contact=replace(settings.contact, mail="post@example.org")), PLAN)
    assert graph.value(URIRef(f"{BASE}catalogue#contact"), VCARD.hasEmail) == URIRef("mailto:post@example.org")


def test_a_region_that_the_settings_do_not_describe_stops_the_catalogue(settings: Settings) -> None:
    with pytest.raises(DataError) as error:
        catalogue(settings, [replace(PLAN, region="namdalen")], [], [], "r")
    (finding,) = error.value.report
    assert finding.remedy.en == "Add [region.namdalen] with navn, tittel, beskrivelse and steder."
    assert finding.place == settings.place("region")


def asked(graph: Graph, question: str) -> list[Any]:
    """The rows of a competency question as it ships."""
    return list(graph.query((ROOT / "fosen_graph" / "queries" / "cq" / f"{question}.rq").read_text(encoding="utf-8")))


def test_d1_every_data_set_is_described_in_both_languages(graph: Graph) -> None:
    rows = asked(graph, "D1")
    assert {(row.title.language, str(row.title)) for row in rows} == {
        ("en", "All action plans together"),
        ("nb", "Alle handlingsplaner samlet"),
        ("en", "Action plan 2022-2024 for the Fosen region"),
        ("nb", "Handlingsplan 2022-2024 for Fosenregionen"),
    }
    assert {(str(row.licence), str(row.publisher), str(row.version)) for row in rows} == {
        (f"{EU}licence/NLOD_2_0", "Fosenregionen interkommunalt politisk råd", "1a2b3c4d")
    }


def test_d2_the_data_can_be_fetched_in_every_format_and_asked(graph: Graph) -> None:
    """Six formats of the plan and of all together, and two services."""
    rows = asked(graph, "D2")
    files = {
        (str(row.url).removeprefix(BASE), str(row.format).removeprefix(EU)) for row in rows if str(row.kind) == "file"
    }
    assert len(files) == 12
    assert {("dumps/fosen/2022-2024.ttl", "file-type/RDF_TURTLE"), ("dumps/all.nq", "file-type/RDF_N_QUADS")} <= files
    assert {str(row.url) for row in rows if str(row.kind) == "service"} == {f"{BASE}sparql", f"{BASE}reconcile"}


def test_files_stand_where_the_site_is_and_names_under_the_base(settings: Settings) -> None:
    """A site of its own moves the addresses of files and service and no IRI."""
    moved = described(replace(settings, site="http://127.0.0.1:8000/"), PLAN)
    assert URIRef("http://127.0.0.1:8000/dumps/all.ttl") in set(moved.objects(None, DCAT.downloadURL))
    assert set(moved.objects(None, DCAT.endpointURL)) == {
        URIRef(f"http://127.0.0.1:8000/{name}") for name in ("sparql", "reconcile")
    }
    assert all(str(subject).startswith(BASE) for subject in moved.subjects(RDF.type, DCAT.Dataset))


def test_another_base_changes_every_iri_of_ours_and_nothing_else(settings: Settings) -> None:
    other = "https://data.example.org/plan/"

    def moved(term: Node) -> Node:
        return type(term)(rebase(str(term), other)) if isinstance(term, URIRef) or BASE in str(term) else term

    rebased = described(replace(settings, base=other, site=other), PLAN)
    assert set(rebased) == {tuple(moved(term) for term in triple) for triple in described(settings, PLAN)}


def test_plans_of_a_region_are_a_series_in_the_order_of_their_years(settings: Settings) -> None:
    graph = described(settings, NEXT_PLAN, PLAN)
    series, first, last = (URIRef(f"{BASE}dataset/fosen{path}") for path in ("", "/2022-2024", "/2025-2028"))
    assert set(graph.subjects(DCAT.inSeries, series)) == {first, last}
    assert (graph.value(first, DCAT.prev), graph.value(last, DCAT.prev)) == (None, first)
    assert graph.value(first, DCTERMS.issued) == Literal("2026-11-24", datatype=XSD.date)
    assert graph.value(last, DCTERMS.issued) == Literal("2027-01-02", datatype=XSD.date)
    period = graph.value(series, DCTERMS.temporal)
    assert graph.value(period, DCAT.startDate) == Literal("2022-01-01", datatype=XSD.date)
    assert graph.value(period, DCAT.endDate) == Literal("2028-12-31", datatype=XSD.date)


def test_a_named_graph_tells_what_it_holds(graph: Graph) -> None:
    plan = URIRef(f"{BASE}graph/plan")
    assert (plan, RDF.type, VOID.Dataset) in graph
    assert [int(graph.value(plan, VOID[name])) for name in ("triples", "classes", "properties")] == [3, 2, 2]
    shares = {
        graph.value(part, VOID.property): int(graph.value(part, VOID.triples))
        for part in graph.objects(plan, VOID.propertyPartition)
    }
    assert shares == {RDF.type: 2, SKOS.prefLabel: 1}
    assert set(graph.objects(plan, VOID.dataDump)) == {URIRef(f"{BASE}dumps/graph/plan.{e}") for e in EXTENSIONS}


def test_all_together_leaves_out_the_graphs_about_the_release(settings: Settings) -> None:
    """The dumps of everything hold neither the catalogue nor the report, and their number of triples says so."""
    counts = [count("plan", PLAN_TRIPLES), count("report", PLAN_TRIPLES), count("catalogue", PLAN_TRIPLES)]
    graph = joined(Graph(), catalogue(settings, [PLAN], [], counts, "r"))
    everything = URIRef(f"{BASE}dataset/all")
    assert graph.value(everything, VOID.triples) == Literal(3)
    assert set(graph.objects(everything, VOID.subset)) == {URIRef(f"{BASE}graph/plan")}


EXAMPLES = Path(__file__).parent / "examples" / "shapes" / "catalogue"
DAMAGES = [
    (shape, damage)
    for shape, damages in tomllib.loads((EXAMPLES / "damages.toml").read_text(encoding="utf-8")).items()
    for damage in damages
]


@pytest.fixture(scope="module")
def good() -> Graph:
    return Graph().parse(EXAMPLES / "good.ttl")


@pytest.fixture(scope="module")
def own_shapes() -> Shapes:
    return load_shapes({"catalogue.ttl": (ROOT / "shapes" / "catalogue.ttl").read_text(encoding="utf-8")})


def damaged(good: Graph, damage: Mapping[str, Any]) -> Graph:
    """The good catalogue without what the damage removes and with what it adds."""
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in good.namespaces())

    def read(key: str) -> Graph:
        return Graph().parse(data=f"{prefixes}{damage[key]} ." if key in damage else "")

    removed = read("remove")
    assert set(removed) <= set(good)
    return joined(Graph(), [*(set(good) - set(removed)), *read("add")])


def shown(term: Node | None, names: NamespaceManager) -> str:
    if isinstance(term, Literal) and term.datatype:
        return f'"{term}"^^{shown(term.datatype, names)}'
    return term.n3(names) if term is not None else "-"


def told(report: Graph, shape: str, names: NamespaceManager) -> list[str]:
    """The results of one shape as «focus path value component severity»."""
    lines = []
    for result in report.subjects(SH.sourceShape, SHAPES[shape]):
        path = report.value(result, SH.resultPath)
        choices = report.value(path, SH.alternativePath)
        steps = report.items(choices) if choices else [path]
        component = str(report.value(result, SH.sourceConstraintComponent)).removeprefix(str(SH))
        words = (
            shown(report.value(result, SH.focusNode), names),
            "|".join(shown(step, names) for step in steps),
            shown(report.value(result, SH.value), names),
            component.removesuffix("ConstraintComponent"),
            str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)),
        )
        lines.append(" ".join(words))
    return sorted(lines)


def test_the_good_example_breaks_no_shape(good: Graph, shapes: Graph) -> None:
    assert results(good, shapes) == set()


@pytest.mark.parametrize(("shape", "damage"), DAMAGES)
def test_each_shape_finds_its_damage(
    good: Graph, shapes: Graph, own_shapes: Shapes, shape: str, damage: Mapping[str, Any]
) -> None:
    """The results that are expected and no other of that shape; pySHACL and the build's own engine agree on all."""
    graph = damaged(good, damage)
    report = report_on(graph, shapes)
    assert told(report, shape, good.namespace_manager) == damage["expect"]
    assert found_in(report) == {
        (str(result.shape).removeprefix(str(SHAPES)), str(result.severity).removeprefix(str(SH)), result.focus)
        for result in check(set(graph), own_shapes)
    }


def test_an_entry_without_iri_is_found(good: Graph, shapes: Graph) -> None:
    """data.norge.no drops blank nodes, so the node shape itself says so."""
    nameless = BNode()
    everything = good.predicate_objects(URIRef(f"{BASE}dataset/all"))
    graph = joined(good, [(nameless, property_, value) for property_, value in everything])
    assert results(graph, shapes) == {("Described", "Violation", nameless)}


def test_no_shape_is_without_a_damage(shapes: Graph) -> None:
    """A shape that nothing breaks may be dead."""
    property_shapes = {str(shape).removeprefix(str(SHAPES)) for shape in shapes.subjects(RDF.type, SH.PropertyShape)}
    assert property_shapes == {shape for shape, _ in DAMAGES}
