"""How each table of the record forgets a person.

What happened stays countable: targets, drafts, messages, events and replies keep their
rows, states and classes, and lose every text. A contact that nothing refers to goes;
one with a past stays as an empty row that is never written to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.privacy.find import Ids
from gtm_pipelines.privacy.mentions import Mention
from gtm_pipelines.privacy.model import ERASED, Person
from gtm_pipelines.record import chunks, enrolments, erasures, message_events, suppressions, targets
from gtm_pipelines.record import tables as t
from gtm_pipelines.record.upsert import among

REMOVED = (
    "tag", "fact", "duplicate_pair", "entity_merge", "llm_answer", "chunk", "context_entry", "insight", "training_example",
    "draft_stage", "rewrite_item",
)  # fmt: skip
"""Tables whose rows about a person go."""
REWORDED = (
    "page", "strategy_document", "strategy_correction", "optimisation", "benchmark_run", "benchmark_score", "rewrite",
    "voice_sample", "coach_chat", "coach_message", "belief", "analysis",
)  # fmt: skip
"""Tables whose rows stay, without the person's addresses and names: a company's own website and quotes from it, measurements."""
EMPTIED: Mapping[str, Mapping[str, Any]] = {
    "import_row": {"raw": None, "row_hash": None, "reason": None},
    "target": {"recipient": None, "snapshot_hash": ERASED},
    "draft": {"warnings": []},
    "draft_failure": {"reason": ERASED},
    "revision": {"subject": ERASED, "body": ERASED, "reason": None},
    "decision": {"reason": None},
    "grounding": {"claims": [], "findings": []},
    "overruling": {"words": ERASED, "reason": ERASED},
    "judgement": {"reasons": {}},
    "message": {"subject": ERASED, "body": ERASED, "last_error": None, "provider_reference": None}
    | {"in_reply_to": None, "reference_ids": None},
    "message_event": {"detail": None},
    "conversation_event": {"reason": ERASED},
    "inbound_message": {
        "raw": b"", "text": None, "subject": None, "from_address": None, "from_name": None, "to_address": None,
        "bounced_recipient": None, "rfc_message_id": None, "in_reply_to": None, "reference_ids": [], "class_reason": ERASED,
    },
    "audit_event": {"detail": {}},
    "lookup": {"answer": {}, "error_text": None, "expires_at": None},
    "interaction": {"inputs": {}, "outputs": {}, "error_text": None, "contact_id": None, "session_key": None},
}  # fmt: skip
"""Tables whose rows stay, without these texts."""
WAITING = ("queued", "claimed", "deferred")
_KEPT_OF_CONTACT = frozenset({"id", "workspace_id", "batch_id", "session_key", "created_at", "version", "merged_into"})


_PERSONAL = re.compile(
    r"(?:^|_)(?:full|first|last|middle|given|family|contact)_?name|^name|surname|job|position|e_?mail|mobile|linkedin"
    r"|фио|фамилия|имя|отчество|должность|почта|мобильн"
)
"""Attributes of a company that speak of a person, where a list of people was imported as companies."""


@dataclass(frozen=True)
class Forgetting:
    """One person forgotten in one transaction of the record."""

    connection: sa.Connection
    workspace_id: str
    person: Person
    now: datetime

    def run(self, own: Ids, mentions: Sequence[Mention], *, by: str) -> dict[str, int]:
        """Empty and remove the rows in ``own``, cut the person out of ``mentions``; return rows by table."""
        counts = {name: len(ids) for name, ids in own.items() if name != "suppression"}
        if mentions:
            counts["mentions"] = len(mentions)
        for name in REMOVED:
            self._remove(name, own.get(name, ()))
        for name, values in EMPTIED.items():
            self._set(name, own.get(name, ()), values)
        for name in REWORDED:
            self._reword(name, own.get(name, ()))
        self._free_targets(own)
        self._rename_texts(own.get("draft", ()))
        self._rename_questions(own.get("lookup", ()))
        self._stop_messages(own.get("message", ()))
        for mention in mentions:
            self._cut(mention)
        self._pieces()
        self._contacts()
        for address in {suppressions.key("address", address) for address in self.person.addresses}:
            suppressions.add_erased(
                self.connection, self.workspace_id, address, reason=erasures.REASON, source="erasure", at=self.now
            )
        erasures.add(self.connection, self.workspace_id, self._keys(), counts=counts, actor=by, at=self.now)
        return counts

    def _keys(self) -> list[erasures.Key]:
        keys = [erasures.keys_of(address, None) for address in self.person.addresses]
        keys += [erasures.keys_of(None, profile) for profile in self.person.profiles]
        keys += [erasures.keys_of(None, None, *pair) for pair in self.person.employers]
        return list(dict.fromkeys(key for found in keys for key in found))

    def _remove(self, name: str, ids: Sequence[str]) -> None:
        table = t.metadata.tables[name]
        self.connection.execute(sa.delete(table).where(*self._mine(table, ids)))

    def _set(self, name: str, ids: Sequence[str], values: Mapping[str, Any]) -> None:
        table = t.metadata.tables[name]
        stamped = dict(values) | ({"updated_at": self.now} if "updated_at" in table.c else {})
        self.connection.execute(sa.update(table).where(*self._mine(table, ids)).values(**stamped))

    def _reword(self, name: str, ids: Sequence[str]) -> None:
        table, words = t.metadata.tables[name], [*self.person.addresses, *self.person.full_names]
        for row in self.connection.execute(sa.select(table).where(*self._mine(table, ids))).mappings().all():
            texts = {column.name: row[column.name] for column in table.c if isinstance(column.type, (sa.Text, sa.JSON))}
            texts = {column: without_cases(value, self.person.contact_ids) for column, value in texts.items()}
            self._set(name, [row["id"]], {column: without(value, words) for column, value in texts.items()})

    def _mine(self, table: sa.Table, ids: Sequence[str]) -> tuple[sa.ColumnElement[bool], ...]:
        return table.c.workspace_id == self.workspace_id, among(self.connection, table.c.id, ids)

    def _free_targets(self, own: Ids) -> None:
        """Keep of a snapshot its language only, and leave those out that nothing was written for."""
        rows = self.connection.execute(sa.select(t.target).where(*self._mine(t.target, own.get("target", ())))).all()
        for row in rows:
            kept = {"contact": {}, "company": {}, "language": (row.snapshot or {}).get("language", "en")}
            self._set("target", [row.id], {"snapshot": kept})
        drafted = self.connection.execute(
            sa.select(t.draft.c.target_id).where(*self._mine(t.draft, own.get("draft", ())))
        ).scalars()
        idle = {row.id for row in rows if row.status == "active"} - set(drafted)
        targets.exclude(self.connection, self.workspace_id, sorted(idle), reason=erasures.REASON, at=self.now)
        enrolments.stop_targets(self.connection, self.workspace_id, own.get("target", ()), at=self.now)

    def _rename_texts(self, draft_ids: Sequence[str]) -> None:
        """Replace content hashes, which a guess at the text could confirm, by names that say nothing."""
        query = sa.select(t.revision.c.draft_id, t.revision.c.content_hash).where(
            t.revision.c.workspace_id == self.workspace_id, among(self.connection, t.revision.c.draft_id, draft_ids)
        )
        named = {(row.draft_id, row.content_hash) for row in self.connection.execute(query)}
        for column in (t.decision.c.draft_id, t.message.c.draft_id, t.draft.c.id):
            held = sa.select(column, column.table.c.content_hash).where(
                column.table.c.workspace_id == self.workspace_id, among(self.connection, column, draft_ids)
            )
            named |= {(row[0], row[1]) for row in self.connection.execute(held)}
        for draft_id, content_hash in sorted(named):
            fresh = f"erased:{new_id()}"
            for column in (t.revision.c.draft_id, t.decision.c.draft_id, t.message.c.draft_id, t.draft.c.id):
                table = column.table
                same = (table.c.workspace_id == self.workspace_id) & (column == draft_id) & (table.c.content_hash == content_hash)
                self.connection.execute(sa.update(table).where(same).values(content_hash=fresh))

    def _rename_questions(self, lookup_ids: Sequence[str]) -> None:
        """Replace the keys of questions, which a guess at a name and an employer could confirm."""
        for one in lookup_ids:
            self._set("lookup", [one], {"request_key": f"erased:{new_id()}"})

    def _stop_messages(self, message_ids: Sequence[str]) -> None:
        """Take the recipient out, keep the domain that figures are counted by, and let nothing leave that waits."""
        rows = self.connection.execute(sa.select(t.message).where(*self._mine(t.message, message_ids))).all()
        for row in rows:
            domain = row.recipient.rpartition("@")[2].lower()
            values: dict[str, Any] = {"recipient": f"erased@{domain if self._is_shared(domain) else 'erased.invalid'}"}
            if row.state in WAITING:
                values |= {"state": "failed", "last_error": erasures.REASON, "claimed_by": None, "claimed_at": None}
                message_events.add_event(
                    self.connection, self.workspace_id, message_id=row.id, campaign_id=row.campaign_id,
                    contact_id=row.contact_id, kind="failed", source_key=f"erasure:{new_id()}", occurred_at=self.now,
                    recorded_at=self.now, detail=erasures.REASON,
                )  # fmt: skip
            self._set("message", [row.id], values)

    def _is_shared(self, domain: str) -> bool:
        """Whether anybody else has an address at this domain, so that it names nobody."""
        others = sa.select(t.contact.c.id).where(
            t.contact.c.workspace_id == self.workspace_id, t.contact.c.email_domain == domain,
            t.contact.c.id.not_in(self.person.contact_ids),
        )  # fmt: skip
        return self.connection.execute(others.limit(1)).first() is not None

    def _cut(self, mention: Mention) -> None:
        table = t.metadata.tables[mention.table]
        values = {name: cut(value, self.person) for name, value in mention.columns.items()}
        if mention.table == "fact" and values.get("value") == ERASED:
            self._remove("fact", [mention.id])  # it said nothing but the address
            return
        if mention.table == "chunk":
            self._remove("chunk", [mention.id])  # its vector and its hash say the address too; it is cut anew
            return
        if mention.table in ("company", "import_row"):
            values = {name: without(value, self._named()) for name, value in values.items()}
        if mention.table == "company" and "attributes" in values:
            values["attributes"] = without_person(values["attributes"])
        if mention.table == "import_row":
            values["row_hash"] = None
        if mention.table == "inbound_message" and "text" in values:
            values["raw"] = b""  # the mail may hold in base64 what its text says
        if mention.table in ("company", "contact"):
            values["version"] = table.c.version + 1
        self._set(mention.table, [mention.id], values)

    def _pieces(self) -> None:
        """Remove every piece of others' texts that names them, and vectors that no piece has; both are made anew."""
        piece = t.chunk.c
        named = [sa.or_(piece.text.contains(n, autoescape=True), piece.title.contains(n, autoescape=True)) for n in self._said()]
        if named:
            self.connection.execute(sa.delete(t.chunk).where(piece.workspace_id == self.workspace_id, sa.or_(*named)))
        chunks.drop_orphaned_vectors(self.connection, self.workspace_id, self.now)

    def _said(self) -> list[str]:
        return [*self.person.full_names, *self.person.profiles]

    def _named(self) -> list[str]:
        """Return their names with the given name first and last, to be taken out where their address stands beside."""
        turned = [" ".join([*words[-1:], *words[:-1]]) for name in self.person.full_names if len(words := name.split()) > 1]
        return [*self.person.folded, *self._said(), *turned]

    def _contacts(self) -> None:
        """Remove contacts that nothing refers to; empty the others, and never write to them."""
        columns = (t.target, t.draft, t.message, t.message_event, t.conversation, t.inbound_message)
        past: set[str] = set()
        for table in columns:
            query = sa.select(table.c.contact_id).where(
                table.c.workspace_id == self.workspace_id, table.c.contact_id.in_(self.person.contact_ids)
            )
            past |= {one for one in self.connection.execute(query).scalars() if one}
        empty: dict[str, Any] = {c.name: None for c in t.contact.columns if c.name not in _KEPT_OF_CONTACT}
        empty |= {"attributes": {}, "do_not_contact": True, "updated_at": self.now, "version": t.contact.c.version + 1}
        mine = self._mine(t.contact, sorted(past))
        self.connection.execute(sa.update(t.contact).where(*mine).values(**empty))
        gone = sorted(set(self.person.contact_ids) - past)
        pointing = t.contact.c.merged_into.in_(gone)
        self.connection.execute(
            sa.update(t.contact).where(t.contact.c.workspace_id == self.workspace_id, pointing).values(merged_into=None)
        )
        self._remove("contact", gone)


