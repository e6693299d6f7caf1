"""The file of findings: what is looked for, at which floor, against which benchmark, and what is said of it."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gtm_pipelines.coaching.model import Severity, Words
from gtm_pipelines.errors import InputError
from gtm_pipelines.plain import from_yaml
from gtm_pipelines.settings import LightSettings

FILE_NAME = "findings.yaml"
FIELDS = frozenset({"of", "rate", "part", "whole", "low", "high", "limit", "floor", "needed", "number", "word", "measure"})
"""What the texts of a rule may name."""
About = Literal["campaign", "route", "mailbox", "segment", "experiment", "workspace"]
Threshold = float | str


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Entry):
    """One comparison. ``by``: the rate itself, or an end of its 95 % interval."""

    measure: str
    how: Literal["at_least", "above", "at_most", "below", "equals"] = Field(alias="is")
    value: Threshold
    by: Literal["point", "low", "high"] = "point"


class Beside(_Entry):
    """Which published figure stands beside one's own."""

    metric: str
    slice: str


class Effect(Words):
    """What is known of what an advice brings, and who measured it."""

    source: Annotated[str, Field(min_length=1)]


class Rule(_Entry):
    """One thing that is looked for; the file's head says what each part means.

    Attributes:
        quiet: nothing is said below its floor.
        silent: the user wants nothing said of it.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    about: About
    severity: Severity
    seen_when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    floor: Threshold | None = None
    benchmark: Beside | None = None
    title: Words
    advice: Words
    effect: Effect
    action: str
    quiet: bool = False
    silent: bool = False

    @model_validator(mode="after")
    def _fields_are_known(self) -> Rule:
        for text in (self.title.en, self.title.ru, self.advice.en, self.advice.ru):
            unknown = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} - FIELDS
            if unknown:
                raise ValueError(f"a text names {sorted(unknown)}; fields are {sorted(FIELDS)}")
        return self


class _File(_Entry):
    version: int = Field(ge=1)
    names: dict[str, Words] = {}
    short: Words | None = None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class RuleBook:
    """Every rule in force.

    Attributes:
        version: the highest of the files read.
        names: measure → what people call it.
        short: what is said below a floor.
    """

    version: int
    names: Mapping[str, Words]
    short: Words
    rules: tuple[Rule, ...]

    def of(self, about: About) -> tuple[Rule, ...]:
        """Return the rules about one kind of thing."""
        return tuple(rule for rule in self.rules if rule.about == about)

    def name(self, measure: str) -> Words:
        """Return what a measure is called."""
        spoken = measure.replace("_", " ")
        return self.names.get(measure) or Words(en=spoken, ru=spoken)


def load(paths: Iterable[Path]) -> RuleBook:
    """Read files of findings; a later file's rule replaces an earlier one of the same id, and ``silent`` silences it.

    Args:
        paths: YAML files; those that do not exist are passed over.

    Raises:
        InputError: a file is none of findings, or a rule does not fit; says which and why.
    """
    files = [_read(path) for path in paths if path.is_file()]
    rules = {rule.id: rule for file in files for rule in file.rules}
    names = {name: words for file in files for name, words in file.names.items()}
    short = next((file.short for file in reversed(files) if file.short), None)
    if short is None:
        raise InputError(f"No file of findings says what is said below a floor ('short'). Put {FILE_NAME} back where it was.")
    return RuleBook(max(file.version for file in files), names, short, tuple(rule for rule in rules.values() if not rule.silent))


def resolved(value: Threshold, lights: LightSettings) -> float | str:
    """Return a threshold as a number or a word; ``lights.NAME`` is the user's own setting.

    Raises:
        InputError: there is no such setting.
    """
    if isinstance(value, str) and value.startswith("lights."):
        held = getattr(lights, value.removeprefix("lights."), None)
        if not isinstance(held, (int, float)):
            raise InputError(f"A finding names the threshold '{value}', which is no setting of [lights]; see docs/settings.md.")
        return float(held)
    return value


def _read(path: Path) -> _File:
    return parse(path.read_text("utf-8"), str(path))


def parse(text: str, place: str) -> _File:
    """Read one file of findings out of YAML. Raises as ``load`` does."""
    import yaml

    try:
        found: Any = from_yaml(text)
    except yaml.YAMLError as error:
        raise InputError(f"{place} is no YAML: {error}.") from error
    try:
        return _File.model_validate(found)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors()[:5])
        raise InputError(f"{place} does not fit: {faults}.") from error
