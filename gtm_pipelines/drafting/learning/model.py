"""What an example is and what it is worth. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["draft", "judge", "reply"]
Split = Literal["train", "validation", "held_out"]
SPLITS: tuple[Split, ...] = ("train", "validation", "held_out")

APPROVED = 0.8
"""What a draft that was approved as it was written is worth."""
EDITED_LIGHTLY = 0.6
EDITED_MUCH = 0.3
REJECTED = 0.0
POSITIVE_REPLY = 0.2
"""What a positive reply adds."""
HARM = 0.5
"""What a complaint or an unsubscription leaves of it."""


@dataclass(frozen=True)
class Example:
    """One case to learn from, as the record keeps it.

    Attributes:
        source_key: what it was made of: the draft's id, or the inbound message's.
        split_key: whose side it is on; never split between two.
        inputs: what was known when it was written.
        output: what was right, as a person saw it.
        labels: decision, edit and outcome; ``worth`` sums them up.
    """

    kind: Kind
    source_key: str
    split: Split
    split_key: str
    pack: str
    pack_version: str | None
    variant: str | None
    language: str
    campaign_id: str | None
    draft_id: str | None
    contact_id: str | None
    company_id: str | None
    inputs: Mapping[str, Any]
    output: Mapping[str, Any]
    labels: Mapping[str, Any]


def worth(decision: str, *, edited: bool, light: bool, positive: bool, harm: bool) -> float:
    """Return what a decided draft is worth, from 0 to 1.

    0.8 approved as written, 0.6 after a light edit, 0.3 after more, 0 rejected; plus 0.2 for a positive reply;
    halved by an unsubscription or a complaint. The order is given, the distances are our choice.
    """
    if decision != "approve":
        return REJECTED
    base = APPROVED if not edited else EDITED_LIGHTLY if light else EDITED_MUCH
    total = base + (POSITIVE_REPLY if positive else 0.0)
    return round(total * (HARM if harm else 1.0), 4)


@dataclass(frozen=True)
class ExampleReport:
    """What a rebuild did. ``looked_at`` counts facts' owners, not rows."""

    looked_at: int
    added: int
    changed: int
    removed: int
    moved: int


@dataclass(frozen=True)
class Decided:
    """How people decided about the drafts among a pack's examples.

    Attributes:
        single: decided one at a time.
        edited: changed by hand.
        bulk: decided many at a stroke, which tells little of each.
    """

    single: int
    edited: int
    bulk: int


@dataclass(frozen=True)
class ExampleCount:
    """How many examples of one kind a pack has."""

    kind: str
    pack: str
    language: str
    split: str
    examples: int
    companies: int
