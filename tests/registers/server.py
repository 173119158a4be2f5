"""
Records in; an HTTP server on loopback that answers as the register's API description and its published answers say.

Search with HAL pages and their limit, single units, deleted ones (200), removed ones (410), unknown ones (404), roles,
organisation forms, bulk files with ETag and ranges, the updates feed, and errors: 400 with what is wrong with each
parameter, 500 as the register tells it, 429 and 503 with Retry-After, an answer that breaks off.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fosen_graph.registries.synthetic import as_csv, as_json

Record = dict[str, Any]
DEEPEST = 10_000
PREFIX = "/enhetsregisteret/api"
MODIFIED = formatdate(1_790_000_000, usegmt=True)  # 2026-09-21
KNOWN = {
    "navn", "organisasjonsform", "kommunenummer", "overordnetEnhet", "organisasjonsnummer", "size", "page", "sort",
    "konkurs", "naeringskode", "hjemmeside", "institusjonellSektorkode", "forretningsadresse.postnummer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One request answered otherwise. after: bytes of the body, then the connection is closed.

    stalls: at "nothing" that is sent, at the "head" of an answer, or it "drips" without end.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    after: int | None = None
    stalls: str = ""


@dataclass(slots=True)
class Feed:
    """Changes of one kind of units, oldest first."""

    changes: list[Record] = field(default_factory=list)

    def add(self, number: str, kind: str, day: str) -> None:
        self.changes.append(
            {
                "oppdateringsid": len(self.changes) + 1,
                "dato": f"{day}T04:00:00.000Z",
                "organisasjonsnummer": number,
                "endringstype": kind,
            }
        )


@dataclass(slots=True)
class Registry:
    """What the server knows; a test changes it while it runs. faults: used up one a request."""

    main: dict[str, Record] = field(default_factory=dict)
    sub: dict[str, Record] = field(default_factory=dict)
    deleted: dict[str, Record] = field(default_factory=dict)  # as SlettetEnhet
    removed: dict[str, str] = field(default_factory=dict)  # number: day
    roles: dict[str, Record] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=lambda: {"enheter": Feed(), "underenheter": Feed()})
    faults: list[Fault] = field(default_factory=list)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)  # target and headers of each request
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    address: str = ""
    over: threading.Event = field(default_factory=threading.Event)  # no answer need stall any longer

    def kind(self, kind: str) -> dict[str, Record]:
        return self.main if kind == "enheter" else self.sub

    def file(self, kind: str, form: str) -> bytes:
        if (kind, form) not in self.files:
            records = self.kind(kind).values()
            parts = as_csv(records, sub_units=kind == "underenheter") if form == "csv" else as_json(records)
            self.files[kind, form] = gzip.compress(b"".join(parts), mtime=0)
        return self.files[kind, form]

    def delete(self, number: str, day: str) -> None:
        """As the register tells of a deleted unit: little more than its name."""
        for kind in ("enheter", "underenheter"):
            if record := self.kind(kind).pop(number, None):
                kept = {name: record[name] for name in ("organisasjonsnummer", "navn", "organisasjonsform", "_links")}
                self.deleted[number] = kept | {"slettedato": day, "respons_klasse": "SlettetEnhet", "_kind": kind}
                self.feeds[kind].add(number, "Sletting", day)

    def remove(self, number: str, day: str) -> None:
        for kind in ("enheter", "underenheter"):
            if self.kind(kind).pop(number, None):
                self.removed[number] = day
                self.feeds[kind].add(number, "Fjernet", day)


def registry(main: Sequence[Record], sub: Sequence[Record]) -> Registry:
    made = Registry()
    for record in main:
        if "slettedato" not in record:
            made.main[record["organisasjonsnummer"]] = record
    made.sub.update((record["organisasjonsnummer"], record) for record in sub)
    return made


@contextlib.contextmanager
def serving(known: Registry) -> Iterator[str]:
    """The address of the API."""

    class Handler(_Handler):
        registry = known

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    known.address = f"http://127.0.0.1:{server.server_port}{PREFIX}"
    try:
        yield known.address
    finally:
        known.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Refused(Exception):
    def __init__(self, name: str, value: str, message: str) -> None:
        super().__init__(message)
        self.name, self.value, self.message = name, value, message


class _Handler(BaseHTTPRequestHandler):
    registry: Registry
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent."""

    def do_GET(self) -> None:
        self.registry.asked.append((self.path, dict(self.headers)))
        fault = self.registry.faults.pop(0) if self.registry.faults else None
        if fault and fault.stalls:
            self._stall(fault.stalls)
            return
        if fault and fault.after is None:
            self._send(fault.status, fault.body, dict(fault.headers))
            return
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        path = parts.path.removeprefix(PREFIX).rstrip("/")
        try:
            self._answer(path, query, fault.after if fault else None)
        except _Refused as refused:
            self._refuse(path, refused)

    def _stall(self, where: str) -> None:
        self.close_connection = True
        if where != "nothing":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
        with contextlib.suppress(OSError):  # nobody listens any longer
            while not self.registry.over.wait(0.02 if where == "drips" else 30) and where == "drips":
                self.wfile.write(b" ")

    def _answer(self, path: str, query: Mapping[str, str], cut: int | None) -> None:
        if match := re.fullmatch(r"/(enheter|underenheter)/lastned(/csv)?", path):
            self._send_file(self.registry.file(match[1], "csv" if match[2] else "json"), cut)
        elif path in ("/enheter", "/underenheter"):
            self._search(path[1:], query)
        elif match := re.fullmatch(r"/(enheter|underenheter)/(\w+)", path):
            self._single(match[1], match[2])
        elif match := re.fullmatch(r"/enheter/(\d{9})/roller", path):
            roles = self.registry.roles.get(match[1], {"rollegrupper": []})
            self._send_json(200 if match[1] in self.registry.main else 404, roles)
        elif match := re.fullmatch(r"/organisasjonsformer(?:/(\w+))?", path):
            self._forms(match[1])
        elif match := re.fullmatch(r"/oppdateringer/(enheter|underenheter)", path):
            self._updates(match[1], query)
        else:
            self._send_json(
                404, {"timestamp": 0, "status": 404, "error": "Not Found", "message": "", "path": self.path}
            )

    def _search(self, kind: str, query: Mapping[str, str]) -> None:
        for name in query:
            if name not in KNOWN:
                raise _Refused(name, query[name], "Ukjent parameter")
        size, page = _number(query, "size", 20), _number(query, "page", 0)
        if size * (page + 1) > DEEPEST:
            raise _Refused("page", str(page), f"Maks dybde (page*size) er {DEEPEST}")
        found = [record for record in self.registry.kind(kind).values() if _fits(record, query)]
        if "navn" in query:
            found.sort(key=lambda record: _likeness(record, query["navn"]), reverse=True)
        shown = found[page * size : (page + 1) * size]
        answer: Record = {"_embedded": {kind: shown}} if shown else {}
        pages = -(-len(found) // size)
        links = {"self": {"href": f"{self.registry.address}/{kind}?{urlsplit(self.path).query}"}}
        if page + 1 < pages:
            links["next"] = {"href": f"{self.registry.address}/{kind}?page={page + 1}&size={size}"}
        answer["_links"] = links
        answer["page"] = {"size": size, "totalElements": len(found), "totalPages": pages, "number": page}
        self._send_json(200, answer)

    def _single(self, kind: str, number: str) -> None:
        if not re.fullmatch(r"\d{9}", number):
            raise _Refused("organisasjonsnummer", number, "Organisasjonsnummer må ha ni siffer")
        deleted = self.registry.deleted.get(number)
        if record := self.registry.kind(kind).get(number):
            self._send_json(200, record)
        elif deleted and deleted["_kind"] == kind:
            self._send_json(200, {name: value for name, value in deleted.items() if name != "_kind"})
        elif number in self.registry.removed:
            day = self.registry.removed[number]
            links = {"self": {"href": f"{self.registry.address}/{kind}/{number}"}}
            self._send_json(410, {"organisasjonsnummer": number, "slettedato": day, "_links": links})
        else:
            self._send(404, b"", {})

    def _forms(self, code: str | None) -> None:
        forms = {r["organisasjonsform"]["kode"]: r["organisasjonsform"] for r in self.registry.main.values()}
        if code is None:
            self._send_json(200, {"_embedded": {"organisasjonsformer": list(forms.values())}})
        elif code in forms:
            self._send_json(200, forms[code])
        else:
            self._send(404, b"", {})

    def _updates(self, kind: str, query: Mapping[str, str]) -> None:
        size, first = _number(query, "size", 20), _number(query, "oppdateringsid", 1)
        since = query.get("dato", "")
        if since and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", since):
            raise _Refused("dato", since, "Ugyldig tidsstempel")
        if first < 1 or size > DEEPEST:
            raise _Refused("oppdateringsid", str(first), "Må være minst 1")
        changes = self.registry.feeds[kind].changes
        found = [c for c in changes if c["oppdateringsid"] >= first and c["dato"] >= since]
        name = "oppdaterteEnheter" if kind == "enheter" else "oppdaterteUnderenheter"
        answer: Record = {"_embedded": {name: found[:size]}} if found else {}
        page = {"size": size, "totalElements": len(found), "totalPages": -(-len(found) // size), "number": 0}
        self._send_json(200, {**answer, "_links": {"self": {"href": self.path}}, "page": page})

    def _send_file(self, data: bytes, cut: int | None) -> None:
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        headers = {"ETag": etag, "Last-Modified": MODIFIED, "Accept-Ranges": "bytes"}
        if self.headers.get("If-None-Match") == etag:
            self._send(304, b"", headers)
            return
        status, ranged = 200, re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if ranged and self.headers.get("If-Range") in (etag, MODIFIED):
            start = int(ranged[1])
            if start >= len(data):
                self._send(416, b"", {"Content-Range": f"bytes */{len(data)}"})
                return
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            status, data = 206, data[start:]
        self._send(status, data, headers, cut, "application/gzip")

    def _refuse(self, path: str, refused: _Refused) -> None:
        fault = {
            "feilmelding": refused.message,
            "parametere": [refused.name],
            "feilaktigVerdi": refused.value,
        }
        answer = {
            "status": 400, "tidsstempel": "2026-11-01T10:00:00.000+00:00", "sti": f"{PREFIX}{path}",
            "feilmelding": "Feilaktig forespørsel", "antallFeil": 1, "valideringsfeil": [fault],
        }  # fmt: skip
        self._send_json(400, answer)

    def _send_json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value, ensure_ascii=False).encode(), {}, None, "application/json")

    def _send(
        self, status: int, body: bytes, headers: Mapping[str, str], cut: int | None = None, kind: str = "text/plain"
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.close_connection = True


def server_error(path: str = "/enheter") -> bytes:
    """The body of a 500, as the register tells it."""
    told = {"timestamp": 1, "status": 500, "error": "Internal Server Error", "message": "Ukjent feil", "path": path}
    return json.dumps(told).encode()


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not re.fullmatch(r"\d{1,9}", text) or (name == "size" and int(text) == 0):
        raise _Refused(name, text, "Må være et heltall")
    return int(text)


def _fits(record: Record, query: Mapping[str, str]) -> bool:
    address = record.get("forretningsadresse") or record.get("beliggenhetsadresse") or {}
    tests = {
        "organisasjonsform": record["organisasjonsform"]["kode"],
        "kommunenummer": address.get("kommunenummer"),
        "overordnetEnhet": record.get("overordnetEnhet"),
        "organisasjonsnummer": record["organisasjonsnummer"],
    }
    name = query.get("navn", "")
    return all(value in query[test].split(",") for test, value in tests.items() if test in query) and (
        not name or _likeness(record, name) > 0
    )


def _likeness(record: Record, name: str) -> float:
    """Of the words asked for, and of the name's own, how many both have; former names count as well."""
    asked = set(re.findall(r"\w+", name.casefold()))
    names = [record["navn"], *(former["navn"] for former in record.get("historiskeNavn", []))]
    best = 0.0
    for one in names:
        own = set(re.findall(r"\w+", one.casefold()))
        best = max(best, len(asked & own) / max(1, len(asked | own)))
    return best
