"""What a simulation is made of: sample people, the mails written to them, and how two versions compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gtm_pipelines.packs.model import Pack


@dataclass(frozen=True)
class Sample:
    """Somebody a pack is tried on; ``snapshot`` is what would be frozen of them into a campaign."""

    name: str
    language: str
    snapshot: Mapping[str, Any]


@dataclass(frozen=True)
class Simulated:
    """One mail that nobody gets.

    Attributes:
        subject: empty where it was refused.
        body: with greeting and footer.
        warnings: the rules it was flagged by.
        refusal: why nothing could be written, as rule and sentence.
    """

    subject: str = ""
    body: str = ""
    warnings: tuple[str, ...] = ()
    refusal: tuple[str, str] | None = None

    @property
    def words(self) -> int:
        """Words of the body, footer included."""
        return len(self.body.split())


class Writes(Protocol):
    """Writes mails of a pack to sample people: by merging, or with a model, scripted or real."""

    name: str

    def write(self, pack: Pack, jobs: Sequence[tuple[str, Sample]]) -> list[Simulated]:
        """Return one mail for each pair of variant and person, in their order."""
        ...


@dataclass(frozen=True)
class Pair:
    """One variant for one person: as the current version has it, and as the other one does."""

    variant: str
    sample: Sample
    before: Simulated | None
    after: Simulated


@dataclass(frozen=True)
class Side:
    """What one version came to: counts over all its mails, and the least, the middle and the greatest length."""

    version: str
    written: int
    refusals: Mapping[str, int]
    warnings: Mapping[str, int]
    words: tuple[int, int, int]
    subject_characters: tuple[int, int, int]


@dataclass(frozen=True)
class Simulation:
    """Two versions over the same people; ``before`` is ``None`` where there is nothing to compare with."""

    writer: str
    before: Side | None
    after: Side
    pairs: tuple[Pair, ...]


def side(version: str, mails: Sequence[Simulated]) -> Side:
    """Count what one version came to."""
    written = [mail for mail in mails if mail.refusal is None]
    return Side(
        version,
        len(written),
        dict(Counter(mail.refusal[0] for mail in mails if mail.refusal is not None)),
        dict(Counter(warning for mail in written for warning in mail.warnings)),
        _spread([mail.words for mail in written]),
        _spread([len(mail.subject) for mail in written]),
    )


def _spread(lengths: Sequence[int]) -> tuple[int, int, int]:
    ordered = sorted(lengths) or [0]
    return ordered[0], ordered[len(ordered) // 2], ordered[-1]
