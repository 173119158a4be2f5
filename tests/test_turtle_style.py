"""Turtle written by hand is in one style, and each breach of it is found (checklist item 35)."""

from __future__ import annotations

from pathlib import Path

import pytest
from ontology_files import EXAMPLES, FOLDER, SHAPE_FILES
from rdflib import Graph
from turtle_style import faults, mended


@pytest.mark.parametrize("path", [*FOLDER.glob("*.ttl"), *SHAPE_FILES, *EXAMPLES], ids=lambda path: path.name)
def test_item_35_the_turtle_is_in_canonical_style(path: Path) -> None:
    found = faults(path.read_text(encoding="utf-8"))
    if path in EXAMPLES:  # the plan's own words are in one language
        found = [fault for fault in found if "one of the two languages" not in fault]
    assert found == []


STYLED = """@prefix a: <x:a#> .
@prefix b: <x:b#> .

a:x
    a b:C ;
    b:see <x:c> , <x:d> ;
    b:label "x"@nb , "x"@en ;
.
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (".\n\na:x", ".\n@prefix c: <x:c#> .\n\na:x", "c: is never used"),
        ("@prefix a: <x:a#> .\n", "@prefix c: <x:c#> .\n@prefix a: <x:a#> .\n", "not sorted"),
        (" , <x:d>", " , c:d", "is not Turtle"),
        ("    a b:C ;\n", "    b:size 1 ;\n    a b:C ;\n", "`a` is not first"),
        (";\n.\n", ".\n", "dot alone"),
        (";\n.\n", "\n.\n", "does not end in ` ;`"),
        ("    a b:C", "   a b:C", "four spaces"),
        ("    a b:C", "\ta b:C", "tab"),
        ("b:C ;\n", "b:C ;  \n", "blank at the end"),
        (' , "x"@en', "", "one of the two languages"),
        ("\n\na:x", "\n\n\na:x", "two blank lines"),
        (";\n.\n", ";\n.\n\n", "one line break"),
    ],
)
def test_item_35_a_breach_of_style_is_found(old: str, new: str, fault: str) -> None:
    text = STYLED.replace(old, new)
    assert text != STYLED
    assert any(fault in found for found in faults(text))


@pytest.mark.parametrize(
    "more", ["", "b:D a b:C .\n", "# a comment: ; .\n", 'b:D\n    b:query """\n        . # ;\n    """ ;\n.\n']
)
def test_item_35_what_is_in_style_is_let_be(more: str) -> None:
    assert faults(f"{STYLED}\n{more}" if more else STYLED) == []
    assert mended(STYLED) == STYLED


def test_item_35_mending_changes_no_triple() -> None:
    text = "\n\n@prefix b: <x:b#> .  \n@prefix a: <x:a#> .\n\n\n\na:x\n\ta b:C ;\n.\n\n"
    assert faults(mended(text)) == []
    assert set(Graph().parse(data=mended(text), format="turtle")) == set(Graph().parse(data=text, format="turtle"))
