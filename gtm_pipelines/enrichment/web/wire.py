"""One TCP connection as httpcore wants it, straight on asyncio: a third of the work of its general one.

Time limits are the caller's: a whole answer has one, so single reads need none.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, cast

import httpcore

_HIGH_WATER = 1 << 18
"""Unread bytes from which the other side is made to wait."""


class Wire(asyncio.Protocol):
    """Holds what came until it is read."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._ended = False
        self._lost: Exception | None = None
        self._paused = False
        self.transport: asyncio.Transport | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing has come that was not asked for, not even the end."""
        return not self._held and not self._ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Hold what came."""
        self._held += data
        if len(self._held) > _HIGH_WATER and self.transport is not None and not self._paused:
            self.transport.pause_reading()
            self._paused = True
        self._wake()

    def eof_received(self) -> bool:
        """Note that nothing more comes."""
        self._ended = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone."""
        self._ended, self._lost = True, exc
        self._wake()
        self.resume_writing()

    def pause_writing(self) -> None:
        """Make the writer wait."""
        self._drained = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Let the writer go on."""
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    async def read(self, most: int) -> bytes:
        """Return what came, at most so much; empty at the end.

        Raises:
            OSError: the connection broke.
        """
        while not self._held:
            if self._ended:
                if self._lost is not None:
                    raise OSError(str(self._lost)) from self._lost
                return b""
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        data = bytes(self._held[:most])
        del self._held[:most]
        if self._paused and len(self._held) < _HIGH_WATER // 2 and self.transport is not None:
            self.transport.resume_reading()
            self._paused = False
        return data

    async def write(self, data: bytes) -> None:
        """Send.

        Raises:
            OSError: the connection broke.
        """
        if self._ended or self.transport is None:
            raise OSError("the connection is closed")
        self.transport.write(data)
        if self._drained is not None:
            await self._drained

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class WireStream(httpcore.AsyncNetworkStream):
    """A wire in the terms of httpcore."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came next.

        Raises:
            httpcore.ReadError: the connection broke.
        """
        try:
            return await self._wire.read(max_bytes)
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send.

        Raises:
            httpcore.WriteError: the connection broke.
        """
        try:
            if buffer:
                await self._wire.write(buffer)
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close, without waiting for the other side."""
        if self._wire.transport is not None:
            self._wire.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Go on over TLS, the certificate checked against the name.

        Raises:
            httpcore.ConnectError: there is no trusted TLS.
        """
        raw = self._wire.transport
        if raw is None:
            raise httpcore.ConnectError("the connection is closed")
        wire = Wire()
        loop = asyncio.get_running_loop()
        try:
            wire.transport = cast(
                asyncio.Transport,
                await loop.start_tls(
                    raw, wire, ssl_context, server_hostname=server_hostname, ssl_handshake_timeout=timeout or 30
                ),
            )
        except (OSError, ssl.SSLError, EOFError) as error:
            raw.abort()
            raise httpcore.ConnectError(str(error) or "the handshake broke off") from error
        if wire.transport is None:
            raise httpcore.ConnectError("the handshake broke off")
        return WireStream(wire)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks for: whether an idle connection has something to read, and the TLS object."""
        if info == "is_readable":
            return not self._wire.is_idle
        return self._wire.transport.get_extra_info(info) if self._wire.transport is not None else None


async def connect(address: str, port: int, timeout: float | None) -> WireStream:
    """Open a connection to an address.

    Raises:
        httpcore.ConnectError: it does not answer.
        httpcore.ConnectTimeout: not in time.
    """
    try:
        async with asyncio.timeout(timeout):
            _, wire = await asyncio.get_running_loop().create_connection(Wire, address, port)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"no answer within {timeout} s") from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return WireStream(wire)
