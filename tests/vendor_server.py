"""A vendor on this machine: answers as it is told to, counts its questions, and misbehaves in every way that vendors do."""

from __future__ import annotations

import gzip
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "canary-key-0123456789abcdef"


@dataclass(frozen=True)
class Asked:
    """One question as it came in."""

    method: str
    path: str
    params: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True)
class Said:
    """A whole answer of ``respond``, where a body with status 200 is not enough."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class VendorServer:
    """What the vendor does next, and what it was asked.

    ``script`` holds one word a question; the last stays. ``ok`` gives ``answers[path]``, or what ``respond`` makes; a
    number is a status, with a Retry-After behind a colon; others are ``hang``, ``cut``, ``malformed``, ``list``,
    ``huge``, ``bomb``, ``empty`` and ``redirect``.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    script: deque[str] = field(default_factory=lambda: deque(["ok"]))
    asked: list[Asked] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    respond: Callable[[Asked], Any] | None = None
    url: str = ""

    def does(self, *script: str) -> None:
        self.script = deque(script)

    def next(self) -> str:
        return self.script.popleft() if len(self.script) > 1 else self.script[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    vendor: VendorServer

    def do_GET(self) -> None:
        self._take("GET", None)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:  # whoever asked is gone; a request that is not whole asks for nothing
            self.close_connection = True
            return
        self._take("POST", json.loads(raw) if raw else None)

    def _take(self, method: str, body: Any) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(method, parts.path, dict(parse_qsl(parts.query)), body, headers)
        self.vendor.asked.append(asked)
        act = self.vendor.next()
        if act == "hang":
            self.vendor.gone.wait(30)
            self.close_connection = True
        elif act[:3].isdigit():
            status, _, wait = act.partition(":")
            # A careless vendor repeats the key that it was given.
            told = {"error": f"status {status}, key {KEY}", "errors": [{"details": KEY}]}
            self._send(int(status), json.dumps(told).encode(), {"Retry-After": wait} if wait else {})
        else:
            self._answer(act, asked)

    def _answer(self, act: str, asked: Asked) -> None:
        if act == "ok":
            answer = self.vendor.respond(asked) if self.vendor.respond else self.vendor.answers.get(asked.path)
            if isinstance(answer, Said):
                self._send(answer.status, answer.body, answer.headers)
                return
            self._send(*((404, b'{"error": "no such path"}', {}) if answer is None else (200, json.dumps(answer).encode(), {})))
        elif act == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b'{"data": {')
            self.close_connection = True
        elif act == "redirect":
            self._send(302, b"", {"Location": f"{self.vendor.url}/elsewhere"})
        elif act == "bomb":
            self._send(200, _bomb(), {"Content-Encoding": "gzip"})
        else:
            bodies = {
                "malformed": b'{"data": {',
                "list": b"[1, 2]",
                "huge": b'{"data": "' + b"a" * 3_000_000 + b'"}',
                "empty": b"",
            }
            self._send(200, bodies[act], {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@cache
def _bomb() -> bytes:
    """Thirty megabytes in thirty kilobytes."""
    return gzip.compress(b'{"data": "' + b"a" * 30_000_000 + b'"}')


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_args: Any) -> None:
        """Clients that leave early are part of the game."""


@contextmanager
def vendor_server(**answers: Any) -> Iterator[VendorServer]:
    """Serve on loopback until the block ends."""
    _bomb()
    vendor = VendorServer(dict(answers))
    handler = type("Handler", (_Handler,), {"vendor": vendor})
    server = _Server(("127.0.0.1", 0), handler)
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        vendor.gone.set()
        server.shutdown()
        server.server_close()
        thread.join()
