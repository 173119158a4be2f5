"""Laying names over a cell: they and separators cover every character, or the cell is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fosen_graph.reading.laying import find, lay, same_letters, uncovered

WORDS = st.text("abæøÅ-", min_size=1, max_size=6)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
SEPARATORS = st.sampled_from([" ", "  ", ", ", ",", "/", " / ", "; ", " + ", " & ", " og ", " and ", "\u00a0"])


@given(
    st.lists(st.tuples(SEPARATORS, NAMES), min_size=1, max_size=6),
    st.lists(NAMES, max_size=4),
    st.sampled_from(["", " ", "  "]),
)
def test_names_joined_by_separators_are_always_found(parts: list[tuple[str, str]], others: list[str], end: str) -> None:
    """Whatever else is looked for: the stretches and what stands before each are the whole text, in order."""
    text = parts[0][1] + "".join(separator + name for separator, name in parts[1:]) + end
    spans = lay(text, [*(name for _, name in parts), *others])
    assert spans is not None
    assert "".join(span.separator + text[span.start : span.end] for span in spans) == text
    assert all(text.startswith(span.form, span.start) for span in spans)


@given(st.text("ab ,/", max_size=12), st.lists(st.text("ab ", min_size=1, max_size=4), max_size=4))
def test_what_is_laid_covers_the_whole_text_with_given_forms(text: str, forms: list[str]) -> None:
    spans = lay(text, forms)
    if spans is not None:
        assert "".join(span.separator + text[span.start : span.end] for span in spans) == text
        assert {span.form for span in spans} <= set(forms)
        assert spans[0].start == 0 or not text[: spans[0].start].strip(" ,/")


@pytest.mark.parametrize(
    ("text", "forms", "names"),
    [
        ("NTNU Videre", ["NTNU", "NTNU Videre"], ["NTNU Videre"]),
        ("NTNU Videre", ["NTNU", "Videre"], ["NTNU", "Videre"]),
        ("a b c", ["a b", "a", "b c"], ["a", "b c"]),  # the longer one first leads nowhere
        ("Kultur og fritid", ["Kultur og fritid"], ["Kultur og fritid"]),
        ("Kommunene og NTNU", ["Kommunene", "NTNU"], ["Kommunene", "NTNU"]),
        ("Rådet/Rådmannsforum Utviklingsleder", ["Rådet", "Rådmannsforum", "Utviklingsleder"], None),
        ("Rådet Rådet", ["Rådet"], ["Rådet", "Rådet"]),
        ("Rådet ", ["Rådet"], ["Rådet"]),
    ],
)
def test_longer_names_go_first_and_give_way(text: str, forms: list[str], names: list[str] | None) -> None:
    spans = lay(text, forms)
    assert spans is not None
    assert [span.form for span in spans] == (names or forms)


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Rådet NVE", ["Rådet"]),
        ("Rådet", ["Råd"]),
        ("RådetNVE", ["Rådet", "NVE"]),
        ("", ["a"]),
        ("a", []),
        (",a", ["a"]),
        ("a,", ["a"]),
    ],
)
def test_a_text_that_the_names_do_not_cover_is_refused(text: str, forms: list[str]) -> None:
    assert lay(text, forms) is None


def test_a_thousand_names_in_a_cell_are_laid() -> None:
    text = " ".join(["Rådet"] * 5000)
    spans = lay(text, ["Rådet", "Råd"])
    assert spans is not None and len(spans) == 5000


def test_a_name_is_found_as_whole_words_only() -> None:
    assert find("Kommunenes Kommunene", "Kommunene") == 11
    assert find("Kommunenes", "Kommunene") is None


def test_what_is_not_named_is_told_without_separators() -> None:
    assert uncovered("Rådet/Rådmannsforum, NVE", ["Rådet", "NVE"]) == "Rådmannsforum"


def test_case_spaces_and_signs_do_not_make_another_name() -> None:
    assert same_letters("Fosna-Folket", "FOSNA- FOLKET")
    assert not same_letters("Fosna-Folket", "Fosen-Folket")
