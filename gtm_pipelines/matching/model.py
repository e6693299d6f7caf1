"""Values of the matching: two that may be one, why, and what people made of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm_pipelines.errors import InputError, PolicyError

Kind = Literal["company", "contact"]
KINDS: tuple[Kind, ...] = ("company", "contact")
Status = Literal["open", "merged", "apart", "gone"]
STATUSES: tuple[Status, ...] = ("open", "merged", "apart", "gone")
"""``gone``: one of the two was merged into a third, or has changed and is no longer alike."""
Verdict = Literal["same", "similar", "different"]

PROPOSED_FROM = 0.5
"""Least probability of a pair that people are asked about: likelier one than two."""
BASE = 10_000
"""A list is judged as if it were part of a base with so many rows more, so that in a list of
ten a name that occurs twice is not taken for a common one."""
_PERSON = re.compile(r"person:\S.*")


@dataclass(frozen=True)
class Reason:
    """What one field says about a pair.

    Attributes:
        weight: binary logarithm of how much likelier this is of one than of two; negative speaks against.
    """

    field: str
    left: str | None
    right: str | None
    weight: float
    verdict: Verdict


@dataclass(frozen=True)
class Pair:
    """Two rows that may be the same company or person; ``left_id`` is the older."""

    id: str
    kind: Kind
    left_id: str
    right_id: str
    score: float
    reasons: tuple[Reason, ...]
    status: Status
    decided_by: str | None
    decided_at: datetime | None
    left: Mapping[str, Any] = field(default_factory=dict)
    right: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FindReport:
    """What a search for duplicates did. ``compared`` counts the pairs that were weighed."""

    kind: Kind
    rows: int
    changed: int
    compared: int
    proposed: int
    withdrawn: int
    seconds: float


@dataclass(frozen=True)
class BulkReport:
    """What one decision about many pairs did, or the taking back of one.

    Attributes:
        act: id by which all of it is taken back.
        pairs: how many were to be decided.
        done: decided now, or taken back now.
        already: decided before, one already, gone, or built on since.
        kept_apart: left alone, since a person keeps apart what would have become one.
    """

    act: str
    kind: str
    decision: str
    pairs: int
    done: int
    already: int
    kept_apart: int


@dataclass(frozen=True)
class Choice:
    """Which of two values stands in a field after a merge, and why."""

    value: Any
    of: Literal["winner", "loser"]
    why: str


@dataclass(frozen=True)
class Merge:
    """One merge. ``chosen`` names, for each field in which the two differed, what stands and why."""

    id: str
    kind: Kind
    winner_id: str
    loser_id: str
    chosen: Mapping[str, Any]
    actor: str
    created_at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None
    winner_name: str | None = None
    loser_name: str | None = None


def prior(rows: int) -> float:
    """Return the binary log-odds that two rows picked blindly are one, in a list of ``rows``.

    Taken as one duplicate for every row: each then has about ``1/rows`` odds to be any given other.
    """
    return -math.log2(rows + BASE)


def probability(rows: int, reasons: Iterable[Reason], rarity: float = 0.0) -> float:
    """Return how likely a pair is one: the prior odds times the odds of every reason (Fellegi and Sunter, 1969).

    Args:
        rows: how many the list has.
        reasons: what speaks for and against.
        rarity: binary logarithm of how many duplicates the list has for each row, where that was learnt.
    """
    return share_of(prior(rows) + rarity + sum(reason.weight for reason in reasons))


def share_of(bits: float) -> float:
    """Return the probability that binary log-odds stand for."""
    return 1 / (1 + math.exp2(-max(-50.0, min(50.0, bits))))


def check_kind(kind: str) -> Kind:
    """Return ``kind``.

    Raises:
        InputError: it is neither company nor contact.
    """
    for known in KINDS:
        if known == kind:
            return known
    raise InputError(f"Duplicates are looked for among 'company' or 'contact', not '{kind}'.")


def person(by: str) -> str:
    """Return who decides as ``person:NAME``.

    Raises:
        InputError: nobody is named.
        PolicyError: a machine is named where only a person may decide.
    """
    name = by.strip()
    if not name:
        raise InputError("Say who decides: name the person, such as --by anna.")
    actor = name if ":" in name else f"person:{name}"
    if not _PERSON.fullmatch(actor):
        raise PolicyError("merge.person", f"'{name}' is not a person. Only a person merges, keeps apart and takes back.")
    return actor
