"""The local copy of the register in; units by number, by name and by words that they share, out."""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from itertools import combinations, islice, pairwise
from pathlib import Path
from types import TracebackType
from typing import Final

from fosen_graph.findings import CannotRun, Words
from fosen_graph.findings import Place as File
from fosen_graph.registries.names import key, one_slip
from fosen_graph.registries.stored import (
    COLUMNS,
    COMMON,
    FORMER,
    NOWHERE,
    VERSION,
    Place,
    StoredFormer,
    StoredUnit,
    key_hash,
    normalisation,
    pair_hash,
    unit_of,
)
from fosen_graph.registries.units import Unit

_UNITS: Final = f"SELECT {COLUMNS} FROM unit"
_BY_NUMBER: Final = f"{_UNITS} WHERE number = ?"
_PLACES: Final = "SELECT id, number, name FROM place"
_NAMED: Final = "SELECT number FROM unit WHERE key = ?1 UNION SELECT unit FROM former WHERE key = ?1 LIMIT 5000"
_TOKENS: Final = "SELECT token, units, numbers IS NOT NULL FROM token WHERE token IN"
_LIST: Final = "SELECT numbers FROM token WHERE token = ?"
_PAIR: Final = f"SELECT number FROM pair WHERE pair = ? LIMIT {COMMON}"
_FORMER: Final = "SELECT name, start, ended FROM former WHERE unit = ? ORDER BY rowid"
_BEGUN: Final = "SELECT token FROM token WHERE token >= ? AND token < ? ORDER BY token LIMIT ?"
_LIKE: Final = "SELECT token FROM token WHERE token >= ? AND token < ? AND length(token) BETWEEN ? AND ? LIMIT 2000"
_ENDING: Final = (
    "SELECT reversed FROM ending WHERE reversed >= ? AND reversed < ? AND length(reversed) BETWEEN ? AND ? LIMIT 2000"
)
_LAST: Final = "\U0010ffff"
_SHORTEST: Final = 4  # letters of a word that may be misspelt
_NEIGHBOURS: Final = 8
_READ: Final = COMMON  # entries of lists for one question
_MISSPELT: Final = 0.7  # of the weight of the word itself
_AT_ONCE: Final = 500


