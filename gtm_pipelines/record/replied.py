"""Queries for answering: what somebody wrote, whom it is from, and what was drafted in answer to it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.tables import campaign, draft, draft_stage, inbound_message, interaction, message, revision, target
from gtm_pipelines.record.threads import LEFT


def asked(connection: sa.Connection, workspace_id: str, inbound_id: str) -> sa.RowMapping | None:
    """Return one inbound message with its target and campaign, where it is known whose answer it is.

    Each row has class, language, received_at, target_id (``None`` where nobody is known), campaign_name, campaign_status,
    settings and seed.
    """
    theirs = sa.and_(target.c.campaign_id == inbound_message.c.campaign_id, target.c.contact_id == inbound_message.c.contact_id)
    query = (
        sa.select(
            inbound_message.c.id, inbound_message.c["class"], inbound_message.c.language, inbound_message.c.received_at,
            target.c.id.label("target_id"), target.c.campaign_id, campaign.c.name.label("campaign_name"),
            campaign.c.status.label("campaign_status"), campaign.c.settings, campaign.c.seed,
        )
        .outerjoin(target, theirs)
        .outerjoin(campaign, campaign.c.id == inbound_message.c.campaign_id)
        .where(inbound_message.c.workspace_id == workspace_id, inbound_message.c.id == inbound_id)
    )  # fmt: skip
    return connection.execute(query).mappings().one_or_none()


def drafted(connection: sa.Connection, workspace_id: str, inbound_id: str) -> sa.RowMapping | None:
    """Return the draft that answers an inbound message, as it stands, the latest of several; ``None`` where there is none."""
    query = (
        sa.select(
            draft.c.id, draft.c.step, draft.c.variant, draft.c.language, draft.c.status, draft.c.drafter,
            revision.c.subject, revision.c.body,
        )
        .join(revision, sa.and_(revision.c.draft_id == draft.c.id, revision.c.number == draft.c.current_revision))
        .where(draft.c.workspace_id == workspace_id, draft.c.inbound_message_id == inbound_id)
    )  # fmt: skip
    return connection.execute(query.order_by(draft.c.step.desc()).limit(1)).mappings().one_or_none()


def left(connection: sa.Connection, workspace_id: str, draft_id: str) -> bool:
    """Tell whether the message made from a draft left, or may have left."""
    mine = message.c.workspace_id == workspace_id, message.c.draft_id == draft_id, message.c.state.in_(LEFT)
    return connection.execute(sa.select(message.c.id).where(*mine).limit(1)).first() is not None


def writer(connection: sa.Connection, workspace_id: str, draft_id: str) -> str | None:
    """Return the language model that was asked last for a draft; ``None`` where none was."""
    traces = sa.select(draft_stage.c.trace_id).where(
        draft_stage.c.workspace_id == workspace_id, draft_stage.c.draft_id == draft_id
    )
    mine = interaction.c.workspace_id == workspace_id, interaction.c.trace_id.in_(traces), interaction.c.error_code.is_(None)
    return connection.execute(sa.select(interaction.c.model).where(*mine).order_by(interaction.c.id.desc()).limit(1)).scalar()


def next_step(connection: sa.Connection, workspace_id: str, target_id: str) -> int:
    """Return the step of the next answer to somebody in a campaign: 1001, 1002 and so on."""
    last = sa.func.coalesce(sa.func.max(draft.c.step), FIRST_ANSWER - 1)
    mine = draft.c.workspace_id == workspace_id, draft.c.target_id == target_id, draft.c.step >= FIRST_ANSWER
    found: Any = connection.execute(sa.select(last).where(*mine)).scalar_one()
    return int(found) + 1
