"""Drafts as a reviewer sees them, what a decision reports, and the check of an edit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypedDict

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import content_hash as content_hash
from gtm_pipelines.campaigns.model import mailbox_policy as mailbox_policy
from gtm_pipelines.errors import ConflictError, InputError
from gtm_pipelines.record.groundings import Standing as Standing

DraftStatus = Literal["drafted", "approved", "rejected"]
MAX_SUBJECT = 250
MAX_BODY = 20_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?")
_UNMERGED = re.compile(r"\{\{|\}\}|\{%|%\}")


class Checks(Protocol):
    """Whoever looks at drafts by rule."""

    def ensure(self, connection: sa.Connection, draft_ids: Sequence[str], at: datetime) -> None:
        """Look at drafts whose present revision nobody has looked at, in the caller's transaction."""
        ...

    def objections(self, connection: sa.Connection, draft_ids: Sequence[str], at: datetime) -> Mapping[str, str]:
        """Return why drafts cannot be approved as they stand, by draft; those that can are absent."""
        ...

    def standing(self, connection: sa.Connection, draft_ids: Sequence[str]) -> Mapping[str, Standing]:
        """Return what is left of what rules said of drafts, once what people let pass is taken off."""
        ...


class Filters(TypedDict, total=False):
    """Which drafts of a campaign are meant; what is absent or ``None`` leaves nobody out.

    Attributes:
        status: ``drafted``, ``approved`` or ``rejected``.
        variant: one variant.
        language: one language.
        search: text in name, address, company, subject or body, in any case.
        risk: only drafts that a judge gave at least this risk, from 0 to 1; what people let pass counts no more.
        verdict: only drafts on which the rules' last word was ``clear``, ``flag`` or ``block``, what people let pass left out.
        recommended: only the variant that the coin chose for each person.
    """

    status: str | None
    variant: str | None
    language: str | None
    search: str | None
    risk: float | None
    verdict: str | None
    recommended: bool


@dataclass(frozen=True)
class Scores:
    """What rules and a judge last said of a draft as it stands; ``None`` where they were not asked.

    Attributes:
        verdict: ``clear``, ``flag`` or ``block``.
        quality: from 0 to 1.
        risk: from 0 to 1.
        reasons: the judge's, by point of the rubric.
        judge: who judged.
    """

    verdict: str | None = None
    quality: float | None = None
    risk: float | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    judge: str | None = None


@dataclass(frozen=True)
class DraftView:
    """One draft at its current revision, with whom it is for and what was decided.

    Attributes:
        recommended: the recorded coin chose this variant for this target.
        approval_holds: the latest decision approves exactly the text shown.
        message_state: state of the message made from it, if one was queued.
        notes: what people wrote about the contact in their lists; nothing is read from them.
    """

    id: str
    campaign_id: str
    target_id: str
    contact_id: str
    step: int
    variant: str
    recommended: bool
    language: str
    drafter: str
    status: DraftStatus
    revision: int
    subject: str
    body: str
    content_hash: str
    author: str
    warnings: tuple[Mapping[str, str], ...]
    contact_name: str | None
    position: str | None
    company_name: str | None
    recipient: str | None
    mailbox: str
    target_status: str
    target_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    approval_holds: bool
    message_state: str | None
    updated_at: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RevisionView:
    """One earlier text of a draft."""

    number: int
    subject: str
    body: str
    author: str
    reason: str | None
    created_at: datetime


@dataclass(frozen=True)
class Text:
    """A subject and a body that somebody wanted to save."""

    subject: str
    body: str


class StaleRevision(ConflictError):  # noqa: N818 - named after what happened
    """Somebody changed the draft since it was opened. ``theirs`` is saved, ``yours`` is not lost."""

    code = "stale_revision"

    def __init__(self, theirs: DraftView, yours: Text, seen_revision: int) -> None:
        super().__init__(
            f"Draft {theirs.id} is at revision {theirs.revision}, you edited revision {seen_revision}. "
            f"It was changed by {theirs.author}. Compare both texts and save again."
        )
        self.theirs = theirs
        self.yours = yours
        self.seen_revision = seen_revision


@dataclass(frozen=True)
class Refusal:
    """One draft a decision did not touch, and the rule that stopped it."""

    draft_id: str
    rule: str
    reason: str


@dataclass(frozen=True)
class ApprovalReport:
    """What an approval did: every asked draft is in exactly one of the first three.

    ``voided`` counts approvals of other variants that this one replaced.
    """

    approved: int
    already: int
    refused: tuple[Refusal, ...]
    voided: int


@dataclass(frozen=True)
class RejectionReport:
    """What a rejection or exclusion did: every asked draft is in exactly one of the three."""

    rejected: int
    already: int
    refused: tuple[Refusal, ...]


def check_text(subject: str, body: str) -> Text:
    """Return an edited mail with its line ends made plain.

    Raises:
        InputError: it is empty, too long, or has what a mail's header must not have.
    """
    subject, body = subject.strip(), body.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"
    if not subject or not body.strip():
        raise InputError("A mail needs a subject and a body.")
    if len(subject) > MAX_SUBJECT or len(body) > MAX_BODY:
        raise InputError(f"A subject has at most {MAX_SUBJECT} characters, a body at most {MAX_BODY}.")
    if "\n" in subject or "\r" in subject or "\t" in subject or _CONTROL.search(subject) or _CONTROL.search(body):
        raise InputError("The subject is one line, and neither subject nor body has control characters. Remove them.")
    if _ENCODED_WORD.search(subject):
        raise InputError("The subject contains '=?...?=', which mail programs decode. Write the text itself.")
    if _UNMERGED.search(subject) or _UNMERGED.search(body):
        raise InputError("The mail still has '{{' or '{%' in it. Replace each placeholder by text.")
    return Text(subject, body)
