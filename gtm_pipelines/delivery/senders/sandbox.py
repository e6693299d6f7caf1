"""Hand mail over to the sandbox: ordinary SMTP to its server, which runs while the sender is open."""

from __future__ import annotations

from collections.abc import Callable

from gtm_pipelines.delivery.model import Checkpoint, Handover, Outgoing, SendResult, Sought, no_checkpoint
from gtm_pipelines.delivery.sandbox.server import SandboxServer
from gtm_pipelines.delivery.sandbox.world import World
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.settings import SmtpSettings


class SandboxSender:
    """A ``Sender`` whose provider is the sandbox's own mail server.

    Args:
        world: the sandbox.
        checkpoint: told each step; for tests that end the process there.
    """

    def __init__(self, world: World, *, checkpoint: Checkpoint = no_checkpoint) -> None:
        self._world = world
        self._checkpoint = checkpoint
        self._server: SandboxServer | None = None
        self._smtp: SmtpSender | None = None

    def plan(self, outgoing: Outgoing) -> Handover:
        """Say that the message would go to the sandbox; no server is started."""
        refusal = None if outgoing.content.isascii() else "The message needs 8BITMIME, which is not used."
        return Handover("sandbox", refusal)

    def send(self, outgoing: Outgoing, handing: Callable[[], None]) -> SendResult:
        """Hand the message over; see ``Sender.send``."""
        return self._open().send(outgoing, handing)

    def look_up(self, sought: Sought) -> bool | None:
        """Ask the sandbox whether it accepted the message."""
        return self._world.has(sought.rfc_message_id)

    def close(self) -> None:
        """Close the connection and stop the server."""
        if self._smtp is not None:
            self._smtp.close()
        if self._server is not None:
            self._server.stop()
        self._smtp = self._server = None

    def _open(self) -> SmtpSender:
        if self._smtp is None:
            self._server = SandboxServer(self._world)
            settings = SmtpSettings(host="127.0.0.1", port=self._server.start(), security="none")
            self._smtp = SmtpSender(settings, checkpoint=self._checkpoint)
        return self._smtp
