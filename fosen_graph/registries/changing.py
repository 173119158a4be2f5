"""A copy of the register and units that changed in; the copy with them, every list of words right again, out."""

from __future__ import annotations

import sqlite3
from array import array
from itertools import combinations
from typing import Final

from fosen_graph.registries.stored import (
    COLUMNS,
    INSERT,
    NOWHERE,
    former_rows,
    pair_hash,
    rank_of,
    row_of,
    unit_of,
    words_of,
)
from fosen_graph.registries.units import Unit

_UNIT: Final = f"SELECT {COLUMNS} FROM unit WHERE number = ?"
_PLACE: Final = "SELECT number, name FROM place WHERE id = ?"
_FORMER: Final = "SELECT name, start, ended FROM former WHERE unit = ? ORDER BY rowid"
_TOKEN: Final = "SELECT units, numbers FROM token WHERE token = ?"
_PAIRED: Final = 4


class Changed:
    """A base that is open for writing, and nobody else's."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def unit(self, number: str) -> Unit | None:
        row = self._base.execute(_UNIT, (int(number),)).fetchone()
        if not row:
            return None
        place = self._base.execute(_PLACE, (row[5],)).fetchone() or NOWHERE
        return unit_of(row, place, self._base.execute(_FORMER, (int(number),)).fetchall())

    def put(self, unit: Unit) -> bool:
        """Whether that changed anything."""
        old = self.unit(unit.number)
        if old == unit:
            return False
        if old:
            self._take_out(old)
        self._base.execute(INSERT, row_of(unit, self._place(unit)))
        self._base.executemany("INSERT INTO former VALUES (?, ?, ?, ?, ?)", former_rows(unit))
        words = words_of(unit)
        for word in words:
            self._add_word(word, int(unit.number))
        rank = rank_of(unit, len(words))
        for pair in self._pairs(words):
            self._base.execute("INSERT OR IGNORE INTO pair VALUES (?, ?, ?)", (pair, rank, int(unit.number)))
        return True

    def remove(self, number: str) -> bool:
        old = self.unit(number)
        if old:
            self._take_out(old)
        return old is not None

    def _take_out(self, unit: Unit) -> None:
        number, words = int(unit.number), words_of(unit)
        self._base.execute("DELETE FROM unit WHERE number = ?", (number,))
        self._base.execute("DELETE FROM former WHERE unit = ?", (number,))
        for pair in self._pairs(words):
            self._base.execute(
                "DELETE FROM pair WHERE pair = ? AND rank = ? AND number = ?", (pair, rank_of(unit, len(words)), number)
            )
        for word in words:
            self._drop_word(word, number)

    def _place(self, unit: Unit) -> int | None:
        here = (unit.municipality_number, unit.municipality)
        if here == (None, None):
            return None
        row = self._base.execute("SELECT id FROM place WHERE number IS ? AND name IS ?", here).fetchone()
        return int(row[0]) if row else self._base.execute("INSERT INTO place VALUES (NULL, ?, ?)", here).lastrowid

    def _add_word(self, word: str, number: int) -> None:
        """A word that is common stays so, and one that becomes common keeps its list until the next whole load."""
        row = self._base.execute(_TOKEN, (word,)).fetchone()
        if row is None:
            self._base.execute("INSERT INTO token VALUES (?, 1, ?)", (word, array("I", [number]).tobytes()))
            self._base.execute("INSERT OR IGNORE INTO ending VALUES (?)", (word[::-1],))
            return
        longer = None if row[1] is None else row[1] + array("I", [number]).tobytes()
        self._base.execute("UPDATE token SET units = ?, numbers = ? WHERE token = ?", (row[0] + 1, longer, word))

    def _drop_word(self, word: str, number: int) -> None:
        units, listed = self._base.execute(_TOKEN, (word,)).fetchone() or (0, None)
        if units <= 1:
            self._base.execute("DELETE FROM token WHERE token = ?", (word,))
            self._base.execute("DELETE FROM ending WHERE reversed = ?", (word[::-1],))
            return
        shorter = None
        if listed is not None:
            numbers = array("I")
            numbers.frombytes(listed)
            shorter = array("I", [other for other in numbers if other != number]).tobytes()
        self._base.execute("UPDATE token SET units = ?, numbers = ? WHERE token = ?", (units - 1, shorter, word))

    def _pairs(self, words: tuple[str, ...]) -> list[int]:
        common = [word for word in words if self._is_common(word)]
        return [pair_hash(one, other) for one, other in combinations(common[: 2 * _PAIRED], 2)]

    def _is_common(self, word: str) -> bool:
        row = self._base.execute("SELECT numbers IS NULL FROM token WHERE token = ?", (word,)).fetchone()
        return bool(row and row[0])
