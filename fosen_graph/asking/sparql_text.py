"""The text of a SPARQL query, looked at without an engine: its kind, its dataset, and whether it may be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple
from urllib.parse import urljoin

from fosen_graph.asking import Limits, Reason, Refusal, Unanswered
from fosen_graph.asking.code_points import IRI, STRING, unescaped, unescaped_iri
from fosen_graph.findings import Words

Kind = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

KINDS: tuple[Kind, ...] = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
_PROLOGUE = ("PREFIX", "BASE", "VERSION")
_PATTERN_WORDS = ("OPTIONAL", "UNION", "MINUS", "GRAPH", "FILTER", "BIND", "EXISTS", "LATERAL", "AS")
_TERMS = ("iri", "string", "variable", "blank", "name", "number")
_IN_IRIS = "(!+*/-&=,"  # operators that an IRI may hold too

# Terminals of SPARQL 1.1, section 19.8. Every repetition is possessive, and a word is all that may be a prefix:
# so the scan is linear.
_WORD = r"[^\W\d_](?:[\w\-·]|\.+(?=[\w\-·]))*+"
_LOCAL = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_LOCAL_REST = r"(?:(?:[\w:\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])|\.+(?=[\w:\-·%\\]))*+"
_TOKEN = re.compile(
    rf"""
      (?P<skip>[\x20\t\r\n]++|\#[^\r\n]*+)
    | (?P<iri>{IRI})
    | (?P<string>{STRING})
    | (?P<variable>[?$]\w++)
    | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+)
    | (?P<blank>_:\w(?:[\w\-·]|\.+(?=[\w\-·]))*+)
    | (?P<name>(?:{_WORD})?+:(?:{_LOCAL}{_LOCAL_REST})?+)
    | (?P<number>(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)
    | (?P<word>{_WORD})
    | (?P<open>[({{\[])
    | (?P<close>[)}}\]])
    | (?P<dot>[.;,])
    | (?P<operator>\^\^|&&|\|\||!=|<=|>=|<<|>>|[!<>=+\-*/|^?&~%])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryText:
    """
    What the words of a query tell before it runs.

    kind: None where the text begins with no query form; the engine then says what is wrong.
    default_graphs, named_graphs: of its FROM clauses, each once; None without any.
    normal: the text with one space for whatever is skipped between two words; texts that are alike here ask the same.
    volatile: the answer may be another each time.
    """

    text: str
    kind: Kind | None
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    normal: str = ""
    volatile: bool = False


def examine(text: str, limits: Limits, prefixes: Mapping[str, str], base: str) -> QueryText:
    """Raises Unanswered: updates, SERVICE, what is over the limits, and what is not even words of SPARQL."""
    if len(text.encode("utf-8", "replace")) > limits.query_bytes:
        raise _refusal(Reason.TOO_LONG, *_too_long(limits.query_bytes))
    text = unescaped(text)
    tokens = _tokens_within(text, limits)
    kind = _kind(text, tokens)
    _refuse_service(text, tokens)
    known = _declared(tokens, prefixes, base)
    default, named = _dataset(tokens, known, base)
    return QueryText(
        text=text,
        kind=kind,
        default_graphs=default,
        named_graphs=named,
        normal=_normal(tokens),
        volatile=any(map(_is_volatile, tokens)),
    )


def _normal(tokens: tuple[Token, ...]) -> str:
    parts: list[str] = []
    end = 0
    for _, text, start in tokens:
        parts += [text] if start == end or not parts else [" ", text]
        end = start + len(text)
    return "".join(parts)


def _is_volatile(token: Token) -> bool:
    """An IRI with a bracket may be an operator < and more, see _refuse_service."""
    may_call = token.kind == "word" or (token.kind == "iri" and "(" in token.text)
    return may_call and any(name in token.text.upper() for name in ("NOW", "RAND", "UUID"))


def _tokens_within(text: str, limits: Limits) -> tuple[Token, ...]:
    """Counts as it reads: what is too complex is not read to its end."""
    tally, tokens = _Tally(), []
    for token in _tokens(text):
        tokens.append(token)
        tally.take(token)
        if tally.operators > limits.operators or tally.patterns > limits.patterns or tally.nesting > limits.nesting:
            _kind(text, tokens)  # an update is refused as one, however long it is
            _refuse_service(text, tokens)
            raise _too_complex(text, tally, token, limits)
    return tuple(tokens)


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    for match in iter(_TOKEN.scanner(text).match, None):  # type: ignore[attr-defined]
        kind, position = match.lastgroup, match.end()
        if kind != "skip":
            yield Token(kind, match[0], match.start())
    if position < len(text):
        raise syntax_refusal(text, position)


def _kind(text: str, tokens: Sequence[Token]) -> Kind | None:
    """The engine also reads words that are run together, «SELECTDISTINCT»; so do we."""
    words = (token for token in tokens if token.kind == "word")
    first = next((token for token in words if not token.text.upper().startswith(_PROLOGUE)), None)
    if first is None:
        return None
    word = first.text.upper()
    if word.startswith(_UPDATES):
        raise _refusal(Reason.UPDATE, *_NO_UPDATES, text, first.start)
    return next((kind for kind in KINDS if word.startswith(kind)), None)


def _refuse_service(text: str, tokens: Sequence[Token]) -> None:
    """
    The engine has no switch for SERVICE, and backtracks into it: it reads `SERVICESILENT<u>`, `1SERVICE <u>`, and
    `service:a {…}` as a call of `:a`. An operator `<` may also look like the start of an IRI: `(1<2)SERVICE#>`.
    """
    for index, token in enumerate(tokens):
        inside = token.text.lower()
        if "service" not in inside:
            continue
        called = index + 1 < len(tokens) and tokens[index + 1].text == "{"
        if (
            token.kind == "word"
            or (token.kind == "name" and called and "service" in inside.partition(":")[0])
            or (token.kind == "iri" and ")" in inside.partition("service")[0])
        ):
            raise _refusal(Reason.SERVICE, *_NO_SERVICE, text, token.start)


def _too_complex(text: str, tally: _Tally, token: Token, limits: Limits) -> Unanswered:
    limit, words = next(
        (limit, words)
        for amount, limit, words in (
            (tally.nesting, limits.nesting, _DEEP),
            (tally.patterns, limits.patterns, _MANY_PATTERNS),
            (tally.operators, limits.operators, _MANY_OPERATORS),
        )
        if amount > limit
    )
    what = Words(nb=words.nb.format(limit), en=words.en.format(limit))
    return _refusal(Reason.TOO_COMPLEX, what, _SPLIT, text, token.start)


class _Tally:
    """
    How much of what the engine answers by recursion, or plans for long.

    Patterns: separators of triples, steps of paths, items of collections, groups and their words. The rows of VALUES
    and the arguments of functions are data, not patterns.
    """

    def __init__(self) -> None:
        self.nesting = self.patterns = self.operators = 0
        self._inside: list[str] = []  # brackets that are open; "values" for those of a block of data
        self._values = False  # the next { opens a block of data
        self._before = Token("", "", 0)

    def take(self, token: Token) -> None:
        inside = self._inside[-1] if self._inside else ""
        self.nesting = len(self._inside)
        if token.kind == "open":
            self._open(token.text, inside)
        elif token.kind == "close":
            if self._inside:
                self._inside.pop()
        elif inside != "values":
            self._inner(token, inside)
        self._before = token

    def _open(self, bracket: str, inside: str) -> None:
        values = inside == "values" or (self._values and bracket == "{")
        self._values = self._values and bracket != "{"
        self._inside.append("values" if values else bracket)
        self.nesting += 1
        if not values:
            self.patterns += bracket != "(" or (inside == "(" and self._before.kind == "close")
            self.operators += bracket == "("

    def _inner(self, token: Token, inside: str) -> None:
        if token.kind == "dot":
            self.patterns += inside != "("
        elif token.kind == "operator":
            self.operators += 1
            self.patterns += token.text == "/" and (inside != "(" or self._before.kind in ("iri", "name"))
            self.nesting += self._reified(token.text)
        elif token.kind == "word":
            word = token.text.upper()
            self.patterns += word in _PATTERN_WORDS
            self.operators += self._before.kind == "word"  # few may stand side by side
            self._values = self._values or word == "VALUES"
        elif self._before.kind in _TERMS and token.kind in _TERMS:
            self.patterns += inside == "("
            self.operators += not inside
        if token.kind == "iri" and inside == "(":  # or an operator <, see _refuse_service
            self.operators += max(0, sum(map(token.text.count, _IN_IRIS)) - 8)
            self.nesting += token.text.count("(")

    def _reified(self, operator: str) -> int:
        """`<<` nests too, without a bracket."""
        if operator == "<<":
            self._inside.append("{")
            return 1
        if operator == ">>" and self._inside:
            self._inside.pop()
        return 0


def _declared(tokens: tuple[Token, ...], prefixes: Mapping[str, str], base: str) -> dict[str, str]:
    """The prefixes in force; a name whose prefix is nowhere declared is left to the engine to complain about."""
    known = dict(prefixes)
    for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.kind == "word" and word.text.upper() == "PREFIX" and name.kind == "name" and iri.kind == "iri":
            known[name.text[:-1]] = urljoin(base, unescaped_iri(iri.text[1:-1]))
    return known


def _dataset(
    tokens: tuple[Token, ...], known: Mapping[str, str], base: str
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Each graph once: the engine would count a graph that is named twice, twice."""
    for keyword, iri in pairwise(tokens):
        if keyword.kind == "word" and keyword.text.upper() == "BASE" and iri.kind == "iri":
            base = urljoin(base, unescaped_iri(iri.text[1:-1]))
    default: dict[str, None] = {}
    named: dict[str, None] = {}
    for index, token in enumerate(tokens):
        word = token.text.upper() if token.kind == "word" else ""
        if not word.startswith("FROM"):
            continue
        is_named = word == "FROMNAMED" or any(after.text.upper() == "NAMED" for after in tokens[index + 1 : index + 2])
        at = index + 1 + bool(is_named and word == "FROM")
        graph = _resolved(tokens[at], known, base) if at < len(tokens) else None
        if graph is not None:
            (named if is_named else default)[graph] = None
    if not default and not named:
        return None, None
    return tuple(default), tuple(named)


def _resolved(token: Token, known: Mapping[str, str], base: str) -> str | None:
    if token.kind == "iri":
        return urljoin(base, unescaped_iri(token.text[1:-1]))
    prefix, _, local = token.text.partition(":")
    if token.kind != "name" or prefix not in known:
        return None
    return known[prefix] + re.sub(r"\\(.)", r"\1", local)


def undeclared_prefix(text: str, prefixes: Mapping[str, str]) -> tuple[str, int] | None:
    """The first prefix that nobody declared, with its position in the text."""
    tokens = tuple(_tokens(text))
    known = _declared(tokens, prefixes, "")
    names = (token for token in tokens if token.kind == "name")
    return next(((n.text.partition(":")[0], n.start) for n in names if n.text.partition(":")[0] not in known), None)


def missing_prefixes(text: str, prefixes: Mapping[str, str]) -> dict[str, str]:
    """Of these prefixes those that a query uses and does not declare; it may use others that nobody declares."""
    tokens = tuple(_tokens(text))
    declared = _declared(tokens, {}, "")
    used = {token.text.partition(":")[0] for token in tokens if token.kind == "name"}
    return {prefix: iri for prefix, iri in prefixes.items() if prefix in used and prefix not in declared}


def unknown_word(text: str) -> int | None:
    """Where the first word stands that SPARQL 1.1 does not know; the engine often points far behind it."""
    words = (token for token in _tokens(text) if token.kind == "word")
    return next((word.start for word in words if word.text.upper() not in _KEYWORDS and word.text != "a"), None)


def word_at(text: str, position: int) -> int:
    """Where the word stands that ends at or around this position: the engine points behind what it could not read."""
    starts = [token.start for token in _tokens(text) if token.start < position]
    return starts[-1] if starts else 0


def word_starts(text: str) -> list[int]:
    """Where each word begins; what only makes sense with what follows it at once begins none of its own."""
    starts: list[int] = []
    joined = False
    for token in _tokens(text):
        if not joined:
            starts.append(token.start)
        joined = token.text == "^^"
    return starts


def syntax_refusal(text: str, position: int, detail: str = "") -> Unanswered:
    """position: 0-based. detail: what was expected, as the engine tells it."""
    line, column = _line_and_column(text, position)
    found = text[position : position + 20].split("\n")[0].strip()
    nb = f"Spørringen er ikke gyldig SPARQL: linje {line}, kolonne {column}" + (f", ved «{found}»." if found else ".")
    en = f"The query is not valid SPARQL: line {line}, column {column}" + (f", at “{found}”." if found else ".")
    remedy = Words(nb="Rett spørringen der.", en="Correct the query there.")
    if detail:
        remedy = Words(nb=f"Rett spørringen der. Ventet: {detail}.", en=f"Correct the query there. Expected: {detail}.")
    return _refusal(Reason.SYNTAX, Words(nb=nb, en=en), remedy, text, position)


def prefix_refusal(text: str, prefix: str, position: int) -> Unanswered:
    what = Words(nb=f"Prefikset «{prefix}:» er ikke erklært.", en=f"The prefix “{prefix}:” is not declared.")
    remedy = Words(
        nb=f"Skriv PREFIX {prefix}: <…> først i spørringen.", en=f"Write PREFIX {prefix}: <…> first in the query."
    )
    return _refusal(Reason.SYNTAX, what, remedy, text, position)


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def _refusal(reason: Reason, what: Words, remedy: Words, text: str = "", position: int = -1) -> Unanswered:
    line, column = _line_and_column(text, position) if position >= 0 else (0, 0)
    lines = text.split("\n")
    around = lines[line - 1][:200] if line else ""
    return Unanswered(Refusal(reason=reason, what=what, remedy=remedy, line=line, column=column, around=around))


def _too_long(limit: int) -> tuple[Words, Words]:
    return (
        Words(nb=f"Spørringen er lengre enn {limit:,} byte.", en=f"The query is longer than {limit:,} bytes."),
        Words(nb="Gjør den kortere, eller last ned dataene.", en="Shorten it, or download the data."),
    )


_KEYWORDS = frozenset(
    re.split(
        r"\s+",
        """BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT WHERE DESCRIBE ASK FROM NAMED GROUP BY HAVING ORDER ASC
        DESC LIMIT OFFSET VALUES UNDEF OPTIONAL GRAPH SERVICE SILENT BIND MINUS UNION FILTER EXISTS NOT IN TRUE
        FALSE COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE
        RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE
        STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512
        COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE LATERAL
        ADJUST TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE LANGDIR HASLANG HASLANGDIR STRLANGDIR VERSION""",
    )
)
_NO_UPDATES = (
    Words(nb="Her kan ingenting endres: endepunktet svarer bare på spørringer.",
          en="Nothing can be changed here: the endpoint answers queries only."),
    Words(nb="Bruk SELECT, ASK, CONSTRUCT eller DESCRIBE.", en="Use SELECT, ASK, CONSTRUCT or DESCRIBE."),
)  # fmt: skip
_NO_SERVICE = (
    Words(nb="SERVICE er ikke tillatt: endepunktet spør ingen andre.",
          en="SERVICE is not allowed: the endpoint asks nobody else."),
    Words(nb="Spør det andre endepunktet selv, eller bruk SERVICE mot oss derfra.",
          en="Ask the other endpoint yourself, or use SERVICE towards us from there."),
)  # fmt: skip
_DEEP = Words(nb="Spørringen har flere enn {} nivåer av klammer.", en="The query has more than {} levels of brackets.")
_MANY_PATTERNS = Words(nb="Spørringen har flere enn {} mønstre.", en="The query has more than {} patterns.")
_MANY_OPERATORS = Words(nb="Spørringen har flere enn {} operatorer.", en="The query has more than {} operators.")
_SPLIT = Words(nb="Del den opp i flere spørringer.", en="Split it into several queries.")
