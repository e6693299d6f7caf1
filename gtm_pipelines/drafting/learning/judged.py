"""A judge's cases, and how far a judge is at one with the people who decided about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gtm_pipelines.drafting.judging.model import GOOD_QUALITY, HIGH_RISK, JudgeCase, takes
from gtm_pipelines.drafting.learning.metric import Score
from gtm_pipelines.drafting.learning.task import Gold, case_of, core

FORMULA = (
    f"1 where the judge is at one with the person who decided, else 0; a judge takes a draft with quality of at least "
    f"{GOOD_QUALITY} and risk below {HIGH_RISK}, a person takes one that is approved as it was written; the mean over drafts "
    "is the share of agreement"
)
LEAST_EACH = 2
"""Drafts that people took, and that they did not, on the validation side: with one kind alone any judge looks right or wrong."""


def taken(row: Mapping[str, Any]) -> bool:
    """Whether a person took the draft of an example's row of kind ``judge`` as it was written."""
    return bool(row["output"]["decision"] == "approve" and not row["output"]["edited"])


def judge_gold_of(row: Mapping[str, Any]) -> Gold:
    """Return the case of an example's row of kind ``judge``: the words that were judged, and what a person did with them."""
    inputs, case = row["inputs"], case_of(row["inputs"], row["language"], row["variant"] or "")
    text, approved = core(inputs["body"], case), taken(row)
    return Gold(
        key=row["id"], group=row["split_key"], contact_id=row["contact_id"],
        case=JudgeCase(case, inputs["subject"], text), subject=inputs["subject"], body=text, approved=approved,
        worth=float(row["output"]["worth"]), lesson=_lesson(row, approved),
    )  # fmt: skip


def _lesson(row: Mapping[str, Any], approved: bool) -> str:
    labels = row["labels"]
    if approved:
        return "A person approved this draft as it was written."
    edit = labels.get("edit")
    did = f"changed it before approving ({', '.join(edit['kinds']).replace('_', ' ')})" if edit else "rejected it"
    why = (labels.get("reason") or (edit or {}).get("reason") or "").strip()
    return f"A person did not take this draft as it was: they {did}{f', and said: {why}' if why else ''}."


@dataclass
class JudgeMetric:
    """Scores judgements by what people decided."""

    def __deepcopy__(self, _memo: object) -> JudgeMetric:
        return self

    def score(self, gold: Gold, produced: Any) -> Score:
        """Return 1 where judge and person are at one, and in words what the judge missed where they are not."""
        quality, risk = getattr(produced, "quality", None), getattr(produced, "risk", None)
        if not isinstance(quality, float) or not isinstance(risk, float):
            return Score(0.0, {}, "No judgement came of it: the answer did not have the form that was asked for.")
        would = takes(quality, risk)
        agrees = float(would == gold.approved)
        said = f"The judge gave quality {quality:.2f} and risk {risk:.2f}: it would {'take' if would else 'not take'} the draft."
        told = [gold.lesson, said, "Judge and person are at one." if agrees else "The judge was wrong about this draft."]
        told += [f"The judge on {point}: {reason}" for point, reason in produced.reasons.items()]
        return Score(agrees, {"agreement": agrees}, "\n".join(told))


def one_sided(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether people took nearly all of these drafts, or hardly any: then agreement says nothing."""
    good = sum(taken(row) for row in rows)
    return min(good, len(rows) - good) < LEAST_EACH
