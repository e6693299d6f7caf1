"""The stages of writing and judging: what a model is given at each, and what it must answer.

Instructions name inputs and outputs in backticks and never hold their values: what is
known of a person reaches a model as data only, never as part of what it is told to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gtm_pipelines.packs.manifest import Kind


@dataclass(frozen=True)
class Stage:
    """What a stage's part may name.

    Attributes:
        needs: inputs it must declare.
        may: inputs it may declare beside.
        answers: outputs, all of which it declares.
    """

    needs: frozenset[str]
    may: frozenset[str]
    answers: frozenset[str]

    @property
    def inputs(self) -> frozenset[str]:
        """Every input a part of this stage may declare."""
        return self.needs | self.may


_PLAN = Stage(
    needs=frozenset({"recipient", "evidence", "offer"}),
    may=frozenset({"language", "occasion", "previous", "message", "voice"}),
    answers=frozenset({"angle", "evidence_ids", "call_to_action"}),
)
_WRITE = Stage(
    needs=frozenset({"recipient", "evidence", "offer", "plan", "language"}),
    may=frozenset({"occasion", "previous", "message", "voice", "limits"}),
    answers=frozenset({"subject", "body", "claims"}),
)
_REFINE = Stage(
    needs=frozenset({"draft", "evidence", "findings", "language"}),
    may=frozenset({"recipient", "offer", "plan", "instruction", "occasion", "previous", "message", "voice", "limits"}),
    answers=frozenset({"subject", "body", "claims"}),
)
_JUDGE = Stage(
    needs=frozenset({"subject", "body", "evidence", "findings", "language"}),
    may=frozenset({"recipient", "offer", "claims", "message", "previous", "rubric"}),
    answers=frozenset({"points", "reasons"}),
)
_WRITING: Mapping[str, Stage] = {"plan": _PLAN, "write": _WRITE, "refine": _REFINE}
STAGES: Mapping[Kind, Mapping[str, Stage]] = {"mail": _WRITING, "reply": _WRITING, "judge": {"judge": _JUDGE}}
"""The stages of each kind of pack, in their order."""

MEANINGS: Mapping[str, str] = {
    "recipient": "the names and the position of the person and company written to",
    "evidence": "what is known, each with an id: the only ground of any claim",
    "offer": "what the sender offers and asks, from the campaign",
    "language": "the language of the mail",
    "occasion": "which variant is written, and what for",
    "previous": "earlier mails of the sender to this person",
    "message": "what the other side wrote",
    "voice": "how the sender writes, from samples",
    "limits": "the lengths the pack allows",
    "plan": "what was planned",
    "subject": "the subject line",
    "body": "the text between greeting and signature",
    "claims": "every stated fact with the ids it rests on",
    "draft": "subject, body and claims as they are",
    "findings": "what rules and the judge found in the draft",
    "instruction": "what a person asked to change",
    "angle": "the one thought the mail is built on",
    "evidence_ids": "the ids of the evidence to use",
    "call_to_action": "the one thing the reader is asked to do",
    "rubric": "the points to score, and what scores look like",
    "points": "a score from 0 to 10 for every point of the rubric",
    "reasons": "one sentence for every score",
}
"""What each input and output is."""
