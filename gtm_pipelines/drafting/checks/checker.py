"""The checker of drafts: grounding, claims, evidence, guardrails and style in one pass, by rule alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from gtm_pipelines.drafting.checks.claims import claimed
from gtm_pipelines.drafting.checks.distinct import best, joined, outer
from gtm_pipelines.drafting.checks.grounds import Carried, ungrounded, weigh
from gtm_pipelines.drafting.checks.guard import guarded, own_text
from gtm_pipelines.drafting.checks.known import OWN
from gtm_pipelines.drafting.checks.policy import ADDRESS, sourcing
from gtm_pipelines.drafting.checks.rules import Rules
from gtm_pipelines.drafting.checks.style import styled
from gtm_pipelines.drafting.evidence import Claim, Finding, Grounding, Material, Verdict
from gtm_pipelines.ids import digest

VERSION = "rules-3"
LEAST_LETTERS = 3
"""A value shorter than this stands in a text by chance."""


class RuleChecker:
    """Finds what in a draft rests on nothing, and what else must not go out.

    Args:
        rules: lengths, forbidden words and the like.

    Attributes:
        version: of the rules with the user's choices: another choice is another version.
    """

    def __init__(self, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        chosen, usual = _choices(self._rules), _choices(Rules())
        self.version = VERSION if chosen == usual else f"{VERSION}-{digest(chosen)[:8]}"

    def check(self, material: Material, *, now: datetime) -> Grounding:
        """Return what was found; the same material and moment always give the same."""
        weighed = weigh(material)
        seen = joined((*_values(material), *_found_claims(material, weighed)))
        plain = outer(seen, seen, material)
        used = [name for claim in (*material.claims, *plain) for name in claim.evidence_ids]
        found = (
            *ungrounded(weighed), *claimed(material), *sourcing(material, used, now),
            *guarded(material, self._rules), *styled(material, self._rules),
        )  # fmt: skip
        findings = tuple(dict.fromkeys(found))
        claims = dict.fromkeys((*material.claims, *outer(plain, material.claims, material)))
        return Grounding(verdict_of(findings), tuple(claims), findings)


def _choices(rules: Rules) -> str:
    return repr([value for name, value in vars(rules).items() if name not in ("phrases", "guess")])


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """Return the gravest of some findings."""
    severities = {one.severity for one in findings}
    return "block" if "block" in severities else "flag" if severities else "clear"


def _found_claims(material: Material, weighed: Sequence[Carried]) -> Iterator[Claim]:
    """Yield the words that evidence about the recipient carries and that no claim names yet; the footer speaks of the sender."""
    said = " ".join(claim.text for claim in material.claims)
    spoken = f"{material.subject}\n{own_text(material.body)}"
    known = {one.id: one for one in material.evidence}
    for one in weighed:
        by = [known[name] for name in one.by if not name.startswith(OWN)]
        if by and one.found.text not in said and one.found.text in spoken:
            yield Claim(one.found.text, best(one.found, by))


def _values(material: Material) -> Iterator[Claim]:
    """Yield values of evidence that stand in the text word for word, as templates put them there."""
    text = own_text(material.body)
    for one in material.evidence:
        if one.id.startswith(OWN) or one.id == ADDRESS or len(one.text) < LEAST_LETTERS:
            continue
        if match := re.search(rf"(?<!\w){re.escape(one.text)}(?!\w)", text, re.I):
            yield Claim(match[0], (one.id,))
