"""The files of deploy/ hold: by the programs that read them where those are installed, and by rules of our own."""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import elsewhere
import pytest
import served

from fosen_graph.command_line import command_line
from fosen_graph.settings import Environment

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def is_here(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not here")


def test_every_file_is_told_of_and_says_how_it_is_used() -> None:
    readme = text_of("README.md")
    for file in DEPLOY.iterdir():
        if file.name != "README.md":
            assert f"({file.name})" in readme
            assert text_of(file.name).startswith("# ")


# Containerfile


def instructions() -> list[tuple[str, str]]:
    """Name and arguments; lines that go on are joined."""
    joined = re.sub(r"\\\n\s*", "", text_of("Containerfile"))
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def of(name: str) -> list[str]:
    return [rest for found, rest in instructions() if found == name]


def test_the_image_starts_from_a_named_version() -> None:
    for image in of("FROM"):
        assert re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*( AS \w+)?", image)


def test_the_image_runs_as_nobody_special() -> None:
    """A number, so that an orchestrator can see that it is not root; nothing is installed after it."""
    names = [name for name, _ in instructions()]
    assert of("USER") == ["10001:10001"]
    assert "RUN" not in names[names.index("USER") :]


def test_the_image_installs_only_what_is_pinned() -> None:
    for run in of("RUN"):
        for command in run.split("&&"):
            if "pip install" in command:
                assert "--require-hashes" in command or "--no-deps" in command
        assert not re.search(r"curl|wget|sudo|apt-get|chmod 777", run)
    assert of("ADD") == []


def test_what_the_image_copies_is_in_the_checkout() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for copied in of("COPY"):
        *sources, _ = copied.split()
        if not sources[0].startswith("--from="):
            for source in sources:
                assert (ROOT / source).exists()
                assert f"!{source}" in ignored


def test_the_image_makes_the_scripts_before_it_installs_the_package_that_holds_them() -> None:
    """And stops where they cannot be made; those of the checkout stay outside."""
    runs = of("RUN")
    making = next(at for at, run in enumerate(runs) if "editor/build.sh" in run)
    assert making < next(at for at, run in enumerate(runs) if "--no-deps" in run)
    assert {"test -s fosen_graph/web/static/editor.js", "test -s fosen_graph/web/static/net.js"} <= {
        part.strip() for part in runs[making].split("&&")
    }
    assert "fosen_graph/web/static/*.js" in (ROOT / ".dockerignore").read_text().splitlines()


def test_the_image_starts_the_server_and_asks_whether_it_is_ready() -> None:
    assert (of("ENTRYPOINT"), of("CMD"), of("STOPSIGNAL")) == (['["fosen-graph"]'], ['["serve"]'], ["SIGTERM"])
    (check,) = of("HEALTHCHECK")
    (port,) = of("EXPOSE")
    assert f":{port}/readyz" in check
    assert f"FOSEN_GRAPH_PORT={port}" in of("ENV")[-1]


# systemd


def unit() -> dict[str, list[str]]:
    settings: dict[str, list[str]] = {}
    for line in text_of("fosen-graph.service").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            settings.setdefault(name, []).append(value)
    return settings


def test_the_unit_starts_the_server_with_options_that_it_has() -> None:
    program, *arguments = shlex.split(unit()["ExecStart"][0])
    assert program.endswith("/fosen-graph")
    assert command_line(Environment()).parse_args(arguments).command == "serve"


def test_the_unit_gives_few_rights() -> None:
    found = unit()
    assert found["User"] == ["fosen-graph"]
    assert found["CapabilityBoundingSet"] == [""]
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictNamespaces"):
        assert found[name] == ["true"]
    assert found["ProtectSystem"] == ["strict"]
    assert set(found["RestrictAddressFamilies"][0].split()) == {"AF_UNIX", "AF_INET", "AF_INET6"}


@is_here("systemd-analyze")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    program = tmp_path / "fosen-graph"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    file = tmp_path / "fosen-graph.service"
    file.write_text(text_of("fosen-graph.service").replace("/opt/fosen-graph/bin/fosen-graph", str(program)))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    told = [line for line in done.stderr.splitlines() if "fosen-graph.service" in line]
    assert told == []


@is_here("systemd-analyze")
def test_systemd_finds_little_exposed() -> None:
    """Of 10 that a service without any hardening has, at most 2."""
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(DEPLOY / "fosen-graph.service")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


# In front


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_braces_are_closed(name: str) -> None:
    text = re.sub(r"#.*", "", text_of(name))
    assert text.count("{") == text.count("}") > 3


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_replaces_what_clients_claim_of_themselves(name: str) -> None:
    text = text_of(name)
    assert re.search(r"X-Forwarded-For\s+(\$remote_addr|\{remote_host\})", text)
    assert "$proxy_add_x_forwarded_for" not in text


@is_here("caddy")
def test_caddy_understands_its_file() -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def nginx_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our file with a certificate of its own, and ports that need no rights."""
    folder = tmp_path_factory.mktemp("nginx")
    subject = ["-subj", "/CN=plan.example", "-addext", "subjectAltName=DNS:plan.example,DNS:localhost,IP:127.0.0.1"]
    key = [
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(folder / "privkey.pem"),
        "-out",
        str(folder / "fullchain.pem"),
    ]
    subprocess.run(["openssl", "req", "-x509", "-days", "2", *key, *subject], check=True, capture_output=True)
    return folder


def configured(folder: Path, https: int, http: int, server: int) -> Path:
    text = text_of("nginx.conf").replace("/etc/ssl/plan.example", str(folder))
    text = text.replace("/var/cache/nginx", str(folder)).replace("127.0.0.1:8000", f"127.0.0.1:{server}")
    text = text.replace("listen 443", f"listen 127.0.0.1:{https}").replace("listen 80", f"listen 127.0.0.1:{http}")
    text = re.sub(r"\n *listen \[::\].*", "", text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{text}\n}}\n"
    )
    return file


@is_here("nginx")
def test_nginx_understands_its_file(nginx_folder: Path) -> None:
    file = configured(nginx_folder, elsewhere.free_port(), elsewhere.free_port(), 8000)
    done = subprocess.run(
        ["nginx", "-t", "-q", "-c", str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def behind_nginx(nginx_folder: Path) -> Iterator[str]:
    https, port = elsewhere.free_port(), elsewhere.free_port()
    file = configured(nginx_folder, https, elsewhere.free_port(), port)
    with elsewhere.serving(served.release().folder, port, "--proxies", "1"):
        process = subprocess.Popen(["nginx", "-q", "-c", str(file)])
        try:
            elsewhere.wait_for("127.0.0.1", https)
            yield f"https://127.0.0.1:{https}/"
        finally:
            process.terminate()
            process.wait(10)


def get(address: str, folder: Path, **headers: str) -> tuple[int, dict[str, str], str]:
    context = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    request = urllib.request.Request(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    with contextlib.ExitStack() as stack:
        try:
            answer = stack.enter_context(urllib.request.urlopen(request, context=context, timeout=30))
        except urllib.error.HTTPError as error:
            answer = stack.enter_context(error)
        found = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, found, answer.read().decode()


@is_here("nginx")
def test_behind_nginx_the_server_names_the_address_that_clients_see(behind_nginx: str, nginx_folder: Path) -> None:
    status, _, text = get(f"{behind_nginx}sparql", nginx_folder, Accept="text/turtle", Host="plan.example")
    assert status == 200
    assert re.search(r"sd:endpoint <https://plan\.example(:\d+)?/sparql>", text)


@is_here("nginx")
def test_behind_nginx_answers_are_kept_by_their_own_headers(behind_nginx: str, nginx_folder: Path) -> None:
    address = f"{behind_nginx}sparql?query=ASK%20%7B%7D"
    first, again = (get(address, nginx_folder, Accept="text/csv") for _ in range(2))
    assert first[1]["etag"] == again[1]["etag"] and first[2] == again[2] == "true"
    other = get(address, nginx_folder, Accept="application/sparql-results+json")
    assert other[1]["content-type"] == "application/sparql-results+json"
    assert get(address, nginx_folder, Accept="text/csv", If_None_Match=first[1]["etag"])[0] == 304


@is_here("nginx")
def test_behind_nginx_problems_reach_the_client(behind_nginx: str, nginx_folder: Path) -> None:
    status, headers, _ = get(f"{behind_nginx}sparql?query=SELECT", nginx_folder)
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert get(f"{behind_nginx}metrics", nginx_folder)[0] == 404


def test_two_servers_of_one_release_answer_alike() -> None:
    """Web processes keep no state: a proxy may send any request to any machine."""
    folder = served.release().folder
    query = "sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20fg%3AMeasure%20%7D"
    paths = (
        "",
        "en/",
        "sparql",
        "ns",
        "dumps/",
        "doc/fosen/2022-2024",
        "doc/fosen/2022-2024.ttl",
        "dumps/all.ttl",
        query,
    )
    told: list[list[tuple[str, bytes]]] = []
    for _ in range(2):
        with elsewhere.serving(folder, elsewhere.free_port(), "--proxies", "1") as address:
            told.append([tagged(f"{address}{path}") for path in paths])
    assert told[0] == told[1]
    assert all(tag.startswith('"') for tag, _ in told[0])


def tagged(address: str) -> tuple[str, bytes]:
    headers = {"Host": "plan.example", "Accept": "text/html, text/csv;q=0.9, */*;q=0.1", "X-Forwarded-Proto": "https"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
        return answer.headers["ETag"], answer.read()


# w3id.org


def redirected(path: str) -> str:
    """What mod_rewrite makes of a path within the folder."""
    for line in text_of("w3id.htaccess").splitlines():
        if line.startswith("RewriteRule"):
            _, pattern, target, flags = line.split()
            match = re.match(pattern, path)
            if match:
                assert "R=302" in flags and "L" in flags
                return re.sub(r"\$(\d)", lambda group, match=match: match[int(group[1])], target)  # type: ignore[misc]
    raise AssertionError(path)


@pytest.mark.parametrize("path", ["", "ns", "id/fosen/2022-2024", "code/rolle/ansvarlig", "graph/plan", "sparql"])
def test_w3id_leads_every_iri_to_the_same_path_of_the_server(path: str) -> None:
    assert redirected(path) == f"https://plan.example/{path}"


@is_here("apache2")
def test_apache_understands_the_rules(tmp_path: Path) -> None:
    modules = Path("/usr/lib/apache2/modules")
    loaded = "".join(
        f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in ("mpm_event", "rewrite", "headers")
    )
    file = tmp_path / "apache.conf"
    file.write_text(f"ServerName x\n{loaded}<Directory {tmp_path}>\n{text_of('w3id.htaccess')}</Directory>\n")
    subprocess.run(["apache2", "-t", "-f", str(file)], check=True, capture_output=True, timeout=60)
