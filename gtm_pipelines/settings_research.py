"""The settings of research: sources of facts, their order and ceilings; how websites are read and addresses verified."""

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


class WebSettings(Section):
    """How websites of companies are read: who asks, how politely, how much, and for how long a page holds."""

    user_agent: str | None = Field(None, description="Who asks, as servers see it; unset for the workbench's own name.")
    contact: str = Field("", description="Address or page where site owners reach you; shown in the workbench's own name.")
    delay_seconds: float = Field(1.0, ge=0, description="Least time between requests to one host; robots.txt may ask for more.")
    longest_delay_seconds: float = Field(30, ge=0, description="Longest pause that a robots.txt is granted.")
    concurrency: int = Field(32, ge=1, description="Most requests under way at once, to different hosts.")
    sites_at_once: int = Field(256, ge=1, description="Most sites visited at once; during the pause of one, others are asked.")
    max_pages: int = Field(6, ge=1, le=50, description="Most pages read of one site when facts about a company are looked for.")
    site_seconds: float = Field(120, gt=0, description="Time after which no further page of a site is begun.")
    connect_seconds: float = Field(8, gt=0, description="How long to wait for a connection.")
    answer_seconds: float = Field(20, gt=0, description="How long one whole answer may take.")
    wait_seconds: float = Field(10, ge=0, description="Longest wait that a site may ask for before it is left for later.")
    page_bytes: int = Field(3_000_000, ge=10_000, description="Most bytes of a page, unpacked too; the rest is cut off.")
    text_characters: int = Field(60_000, ge=1_000, description="Most characters of visible text kept of a page.")
    page_days: float = Field(14, ge=0, description="How long a page that was read is not asked for again.")
    failure_days: float = Field(1, ge=0, description="How long a page that could not be had is not asked for again.")
    reading_processes: int = Field(2, ge=1, le=32, description="Processes that read documents; each takes about 100 MB.")
    reading_seconds: float = Field(30, gt=0, description="How long one document may take to be read.")
    render: bool = Field(False, description="Let a headless browser run the scripts of pages; needs the extra 'browser'.")
    browser_path: str | None = Field(None, description="Chromium to render with; unset for the one Playwright installs.")


class VerificationSettings(Section):
    """How addresses are verified, and how many of a list may be expected to bounce."""

    dns: bool = Field(False, description="Ask name servers whether domains take mail. No mail server is spoken to.")
    nameservers: tuple[str, ...] = Field(
        (), description="Name servers to ask, as 9.9.9.9 or 127.0.0.1:5353; empty for the machine's."
    )
    timeout_seconds: float = Field(4, gt=0, description="How long to wait for one name server.")
    concurrency: int = Field(16, ge=1, le=200, description="Most domains asked about at once.")
    server_days: float = Field(30, gt=0, description="How long a domain that takes mail is not asked about again.")
    dead_days: float = Field(7, gt=0, description="How long a domain that takes no mail is not asked about again.")
    bounce_limit: float = Field(0.05, gt=0, le=1, description="Projected share of bounces from which a campaign is not released.")
