"""What hand-overs say of a mailbox's health: a refused login pauses it at once, failures in a row after a while.

Pausing the mailbox keeps its list: every message of it waits as it was, and none is burnt.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.delivery.model import SendResult
from gtm_pipelines.delivery.pausing import SYSTEM, pause_mailbox
from gtm_pipelines.record import mailboxes
from gtm_pipelines.settings import DeliverySettings

AUTHENTICATION = "authentication"
FAILURES = "failures"


def note(
    connection: sa.Connection,
    workspace_id: str,
    row: Mapping[Any, Any],
    result: SendResult,
    rules: DeliverySettings,
    now: datetime,
) -> None:
    """Judge the mailbox of a message by what became of its hand-over, in the transaction that writes the result down.

    An address that does not exist, a server that puts one message off (greylisting) and a vendor
    that asks to wait say nothing of the mailbox.
    """
    mailbox = row["mailbox"]
    if result.status == "sent":
        if row["mailbox_failures"]:  # where another worker counts one meanwhile, the next success forgives it
            mailboxes.forgive(connection, workspace_id, mailbox, at=now)
        return
    if result.authentication:
        told = f"The login or the domain's authentication is refused. {result.reason}"
        pause_mailbox(connection, workspace_id, mailbox, code=AUTHENTICATION, reason=told, actor=SYSTEM, at=now)
        return
    limited = result.retry_seconds is not None
    if result.bounced or (result.status == "deferred" and (limited or not result.stops_mailbox)):
        return
    failures = mailboxes.add_failure(connection, workspace_id, mailbox, at=now)
    if rules.pause_after_failures and failures >= rules.pause_after_failures:
        told = f"{failures} hand-overs in a row failed, the last with: {result.reason}"
        pause_mailbox(connection, workspace_id, mailbox, code=FAILURES, reason=told, actor=SYSTEM, at=now)
