"""Programs that people have already, asked to use the site: what each gets is what the data say."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import elsewhere
import pytest
import served
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from fosen_graph.release.line import build
from fosen_graph.web.endpoint.clients import PLACEHOLDER, Example, client_examples

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import SPARQLWrapper

ROOT = Path(__file__).parent.parent
JAVASCRIPT = ROOT / "tests" / "clients"
FG = Namespace("https://w3id.org/fosen-graph/ns#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
PREFIXES = f"PREFIX fg: <{FG}>\nPREFIX skos: <{SKOS}>\n"
STRATEGIES = (
    PREFIXES + 'SELECT ?name { ?s a fg:Strategy ; skos:prefLabel ?name FILTER(lang(?name) = "nb") } ORDER BY ?name'
)
NAMES = ["Samfunnsutvikling", "Tjenestesamarbeid", "Verdiskaping"]
RUN = {
    "bash": ("bash", "example.sh"),
    "python": (sys.executable, "example.py"),
    "javascript": ("node", "example.mjs"),
    "r": ("Rscript", "example.R"),
}

needs_node = pytest.mark.skipif(
    not (JAVASCRIPT / "node_modules" / "@comunica").is_dir(), reason="Comunica is not installed: make test does it"
)
needs_roqet = pytest.mark.skipif(not shutil.which("roqet"), reason="roqet is not here: apt-get install rasqal-utils")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real data under the server's own address, so that clients can follow IRIs to it."""
    folder = tmp_path_factory.mktemp("clients")
    port = elsewhere.free_port()
    address = f"http://127.0.0.1:{port}/"
    shutil.copytree(ROOT / "data", folder / "data")
    settings = folder / "data" / "site.toml"
    text = settings.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("base =")]
    settings.write_text(f'base = "{address}"\n' + "\n".join(lines) + "\n", encoding="utf-8")
    build(folder / "data", folder / "out")
    with elsewhere.serving(folder / "out" / "current", port):
        yield address


def run(*command: str, folder: Path | None = None) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# The examples that we show


@pytest.mark.parametrize("example", client_examples(), ids=lambda example: example.id)
def test_an_example_prints_what_the_page_says(example: Example, site: str, tmp_path: Path) -> None:
    program, name = RUN[example.language]
    tool = example.code.split()[0] if example.language == "bash" else program
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not here: {example.needs}")
    if "npm install" in example.needs:
        if not (JAVASCRIPT / "node_modules").is_dir():
            pytest.skip(f"make test installs it: {example.needs}")
        (tmp_path / "node_modules").symlink_to(JAVASCRIPT / "node_modules")
    (tmp_path / name).write_text(example.at(site).code, encoding="utf-8")
    assert run(program, name, folder=tmp_path) == example.answer


@pytest.mark.parametrize("path", ["/bruk", "/en/bruk"])
def test_the_page_shows_them_with_the_address_of_the_server(path: str) -> None:
    page = served.client().get(path, base_url="https://plan.example/", headers={"Accept": "text/html"}).text
    assert page.count('<section id="') == len(client_examples())
    assert page.count("https://plan.example/sparql") > len(client_examples()) - 2
    assert PLACEHOLDER not in page


def test_the_documentation_has_them_word_for_word() -> None:
    page = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    for example in client_examples():
        assert f"```{example.language}\n{example.code}```" in page, example.id
        assert f"```text\n{example.answer}```" in page, example.id


# SPARQLWrapper


def wrapped(site: str, query: str, format_: str = SPARQLWrapper.JSON, method: str = SPARQLWrapper.GET) -> object:
    endpoint = SPARQLWrapper.SPARQLWrapper(f"{site}sparql", returnFormat=format_)
    endpoint.setQuery(query)
    endpoint.setMethod(method)
    with warnings.catch_warnings():  # it uses what rdflib is about to drop
        warnings.simplefilter("ignore", DeprecationWarning)
        return endpoint.queryAndConvert()


@pytest.mark.parametrize("method", [SPARQLWrapper.GET, SPARQLWrapper.POST])
def test_sparqlwrapper_gets_rows(site: str, method: str) -> None:
    found = wrapped(site, STRATEGIES, method=method)
    assert isinstance(found, dict)
    assert [row["name"]["value"] for row in found["results"]["bindings"]] == NAMES


