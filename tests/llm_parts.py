"""A local server that speaks as OpenAI and Anthropic do, and misbehaves in every way that they do."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "live-canary-key-0123456789"


@dataclass
class ModelServer:
    """What the server does next, and what it was asked.

    ``script`` holds one word or answer a request: ``ok``, ``hang``, ``trickle``, ``429``, ``500``, ``401``, ``402``,
    ``400``, ``malformed``, ``cut``, ``empty``, ``length``, ``refuse``, or ``=`` and the text of the answer.
    The last stays. A number after a colon is a Retry-After: ``429:7``.
    """

    script: deque[str] = field(default_factory=lambda: deque(["ok"]))
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    text: str = '{"answer": "yes"}'
    url: str = ""

    def does(self, *script: str) -> None:
        self.script = deque(script)

    def next(self) -> str:
        return self.script.popleft() if len(self.script) > 1 else self.script[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_state: ModelServer

    def do_POST(self) -> None:
        state = self.server_state
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        state.requests.append(body)
        state.headers.append({name.lower(): value for name, value in self.headers.items()})
        act = state.next()
        if act == "hang":
            state.gone.wait(60)
            self.close_connection = True
        elif act[:1] in "45" and act[:3].isdigit():
            self._refuse(int(act[:3]), act.partition(":")[2])
        else:
            self._answer(act, body)

    def _refuse(self, status: int, wait: str) -> None:
        # A careless provider repeats the key that it was given.
        said = {"error": {"message": f"status {status} for {self.headers.get('Authorization')} {KEY}", "type": "x", "code": "x"}}
        self._send(status, json.dumps(said).encode(), {"Retry-After": wait} if wait else {})

    def _answer(self, act: str, body: dict[str, Any]) -> None:
        text = act[1:] if act.startswith("=") else self.server_state.text
        why = {"length": "length", "refuse": "content_filter"}.get(act, "stop")
        anthropic = self.path.endswith("/messages")
        if act == "malformed":
            self._send(200, b'data: {"choices": [{"delta": \n\n' if body.get("stream") else b'{"choices": ', {})
        elif act == "empty":
            self._send(200, b"", {})
        elif not body.get("stream") and act == "trickle":
            self._dribble()
        elif not body.get("stream"):
            self._send(200, json.dumps(_whole(anthropic, body["model"], text, why)).encode(), {})
        else:
            self._stream(list(_events(anthropic, body["model"], text, why)), act)

    def _dribble(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not self.server_state.gone.wait(0.1):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, events: list[str], act: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, event in enumerate(events):
            if act == "cut" and number == 2:
                self.close_connection = True
                return
            data = event.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
            while act == "trickle" and number == 1 and not self.server_state.gone.wait(0.1):
                self.wfile.write(b"e\r\n: still here\n\n\r\n")
                self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def _whole(anthropic: bool, model: str, text: str, why: str) -> dict[str, Any]:
    if anthropic:
        stop = {"length": "max_tokens", "content_filter": "refusal"}.get(why, "end_turn")
        content = [{"type": "text", "text": text}]
        usage = {"input_tokens": 40, "output_tokens": 10, "cache_read_input_tokens": 60, "cache_creation_input_tokens": 0}
        return {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": content,
            "stop_reason": stop,
            "usage": usage,
        }
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return {"id": "c1", "object": "chat.completion", "model": model, "usage": usage,
            "choices": [{"index": 0, "message": message, "finish_reason": why}]}  # fmt: skip


def _events(anthropic: bool, model: str, text: str, why: str) -> Iterator[str]:
    if anthropic:
        whole = _whole(True, model, text, why)
        start = whole | {"content": [], "stop_reason": None}
        yield _sse({"type": "message_start", "message": start}, "message_start")
        yield _sse(
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}, "content_block_start"
        )
        for piece in _pieces(text):
            yield _sse(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}, "content_block_delta"
            )
        yield _sse({"type": "content_block_stop", "index": 0}, "content_block_stop")
        stop = {"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"]}, "usage": whole["usage"]}
        yield _sse(stop, "message_delta")
        yield _sse({"type": "message_stop"}, "message_stop")
        return
    shared = {"id": "c1", "object": "chat.completion.chunk", "model": model}
    for piece in _pieces(text):
        yield _sse(shared | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}]})
    yield _sse(shared | {"choices": [{"index": 0, "delta": {}, "finish_reason": why}]})
    yield _sse(shared | {"choices": [], "usage": _whole(False, model, text, why)["usage"]})
    yield "data: [DONE]\n\n"


def _pieces(text: str) -> list[str]:
    return [text[at : at + 5] for at in range(0, len(text), 5)]


def _sse(value: dict[str, Any], event: str = "") -> str:
    return (f"event: {event}\n" if event else "") + f"data: {json.dumps(value)}\n\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


@contextmanager
def model_server(*script: str) -> Iterator[ModelServer]:
    """Serve on a free port of loopback until the block ends."""
    state = ModelServer()
    state.does(*script or ("ok",))
    handler = type("Handler", (_Handler,), {"server_state": state})
    server = _Server(("127.0.0.1", 0), handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.gone.set()
        server.shutdown()
        server.server_close()


@contextmanager
def took() -> Iterator[list[float]]:
    """Measure the block, in seconds."""
    spans: list[float] = []
    began = time.perf_counter()
    yield spans
    spans.append(time.perf_counter() - began)
