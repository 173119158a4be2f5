"""The real plan as it was read: its counts, its hard cells; no character and no statement is lost or told twice."""

from __future__ import annotations

import csv
import functools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from rdflib import DCTERMS, PROV, RDF, SKOS, XSD, BNode, Literal, URIRef
from rdflib.term import Node
from real_plan import PLAN, REGION, real_files, real_pieces, rules

from fosen_graph.iris import CODES, CV, FG, OA, Iris

HERE = Path(__file__).parent / "examples/reading"
PLAN_IRI = Iris().plan(REGION, PLAN)
SOURCE = real_files()[f"{PLAN}/kilde.txt"].decode()
GRAPHS = ("source", "plan", "evidence", "enrichment", "translations", "links", "candidates", "registry")


class Look:
    """What the graphs of the real plan and its region say, by subject and by object."""

    def __init__(self) -> None:
        self.graphs: Mapping[str, frozenset[tuple[Node, Node, Node]]] = {
            name: frozenset().union(*(piece.graphs.get(name, frozenset()) for piece in real_pieces()))
            for name in GRAPHS
        }
        self._out: dict[tuple[Node, Node], list[Node]] = defaultdict(list)
        self._in: dict[tuple[Node, Node], list[Node]] = defaultdict(list)
        for subject, predicate, value in (triple for graph in self.graphs.values() for triple in graph):
            self._out[subject, predicate].append(value)
            self._in[predicate, value].append(subject)

    def one(self, subject: Node, *path: URIRef) -> Node:
        """The end of a path of properties with one value each."""
        for predicate in path:
            (subject,) = self._out[subject, predicate]
        return subject

    def all(self, subject: Node, predicate: URIRef) -> list[Node]:
        return self._out[subject, predicate]

    def number(self, subject: Node, *path: URIRef) -> int:
        return int(str(self.one(subject, *path)))

    def who(self, predicate: URIRef, value: Node) -> list[Node]:
        return self._in[predicate, value]

    def a(self, class_: URIRef) -> list[Node]:
        return sorted(self._in[RDF.type, class_])


@functools.cache
def look() -> Look:
    return Look()


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@functools.cache
def mentions() -> Mapping[Node, list[Node]]:
    """Mentions by cell, from left to right."""
    cells: dict[Node, list[Node]] = defaultdict(list)
    for mention in look().a(FG.Mention):
        cells[look().one(mention, FG.inCell)].append(mention)
    for found in cells.values():
        found.sort(key=lambda mention: span(mention)[0])
    return cells


def span(mention: Node) -> tuple[int, int]:
    selector = look().one(mention, OA.hasTarget, OA.hasSelector)
    return look().number(selector, OA.start), look().number(selector, OA.end)


def table_cells() -> list[Node]:
    return [cell for cell in look().a(FG.SourceCell) if look().all(cell, FG.column)]


def title_cells() -> list[Node]:
    return [cell for cell in look().a(FG.SourceCell) if not look().all(cell, FG.column)]


def where(cell: Node) -> tuple[int, int]:
    return look().number(cell, FG.cellOf, FG.line), look().number(cell, FG.column)


def measures_of_strategies() -> list[int]:
    path = (FG.inPlanItem, FG.inFocusArea, FG.inStrategy, FG.order)
    return list(Counter(sorted(look().number(measure, *path) for measure in look().a(FG.Measure))).values())


def items_of_strategies() -> list[int]:
    path = (FG.inFocusArea, FG.inStrategy, FG.order)
    return list(Counter(sorted(look().number(item, *path) for item in look().a(FG.PlanItem))).values())


def split_cells() -> list[Node]:
    return [cell for cell in table_cells() if len(mentions()[cell]) > 1]


def in_role(role: str) -> list[Node]:
    return look().who(CV.role, URIRef(f"{CODES}rolle/{role}"))


