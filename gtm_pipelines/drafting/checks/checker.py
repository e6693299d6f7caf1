"""The checker of drafts: grounding, claims, evidence and form in one pass, by rule alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gtm_pipelines.drafting.checks.grounds import Carried, ungrounded, weigh
from gtm_pipelines.drafting.checks.policy import sourcing
from gtm_pipelines.drafting.evidence import Claim, Finding, Grounding, Material, Verdict

VERSION = "rules-1"


class RuleChecker:
    """Finds what in a draft rests on nothing, and what else must not go out."""

    version = VERSION

    def check(self, material: Material, *, now: datetime) -> Grounding:
        """Return what was found; the same material and moment always give the same."""
        weighed = weigh(material)
        claims = (*material.claims, *_found_claims(material, weighed))
        used = [name for claim in claims for name in claim.evidence_ids]
        findings = (*ungrounded(weighed), *sourcing(material, used, now))
        return Grounding(verdict_of(findings), claims, findings)


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """Return the gravest of some findings."""
    severities = {one.severity for one in findings}
    return "block" if "block" in severities else "flag" if severities else "clear"


def _found_claims(material: Material, weighed: Sequence[Carried]) -> list[Claim]:
    """Return the stretches of a draft that evidence carries and that no claim names yet."""
    said = " ".join(claim.text for claim in material.claims)
    found = [Claim(one.found.text, one.by) for one in weighed if one.by and one.found.text not in said]
    return list(dict.fromkeys(found))
