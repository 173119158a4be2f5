"""The decision log as SSSOM/TSV: what the format asks, and that each decision is told once, refusals too."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Mapping
from functools import cache

import served
import yaml
from rdflib import DCAT, DCTERMS, Graph, URIRef
from real_plan import read_pieces
from test_registered import added, files

from fosen_graph.formats import Triple
from fosen_graph.iris import DEFAULT_BASE, Iris
from fosen_graph.release.mappings import COLUMNS, FILE, GRAPHS, decision_log

# The slots of a mapping that SSSOM 1.0 knows, of those that we write; the others must be defined as extensions.
SLOTS = {
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "author_label", "mapping_date", "comment",
}  # fmt: skip
REFUSAL = """- om: vegvesenet
  avvist-nummer: 974760673
  belegg: "Et annet\\tnavn,\\nmed linjeskift."
  begrunnelse: Det er registerføreren selv.
  av: prosjektet
  dato: 2030-02-02
  registerdato: 2030-02-01
"""


def triples() -> list[Triple]:
    """Of the small region with a refusal and two subjects."""
    both = {**files(REFUSAL), "emner.yaml": added()["emner.yaml"]}
    both["aktoerer.yaml"] = both["aktoerer.yaml"].replace(b"opplysninger: 1}", b"opplysninger: 1, emner: 2}")
    pieces = read_pieces(both, region="dalen", plan="2030-2032")
    assert not [finding for piece in pieces for finding in piece.findings]
    return [triple for piece in pieces for graph in GRAPHS for triple in piece.graphs.get(graph, ())]


@cache
def log() -> str:
    return decision_log(triples(), Iris(), "https://example.org/licence", "0123")


def read(text: str) -> tuple[Mapping[str, object], list[dict[str, str]]]:
    """The metadata, YAML in a comment before the table, and the rows."""
    head = "".join(line[1:] for line in text.splitlines(keepends=True) if line.startswith("#"))
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return yaml.safe_load(head), list(csv.DictReader(lines, delimiter="\t", strict=True))


def test_the_head_names_the_set_its_licence_its_prefixes_and_its_own_slots() -> None:
    """SSSOM/TSV: mapping_set_id and license are required, and slots of our own are defined."""
    head, _ = read(log())
    assert head["mapping_set_id"] == f"{DEFAULT_BASE}mappings/decisions"
    assert head["license"] == "https://example.org/licence"
    assert head["mapping_set_version"] == "0123"
    extensions = head["extension_definitions"]
    assert isinstance(extensions, list)
    assert {extension["slot_name"] for extension in extensions} == set(COLUMNS) - SLOTS


def test_every_row_has_what_the_format_requires() -> None:
    head, rows = read(log())
    prefixes = head["curie_map"]
    assert isinstance(prefixes, dict)
    for row in rows:
        assert list(row) == list(COLUMNS)
        for slot in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
            prefix, colon, local = row[slot].partition(":")
            assert colon and local and prefix in prefixes, row[slot]
        assert row["predicate_modifier"] in ("", "Not")
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["mapping_date"])


def test_each_decision_is_told_once_the_refused_one_with_its_day_of_the_register() -> None:
    _, rows = read(log())
    told = [(row["subject_id"], row["predicate_modifier"], row["predicate_id"], row["object_id"]) for row in rows]
    area = "id:dalen/2030-2032/innsatsomraade/samferdsel-veg"
    assert told == [
        (area, "", "dct:subject", "eutheme:TRAN"),
        (area, "", "dct:subject", "los:tema/trafikk-og-transport"),
        ("id:dalen/aktoer/vegvesenet", "", "owl:sameAs", "orgnr:971032081"),
        ("id:dalen/aktoer/vegvesenet", "Not", "owl:sameAs", "orgnr:974760673"),
    ]
    assert [(row["author_label"], row["register_date"]) for row in rows[2:]] == [
        ("prosjektet", ""),
        ("prosjektet", "2030-02-01"),
    ]
    assert rows[3]["comment"] == "Et annet navn, med linjeskift. Det er registerføreren selv."
    assert [(row["subject_label"], row["object_label"]) for row in rows[:2]] == [
        ("Veg", "Transport"),
        ("Veg", "Trafikk og transport"),
    ]


def test_the_order_of_the_triples_changes_no_byte() -> None:
    shuffled = triples()
    random.Random(7).shuffle(shuffled)
    assert decision_log(shuffled, Iris(), "https://example.org/licence", "0123") == log()
    assert decision_log([], Iris(), "https://example.org/licence", "0123") == ""


def test_a_release_has_the_log_and_its_catalogue_describes_it() -> None:
    """The real plan's: sixteen links and the subjects of nine focus areas."""
    folder = served.release().folder
    _, rows = read((folder / FILE).read_text(encoding="utf-8"))
    assert len([row for row in rows if row["predicate_id"] == "owl:sameAs"]) == 16
    assert len({row["subject_id"] for row in rows if row["predicate_id"] == "dct:subject"}) == 9
    catalogue = Graph().parse(folder / "graphs/catalogue.ttl")
    (node,) = [s for s, o in catalogue.subject_objects(DCAT.downloadURL) if str(o).endswith(f"/dumps/{FILE}")]
    assert str(catalogue.value(node, DCTERMS["format"])).endswith("/TSV")
    assert (URIRef(f"{DEFAULT_BASE}dataset/all"), DCAT.distribution, node) in catalogue
