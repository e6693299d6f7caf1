"""Who a person is, and which rows of the record are about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.privacy.look import contains, holds
from gtm_pipelines.privacy.model import Person
from gtm_pipelines.record import suppressions, tables
from gtm_pipelines.record.merges import family
from gtm_pipelines.record.tables import contact, fact
from gtm_pipelines.record.upsert import among

Ids = dict[str, list[str]]
"""Table → ids of rows."""


def find(connection: sa.Connection, workspace_id: str, address_or_contact: str) -> Person:
    """Return the person at an address, or behind a contact named by id or LinkedIn address.

    Somebody unknown at a well-formed address is a person too, with no contacts.

    Raises:
        NotFoundError: no contact has this id.
        InputError: nothing was given.
    """
    key = address_or_contact.strip()
    if not key:
        raise InputError("Name the person by e-mail address, or by the id that 'gtm contact list --json' shows.")
    spelled = [key, suppressions.key("address", key)] if "@" in key else []
    by = sa.or_(
        contact.c.id == key, contact.c.linkedin_url == key,
        *(sa.func.lower(column) == text.lower() for column in (contact.c.email, contact.c.email_key) for text in spelled),
    )  # fmt: skip
    found = list(connection.execute(sa.select(contact.c.id).where(contact.c.workspace_id == workspace_id, by)).scalars())
    if not found and not spelled:
        raise NotFoundError(f"No contact has the id or LinkedIn address '{key}'. 'gtm contact list --search' finds people.")
    ids = sorted({one for start in found for one in family(connection, workspace_id, "contact", start)})
    return _person(connection, workspace_id, ids, spelled)


def _person(connection: sa.Connection, workspace_id: str, ids: Sequence[str], spelled: Iterable[str]) -> Person:
    mine = (contact.c.workspace_id == workspace_id) & among(connection, contact.c.id, ids)
    rows = connection.execute(sa.select(contact).where(mine)).all() if ids else []
    said = sa.select(fact.c.field, fact.c.value).where(
        fact.c.workspace_id == workspace_id, fact.c.subject_type == "contact", fact.c.field.in_(["email", "linkedin_url"])
    )
    facts = connection.execute(said.where(among(connection, fact.c.subject_id, ids))).all() if ids else []
    addresses = [*spelled, *(a for r in rows for a in (r.email, r.email_key)), *(f.value for f in facts if f.field == "email")]
    addresses = [address for address in addresses if address and "@" in address]
    addresses += [suppressions.key("address", address) for address in addresses]
    names = [name for r in rows for name in (r.full_name, _reversed(r))]
    profiles = [*(r.linkedin_url for r in rows), *(f.value for f in facts if f.field == "linkedin_url")]
    alone = [(r.full_name, r.company_name) for r in rows if not r.email_key and not r.linkedin_url]
    return Person(
        tuple(ids), _distinct(addresses), _distinct(names), _distinct(profiles), tuple((n, c) for n, c in alone if n and c)
    )


def _reversed(row: Any) -> str | None:
    return f"{row.last_name} {row.first_name}" if row.first_name and row.last_name else None


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


class Footprint:
    """The rows of every table that are about one person."""

    def __init__(self, connection: sa.Connection, workspace_id: str, person: Person) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._person = person
        self.ids: Ids = {}

    def find(self) -> Ids:
        """Return table → ids, each table's own rows only."""
        t, people = tables, list(self._person.contact_ids)
        self._take(t.contact, t.contact.c.id.in_(people))
        self._take(t.interaction, sa.or_(t.interaction.c.contact_id.in_(people), self._asked_for_others()))
        asked = among(self._connection, t.llm_answer.c.interaction_id, self._of("interaction"))
        self._take(t.llm_answer, sa.or_(t.llm_answer.c.contact_id.in_(people), asked))
        self._take(t.tag, t.tag.c.subject_type == "contact", t.tag.c.subject_id.in_(people))
        self._take(t.fact, t.fact.c.subject_type == "contact", t.fact.c.subject_id.in_(people))
        self._take(t.lookup, t.lookup.c.subject_type == "contact", t.lookup.c.subject_id.in_(people))
        raw = t.import_row.c.raw
        said = [raw.contains(name, autoescape=True) for name in self._person.full_names]
        said += [contains(self._connection, raw, self._person)] if self._person.addresses else []
        refused = sa.and_(t.import_row.c.outcome == "rejected", sa.or_(sa.false(), *said))
        self._take(t.import_row, sa.or_(t.import_row.c.entity_id.in_(people), refused))
        pair, merge = t.duplicate_pair.c, t.entity_merge.c
        self._take(t.duplicate_pair, pair.kind == "contact", sa.or_(pair.left_id.in_(people), pair.right_id.in_(people)))
        self._take(t.entity_merge, merge.kind == "contact", sa.or_(merge.winner_id.in_(people), merge.loser_id.in_(people)))
        self._campaigns(people)
        self._mail(people)
        self._pieces(people)
        self._pages()
        self._strategies()
        self._insights(people)
        self._learned(people)
        self._talks()
        self._traces()
        return {name: ids for name, ids in self.ids.items() if ids}

    def _campaigns(self, people: list[str]) -> None:
        t = tables
        self._take(t.target, sa.or_(t.target.c.contact_id.in_(people), self._is(t.target.c.recipient)))
        targets = self._of("target")
        self._take(t.draft, sa.or_(t.draft.c.contact_id.in_(people), among(self._connection, t.draft.c.target_id, targets)))
        drafts = self._of("draft")
        self._take(t.revision, among(self._connection, t.revision.c.draft_id, drafts))
        for table in (t.decision, t.draft_stage, t.grounding, t.overruling, t.judgement):
            self._take(table, among(self._connection, table.c.draft_id, drafts))
        item = t.rewrite_item.c
        named = (self._named(item.subject), self._named(item.body), self._named(item.claims))
        self._take(t.rewrite_item, sa.or_(among(self._connection, item.draft_id, drafts), *named))
        self._take(t.draft_failure, among(self._connection, t.draft_failure.c.target_id, targets))
        self._take(t.rewrite, self._named(t.rewrite.c.instruction))
        self._take(t.voice_sample, self._named(t.voice_sample.c.text))

    def _mail(self, people: list[str]) -> None:
        t = tables
        in_targets = among(self._connection, t.message.c.target_id, self._of("target"))
        self._take(t.message, sa.or_(t.message.c.contact_id.in_(people), self._is(t.message.c.recipient), in_targets))
        messages = self._of("message")
        self._take(t.message_event, among(self._connection, t.message_event.c.message_id, messages))
        self._take(t.conversation, t.conversation.c.contact_id.in_(people))
        passage = t.conversation_event.c.conversation_id
        self._take(t.conversation_event, among(self._connection, passage, self._of("conversation")))
        self._take(t.enrolment, t.enrolment.c.contact_id.in_(people))
        mail = t.inbound_message.c
        about = [mail.contact_id.in_(people), among(self._connection, mail.message_id, messages)]
        self._take(t.inbound_message, sa.or_(*about, self._is(mail.from_address), self._is(mail.bounced_recipient)))

    def _pieces(self, people: list[str]) -> None:
        """Take what search has cut from anything about them."""
        piece = tables.chunk.c
        cut_from = [*people, *self._of("fact"), *self._of("message"), *self._of("inbound_message")]
        self._take(tables.chunk, sa.or_(piece.contact_id.in_(people), among(self._connection, piece.entity_id, cut_from)))

    def _asked_for_others(self) -> sa.ColumnElement[bool]:
        """Match questions in which a person may be named among others: about a website, or as an instruction over many drafts."""
        asked = tables.interaction.c
        said = sa.or_(self._named(asked.inputs), self._named(asked.outputs))
        purposes = [asked.purpose.startswith(name, autoescape=True) for name in ("strategy.", "rewrite.", "coach")]
        return sa.and_(sa.or_(asked.purpose == "insight", *purposes), said)

    def _pages(self) -> None:
        """Take pages of websites that name them."""
        page = tables.page.c
        self._take(tables.page, sa.or_(*(self._named(column) for column in (page.title, page.text, page.data))))

    def _strategies(self) -> None:
        """Take kept websites that name them, and what strategies quote of those."""
        t = tables
        self._take(t.context_entry, self._named(t.context_entry.c.content))
        document, correction = t.strategy_document.c, t.strategy_correction.c
        self._take(t.strategy_document, sa.or_(self._named(document.content), self._named(document.evidence)))
        said = (correction.before, correction.after, correction.guidance, correction.changes)
        self._take(t.strategy_correction, sa.or_(*(self._named(column) for column in said)))

    def _insights(self, people: list[str]) -> None:
        """Take insights about them, those about others that name them, and quotes in which they are named; all are made anew."""
        t = tables
        about = sa.and_(t.insight.c.subject_type == "contact", t.insight.c.subject_id.in_(people))
        texts = [self._named(column) for column in t.insight.c if isinstance(column.type, (sa.Text, sa.JSON))]
        self._take(t.insight, sa.or_(about, *texts))
        said = sa.or_(self._named(t.fact.c.value), self._named(t.fact.c.evidence))
        quoted = sa.and_(t.fact.c.source.in_(("insight", "website")), said)
        self._take(t.fact, sa.or_(sa.and_(t.fact.c.subject_type == "contact", t.fact.c.subject_id.in_(people)), quoted))

    def _learned(self, people: list[str]) -> None:
        """Take examples made of them, and every question of runs that learned of those: one quotes others as examples."""
        t = tables
        made = among(self._connection, t.training_example.c.draft_id, self._of("draft"))
        heard = among(self._connection, t.training_example.c.source_key, self._of("inbound_message"))
        self._take(t.training_example, sa.or_(t.training_example.c.contact_id.in_(people), made, heard))
        shown = [*people, *self._person.addresses, *self._person.full_names]
        for table in (t.optimisation, t.benchmark_run, t.benchmark_score):
            texts = [holds(self._connection, column, shown) for column in table.c if isinstance(column.type, sa.JSON)]
            self._take(table, sa.or_(*texts))
        runs = sa.select(t.optimisation.c.trace_id).where(among(self._connection, t.optimisation.c.id, self._of("optimisation")))
        asked = t.interaction.c
        own = among(self._connection, asked.id, self._of("interaction"))
        self._take(t.interaction, sa.or_(own, asked.trace_id.in_(runs)))
        answers = t.llm_answer.c
        own = among(self._connection, answers.id, self._of("llm_answer"))
        self._take(t.llm_answer, sa.or_(own, among(self._connection, answers.interaction_id, self._of("interaction"))))

    def _talks(self) -> None:
        """Take talks with the coach, what it keeps of them and its analyses, where they name them."""
        for table in (tables.coach_chat, tables.coach_message, tables.belief, tables.analysis):
            texts = [self._named(column) for column in table.c if isinstance(column.type, (sa.Text, sa.JSON))]
            self._take(table, sa.or_(*texts))

    def _named(self, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
        return holds(self._connection, column, (*self._person.addresses, *self._person.full_names))

    def _traces(self) -> None:
        t = tables
        subjects = [
            one for name in ("contact", "target", "draft", "message", "conversation", "inbound_message") for one in self._of(name)
        ]
        self._take(t.audit_event, among(self._connection, t.audit_event.c.subject_id, subjects))
        keys = {suppressions.key("address", address) for address in self._person.addresses}
        hashed = suppressions.hashes(self._connection, self._workspace_id, [("address", key) for key in keys])
        forms = [*keys, *hashed.values()]
        self._take(t.suppression, t.suppression.c.kind == "address", t.suppression.c.value_key.in_(forms))

    def _take(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> None:
        query = sa.select(table.c.id).where(table.c.workspace_id == self._workspace_id, *conditions)
        self.ids[table.name] = list(self._connection.execute(query.order_by(table.c.id)).scalars())

    def _of(self, name: str) -> list[str]:
        return self.ids.get(name, [])

    def _is(self, column: sa.Column[str]) -> sa.ColumnElement[bool]:
        return sa.func.lower(column).in_(sorted(self._person.folded))
