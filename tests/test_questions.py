"""The questions that ship and the questions that must be refused, on rdflib and on Oxigraph, over the real plan."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import served
from rdflib import DCAT, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, BNode, Graph, URIRef
from rdflib import Literal as Text
from real_plan import real_graphs
from two_engines import TwoEngines

from fosen_graph.checking import check, load_shapes
from fosen_graph.findings import DataError
from fosen_graph.iris import ADMS, CODES, CV, FG, GRAPHS, OA, Iris
from fosen_graph.questions import PERSONAS, Question, packaged_questions, parse_question, questions_graph
from fosen_graph.web.endpoint.asked import read_questions

ROOT = Path(__file__).parent.parent
STORED = ROOT / "fosen_graph" / "queries" / "cq"
REFUSED = sorted((ROOT / "tests" / "refused").glob("*.rq"))
QUESTIONS = packaged_questions()
BY_ID = {question.id: question for question in QUESTIONS}
SHAPES = load_shapes({"questions": (ROOT / "shapes" / "questions.ttl").read_text(encoding="utf-8")})
CODE_LISTS = frozenset(Graph().parse(ROOT / "ontology" / "codes.ttl"))
ENDINGS = {"select": "tsv", "ask": "tsv", "construct": "nt"}
PREFIXES = Iris().prefixes("fosen")

# The rows that the review counted by hand in the plan's text; a changed reading must change this table too.
COUNTED = {
    "P1": 2, "P2": 1, "P3": 8, "P4": 15, "P5": 1, "P6": 5, "P7": 11, "P8": 8, "P9": 1, "P10": 12, "P11": 6, "P12": 4,
    "P14": 2, "R1": 3, "R2": 29, "R3": 6, "R4": 43, "R5": 10, "R6": 7, "R7": 6, "R8": 1, "R9": 11, "R10": 29, "R11": 10,
    "R12": 1, "R14": 15, "G3": 23, "G5": 6, "G7": 1, "D3": 12,
}  # fmt: skip
ASKED_FALSE = ("D5", "D6", "D7")

# Answers that count or list what other graphs add to, and so hold over the graphs they name only.
NOT_OVER_THE_UNION = {
    "D3": "counts the things of every class",
    "G5": "enrichment adds organisations to organisations",
}

# Terms that rdflib's own namespaces do not know, each looked up in its specification.
LOOKED_UP = {
    "DCAT 3": {f"{DCAT._NS}version"},
    "ADMS": {str(ADMS.identifier), str(ADMS.schemaAgency)},
    "CPSV-AP 3": {str(CV.role), str(CV.hasParticipant)},
    "Web Annotation Vocabulary": {
        str(OA[name]) for name in ("hasBody", "hasTarget", "hasSelector", "start", "end", "motivatedBy", "classifying")
    },
}


@pytest.fixture(scope="module")
def engines() -> TwoEngines:
    return TwoEngines(real_graphs())


def rows_file(question: Question) -> Path:
    return STORED / f"{question.id}.{ENDINGS[question.kind]}"


def stored(question: Question) -> str:
    """What write_rows.py wrote and a person compared with the plan's text."""
    return rows_file(question).read_text(encoding="utf-8")


def settled(answer: str) -> str:
    """The answer with the parts of a GROUP_CONCAT in one order, which SPARQL 1.1 (18.5.1.7) leaves open."""
    return re.sub(r'"([^"\t]* \| [^"\t]*)"', lambda cell: f'"{" | ".join(sorted(cell[1].split(" | ")))}"', answer)


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # what rdflib deprecates it uses itself
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_two_engines_give_the_stored_rows_in_the_stored_order(question: Question, engines: TwoEngines) -> None:
    """Every ORDER BY ends in a total tie-breaker, so also the order is one."""
    expected = stored(question)
    assert settled(engines.oxigraph(question.text, question.graphs)) == expected
    assert settled(engines.rdflib(question.text, question.graphs)) == expected


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_union_of_all_graphs_gives_the_same_rows(question: Question, engines: TwoEngines) -> None:
    """Whoever asks the endpoint without naming graphs gets the answer that the page shows."""
    answer = settled(engines.oxigraph(question.text, GRAPHS))
    assert (answer == stored(question)) != (question.id in NOT_OVER_THE_UNION)


def test_the_stored_rows_have_the_counts_of_the_review() -> None:
    rows = {question.id: stored(question).count("\n") - 1 for question in QUESTIONS}
    assert {name: rows[name] for name in COUNTED} == COUNTED
    assert [stored(question) for question in QUESTIONS if question.id in ASKED_FALSE] == ["false\n"] * 3


