"""A judge that asks a language model, one draft a call, in a closed form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from gtm_pipelines.drafting.evidence import Grounding, Judgement, Material
from gtm_pipelines.drafting.judging.model import Rubric
from gtm_pipelines.llm.model import Asks, CallContext

PURPOSE, ROLE = "judge", "judge"
MOST_TOKENS = 1_500
SHOWN = 30
"""Findings and pieces of evidence put before a model."""


class Point(BaseModel):
    """What a model gives one point of a rubric."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    score: int = Field(ge=0, le=10, description="From 0 to 10, by the anchors.")
    reason: str = Field(min_length=1, max_length=400, description="One sentence that quotes the words it is about.")


@lru_cache(maxsize=32)
def form_of(names: tuple[str, ...]) -> type[BaseModel]:
    """Return the closed form of an answer: a score and a reason for every point of a rubric."""
    fields: dict[str, Any] = {name: (Point, Field(description=f"The point '{name}'.")) for name in names}
    return create_model("JudgeForm", __config__=ConfigDict(extra="forbid", frozen=True), **fields)


@dataclass
class ModelJudge:
    """Scores drafts with a language model.

    Args:
        llm: asks models.
        rubric: the points, and what they add up to.
        model: name of the model asked first: another model is another judge.
        context: what the calls are on record under.
    """

    llm: Asks
    rubric: Rubric
    model: str
    context: CallContext = field(default_factory=lambda: CallContext(PURPOSE, role=ROLE))

    name: str = field(init=False)
    """The pack, its version and the model."""

    def __post_init__(self) -> None:
        self.name = f"{self.rubric.name}:{self.model}"

    def within(self, **about: Any) -> ModelJudge:
        """Return the same judge whose calls are on record under a campaign, a contact or a run."""
        fresh = CallContext(PURPOSE, role=ROLE, pack_version=self.rubric.name, max_tokens=MOST_TOKENS, **about)
        return replace(self, context=fresh)

    async def judge(self, material: Material, grounding: Grounding, examples: Sequence[Mapping[str, str]] = ()) -> Judgement:
        """Return the judgement; raises what ``LlmService.aask`` raises.

        Args:
            material: the draft and what it was given.
            grounding: what rules found in it.
            examples: drafts that people decided on, as text, to judge alike.
        """
        form = form_of(tuple(self.rubric.points))
        told = shown(material, grounding, self.rubric, examples)
        answer = await self.llm.aask(form, self.rubric.told(material.language), self.context, **told)
        points = {name: getattr(answer, name) for name in self.rubric.points}
        quality, risk = self.rubric.scored({name: float(point.score) for name, point in points.items()})
        reasons = {name: f"{point.score}/10: {point.reason}" for name, point in points.items()}
        return Judgement(round(quality, 4), round(risk, 4), reasons, self.name, self.context.trace_id)


def shown(material: Material, grounding: Grounding, rubric: Rubric, examples: Sequence[Mapping[str, str]] = ()) -> dict[str, str]:
    """Return what a model reads of a draft that it is to judge."""
    offer = [one for one in material.evidence if one.id.startswith("campaign.")]
    known = [one for one in material.evidence if not one.id.startswith(("campaign.", "sender.", "contact.email"))][:SHOWN]
    told = {
        "rubric": "\n".join(f"{name} ({text})" for name, text in rubric.points.items()),
        "language": material.language,
        "recipient": ", ".join(material.recipient[:4]),
        "evidence": "\n".join(f"[{one.id}] {one.field}: {one.text}" for one in known) or "nothing",
        "offer": "\n".join(f"{one.field}: {one.text}" for one in offer) or "nothing",
        "findings": "\n".join(f"{one.severity}: {one.text}" for one in grounding.findings[:SHOWN]) or "none",
        "subject": material.subject,
        "body": material.body,
    }
    if examples:
        told["examples"] = "\n\n".join("\n".join(f"{name}: {text}" for name, text in one.items()) for one in examples)
    return told
