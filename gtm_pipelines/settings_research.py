"""The settings of enrichment: which sources of facts are asked, in which order, and what they may cost. Values only."""

from __future__ import annotations

from pydantic import Field

from gtm_pipelines.settings_model import SecretRef, Section


class SourceSettings(Section):
    """One source of facts."""

    enabled: bool = Field(False, description="Whether it may be asked at all.")
    key: SecretRef | None = Field(None, description="Where its key is kept: env:NAME or keyring:service/user.")
    base_url: str | None = Field(None, description="Where it answers; unset for the vendor's own address.")
    credit_usd: float | None = Field(
        None, ge=0, description="US dollars that one credit of your plan costs; unset takes the vendor's list price."
    )
    rank: int | None = Field(None, description="How much it is believed where confidences are equal; 90 is an imported list.")
    concurrency: int = Field(4, ge=1, description="Most questions under way at once.")
    per_minute: float | None = Field(None, gt=0, description="Most questions a minute; unset for no limit of ours.")
    lifetime_days: float = Field(90, ge=0, description="How long an answer, also an empty one, is not asked for again.")
    timeout_seconds: float = Field(20, gt=0, description="How long to wait for an answer.")
    options: dict[str, str] = Field({}, description="What only this source knows, such as the file of csv_lookup.")


class FieldSettings(Section):
    """How one field is looked for."""

    sources: tuple[str, ...] = Field((), description="Sources in the order they are asked; empty for cheap before dear.")
    good_enough: float | None = Field(None, ge=0, le=1, description="Confidence at which no further source is asked.")


class EnrichmentSettings(Section):
    """Which sources of facts are asked, in which order, and what they may cost."""

    sources: dict[str, SourceSettings] = Field({}, description="Source or vendor to its settings; the others stay silent.")
    fields: dict[str, FieldSettings] = Field({}, description="Field, as 'company.website', to how it is looked for.")
    good_enough: float = Field(
        0.7, ge=0, le=1, description="Confidence at which no further source is asked, unless a field says."
    )
    concurrency: int = Field(32, ge=1, description="Most companies or contacts worked on at once.")
    wait_seconds: float = Field(
        30, ge=0, description="Longest wait for a source that asks us to come back; beyond it the question is put off."
    )
    record_ceiling_usd: float | None = Field(0.25, ge=0, description="Most US dollars ever spent on one company or contact.")
    run_ceiling_usd: float | None = Field(5.0, ge=0, description="Most US dollars for one run, unless it is given its own.")
    month_ceiling_usd: float | None = Field(50.0, ge=0, description="Most US dollars a calendar month, UTC.")
