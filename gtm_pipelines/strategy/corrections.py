"""What people correct: one field, one section, or a whole document; and how a correction is taken back.

Each adds a version of the document and a row that says what changed, what else that touches, and what it did to
the confidence, in one transaction. Nothing is overwritten: taking back adds a version equal to an older one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.llm.model import Asks
from gtm_pipelines.record import strategies as queries
from gtm_pipelines.strategy.confidence import confidence
from gtm_pipelines.strategy.context import OPTIONAL, Gathered, Orchestrator
from gtm_pipelines.strategy.documents import FORMS
from gtm_pipelines.strategy.ground import Grounded
from gtm_pipelines.strategy.model import Correction, Document, Evidence, Kind, Strategy, person
from gtm_pipelines.strategy.patch import differences, renamed, set_field, used, with_section
from gtm_pipelines.strategy.programs import Written, earlier, material_of, word_of, write
from gtm_pipelines.strategy.relations import faults, resting
from gtm_pipelines.strategy.shelf import Shelf
from gtm_pipelines.strategy.store import content_json, correction_of

Scope = Literal["field", "section", "global", "undo"]


@dataclass(frozen=True)
class TrainingExample:
    """A correction as something to learn from.

    Attributes:
        inputs: kind, language and website of the document, what it was written from, what it quotes, and the trace under
            which the interaction rows keep the whole question.
        before: what the model, or somebody earlier, wrote.
        after: what a person made of it.
        guidance: what the person said, where they said anything.
        undone: it was taken back later.
    """

    id: str
    scope: str
    inputs: dict[str, Any]
    before: Any
    after: Any
    guidance: str | None
    undone: bool


@dataclass(frozen=True)
class _Change:
    """What a correction makes of a document."""

    scope: Scope
    path: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    guidance: str | None
    grounded: Grounded
    trace_id: str | None = None
    sure: tuple[float, dict[str, float]] | None = None


class Corrector:
    """Corrects documents.

    Args:
        shelf: where strategies stand.
        context: gathers what a document is written from.
        asks: asks language models.
        clock: tells the time.
    """

    def __init__(self, shelf: Shelf, context: Orchestrator, asks: Asks, clock: Clock) -> None:
        self._shelf, self._context, self._asks, self._clock = shelf, context, asks, clock

    def field(self, key: str, kind: Kind, path: str, value: Any, *, by: str, why: str | None = None) -> Correction:
        """Set one field; it rests on the person's word from then on.

        Args:
            key: the strategy's name or id.
            kind: the document.
            path: as ``patch.set_field`` takes it.
            value: the new value; ``None`` takes a claim out.
            by: the person.
            why: what the person says about it, for those who learn from it.

        Raises:
            InputError: no such field, a value that does not fit it, or one that contradicts a related field.
            ConflictError: somebody else wrote the document meanwhile.
        """
        strategy, held, actor = self._held(key, kind, by)
        word = self._word(held, actor, value)
        content, before = set_field(held, path, value, word)
        broken = [each for each in faults(content) if each not in faults(held.content)]
        if broken:
            raise InputError(f"'{path}' is not set: {'; '.join(broken)}. Correct the related field first.")
        grounded = Grounded(content, used((*held.evidence, word), content), held.dropped)
        change = _Change("field", path, {path: before}, {path: value}, why, grounded)
        return self._keep(strategy, held, change, actor)

    def section(self, key: str, kind: Kind, section: str, guidance: str, *, by: str) -> Correction:
        """Have one section written anew by a model, with guidance that it may quote.

        Raises:
            InputError: no such section, no guidance, or nothing of the new answer stands; the old section stays.
            GtmError: as for writing a document.
        """
        strategy, held, actor = self._held(key, kind, by)
        if section not in FORMS[kind].model_fields:
            told = ", ".join(FORMS[kind].model_fields)
            raise InputError(f"The {kind.replace('_', ' ')} has no section '{section}'. It has: {told}.")
        written, _ = self._written(strategy, held, guidance, actor, section)
        if not getattr(written.grounded.content, section):
            raise InputError(f"The section '{section}' stays as it was: {_nothing(written)}.")
        content, evidence = with_section(held, section, written.grounded)
        before, after = ({section: content_json(each)[section]} for each in (held.content, content))
        others = tuple(each for each in held.dropped if each.path.partition(".")[0] != section)
        grounded = Grounded(content, evidence, (*others, *written.grounded.dropped))
        change = _Change("section", section, before, after, guidance, grounded, written.trace_id)
        return self._keep(strategy, held, change, actor)

    def whole(self, key: str, kind: Kind, guidance: str, *, by: str) -> Correction:
        """Have a whole document written anew by a model, with guidance that it may quote.

        Raises:
            InputError: no guidance, or nothing of the new answer stands; the old document stays.
            GtmError: as for writing a document.
        """
        strategy, held, actor = self._held(key, kind, by)
        written, gathered = self._written(strategy, held, guidance, actor, None)
        if not written.grounded.evidence:
            raise InputError(f"The {kind.replace('_', ' ')} stays as it was: {_nothing(written)}.")
        content, evidence = renamed(written.grounded.content, written.grounded.evidence, f"v{held.number + 1}")
        before, after = content_json(held.content), content_json(content)
        grounded = Grounded(content, evidence, written.grounded.dropped)
        change = _Change("global", None, before, after, guidance, grounded, written.trace_id)
        return self._keep(strategy, held, change, actor, gathered)

    def undo(self, key: str, kind: Kind, *, by: str, to: int | None = None) -> Correction:
        """Add a version equal to an older one.

        Args:
            key: the strategy's name or id.
            kind: the document.
            by: the person.
            to: the number of the older version; the one before if absent.

        Raises:
            NotFoundError: there is no such version.
        """
        strategy, held, actor = self._held(key, kind, by)
        number = held.number - 1 if to is None else to
        older = next((each for each in self._shelf.history(key, kind) if each.number == number and number < held.number), None)
        if older is None:
            told = f"The {kind.replace('_', ' ')} of '{strategy.name}' has no older version {number}."
            raise NotFoundError(f"{told} It stands at version {held.number}.")
        grounded = Grounded(older.content, older.evidence, older.dropped)
        before, after = ({"number": each.number, "content": content_json(each.content)} for each in (held, older))
        sure = (older.confidence, dict(older.confidences))
        change = _Change("undo", str(number), before, after, None, grounded, older.trace_id, sure)
        return self._keep(strategy, replace(held, context=older.context), change, actor)

    def list(self, key: str | None = None) -> tuple[Correction, ...]:
        """Return corrections, oldest first, of one strategy or of all."""
        strategy_id = self._shelf.get(key).id if key else None
        with self._shelf.record.read() as connection:
            return tuple(correction_of(row) for row in queries.corrections(connection, self._workspace, strategy_id))

    def examples(self, key: str | None = None) -> Iterator[TrainingExample]:
        """Yield corrections as examples to learn from, oldest first; those that took others back are none themselves."""
        found = self.list(key)
        with self._shelf.record.read() as connection:
            made = queries.corrected_documents(connection, self._workspace)
            rows = {row["id"]: row for row in queries.listed(connection, self._workspace)}
        for each in found:
            if each.scope != "undo" and each.id in made:
                yield _example(each, made[each.id], rows[each.strategy_id], found)

    def _held(self, key: str, kind: Kind, by: str) -> tuple[Strategy, Document, str]:
        strategy, actor = self._shelf.get(key), person(by)
        if kind not in strategy.documents:
            told = f"'{strategy.name}' has no {kind.replace('_', ' ')} yet."
            raise NotFoundError(f"{told} Write it: gtm strategy run '{strategy.name}' --only {kind}.")
        return strategy, strategy.documents[kind], actor

    def _word(self, held: Document, actor: str, value: Any) -> Evidence:
        told = value if isinstance(value, str) else "taken out" if value is None else str(value)
        return Evidence(f"h{held.number + 1}", "person", actor, told, at=self._clock.now().isoformat())

    def _written(
        self, strategy: Strategy, held: Document, guidance: str, actor: str, section: str | None
    ) -> tuple[Written, Gathered]:
        if not guidance.strip():
            raise InputError("Say what to do better: guidance is what the document is written anew with.")
        if held.kind == "data_sources":
            raise InputError("The data sources are written by rules. Change a field, the budget, or what they rest on.")
        gathered = self._context.gather(held.kind, strategy)
        said = word_of(actor, guidance, self._clock.now().isoformat())
        material = material_of(gathered.pages, earlier(strategy, gathered), said)
        more = {"guidance": guidance, "section": section, "current": held, "rollout": held.number}
        return write(self._asks, strategy, held.kind, material, **more), gathered  # type: ignore[arg-type]

    def _keep(
        self, strategy: Strategy, held: Document, change: _Change, actor: str, gathered: Gathered | None = None
    ) -> Correction:
        grounded = change.grounded
        context = gathered or Gathered((), (), held.context)
        sure = change.sure or confidence(grounded.content, grounded.evidence, _weakest(context))
        values = self._shelf.version(strategy, held.kind, grounded, context, author=actor, trace_id=change.trace_id)
        values |= {"confidence": sure[0], "confidences": sure[1]}
        with self._shelf.record.write() as connection:
            correction_id = self._note(connection, strategy, held, change, sure[0], actor)
            self._shelf.add_version(connection, strategy, held.kind, {**values, "correction_id": correction_id})
            detail = {"kind": held.kind, "scope": change.scope, "path": change.path, "number": values["number"]}
            self._shelf.audit(connection, actor, "strategy.correct", strategy.id, detail)
        return next(each for each in self.list(strategy.id) if each.id == correction_id)

    def _note(
        self, connection: sa.Connection, strategy: Strategy, held: Document, change: _Change, sure: float, actor: str
    ) -> str:
        changes = differences(held.content, change.grounded.content)
        touched = resting(strategy, held.kind, [each["path"] for each in changes])
        notes = [f"{path} rests on what changed" for path in touched] + list(faults(change.grounded.content))
        return queries.add_correction(connection, self._workspace, {
            "strategy_id": strategy.id, "kind": held.kind, "scope": change.scope, "path": change.path,
            "before": change.before, "after": change.after, "guidance": change.guidance,
            "changes": {"changes": list(changes), "notes": notes}, "confidence_before": held.confidence,
            "confidence_after": sure, "actor": actor, "created_at": self._clock.now(),
        })  # fmt: skip

    @property
    def _workspace(self) -> str:
        return self._shelf.record.workspace_id


def _weakest(gathered: Gathered) -> float:
    return min((each.score for each in gathered.assessments if each.score >= OPTIONAL), default=1.0)


def _nothing(written: Written) -> str:
    told = [f"'{each.text[:60]}': {each.why}" for each in written.grounded.dropped[:3]]
    return "nothing of the new answer stands. " + ("; ".join(told) or "It was empty. Say more, or give more pages")


def _example(each: Correction, made: sa.RowMapping, row: sa.RowMapping, all_: tuple[Correction, ...]) -> TrainingExample:
    undone = any(
        other.scope == "undo" and (other.strategy_id, other.kind) == (each.strategy_id, each.kind)
        and other.id > each.id and int(other.path or 0) < made["number"]
        for other in all_
    )  # fmt: skip
    inputs = {"kind": each.kind, "language": row["language"], "website": row["website"], "path": each.path}
    told = {"context": made["context"], "quotes": made["evidence"]["quotes"], "trace_id": made["trace_id"]}
    return TrainingExample(each.id, each.scope, inputs | told, each.before, each.after, each.guidance, undone)
