"""What rules found in a stored draft, as reviewers see it. Values and rules; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from gtm_pipelines.drafting.evidence import Claim, Evidence, Finding, Grounding, Material, Verdict
from gtm_pipelines.ids import digest

NEVER = ("merge.", "compliance.")
"""Beginnings of rules that nobody overrules: a mail with an open field, or one the law forbids."""


@dataclass(frozen=True)
class Shown:
    """One finding as a reviewer sees it.

    Attributes:
        key: names it in ``overrule``; the same words under the same rule have the same.
        words: of the draft, that it is about.
        may_pass: whether a person may let it pass.
        passed_by: who did.
        passed_because: why.
    """

    finding: Finding
    key: str
    words: str
    may_pass: bool
    passed_by: str | None = None
    passed_because: str | None = None


@dataclass(frozen=True)
class Backing:
    """One piece of evidence behind a claim; ``age_days`` where it ages."""

    evidence: Evidence
    age_days: int | None


@dataclass(frozen=True)
class ShownClaim:
    """Words of a draft with what they rest on; ``start`` is absent where they no longer stand in the body."""

    text: str
    start: int | None
    end: int | None
    backing: tuple[Backing, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftGrounding:
    """What stands behind the present revision of a draft, and what rules found in it.

    Attributes:
        verdict: as it stands, findings that a person let pass left out.
        found: as the rules found it.
    """

    draft_id: str
    revision: int
    verdict: Verdict
    found: Verdict
    findings: tuple[Shown, ...]
    claims: tuple[ShownClaim, ...]
    checker: str
    checked_at: datetime

    @property
    def blocking(self) -> tuple[Shown, ...]:
        """The findings that keep it from being approved."""
        return tuple(one for one in self.findings if one.finding.severity == "block" and one.passed_by is None)


def words_of(finding: Finding, subject: str, body: str) -> str:
    """Return the words of a draft that a finding is about; its own text where it is about the whole."""
    text = subject if finding.place == "subject" else body
    return text[finding.start : finding.end] if finding.start is not None else ""


def key_of(finding: Finding, words: str) -> str:
    """Return what names a finding in this and later revisions: its rule, its place and the words it is about."""
    return digest(finding.rule, finding.place, " ".join((words or finding.text).lower().split()))[:16]


def may_pass(rule: str) -> bool:
    """Whether a person may let findings of a rule pass."""
    return not rule.startswith(NEVER)


def claim_of(kept: Mapping[str, Any]) -> Claim:
    """Return a claim as it is stored."""
    return Claim(kept["text"], tuple(kept["evidence_ids"]))


def finding_of(kept: Mapping[str, Any]) -> Finding:
    """Return a finding as it is stored."""
    return Finding(**{name: kept[name] for name in ("rule", "severity", "text", "hint", "start", "end", "place") if name in kept})


def row_of(grounding: Grounding, material: Material, checker: str) -> dict[str, Any]:
    """Return what is stored of a grounding, claims with their place in the body."""
    claims = [{"text": c.text, "evidence_ids": list(c.evidence_ids), **_place(c.text, material)} for c in grounding.claims]
    return {
        "verdict": grounding.verdict, "claims": claims, "findings": [asdict(one) for one in grounding.findings],
        "checker": checker,
    }  # fmt: skip


def _place(words: str, material: Material) -> dict[str, Any]:
    for place, text in (("body", material.body), ("subject", material.subject)):
        if (start := text.find(words)) >= 0:
            return {"place": place, "start": start, "end": start + len(words)}
    return {"place": "body", "start": None, "end": None}


def gravest(findings: Sequence[Shown]) -> Verdict:
    """Return the verdict of findings that nobody let pass."""
    standing = {one.finding.severity for one in findings if one.passed_by is None}
    return "block" if "block" in standing else "flag" if standing else "clear"
