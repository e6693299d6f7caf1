"""Hundreds of days of sequences on a virtual clock, and a judge of what left that knows nothing of the code under test.

Everything but the writing of texts is the product's own: freezing, release, queueing, planning, claims, hand-over,
settling, stops and pauses. Texts are put into the record as a person would have approved them.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings, content_hash, mailbox_policy
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.model import Handover, Outgoing, SendResult, Sought
from gtm_pipelines.delivery.service import DeliveryService
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import enrolments, suppressions
from gtm_pipelines.record.due import campaigns_due, campaigns_to_draft
from gtm_pipelines.record.tables import decision, draft, message, revision, target
from gtm_pipelines.settings import MailboxSettings, WindowSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_company, add_contact

PLACES = (
    ("Europe/Berlin", "DE"), ("America/New_York", "US"), ("Australia/Lord_Howe", "AU"), ("America/St_Johns", "CA"),
    ("Asia/Jerusalem", "IL"), ("America/Santiago", "CL"), (None, None),
)  # fmt: skip
"""Six zones with changes of the clocks, one of half an hour, one whose weekend is another; and somebody unknown."""
POSTAL = "Workbench Ltd, 1 Sample Street, Sampletown"
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SLACK = timedelta(seconds=5)
"""How long the simulated hand-over takes after the last check."""
LIMITS: dict[str, dict[str, Any]] = {
    "anna": {"hourly_cap": 3, "daily_cap": 7, "minimum_gap_seconds": 900.0},
    "ben": {"hourly_cap": 5, "daily_cap": 12, "minimum_gap_seconds": 300.0, "gap_jitter": 2.0},
    "cleo": {"hourly_cap": 4, "daily_cap": 9, "minimum_gap_seconds": 120.0, "ramp_start": 1, "ramp_step": 1},
}
WINDOWS = {
    "anna": WindowSettings(start=time(9, 0), end=time(17, 0), time_zone="Europe/Berlin"),
    "ben": WindowSettings(start=time(8, 30), end=time(12, 15), time_zone="America/New_York"),
    "cleo": WindowSettings(start=time(22, 0), end=time(3, 30), weekdays=(0, 1, 2, 3, 4, 5), time_zone="Asia/Kolkata"),
}
SEQUENCES = (
    ["follow-ups#first:2", "follow-ups#second:5"],
    ["follow-ups#first:1"],
    [],
    ["follow-ups#bump:7", "follow-ups#third:3"],
)


@dataclass
class Letterbox:
    """A sender that notes when what left to whom."""

    clock: VirtualClock
    left: list[tuple[datetime, Outgoing]] = field(default_factory=list)

    def plan(self, _outgoing: Outgoing) -> Handover:
        return Handover("letterbox")

    def send(self, outgoing: Outgoing, handing: Callable[[], None]) -> SendResult:
        handing()
        self.left.append((self.clock.now(), outgoing))
        return SendResult("sent", "250 kept")

    def look_up(self, sought: Sought) -> bool | None:
        return any(one.rfc_message_id == sought.rfc_message_id for _, one in self.left)

    def close(self) -> None:
        return None


@dataclass
class Spell:
    """A time in which nothing may leave to somebody, in one campaign or in all."""

    contact_id: str | None
    since: datetime
    until: datetime | None
    why: str
    campaign_id: str | None = None


class Days:
    """A record with people in many zones, campaigns that begin one after another, and what happens to them by a coin.

    Args:
        home: an empty folder.
        people: how many.
        days: how many are lived through.
        seed: of every coin.
    """

    def __init__(self, home: Path, *, people: int, days: int, seed: int) -> None:
        self.coin, self.days, self.clock = random.Random(seed), days, VirtualClock(START)
        boxes = tuple(
            MailboxSettings(name=name, address=f"{name}@sender.example", postal_address=POSTAL, window=WINDOWS[name], **limits)
            for name, limits in LIMITS.items()
        )
        settings = load_settings(home=home).model_copy(update={"mailboxes": boxes})
        self.bench: Workbench = open_workbench(settings, clock=self.clock)
        self.boxes = {box.name: box for box in boxes}
        self.sender = Letterbox(self.clock)
        self.delivery = DeliveryService(
            self.bench.record, self.clock, home, boxes, settings.delivery, lambda _box: self.sender,
            checkpoint=lambda step: self.clock.sleep(self.coin.uniform(0, 4)) if step == "claimed" else None,
        )  # fmt: skip
        self.people = self._people(people)
        self.spells: list[Spell] = []
        self.campaigns: list[str] = []
        self.paused: dict[str, Spell] = {}

    def _people(self, count: int) -> dict[str, tuple[str | None, str | None, str]]:
        record, clock = self.bench.record, self.clock
        firms = [add_company(record, clock, name=f"Firm {number}") for number in range(max(count // 2, 1))]
        found = {}
        for number in range(count):
            zone, country = PLACES[number % len(PLACES)]
            firm, address = firms[number % len(firms)], f"p{number}@firm{number % len(firms)}.example"
            place = {"time_zone": zone, "country_code": country}
            key = add_contact(record, clock, full_name=f"P {number}", email=address, company_id=firm, **place)
            found[key] = (zone, country, address)
        return found

    def live(self) -> None:
        """Live through all the days: events, texts, queueing, and sending at every moment that the report names."""
        for day in range(self.days):
            tomorrow = START + timedelta(days=day + 1)
            self._begin(day)
            self._happen()
            self._write()
            if self.coin.random() < 0.03:
                self.clock.at = max(self.clock.at, tomorrow - timedelta(hours=1))  # the machine slept
            self._send(tomorrow)
            self.clock.at = max(self.clock.at, tomorrow)

    def _begin(self, day: int) -> None:
        number = len(self.campaigns)
        if day % max(self.days // 8, 1) or number >= 6:
            return
        self.bench.segments.save("everybody", {"all": []}, by="anna")
        chosen = {"seed": number, "sequence": SEQUENCES[number % len(SEQUENCES)], "stop_company": number % 2 == 0}
        made = self.bench.campaigns.create(
            f"c{number}", segment="everybody", pack="cold-email", variants=["direct"], by="anna",
            mailboxes=list(self.boxes), settings=CampaignSettings.model_validate(chosen),
        )  # fmt: skip
        self.campaigns.append(made.id)
        with self.bench.record.read() as connection:
            mine = sa.select(target.c.id).where(target.c.campaign_id == made.id, target.c.status == "active")
            self._approve(made.id, [(key, 1) for key in connection.execute(mine).scalars()])
        if any(self._targets(made.id)):
            self.bench.campaigns.release(made.id, by="person:anna")
            self.delivery.queue(made.id)

    def _targets(self, campaign_id: str) -> Iterator[Any]:
        with self.bench.record.read() as connection:
            yield from connection.execute(
                sa.select(target).where(target.c.campaign_id == campaign_id, target.c.status == "active")
            )

    def _write(self) -> None:
        """Approve the later mails that are due within two days."""
        by = self.clock.now() + timedelta(days=2)
        for campaign_id in [row.id for row in campaigns_to_draft(self.bench.record, by)]:
            with self.bench.record.read() as connection:
                due = enrolments.due(connection, self.bench.record.workspace_id, campaign_id, by=by)
                have = set(connection.execute(sa.select(draft.c.target_id, draft.c.step)).tuples())
            wanted = [(row["target_id"], row["step"]) for row in due if (row["target_id"], row["step"]) not in have]
            self._approve(campaign_id, wanted)

    def _approve(self, campaign_id: str, wanted: list[tuple[str, int]]) -> None:
        held = {row.id: row for row in self._targets(campaign_id)}
        rows: dict[sa.Table, list[dict[str, Any]]] = {draft: [], revision: [], decision: []}
        for target_id, step in wanted:
            if target_id in held:
                for table, row in self._text(held[target_id], step).items():
                    rows[table].append(row)
        with self.bench.record.write() as connection:
            for table, made in rows.items():
                if made:
                    connection.execute(sa.insert(table), made)

    def _text(self, person: Any, step: int) -> dict[sa.Table, dict[str, Any]]:
        subject, body = "A question" if step == 1 else "Re: A question", f"Mail {step}.\n\n{POSTAL}"
        named = content_hash(subject, body, person.recipient, mailbox_policy(self.boxes[person.mailbox]))
        now, key = self.clock.now(), new_id()
        shared = {"workspace_id": person.workspace_id, "created_at": now, "content_hash": named}
        return {
            draft: shared | {
                "id": key, "campaign_id": person.campaign_id, "target_id": person.id, "contact_id": person.contact_id,
                "step": step, "variant": "direct", "language": "en", "drafter": "baseline", "status": "approved",
                "current_revision": 1, "warnings": [], "updated_at": now,
            },
            revision: shared | {
                "id": new_id(), "draft_id": key, "number": 1, "subject": subject, "body": body, "author": "drafter:baseline",
            },
            decision: shared | {
                "id": new_id(), "draft_id": key, "revision_number": 1, "kind": "approve", "decided_by": "person:anna",
            },
        }  # fmt: skip

    def _happen(self) -> None:
        """Let answers, absences, wishes and pauses happen to a few people, each written down for the judge."""
        now, workspace = self.clock.now(), self.bench.record.workspace_id
        who = self.coin.choice(list(self.people))
        roll = self.coin.random()
        with self.bench.record.write() as connection:
            if roll < 0.03:
                suppressions.add(connection, workspace, "address", self.people[who][2], reason="asked", source="person", at=now)
                self.spells.append(Spell(who, now, None, "suppressed"))
            elif roll < 0.12:
                held = {"contact_id": who, "campaign_id": None, "cause_id": None, "at": now}
                enrolments.stop(connection, workspace, reason=self.coin.choice(["replied", "meeting", "bounced"]), **held)
                self.spells += [Spell(who, now, None, "stopped", campaign) for campaign in self.campaigns]
                enrolments.stop_company(connection, workspace, contact_id=who, cause_id=None, at=now)
                self._note_company(connection, now)
            elif roll < 0.20:
                until = now + timedelta(days=self.coin.randrange(1, 25))
                enrolments.pause(connection, workspace, contact_id=who, campaign_id=None, cause_id=None, until=until, at=now)
                self.spells += [Spell(who, now, until, "away", campaign) for campaign in self.campaigns]
        self._pause_or_resume(now)

    def _note_company(self, connection: sa.Connection, now: datetime) -> None:
        for campaign in self.campaigns:
            for row in enrolments.of_campaign(connection, self.bench.record.workspace_id, campaign, status="stopped"):
                if row["reason"] == "company" and row["updated_at"] == now:
                    self.spells.append(Spell(row["contact_id"], now, None, "company", campaign))

    def _pause_or_resume(self, now: datetime) -> None:
        for campaign in self.campaigns:
            if campaign in self.paused and self.coin.random() < 0.3:
                self.delivery.resume(campaign, by="person:anna")
                self.paused.pop(campaign).until = now
                continue
            unlucky = campaign not in self.paused and self.coin.random() < 0.01
            if unlucky and self.bench.campaigns.get(campaign).status == "sending":
                self.delivery.pause(campaign, by="person:anna")
                self.paused[campaign] = Spell(None, now, None, "campaign paused", campaign)
                self.spells.append(self.paused[campaign])

    def _send(self, tomorrow: datetime) -> None:
        """Queue and send where the product's own schedule sees work before tomorrow."""
        due = [row.id for row in campaigns_due(self.bench.record, tomorrow)]
        for campaign in due:
            self.delivery.queue(campaign)
        while due and self.clock.at < tomorrow:
            report = self.delivery.send(overdue=self.coin.random() < 0.5)
            if report.next_due_at is None or report.next_due_at >= tomorrow:
                return
            self.clock.at = max(report.next_due_at, self.clock.at + timedelta(seconds=1))


