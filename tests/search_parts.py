"""Parts of tests of search: a model of meaning that needs no file, pages, facts and mail to be found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import fact, inbound_message, page
from gtm_pipelines.retrieval.knowledge import KnowledgeFolders
from gtm_pipelines.retrieval.model import EmbeddingError
from gtm_pipelines.retrieval.service import SearchService
from gtm_pipelines.retrieval.words import terms
from gtm_pipelines.workbench import Workbench

MEANINGS = {"car": "auto", "automobil": "auto", "машин": "auto", "автомобил": "auto", "van": "auto"}
"""Stems that mean the same to the model of the tests."""


class WordModel:
    """Puts a text where its words are: near to texts with the same ones, in either language for a few."""

    name = "words-64"
    dimensions = 64
    batch = 7
    instant = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False

    def embed(self, texts: Sequence[str], kind: str = "passage") -> Any:
        """Return a vector for each text."""
        if self.down:
            raise EmbeddingError("The model is asleep. Try again.")
        self.asked.extend(texts)
        vectors = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for term in terms(text):
                vectors[row, crc32(MEANINGS.get(term, term).encode()) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def searching(workbench: Workbench, *, model: WordModel | None = None, knowledge: Path | None = None) -> SearchService:
    """Give the workbench a search with this model, or by words alone, over no files but those in ``knowledge``."""
    folders = KnowledgeFolders((knowledge,) if knowledge else ())
    service = SearchService(workbench.record, workbench.clock, workbench.settings.home_path / "search", folders, model)
    workbench.__dict__["search"] = service
    return service


def add_page(workbench: Workbench, company_id: str, text: str, **values: Any) -> str:
    """Add a page as it was read."""
    now = workbench.clock.now()
    row = {"id": new_id(), "workspace_id": workbench.record.workspace_id, "company_id": company_id, "text": text}
    row |= {"url": "https://acme.test/", "outcome": "read", "title": "Home", "data": {}, "fetched_at": now} | values
    with workbench.record.write() as connection:
        connection.execute(sa.insert(page).values(**row))
    return str(row["id"])


def add_fact(workbench: Workbench, subject_id: str, field: str, value: str, *, kind: str = "company", **values: Any) -> str:
    """Add a fact about a company or a contact."""
    row = {"id": new_id(), "workspace_id": workbench.record.workspace_id, "subject_type": kind, "subject_id": subject_id}
    row |= {"field": field, "value": value, "source": "website", "confidence": 0.8, "retrieved_at": workbench.clock.now()}
    with workbench.record.write() as connection:
        connection.execute(sa.insert(fact).values(**row | values))
    return str(row["id"])


def add_reply(workbench: Workbench, text: str, **values: Any) -> str:
    """Add a mail that came in."""
    now, key = workbench.clock.now(), new_id()
    row = {"id": key, "workspace_id": workbench.record.workspace_id, "mailbox": "anna", "folder": "INBOX", "uidvalidity": 1}
    row |= {"uid": 1, "content_key": key, "reference_ids": [], "subject": "Re: hello", "text": text, "received_at": now}
    row |= {"class": "other", "confidence": 0.5, "class_reason": "test", "attribution": "none", "raw": b""}
    with workbench.record.write() as connection:
        connection.execute(sa.insert(inbound_message).values(**row | {"created_at": now, "updated_at": now} | values))
    return key


def later(workbench: Workbench, seconds: float = 60) -> None:
    """Let time pass, so that the next search looks for changes."""
    workbench.clock.sleep(timedelta(seconds=seconds).total_seconds())
