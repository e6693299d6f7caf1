"""Vendors' reports become facts of the same inbox as mails: stored once, with their effects in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import inbound, message_events
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies import effects
from gtm_pipelines.replies.classify import classify_words, dated
from gtm_pipelines.replies.model import Attribution, ReplyClass, Verdict
from gtm_pipelines.replies.parse import language_of
from gtm_pipelines.replies.quotes import split_reply
from gtm_pipelines.replies.readers import Reader, reread
from gtm_pipelines.replies.reading import returning
from gtm_pipelines.replies.reports import Report, read, verify

FOLDER = "webhook"
_CLASSES = {
    "bounced_hard": ReplyClass.BOUNCE_HARD,
    "bounced_soft": ReplyClass.BOUNCE_SOFT,
    "complained": ReplyClass.COMPLAINT,
    "unsubscribed": ReplyClass.UNSUBSCRIBE,
}


@dataclass(frozen=True)
class Taken:
    """What one report came to. ``broken``: events that could not be read; ``unknown``: of mail that is not ours."""

    new: int = 0
    known: int = 0
    unknown: int = 0
    broken: int = 0


class ReportService:
    """Takes in what vendors report.

    Args:
        record: the record.
        clock: the clock.
        secrets: looks up what a vendor's reports are checked with.
        vendors: mailbox name to the vendor that sends for it.
        track_opens: whether opens are counted.
        reader: asked what the rules are not sure of.
        sure: confidence below which a class waits for a person.
    """

    def __init__(
        self, record: Record, clock: Clock, secrets: Mapping[str, Callable[[], str]], vendors: Mapping[str, str], *,
        track_opens: bool = False, reader: Reader | None = None, sure: float = 0.7,
    ) -> None:  # fmt: skip
        self._record, self._clock, self._secrets, self._vendors = record, clock, secrets, vendors
        self._track_opens, self._reader, self._sure = track_opens, reader, sure

    def take(self, vendor: str, headers: Mapping[str, str], body: bytes) -> Taken:
        """Check a report's signature and take its events in; the same event counts once, in whatever order they come.

        Raises:
            NotFoundError: no webhook of that vendor is configured.
            ForgedReportError: the signature is not the vendor's.
            InputError: the body is no JSON.
        """
        if vendor not in self._secrets:
            raise NotFoundError(f"No webhook of '{vendor}' is configured. Add it to [[replies.webhooks]] in gtm.toml.")
        verify(vendor, headers, body, self._secrets[vendor](), self._clock.now())
        reports, broken = read(vendor, body)
        counts = {"new": 0, "known": 0, "unknown": 0}
        for report in reports:
            counts[self._one(vendor, report)] += 1
        return Taken(**counts, broken=broken)

    def _one(self, vendor: str, report: Report) -> str:
        if report.kind == "opened" and not self._track_opens:
            return "known"
        verdict = self._verdict(report)
        with self._record.write() as connection:
            target = self._target(connection, vendor, report)
            if target is None:
                return "unknown"
            if verdict is None:
                return "new" if self._event(connection, target, report) else "known"
            return "new" if self._store(connection, target, report, verdict) else "known"

    def _verdict(self, report: Report) -> Verdict | None:
        """Return the class of what belongs in the inbox; ``None`` for what only happened to a message."""
        if report.kind in _CLASSES:
            return Verdict(_CLASSES[report.kind], 0.99, report.reason or f"The vendor reports it: {report.kind}", machine=True)
        if report.kind != "replied":
            return None
        words = split_reply(report.text).text
        verdict = reread(classify_words(report.subject, words), words, self._reader, self._sure)
        return dated(verdict, words, report.at.date())

    def _target(self, connection: sa.Connection, vendor: str, report: Report) -> Any:
        """Find the message: by our own id, by the vendor's, else by the recipient where exactly one message went there."""
        if report.message_id and (row := inbound.message_by_id(connection, self._record, report.message_id)):
            return row
        boxes = [name for name, sender in self._vendors.items() if sender == vendor]
        if report.reference and (row := inbound.message_by_reference(connection, self._record, boxes, report.reference)):
            return row
        if not report.recipient:
            return None
        found = [row for box in boxes for row in inbound.messages_to(connection, self._record, box, [report.recipient])]
        campaigns = {row.campaign_id for row in found}
        return found[-1] if len(campaigns) == 1 else None

    def _event(self, connection: sa.Connection, target: Any, report: Report) -> bool:
        return message_events.add_event(
            connection, self._record.workspace_id,
            message_id=target.id, campaign_id=target.campaign_id, contact_id=target.contact_id, kind=report.kind,
            source_key=f"report:{report.key}", occurred_at=report.at, recorded_at=self._clock.now(), detail=report.reason or None,
        )  # fmt: skip

    def _store(self, connection: sa.Connection, target: Any, report: Report, verdict: Verdict) -> bool:
        now = self._clock.now()
        stored = inbound.add(connection, self._record, _values(target, report, verdict, now))
        if stored is None:
            return False
        answer = effects.Answer(
            stored,
            verdict.cls,
            verdict.reason,
            report.recipient,
            None,
            report.at,
            returning(verdict.returns_on),
            text=split_reply(report.text).text.replace("\x00", ""),
        )
        effects.apply(connection, self._record, target, answer, now)
        return True


def _values(target: Any, report: Report, verdict: Verdict, now: datetime) -> dict[str, Any]:
    words = split_reply(report.text).text.replace("\x00", "")
    bounced = report.recipient if report.kind.startswith("bounced") else None
    return {
        "mailbox": target.mailbox, "folder": FOLDER, "uidvalidity": 0, "uid": 0, "content_key": report.key,
        "reference_ids": [], "from_address": report.recipient, "subject": report.subject.replace("\x00", "") or None,
        "text": words or None, "language": language_of(words), "received_at": report.at, "class": verdict.cls.value,
        "confidence": verdict.confidence, "class_reason": verdict.reason, "return_at": returning(verdict.returns_on),
        "bounced_recipient": bounced, "handled_at": None if verdict.waits else now,
        "attribution": Attribution.REPORT.value, "message_id": target.id,
        "campaign_id": target.campaign_id, "contact_id": target.contact_id,
        "raw": json.dumps(asdict(report), default=str, ensure_ascii=False).encode(), "created_at": now, "updated_at": now,
    }  # fmt: skip
