"""The catalogue of data sources: what they give, cost and demand, each figure with where and when it was stated.

A figure nobody could source says so; it is never filled in. Users add entries, or correct prices by their own
contract, in a file of the same form in their data folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from gtm_pipelines.errors import InputError
from gtm_pipelines.plain import from_yaml

FILE_NAME = "data_sources.yaml"
Attribute = Literal[
    "industry", "country", "city", "employee_count", "revenue", "language", "technology", "keyword", "position", "seniority",
    "function", "email", "phone", "linkedin_url", "registration", "funding", "hiring", "news", "traffic", "page_text",
    "company_search", "people_search", "email_verification", "lookalikes",
]  # fmt: skip
"""What a source may give; the first eleven are the fields of criteria."""
Sure = Literal["verified", "reported", "unknown"]
"""``verified``: the vendor's own page says so; ``reported``: somebody else says so; ``unknown``: nobody that we found."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stated(_Entry):
    """A statement with where it stands, when it was read, and how sure that makes it."""

    text: Annotated[str, Field(min_length=1)]
    source: HttpUrl | None = None
    read_on: date | None = None
    confidence: Sure = "unknown"

    @model_validator(mode="after")
    def _sourced(self) -> Stated:
        if self.confidence != "unknown" and (self.source is None or self.read_on is None):
            raise ValueError("what is not 'unknown' names its source and the date it was read")
        return self


class Cost(Stated):
    """What a source costs.

    Attributes:
        free: it can be used for nothing, within its limits.
        per_record_usd: US dollars for one answer; ``None`` where unknown.
        monthly_usd: least US dollars a month for any use beyond ``free``; ``None`` where unknown or none.
    """

    free: bool = False
    per_record_usd: float | None = Field(None, ge=0)
    monthly_usd: float | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _figures_are_sourced(self) -> Cost:
        if self.confidence == "unknown" and (self.per_record_usd is not None or self.monthly_usd is not None):
            raise ValueError("a figure needs a source: give source, read_on and confidence, or leave the figure out")
        return self

    def of(self, records: int) -> float | None:
        """Return US dollars a month for so many records; ``None`` where nobody can tell."""
        if self.per_record_usd is None and self.monthly_usd is None:
            return 0.0 if self.free else None
        return max(self.monthly_usd or 0.0, (self.per_record_usd or 0.0) * records)


class DataSource(_Entry):
    """One source of data about companies or people.

    Attributes:
        name: short and unique.
        kind: how it is used.
        gives: what it can tell.
        regions: ISO codes of the countries it knows, or ``world``.
        adapter: the workbench's own source of that name, where it has one.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Annotated[str, Field(min_length=1)]
    home: HttpUrl | None = None
    kind: Literal["api", "open_data", "search", "website", "file"]
    gives: Annotated[tuple[Attribute, ...], Field(min_length=1)]
    regions: Annotated[tuple[str, ...], Field(min_length=1)] = ("world",)
    cost: Cost
    quality: Stated
    limits: Stated
    connect: Annotated[str, Field(min_length=1)]
    adapter: str | None = None


def load(paths: Iterable[Path]) -> tuple[DataSource, ...]:
    """Read catalogues; a later file's entry replaces an earlier one of the same name.

    Args:
        paths: YAML files; those that do not exist are passed over.

    Raises:
        InputError: a file is no catalogue, or an entry does not fit; says which and why.
    """
    found: dict[str, DataSource] = {}
    for path in paths:
        if path.is_file():
            found |= {source.name: source for source in parse(path.read_text("utf-8"), str(path))}
    return tuple(sorted(found.values(), key=lambda source: source.name))


def parse(text: str, place: str = "the catalogue") -> tuple[DataSource, ...]:
    """Read one catalogue out of YAML.

    Raises:
        InputError: it is no catalogue, or an entry does not fit; says which and why.
    """
    import yaml

    try:
        entries = from_yaml(text)
    except yaml.YAMLError as error:
        raise InputError(f"{place} is no YAML: {error}.") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{place} must be a list of entries, each with name, title, home, kind, gives and so on.")
    found = [_entry(entry, place) for entry in entries]
    names = [source.name for source in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{place} names '{twice[0]}' twice. Keep one entry.")
    return tuple(found)


def _entry(entry: dict[str, Any], place: str) -> DataSource:
    try:
        return DataSource.model_validate(entry)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'entry'}: {fault['msg']}" for fault in error.errors()[:5])
        raise InputError(f"Entry '{entry.get('name', '?')}' of {place} does not fit: {faults}.") from error
