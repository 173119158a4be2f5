"""What portals and machines ask for: catalogue, VoID, site map, feeds, security.txt, Link headers, parts of files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import served
from flask.testing import FlaskClient
from rdflib import RDF, XSD, Graph, Namespace, URIRef
from werkzeug.test import TestResponse

from fosen_graph.asking import Limits, Question
from fosen_graph.formats import RDF_FORMATS, Format, read
from fosen_graph.iris import ORGANISATION_CATALOGUE
from fosen_graph.web.address import Addresses
from fosen_graph.web.app import create_app
from fosen_graph.web.pages.names import Value
from fosen_graph.web.portals.dataset import Agent, read_dataset
from fosen_graph.web.portals.schema_org import of_dataset
from fosen_graph.web.site import Site

BASE = "https://w3id.org/fosen-graph/"
VOID = Namespace("http://rdfs.org/ns/void#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
LDES = Namespace("https://w3id.org/ldes#")
TREE = Namespace("https://w3id.org/tree#")
DATASETS = ("dataset/fosen/2022-2024", "dataset/fosen", "dataset/all")


def get(path: str, accept: str = "text/html", **headers: str) -> TestResponse:
    return served.client().get(path, headers={"Accept": accept, **headers})


def text(path: str, accept: str = "text/html") -> str:
    with get(path, accept) as response:
        assert response.status_code == 200, (path, response.status_code)
        return response.text


def links(response: TestResponse) -> set[tuple[str, str]]:
    """(rel, target) of a Link header, one for each rel."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers.get("Link", ""))
    return {(rel, target) for target, rels in found for rel in rels.split()}


def parsed(path: str, format_: str = "turtle") -> Graph:
    return Graph().parse(data=text(path), format=format_)


@pytest.mark.parametrize("format_", RDF_FORMATS, ids=lambda format_: format_.extension)
def test_the_catalogue_is_the_file_of_the_release_by_ending_and_by_accept(format_: Format) -> None:
    """Deterministic: the same bytes however it is asked for."""
    with get(f"/catalogue.{format_.extension}") as by_ending, get("/catalogue", format_.media_type) as by_accept:
        assert by_ending.status_code == by_accept.status_code == 200
        assert by_ending.content_type == by_accept.content_type == format_.content_type
        kept = (served.release().folder / f"graphs/catalogue.{format_.extension}").read_bytes()
        assert by_ending.data == by_accept.data == kept
        assert "Accept" in by_accept.headers["Vary"]
        assert ("describes", f"{BASE}catalogue") in links(by_ending)


def test_the_catalogue_is_the_same_in_every_format() -> None:
    told = {
        format_.extension: {quad[:3] for quad in read(text(f"/catalogue.{format_.extension}").encode(), format_, "x")}
        for format_ in RDF_FORMATS
    }
    assert all(triples == told["nt"] for triples in told.values()) and len(told["nt"]) > 500


def test_the_catalogue_has_no_blank_node() -> None:
    assert "_:" not in re.sub(r'"[^"]*"', "", text("/catalogue.nt"))


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_the_catalogue_s_page_lists_what_it_has_and_what_it_lacks(lang: str) -> None:
    page = text("/en/catalogue" if lang == "en" else "/catalogue")
    for path in DATASETS:
        assert f'href="{"/en" if lang == "en" else ""}/doc/{path}"' in page
    remedy = {"nb": "Skriv nummeret fra Enhetsregisteret her", "en": "Write the number from Enhetsregisteret here"}
    assert remedy[lang] in page and "data/site.toml:" in page


