"""The triples of a named graph in, what it holds by VoID out: counts of classes and properties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import DCTERMS, RDF, VOID, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from fosen_graph.findings import Words
from fosen_graph.iris import REGISTER_LICENCE, partition

Triple = tuple[IdentifiedNode, URIRef, Node]

GRAPH_TITLES = {
    "source": Words(nb="Kilden: dokumentet, rader og celler", en="The source: document, rows and cells"),
    "plan": Words(nb="Det planen sier", en="What the plan says"),
    "evidence": Words(nb="Belegg: hvordan hvert ord er lest", en="Evidence: how each word was read"),
    "enrichment": Words(nb="Det vi har lagt til, med kilder", en="What we added, with sources"),
    "translations": Words(nb="Det vi har oversatt", en="What we translated"),
    "links": Words(nb="Lenker til registre", en="Links to registers"),
    "candidates": Words(nb="Åpne spørsmål om identitet", en="Open questions of identity"),
    "registry": Words(nb="Det registrene sier", en="What the registers say"),
    "ontology": Words(nb="Ontologien", en="The ontology"),
    "codes": Words(nb="Kodelistene", en="The code lists"),
    "shapes": Words(nb="Reglene dataene er kontrollert mot", en="The rules that the data were checked against"),
    "questions": Words(nb="Spørsmål som dataene svarer på", en="Questions that the data answer"),
    "catalogue": Words(nb="Katalogen", en="The catalogue"),
    "report": Words(nb="Rapporten fra kontrollen", en="The report of the check"),
}

_DESCRIBED = {  # what whoever uses a named graph must know beside its name
    "registry": Words(
        nb="Det Enhetsregisteret sa om virksomhetene; hver registerføring har dagen (eller året) og kilden. Inneholder "
        "data under norsk lisens for offentlige data (NLOD) tilgjengeliggjort av Brønnøysundregistrene.",
        en="What the register of legal entities said of the organisations; each record has its day (or year) and "
        "source. Contains data under the Norwegian licence for Open Government data (NLOD) distributed by "
        "Brønnøysundregistrene.",
    ),
    "enrichment": Words(
        nb="Det vi har lagt til, hver opplysning med kilde. Emneord fra LOS (Digitaliseringsdirektoratet) og EUs "
        "datatemaer (Publikasjonskontoret) står med listenes egne navn; hvilke som passer, er vurdert av oss.",
        en="What we added, each fact with its source. Subjects of LOS (the Norwegian Digitalisation Agency) and data "
        "themes of the EU (Publications Office) stand with the lists' own names; which ones fit, we have judged.",
    ),
    "links": Words(
        nb="Avgjørelsene om lenker til Enhetsregisteret, også de avviste: hvilken rolle avgjorde, når, og på hvilket "
        "belegg.",
        en="The decisions about links to the register of legal entities, the refused ones too: which role decided, "
        "when, and on what evidence.",
    ),
}
_LICENCES = {"registry": REGISTER_LICENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCounts:
    """What one named graph holds; classes and properties with the number of instances and of triples."""

    graph: str
    triples: int
    classes: Mapping[URIRef, int]
    properties: Mapping[URIRef, int]


def count(graph: str, triples: Iterable[Triple]) -> GraphCounts:
    """Count the classes and properties of one named graph."""
    properties: Counter[URIRef] = Counter()
    classes: Counter[URIRef] = Counter()
    for _, property_, value in triples:
        properties[property_] += 1
        if property_ == RDF.type and isinstance(value, URIRef):
            classes[value] += 1
    return GraphCounts(graph=graph, triples=properties.total(), classes=dict(classes), properties=dict(properties))


def describe_graph(node: URIRef, counts: GraphCounts, files: Iterable[URIRef] = ()) -> Iterator[Triple]:
    """The triples of one named graph's description. node: its IRI. files: where it can be fetched."""
    title = GRAPH_TITLES[counts.graph]
    yield node, RDF.type, VOID.Dataset
    yield node, DCTERMS.title, Literal(title.nb, lang="nb")
    yield node, DCTERMS.title, Literal(title.en, lang="en")
    if told := _DESCRIBED.get(counts.graph):
        yield node, DCTERMS.description, Literal(told.nb, lang="nb")
        yield node, DCTERMS.description, Literal(told.en, lang="en")
    if counts.graph in _LICENCES:
        yield node, DCTERMS.license, _LICENCES[counts.graph]
    for file in files:
        yield node, VOID.dataDump, file
    yield from describe_holdings(node, counts)


def together(counts: Iterable[GraphCounts]) -> GraphCounts:
    """Of all graphs: each triple stands in one of them only, so their numbers add up."""
    classes: Counter[URIRef] = Counter()
    properties: Counter[URIRef] = Counter()
    for one in counts:
        classes.update(one.classes)
        properties.update(one.properties)
    return GraphCounts(graph="", triples=properties.total(), classes=dict(classes), properties=dict(properties))


def describe_holdings(node: URIRef, counts: GraphCounts) -> Iterator[Triple]:
    """How much there is of each class and each property."""
    yield node, VOID.triples, Literal(counts.triples)
    yield node, VOID.classes, Literal(len(counts.classes))
    yield node, VOID.properties, Literal(len(counts.properties))
    for class_, instances in counts.classes.items():
        part = partition(node, "class", class_)
        yield node, VOID.classPartition, part
        yield part, VOID["class"], class_
        yield part, VOID.entities, Literal(instances)
    for property_, triples in counts.properties.items():
        part = partition(node, "property", property_)
        yield node, VOID.propertyPartition, part
        yield part, VOID.property, property_
        yield part, VOID.triples, Literal(triples)
