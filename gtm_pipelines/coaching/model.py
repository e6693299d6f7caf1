"""Values of the coach: figures it may name, findings, answers, and what it keeps. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["en", "ru"]
Severity = Literal["stop", "act", "watch", "info", "good"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From what must stop at once to what goes well."""
Unit = Literal["count", "share", "percent", "usd", "months", "times", "word"]
"""``share`` is from 0 to 1 and shown as a percentage; ``percent`` is one already."""
Sure = Literal["sure", "likely", "early", "unknown"]
"""How sure an answer is: its floor is reached; reached with a wide interval; not reached; nothing is known."""
Way = Literal["rules", "model", "fallback"]
Subject = Literal["stage", "goal", "offer", "audience", "tool", "language", "note"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
SINGLE: frozenset[Subject] = frozenset({"stage", "offer", "audience", "language"})
"""Of these a new word replaces the old one; of the others there may be many."""
LONGEST_BELIEF = 500
"""Characters of one thing the coach believes."""


class Words(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    en: str = Field(min_length=1)
    ru: str = Field(min_length=1)

    def said(self, language: Language) -> str:
        """Return the text in a language."""
        return self.ru if language == "ru" else self.en


@dataclass(frozen=True)
class Figure:
    """One figure an answer may name, and what it is made of.

    Attributes:
        name: what is measured, such as ``reply_rate``.
        of: whose: a campaign, a segment, a mailbox; empty for all of them together.
        value: the figure itself; a word such as a light's colour where ``unit`` says so.
        part: numerator, where it is a share.
        whole: denominator.
        low: lower end of its 95 % interval.
        high: upper end.
        floor: denominator below which it is not judged.
        source: where it comes from: a mart and its moment, or a published benchmark with date and confidence.
        page: the page that shows what it is made of.
        words: further figures of a text that is quoted whole, such as a source's own.
    """

    name: str
    of: str
    value: float | str | None
    unit: Unit = "count"
    part: int | None = None
    whole: int | None = None
    low: float | None = None
    high: float | None = None
    floor: int | None = None
    source: str = ""
    page: str = "overview"
    words: str = ""

    @property
    def needed(self) -> int:
        """How many more of the denominator are wanted before it is judged."""
        return max(0, (self.floor or 0) - (self.whole or 0))


@dataclass(frozen=True)
class Reading:
    """A value that rules of findings are held against: a share, a count or a word."""

    name: str
    part: int | None = None
    whole: int | None = None
    low: float | None = None
    high: float | None = None
    number: float | None = None
    word: str | None = None

    @property
    def value(self) -> Fraction | None:
        """The share or the number, exactly; ``None`` while nothing could have done it."""
        if self.number is not None:
            return Fraction(str(self.number))
        return Fraction(self.part or 0, self.whole) if self.whole else None


@dataclass(frozen=True)
class Cited:
    """A published figure beside one's own."""

    text: Words
    source: str
    source_date: str
    confidence: str
    low: float | None = None
    value: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that rules see in the figures, with its evidence, and what to do about it.

    Attributes:
        rule: id of the rule.
        version: of the file of rules that saw it.
        subject: what kind of thing it is about: campaign, segment, mailbox, experiment, workspace.
        of: its name.
        seen: whether it is seen; else the floor is not reached and ``needed`` says how far.
        evidence: the figures it rests on, the deciding one first.
        threshold: what the deciding figure was held against, as the rule words it.
        benchmark: what others publish; ``None`` where there is none.
        effect: what is known of what the advice brings, with its source; says 'unknown' where nobody measured it.
        action: key of the page to go to.
    """

    rule: str
    version: int
    severity: Severity
    subject: str
    of: str
    campaign_id: str | None
    seen: bool
    title: Words
    advice: Words
    evidence: tuple[Figure, ...]
    floor: int | None
    needed: int
    threshold: float | None
    benchmark: Cited | None
    effect: Words
    effect_source: str
    action: str


@dataclass(frozen=True)
class Action:
    """A way to an ordinary page on which a person decides."""

    key: str
    label: Words
    page: str
    command: str
    campaign_id: str | None = None


@dataclass(frozen=True)
class Answer:
    """What the coach says.

    Attributes:
        text: the answer in Markdown, every sentence checked.
        topic: what it took the question for.
        way: by rules, by a model, or by rules because a model's answer was not kept.
        figures: every figure it may be held to, those it names first.
        removed: sentences of a model that were taken out, because the figures do not bear them out.
        notes: what the reader should know of how it was made.
    """

    text: str
    language: Language
    topic: str
    way: Way
    sure: Sure
    figures: tuple[Figure, ...] = ()
    actions: tuple[Action, ...] = ()
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    campaign: str | None = None
    trace_id: str | None = None


@dataclass(frozen=True)
class Belief:
    """One thing the coach believes about the user, where it has that from, and since when."""

    id: str
    subject: str
    value: str
    source: str
    origin: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Chat:
    """One talk with the coach."""

    id: str
    title: str
    created_by: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ChatMessage:
    """One question or answer of a talk."""

    id: str
    chat_id: str
    number: int
    role: str
    text: str
    language: str
    way: str | None
    detail: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Analysis:
    """One look at a campaign that was kept."""

    id: str
    campaign_id: str
    campaign: str
    number: int
    content: Mapping[str, Any]
    created_by: str
    figures_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class Change:
    """One rate in two analyses of a campaign, and the interval of what lies between them."""

    name: str
    before: tuple[int, int]
    after: tuple[int, int]
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether what came between differs from what was before by more than chance."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class OwnRate:
    """A rate of the user's own as it stood on a day."""

    metric: str
    slice: str
    numerator: int
    denominator: int
    measured_on: date


@dataclass(frozen=True)
class Work:
    """What waits, and what there is, counted from the record.

    Attributes:
        review: campaign → drafts that wait for a person.
    """

    contacts: int = 0
    companies: int = 0
    reachable: int = 0
    review: Mapping[str, int] = field(default_factory=dict)
    to_answer: int = 0
    unmatched: int = 0
    unknown: int = 0
    doubles: int = 0
    suppressed: int = 0