@dataclass
class Verdict:
    """What the judge counted: how many left, and every breach by its kind."""

    sent: int
    campaigns: int
    later: int
    breaches: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)


def judge(days: Days) -> Verdict:
    """Look at everything that left, by the letterbox's own notes and the world's own events."""
    with days.bench.record.read() as connection:
        rows = {row["rfc_message_id"]: row for row in connection.execute(sa.select(message)).mappings()}
    left = [(at, rows[one.rfc_message_id]) for at, one in days.sender.left]
    verdict = Verdict(len(left), len(days.campaigns), sum(row["step"] > 1 for _, row in left))
    verdict.seen.update(spell.why for spell in days.spells)
    found = verdict.breaches
    found["twice"] = len(left) - len({row["id"] for _, row in left})
    for at, row in left:
        found["window"] += not (_open(days, row, at) or _open(days, row, at - SLACK))
        found["stopped"] += sum(_holds(spell, row, at) for spell in days.spells)
    _judge_mailboxes(days, left, found)
    _judge_people(days, left, found)
    return verdict


def _holds(spell: Spell, row: Any, at: datetime) -> bool:
    mine = spell.contact_id in (None, row["contact_id"]) and spell.campaign_id in (None, row["campaign_id"])
    return mine and spell.since <= at - SLACK and (spell.until is None or at < spell.until)


