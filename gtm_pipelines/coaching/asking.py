"""Has a model word the answer: it reads results as text, has no tools, fills a closed form, and is held to the figures.

It may ask further questions out of the closed list of ``looks``, all of which only read. What it says of a number that
is not among the figures is taken out; where that is much, or nothing names a figure of the question, its answer is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field

from gtm_pipelines.coaching.checking import Checker, Verdict
from gtm_pipelines.coaching.model import Figure, Language
from gtm_pipelines.coaching.topics import Look
from gtm_pipelines.errors import GtmError
from gtm_pipelines.llm.model import CallContext, RefusedError

MOST_QUESTIONS = 3
MOST_SENTENCES = 6
_LONGEST = 300
"""Characters of a sentence, for servers that hold a model to lengths."""
_SHORTER = 8
"""Figures that are left where a model finds the question too long: those that the answer by rules names come first."""
LOOKS: tuple[Look, ...] = get_args(Look)
_PLAN = """Choose which read-only questions must be put to the user's own record before the user's question can be answered.
Choose at most three from the list of the form, those that fit best. Name a campaign only if the user named one of these."""
_ANSWER = """You are a go-to-market coach. Answer the user's question in {language}, in two to six short plain sentences.
Use only the figures under <figures>, written exactly as there.
Never compute, round, add up or estimate a number, and write none in words. Where a figure says that more is needed, say that it
is too early to judge. Name published figures as other people's. Say what to do next, as <by_rules> advises. If the figures do
not answer the question, say what is missing."""


class Asks(Protocol):
    """Asks a language model for a value of a fixed form."""

    def ask(self, shape: Any, task: str, context: CallContext, **material: Any) -> Any:
        """Return the value; raises an error of the house where none comes."""
        ...


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Plan(_Form):
    """Which read-only questions to put."""

    questions: list[Literal[LOOKS]] = Field(description="Questions to put, the most useful first.")  # type: ignore[valid-type]
    campaign: str | None = Field(description="Name of the campaign meant; null for all.")


class Said(_Form):
    """The answer, sentence by sentence."""

    sentences: list[Annotated[str, Field(json_schema_extra={"maxLength": _LONGEST})]] = Field(
        description="Two to six sentences.", json_schema_extra={"maxItems": MOST_SENTENCES}
    )


@dataclass(frozen=True)
class Worded:
    """What a model said and what was left of it.

    Attributes:
        kept: sentences that stand.
        removed: sentences that were taken out.
    """

    kept: tuple[Verdict, ...]
    removed: tuple[Verdict, ...]

    @property
    def stands(self) -> bool:
        """Whether enough is left: something, and more than was taken out."""
        return bool(self.kept) and len(self.kept) > len(self.removed)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures that are named in what stands."""
        return tuple(dict.fromkeys(figure for one in self.kept for figure in one.figures))


@dataclass(frozen=True)
class Material:
    """What a model reads.

    Attributes:
        figures: what may be named; those of the answer by rules first.
        lines: the same, a line each.
        told: the answer by rules, with what they advise.
        beliefs: what is known of the user.
        said: the last of the talk.
        campaign: the one that is asked about.
    """

    question: str
    language: Language
    figures: Sequence[Figure]
    lines: Sequence[str]
    told: str
    beliefs: Sequence[str] = ()
    said: Sequence[str] = field(default=())
    campaign: str = ""

    def shorter(self) -> Material:
        """Return what a model with little room must read."""
        return replace(self, lines=self.lines[:_SHORTER], beliefs=(), said=())


class Wording:
    """Asks the model and checks it.

    Args:
        asks: the language models.
        checker: makes what holds sentences to figures.
    """

    def __init__(self, asks: Callable[[], Asks], checker: Callable[[Material], Checker]) -> None:
        self._asks, self._checker = asks, checker

    def plan(self, question: str, campaigns: Sequence[str], trace_id: str) -> tuple[list[Look], str | None]:
        """Return the read-only questions a model wants put, and which campaign it means; none where it does not answer."""
        context = CallContext(purpose="coach.plan", role="coach", trace_id=trace_id)
        try:
            plan: Plan = self._asks().ask(Plan, _PLAN, context, question=question, campaigns=list(campaigns))
        except GtmError:
            return [], None
        wanted = [one for one in dict.fromkeys(plan.questions) if one != "none"][:MOST_QUESTIONS]
        return wanted, plan.campaign if plan.campaign in campaigns else None

    def word(self, material: Material, trace_id: str) -> Worded | None:
        """Return what a model made of the material, checked; ``None`` where none answers."""
        said = self._said(material, trace_id)
        if said is None:
            return None
        checker = self._checker(material)
        verdicts = checker.check_all(said.sentences[:MOST_SENTENCES])
        return Worded(tuple(one for one in verdicts if one.kept), tuple(one for one in verdicts if not one.kept))

    def _said(self, material: Material, trace_id: str) -> Said | None:
        context = CallContext(purpose="coach.answer", role="coach", trace_id=trace_id)
        task = _ANSWER.format(language="Russian" if material.language == "ru" else "English")
        for read in (material, material.shorter()):
            try:
                said: Said = self._asks().ask(
                    Said, task, context, question=read.question, figures="\n".join(read.lines), by_rules=read.told,
                    user="\n".join(read.beliefs), talk="\n".join(read.said),
                )  # fmt: skip
            except RefusedError:
                continue
            except GtmError:
                break
            return said
        return None
