"""The sandbox's SMTP server, on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from gtm_pipelines.delivery.sandbox.world import World
from gtm_pipelines.errors import TransientError

_START_SECONDS = 15


class _Door:
    """Decides at RCPT and takes mail at the dot."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._world.person(address).refused_at_the_door:
            return "550 5.1.1 User unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            await asyncio.to_thread(self._world.accept, recipient, content)
        return "250 2.0.0 accepted"


class SandboxServer:
    """A server that runs from ``start`` to ``stop``; ``port`` is chosen by the system."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="sandbox-smtp", daemon=True)
        self._ready = threading.Event()
        self._server: asyncio.Server | None = None
        self.port = 0

    def start(self) -> int:
        """Start listening and return the port.

        Raises:
            TransientError: the server did not come up.
        """
        self._thread.start()
        if not self._ready.wait(_START_SECONDS) or not self.port:
            raise TransientError("The sandbox's mail server did not start. Try again.")
        return self.port

    def stop(self) -> None:
        """Stop listening and end the thread; a mail being taken is finished first."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_START_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._server = self._loop.run_until_complete(self._loop.create_server(self._protocol, "127.0.0.1", 0))
            self.port = self._server.sockets[0].getsockname()[1]
            self._ready.set()
            self._loop.run_forever()
            self._server.close()
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._ready.set()
            self._loop.close()

    def _protocol(self) -> Any:
        return SMTP(_Door(self._world), hostname="mx.sandbox.example", enable_SMTPUTF8=True, loop=self._loop)
