"""An IRI in; out the IRI that stands for it now, or why there is none: withdrawn, which is told, or never known."""

from __future__ import annotations

from flask import Response, abort, request
from rdflib import RDFS, Literal, URIRef

from fosen_graph.findings import Words
from fosen_graph.formats import GRAPH_FORMATS, HTML, JSONLD, NTRIPLES, TURTLE, Format, negotiate, read, serialise
from fosen_graph.web.pages.compact import compacted
from fosen_graph.web.problems import PROBLEM, Problem
from fosen_graph.web.rows import document, rows
from fosen_graph.web.site import Site
from fosen_graph.web.wording import wording

_TOLD_IN = (TURTLE, *(format_ for format_ in GRAPH_FORMATS if format_ is not TURTLE), HTML, PROBLEM)


def survivor(site: Site, iri: str, format_: Format | None = None) -> str:
    """
    The IRI itself, or the last of those that it was merged into.

    format_: named by the address; None: by Accept. Raises what answers 410 in that format, and NotFound.
    """
    found = rows(site.pages, "standing", thing=iri)
    if not found:
        abort(404)
    standing = found[0]
    if "survivor" in standing:
        return standing["survivor"].value
    if "deprecated" in standing:
        format_ = format_ or negotiate(request.headers.get("Accept"), _TOLD_IN)
        if format_ in GRAPH_FORMATS:
            abort(_statement(site, iri, format_))
        raise _withdrawn(site, iri)
    return iri


def _statement(site: Site, iri: str, format_: Format) -> Response:
    """That a thing was withdrawn, with all that is still known of it."""
    known = [quad[:3] for quad in read(document(site.pages, "thing", NTRIPLES.name, thing=iri), NTRIPLES, iri)]
    thing = URIRef(iri)
    known = [triple for triple in known if triple[0] == thing]
    for lang in ("nb", "en"):
        w = wording(lang)
        known.append((thing, RDFS.comment, Literal(f"{w('problem.410')} {w('problem.410_remedy')}", lang=lang)))
    told = serialise(known, format_, site.release.prefixes)
    response = Response(compacted(told) if format_ is JSONLD else told, 410, content_type=format_.content_type)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _withdrawn(site: Site, iri: str) -> Problem:
    """By its name and its first day, as far as they are known."""
    known = {row["property"].value.rpartition("/")[2].rpartition("#")[2]: row["value"].value
             for row in rows(site.pages, "about", thing=iri) if "value" in row}  # fmt: skip
    what, remedy = {}, {}
    for lang in ("nb", "en"):
        w = wording(lang)
        name, day = known.get("prefLabel"), known.get("issued")
        what[lang] = w("problem.410_named", name=name) if name else w("problem.410")
        since = f" {w('problem.410_since', day=w.date(day))}" if day else ""
        remedy[lang] = w("problem.410_remedy") + since
    return Problem(410, "withdrawn", Words(**what), Words(**remedy))
