"""What a page shows of a dataset or of the catalogue in; the same in schema.org's words for search engines out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from fosen_graph.asking.published import About
from fosen_graph.findings import Lang
from fosen_graph.web.address import in_language
from fosen_graph.web.pages.chrome import LICENCES, text_in
from fosen_graph.web.portals.dataset import Agent, DatasetView, Distribution, Entry

Thing = dict[str, Any]
_CONTEXT = "https://schema.org/"


def data_block(thing: Mapping[str, object]) -> Markup:
    """The content of a script element that nothing executes; no text in it can end the element."""
    text = json.dumps(thing, ensure_ascii=False, indent=1)
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, code)
    return Markup(text)


def of_dataset(view: DatasetView, about: About, catalogue: str, lang: Lang) -> Thing:
    """catalogue: its IRI. A series is a dataset with parts."""
    thing: Thing = {
        "@context": _CONTEXT,
        "@id": view.iri,
        "@type": "Dataset",
        "name": view.title.text,
        "description": view.text.text,
        "url": about.site.rstrip("/") + in_language(f"/doc/{view.path}", lang),
        "identifier": view.iri,
        "inLanguage": ["nb", "en"],
        "isAccessibleForFree": True,
        "license": LICENCES.get(about.data_licence, ("", view.licence.address))[1],
        "creator": _organisation(view.publisher),
        "publisher": _organisation(view.publisher),
        "keywords": list(view.keywords),
        "datePublished": view.issued,
        "spatialCoverage": [{"@type": "Place", "@id": place.address} for place in view.places],
        "includedInDataCatalog": {"@id": catalogue, "@type": "DataCatalog", "name": text_in(about.title, lang)[0]},
    }
    if view.version:
        thing["version"] = view.version
    if view.period:
        thing["temporalCoverage"] = "/".join(view.period)
    if view.files:
        thing["distribution"] = [_download(file) for file in view.files]
    return thing


def of_catalogue(iri: str, own: Entry, datasets: Iterable[Entry], about: About, lang: Lang) -> Thing:
    return {
        "@context": _CONTEXT,
        "@id": iri,
        "@type": "DataCatalog",
        "name": own.title.text,
        "description": own.text.text,
        "url": about.site.rstrip("/") + in_language("/catalogue", lang),
        "license": LICENCES.get(about.data_licence, ("", ""))[1],
        "publisher": {"@type": "Organization", "name": text_in(about.publisher, lang)[0], "url": about.homepage},
        "dataset": [{"@id": one.iri, "@type": "Dataset", "name": one.title.text} for one in datasets],
    }


def _organisation(agent: Agent) -> Thing:
    told: Thing = {"@type": "Organization", "@id": agent.iri, "name": agent.name.text, "url": agent.homepage}
    if agent.number:
        told["identifier"] = agent.number
    return told


def _download(file: Distribution) -> Thing:
    return {
        "@type": "DataDownload",
        "@id": file.iri,
        "name": file.name,
        "contentUrl": file.address,
        "encodingFormat": file.media_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }
