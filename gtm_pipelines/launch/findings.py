"""What the doctor says of one thing: how it is, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from gtm_pipelines.errors import GtmError

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One line of the doctor.

    Attributes:
        subject: what was looked at.
        state: ``ok``; ``warn`` where something is missing that may be meant; ``fail`` where something cannot work.
        told: what was found.
        remedy: what to do, where anything is to be done.
    """

    subject: str
    state: State
    told: str
    remedy: str | None = None


Look = Callable[[], Iterator[Finding]]


def look(subject: str, question: Look) -> list[Finding]:
    """Return what ``question`` finds; an error of ours is a finding too, its text the remedy."""
    try:
        return list(question())
    except GtmError as error:
        return [Finding(subject, "fail", f"{subject} cannot be used", str(error))]
