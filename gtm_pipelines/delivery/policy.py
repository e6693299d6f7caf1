"""The rules that stop a message, each with a stable id and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import content_hash, mailbox_policy
from gtm_pipelines.delivery.window import window_for
from gtm_pipelines.record import enrolments, handling, messages, suppressions
from gtm_pipelines.record.workdays import place_of
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

DAY = timedelta(days=1)
HELD = "contact.held"
"""The one stop that is not for good: it lasts until a person has dealt with an answer."""
ASK_AGAIN = timedelta(hours=1)
"""When a message is looked at again whose sequence rests, and nobody knows until when."""
REASONS = {
    "approval.missing": "No draft of this person is approved. Approve one in the review.",
    "approval.void": "The approved text, address or sender identity has changed since. Approve it again.",
    "campaign.paused": "The campaign is paused. 'gtm campaign resume' lets it go on.",
    "campaign.completed": "It was approved after the campaign was completed. Release the campaign again to send it.",
    "cap.daily": "The mailbox may send nothing: its daily cap is 0.",
    "cap.hourly": "The mailbox may send nothing: its hourly cap is 0.",
    "contact.do_not_contact": "The contact is marked 'do not contact'.",
    "contact.gap": "The contact was written to recently, in this or another campaign.",
    "contact.held": "The person has written, and nobody has dealt with it. Answer or close it in the Inbox, or say under "
    "Replies what it is.",
    "contact.merged": "The contact was merged with another, who stands for both. Take the merge back if that was wrong.",
    "draft.missing": "There is no draft for this person yet. Write the drafts first.",
    "draft.rejected": "Every draft of this person was rejected.",
    "mailbox.paused": "The mailbox is paused. 'gtm mailbox resume' lets it go on.",
    "mailbox.unknown": "The mailbox is not in gtm.toml any more. Add it again, or start a new campaign.",
    "overdue.confirm": "It was due long ago. Release the campaign again, or send with --overdue, if it shall still leave.",
    "postal_address.missing": "The text does not show the mailbox's postal address, which the law asks for. Draft it again.",
    "sequence.paused": "The person is away. The sequence goes on when they are back.",
    "sequence.stopped": "The sequence has ended for this person.",
    "sequence.wait": "The mail before it has not left yet.",
    "window.closed": "The mailbox's sending window never opens.",
    "window.day_off": "The mailbox's sending window never opens.",
}
SEQUENCE_STOPS = {
    "replied": "The person has answered: no further mail of the sequence leaves.",
    "bounced": "Mail to the person came back: no further mail of the sequence leaves.",
    "unsubscribed": "The person asked to be left alone: no further mail of the sequence leaves.",
    "complained": "The person complained: no further mail of the sequence leaves.",
    "meeting": "A meeting is booked: no further mail of the sequence leaves.",
    "company": "Somebody else at the company has answered, and the campaign then leaves the whole company in peace.",
    "person": "Somebody here ended the sequence for this person.",
}


WAITS = {
    "cap.daily": "The mailbox sends no more today: its daily cap.",
    "cap.hourly": "The mailbox sends no more within the hour: its hourly cap.",
    "cap.ramp": "The mailbox is new and sends a little more each day; today's share is used up.",
    "contact.gap": "The person was written to recently, in this or another campaign, and is left in peace until then.",
    "contact.held": "The person has written; what is automatic waits until somebody has dealt with that in the Inbox.",
    "gap.mailbox": "The mailbox pauses between two messages.",
    "queue.order": "Others from the same mailbox are before it.",
    "server.deferred": "The receiving server put it off; it is tried again then.",
    "sequence.wait": "The working days after the mail before it have not passed, or the person is away until then.",
    "window.closed": "It is outside the hours in which the person is written to.",
    "window.day_off": "It is a day off where the person is.",
}
"""Why a message that may leave does not leave at once."""


@dataclass(frozen=True)
class Stop:
    """A rule that stops a message for good."""

    rule: str
    reason: str


def stop(rule: str, reason: str | None = None) -> Stop:
    """Return the stop of a rule, with its own words unless others are given."""
    return Stop(rule, reason or REASONS[rule])


def excluded(why: str | None) -> Stop:
    """Return the stop of somebody who was left out when the campaign was frozen."""
    return Stop("target.excluded", f"Left out when the campaign was frozen: {(why or 'excluded').replace('_', ' ')}.")


def campaign_paused(why: str | None) -> Stop:
    """Return the stop of a paused campaign."""
    return Stop("campaign.paused", f"The campaign is paused: {why}")


def mailbox_paused(why: str | None) -> Stop:
    """Return the stop of a paused mailbox."""
    return Stop("mailbox.paused", f"The mailbox is paused: {why}")


def suppressed(found: str | None) -> Stop | None:
    """Turn what ``suppressions.find`` says into a stop."""
    if found is None:
        return None
    kind, _, reason = found.partition(": ")
    return Stop(f"suppressed.{kind}", f"The {kind} is suppressed: {reason}.")


def content(mailbox: MailboxSettings, subject: str, body: str, recipient: str, approved_hash: str) -> Stop | None:
    """Check that these exact bytes, to this address, from this identity, are what was approved."""
    if not mailbox.postal_address.strip() or _plain(mailbox.postal_address) not in _plain(body):
        return stop("postal_address.missing")
    if content_hash(subject, body, recipient, mailbox_policy(mailbox)) != approved_hash:
        return stop("approval.void")
    return None


def last_check(
    connection: sa.Connection, workspace_id: str, row: Mapping[Any, Any], mailbox: MailboxSettings | None
) -> Stop | None:
    """Judge a message (a row of ``claims.next_due``) inside the transaction that claims it."""
    if mailbox is None:
        return stop("mailbox.unknown")
    if row["target_status"] != "active":
        return Stop("target.excluded", f"The person was left out of the campaign: {row['target_reason'] or 'excluded'}.")
    if row["merged_into"]:
        return stop("contact.merged")
    if row["do_not_contact"]:
        return stop("contact.do_not_contact")
    found, alone = None, _alone(row)
    if row["salt"]:
        salt = row["salt"] if alone else None
        found = suppressions.find(connection, workspace_id, address=row["recipient"], company_id=row["company_id"], alone=salt)
    if not alone and not row["wrote"]:
        row = {**row, "wrote": handling.waiting(connection, workspace_id, [writer(row)])[0]}
    return suppressed(found) or ended(row) or unheard(row, waits=row["wrote"]) or approval(row, mailbox)


def writer(row: Mapping[Any, Any]) -> handling.Writer:
    """Return whose answer would hold back a draft or message."""
    return handling.Writer(row["contact_id"], row["recipient"])


def unheard(row: Mapping[Any, Any], *, waits: bool) -> Stop | None:
    """Check that nobody waits to be heard; the answer to what they wrote is what they wait for."""
    return stop(HELD) if waits and not is_answer(row) else None


def _alone(row: Mapping[Any, Any]) -> bool:
    """Tell whether no other row or list stands for the same person or company, so that only what is written here counts."""
    kin = row["folded"] or row["company_kin"] or row["told_otherwise"]
    return not kin and row["email_key"] == row["recipient"].strip().casefold()


def approval(row: Mapping[Any, Any], mailbox: MailboxSettings) -> Stop | None:
    """Check that the newest decision still approves what the message holds."""
    if row["decision_kind"] is None:
        return stop("approval.missing")
    hashes = {row["decision_hash"], row["draft_hash"], row["content_hash"]}
    if row["decision_kind"] != "approve" or row["draft_status"] != "approved" or len(hashes) != 1:
        return stop("approval.void")
    return content(mailbox, row["subject"], row["body"], row["recipient"], row["content_hash"])


def is_answer(row: Mapping[Any, Any]) -> bool:
    """Tell whether a draft or message answers what somebody wrote: no sequence and no days of peace hold it back."""
    return bool(row["step"] >= enrolments.FIRST_ANSWER)


def earliest(row: Mapping[Any, Any]) -> datetime | None:
    """Return before when the sequence lets no mail leave: its wait, and the return of somebody who is away."""
    if is_answer(row):
        return None
    waits = (row["next_at"], row["paused_until"] if row["enrolment_status"] == "paused" else None)
    return max((moment for moment in waits if moment is not None), default=None)


def ended(row: Mapping[Any, Any]) -> Stop | None:
    """Check that the sequence of somebody has not been stopped for good."""
    if is_answer(row) or row["enrolment_status"] != "stopped":
        return None
    return stop("sequence.stopped", SEQUENCE_STOPS.get(row["enrolment_reason"]))


def sequence(row: Mapping[Any, Any], now: datetime) -> Stop | None:
    """Check that the sequence of somebody stands at this mail and goes on."""
    if is_answer(row) or row["enrolment_status"] is None:
        return None
    if found := ended(row):
        return found
    if row["enrolment_status"] == "paused" and (row["paused_until"] is None or row["paused_until"] > now):
        return stop("sequence.paused")
    return stop("sequence.wait") if row["step"] > row["enrolment_step"] else None


def contact_free_from(moments: list[datetime], rules: DeliverySettings, *, answer: bool = False) -> datetime | None:
    """Return from when a contact may be written to again; ``None`` for at once.

    Args:
        moments: when mail to them left, in order.
        rules: the gap in days, and the cap for any 24 hours.
        answer: they wrote and are answered: the cap holds, the gap does not.
    """
    if not moments:
        return None
    free = None if answer else moments[-1] + timedelta(days=rules.contact_gap_days)
    if len(moments) >= rules.contact_daily_cap:
        freed = moments[-rules.contact_daily_cap] + DAY
        free = max(free, freed) if free else freed
    return free


def contact_since(now: datetime, rules: DeliverySettings) -> datetime:
    """Return how far back mail to a contact still matters."""
    return now - max(DAY, timedelta(days=rules.contact_gap_days))


def contact_held_until(
    connection: sa.Connection,
    workspace_id: str,
    contact_id: str,
    now: datetime,
    rules: DeliverySettings,
    *,
    answer: bool = False,
) -> datetime | None:
    """Return until when the contact must be left in peace, or ``None``; an answer to what they wrote waits for the cap alone."""
    since = contact_since(now, rules)
    moments = messages.contact_moments(connection, workspace_id, [contact_id], since=since).get(contact_id, [])
    free = contact_free_from(moments, rules, answer=answer)
    return free if free is not None and free > now else None


def held_until(
    connection: sa.Connection,
    workspace_id: str,
    row: Mapping[Any, Any],
    mailbox: MailboxSettings,
    now: datetime,
    rules: DeliverySettings,
) -> tuple[str, datetime] | None:
    """Return the rule that puts a due message off, and until when: the sequence, the peace of its person, or their clock.

    ``row`` is one of ``claims.next_due``, read in the same transaction.
    """
    if stopped := sequence(row, now):
        return stopped.rule, max(earliest(row) or now, now + ASK_AGAIN)
    early = earliest(row)
    if early is not None and early > now:
        return "sequence.wait", early
    free = None
    if row["written"] or row["folded"] or row["merged_into"]:
        free = contact_held_until(connection, workspace_id, row["contact_id"], now, rules, answer=is_answer(row))
    if free is not None:
        return "contact.gap", free
    window = window_for(mailbox.window, place_of(row["snapshot"]))
    return None if window.is_open(now) else (window.rule(now), window.next_open(now) or now + DAY)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
