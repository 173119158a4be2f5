"""YAML as a tree of text that knows its places: what is kept, what is accepted, and what is refused where."""

from __future__ import annotations

import pytest

from fosen_graph.findings import DataError, Place
from fosen_graph.reading.yamltree import MAX_OF_A_KIND, Mapping, Node, Scalar, Sequence, read_tree


def plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def entry(tree: Mapping, name: str) -> Node:
    return next(value for key, value in tree.entries if key.text == name)


def refused(text: str | bytes) -> list[tuple[str, int, int]]:
    with pytest.raises(DataError) as caught:
        read_tree(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    return [(finding.code, finding.place.line, finding.place.column) for finding in caught.value.report]


def test_every_scalar_is_the_text_that_stands_there() -> None:
    tree = read_tree(b"a: no\nb: 0010\nc: 12:30\nd: 2022-06-10\ne: ~\nf: 'it''s'\ng: |\n  x\n  y\n", "f.yaml")
    assert plain(tree) == {
        "a": "no", "b": "0010", "c": "12:30", "d": "2022-06-10", "e": "~", "f": "it's", "g": "x\ny\n",
    }  # fmt: skip


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_places_count_characters_from_one_whatever_the_line_ends(ends: str, mark: bytes) -> None:
    text = "å: ø\nliste:\n- «æ»: x\n"
    tree = read_tree(mark + text.replace("\n", ends).encode(), "f.yaml")
    assert entry(tree, "å").place == Place("f.yaml", 1, 4)
    (item,) = entry(tree, "liste").items  # type: ignore[union-attr]
    assert entry(item, "«æ»").place == Place("f.yaml", 3, 8)


def test_a_comment_is_kept_beside_the_plain_text_before_it() -> None:
    tree = read_tree(b"a: x # y\nb: 'x' # y\nc: x#y\n", "f.yaml")
    comments = [value.comment for _, value in tree.entries if isinstance(value, Scalar)]
    assert comments == ["# y", "", ""]


def test_a_letter_that_is_not_composed_is_told_where_it_is() -> None:
    """Also one that has no combining mark, such as the sign of the ångström."""
    assert refused("a: \u212b\n") == [("not-nfc", 1, 3)]
    assert refused("ab: ba\u030a\nx: a\u030a\n") == [("not-nfc", 1, 6), ("not-nfc", 2, 4)]


def test_bytes_that_are_not_utf_8_are_told_by_line_and_character() -> None:
    assert refused("a: é\nb: ø".encode() + b"\xf8\n") == [("not-utf-8", 2, 5)]


@pytest.mark.parametrize("text", ["\x00", "a: \x07\n", "a: \ufeffb\n", "a: b\u2029c\n", "a: \x85\n", "a: \x7f\n"])
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    assert [code for code, _, _ in refused(text)] == ["control-character"]


def test_tags_and_anchors_are_told_with_other_faults_but_do_not_drown_them() -> None:
    found = refused("".join(f"k{number}: !!int {number}\n" for number in range(100)) + "a: 1\na: 2\n")
    assert [code for code, _, _ in found] == ["tag"] * MAX_OF_A_KIND + ["duplicate-key"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-file"),
        ("# x\n", "empty-file"),
        ("---\n...\n", "empty-file"),
        ("- a\n", "not-a-mapping"),
        ("a\n", "not-a-mapping"),
        ("a: b\n---\nc: d\n", "several-documents"),
        ("? [a]\n: b\n", "key-not-text"),
        ("{a: b\n", "broken-yaml"),
        ("a: 'b\n", "broken-yaml"),
        ("a: b: c\n", "broken-yaml"),
        ("%FOO\n", "broken-yaml"),
        ("a: @b\n", "broken-yaml"),
        ("a: *b\n", "anchor"),
        ('a: "\\q"\n', "broken-yaml"),
    ],
)
def test_what_is_no_mapping_of_text_is_refused(text: str, code: str) -> None:
    assert [found for found, _, _ in refused(text)] == [code]
