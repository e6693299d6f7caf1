"""Keeps the pieces in step with what they are cut from: new texts cut, changed ones cut anew, gone ones removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.ids import digest
from gtm_pipelines.record import chunks, suppressions, texts
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.upsert import chunks as parts
from gtm_pipelines.retrieval import sources
from gtm_pipelines.retrieval.cut import pieces
from gtm_pipelines.retrieval.model import Document, Knowledge

Progress = Callable[[int, int | None], None]
Read = Callable[[sa.Connection, str, Mapping[str, str], datetime], Iterable[Document]]
"""Given a transaction, a workspace, texts with their states and the moment, returns the texts."""
BATCH = 500
"""Texts cut in one transaction."""
FILES = ("pack", "reference")


@dataclass
class Change:
    """What differs between the texts of a kind and their pieces."""

    stamp: str
    stale: dict[str, str]
    gone: list[str]


@dataclass
class Done:
    """What a pass did."""

    cut: Counter[str] = field(default_factory=Counter)
    removed: int = 0


@dataclass(frozen=True)
class Cutter:
    """Cuts the texts of a workspace."""

    record: Record
    clock: Clock
    knowledge: Knowledge

    def changes(self) -> dict[str, Change]:
        """Return the kinds whose tables or files look other than when they were last cut, with what changed in them."""
        workspace_id = self.record.workspace_id
        found: dict[str, Change] = {}
        with self.record.read() as connection:
            before, now = chunks.looked_at(connection, workspace_id), texts.signal(connection, workspace_id)
            for kind in sources.ALL:
                if now[kind.entity_type] != before.get(kind.entity_type):
                    states = kind.states(connection, workspace_id)
                    found[kind.entity_type] = self._change(connection, kind.entity_type, now[kind.entity_type], states)
            for name, files in self._files().items():
                states = {one.entity_id: one.stamp for one in files}
                stamp = digest(*(part for pair in sorted(states.items()) for part in pair))
                if stamp != before.get(name):
                    found[name] = self._change(connection, name, stamp, states)
        return found

    def apply(self, changes: Mapping[str, Change], progress: Progress | None = None) -> Done:
        """Cut what changed, in batches that are committed one by one; going on after an interruption repeats none."""
        done, told = Done(), progress or (lambda _done, _total: None)
        total = sum(len(change.stale) + len(change.gone) for change in changes.values())
        readers = self._readers()
        for name, change in changes.items():
            for gone in parts(change.gone, BATCH):
                self._put(name, gone, {}, readers[name])
                done.removed += len(gone)
                told(done.cut.total() + done.removed, total)
            for stale in parts(change.stale.items(), BATCH):
                self._put(name, [one for one, _ in stale], dict(stale), readers[name])
                done.cut[name] += len(stale)
                told(done.cut.total() + done.removed, total)
            with self.record.write() as connection:
                chunks.note_looked(connection, self.record.workspace_id, name, change.stamp, self.clock.now())
        if total:
            with self.record.write() as connection:
                chunks.drop_orphaned_vectors(connection, self.record.workspace_id, self.clock.now())
        return done

    def _change(self, connection: sa.Connection, kind: str, stamp: str, states: Mapping[str, str]) -> Change:
        cut = chunks.states(connection, self.record.workspace_id, kind)
        stale = {one: state for one, state in states.items() if cut.get(one) != state}
        return Change(stamp, stale, sorted(cut.keys() - states.keys()))

    def _files(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {name: [] for name in FILES}
        for document in self.knowledge.documents():
            found[document.entity_type].append(document)
        return found

    def _readers(self) -> dict[str, Read]:
        """Return kind → what reads its texts."""
        read: dict[str, Read] = {kind.entity_type: kind.documents for kind in sources.ALL}
        for name, found in self._files().items():
            read[name] = _given(found)
        return read

    def _put(self, kind: str, ids: list[str], stamps: Mapping[str, str], read: Read) -> None:
        """Write the pieces of a batch. Read under the lock that an erasure takes too, so that no erased text comes back."""
        with self.record.write() as connection:
            suppressions.lock(connection, self.record.workspace_id)
            found = read(connection, self.record.workspace_id, stamps, self.clock.now()) if stamps else ()
            rows = [row for document in found for row in self._rows(document)]
            chunks.replace(connection, self.record.workspace_id, kind, ids, rows, self.clock.now())

    def _rows(self, document: Document) -> Iterator[dict[str, Any]]:
        for position, text in enumerate(pieces(document.text) or pieces(document.title)):
            yield {
                "entity_id": document.entity_id, "source_stamp": document.stamp, "position": position,
                "company_id": document.company_id, "contact_id": document.contact_id, "title": document.title, "text": text,
                "text_hash": text_hash(document.title, text), "language": document.language, "url": document.url,
                "recorded_at": document.recorded_at, "indexed_at": self.clock.now(),
            }  # fmt: skip


def _given(documents: Iterable[Document]) -> Read:
    """Return what reads texts that are at hand already."""
    known = {one.entity_id: one for one in documents}
    return lambda _connection, _workspace_id, stamps, _now: [known[one] for one in stamps]


def text_hash(title: str, text: str) -> str:
    """Return what a piece's vector is kept under: its title counts, as it is embedded with it."""
    return digest(title, text)
