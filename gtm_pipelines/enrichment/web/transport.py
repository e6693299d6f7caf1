"""Connections: to addresses the guard has looked at, over httpcore, with every answer capped while it is read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import Any, cast

import httpcore

from gtm_pipelines.enrichment.web.address import Target
from gtm_pipelines.enrichment.web.guard import Guard
from gtm_pipelines.enrichment.web.model import Answer, FetchError, Limits
from gtm_pipelines.enrichment.web.unpack import unpacker
from gtm_pipelines.enrichment.web.wire import connect

_MOST_ADDRESSES = 3
"""Addresses of one name that are tried before it counts as unreachable."""


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens a connection to a name: resolved here, every record looked at, connected by address.

    The name stays where it belongs: in the TLS handshake and in the Host header.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers.

        Raises:
            FetchError: the guard refuses the host, or it has no address.
            httpcore.ConnectError: none of its addresses answers.
        """
        failed: Exception | None = None
        for address in (await self._guard.addresses(host, port))[:_MOST_ADDRESSES]:
            try:
                return await connect(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no website is a socket of this machine."""
        raise FetchError("refused_address", f"{path} is a socket of this machine.")

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks between its own tries."""
        await asyncio.sleep(seconds)


class Line:
    """One connection to one origin, opened when first used and kept for the next page."""

    def __init__(self, target: Target, network: GuardedNetwork, context: ssl.SSLContext) -> None:
        self._origin = httpcore.URL(target.origin).origin
        self._network, self._context, self.lock = network, context, asyncio.Lock()
        self._connection: httpcore.AsyncHTTPConnection | None = None

    async def ask(self, target: Target, headers: Mapping[str, str], limits: Limits) -> Answer:
        """Ask for a page and read its answer within the caps; redirects are answers like others. One question at a time.

        Raises:
            FetchError: there was no answer that could be read.
        """
        async with self.lock:
            reused = self._connection is not None
            try:
                return await self._ask(target, headers, limits)
            except (httpcore.RemoteProtocolError, httpcore.WriteError):
                if not reused:
                    raise
            return await self._ask(target, headers, limits)  # the server had closed a connection that was kept

    async def _ask(self, target: Target, headers: Mapping[str, str], limits: Limits) -> Answer:
        connection = self._open()
        request = httpcore.Request(
            b"GET",
            httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers=[(b"Host", target.authority.encode())] + [(k.encode(), v.encode()) for k, v in headers.items()],
            extensions={"timeout": {"connect": limits.connect_seconds, "read": limits.answer_seconds}},
        )
        try:
            response = await connection.handle_async_request(request)
            answer = await self._read(target, response, limits)
        except BaseException:
            await asyncio.shield(self.aclose())
            raise
        if answer.cut:
            await self.aclose()
        else:
            await response.aclose()
        return answer

    async def _read(self, target: Target, response: httpcore.Response, limits: Limits) -> Answer:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status == 200 and not _is_wanted(headers.get("content-type", ""), limits.media):
            return Answer(str(target), str(target), response.status, headers, b"", cut=True)
        unpack = unpacker(headers.get("content-encoding", ""), limits)
        parts: list[bytes] = []
        cut = False
        async with aclosing(cast(AsyncGenerator[bytes, None], response.aiter_stream())) as chunks:
            async for chunk in chunks:
                parts.append(unpack.feed(chunk))
                if unpack.full:
                    cut = True
                    break
        unpack.check()
        return Answer(str(target), str(target), response.status, headers, b"".join(parts), cut, unpack.taken)

    def _open(self) -> httpcore.AsyncHTTPConnection:
        if self._connection is None or self._connection.is_closed() or self._connection.has_expired():
            self._connection = httpcore.AsyncHTTPConnection(
                self._origin, ssl_context=self._context, keepalive_expiry=60, http2=False, network_backend=self._network
            )
        return self._connection

    async def aclose(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.aclose()


def _is_wanted(media_type: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or not media_type.strip() or media_type.strip().lower().startswith(wanted)
