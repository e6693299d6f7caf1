"""Promote a version of a pack, or go back to an earlier one: decisions of people, kept as facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.packs.check import check
from gtm_pipelines.packs.model import Pack, PackError, Release
from gtm_pipelines.packs.registry import PackRegistry
from gtm_pipelines.packs.releases import ReleaseBook, release_of, stack
from gtm_pipelines.record import packs as queries
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record


class PromotionService:
    """Which version of a pack counts.

    Args:
        record: the record.
        clock: the clock.
        registry: the packs at hand.
        unproven: says why a version that an optimiser wrote has not proved itself; ``None`` where it has.
    """

    def __init__(
        self, record: Record, clock: Clock, registry: PackRegistry, unproven: Callable[[Pack], str | None] = lambda _pack: None
    ) -> None:
        self._unproven = unproven
        self._record = record
        self._clock = clock
        self._registry = registry
        self._book = ReleaseBook(record)

    def promote(
        self, pack: str, version: str, *, by: str, reason: str = "", expected: str | None = None, overrule: bool = False
    ) -> Release:
        """Make a version the one that new campaigns take, exactly as its files are now.

        Args:
            pack: its name.
            version: which one.
            by: the person who decides.
            reason: why, for those who read it later.
            expected: the version that counted when the person looked; refused if another does now.
            overrule: promote what an optimiser wrote though it was not shown to be better; wants a reason.

        Raises:
            NotFoundError: there is no such version.
            PackError: it cannot be read.
            PolicyError: it breaks a rule, was not shown to be better, or no person decides.
            ConflictError: it counts already, or somebody else decided meanwhile.
        """
        decided, chosen = person(by), self._registry.get(pack, version)
        broken = [problem for problem in check(chosen, self._registry.before(chosen)) if problem.severity == "error"]
        if broken:
            said = "\n".join(f"  {problem}" for problem in broken)
            raise PolicyError("pack.promote", f"{pack}@{version} breaks rules of packs. Mend them, then promote it:\n{said}")
        doubt = self._unproven(chosen)
        if doubt and not (overrule and reason.strip()):
            raise PolicyError("pack.unproven", f"{doubt}. Overrule that with a reason if you know better, or leave it.")
        with self._record.write() as connection:
            rows = queries.releases(connection, self._record.workspace_id, pack, lock=True)
            now = self._counting(connection, pack, rows)
            if expected is not None and now is not None and now.version != expected:
                raise ConflictError(f"Meanwhile {now.version} was made the current version of {pack}. Look again, then decide.")
            if rows and now is not None and now.content_hash == chosen.content_hash:
                raise ConflictError(f"{pack}@{version} is the current version already.")
            if now is not None:
                self._keep(connection, now)
            previous = now.version if now else None
            return self._write(connection, chosen, "promote", previous=previous, by=decided, reason=reason)

    def rollback(self, pack: str, *, by: str, reason: str = "", to: str | None = None) -> Release:
        """Go back to the version that counted before, or to an earlier one, exactly as it was then.

        Raises:
            NotFoundError: nothing was promoted, or ``to`` never counted.
            PolicyError: no person decides.
        """
        decided = person(by)
        with self._record.write() as connection:
            rows = queries.releases(connection, self._record.workspace_id, pack, lock=True)
            counted = stack(rows)
            if len(counted) < 2 or (to is not None and to not in counted[:-1]):
                before = ", ".join(counted[:-1]) or "none"
                raise NotFoundError(
                    f"Pack '{pack}' cannot go back{f' to {to}' if to else ''}: versions that counted before: {before}."
                )
            target = to or counted[-2]
            kept = queries.newest_kept(connection, self._record.workspace_id, pack, target)
            if kept is None:
                raise NotFoundError(f"The files of {pack}@{target} were not kept. Promote it instead.")
            chosen = self._registry.revive(kept["manifest"]["files"], where=f"{pack}/{target}")
            return self._write(connection, chosen, "rollback", previous=counted[-1], by=decided, reason=reason)

    def releases(self, pack: str | None = None) -> list[Release]:
        """Return who made which version count and why, newest first."""
        return self._book.releases(pack)

    def back_to(self, pack: str) -> str | None:
        """Return the version a rollback would go to, or ``None``."""
        with self._record.read() as connection:
            counted = stack(queries.releases(connection, self._record.workspace_id, pack))
        return counted[-2] if len(counted) > 1 else None

    def _counting(self, connection: sa.Connection, pack: str, rows: Sequence[sa.RowMapping]) -> Pack | None:
        if rows:
            last = rows[-1]
            kept = queries.kept(connection, self._record.workspace_id, pack, last["version"], last["content_hash"])
            return self._registry.revive(kept["manifest"]["files"], where=f"{pack}/{last['version']}") if kept else None
        try:
            return self._registry.newest(pack)
        except PackError:
            return None

    def _keep(self, connection: sa.Connection, pack: Pack) -> None:
        queries.keep(
            connection, self._record.workspace_id, pack=pack.name, version=pack.version, content_hash=pack.content_hash,
            manifest={"files": dict(pack.files)}, at=self._clock.now(),
        )  # fmt: skip

    def _write(
        self,
        connection: sa.Connection,
        pack: Pack,
        action: Literal["promote", "rollback"],
        *,
        previous: str | None,
        by: str,
        reason: str,
    ) -> Release:
        workspace, now = self._record.workspace_id, self._clock.now()
        self._keep(connection, pack)
        values = {
            "pack": pack.name, "version": pack.version, "content_hash": pack.content_hash, "action": action,
            "previous_version": previous, "reason": reason.strip() or None, "decided_by": by, "created_at": now,
        }  # fmt: skip
        row_id = queries.add_release(connection, workspace, values)
        act = {"actor": by, "action": f"pack.{action}", "subject_type": "pack", "subject_id": row_id}
        add_audit(connection, workspace, **act, at=now, detail={"pack": pack.name, "version": pack.version, "previous": previous})
        return release_of({"id": row_id} | values)


def person(by: str) -> str:
    """Return who decides as ``person:NAME``.

    Raises:
        InputError: nobody is named.
        PolicyError: a machine is named where only a person may decide.
    """
    name = by.strip()
    if not name:
        raise InputError("Say who decides: name the person, such as --by anna.")
    actor = name if ":" in name else f"person:{name}"
    if not actor.startswith("person:") or not actor.removeprefix("person:").strip():
        raise PolicyError("pack.person", f"'{name}' is not a person. Only a person says which version counts.")
    return actor
