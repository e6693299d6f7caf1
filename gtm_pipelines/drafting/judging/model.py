"""What judging is asked and what it reports. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from gtm_pipelines.drafting.programs.model import Case
from gtm_pipelines.packs.model import Pack

Scored = Callable[[Mapping[str, float]], tuple[float, float]]
"""From the points of a rubric to quality and risk, each from 0 to 1."""
HIGH_RISK = 0.5
"""From here on a draft is one that a reviewer reads first."""
GOOD_QUALITY = 0.5
"""From here on, and below ``HIGH_RISK``, a judge takes a draft."""
PROGRAM = "judge"
"""Under which a compiled state of a judge stands in its pack, with a language: ``judge.en``."""


def takes(quality: float, risk: float) -> bool:
    """Whether a judge that gave these would let a draft go as it is."""
    return quality >= GOOD_QUALITY and risk < HIGH_RISK


@dataclass(frozen=True)
class Rubric:
    """The points a judge scores, and what they add up to.

    Attributes:
        name: of the pack and its version.
        task: what a model is told.
        points: by name: what is asked, what it measures, its weight and its anchors, as a model reads it.
        scored: quality and risk from points of 0 to 10.
        tuned: by language, what an optimiser found better to tell a model.
    """

    name: str
    task: str
    points: Mapping[str, str]
    scored: Scored
    tuned: Mapping[str, str] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """Return what a model is told that judges a draft in a language."""
        return self.tuned.get(language, self.task)


@dataclass(frozen=True)
class JudgeCase:
    """A draft to be judged: the case it was written for, and its words."""

    case: Case
    subject: str
    body: str

    @property
    def recipient(self) -> str:
        """Whom it is for."""
        return self.case.recipient

    @property
    def language(self) -> str:
        """The language asked for."""
        return self.case.language


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
    task, name = pack.parts.get("judge", ""), f"{pack.name}@{pack.version}"
    return Rubric(name, task, points, lambda given: scored(pack, given), dict(_tuned(pack)))


def _tuned(pack: Pack) -> Iterator[tuple[str, str]]:
    for language in pack.languages:
        if state := pack.compiled_program(f"{PROGRAM}.{language}"):
            yield language, state[PROGRAM]["signature"]["instructions"]
