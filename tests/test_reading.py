"""What follows from a reading of a small plan: order, doubts, rows with several measures, and what files refer to."""

from __future__ import annotations

import hashlib

import pytest
from rdflib import RDF, SKOS, Literal, URIRef
from real_plan import Files, found, read_pieces
from test_broken import whole

from fosen_graph.findings import Finding
from fosen_graph.iris import CODES, CV, FG, OA, Iris

PLAN = Iris().plan("dalen", "2030-2032")
FILE = "2030-2032/plan.yaml"


def changed(path: str, before: str, after: str) -> Files:
    text = whole()[path].decode()
    assert before in text
    return {**whole(), path: text.replace(before, after, 1).encode()}


def told(files: Files) -> list[Finding]:
    return found(files, "dalen", "2030-2032")


def triples(files: Files) -> set[tuple[object, ...]]:
    region, plan = read_pieces(files, region="dalen", plan="2030-2032")
    assert not region.findings + plan.findings
    return {triple for piece in (region, plan) for graph in piece.graphs.values() for triple in graph}


def measure(slug: str) -> URIRef:
    return URIRef(f"{PLAN}/tiltak/{slug}")


def test_the_actors_of_a_row_belong_to_all_its_measures() -> None:
    graph = triples(whole())
    rows = {s for s, p, o in graph if (p, o) == (FG.assignmentBasis, URIRef(f"{CODES}grunnlag/rad"))}
    assert {(s, o) for s, p, o in graph if p == FG.inMeasure and s in rows} == {
        (row, measure(slug)) for row in rows for slug in ("utbedre-svinger", "bygge-bru")
    }
    assert len(rows) == 3


def test_order_is_that_of_the_document_not_of_the_file() -> None:
    graph = triples(whole())
    order = {s: str(o) for s, p, o in graph if p == FG.order}
    assert (order[measure("utbedre-svinger")], order[measure("bygge-bru")]) == ("1", "2")
    assert (order[URIRef(f"{PLAN}/punkt/fylkesveg")], order[URIRef(f"{PLAN}/punkt/buss")]) == ("1", "2")


def test_a_doubt_is_kept_with_its_reason_and_its_grade() -> None:
    doubt = "usikkert: {Dalbuss AS: {fordi: Kan være et annet selskap., grad: usikker}}"
    files = changed(FILE, "        linje: [8, 10]\n", f"        linje: [8, 10]\n        {doubt}\n")
    files = {**files, FILE: files[FILE].replace(b"usikre: 0", b"usikre: 1")}
    graph = triples(files)
    (mention,) = {s for s, p, o in graph if (p, o) == (FG.certainty, URIRef(f"{CODES}sikkerhet/usikker"))}
    assert (mention, FG.exactText, Literal("Dalbuss AS")) in graph
    assert (mention, SKOS.editorialNote, Literal("Kan være et annet selskap.", lang="nb")) in graph


def test_a_row_that_goes_on_is_one_row() -> None:
    graph = triples(whole())
    assert (URIRef(f"{PLAN}/kilde/rad/10"), FG.continuesRow, URIRef(f"{PLAN}/kilde/rad/8")) in graph
    partners = {o for s, p, o in graph if (s, p) == (measure("flere-avganger"), FG.partnerActor)}
    assert {str(partner).rpartition("/")[2] for partner in partners} == {"dalbuss-as", "kommunene"}


def test_an_actor_that_is_written_in_another_way_is_found() -> None:
    files = changed("aktoerer.yaml", "navn: Dalbuss AS", "navn: Dal-Buss as, skrevet: Dalbuss AS")
    graph = triples(files)
    actor = Iris().of_region("dalen", "aktoer", "dalbuss-as")
    assert (actor, SKOS.altLabel, Literal("Dalbuss AS", lang="nb")) in graph
    assert any(p == CV.hasParticipant and o == actor for _, p, o in graph)


def test_every_superclass_of_a_thing_is_stated() -> None:
    graph = triples(whole())
    body = Iris().of_region("dalen", "aktoer", "regionraadet")
    assert {(body, RDF.type, class_) for class_ in (FG.CollegialBody, FG.Organisation, FG.Actor)} <= graph


def test_one_id_in_two_files_is_told() -> None:
    added = "om-aktører:\n- {id: kommunene, slag: gruppe, navn: Kommunene, hentet-fra: https://example.org/}\n"
    (finding,) = told({**whole(), "opplysninger.yaml": added.encode()})
    assert (finding.code, finding.place.file, finding.place.line) == ("id-twice", "data/dalen/opplysninger.yaml", 2)
    assert "data/dalen/aktoerer.yaml:7:8" in finding.what.nb


def test_what_the_region_says_about_something_that_is_not_is_told() -> None:
    """Also what it says about the inside of a plan."""
    text = (
        "oversettelser:\n"
        "- {om: aktoer/komunene, engelsk: The municipalities}\n"
        "- {om: 2030-2032/punkt/bus, engelsk: Bus}\n"
        "- {om: 2030-2032/punkt/buss, engelsk: Bus}\n"
    )
    findings = {finding.place.line: finding for finding in told({**whole(), "oversettelser.yaml": text.encode()})}
    assert findings.keys() == {2, 3}
    assert [findings[line].remedy.nb for line in (2, 3)] == ["mente du «kommunene»?", "mente du «buss»?"]


def test_an_entry_about_nothing_is_told() -> None:
    files = changed("lenker.yaml", "- om: vegvesenet\n  organisasjonsnummer", "- organisasjonsnummer")
    (finding,) = told(files)
    assert (finding.code, finding.place.line) == ("no-reference", 2)


