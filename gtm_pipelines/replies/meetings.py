"""Meetings that suggested answers propose: put into the text, shown as a calendar will, changed, taken out, called off.

The line of the text is all there is: the invitation is made of it when the mail leaves, and an edit of it needs a new approval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import PolicyError
from gtm_pipelines.meetings import line
from gtm_pipelines.meetings.answers import CalendarAnswer, Status
from gtm_pipelines.meetings.beside import length, otherwise
from gtm_pipelines.meetings.ics import conversation_key, entry_name, name_in
from gtm_pipelines.meetings.model import WITHOUT_ATTACHMENTS, Invitation, Meeting, MeetingError, Series
from gtm_pipelines.meetings.series import check
from gtm_pipelines.record import inbound, meetings, targets
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.workdays import place_of, zone_of
from gtm_pipelines.replies.classify import CALENDAR_SAYS
from gtm_pipelines.replies.inbox import InboxService, Said, Thread
from gtm_pipelines.replies.occasions import named_moment
from gtm_pipelines.replies.parse import parse_mail
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.settings import MailboxSettings


class Edits(Protocol):
    """Reads and edits drafts, as the review does."""

    def get(self, draft_id: str) -> DraftView:
        """Return one draft."""
        ...

    def edit(self, draft_id: str, *, seen_revision: int, subject: str, body: str, by: str) -> DraftView:
        """Save a new revision; a decision on the old one is voided."""
        ...


class Invites(Protocol):
    """Makes invitations, as delivery does when a mail leaves."""

    def invitation(self, draft: DraftView) -> Invitation | None:
        """Return what a draft would carry to a calendar if it left now."""
        ...


@dataclass(frozen=True)
class Proposal:
    """What a suggested answer proposes, as a person reads it before approving.

    Attributes:
        draft_id: the answer.
        meeting: what its line says; ``None`` where it cannot be read.
        theirs: when by the recipient's clock; ``None`` where their zone is not known.
        ours: when by the mailbox's clock.
        trouble: why it cannot be approved so, in words.
        doubts: what the text around it says otherwise, in words.
        left_out: why the mail carries no invitation, though its text names the time.
        changes: what stands in the recipient's calendar and is changed or called off by it.
        open: whether it may still be changed: nothing was queued from the answer.
    """

    draft_id: str
    meeting: Meeting | None
    theirs: datetime | None
    ours: datetime | None
    trouble: str | None
    doubts: tuple[str, ...]
    left_out: str | None
    changes: Meeting | None
    open: bool


@dataclass(frozen=True)
class Entry:
    """The meeting that stands in somebody's calendar by the mails that left, and what their calendar answered.

    Attributes:
        meeting: as the last mail of ours says it.
        answer: the latest to this state of it; ``None`` where none has come.
        at: when the answer came.
    """

    meeting: Meeting
    answer: CalendarAnswer | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Offer:
    """What a form for a meeting begins with; ``day`` and ``at`` are what their mail named or their calendar proposes, if any."""

    day: date | None
    at: time | None
    zone: str
    zone_known: bool
    minutes: int
    place: str


class MeetingService:
    """Meetings in suggested answers.

    Args:
        record: the record.
        clock: the clock.
        inbox: conversations with their suggested answers.
        edits: reads and edits the answers.
        invites: makes the invitations.
        mailboxes: the configured sender identities, by name.
        minutes: how long a meeting lasts where nothing else is said.
        place: where it is where nothing else is said, such as the page where meetings are booked.
    """

    def __init__(
        self, record: Record, clock: Clock, inbox: InboxService, edits: Edits, invites: Invites,
        mailboxes: Mapping[str, MailboxSettings], *, minutes: int = 30, place: str = "",
    ) -> None:  # fmt: skip
        self._record, self._clock, self._inbox, self._edits, self._invites = record, clock, inbox, edits, invites
        self._mailboxes, self._minutes, self._place = mailboxes, minutes, place

    def of(self, thread: Thread) -> Proposal | None:
        """Return the meeting that a conversation's suggested answer proposes; ``None`` where it proposes none."""
        draft = self._draft(thread)
        if draft is None or line.line_of(draft.body) is None:
            return None
        meeting, trouble, series = None, None, self._series(draft)
        try:
            meeting = line.found(draft.body)
            if meeting:
                check(meeting, series, self._clock.now())
        except MeetingError as error:
            trouble = str(error)
        zones = self._zones(draft)
        theirs, ours = (meeting.begins.astimezone(zone_of(name)) if meeting and name else None for name in zones)
        doubts = otherwise(draft.body, meeting, [one for one in (theirs, ours) if one]) if meeting else ()
        return Proposal(
            draft.id, meeting, theirs, ours, trouble, doubts, self._left_out(draft), series.latest if series else None,
            draft.message_state is None,
        )  # fmt: skip

    def offer(self, thread: Thread) -> Offer:
        """Return what a form for a meeting begins with.

        Raises:
            PolicyError: no answer is suggested yet.
        """
        draft = self._there(thread)
        theirs, ours = self._zones(draft)
        latest, zone = self._inbox.latest(thread), theirs or ours
        day, at = named_moment(latest.text, latest.at.date())
        told = self._told(latest)
        if told and told.begins and told.status in (Status.COUNTERED, Status.INVITED):
            proposed = told.begins.astimezone(ZoneInfo(zone))
            day, at = proposed.date(), proposed.time()
        return Offer(day, at, zone, theirs is not None, length(draft.body) or self._minutes, self._place)

    def entry(self, thread: Thread) -> Entry | None:
        """Return the meeting that stands in their calendar by the mails that left, and how it was answered; ``None`` if none."""
        view, workspace = thread.conversation, self._record.workspace_id
        with self._record.read() as connection:
            now = self._clock.now()
            series = meetings.standing(connection, workspace, view.campaign_id, view.contact_id, now=now)
        if series is None:
            return None
        name = entry_name(conversation_key(workspace, view.campaign_id, view.contact_id), series.step)
        for mail in reversed(thread.mails):
            told = self._told(mail)
            if told is None or told.status is Status.INVITED:
                continue
            if name_in(told.uid) == name and (told.sequence or 0) == series.sequence:
                return Entry(series.latest, told, mail.at)
        return Entry(series.latest)

    @needs(Role.REVIEWER, "propose a meeting")
    def put(
        self, conversation_id: str, day: date, at: time, *, by: str, zone: str | None = None, minutes: int | None = None,
        place: str | None = None,
    ) -> Proposal | None:  # fmt: skip
        """Propose a meeting in the suggested answer, in place of one it proposed; whoever approved the answer approves it anew.

        Args:
            conversation_id: its id or the beginning of it.
            day: of the meeting, as ``zone`` counts.
            at: its time of day there.
            by: the person.
            zone: IANA name; the recipient's own where it is known, else the mailbox's.
            minutes: how long; what the text says, else the setting where absent.
            place: a link or an address; the setting where absent, none where empty.

        Raises:
            PolicyError: no answer is suggested yet.
            ConflictError: the answer was queued meanwhile.
            MeetingError: the time has passed or does not exist, or the zone is unknown.
        """
        thread = self._inbox.thread(conversation_id)
        draft = self._there(thread)
        theirs, ours = self._zones(draft)
        where = self._place if place is None else place
        lasts = minutes or length(draft.body) or self._minutes
        meeting = line.checked(day, at, zone or theirs or ours, lasts, where)
        check(meeting, None, self._clock.now())
        return self._saved(thread, draft, line.placed(draft.body, meeting, draft.language), by)

    @needs(Role.REVIEWER, "take a meeting out")
    def remove(self, conversation_id: str, *, by: str) -> Proposal | None:
        """Take the meeting out of the suggested answer; its text is otherwise left as it is."""
        thread = self._inbox.thread(conversation_id)
        draft = self._there(thread)
        return self._saved(thread, draft, line.without(draft.body), by)

    @needs(Role.REVIEWER, "call a meeting off")
    def call_off(self, conversation_id: str, *, by: str) -> Proposal | None:
        """Say in the suggested answer that the meeting which was proposed before is cancelled.

        Raises:
            PolicyError: no answer is suggested yet.
            MeetingError: no meeting stands in their calendar.
        """
        thread = self._inbox.thread(conversation_id)
        draft = self._there(thread)
        series = self._series(draft)
        if series is None:
            raise MeetingError("No invitation of this conversation stands: there is nothing to call off.")
        called_off = replace(series.latest, cancelled=True)
        return self._saved(thread, draft, line.placed(draft.body, called_off, draft.language), by)

    def file(self, thread: Thread) -> bytes:
        """Return the invitation of the suggested answer as the bytes of an ``.ics`` file, as it would leave now.

        Raises:
            PolicyError: no answer is suggested, it proposes no meeting, or its mailbox can carry none.
            MeetingError: its line cannot be read or kept.
        """
        draft = self._there(thread)
        if told := self._left_out(draft):
            raise PolicyError("meeting.left_out", told)
        made = self._invites.invitation(draft)
        if made is None:
            raise PolicyError("meeting.none", "The suggested answer proposes no meeting. 'gtm inbox invite' puts one in.")
        return made.content

    def _saved(self, thread: Thread, draft: DraftView, body: str, by: str) -> Proposal | None:
        self._edits.edit(draft.id, seen_revision=draft.revision, subject=draft.subject, body=body, by=by)
        return self.of(thread)

    def _draft(self, thread: Thread) -> DraftView | None:
        suggested = self._inbox.suggested(thread)
        return self._edits.get(suggested.id) if suggested else None

    def _there(self, thread: Thread) -> DraftView:
        draft = self._draft(thread)
        if draft is None:
            raise PolicyError("meeting.no_answer", "No answer is suggested here yet. 'gtm inbox answer' writes one.")
        return draft

    def _told(self, mail: Said) -> CalendarAnswer | None:
        """Return what a calendar answered by a mail, read again from the mail as it came."""
        if CALENDAR_SAYS not in (mail.reason or ""):
            return None
        raw = inbound.raw(self._record, mail.id)
        return parse_mail(raw).calendar if raw else None

    def _series(self, draft: DraftView) -> Series | None:
        with self._record.read() as connection:
            return meetings.standing(
                connection, self._record.workspace_id, draft.campaign_id, draft.contact_id, before=draft.step,
                now=self._clock.now(),
            )  # fmt: skip

    def _zones(self, draft: DraftView) -> tuple[str | None, str]:
        """Return the recipient's zone, where it is known, and the mailbox's."""
        with self._record.read() as connection:
            rows = targets.active(connection, self._record.workspace_id, [draft.target_id])
        theirs = place_of(rows[0]["snapshot"]).zone if rows else None
        box = self._mailboxes.get(draft.mailbox)
        return (str(theirs) if theirs else None), (box.window.time_zone if box else "UTC")

    def _left_out(self, draft: DraftView) -> str | None:
        box = self._mailboxes.get(draft.mailbox)
        return WITHOUT_ATTACHMENTS.get(box.sender) if box else None
