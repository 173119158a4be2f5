"""Limits in; each in words and with its value out: the one table that the page and the service description state."""

from __future__ import annotations

from dataclasses import dataclass

from fosen_graph.asking import Limits
from fosen_graph.findings import Words

_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """status: of the answer beyond it. value: with its unit."""

    name: str
    what: Words
    value: str
    status: int


def limit_rows(limits: Limits, remote: bool = False) -> tuple[LimitRow, ...]:
    """remote: a server elsewhere answers; its queries cannot be ended from here, and its memory is its own."""
    own = () if remote else _of_the_engine(limits)
    return (*_of_a_query(limits, remote), *own, *_of_clients(limits))


def _row(name: str, value: str, status: int, nb: str, en: str) -> LimitRow:
    return LimitRow(name=name, what=Words(nb=nb, en=en), value=value, status=status)


def _of_a_query(limits: Limits, remote: bool) -> tuple[LimitRow, ...]:
    ended = (
        _row(
            "seconds",
            f"{limits.seconds:g} s",
            503,
            "Tid til å svare; etter den slutter vi å lytte, men tjeneren som svarer, kan arbeide videre",
            "Time to answer; after it we stop listening, but the server that answers may work on",
        )
        if remote
        else _row("seconds", f"{limits.seconds:g} s", 503, "Tid til å svare", "Time to answer")
    )
    return (
        ended,
        _row("wait_seconds", f"{limits.wait_seconds:g} s", 503, "Tid i køen", "Time in the line"),
        _row("answer_bytes", _size(limits.answer_bytes), 422, "Svaret", "The answer"),
        _row("query_bytes", _size(limits.query_bytes), 413, "Spørringen", "The query"),
        _row(
            "url_bytes", _size(limits.url_bytes), 414, "Spørringen i en adresse (GET)", "The query in an address (GET)"
        ),
        _row("nesting", str(limits.nesting), 422, "Nivåer av klammer", "Levels of brackets"),
        _row("patterns", str(limits.patterns), 422, "Mønstre", "Patterns"),
        _row(
            "operators",
            str(limits.operators),
            422,
            "Operatorer i uttrykk og stier",
            "Operators in expressions and paths",
        ),
    )


def _of_the_engine(limits: Limits) -> tuple[LimitRow, ...]:
    return (
        _row("memory_bytes", _size(limits.memory_bytes), 503, "Minne for en spørring", "Memory of a query"),
        _row(
            "total_memory_bytes",
            _size(limits.total_memory_bytes),
            503,
            "Minne for alle spørringer til sammen; den som tar mest, blir stanset",
            "Memory of all queries together; whoever takes most is ended",
        ),
    )


def _of_clients(limits: Limits) -> tuple[LimitRow, ...]:
    every = _row(
        "concurrent", str(limits.concurrent), 503, "Spørringer fra alle på en gang", "Queries of everybody at a time"
    )
    if not limits.per_client:
        return (every,)
    return (
        every,
        _row(
            "client_concurrent",
            str(limits.client_concurrent),
            429,
            "Spørringer fra en klient på en gang; flere venter",
            "Queries of one client at a time; more wait",
        ),
        _row(
            "client_seconds",
            f"{limits.client_seconds:g} s",
            429,
            "Tid som en klient kan bruke i minuttet; ferdige svar koster ingenting",
            "Time that one client may use in a minute; answers that are kept ready cost nothing",
        ),
    )


def _size(size: int) -> str:
    return f"{size // _MEGABYTE} MiB" if size >= _MEGABYTE else f"{size // 1024} KiB"
