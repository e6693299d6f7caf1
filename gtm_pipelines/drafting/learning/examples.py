"""Examples: made of facts, again and again, always the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.learning import cases
from gtm_pipelines.drafting.learning.model import SPLITS, Decided, Example, ExampleCount, ExampleReport
from gtm_pipelines.drafting.learning.splits import address_key, company_key, side, sides
from gtm_pipelines.errors import InputError
from gtm_pipelines.record import deciding, examples, merges
from gtm_pipelines.record.engine import Record

Progress = Callable[[int, int | None], None]
BATCH = 200
OVERLAP = timedelta(minutes=10)
"""How far back a rebuild looks behind the latest change: longer than a transaction is open and clocks differ."""
_COMPARED = ("split_key", "pack", "pack_version", "variant", "language", "campaign_id", "draft_id", "contact_id", "company_id",
             "inputs", "output", "labels")  # fmt: skip


@dataclass
class _Tally:
    looked_at: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    moved: int = 0


class ExampleService:
    """What people decided, and what came of it, as examples.

    Args:
        record: the record.
        clock: the clock.
        simulated: mailboxes whose answers are played.
    """

    def __init__(self, record: Record, clock: Clock, simulated: Sequence[str] = ()) -> None:
        self._record = record
        self._clock = clock
        self._simulated = frozenset(simulated)

    def rebuild(self, *, whole: bool = False, progress: Progress | None = None) -> ExampleReport:
        """Bring examples up to what the facts say.

        Each batch is committed on its own; what is unchanged is not written. Running it again changes nothing.

        Args:
            whole: look at every fact, not only at those since the last change.
            progress: told how many drafts and replies were looked at.
        """
        last = None if whole else examples.last_built(self._record)
        since = last - OVERLAP if last else None
        tally = _Tally()
        for drafts in self._pages(lambda after: examples.changed_drafts(self._record, since, after=after, limit=BATCH)):
            self._drafts(drafts, tally)
            _tell(progress, tally)
        for rows in self._replies(since):
            made = {row["id"]: cases.reply_example(row) for row in rows}
            self._keep(("reply",), list(made), [one for one in made.values() if one], tally)
            _tell(progress, tally)
        self._settle_sides(tally)
        return ExampleReport(tally.looked_at, tally.added, tally.changed, tally.removed, tally.moved)

    def counts(self) -> list[ExampleCount]:
        """Return how many examples there are of each kind, pack, language and side, and of how many companies."""
        return [ExampleCount(**row) for row in examples.counts(self._record)]

    def decided(self, pack: str) -> Decided:
        """Return how people decided about the drafts among a pack's examples: one by one, by hand, or many at a stroke."""
        return Decided(**deciding.how(self._record, pack))

    def each(
        self, *, kind: str | None = None, pack: str | None = None, split: str | None = None, language: str | None = None
    ) -> Iterator[Example]:
        """Yield examples, oldest first.

        Raises:
            InputError: there is no such side.
        """
        if split is not None and split not in SPLITS:
            raise InputError(f"'{split}' is no side. Choose one of: {', '.join(SPLITS)}.")
        after = ""
        while rows := examples.page(self._record, kind=kind, pack=pack, split=split, language=language, after=after):
            yield from (_example(row) for row in rows)
            after = rows[-1]["id"]

    def _pages(self, read: Callable[[str], list[str]]) -> Iterator[list[str]]:
        after = ""
        while ids := read(after):
            yield ids
            after = ids[-1]

    def _replies(self, since: datetime | None) -> Iterator[Sequence[Mapping[str, Any]]]:
        after = ""
        while rows := examples.corrected_replies(self._record, since, after=after, limit=BATCH):
            yield rows
            after = rows[-1]["id"]

    def _drafts(self, draft_ids: list[str], tally: _Tally) -> None:
        with self._record.read() as connection:
            facts = cases.gather(connection, self._record.workspace_id, draft_ids)
        self._keep(("draft", "judge"), draft_ids, cases.draft_examples(facts, self._simulated), tally)

    def _keep(self, kinds: Sequence[str], looked_at: list[str], made: list[dict[str, Any]], tally: _Tally) -> None:
        """Write what differs; take out what the facts no longer say."""
        workspace = self._record.workspace_id
        with self._record.write() as connection:
            there = {
                (row["kind"], row["source_key"]): row for row in examples.of_sources(connection, workspace, kinds, looked_at)
            }
            keyed = self._keyed(connection, made)
            fresh = [row for row in keyed if (row["kind"], row["source_key"]) not in there]
            stale = [(row, there[key]) for row in keyed if (key := (row["kind"], row["source_key"])) in there]
            stale = [(row, old) for row, old in stale if any(row[name] != old[name] for name in _COMPARED)]
            gone = set(there) - {(row["kind"], row["source_key"]) for row in keyed}
            rows = [row | {"split": side(row["split_key"])} for row in fresh] + [row | {"split": o["split"]} for row, o in stale]
            examples.put(self._record, connection, rows, at=self._clock.now())
            examples.remove(connection, workspace, [there[key]["id"] for key in gone])
        tally.looked_at += len(looked_at)
        tally.added += len(fresh)
        tally.changed += len(stale)
        tally.removed += len(gone)

    def _keyed(self, connection: sa.Connection, made: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return rows with whom they belong to: a company, whichever of its rows was written to, else an address."""
        workspace = self._record.workspace_id
        alone = {row["source_key"]: address_key(row["address"], row["contact_id"]) for row in made if not row["company_id"]}
        domains = {key.removeprefix("domain:") for key in alone.values() if key.startswith("domain:")}
        holders = examples.companies_at(connection, workspace, domains) if domains else {}
        known = {row["company_id"] for row in made if row["company_id"]} | set(holders.values())
        roots = merges.roots(connection, workspace, "company", known)
        for row in made:
            address, key = row.pop("address"), alone.get(row["source_key"])
            company = row["company_id"] or (holders.get(key.removeprefix("domain:")) if key else None)
            row["split_key"] = company_key(roots[company]) if company else key or address_key(address, row["contact_id"])
        return made

    def _settle_sides(self, tally: _Tally) -> None:
        """Let all examples of a company stand on one side, also of companies that were merged since."""
        workspace = self._record.workspace_id
        with self._record.write() as connection:
            rows = examples.keys(connection, workspace)
            keys = self._keys_now(connection, {row["split_key"] for row in rows})
            members: dict[str, set[str]] = defaultdict(set)
            for row in rows:
                members[keys[row["split_key"]]].add(row["split"])
            decided = sides(members)
            moving: dict[tuple[str, str], list[str]] = defaultdict(list)
            for row in rows:
                key = keys[row["split_key"]]
                if (decided[key], key) != (row["split"], row["split_key"]):
                    moving[decided[key], key].append(row["id"])
            for (split, key), ids in sorted(moving.items()):
                examples.move(connection, workspace, ids, split, key, at=self._clock.now())
                tally.moved += len(ids)

    def _keys_now(self, connection: sa.Connection, keys: set[str]) -> dict[str, str]:
        """Return what each key is now: companies were merged, and came to be known by the domain of an address."""
        workspace, prefix, domain = self._record.workspace_id, company_key(""), "domain:"
        held = {key.removeprefix(prefix) for key in keys if key.startswith(prefix)}
        holders = examples.companies_at(connection, workspace, {key.removeprefix(domain) for key in keys if domain in key})
        roots = merges.roots(connection, workspace, "company", held | set(holders.values()))
        now = {company_key(one): company_key(root) for one, root in roots.items()}
        now |= {f"{domain}{name}": company_key(roots[holder]) for name, holder in holders.items()}
        return {key: now.get(key, key) for key in keys}


def _tell(progress: Progress | None, tally: _Tally) -> None:
    if progress:
        progress(tally.looked_at, None)


def _example(row: Mapping[str, Any]) -> Example:
    return Example(**{name: row[name] for name in Example.__dataclass_fields__})
