"""Replies as one service: collect, look through, put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gtm_pipelines.clock import Clock
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.model import CollectReport, InboundView, Mailbox, ReplyClass

Progress = Callable[[int, int | None], None]


class ReplyService:
    """What came back, and what it means for the messages that went out.

    Args:
        record: the record.
        clock: the present moment.
        mailboxes: makers of mailboxes by name; opened only when collected from.
        own_addresses: addresses of every sender identity, to know own copies by.
    """

    def __init__(
        self, record: Record, clock: Clock, mailboxes: Mapping[str, Callable[[], Mailbox]], own_addresses: frozenset[str]
    ) -> None:
        self._record = record
        self._clock = clock
        self._mailboxes = mailboxes
        self._own_addresses = own_addresses

    def collect(self, *, mailboxes: Sequence[str] | None = None, progress: Progress | None = None) -> CollectReport:
        """Read what is new in the mailboxes (all of them if none is named)."""
        raise NotImplementedError

    def page(
        self,
        *,
        campaign: str | None = None,
        cls: str | None = None,
        attribution: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[InboundView]:
        """Return inbound messages, newest first."""
        raise NotImplementedError

    def get(self, inbound_id: str) -> InboundView:
        """Return one inbound message."""
        raise NotImplementedError

    def unmatched(self, *, limit: int = 50, offset: int = 0) -> list[InboundView]:
        """Return the queue of what matched no message, newest first."""
        raise NotImplementedError

    def assign(self, inbound_id: str, message_id: str, by: str) -> InboundView:
        """Say which message an inbound message answers, as a person."""
        raise NotImplementedError

    def reclassify(self, inbound_id: str, cls: ReplyClass | str, by: str) -> InboundView:
        """Put a class right, as a person."""
        raise NotImplementedError
