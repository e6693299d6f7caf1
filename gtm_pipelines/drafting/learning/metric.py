"""How good a produced draft is, from 0 to 1, and why in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gtm_pipelines.drafting.evidence import Checker, Claim, Grounding, Judge, Judgement, Material
from gtm_pipelines.drafting.learning.likeness import chrf
from gtm_pipelines.drafting.learning.task import Gold

LIKENESS, JUDGED, CHECKED = 0.5, 0.3, 0.2
"""What likeness to the person's text, the judge, and the rules weigh. Our choice: people's own words weigh most."""
FORMULA = (
    "0 where the rules block the draft or none was written; else the weighted mean of likeness to the text a person approved "
    f"(chrF2, weight {LIKENESS}; for a rejected text 1 - chrF2), the judge's quality x (1 - risk) ({JUDGED}) and the rules "
    f"(clear 1, flag 0.5; {CHECKED}); what was not measured has no weight"
)

Judging = Callable[[Material, Grounding], Judgement]
"""Asks the judge and waits."""
Waiting = Callable[[Judge, Material, Grounding], Judgement]


@dataclass(frozen=True)
class Score:
    """The score of one draft.

    Attributes:
        value: from 0 to 1.
        parts: what it is made of, by name; what was not measured is absent.
        feedback: what a writer could learn from it.
    """

    value: float
    parts: dict[str, float]
    feedback: str
    grounding: Grounding | None = None


class Metric(Protocol):
    """Whatever scores what a program produced."""

    def score(self, gold: Gold, produced: Any) -> Score:
        """Return the score of what a program produced for a case."""
        ...


@dataclass
class DraftMetric:
    """Scores drafts against what people made of the same case.

    Args:
        checker: the rules; without them nothing is blocked.
        judge: asks a judge; absent where none is asked.
        now: the moment facts are held against.
    """

    checker: Checker | None
    judge: Judging | None
    now: datetime
    _known: dict[tuple[str, str, str], Score] = field(default_factory=dict)

    def __deepcopy__(self, _memo: object) -> DraftMetric:
        return self

    def score(self, gold: Gold, produced: Any) -> Score:
        """Return the score of what a program produced for a case; the same draft is scored once."""
        subject, body = getattr(produced, "subject", None), getattr(produced, "body", None)
        if not isinstance(subject, str) or not isinstance(body, str) or not body.strip():
            return Score(0.0, {}, "No draft came of it: the answer did not have the form that was asked for.")
        key = (gold.key, subject, body)
        if key not in self._known:
            claims = tuple(one for one in getattr(produced, "claims", ()) or () if isinstance(one, Claim))
            self._known[key] = self._scored(gold, gold.case.material(subject, body, claims))
        return self._known[key]

    def _scored(self, gold: Gold, material: Material) -> Score:
        alike = chrf(f"{material.subject}\n{material.body}", f"{gold.subject}\n{gold.body}")
        parts = {"likeness": alike if gold.approved else 1 - alike}
        grounding = self.checker.check(material, now=self.now) if self.checker else None
        told = [gold.lesson]
        if grounding is not None:
            parts["checked"] = {"clear": 1.0, "flag": 0.5, "block": 0.0}[grounding.verdict]
            told += [f"The rules found: {one.text} {one.hint}".strip() for one in grounding.findings]
        if grounding is not None and grounding.verdict == "block":
            return Score(0.0, parts, "\n".join(["The rules would block this draft.", *told]), grounding)
        if self.judge is not None:
            judged = self.judge(material, grounding or Grounding("clear", material.claims, ()))
            parts["judged"] = judged.quality * (1 - judged.risk)
            told += [f"The judge on {point}: {reason}" for point, reason in judged.reasons.items()]
        return Score(_mean(parts), parts, "\n".join(one for one in told if one), grounding)


def _mean(parts: dict[str, float]) -> float:
    weights = {"likeness": LIKENESS, "judged": JUDGED, "checked": CHECKED}
    whole = sum(weights[name] for name in parts)
    return round(sum(weights[name] * value for name, value in parts.items()) / whole, 6)
