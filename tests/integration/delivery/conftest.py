"""A server that keeps what leaves, and somebody who asked for an invitation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.settings import SmtpSettings
from gtm_pipelines.workbench import Workbench
from tests.integration.delivery.invited import Kept, Server, Talk


@pytest.fixture
def kept() -> Iterator[tuple[Kept, SmtpSender]]:
    handler = Kept()
    server = Server(handler, hostname="127.0.0.1", port=0)
    server.start()
    yield handler, SmtpSender(SmtpSettings(host="127.0.0.1", port=server.port, security="none"))
    server.stop()


@pytest.fixture
def talk(workbench: Workbench, clock: VirtualClock, kept: tuple[Kept, SmtpSender]) -> Talk:
    return Talk(workbench, clock, kept[1])
