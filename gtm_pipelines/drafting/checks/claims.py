"""Claims that a draft makes of its own accord: each names evidence, and what it names tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gtm_pipelines.drafting.checks.find import stated
from gtm_pipelines.drafting.checks.known import ALLOWED, RECIPIENT, Carrier, carriers
from gtm_pipelines.drafting.checks.likeness import akin
from gtm_pipelines.drafting.evidence import Claim, Finding, Material


def claimed(material: Material) -> Iterator[Finding]:
    """Yield what is wrong with the claims of a draft."""
    if not material.claims:
        return
    known = carriers(material)
    by_id = {one.id: one for one in known}
    for claim in material.claims:
        start = material.body.find(claim.text)
        at = (start, start + len(claim.text)) if start >= 0 else (None, None)
        for rule, severity, text, hint in _faults(claim, known, [by_id[name] for name in claim.evidence_ids if name in by_id]):
            yield Finding(rule, severity, text, hint, *at)  # type: ignore[arg-type]


def _faults(claim: Claim, known: Sequence[Carrier], cited: Sequence[Carrier]) -> Iterator[tuple[str, str, str, str]]:
    words = claim.text[:80]
    if not claim.evidence_ids:
        yield "claim.no_evidence", "block", f"'{words}' names no evidence", "Name the evidence it rests on, or take it out."
        return
    if not cited:
        yield "claim.unknown_evidence", "block", f"'{words}' names evidence that is not there", "Name evidence that was given."
        return
    free = [one for one in known if one.id in (ALLOWED, RECIPIENT)]
    carried = 0
    for one in stated(claim.text):
        if any(each.carries(one) for each in cited):
            carried += 1
        elif any(each.carries(one) for each in known if each not in free):
            yield "claim.other_evidence", "flag", f"'{one.text}' stands in other evidence than '{words}' names", "Name that one."
        elif not any(each.carries(one) for each in free):
            said = f"'{one.text}' stands in nothing that '{words}' names"
            yield "claim.unsupported", "block", said, "Say what the evidence says."
    if not carried and not akin(claim.text, " ".join(one.text for one in cited)):
        yield "claim.weak", "flag", f"'{words}' has no word in common with what it names", "Check that the evidence says so."