def test_added_facts_and_links_say_where_they_are_from() -> None:
    added = "om-aktører:\n- {om: kommunene, også-kalt: Dalkommunene}\n- {om: vegvesenet, hentet-fra: https://example.org/}\n"
    (finding,) = told({**whole(), "opplysninger.yaml": added.encode()})
    assert (finding.code, finding.place.line, finding.what.nb) == ("missing-key", 2, "«hentet-fra» mangler.")
    (finding,) = told(changed("lenker.yaml", "  belegg: Navn og nummer står sammen i registeret.\n", ""))
    assert (finding.code, finding.what.nb) == ("missing-key", "«belegg» mangler.")


def test_a_number_that_cannot_be_one_makes_no_iri() -> None:
    (finding,) = told(changed("lenker.yaml", "971032081", "971 032 081"))
    assert (finding.code, finding.place.line) == ("bad-number", 3)
    region, _ = read_pieces(changed("lenker.yaml", "971032081", "9710]"), region="dalen", plan="2030-2032")
    assert not any("9710]" in str(term) for graph in region.graphs.values() for triple in graph for term in triple)


LAYOUT = "2030-2032/kilde.yaml"


def with_source(before: str, after: str) -> Files:
    """The small region, with other words in its source and a new checksum."""
    source = whole()["2030-2032/kilde.txt"].decode().replace(before, after, 1).encode()
    old, new = (hashlib.sha256(data).hexdigest() for data in (whole()["2030-2032/kilde.txt"], source))
    layout = whole()[LAYOUT].decode().replace(old, new).encode()
    return {**whole(), "2030-2032/kilde.txt": source, LAYOUT: layout}


def replaced(files: Files, path: str, before: str, after: str) -> Files:
    text = files[path].decode()
    assert before in text
    return {**files, path: text.replace(before, after).encode()}


def test_a_level_told_again_in_a_row_is_named_there_too() -> None:
    files = with_source("\tBuss\t", "Veg\tBuss\t")
    files = replaced(files, FILE, "celler: 11, omtaler: 13", "celler: 12, omtaler: 14")
    area = URIRef(f"{PLAN}/innsatsomraade/samferdsel-veg")
    bodies = [s for s, p, o in triples(files) if (p, o) == (OA.hasBody, area)]
    assert {str(mention).split("/celle/")[0].rpartition("/")[2] for mention in bodies} == {"7", "8"}


def test_a_row_that_tells_another_level_than_its_measure_is_under_is_told_at_the_measure() -> None:
    files = with_source("\tBuss\t", "Bane\tBuss\t")
    findings = [finding for finding in told(files) if finding.code != "other-total"]
    assert [(finding.code, finding.place.line) for finding in findings] == [("other-above", 41)]


def test_a_role_without_a_column_is_told_as_that() -> None:
    files = changed(LAYOUT, "{tittel: ANSVAR, innhold: ansvarlig}", "{tittel: ANSVAR}")
    findings = [finding for finding in told(files) if finding.code != "other-total"]
    assert [finding.what.nb for finding in findings] == ["kilden har ingen kolonne for ansvarlig."]


def test_a_level_without_a_column_has_no_words_and_is_ordered_by_what_is_below_it() -> None:
    files = changed(LAYOUT, "{tittel: PUNKT, innhold: punkt}", "{tittel: PUNKT}")
    files = replaced(files, FILE, "celler: 11, omtaler: 13", "celler: 9, omtaler: 11")
    graph = triples(files)
    order = {s: str(o) for s, p, o in graph if p == FG.order}
    items = [URIRef(f"{PLAN}/punkt/{slug}") for slug in ("fylkesveg", "buss")]
    assert [order[item] for item in items] == ["1", "2"]
    assert not {s for s, p, o in graph if p == OA.hasBody and o in items}
    assert not any(p == FG.column and str(o) == "2" for _, p, o in graph)


def test_words_of_a_level_without_a_column_are_told_once() -> None:
    files = changed(LAYOUT, "{tittel: PUNKT, innhold: punkt}", "{tittel: PUNKT}")
    files = replaced(files, FILE, "      navn: Buss\n", "      navn: Buss\n      ordlyd: BUSS\n")
    findings = [finding for finding in told(files) if finding.code not in ("other-total", "name-differs")]
    assert [finding.what.nb for finding in findings] == ["kilden har ingen kolonne for punkt."]


def test_two_actors_with_one_name_are_told_at_the_second() -> None:
    files = changed("aktoerer.yaml", "navn: Dalbuss AS", "navn: Dalbuss AS, skrevet: [Dalbuss AS, Kommunene]")
    findings = [finding for finding in told(files) if finding.code == "same-name"]
    assert ["«kommunene»" in finding.what.nb or "«dalbuss-as»" in finding.what.nb for finding in findings] == [True]


@pytest.mark.parametrize("form", ["dag.mnd.år", "dd.mm", "den dd.mm.åååå"])
def test_a_form_of_dates_that_cannot_be_read_is_told(form: str) -> None:
    (finding,) = told(changed(LAYOUT, "dd.mm.åååå", form))
    assert (finding.code, finding.place.line) == ("bad-date-form", 3)


def test_what_git_leaves_after_a_merge_is_told_as_that() -> None:
    both = "<<<<<<< HEAD\nnavn: Handlingsplan 2030-2032\n=======\nnavn: Handlingsplan\n>>>>>>> annen\n"
    (finding,) = told(changed(FILE, "navn: Handlingsplan 2030-2032\n", both))
    assert (finding.code, finding.place.line) == ("merge-marker", 1)
