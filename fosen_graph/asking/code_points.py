r"""A SPARQL text with escapes such as \u0041 in, the text that the grammar reads out: SPARQL 1.1, section 19.2."""

from __future__ import annotations

import re

IRI = r"""<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"""
STRING = (
    r"""\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*+\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*+'{3}"""
    r"""|"(?:[^"\\\r\n]|\\.)*+"|'(?:[^'\\\r\n]|\\.)*+'"""
)
_ESCAPE = r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})"
_ESCAPED = re.compile(_ESCAPE)
_ANYWHERE = re.compile(rf"""{IRI}|{STRING}|["'].*+|\#[^\r\n]*+|\\[^uU]|{_ESCAPE}""", re.DOTALL)


def unescaped(text: str) -> str:
    """Outside strings and IRIs, where the engine does it. A string that nothing ends is left, and all behind it."""
    return _ANYWHERE.sub(_read, text) if "\\u" in text or "\\U" in text else text


def unescaped_iri(iri: str) -> str:
    """What is no code point is left as it stands, for the engine to complain about."""
    return _ESCAPED.sub(_read, iri)


def _read(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    number = int(digits, 16) if digits else 0x110000
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else found[0]