def cut(value: Any, person: Person) -> Any:
    """Return a value without the person's addresses, in whatever case they stand."""
    return without(value, person.folded)


def without_cases(value: Any, contact_ids: Iterable[str]) -> Any:
    """Return a value in which every case of one of these contacts (an object that names it as ``contact_id``) says nothing."""
    people = frozenset(contact_ids)
    if isinstance(value, Mapping):
        if value.get("contact_id") in people:
            return {"contact_id": None, "text": ERASED}
        return {name: without_cases(item, people) for name, item in value.items()}
    if isinstance(value, list):
        return [without_cases(item, people) for item in value]
    return value


def without_person(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a company in whose list people stood, without what names a person or their work."""
    return {key: ERASED if value and _PERSONAL.search(key) else value for key, value in attributes.items()}


def without(value: Any, words: Iterable[str]) -> Any:
    """Return a value without some texts, in whatever case they stand."""
    longest = sorted(words, key=len, reverse=True)
    if not longest:
        return value
    if isinstance(value, bytes):
        pattern = re.compile(b"|".join(re.escape(text.encode()) for text in longest), re.I)
        return pattern.sub(ERASED.encode(), value)
    if isinstance(value, str):
        return re.sub("|".join(map(re.escape, longest)), ERASED, value, flags=re.I)
    if isinstance(value, Mapping):
        return {without(name, longest): without(item, longest) for name, item in value.items()}
    if isinstance(value, list):
        return [without(item, longest) for item in value]
    return value