COUNTS: Mapping[str, tuple[Callable[[], object], object]] = {
    "lines of the source": (lambda: SOURCE.count("\n") + 1, 66),
    "table rows": (lambda: len({where(cell)[0] for cell in table_cells()}), 43),
    "rows with those of the title": (lambda: len(look().a(FG.SourceRow)), 51),
    "table cells": (lambda: len(table_cells()), 129),
    "mentions in the table": (lambda: sum(len(mentions()[cell]) for cell in table_cells()), 171),
    "mentions in the title": (lambda: sum(len(mentions()[cell]) for cell in title_cells()), 15),
    "strategies": (lambda: len(look().a(FG.Strategy)), 3),
    "focus areas with the list's heading": (lambda: len(look().a(FG.FocusArea)), 12),
    "plan items": (lambda: len(look().a(FG.PlanItem)), 24),
    "plan items of the strategies": (items_of_strategies, [15, 8, 1]),
    "measures": (lambda: len(look().a(FG.Measure)), 29),
    "measures of the strategies": (measures_of_strategies, [19, 9, 1]),
    "rows with a measure": (lambda: len({look().one(m, FG.inRow) for m in look().a(FG.Measure)}), 26),
    "measures without partner": (
        lambda: [
            look().number(m, FG.inRow, FG.line) for m in look().a(FG.Measure) if not look().all(m, FG.partnerActor)
        ],
        [23],
    ),
    "listings": (lambda: len(look().a(FG.ArrangementListing)), 12),
    "plan elements": (lambda: len(look().a(FG.PlanElement)), 80),
    "arrangements": (lambda: len(look().a(FG.CooperationArrangement)), 12),
    "participations as responsible": (lambda: len(in_role("ansvarlig")), 37),
    "participations as partner": (lambda: len(in_role("samarbeidspartner")), 54),
    "participations of whole rows": (
        lambda: len(look().who(FG.assignmentBasis, URIRef(f"{CODES}grunnlag/rad"))),
        10,
    ),
    "links from measures to the responsible": (
        lambda: sum(len(look().all(m, FG.responsibleActor)) for m in look().a(FG.Measure)),
        40,
    ),
    "links from measures to partners": (
        lambda: sum(len(look().all(m, FG.partnerActor)) for m in look().a(FG.Measure)),
        61,
    ),
    "actors who take part": (lambda: len({look().one(p, CV.hasParticipant) for p in look().a(FG.Participation)}), 43),
    "split cells by column": (
        lambda: sorted(Counter(where(cell)[1] for cell in split_cells()).items()),
        [(3, 3), (4, 6), (5, 20)],
    ),
    "planning documents": (lambda: len(look().a(FG.PlanningDocument)), 3),
    "open questions": (lambda: len(look().a(FG.IdentityCandidate)), 6),
}


@pytest.mark.parametrize("what", COUNTS)
def test_the_plan_holds_as_many(what: str) -> None:
    count, expected = COUNTS[what]
    assert count() == expected


def test_every_cell_with_several_names_is_split_as_reviewed() -> None:
    """The 29 cells, with their names from left to right."""
    read = {
        where(cell): " | ".join(str(look().one(mention, FG.exactText)) for mention in mentions()[cell])
        for cell in split_cells()
    }
    assert read == {(int(row["line"]), int(row["column"])): row["names"] for row in table("split-cells.tsv")}
    assert len(read) == 29


def test_the_readings_that_are_not_certain_are_the_eleven_with_their_reasons() -> None:
    sure = URIRef(f"{CODES}sikkerhet/sikker")
    read = [
        (*where(cell), str(look().one(mention, FG.exactText)), look().one(mention, SKOS.editorialNote))
        for cell in table_cells()
        for mention in mentions()[cell]
        if look().one(mention, FG.certainty) != sure
    ]
    expected = [
        (int(row["line"]), int(row["column"]), row["words"], Literal(row["reason"], lang="nb"))
        for row in table("uncertain.tsv")
    ]
    assert sorted(read) == sorted(expected)
    assert len(read) == 11