def test_sparqlwrapper_posts_the_query_alone(site: str) -> None:
    endpoint = SPARQLWrapper.SPARQLWrapper(f"{site}sparql", returnFormat=SPARQLWrapper.CSV)
    endpoint.setQuery(STRATEGIES)
    endpoint.setMethod(SPARQLWrapper.POST)
    endpoint.setRequestMethod(SPARQLWrapper.POSTDIRECTLY)
    assert endpoint.queryAndConvert().decode().split() == ["name", *NAMES]


def test_sparqlwrapper_gets_every_format_of_rows(site: str) -> None:
    assert wrapped(site, STRATEGIES, SPARQLWrapper.CSV).decode().split() == ["name", *NAMES]  # type: ignore[attr-defined]
    assert wrapped(site, STRATEGIES, SPARQLWrapper.TSV).decode().split()[0] == "?name"  # type: ignore[attr-defined]
    assert "Verdiskaping" in wrapped(site, STRATEGIES, SPARQLWrapper.XML).toxml()  # type: ignore[attr-defined]
    assert wrapped(site, PREFIXES + "ASK { ?m a fg:Measure }")["boolean"] is True  # type: ignore[index]


@pytest.mark.parametrize(
    "format_", [SPARQLWrapper.TURTLE, SPARQLWrapper.RDFXML, SPARQLWrapper.JSONLD, SPARQLWrapper.N3]
)
def test_sparqlwrapper_gets_triples(site: str, format_: str) -> None:
    found = wrapped(site, PREFIXES + "CONSTRUCT { ?s a fg:Strategy } WHERE { ?s a fg:Strategy }", format_)
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")  # type: ignore[arg-type]
    assert len(graph) == 3


def test_sparqlwrapper_says_what_is_wrong(site: str) -> None:
    with pytest.raises(SPARQLWrapper.SPARQLExceptions.QueryBadFormed, match="line 1, column"):
        wrapped(site, "SELECT * WHERE { ?s ?p }")


# rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_rdflib_asks_the_endpoint_as_its_store(site: str, method: str, format_: str) -> None:
    graph = Graph(SPARQLStore(f"{site}sparql", method=method, returnFormat=format_))
    assert [str(row.name) for row in graph.query(STRATEGIES)] == NAMES  # type: ignore[union-attr]


def test_rdflib_walks_the_endpoint_as_a_graph(site: str) -> None:
    graph = Graph(SPARQLStore(f"{site}sparql"))
    assert len(set(graph.subjects(RDF.type, FG.Measure))) == 29
    assert (URIRef(f"{site}id/fosen/2022-2024"), RDF.type, FG.ActionPlan) in graph
    assert graph.query(PREFIXES + "ASK { ?m a fg:Measure }").askAnswer is True


def test_rdflib_walks_one_named_graph(site: str) -> None:
    """The graph's name goes as default-graph-uri."""
    plan = Graph(SPARQLStore(f"{site}sparql", context_aware=True), identifier=URIRef(f"{site}graph/plan"))
    assert len(set(plan.subjects(RDF.type, FG.Measure))) == 29
    assert set(plan.subjects(RDF.type, FG.Mention)) == set()


def test_rdflib_joins_its_own_data_with_service(site: str) -> None:
    mine = Graph().parse(data=f"<x:a> <x:p> <{site}id/fosen/2022-2024> .", format="turtle")
    query = PREFIXES + f"SELECT ?name {{ ?a <x:p> ?plan SERVICE <{site}sparql> {{ ?plan skos:prefLabel ?name }} }}"
    assert {str(row.name) for row in mine.query(query)} >= {"Handlingsplan 2022-2024"}  # type: ignore[union-attr]


@pytest.mark.parametrize("path", ["id/fosen/2022-2024", "id/fosen/2022-2024/tiltak/kraftforsyning-fosen", "ns"])
def test_rdflib_reads_a_thing_by_its_iri(site: str, path: str) -> None:
    graph = Graph().parse(f"{site}{path}")
    assert len(graph) > 5


# Comunica


def comunica(query: str, *sources: str) -> list[str]:
    return run("node", "ask.mjs", query, *sources, folder=JAVASCRIPT).splitlines()


