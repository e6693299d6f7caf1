"""What rules and a judge said of drafts, as a reviewer's list shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import groundings, judgements
from gtm_pipelines.review.model import Scores, Standing


def scores_of(
    connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str], standing: Mapping[str, Standing]
) -> dict[str, Scores]:
    """Return the last word of the rules and of the newest judge on drafts as they stand, by draft.

    Args:
        connection: an open transaction.
        workspace_id: whose drafts.
        draft_ids: the drafts.
        standing: what is left of it where people let findings pass, by draft.
    """
    ids = list(dict.fromkeys(draft_ids))
    looked = groundings.of_drafts(connection, workspace_id, ids)
    judged = judgements.of_drafts(connection, workspace_id, ids)
    found = {}
    for name in ids:
        left = standing.get(name)
        verdict = left.verdict if left else looked[name]["verdict"] if name in looked else None
        found[name] = _scores(verdict, judged[name][0], left) if judged.get(name) else Scores(verdict)
    return found


def _scores(verdict: str | None, row: Mapping[Any, Any], left: Standing | None) -> Scores:
    if left is None or not row["judge"].startswith(judgements.COUNTED):
        return Scores(verdict, row["quality"], row["risk"], dict(row["reasons"]), row["judge"])
    return Scores(verdict, row["quality"], left.risk, dict(row["reasons"]) | dict(left.reasons), row["judge"])