class LocalRegister:
    """
    A Register (units.Register) on disk; its memory does not grow with what is asked. For the thread that opened it.

    date: of the register's content. about: what the copy says of itself.
    """

    def __init__(self, base: sqlite3.Connection, about: dict[str, str]) -> None:
        self._base, self.about = base, about
        self.date = about.get("date", "")
        self._places: dict[int | None, Place] = {id_: (number, name) for id_, number, name in base.execute(_PLACES)}
        self._total = max(2, int(about.get("units", "0")) + int(about.get("sub_units", "0")))

    def __enter__(self) -> LocalRegister:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._base.close()

    def unit(self, number: str) -> Unit | None:
        if not (len(number) == 9 and number.isascii() and number.isdigit()):
            return None
        row = self._base.execute(_BY_NUMBER, (int(number),)).fetchone()
        return self._unit(row) if row else None

    def begun(self, word: str, limit: int) -> list[str]:
        """Words of names that begin so, in the order of the alphabet."""
        asked = (word, word + _LAST, limit)
        return [token for (token,) in self._base.execute(_BEGUN, asked)] if word else []

    def named(self, name: str) -> Sequence[Unit]:
        """All whose normalised present or former name is exactly this; main units first, then by number."""
        numbers = [number for (number,) in self._base.execute(_NAMED, (key_hash(name),))]
        found = self._units(numbers)
        same = [u for u in found if key(u.name) == name or any(key(former.name) == name for former in u.former_names)]
        return sorted(same, key=lambda unit: (unit.is_sub_unit, unit.number))

    def with_tokens(self, words: Sequence[str], limit: int) -> Sequence[Unit]:
        """
        Units that share seldom words with these, those that share most first, and short names before long.

        A word that nobody bears is taken for a misspelling (one letter), a compound, or a part of one.
        """
        words = list(dict.fromkeys(words))
        borne = self._borne([*words, *map("".join, pairwise(words))])
        weights = self._weights(words, borne)
        scores: dict[int, float] = {}
        left, coming = _READ, sum(weights.values())
        for word in sorted(weights, key=lambda word: borne[word][0]):
            left -= borne[word][0]
            if left < 0 and scores:
                break
            _add(scores, self._list(word), weights[word], few=coming <= _at(scores, limit))
            coming -= weights[word]
        common = sorted((units, word) for word, (units, listed) in borne.items() if not listed)
        if len(common) > 1 and len(weights.keys() & set(words)) < 2:
            self._add_pairs([word for _, word in common[:4]], scores)
        least = _at(scores, limit)
        best = [number for number, score in scores.items() if score >= least] if least else list(scores)
        best.sort(key=scores.__getitem__, reverse=True)  # stable: the order of the lists among equals
        return self._units(best[:limit])

    def _weights(self, words: Sequence[str], borne: dict[str, tuple[int, bool]]) -> dict[str, float]:
        """The weight of each word that has a list; what stands in for an unknown word is added to `borne`."""
        weights = {word: self._weight(count) for word, (count, listed) in borne.items() if listed}
        for word in words:
            if word not in borne:
                instead = self._borne(self._instead_of(word))
                borne |= instead
                for other, (count, listed) in instead.items():
                    if listed:
                        weights.setdefault(other, _MISSPELT * self._weight(count))
        return weights

    def _weight(self, borne: int) -> float:
        return math.log(1 + self._total / borne)

    def _borne(self, words: Sequence[str]) -> dict[str, tuple[int, bool]]:
        """How many units bear each word that any does, and whether it has a list of them."""
        rows = self._base.execute(f"{_TOKENS} ({','.join('?' * len(words))})", words)
        return {word: (units, bool(listed)) for word, units, listed in rows}

    def _list(self, word: str) -> Iterable[int]:
        numbers = array("I")
        row = self._base.execute(_LIST, (word,)).fetchone()
        if row and row[0]:
            numbers.frombytes(row[0])
        return numbers

    def _add_pairs(self, common: Sequence[str], scores: dict[int, float]) -> None:
        for one, other in combinations(common, 2):
            numbers = [number for (number,) in self._base.execute(_PAIR, (pair_hash(one, other),))]
            weight = self._weight(max(1, len(numbers)))
            for number in numbers:
                scores[number] = scores.get(number, 0.0) + weight

    def _instead_of(self, word: str) -> list[str]:
        """Words one slip away; else the two that it is put together of."""
        if len(word) < _SHORTEST:
            return []
        half = len(word) // 2
        fewest, most = len(word) - 1, len(word) + 1
        head, tail = word[:half], word[half:][::-1]
        alike = [token for (token,) in self._base.execute(_LIKE, (head, head + _LAST, fewest, most))]
        alike += [token[::-1] for (token,) in self._base.execute(_ENDING, (tail, tail + _LAST, fewest, most))]
        letters = set(word)  # a slip changes two of them at most
        alike = [token for token in dict.fromkeys(alike) if len(letters.symmetric_difference(token)) < 3]
        near = list(islice((token for token in alike if one_slip(word, token)), _NEIGHBOURS))
        if near:
            return near
        parts = [(word[:cut], word[cut:]) for cut in range(3, len(word) - 2)]
        known = self._borne([part for both in parts for part in both])
        for one, other in parts:
            if one in known and other in known:
                near += [one, other]
        return near[:_NEIGHBOURS]

    def _units(self, numbers: Sequence[int]) -> list[Unit]:
        """In the order asked for."""
        found: dict[int, Unit] = {}
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            for row in self._base.execute(f"{_UNITS} WHERE number IN ({marks})", some).fetchall():
                found[row[0]] = self._unit(row)
        return [found[number] for number in numbers if number in found]

    def _unit(self, row: StoredUnit) -> Unit:
        former: list[StoredFormer] = []
        if row[3] & FORMER:
            former = self._base.execute(_FORMER, (row[0],)).fetchall()
        return unit_of(row, self._places.get(row[5], NOWHERE), former)


def _add(scores: dict[int, float], numbers: Iterable[int], weight: float, *, few: bool) -> None:
    """few: what is not there yet can no longer come among the best."""
    if not scores:
        scores |= dict.fromkeys(numbers, weight)
    elif few:
        for number in scores.keys() & set(numbers):
            scores[number] += weight
    else:
        for number in numbers:
            scores[number] = scores.get(number, 0.0) + weight


def _at(scores: dict[int, float], place: int) -> float:
    """The score of the one at that place; nothing where there are not so many."""
    return sorted(scores.values(), reverse=True)[place - 1] if len(scores) >= place else 0.0


def open_register(path: Path, *, lent: bool = False) -> LocalRegister:
    """Raises CannotRun where there is none, or one of another make. lent: from thread to thread, one at a time."""
    if not path.is_file():
        raise CannotRun(
            Words(nb="Det er ingen kopi av registeret her.", en="There is no copy of the register here."),
            _MAKE,
            File(str(path)),
        )
    try:
        where = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        base = sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=not lent)
        base.execute("PRAGMA cache_size=-16384")
        about = dict(base.execute("SELECT name, value FROM about").fetchall())
    except sqlite3.Error as error:
        raise _other_make(path) from error
    if about.get("version") != str(VERSION) or about.get("normalisation") != normalisation():
        base.close()
        raise _other_make(path)
    return LocalRegister(base, about)


def _other_make(path: Path) -> CannotRun:
    return CannotRun(
        Words(
            nb="Filen er ingen kopi av registeret som denne versjonen kan lese.",
            en="The file is no copy of the register that this version can read.",
        ),
        _MAKE,
        File(str(path)),
    )


_MAKE: Final = Words(
    nb="Lag en med «fosen-graph registry fetch» eller «registry load FIL …».",
    en="Make one with “fosen-graph registry fetch” or “registry load FILE …”.",
)
