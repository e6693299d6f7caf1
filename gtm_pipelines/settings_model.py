"""The sections of ``gtm.toml``: every setting with its type, default and description.

Values only. How they are found and what wins over what is in ``settings``.
"""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_SECRET_REF = re.compile(r"^(env:[A-Za-z_][A-Za-z0-9_]*|keyring:[^/\s]+/\S+)$")


def _check_secret_ref(value: str) -> str:
    if not _SECRET_REF.match(value):
        raise ValueError("name the secret instead of writing it: 'env:NAME' or 'keyring:service/user'")
    return value


SecretRef = Annotated[str, AfterValidator(_check_secret_ref)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Section(BaseModel):
    """A table of ``gtm.toml``: every key is known, nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SmtpSettings(Section):
    """How a mailbox hands mail to its server."""

    host: str = Field("127.0.0.1", description="Name or address of the SMTP server.")
    port: Port = Field(587, description="Port of the SMTP server.")
    security: Literal["none", "starttls", "tls"] = Field("starttls", description="How the connection is protected.")
    username: str | None = Field(None, description="Account to log in with; empty for none.")
    password: SecretRef | None = Field(None, description="Where the password is kept: env:NAME or keyring:service/user.")
    token: SecretRef | None = Field(None, description="Where an OAuth access token is kept; logs in by XOAUTH2 instead.")
    ca_file: Path | None = Field(None, description="Certificates to trust instead of the system's.")
    timeout_seconds: float = Field(30, gt=0, description="How long to wait for each answer.")


class ImapSettings(Section):
    """Where a mailbox's answers are collected."""

    host: str = Field("127.0.0.1", description="Name or address of the IMAP server.")
    port: Port = Field(993, description="Port of the IMAP server.")
    security: Literal["none", "starttls", "tls"] = Field("tls", description="How the connection is protected.")
    username: str = Field("", description="Account to log in with; empty takes the mailbox's address.")
    password: SecretRef | None = Field(None, description="Where the password is kept: env:NAME or keyring:service/user.")
    token: SecretRef | None = Field(None, description="Where an OAuth access token is kept; logs in by XOAUTH2 instead.")
    ca_file: Path | None = Field(None, description="Certificates to trust instead of the system's.")
    folders: tuple[str, ...] = Field(("INBOX",), description="Folders to read.")
    sent_folder: str | None = Field("Sent", description="Folder that settles unknown messages by Message-ID.")
    timeout_seconds: float = Field(30, gt=0, description="How long to wait for each answer.")


class ApiSettings(Section):
    """How a mailbox hands mail to a vendor over HTTP."""

    key: SecretRef | None = Field(None, description="Where the vendor's key is kept: env:NAME or keyring:service/user.")
    base_url: str | None = Field(None, description="Where the vendor answers; unset for its own address.")
    campaigns: tuple[str, ...] = Field(
        (), description="Instantly, Smartlead: ids of the vendor's campaigns for the first mail of a sequence, the second, ..."
    )
    timeout_seconds: float = Field(30, gt=0, description="How long to wait for each answer.")


class WindowSettings(Section):
    """When mail may leave: hours and days by the recipient's clock, or by the mailbox's own."""

    start: time = Field(time(9, 0), description="First minute of the day on which mail may leave.")
    end: time = Field(time(17, 0), description="Minute from which no more mail leaves.")
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(
        (0, 1, 2, 3, 4), description="Days on which mail may leave; 0 is Monday."
    )
    time_zone: str = Field("UTC", description="IANA name of the mailbox's time zone; caps count its days.")
    clock: Literal["recipient", "mailbox"] = Field(
        "recipient", description="Whose clock the hours are read by; the mailbox's where the recipient's zone is not known."
    )
    holidays: bool = Field(True, description="Leave people in peace on public holidays and days off of their country.")


class MailboxSettings(Section):
    """One sender identity."""

    name: str = Field(description="Short name used in commands, such as 'anna'.")
    address: str = Field(description="Address the mail comes from.")
    display_name: str = Field("", description="Name shown beside the address.")
    sender: str = Field(
        "sandbox", description="Who hands mail over: 'sandbox', 'smtp', 'resend', 'sendgrid', 'instantly' or 'smartlead'."
    )
    collector: str = Field("sandbox", description="Which collector reads answers: 'sandbox', 'imap' or 'none'.")
    smtp: SmtpSettings = Field(default_factory=SmtpSettings, description="For the 'smtp' sender.")
    api: ApiSettings = Field(default_factory=ApiSettings, description="For the vendors' senders.")
    imap: ImapSettings = Field(default_factory=ImapSettings, description="For the 'imap' collector.")
    postal_address: str = Field("", description="Postal address in the footer. Nothing is sent without one.")
    public_url: str | None = Field(None, description="HTTPS base of the unsubscribe service; adds one-click unsubscribe.")
    dkim_selectors: tuple[str, ...] = Field(
        ("google", "selector1", "selector2", "default", "s1", "s2", "k1", "resend", "dkim", "mail"),
        description="Names under which its domain's DKIM keys are looked for.",
    )
    hourly_cap: int = Field(30, ge=0, description="Most messages in any sixty minutes.")
    daily_cap: int = Field(50, ge=0, description="Most messages in a calendar day of the window's time zone.")
    minimum_gap_seconds: float = Field(60, ge=0, description="Least time between two messages.")
    gap_jitter: float = Field(0.5, ge=0, le=10, description="Most that is added to the gap by chance, as a share of it.")
    ramp_start: int | None = Field(None, ge=1, description="Most messages on the first day of a new mailbox; unset for no ramp.")
    ramp_step: int = Field(5, ge=1, description="How many more each day after, until the daily cap.")
    window: WindowSettings = Field(default_factory=WindowSettings, description="When mail may leave.")


class DeliverySettings(Section):
    """Rules over all mailboxes."""

    contact_daily_cap: int = Field(3, ge=1, le=3, description="Most messages to one contact a day, over all campaigns.")
    contact_gap_days: int = Field(2, ge=0, description="Least days between two messages to one contact, over all campaigns.")
    stale_after_hours: float = Field(12, gt=0, description="A message overdue by more than this asks before it is sent.")
    attempts: int = Field(5, ge=1, description="Tries before a deferred message is given up as failed.")
    backoff_seconds: float = Field(300, gt=0, description="Wait after the first deferral; doubles each time.")
    pause_after_failures: int = Field(
        10, ge=0, description="Hand-overs in a row that fail before their mailbox is paused; 0 never pauses it."
    )
    parallel_mailboxes: int = Field(
        4, ge=1, le=32, description="Mailboxes that hand over at the same time, each over a connection of its own."
    )


class SandboxSettings(Section):
    """The simulated recipients: how often each thing happens, out of 1."""

    seed: int = Field(20261, description="Same seed, same world.")
    positive: float = Field(0.05, ge=0, le=1, description="Share that answers with interest.")
    negative: float = Field(0.03, ge=0, le=1, description="Share that declines.")
    information_request: float = Field(0.03, ge=0, le=1, description="Share that asks a question.")
    unsubscribe: float = Field(0.015, ge=0, le=1, description="Share that asks to be removed.")
    auto_reply: float = Field(0.06, ge=0, le=1, description="Share that is out of office.")
    bounce_hard: float = Field(0.02, ge=0, le=1, description="Share whose address does not exist.")
    bounce_soft: float = Field(0.015, ge=0, le=1, description="Share whose mailbox is full.")

    @model_validator(mode="after")
    def _at_most_everybody(self) -> SandboxSettings:
        total = sum(getattr(self, name) for name in type(self).model_fields if name != "seed")
        if total > 1:
            raise ValueError(f"the sandbox's shares add up to {total:g}, more than 1")
        return self


class WarehouseSettings(Section):
    """How much of the machine the figures may use while they are made."""

    memory: str = Field("2GB", pattern=r"^\d+(\.\d+)?\s?[KMG]i?B$", description="Most memory; what needs more goes to the disk.")
    threads: int = Field(2, ge=1, description="Most threads of one query.")


class LightSettings(Section):
    """Thresholds of the traffic lights, as rates from 0 to 1, and their floors."""

    bounce_red: float = Field(0.05, description="Bounces over sent from which the light is red.")
    complaint_red: float = Field(0.001, description="Complaints over delivered from which the light is red.")
    open_red: float = Field(0.25, description="Opens over delivered below which the light is red, where opens are tracked.")
    open_yellow: float = Field(0.40, description="Opens above which few replies mean a weak offer.")
    reply_yellow: float = Field(0.02, description="Replies over delivered below which the response is weak.")
    reply_green: float = Field(0.06, description="Replies over delivered above which the light is green.")
    sent_floor: int = Field(50, description="Messages sent before bounces are judged.")
    complaint_floor: int = Field(100, description="Messages delivered before complaints are judged.")
    open_floor: int = Field(100, description="Messages delivered before opens are judged.")
    delivered_floor: int = Field(100, description="Messages delivered before replies are judged.")
    judge_reply_by: Literal["point", "lower_bound"] = Field(
        "point", description="Compare the reply rate itself, or the lower end of its interval, with the threshold."
    )


class ModelSettings(Section):
    """One language model that may be asked."""

    name: str = Field(description="Short name used in orders and reports, such as 'fast'.")
    provider: str = Field(description="Who answers: 'openai', 'anthropic', 'openrouter', 'ollama' or 'compatible'.")
    model: str = Field(description="The provider's own name of the model.")
    base_url: str | None = Field(None, description="Where it answers; needed for 'compatible', else the provider's own address.")
    key: SecretRef | None = Field(None, description="Where its key is kept: env:NAME or keyring:service/user.")
    timeout_seconds: float = Field(30, gt=0, description="How long to wait for a whole answer.")
    first_byte_seconds: float | None = Field(
        None, gt=0, description="How long to wait for its first sign of life; unset takes the one of [llm]."
    )
    max_tokens: int = Field(1024, ge=1, description="Most tokens in one answer, unless a caller asks for fewer.")
    stream: bool = Field(True, description="Take the answer as it is written; without it silence is noticed only at the timeout.")
    schema_mode: Literal["json_schema", "grammar", "json_object", "prompt"] = Field(
        "json_schema",
        description="How it is held to a form: by the schema; by a grammar, as llama.cpp and vLLM make one, which also "
        "holds lengths; by JSON alone; or by being asked to.",
    )
    input_price: float | None = Field(None, ge=0, description="US dollars for a million tokens read; wins over the known price.")
    output_price: float | None = Field(
        None, ge=0, description="US dollars for a million tokens written; wins over the known price."
    )

    @model_validator(mode="after")
    def _both_prices(self) -> ModelSettings:
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("set input_price and output_price together, or neither")
        return self


class LlmSettings(Section):
    """Which models answer in which order, and what they may cost."""

    roles: dict[str, tuple[str, ...]] = Field(
        {}, description="Role to names of models in the order they are tried; 'default' is for the rest."
    )
    first_byte_seconds: float = Field(
        1.5, gt=0, description="How long a silent model holds up the next one; the last in order is given its whole timeout."
    )
    retries: int = Field(2, ge=0, description="Further rounds over the models that failed in passing, never after a timeout.")
    breaker_failures: int = Field(5, ge=1, description="Failures in a row after which a model is left alone.")
    breaker_seconds: float = Field(60, gt=0, description="How long it is left alone before one call tries it again.")
    call_max_tokens: int = Field(8192, ge=1, description="Most tokens that any one answer may be asked for.")
    run_budget_usd: float | None = Field(None, ge=0, description="Most US dollars for one run; unset for no cap.")
    monthly_budget_usd: float | None = Field(None, ge=0, description="Most US dollars a calendar month, UTC; unset for no cap.")
    cache_days: float = Field(30, ge=0, description="How long an answer is given again to the same question; 0 keeps none.")


class DraftingSettings(Section):
    """How models write drafts: how many at once, how often one is mended or tried again, how long an outage is sat out."""

    concurrency: int = Field(48, ge=1, le=1000, description="Most questions of drafts that are with models at once.")
    refinements: int = Field(1, ge=0, le=5, description="How often a draft with blocking findings is mended.")
    attempts: int = Field(3, ge=1, le=10, description="How often a draft is tried whose answers were no use.")
    outage_minutes: float = Field(30, ge=0, description="How long a run waits for models to answer again before it stops.")
    forbidden_words: tuple[str, ...] = Field((), description="Words and phrases that no draft may have, in any form and case.")
    judge: Literal["rules", "model"] = Field(
        "rules", description="Who scores drafts after a run: counting, or a model, a call each."
    )
    ahead_days: float = Field(3, ge=0, le=60, description="How many days before it may leave a later mail is drafted.")


class SearchSettings(Section):
    """By which model search finds meaning. It always finds words."""

    embedder: Literal["auto", "local", "api", "none"] = Field("auto", description="'local': the extra 'search'; 'api': as below.")
    provider: Literal["openai", "openrouter", "ollama", "compatible"] = Field("openai", description="Who answers to 'api'.")
    model: str = Field("", description="The provider's own name of the model, such as 'text-embedding-3-small'.")
    base_url: str | None = Field(None, description="Where it answers; needed for 'compatible', else the provider's own address.")
    key: SecretRef | None = Field(None, description="Where its key is kept: env:NAME or keyring:service/user.")
    dimensions: int = Field(1536, ge=8, le=8192, description="Numbers in one of its vectors.")
    price: float | None = Field(None, ge=0, description="US dollars for a million tokens; wins over the known price.")
    batch: int = Field(64, ge=1, le=2048, description="Most texts in one request.")
    timeout_seconds: float = Field(30, gt=0, description="How long to wait for an answer.")
    query_prefix: str = Field("", description="What the model wants before a question, such as 'query: '.")
    passage_prefix: str = Field("", description="What it wants before a text that is searched, such as 'passage: '.")

    @model_validator(mode="after")
    def _named(self) -> SearchSettings:
        if self.embedder == "api" and not self.model:
            raise ValueError("name the model, or choose another embedder")
        return self


def default_mailboxes() -> tuple[MailboxSettings, ...]:
    """Two sandbox identities with room for a whole demo, at any hour."""
    every_day = (0, 1, 2, 3, 4, 5, 6)
    window = WindowSettings(start=time(0, 0), end=time(23, 59, 59), weekdays=every_day, clock="mailbox", holidays=False)
    return tuple(
        MailboxSettings(
            name=name,
            address=f"{name}@workbench.example",
            display_name=shown,
            postal_address="Workbench Ltd, 1 Sample Street, Sampletown",
            public_url="https://unsubscribe.workbench.example",
            hourly_cap=10_000,
            daily_cap=10_000,
            minimum_gap_seconds=0,
            window=window,
        )
        for name, shown in (("anna", "Anna Petrova"), ("ben", "Ben Carter"))
    )
