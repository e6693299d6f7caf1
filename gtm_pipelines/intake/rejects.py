"""Refused rows on their way out and, corrected, back in.

The file that goes out has the columns of the file the rows came from, with four more
that say which line it was, why it was refused and, where its text could not be split
into those columns, the text. On the way in the four are known and left aside, so the
file can be imported as it is: what was corrected is taken, what was not is refused again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.intake.export import write_csv
from gtm_pipelines.intake.model import Kind, RejectedRow
from gtm_pipelines.intake.own import OURS
from gtm_pipelines.intake.retell import split
from gtm_pipelines.record import imports
from gtm_pipelines.record.engine import Record

LINE, CODE, REASON, TEXT = OURS
EXAMPLES = 3
_PAGE = 5_000


@dataclass(frozen=True)
class BatchReport:
    """One import as it stands in the record: what it brought, why rows were refused, who took it back."""

    batch_id: str
    kind: Kind
    file_name: str
    status: str
    rows: int
    imported: int
    merged: int
    unchanged: int
    rejected: int
    reasons: dict[str, int]
    examples: dict[str, tuple[RejectedRow, ...]]
    """Reason code → a few rows refused for it."""
    encoding: str | None
    delimiter: str | None
    mapping: dict[str, str]
    unmapped: tuple[str, ...]
    shared_domains: tuple[str, ...]
    session_key: str
    source: str | None
    lawful_basis: str | None
    same_as: str | None
    """The earlier import of the very same bytes."""
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    undone_by: str | None


def report(record: Record, batch_id: str) -> BatchReport:
    """Return what became of an import.

    Raises:
        NotFoundError: there is no such import.
    """
    row = imports.batch(record, batch_id)
    examples = {
        code: tuple(_shown(r) for r in imports.rejected(record, row.same_as or row.id, code=code, limit=EXAMPLES))
        for code in row.reasons
    }
    return BatchReport(
        batch_id=row.id, kind=row.kind, file_name=row.file_name, status=row.status, rows=row.rows, imported=row.imported,
        merged=row.merged, unchanged=row.unchanged, rejected=row.rejected, reasons=dict(row.reasons), examples=examples,
        encoding=row.encoding, delimiter=row.delimiter, mapping=dict(row.mapping["columns"]),
        unmapped=tuple(row.mapping["unmapped"]), shared_domains=tuple(row.mapping.get("shared_domains", ())),
        session_key=row.session_key, source=row.source, lawful_basis=row.lawful_basis, same_as=row.same_as,
        started_at=row.started_at, finished_at=row.finished_at, undone_at=row.undone_at, undone_by=row.undone_by,
    )  # fmt: skip


def write(record: Record, batch_id: str, path: Path) -> int:
    """Write the refused rows of an import as CSV, to be corrected and imported again; return how many.

    Raises:
        NotFoundError: there is no such import.
    """
    batch = imports.batch(record, batch_id)
    header = [column for column in batch.mapping.get("header", ()) if column not in OURS]
    return write_csv(path, [*header, *OURS], _cells(record, batch))


def _cells(record: Record, batch: sa.Row[Any]) -> Iterator[dict[str, Any]]:
    header = batch.mapping.get("header", ())
    for row in _refused(record, batch.same_as or batch.id):
        cells = split(row.raw, batch.delimiter, header)
        given = dict(zip(header, cells, strict=True)) if cells else {}
        yield given | {
            LINE: row.line_number, CODE: row.reason_code, REASON: row.reason, TEXT: None if cells else row.raw.rstrip("\r\n")
        }  # fmt: skip


def _refused(record: Record, batch_id: str) -> Iterator[RejectedRow]:
    offset = 0
    while page := imports.rejected(record, batch_id, limit=_PAGE, offset=offset):
        yield from map(_shown, page)
        offset += len(page)


def _shown(row: sa.Row[Any]) -> RejectedRow:
    return RejectedRow(row.line_number, row.reason_code or "", row.reason or "", row.raw or "")