def test_each_actor_has_its_class_its_name_and_its_parts() -> None:
    """The 47 actors that the plan names."""
    of_the_plan = {subject for subject, _, _ in look().graphs["plan"]}
    named = [actor for actor in look().a(FG.Actor) if actor in of_the_plan]
    read = {
        str(actor).rpartition("/")[2]: (
            leaf_class(actor),
            [
                str(label)
                for label in look().all(actor, SKOS.prefLabel)
                if isinstance(label, Literal) and label.language == "nb"
            ],
            parts(actor, "ansvarlig"),
            parts(actor, "samarbeidspartner"),
        )
        for actor in named
    }
    expected = {
        row["slug"]: (row["class"], [row["name"]], int(row["responsible"]), int(row["partner"]))
        for row in table("actors.tsv")
    }
    assert read == expected
    assert Counter(class_ for class_, *_ in read.values()) == {
        "Organisation": 20, "CollegialBody": 4, "Position": 2, "ActorGroup": 20, "NamedInitiative": 1,
    }  # fmt: skip


def leaf_class(actor: Node) -> str:
    classes = {str(class_).removeprefix(FG) for class_ in look().all(actor, RDF.type) if str(class_).startswith(FG)}
    above = {
        str(over).removeprefix(FG) for class_ in classes for over in rules().vocabulary.superclasses.get(FG[class_], ())
    }
    (leaf,) = classes - above
    return leaf


def parts(actor: Node, role: str) -> int:
    return sum(role_of(participation) == role for participation in look().who(CV.hasParticipant, actor))


def role_of(participation: Node) -> str:
    return str(look().one(participation, CV.role)).rpartition("/")[2]


def test_the_title_names_who_what_and_when() -> None:
    """Lines 5 to 18: organisation, plan, period, case, body, date and the two documents it builds on."""
    said = sorted(
        (
            look().number(mention, FG.inCell, FG.cellOf, FG.line),
            str(look().one(mention, FG.exactText)),
            local(look().one(mention, OA.hasBody)),
        )
        for cell in title_cells()
        for mention in mentions()[cell]
    )
    assert said == [
        (5, "FOSEN", "aktoer/fosenregionen-interkommunalt-politisk-raad"),
        (6, "REGIONEN", "aktoer/fosenregionen-interkommunalt-politisk-raad"),
        (8, "Interkommunalt Politisk Råd", "aktoer/fosenregionen-interkommunalt-politisk-raad"),
        (10, "HANDLINGSPLAN", "2022-2024"),
        (12, "2022-2024", "2022-2024/periode"),
        (14, "10.06.2022", "2022-2024/vedtak/rs-03-22"),
        (14, "REPRESENTANTSKAPET", "aktoer/representantskapet"),
        (14, "RS 03/22", "2022-2024/vedtak/rs-03-22"),
        (16, "10.06.2022", "2022-2024/vedtak/rs-03-22"),
        (16, "2022-24", "2022-2024/periode"),
        (16, "HANDLINGSPLAN", "2022-2024"),
        (16, "REPRESENTANTSKAPET", "aktoer/representantskapet"),
        (18, "Fosenstrategien", "dokument/fosenstrategien"),
        (18, "Handlingsplanen", "2022-2024"),
        (18, "Næringskompass for Fosenregionen", "dokument/naeringskompass-for-fosenregionen"),
    ]


def local(iri: Node) -> str:
    return str(iri).removeprefix(f"{Iris().region(REGION)}/")


def test_the_plan_was_adopted_by_whom_when_and_in_which_case() -> None:
    (decision,) = look().who(FG.adopts, PLAN_IRI)
    assert look().one(decision, FG.caseReference) == Literal("RS 03/22")
    assert look().one(decision, DCTERMS.date) == Literal("2022-06-10", datatype=XSD.date)
    assert look().one(PLAN_IRI, DCTERMS.dateAccepted) == Literal("2022-06-10", datatype=XSD.date)
    assert local(look().one(decision, FG.decidedBy)) == "aktoer/representantskapet"
    assert look().one(PLAN_IRI, PROV.hadPrimarySource) == URIRef(f"{PLAN_IRI}/kilde")


