"""Decide over a batch of drafts in one transaction: judge each, then write what is granted.

The caller's transaction holds the drafts and their targets, so of two people who
decide at once one is second and sees what the first did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import InputError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import handling, reviews, suppressions, targets
from gtm_pipelines.record.audit import add_audit_rows, audit_row
from gtm_pipelines.review.meetings import meeting_objection
from gtm_pipelines.review.model import Checks, Refusal, check_text
from gtm_pipelines.review.view import Mailboxes, hash_now, holds

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Desk:
    """One transaction in which a person decides."""

    connection: sa.Connection
    workspace_id: str
    mailboxes: Mailboxes
    by: str
    at: datetime
    checks: Checks | None = None


@dataclass
class Outcome:
    """What became of a batch."""

    done: int = 0
    already: int = 0
    voided: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, draft_id: str, rule: str, reason: str) -> None:
        """Note that a draft was not touched, and why."""
        self.refused.append(Refusal(draft_id, rule, reason))


def load(desk: Desk, draft_ids: Sequence[str], outcome: Outcome) -> list[Row]:
    """Hold and return drafts, each once; unknown ids are refused."""
    wanted = list(dict.fromkeys(draft_ids))
    reviews.lock(desk.connection, desk.workspace_id, wanted)
    rows = {row["id"]: row for row in reviews.get(desk.connection, desk.workspace_id, wanted)}
    for draft_id in wanted:
        if draft_id not in rows:
            outcome.refuse(draft_id, "draft.unknown", "There is no such draft. List the drafts again.")
    return [rows[draft_id] for draft_id in wanted if draft_id in rows]


def approve(desk: Desk, draft_ids: Sequence[str], seen: Mapping[str, str]) -> Outcome:
    """Approve drafts of one batch, each at its present content."""
    outcome = Outcome()
    rows = load(desk, draft_ids, outcome)
    target_ids = [row["target_id"] for row in rows]
    queued = reviews.queued(desk.connection, desk.workspace_id, target_ids)
    suppressed = _suppressed(desk, rows)
    unfounded = desk.checks.objections(desk.connection, [row["id"] for row in rows], desk.at) if desk.checks else {}
    granted = []
    for row in _one_variant(rows, outcome):
        made = queued.get((row["target_id"], row["step"]))
        current = hash_now(row, desk.mailboxes)
        if holds(row, desk.mailboxes) and row["id"] not in suppressed:
            outcome.already += 1
        elif made is not None:
            outcome.refuse(row["id"], "approval.queued", f"A message to this contact is already {made['state']}.")
        elif reason := _objection(row, current, seen.get(row["id"]), suppressed.get(row["id"]), desk.mailboxes):
            outcome.refuse(row["id"], *reason)
        elif told := unfounded.get(row["id"]):
            outcome.refuse(row["id"], "grounding.blocked", told)
        elif told := meeting_objection(desk.connection, desk.workspace_id, row, desk.at):
            outcome.refuse(row["id"], "meeting", told)
        else:
            granted.append((row, str(current)))
    _exclude(desk, [row for row in rows if row["id"] in suppressed and row["target_status"] == "active"])
    _void_others(desk, [row for row, _ in granted], outcome)
    _grant(desk, granted)
    outcome.done = len(granted)
    return outcome


def reject(desk: Desk, draft_ids: Sequence[str], reason: str) -> Outcome:
    """Reject drafts of one batch."""
    outcome = Outcome()
    granted = []
    for row in load(desk, draft_ids, outcome):
        if row["message_state"] is not None:
            outcome.refuse(row["id"], "approval.queued", f"A message from this draft is already {row['message_state']}.")
        elif row["status"] == "rejected":
            outcome.already += 1
        else:
            granted.append(row)
    write(desk, [(row, "reject", row["content_hash"], reason) for row in granted])
    reviews.set_status(desk.connection, desk.workspace_id, [row["id"] for row in granted], "rejected", at=desk.at)
    outcome.done = len(granted)
    return outcome


def take_back(desk: Desk, draft_ids: Sequence[str], since: datetime) -> Outcome:
    """Take back what the person at the desk decided from a moment on about drafts of one batch."""
    outcome = Outcome()
    granted = []
    for row in load(desk, draft_ids, outcome):
        if row["message_state"] is not None:
            outcome.refuse(row["id"], "approval.queued", f"A message from this draft is already {row['message_state']}.")
        elif row["status"] == "drafted" or row["decided_by"] != desk.by or row["decided_at"] < since:
            outcome.already += 1
        else:
            granted.append(row)
    void(desk, granted, "taken back")
    outcome.done = len(granted)
    return outcome


def exclude(desk: Desk, draft_ids: Sequence[str], reason: str) -> Outcome:
    """Take the targets of drafts out of the campaign and void what was approved for them."""
    outcome = Outcome()
    rows = load(desk, draft_ids, outcome)
    queued = reviews.queued(desk.connection, desk.workspace_id, [row["target_id"] for row in rows])
    held = {target_id: made["state"] for (target_id, _), made in queued.items()}
    granted = []
    for row in rows:
        if row["target_id"] in held:
            outcome.refuse(row["id"], "approval.queued", f"A message to this contact is already {held[row['target_id']]}.")
        elif row["target_status"] != "active":
            outcome.already += 1
        else:
            granted.append(row)
    ids = sorted({row["target_id"] for row in granted})
    targets.exclude(desk.connection, desk.workspace_id, ids, reason="excluded_by_person", at=desk.at)
    approved = [row for row in reviews.siblings(desk.connection, desk.workspace_id, ids) if row["status"] == "approved"]
    void(desk, approved, "the contact was excluded")
    acts = [_act(desk, "target.exclude", "target", target_id, {"reason": reason}) for target_id in ids]
    add_audit_rows(desk.connection, acts)
    outcome.done = len(granted)
    return outcome


def void(desk: Desk, rows: Sequence[Row], reason: str) -> None:
    """Take decisions back; the drafts wait for review again."""
    write(desk, [(row, "void", row["content_hash"], reason) for row in rows])
    reviews.set_status(desk.connection, desk.workspace_id, [row["id"] for row in rows], "drafted", at=desk.at)


def write(desk: Desk, decided: Iterable[tuple[Row, str, str, str | None]]) -> None:
    """Add decisions, each with its audit event."""
    decisions, acts = [], []
    for row, kind, named, reason in decided:
        decisions.append(
            {
                "id": new_id(),
                "workspace_id": desk.workspace_id,
                "draft_id": row["id"],
                "revision_number": row["current_revision"],
                "kind": kind,
                "content_hash": named,
                "decided_by": desk.by,
                "reason": reason,
                "created_at": desk.at,
            }
        )
        detail = {"revision": row["current_revision"], "content_hash": named, "reason": reason}
        acts.append(_act(desk, f"draft.{kind}", "draft", row["id"], detail))
    reviews.add_decisions(desk.connection, decisions)
    add_audit_rows(desk.connection, acts)


def _act(desk: Desk, action: str, subject_type: str, subject_id: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    shared = {"actor": desk.by, "action": action, "subject_type": subject_type, "subject_id": subject_id}
    return audit_row(desk.workspace_id, **shared, at=desk.at, detail=detail)


def _one_variant(rows: Sequence[Row], outcome: Outcome) -> list[Row]:
    """Of several variants of one mail keep the recommended one, else the first; refuse the rest."""
    chosen: dict[tuple[str, int], Row] = {}
    for row in rows:
        key = row["target_id"], row["step"]
        if key not in chosen or row["variant"] == row["recommended_variant"]:
            chosen[key] = row
    for row in rows:
        if chosen[row["target_id"], row["step"]] is not row:
            outcome.refuse(row["id"], "approval.two_variants", "Another variant for the same contact was chosen with it.")
    return list(chosen.values())


def _objection(
    row: Row, current: str | None, seen: str | None, suppressed: str | None, mailboxes: Mailboxes
) -> tuple[str, str] | None:
    """Return the rule that forbids approving a draft and why, or ``None``."""
    if row["campaign_status"] == "archived":
        return "campaign.over", f"The campaign is {row['campaign_status']}."
    if suppressed:
        return "target.suppressed", f"This contact must not be written to ({suppressed})."
    if row["do_not_contact"]:
        return "target.do_not_contact", "This contact was marked not to be contacted since the campaign was made."
    if row["target_status"] != "active":
        return "target.excluded", f"The contact was left out of the campaign ({row['target_reason']})."
    if current is None:
        return "mailbox.unknown", f"Mailbox '{row['mailbox']}' is not configured. Add it to gtm.toml again."
    if seen is not None and seen not in (current, row["content_hash"]):
        return "approval.stale", "The text is not the one you looked at any more. Read it again, then approve."
    return _text_objection(row, mailboxes[row["mailbox"]].postal_address)


def _text_objection(row: Row, postal_address: str) -> tuple[str, str] | None:
    try:
        check_text(row["subject"], row["body"])
    except InputError as error:
        return "text.unsafe", str(error)
    address = " ".join(postal_address.split())
    if not address:
        return "footer.postal_address", f"Set postal_address of mailbox '{row['mailbox']}' and draft again: the law asks for it."
    if address not in " ".join(row["body"].split()):
        return "footer.postal_address", "The mail does not show the sender's postal address. Put it back at the end."
    return None


def _suppressed(desk: Desk, rows: Sequence[Row]) -> dict[str, str]:
    pairs = [(row["recipient"], row["company_id"]) for row in rows]
    reasons = suppressions.find_many(desk.connection, desk.workspace_id, pairs)
    return {row["id"]: reason for row, reason in zip(rows, reasons, strict=True) if reason}


def _exclude(desk: Desk, rows: Sequence[Row]) -> None:
    """Take targets found suppressed out of the campaign, with whatever was approved for them."""
    ids = sorted({row["target_id"] for row in rows})
    if not ids:
        return
    targets.exclude(desk.connection, desk.workspace_id, ids, reason="suppressed", at=desk.at)
    approved = [row for row in reviews.siblings(desk.connection, desk.workspace_id, ids) if row["status"] == "approved"]
    void(desk, approved, "the contact is suppressed")


def _void_others(desk: Desk, granted: Sequence[Row], outcome: Outcome) -> None:
    mine = {row["id"] for row in granted}
    mails = {(row["target_id"], row["step"]) for row in granted}
    found = reviews.siblings(desk.connection, desk.workspace_id, [row["target_id"] for row in granted])
    others = [
        row for row in found if row["status"] == "approved" and row["id"] not in mine and (row["target_id"], row["step"]) in mails
    ]
    void(desk, others, "another variant was approved")
    outcome.voided = len(others)


def _grant(desk: Desk, granted: Sequence[tuple[Row, str]]) -> None:
    for row, current in granted:
        if current != row["content_hash"]:
            reviews.set_content(desk.connection, desk.workspace_id, row["id"], {"content_hash": current})
    write(desk, [(row, "approve", current, None) for row, current in granted])
    reviews.set_status(desk.connection, desk.workspace_id, [row["id"] for row, _ in granted], "approved", at=desk.at)
    answered = [row["inbound_message_id"] for row, _ in granted if row["inbound_message_id"]]
    handling.answer(desk.connection, desk.workspace_id, answered, at=desk.at)
