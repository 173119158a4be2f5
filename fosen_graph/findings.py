"""What is wrong, where, and what to do about it: places, findings, reports, and the errors that carry them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

Lang = Literal["nb", "en"]


class FosenGraphError(Exception):
    """
    Every error that a person can mend. Foreign exceptions are translated into one of these where they enter.

    FosenGraphError
    ├── DataError      the files hold violations: all of them, with their places (exit 1)
    ├── Unanswered     a query was refused or stopped (asking.py)
    └── CannotRun      a file, a disk, an argument or a service stopped the work (exit 2)
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One text for people in both languages."""

    nb: str
    en: str

    def in_language(self, lang: Lang) -> str:
        return self.nb if lang == "nb" else self.en


def shown(text: str, limit: int = 200) -> str:
    """A text of a file as a message quotes it: on one line, and the middle of a long one left out."""
    text = text.replace("\n", " ")
    return text if len(text) <= limit else f"{text[: limit // 2]} … {text[-limit // 4 :]}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; line and column count from 1, in code points. Line 0: the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column or 1}"


class Severity(Enum):
    """SHACL's three severities; only a violation stops a release."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def words(self) -> Words:
        return _SEVERITY_WORDS[self]

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


_SEVERITY_WORDS = {
    Severity.VIOLATION: Words(nb="feil", en="error"),
    Severity.WARNING: Words(nb="advarsel", en="warning"),
    Severity.INFO: Words(nb="merk", en="note"),
}
_SUMMED: Mapping[Lang, tuple[tuple[str, str], ...]] = {
    "nb": (("feil", "feil"), ("advarsel", "advarsler"), ("merknad", "merknader")),
    "en": (("error", "errors"), ("warning", "warnings"), ("note", "notes")),
}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One thing to mend.

    code: a short ASCII name of the rule, or the IRI of the property shape that found it.
    what, remedy: one sentence each. about: the IRI of the thing, where it is known; no part of what a finding says.
    """

    place: Place
    severity: Severity
    code: str
    what: Words
    remedy: Words
    about: str = field(default="", compare=False)

    def text(self, lang: Lang) -> str:
        """Two lines: `file:line:column: severity: what`, and the remedy indented under it."""
        head = f"{self.place}: {self.severity.words.in_language(lang)}: {self.what.in_language(lang)}"
        remedy = self.remedy.in_language(lang)
        return f"{head}\n    {remedy}" if remedy else head

    @property
    def sort_key(self) -> tuple[Place, int, str, str]:
        return (self.place, self.severity.rank, self.code, self.what.nb)


def violation(place: Place, code: str, what: Words, remedy: Words) -> Finding:
    return Finding(place=place, severity=Severity.VIOLATION, code=code, what=what, remedy=remedy)


def warning(place: Place, code: str, what: Words, remedy: Words) -> Finding:
    return Finding(place=place, severity=Severity.WARNING, code=code, what=what, remedy=remedy)


class Report:
    """
    Findings, sorted by place and told once each.

    Its texts come as parts as well, since those of a thousand plans are large.
    """

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._keep(tuple(sorted(set(findings), key=lambda finding: finding.sort_key)))

    @classmethod
    def streamed(cls, findings: Iterable[Finding]) -> Report:
        """findings: sorted, once each, and told again whenever they are asked for, so that nobody must hold them."""
        report = cls.__new__(cls)
        report._keep(findings)
        return report

    def _keep(self, findings: Iterable[Finding]) -> None:
        self.findings = findings
        self._counts = Counter((finding.severity, finding.code) for finding in findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return self._counts.total()

    @property
    def conforms(self) -> bool:
        return not self.count(Severity.VIOLATION)

    def count(self, severity: Severity) -> int:
        return sum(number for (of, _), number in self._counts.items() if of is severity)

    def text(self, lang: Lang) -> str:
        """All findings and a last line that sums them up."""
        return "".join(self.text_parts(lang))

    def text_parts(self, lang: Lang) -> Iterator[str]:
        yield from (f"{finding.text(lang)}\n" for finding in self.findings)
        yield f"{self.summary(lang)}\n"

    def summary(self, lang: Lang) -> str:
        counts = [self.count(severity) for severity in Severity]
        words = _SUMMED[lang]
        return ", ".join(
            f"{count} {one if count == 1 else many}" for count, (one, many) in zip(counts, words, strict=True)
        )

    def json(self) -> str:
        """{"conforms", "findings": [{"file", "line", "column", "severity", "code", "what", "remedy"}]}, one a line.

        "about" as well, where it is known.
        """
        return "".join(self.json_parts())

    def json_parts(self) -> Iterator[str]:
        yield f'{{"conforms": {str(self.conforms).lower()}, "findings": ['
        yield from _lines(
            {
                "file": finding.place.file,
                "line": finding.place.line,
                "column": finding.place.column,
                "severity": finding.severity.value,
                "code": finding.code,
                "what": {"nb": finding.what.nb, "en": finding.what.en},
                "remedy": {"nb": finding.remedy.nb, "en": finding.remedy.en},
                **({"about": finding.about} if finding.about else {}),
            }
            for finding in self.findings
        )
        yield "]}\n"

    def sarif(self, version: str, lang: Lang) -> str:
        """SARIF 2.1.0 (OASIS), one run, so that editors and code hosts can show the findings; one a line."""
        return "".join(self.sarif_parts(version, lang))

    def sarif_parts(self, version: str, lang: Lang) -> Iterator[str]:
        rules = {code: number for number, code in enumerate(sorted({code for _, code in self._counts}))}
        driver = {"name": "fosen-graph", "version": version, "rules": [{"id": rule} for rule in rules]}
        yield f'{{"$schema": "{_SARIF_SCHEMA}", "version": "2.1.0", "runs": '
        yield f'[{{"tool": {{"driver": {_compact(driver)}}}, "columnKind": "unicodeCodePoints", "results": ['
        yield from _lines(
            {
                "ruleId": finding.code,
                "ruleIndex": rules[finding.code],
                "level": _SARIF_LEVELS[finding.severity],
                "message": {"text": f"{finding.what.in_language(lang)} {finding.remedy.in_language(lang)}".strip()},
                "locations": [{"physicalLocation": _sarif_location(finding.place)}],
            }
            for finding in self.findings
        )
        yield "]}]}\n"


def _lines(values: Iterable[object]) -> Iterator[str]:
    """JSON values a line each; json.dumps with an indent would leave its fast encoder."""
    before = "\n"
    for value in values:
        yield f"{before}{_compact(value)}"
        before = ",\n"
    if before != "\n":
        yield "\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sarif_location(place: Place) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": {"uri": place.file}}
    if place.line:
        location["region"] = {"startLine": place.line, "startColumn": place.column or 1}
    return location


class DataError(FosenGraphError):
    """The data do not hold: every violation that was found, not only the first."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.report = Report(findings)
        super().__init__(self.report.summary("en"))

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Finding, ...]]]:
        return DataError, (tuple(self.report),)


class CannotRun(FosenGraphError):
    """The work could not be done: what stopped it, and the remedy."""

    def __init__(self, what: Words, remedy: Words, place: Place | None = None) -> None:
        self.what, self.remedy, self.place = what, remedy, place
        super().__init__(what.en)

    def __reduce__(self) -> tuple[type[CannotRun], tuple[Words, Words, Place | None]]:
        return CannotRun, (self.what, self.remedy, self.place)

    def text(self, lang: Lang) -> str:
        head = f"{self.place}: " if self.place else ""
        return f"{head}{self.what.in_language(lang)}\n    {self.remedy.in_language(lang)}"
