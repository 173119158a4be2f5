"""A body and what the client can unpack in, the packed body and its coding out: RFC 9110, section 12.5.3."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import brotli  # type: ignore[import-untyped]
import zstandard

_SMALLEST = 1024  # bytes; less fits into one packet anyhow
_LARGE = 2**20  # bytes from which time counts more than size

Packer = Callable[[bytes, bool], bytes]  # the body, whether it is large

_PACKERS: Final[Mapping[str, Packer]] = {  # in our order of preference
    "br": lambda body, large: bytes(brotli.compress(body, quality=1 if large else 5)),
    "zstd": lambda body, large: zstandard.ZstdCompressor(level=1 if large else 6).compress(body),
    "gzip": lambda body, large: gzip.compress(body, 1 if large else 6, mtime=0),
}


def packed(body: bytes, coding: str) -> bytes:
    """The same bytes every time. coding: one that `coding_for` gave."""
    return _PACKERS[coding](body, len(body) > _LARGE)


def coding_for(accept_encoding: str | None, size: int) -> str:
    """The coding to send a body of so many bytes in; "" is none."""
    if not accept_encoding:
        return ""
    coding, needed = _coding(accept_encoding[:200])
    return coding if needed or size >= _SMALLEST else ""


@lru_cache(maxsize=256)
def _coding(accept_encoding: str) -> tuple[str, bool]:
    """The best, and whether the body may not be sent as it is."""
    weights = dict(map(_weight, accept_encoding.lower().split(",")))
    default = weights.get("*", 0.0)
    best = max(_PACKERS, key=lambda coding: weights.get(coding, default))
    least = max(0.0, weights.get("identity", 0.0))
    weight = weights.get(best, default)
    refused = weights.get("identity", weights.get("*", 1.0)) == 0
    return (best, refused) if weight > 0 and weight >= least else ("", False)


def _weight(part: str) -> tuple[str, float]:
    coding, _, parameter = part.partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        weight = float(value) if name.strip() == "q" else 1.0
    except ValueError:
        weight = 0.0
    return coding.strip(), weight if 0 <= weight <= 1 else 0.0
