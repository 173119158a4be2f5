"""What the graphs say of decisions in; the decision log as SSSOM/TSV out: links taken and refused, and subjects."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rdflib import DCTERMS, OWL, PROV, RDF, SKOS, Literal, URIRef
from rdflib.term import Node

from fosen_graph.formats import Triple
from fosen_graph.iris import CODES, EU, FG, LOS, OA, ORGANISATION_CATALOGUE, Iris

FILE = "decisions.sssom.tsv"
GRAPHS = ("links", "enrichment", "plan", "translations")  # decisions, and the names of what they are about
COLUMNS = (  # SSSOM 1.0, the slots of a mapping in their canonical order; our own slots last
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "author_label", "mapping_date", "comment", "certainty", "register_date",
)  # fmt: skip
_PREFIXES = {
    "dct": str(DCTERMS),
    "eutheme": f"{EU}data-theme/",
    "los": LOS,
    "orgnr": ORGANISATION_CATALOGUE,
    "owl": str(OWL),
    "semapv": "https://w3id.org/semapv/vocab/",
}
_REFUSED, _ACCEPTED = (URIRef(f"{CODES}status/{word}") for word in ("avvist", "gjennomgaatt"))
_REMARKS = (SKOS.editorialNote, SKOS.note)


def is_decided(text: bytes) -> bool:
    """Whether N-Triples of one graph tell of a decision. A quick look: what is told otherwise is only read in vain."""
    return str(FG.reviewStatus).encode() in text


def decision_log(triples: Iterable[Triple], iris: Iris, licence: str, release: str) -> str:
    """
    A mapping set (https://mapping-commons.github.io/sssom/); "" where nobody has decided anything.

    triples: of the graphs of GRAPHS. licence: IRI. release: its id, which becomes the set's version.
    """
    said: dict[tuple[Node, URIRef], list[Node]] = defaultdict(list)
    for subject, predicate, value in sorted(set(triples)):
        said[subject, predicate].append(value)
    rows = sorted(_rows(said), key=lambda row: [row[column] for column in COLUMNS])
    if not rows:
        return ""
    prefixes = {"id": f"{iris.base}id/"} | _PREFIXES
    out = io.StringIO()
    out.writelines(f"#{line}\n" for line in _head(prefixes, iris, licence, release))
    writer = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _short(text, prefixes) for column, text in row.items()} for row in rows)
    return out.getvalue()


def _head(prefixes: Mapping[str, str], iris: Iris, licence: str, release: str) -> Iterator[str]:
    """YAML, as a comment before the table."""
    yield f"mapping_set_id: {iris.base}mappings/decisions"
    yield f'mapping_set_version: "{release}"'
    yield 'mapping_set_title: "Avgjørelser om lenker og emner / Decisions about links and subjects"'
    yield f"license: {licence}"
    yield "curie_map:"
    yield from (f'  {prefix}: "{space}"' for prefix, space in sorted(prefixes.items()))
    yield "extension_definitions:"
    for slot, property_, kind in (
        ("certainty", FG.certainty, "http://www.w3.org/2001/XMLSchema#string"),
        ("register_date", DCTERMS.valid, "http://www.w3.org/2001/XMLSchema#date"),
    ):
        yield f"  - slot_name: {slot}"
        yield f'    property: "{property_}"'
        yield f'    type_hint: "{kind}"'


def _rows(said: Mapping[tuple[Node, URIRef], list[Node]]) -> Iterator[dict[str, str]]:
    for decision in [subject for subject, predicate in said if predicate == FG.reviewStatus]:
        status = said[decision, FG.reviewStatus][0]
        if OA.classifying in said.get((decision, OA.motivatedBy), ()):
            for subject in said[decision, OA.hasTarget]:
                yield from (_row(said, decision, subject, DCTERMS.subject, o) for o in said[decision, OA.hasBody])
        elif status == _REFUSED:
            for subject in said[decision, FG.candidateSubject]:
                targets = said[decision, FG.candidateTarget]
                yield from (_row(said, decision, subject, OWL.sameAs, target, "Not") for target in targets)
        elif status == _ACCEPTED and FG.Interpretation in said.get((decision, RDF.type), ()):
            for subject in said.get((decision, DCTERMS.subject), ()):
                yield from (_row(said, decision, subject, OWL.sameAs, o) for o in said[subject, OWL.sameAs])


def _row(
    said: Mapping[tuple[Node, URIRef], list[Node]],
    decision: Node,
    subject: Node,
    predicate: URIRef,
    target: Node,
    modifier: str = "",
) -> dict[str, str]:
    def told(*predicates: URIRef) -> str:
        return " ".join(" ".join(str(value).split()) for p in predicates for value in said.get((decision, p), ()))

    return {
        "subject_id": str(subject),
        "subject_label": _label(said, subject),
        "predicate_id": str(predicate),
        "predicate_modifier": modifier,
        "object_id": str(target),
        "object_label": _label(said, target),
        "mapping_justification": f"{_PREFIXES['semapv']}ManualMappingCuration",
        "author_label": ", ".join(_end(role) for role in said.get((decision, PROV.wasAttributedTo), ())),
        "mapping_date": told(DCTERMS.date),
        "comment": told(*_REMARKS),
        "certainty": " ".join(_end(code) for code in said.get((decision, FG.certainty), ())),
        "register_date": told(DCTERMS.valid),
    }


def _end(iri: Node) -> str:
    return str(iri).rpartition("/")[2]


def _label(said: Mapping[tuple[Node, URIRef], list[Node]], thing: Node) -> str:
    labels = [label for label in said.get((thing, SKOS.prefLabel), ()) if isinstance(label, Literal)]
    own = [str(label) for label in labels if label.language == "nb"] or [str(label) for label in labels]
    return own[0] if own else ""


def _short(text: str, prefixes: Mapping[str, str]) -> str:
    """A CURIE, where a prefix fits."""
    for prefix, space in prefixes.items():
        if text.startswith(space) and text != space:
            return f"{prefix}:{text.removeprefix(space)}"
    return text
