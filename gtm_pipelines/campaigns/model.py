"""Campaigns and targets as values, the states they pass, and what an approval names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gtm_pipelines.errors import InputError, PolicyError
from gtm_pipelines.ids import digest
from gtm_pipelines.segments.model import check_name as check_name
from gtm_pipelines.settings import MailboxSettings

CampaignState = Literal["drafting", "ready", "sending", "completed", "archived"]
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "drafting": frozenset({"ready", "archived"}),
    "ready": frozenset({"drafting", "sending", "archived"}),
    "sending": frozenset({"ready", "completed"}),
    "completed": frozenset({"sending", "archived"}),
    "archived": frozenset(),
}
"""From each state, the states it may pass to. ``sending`` to ``ready`` is holding it."""

ExclusionReason = Literal["no_email", "suppressed", "do_not_contact", "bad_address", "excluded_by_person"]
Stratum = Literal[
    "company.industry", "company.country", "company.segment", "contact.seniority", "contact.function", "contact.country"
]
_STEP = re.compile(r"(?P<pack>[^@#:\s]+(?:@[^@#:\s]+)?)(?:#(?P<variants>[^#:\s]+))?(?::(?P<wait>\d{1,3}))?")
_PERSON = re.compile(r"^person:\S.*$")


class SequenceStep(BaseModel):
    """One later mail of a campaign, as it is chosen; ``PACK@VERSION#VARIANT:WAIT`` is read too."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pack: str = Field(description="Pack it is written by: 'name' for the version that counts, or 'name@version'.")
    variants: tuple[str, ...] = Field((), description="The pack's variants for it; all if absent.")
    wait_days: int = Field(3, ge=1, le=90, description="Working days of the recipient after the mail before.")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        """Read the short form ``pack@version#variant+variant:wait_days``."""
        if not isinstance(value, str):
            return value
        found = _STEP.fullmatch(value.strip())
        if found is None:
            raise ValueError(f"'{value}' is no step; write it as PACK[@VERSION][#VARIANT]:WAIT_DAYS, such as follow-ups#first:3")
        chosen = {"pack": found["pack"], "variants": tuple(found["variants"].split("+")) if found["variants"] else ()}
        return chosen | ({"wait_days": int(found["wait"])} if found["wait"] else {})


