"""The board of a server in; its counters for Prometheus out, on a port of their own."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, HTTPServer

from fosen_graph.asking.budget import Board

_GAUGES = {"running"}
_ABOUT = {
    "running": "Questions that run or wait",
    "requests_2xx": "Requests answered",
    "requests_3xx": "Requests led elsewhere, or not modified",
    "requests_4xx": "Requests refused",
    "requests_5xx": "Requests that could not be answered",
    "request_milliseconds": "Time of all requests",
    "questions_quick": "Questions answered in the quick lane",
    "questions_slow": "Questions that went to the slow lane",
    "questions_refused": "Questions refused for want of room",
    "questions_over_limits": "Questions ended over time or memory",
    "question_milliseconds": "Time of all questions in the engine",
    "clients_gone": "Questions ended because the client went away",
    "starts_of_web_process": "Web processes started",
    "starts_of_zygote": "Zygotes started anew",
    "releases": "Releases taken into use",
}


def exposition(board: Board) -> bytes:
    """Prometheus' text format, version 0.0.4."""
    lines = []
    for name, value in board.counted().items():
        kind = "gauge" if name in _GAUGES else "counter"
        full = f"fosen_graph_{name}" + ("" if name in _GAUGES else "_total")
        lines += [f"# HELP {full} {_ABOUT[name]}.", f"# TYPE {full} {kind}", f"{full} {value}"]
    return "\n".join([*lines, ""]).encode()


def serve(listener: socket.socket, board: Board) -> None:
    """Until the process ends."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            if self.path.partition("?")[0] == "/metrics":
                self._answer(200, exposition(board))
            else:
                self._answer(404, b"see /metrics\n")

        def _refuse(self) -> None:
            self._answer(405, b"GET /metrics\n", Allow="GET, HEAD")

        do_HEAD = do_GET  # noqa: N815
        do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refuse  # noqa: N815

        def _answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(listener.getsockname()[:2], Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.serve_forever()
