"""What rules and a judge said of drafts, as a reviewer's list shows it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from gtm_pipelines.record import groundings, judgements
from gtm_pipelines.review.model import Scores


def scores_of(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> dict[str, Scores]:
    """Return the last word of the rules and of the newest judge on drafts as they stand, by draft."""
    ids = list(dict.fromkeys(draft_ids))
    looked = groundings.of_drafts(connection, workspace_id, ids)
    judged = judgements.of_drafts(connection, workspace_id, ids)
    found = {}
    for name in ids:
        verdict = looked[name]["verdict"] if name in looked else None
        row = judged[name][0] if judged.get(name) else None
        found[name] = Scores(verdict, row["quality"], row["risk"], dict(row["reasons"]), row["judge"]) if row else Scores(verdict)
    return found
