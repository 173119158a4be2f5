"""Hostile requests as bytes, each with the statuses that are right for it; 0: the connection is closed unanswered."""

from __future__ import annotations

import gzip
import zlib
from typing import NamedTuple

from attacked import post, request

HUGE = 64 * 2**20
ASK = b"ASK {}"
FORM = "application/x-www-form-urlencoded"


class Sent(NamedTuple):
    name: str
    data: bytes
    statuses: tuple[int, ...]


def _get(name: str, parameters: str, *statuses: int, headers: tuple[str, ...] = ()) -> Sent:
    return Sent(name, request(f"GET /sparql?{parameters} HTTP/1.1", *headers), statuses)


def _path(name: str, path: str, *statuses: int) -> Sent:
    return Sent(name, request(f"GET {path} HTTP/1.1"), statuses)


def _headed(name: str, header: str, *statuses: int) -> Sent:
    return Sent(name, request("GET /sparql?query=ASK%7B%7D HTTP/1.1", "Accept: */*", header), statuses)


def _method(method: str, *statuses: int) -> Sent:
    return Sent(f"method {method}", request(f"{method} /sparql?query=ASK%7B%7D HTTP/1.1"), statuses)


def _chunked(name: str, chunks: bytes, *statuses: int, coding: str = "chunked") -> Sent:
    head = request("POST /sparql HTTP/1.1", "Content-Type: application/sparql-query", f"Transfer-Encoding: {coding}")
    return Sent(name, head + chunks, statuses)


def _form(name: str, body: str, *statuses: int) -> Sent:
    return Sent(name, post(body.encode("latin-1"), kind=FORM), statuses)


def _long(name: str, length: str, *statuses: int) -> Sent:
    head = ("POST /sparql HTTP/1.1", "Content-Type: application/sparql-query", *length.split("\n"))
    return Sent(name, request(*head) + ASK, statuses)


