"""The pages of an export in; the search page with a list of all names and a script that looks in it out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import unescape
from importlib import resources

LIST, SCRIPT = "sok/names.js", "sok/search.js"
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


def search_files(pages: Mapping[str, str], wanted: Iterable[str], others: Mapping[str, str]) -> dict[str, str]:
    """
    pages: file to text. wanted: the files of the Norwegian pages that can be found.
    others: by such a file, what else the thing of the page is called.

    Names are told by a script, for a page that was opened from a disk may fetch nothing.
    """
    names = []
    for file in wanted:
        both = [_heading(pages[lang + file]) for lang in ("", "en/") if lang + file in pages]
        if len(both) == 2:
            names.append([*both, file, others.get(file, "")])
    text = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
    script = (resources.files("fosen_graph.web.export") / "search.js").read_text(encoding="utf-8")
    return {LIST: f"window.fosenGraphNames={text};\n", SCRIPT: script}


def with_search(page: str, up: str) -> str:
    """The search page, which asks the list. up: the way from it to the root."""
    scripts = "".join(f'<script src="{up}{name}" defer></script>\n' for name in (LIST, SCRIPT))
    return page.replace("</head>", f"{scripts}</head>", 1)


def _heading(page: str) -> str:
    found = _HEADING.search(page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""
