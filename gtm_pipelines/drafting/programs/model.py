"""What one draft is written from, as values: everything of one person, nothing of anybody else's. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from gtm_pipelines.drafting.evidence import Claim, Evidence, Grounding, Material
from gtm_pipelines.drafting.model import StageOutput

STAGES = ("context", "plan", "write", "check", "refine")
"""The stages a draft can pass, in their order; ``check`` and ``refine`` may come again."""


@dataclass(frozen=True)
class Case:
    """All that a program is given to write one draft.

    Attributes:
        recipient: the person and company written to, for a model to read.
        names: their names, which a draft may hold without evidence.
        evidence: what is known.
        offer: what the sender offers and asks: the campaign's texts.
        language: of the mail.
        variant: which of the pack's ways of writing.
        occasion: what the variant is for.
        previous: earlier mails of the sender to this person.
        message: what the other side wrote.
        voice: tone and how the sender writes.
        limits: lengths.
        allowed: further names, links and texts that need no evidence.
        before: what stands above the text of a model: the greeting.
        after: what stands below it: the sender's name and the footer, which no model writes.
        subject: what the thread sets it to; empty where it is to be written.
    """

    recipient: str
    language: str
    variant: str
    offer: str = ""
    occasion: str = ""
    evidence: tuple[Evidence, ...] = ()
    names: tuple[str, ...] = ()
    previous: str = ""
    message: str = ""
    voice: str = ""
    limits: str = ""
    allowed: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    subject: str = ""

    @property
    def listed(self) -> str:
        """The evidence, one a line, each with its id."""
        return "\n".join(f"[{one.id}] {one.field}: {one.text}" for one in self.evidence) or "nothing beside the offer"

    def shown(self) -> dict[str, str]:
        """Return what a model reads, by the names that the parts of packs use."""
        return {
            "recipient": self.recipient, "evidence": self.listed, "offer": self.offer, "language": self.language,
            "occasion": self.occasion, "previous": self.previous, "message": self.message, "voice": self.voice,
            "limits": self.limits,
        }  # fmt: skip

    def material(self, subject: str, body: str, claims: tuple[Claim, ...]) -> Material:
        """Return the whole mail beside all that it may be held against; ``body`` is the text of a model."""
        return Material(self.subject or subject, self.whole(body), self.language, claims, self.evidence, self.allowed, self.names)

    def whole(self, body: str) -> str:
        """Return the mail as it goes out: what stands around the text of a model is put around it."""
        return f"{self.before}{body.strip()}{self.after}"

    def inner(self, body: str) -> str | None:
        """Return the text of a model out of a whole mail; ``None`` where greeting or footer are not as they were."""
        if not (body.startswith(self.before) and body.endswith(self.after)):
            return None
        return body.removeprefix(self.before).removesuffix(self.after)

    def dump(self) -> dict[str, Any]:
        """Return the case as JSON keeps it."""
        kept = asdict(self)
        for one in kept["evidence"]:
            one["retrieved_at"] = one["retrieved_at"].isoformat() if one["retrieved_at"] else None
        return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> Case:
        """Return a case as ``dump`` kept it."""
        lists = {"names": tuple(kept.get("names", ())), "allowed": tuple(kept.get("allowed", ()))}
        evidence = tuple(_evidence(one) for one in kept.get("evidence", ()))
        return cls(**{**kept, **lists, "evidence": evidence})


def _evidence(kept: Mapping[str, Any]) -> Evidence:
    at = kept.get("retrieved_at")
    return Evidence(**{**kept, "retrieved_at": datetime.fromisoformat(at) if at else None})


@dataclass(frozen=True)
class Composed:
    """A text as a program leaves it, before greeting, name and footer are put around it.

    Attributes:
        grounding: what the last check found; ``None`` without a checker.
        outputs: of every stage, in order.
    """

    subject: str
    body: str
    claims: tuple[Claim, ...] = ()
    grounding: Grounding | None = None
    outputs: tuple[StageOutput, ...] = ()
