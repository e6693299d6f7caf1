"""Export and erasure of one person, over the record, the warehouse, the marts and the data folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.privacy import compact, give
from gtm_pipelines.privacy.files import DataFolder
from gtm_pipelines.privacy.find import Footprint, find
from gtm_pipelines.privacy.forget import Forgetting
from gtm_pipelines.privacy.mentions import mentions
from gtm_pipelines.privacy.model import ErasureReport, Person, PersonExport
from gtm_pipelines.record import suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

Progress = Callable[[int, int | None], None]
STEPS = 5
"""Of an erasure: files, record, its file, the warehouse, the last search."""


class Copies(Protocol):
    """What is made from the record and has to be made anew."""

    def exist(self) -> bool:
        """Tell whether there is anything."""
        ...

    def rebuild(self) -> None:
        """Make all of it anew from the record."""
        ...


@dataclass(frozen=True)
class PrivacyService:
    """What is known of one person.

    Args:
        record: the record.
        clock: the clock.
        home: the data folder.
        sandbox: the sandbox's folder.
        copies: the warehouse and the published marts.
        forget_index: removes the files that search keeps; they come back by themselves.
    """

    record: Record
    clock: Clock
    home: Path
    sandbox: Path
    copies: Copies
    forget_index: Callable[[], None]

    def find(self, address_or_contact: str) -> Person:
        """Return the person at an address, or behind a contact's id or LinkedIn address. Raises as ``find.find`` does."""
        with self.record.read() as connection:
            return find(connection, self.record.workspace_id, address_or_contact)

    @needs(Role.OWNER, "hand out everything about a person")
    def export_person(self, address_or_contact: str, path: Path | str, *, by: str = "person:local") -> PersonExport:
        """Write everything about one person to a JSON file, or to a ZIP file with their mails.

        Raises:
            NotFoundError: no contact has this id, or nothing is known of an address; no file is written.
            InputError: the file's name ends in neither ``.json`` nor ``.zip``.
        """
        give.check_name(Path(path))
        with self.record.read() as connection:
            person = find(connection, self.record.workspace_id, address_or_contact)
            found = give.gather(connection, self.record.workspace_id, person)
        if not found and not person.contact_ids:
            raise NotFoundError(f"Nothing is known about '{address_or_contact.strip()}', so no file was written.")
        written = give.write(Path(path), person, found, self.clock.now())
        self._audit(by, "person.exported", {"rows": sum(written.counts.values())})
        return written

    @needs(Role.OWNER, "erase a person")
    def erase_person(
        self, address_or_contact: str, *, by: str, dry_run: bool = False, progress: Progress | None = None
    ) -> ErasureReport:
        """Erase one person everywhere but in lists on disk and backups, which are named; only a salted hash stays.

        Counts of what happened stay as they are. Asked for again it finds nothing more to
        do in the record, and does the rest anew: so it goes on where it was interrupted.

        Args:
            address_or_contact: an e-mail address, a contact's id or LinkedIn address.
            by: who does it, as ``person:NAME``.
            dry_run: only count.
            progress: told the steps done, of how many.

        Raises:
            NotFoundError: no contact has this id.
            TransientError: the warehouse is in use; the record is done, run it again for the rest.
        """
        started = self.clock.monotonic()
        told = progress or (lambda _done, _total: None)
        person = self.find(address_or_contact)
        folder = DataFolder(self.home, self.sandbox, person)
        files = folder.rewrite(dry_run=dry_run)
        told(1, STEPS)
        counts = self._forget(person, by, dry_run=dry_run)
        told(2, STEPS)
        compacted = not dry_run and compact.compact(self.record)
        told(3, STEPS)
        if not dry_run:
            self.forget_index()
        copied = self.copies.exist()
        if copied and not dry_run:
            self.copies.rebuild()
        told(4, STEPS)
        remaining = () if dry_run else tuple(folder.remaining())
        told(STEPS, STEPS)
        return ErasureReport(
            dry_run=dry_run, contacts=len(person.contact_ids), counts=counts, files=files,
            suppressed=len({suppressions.key("address", address) for address in person.addresses}),
            warehouse="rebuilt" if copied else "none", compacted=compacted, remaining=remaining,
            seconds=round(self.clock.monotonic() - started, 3),
        )  # fmt: skip

    def _forget(self, person: Person, by: str, *, dry_run: bool) -> dict[str, int]:
        """Look with a reader, which holds nobody up; then write in one short transaction."""
        workspace_id = self.record.workspace_id
        with self.record.read() as connection:
            own = Footprint(connection, workspace_id, person).find()
            elsewhere = list(mentions(connection, workspace_id, person, own))
        if dry_run:
            counts = {name: len(ids) for name, ids in own.items() if name != "suppression"}
            return counts | ({"mentions": len(elsewhere)} if elsewhere else {})
        with self.record.write() as connection:
            compact.secure(connection)
            suppressions.lock(connection, workspace_id)
            own = Footprint(connection, workspace_id, person).find()
            counts = Forgetting(connection, workspace_id, person, self.clock.now()).run(own, elsewhere, by=by)
            add_audit(
                connection, workspace_id, actor=by, action="person.erased", subject_type="person", subject_id=None,
                at=self.clock.now(), detail={"counts": counts},
            )  # fmt: skip
        return counts

    def _audit(self, by: str, action: str, detail: dict[str, int]) -> None:
        with self.record.write() as connection:
            add_audit(
                connection, self.record.workspace_id, actor=by, action=action, subject_type="person", subject_id=None,
                at=self.clock.now(), detail=detail,
            )  # fmt: skip
