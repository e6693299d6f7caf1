"""A campaign is completed when nobody in it can be written to any more, and nothing waits for a person."""

from __future__ import annotations

from gtm_pipelines.campaigns.model import check_transition
from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.model import IN_FLIGHT, SETTLED, WAITING, MessageState, Plan, PlanRow
from gtm_pipelines.delivery.planning import Planning
from gtm_pipelines.record import campaigns, enrolments
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

FINAL_RULES = ("target.excluded", "suppressed.", "contact.do_not_contact", "contact.merged", "draft.rejected", "sequence.stopped")
"""Rules after which nothing is left to do for a person; all others can be mended or pass with time."""
_OPEN = (*WAITING, *IN_FLIGHT, MessageState.UNKNOWN)


def over(plan: Plan) -> bool:
    """Whether a plan leaves nothing to send, to approve, to mend or to settle."""
    return all(_settled(row) for row in plan.rows)


def _settled(row: PlanRow) -> bool:
    if row.rule:
        return row.rule.startswith(FINAL_RULES)
    voided = row.state == MessageState.FAILED and (row.reason or "").startswith("approval.")
    return row.state in SETTLED and not voided


def complete(record: Record, clock: Clock, planning: Planning, campaign_id: str | None = None) -> list[str]:
    """Pass released campaigns that are over to ``completed``; return their ids.

    Args:
        record: the record.
        clock: tells when.
        planning: says who would still be written to.
        campaign_id: look at this campaign only; at all that are sending if absent.
    """
    with record.read() as connection:
        sending = [row["id"] for row in campaigns.page(connection, record.workspace_id, status="sending")]
        counts = {key: campaigns.message_counts(connection, record.workspace_id, key) for key in sending}
        open_ = {key: enrolments.waiting(connection, record.workspace_id, key, at=clock.now()) for key in sending}
    settled = [key for key in sending if counts[key] and not open_[key] and not any(counts[key].get(state) for state in _OPEN)]
    return [key for key in settled if campaign_id in (None, key) and over(planning.plan(key)) and _pass(record, clock, key)]


def _pass(record: Record, clock: Clock, campaign_id: str) -> bool:
    workspace_id, now = record.workspace_id, clock.now()
    with record.write() as connection:
        held = campaigns.find(connection, workspace_id, campaign_id, lock=True)
        if held is None or held["status"] != "sending":
            return False
        check_transition(held["status"], "completed")
        campaigns.set_status(connection, workspace_id, campaign_id, "completed", at=now, released_at=held["released_at"])
        add_audit(
            connection, workspace_id, actor="system", action="campaign.advance", subject_type="campaign",
            subject_id=campaign_id, at=now, detail={"from": "sending", "to": "completed"},
        )  # fmt: skip
    return True
