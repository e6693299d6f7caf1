"""What a page needs of a plan: how many are written to, stopped or done, and the mails of one page with their moments.

A plan of a few thousand mails is made whole. Of a larger one the record counts, and only the mails of the page are planned:
each row equals that of the whole plan. Where a moment hangs on more mails than that, because the page stands deep in the
queue or its people are left in peace for now, the whole plan is made after all, once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm_pipelines.delivery import policy
from gtm_pipelines.delivery.model import IN_FLIGHT, WAITING, Plan, PlanRow
from gtm_pipelines.record.plans import Counted

Kind = Literal["going", "stopped", "done"]
KINDS: tuple[Kind, ...] = ("going", "stopped", "done")
GOING = ("planned", *WAITING, *IN_FLIGHT)
"""States of mails that have not left."""


def kind_of(state: str, rule: str | None) -> Kind:
    """Tell whether a mail will leave, is stopped by a rule, or has left or never will."""
    if rule or state == "stopped":
        return "stopped"
    return "going" if state in GOING else "done"


@dataclass(frozen=True)
class Prospect:
    """What becomes of a campaign, counted.

    Attributes:
        numbers: mails by kind; of a large plan as far as the record tells: text and suppressions are looked at as each leaves.
        mailboxes: mails that will leave, by mailbox.
        reasons: mails that are stopped, by reason.
        several: somebody gets more than one mail.
        due_now: mails that may leave now.
        first: when the first of those that will leave is due, where all are known.
        last: when the last of them is due.
        whole: every mail is looked at.
    """

    campaign_id: str
    numbers: Mapping[Kind, int]
    mailboxes: Mapping[str, int]
    reasons: Mapping[str, int]
    several: bool
    due_now: int
    first: datetime | None
    last: datetime | None
    whole: bool
    page: Callable[[Kind | None, int, int], Sequence[PlanRow]] = field(repr=False, compare=False)
    """Returns the mails of one kind, or of all, from an offset on: ``page(kind, limit, offset)``."""


def of_plan(plan: Plan, now: datetime) -> Prospect:
    """Count a plan that was made whole."""
    rows: dict[Kind, list[PlanRow]] = {kind: [] for kind in KINDS}
    for row in plan.rows:
        rows[kind_of(row.state, row.rule)].append(row)
    going = rows["going"]
    moments = [row.due_at for row in going if row.due_at is not None]
    known = moments if len(moments) == len(going) else []

    def page(kind: Kind | None, limit: int, offset: int) -> Sequence[PlanRow]:
        every = rows[kind] if kind else [row for one in KINDS for row in rows[one]]
        return every[offset : offset + limit]

    return Prospect(
        campaign_id=plan.campaign_id,
        numbers={kind: len(found) for kind, found in rows.items()},
        mailboxes=Counter(row.mailbox for row in going),
        reasons=Counter(row.reason for row in plan.rows if row.rule and row.reason),
        several=any(row.step > 1 for row in plan.rows),
        due_now=sum(row.due_at is None or row.due_at <= now for row in going),
        first=min(known, default=None),
        last=max(known, default=None),
        whole=True,
        page=page,
    )


def of_counts(
    campaign: Mapping[Any, Any],
    counted: Sequence[Counted],
    paused: Mapping[str, str],
    page: Callable[[Kind | None, int, int], Sequence[PlanRow]],
) -> Prospect:
    """Tell from the record's counts.

    Args:
        campaign: the campaign's row.
        counted: its mails.
        paused: why mailboxes are paused, by name.
        page: reads a page.
    """
    numbers: Counter[Kind] = Counter(dict.fromkeys(KINDS, 0))
    mailboxes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for one in counted:
        kind = kind_of(one.state, one.rule)
        numbers[kind] += one.number
        if kind == "going":
            mailboxes[one.mailbox] += one.number
        elif kind == "stopped":
            reasons[_reason(one, campaign, paused)] += one.number
    going = [one for one in counted if kind_of(one.state, one.rule) == "going"]
    known = going if all(one.first_due and one.last_due for one in going) else []
    return Prospect(
        campaign_id=campaign["id"],
        numbers=numbers,
        mailboxes=mailboxes,
        reasons=reasons,
        several=any(one.last_step > 1 for one in counted),
        due_now=sum(one.due_now for one in going),
        first=min((one.first_due for one in known if one.first_due), default=None),
        last=max((one.last_due for one in known if one.last_due), default=None),
        whole=False,
        page=page,
    )


def _reason(one: Counted, campaign: Mapping[Any, Any], paused: Mapping[str, str]) -> str:
    """Return the words of a stop, as the plan's rows have them."""
    match one.rule:
        case "target.excluded":
            return policy.excluded(one.detail).reason
        case "sequence.wait":
            return policy.WAITS["sequence.wait"]
        case "sequence.stopped":
            return policy.SEQUENCE_STOPS.get(one.detail or "", policy.REASONS["sequence.stopped"])
        case "campaign.paused":
            return policy.campaign_paused(campaign["pause_reason"]).reason
        case "mailbox.paused":
            return policy.mailbox_paused(paused.get(one.mailbox, "")).reason
        case _:
            return policy.REASONS[str(one.rule)]
