"""The project's own data folder in; a data folder with any number of plans of the same shape in other words, out."""

from __future__ import annotations

import argparse
import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
REGION, PLAN, FIRST_YEAR, LAST_YEAR = "fosen", "2022-2024", 2022, 2024
MOST_REGIONS = 1440  # each has words of its own
MOST_PLANS = 1990  # of a region, while years have four digits
# Keys whose values are words of the document, or about it; all others are ids, numbers, codes and addresses.
_WORDS = frozenset(
    [
        "belegg",
        "engelsk",
        "fordi",
        "merknad",
        "navn",
        "ordlyd",
        "også-kalt",
        "registrert-navn",
        "sak",
        "skrevet",
        "strategioverskrift",
        "tittel",
    ]
)
_SPOKEN = "usikkert"  # its keys are words too
_FIELD = re.compile(r"(\{\w+\})")  # in «strategioverskrift»
_VOWELS, _CONSONANTS = "aeiouyæøå", "bcdfghjklmnpqrstvwxz"
_STEPS = (1, 3, 7, 9, 11, 13, 17, 19)  # each leads through all twenty consonants

Letters = Mapping[int, str]


def write_folder(target: Path, regions: int, plans: int = 1) -> Path:
    """
    Write `target`, a whole data folder that conforms as the project's own does: the same bytes every time.

    plans: of each region, one for every four years.
    """
    source = ROOT / "data"
    shared = {path.name: _template(path) for path in sorted((source / REGION).iterdir()) if path.is_file()}
    own = {path.name: _template(path) for path in sorted((source / REGION / PLAN).iterdir())}
    target.mkdir(parents=True)
    (target / "site.toml").write_text(_site((source / "site.toml").read_text("utf-8"), regions), "utf-8")
    for number in range(1, regions + 1):
        name, letters = region_name(number), alphabet(number)
        folder = target / name
        folder.mkdir()
        for file, template in shared.items():
            text = template.text(letters, [plan_name(plan) for plan in range(plans)])
            if file == "aktoerer.yaml":
                text = _counted(text, source / REGION, plans)
            (folder / file).write_text(_moved(text, name), "utf-8")
        for plan in range(plans):
            _write_plan(folder / plan_name(plan), {file: _later(own[file].text(letters), plan) for file in own}, name)
    return target


def _counted(text: str, real: Path, plans: int) -> str:
    """The control totals, where translations and added facts are told of more plans."""
    more = {key: (real / f"{key}.yaml").read_text("utf-8").count(f"om: {PLAN}") for key in _TOLD_OF_PLANS}

    def counted(total: re.Match[str]) -> str:
        return f"  {total[1]}: {int(total[2]) + (plans - 1) * more[total[1]]}"

    return re.sub(rf"^  ({'|'.join(more)}): (\d+)$", counted, text, flags=re.MULTILINE)


_TOLD_OF_PLANS = ("oversettelser", "opplysninger", "emner")


def region_name(number: int) -> str:
    """number: from 1."""
    return f"region-{number}"


def plan_name(number: int) -> str:
    """number: from 0, the real plan's years."""
    return f"{FIRST_YEAR + 4 * number}-{LAST_YEAR + 4 * number}"


def _write_plan(folder: Path, files: Mapping[str, str], region: str) -> None:
    folder.mkdir()
    source = files["kilde.txt"].encode()
    for name, text in files.items():
        if name == "kilde.yaml":
            text = re.sub(r"(?<=sha256: )[0-9a-f]{64}", hashlib.sha256(source).hexdigest(), text)
        (folder / name).write_bytes(source if name == "kilde.txt" else _moved(text, region).encode())


def _moved(text: str, region: str) -> str:
    """Addresses of the region's own things."""
    return text.replace(f"/id/{REGION}/", f"/id/{region}/")


def _later(text: str, number: int) -> str:
    """The same plan for a later period, adopted later."""
    years = 4 * number
    first, last = FIRST_YEAR + years, LAST_YEAR + years
    for old, new in {
        PLAN: plan_name(number),
        f"{FIRST_YEAR}-{LAST_YEAR % 100}": f"{first}-{last % 100:02}",
        f"fra: {FIRST_YEAR}": f"fra: {first}",
        f"til: {LAST_YEAR}": f"til: {last}",
        "10.06.2022": f"10.06.{first}",
        "2022-06-10": f"{first}-06-10",
    }.items():
        text = text.replace(old, new)
    return text


