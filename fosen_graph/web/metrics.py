"""The board of a server in; its counters for Prometheus out, on a port of their own."""

from __future__ import annotations

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


def serve(host: str, port: int, board: Board) -> None:
    """Until the process ends."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            found = self.path == "/metrics"
            body = exposition(board) if found else b"see /metrics\n"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    HTTPServer((host, port), Handler).serve_forever()
