"""Where strategies stand in the record: begun, listed, read, and added to version by version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.record import strategies as queries
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.strategy.confidence import confidence
from gtm_pipelines.strategy.context import Gathered, plain_address
from gtm_pipelines.strategy.ground import Grounded
from gtm_pipelines.strategy.model import LANGUAGES, Document, Kind, Strategy, person
from gtm_pipelines.strategy.store import content_json, context_json, document_of, evidence_json, strategy_of


class Shelf:
    """The strategies of one workspace, as they stand in the record."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self.record, self._clock = record, clock

    def new(self, name: str, website: str, *, language: str = "en", by: str) -> Strategy:
        """Begin a strategy; nothing is read or asked yet.

        Raises:
            InputError: no name, no web address, or a language that is not written.
            ConflictError: another strategy has this name.
        """
        name, actor = name.strip(), person(by)
        if not 1 <= len(name) <= 120 or any(ord(sign) < 32 for sign in name):
            raise InputError("The name of a strategy has 1 to 120 characters on one line.")
        if language not in LANGUAGES:
            raise InputError(f"Strategies are written in {' or '.join(LANGUAGES)}, not '{language}'.")
        plain_address(website)
        address = website.strip() if "://" in website else f"https://{website.strip()}"
        now = self._clock.now()
        values = {"name": name, "website": address, "language": language, "status": "draft", "created_by": actor}
        try:
            with self.record.write() as connection:
                row_id = queries.add(connection, self._workspace, values | {"created_at": now, "updated_at": now})
                self.audit(connection, actor, "strategy.new", row_id, {"website": address})
        except IntegrityError as error:
            raise ConflictError(f"A strategy is called '{name}' already. Choose another name, or run that one.") from error
        return self.get(name)

    def get(self, key: str) -> Strategy:
        """Return a strategy by name or id, with its newest documents.

        Raises:
            NotFoundError: there is none.
        """
        with self.record.read() as connection:
            return self.read(connection, key)

    def read(self, connection: sa.Connection, key: str) -> Strategy:
        """Return a strategy within a transaction; see ``get``."""
        row = queries.find(connection, self._workspace, key)
        if row is None:
            raise NotFoundError(f"No strategy is called '{key}'. 'gtm strategy list' shows those there are.")
        return strategy_of(row, queries.documents(connection, self._workspace, [row["id"]], newest=True))

    def history(self, key: str, kind: Kind) -> tuple[Document, ...]:
        """Return every version of a document, newest first."""
        found = self.get(key)
        with self.record.read() as connection:
            return tuple(document_of(row) for row in queries.documents(connection, self._workspace, [found.id], kind=kind))

    def keep(
        self, strategy: Strategy, kind: Kind, grounded: Grounded, gathered: Gathered, *,
        author: str, by: str, trace_id: str | None = None,
    ) -> None:  # fmt: skip
        """Add a version of a document, in one transaction; a strategy that changes is confirmed no more.

        Raises:
            ConflictError: somebody else wrote the same document meanwhile.
        """
        with self.record.write() as connection:
            values = self.version(strategy, kind, grounded, gathered, author=author, trace_id=trace_id)
            self.add_version(connection, strategy, kind, values)
            detail = {"kind": kind, "number": values["number"], "dropped": len(grounded.dropped)}
            self.audit(connection, actor_of(by), "strategy.write", strategy.id, detail)

    def version(
        self, strategy: Strategy, kind: Kind, grounded: Grounded, gathered: Gathered, *, author: str, trace_id: str | None
    ) -> dict[str, Any]:
        """Return the next version of a document as a row."""
        held = strategy.documents.get(kind)
        sure, by_section = confidence(grounded.content, grounded.evidence, gathered.weakest)
        return {
            "kind": kind, "number": held.number + 1 if held else 1, "content": content_json(grounded.content),
            "confidence": sure, "confidences": by_section, "evidence": evidence_json(grounded.evidence, grounded.dropped),
            "context": context_json(gathered.assessments), "author": author, "trace_id": trace_id,
        }  # fmt: skip

    def add_version(self, connection: sa.Connection, strategy: Strategy, kind: Kind, values: Mapping[str, Any]) -> None:
        """Add a row of ``version`` in the caller's transaction; see ``keep``."""
        newest = queries.documents(connection, self._workspace, [strategy.id], kind=kind, newest=True)
        if newest and newest[0]["number"] >= values["number"]:
            raise ConflictError(f"Somebody wrote the {kind.replace('_', ' ')} of '{strategy.name}' meanwhile. Look at it again.")
        now = self._clock.now()
        queries.add_document(connection, self._workspace, {**values, "strategy_id": strategy.id, "created_at": now})
        row = queries.find(connection, self._workspace, strategy.id)
        fresh = {"status": "draft", "updated_at": now, "confirmed_at": None, "confirmed_by": None}
        if row is None or not queries.change(connection, self._workspace, strategy.id, row["version"], fresh):
            raise ConflictError(f"Somebody changed '{strategy.name}' meanwhile. Look at it again.")

    @property
    def _workspace(self) -> str:
        return self.record.workspace_id

    def audit(self, connection: sa.Connection, actor: str, action: str, subject_id: str, detail: Mapping[str, Any]) -> None:
        """Write down who did what, in the caller's transaction."""
        subject = {"subject_type": "strategy", "subject_id": subject_id}
        add_audit(connection, self._workspace, actor=actor, action=action, **subject, at=self._clock.now(), detail=detail)

    def list(self) -> tuple[Strategy, ...]:
        """Return every strategy with its newest documents, the one changed last first."""
        with self.record.read() as connection:
            rows = queries.listed(connection, self._workspace)
            found = queries.documents(connection, self._workspace, [row["id"] for row in rows], newest=True)
        return tuple(strategy_of(row, [each for each in found if each["strategy_id"] == row["id"]]) for row in rows)


def actor_of(by: str) -> str:
    """Return who acts, as the audit names them: a person unless it says otherwise."""
    return by if ":" in by else f"person:{by}"
