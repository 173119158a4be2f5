"""The whole way: from an invented register to links on the pages, and to a dissolved unit told on the quality page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from contextlib import AbstractContextManager
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from registers.server import registry, serving

from fosen_graph.asking import Limits, Question
from fosen_graph.asking.published import read_release
from fosen_graph.asking.store import EmbeddedStore, release_sources
from fosen_graph.cli import main
from fosen_graph.linking.editing import counted, entries
from fosen_graph.registries.synthetic import Synthetic
from fosen_graph.web.app import create_app
from fosen_graph.web.reconcile.registers import Registers
from fosen_graph.web.site import Site

ROOT = Path(__file__).parent.parent
SIZE = 400
REVIEWED = {one.texts["om"]: one.texts["organisasjonsnummer"]
            for one in entries((ROOT / "data/fosen/lenker.yaml").read_bytes(), "lenker.yaml", "lenker")
            if "organisasjonsnummer" in one.texts}  # fmt: skip
ANSWERS = {"Nord Universitet": "godta 1\nNavnet er det samme.\n", "Roret KF": "godta 1\nKF-et i Ørland: «Roret».\n"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data in which nobody has linked anything yet."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copytree(ROOT / "data", folder / "data")
    region = folder / "data/fosen"
    for name in ("lenker", "registeropplysninger"):
        (region / f"{name}.yaml").write_text(f"{name}: []\n", "utf-8")
        totals = (region / "aktoerer.yaml").read_bytes()
        (region / "aktoerer.yaml").write_bytes(counted(totals, "aktoerer.yaml", "kontrolltall", name, 0))
    return folder


@pytest.fixture
def out(place: Path, capsys: pytest.CaptureFixture[str]) -> Output:
    return Output(place, capsys)


class Output:
    """What a command prints, run in the folder's own data and register."""

    def __init__(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.place, self.capsys = place, capsys

    def __call__(self, *command: str, code: int = 0) -> str:
        assert main([*command, "--lang", "nb"]) == code, self.capsys.readouterr()
        return self.capsys.readouterr().out

    def link(self, *command: str, code: int = 0) -> str:
        data = ("--data", f"{self.place}/data", "--register", f"{self.place}/register.sqlite")
        return self("link", *command, *data, code=code)

    def build(self) -> FlaskClient:
        self("build", "--data", str(self.place / "data"), "--out", str(self.place / "out"))
        release = read_release((self.place / "out/current").resolve())
        store = EmbeddedStore(release_sources(release.folder), release.prefixes, release.base)
        self.store = store
        lent = Registers(self.place / "register.sqlite")
        site = Site(release=release, public=store, pages=store, limits=Limits(), register=lent)
        return create_app(site).test_client()

    def ask(self, query: str) -> list[str]:
        return self.store.answer(Question(text=query, format="csv")).decode().split("\r\n")[1:-1]


def page(client: FlaskClient, path: str) -> str:
    with client.get(path, headers={"Accept": "text/html"}) as response:
        assert response.status_code == 200
        return unescape(response.text)


def test_from_nothing_to_a_dissolved_unit(out: Output, place: Path) -> None:
    """generate, load, propose, review two, build, look; then update, check, write, build, look again."""
    register = str(place / "register.sqlite")
    made = out("registry", "generate", str(place / "invented"), "--size", str(SIZE)).split()
    out("registry", "load", *made, "--register", register)

    # Proposals: every number that people have verified, from the names alone; the rest of the plan gets none.
    found = json.loads(out.link("propose", "--format", "json"))["organisations"]
    first = {one["about"].rpartition("/")[2]: one["candidates"][0] for one in found if one["candidates"]}
    assert {slug: first[slug]["number"] for slug in REVIEWED} == REVIEWED
    assert {slug: one["likely"] for slug, one in first.items() if slug not in REVIEWED} == {"helse-midt": False}

    # Two are accepted, by answers through a pipe.
    heard = review(place, [one["name"] for one in found if one["candidates"]])
    assert "2 godtatt, 0 avvist, 0 usikre. Skrevet: fosen/aktoerer.yaml, fosen/lenker.yaml" in heard
    assert "[Roret KF] KulturCompagniet" in heard
    assert out.link("check", "--max-age", "0") == "0 feil, 0 advarsler, 0 merknader\n"

    # They stand on the actor's page, in SPARQL, in the catalogue and in /reconcile; nobody else has a number.
    client = out.build()
    actor = page(client, "/doc/fosen/aktoer/roret-kf")
    assert "993091472" in actor and "RORET ØRLAND KULTURFORETAK KF" in actor
    assert "KF-et i Ørland: «Roret»." in actor or "KF-et i Ørland" in page(client, "/doc/fosen/lenke/roret-kf")
    numbers = out.ask("SELECT ?n WHERE { ?a adms:identifier/skos:notation ?n } ORDER BY ?n")
    assert numbers == ["970940243", "993091472"]
    assert out.ask("""
        SELECT ?n WHERE { GRAPH graph:catalogue { ?part void:property owl:sameAs ; void:triples ?n } } LIMIT 1
    """) == ["2"]  # fmt: skip
    unit = {"ids": ["993091472"], "properties": [{"id": "actor"}]}
    rows = client.get("/reconcile", query_string={"extend": json.dumps(unit)}).json["rows"]  # type: ignore[index]
    assert rows["993091472"]["actor"][0]["id"].endswith("/aktoer/roret-kf")

    # The register dissolves one: the update says so, link check tells the line, and --write the quality page.
    with dissolving("993091472") as address:
        updated = out("registry", "update", "--register", register, "--api", address)
    assert "Slettet eller fjernet: 993091472. Se om noe er lenket til dem: fosen-graph link check" in updated
    told = out.link("check", "--max-age", "0", "--write", code=1)
    line = (
        r"lenker\.yaml:\d+:\d+: advarsel: Roret KF: RORET ØRLAND KULTURFORETAK KF \(993091472\) ble slettet 2026-11-05"
    )
    assert re.search(line, told)
    client = out.build()
    quality = page(client, "/kvalitet")
    assert "Enheten som aktøren er lenket til, er slettet i registeret" in quality
    assert re.search(r'href="/doc/fosen/aktoer/roret-kf[^"]*"[^>]*>', quality)


def review(place: Path, names: list[str]) -> str:
    """What is said to a person who accepts two, and passes over the others."""
    answers = "".join(ANSWERS.get(name, "hopp over\n") for name in names)
    command = [sys.executable, "-m", "fosen_graph.cli", "link", "review", "--av", "sekretariatet", "--lang", "nb"]
    done = subprocess.run(
        [*command, "--register", "register.sqlite"],
        cwd=place,
        input=answers,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def dissolving(number: str) -> AbstractContextManager[str]:
    """The register of the same invention, but that it has deleted one since."""
    invented = Synthetic(SIZE, seed=1)
    known = registry(list(invented.main_units()), list(invented.sub_units()))
    known.delete(number, "2026-11-05")
    return serving(known)