def test_no_stored_rows_without_a_question() -> None:
    files = {file.name for file in STORED.iterdir()}
    assert files == {name for q in QUESTIONS for name in (f"{q.id}.rq", rows_file(q).name)}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_header_names_what_the_query_uses(question: Question) -> None:
    """The terms, the persona's letter, both languages and the project's own prefixes."""
    body = re.sub(r"^(#|PREFIX).*\n", "", question.text, flags=re.MULTILINE)
    terms = {term for term in re.findall(r"\b[a-z]+:[\w-]+", body) if term.partition(":")[0] in PREFIXES}
    assert set(question.terms) == terms
    assert question.id[0] == dict(zip(PERSONAS, "PRGD", strict=True))[question.persona]
    assert question.nb.endswith("?") and question.en.endswith("?") and question.nb != question.en
    declared = dict(re.findall(r"^PREFIX (\w+): <(.+)>$", question.text, flags=re.MULTILINE))
    assert declared == {prefix: PREFIXES[prefix] for prefix in {term.partition(":")[0] for term in terms}}


def test_every_term_in_a_question_exists() -> None:
    """Our own in the ontology, the codes in the code lists, actors in the plan, foreign ones in their vocabulary."""
    plan = {str(subject) for subject, _, _ in real_graphs()["plan"]}
    ours = {str(s) for name in ("fosen", "codes") for s in Graph().parse(ROOT / f"ontology/{name}.ttl").subjects()}
    iris = {term: PREFIXES[term.partition(":")[0]] + term.partition(":")[2] for q in QUESTIONS for term in q.terms}
    spaces = (DCAT, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SKOS)
    foreign = {f"{space._NS}{name}" for space in spaces for name in space.__annotations__}
    known = plan.union(ours, foreign, *LOOKED_UP.values())
    assert {term for term, iri in iris.items() if iri not in known} == set()


def test_every_term_of_the_ontology_serves_a_question() -> None:
    ontology = Graph().parse(ROOT / "ontology/fosen.ttl")
    terms = {str(term) for term in ontology.subjects(RDFS.isDefinedBy) if str(term).startswith(FG)}
    assert len(terms) > 50
    assert terms - {FG + term.removeprefix("fg:") for q in QUESTIONS for term in q.terms} == set()


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.stem)
def test_what_the_plan_does_not_say_is_not_answered(file: Path, engines: TwoEngines) -> None:
    """The texts were written before the data was looked at; an answer would be a pretence."""
    query = file.read_text(encoding="utf-8")
    names = [name for name in GRAPHS if name not in ("catalogue", "report")]
    assert engines.oxigraph(query, names).splitlines()[1:] == []
    assert engines.rdflib(query, names).splitlines()[1:] == []


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.stem)
def test_a_graph_that_pretends_to_know_is_caught(file: Path) -> None:
    """A refused question that can find nothing at all would prove nothing."""
    pretence = TwoEngines({"plan": frozenset(Graph().parse(file.with_suffix(".ttl")))})
    query = file.read_text(encoding="utf-8")
    assert pretence.oxigraph(query, ["plan"]).splitlines()[1:]
    assert pretence.rdflib(query, ["plan"]).splitlines()[1:]


def test_questions_come_by_persona_and_number() -> None:
    ids = [question.id for question in QUESTIONS]
    assert ids[:3] == ["P1", "P2", "P3"] and ids[-1] == "D11" and len(set(ids)) == len(ids)
    assert [question.persona for question in QUESTIONS] == sorted(
        (question.persona for question in QUESTIONS), key=PERSONAS.index
    )


def test_the_graph_of_questions_can_be_asked_for_a_term() -> None:
    """No blank node; text, labels in both languages, and our terms that the question needs."""
    iris = Iris("https://data.example/")
    graph = Graph()
    for triple in questions_graph(QUESTIONS, iris):
        graph.add(triple)
    asked = iris.question("p3")
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    assert set(graph.objects(asked, RDF.type)) == {SH.SPARQLExecutable, SH.SPARQLSelectExecutable}
    assert set(graph.objects(asked, RDFS.label)) == {
        Text("Hva er Rådet ansvarlig for?", lang="nb"),
        Text("What is Rådet responsible for?", lang="en"),
    }
    assert FG.responsibleActor in set(graph.objects(asked, DCTERMS.references))
    assert graph.value(asked, DCTERMS.audience) == URIRef(f"{CODES}persona/politiker")
    assert graph.value(iris.question("d5"), SH.ask) and graph.value(iris.question("r15"), SH.construct)


def test_the_questions_and_those_who_ask_them_hold_what_their_shapes_want() -> None:
    assert check({*questions_graph(QUESTIONS, Iris()), *CODE_LISTS}, SHAPES) == []