def data_block(path: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text(path), re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


@pytest.mark.parametrize("path", DATASETS)
def test_a_dataset_s_page_tells_schema_org(path: str) -> None:
    """The same facts as the catalogue: what search engines for data sets ask."""
    told = data_block(f"/doc/{path}")
    graph = parsed("/catalogue.ttl")
    assert (told["@type"], told["@id"]) == ("Dataset", BASE + path)
    assert 50 <= len(str(told["description"])) <= 5000
    assert told["license"] == "https://data.norge.no/nlod/no/2.0"
    assert told["temporalCoverage"] == "2022-01-01/2024-12-31"
    files = {str(file["contentUrl"]) for file in told.get("distribution", [])}  # type: ignore[attr-defined]
    held = graph.objects(URIRef(BASE + path), DCAT.distribution / DCAT.downloadURL)
    assert files == {str(address) for address in held}


def test_no_text_can_end_the_data_block() -> None:
    block = text("/doc/dataset/all").partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not set("<>&") & set(block)


@pytest.mark.parametrize("path", DATASETS)
def test_a_dataset_s_page_says_where_everything_is(path: str) -> None:
    """Signposting: what to cite, what it is, its description, its files, its licence."""
    with get(f"/doc/{path}") as response:
        told = links(response)
    assert {("cite-as", BASE + path), ("type", "https://schema.org/Dataset"), ("type", "https://schema.org/AboutPage"),
            ("license", "https://data.norge.no/nlod/no/2.0"), ("describedby", f"/doc/{path}.ttl"),
            ("canonical", f"{BASE}doc/{path}"), ("collection", "/catalogue")} <= told  # fmt: skip
    for rel, target in told:
        if target.startswith("/"):
            with get(target, "*/*") as found:
                assert found.status_code == 200, (rel, target)


def test_a_thing_s_page_and_data_point_at_each_other() -> None:
    thing = "fosen/aktoer/nve"
    with get(f"/doc/{thing}") as page, get(f"/doc/{thing}.jsonld") as data:
        assert {("cite-as", f"{BASE}id/{thing}"), ("alternate", f"/doc/{thing}.rdf")} <= links(page)
        assert {("describes", f"{BASE}id/{thing}"), ("alternate", f"/doc/{thing}"),
                ("canonical", f"{BASE}doc/{thing}.jsonld")} <= links(data)  # fmt: skip


def test_the_well_known_address_leads_to_void() -> None:
    with get("/.well-known/void", "text/turtle") as response:
        assert (response.status_code, response.headers["Location"]) == (303, "/void.ttl")
    with get("/.well-known/void") as response:
        assert (response.status_code, response.headers["Location"]) == (303, "/catalogue")


def test_void_counts_every_class_and_property_as_the_store_does() -> None:
    graph, everything = parsed("/void.ttl"), URIRef(f"{BASE}dataset/all")
    assert (None, RDF.type, VOID.DatasetDescription) in graph
    for part in graph.objects(everything, VOID.classPartition):
        class_ = graph.value(part, VOID["class"])
        told = int(graph.value(part, VOID.entities))  # type: ignore[arg-type]
        pattern = f"GRAPH ?g {{ ?s a <{class_}> }} FILTER(?g NOT IN (<{BASE}graph/catalogue>, <{BASE}graph/report>))"
        assert told == served.count(pattern), class_
    triples = [graph.value(part, VOID.triples) for part in graph.objects(everything, VOID.propertyPartition)]
    assert sum(map(int, triples)) == int(graph.value(everything, VOID.triples))  # type: ignore[arg-type]


def test_the_site_map_names_pages_that_are_there() -> None:
    """Both languages of each; the robots' file names the map."""
    tree = ElementTree.fromstring(text("/sitemap.xml"))
    found = [str(loc.text) for loc in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(found) == len(set(found)) > 300
    for address in (*found[:24], *found[24::40]):
        assert address.startswith(BASE)
        assert len(text("/" + address.removeprefix(BASE))) > 1000
    assert f"Sitemap: {BASE}sitemap.xml" in text("/robots.txt")


def test_security_txt_has_what_rfc_9116_demands() -> None:
    told = dict(line.split(": ", 1) for line in text("/.well-known/security.txt").splitlines())
    assert told["Contact"] == "https://fosenregionen.no/om-oss/"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", told["Expires"])


def client_with(**about: str) -> FlaskClient:
    release = replace(served.release(), about=replace(served.release().about, **about))
    site = Site(release=release, public=served.store(), pages=served.store(), limits=Limits())
    return create_app(site).test_client()


def test_security_txt_names_the_mail_first() -> None:
    with client_with(contact_mail="post@example.org").get("/.well-known/security.txt") as response:
        assert response.text.startswith("Contact: mailto:post@example.org\n")


def test_without_a_contact_there_is_no_security_txt_and_the_answer_says_why() -> None:
    with client_with(contact_page="").get("/.well-known/security.txt") as response:
        assert response.status_code == 404
        assert "[kontakt]" in response.json["detail"]  # type: ignore[index]


@pytest.mark.parametrize("path", ["/feed.atom", "/en/feed.atom"])
def test_the_feed_has_an_entry_for_the_release(path: str) -> None:
    """Its dates are those of the data."""
    atom, id_ = "{http://www.w3.org/2005/Atom}", served.release().id
    feed = ElementTree.fromstring(text(path))
    assert feed.findtext(f"{atom}updated") == f"{served.release().issued}T00:00:00Z"
    assert [entry.findtext(f"{atom}id") for entry in feed.iter(f"{atom}entry")] == [f"{BASE}release/{id_}"]
    assert all(feed.findtext(f"{atom}{name}") for name in ("id", "title"))


def test_changes_are_an_event_stream_of_releases() -> None:
    """LDES and TREE: the view is a page with ways to pages; each of those has its member, for ever."""
    graph, stream = parsed("/changes.ttl"), URIRef(f"{BASE}changes#stream")
    assert (stream, RDF.type, LDES.EventStream) in graph
    root = graph.value(stream, TREE.view)
    assert root == URIRef(f"{BASE}changes.ttl") and (root, RDF.type, TREE.Node) in graph
    with get("/changes", "text/turtle") as response:
        assert (response.status_code, response.headers["Location"]) == (303, "/changes.ttl")
    member = URIRef(f"{BASE}release/{served.release().id}")
    relations = set(graph.objects(root, TREE.relation))
    assert {graph.value(one, RDF.type) for one in relations} == {
        TREE.GreaterThanOrEqualToRelation, TREE.LessThanOrEqualToRelation,
    }  # fmt: skip
    (page,) = {graph.value(one, TREE.node) for one in relations}
    with get(f"/{str(page).removeprefix(BASE)}", "*/*") as response:
        assert "immutable" in response.headers["Cache-Control"]
        told = Graph().parse(data=response.text)
    assert set(told.objects(stream, TREE.member)) == {member}
    moment, of = (graph.value(stream, LDES[name]) for name in ("timestampPath", "versionOfPath"))
    assert {told.value(member, moment)} == {graph.value(one, TREE.value) for one in relations}  # type: ignore[arg-type]
    assert told.value(member, moment).datatype == XSD.dateTime  # type: ignore[arg-type, union-attr]
    assert told.value(member, of) == URIRef(f"{BASE}dataset/all")  # type: ignore[arg-type]


@pytest.mark.parametrize("thing", ["dataset/fosen/2022-2024", "fosen/aktoer/nve"])
def test_a_page_has_a_set_of_links(thing: str) -> None:
    """RFC 9264 and Signposting, level 2: what the header says, and from every file the way back."""
    with get(f"/doc/{thing}") as page:
        told = links(page)
    (address,) = (target for rel, target in told if rel == "linkset")
    with get(address, "*/*") as response:
        assert response.content_type == "application/linkset+json"
        own, *others = json.loads(response.text)["linkset"]
    assert own["anchor"] == f"{BASE}doc/{thing}"
    whole = {(rel, f"{BASE}{target[1:]}" if target.startswith("/") else target) for rel, target in told}
    assert {(rel, one["href"]) for rel, ones in own.items() if rel != "anchor" for one in ones} == {
        (rel, target) for rel, target in whole if rel != "linkset"
    }
    back = {(one["anchor"], rel) for one in others for rel in one if rel != "anchor"}
    assert back == {(target, "describes") for rel, target in whole if rel == "describedby"} | {
        (target, "collection") for rel, target in whole if rel == "item"
    }
    assert get("/linkset/nothing.json").status_code == 404


@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_a_release_answers(accept: str) -> None:
    with get(f"/release/{served.release().id}", accept) as response:
        assert response.status_code == 303
        assert served.release().id in text(response.headers["Location"])
    assert get("/release/0000000000000000", accept).status_code == 404


@pytest.mark.parametrize("path", ["/dumps/all.nt", "/catalogue.ttl", "/doc/fosen/aktoer/nve.ttl", "/ns.ttl"])
def test_a_part_of_data_can_be_asked_for(path: str) -> None:
    """RFC 9110, section 14: 206 with the bytes asked for, 416 beyond them; If-Range gives all of what has changed."""
    with get(path, "*/*") as whole:
        body, etag = whole.data, whole.headers["ETag"]
        assert whole.headers["Accept-Ranges"] == "bytes"
        assert whole.headers["Access-Control-Allow-Origin"] == "*"
        assert "Content-Range" in whole.headers["Access-Control-Expose-Headers"]
    with get(path, "*/*", Range="bytes=10-19") as part:
        assert (part.status_code, part.data) == (206, body[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(body)}"
    with get(path, "*/*", Range="bytes=-5", **{"If-Range": etag}) as part:
        assert (part.status_code, part.data) == (206, body[-5:])
    with get(path, "*/*", Range="bytes=-5", **{"If-Range": '"another"'}) as part:
        assert (part.status_code, part.data) == (200, body)
    with get(path, "*/*", Range=f"bytes={len(body)}-") as part:
        assert part.status_code == 416
    with get(path, "*/*", Range="bytes=0-1,5-8") as several:
        assert (several.status_code, several.data) == (200, body)
    with served.client().head(path, headers={"Accept": "*/*"}) as head:
        assert (head.status_code, head.data, head.content_length) == (200, b"", len(body))
    with get(path, "*/*", **{"If-None-Match": etag}) as known:
        assert (known.status_code, known.data) == (304, b"")


class Counting:
    """A store that counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def answer(self, question: Question) -> bytes:
        self.asked += 1
        return served.store().answer(question)


@pytest.mark.parametrize(
    "path", ["/catalogue", "/doc/dataset/all", "/doc/dataset/fosen", "/utgivelser", "/ns", "/shapes"]
)
def test_a_page_costs_at_most_three_queries_and_is_light(path: str) -> None:
    """The second time it costs none, where it is kept; packed it is below 100 KB."""
    store = Counting()
    site = Site(release=served.release(), public=store, pages=store, limits=Limits())
    client = create_app(site).test_client()
    headers = {"Accept": "text/html", "Accept-Encoding": "br"}
    with client.get(path, headers=headers) as first:
        assert first.status_code == 200 and store.asked <= 3 and len(first.data) < 100_000
    asked = store.asked
    with client.get(path, headers=headers):
        assert store.asked == asked


def test_with_an_organisation_number_a_dataset_is_attributed_to_it() -> None:
    """schema.org gets the number and the IRI that data.norge.no knows."""
    number = "970205039"
    name = Value(text="Et råd", language="nb", address="")
    agent = Agent(iri=f"{ORGANISATION_CATALOGUE}{number}", name=name, number=number, homepage="https://example.org/")
    to, about = Addresses(BASE), served.release().about
    view = read_dataset(served.store(), f"{BASE}dataset/all", to, "nb", about)
    assert view
    told = of_dataset(replace(view, publisher=agent), about, f"{BASE}catalogue", "nb")
    assert told["publisher"]["identifier"] == number and told["publisher"]["@id"].endswith(number)
    assert "identifier" not in of_dataset(view, about, f"{BASE}catalogue", "nb")["publisher"]
