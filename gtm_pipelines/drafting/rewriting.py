"""The work behind an instruction over drafts: what is asked of a model, what is shown, what is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import content_hash, mailbox_policy
from gtm_pipelines.drafting.brief import Brief
from gtm_pipelines.drafting.evidence import Claim
from gtm_pipelines.drafting.model import DraftRefusedError, DraftRequest, DraftText
from gtm_pipelines.drafting.requests import Requests
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import groundings, reviews, writing
from gtm_pipelines.record.audit import add_audit_rows, audit_row
from gtm_pipelines.settings import MailboxSettings

if TYPE_CHECKING:
    from gtm_pipelines.drafting.programs.writer import ModelDrafter

PURPOSE = "rewrite"
Keep = Callable[[Sequence[tuple["Held", dict[str, Any]]]], None]


@dataclass(frozen=True)
class Rewrite:
    """One instruction over chosen drafts. ``status``: writing, previewed, kept, dropped."""

    id: str
    campaign_id: str
    instruction: str
    status: str
    requested_by: str
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Rewrite:
        """Return a row of ``rewrite``."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Preview:
    """One draft as it is and as the instruction would leave it.

    Attributes:
        status: asked, written, failed, kept, dropped, stale.
        subject_after, body_after: what was written; ``None`` where nothing was.
        reason: why nothing was, or why it cannot be kept.
    """

    draft_id: str
    status: str
    base_revision: int
    subject: str
    body: str
    subject_after: str | None
    body_after: str | None
    contact_name: str | None
    reason: str | None
    variant: str = ""


@dataclass(frozen=True)
class RewriteReport:
    """How many of the chosen drafts are in which state, and why some are not written."""

    rewrite_id: str
    status: str
    items: Mapping[str, int]
    reasons: Mapping[str, str]
    stopped: str | None = None


@dataclass(frozen=True)
class Held:
    """One draft to be rewritten, as it stood when it was chosen."""

    item_id: str
    draft_id: str
    request: DraftRequest
    subject: str
    body: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Desk:
    """One transaction in which a person keeps what was written."""

    connection: sa.Connection
    workspace_id: str
    mailboxes: Mapping[str, MailboxSettings]
    by: str
    at: datetime


def held(connection: sa.Connection, workspace_id: str, rewrite_id: str, requests: Requests) -> list[Held]:
    """Return the drafts of an instruction that nobody has written yet, each with what was asked when it was written."""
    asked = [row for row in writing.rewrite_items(connection, workspace_id, rewrite_id) if row["status"] == "asked"]
    items = {item["draft_id"]: item for item in asked}
    rows = groundings.texts(connection, workspace_id, items)
    found = []
    for row, request in zip(rows, requests.of(connection, workspace_id, rows), strict=True):
        claims = _claims(connection, workspace_id, row["id"], row["body"])
        found.append(Held(items[row["id"]]["id"], row["id"], request, row["subject"], row["body"], claims))
    return found


def _claims(connection: sa.Connection, workspace_id: str, draft_id: str, body: str) -> tuple[Claim, ...]:
    told = [one for stage in writing.stages(connection, workspace_id, draft_id) for one in stage["output"].get("claims", ())]
    claims = (Claim(one["text"], tuple(one["evidence_ids"])) for one in told)
    return tuple(dict.fromkeys(one for one in claims if one.text in body))


def compose(model: ModelDrafter, brief: Brief, rewrite: Rewrite, drafts: Sequence[Held], keep: Keep) -> str | None:
    """Write each draft anew and hand it over; return why it stopped before its time, if it did."""
    from gtm_pipelines.drafting.programs.batch import Failed
    from gtm_pipelines.drafting.programs.writer import Job, text_of
    from gtm_pipelines.llm.adapter import called

    programs = {one.request.pack.content_hash: model.programs(one.request.pack) for one in drafts}

    async def work(item: tuple[Held, Job]) -> DraftText:
        one, job = item
        if isinstance(job.case, DraftRefusedError):
            raise job.case
        inner = job.case.inner(one.body)
        if inner is None:
            raise DraftRefusedError("rewrite.frame", "Greeting or signature were changed by hand; edit this draft by hand.")
        context = model.context(one.request, brief, PURPOSE, f"rewrite-{rewrite.id}")
        with called(context):
            program = programs[one.request.pack.content_hash][job.case.language]
            made = await program.rewrite(job.case, one.subject, inner, one.claims, rewrite.instruction)
        return text_of(job.case, made.composed, context.trace_id)

    async def jobs() -> AsyncIterator[tuple[Held, Job]]:
        cases = await asyncio.to_thread(model.cases, [one.request for one in drafts], model.clock.now())
        for pair in zip(drafts, cases, strict=True):
            yield pair

    def done(items: list[tuple[tuple[Held, Job], DraftText | Failed]]) -> None:
        told = [(one, _outcome(made)) for (one, _), made in items if not _stopped(made)]
        if told:
            keep(told)

    def _stopped(made: DraftText | Failed) -> bool:
        return isinstance(made, Failed) and made.reason_code in ("llm_unavailable", "llm_budget", "llm_settings")

    return asyncio.run(model.run(work, jobs(), done))


