"""A prompt pack as values: its manifest, its templates, and what can be wrong with one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gtm_pipelines.errors import InputError

Language = Literal["en", "ru"]
VariableName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
VariantName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
PACK_NAME = re.compile(r"^[a-z][a-z0-9-]{0,60}$")
PACK_VERSION = re.compile(r"^\d+\.\d+\.\d+$")

SOURCES = frozenset(
    {
        *(f"contact.{name}" for name in ("first_name", "last_name", "full_name", "position", "city", "country")),
        *(f"company.{name}" for name in ("name", "short_name", "domain", "industry", "city", "country", "employee_count")),
        *(f"sender.{name}" for name in ("name", "address", "postal_address")),
    }
)
"""Where a variable may come from, beside ``contact.attribute.NAME``, ``company.attribute.NAME`` and ``campaign.NAME``."""

_OPEN_SOURCE = re.compile(r"^((contact|company)\.attribute\.[\w][\w .-]{0,63}|campaign\.[a-z][a-z0-9_]{0,40})$")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variable(_Part):
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


class PhraseText(_Part):
    """A phrase in one language and what stands there when one of its variables is missing."""

    text: str = Field(min_length=1)
    fallback: str = Field(min_length=1)


class Limits(_Part):
    """Lengths beyond which a draft carries a warning."""

    subject_characters: int = Field(70, ge=10, le=200)
    body_words: int = Field(140, ge=20, le=1000)


class Variant(_Part):
    """One way of writing the mail."""

    title: str = Field(min_length=1)
    description: str = ""


class Footer(_Part):
    """The end of every mail in one language; ``opt_out`` is the line that says how to stop them."""

    text: str = Field(min_length=1)
    opt_out: str = Field(min_length=1)


class Manifest(_Part):
    """The front matter of ``pack.md``."""

    pack: str
    version: str
    title: str = Field(min_length=1)
    description: str = ""
    languages: tuple[Language, ...] = Field(min_length=1)
    variants: dict[VariantName, Variant] = Field(min_length=1)
    variables: dict[VariableName, Variable]
    phrases: dict[VariableName, dict[Language, PhraseText]] = Field(default_factory=dict)
    footer: dict[Language, Footer]
    limits: Limits = Field(default_factory=Limits)


@dataclass(frozen=True)
class Template:
    """Subject and body of one variant in one language, before merging."""

    variant: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True)
class Pack:
    """A whole, valid pack. ``content_hash`` covers every file byte for byte."""

    name: str
    version: str
    content_hash: str
    manifest: Manifest
    templates: Mapping[tuple[str, str], Template]
    files: Mapping[str, str]
    notes: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages every variant is written in."""
        return self.manifest.languages

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the variants, in the pack's order."""
        return tuple(self.manifest.variants)


@dataclass(frozen=True)
class PackInfo:
    """One line of a listing; ``problems`` is not empty where the pack cannot be used."""

    name: str
    version: str
    title: str
    variants: tuple[str, ...]
    languages: tuple[str, ...]
    content_hash: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a pack: the rule, the file or key, and what to do."""

    rule: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text} [{self.rule}]"


class PackError(InputError):
    """The pack cannot be used. ``problems`` lists everything to mend, each with its rule."""

    code = "pack"

    def __init__(self, where: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"Pack {where} cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = problems

    @property
    def rules(self) -> frozenset[str]:
        """The ids of the rules that are broken."""
        return frozenset(problem.rule for problem in self.problems)


class RenderError(InputError):
    """A mail cannot be merged for one contact; ``rule`` says why, the text names the value."""

    code = "render"

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True)
class Rendered:
    """A merged mail, footer included; ``fallbacks`` names the phrases that fell back."""

    subject: str
    body: str
    fallbacks: tuple[str, ...]
