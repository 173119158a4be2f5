"""What changes an IRI and what does not: order, labels, the base; and what the register of IRIs remembers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest
import yaml
from mutations import PLAN_FILE, text_of
from rdflib import DCTERMS, OWL, RDF, SKOS, XSD, Literal, URIRef
from rdflib.term import Node
from real_plan import PLAN, REGION, Files, read_pieces, real_files, real_pieces

from fosen_graph.findings import DataError, Finding, Place
from fosen_graph.iris import DEFAULT_BASE, FG, Iris
from fosen_graph.reading.register import (
    ACTIVE,
    MERGED,
    WITHDRAWN,
    Entry,
    mint,
    read_register,
    register_findings,
    retired,
    write_register,
)

FILE = "data/fosen/iris.csv"
OTHER = "https://example.org/x/"


def graphs(files: Files, iris: Iris | None = None) -> Mapping[str, frozenset[tuple[Node, Node, Node]]]:
    region, plan = read_pieces(files, iris)
    assert not region.findings + plan.findings
    names = region.graphs.keys() | plan.graphs.keys()
    return {name: region.graphs.get(name, frozenset()) | plan.graphs.get(name, frozenset()) for name in names}


def changed(path: str, before: str, after: str) -> Files:
    assert before in text_of(path)
    return {**real_files(), path: text_of(path).replace(before, after, 1).encode()}


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """The same YAML with the entries of every list, and the keys of every mapping, in another order."""

    def mixed(value: object) -> object:
        if isinstance(value, dict):
            return {key: mixed(value[key]) for key in chance.sample(list(value), len(value))}
        if isinstance(value, list):
            return [mixed(item) for item in chance.sample(value, len(value))]
        return value

    return yaml.safe_dump(mixed(yaml.load(data, yaml.BaseLoader)), allow_unicode=True, sort_keys=False).encode()


def test_the_order_of_lists_keys_and_files_changes_nothing() -> None:
    chance = random.Random(7)
    files = dict(real_files())
    for path in real_files():
        if path.endswith(".yaml") and not path.endswith("kilde.yaml"):  # whose columns stand from left to right
            files[path] = shuffled(files[path], chance)
    assert graphs(dict(reversed(files.items()))) == graphs(real_files())


def test_mending_a_label_changes_the_label_and_no_iri() -> None:
    before = graphs(real_files())
    for path, old, new in (
        (PLAN_FILE, "navn: FV Flakk-Ila-Klett", "navn: Fv. Flakk – Ila – Klett"),
        ("aktoerer.yaml", "navn: Kulturskolene,", "navn: KulturSkolene,"),
    ):
        after = graphs(changed(path, old, new))
        assert {name for name in after if after[name] != before[name]} == {"plan"}
        lost, won = before["plan"] - after["plan"], after["plan"] - before["plan"]
        assert [triple[:2] for triple in lost] == [triple[:2] for triple in won]
        assert {triple[1] for triple in won} == {SKOS.prefLabel}


def test_another_base_changes_every_iri_of_the_data_and_nothing_else() -> None:
    before, after = graphs(real_files()), graphs(real_files(), Iris(OTHER))
    own = f"{DEFAULT_BASE}id/"
    assert after == {
        name: {tuple(moved(term, own) for term in triple) for triple in triples} for name, triples in before.items()
    }
    vocabulary = {term for triples in after.values() for triple in triples for term in triple if DEFAULT_BASE in term}
    assert {term.removeprefix(DEFAULT_BASE).partition("/")[0].partition("#")[0] for term in vocabulary} == {
        "ns",
        "code",
    }


def moved(term: Node, own: str) -> Node:
    return URIRef(term.replace(own, f"{OTHER}id/")) if isinstance(term, URIRef) else term


def minted() -> dict[URIRef, Place]:
    region, plan = real_pieces()
    return {**region.minted, **plan.minted}


def entries() -> list[Entry]:
    return read_register(real_files()["iris.csv"], FILE, DEFAULT_BASE)


def faults(known: list[Entry], now: Mapping[URIRef, Place]) -> list[Finding]:
    return list(register_findings(known, now, FILE))


def test_the_register_holds_what_the_real_data_mint() -> None:
    assert faults(entries(), minted()) == []
    assert {entry.class_ for entry in entries()} == {
        "ActionPlan", "ActorGroup", "AdoptionDecision", "ArrangementListing", "CollegialBody", "CooperationArrangement",
        "FocusArea", "IdentityCandidate", "Location", "Measure", "NamedInitiative", "Organisation", "PlanItem",
        "PlanningDocument", "Position", "Strategy",
    }  # fmt: skip


IRI = Iris().of_region(REGION, "aktoer", "raadmannsforum")


def test_a_new_iri_is_a_finding_that_tells_how_to_enter_it() -> None:
    new, place = Iris().of_region(REGION, "aktoer", "osen-havn"), Place("data/fosen/aktoerer.yaml", 60, 8)
    (finding,) = faults(entries(), {**minted(), new: place})
    assert (finding.code, finding.place) == ("new-iri", place)
    assert "fosen-graph mint" in finding.remedy.nb


def test_a_vanished_iri_is_a_finding_at_its_line_of_the_register() -> None:
    now = minted()
    del now[IRI]
    (finding,) = faults(entries(), now)
    (entry,) = [entry for entry in entries() if entry.iri == IRI]
    assert (finding.code, finding.place) == ("vanished-iri", entry.place)
    assert "withdrawn" in finding.remedy.nb


def test_a_renamed_id_is_met_with_the_old_one() -> None:
    now = minted()
    now[URIRef(f"{IRI}et")] = now.pop(IRI)
    findings = {finding.code: finding for finding in faults(entries(), now)}
    assert findings.keys() == {"new-iri", "vanished-iri"}
    assert "«raadmannsforum»" in findings["new-iri"].remedy.nb


def with_entry(**new: object) -> list[Entry]:
    return [replace(entry, **new) if entry.iri == IRI else entry for entry in entries()]  # type: ignore[arg-type]


def test_a_merged_or_withdrawn_iri_may_vanish_and_may_not_come_back() -> None:
    survivor = Iris().of_region(REGION, "aktoer", "raadet")
    for known in (with_entry(status=WITHDRAWN), with_entry(status=MERGED, replaced_by=survivor)):
        gone = {iri: place for iri, place in minted().items() if iri != IRI}
        assert faults(known, gone) == []
        assert [finding.code for finding in faults(known, minted())] == ["reused-iri"]


def test_a_merged_iri_is_replaced_by_one_that_is_known() -> None:
    nowhere = Iris().of_region(REGION, "aktoer", "nowhere")
    gone = {iri: place for iri, place in minted().items() if iri != IRI}
    (finding,) = faults(with_entry(status=MERGED, replaced_by=nowhere), gone)
    assert finding.code == "bad-register"


ROW = "https://w3id.org/fosen-graph/id/x/aktoer/{},Organisation,X,{},{},{}\n"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", "merged", "b"), ("b", "merged", "a")], ["i ring", "i ring"]),
        ([("a", "merged", "a")], ["i ring"]),
        ([("a", "merged", "b"), ("b", "withdrawn", "")], ["trukket"]),
        ([("a", "merged", "b"), ("b", "merged", "c"), ("c", "active", "")], ["selv slått sammen"]),
        ([("a", "merged", "b"), ("b", "merged", "c"), ("c", "withdrawn", "")], ["trukket", "trukket"]),
        ([("a", "merged", "b"), ("b", "active", "")], []),
    ],
)
def test_what_took_over_an_iri_is_in_use(rows: list[tuple[str, str, str]], words: list[str]) -> None:
    lines = (
        ROW.format(slug, "2026-11-24", status, f"https://w3id.org/fosen-graph/id/x/aktoer/{after}" if after else "")
        for slug, status, after in rows
    )
    known = read_register(f"iri,class,label,minted,status,replaced_by\n{''.join(lines)}".encode(), FILE, DEFAULT_BASE)
    now = {entry.iri: entry.place for entry in known if entry.status == ACTIVE}
    findings = list(register_findings(known, now, FILE))
    assert {finding.code for finding in findings} <= {"bad-register"}
    assert len(findings) == len(words)
    assert all(word in finding.what.nb for finding, word in zip(findings, words, strict=True))


def test_merged_and_withdrawn_iris_stay_known_in_the_graph() -> None:
    survivor = Iris().of_region(REGION, "aktoer", "raadet")
    triples = set(retired(with_entry(status=MERGED, replaced_by=survivor)))
    assert triples == {
        (IRI, OWL.deprecated, Literal(True)),
        (IRI, SKOS.prefLabel, Literal("Rådmannsforum", lang="nb")),
        (IRI, DCTERMS.issued, Literal("2026-11-24", datatype=XSD.date)),
        (IRI, DCTERMS.isReplacedBy, survivor),
    }


def test_minting_adds_new_iris_with_class_and_label_and_keeps_every_line() -> None:
    region, plan = real_pieces()
    triples = [triple for piece in (region, plan) for graph in piece.graphs.values() for triple in graph]
    before = [entry for entry in entries() if entry.iri != IRI]
    after = mint(before, minted(), triples, "2027-01-15")
    assert [entry for entry in after if entry.iri != IRI] == before
    (entry,) = [entry for entry in after if entry.iri == IRI]
    assert (entry.class_, entry.label, entry.minted, entry.status) == (
        "CollegialBody",
        "Rådmannsforum",
        "2027-01-15",
        ACTIVE,
    )
    assert mint(after, minted(), triples, "2028-01-01") == after


def test_the_register_is_written_with_the_default_base_whatever_the_base() -> None:
    data = real_files()["iris.csv"]
    for base in (DEFAULT_BASE, OTHER):
        assert write_register(read_register(data, FILE, base), base).encode() == data


def test_every_fault_of_the_register_is_told_with_its_line() -> None:
    head = "iri,class,label,minted,status,replaced_by\n"
    row = f"{IRI},CollegialBody,Rådmannsforum,2026-11-24,active,\n"
    cases = {
        "nonsense\n": [1],
        "": [1],
        f"{head}{row}{row}": [3],
        f"{head}{row.replace('active', 'merged')}": [2],
        f"{head}{row.replace('active', 'gone')}": [2],
        f"{head}{row.replace('2026-11-24', '24.11.2026')}": [2],
        f"{head}{row.replace('2026-11-24', '2026-11-31')}": [2],
        f"{head}a,b\n{row}https://example.org/x,,,,active,\n": [2, 4],
    }
    for text, lines in cases.items():
        try:
            read_register(text.encode(), FILE, DEFAULT_BASE)
        except DataError as error:
            assert [finding.place.line for finding in error.report] == lines
            assert {finding.code for finding in error.report} == {"bad-register"}
        else:
            raise AssertionError(text)


def test_classes_of_the_register_are_those_of_the_graph() -> None:
    triples = {triple for graph in graphs(real_files()).values() for triple in graph}
    for entry in entries():
        class_ = DCTERMS.Location if entry.class_ == "Location" else FG[entry.class_]
        assert (entry.iri, RDF.type, class_) in triples
    assert len(entries()) == len({entry.iri for entry in entries()}) == len(minted()) and PLAN in str(entries()[0].iri)
