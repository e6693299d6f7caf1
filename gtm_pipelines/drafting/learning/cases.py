"""Facts about drafts and replies, read as examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.drafting.learning.changes import Edit, compare
from gtm_pipelines.drafting.learning.model import worth
from gtm_pipelines.record import answers, examples

Row = Mapping[str, Any]
ERASED_TEXT = "erased:"
"""How the content hash of a revision begins whose person was erased: nothing is left to learn from."""
HARMFUL = frozenset({"unsubscribe", "complaint"})


@dataclass(frozen=True)
class Facts:
    """All that is known of some drafts, by draft."""

    drafts: Sequence[Row]
    revisions: Mapping[str, list[Row]]
    decisions: Mapping[str, list[Row]]
    outcomes: Mapping[str, list[Row]]
    stages: Mapping[str, list[Row]]
    judgements: Mapping[str, list[Row]]
    groundings: Mapping[str, list[Row]]


def gather(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> Facts:
    """Read all that is known of some drafts, in seven queries."""
    of = (examples.revisions, examples.decisions, examples.outcomes, examples.stages, examples.judgements, examples.groundings)
    grouped = [_by_draft(read(connection, workspace_id, draft_ids)) for read in of]
    return Facts(examples.drafts(connection, workspace_id, draft_ids), *grouped)


def draft_examples(facts: Facts, simulated: Collection[str]) -> list[dict[str, Any]]:
    """Return an example, and a judge's case, of every draft whose latest decision stands.

    Args:
        facts: of the drafts.
        simulated: mailboxes whose answers are played and say nothing of people.
    """
    found = []
    for row in facts.drafts:
        texts = {text["number"]: text for text in facts.revisions.get(row["id"], ())}
        latest = facts.decisions[row["id"]][-1] if facts.decisions.get(row["id"]) else None
        if latest is None or latest["kind"] == "void" or 1 not in texts or latest["revision_number"] not in texts:
            continue
        first, final = texts[1], texts[latest["revision_number"]]
        if any(text["content_hash"].startswith(ERASED_TEXT) for text in texts.values()) or not first["pack"]:
            continue
        found += _of_draft(facts, row, (first, final), latest, simulated)
    return found


def _of_draft(facts: Facts, row: Row, texts: tuple[Row, Row], latest: Row, simulated: Collection[str]) -> list[dict[str, Any]]:
    first, final = texts
    by_person = str(final["author"]).startswith("person:")
    edit = compare(_mail(first), _mail(final)) if by_person else None
    outcome = _outcome(facts.outcomes.get(row["id"], ()), simulated)
    judged = _judged(facts.judgements.get(row["id"], ()), final["number"])
    labels = {
        "decision": latest["kind"],
        "reason": latest["reason"],
        "edit": _edit(edit, first, final),
        "outcome": outcome,
        "judgement": judged,
        "worth": _worth(latest, edit, outcome),
    }
    about = {
        "source_key": row["id"], "pack": first["pack"], "pack_version": first["version"], "variant": row["variant"],
        "language": row["language"], "campaign_id": row["campaign_id"], "draft_id": row["id"], "contact_id": row["contact_id"],
        "company_id": row["company_id"] or row["contact_company_id"], "address": row["recipient"],
    }  # fmt: skip
    draft = {"kind": "draft", "inputs": _inputs(facts, row), "output": _text(final), "labels": labels, **about}
    grounded = _latest_of(facts.groundings.get(row["id"], ()), 1)
    seen = draft["inputs"] | _text(first) | {"verdict": grounded["verdict"] if grounded else None}
    answer = {"decision": latest["kind"], "edited": edit is not None, "worth": labels["worth"]}
    said = labels | {"judgement": _judged(facts.judgements.get(row["id"], ()), 1)}
    return [draft, {"kind": "judge", "inputs": seen, "output": answer, "labels": said, **about}]


def reply_example(row: Row) -> dict[str, Any] | None:
    """Return the example of a reply whose class a person put right; ``None`` where its text is gone."""
    if not (row["text"] or "").strip():
        return None
    return {
        "kind": "reply", "source_key": row["id"], "pack": row["pack"] or "", "pack_version": row["version"], "variant": None,
        "language": row["language"] or "en", "campaign_id": row["campaign_id"], "draft_id": None,
        "contact_id": row["contact_id"], "company_id": row["company_id"], "address": row["from_address"],
        "inputs": {"subject": row["subject"] or "", "text": row["text"]}, "output": {"class": row["cls"]},
        "labels": {"rules": (row["detail"] or {}).get("from"), "person": row["cls"]},
    }  # fmt: skip


def _inputs(facts: Facts, row: Row) -> dict[str, Any]:
    put_out = {stage["stage"]: stage["output"] for stage in facts.stages.get(row["id"], ())}
    context = put_out.get("context") or {}
    snapshot = row["snapshot"] or {}
    return {
        "contact": snapshot.get("contact") or {},
        "company": snapshot.get("company") or {},
        "campaign": (row["campaign_settings"] or {}).get("variables") or {},
        "step": row["step"],
        "evidence": context.get("evidence") or [],
        "context": context,
    }


def _worth(latest: Row, edit: Edit | None, outcome: Row) -> float:
    counted = outcome["real"]
    return worth(
        latest["kind"],
        edited=edit is not None,
        light=edit is not None and edit.light,
        positive=counted and outcome["positive"],
        harm=counted and outcome["harm"],
    )


def _edit(edit: Edit | None, first: Row, final: Row) -> dict[str, Any] | None:
    if edit is None:
        return None
    return {
        "before": _text(first), "after": _text(final), "kinds": list(edit.kinds), "share": edit.share, "light": edit.light,
        "reason": final["reason"],
    }  # fmt: skip


def _outcome(rows: Sequence[Row], simulated: Collection[str]) -> dict[str, Any]:
    classes = sorted({row["cls"] for row in rows if row["cls"]})
    return {
        "sent": any(row["state"] in ("sent", "reconciled") for row in rows),
        "classes": classes,
        "positive": bool(set(answers.GLAD) & set(classes)),
        "harm": bool(HARMFUL & set(classes)),
        "real": not any(row["mailbox"] in simulated for row in rows),
    }


def _judged(rows: Sequence[Row], number: int) -> dict[str, Any] | None:
    row = _latest_of(rows, number)
    return None if row is None else {name: row[name] for name in ("judge", "quality", "risk", "reasons")}


def _latest_of(rows: Sequence[Row], number: int) -> Row | None:
    return next((row for row in reversed(rows) if row["revision_number"] == number), None)


def _mail(row: Row) -> tuple[str, str]:
    return row["subject"], row["body"]


def _text(row: Row) -> dict[str, Any]:
    return {"subject": row["subject"], "body": row["body"]}


def _by_draft(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["draft_id"]].append(row)
    return dict(found)
