"""A judge without a model: it counts what rules found. It knows nothing of whether a mail is any good, and says so.

Of the ten points of the judge's rubric it gives those that can be counted; quality is their mean, risk the worst.
The figures are our choice: they put drafts in an order in which a person reads them, and claim no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm_pipelines.drafting.checks.guard import own_text
from gtm_pipelines.drafting.checks.reading import Reading, measure
from gtm_pipelines.drafting.evidence import Finding, Grounding, Judgement, Material

NAME = "rules-2"
_RISKS: Mapping[str, Mapping[str, float]] = {
    "invented_claims": {"ungrounded.": 9, "claim.": 7, "evidence.": 2},
    "legal": {"compliance.": 10, "spam.fake_reply": 6, "recipient.": 1},
    "wrong_language": {"language.": 9, "model.": 10, "merge.": 10},
    "pressure": {"spam.": 4},
    "brand": {"forbidden.": 8},
}
"""Points of risk that a finding gives, by the beginning of its rule."""
FLAGGED, LEAST_RISK = 0.4, 1.0
"""Share of its points that a finding gives which only asks for a person's eyes, and the least that any finding gives."""
BARE, FACT, NAMED = 2.0, 2.5, 1.0
"""Points of relevance of any mail, of each fact about the reader, and of calling them or their company by name."""
CLEAREST, CALMEST, ASKING = 9.0, 7.0, 8.0
"""Most that counting gives where a reader would have to judge: clarity, tone, and what is asked."""
MOST_WORDS, LONG_SENTENCE = 120, 25
_CALLED = frozenset("name full_name first_name last_name short_name legal_name company_name legal_form domain website".split())
"""Fields that name the reader or their company and say nothing of them."""
_OTHERS = ("sender.", "campaign.", "pack.")


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
    scale = {name: (points, f"no risk, {why}" if not points else f"0 is best; {why}") for name, (points, why) in bad.items()}
    return round(max(points for points, _ in bad.values()) / 10, 4), _told(scale)


def _told(points: Mapping[str, tuple[float, str]]) -> dict[str, str]:
    return {name: f"{round(score, 1):g}/10 by counting: {why}" for name, (score, why) in points.items()}


def _risk(weights: Mapping[str, float], findings: Sequence[Finding]) -> tuple[float, str]:
    worst, why = 0.0, "nothing was found"
    for one in findings:
        full = next((points for begins, points in weights.items() if one.rule.startswith(begins)), 0.0)
        points = full if one.severity == "block" else max(full * FLAGGED, LEAST_RISK if full else 0.0)
        if points > worst:
            worst, why = points, one.text
    return worst, why


def _quality(material: Material, grounding: Grounding) -> dict[str, tuple[float, str]]:
    text = own_text(material.body)
    bare = sum(one.rule.startswith(("ungrounded.", "claim.")) for one in grounding.findings)
    stock = sum(one.rule.startswith(("spam.", "cliches.")) for one in grounding.findings)
    return {
        "relevance": _relevance(material, grounding),
        "grounding": _less(10.0, {f"{_many(bare, 'statement')} that nothing bears out": 4.0 * bare}),
        "clarity": _clarity(measure(text, material.language)),
        "tone": _less(CALMEST, {f"{_many(stock, 'stock phrase')} or the like": 2.0 * stock}),
        "call_to_action": _asked(text),
    }


def _relevance(material: Material, grounding: Grounding) -> tuple[float, str]:
    """Return points for what a mail says of its reader: a claim is one fact, that of the evidence that says it best."""
    fields = {one.id: one.field for one in material.evidence}
    told = [claim.evidence_ids if claim in material.claims else claim.evidence_ids[:1] for claim in grounding.claims]
    ids = dict.fromkeys(name for names in told for name in names if not name.startswith(_OTHERS))
    facts = [name for name in ids if fields.get(name) not in _CALLED]
    shown = list(dict.fromkeys(fields[name].replace("_", " ") for name in facts if name in fields))
    named = len(facts) < len(ids)
    which, called = f" ({', '.join(shown)})" if shown else "", " and a name" if named else ""
    said = f"it uses {_many(len(facts), 'fact')} about the reader{which}{called}; each fact gives {FACT:g}, a name {NAMED:g}"
    return min(10.0, BARE + FACT * len(facts) + NAMED * named), said


def _less(most: float, costs: Mapping[str, float]) -> tuple[float, str]:
    """Return what is left of the most points there are, and what cost how many."""
    lost = [f"{what}: {round(cost, 1):g} points less" for what, cost in costs.items() if cost]
    told = "; ".join(lost) or "nothing was found that costs points"
    return max(0.0, most - sum(costs.values())), told + (f"; counting gives {most:g} at most" if most < 10 else "")


def _clarity(read: Reading) -> tuple[float, str]:
    ease = 50.0 if read.ease is None else max(0.0, min(100.0, read.ease))
    known = "too short to tell its reading ease" if read.ease is None else f"reading ease {ease:.0f} of 100"
    costs = {
        known: (100 - ease) / 20,
        f"{read.words} words, more than {MOST_WORDS}": max(0, read.words - MOST_WORDS) / 30,
        f"a sentence of {read.longest} words, more than {LONG_SENTENCE}": max(0, read.longest - LONG_SENTENCE) / 5,
    }
    return _less(CLEAREST, costs)


def _asked(text: str) -> tuple[float, str]:
    questions = text.count("?")
    cost = {0: 5.0, 1: 0.0, 2: 2.0}.get(questions, 4.0)
    points, why = _less(ASKING, {"one is best": cost})
    return points, f"{_many(questions, 'question')}; {why}"


def _many(number: int, one: str, more: str | None = None) -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"
