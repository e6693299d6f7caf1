"""Facts, pages, insights, sent messages and replies as texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.record import answers, texts
from gtm_pipelines.retrieval.labels import label
from gtm_pipelines.retrieval.model import Document
from gtm_pipelines.retrieval.subjects import Subjects
from gtm_pipelines.retrieval.words import language_of

WRITTEN = ("complaint", *answers.WRITTEN)
"""Classes of inbound mail that a person wrote; bounces and automatic answers are no evidence of anything."""
_OPT_OUT = re.compile(r"unsubscribe|отписаться", re.I)


class Texts(Protocol):
    """One kind of text in the record."""

    @property
    def entity_type(self) -> str:
        """What it is of."""
        ...

    def states(self, connection: sa.Connection, workspace_id: str) -> dict[str, str]:
        """Return text → the state it stands on."""
        ...

    def documents(
        self, connection: sa.Connection, workspace_id: str, stamps: Mapping[str, str], now: datetime
    ) -> Iterator[Document]:
        """Yield the texts that ``stamps`` names, as they count ``now``."""
        ...


@dataclass(frozen=True)
class Facts:
    """Facts that are prose, or that can be looked up somewhere."""

    entity_type: str = "fact"

    def states(self, connection: sa.Connection, workspace_id: str) -> dict[str, str]:
        """Return fact → its subject."""
        return texts.fact_states(connection, workspace_id)

    def documents(
        self, connection: sa.Connection, workspace_id: str, stamps: Mapping[str, str], now: datetime
    ) -> Iterator[Document]:
        """Yield facts that still hold, with the words they rest on."""
        names = _names(connection, workspace_id, stamps.values())
        for row in texts.facts(connection, workspace_id, stamps):
            if row.expires_at is not None and row.expires_at <= now:
                continue
            subject = names.get(stamps[row.id])
            language = language_of(f"{row.value} {row.evidence or ''}")
            text = f"{label(row.field, language)}: {row.value}"
            text += f"\n{row.evidence}" if row.evidence and row.evidence not in row.value else ""
            yield Document(
                "fact", row.id, stamps[row.id], subject.name if subject else "", text, row.retrieved_at, language, row.url,
                **_owner(row.subject_type, stamps[row.id], subject),
            )  # fmt: skip


@dataclass(frozen=True)
class Pages:
    """Web pages as they were last read."""

    entity_type: str = "page"

    def states(self, connection: sa.Connection, workspace_id: str) -> dict[str, str]:
        """Return page → its company."""
        return texts.page_states(connection, workspace_id)

    def documents(
        self, connection: sa.Connection, workspace_id: str, stamps: Mapping[str, str], now: datetime
    ) -> Iterator[Document]:
        """Yield pages with their visible text."""
        names = _names(connection, workspace_id, stamps.values())
        for row in texts.pages(connection, workspace_id, stamps):
            subject = names.get(stamps[row.id])
            title = ": ".join(dict.fromkeys(part for part in (subject.name if subject else "", row.title) if part))
            yield Document(
                "page", row.id, stamps[row.id], title, row.text, row.fetched_at, row.language or language_of(row.text),
                row.final_url or row.url, company_id=stamps[row.id] or None,
            )  # fmt: skip


@dataclass(frozen=True)
class Insights:
    """What was made of the facts about a subject."""

    entity_type: str = "insight"

    def states(self, connection: sa.Connection, workspace_id: str) -> dict[str, str]:
        """Return insight → its subject."""
        return texts.insight_states(connection, workspace_id)

    def documents(
        self, connection: sa.Connection, workspace_id: str, stamps: Mapping[str, str], now: datetime
    ) -> Iterator[Document]:
        """Yield insights with their summary and what stands in their lists."""
        names = _names(connection, workspace_id, stamps.values())
        for row in texts.insights(connection, workspace_id, stamps):
            subject = names.get(stamps[row.id])
            language = language_of(row.summary or " ".join(prose(row.points)))
            lists = {name: list(prose(getattr(row, name))) for name in ("points", "pains", "triggers", "angles")}
            said = [row.summary, *(f"{label(name, language)}: {'; '.join(items)}" for name, items in lists.items() if items)]
            yield Document(
                "insight", row.id, stamps[row.id], subject.name if subject else "", "\n".join(filter(None, said)),
                row.created_at, language, **_owner(row.subject_type, stamps[row.id], subject),
            )  # fmt: skip


@dataclass(frozen=True)
class Messages:
    """Messages that were sent."""

    entity_type: str = "message"

    def states(self, connection: sa.Connection, workspace_id: str) -> dict[str, str]:
        """Return message → whom it went to."""
        return texts.message_states(connection, workspace_id)

    def documents(
        self, connection: sa.Connection, workspace_id: str, stamps: Mapping[str, str], now: datetime
    ) -> Iterator[Document]:
        """Yield messages without the footer that the law asks for."""
        for row in texts.messages(connection, workspace_id, stamps):
            body = without_footer(row.body)
            yield Document(
                "message", row.id, stamps[row.id], row.subject, body, row.sent_at, language_of(body),
                company_id=row.company_id, contact_id=stamps[row.id],
            )  # fmt: skip


@dataclass(frozen=True)
class Replies:
    """Mail that people wrote back."""

    entity_type: str = "reply"

    def states(self, connection: sa.Connection, workspace_id: str) -> dict[str, str]:
        """Return mail → whom it is from, as far as known."""
        return texts.mail_states(connection, workspace_id, WRITTEN)

    def documents(
        self, connection: sa.Connection, workspace_id: str, stamps: Mapping[str, str], now: datetime
    ) -> Iterator[Document]:
        """Yield what was written, without what was quoted."""
        for row in texts.mails(connection, workspace_id, stamps):
            yield Document(
                "reply", row.id, stamps[row.id], row.subject or "", row.text or "", row.received_at,
                row.language or language_of(row.text or ""), company_id=row.company_id, contact_id=stamps[row.id] or None,
            )  # fmt: skip


ALL: tuple[Texts, ...] = (
    Subjects("company"), Subjects("contact"), Facts(), Pages(), Insights(), Messages(), Replies(),
)  # fmt: skip
"""Every kind of text in the record, in the order of the pipeline."""


def prose(value: Any) -> Iterator[str]:
    """Yield the texts within a JSON value that are more than an id or a word."""
    if isinstance(value, str):
        if " " in value.strip():
            yield value.strip().rstrip(".")
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from prose(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from prose(inner)


def without_footer(body: str) -> str:
    """Return a mail without what follows the mark of a signature, or the line that says how to stop such mails."""
    paragraphs = body.partition("\n-- \n")[0].rstrip().split("\n\n")
    for place in range(max(len(paragraphs) - 3, 1), len(paragraphs)):
        if _OPT_OUT.search(paragraphs[place]):
            return "\n\n".join(paragraphs[:place])
    return "\n\n".join(paragraphs)


@dataclass(frozen=True)
class _Name:
    name: str
    company_id: str | None


def _names(connection: sa.Connection, workspace_id: str, ids: Any) -> dict[str, _Name]:
    """Return subject → its name and the company it belongs to."""
    wanted = {one for one in ids if one}
    found = {row.id: _Name(row.name, row.id) for row in texts.subjects(connection, workspace_id, "company", wanted)}
    people = texts.subjects(connection, workspace_id, "contact", wanted - found.keys())
    return found | {row.id: _Name(row.full_name or "", row.company_id) for row in people}


def _owner(subject_type: str, subject_id: str, subject: _Name | None) -> dict[str, str | None]:
    if subject_type == "company":
        return {"company_id": subject_id}
    return {"company_id": subject.company_id if subject else None, "contact_id": subject_id}
