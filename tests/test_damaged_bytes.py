"""Whatever happens to the bytes of a reviewed file ends in a graph or in findings, never in another kind of error."""

from __future__ import annotations

import random

import pytest
from real_plan import found
from test_broken import whole

DAMAGES = 400
PIECES = [
    b"\n", b" ", b"\t", b"- ", b": ", b" #", b"#", b'"', b"'", b"[", b"]", b"{", b"}", b",", b"&a", b"*a", b"!!str ",
    b"|\n", b">\n", b"---\n", b"...\n", b"%YAML 1.2\n", b"\xc3", b"\xff", b"\x00", b"\xef\xbb\xbf", b"\r", b"? ", b"@",
    b"`", b"id: x", b"om: x", b"linje: 0", b"~", b"<<: ", b"\xe2\x80\xa8", b"\\", b"999999999", b"\xcc\x8a", b"..",
    b"/", b"http://",
]  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One to four slips: bytes put in, lost or changed, stretches doubled, lines moved."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0 | 1:
                data = data[:at] + chance.choice(PIECES) + data[at:]
            case 2:
                data = data[:at] + data[at + chance.randint(1, 30) :]
            case 3:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 4:
                other = chance.randrange(len(data) + 1)
                data = data[:at] + data[other : other + chance.randint(1, 80)] + data[at:]
            case _:
                lines = data.split(b"\n")
                line = lines.pop(chance.randrange(len(lines)))
                lines.insert(chance.randrange(len(lines) + 1), chance.choice([b"", b"  "]) + line)
                data = b"\n".join(lines)
    return data


@pytest.mark.parametrize("path", [path for path in whole() if path.endswith(".yaml")])
def test_damaged_yaml_ends_in_findings_or_a_graph(path: str) -> None:
    chance = random.Random(path)
    for _ in range(DAMAGES if "plan" in path else DAMAGES // 4):
        data = damaged(whole()[path], chance)
        for finding in found({**whole(), path: data}, "dalen", "2030-2032"):
            assert finding.place.file.startswith("data/dalen/"), data
            assert finding.what.nb and finding.what.en and len(finding.text("nb")) < 2000, data
