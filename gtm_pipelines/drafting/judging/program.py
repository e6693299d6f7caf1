"""The judge as a module of DSPy, so that an optimiser can better what it is told. It asks exactly as ``ModelJudge`` does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import dspy

from gtm_pipelines.drafting.evidence import Checker, Grounding
from gtm_pipelines.drafting.judging.ask import MOST_TOKENS, ROLE, Point, shown
from gtm_pipelines.drafting.judging.model import PROGRAM, JudgeCase, Rubric
from gtm_pipelines.llm.adapter import stage

READ = ("rubric", "language", "recipient", "evidence", "offer", "findings", "subject", "body")


class JudgeProgram(dspy.Module):  # type: ignore[misc]
    """Judges one draft.

    Args:
        rubric: the points, and what a model is told about them.
        language: of the drafts.
        checker: the rules whose findings a judge is shown; none where absent.
        now: tells the moment of checks.
    """

    def __init__(self, rubric: Rubric, language: str, checker: Checker | None, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._rubric, self._checker, self._now = rubric, checker, now
        fields: dict[str, Any] = {name: (str, dspy.InputField()) for name in READ}
        fields |= {name: (Point, dspy.OutputField(desc=f"the point '{name}'")) for name in rubric.points}
        self.judge = dspy.Predict(dspy.Signature(fields, rubric.told(language)))

    def forward(self, case: JudgeCase) -> dspy.Prediction:
        """Return quality and risk, and the reasons by point."""
        material = case.case.material(case.subject, case.body, ())
        grounding = self._checker.check(material, now=self._now()) if self._checker else Grounding("clear", (), ())
        with stage(PROGRAM, role=ROLE, max_tokens=MOST_TOKENS):
            answer = self.judge(**shown(material, grounding, self._rubric))
        points = {name: getattr(answer, name) for name in self._rubric.points}
        quality, risk = self._rubric.scored({name: float(point.score) for name, point in points.items()})
        reasons = {name: f"{point.score}/10: {point.reason}" for name, point in points.items()}
        return dspy.Prediction(quality=quality, risk=risk, reasons=reasons)
