"""Queries over how drafts came to be: what each stage put out, what was known, and what an instruction made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import merges
from gtm_pipelines.record.tables import draft, draft_failure, draft_stage, insight, interaction, rewrite, rewrite_item, target
from gtm_pipelines.record.upsert import among


def add_stages(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what stages put out."""
    if rows:
        connection.execute(sa.insert(draft_stage), [{"id": new_id(), **row} for row in rows])


def stages(connection: sa.Connection, workspace_id: str, draft_id: str, revision: int | None = None) -> list[sa.RowMapping]:
    """Return what the stages of a draft put out, of one revision or all, in order."""
    mine = [draft_stage.c.workspace_id == workspace_id, draft_stage.c.draft_id == draft_id]
    mine += [draft_stage.c.revision_number == revision] if revision is not None else []
    query = sa.select(draft_stage).where(*mine).order_by(draft_stage.c.revision_number, draft_stage.c.position)
    return list(connection.execute(query).mappings())


def stages_of(connection: sa.Connection, workspace_id: str, draft_ids: Iterable[str]) -> dict[str, list[sa.RowMapping]]:
    """Return what the stages of many drafts put out, of all revisions, in order, by draft."""
    mine = draft_stage.c.workspace_id == workspace_id, among(connection, draft_stage.c.draft_id, list(draft_ids))
    order = draft_stage.c.draft_id, draft_stage.c.revision_number, draft_stage.c.position
    found: dict[str, list[sa.RowMapping]] = {}
    for row in connection.execute(sa.select(draft_stage).where(*mine).order_by(*order)).mappings():
        found.setdefault(row["draft_id"], []).append(row)
    return found


def calls(connection: sa.Connection, workspace_id: str, traces: Iterable[str]) -> list[sa.RowMapping]:
    """Return the calls of some traces, without what was asked and answered."""
    names = ("purpose", "provider", "model", "input_tokens", "output_tokens", "cost_usd", "latency_ms", "error_code", "cached")
    query = sa.select(*(interaction.c[name] for name in ("trace_id", *names, "created_at")))
    mine = interaction.c.workspace_id == workspace_id, interaction.c.trace_id.in_(list(traces))
    return list(connection.execute(query.where(*mine).order_by(interaction.c.id)).mappings())


def cost(connection: sa.Connection, workspace_id: str, run_id: str) -> sa.RowMapping:
    """Return what the calls of a run come to: ``calls``, ``cached``, ``cost_usd``, ``input_tokens``, ``output_tokens``."""
    sums = [
        sa.func.coalesce(sa.func.sum(interaction.c[name]), 0).label(name)
        for name in ("cost_usd", "input_tokens", "output_tokens")
    ]
    kept = sa.func.coalesce(sa.func.sum(sa.case((interaction.c.cached, 1), else_=0)), 0).label("cached")
    columns = (sa.func.count().label("calls"), kept, *sums)
    mine = interaction.c.workspace_id == workspace_id, interaction.c.run_id == run_id
    return connection.execute(sa.select(*columns).where(*mine)).mappings().one()


def failures(connection: sa.Connection, workspace_id: str, campaign_id: str) -> list[sa.RowMapping]:
    """Return what could not be drafted and why, oldest first."""
    mine = draft_failure.c.workspace_id == workspace_id, draft_failure.c.campaign_id == campaign_id
    query = sa.select(draft_failure, target.c.contact_id).join(target, target.c.id == draft_failure.c.target_id)
    return list(connection.execute(query.where(*mine).order_by(draft_failure.c.id)).mappings())


def insights(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> dict[str, sa.RowMapping]:
    """Return the newest insight about each company or contact, or about one merged with it."""
    wanted = list(ids)
    kin = merges.relatives(connection, workspace_id, kind, wanted)
    owner = {member: one for one in wanted for member in (one, *kin.get(one, ()))}
    query = sa.select(insight).where(
        insight.c.workspace_id == workspace_id, insight.c.subject_type == kind,
        among(connection, insight.c.subject_id, list(owner)),
    )  # fmt: skip
    return {owner[row["subject_id"]]: row for row in connection.execute(query.order_by(insight.c.id)).mappings()}


def add_rewrite(connection: sa.Connection, values: Mapping[str, Any], chosen: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Write down an instruction and the drafts it is for."""
    connection.execute(sa.insert(rewrite).values(**values, created_at=at))
    shared = {"workspace_id": values["workspace_id"], "rewrite_id": values["id"], "status": "asked", "claims": []}
    shared["created_at"] = at
    connection.execute(sa.insert(rewrite_item), [{"id": new_id(), **shared, **one} for one in chosen])


def get_rewrite(connection: sa.Connection, workspace_id: str, rewrite_id: str, *, lock: bool = False) -> sa.RowMapping | None:
    """Return an instruction by id, held until the transaction ends where ``lock`` says so."""
    query = sa.select(rewrite).where(rewrite.c.workspace_id == workspace_id, rewrite.c.id == rewrite_id)
    return connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()


def rewrites(connection: sa.Connection, workspace_id: str, campaign_id: str) -> list[sa.RowMapping]:
    """Return the instructions of a campaign, newest first."""
    mine = rewrite.c.workspace_id == workspace_id, rewrite.c.campaign_id == campaign_id
    return list(connection.execute(sa.select(rewrite).where(*mine).order_by(rewrite.c.id.desc())).mappings())


def rewrite_items(connection: sa.Connection, workspace_id: str, rewrite_id: str) -> list[sa.RowMapping]:
    """Return what an instruction made of its drafts, with each draft's present revision."""
    query = sa.select(rewrite_item, draft.c.current_revision).join(draft, draft.c.id == rewrite_item.c.draft_id)
    mine = rewrite_item.c.workspace_id == workspace_id, rewrite_item.c.rewrite_id == rewrite_id
    return list(connection.execute(query.where(*mine).order_by(rewrite_item.c.id)).mappings())


def set_rewrite(connection: sa.Connection, workspace_id: str, rewrite_id: str, values: Mapping[str, Any]) -> None:
    """Change where an instruction stands."""
    mine = sa.update(rewrite).where(rewrite.c.workspace_id == workspace_id, rewrite.c.id == rewrite_id)
    connection.execute(mine.values(**values))


def set_item(connection: sa.Connection, workspace_id: str, item_id: str, values: Mapping[str, Any]) -> None:
    """Change what became of one draft under an instruction."""
    mine = sa.update(rewrite_item).where(rewrite_item.c.workspace_id == workspace_id, rewrite_item.c.id == item_id)
    connection.execute(mine.values(**values))