def test_names_and_separators_are_every_character_of_every_table_cell() -> None:
    for cell in table_cells():
        parts = [
            str(look().one(mention, predicate))
            for mention in mentions()[cell]
            for predicate in (FG.separatorBefore, FG.exactText)
        ]
        assert "".join(parts) == str(look().one(cell, FG.rawText)), cell


def test_every_mention_is_the_text_at_its_offsets() -> None:
    for mention in look().a(FG.Mention):
        start, end = span(mention)
        assert SOURCE[start:end] == str(look().one(mention, FG.exactText)), mention


def test_mentions_do_not_overlap() -> None:
    for found in mentions().values():
        assert all(span(left)[1] <= span(right)[0] for left, right in pairwise(found))


def test_the_iri_of_a_mention_tells_its_span_in_the_cell() -> None:
    lines = [0, *(match.end() for match in re.finditer("\n", SOURCE))]
    for cell in table_cells():
        line, column = where(cell)
        start = lines[line - 1] + sum(len(text) + 1 for text in SOURCE.split("\n")[line - 1].split("\t")[: column - 1])
        for mention in mentions()[cell]:
            first, end = span(mention)
            assert str(mention) == f"{cell}/omtale/{first - start}-{end - start}"


def test_the_row_after_the_page_break_continues_the_one_before() -> None:
    rows = [subject for subject, predicate, _ in look().graphs["evidence"] if predicate == FG.continuesRow]
    assert [(look().number(row, FG.line), look().number(row, FG.continuesRow, FG.line)) for row in rows] == [(31, 29)]


def test_every_statement_stands_in_one_named_graph() -> None:
    for one, other in combinations(look().graphs.values(), 2):
        assert not one & other
    region, plan = real_pieces()
    for name in region.graphs:
        assert not region.graphs[name] & plan.graphs.get(name, frozenset())


def triples() -> Iterator[tuple[Node, Node, Node]]:
    return (triple for graph in look().graphs.values() for triple in graph)


def test_nothing_in_the_data_is_without_a_name() -> None:
    assert not [triple for triple in triples() if any(isinstance(term, BNode) for term in triple)]


SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
KINDS = "strategi|innsatsomraade|punkt|tiltak|oppfoering|vedtak"
CELL = r"kilde/rad/[1-9]\d*(?:/(?:celle/[1-9]\d*|tekst)(?:/(?:omtale|deltakelse)/\d+-\d+(?:/utsnitt(?:/posisjon)?)?)?)?"
PATTERNS = re.compile(
    rf"(?:(?:aktoer/{SLUG}(?:/identifikator|/registerfoering)?|(?:ordning|dokument|kandidat|lenke|kontroll|sted)/{SLUG})"
    rf"|{re.escape(PLAN)}(?:/(?:periode|kilde|{CELL}|(?:{KINDS})/{SLUG}(?:/emne/{SLUG})?))?)"
)


def test_every_iri_of_the_data_is_built_as_decided() -> None:
    own = {term for triple in triples() for term in triple if str(term).startswith(f"{Iris().base}id/")}
    assert len(own) > 1000
    assert [iri for iri in own if not PATTERNS.fullmatch(local(iri))] == []


def test_every_iri_is_one_that_sparql_and_browsers_take() -> None:
    iris = {str(term) for triple in triples() for term in triple if isinstance(term, URIRef)}
    assert [iri for iri in iris if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", iri)] == []


def test_no_id_is_longer_than_sixty_characters() -> None:
    region, plan = real_pieces()
    slugs = [str(iri).rpartition("/")[2] for iri in (*region.minted, *plan.minted)]
    assert max(map(len, slugs)) <= 60


CANONICAL = {XSD.integer: r"0|[1-9]\d*", XSD.gYear: r"\d{4}", XSD.date: r"\d{4}-\d\d-\d\d", XSD.boolean: "true|false"}


def test_literals_are_in_their_canonical_form() -> None:
    """So that engines that compare spellings agree with those that compare values."""
    typed = {term for triple in triples() for term in triple if isinstance(term, Literal) and term.datatype}
    assert [literal for literal in typed if not re.fullmatch(CANONICAL[literal.datatype], literal)] == []