def _open(days: Days, row: Any, at: datetime) -> bool:
    zone, country, _ = days.people[row["contact_id"]]
    window = WINDOWS[row["mailbox"]]
    local = at.astimezone(ZoneInfo(zone or window.time_zone))
    clock, start, end = local.time(), window.start, window.end
    inside = start <= clock < end if start < end else clock >= start or clock < end
    return inside and local.weekday() in window.weekdays and not _holiday(local.date(), country)


def _holiday(day: date, country: str | None) -> bool:
    import holidays

    if country is None:
        return False
    if country == "IL" and day.weekday() == 4:
        return True
    return day in holidays.country_holidays(country, years=day.year)


def _judge_mailboxes(days: Days, left: list[tuple[datetime, Any]], found: Counter[str]) -> None:
    for name, limits in LIMITS.items():
        moments = sorted(at for at, row in left if row["mailbox"] == name)
        zone = ZoneInfo(WINDOWS[name].time_zone)
        gap = timedelta(seconds=limits["minimum_gap_seconds"]) - SLACK
        found["gap"] += sum(after - before < gap for before, after in pairwise(moments))
        found["hour"] += sum(
            n - bisect_right(moments, at - timedelta(hours=1) + SLACK) >= limits["hourly_cap"] for n, at in enumerate(moments)
        )
        by_day = Counter(at.astimezone(zone).date() for at in moments)
        found["day"] += sum(count > limits["daily_cap"] for count in by_day.values())
        if "ramp_start" in limits and moments:
            first = min(by_day)
            found["ramp"] += sum(n > limits["ramp_start"] + limits["ramp_step"] * (day - first).days for day, n in by_day.items())


