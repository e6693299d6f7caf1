"""Keep a batch of written drafts: one transaction, checked again for what changed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import Target, content_hash, mailbox_policy
from gtm_pipelines.drafting.model import DraftFailure, DraftRequest, DraftText
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import drafts, enrolments, merges, suppressions, targets, writing


@dataclass(frozen=True)
class Written:
    """What came of one request."""

    request: DraftRequest
    outcome: DraftText | DraftFailure


@dataclass(frozen=True)
class Origin:
    """Where a batch comes from.

    Attributes:
        step: which mail of the sequence it is; from 1001 on an answer.
        answers: the inbound message that is answered.
    """

    workspace_id: str
    campaign_id: str
    pack_version_id: str
    drafter: str
    at: datetime
    step: int = 1
    answers: str | None = None


class Ground(Protocol):
    """Looks by rule at stored drafts and keeps what it finds."""

    def __call__(self, draft_ids: Sequence[str]) -> None:
        """Look at those of the drafts that were not looked at as they stand."""
        ...


@dataclass(frozen=True)
class Stored:
    """What was kept: ``overtaken`` were drafted by another run meanwhile, ``excluded`` are ids of targets."""

    drafted: int
    overtaken: int
    excluded: frozenset[str]
    failures: tuple[DraftFailure, ...]
    draft_ids: tuple[str, ...] = ()


def store(
    connection: sa.Connection,
    origin: Origin,
    batch: Sequence[Target],
    written: Sequence[Written],
) -> Stored:
    """Keep drafts, revisions and failures of a batch of targets.

    Targets are held, so two runs over one campaign never draft the same mail twice;
    those suppressed or merged into another meanwhile are excluded instead. A target with a draft stays what it
    was: it may have been written to, and approval and sending check again anyway. A later mail is kept only where
    the sequence still stands at it.
    """
    ids = [target.id for target in batch]
    held = [row for row in targets.lock(connection, origin.workspace_id, ids) if row["status"] == "active"]
    there = drafts.existing(connection, origin.workspace_id, ids, step=origin.step)
    active = _active(connection, origin, held, {target_id for target_id, _variant in there})
    due = [item for item in written if item.request.target.id in active]
    fresh = [item for item in due if (item.request.target.id, item.request.variant) not in there]
    texts = [(item.request, item.outcome) for item in fresh if isinstance(item.outcome, DraftText)]
    failures = tuple(item.outcome for item in fresh if isinstance(item.outcome, DraftFailure))
    rows = [_rows(origin, request, text) for request, text in texts]
    drafts.insert(connection, [row for row, _ in rows], [revision for _, revision in rows])
    stages = [stage for (row, _), (_, text) in zip(rows, texts, strict=True) for stage in stage_rows(origin, row["id"], 1, text)]
    writing.add_stages(connection, stages)
    tried = [(item.request.target.id, item.request.variant) for item in written]
    failed = [_failure_row(origin, failure) for failure in failures]
    drafts.replace_failures(connection, origin.workspace_id, tried, failed, step=origin.step)
    made = tuple(row["id"] for row, _ in rows)
    return Stored(len(texts), len(due) - len(fresh), frozenset(set(ids) - active), failures, made)


def _active(connection: sa.Connection, origin: Origin, held: Sequence[Any], drafted: set[str]) -> set[str]:
    """Return those of the targets held that may be written to now; before a first mail the others leave the campaign."""
    pairs = [(row["recipient"], row["company_id"]) for row in held]
    reasons = suppressions.find_many(connection, origin.workspace_id, pairs)
    suppressed = {row["id"] for row, reason in zip(held, reasons, strict=True) if reason}
    merged = merges.merged(connection, origin.workspace_id, "contact", {row["contact_id"] for row in held})
    folded = {row["id"] for row in held if row["contact_id"] in merged} - suppressed
    active = {row["id"] for row in held} - suppressed - folded
    if origin.step == 1:
        for reason, out in (("suppressed", suppressed), ("merged", folded)):
            if undrafted := sorted(out - drafted):
                targets.exclude(connection, origin.workspace_id, undrafted, reason=reason, at=origin.at)
    elif origin.step < enrolments.FIRST_ANSWER:
        active &= targets.standing(connection, origin.workspace_id, active, step=origin.step)
    return active


def stage_rows(origin: Origin, draft_id: str, revision: int, text: DraftText) -> list[dict[str, Any]]:
    """Return the rows of what the stages of one text put out."""
    shared = {"workspace_id": origin.workspace_id, "draft_id": draft_id, "revision_number": revision}
    shared |= {"trace_id": text.trace_id, "created_at": origin.at}
    return [
        {**shared, "position": place, "stage": each.stage, "output": each.output} for place, each in enumerate(text.outputs, 1)
    ]


def _rows(origin: Origin, request: DraftRequest, text: DraftText) -> tuple[dict[str, Any], dict[str, Any]]:
    target, draft_id = request.target, new_id()
    named = content_hash(text.subject, text.body, target.recipient or "", mailbox_policy(request.mailbox))
    shared = {"workspace_id": origin.workspace_id, "content_hash": named, "created_at": origin.at}
    draft = shared | {
        "id": draft_id,
        "campaign_id": origin.campaign_id,
        "target_id": target.id,
        "contact_id": target.contact_id,
        "step": origin.step,
        "inbound_message_id": origin.answers,
        "variant": request.variant,
        "language": text.language,
        "drafter": origin.drafter,
        "status": "drafted",
        "current_revision": 1,
        "warnings": [asdict(warning) for warning in text.warnings],
        "updated_at": origin.at,
    }
    revision = shared | {
        "id": new_id(),
        "draft_id": draft_id,
        "number": 1,
        "subject": text.subject,
        "body": text.body,
        "author": f"drafter:{origin.drafter}",
        "pack_version_id": origin.pack_version_id,
    }
    return draft, revision


def _failure_row(origin: Origin, failure: DraftFailure) -> dict[str, Any]:
    known = {"id": new_id(), "workspace_id": origin.workspace_id, "campaign_id": origin.campaign_id, "created_at": origin.at}
    return known | {
        "target_id": failure.target_id,
        "step": failure.step,
        "variant": failure.variant,
        "reason_code": failure.reason_code,
        "reason": failure.reason,
    }
