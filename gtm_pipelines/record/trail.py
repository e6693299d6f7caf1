"""The way of one mail, read live: from the rows of files to what came back, each station with its id; and onward from a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import merges
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import (
    campaign,
    company,
    contact,
    decision,
    draft,
    fact,
    grounding,
    import_batch,
    import_row,
    inbound_message,
    judgement,
    message,
    message_event,
    pack_version,
    revision,
    segment,
    segment_version,
    target,
)

KINDS = (
    "row", "company", "contact", "fact", "segment", "campaign", "pack", "draft", "checks", "judge", "decision", "message",
    "event", "reply",
)  # fmt: skip
"""What a station can be, in the order of the pipeline."""


@dataclass(frozen=True)
class Station:
    """One station of the way.

    Attributes:
        kind: one of ``KINDS``.
        id: of the row of the record it stands for.
        title: what it is, in a few words.
        detail: what was so then.
        at: when.
    """

    kind: str
    id: str
    title: str
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Trail:
    """Every station of one mail, from the file to the answers, in order."""

    draft_id: str
    message_id: str | None
    contact_id: str
    stations: tuple[Station, ...] = field(default=())


def trail(record: Record, key: str) -> Trail:
    """Follow a mail by the id of its draft, its message, or of anything that came back for it.

    Raises:
        NotFoundError: nothing has that id, or the reply answers no message that is known.
    """
    reader = _Reader(record)
    with record.read() as connection:
        return reader.follow(connection, key.strip())


def onward(record: Record, batch_id: str, line_number: int) -> list[Trail]:
    """Follow a row of a file to every mail that was drafted for who it speaks of; none where nothing was.

    Raises:
        NotFoundError: the file has no such row on record.
    """
    here = record.workspace_id
    mine = import_row.c.workspace_id == here, import_row.c.batch_id == batch_id, import_row.c.line_number == line_number
    with record.read() as connection:
        row = connection.execute(sa.select(import_row.c.entity_id).where(*mine)).first()
        if row is None:
            raise NotFoundError(
                f"No row of line {line_number} of import {batch_id} is on record. 'gtm import list' shows imports."
            )
        people = merges.family_of_any_kind(connection, here, row.entity_id) if row.entity_id else set()
        about = sa.or_(target.c.contact_id.in_(people), target.c.company_id.in_(people))
        query = sa.select(draft.c.id).join(target, target.c.id == draft.c.target_id).where(draft.c.workspace_id == here, about)
        reader = _Reader(record)
        return [reader.follow(connection, one) for one in connection.execute(query.order_by(draft.c.id)).scalars()]


class _Reader:
    """Reads stations in one transaction."""

    def __init__(self, record: Record) -> None:
        self._here = record.workspace_id

    def follow(self, connection: sa.Connection, key: str) -> Trail:
        sent = self._message(connection, key)
        held = self._one(connection, draft, sent["draft_id"] if sent else key)
        if held is None:
            raise NotFoundError(
                f"No draft, message or reply that answers one has the id '{key}'. 'gtm reply list' shows replies."
            )
        frozen = self._one(connection, target, held["target_id"]) or {}
        parts = (
            self._rows(connection, "company", frozen.get("company_id")), self._rows(connection, "contact", held["contact_id"]),
            self._subjects(connection, frozen), self._facts(connection, held, frozen), self._made_of(connection, held),
            self._draft(connection, held, sent), self._sent(connection, sent),
        )  # fmt: skip
        stations = tuple(one for part in parts for one in part)
        return Trail(held["id"], sent["id"] if sent else None, held["contact_id"], stations)

    def _message(self, connection: sa.Connection, key: str) -> Mapping[Any, Any] | None:
        answer = self._one(connection, inbound_message, key)
        if answer is not None and answer["message_id"] is None:
            raise NotFoundError("That mail answers no message that is known. Say which one: gtm reply assign REPLY MESSAGE")
        by_id = self._one(connection, message, answer["message_id"] if answer else key)
        if by_id is not None:
            return by_id
        query = sa.select(message).where(message.c.workspace_id == self._here, message.c.draft_id == key)
        return connection.execute(query).mappings().first()

    def _rows(self, connection: sa.Connection, kind: str, entity_id: str | None) -> Sequence[Station]:
        if entity_id is None:
            return ()
        family = merges.family(connection, self._here, kind, entity_id)
        query = (
            sa.select(import_row, import_batch.c.file_name, import_batch.c.started_at)
            .join(import_batch, import_batch.c.id == import_row.c.batch_id)
            .where(import_row.c.workspace_id == self._here, import_row.c.entity_id.in_(family))
            .order_by(import_row.c.id)
        )
        found = []
        for row in connection.execute(query).mappings():
            where = f"{row['file_name']}, line {row['line_number']:,}"
            found.append(Station("row", row["id"], where, (row["raw"] or "").strip(), row["started_at"]))
        return found

    def _subjects(self, connection: sa.Connection, frozen: Mapping[Any, Any]) -> Sequence[Station]:
        firm = self._one(connection, company, frozen.get("company_id"))
        person = self._one(connection, contact, frozen.get("contact_id"))
        found = []
        if firm is not None:
            told = ", ".join(filter(None, (firm["domain"], firm["industry"], firm["country"])))
            found.append(Station("company", firm["id"], firm["name"], told, firm["created_at"]))
        if person is not None:
            told = ", ".join(filter(None, (person["position"], person["email"])))
            found.append(
                Station("contact", person["id"], person["full_name"] or person["email"] or "", told, person["created_at"])
            )
        return found

    def _facts(self, connection: sa.Connection, held: Mapping[Any, Any], frozen: Mapping[Any, Any]) -> Sequence[Station]:
        """Return the facts that claims of the text rest on."""
        looked = self._latest(connection, grounding, held["id"], held["current_revision"])
        named = {one for claim in (looked["claims"] if looked else ()) for one in claim.get("evidence_ids", ())}
        if not named:
            return ()
        rows = connection.execute(sa.select(fact).where(fact.c.workspace_id == self._here, fact.c.id.in_(named))).mappings()
        return [Station("fact", row["id"], f"{row['field']}: {row['value']}", row["source"], row["retrieved_at"]) for row in rows]

    def _made_of(self, connection: sa.Connection, held: Mapping[Any, Any]) -> Sequence[Station]:
        made = self._one(connection, campaign, held["campaign_id"]) or {}
        chosen = self._one(connection, segment_version, made["segment_version_id"]) or {}
        named = self._one(connection, segment, chosen["segment_id"]) or {}
        mine = revision.c.workspace_id == self._here, revision.c.draft_id == held["id"]
        wrote = sa.select(revision.c.pack_version_id).where(*mine).order_by(revision.c.number).limit(1)
        packed = self._one(connection, pack_version, connection.execute(wrote).scalar() or made["pack_version_id"]) or {}
        return (
            Station("segment", chosen["id"], named["name"], f"version {chosen['version']}", chosen["created_at"]),
            Station("campaign", made["id"], made["name"], made["status"], made["created_at"]),
            Station("pack", packed["id"], f"{packed['pack']} {packed['version']}", packed["content_hash"], packed["created_at"]),
        )

    def _draft(self, connection: sa.Connection, held: Mapping[Any, Any], sent: Mapping[Any, Any] | None) -> Sequence[Station]:
        number = sent["revision_number"] if sent else held["current_revision"]
        mine = revision.c.workspace_id == self._here, revision.c.draft_id == held["id"], revision.c.number <= number
        found = []
        for one in connection.execute(sa.select(revision).where(*mine).order_by(revision.c.number)).mappings():
            title = f"{held['variant']}, revision {one['number']} by {one['author']}"
            found.append(Station("draft", held["id"], title, one["subject"], one["created_at"]))
        if looked := self._latest(connection, grounding, held["id"], number):
            told = "; ".join(dict.fromkeys(one.get("text", "") for one in looked["findings"]))
            found.append(Station("checks", looked["id"], looked["verdict"], told, looked["created_at"]))
        if judged := self._latest(connection, judgement, held["id"], number):
            scores = f"quality {judged['quality']:.2f}, risk {judged['risk']:.2f}"
            found.append(Station("judge", judged["id"], scores, judged["judge"], judged["created_at"]))
        acts = sa.select(decision).where(decision.c.workspace_id == self._here, decision.c.draft_id == held["id"])
        for act in connection.execute(acts.order_by(decision.c.created_at, decision.c.id)).mappings():
            title = f"{act['kind']} by {act['decided_by']}"
            found.append(Station("decision", act["id"], title, act["reason"] or "", act["created_at"]))
        return found

    def _sent(self, connection: sa.Connection, sent: Mapping[Any, Any] | None) -> Sequence[Station]:
        if sent is None:
            return ()
        told = f"from {sent['mailbox']} to {sent['recipient']}"
        found = [Station("message", sent["id"], sent["state"], told, sent["sent_at"] or sent["due_at"])]
        mine = message_event.c.workspace_id == self._here, message_event.c.message_id == sent["id"]
        in_order = message_event.c.recorded_at, message_event.c.id
        for one in connection.execute(sa.select(message_event).where(*mine).order_by(*in_order)).mappings():
            found.append(Station("event", one["id"], one["kind"], one["detail"] or "", one["occurred_at"]))
        came = inbound_message.c.workspace_id == self._here, inbound_message.c.message_id == sent["id"]
        for one in connection.execute(sa.select(inbound_message).where(*came).order_by(inbound_message.c.received_at)).mappings():
            found.append(Station("reply", one["id"], one["class"], (one["text"] or "").strip(), one["received_at"]))
        return found

    def _one(self, connection: sa.Connection, table: sa.Table, key: str | None) -> Mapping[Any, Any] | None:
        if key is None:
            return None
        query = sa.select(table).where(table.c.workspace_id == self._here, table.c.id == key)
        return connection.execute(query).mappings().first()

    def _latest(self, connection: sa.Connection, table: sa.Table, draft_id: str, number: int) -> Mapping[Any, Any] | None:
        mine = table.c.workspace_id == self._here, table.c.draft_id == draft_id, table.c.revision_number <= number
        query = sa.select(table).where(*mine).order_by(table.c.revision_number.desc(), table.c.created_at.desc()).limit(1)
        return connection.execute(query).mappings().first()
