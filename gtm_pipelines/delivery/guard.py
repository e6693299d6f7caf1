"""Pause a campaign whose mails come back or are reported as spam, before the sender's name is lost.

Thresholds and floors are those of the traffic lights. Shares are compared exactly, as fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.pausing import SYSTEM, pause_campaign
from gtm_pipelines.log import get_logger
from gtm_pipelines.record import campaigns, suppressions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.rates import Rates, rates, running, since_resumed, troubled
from gtm_pipelines.settings import LightSettings

EVERY = 25
"""Hand-overs between two looks, where nothing bounced in between; answers come in by other processes."""

_LOG = get_logger("delivery.guard")


@dataclass(frozen=True)
class Deliverability:
    """How the mails of one campaign arrive, since a person last let it go on.

    Attributes:
        campaign: its name.
        campaign_id: its id.
        status: its state.
        paused_at: since when it is paused, if it is.
        pause_reason: why.
        counts: of its messages.
        bounce_limit: share of what came back from which it is paused, above ``bounce_floor`` mails.
        bounce_floor: mails before that is judged.
        complaint_limit: share of reports as spam from which it is paused, above ``complaint_floor`` mails.
        complaint_floor: mails delivered before that is judged.
    """

    campaign: str
    campaign_id: str
    status: str
    paused_at: datetime | None
    pause_reason: str | None
    counts: Rates
    bounce_limit: float
    bounce_floor: int
    complaint_limit: float
    complaint_floor: int


class Guard:
    """Looks at campaigns that are sending."""

    def __init__(self, record: Record, clock: Clock, lights: LightSettings) -> None:
        self._record = record
        self._clock = clock
        self._lights = lights

    def look(self, campaign_id: str | None = None) -> list[str]:
        """Judge one campaign, or all that are sending; return the ids of those paused now."""
        workspace_id, paused = self._record.workspace_id, []
        with self._record.read() as connection:
            found = [key for key in running(connection, workspace_id) if campaign_id in (None, key)]
            told = {
                key: why
                for key in found
                if troubled(connection, workspace_id, key)
                and (
                    why := reason(
                        rates(connection, workspace_id, key, since_resumed(connection, workspace_id, key)), self._lights
                    )
                )
            }
        for key, why in told.items():
            with self._record.write() as connection:
                suppressions.lock(connection, workspace_id)
                if pause_campaign(connection, workspace_id, key, reason=why, actor=SYSTEM, at=self._clock.now()):
                    paused.append(key)
                    _LOG.warning("campaign_paused", campaign=key, reason=why)
        return paused

    def report(self) -> list[Deliverability]:
        """Return how the mails of every campaign that was released arrive, the newest campaign first."""
        workspace_id, lights = self._record.workspace_id, self._lights
        limits = lights.bounce_red, lights.sent_floor, lights.complaint_red, lights.complaint_floor
        with self._record.read() as connection:
            return [
                Deliverability(
                    row["name"], row["id"], row["status"], row["paused_at"], row["pause_reason"],
                    rates(connection, workspace_id, row["id"], since_resumed(connection, workspace_id, row["id"])), *limits,
                )
                for row in campaigns.page(connection, workspace_id)
                if row["status"] in ("sending", "completed")
            ]  # fmt: skip


def reason(counts: Rates, lights: LightSettings) -> str | None:
    """Say why a campaign is to be paused, or ``None``."""
    bounced = _share(counts.came_back, counts.attempted)
    if counts.attempted >= lights.sent_floor and bounced >= _exact(lights.bounce_red):
        return (
            f"{counts.came_back} of {counts.attempted} mails came back, {_percent(bounced)}; the limit is "
            f"{_percent(_exact(lights.bounce_red))}. Verify the addresses that are left, then resume."
        )
    complained = _share(counts.complained, counts.delivered)
    if counts.complained and counts.delivered >= lights.complaint_floor and complained >= _exact(lights.complaint_red):
        return (
            f"{counts.complained} of {counts.delivered} mails were reported as spam, {_percent(complained)}; the limit is "
            f"{_percent(_exact(lights.complaint_red))}. Look at whom you write to and what you say, then resume."
        )
    return None


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def _exact(threshold: float) -> Fraction:
    return Fraction(str(threshold))


def _percent(value: Fraction) -> str:
    return f"{float(value) * 100:.2f}".rstrip("0").rstrip(".") + " %"
