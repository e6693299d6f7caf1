"""What the front matter of a pack's files may say: ``pack.md``, its parts and its examples."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Language = Literal["en", "ru"]
Kind = Literal["mail", "reply", "judge"]
"""``mail`` begins or goes on with a correspondence, ``reply`` answers somebody, ``judge`` scores drafts."""
VariableName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
VariantName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")]

SOURCES = frozenset(
    {
        *(f"contact.{name}" for name in ("first_name", "last_name", "full_name", "position", "city", "country")),
        *(f"company.{name}" for name in ("name", "short_name", "domain", "industry", "city", "country", "employee_count")),
        *(f"sender.{name}" for name in ("name", "address", "postal_address")),
    }
)
"""Where a variable may come from, beside ``contact.attribute.NAME``, ``company.attribute.NAME`` and ``campaign.NAME``."""

_OPEN_SOURCE = re.compile(r"^((contact|company)\.attribute\.[\w][\w .-]{0,63}|campaign\.[a-z][a-z0-9_]{0,40})$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variable(_Strict):
    """A value the pack asks for.

    A required one that is missing fails the draft. An optional one may stand only in
    a phrase, whose fallback takes its place. ``default`` gives a campaign variable
    its text where the campaign sets none.
    """

    source: str
    required: bool = True
    description: str = ""
    default: dict[Language, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_source(self) -> Variable:
        if self.source not in SOURCES and not _OPEN_SOURCE.match(self.source):
            raise ValueError(f"source '{self.source}' is not one a pack may read; use one of {', '.join(sorted(SOURCES))}")
        if self.default and not self.source.startswith("campaign."):
            raise ValueError("only a campaign variable has a default; give the phrase a fallback instead")
        return self


class PhraseText(_Strict):
    """A phrase in one language and what stands there when one of its variables is missing."""

    text: str = Field(min_length=1)
    fallback: str = Field(min_length=1)


class Limits(_Strict):
    """Lengths beyond which a draft carries a warning: of the subject, of the whole body, of one sentence."""

    subject_characters: int = Field(70, ge=10, le=200)
    body_words: int = Field(140, ge=20, le=1000)
    least_words: int = Field(0, ge=0, le=500)
    sentence_words: int = Field(35, ge=8, le=100)


class Variant(_Strict):
    """One way of writing the mail, or the occasion it is written for."""

    title: str = Field(min_length=1)
    description: str = ""


class Footer(_Strict):
    """The end of every mail in one language; ``opt_out`` is the line that says how to stop them."""

    text: str = Field(min_length=1)
    opt_out: str = Field(min_length=1)


class Criterion(_Strict):
    """One point of a judge's rubric, scored from 0 to 10; ``anchors`` say what a score looks like."""

    measures: Literal["quality", "risk"]
    question: str = Field(min_length=1)
    weight: float = Field(1.0, gt=0, le=1)
    anchors: dict[Annotated[int, Field(ge=0, le=10)], str] = Field(default_factory=dict)


class Manifest(_Strict):
    """The front matter of ``pack.md``.

    Attributes:
        format: 1 has templates only; 2 may carry parts, examples and a compiled state.
        purpose: what the pack is for and when it is the wrong one.
        based_on: the version it was made from.
        choose: how one of the variants is taken: by a recorded ``coin``, as alternatives to
            compare, or by the ``occasion`` each was written for.
        links: addresses a mail of the pack may hold, whole or as ``https://host/``.
        frame: what stands around the body a model wrote, by language: greeting above, name below.
    """

    format: Literal[1, 2] = 1
    kind: Kind = "mail"
    pack: str
    version: str
    title: str = Field(min_length=1)
    description: str = ""
    purpose: str = ""
    based_on: str | None = None
    languages: tuple[Language, ...] = Field(min_length=1)
    choose: Literal["coin", "occasion"] = "coin"
    variants: dict[VariantName, Variant] = Field(default_factory=dict)
    variables: dict[VariableName, Variable] = Field(default_factory=dict)
    phrases: dict[VariableName, dict[Language, PhraseText]] = Field(default_factory=dict)
    frame: dict[Language, str] = Field(default_factory=dict)
    footer: dict[Language, Footer] = Field(default_factory=dict)
    limits: Limits = Field(default_factory=Limits)
    links: tuple[str, ...] = ()
    rubric: dict[VariableName, Criterion] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Manifest:
        wanted = ("rubric",) if self.kind == "judge" else ("variants", "variables", "footer")
        unfit = ("variants", "variables", "phrases", "frame", "footer") if self.kind == "judge" else ("rubric",)
        for name in wanted:
            if not getattr(self, name):
                raise ValueError(f"a {self.kind} pack needs '{name}'")
        for name in unfit:
            if getattr(self, name):
                raise ValueError(f"a {self.kind} pack has no '{name}'")
        if self.format == 1 and self.kind != "mail":
            raise ValueError(f"a {self.kind} pack has 'format: 2'")
        return self


class PartLimits(_Strict):
    """``answer_tokens``: the most a model may answer."""

    answer_tokens: int | None = Field(None, ge=16, le=16_000)


class PartHead(_Strict):
    """The front matter of a part a model is instructed by.

    Attributes:
        role: which order of models answers, as ``[llm.roles]`` names it.
        languages: those of the mails it is for; all of the pack's if empty.
        variants: those it is for; all if empty.
        inputs: names of what the model is given.
        outputs: names of what it answers.
    """

    purpose: str = Field(min_length=1)
    role: str = Field("writer", pattern=r"^[a-z][a-z0-9_-]{0,40}$")
    languages: tuple[Language, ...] = ()
    variants: tuple[VariantName, ...] = ()
    inputs: tuple[VariableName, ...] = ()
    outputs: tuple[VariableName, ...] = ()
    limits: PartLimits = Field(default_factory=lambda: PartLimits.model_validate({}))


class ClaimShown(_Strict):
    """Words of an example that state a fact, and the ids of the evidence they rest on."""

    text: str = Field(min_length=1)
    evidence: tuple[str, ...] = Field(min_length=1)


class ExampleHead(_Strict):
    """The front matter of an example; its mail is the text below.

    Attributes:
        shows: what there is to learn from it.
        verdict: whether to write like it, or to avoid it.
        evidence: what was known, by id.
        message: what the other side had written, where it answers.
        points: what a judge should give, by criterion.
        reasons: why, by criterion.
    """

    shows: str = Field(min_length=1)
    subject: str = Field(min_length=1)
    variant: VariantName | None = None
    verdict: Literal["good", "bad"] = "good"
    evidence: dict[str, str] = Field(default_factory=dict)
    claims: tuple[ClaimShown, ...] = ()
    message: str | None = None
    points: dict[VariableName, Annotated[int, Field(ge=0, le=10)]] = Field(default_factory=dict)
    reasons: dict[VariableName, str] = Field(default_factory=dict)
