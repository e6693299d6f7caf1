"""Which mails of a campaign are still to be written, so many people at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import Target
from gtm_pipelines.drafting.brief import Brief, Tally
from gtm_pipelines.drafting.model import DraftRequest
from gtm_pipelines.drafting.thread import thread_of
from gtm_pipelines.record import drafts, enrolments, letters, merges, suppressions, targets
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings

BATCH = 200
Page = tuple[list[Target], list[DraftRequest]]
Mailboxes = Mapping[str, MailboxSettings]


def first(record: Record, brief: Brief, mailboxes: Mailboxes, tally: Tally) -> Iterator[Page]:
    """Yield targets with the requests of first mails whose drafts are missing."""
    after, workspace = "", record.workspace_id
    while True:
        with record.read() as connection:
            rows = targets.active_after(connection, workspace, brief.campaign_id, after=after, limit=BATCH)
            there = drafts.existing(connection, workspace, [row["id"] for row in rows])
        if not rows:
            return
        batch, after = [Target.of(row) for row in rows], rows[-1]["id"]
        wanted = brief.wanted(batch)
        missing = [pair for pair in wanted if (pair[0].id, pair[1]) not in there]
        tally.targets += len(batch)
        tally.existing += len(wanted) - len(missing)
        yield batch, [brief.request(target, variant, mailboxes) for target, variant in missing]


def later(record: Record, brief: Brief, mailboxes: Mailboxes, tally: Tally, by: datetime) -> Iterator[Page]:
    """Yield targets that a later mail is due for by a moment, with the requests of those that have no draft of it.

    Whoever was suppressed or merged into somebody else meanwhile is passed over before anything is asked of a model.
    """
    with record.read() as connection:
        due = enrolments.due(connection, record.workspace_id, brief.campaign_id, by=by, step=brief.step)
    for start in range(0, len(due), BATCH):
        with record.read() as connection:
            ids = [row["target_id"] for row in due[start : start + BATCH]]
            batch = _standing(connection, record.workspace_id, ids)
            there = drafts.existing(connection, record.workspace_id, ids, step=brief.step)
            missing = [pair for pair in brief.wanted(batch) if (pair[0].id, pair[1]) not in there]
            came = letters.of_targets(connection, record.workspace_id, [target.id for target, _ in missing])
        tally.later += len(batch)
        tally.existing += len(batch) - len(missing)
        requests = [
            brief.request(target, variant, mailboxes, thread_of(came.get(target.id, ()), step=brief.step))
            for target, variant in missing
        ]
        yield batch, requests


def _standing(connection: sa.Connection, workspace_id: str, ids: list[str]) -> list[Target]:
    """Return those of some targets that may still be written to."""
    rows = targets.active(connection, workspace_id, ids)
    reasons = suppressions.find_many(connection, workspace_id, [(row["recipient"], row["company_id"]) for row in rows])
    merged = merges.merged(connection, workspace_id, "contact", {row["contact_id"] for row in rows})
    free = [row for row, reason in zip(rows, reasons, strict=True) if not reason and row["contact_id"] not in merged]
    return [Target.of(row) for row in free]
