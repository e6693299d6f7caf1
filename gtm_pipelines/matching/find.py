"""Look for probable duplicates: read the list, weigh the pairs that share something, write the likely ones down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from gtm_pipelines.clock import Clock
from gtm_pipelines.matching.companies import Companies, Company
from gtm_pipelines.matching.contacts import Contact, Contacts
from gtm_pipelines.matching.model import PROPOSED_FROM, FindReport, Kind, Reason
from gtm_pipelines.matching.pool import Entry, Pool, open_pool
from gtm_pipelines.record import duplicates
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

Progress = Callable[[int, int | None], None]
BATCH = 5_000
"""Pairs weighed between two transactions."""
SAMPLE = 3_000
"""Pairs of one name from which it is learnt how often the other fields of one and the same agree."""
BLIND = 10_000
"""Pairs picked blindly from which it is learnt how many duplicates a list has."""
_KEPT = 20_000


COMPARING: dict[Kind, Any] = {"company": Companies, "contact": Contacts}
_MADE: dict[Kind, Any] = {"company": Company, "contact": Contact}


class Likely(NamedTuple):
    """A pair that is weighed: places in the list, and how likely it is one."""

    older: int
    newer: int
    score: float
    reasons: list[Reason]


def find(record: Record, clock: Clock, kind: Kind, *, everything: bool = False, progress: Progress | None = None) -> FindReport:
    """Weigh the pairs of which one row changed since the last search, and bring the queue up to date.

    Args:
        record: where the rows are and the pairs go.
        clock: of the moments written down.
        kind: company or contact.
        everything: weigh every pair anew.
        progress: told ``(done, total)`` in pairs.
    """
    began, started = clock.now(), clock.monotonic()
    ids: list[str] = []
    with open_pool() as pool:
        pool.fill(_entries(record, kind, ids, everything=everything))
        search = _Search(record, clock, kind, ids)
        total = pool.pair(COMPARING[kind].most, COMPARING[kind].stars) if pool.changed else 0
        done = 0
        for part in weighed(pool, kind, BATCH) if total else ():
            search.keep(part)
            done += len(part)
            if progress:
                progress(done, total)
        withdrawn = search.finish(began, pool)
        return FindReport(kind, pool.rows, pool.changed, total, search.proposed, withdrawn, clock.monotonic() - started)


def weighed(pool: Pool, kind: Kind, size: int) -> Iterator[list[Likely]]:
    """Yield the pairs of a filled and paired pool with their probabilities, in lists of at most ``size``."""
    terms, comparing = pool.terms(), COMPARING[kind]
    unpack = lru_cache(maxsize=_KEPT)(lambda _number, packed: _unpacked(kind, packed))
    terms = terms.learn(
        comparing.weigh(unpack(older, left), unpack(newer, right), terms)
        for older, newer, left, right in pool.sample(comparing.telling, SAMPLE)
    )
    blind = (comparing.weigh(unpack(one, left), unpack(other, right), terms) for one, other, left, right in pool.blind(BLIND))
    terms = terms.estimate([sum(reason.weight for reason in reasons) for reasons in blind], pool.paired)
    for part in pool.pairs(size):
        found = []
        for older, newer, left, right in part:
            reasons = comparing.weigh(unpack(older, left), unpack(newer, right), terms)
            found.append(Likely(older, newer, terms.likely(reasons), reasons))
        yield found


def entry(kind: Kind, number: int, row: Mapping[str, Any], *, changed: bool) -> Entry:
    """Return a row of the record as the pool takes it."""
    one = COMPARING[kind].read(row)
    return Entry(number, json.dumps(one, ensure_ascii=False), list(COMPARING[kind].terms(one)), changed)


def _unpacked(kind: Kind, packed: str) -> Any:
    return _MADE[kind](*(_frozen(value) for value in json.loads(packed)))


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _entries(record: Record, kind: Kind, ids: list[str], *, everything: bool) -> Iterator[Entry]:
    with record.read() as connection:
        since = None if everything else duplicates.searched_until(connection, record.workspace_id, kind)
        for row in duplicates.rows(connection, record.workspace_id, kind, COMPARING[kind].columns):
            ids.append(row["id"])
            yield entry(kind, len(ids) - 1, dict(row), changed=since is None or row["updated_at"] >= since)


class _Search:
    """Compares what was weighed with what is known, and writes the difference in batches."""

    def __init__(self, record: Record, clock: Clock, kind: Kind, ids: list[str]) -> None:
        self._record = record
        self._clock = clock
        self._kind = kind
        self._ids = ids
        with record.read() as connection:
            self._known = duplicates.pairs_of(connection, record.workspace_id, kind)
            self._apart = duplicates.kept_apart(connection, record.workspace_id, kind)
        self._likely: set[tuple[str, str]] = set()
        self.proposed = 0

    def keep(self, part: list[Likely]) -> None:
        """Write down the likely pairs of a part, in one transaction."""
        fresh, again = [], []
        for older, newer, score, reasons in part:
            key = duplicates.ordered(self._ids[older], self._ids[newer])
            if score < PROPOSED_FROM or key in self._apart:
                continue
            self._likely.add(key)
            known = self._known.get(key)
            stored = {"left_id": key[0], "right_id": key[1], "score": round(score, 4), "reasons": stored_reasons(reasons)}
            if known is None:
                fresh.append({**stored, "status": "open"})
            elif known.status == "gone" or (known.status == "open" and known.score != stored["score"]):
                again.append((known.id, stored))
        if fresh or again:
            self._write(fresh, again)

    def _write(self, fresh: list[dict[str, Any]], again: list[tuple[str, dict[str, Any]]]) -> None:
        workspace, now = self._record.workspace_id, self._clock.now()
        with self._record.write() as connection:
            duplicates.add(connection, workspace, self._kind, fresh, now)
            for pair_id, stored in again:
                duplicates.rescore(connection, workspace, pair_id, stored["score"], stored["reasons"], now)
        self.proposed += len(fresh) + len(again)

    def finish(self, began: datetime, pool: Pool) -> int:
        """Withdraw open pairs that are no longer likely, and remember up to when the list was searched."""
        changed = {self._ids[number] for number in pool.changed_numbers()}
        stale = [
            row.id
            for key, row in self._known.items()
            if row.status == "open" and key not in self._likely and (key[0] in changed or key[1] in changed or key in self._apart)
        ]
        with self._record.write() as connection:
            withdrawn = duplicates.withdraw(connection, self._record.workspace_id, stale, self._clock.now())
            add_audit(
                connection, self._record.workspace_id, actor="system", action=duplicates.SEARCHED, subject_type=self._kind,
                subject_id=None, at=self._clock.now(),
                detail={"until": began.isoformat(), "proposed": self.proposed, "withdrawn": withdrawn},
            )  # fmt: skip
        return withdrawn


def stored_reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as the record keeps them, the weightiest first."""
    return [{**asdict(r), "weight": round(r.weight, 1)} for r in sorted(reasons, key=lambda r: -abs(r.weight))]
