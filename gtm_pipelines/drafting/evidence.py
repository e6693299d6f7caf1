"""What a draft may rest on, what it claims, and what checking and judging say of it: the values every stage of writing shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Verdict = Literal["clear", "flag", "block"]
"""``clear`` may go on, ``flag`` needs a person's eyes, ``block`` cannot be approved as it stands."""


@dataclass(frozen=True)
class Evidence:
    """One thing known about the recipient, their company or the sender's offer.

    Attributes:
        id: ``fact:ID`` or ``insight:ID`` of the record, else the path of a frozen value:
            ``contact.position``, ``company.name``, ``campaign.offer``, ``sender.name``.
        field: what it tells, such as ``industry``.
        text: what a draft may say.
        source: who says so, such as ``import``, ``website``, ``campaign``.
        confidence: from 0 to 1; 1 for what the sender says of themselves.
        retrieved_at: when it was learned; ``None`` for what does not age.
        span: the words of the source it was read from.
        url: where they stand.
    """

    id: str
    field: str
    text: str
    source: str
    confidence: float = 1.0
    retrieved_at: datetime | None = None
    span: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Claim:
    """Words of a draft that state a fact, and the evidence they rest on."""

    text: str
    evidence_ids: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """One thing a rule found in a draft.

    Attributes:
        rule: its id, such as ``ungrounded.number`` or ``length.words``.
        severity: whether it needs a person or stops the draft.
        text: what is wrong, for a person.
        hint: what to do about it.
        start: first character in the body (in the subject where ``place`` says so); ``None`` where it is about the whole.
        end: the character after its last.
        place: where it stands.
    """

    rule: str
    severity: Literal["flag", "block"]
    text: str
    hint: str = ""
    start: int | None = None
    end: int | None = None
    place: Literal["subject", "body"] = "body"


@dataclass(frozen=True)
class Material:
    """A draft and all that it may be held against.

    Attributes:
        allowed: further names, links, numbers and texts that need no evidence: the sender's own, the pack's own words.
        recipient: the names of the person and company written to.
        meeting: the line that proposes a meeting, where the sender wrote it: what it states needs no evidence.
    """

    subject: str
    body: str
    language: str
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    allowed: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    meeting: str = ""


@dataclass(frozen=True)
class Grounding:
    """What stands behind the words of a draft, and what the rules found in it."""

    verdict: Verdict
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Judgement:
    """How good a draft is and how much harm it could do, each from 0 to 1, with a reason per point of the rubric."""

    quality: float
    risk: float
    reasons: Mapping[str, str]
    judge: str
    trace_id: str | None = None


class Checker(Protocol):
    """Finds, by rule alone, what in a draft rests on nothing and what else must not go out."""

    version: str

    def check(self, material: Material, *, now: datetime) -> Grounding:
        """Return what was found; the same material and moment always give the same."""
        ...


class Judge(Protocol):
    """Scores drafts by a rubric."""

    name: str

    async def judge(self, material: Material, grounding: Grounding, examples: Sequence[Mapping[str, str]] = ()) -> Judgement:
        """Return the judgement; raises what ``LlmService.aask`` raises."""
        ...
