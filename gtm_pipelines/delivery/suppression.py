"""Who is never written to, as people and faces use it: add, list, carry in and out, lift with a trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.tokens import Tokens
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.intake.model import RejectedRow, StopLine
from gtm_pipelines.record import enrolments, message_events, origins, suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.domains import readable
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.upsert import chunks

UNSUBSCRIBED = "unsubscribed"
COLUMNS = ("value", "reason", "kind", "source", "created_at")
"""Of an exported list; one that is imported may have them too."""
EXAMPLES = 100
_BATCH = 2_000
_PAGE = 5_000

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class SuppressionReport:
    """What carrying a list in did. ``rows`` is the sum of added, existing and rejected."""

    file_name: str
    rows: int
    added: int
    existing: int
    rejected: int
    reasons: Mapping[str, int]
    """Reason code → rejected lines."""
    examples: tuple[RejectedRow, ...]
    """The first rejected lines, each with its place, reason and text; at most ``EXAMPLES``."""


class SuppressionService:
    """The suppression list of one workspace. Imports can lengthen it; only a named person can shorten it."""

    def __init__(self, record: Record, clock: Clock, tokens: Tokens, read: Callable[[Path], Iterator[StopLine]]) -> None:
        self._record = record
        self._clock = clock
        self._tokens = tokens
        self._read = read

    @needs(Role.REVIEWER, "add to the suppression list")
    def add(self, kind: str, value: str, *, reason: str, source: str) -> bool:
        """Suppress an address, a domain or a company; return whether it was new.

        Raises:
            InputError: the value is none of these.
        """
        with self._record.write() as connection:
            return suppressions.add(
                connection, self._record.workspace_id, kind, value, reason=reason, source=source, at=self._clock.now()
            )

    @needs(Role.OWNER, "lift a suppression")
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

    def origins(self, sources: Iterable[str]) -> dict[str, origins.Origin]:
        """Return, by source, the mail of theirs or ours behind an entry; sources that name no mail are absent."""
        with self._record.read() as connection:
            return origins.of_sources(connection, self._record.workspace_id, sources)

    def caused(self, source: str) -> Sequence[suppressions.Entry]:
        """Return the entries that one mail, named as ``reply:ID`` or ``message:ID``, has caused."""
        with self._record.read() as connection:
            return origins.caused(connection, self._record.workspace_id, source)

    def count(self, *, kind: str | None = None) -> int:
        """Count entries, of one kind or all."""
        with self._record.read() as connection:
            return suppressions.count(connection, self._record.workspace_id, kind)

    def is_suppressed(self, address: str | None, company_id: str | None = None) -> str | None:
        """Return why this person may not be written to, or ``None``."""
        with self._record.read() as connection:
            return suppressions.find(connection, self._record.workspace_id, address=address, company_id=company_id)

    def import_file(
        self, path: Path, *, source: str, by: str = "person:local", progress: Progress | None = None
    ) -> SuppressionReport:
        """Suppress every address and domain of a list; doing it again adds nothing, and nothing is ever lifted.

        Args:
            path: a text file in any usual encoding, with or without column names.
            source: where the list comes from, kept with every entry.
            by: who brings it.
            progress: told the records read.

        Raises:
            InputError: the file cannot be read as text.
        """
        counts: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        examples: list[RejectedRow] = []
        for lines in chunks(self._read(path), _BATCH):
            counts["rows"] += len(lines)
            for line, code, why in self._take(lines, source, counts):
                reasons[code] += 1
                if len(examples) < EXAMPLES:
                    examples.append(RejectedRow(line.line, code, why, line.raw))
            if progress:
                progress(counts["rows"], None)
        report = SuppressionReport(
            path.name, counts["rows"], counts["added"], counts["existing"], reasons.total(), dict(reasons), tuple(examples)
        )
        self._audit(by, "suppression.imported", {"source": source, "added": report.added, "existing": report.existing})
        return report

    def export(self) -> Iterator[dict[str, Any]]:
        """Yield every entry, newest first, under ``COLUMNS``, domains as people read them; an erased one only as its hash."""
        offset = 0
        while page := self.list(limit=_PAGE, offset=offset):
            for entry in page:
                yield {name: getattr(entry, name) for name in COLUMNS} | {"value": readable(entry.value)}
            offset += len(page)

    def _take(self, lines: Sequence[StopLine], source: str, counts: Counter[str]) -> Iterator[tuple[StopLine, str, str]]:
        """Write a batch of lines in one transaction; return those that cannot be used, with code and reason."""
        refused = [(line, *line.refused) for line in lines if line.refused]
        entries: list[tuple[str, str, str]] = []
        with self._record.write() as connection:
            for line in lines:
                kind, value, reason = line.kind or "", line.value or "", line.reason or ""
                if line.refused:
                    continue
                if value.startswith(suppressions.HASH_MARK):
                    if suppressions.holds(connection, self._record.workspace_id, kind, value):
                        counts["existing"] += 1
                    else:
                        refused.append((line, "suppression.erased", "An erased entry means something only where it was made."))
                    continue
                try:
                    suppressions.key(kind, value)
                except InputError as error:
                    refused.append((line, "suppression.no_value", str(error)))
                    continue
                entries.append((kind, value, reason))
            added = suppressions.add_many(connection, self._record.workspace_id, entries, source=source, at=self._clock.now())
        counts["added"] += sum(added)
        counts["existing"] += len(added) - sum(added)
        return iter(refused)

    def _audit(self, by: str, action: str, detail: dict[str, Any]) -> None:
        with self._record.write() as connection:
            add_audit(
                connection, self._record.workspace_id, actor=by, action=action, subject_type="suppression",
                subject_id=None, at=self._clock.now(), detail=detail,
            )  # fmt: skip

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
            enrolments.stop(
                connection, self._record.workspace_id,
                contact_id=message.contact_id, campaign_id=None, reason=UNSUBSCRIBED, cause_id=None, at=now,
            )  # fmt: skip
        return str(message.recipient)


Unsubscribe = Callable[[str], str]
"""What the unsubscribe page calls with a token."""
