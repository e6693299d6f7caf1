"""The index in memory: columns to filter by, postings, vectors; what was on disk with what came since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gtm_pipelines.record.chunks import Standing
from gtm_pipelines.retrieval import lexical
from gtm_pipelines.retrieval.model import ENTITY_TYPES, Filters
from gtm_pipelines.retrieval.words import terms

if TYPE_CHECKING:
    from gtm_pipelines.retrieval.model import Vectors

Mask = NDArray[np.bool_]
NARROW = 0.25
"""Share of the pieces below which only the vectors of those that pass are looked at, instead of all."""
_KIND = {name: number for number, name in enumerate(ENTITY_TYPES)}


@dataclass(frozen=True)
class Columns:
    """What pieces are filtered by, a row each, in the order of their ids."""

    ids: NDArray[np.bytes_]
    kinds: NDArray[np.uint8]
    languages: NDArray[np.bytes_]
    companies: NDArray[np.bytes_]
    contacts: NDArray[np.bytes_]
    moments: NDArray[np.float64]
    hashes: NDArray[np.uint64]

    @classmethod
    def of(cls, rows: Sequence[Any]) -> Columns:
        """Return the columns of rows of ``chunk``."""
        return cls(
            np.array([row.id for row in rows], "S32"),
            np.array([_KIND.get(row.entity_type, 255) for row in rows], np.uint8),
            np.array([row.language or "" for row in rows], "S8"),
            np.array([row.company_id or "" for row in rows], "S32"),
            np.array([row.contact_id or "" for row in rows], "S32"),
            np.array([row.recorded_at.timestamp() for row in rows], np.float64),
            np.array([short(row.text_hash) for row in rows], np.uint64),
        )

    def __add__(self, other: Columns) -> Columns:
        """Return these rows and, after them, those of another."""
        if not len(other.ids):
            return self
        return Columns(*(np.concatenate([mine, theirs]) for mine, theirs in zip(self.all(), other.all(), strict=True)))

    def all(self) -> tuple[NDArray[Any], ...]:
        """Return the columns in order."""
        return self.ids, self.kinds, self.languages, self.companies, self.contacts, self.moments, self.hashes


@dataclass(frozen=True)
class Matrix:
    """Vectors of texts, and the short digests of those texts."""

    hashes: NDArray[np.uint64]
    vectors: Vectors


@dataclass(frozen=True)
class View:
    """The index as it stands at one moment of the record.

    Attributes:
        alive: which rows still are in the record.
        places: for each row, the number of its vector over all of ``matrices``; -1 where it has none.
    """

    standing: Standing
    columns: Columns
    alive: Mask
    postings: tuple[lexical.Postings, ...]
    matrices: tuple[Matrix, ...]
    places: NDArray[np.int64]

    def passing(self, filters: Filters) -> Mask:
        """Return which rows pass the filters."""
        columns, mask = self.columns, self.alive.copy()
        if filters.types:
            mask &= np.isin(columns.kinds, [_KIND[name] for name in filters.types])
        if filters.language:
            mask &= columns.languages == filters.language.encode()
        if filters.company:
            mask &= columns.companies == filters.company.encode()
        if filters.contact:
            mask &= columns.contacts == filters.contact.encode()
        if filters.since:
            mask &= columns.moments >= filters.since.timestamp()
        return mask

    def by_words(self, question: Sequence[str], mask: Mask, count: int, cover: float = 0.0) -> list[tuple[int, float]]:
        """Return the rows that hold words of a question, or a share ``cover`` of it, best first, with their scores."""
        scores = lexical.scores(self.postings, question, cover)
        scores[~mask] = 0
        return _best(scores, count, floor=0.0)

    def by_meaning(self, question: Vectors, mask: Mask, count: int) -> list[tuple[int, float]]:
        """Return the rows nearest to a question's vector, nearest first, with the cosine."""
        rows = np.flatnonzero(mask & (self.places >= 0))
        if not len(rows):
            return []
        wanted = self.places[rows]
        few = len(rows) < NARROW * len(mask)
        near = _gathered(self.matrices, wanted) @ question if few else self._all_near(question)[wanted]
        return [(int(rows[place]), score) for place, score in _best(near, count, floor=-1.0)]

    def _all_near(self, question: Vectors) -> NDArray[np.float32]:
        return np.concatenate([matrix.vectors @ question for matrix in self.matrices])


def terms_of(row: Any) -> list[str]:
    """Return the words that a piece is found by: those of its title and its text."""
    return terms(f"{row.title or ''}\n{row.text}")


def short(text_hash: str) -> int:
    """Return the first 64 bits of a text's hash: two of a million texts share them once in forty million indexes."""
    return int(text_hash[:16], 16)


def places_of(hashes: NDArray[np.uint64], matrices: Sequence[Matrix]) -> NDArray[np.int64]:
    """Return for each text the number of its vector over all matrices; -1 where there is none."""
    held = np.concatenate([matrix.hashes for matrix in matrices]) if matrices else np.zeros(0, np.uint64)
    if not len(held):
        return np.full(len(hashes), -1, np.int64)
    order = np.argsort(held, kind="stable")
    place = np.minimum(np.searchsorted(held, hashes, sorter=order), len(held) - 1)
    found = order[place]
    return np.where(held[found] == hashes, found, -1)


def _gathered(matrices: Sequence[Matrix], places: NDArray[np.int64]) -> Vectors:
    gathered = np.empty((len(places), matrices[0].vectors.shape[1]), np.float32)
    start = 0
    for matrix in matrices:
        end = start + len(matrix.hashes)
        mine = (places >= start) & (places < end)
        gathered[mine] = matrix.vectors[places[mine] - start]
        start = end
    return gathered


def _best(scores: NDArray[np.float32], count: int, *, floor: float) -> list[tuple[int, float]]:
    """Return the places of the highest scores above a floor; of equal ones the earlier place first."""
    if len(scores) > count:
        candidates = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
        least = scores[candidates].min()
        # equal scores at the edge would come in by chance: take all of them, then the first
        candidates = np.flatnonzero(scores >= max(least, np.nextafter(np.float32(floor), np.float32(np.inf))))
    else:
        candidates = np.flatnonzero(scores > floor)
    order = np.lexsort((candidates, -scores[candidates]))[:count]
    return [(int(place), float(scores[place])) for place in candidates[order]]
