"""How sure a document is: deterministic, section by section, from what its claims rest on.

A claim a person wrote counts 0.95; one that a quote states 0.9; one inferred from two or more quotes 0.7, from one
0.6. A section is the mean of its claims, an empty one 0. A document is the mean of its sections, held down in
proportion where its weakest context is below 0.8, the bound of sufficient context. The figures are ours: they
keep the order stated above inferred above nothing, and 0.6 is the least confidence the policy lets act on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gtm_pipelines.strategy.claims import Claim
from gtm_pipelines.strategy.model import Content, Evidence, sections

BY_PERSON, STATED, INFERRED_TWICE, INFERRED = 0.95, 0.9, 0.7, 0.6
SUFFICIENT = 0.8


def confidence(content: Content, evidence: Iterable[Evidence], weakest: float) -> tuple[float, dict[str, float]]:
    """Return how sure a document is and each of its sections, 0 to 1.

    Args:
        content: the document.
        evidence: what its claims name.
        weakest: the least quality among the context it was written from.
    """
    known = {each.id: each for each in evidence}
    found = {name: round(_mean([_claim(claim, known) for claim in claims]), 3) for name, claims in sections(content).items()}
    return round(_mean(list(found.values())) * min(1.0, weakest / SUFFICIENT), 3), found


def _claim(claim: Claim, known: Mapping[str, Evidence]) -> float:
    kinds = [known[one].kind for one in claim.evidence if one in known]
    if not kinds:
        return 0.0
    if "person" in kinds:
        return BY_PERSON
    if claim.basis == "stated":
        return STATED
    return INFERRED_TWICE if len(kinds) > 1 else INFERRED


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
