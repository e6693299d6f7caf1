"""Look for probable duplicates: read what changed, weigh the pairs that share something, write the likely ones down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from gtm_pipelines.clock import Clock
from gtm_pipelines.matching.companies import Companies, Company
from gtm_pipelines.matching.contacts import Contact, Contacts
from gtm_pipelines.matching.model import PROPOSED_FROM, FindReport, Kind, Reason
from gtm_pipelines.matching.pool import Entry, Met, Pool
from gtm_pipelines.matching.poolfile import open_pool
from gtm_pipelines.matching.terms import Terms
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
RELEARN, AT_LEAST = 0.05, 20
"""Share of a list, and number of rows, that change before it is counted and learnt anew, from every pair."""
WHOLE = 0.3
"""Share of a list from which all of it is read at once, in place of the changed rows one by one."""
_KEPT = 20_000

COMPARING: dict[Kind, Any] = {"company": Companies, "contact": Contacts}
_MADE: dict[Kind, Any] = {"company": Company, "contact": Contact}


class Likely(NamedTuple):
    """A pair that is weighed: the ids of both rows, the older first, and how likely it is one."""

    older: str
    newer: str
    score: float
    reasons: list[Reason]


class Learnt(NamedTuple):
    """What a search over every pair tells the later ones, beside the counts: how the fields agree, how rare duplicates are.

    The later ones go by it, so that a pair is given the same odds whenever it is weighed, until
    ``changed_since`` rows make it worth weighing every pair again.
    """

    agreement: dict[str, float]
    rarity: float
    changed_since: int


def find(
    record: Record, clock: Clock, kind: Kind, folder: Path, *, everything: bool = False, progress: Progress | None = None
) -> FindReport:
    """Weigh the pairs of which one row changed since the last search, and bring the queue up to date.

    Args:
        record: where the rows are and the pairs go.
        clock: of the moments written down.
        kind: company or contact.
        folder: of the file in which the list is kept between two searches.
        everything: read every row and weigh every pair anew.
        progress: told ``(done, total)`` in pairs.

    Raises:
        TransientError: another search of the same list is under way.
    """
    began, started = clock.now(), clock.monotonic()
    with open_pool(folder / f"{record.workspace_id}-{kind}.duckdb") as pool:
        if everything:
            pool.clear()
        gone = refresh(record, pool, kind)
        learnt = _known(pool)
        whole, done, total = learnt is None, 0, 0
        search = _Search(record, clock, kind)
        if whole or pool.changed:
            total = pool.pair(COMPARING[kind].most, COMPARING[kind].stars, everything=whole)
            if learnt is None:
                terms = learn(pool, kind)
                learnt = Learnt(dict(terms.agreement), terms.rarity, -pool.changed)
            else:
                terms = replace(pool.terms(), agreement=learnt.agreement, rarity=learnt.rarity)
            for part in weighed(pool, kind, BATCH, terms):
                search.keep(part)
                done += len(part)
                if progress:
                    progress(done, total)
        changed = pool.changed
        withdrawn = search.finish(began, pool, gone, whole=whole)
        if learnt is not None:
            pool.settle({"learnt": json.dumps(learnt._replace(changed_since=learnt.changed_since + changed))})
        return FindReport(kind, pool.rows, changed, total, search.proposed, withdrawn, clock.monotonic() - started)


def refresh(record: Record, pool: Pool, kind: Kind) -> list[str]:
    """Read the rows that are new or have changed into a pool; return the ids of those that stand no more."""
    with record.read() as connection:
        workspace = record.workspace_id
        changed, gone = pool.compare(duplicates.stamps(connection, workspace, kind))
        pool.drop(gone)
        wanted = COMPARING[kind].columns
        found: Iterator[Any]
        if len(changed) > WHOLE * pool.rows:
            fresh = set(changed)
            found = (row for row in duplicates.rows(connection, workspace, kind, wanted) if row["id"] in fresh)
        else:
            found = duplicates.some_rows(connection, workspace, kind, wanted, changed)
        pool.fill(entry(kind, row["id"], dict(row), duplicates.stamp(row)) for row in found)
    return gone


def _known(pool: Pool) -> Learnt | None:
    """Return what was learnt, unless so much has changed since that every pair should be weighed."""
    told = pool.note("learnt")
    if told is None:
        return None
    learnt = Learnt(*json.loads(told))
    return None if learnt.changed_since + pool.changed > max(AT_LEAST, RELEARN * pool.rows) else learnt


def learn(pool: Pool, kind: Kind) -> Terms:
    """Count a list of which every pair was made, and learn from samples how fields agree and how rare duplicates are."""
    pool.count()
    comparing, terms = COMPARING[kind], pool.terms()

    def reasons(met: Met, counted: Terms) -> list[Reason]:
        return list(comparing.weigh(_unpacked(kind, met.left), _unpacked(kind, met.right), counted))

    agreed = terms.learn(reasons(met, terms) for met in pool.sample(comparing.telling, SAMPLE))
    blind = [sum(reason.weight for reason in reasons(met, agreed)) for met in pool.blind(BLIND)]
    return agreed.estimate(blind, pool.paired)


def weighed(pool: Pool, kind: Kind, size: int, terms: Terms) -> Iterator[list[Likely]]:
    """Yield the pairs of a filled and paired pool with their probabilities, in lists of at most ``size``."""
    comparing = COMPARING[kind]
    unpack = lru_cache(maxsize=_KEPT)(lambda _id, packed: _unpacked(kind, packed))
    for part in pool.pairs(size):
        found = []
        for met in part:
            reasons = comparing.weigh(unpack(met.older, met.left), unpack(met.newer, met.right), terms)
            found.append(Likely(met.older, met.newer, terms.likely(reasons), reasons))
        yield found


def entry(kind: Kind, row_id: str, row: Mapping[str, Any], stamp: str) -> Entry:
    """Return a row of the record as the pool takes it."""
    one = COMPARING[kind].read(row)
    return Entry(row_id, stamp, json.dumps(one, ensure_ascii=False), list(COMPARING[kind].terms(one)))


def _unpacked(kind: Kind, packed: str) -> Any:
    return _MADE[kind](*(_frozen(value) for value in json.loads(packed)))


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


class _Search:
    """Compares what was weighed with what is known, and writes the difference in batches."""

    def __init__(self, record: Record, clock: Clock, kind: Kind) -> None:
        self._record = record
        self._clock = clock
        self._kind = kind
        with record.read() as connection:
            self._known = duplicates.pairs_of(connection, record.workspace_id, kind)
            self._apart = duplicates.kept_apart(connection, record.workspace_id, kind)
        self._likely: set[tuple[str, str]] = set()
        self.proposed = 0

    def keep(self, part: list[Likely]) -> None:
        """Write down the likely pairs of a part, in one transaction."""
        fresh, again = [], []
        for older, newer, score, reasons in part:
            key = (older, newer)
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

    def finish(self, began: datetime, pool: Pool, gone: Iterable[str], *, whole: bool) -> int:
        """Withdraw open pairs that are no longer likely or whose rows stand no more; note that the list was searched."""
        opened = {key: row.id for key, row in self._known.items() if row.status == "open"}
        concerned = {*pool.changed_ids(), *gone, *pool.missing({one for key in opened for one in key})}
        stale = [
            pair_id
            for key, pair_id in opened.items()
            if key not in self._likely and (whole or key[0] in concerned or key[1] in concerned or key in self._apart)
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
