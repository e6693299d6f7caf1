"""Settings of what comes back: how answers are read, how meetings are offered, what vendors report. Values only."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gtm_pipelines.settings_model import SecretRef, Section


class WebhookSettings(Section):
    """What one vendor signs its reports with."""

    vendor: Literal["resend", "sendgrid", "instantly", "smartlead"] = Field(description="Who reports.")
    key: SecretRef = Field(
        description="Where its secret is kept: Resend's signing secret, SendGrid's public key, a shared secret for the others."
    )


class ReplySettings(Section):
    """How answers are read and answered."""

    sure: float = Field(0.7, ge=0, le=1, description="Confidence below which an answer's class waits for a person.")
    reader: Literal["rules", "examples", "model"] = Field(
        "examples",
        description="Who reads what the rules are not sure of: nobody, the local model for search, or a language model.",
    )
    booking_url: str | None = Field(None, description="Where people book a meeting with you; offered in answers.")
    meeting_minutes: int = Field(30, gt=0, le=480, description="How long a meeting lasts in an invitation.")
    track_opens: bool = Field(False, description="Count opens where a vendor reports them; off, they are not kept.")
    webhooks: tuple[WebhookSettings, ...] = Field((), description="Vendors whose reports are taken in.")