class CampaignSettings(BaseModel):
    """Choices of one campaign, frozen when it is created."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int | None = Field(None, ge=0, lt=2**62, description="Seed of the coins; drawn from the campaign's id if absent.")
    limit: int | None = Field(
        None,
        ge=1,
        description="Most contacts to write to, in order of arrival; whoever cannot be written to uses up no place.",
    )
    default_language: str = Field("en", description="Language of contacts whose own is unknown or not in the pack.")
    variables: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")], dict[str, str]] = Field(
        default_factory=dict, description="Texts for the pack's campaign variables: name, then language, then text."
    )
    drafter: Literal["baseline", "model"] = Field(
        "baseline", description="Who writes: 'baseline' merges the pack's templates, 'model' asks language models."
    )
    tone: Literal["pack", "formal", "neutral", "casual"] = Field("pack", description="Tone a model writes in; the pack's own.")
    length: Literal["short", "medium", "long"] = Field("medium", description="How much of the pack's length a model may use.")
    voice: str | None = Field(None, description="Voice a model writes in, learnt from samples; the mailbox's own if absent.")
    write: Literal["all", "dealt"] = Field("all", description="Which variants are written for a person: all, or the coin's.")
    budget_usd: float | None = Field(None, gt=0, description="Most US dollars for drafting the campaign; the caps of [llm] hold.")
    control_share: float | None = Field(
        None, gt=0, lt=1, description="Share of people who get the control arm 'baseline', plain mail merge; none if absent."
    )
    stratify_by: tuple[Stratum, ...] = Field(
        (), max_length=3, description="What variants are dealt evenly within, beside the language, such as 'company.industry'."
    )
    sequence: tuple[SequenceStep, ...] = Field((), max_length=12, description="The mails after the first, in order.")
    stop_company: bool = Field(False, description="An answer of one person stops the mails to everybody at their company.")


@dataclass(frozen=True)
class Campaign:
    """A campaign as it stands. ``version`` rises with every change of state; nothing leaves since ``paused_at``."""

    id: str
    name: str
    status: CampaignState
    segment_name: str
    segment_version: int
    segment_version_id: str
    pack: str
    pack_version: str
    pack_version_id: str
    variants: tuple[str, ...]
    mailboxes: tuple[str, ...]
    settings: CampaignSettings
    seed: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    released_at: datetime | None
    version: int
    paused_at: datetime | None = None
    pause_reason: str | None = None

    @property
    def standing(self) -> str:
        """How it stands, for people: its status, or ``paused`` while nothing of it leaves."""
        return "paused" if self.status == "sending" and self.paused_at is not None else self.status


@dataclass(frozen=True)
class CampaignStep:
    """A later mail of a campaign as it was frozen. ``wait_days``: working days of the recipient after the mail before."""

    step: int
    pack: str
    pack_version: str
    pack_version_id: str
    variants: tuple[str, ...]
    wait_days: int

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> CampaignStep:
        """Build a step from its row in the record."""
        names = ("step", "pack", "pack_version", "pack_version_id", "wait_days")
        return cls(**{name: row[name] for name in names}, variants=tuple(row["variants"]))


@dataclass(frozen=True)
class Standing:
    """How many people stand at a mail of the sequence: ``active``, ``paused``, ``stopped`` or ``finished``, and why."""

    step: int
    status: str
    reason: str | None
    people: int


@dataclass(frozen=True)
class CampaignStatus:
    """Every count of a campaign's funnel, from the record.

    ``targets`` = ``active`` + ``excluded``. ``drafted`` counts targets with at least
    one draft, ``drafts`` the drafts of all variants, ``waiting_review`` the mails of
    which nobody decided on the recommended variant. ``sent`` counts messages handed
    over for sure; ``bounced`` (hard and soft), ``replied`` (by a person) and the
    classes below count messages, so none exceeds ``sent``.
    """

    campaign_id: str
    name: str
    status: CampaignState
    released_at: datetime | None
    targets: int
    active: int
    excluded: int
    excluded_reasons: Mapping[str, int]
    drafts: int
    drafted: int
    waiting_review: int
    approved: int
    rejected: int
    failures: int
    failure_reasons: Mapping[str, int]
    messages: Mapping[str, int]
    queued: int
    sent: int
    failed: int
    unknown: int
    bounced: int
    delivered: int
    replied: int
    replies: Mapping[str, int]
    positive: int
    auto_replies: int
    unsubscribed: int
    variants: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A contact as frozen into a campaign."""

    id: str
    campaign_id: str
    contact_id: str
    company_id: str | None
    recipient: str | None
    mailbox: str
    variant: str
    language: str
    snapshot: Mapping[str, Any]
    status: Literal["active", "excluded"]
    status_reason: str | None

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Target:
        """Build a target from its row in the record."""
        names = ("id", "campaign_id", "contact_id", "company_id", "recipient", "mailbox", "variant", "snapshot", "status")
        values = {name: row[name] for name in names}
        return cls(**values, status_reason=row["status_reason"], language=row["snapshot"]["language"])


def variant_of_step(seed: int, step: int, contact_id: str, variants: Sequence[str]) -> str:
    """Return the variant of a later mail that the campaign's coin deals somebody; the same on every call."""
    return variants[int(digest(str(seed), str(step), contact_id)[:15], 16) % len(variants)]


def check_transition(current: str, wanted: str) -> None:
    """Raise unless a campaign may pass from ``current`` to ``wanted``.

    Raises:
        PolicyError: it may not; the text names the states it may pass to.
    """
    if wanted not in TRANSITIONS:
        raise InputError(f"No campaign state is called '{wanted}'. Use one of: {', '.join(TRANSITIONS)}.")
    if wanted not in TRANSITIONS[current]:
        allowed = ", ".join(sorted(TRANSITIONS[current])) or "nothing; it is final"
        raise PolicyError("campaign.transition", f"A campaign that is {current} cannot become {wanted}. Possible: {allowed}.")


def person(by: str) -> str:
    """Return who decides as ``person:NAME``.

    Raises:
        InputError: nobody is named.
        PolicyError: a machine is named where only a person may decide.
    """
    if not by.strip():
        raise InputError("Say who decides: name the person, such as --by anna.")
    name = check_name(by, "person")
    actor = name if ":" in name else f"person:{name}"
    if not _PERSON.match(actor):
        raise PolicyError("decision.person", f"'{name}' is not a person. Only a person approves, rejects and releases.")
    return actor


def mailbox_policy(mailbox: MailboxSettings) -> str:
    """Return, as canonical JSON, what an approval promises about the sender's identity."""
    promised = {
        "name": mailbox.name,
        "address": mailbox.address,
        "display_name": mailbox.display_name,
        "postal_address": mailbox.postal_address,
        "public_url": mailbox.public_url,
    }
    return json.dumps(promised, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_hash(subject: str, body: str, recipient: str, mailbox_policy: str) -> str:
    """Return the hash an approval names: these exact texts, to this address, from this identity.

    Args:
        subject: exact subject line.
        body: exact body, footer included.
        recipient: the address of the target.
        mailbox_policy: what ``mailbox_policy`` returned for the target's mailbox.
    """
    return digest(subject, body, recipient, mailbox_policy)