def _outcome(made: Any) -> dict[str, Any]:
    if isinstance(made, DraftText):
        claims = [asdict(one) for one in made.claims]
        texts = {"subject": made.subject, "body": made.body, "claims": claims}
        return {"status": "written", **texts, "trace_id": made.trace_id, "reason": None}
    return {"status": "failed", "reason": made.reason}


def previews(connection: sa.Connection, workspace_id: str, rewrite_id: str) -> list[Preview]:
    """Return what an instruction made of its drafts."""
    items = writing.rewrite_items(connection, workspace_id, rewrite_id)
    rows = {row["id"]: row for row in reviews.get(connection, workspace_id, [item["draft_id"] for item in items])}
    found = []
    for item in items:
        row, stale = rows[item["draft_id"]], item["status"] == "written" and item["current_revision"] != item["base_revision"]
        name = (row["snapshot"].get("contact") or {}).get("full_name")
        why = f"It was changed since, by {row['author']}." if stale else item["reason"]
        status = "stale" if stale else item["status"]
        texts = (row["subject"], row["body"], item["subject"], item["body"])
        found.append(Preview(item["draft_id"], status, item["base_revision"], *texts, name, why, row["variant"]))
    return found


def keep(desk: Desk, rewrite: Rewrite, chosen: set[str] | None) -> tuple[int, list[str]]:
    """Make what was written the new revision of its draft; return how many are still to be kept, and which were."""
    connection, workspace = desk.connection, desk.workspace_id
    items = [row for row in writing.rewrite_items(connection, workspace, rewrite.id) if row["status"] in ("asked", "written")]
    mine = [row for row in items if row["status"] == "written" and (chosen is None or row["draft_id"] in chosen)]
    ids = [item["draft_id"] for item in mine]
    reviews.lock(connection, workspace, ids)
    rows = {row["id"]: row for row in reviews.get(connection, workspace, ids)}
    kept = []
    for item in mine:
        row = rows[item["draft_id"]]
        if why := _objection(item, row, desk.mailboxes):
            writing.set_item(connection, workspace, item["id"], {"status": "stale", "reason": why})
        else:
            _revise(desk, rewrite, item, row)
            kept.append(row["id"])
    return len(items) - len(mine), kept


def _objection(item: Mapping[Any, Any], row: Mapping[Any, Any], mailboxes: Mapping[str, MailboxSettings]) -> str | None:
    if row["current_revision"] != item["base_revision"]:
        return f"It was changed since, by {row['author']}; their text stays."
    if row["message_state"] is not None:
        return f"The message is already {row['message_state']}; its text cannot be changed any more."
    return None if row["mailbox"] in mailboxes else f"Mailbox '{row['mailbox']}' is not configured."


def _revise(desk: Desk, rewrite: Rewrite, item: Mapping[Any, Any], row: Mapping[Any, Any]) -> None:
    connection, workspace, number = desk.connection, desk.workspace_id, row["current_revision"] + 1
    named = content_hash(item["subject"], item["body"], row["recipient"] or "", mailbox_policy(desk.mailboxes[row["mailbox"]]))
    shared = {"workspace_id": workspace, "draft_id": row["id"], "created_at": desk.at}
    if row["status"] != "drafted":
        void = {"id": new_id(), "revision_number": row["current_revision"], "kind": "void", "content_hash": row["content_hash"]}
        reviews.add_decisions(connection, [{**shared, **void, "decided_by": desk.by, "reason": "the text was rewritten"}])
    text = {"subject": item["subject"], "body": item["body"], "content_hash": named, "author": desk.by}
    reviews.add_revision(connection, {**shared, **text, "id": new_id(), "number": number, "reason": f"rewrite:{rewrite.id}"})
    told = {"instruction": rewrite.instruction, "subject": item["subject"], "claims": item["claims"]}
    stage = {"revision_number": number, "position": 1, "stage": "refine", "output": told, "trace_id": item["trace_id"]}
    writing.add_stages(connection, [shared | stage])
    values = {"status": "drafted", "current_revision": number, "content_hash": named, "updated_at": desk.at, "warnings": []}
    reviews.set_content(connection, workspace, row["id"], values)
    writing.set_item(connection, workspace, item["id"], {"status": "kept"})
    detail = {"revision": number, "content_hash": named, "rewrite": rewrite.id}
    act = audit_row(
        workspace, actor=desk.by, action="draft.edit", subject_type="draft", subject_id=row["id"], at=desk.at, detail=detail
    )
    add_audit_rows(connection, [act])


def report(rewrite: Rewrite, items: Sequence[Mapping[Any, Any]], stopped: str | None) -> RewriteReport:
    """Return how an instruction stands."""
    counted = dict(Counter(item["status"] for item in items))
    reasons = {item["draft_id"]: item["reason"] for item in items if item["reason"]}
    return RewriteReport(rewrite.id, rewrite.status, counted, reasons, stopped)
