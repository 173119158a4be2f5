"""Names of organisations: two spellings of one name share a key, and two names never do."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fosen_graph.registries.names import Kind, form, key, keys, readings, tokens, without_form

SAME = [
    ("Fosen Brann- og redningstjeneste IKS", "FOSEN BRANN OG REDNINGSTJENESTE IKS"),
    ("Helse Midt Norge RHF", "HELSE MIDT-NORGE RHF"),
    ("Fosna- Folket", "FOSNA-FOLKET"),
    ("Fosenbrua A/S", "FOSENBRUA AS"),
    ("Fosenbrua A.S.", "FOSENBRUA AS"),
    ("N.T.N.U.", "NTNU"),
    ("St.Olavs hospital HF", "ST. OLAVS HOSPITAL HF"),
    ("Brann & redning", "BRANN OG REDNING"),
    ("Gaivuona suohkan", "GÁIVUONA SUOHKAN"),
    ("Tråanten tjielte", "TRÅANTEN TJÏELTE"),
    ("Raisa ja Storfjord", "RÁISA JA STORFJORD"),
    ("  Åfjord   kommune ", unicodedata.normalize("NFD", "ÅFJORD KOMMUNE")),
]
OTHER = [
    ("Kåfjord kommune", "Åfjord kommune"),
    ("Kåfjord kommune", "Kafjord kommune"),
    ("Osen kommune", "Osen fjellstyre"),
    ("Bø kommune", "Bo kommune"),
]
# The name as registered, and every key that it answers to.
READ = [
    ("FOSEN RENOVASJON IKS", ("fosen renovasjon iks", "fosen renovasjon")),
    ("ROMSDAL INTERKOMMUNALE SELSKAP", ("romsdal interkommunale selskap", "romsdal")),
    (
        "NORGES VASSDRAGS- OG ENERGIDIREKTORAT (NVE)",
        ("norges vassdrags og energidirektorat nve", "norges vassdrags og energidirektorat", "nve"),
    ),
    (
        "NORGES TEKNISK-NATURVITENSKAPELIGE UNIVERSITET NTNU",
        (
            "norges teknisk naturvitenskapelige universitet ntnu",
            "ntnu",
            "norges teknisk naturvitenskapelige universitet",
        ),
    ),
    (
        "TRONDHEIM KOMMUNE/TRÅANTEN TJÏELTE",
        ("trondheim kommune tråanten tjielte", "trondheim kommune", "tråanten tjielte"),
    ),
    (
        "GÁIVUONA SUOHKAN KÅFJORD KOMMUNE KAIVUONON KOMUUNI",
        (
            "gaivuona suohkan kåfjord kommune kaivuonon komuuni",
            "gaivuona suohkan",
            "kåfjord kommune",
            "kaivuonon komuuni",
        ),
    ),
    ("SAMEDIGGI / SAMETINGET", ("samediggi sametinget", "samediggi", "sametinget")),
    ("LOM FJELLSTYRE (FJELLKASSA)", ("lom fjellstyre fjellkassa", "lom fjellstyre")),
    ("KARASJOGA GIELDA / KARASJOK KOMMUNE BOKBUSSEN", ("karasjoga gielda karasjok kommune bokbussen",)),
    ("ÅKNES/TAFJORD BEREDSKAP IKS", ("åknes tafjord beredskap iks", "åknes tafjord beredskap")),
    ("...", ()),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    """Case, hyphens, full stops, ampersands and the marks of Sami letters do not make another name."""
    assert key(one) == key(other) != ""


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_names_that_differ_keep_their_difference(one: str, other: str) -> None:
    """Å, ø and æ are letters, and a near miss is a miss."""
    assert key(one) != key(other)


@pytest.mark.parametrize(("name", "expected"), READ)
def test_a_name_answers_to_each_of_its_readings(name: str, expected: tuple[str, ...]) -> None:
    """Without its form, without a bracket, by its abbreviation and by each part of a double name."""
    assert keys(name) == expected


def test_the_whole_name_comes_first_and_says_so() -> None:
    """A match of the whole name is told from one of a part."""
    assert [reading.kind for reading in readings("FOSEN RENOVASJON IKS")] == [Kind.WHOLE, Kind.WITHOUT_FORM]


def test_a_form_is_read_at_the_end_or_first() -> None:
    """What a name says of its form, and the name without it."""
    assert form("Roret KF") == "KF"
    assert form("A/S Fosenbrua") == form("Fosenbrua AS") == "AS"
    assert form("Risøbank interkommunale selskap") == "IKS"
    assert form("Osen kommune") is None
    assert without_form("roret kf") == "roret"
    assert without_form("as") == "as"


@example("𝑨ᵑᶞ")
@given(st.text(max_size=60))
def test_a_key_is_its_own_key(name: str) -> None:
    """Normalising once is enough, whatever the letters; words hold nothing but letters and digits."""
    assert key(key(name)) == key(name)
    assert tokens(name) == tuple(key(name).split())