def _judge_people(days: Days, left: list[tuple[datetime, Any]], found: Counter[str]) -> None:
    mails: dict[str, list[datetime]] = defaultdict(list)
    threads: dict[tuple[str, str], list[tuple[int, datetime, str]]] = defaultdict(list)
    for at, row in left:
        mails[row["contact_id"]].append(at)
        threads[row["campaign_id"], row["contact_id"]].append((row["step"], at, row["mailbox"]))
    for moments in mails.values():
        found["peace"] += sum(after - before < timedelta(days=2) - SLACK for before, after in pairwise(sorted(moments)))
    for (campaign_id, contact_id), thread in threads.items():
        steps = [step for step, _, _ in thread]
        found["order"] += steps != list(range(1, len(steps) + 1))
        found["mailbox"] += len({mailbox for _, _, mailbox in thread}) > 1
        waits = [int(text.split(":")[1]) for text in SEQUENCES[days.campaigns.index(campaign_id) % len(SEQUENCES)]]
        zone, country, _ = days.people[contact_id]
        for wait, (before, after) in zip(waits, pairwise([at for _, at, _ in thread]), strict=False):
            found["wait"] += _working_days(before, after, ZoneInfo(zone or "UTC"), country) < wait


def _working_days(before: datetime, after: datetime, zone: ZoneInfo, country: str | None) -> int:
    weekend = (4, 5) if country == "IL" else (5, 6)
    day, last, count = before.astimezone(zone).date(), after.astimezone(zone).date(), 0
    while day < last:
        day += timedelta(days=1)
        count += day.weekday() not in weekend and not _holiday(day, country)
    return count
