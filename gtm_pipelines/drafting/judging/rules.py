"""A judge without a model: it counts what rules found. It knows nothing of whether a mail is any good, and says so.

Of the ten points of the judge's rubric it gives those that can be counted; quality is their mean, risk the worst.
The figures are our choice: they put drafts in an order in which a person reads them, and claim no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm_pipelines.drafting.checks.guard import own_text
from gtm_pipelines.drafting.checks.reading import Reading, measure
from gtm_pipelines.drafting.evidence import Finding, Grounding, Judgement, Material

NAME = "rules-1"
_RISKS: Mapping[str, Mapping[str, float]] = {
    "invented_claims": {"ungrounded.": 9, "claim.": 7, "evidence.": 2},
    "legal": {"compliance.": 10, "spam.fake_reply": 6, "recipient.": 1},
    "wrong_language": {"language.": 9, "model.": 10, "merge.": 10},
    "pressure": {"spam.": 4},
    "brand": {"forbidden.": 8},
}
"""Points of risk that a finding gives, by the beginning of its rule."""
FLAGGED = 0.4
"""Share of a point that a finding gives which only asks for a person's eyes."""


class RuleJudge:
    """Scores drafts by counting."""

    name = NAME

    async def judge(self, material: Material, grounding: Grounding, examples: Sequence[Mapping[str, str]] = ()) -> Judgement:
        """Return the judgement; ``examples`` teach it nothing."""
        return judged(material, grounding)


def judged(material: Material, grounding: Grounding) -> Judgement:
    """Return what counting makes of a draft."""
    good = _quality(material, grounding)
    quality = sum(points for points, _ in good.values()) / len(good) / 10
    risk, bad = risk_of(grounding.findings)
    return Judgement(round(quality, 4), risk, _told(good) | bad, NAME)


def risk_of(findings: Sequence[Finding]) -> tuple[float, dict[str, str]]:
    """Return what counting makes of findings: the risk, and why, point by point."""
    bad = {name: _risk(weights, findings) for name, weights in _RISKS.items()}
    return round(max(points for points, _ in bad.values()) / 10, 4), _told(bad)


def _told(points: Mapping[str, tuple[float, str]]) -> dict[str, str]:
    return {name: f"{score:.0f}/10 by counting: {why}" for name, (score, why) in points.items()}


def _risk(weights: Mapping[str, float], findings: Sequence[Finding]) -> tuple[float, str]:
    worst, why = 0.0, "nothing was found"
    for one in findings:
        full = next((points for begins, points in weights.items() if one.rule.startswith(begins)), 0.0)
        points = full if one.severity == "block" else full * FLAGGED
        if points > worst:
            worst, why = points, one.text
    return worst, why


def _quality(material: Material, grounding: Grounding) -> dict[str, tuple[float, str]]:
    text = own_text(material.body)
    read = measure(text, material.language)
    about = {name for claim in grounding.claims for name in claim.evidence_ids if not name.startswith(("sender.", "campaign."))}
    bare = sum(one.rule.startswith(("ungrounded.", "claim.")) for one in grounding.findings)
    stock = sum(one.rule.startswith(("spam.", "cliches.")) for one in grounding.findings)
    return {
        "relevance": (min(10.0, 2.0 + 3.0 * len(about)), f"it uses {len(about)} facts about the reader"),
        "grounding": (max(0.0, 10.0 - 4.0 * bare), f"{bare} statements rest on nothing"),
        "clarity": _clarity(read),
        "tone": (max(0.0, 7.0 - 2.0 * stock), f"{stock} stock phrases or signs of advertising"),
        "call_to_action": _asked(text),
    }


def _clarity(read: Reading) -> tuple[float, str]:
    ease = 50.0 if read.ease is None else max(0.0, min(100.0, read.ease))
    points = 4.0 + ease / 20 - max(0, read.words - 120) / 30 - max(0, read.longest - 25) / 5
    return max(0.0, min(10.0, points)), f"{read.words} words, the longest sentence has {read.longest}"


def _asked(text: str) -> tuple[float, str]:
    questions = text.count("?")
    points = {0: 3.0, 1: 8.0, 2: 6.0}.get(questions, 4.0)
    return points, "1 question" if questions == 1 else f"{questions} questions"
