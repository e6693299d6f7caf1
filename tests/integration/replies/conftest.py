"""A record with sent messages, a mailbox in memory and the service over both."""

from __future__ import annotations

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.model import Collector
from gtm_pipelines.replies.service import ReplyService
from tests.integration.replies.world import OWN, SentWorld


@pytest.fixture
def sent(record: Record) -> SentWorld:
    return SentWorld(record)


@pytest.fixture
def mailbox() -> MemoryMailbox:
    return MemoryMailbox()


@pytest.fixture
def replies(record: Record, clock: VirtualClock, mailbox: MemoryMailbox) -> ReplyService:
    return ReplyService(record, clock, {"anna": Collector("anna", OWN, lambda: mailbox, "Sent")})
