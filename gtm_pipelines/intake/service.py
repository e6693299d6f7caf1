"""The intake's one service: propose a mapping, import a file, show what became of it."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.ids import new_id
from gtm_pipelines.intake import profiles, rejects
from gtm_pipelines.intake.ahead import WORTH_BYTES, Reading, reader
from gtm_pipelines.intake.apply import Batch, Chunk
from gtm_pipelines.intake.decode import examine, is_workbook
from gtm_pipelines.intake.link import link_waiting
from gtm_pipelines.intake.mapping import ColumnMap, map_layout, propose, require
from gtm_pipelines.intake.model import ImportReport, Kind, MappingProposal, RejectedRow, UndoReport
from gtm_pipelines.intake.own import left_out
from gtm_pipelines.intake.read import Layout, lay_out
from gtm_pipelines.intake.rejects import BatchReport
from gtm_pipelines.intake.shared import shared_domains
from gtm_pipelines.intake.sheet import Sheet
from gtm_pipelines.intake.xlsx import sheet_names
from gtm_pipelines.record import imports
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import import_batch

CHUNK_ROWS = 50_000
"""Rows of one transaction: fewer write the pages of a large index more often, more hold the writer's lock longer."""

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class IntakeService:
    """Brings lists into the record, each row once and with its source."""

    record: Record
    clock: Clock
    chunk_rows: int = CHUNK_ROWS
    ahead_from: int = WORTH_BYTES

    def propose(
        self,
        path: Path | str,
        kind: Kind,
        *,
        overrides: Mapping[str, str] | None = None,
        sheet: str | None = None,
        profile: str | None = None,
    ) -> MappingProposal:
        """Say how ``path`` would be read; nothing is written. Arguments are those of ``import_file``.

        Raises:
            InputError: the file cannot be read as a list.
            NotFoundError: there is no such profile.
        """
        layout = lay_out(examine(Path(path), sheet))
        found = self.profiles.choose(kind, layout.header, profile)
        proposal = propose(layout, kind, profiles.overrides(found, layout.header, overrides))
        return replace(proposal, profile=found.name if found else None)

    @property
    def profiles(self) -> profiles.Profiles:
        """How people had the columns of files read."""
        return profiles.Profiles(self.record, self.clock)

    def sheets(self, path: Path | str) -> tuple[str, ...]:
        """Return the sheets of a workbook, none of any other file.

        Raises:
            InputError: the workbook cannot be read.
        """
        return sheet_names(Path(path)) if is_workbook(Path(path)) else ()

    def import_file(
        self,
        path: Path | str,
        kind: Kind,
        *,
        overrides: Mapping[str, str] | None = None,
        sheet: str | None = None,
        profile: str | None = None,
        save_profile: str | None = None,
        by: str = "system",
        session_key: str | None = None,
        source: str | None = None,
        lawful_basis: str | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import a file; the same file again changes nothing, an interrupted one goes on.

        Args:
            path: a CSV file, also packed with gzip, or a workbook.
            kind: what its rows are.
            overrides: file column → field, or ``attribute``; wins over the headers.
            sheet: of a workbook; its first one with a table if absent.
            profile: by which the columns are read; the one saved for such columns if absent.
            save_profile: name under which the way the columns are read is remembered.
            by: who imports.
            session_key: names the session on every row; made from the file's bytes if absent.
            source: where the list is from, kept on the batch and on contacts that name no other.
            lawful_basis: why these people may be written to, kept likewise.
            progress: told the lines read and the lines of the file.

        Raises:
            InputError: the file cannot be read as a list of this kind.
            NotFoundError: there is no such profile.
            ConflictError: another process is importing the same file.
        """
        started = self.clock.monotonic()
        with uncollected(), reader(Path(path), ahead_from=self.ahead_from) as sheets:
            layout = lay_out(examine(Path(path), sheet))
            mapping = self._map(layout, kind, overrides, profile, save_profile, by)
            key = session_key or f"file-{layout.file.sha256[:16]}"
            shared = shared_domains(layout, mapping)
            batch, done = self._open(layout, mapping, shared, key, source, lawful_basis)
            if done["status"] != "finished":
                reading = Reading(layout, mapping, self.chunk_rows, done["rows"], source, lawful_basis, shared)
                self._read(layout, batch, sheets(reading), done, progress)
        report = _report(imports.batch(self.record, batch.id), self.clock.monotonic() - started)
        return replace(report, sheet=layout.file.sheet, header_line=layout.header_line)

    def _map(
        self,
        layout: Layout,
        kind: Kind,
        overrides: Mapping[str, str] | None,
        profile: str | None,
        save_profile: str | None,
        by: str,
    ) -> ColumnMap:
        """Find the columns, by a profile where there is one, and remember how they are read if asked to."""
        found = self.profiles.choose(kind, layout.header, profile)
        mapping = map_layout(layout, kind, profiles.overrides(found, layout.header, overrides))
        require(mapping, layout.file.path.name)
        if save_profile is not None:
            self.profiles.save(save_profile, mapping, by=by)
        if found:
            self.profiles.note_use(found)
        return mapping

    def _read(
        self, layout: Layout, batch: Batch, coming: Iterable[Sheet], done: dict[str, Any], progress: Progress | None
    ) -> None:
        """Bring the records that are not in yet into the record, chunk by chunk."""
        total = max(layout.file.lines - layout.header_line, 0)
        for sheet in coming:
            last = sheet.last_line
            done = self._take(batch, sheet, done)
            if progress:
                progress(min(last - layout.header_line, total), total)
        if batch.kind == "company" and done["imported"] + done["merged"]:
            link_waiting(self.record, self.clock.now())
        self._finish(batch, done)

    def batches(self, limit: int = 50, *, kind: Kind | None = None, offset: int = 0) -> list[ImportReport]:
        """Return the reports of past imports, newest first."""
        return [_report(row) for row in imports.batches(self.record, kind=kind, limit=limit, offset=offset)]

    def rejected_rows(self, batch_id: str, limit: int | None = 50, offset: int = 0) -> list[RejectedRow]:
        """Return refused rows of an import in the order of the file.

        Raises:
            NotFoundError: there is no such import.
        """
        found = imports.rejected(self.record, imports.first_of(self.record, batch_id), limit=limit, offset=offset)
        return [RejectedRow(r.line_number, r.reason_code or "", r.reason or "", r.raw or "") for r in found]

    def report(self, batch_id: str) -> BatchReport:
        """Return what became of one import, with examples of refused rows.

        Raises:
            NotFoundError: there is no such import.
        """
        return rejects.report(self.record, batch_id)

    def write_rejects(self, batch_id: str, path: Path | str) -> int:
        """Write the refused rows of an import as CSV that can be corrected and imported again; return how many.

        Raises:
            NotFoundError: there is no such import.
        """
        return rejects.write(self.record, batch_id, Path(path))

    def undo(self, batch_id: str, *, by: str, dry_run: bool = False, progress: Progress | None = None) -> UndoReport:
        """Take an import back; ``intake/undo`` says by which rules. Raises as ``Undo.run`` does."""
        from gtm_pipelines.intake.undo import Undo

        return Undo(self.record, self.clock).run(batch_id, by=by, dry_run=dry_run, progress=progress)

    def _open(
        self,
        layout: Layout,
        mapping: ColumnMap,
        shared: frozenset[str],
        session_key: str,
        source: str | None,
        lawful_basis: str | None,
    ) -> tuple[Batch, dict[str, Any]]:
        """Go on with the unfinished import of this very file and mapping, or begin one."""
        stored = {"columns": mapping.by_column, "unmapped": list(mapping.unmapped), "shared_domains": sorted(shared)}
        stored["header"] = list(layout.header)
        file = layout.file
        with self.record.write() as connection:
            imports.lock(connection, self.record.workspace_id)
            before = imports.same_columns(connection, self.record.workspace_id, mapping.kind, stored, source, lawful_basis)
            same = [b for b in before if b.file_sha256 == file.sha256]
            open_ = next((b for b in same if b.status == "running" and b.session_key == session_key), None)
            known = next((b for b in same if b.status == "finished"), None)
            whole = open_ is None and known is not None and not imports.lowered(connection, self.record.workspace_id, known)
            batch = Batch(
                open_.id if open_ else new_id(), self.record.workspace_id, mapping.kind, session_key, file.path.name,
                keep_raw=known is None, alike=tuple(b.id for b in before if b is not open_),
                mostly_known=any(b is not open_ for b in before),
            )  # fmt: skip
            begun: dict[str, Any] = {"status": "running", "reasons": {}, "started_at": self.clock.now()}
            if whole and known is not None:
                begun |= _repeating(known) | {"finished_at": begun["started_at"]}
            if open_ is None:
                connection.execute(
                    sa.insert(import_batch).values(
                        id=batch.id, workspace_id=batch.workspace_id, kind=batch.kind, session_key=session_key,
                        file_name=batch.file_name, file_sha256=file.sha256, encoding=file.encoding,
                        delimiter=layout.delimiter, mapping=stored, source=source, lawful_basis=lawful_basis, **begun,
                    )
                )  # fmt: skip
        done = {name: getattr(open_, name) if open_ else 0 for name in ("rows", *imports.COUNTS)}
        return batch, done | {"reasons": open_.reasons if open_ else {}, "status": begun["status"]}

    def _take(self, batch: Batch, sheet: Sheet, done: dict[str, Any]) -> dict[str, Any]:
        """Write one chunk and the batch's new counts in one transaction."""
        count = len(sheet) + len(sheet.refused)
        with self.record.write() as connection:
            imports.lock(connection, batch.workspace_id)
            chunk = Chunk(batch, connection, self.clock.now())
            chunk.apply(sheet)
            after = {name: done[name] + chunk.counts[name] for name in imports.COUNTS}
            after["rows"] = done["rows"] + count
            after["reasons"] = dict(Counter(done["reasons"]) + chunk.reasons)
            imports.advance(connection, batch.id, done["rows"], after)
        return after

    def _finish(self, batch: Batch, done: dict[str, Any]) -> None:
        with self.record.write() as connection:
            imports.advance(connection, batch.id, done["rows"], {"status": "finished", "finished_at": self.clock.now()})


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector of reference cycles rest: the import makes none, and would be walked again and again."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()


def _repeating(known: sa.Row[Any]) -> dict[str, Any]:
    """Return what becomes of a file whose every row was imported before: it says nothing new."""
    return {
        "status": "finished", "same_as": known.same_as or known.id, "rows": known.rows, "rejected": known.rejected,
        "unchanged": known.rows - known.rejected, "reasons": known.reasons,
    }  # fmt: skip


def _report(row: sa.Row[Any], seconds: float | None = None) -> ImportReport:
    if seconds is None:
        seconds = (row.finished_at - row.started_at).total_seconds() if row.finished_at else 0.0
    return ImportReport(
        batch_id=row.id, kind=row.kind, file_name=row.file_name, rows=row.rows, imported=row.imported, merged=row.merged,
        unchanged=row.unchanged, rejected=row.rejected, reasons=row.reasons, encoding=row.encoding, delimiter=row.delimiter,
        session_key=row.session_key, seconds=round(seconds, 3), mapping=row.mapping["columns"],
        unmapped=tuple(row.mapping["unmapped"]),
        left_out=left_out(row.mapping.get("header", ()), {*row.mapping["columns"], *row.mapping["unmapped"]}),
        shared_domains=tuple(row.mapping["shared_domains"]), status=row.status,
        started_at=row.started_at,
    )  # fmt: skip
