"""A sender that keeps what it is handed, for tests of third parties and of this project."""

from __future__ import annotations

from collections.abc import Callable

from gtm_pipelines.delivery.model import Handover, Outgoing, SendResult, Sought

ACCEPTED = SendResult("sent", "250 kept")


class MemorySender:
    """A ``Sender`` whose provider is a list.

    Args:
        decide: what to answer to a message; ``sent`` if absent. A ``deferred`` or ``failed``
            is answered before the point of no return, the others after it.
    """

    def __init__(self, decide: Callable[[Outgoing], SendResult] | None = None) -> None:
        self._decide = decide or (lambda _outgoing: ACCEPTED)
        self.accepted: list[Outgoing] = []
        self.closed = 0

    def plan(self, outgoing: Outgoing) -> Handover:
        """Say that it would be kept."""
        refusal = None if outgoing.content.isascii() else "The message is not plain ASCII."
        return Handover("memory", refusal)

    def send(self, outgoing: Outgoing, handing: Callable[[], None]) -> SendResult:
        """Keep the message, or answer what was decided."""
        result = self._decide(outgoing)
        if result.status in ("deferred", "failed"):
            return result
        handing()
        if result.status == "sent":
            self.accepted.append(outgoing)
        return result

    def look_up(self, sought: Sought) -> bool | None:
        """Tell whether the message is kept."""
        return any(outgoing.rfc_message_id == sought.rfc_message_id for outgoing in self.accepted)

    def close(self) -> None:
        """Count that it was closed."""
        self.closed += 1
