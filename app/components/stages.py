"""What money was spent for, in words."""

from __future__ import annotations

from app.components.language import mark, t

_STAGES = {
    "drafting": mark("Drafting"), "judging": mark("Judging"), "replies": mark("Replies"), "research": mark("Research"),
    "strategy": mark("Strategy"), "coach": mark("Coach"), "learning": mark("Learning"), "other": mark("Other"),
}  # fmt: skip


def stage_words(stage: str) -> str:
    """Return what a stage of spending is called."""
    return t(_STAGES.get(stage, stage))
