"""A number of plans in; the queries that servers are compared by out, and whether two answers say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph

from fosen_graph.iris import DEFAULT_BASE

from .synthetic import region_name

JSON, TURTLE, NTRIPLES = "application/sparql-results+json", "text/turtle", "application/n-triples"
_MOST_REGIONS = 20  # that queries name
_PREFIXES = """\
PREFIX fg: <https://w3id.org/fosen-graph/ns#>
PREFIX rolle: <https://w3id.org/fosen-graph/code/rolle/>
PREFIX cv: <http://data.europa.eu/m8g/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_MEASURES = ("kraftforsyning-fosen", "vannforsyning-fosen", "desentraliserte-tilbud")
_MIX = (  # {plan} and {region} are IRIs
    # the measures of a plan in their order, by a path
    (
        JSON,
        """SELECT ?measure ?label WHERE {{
    ?measure fg:inPlanItem/fg:inFocusArea/fg:inStrategy/fg:inPlan {plan} ; skos:prefLabel ?label .
    FILTER(lang(?label) = "nb")
}} ORDER BY ?label""",
    ),
    # who answers for most
    (
        JSON,
        """SELECT ?actor (COUNT(DISTINCT ?measure) AS ?measures) WHERE {{
    ?measure fg:responsibleActor ?actor ; fg:inPlanItem/fg:inFocusArea/fg:inStrategy/fg:inPlan {plan} .
}} GROUP BY ?actor ORDER BY DESC(?measures) ?actor""",
    ),
    # what an actor takes part in, and as what
    (
        JSON,
        """SELECT ?measure ?role WHERE {{
    ?participation cv:hasParticipant <{region}/aktoer/raadet> ; cv:role ?role ; fg:inMeasure ?measure .
}}""",
    ),
    # words are searched for
    (
        JSON,
        """SELECT ?thing ?label WHERE {{
    ?item fg:inFocusArea/fg:inStrategy/fg:inPlan {plan} . ?thing fg:inPlanItem ?item ; skos:prefLabel ?label .
    FILTER(CONTAINS(LCASE(STR(?label)), "e"))
}} ORDER BY ?thing LIMIT 20""",
    ),
    (JSON, """ASK {{ <{region}/aktoer/raadet> ^fg:responsibleActor/fg:inPlanItem ?item }}"""),
    (
        TURTLE,
        """CONSTRUCT {{ ?measure fg:responsibleActor ?actor . ?actor skos:prefLabel ?label }} WHERE {{
    ?measure fg:inPlanItem/fg:inFocusArea/fg:inStrategy/fg:inPlan {plan} ; fg:responsibleActor ?actor .
    ?actor skos:prefLabel ?label .
}}""",
    ),
    (NTRIPLES, """DESCRIBE <{region}/2022-2024/tiltak/vannforsyning-fosen> <{region}/aktoer/raadet>"""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asking:
    """A query and the media type that its answer is asked for in."""

    text: str
    accept: str


def lookups(plans: int) -> list[Asking]:
    """All about one measure."""
    return [
        Asking(
            f"SELECT ?property ?value WHERE {{ <{_region(plan)}/2022-2024/tiltak/{measure}> ?property ?value }}", JSON
        )
        for plan in range(1, plans + 1)
        for measure in _MEASURES
    ]


def mix(plans: int) -> list[Asking]:
    """Seven queries for each of at most twenty regions, one of each by turns."""
    return [
        Asking(_PREFIXES + text.format(plan=f"<{_region(plan)}/2022-2024>", region=_region(plan)), accept)
        for plan in range(1, min(plans, _MOST_REGIONS) + 1)
        for accept, text in _MIX
    ]


def _region(number: int) -> str:
    return f"{DEFAULT_BASE}id/{region_name(number)}"


def same(answers: Iterable[tuple[str, bytes]]) -> bool:
    """
    Whether all answers, each with its content type, say the same: the same solutions as often, or the same triples.

    The order of solutions is compared nowhere: ORDER BY leaves ties open.
    """
    read = [_read(content_type.partition(";")[0].strip(), body) for content_type, body in answers]
    return all(one == read[0] for one in read)


def amount(content_type: str, body: bytes) -> int:
    """How many solutions or triples; a truth value counts as one."""
    read = _read(content_type.partition(";")[0].strip(), body)
    return sum(read.values()) if isinstance(read, Counter) else 1


def _read(media_type: str, body: bytes) -> Counter[str] | bool:
    """rdflib-endpoint sends a truth value as XML, and triples as RDF/XML by another name, whatever is asked for."""
    if b"<rdf:RDF" in body[:200]:
        media_type = "application/rdf+xml"
    results = pyoxigraph.QueryResultsFormat.from_media_type(media_type)
    if results is None:
        format_ = pyoxigraph.RdfFormat.from_media_type(media_type)
        assert format_ is not None, media_type
        return Counter({str(quad.triple): 1 for quad in pyoxigraph.parse(body, format=format_)})
    read = pyoxigraph.parse_query_results(body, format=results)
    if isinstance(read, pyoxigraph.QueryBoolean):
        return bool(read)
    names = [variable.value for variable in read.variables]
    return Counter(str({name: str(row[name]) for name in sorted(names)}) for row in read)
