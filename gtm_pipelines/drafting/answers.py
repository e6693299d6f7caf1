"""Suggested answers to people who wrote back: drafts like any other, which a person approves before they leave.

One answer is suggested to one inbound message. It is written from the pack of answers that counts, with the whole
correspondence before it; what they wrote is material and brings in no link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings, Target
from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.brief import Brief
from gtm_pipelines.drafting.inviting import Named, meant
from gtm_pipelines.drafting.model import Drafter, DraftFailure, DraftRefusedError, DraftRequest, Packs
from gtm_pipelines.drafting.store import Ground, Origin, Written, store
from gtm_pipelines.drafting.thread import thread_of
from gtm_pipelines.errors import InputError, NotFoundError, PolicyError, SettingsError, TransientError
from gtm_pipelines.meetings.line import placed
from gtm_pipelines.meetings.model import Meeting
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import letters, replied, targets
from gtm_pipelines.record import packs as pack_queries
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.settings import MailboxSettings

if TYPE_CHECKING:
    from gtm_pipelines.drafting.programs.writer import ModelDrafter

PACK = "replies"
NEEDS = {"example": "reference", "objection": "doubt"}
"""Prepared answers that a rule chooses only where the campaign has said what they are to say: nothing is made up."""
Filled = Mapping[str, Mapping[str, str]]
NO_ANSWER = ("unsubscribe", "complaint", "auto_reply", "bounce_hard", "bounce_soft")
"""Classes that are obeyed, or that no person wrote: nothing is said to them."""


class AnswerPacks(Packs, Protocol):
    """What answering asks of the packs."""

    def get(self, name: str, version: str | None = None) -> Pack:
        """Return the version of a pack that counts."""
        ...


@dataclass(frozen=True)
class Answer:
    """A suggested answer as it stands; ``fresh`` where it was written just now.

    Attributes:
        drafter: ``baseline`` where a prepared text was merged.
        model: which language model wrote it, where one did.
    """

    id: str
    step: int
    variant: str
    language: str
    status: str
    subject: str
    body: str
    inbound_message_id: str
    drafter: str = "baseline"
    model: str | None = None
    fresh: bool = False


@dataclass(frozen=True)
class _Asked:
    """One answer to write."""

    inbound_id: str
    brief: Brief
    request: DraftRequest


class AnswerService:
    """Suggests answers.

    Args:
        record: the record.
        clock: the clock.
        packs: where the pack of answers is.
        mailboxes: the configured sender identities.
        drafter: what merges templates, where a campaign's mails are merged or no model is configured.
        model: makes what asks language models; raises ``SettingsError`` where there is none.
        ground: looks by rule at what was written, and keeps what it finds.
        meeting_minutes: how long a meeting lasts that is proposed at the time they named.
        meeting_place: where it is; none if empty.
    """

    def __init__(
        self, record: Record, clock: Clock, packs: AnswerPacks, mailboxes: Sequence[MailboxSettings], drafter: Drafter, *,
        model: Callable[[], ModelDrafter] | None = None, ground: Ground | None = None, meeting_minutes: int = 30,
        meeting_place: str = "",
    ) -> None:  # fmt: skip
        self._record, self._clock, self._packs, self._drafter = record, clock, packs, drafter
        self._mailboxes = {mailbox.name: mailbox for mailbox in mailboxes}
        self._model, self._ground = model, ground
        self._meant = partial(meant, minutes=meeting_minutes, place=meeting_place)

    def draft_answer(
        self, inbound_message_id: str, variant: str, *, fits: str | None = None, filled: Filled | None = None,
        named: Named | None = None, again: bool = False,
    ) -> Answer:  # fmt: skip
        """Write the answer to one inbound message, or return the one there is; asked twice it writes once.

        Args:
            inbound_message_id: what is answered.
            variant: of the pack of answers, such as ``objection`` or ``not_now``.
            fits: where a rule chose: which prepared text fits, ``""`` if none does. Only a model writes where none does.
            filled: variables of the pack to language to what their mail puts in its place, such as the day they named.
            named: the day and hour they named, where both are certain: a prepared answer to that proposes the meeting.
            again: write another where the one there is has left, such as to move a meeting.

        Raises:
            NotFoundError: there is no such inbound message.
            InputError: the pack has no such variant.
            PolicyError: it is not to be answered, nobody knows whose it is, its writer is suppressed, or the answer
                cannot be written as it must be, or no prepared text fits and no model is there to write one.
            TransientError: no model can be asked just now.
            SettingsError: the mailbox that was answered is not configured.
        """
        asked = self._asked(inbound_message_id, variant.replace("_", "-"), again)
        if isinstance(asked, Answer):
            return asked
        made: list[Written] = []
        if (model := self._writer(asked.brief)) is None:
            if fits is not None:
                _check_fit(fits, asked.request)
            made.append(self._merged(*self._meant(_filled(asked.request, filled or {}), named, self._clock.now())))
        else:
            model.write(asked.brief, [[asked.request]], made.extend)
            if _unasked(made[0].outcome):
                raise _refusal(made[0].outcome, False)
        return self._kept(asked, made[0], "model" if model else self._drafter.name, again)

    def of_message(self, inbound_message_id: str) -> Answer | None:
        """Return the suggested answer to an inbound message, if one was written."""
        with self._record.read() as connection:
            return self._there(connection, inbound_message_id)

    def _asked(self, inbound_id: str, variant: str, again: bool) -> _Asked | Answer:
        workspace, pack = self._record.workspace_id, self._packs.get(PACK)
        if variant not in pack.variants:
            raise InputError(f"Answers are one of: {', '.join(pack.variants)}; not '{variant}'.")
        with self._record.read() as connection:
            if there := self._standing(connection, inbound_id, again):
                return there
            row = replied.asked(connection, workspace, inbound_id)
            if row is None:
                raise NotFoundError(f"There is no inbound message {inbound_id}. 'gtm inbox list' shows them.")
            _check(row)
            rows = targets.active(connection, workspace, [row["target_id"]])
            came = letters.of_targets(connection, workspace, [row["target_id"]])
        if not rows:
            raise PolicyError("answer.excluded", "This person was taken out of the campaign; answer by hand if you must.")
        target = Target.of(rows[0])
        if target.mailbox not in self._mailboxes:
            raise SettingsError(f"Mailbox '{target.mailbox}' was answered and is not configured. Add it to gtm.toml again.")
        thread = thread_of(came.get(target.id, ()), answered=inbound_id)
        language = row["language"] if row["language"] in pack.languages else target.language
        settings = CampaignSettings.model_validate(row["settings"])
        brief = Brief(
            row["campaign_id"], row["campaign_name"], "", pack, pack.variants, settings, 1, step=FIRST_ANSWER, seed=row["seed"]
        )
        request = brief.request(replace(target, language=language), variant, self._mailboxes, thread)
        return _Asked(inbound_id, brief, request)

    def _writer(self, brief: Brief) -> ModelDrafter | None:
        """Return what asks models where the campaign wants one and one is configured.

        Somebody waits for this one draft: an outage is told at once and not sat out, as it is for a whole campaign.
        """
        if brief.settings.drafter != "model" or self._model is None:
            return None
        try:
            model = self._model()
        except SettingsError:
            return None
        return replace(model, settings=model.settings.model_copy(update={"outage_minutes": 0}))

    def _merged(self, request: DraftRequest, meeting: Meeting | None) -> Written:
        try:
            draft = self._drafter.write(request)
            body = placed(draft.body, meeting, request.target.language) if meeting else draft.body
            return Written(request, replace(draft, body=body))
        except DraftRefusedError as error:
            why = (error.reason_code, error.reason)
            return Written(request, DraftFailure(request.target.id, request.target.contact_id, request.variant, *why))

    def _kept(self, asked: _Asked, made: Written, drafter: str, again: bool) -> Answer:
        """Keep what was written as the next answer of the correspondence, unless another run was faster."""
        workspace, now, target = self._record.workspace_id, self._clock.now(), made.request.target
        with self._record.write() as connection:
            targets.lock(connection, workspace, [target.id])
            if there := self._standing(connection, asked.inbound_id, again):
                return there
            pack, step = asked.brief.pack, replied.next_step(connection, workspace, target.id)
            files = {"files": dict(pack.files)}
            version_id = pack_queries.keep(
                connection,
                workspace,
                pack=pack.name,
                version=pack.version,
                content_hash=pack.content_hash,
                manifest=files,
                at=now,
            )
            origin = Origin(workspace, asked.brief.campaign_id, version_id, drafter, now, step, asked.inbound_id)
            outcome = made.outcome
            failed = isinstance(outcome, DraftFailure)
            kept = Written(made.request, replace(outcome, step=step)) if isinstance(outcome, DraftFailure) else made
            stored = store(connection, origin, [target], [kept])
            answer = self._there(connection, asked.inbound_id)
        if answer is None:
            raise _refusal(outcome if failed else None, bool(stored.excluded))
        if self._ground is not None:
            self._ground([answer.id])
        return replace(answer, fresh=True)

    def _standing(self, connection: sa.Connection, inbound_id: str, again: bool) -> Answer | None:
        """Return the answer beside which none is written."""
        there = self._there(connection, inbound_id)
        return None if there and again and replied.left(connection, self._record.workspace_id, there.id) else there

    def _there(self, connection: sa.Connection, inbound_id: str) -> Answer | None:
        row = replied.drafted(connection, self._record.workspace_id, inbound_id)
        if row is None:
            return None
        model = None if row["drafter"] == self._drafter.name else replied.writer(connection, self._record.workspace_id, row["id"])
        return Answer(**row, inbound_message_id=inbound_id, model=model)


def _check(row: Mapping[Any, Any]) -> None:
    """Refuse what nobody may or can answer."""
    if row["class"] in NO_ANSWER:
        raise PolicyError("answer.not_wanted", f"A mail of the class '{row['class']}' is not answered.")
    if row["target_id"] is None:
        raise PolicyError("answer.unmatched", "Nobody knows yet whose answer this is. Say so first; then answer it.")


def _check_fit(fits: str, request: DraftRequest) -> None:
    """Refuse to say something prepared where it does not answer what was asked.

    Raises:
        PolicyError: no prepared text fits, or the campaign has not said what the one that fits is to say.
    """
    needed = NEEDS.get(fits)
    if fits in request.pack.variants and (
        needed is None or request.settings.variables.get(needed, {}).get(request.target.language)
    ):
        return
    lacks = f" The text '{fits}' would, but the campaign has not filled in '{needed}'." if fits and needed else ""
    raise PolicyError(
        "answer.none_fits",
        f"No fitting answer: no prepared text says what this mail asks.{lacks} Write it yourself: answer from your mailbox, or "
        "choose a text (--variant) and change its words under Review.",
    )


def _filled(request: DraftRequest, filled: Filled) -> DraftRequest:
    """Return a request in which what their mail says stands in place of what the campaign says."""
    variables = {**request.settings.variables, **{name: {**texts} for name, texts in filled.items()}}
    return replace(request, settings=request.settings.model_copy(update={"variables": variables}))


def _unasked(outcome: Any) -> bool:
    """Tell whether nothing was written because no model could be asked: that says nothing of the answer, and is not kept."""
    return isinstance(outcome, DraftFailure) and outcome.reason_code.startswith("llm_")


def _refusal(outcome: Any, excluded: bool) -> PolicyError | TransientError:
    if excluded:
        return PolicyError("answer.suppressed", "This person is suppressed or was merged into another; nothing is drafted.")
    if isinstance(outcome, DraftFailure) and _unasked(outcome):
        return TransientError(f"No answer could be written: {outcome.reason}")
    reason = outcome.reason if isinstance(outcome, DraftFailure) else "It was not written."
    return PolicyError(getattr(outcome, "reason_code", "answer.refused"), f"No answer could be written: {reason}")