@needs_node
def test_comunica_finds_out_that_the_endpoint_is_one(site: str) -> None:
    rows = comunica(STRATEGIES, f"{site}sparql")
    assert sorted(filter(None, rows)) == sorted(["name", *NAMES])


@needs_node
def test_comunica_constructs(site: str) -> None:
    text = comunica(PREFIXES + "CONSTRUCT { ?s a fg:Strategy } WHERE { ?s a fg:Strategy }", f"{site}sparql")
    assert len(Graph().parse(data="\n".join(text), format="turtle")) == 3


@needs_node
def test_comunica_reads_things_by_their_iris(site: str) -> None:
    """No endpoint: the addresses of two measures, each led to its data by content negotiation."""
    measures = [f"{site}id/fosen/2022-2024/tiltak/{slug}" for slug in ("kraftforsyning-fosen", "vannforsyning-fosen")]
    rows = comunica(
        PREFIXES + 'SELECT ?name { ?m a fg:Measure ; skos:prefLabel ?name FILTER(lang(?name) = "nb") }', *measures
    )
    assert {"Kraftforsyning Fosen", "Vannforsyning Fosen"} <= set(rows)


@needs_node
def test_comunica_joins_a_thing_with_the_endpoint(site: str) -> None:
    query = PREFIXES + "SELECT ?name { ?m fg:responsibleActor ?who . ?who skos:altLabel|skos:prefLabel ?name }"
    assert "Rådet" in comunica(query, f"{site}id/fosen/2022-2024/tiltak/kraftforsyning-fosen", f"{site}sparql")


@needs_node
def test_comunica_reads_a_dump(site: str) -> None:
    rows = comunica(PREFIXES + "SELECT (COUNT(*) AS ?n) { ?m a fg:Measure }", f"{site}dumps/graphs/plan.ttl")
    assert rows[1] == "29"


# Others


@needs_roqet
@pytest.mark.parametrize("form", ["csv", "tsv", "xml"])
def test_roqet_asks_the_endpoint(site: str, form: str) -> None:
    found = run("roqet", "-q", "-p", f"{site}sparql", "-r", form, "-e", STRATEGIES)
    assert all(name in found for name in NAMES)


@needs_roqet
def test_roqet_queries_a_thing_by_its_iri(site: str) -> None:
    """Its exit code is 2 whenever data are named, also a file of its own."""
    query = f"SELECT ?n WHERE {{ ?m <{SKOS}prefLabel> ?n }}"
    thing = f"{site}id/fosen/2022-2024/tiltak/kraftforsyning-fosen"
    command = ["roqet", "-q", "-r", "csv", "-e", query, "-D", thing]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "Kraftforsyning Fosen" in done.stdout


def test_pandas_reads_numbers_as_numbers(site: str) -> None:
    import pandas

    query = PREFIXES + "SELECT ?m ?order { ?m a fg:Strategy ; fg:order ?order } ORDER BY ?order"
    table = pandas.read_csv(io.BytesIO(curl(site, "-H", "Accept: text/csv", "--data-urlencode", f"query={query}")))
    assert list(table.order) == [1, 2, 3]


def curl(site: str, *options: str, path: str = "sparql") -> bytes:
    return subprocess.run(
        ["curl", "-sS", *options, f"{site}{path}"], capture_output=True, check=True, timeout=60
    ).stdout


def test_curl_asks_in_every_way(site: str) -> None:
    form = curl(site, "--data-urlencode", f"query={STRATEGIES}", "-H", "Accept: text/csv")
    get = curl(site, "--get", "--data-urlencode", f"query={STRATEGIES}", "-H", "Accept: text/csv")
    direct = ["-H", "Content-Type: application/sparql-query", "--data-binary", STRATEGIES, "-H", "Accept: text/csv"]
    assert (
        form == get == curl(site, *direct) == curl(site, "-X", "QUERY", *direct) == curl(site, "--compressed", *direct)
    )
    assert [row["name"] for row in csv.DictReader(io.StringIO(form.decode()))] == NAMES


def test_curl_sees_why(site: str) -> None:
    told = json.loads(curl(site, "--data-urlencode", "query=SELECT *"))
    assert (told["status"], told["line"]) == (400, 1)
