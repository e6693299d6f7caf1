"""What judging is asked and what it reports. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gtm_pipelines.packs.model import Pack

Scored = Callable[[Mapping[str, float]], tuple[float, float]]
"""From the points of a rubric to quality and risk, each from 0 to 1."""
HIGH_RISK = 0.5
"""From here on a draft is one that a reviewer reads first."""


@dataclass(frozen=True)
class Rubric:
    """The points a judge scores, and what they add up to.

    Attributes:
        name: of the pack and its version.
        task: what a model is told.
        points: by name: what is asked, what it measures, its weight and its anchors, as a model reads it.
        scored: quality and risk from points of 0 to 10.
    """

    name: str
    task: str
    points: Mapping[str, str]
    scored: Scored


@dataclass(frozen=True)
class JudgeFailure:
    """One draft that a judge gave no usable score, and why."""

    draft_id: str
    reason: str


@dataclass(frozen=True)
class JudgeReport:
    """What a run did: ``judged`` now, ``already`` before it, ``failed`` with their reasons.

    ``stopped`` says why it ended before its time, and what to do; running it again goes on there.
    """

    judge: str
    drafts: int
    judged: int
    already: int
    failed: tuple[JudgeFailure, ...] = ()
    stopped: str | None = None


def rubric_of(pack: Pack, scored: Callable[[Pack, Mapping[str, float]], tuple[float, float]]) -> Rubric:
    """Return the rubric of a judge pack.

    Args:
        pack: of the kind ``judge``.
        scored: what the pack's points add up to.
    """
    points = {}
    for name, item in pack.rubric.items():
        anchors = "; ".join(f"{score} = {text}" for score, text in sorted(item.anchors.items()))
        points[name] = f"{item.measures}: {item.question} {anchors}".strip()
    return Rubric(f"{pack.name}@{pack.version}", pack.parts.get("judge", ""), points, lambda given: scored(pack, given))
