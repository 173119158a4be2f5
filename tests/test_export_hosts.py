"""A folder of files at a host: .htaccess leads an IRI to page or data, by our reading of it and by Apache's."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from fosen_graph.formats import GRAPH_FORMATS
from fosen_graph.web.export.hosts import host_files

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CASES = [  # path, Accept, status, where: the address that it leads to, or the file that answers
    ("id/a/b", "text/turtle", 303, "doc/a/b.ttl"),
    ("id/a/b", "*/*", 303, "doc/a/b.ttl"),
    ("id/a/b", BROWSER, 303, "doc/a/b"),
    ("id/a/b", "text/turtle;q=0.5, application/rdf+xml", 303, "doc/a/b.rdf"),
    ("id/a/b", "text/html;q=0.5, text/turtle", 303, "doc/a/b.ttl"),
    ("id/a/b", "application/ld+json;q=0.9", 303, "doc/a/b.jsonld"),
    ("id/a/b.nt", "*/*", 303, "doc/a/b.nt"),
    ("code/rolle/x", "application/ld+json", 303, "doc/code/rolle/x.jsonld"),
    ("code/rolle/x", BROWSER, 303, "doc/code/rolle/x"),
    ("ns", BROWSER, 200, "ns/index.html"),
    ("ns", "text/html, text/turtle;q=0.1", 200, "ns/index.html"),
    ("ns", "application/ld+json", 200, "ns.jsonld"),
    (".well-known/void", "*/*", 303, "void.ttl"),
    ("doc/a/b", BROWSER, 200, "doc/a/b/index.html"),
    ("doc/a/b.ttl", "*/*", 200, "doc/a/b.ttl"),
    ("nothing", BROWSER, 404, "404.html"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("host") / "site"
    data = [f"{path}.{format_.extension}" for path in ("doc/a/b", "ns") for format_ in GRAPH_FORMATS]
    for name in (
        "index.html",
        "404.html",
        "doc/a/b/index.html",
        "ns/index.html",
        "id/a/b/index.html",
        "void.ttl",
        *data,
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    for name, text in host_files("/", {}).items():
        (root / name).write_text(text)
    root.parent.chmod(0o755)
    return root


def followed(folder: Path, path: str, accept: str) -> tuple[int, str]:
    """What the rules say: conditions stand before their rule, flags R, L and E, once through."""
    root, conditions = "", []
    for line in (folder / ".htaccess").read_text().splitlines():
        name, _, rest = line.partition(" ")
        if name == "RewriteCond":
            conditions.append(rest.split(" "))
        if name != "RewriteRule":
            continue
        pattern, target, *flags = rest.split(" ")
        found, held, conditions = re.search(pattern, path), conditions, []
        if "E=ROOT:%1" in "".join(flags):
            root = "/"
        elif found and all(_holds(folder, path, accept, *condition) for condition in held):
            to = target.replace("$1", found[1] if found.groups() else "").replace("%{ENV:ROOT}", root)
            return (303, to.removeprefix("/")) if "R=303" in "".join(flags) else (200, to)
    return (200, path) if (folder / path).is_file() else (404, "404.html")


def _holds(folder: Path, path: str, accept: str, of: str, pattern: str) -> bool:
    if pattern == "-d":
        return (folder / path).is_dir()
    assert of == "%{HTTP_ACCEPT}"
    return bool(re.search(pattern.removeprefix("!"), accept)) is not pattern.startswith("!")


@pytest.mark.parametrize(("path", "accept", "status", "where"), CASES)
def test_an_iri_leads_to_page_or_data(folder: Path, path: str, accept: str, status: int, where: str) -> None:
    """As the server does it; a weight counts only so far as Apache can read one."""
    assert followed(folder, path, accept) == (status, where)


@pytest.fixture(scope="module")
def apache(folder: Path) -> Iterator[str]:
    program = os.environ.get("APACHE") or shutil.which("apache2") or shutil.which("httpd")
    if not program:
        pytest.skip("Apache is not here: apt-get install apache2-bin, or set APACHE=")
    modules = next(
        path for root in (Path(program).parent.parent, Path("/usr")) for path in root.glob("lib*/apache2/modules")
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = ("mpm_event", "authz_core", "dir", "mime", "headers", "setenvif", "rewrite", "alias")
    lines = [f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names]
    lines += [f"ServerRoot {folder.parent}", f"PidFile {folder.parent}/pid", f"Listen 127.0.0.1:{port}"]
    lines += [
        "ServerName localhost",
        f"ErrorLog {folder.parent}/log",
        "TypesConfig /dev/null",
        "AddType text/html .html",
    ]
    lines += [f"DocumentRoot {folder}", f"Alias /below/here {folder}"]
    lines += [f"<Directory {folder}>", "AllowOverride All", "Require all granted", "</Directory>"]
    config = folder.parent / "httpd.conf"
    config.write_text("\n".join(lines) + "\n")
    with subprocess.Popen([program, "-X", "-f", str(config)], stderr=subprocess.DEVNULL) as process:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Every answer is looked at."""


def asked(address: str, accept: str) -> tuple[int, str, str]:
    request = urllib.request.Request(address, headers={"Accept": accept})
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers["Vary"] or ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Location"] or error.read().decode(), error.headers["Vary"] or ""


@pytest.mark.parametrize("below", ["", "/below/here"])
def test_apache_does_as_the_rules_say(apache: str, below: str) -> None:
    """At the root of a host and below a path."""
    for path, accept, status, where in CASES:
        code, told, vary = asked(f"{apache}{below}/{path}", accept)
        assert (code, told.removeprefix(f"{apache}{below}/")) == (status, where), (path, accept)
        assert ("Accept" in vary) == path.startswith(("id/", "code/", "ns")), path
