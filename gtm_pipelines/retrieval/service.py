"""Search over everything that is known, by words and by meaning, and the index under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import GtmError, InputError
from gtm_pipelines.record import chunks, companies, contacts
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.upsert import chunks as parts
from gtm_pipelines.retrieval.fuse import best_span, fused
from gtm_pipelines.retrieval.model import (
    ENTITY_TYPES,
    EVERYTHING,
    MOST,
    WAYS,
    Answer,
    Embedder,
    EmbeddingError,
    Evidence,
    Filters,
    IndexReport,
    IndexStatus,
    Knowledge,
    Part,
    Way,
    age_days,
)
from gtm_pipelines.retrieval.sync import Cutter
from gtm_pipelines.retrieval.words import terms

if TYPE_CHECKING:
    from gtm_pipelines.retrieval.model import Vectors
    from gtm_pipelines.retrieval.store import IndexStore
    from gtm_pipelines.retrieval.view import View

Progress = Callable[[str, int, int | None], None]
"""Told ``(step, done, total)``; steps are ``cut`` and ``embed``."""
CANDIDATES = 200
"""Pieces taken from each way of searching before they are fused."""
WEIGHTS = {"words": 1.0, "meaning": 1.0}
COVER = 0.55
"""Share of a question, its words weighed by their rarity, that a piece must hold to count by words beside meaning.
Else the pieces that share but a "company" with it crowd out the one that answers it. Of 0 to 0.7, 0.52 to 0.6 did best on
the half of the judged questions that was tuned on; the other half confirms it (tests/benchmarks/judge_search.py)."""
LONGEST_QUESTION = 2_000
REFRESH_SECONDS = 5.0
"""How often one process looks whether there is something to cut before a search."""
SMALL = 1_000
"""Changed texts that are cut before a search rather than left to 'gtm search index'."""
SMALL_EMBED = 16
"""Pieces without vector that are embedded before a search where that takes no time and no money."""
EMBED_FIRST = ("pack", "reference", "insight", "reply", "company", "fact", "page", "contact", "message")
NO_MODEL = (
    "By words only: no model for search by meaning is at hand. Install one with 'pip install gtm-workbench[search]', "
    "or name one in [search]."
)


@dataclass
class _Hit:
    """One row on its way to being evidence."""

    row: int
    score: float
    words: Part | None
    meaning: Part | None


class SearchService:
    """Finds evidence.

    Args:
        record: where texts and pieces are.
        clock: the clock.
        folder: where the index's files lie; a cache.
        knowledge: texts in files.
        embedder: the model for search by meaning; ``None`` for words alone.
    """

    def __init__(self, record: Record, clock: Clock, folder: Path, knowledge: Knowledge, embedder: Embedder | None) -> None:
        self._record, self._clock, self._folder, self._embedder = record, clock, folder, embedder
        self._cutter = Cutter(record, clock, knowledge)
        self._store: IndexStore | None = None
        self._looked: float | None = None
        self._left: tuple[str, ...] = ()
        self._asked = lru_cache(maxsize=256)(self._embedded)

    def search(
        self, question: str, filters: Filters = EVERYTHING, *, limit: int = 10, by: Sequence[Way] = WAYS, refresh: bool = True
    ) -> Answer:
        """Return the pieces that speak best to a question, each text at most once.

        Args:
            question: in words, English, Russian or both.
            filters: what to narrow to.
            limit: most pieces.
            by: the ways of searching to fuse; one alone gives its own order.
            refresh: take in what changed since, where that is little.

        Raises:
            InputError: the question is empty or too long, or the limit is out of range.
            NotFoundError: a company or contact to narrow to is not in the record.
        """
        began = self._clock.monotonic()
        question = question.strip()
        if not question or len(question) > LONGEST_QUESTION:
            raise InputError(f"Ask something of at most {LONGEST_QUESTION} characters.")
        if not 1 <= limit <= MOST:
            raise InputError(f"Ask for 1 to {MOST} pieces.")
        notes = self._refreshed() if refresh else []
        filters = self._standing(filters)
        view = self._index().view()
        mask = view.passing(filters)
        vector, told = self._vector(question) if "meaning" in by else (None, [])
        hits = self._hits(view, terms(question) if "words" in by else [], vector, mask)
        evidence = self._evidence(view, hits, terms(question), limit)
        took = (self._clock.monotonic() - began) * 1000
        return Answer(question, evidence, int(mask.sum()), (*notes, *told), round(took, 1))

    def index(self, *, embed: bool = True, progress: Progress | None = None) -> IndexReport:
        """Bring pieces, vectors and files up to date. Stopped and run again, it goes on where it was.

        Args:
            embed: also make missing vectors, which takes the time.
            progress: told how far it is.

        Raises:
            EmbeddingError: the model cannot be had; what was done until then stays.
        """
        told = progress or (lambda _step, _done, _total: None)
        began = self._clock.monotonic()
        self._left = ()
        done = self._cutter.apply(self._cutter.changes(), lambda n, total: told("cut", n, total))
        embedded = self._embed(None, lambda n, total: told("embed", n, total)) if embed and self._embedder else 0
        self._index().view(fresh=True)
        status = self.status()
        seconds = round(self._clock.monotonic() - began, 2)
        return IndexReport(
            dict(done.cut), done.removed, sum(status.pieces.values()), embedded, status.waiting, seconds
        )  # fmt: skip

    def status(self) -> IndexStatus:
        """Return what can be searched now."""
        name = self._embedder.name if self._embedder else ""
        with self._record.read() as connection:
            workspace_id = self._record.workspace_id
            pieces = chunks.count_by_type(connection, workspace_id)
            waiting = chunks.count_without_vector(connection, workspace_id, name) if name else 0
            vectors = chunks.standing(connection, workspace_id, name).vectors
        return IndexStatus({kind: pieces[kind] for kind in ENTITY_TYPES if kind in pieces}, name or None, vectors, waiting)

    def forget(self) -> None:
        """Remove the files of the index; they are made anew from the record at the next search."""
        from gtm_pipelines.retrieval.store import clear

        self._store = None
        self._asked.cache_clear()
        clear(self._folder)

    def _index(self) -> IndexStore:
        from gtm_pipelines.retrieval.store import IndexStore

        if self._store is None:
            name, dimensions = (self._embedder.name, self._embedder.dimensions) if self._embedder else ("", 0)
            self._store = IndexStore(self._record, self._folder, name, dimensions)
        return self._store

    def _refreshed(self) -> list[str]:
        """Take in a few changes; say so where there are too many for that."""
        now = self._clock.monotonic()
        if self._looked is not None and 0 <= now - self._looked < REFRESH_SECONDS:
            return list(self._left)
        self._looked, self._left = now, ()
        changes = self._cutter.changes()
        count = sum(len(change.stale) + len(change.gone) for change in changes.values())
        if count > SMALL:
            self._left = (f"{count:,} texts are new or changed and not searched yet. Make them findable: 'gtm search index'.",)
            return list(self._left)
        self._cutter.apply(changes)
        if self._embedder and self._embedder.instant:
            self._embed(SMALL_EMBED)
        return []

    def _embed(self, most: int | None, progress: Callable[[int, int | None], None] | None = None) -> int:
        """Make vectors of pieces that have none, committed batch by batch; return how many."""
        if self._embedder is None:
            return 0
        name, workspace_id = self._embedder.name, self._record.workspace_id
        with self._record.read() as connection:
            total = chunks.count_without_vector(connection, workspace_id, name)
        if most is not None and total > most:
            return 0
        made = 0
        while made < total:
            with self._record.read() as connection:
                rows = chunks.without_vector(connection, workspace_id, name, EMBED_FIRST, self._embedder.batch)
            if not rows:
                break
            vectors = self._embedder.embed([passage(row.title, row.text) for row in rows])
            found = {row.text_hash: vector.astype("<f4").tobytes() for row, vector in zip(rows, vectors, strict=True)}
            with self._record.write() as connection:
                chunks.add_vectors(connection, workspace_id, name, found, self._clock.now())
            made += len(rows)
            if progress:
                progress(made, total)
        return made

    def _standing(self, filters: Filters) -> Filters:
        """Return the filters with the ids of the rows that their keys name, those standing for merged ones."""
        company = companies.get(self._record, filters.company).id if filters.company else None
        contact = contacts.get(self._record, filters.contact).id if filters.contact else None
        return replace(filters, company=company, contact=contact)

    def _vector(self, question: str) -> tuple[Vectors | None, list[str]]:
        if self._embedder is None:
            return None, [NO_MODEL]
        try:
            return self._asked(question), []
        except GtmError as error:
            return None, [f"By words only: {error}"]

    def _embedded(self, question: str) -> Vectors:
        if self._embedder is None:
            raise EmbeddingError(NO_MODEL)
        vector: Vectors = self._embedder.embed([question], "query")[0]
        return vector

    def _hits(self, view: View, question: Sequence[str], vector: Vectors | None, mask: Any) -> list[_Hit]:
        near = view.by_meaning(vector, mask, CANDIDATES) if vector is not None and view.matrices else []
        found = {"words": view.by_words(question, mask, CANDIDATES, COVER if near else 0.0), "meaning": near}
        placed = {name: {row: Part(round(s, 4), n) for n, (row, s) in enumerate(order, 1)} for name, order in found.items()}
        ordered = fused({name: [row for row, _ in order] for name, order in found.items()}, WEIGHTS)
        return [_Hit(row, score, placed["words"].get(row), placed["meaning"].get(row)) for row, score in ordered]

    def _evidence(self, view: View, hits: Sequence[_Hit], question: Sequence[str], limit: int) -> tuple[Evidence, ...]:
        """Read the pieces from the record, where they may be gone by now; of each text only the best."""
        found: dict[tuple[str, str], Evidence] = {}
        with self._record.read() as connection:
            for some in parts(hits, 2 * limit):
                ids = [view.columns.ids[hit.row].decode() for hit in some]
                rows = chunks.get_many(connection, self._record.workspace_id, ids)
                for hit, one in zip(some, ids, strict=True):
                    row = rows.get(one)
                    if row is not None and (row.entity_type, row.entity_id) not in found and len(found) < limit:
                        found[row.entity_type, row.entity_id] = self._one(row, hit, question)
                if len(found) == limit:
                    break
        return tuple(found.values())

    def _one(self, row: Any, hit: _Hit, question: Sequence[str]) -> Evidence:
        return Evidence(
            row.id, row.entity_type, row.entity_id, row.company_id, row.contact_id, row.title or "", row.text,
            best_span(row.text, question), row.url, row.language, row.recorded_at, age_days(row.recorded_at, self._clock.now()),
            round(hit.score, 4), hit.words, hit.meaning,
        )  # fmt: skip


def passage(title: str | None, text: str) -> str:
    """Return what a piece's vector is made of: its title, then its text."""
    return f"{title}\n{text}" if title else text
