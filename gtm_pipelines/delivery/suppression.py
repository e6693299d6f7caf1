"""Who is never written to, as people and faces use it: add, list, carry in and out, lift with a trace."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.tokens import Tokens
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.record import message_events, suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

UNSUBSCRIBED = "unsubscribed"
_BATCH = 500


@dataclass(frozen=True)
class SuppressionReport:
    """What carrying a list in did; ``rejected`` holds ``(line number, text, reason)``."""

    added: int
    existing: int
    rejected: tuple[tuple[int, str, str], ...]


class SuppressionService:
    """The suppression list of one workspace. Imports can lengthen it; only a named person can shorten it."""

    def __init__(self, record: Record, clock: Clock, tokens: Tokens) -> None:
        self._record = record
        self._clock = clock
        self._tokens = tokens

    def add(self, kind: str, value: str, *, reason: str, source: str) -> bool:
        """Suppress an address, a domain or a company; return whether it was new.

        Raises:
            InputError: the value is none of these.
        """
        with self._record.write() as connection:
            return suppressions.add(
                connection, self._record.workspace_id, kind, value, reason=reason, source=source, at=self._clock.now()
            )

    def remove(self, kind: str, value: str, *, by: str, reason: str) -> None:
        """Lift a suppression, with who and why in the audit.

        Raises:
            NotFoundError: there is none.
        """
        with self._record.write() as connection:
            if not suppressions.remove(connection, self._record.workspace_id, kind, value):
                raise NotFoundError(f"No {kind} '{value}' is suppressed. 'gtm suppress list' shows who is.")
            add_audit(
                connection, self._record.workspace_id, actor=by, action="suppression.removed", subject_type="suppression",
                subject_id=None, at=self._clock.now(), detail={"kind": kind, "reason": reason},
            )  # fmt: skip

    def list(self, *, kind: str | None = None, limit: int | None = 50, offset: int = 0) -> list[suppressions.Entry]:
        """Return entries, newest first; ``limit=None`` returns them all."""
        with self._record.read() as connection:
            return suppressions.page(connection, self._record.workspace_id, kind=kind, limit=limit, offset=offset)

    def is_suppressed(self, address: str | None, company_id: str | None = None) -> str | None:
        """Return why this person may not be written to, or ``None``."""
        with self._record.read() as connection:
            return suppressions.find(connection, self._record.workspace_id, address=address, company_id=company_id)

    def import_file(self, path: Path, *, source: str) -> SuppressionReport:
        """Add every line of a file: an address or a domain first on the line, an optional reason after a comma.

        Raises:
            InputError: the file is no text in UTF-8.
        """
        added, existing, rejected = 0, 0, []
        for lines in _in_batches(_lines(path), _BATCH):
            with self._record.write() as connection:
                for number, value, reason in lines:
                    kind = "address" if "@" in value.lstrip("@") else "domain"
                    try:
                        fresh = suppressions.add(
                            connection, self._record.workspace_id, kind, value, reason=reason, source=source, at=self._clock.now()
                        )
                    except InputError as error:
                        rejected.append((number, value, str(error)))
                        continue
                    added, existing = added + fresh, existing + (not fresh)
        return SuppressionReport(added, existing, tuple(rejected))

    def unsubscribe(self, token: str) -> str:
        """Suppress the recipient of the message a token names, at once; return the address.

        Doing it again changes nothing.

        Raises:
            ForgedTokenError: the token was not made here.
            NotFoundError: its message is no longer in the record.
        """
        message_id = self._tokens.read(token)
        with self._record.write() as connection:
            message = message_events.message_named(connection, self._record.workspace_id, message_id)
            if message is None:
                raise NotFoundError("This link's message is no longer known. Reply 'unsubscribe' to the mail instead.")
            now = self._clock.now()
            suppressions.add(
                connection,
                self._record.workspace_id,
                "address",
                message.recipient,
                reason=UNSUBSCRIBED,
                source="one_click",
                at=now,
            )
            message_events.add_event(
                connection, self._record.workspace_id, message_id=message_id, campaign_id=message.campaign_id,
                contact_id=message.contact_id, kind="unsubscribed", source_key=f"unsubscribe:{message_id}",
                occurred_at=now, recorded_at=now, detail="one-click",
            )  # fmt: skip
        return str(message.recipient)


def _lines(path: Path) -> Iterable[tuple[int, str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, cells in enumerate(csv.reader(file), start=1):
                value = cells[0].strip().strip("'") if cells else ""
                if value and value.lower() not in ("email", "e-mail", "address", "domain", "value"):
                    yield number, value, cells[1].strip() if len(cells) > 1 and cells[1].strip() else "imported"
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text in UTF-8: {error}. Save it as UTF-8 and try again.") from error


def _in_batches(lines: Iterable[tuple[int, str, str]], size: int) -> Iterable[list[tuple[int, str, str]]]:
    batch = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


Unsubscribe = Callable[[str], str]
"""What the unsubscribe page calls with a token."""