BODIES = (
    Sent("body of 64 MB", post(b"x" * HUGE), (413,)),
    Sent("form of 64 MB", post(b"query=" + b"%20" * (HUGE // 3), kind=FORM), (413,)),
    _chunked("64 MB in chunks", (b"100000\r\n" + b"x" * 2**20 + b"\r\n") * 64 + b"0\r\n\r\n", 413),
    _chunked("a body in 5,000 chunks", b"1\r\n \r\n" * 5000 + b"6\r\nASK {}\r\n0\r\n\r\n", 200),
    _chunked("a chunk of no size", b"zz\r\nASK {}\r\n0\r\n\r\n", 0, 400),
    _chunked("long names of chunks", b"6;" + b"x" * 100_000 + b"\r\nASK {}\r\n0\r\n\r\n", 0, 200, 400),
    _chunked("thousand trailers", b"6\r\nASK {}\r\n0\r\n" + b"X-T: y\r\n" * 1000 + b"\r\n", 0, 200, 400, 431),
    _chunked("chunked twice", b"6\r\nASK {}\r\n0\r\n\r\n", 0, 400, 415, 501, coding="chunked, chunked"),
    _chunked("gzip under chunks", b"6\r\nASK {}\r\n0\r\n\r\n", 0, 400, 415, 501, coding="gzip, chunked"),
    _chunked("an unknown coding", b"6\r\nASK {}\r\n0\r\n\r\n", 0, 400, 501, coding="xchunked"),
    _chunked("chunked that is none", b"6\r\nASK {}\r\n0\r\n\r\n", 0, 400, 501, coding="chunked\x0b"),
    _long("two lengths", "Content-Length: 6\nContent-Length: 60", 0, 400),
    _long("a length below zero", "Content-Length: -6", 0, 400),
    _long("a length with a sign", "Content-Length: +6", 0, 400),
    _long("a length beyond 64 bits", "Content-Length: 99999999999999999999999", 0, 400, 413),
    _long("length and chunks", "Content-Length: 6\nTransfer-Encoding: chunked", 0, 400),
    _long("no length", "X-Nothing: here", 400, 411),
    Sent("gzip", post(gzip.compress(ASK), "Content-Encoding: gzip"), (415,)),
    Sent("gzip that grows", post(gzip.compress(b" " * HUGE), "Content-Encoding: gzip"), (415,)),
    Sent("deflate", post(zlib.compress(ASK), "Content-Encoding: deflate"), (415,)),
    Sent("two encodings", post(ASK, "Content-Encoding: identity, gzip"), (415,)),
    Sent("UTF-16", post("ASK {}".encode("utf-16"), kind="application/sparql-query; charset=utf-16"), (400, 415)),
    Sent("invalid UTF-8", post(b"ASK { ?s ?p '\xff\xfe' }"), (400,)),
    Sent("overlong UTF-8", post(b"ASK { ?s ?p '\xc0\xaf' }"), (400,)),
    Sent("half a character", post(b"ASK { ?s ?p '\xc3"), (400,)),
    Sent("no type", request("POST /sparql HTTP/1.1", "Content-Length: 6") + ASK, (415,)),
    Sent("multipart", post(ASK, kind="multipart/form-data; boundary=x"), (415,)),
    Sent("JSON", post(b'{"query": "ASK {}"}', kind="application/json"), (415,)),
    Sent("an update", post(b"DROP ALL", kind="application/sparql-update"), (403,)),
    _form("form of 10,000 fields", "&".join(["a=b"] * 10_000) + "&query=ASK%7B%7D", 400, 413),
    _form("form of 5,000 graphs", "query=ASK%7B%7D&" + "&".join(f"default-graph-uri=u:{n}" for n in range(5000)), 400),
    _form("form with two queries", "query=ASK%7B%7D&query=ASK%7B%7D", 400),
    _form("form with invalid UTF-8", "query=%FF%FE", 400),
    _form("form with raw bytes", "query=\xff\xfe", 400),
    _form("form of percent signs", "query=" + "%" * 100_000, 400, 422),
    _form("form of ampersands", "&" * 100_000, 400),
    _form("form of escaped percent signs", "query=" + "%25" * 40_000, 400, 422),
)
PARAMETERS = (
    _get("long query", "query=" + "x" * 20_000, 414),
    _get("5,000 graphs", "query=ASK%7B%7D&" + "&".join(f"default-graph-uri=u:{n}" for n in range(5000)), 414),
    _get("1,000 small parameters", "query=ASK%7B%7D&" + "a&" * 1000, 400),
    _get("150 graphs", "query=ASK%7B%7D&" + "&".join(f"named-graph-uri=u:{n}" for n in range(150)), 200),
    _get("percent signs", "query=" + "%" * 10_000, 400, 422),
    _get("half a percent escape", "query=ASK%7B%7", 400),
    _get("percent escapes of percent escapes", "query=" + "%2525" * 2000, 400, 422),
    _get("null byte", "query=ASK%00%7B%7D", 400),
    _get("invalid UTF-8", "query=%FF%FE%80", 400),
    _get("UTF-8 of a surrogate", "query=%ED%A0%80", 400),
    _get("overlong UTF-8", "query=%C0%AF", 400),
    _get("two queries", "query=ASK%7B%7D&query=SELECT%20*%20%7B%7D", 400),
    _get("query and update", "query=ASK%7B%7D&update=DROP%20ALL", 403),
    _get("no graph", "query=ASK%7B%7D&default-graph-uri=no%20iri%20%3C", 400),
    _get(
        "a file as a graph",
        "query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D&default-graph-uri=file:///etc/passwd&format=csv",
        200,
        406,
    ),
    _get("a line break in the format", "query=ASK%7B%7D&format=csv%0d%0aX-Injected:%20yes", 406),
    _get("a line break in a graph", "query=ASK%7B%7D&default-graph-uri=u:%0d%0aX-Injected:%20yes", 400),
    _get("a long format", "query=ASK%7B%7D&format=" + "x" * 10_000, 406),
    _get("a format that is a path", "query=ASK%7B%7D&format=../../etc/passwd", 406),
    _get("a script as a query", "query=%3Cscript%3Ealert(1)%3C/script%3E", 400, headers=("Accept: text/html",)),
)
HEADERS = (
    _headed("a head of 100 kB", "X-Long: " + "x" * 100_000, 200, 400, 431),
    _headed("a head of 1 MB", "X-Long: " + "x" * 2**20, 0, 400, 431),
    _headed("2,000 headers", "\r\n".join(f"X-{n}: y" for n in range(2000)), 400, 431),
    _headed("a header without a colon", "nonsense", 400),
    _headed("a header with a null byte", "X-Null: a\0b", 400),
    _headed("a space before the colon", "X-Space : a", 400),
    _headed("a folded header", "X-Fold: a\r\n b", 400),
    _headed("a bare line feed", "X-Line: a\nX-Injected: yes", 200, 400),
    _headed("two hosts", "Host: evil.example", 400),
    _headed("a host with a line break", "X-Forwarded-Host: a%0d%0aX-Injected: yes", 200),
    _headed("Accept of 5,000 types", "Accept: " + ", ".join(f"a/b{n};q=0.5" for n in range(5000)), 200, 406, 431),
    _headed("Accept of commas", "Accept: " + "," * 50_000, 200, 406, 431),
    _headed("Accept of semicolons", "Accept: text/csv" + ";" * 50_000, 200, 406, 431),
    _headed("Accept with strange weights", "Accept: text/csv;q=nan, */*;q=-1, a/b;q=1e999", 200, 406),
    _headed("Accept with unfinished quotes", 'Accept: text/csv;x="' + "\\" * 20_000, 200, 406),
    _headed("Accept of bytes", "Accept: \xff\xfe\x80", 200, 400, 406),
    _headed("Accept-Language of 5,000", "Accept-Language: " + ",".join(["nb;q=0.1"] * 5000), 200, 431),
    _headed("5,000 entity tags", "If-None-Match: " + ", ".join(f'"{n}"' for n in range(5000)), 200, 431),
    _headed("unfinished entity tag", 'If-None-Match: "' + "x" * 5000, 200),
    _headed("a date of nonsense", "If-Modified-Since: " + "9" * 5000, 200),
    _headed("ranges", "Range: bytes=" + ",".join(f"{n}-{n}" for n in range(1000)), 200, 206, 416),
    _headed("a cookie of 50 kB", "Cookie: a=" + "b" * 50_000, 200, 431),
    _headed(
        "an upgrade to HTTP/2", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA", 200, 400
    ),
    _headed("an upgrade to a socket", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAA", 200, 400),
    _headed("an expectation", "Expect: nonsense", 200, 417),
    _headed("an origin with a line break", "Origin: http://a%0d%0aX-Injected: yes", 200),
)
METHODS = (
    *(_method(name, 405) for name in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "X" * 1000)),
    _method("CONNECT", 0, 400, 405),
    _method("GE\0T", 0, 400),
)
LINES = (
    Sent("a line of 100 kB", request(f"GET /{'x' * 100_000} HTTP/1.1"), (400, 404, 414)),
    Sent("HTTP/0.9", b"GET /\r\n\r\n", (0, 400)),
    Sent("HTTP/9.9", b"GET / HTTP/9.9\r\n\r\n", (0, 400, 505)),
    Sent("no host", b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", (200, 400, 404)),
    Sent("no host for a query", b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nConnection: close\r\n\r\n", (400,)),
    Sent("a host of two words", b"GET /sparql HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", (400,)),
    Sent("HTTP/1.0 without a host", b"GET /sparql?query=ASK%7B%7D HTTP/1.0\r\n\r\n", (200,)),
    Sent("the whole address", request("GET http://evil.example/sparql?query=ASK%7B%7D HTTP/1.1"), (200, 400, 404)),
    Sent("a greeting in TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 300, (0, 400)),
    Sent("a greeting in HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 100, (0, 400)),
    Sent("noise", bytes(range(256)) * 400, (0, 400)),
    Sent("spaces", b"GET" + b" " * 50_000 + b"/ HTTP/1.1\r\n\r\n", (0, 400)),
)
PATHS = (
    _path("out of the dumps", "/dumps/../../../../etc/passwd", 400, 404),
    _path("out of the dumps in escapes", "/dumps/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 400, 404),
    _path("out of the dumps in double escapes", "/dumps/%252e%252e%252fetc%252fpasswd", 400, 404),
    _path("out of the dumps backwards", "/dumps/..%5c..%5cetc%5cpasswd", 400, 404),
    _path("out of the static files", "/static/../app.py", 400, 404),
    _path("an absolute path", "/dumps//etc/passwd", 308, 400, 404),
    _path("two slashes", "//sparql?query=ASK%7B%7D", 308, 404),
    _path("two slashes inside", "/en//sparql?query=ASK%7B%7D", 308, 404),
    _path("a null byte", "/dumps/all.nq%00.html", 400, 404),
    _path("invalid UTF-8", "/id/%FF%FE", 400, 404),
    _path("another server", "//evil.example/id/fosen", 301, 308, 400, 404),
    _path("a line break", "/id/fosen%0d%0aX-Injected:%20yes", 303, 400, 404),
    _path("a line break in a page", "/doc/fosen%0d%0aX-Injected:%20yes", 400, 404),
    _path("a script", "/doc/%3Cscript%3Ealert(1)%3C/script%3E", 400, 404),
    _path("a long name", "/id/" + "x" * 10_000, 303, 400, 404, 414),
    _path("a thousand folders", "/doc" + "/x" * 1000, 400, 404),
    _path("what no IRI may hold", "/doc/fosen%3E%20.%20%3Fs%20%3Fp%20%3Fo%20%7D%20%23", 400, 404),
)  # fmt: skip
REQUESTS = BODIES + PARAMETERS + HEADERS + METHODS + LINES + PATHS
