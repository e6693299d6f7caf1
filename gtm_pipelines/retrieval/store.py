"""The index on disk: arrays that are mapped, not read, and made anew from the record at any time.

It is a cache and never the truth. What came to the record since it was written is read beside it; it is
written anew when that is much, when rows it holds are gone for good by an erasure, or when asked to. A
folder appears whole or not at all: it is made aside, then named in one rename.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from gtm_pipelines.errors import TransientError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import chunks
from gtm_pipelines.record.chunks import Standing
from gtm_pipelines.record.engine import Record
from gtm_pipelines.retrieval import lexical
from gtm_pipelines.retrieval.model import ENTITY_TYPES
from gtm_pipelines.retrieval.view import Columns, Matrix, View, places_of, short, terms_of

FORM = 1
"""Of the files; another form is not read but made anew."""
FEW = 5_000
"""Pieces beside the files that are read at each start, rather than written anew; a quarter of the files, if that is more."""
ATTEMPTS = 3
_COLUMNS = ("ids", "kinds", "languages", "companies", "contacts", "moments", "hashes")
_POSTINGS = ("terms", "starts", "pieces", "weights")


@dataclass(frozen=True)
class _Base:
    """What the files hold."""

    standing: Standing
    columns: Columns
    postings: lexical.Postings
    matrix: Matrix


class IndexStore:
    """The index of one workspace and one model.

    Args:
        record: where the pieces are.
        folder: where the files lie; holds nothing else.
        model: name of the model whose vectors count; empty for none.
        dimensions: numbers in its vectors.
    """

    def __init__(self, record: Record, folder: Path, model: str, dimensions: int) -> None:
        self._record, self._model, self._dimensions = record, model, dimensions
        self._folder = folder / re.sub(r"[^\w-]", "_", record.workspace_id)
        self._base: _Base | None = None
        self._view: View | None = None
        self._mark: str | None = None

    def view(self, *, fresh: bool = False) -> View:
        """Return the index as the record stands now.

        Args:
            fresh: write the files anew if anything changed since.
        """
        with self._record.read() as connection:
            mark = chunks.mark(connection, self._record.workspace_id)
            if self._view is not None and self._mark == mark and not fresh:
                return self._view
            now = chunks.standing(connection, self._record.workspace_id, self._model)
            base = self._base or self._load()
            if base is None or self._is_far(base.standing, now) or (fresh and base.standing != now):
                base = self._build(connection, now)
            view = self._beside(connection, base, now)
            for _ in range(ATTEMPTS):
                if view is None:  # somebody changes the record while it is read
                    now = chunks.standing(connection, self._record.workspace_id, self._model)
                    base = self._build(connection, now)
                    view = self._beside(connection, base, now)
        if view is None:
            raise TransientError("The record changes faster than it can be indexed. Try again in a moment.")
        self._base, self._view, self._mark = base, view, mark
        return view

    def _is_far(self, then: Standing, now: Standing) -> bool:
        many = max(FEW, then.pieces // 4)
        return then.erasures != now.erasures or abs(now.pieces - then.pieces) > many or abs(now.vectors - then.vectors) > many

    def _beside(self, connection: sa.Connection, base: _Base, now: Standing) -> View | None:
        """Return the files with what came since; ``None`` where rows between them came or went unnoticed."""
        rows = [row for page in chunks.after(connection, self._record.workspace_id, base.standing.newest) for row in page]
        alive = np.ones(len(base.columns.ids), bool)
        if len(alive) + len(rows) != now.pieces:
            held = np.array(chunks.ids(connection, self._record.workspace_id, up_to=base.standing.newest), "S32")
            alive = np.isin(base.columns.ids, held)
            if alive.sum() != len(held):
                return None
        newer = list(self._vectors(connection, base.standing.newest_vector))
        if now.vectors > base.standing.vectors + len(newer):
            return None
        matrices = (base.matrix, _matrix(newer, self._dimensions)) if newer else (base.matrix,)
        columns = base.columns + Columns.of(rows)
        postings = (base.postings, lexical.build((terms_of(row) for row in rows), base.postings.length))
        alive = np.concatenate([alive, np.ones(len(rows), bool)])
        return View(now, columns, alive, postings if rows else postings[:1], matrices, places_of(columns.hashes, matrices))

    def _vectors(self, connection: sa.Connection, last: str) -> Iterator[Any]:
        for page in chunks.vectors_after(connection, self._record.workspace_id, self._model, last):
            yield from (row for row in page if len(row.vector) == 4 * self._dimensions)

    def _build(self, connection: sa.Connection, now: Standing) -> _Base:
        """Make the index from the record, and keep it as files."""
        columns = Columns.of([])
        words: list[list[str]] = []
        for rows in chunks.after(connection, self._record.workspace_id, ""):
            columns += Columns.of(rows)
            words.extend(terms_of(row) for row in rows)
        vectors = list(self._vectors(connection, ""))
        newest = columns.ids[-1].decode() if len(columns.ids) else ""
        newest_vector = vectors[-1].id if vectors else ""
        read = Standing(len(columns.ids), newest, max(len(vectors), now.vectors), newest_vector, now.erasures)
        base = _Base(read, columns, lexical.build(words), _matrix(vectors, self._dimensions))
        self._save(base)
        return base

    def _save(self, base: _Base) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        made = self._folder / f"{new_id()}.partial"
        made.mkdir()
        arrays = dict(zip(_COLUMNS, base.columns.all(), strict=True))
        arrays |= {name: getattr(base.postings, name) for name in _POSTINGS}
        arrays |= {"vector_hashes": base.matrix.hashes, "vectors": base.matrix.vectors}
        for name, values in arrays.items():
            np.save(made / f"{name}.npy", values, allow_pickle=False)
        told = {
            "form": FORM,
            "types": ENTITY_TYPES,
            "model": self._model,
            "length": base.postings.length,
            **base.standing._asdict(),
        }
        (made / "about.json").write_text(json.dumps(told), "utf-8")
        kept = made.with_suffix("")
        made.rename(kept)
        pointer = self._folder / "current.partial"
        pointer.write_text(kept.name, "utf-8")
        pointer.replace(self._folder / "current")
        for old in self._folder.iterdir():
            if old.is_dir() and old != kept:
                shutil.rmtree(old, ignore_errors=True)

    def _load(self) -> _Base | None:
        """Return what the files hold; ``None`` where there are none, or of another form or model, or broken."""
        try:
            kept = self._folder / (self._folder / "current").read_text("utf-8")
            told = json.loads((kept / "about.json").read_text("utf-8"))
            if (told["form"], told["model"], tuple(told["types"])) != (FORM, self._model, ENTITY_TYPES):
                return None
            read = {name: np.load(kept / f"{name}.npy") for name in _COLUMNS}
            mapped = {name: np.load(kept / f"{name}.npy", mmap_mode="r") for name in (*_POSTINGS, "vector_hashes", "vectors")}
            standing = Standing(*(told[name] for name in Standing._fields))
        except (OSError, ValueError, KeyError, EOFError):
            return None
        columns = Columns(**read)
        terms, starts, pieces, weights = (mapped[name] for name in _POSTINGS)
        postings = lexical.Postings(terms, starts, pieces, weights, len(columns.ids), told["length"])
        if mapped["vectors"].shape[1:] != (self._dimensions,) or len(mapped["vectors"]) != len(mapped["vector_hashes"]):
            return None
        return _Base(standing, columns, postings, Matrix(mapped["vector_hashes"], mapped["vectors"]))


def _matrix(rows: list[Any], dimensions: int) -> Matrix:
    hashes = np.array([short(row.text_hash) for row in rows], np.uint64)
    vectors = np.frombuffer(b"".join(row.vector for row in rows), "<f4").reshape(len(rows), dimensions)
    return Matrix(hashes, vectors.astype(np.float32, copy=False))


def clear(folder: Path) -> None:
    """Remove every index below a folder; whoever still has one open goes on with it until its next question."""
    shutil.rmtree(folder, ignore_errors=True)
