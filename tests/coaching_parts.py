"""A workspace whose every figure is known, and a coach over it, with a scripted model or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.coaching.asking import Wording
from gtm_pipelines.coaching.checking import Checker
from gtm_pipelines.coaching.service import CoachService
from gtm_pipelines.coaching.turn import Desk
from gtm_pipelines.llm.engines.scripted import Line, ScriptedEngine
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.settings import load_settings
from gtm_pipelines.settings_model import LlmSettings, ModelSettings
from gtm_pipelines.wiring.coaching import amounts
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.figures_parts import Outcomes, fill

MODEL = ModelSettings(name="scripted", provider="compatible", model="m", base_url="http://127.0.0.1:9")
CAMPAIGNS = {
    "spring": Outcomes(sent=120, bounced_hard=2, positive=6, negative=2, auto_reply=3),
    "autumn": Outcomes(
        sent=200, bounced_hard=12, refused=3, positive=1, negative=1, unsubscribe=4, unknown=2, complaint=1, opened=90
    ),
    "tiny": Outcomes(sent=30, positive=1),
}
"""One that does well, one that does harm, one too young to judge."""


def measured(home: Path) -> Workbench:
    """Return a workbench with three campaigns and their figures, at a moment after both."""
    bench = open_workbench(load_settings(home=home), clock=VirtualClock(datetime(2026, 3, 4, 10, tzinfo=UTC)))
    for name, outcomes in CAMPAIGNS.items():
        fill(bench.record, bench.clock, outcomes, name)
    bench.metrics.refresh()
    return bench


def said(sentences: Sequence[str]) -> str:
    """Return an answer in the form a model is asked for."""
    return json.dumps({"sentences": list(sentences)}, ensure_ascii=False)


def coach_with(bench: Workbench, answer: Callable[[Any], Line | str]) -> tuple[CoachService, ScriptedEngine]:
    """Return the coach in the words of a scripted model, and the model's engine."""
    engine = ScriptedEngine(answer)
    asks = LlmService(bench.record, bench.clock, [MODEL], LlmSettings(cache_days=0), lambda _model, _scrub: engine)
    names = [one.campaign for one in bench.looks.campaigns()]
    wording = Wording(lambda: asks, lambda figures: Checker(figures, names, amounts))
    return CoachService(desk_of(bench), wording), engine


def desk_of(bench: Workbench) -> Desk:
    """Return what lies before the workbench's own coach."""
    return bench.coach.desk
