"""IRIs in; out what a reader calls them: their label, their place in the source, what a finding says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fosen_graph.asking import Store
from fosen_graph.findings import Lang
from fosen_graph.iris import FG
from fosen_graph.web.address import Addresses
from fosen_graph.web.rows import Term, best_label, rows_of
from fosen_graph.web.wording import wording

_SKOS = "http://www.w3.org/2004/02/skos/core#"
LABELS = (
    f"{_SKOS}prefLabel", "http://www.w3.org/2000/01/rdf-schema#label", "http://purl.org/dc/terms/title",
    "http://www.w3.org/ns/shacl#name",
)  # fmt: skip
_NOTATION = f"{_SKOS}notation"
_EXACT, _RAW = str(FG.exactText), str(FG.rawText)
_FROM, _TO = "http://www.w3.org/ns/dcat#startDate", "http://www.w3.org/ns/dcat#endDate"
_MESSAGE = "http://www.w3.org/ns/shacl#resultMessage"
_IN_SOURCE = re.compile(r"/kilde(?:/rad/(?P<line>\d+)(?:/(?:celle/(?P<column>\d+)|tekst))?(?P<deeper>/.*)?)?$")
_LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    text: str
    language: str
    address: str  # empty for a literal


class Names:
    """What is known of these IRIs, asked for once."""

    def __init__(
        self, store: Store, iris: Iterable[str], to: Addresses, lang: Lang, prefixes: Mapping[str, str]
    ) -> None:
        self._to, self._lang, self._prefixes = to, lang, prefixes
        self._w = wording(lang)
        self._known: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for row in rows_of(store, "names", sorted(set(iris))):
            self._known[row["thing"].value][row["key"].value].append(row["value"])

    def of(self, iri: str) -> Value:
        text, language = self._label(iri) or (self._other(iri), "")
        return Value(text=text, language=language, address=self._to.page(iri, self._lang))

    def title(self, iri: str) -> Value:
        """As the heading of its own page: what stands in the source is called by its words."""
        words = self._words(iri)
        if words:
            return Value(text=shortened(words), language="nb", address=self._to.page(iri, self._lang))
        return self.of(iri)

    def place(self, iri: str) -> str:
        """«Linje 29, kolonne 5»; empty outside the source."""
        found = _IN_SOURCE.search(iri)
        if not found or not found["line"]:
            return ""
        line = self._w("thing.line", line=found["line"])
        return f"{line}, {self._w('thing.column', column=found['column'])}" if found["column"] else line

    def column(self, number: int) -> str:
        text = self._w("thing.column", column=number)
        return text[0].upper() + text[1:]

    def brief(self, iri: str) -> Value:
        """In a table of answers, beside `written`. What is no address of the web leads nowhere."""
        name = self.of(iri)
        return name if name.address.startswith(("/", "http:", "https:")) else replace(name, address="")

    def written(self, iri: str) -> str:
        """As a query would have it, `aktoer:raadet`; else its path."""
        return prefixed(iri, self._prefixes) or self.short(iri)

    def short(self, iri: str) -> str:
        """`dct:date`; for a thing of ours without a name, its path."""
        path = self._to.path(iri)
        if path is not None:
            return path.rpartition("/kilde/")[2]
        for prefix, namespace in self._prefixes.items():
            if iri.startswith(namespace) and "/" not in iri.removeprefix(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri

    def _label(self, iri: str) -> tuple[str, str] | None:
        known = self._known.get(iri, {})
        label = best_label([term for key in reversed(LABELS) for term in known.get(key, [])], self._lang)
        return (label.value, label.language) if label else None

    def _words(self, iri: str) -> str:
        known = self._known.get(iri, {})
        return " · ".join(dict.fromkeys(term.value for term in known.get(_EXACT) or known.get(_RAW, [])))

    def _other(self, iri: str) -> str:
        found = _IN_SOURCE.search(iri)
        if found:
            return self._in_source(iri) if found["line"] else self._w("thing.source")
        known = self._known.get(iri, {})
        return (
            self._finding(known)
            or self._candidate(known)
            or self._period(known)
            or next((term.value for term in known.get(_NOTATION, [])), "")
            or self._w.or_else(f"property.{self.short(iri)}", "")
            or self._w.or_else(f"graph.{iri.rpartition('/graph/')[2]}", self.short(iri))
        )

    def _in_source(self, iri: str) -> str:
        words = self._words(iri)
        return self._w("thing.words", place=self.place(iri), words=shortened(words)) if words else self.place(iri)

    def _finding(self, known: Mapping[str, list[Term]]) -> str:
        message = best_label(known.get(_MESSAGE, []), self._lang)
        if not message:
            return ""
        sentence = message.value.partition(". ")[0].rstrip(".")
        if sentence[1:2].islower():
            sentence = sentence[0].lower() + sentence[1:]
        return self._w("thing.finding", what=sentence)

    def _candidate(self, known: Mapping[str, list[Term]]) -> str:
        one, other = (
            best_label(known.get(str(key), []), self._lang) for key in (FG.candidateSubject, FG.candidateTarget)
        )
        return self._w("thing.candidate", one=one.value, other=other.value) if one and other else ""

    def _period(self, known: Mapping[str, list[Term]]) -> str:
        years = [term.value[:4] for key in (_FROM, _TO) for term in known.get(key, [])]
        return "–".join(years) if len(years) == 2 else ""


def prefixed(iri: str, prefixes: Mapping[str, str]) -> str:
    """`aktoer:raadet`, by the longest namespace; "" where no prefix can name it."""
    spaces = [(prefix, space) for prefix, space in prefixes.items() if iri.startswith(space)]
    if not spaces:
        return ""
    prefix, space = max(spaces, key=lambda pair: len(pair[1]))
    local = iri.removeprefix(space)
    return f"{prefix}:{local}" if local and local.replace("-", "").replace("_", "").isalnum() else ""


def shortened(text: str, longest: int = _LONGEST) -> str:
    """At a word's end."""
    return text if len(text) <= longest else f"{text[:longest].rpartition(' ')[0]} …"
