"""What is looked at before a campaign is released: how many of its mails will probably come back."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import Any, Protocol

from gtm_pipelines.enrichment.model import BOUNCE_RULE, Projection
from gtm_pipelines.errors import InputError, PolicyError


class Bounces(Protocol):
    """Whoever projects the bounces of a campaign."""

    def of_campaign(self, campaign_id: str) -> Projection:
        """Say what share of those whom nothing was sent to yet will bounce."""
        ...


@dataclass(frozen=True)
class Passed:
    """That a campaign may be released.

    Attributes:
        detail: what the audit event of the release says of it.
        overridden: whether a person released it against the projection.
    """

    detail: dict[str, Any]
    overridden: bool


def check(projection: Projection, name: str, accept: str | None) -> Passed:
    """Let a campaign pass, or a person's reason carry it past the limit.

    Args:
        projection: of its bounces.
        name: of the campaign.
        accept: why a person wants it released all the same, if they do.

    Raises:
        PolicyError: ``bounces.projected``: too many mails would come back, and nobody has accepted that.
        InputError: the reason for accepting it is empty.
    """
    figures = {"rate": round(projection.rate, 4), "low": round(projection.low, 4), "high": round(projection.high, 4)}
    detail: dict[str, Any] = {"projected_bounces": figures, "recipients": projection.recipients}
    if projection.gate != "blocked":
        return Passed(detail, overridden=False)
    if accept is None:
        raise PolicyError(
            BOUNCE_RULE,
            f"{projection.told}. Look at them (gtm verify --campaign {quote(name)}), verify the addresses and leave out those "
            f'that take no mail; or release it all the same and say why: --accept-bounces "..."',
        )
    if not accept.strip():
        raise InputError("Say why the campaign shall be released although many mails may come back.")
    return Passed(detail | {"accepted": accept.strip(), "rule": BOUNCE_RULE, "limit": projection.limit}, overridden=True)