def _site(text: str, regions: int) -> str:
    """site.toml with a part for every region, the first of which has the publisher."""
    before, head, part = text.partition(f"[region.{REGION}]")
    parts = [f"[region.{region_name(number)}]{part}\n" for number in range(1, regions + 1)]
    assert head
    return before.replace(f'"{REGION}/aktoer/', f'"{region_name(1)}/aktoer/') + "".join(parts)


def alphabet(number: int) -> Letters:
    """
    What stands for each letter in a region: a vowel for a vowel, so that words stay words, and as long.

    number: below MOST_REGIONS, each with letters of its own; 0 has the real plan's.
    """
    turn, start = number % len(_VOWELS), number % len(_CONSONANTS)
    step = _STEPS[number // (len(_VOWELS) * len(_CONSONANTS))]
    vowels = _VOWELS[turn:] + _VOWELS[:turn]
    consonants = "".join(_CONSONANTS[(at * step + start) % len(_CONSONANTS)] for at in range(len(_CONSONANTS)))
    old, new = _VOWELS + _CONSONANTS, vowels + consonants
    return str.maketrans(old + old.upper(), new + new.upper())


@dataclass(frozen=True, slots=True)
class _Template:
    """
    A text in turns: what stays, what is said in the region's words, what stays ...

    of_plan: the same for entries about the plan, repeated at the end for each later plan.
    """

    turns: tuple[str, ...]
    of_plan: tuple[str, ...] = ()

    def text(self, letters: Letters, plans: list[str] | None = None) -> str:
        more = [_said(self.of_plan, letters).replace(PLAN, plan) for plan in (plans or [])[1:]]
        return "".join([_said(self.turns, letters), *more])


def _said(turns: tuple[str, ...], letters: Letters) -> str:
    return "".join(turn.translate(letters) if number % 2 else turn for number, turn in enumerate(turns))


@functools.cache
def _template(path: Path) -> _Template:
    text = path.read_bytes().decode()
    if path.suffix == ".txt":
        return _Template(("", text))
    if path.suffix == ".csv":
        lines = text.splitlines(keepends=True)
        about = [line for line in lines if line.split(",")[0].removeprefix(_OWN).startswith(PLAN)]
        return _Template((text,), ("".join(about),))
    return _yaml_template(text)


_OWN = f"https://w3id.org/fosen-graph/id/{REGION}/"


def _yaml_template(text: str) -> _Template:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None
    turns, end = [], 0
    for start, stop in sorted(_words(text, root)):
        turns += [text[end:start], text[start:stop]]
        end = stop
    later = "".join(_entries_of_plan(text, root))
    return _Template((*turns, text[end:]), _yaml_template(later).turns if later and later != text else ())


def _words(text: str, node: yaml.Node, key: str = "") -> Iterator[tuple[int, int]]:
    """Where the words stand, from start to end."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if key == _SPOKEN:
                yield name.start_mark.index, name.end_mark.index
            yield from _words(text, value, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _words(text, value, key)
    elif key in _WORDS:
        end = node.start_mark.index
        for number, part in enumerate(_FIELD.split(text[end : node.end_mark.index])):
            start, end = end, end + len(part)
            if number % 2 == 0:
                yield start, end


def _entries_of_plan(text: str, root: yaml.Node) -> Iterator[str]:
    """The lines of the entries «om: 2022-2024...», which end their files."""
    lines = text.splitlines(keepends=True)
    for _, entries in root.value if isinstance(root, yaml.MappingNode) else ():
        for entry in entries.value if isinstance(entries, yaml.SequenceNode) else ():
            about = {name.value: value.value for name, value in entry.value if isinstance(value, yaml.ScalarNode)}
            if str(about.get("om", "")).startswith(PLAN):
                end = entry.end_mark
                yield "".join(lines[entry.start_mark.line : end.line + (end.column > 0)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--regions", type=int, default=1)
    parser.add_argument("--plans", type=int, default=1, help="of each region")
    arguments = parser.parse_args()
    write_folder(arguments.target, arguments.regions, arguments.plans)
