"""A workspace whose every figure is known, and a coach over it, with a scripted model or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.coaching.asking import Asks, Material, Worded, Wording
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


def coach_with(bench: Workbench, answer: Callable[[Any], Line | str]) -> tuple[CoachService, Watched]:
    """Return the coach in the words of a scripted model, and what goes in and out of that."""
    engine = ScriptedEngine(answer)
    asks = LlmService(bench.record, bench.clock, [MODEL], LlmSettings(cache_days=0), lambda _model, _scrub: engine)
    watched = Watched(bench, asks)
    return CoachService(desk_of(bench), watched), watched


@dataclass(frozen=True)
class Heard:
    """What a model read and what it made of that; ``worded`` is ``None`` where none answered."""

    material: Material
    worded: Worded | None


class Watched(Wording):
    """The coach's own way to a model, which notes what went in and what came out.

    Args:
        bench: whose campaigns are known by name.
        asks: the language models.
    """

    def __init__(self, bench: Workbench, asks: Asks) -> None:
        names = [one.campaign for one in bench.looks.campaigns()]
        super().__init__(lambda: asks, lambda read: Checker(read.figures, names, amounts, read.language, read.campaign))
        self.heard: list[Heard] = []

    def word(self, material: Material, trace_id: str) -> Worded | None:
        """Ask, and note."""
        worded = super().word(material, trace_id)
        self.heard.append(Heard(material, worded))
        return worded


def desk_of(bench: Workbench) -> Desk:
    """Return what lies before the workbench's own coach."""
    return bench.coach.desk


LIES = (
    "Your reply rate is 12.5 %.", "Ответили 37 человек.", "About forty people answered.", "Every third person answered.",
    "Spring was answered 3.19 % of the time.", "Autumn is green.", "Your replies grew since last month.",
    "Your reply rate doubled.", "Your reply rate is 3.43 %.", "Read more at https://evil.test.", "You got ⅓ more answers.",
    "Доля ответов выросла вдвое.", "Your bounce rate is 4.46 %.", "Roughly 7 % answered in spring.", "Q3 brought x42 answers.",
    "Your reply rate is 6.78 %.", "In spring 118 people answered.", "120 people answered in spring.", "Most people answered.",
    "Spring is red and autumn is green.", "95 % of the mails were answered in spring.", "Spring's reply rate is 12.81 %.",
    "In autumn 203 of 15 mails bounced.", "Elsewhere the reply rate is 6.78 %.", "8 mails were sent in spring.",
)  # fmt: skip
"""What nobody measured: invented, of another campaign or measure, others' told as one's own, rounded, in words, a trend; and
what was measured, told of all, of the other campaign, of others, or as what it is not:
a denominator, an end of an interval, mails sent."""


def plan_or(request: Any, sentences: Sequence[str]) -> str:
    """Return the answer of a scripted model: a plan where it is asked for one, else the sentences."""
    if "Choose which read-only questions" in str(request.system):
        return '{"questions": ["rates", "funnel"], "campaign": null}'
    return said(sentences)