ASKED_BY = (DCTERMS.audience, URIRef(f"{CODES}persona/politiker"))
DAMAGES = {  # what is taken from P3, what it gets, and what is told of it
    "no words in English": ((RDFS.label, Text(BY_ID["P3"].en, lang="en")), None, "label MinCount"),
    "two in Bokmål": (None, (RDFS.label, Text("Hva?", lang="nb")), "label UniqueLang"),
    "a third language": (None, (RDFS.label, Text("Quoi ?", lang="fr")), "label LanguageIn"),
    "no note in English": ((RDFS.comment, Text(BY_ID["P3"].note.en, lang="en")), None, "comment MinCount"),
    "two notes in English": (None, (RDFS.comment, Text("More.", lang="en")), "comment UniqueLang"),
    "a note in no language": (None, (RDFS.comment, Text("More.")), "comment LanguageIn"),
    "two who ask it": (None, (DCTERMS.audience, URIRef(f"{CODES}persona/forsker")), "audience MaxCount"),
    "nobody who asks it": (ASKED_BY, None, "audience MinCount, codeList HasValue"),
    "asked by a role": (ASKED_BY, (DCTERMS.audience, URIRef(f"{CODES}rolle/ansvarlig")), "codeList HasValue"),
    "no query": ((SH.select, Text(BY_ID["P3"].text)), None, "query MinCount"),
    "two queries": (None, (SH.ask, Text("ASK { ?x ?y ?z }")), "query MaxCount"),
    "a query in a language": (
        (SH.select, Text(BY_ID["P3"].text)), (SH.select, Text("SELECT", lang="en")), "query Datatype"
    ),
    "no number": ((DCTERMS.identifier, Text("P3")), None, "identifier MinCount"),
    "two numbers": (None, (DCTERMS.identifier, Text("P4")), "identifier MaxCount"),
    "a number alone": ((DCTERMS.identifier, Text("P3")), (DCTERMS.identifier, Text("3")), "identifier Pattern"),
    "no place": ((SH.order, Text(3)), None, "order MinCount"),
    "two places": (None, (SH.order, Text(4)), "order MaxCount"),
    "a place in words": ((SH.order, Text(3)), (SH.order, Text("third")), "order Datatype"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_question_that_lacks_something_is_told(damage: str) -> None:
    removed, added, expected = DAMAGES[damage]
    asked = Iris().question("p3")
    triples = {*questions_graph(QUESTIONS, Iris()), *CODE_LISTS}
    if removed:
        triples.remove((asked, *removed))
    triples |= {(asked, *added)} if added else set()
    told = sorted(_named(result.shape, result.component) for result in check(triples, SHAPES))
    assert ", ".join(told) == expected


def _named(shape: object, component: object) -> str:
    rule, kind = (str(term).rpartition("#")[2] for term in (shape, component))
    return f"{rule.removeprefix('Question-')} {kind.removesuffix('ConstraintComponent')}"


def test_no_rule_for_questions_is_dead() -> None:
    """Each is seen to fail above."""
    rules = {
        _named(one.node, rule.component)
        for shape in SHAPES.compiled
        for one in shape.properties
        for rule in one.constraints
    }
    assert rules == {rule for *_, expected in DAMAGES.values() for rule in expected.split(", ")}


def test_what_a_release_says_of_the_questions_is_what_their_files_say() -> None:
    """The pages read them from the graph: nothing is lost on the way, and those who ask have names."""
    found = read_questions(served.store())
    files = [replace(question, graphs=(), terms=()) for question in QUESTIONS]
    assert list(found.by_slug.values()) == files
    assert [(key, words.nb, words.en) for key, words in found.personas.items()] == [
        ("politiker", "Politiker", "Politician"),
        ("forsker", "Forsker", "Researcher"),
        ("registerfoerer", "Registerfører", "Registrar"),
        ("dataportal", "Dataportal", "Data portal"),
    ]


def test_another_base_moves_the_data_of_a_question_and_no_term() -> None:
    text = {question.id: question.text for question in packaged_questions("https://data.example/")}["P4"]
    assert "PREFIX fg: <https://w3id.org/fosen-graph/ns#>" in text
    moved = {question.id: question.text for question in packaged_questions("https://data.example/")}["P3"]
    assert "PREFIX aktoer: <https://data.example/id/fosen/aktoer/>" in moved


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# P3. ", "# ", "The question lacks «# P3. What the query does.»."),
        ("# persona: politiker\n", "", "The question lacks «# persona: …»."),
        (
            "persona: politiker",
            "persona: king",
            f"The question lacks persona: {', '.join(PERSONAS)}.",
        ),
        ("# note en: ", "# remark: ", "The question lacks «# note en: …»."),
        ("# graphs: plan", "# graphs: plans", f"The question lacks graphs: {', '.join(GRAPHS)}."),
        ("SELECT", "DESCRIBE", "The question lacks SELECT, ASK, CONSTRUCT."),
    ],
)
def test_a_question_without_its_header_is_refused(old: str, new: str, message: str) -> None:
    text = (STORED / "P3.rq").read_text(encoding="utf-8").replace(old, new)
    with pytest.raises(DataError) as refusal:
        parse_question(text, "P3.rq")
    assert [finding.what.en for finding in refusal.value.report] == [message]
