"""Let a data folder send that was copied, moved or restored, and write to nobody twice by it.

Since the copy was taken, the folder it was taken of may have sent what waits here. So what was due meanwhile counts as
unknown, until the provider's memory or a person settles it, and every campaign rests until somebody has looked at its plan.
A mail that becomes a message only later is unknown too, where it may have left before: see ``may_have_left``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import person
from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery import fencing, policy
from gtm_pipelines.delivery.pausing import pause_campaign
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import campaigns, installation, message_events, messages, suppressions
from gtm_pipelines.record.engine import Record

DOUBT = "It was due before this data folder could send, so the one it is a copy of may have sent it."
_REST = "This data folder is a copy, and mail may have left from the other one since. Look at the plan, then resume."


@dataclass(frozen=True)
class Adoption:
    """What became of it.

    Attributes:
        new: whether the folder could not send before.
        unknown: mails that may have left meanwhile, and are not sent before that is settled.
        paused: names of the campaigns that rest until a person resumes them.
    """

    new: bool
    unknown: int = 0
    paused: tuple[str, ...] = ()


def adopt(record: Record, clock: Clock, home: Path, *, by: str, nothing_left: bool = False) -> Adoption:
    """Make ``home`` the one folder that sends.

    Args:
        record: the record.
        clock: the clock.
        home: the data folder.
        by: the person who decides it.
        nothing_left: the person's word that the other folder has sent nothing since this copy was taken of it.
    """
    actor, now, workspace_id = person(by), clock.now(), record.workspace_id
    with record.write() as connection:
        if fencing.allows(connection, workspace_id, home):
            return Adoption(new=False)
        suppressions.lock(connection, workspace_id)
        unknown = 0 if nothing_left else _doubt(connection, workspace_id, now)
        paused = () if nothing_left else _rest(connection, workspace_id, actor, now)
        installation.adopt(
            connection, workspace_id, fingerprint=fencing.fingerprint(home), at=now, by=actor, doubt=not nothing_left
        )
    return Adoption(True, unknown, paused)


def may_have_left(row: Mapping[Any, Any], doubt_before: datetime | None) -> bool:
    """Tell of an approved draft (a row of ``drafts.approved``) whether the other folder may have sent its mail.

    A later mail of a sequence may have, where its turn came before this folder could send, whoever approved it since. Any
    other may have, where it was approved by then.
    """
    if doubt_before is None:
        return False
    later = row["step"] > 1 and not policy.is_answer(row) and row["next_at"] is not None
    return bool((row["next_at"] if later else row["decided_at"]) < doubt_before)


def _doubt(connection: sa.Connection, workspace_id: str, now: datetime) -> int:
    return sum(_is_unknown(connection, workspace_id, row, now) for row in messages.due_by(connection, workspace_id, now))


def _is_unknown(connection: sa.Connection, workspace_id: str, row: Mapping[Any, Any], now: datetime) -> bool:
    values = {
        "state": "unknown", "last_error": DOUBT, "handed_at": row["handed_at"] or row["due_at"], "claimed_by": None,
        "claimed_at": None, "updated_at": now,
    }  # fmt: skip
    if not messages.change(connection, workspace_id, row["id"], states=(row["state"],), values=values):
        return False
    return message_events.add_event(
        connection, workspace_id, message_id=row["id"], campaign_id=row["campaign_id"], contact_id=row["contact_id"],
        kind="unknown", source_key=f"delivery:{new_id()}", occurred_at=now, recorded_at=now, detail=DOUBT,
    )  # fmt: skip


def _rest(connection: sa.Connection, workspace_id: str, actor: str, now: datetime) -> tuple[str, ...]:
    return tuple(
        one["name"] for one in campaigns.page(connection, workspace_id, status="sending")
        if pause_campaign(connection, workspace_id, one["id"], reason=_REST, actor=actor, at=now)
    )  # fmt: skip
