"""What is asked of a store, within which limits, and why a question may stay unanswered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Protocol

from fosen_graph.findings import FosenGraphError, Words

Gone = Callable[[], bool]  # whether whoever asked has gone away
Watch = Callable[[], Gone]  # of the request that this thread answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    One SPARQL 1.1 query.

    format: the name of a row of formats.py. Graph lists: both None, the default graph is the union of all graphs.
    bindings: (variable, IRI), for the queries of our own pages. client: the address of who asks; "" is ourselves.
    """

    text: str
    format: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    bindings: tuple[tuple[str, str], ...] = ()
    client: str = ""


class Store(Protocol):
    """Whoever can answer questions: a store in this process, worker processes, or a server elsewhere."""

    def answer(self, question: Question) -> bytes:
        """The complete answer in the format asked for. Raises Unanswered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What the queries of the public may cost: the one table, told in the service description and on a page.

    Changed here or by who starts the server.
    """

    seconds: float = 10.0  # wall time in the engine
    quick_seconds: float = 0.05  # processor time in the lane of short queries; what takes longer changes lanes
    wait_seconds: float = 3.0  # wall time in the queue for a worker
    memory_bytes: int = 512 * 2**20  # above what the store itself takes
    total_memory_bytes: int = 2 * 2**30  # of all queries together, above the store; the greediest is ended
    concurrent: int = 96  # queries of all clients that run or wait
    per_client: bool = True  # whether the two limits below hold
    client_concurrent: int = 16  # queries of one client that run or wait
    client_seconds: float = 60.0  # wall time in the engine that one client may use in a minute
    answer_bytes: int = 32 * 2**20
    cache_bytes: int = 128 * 2**20  # of answers that a web process keeps ready; 0 keeps none
    query_bytes: int = 128 * 2**10
    url_bytes: int = 16 * 2**10  # of a GET query
    nesting: int = 48  # of any brackets; 2,200 overrun the engine's stack, and nested lists cost it exponentially
    patterns: int = 100  # 200 keep its planner busy for seconds
    operators: int = 600  # in expressions and paths; 7,000 overrun its stack


TRUSTED = Limits(seconds=60, wait_seconds=30, memory_bytes=2**31, answer_bytes=2**29, query_bytes=2**24)


class Reason(Enum):
    """Why a question stays unanswered."""

    SYNTAX = "syntax"
    GRAPH = "graph"  # a graph's name is no IRI
    FORMAT = "format"  # the answer's kind has no such format
    UPDATE = "update"
    SERVICE = "service"
    TOO_LONG = "too-long"
    TOO_COMPLEX = "too-complex"
    TOO_LARGE = "too-large"  # the answer
    FAILED = "failed"
    TIME = "time"
    MEMORY = "memory"
    BUSY = "busy"
    TOO_MANY = "too-many"
    GONE = "gone"  # whoever asked
    ELSEWHERE = "elsewhere"  # the server elsewhere that answers is not there, or does not answer as it should


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reason in words; line and column of the query count from 1, in code points, 0 where there is no place."""

    reason: Reason
    what: Words
    remedy: Words
    line: int = 0
    column: int = 0
    around: str = field(default="")  # the line of the query that is meant
    retry_after: int = 0  # seconds; 0 where nobody knows

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"reason": self.reason.value}

    @staticmethod
    def from_json(value: dict[str, Any]) -> Refusal:
        words = {key: Words(**value[key]) for key in ("what", "remedy")}
        return Refusal(**(value | words | {"reason": Reason(value["reason"])}))


class Unanswered(FosenGraphError):
    """A query was not answered: the refusal tells why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.what.en)


def unanswered(reason: Reason, what: Words, remedy: Words) -> Unanswered:
    return Unanswered(Refusal(reason=reason, what=what, remedy=remedy))


def over_time(seconds: float) -> Unanswered:
    return unanswered(
        Reason.TIME,
        Words(
            nb=f"Spørringen ble stanset: den brukte mer enn {seconds:g} sekunder.",
            en=f"The query was stopped: it took more than {seconds:g} seconds.",
        ),
        Words(
            nb="Gjør den smalere (LIMIT, færre mønstre), eller last ned dataene fra /dumps/ og spør lokalt.",
            en="Narrow it (LIMIT, fewer patterns), or download the data from /dumps/ and query them locally.",
        ),
    )


def over_memory() -> Unanswered:
    return unanswered(
        Reason.MEMORY,
        Words(
            nb="Spørringen ble stanset: den trengte mer minne enn en spørring kan få.",
            en="The query was stopped: it needed more memory than a query may have.",
        ),
        Words(
            nb="Gjør den smalere (LIMIT, mindre ORDER BY, DISTINCT og GROUP BY), eller last ned dataene fra /dumps/.",
            en="Narrow it (LIMIT, less ORDER BY, DISTINCT and GROUP BY), or download the data from /dumps/.",
        ),
    )


def crashed() -> Unanswered:
    return unanswered(
        Reason.FAILED,
        Words(nb="Spørringen fikk søkemotoren til å bryte sammen.", en="The query made the engine crash."),
        Words(
            nb="Skriv den om, eller gjør den enklere. Meld gjerne fra: feilen er ikke din.",
            en="Rewrite or simplify it. Please report it: the fault is not yours.",
        ),
    )


def too_large(limit: int) -> Unanswered:
    return unanswered(
        Reason.TOO_LARGE,
        Words(nb=f"Svaret er større enn {limit:,} byte.", en=f"The answer is larger than {limit:,} bytes."),
        Words(
            nb="Bruk LIMIT og OFFSET, eller last ned dataene fra /dumps/.",
            en="Use LIMIT and OFFSET, or download the data from /dumps/.",
        ),
    )


def all_busy() -> Unanswered:
    return unanswered(
        Reason.BUSY,
        Words(nb="Alle som svarer på spørringer, er opptatt.", en="Everyone who answers queries is busy."),
        Words(nb="Prøv igjen om litt.", en="Try again in a moment."),
    )


def too_many(retry_after: int) -> Unanswered:
    return Unanswered(
        Refusal(
            reason=Reason.TOO_MANY,
            what=Words(
                nb="Du har brukt opp din del av tjeneren for en stund.",
                en="You have used up your share of the server for a while.",
            ),
            remedy=Words(
                nb=f"Vent {retry_after} sekunder, still færre spørringer samtidig, eller last ned dataene fra /dumps/.",
                en=f"Wait {retry_after} seconds, ask less at a time, or download the data from /dumps/.",
            ),
            retry_after=retry_after,
        )
    )


def client_gone() -> Unanswered:
    return unanswered(
        Reason.GONE,
        Words(nb="Den som spurte, er gått.", en="Whoever asked is gone."),
        Words(nb="Spør igjen.", en="Ask again."),
    )
