"""A web of its own on loopback: one server, any number of sites by their Host, and every way in which they misbehave."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from gtm_pipelines.enrichment.web.guard import Guard

LOOPBACK = (ipaddress.IPv4Network("127.0.0.0/8"),)


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it, and when."""

    host: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass(frozen=True)
class Said:
    """One answer. ``chunks`` are written one after another with ``pause`` between them; ``length`` may lie."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    pause: float = 0.0
    pieces: int = 1
    raw: bytes | None = None
    hang: bool = False


Site = Callable[[Asked], Said | None]


@dataclass
class LocalWeb:
    """Sites by host, and what they were asked."""

    address: str = "127.0.0.1"
    sites: dict[str, Site] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    _stop: asyncio.Event | None = None

    def site(self, host: str, pages: dict[str, Said | str] | Site, robots: str | Said | None = None) -> str:
        """Put a site up and return its address."""
        self.sites[host] = pages if callable(pages) else _by_path(pages, robots)
        return f"http://{host}:{self.port}/"

    def guard(self, resolve: Callable[[str, int], Sequence[str]] | None = None) -> Guard:
        """Return a guard that lets this server be reached; its names all lead here unless ``resolve`` says otherwise."""

        async def here(host: str, port: int) -> Sequence[str]:
            return resolve(host, port) if resolve else [self.address]

        return Guard(here, also=LOOPBACK, ports=frozenset({80, 443, self.port}))

    def of(self, host: str, *, robots: bool = False) -> list[Asked]:
        """Return what a host was asked, without its robots.txt unless wanted."""
        return [one for one in self.asked if one.host == host and (robots or one.path != "/robots.txt")]

    async def serve(self, started: Callable[[], None]) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connected, self.address, 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        started()
        await self._stop.wait()
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the other side left
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        host = headers.get("host", "").partition(":")[0]
        asked = Asked(host, head[0].split()[1], headers, time.monotonic())
        self.asked.append(asked)
        site = self.sites.get(host)
        said = (site(asked) if site else None) or Said("not here", 404)
        await asyncio.sleep(said.wait)
        if said.hang:
            await asyncio.sleep(60)
        await _write(writer, said)
        return said.raw is None and said.pieces == 1


def _by_path(pages: dict[str, Said | str], robots: str | Said | None) -> Site:
    def answer(asked: Asked) -> Said | None:
        if asked.path == "/robots.txt":
            return Said(robots, headers={"Content-Type": "text/plain"}) if isinstance(robots, str) else robots
        found = pages.get(asked.path)
        return html(found) if isinstance(found, str) else found

    return answer


def html(text: str, **more: object) -> Said:
    """Return a page."""
    return Said(text, headers={"Content-Type": "text/html; charset=utf-8"}, **more)  # type: ignore[arg-type]


def packed(text: bytes, encoding: str = "gzip") -> Said:
    """Return a page packed with gzip."""
    return Said(gzip.compress(text), headers={"Content-Type": "text/html", "Content-Encoding": encoding})


def to(location: str, status: int = 302) -> Said:
    """Return a redirect."""
    return Said("", status, {"Location": location})


async def _write(writer: asyncio.StreamWriter, said: Said) -> None:
    if said.raw is not None:
        writer.write(said.raw)
        await writer.drain()
        return
    body = said.body.encode() if isinstance(said.body, str) else said.body
    headers = {"Content-Length": str(len(body)), **said.headers}
    lines = [f"HTTP/1.1 {said.status} X", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
    size = max(len(body) // said.pieces, 1)
    for start in range(0, len(body), size):
        writer.write(body[start : start + size])
        await writer.drain()
        if said.pause:
            await asyncio.sleep(said.pause)


@contextmanager
def local_web(address: str = "127.0.0.1") -> Iterator[LocalWeb]:
    """Serve a web from a thread of its own until the block ends."""
    web, started, loop = LocalWeb(address), threading.Event(), asyncio.new_event_loop()

    def run() -> None:
        loop.run_until_complete(web.serve(started.set))
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield web
    finally:
        if web._stop is not None:
            loop.call_soon_threadsafe(web._stop.set)
        thread.join(5)
