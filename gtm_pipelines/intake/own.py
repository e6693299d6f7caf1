"""Columns that only this workbench writes: files of its own come back without them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from gtm_pipelines.intake.fields import fields
from gtm_pipelines.intake.model import Kind
from gtm_pipelines.record.tables import company, contact

OURS = ("rejected_line", "rejected_code", "rejected_reason", "rejected_text")
"""Columns that a file of refused rows carries beside its own; on the way in they are left aside."""
_TELLING = frozenset({"batch_id", "session_key", "email_key", "name_key", "merged_into"})
"""Columns by which an export of ours is known; an ``id`` alone may be another system's."""


def aside(kind: Kind, header: Sequence[str]) -> frozenset[str]:
    """Return the columns of a file that are not read: those of refused rows, and the inner ones of an export of ours."""
    names = frozenset(header)
    return names & (_inner(kind) | frozenset(OURS) if names & _TELLING else frozenset(OURS))


def left_out(header: Sequence[str], used: Collection[str]) -> tuple[str, ...]:
    """Return the inner columns of an export of ours, given those that are read or kept."""
    return tuple(column for column in header if column not in used and column not in OURS)


@lru_cache(maxsize=2)
def _inner(kind: Kind) -> frozenset[str]:
    """Return what an export holds and an import cannot set."""
    if kind == "company":
        return frozenset(column.name for column in company.columns) - {*fields("company"), "attributes"}
    own = frozenset(column.name for column in contact.columns) - {*fields("contact"), "attributes"}
    return own | {f"company_{name}" for name in _inner("company")}
