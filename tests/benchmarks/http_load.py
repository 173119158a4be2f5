"""Requests, a concurrency and a time in; what a server answered in that time, and at what cost, out (Linux, wrk)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .http_queries import Asking
from .measuring import family

_TICK = os.sysconf("SC_CLK_TCK")
_SCRIPT = """\
local requests, at = {}, 0
for line in io.lines("%s") do
    local path, accept = line:match("^(%%S+) (%%S+)$")
    requests[#requests + 1] = wrk.format("GET", path, { ["Accept"] = accept, ["Host"] = wrk.host .. ":" .. wrk.port })
end
request = function()
    at = at %% #requests + 1
    return requests[at]
end
done = function(summary, latency)
    local errors = summary.errors
    print(string.format('{"requests": %%d, "seconds": %%.6f, "p50": %%.1f, "p99": %%.1f, "failed": %%d}',
        summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """rate: answers a second. p50, p99: milliseconds. cpu: microseconds of the server's processes for an answer."""

    rate: float
    p50: float
    p99: float
    cpu: float
    failed: int


def generator() -> str:
    """Raises RuntimeError where it is not installed: one in Python would measure itself."""
    found = shutil.which("wrk")
    if not found:
        raise RuntimeError("The load comes from wrk: apt-get install wrk")
    return found


def load(url: str, askings: Sequence[Asking], connections: int, seconds: int, folder: Path, server: int) -> Load:
    """server: the process whose processor time counts, with all below it."""
    host, path = _parts(url)
    (folder / "requests.txt").write_text(
        "".join(f"{path}?query={quote(asking.text, safe='')} {asking.accept}\n" for asking in askings), "utf-8"
    )
    script = folder / "requests.lua"
    script.write_text(_SCRIPT % (folder / "requests.txt"), "utf-8")
    command = [generator(), "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "20", "-s", str(script), host]
    before = _used(server)
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = _used(server) - before
    told = json.loads(next(line for line in printed.splitlines() if line.startswith("{")))
    return Load(
        rate=told["requests"] / told["seconds"],
        p50=told["p50"] / 1000,
        p99=told["p99"] / 1000,
        cpu=used / max(1, told["requests"]) * 1e6,
        failed=told["failed"],
    )


def _parts(url: str) -> tuple[str, str]:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash + path


def _used(pid: int) -> float:
    """Seconds of processor time, of processes that still run and of those that they waited for."""
    return sum(_times(Path(f"/proc/{process}/stat")) for process in family(pid)) / _TICK


def _times(stat: Path) -> int:
    try:
        fields: Iterable[str] = stat.read_text().rpartition(")")[2].split()[11:15]
    except OSError:  # it has ended
        return 0
    return sum(int(field) for field in fields)
