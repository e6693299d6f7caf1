"""A prompt pack as values: its manifest, its templates, and what can be wrong with one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm_pipelines.errors import InputError
from gtm_pipelines.packs.manifest import Criterion as Criterion
from gtm_pipelines.packs.manifest import ExampleHead as ExampleHead
from gtm_pipelines.packs.manifest import Kind as Kind
from gtm_pipelines.packs.manifest import Manifest as Manifest
from gtm_pipelines.packs.manifest import PartHead as PartHead
from gtm_pipelines.packs.manifest import Variable as Variable
from gtm_pipelines.packs.rubric import scored as scored
from gtm_pipelines.packs.rules import RULES as RULES
from gtm_pipelines.packs.rules import Severity as Severity
from gtm_pipelines.packs.simulated import Pair as Pair
from gtm_pipelines.packs.simulated import Sample as Sample
from gtm_pipelines.packs.simulated import Side as Side
from gtm_pipelines.packs.simulated import Simulated as Simulated
from gtm_pipelines.packs.simulated import Simulation as Simulation
from gtm_pipelines.packs.simulated import Writes as Writes
from gtm_pipelines.packs.simulated import side as side

PACK_NAME = re.compile(r"^[a-z][a-z0-9-]{0,60}$")
PACK_VERSION = re.compile(r"^\d{1,6}\.\d{1,6}\.\d{1,6}$")


def version_numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, for ordering."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True)
class Template:
    """Subject and body of one variant in one language, before merging."""

    variant: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True)
class Example:
    """A mail to learn from, with what was known when it was written."""

    name: str
    language: str
    head: ExampleHead
    body: str


@dataclass(frozen=True)
class Pack:
    """A whole, valid pack. ``content_hash`` covers every file byte for byte.

    Attributes:
        parts: what models are instructed by, by name: ``plan``, ``tone.ru``, ``variant-casual``.
        heads: the front matter of each part.
        examples: mails to learn from.
        compiled: what an optimiser made of it: ``programs`` by name, each a program's state.
    """

    name: str
    version: str
    content_hash: str
    manifest: Manifest
    templates: Mapping[tuple[str, str], Template]
    files: Mapping[str, str]
    notes: str
    parts: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, PartHead] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    compiled: Mapping[str, Any] | None = None

    @property
    def kind(self) -> Kind:
        """What the pack is used for."""
        return self.manifest.kind

    @property
    def rubric(self) -> Mapping[str, Criterion]:
        """The points a judge scores; empty but in a judge pack."""
        return self.manifest.rubric

    @property
    def writes(self) -> bool:
        """Whether a model can be instructed by it, beside the merging of its templates."""
        return bool(self.parts)

    def part(self, name: str, language: str | None = None) -> str | None:
        """Return a part's text: the one of the language where it has its own, else the one for all."""
        own = self.parts.get(f"{name}.{language}") if language else None
        return own if own is not None else self.parts.get(name)

    def head(self, name: str, language: str | None = None) -> PartHead | None:
        """Return the front matter of the part that ``part`` returns."""
        own = self.heads.get(f"{name}.{language}") if language else None
        return own if own is not None else self.heads.get(name)

    def instructions(self, stage: str, language: str, variant: str | None = None) -> str:
        """Return all a model is told for one stage: the stage's part, then the notes on tone and on the variant.

        Raises:
            InputError: the pack has no such stage.
        """
        text = self.part(stage, language)
        if text is None:
            raise InputError(
                f"Pack {self.name}/{self.version} has no part '{stage}', which a model needs. "
                f"Add parts/{stage}.md, or draft with the baseline, which merges its templates."
            )
        notes = [self.part(name, language) for name in ("tone", f"variant-{variant}") if stage != "judge"]
        return "\n\n".join([text, *(note for note in notes if note)])

    def compiled_program(self, name: str) -> Mapping[str, Any] | None:
        """Return the compiled state of one program, or ``None`` where it was not compiled."""
        found: Mapping[str, Any] | None = (self.compiled or {}).get("programs", {}).get(name)
        return found

    @property
    def optimised(self) -> bool:
        """Whether an optimiser wrote this version: it counts once a person promoted it, not for being the highest."""
        return bool(((self.compiled or {}).get("provenance") or {}).get("optimisation"))

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
    """One line of a listing; ``problems`` is not empty where the pack cannot be used.

    Attributes:
        kind: what it is used for; ``None`` where it cannot be read.
        choose: ``coin`` where its variants are alternatives, ``occasion`` where each has its own.
        current: whether this version counts now.
        changed: its files differ from those that were promoted.
        compiled: it carries what an optimiser made.
        optimised: an optimiser wrote this version.
        waits: it was begun here as a copy, by a person or an optimiser, so it counts by promotion alone.
    """

    name: str
    version: str
    title: str
    variants: tuple[str, ...]
    languages: tuple[str, ...]
    content_hash: str
    problems: tuple[Problem, ...] = ()
    kind: Kind | None = None
    choose: Literal["coin", "occasion"] = "coin"
    current: bool = False
    changed: bool = False
    compiled: bool = False
    optimised: bool = False
    waits: bool = False


@dataclass(frozen=True)
class Release:
    """A person made a version the one that new campaigns take."""

    id: str
    pack: str
    version: str
    content_hash: str
    action: Literal["promote", "rollback"]
    previous_version: str | None
    reason: str | None
    decided_by: str
    created_at: datetime


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a pack: the rule, the file or key, and what to do.

    An ``error`` stops the pack from being promoted; ``advice`` stops nothing.
    """

    rule: str
    where: str
    text: str

    @property
    def severity(self) -> Severity:
        """Whether it is an ``error`` or ``advice``."""
        return RULES[self.rule].severity

    @property
    def hint(self) -> str:
        """What mends it."""
        return RULES[self.rule].hint

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
