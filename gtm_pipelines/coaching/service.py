"""The coach: a question in, an answer out of the user's own figures, by rules or in a model's words that were checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gtm_pipelines.coaching import words
from gtm_pipelines.coaching.asking import Wording
from gtm_pipelines.coaching.model import Action, Answer, Language
from gtm_pipelines.coaching.turn import Desk, Step, Turn
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.plain import plain

LONGEST_QUESTION = 2_000


class CoachService:
    """Answers questions.

    Args:
        desk: the figures, findings, phrases and memory.
        wording: has a model word answers; ``None`` where there is no model.
    """

    def __init__(self, desk: Desk, wording: Wording | None) -> None:
        self.desk, self._wording = desk, wording

    @property
    def has_model(self) -> bool:
        """Whether a model may word answers."""
        return self._wording is not None

    def action(self, key: str, campaign_id: str | None = None) -> Action | None:
        """Return the way to an ordinary page that a finding names; ``None`` where the phrases know none."""
        found = self.desk.phrases().actions.get(key)
        return replace(found, campaign_id=campaign_id) if found else None

    def ask(
        self, question: str, *, by: str, chat_id: str | None = None, language: Language | None = None, model: bool = True
    ) -> Answer:
        """Answer a question and keep both in a talk. Arguments and errors as for ``steps``."""
        for step in self.steps(question, by=by, chat_id=chat_id, language=language, model=model):
            if step.answer is not None:
                return step.answer
        raise InputError("Ask a question.")

    def steps(
        self, question: str, *, by: str, chat_id: str | None = None, language: Language | None = None, model: bool = True
    ) -> Iterator[Step]:
        """Yield how an answer comes about, its sentences as each is checked, and last the whole of it, which is kept.

        Args:
            question: in English or Russian.
            by: who asks, as ``person:NAME``.
            chat_id: the talk it belongs to; a new one if absent.
            language: of the answer; the question's own if absent.
            model: let a model word the answer, where there is one.

        Raises:
            InputError: nothing is asked, or too much.
            NotFoundError: there is no such talk.
        """
        asked = " ".join(question.split())
        if not asked or len(asked) > LONGEST_QUESTION:
            raise InputError(f"Ask in 1 to {LONGEST_QUESTION} characters.")
        if chat_id is not None and not self.desk.memory.has_chat(chat_id):
            raise NotFoundError(f"There is no talk '{chat_id}'. 'gtm coach chats' shows those there are.")
        spoken = language or words.language_of(asked)
        turn = Turn(self.desk, asked, spoken, by, chat_id)
        answer = None
        for step in turn.run(self._wording if model else None):
            if step.answer is None:
                yield step
            else:
                answer = step.answer
        if answer is None:
            raise InputError("Ask a question.")
        held = self._keep(asked, answer, by, chat_id)
        yield Step("done", answer=answer, chat_id=held)

    def _keep(self, asked: str, answer: Answer, by: str, chat_id: str | None) -> str:
        said = {"text": answer.text, "language": answer.language, "way": answer.way, "trace_id": answer.trace_id}
        detail = plain(replace(answer, text=""))
        user: dict[str, Any] = {
            "role": "user",
            "text": asked,
            "language": answer.language,
            "way": None,
            "trace_id": None,
            "detail": {},
        }
        return self.desk.memory.keep(chat_id, [user, {"role": "coach", "detail": detail, **said}], title=asked[:80], by=by)
