"""IRIs in, addresses on this server out, and back: whatever the base of the data is, its paths are ours."""

from __future__ import annotations

from dataclasses import dataclass

from fosen_graph.findings import Lang
from fosen_graph.iris import CODES, DEFAULT_BASE, ONTOLOGY, SHAPES

OTHER_THINGS = ("code", "graph", "dataset", "release", "question", "catalogue")  # what has IRIs outside id/
VOCABULARIES = {"ns": str(ONTOLOGY), "shapes": str(SHAPES)[:-1]}


@dataclass(frozen=True, slots=True)
class Addresses:
    base: str

    def iri(self, path: str) -> str:
        """The thing that /doc/{path} is about."""
        kind = path.split("/")[0]
        if kind == "code":
            return DEFAULT_BASE + path
        return f"{self.base}{path}" if kind in OTHER_THINGS else f"{self.base}id/{path}"

    def path(self, iri: str) -> str | None:
        """The path of a thing under /doc/; None where it is not ours."""
        if iri.startswith(CODES):
            return iri.removeprefix(DEFAULT_BASE)
        local = iri.removeprefix(self.base)
        if local == iri:
            return None
        if local.startswith("id/"):
            return local.removeprefix("id/")
        return local if local.split("/")[0] in OTHER_THINGS and "#" not in local else None

    def here(self, iri: str) -> str:
        """The address that a thing's own IRI has on this server; the IRI itself where it is not ours."""
        path = self.path(iri)
        if path is None:
            return iri
        return f"/{path}" if path.split("/")[0] in OTHER_THINGS else f"/id/{path}"

    def page(self, iri: str, lang: Lang) -> str:
        """Where a reader is taken: our own page, or the IRI itself."""
        for name, whole in VOCABULARIES.items():
            if iri == whole or iri.startswith(f"{whole}#"):
                return in_language(f"/{name}{iri.removeprefix(whole)}", lang)
        path = self.path(iri)
        return iri if path is None else in_language(f"/doc/{path}", lang)


def in_language(path: str, lang: Lang) -> str:
    return f"/en{path}" if lang == "en" else path


def language(path: str) -> Lang:
    return "en" if path == "/en" or path.startswith("/en/") else "nb"


def without_language(path: str) -> str:
    return path.removeprefix("/en") or "/" if language(path) == "en" else path
