"""Queries over the health of mailboxes: working or paused, failures in a row, what the last checks found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import campaign, mailbox_state

WORKING = "working"
PAUSED = "paused"


def find(connection: sa.Connection, workspace_id: str, mailbox: str, *, lock: bool = False) -> sa.RowMapping | None:
    """Return what is known of a mailbox, ``None`` before anything was; ``lock`` holds it until the transaction ends."""
    mine = mailbox_state.c.workspace_id == workspace_id, mailbox_state.c.mailbox == mailbox
    query = sa.select(mailbox_state).where(*mine)
    return connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()


def all_of(connection: sa.Connection, workspace_id: str) -> dict[str, sa.RowMapping]:
    """Return mailbox → what is known of it."""
    rows = connection.execute(sa.select(mailbox_state).where(mailbox_state.c.workspace_id == workspace_id)).mappings()
    return {row["mailbox"]: row for row in rows}


def paused(connection: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return the mailboxes from which nothing leaves, each with the reason."""
    return {row.mailbox: row.reason or "" for row in connection.execute(_paused(), {"workspace": workspace_id})}


@cache
def _paused() -> sa.Select[Any]:
    """Build the question once: workers ask it for every message."""
    mine = mailbox_state.c.workspace_id == sa.bindparam("workspace"), mailbox_state.c.status == PAUSED
    return sa.select(mailbox_state.c.mailbox, mailbox_state.c.reason).where(*mine)


def note(connection: sa.Connection, workspace_id: str, mailbox: str, *, at: datetime, **values: Any) -> None:
    """Write down what was learnt of a mailbox; what is not named stays as it is.

    Args:
        connection: the transaction.
        workspace_id: whose mailbox.
        mailbox: its name in the settings.
        at: now.
        values: columns of ``mailbox_state``.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    fresh: Mapping[str, Any] = {"status": WORKING, "failures": 0, "since": at, "checks": {}}
    statement = dialect.insert(mailbox_state).values(
        **{**fresh, **values}, id=new_id(), workspace_id=workspace_id, mailbox=mailbox, updated_at=at
    )
    same = [mailbox_state.c.workspace_id, mailbox_state.c.mailbox]
    connection.execute(statement.on_conflict_do_update(index_elements=same, set_={**values, "updated_at": at}))


def add_failure(connection: sa.Connection, workspace_id: str, mailbox: str, *, at: datetime) -> int:
    """Count one more hand-over in a row that failed and return how many there are now."""
    held = find(connection, workspace_id, mailbox, lock=True)
    failures = (held["failures"] if held else 0) + 1
    note(connection, workspace_id, mailbox, at=at, failures=failures)
    return failures


def forgive(connection: sa.Connection, workspace_id: str, mailbox: str, *, at: datetime) -> None:
    """A hand-over succeeded: the failures before it were not in a row with what comes."""
    connection.execute(_forgive(), {"workspace": workspace_id, "box": mailbox, "now": at})


@cache
def _forgive() -> sa.Update:
    mine = mailbox_state.c.workspace_id == sa.bindparam("workspace"), mailbox_state.c.mailbox == sa.bindparam("box")
    now = sa.bindparam("now", type_=mailbox_state.c.updated_at.type)
    return sa.update(mailbox_state).where(*mine, mailbox_state.c.failures > 0).values(failures=0, updated_at=now)


def stopping(connection: sa.Connection, workspace_id: str, campaign_id: str, mailbox: str) -> tuple[str, str] | None:
    """Return the rule that keeps a campaign or a mailbox from handing over, and its reason; ``None`` where neither is paused."""
    values = {"workspace": workspace_id, "campaign": campaign_id, "box": mailbox}
    held = connection.execute(_stopping(), values).one_or_none()
    if held is None or (held.paused_at is None and held.status != PAUSED):
        return None
    if held.paused_at is not None:
        return "campaign.paused", held.pause_reason or ""
    return "mailbox.paused", held.reason or ""


@cache
def _stopping() -> sa.Select[Any]:
    of_box = mailbox_state.c.workspace_id == campaign.c.workspace_id, mailbox_state.c.mailbox == sa.bindparam("box")
    mine = campaign.c.workspace_id == sa.bindparam("workspace"), campaign.c.id == sa.bindparam("campaign")
    columns = campaign.c.paused_at, campaign.c.pause_reason, mailbox_state.c.status, mailbox_state.c.reason
    return sa.select(*columns).select_from(campaign.outerjoin(mailbox_state, sa.and_(*of_box))).where(*mine)
