"""Look at a plan a page at a time, without planning everybody where there are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.model import WAITING, PlanRow
from gtm_pipelines.delivery.planning import Planning, campaign_of
from gtm_pipelines.delivery.prospect import KINDS, Kind, Prospect, kind_of, of_counts, of_plan
from gtm_pipelines.record import mailboxes, plans
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.plans import Counted, Frame, Key
from gtm_pipelines.settings import DeliverySettings

WHOLE = 2_000
"""Mails up to which a plan is made whole, or a page together with all before it: a few tenths of a second."""


class Prospecting:
    """Makes prospects of campaigns."""

    def __init__(
        self,
        record: Record,
        clock: Clock,
        names: Sequence[str],
        rules: DeliverySettings,
        planning: Planning,
        *,
        whole: int = WHOLE,
        reach: int = WHOLE,
    ) -> None:
        self._record = record
        self._clock = clock
        self._names = names
        self._rules = rules
        self._planning = planning
        self._whole = whole
        self._reach = reach

    def prospect(self, campaign_key: str) -> Prospect:
        """Count what becomes of a campaign as it stands now, and offer its pages.

        Raises:
            NotFoundError: there is no such campaign.
        """
        with self._record.read() as connection:
            campaign = campaign_of(connection, self._record.workspace_id, campaign_key)
            paused = mailboxes.paused(connection, self._record.workspace_id)
            frame = self._frame(campaign, paused)
            counted = plans.counts(connection, frame)
        if sum(one.number for one in counted) <= self._whole:
            return of_plan(self._planning.plan(campaign["id"]), self._clock.now())
        pages = _Pages(self._record, self._planning, campaign, frame, counted, self._reach)
        return of_counts(campaign, counted, paused, pages.page)

    def _frame(self, campaign: Mapping[Any, Any], paused: Mapping[str, str]) -> Frame:
        now = self._clock.now()
        return Frame(
            workspace_id=self._record.workspace_id,
            campaign_id=campaign["id"],
            now=now,
            stale_before=now - timedelta(hours=self._rules.stale_after_hours),
            rested=now - timedelta(days=self._rules.contact_gap_days),
            mailboxes=self._names,
            paused=list(paused),
            campaign_paused=campaign["paused_at"] is not None,
        )


class _Pages:
    """The pages of one large plan."""

    def __init__(
        self,
        record: Record,
        planning: Planning,
        campaign: Mapping[Any, Any],
        frame: Frame,
        counted: Sequence[Counted],
        reach: int,
    ) -> None:
        self._record = record
        self._planning = planning
        self._campaign = campaign
        self._frame = frame
        self._reach = reach
        self._states = {kind: {one.state for one in counted if kind_of(one.state, one.rule) == kind} for kind in KINDS}
        self._numbers = {kind: sum(one.number for one in counted if kind_of(one.state, one.rule) == kind) for kind in KINDS}

    def page(self, kind: Kind | None, limit: int, offset: int) -> Sequence[PlanRow]:
        """Return the mails of one kind, or of all, from an offset on."""
        found: list[PlanRow] = []
        for one in KINDS if kind is None else (kind,):
            wanted = min(limit - len(found), self._numbers[one] - offset)
            if wanted > 0:
                found += self._going(wanted, offset) if one == "going" else self._held(one, wanted, offset)
            offset = max(0, offset - self._numbers[one])
        return found

    def _held(self, kind: Kind, limit: int, offset: int) -> list[PlanRow]:
        """Plan mails that leave no more, or not now: nothing else has a part in their rows."""
        with self._record.read() as connection:
            if kind == "done":
                keys = plans.done(connection, self._frame, limit=limit, offset=offset)
            else:
                keys = plans.stopped(connection, self._frame, states=self._states[kind], limit=limit, offset=offset)
            rows = self._planning.rows(connection, self._campaign, set(keys))
        return _in_order(keys, {Key(item.person["id"], item.step): row for item, row in rows})

    def _going(self, limit: int, offset: int) -> list[PlanRow]:
        """Plan mails that will leave with all those before them, whose moments they must keep clear of."""
        with self._record.read() as connection:
            keys = self._first(connection, offset + limit)
            if offset + limit > self._reach:
                return _in_order(keys[offset:], self._whole)
            rows = self._planning.rows(connection, self._campaign, set(keys))
            late = self._planning.late(connection, self._campaign["id"], [item for item, row in rows if row.rule is None])
        mine, shown = {Key(item.person["id"], item.step): row for item, row in rows}, keys[offset:]
        return _in_order(shown, self._whole if late.intersection(shown) else mine)

    def _first(self, connection: sa.Connection, limit: int) -> list[Key]:
        """Return the first mails that will leave: those in hand, those that wait, those that have no message yet."""
        keys = plans.in_flight(connection, self._frame)[:limit]
        if len(keys) < limit and not self._states["going"].isdisjoint(WAITING):
            keys += plans.waiting(connection, self._frame, limit=limit - len(keys))
        if len(keys) < limit and "planned" in self._states["going"]:
            keys += plans.ready(connection, self._frame, limit=limit - len(keys))
        return keys

    @cached_property
    def _whole(self) -> Mapping[Key, PlanRow]:
        with self._record.read() as connection:
            rows = self._planning.rows(connection, self._campaign)
        return {Key(item.person["id"], item.step): row for item, row in rows}


def _in_order(keys: Sequence[Key], rows: Mapping[Key, PlanRow]) -> list[PlanRow]:
    return [rows[key] for key in keys if key in rows]
