"""Writes the interaction row of every attempt, and keeps answers that may be given again."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gtm_pipelines.acting import granted
from gtm_pipelines.clock import Clock
from gtm_pipelines.ids import digest
from gtm_pipelines.llm.model import Attempt, CallContext, Tokens
from gtm_pipelines.llm.scrub import Scrubber
from gtm_pipelines.record import interactions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_model import ModelSettings

if TYPE_CHECKING:
    from dspy.lm15 import Request, Response


@dataclass(frozen=True)
class Kept:
    """An answer out of the cache."""

    provider: str
    model: str
    response: Response


@dataclass
class _Entry:
    """One row on its way, with the answer to be kept beside it; ``id`` is there once it is written."""

    values: dict[str, Any]
    answer: dict[str, Any] | None
    id: str | None = None


@dataclass
class Ledger:
    """The record's side of a call."""

    record: Record
    clock: Clock
    scrub: Scrubber
    cache_days: float
    _door: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _waiting: list[_Entry] = field(default_factory=list, repr=False)

    def write(self, request: Request, context: CallContext, attempt: Attempt, *, keep: str | None = None) -> str:
        """Insert an attempt's row, and in the same transaction its answer under the key ``keep``; return the row's id."""
        now = self.clock.now()
        values, answer = self._row(request, context, attempt) | {"created_at": now}, None
        if keep is not None and self.cache_days > 0:
            answer = {
                "key": keep, "provider": attempt.provider, "model": attempt.response_model or attempt.model,
                "answer": values["outputs"], "contact_id": context.contact_id, "company_id": context.company_id,
                "created_at": now, "expires_at": now + timedelta(days=self.cache_days),
            }  # fmt: skip
        return self._written(_Entry(values, answer))

    def _written(self, entry: _Entry) -> str:
        """Write an entry and return its id; whoever comes first writes for all that wait, in one transaction."""
        with self._door:
            self._waiting.append(entry)
        with self._turn:
            if entry.id is None:
                with self._door:
                    batch, self._waiting = self._waiting, []
                self._commit(batch)
        if entry.id is None:
            self._commit([entry])
        return str(entry.id)

    def _commit(self, batch: list[_Entry]) -> None:
        """Write entries; where several fail together each is left to its own writer."""
        try:
            with granted(), self.record.write() as connection:
                ids = self._insert(connection, batch)
        except sa.exc.SQLAlchemyError:
            if len(batch) == 1:
                raise
            return
        for entry, made in zip(batch, ids, strict=True):
            entry.id = made

    def _insert(self, connection: sa.Connection, batch: list[_Entry]) -> list[str]:
        keys = interactions.add_many(self.record, connection, [entry.values for entry in batch])
        kept = [(entry.answer, key) for entry, key in zip(batch, keys, strict=True) if entry.answer is not None]
        if kept:
            answers = [answer | {"interaction_id": key} for answer, key in kept]
            interactions.keep_answers(self.record, connection, answers, max(answer["created_at"] for answer in answers))
        return keys

    def look_up(self, key: str) -> Kept | None:
        """Return the kept answer to a question, unless it has expired."""
        if self.cache_days <= 0:
            return None
        row = interactions.find_answer(self.record, key, self.clock.now())
        return None if row is None else Kept(row.provider, row.model, _response(row))

    def _row(self, request: Request, context: CallContext, attempt: Attempt) -> dict[str, Any]:
        outputs = {"text": attempt.text, "finish_reason": attempt.finish_reason} if attempt.text is not None else {}
        return {
            "call_id": attempt.call_id, "attempt": attempt.number, "trace_id": context.trace_id, "run_id": context.run,
            "purpose": context.purpose, "role": context.role, "provider": attempt.provider, "provider_kind": attempt.kind,
            "model": attempt.model, "response_model": attempt.response_model, "prompt_hash": prompt_hash(request),
            "pack_version": context.pack_version, "inputs": self.scrub.value(inputs(request)),
            "outputs": self.scrub.value(outputs), **_counts(attempt.tokens), "cost_usd": attempt.cost_usd,
            "latency_ms": attempt.latency_ms, "error_code": attempt.error_code,
            "error_text": self.scrub.text(attempt.error_text) if attempt.error_text else None, "cached": attempt.cached,
            "campaign_id": context.campaign_id, "contact_id": context.contact_id, "company_id": context.company_id,
            "batch_id": context.batch_id, "session_key": context.session_key,
        }  # fmt: skip


def inputs(request: Request) -> dict[str, Any]:
    """Return what was asked, as the row keeps it."""
    config = {name: value for name, value in _plain(request.config).items() if value not in (None, ())}
    form = config.pop("response_format", None)
    said = [{"role": message.role, "text": _said(message)} for message in request.messages]
    asked = {"system": request.system, "messages": said, "parameters": config, "response_format": form}
    return asked | ({"tools": [dataclasses.asdict(tool) for tool in request.tools]} if request.tools else {})


def _plain(config: Any) -> dict[str, Any]:
    """Return the fields of a value; its forms, which are large and never changed, are not copied."""
    found = {one.name: getattr(config, one.name) for one in dataclasses.fields(config)}
    return {name: dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value for name, value in found.items()}  # type: ignore[arg-type]


def prompt_hash(request: Request) -> str:
    """Return the digest of what a model reads, whichever model reads it with whatever parameters."""
    return digest(str(request.system or ""), *(part for m in request.messages for part in (m.role, _said(m))))


def cache_key(order: Sequence[ModelSettings], request: Request, rollout: int) -> str:
    """Return what one question to one order of models is kept under: the models, the words, the schema, the parameters."""
    route = json.dumps([(model.provider, model.base_url, model.model) for model in order])
    asked = json.dumps(inputs(request), sort_keys=True, ensure_ascii=False, default=str)
    return digest(route, asked, str(rollout))


def _said(message: Any) -> str:
    """Return a message's text; where it holds more than text, all of it as JSON."""
    text = message.text
    return text if text is not None else json.dumps(dataclasses.asdict(message)["parts"], sort_keys=True, default=str)


def _counts(tokens: Tokens) -> dict[str, int | None]:
    return {f"{name}_tokens": value for name, value in dataclasses.asdict(tokens).items()}


def _response(row: Any) -> Response:
    from dspy.lm15 import Message, Response, Usage

    answer = row.answer
    return Response(None, row.model, Message.assistant(answer["text"]), answer["finish_reason"] or "stop", Usage(0, 0))
