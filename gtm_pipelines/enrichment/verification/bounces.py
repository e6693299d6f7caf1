"""What share of a list will bounce: a rate for each verdict, learned from one's own mail, and an interval. No I/O.

Each verdict has a Beta distribution: a prior worth so many mails, to which every mail sent under that verdict adds
itself. A published figure is named as the prior's source; where nobody has published one that can be checked, the prior
is ours and says so. Only hard bounces count: what providers judge by (AWS SES enforcement FAQ).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gtm_pipelines.enrichment.verification.model import VERDICTS, Verdict

BOUNCE_RULE = "bounces.projected"
"""Id of the rule that stops a release."""
LIMIT = 0.05
"""From which rate on nothing is released (AWS SES puts an account under review at 5 %; the specification's own figure)."""
_DRAWS, _SEED = 4_000, 5321
"""Of the interval: the 2.5 % quantile of 4,000 draws is good to about a tenth of the interval's width."""


@dataclass(frozen=True)
class Prior:
    """What is taken for a bounce rate before one's own mail shows it.

    Attributes:
        rate: share of mails that bounce hard.
        worth: as how many mails it counts.
        source: who published it, or that it is ours and why.
    """

    rate: float
    worth: float
    source: str


PRIORS: Mapping[Verdict, Prior] = {
    "valid": Prior(0.01, 100, "ours: half of the 2 % that AWS SES advises to stay below, which verified lists are to keep"),
    "server": Prior(0.028, 70, "ours: the average of all lists, less the domains without a mail server"),
    "unchecked": Prior(
        0.033, 70, "average of cold mail, Saleshandy 2026 (secondary); other averages, up to 7.5 %, lie within its interval"
    ),
    "catch_all": Prior(0.075, 40, "highest published average (Belkins, older); no figure for catch-all alone can be checked"),
    "unknown": Prior(0.051, 40, "average of lists, cleanlist.ai 2026; the vendor asked and could not tell"),
    "disposable": Prior(0.3, 10, "ours: thrown away after hours or days; no published figure"),
    "invalid": Prior(0.95, 40, "ours: Hunter and others claim about 95 % of their 'invalid' to be right"),
}
"""Verdict → prior."""


@dataclass(frozen=True)
class Share:
    """One verdict's part in a projection.

    Attributes:
        verdict: which.
        count: addresses of the list that have it.
        rate: bounces expected of each, 0 to 1.
        sent: own mails under this verdict that it was learned from.
        bounced: how many of them bounced hard.
        source: where the rest of the rate comes from.
    """

    verdict: Verdict
    count: int
    rate: float
    sent: int
    bounced: int
    source: str


@dataclass(frozen=True)
class Projection:
    """What share of a list will bounce hard.

    Attributes:
        recipients: addresses in the list.
        shares: by verdict, those that occur.
        rate: expected, 0 to 1.
        low, high: between which the rate will lie, 95 % sure.
        limit: from which rate on nothing is released.
        role, free_mail: how many are role mailboxes, and at free providers.
    """

    recipients: int
    shares: tuple[Share, ...]
    rate: float
    low: float
    high: float
    limit: float = LIMIT
    role: int = 0
    free_mail: int = 0

    @property
    def gate(self) -> Literal["open", "warn", "blocked"]:
        """Blocked where the expected rate reaches the limit, a warning where it may."""
        if self.recipients and self.rate >= self.limit:
            return "blocked"
        return "warn" if self.recipients and self.high >= self.limit else "open"

    @property
    def told(self) -> str:
        """What it comes to, in a sentence."""
        return (
            f"{self.rate:.1%} of {self.recipients:,} are expected to bounce (95 %: {self.low:.1%} to {self.high:.1%}); "
            f"the limit is {self.limit:.0%}"
        )


def project(
    counts: Mapping[str, int], measured: Mapping[str, tuple[int, int]], *, limit: float = LIMIT, role: int = 0, free_mail: int = 0
) -> Projection:
    """Say what share of a list will bounce.

    Args:
        counts: verdict → addresses of the list.
        measured: verdict → own mails sent under it, and how many of them bounced hard.
        limit: from which rate on nothing is released.
        role: role mailboxes among them.
        free_mail: addresses at free providers among them.
    """
    shares = tuple(_share(one, counts[one], *measured.get(one, (0, 0))) for one in VERDICTS if counts.get(one))
    recipients = sum(share.count for share in shares)
    if not recipients:
        return Projection(0, (), 0.0, 0.0, 0.0, limit)
    rate = sum(share.count * share.rate for share in shares) / recipients
    low, high = _interval(shares, recipients)
    return Projection(recipients, shares, rate, min(low, rate), max(high, rate), limit, role, free_mail)


def _share(verdict: Verdict, count: int, sent: int, bounced: int) -> Share:
    prior = PRIORS[verdict]
    rate = (prior.rate * prior.worth + bounced) / (prior.worth + sent)
    return Share(verdict, count, rate, sent, bounced, prior.source)


def _interval(shares: tuple[Share, ...], recipients: int) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % quantiles of the rate: rates drawn from their distributions, bounces from the rates."""
    import numpy as np

    dice = np.random.default_rng(_SEED)
    bounced = np.zeros(_DRAWS)
    for share in shares:
        worth = PRIORS[share.verdict].worth + share.sent
        rates = dice.beta(share.rate * worth, (1 - share.rate) * worth, _DRAWS)
        bounced += dice.binomial(share.count, rates)
    low, high = np.quantile(bounced / recipients, (0.025, 0.975))
    return float(low), float(high)
