"""ontology/alignments: tables that tie our terms to those of others, a reason for each (checklist item 33)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ontology_files import ALIGNMENTS, FOLDER, mappings, ontology, own_terms
from rdflib import OWL, URIRef

from fosen_graph import __version__
from fosen_graph.iris import FG, ONTOLOGY


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda path: path.name)
def test_item_33_an_alignment_ties_our_term_to_another_for_a_reason(path: Path) -> None:
    head = path.read_text(encoding="utf-8")
    assert f"#mapping_set_id: {ONTOLOGY}/alignments/{path.name.removesuffix('.sssom.tsv')}\n" in head
    assert f"#mapping_set_version: {__version__}\n" in head
    for row in mappings(path):
        assert URIRef(row["subject_id"]) in own_terms()
        assert re.fullmatch(r"\S+core#(close|broad|narrow|related)Match", row["predicate_id"])
        assert not row["object_id"].startswith(str(FG))
        for reason in (row["comment"], row["comment_nb"]):
            assert re.fullmatch(r"[A-Z].{20,120}\.", reason)
        assert row["comment"] != row["comment_nb"]


def test_item_33_nothing_imports_an_alignment() -> None:
    assert not list(ontology().objects(None, OWL.imports))
    assert not re.search(r"\w+Match\b", "".join(file.read_text(encoding="utf-8") for file in FOLDER.glob("*.ttl")))
