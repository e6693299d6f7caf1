"""What a campaign holds for everybody: the mails that left or wait, and the next one they stand at. No I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gtm_pipelines.record import messages
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.workdays import place_of
from gtm_pipelines.settings import MailboxSettings

Row = Mapping[Any, Any]


@dataclass(frozen=True, eq=False)
class Item:
    """One mail to one person.

    Attributes:
        person: the target.
        step: which mail it is.
        message: its message, once it is queued.
        draft: the approved draft of a mail that is not queued.
        drafted: the states its drafts are in.
        standing: ``step`` and where the person stands in the sequence, as ``policy.sequence`` reads it.
    """

    person: Row
    step: int
    message: Row | None
    draft: Row | None
    drafted: frozenset[str]
    standing: Row = field(repr=False)

    @property
    def left(self) -> bool:
        """Whether it left, or may have, or never will."""
        return self.message is not None and self.message["state"] not in messages.WAITING

    @property
    def mailbox(self) -> str:
        """The mailbox it leaves from."""
        return str((self.message or self.person)["mailbox"])

    @property
    def not_before(self) -> datetime | None:
        """The earliest moment at which the sequence lets it leave, where it is known."""
        away = self.standing["paused_until"] if self.standing["enrolment_status"] == "paused" else None
        return max((at for at in (self.standing["next_at"], away) if at is not None), default=None)

    @property
    def moment(self) -> datetime | None:
        """When its message leaves or left; ``None`` where it never did."""
        if self.message is None:
            return None
        waiting = self.message["state"] in messages.WAITING
        moment: datetime | None = self.message["due_at"] if waiting else self.message["sent_at"] or self.message["handed_at"]
        return moment


def items_of(
    people: Iterable[Row],
    held: Iterable[Row],
    approved: Iterable[Row],
    drafted: Mapping[tuple[str, int], set[str]],
    standing: Iterable[Row],
) -> list[Item]:
    """Return every mail that left or waits, and the next one of everybody whose sequence has not ended with the last.

    Args:
        people: the targets.
        held: the messages.
        approved: the approved drafts.
        drafted: states of drafts by target and step.
        standing: the enrolments.
    """
    by_target: dict[str, dict[int, Row]] = defaultdict(dict)
    for message in held:
        by_target[message["target_id"]][message["step"]] = message
    ready = {(row["target_id"], row["step"]): row for row in approved}
    enrolled = {row["target_id"]: row for row in standing}
    answers: dict[str, list[int]] = defaultdict(list)
    for target_id, step in ready:
        if step >= FIRST_ANSWER:
            answers[target_id].append(step)
    items: list[Item] = []
    for person in people:
        key = person["id"]
        mine, place = by_target[key], enrolled.get(key)
        steps = sorted({*mine, *_next(mine, place), *answers[key]})
        items += [_item(person, step, mine.get(step), ready.get((key, step)), drafted, place) for step in steps]
    return items


def _next(mine: Mapping[int, Row], place: Row | None) -> Sequence[int]:
    """Return the mail somebody stands at; none where the sequence has ended with the last one."""
    if place is None:
        return (1,)
    return () if place["status"] == "finished" and mine else (place["step"],)


def _item(
    person: Row, step: int, message: Row | None, draft: Row | None, drafted: Mapping[tuple[str, int], set[str]], place: Row | None
) -> Item:
    names = {"status": "enrolment_status", "reason": "enrolment_reason", "step": "enrolment_step"}
    names |= {"next_at": "next_at", "paused_until": "paused_until"}
    where = {shown: place[name] if place else None for name, shown in names.items()} | {"step": step}
    return Item(person, step, message, draft, frozenset(drafted.get((person["id"], step), ())), where)


def zones(person: Row, mailbox: MailboxSettings | None) -> tuple[str | None, str]:
    """Return the names of the recipient's time zone, where it is known, and of the mailbox's."""
    zone = place_of(person["snapshot"]).zone
    return (zone.key if zone else None), (mailbox.window.time_zone if mailbox else "UTC")
