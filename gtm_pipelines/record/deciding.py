"""Queries over how people decided: one draft read on its own, changed by hand, or many at a stroke."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import decision, revision, training_example

_WORD = ("approve", "reject")


def how(record: Record, pack: str) -> dict[str, int]:
    """Return how many drafts among a pack's examples were ``edited``, decided ``single``, or only in ``bulk``.

    Decisions of one person at one and the same moment are one act over many drafts: the record has no other mark of it.
    """
    mine = decision.c.workspace_id == record.workspace_id, decision.c.kind.in_(_WORD)
    together = (
        sa.select(decision.c.decided_by, decision.c.created_at)
        .where(*mine)
        .group_by(decision.c.decided_by, decision.c.created_at)
        .having(sa.func.count() > 1)
        .subquery()
    )
    same = decision.c.decided_by == together.c.decided_by, decision.c.created_at == together.c.created_at
    joined = decision.outerjoin(together, sa.and_(*same))
    alone = sa.select(decision.c.draft_id).select_from(joined).where(*mine, together.c.created_at.is_(None))
    by_hand = revision.c.workspace_id == record.workspace_id, revision.c.number > 1, revision.c.author.like("person:%")
    edited = sa.select(revision.c.draft_id).where(*by_hand)
    kept = training_example.c
    kind = sa.case((kept.draft_id.in_(edited), "edited"), (kept.draft_id.in_(alone), "single"), else_="bulk").label("how")
    of_pack = kept.workspace_id == record.workspace_id, kept.kind == "draft", kept.pack == pack
    each = sa.select(kind).where(*of_pack).subquery()
    with record.read() as connection:
        rows = connection.execute(sa.select(each.c.how, sa.func.count()).group_by(each.c.how)).all()
    return {"edited": 0, "single": 0, "bulk": 0} | {row[0]: int(row[1]) for row in rows}
