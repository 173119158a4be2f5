"""The words of the interface, in the two languages that it has; the words of the domain come from the ontology."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from fosen_graph.findings import Lang

LANGUAGES: tuple[Lang, ...] = ("nb", "en")


class Wording:
    """Called with a key and what the text has places for: `w("dumps.bytes", size=12)`."""

    def __init__(self, lang: Lang, texts: dict[str, str]) -> None:
        self.lang, self.texts = lang, texts

    def __call__(self, key: str, **values: object) -> str:
        return self.texts[key].format(**values) if values else self.texts[key]

    def counted(self, key: str, count: int, **values: object) -> str:
        """The word for one, or for another number."""
        return self(f"{key}_one" if count == 1 else key, **values)

    def or_else(self, key: str, otherwise: str) -> str:
        """For names that the data may bring and the interface does not know."""
        return self.texts.get(key, otherwise)

    def date(self, iso: str) -> str:
        """«10. juni 2022», “10 June 2022”; what is no whole date stays as it is."""
        year, month, day = (*iso.split("-"), "", "")[:3]
        if not day.isdigit():
            return iso
        name = self.texts["date.months"].split()[int(month) - 1]
        return self("date.form", day=int(day), month=name, year=year)

    def size(self, size: int) -> str:
        """In the largest decimal unit that leaves something before the point."""
        value, unit = float(size), "B"
        for larger in ("kB", "MB", "GB"):
            if value < 1000:
                break
            value, unit = value / 1000, larger
        text = f"{value:.0f}" if value >= 10 or unit == "B" else f"{value:.1f}"
        return f"{text.replace('.', self('number.point'))}\u00a0{unit}"

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", self("number.group"))


@cache
def wording(lang: Lang) -> Wording:
    text = (resources.files("fosen_graph") / "web" / "wording" / f"{lang}.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return Wording(lang, {f"{table}.{key}": value for table, keys in tables.items() for key, value in keys.items()})
