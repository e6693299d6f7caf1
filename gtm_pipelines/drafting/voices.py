"""Voices: samples of a sender's mails, and the card that is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.voice import LEAST_SAMPLES, Style, card, read_style
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.ids import digest, new_id
from gtm_pipelines.record import voices
from gtm_pipelines.record.engine import Record
from gtm_pipelines.segments.model import check_name

MAX_CHARACTERS = 20_000
LANGUAGES = ("en", "ru")


@dataclass(frozen=True)
class Sample:
    """One mail of a voice."""

    id: str
    language: str
    text: str
    added_by: str
    created_at: datetime


@dataclass(frozen=True)
class Voice:
    """What is known of how somebody writes in one language; ``needed`` more samples make a card."""

    name: str
    language: str
    samples: tuple[Sample, ...]
    style: Style | None
    card: str
    needed: int


@dataclass(frozen=True)
class VoiceLine:
    """One line of a listing."""

    voice: str
    language: str
    samples: int
    latest: datetime


class VoiceService:
    """Keeps samples of how senders write. A mailbox's own name is the voice it writes in, unless a campaign names another."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record, self._clock = record, clock

    def add(self, voice: str, texts: Sequence[str], *, language: str, by: str) -> int:
        """Keep mails as samples and return how many were new.

        Raises:
            InputError: a text is empty or too long, or the language is not one of the workbench's.
        """
        name = check_name(voice, "voice")
        if language not in LANGUAGES:
            raise InputError(f"A voice is learnt in one of: {', '.join(LANGUAGES)}.")
        if not texts:
            raise InputError("Give at least one mail.")
        rows = [self._row(name, text, language, by) for text in texts]
        with self._record.write() as connection:
            return sum(voices.add(connection, row) for row in rows)

    def show(self, voice: str, language: str) -> Voice:
        """Return a voice with its samples and its card.

        Raises:
            NotFoundError: nothing was learnt of it in this language.
        """
        found = self._voice(voice, language)
        if not found.samples:
            raise NotFoundError(
                f"No sample of '{voice}' in '{language}'. Add some: gtm voice add {voice} FILE --language {language}"
            )
        return found

    def list(self) -> list[VoiceLine]:
        """Return every voice by language."""
        with self._record.read() as connection:
            rows = voices.listed(connection, self._record.workspace_id)
        return [VoiceLine(**row) for row in rows]

    def remove(self, sample_id: str) -> None:
        """Remove a sample.

        Raises:
            NotFoundError: there is none.
        """
        with self._record.write() as connection:
            if not voices.remove(connection, self._record.workspace_id, sample_id):
                raise NotFoundError(f"There is no sample {sample_id}. 'gtm voice show NAME' lists them.")

    def card(self, voice: str, language: str) -> str:
        """Return what a model is told of a voice; empty where too little is known."""
        return self._voice(voice, language).card

    def _voice(self, voice: str, language: str) -> Voice:
        with self._record.read() as connection:
            rows = voices.samples(connection, self._record.workspace_id, voice)
        names = ("id", "language", "text", "added_by", "created_at")
        mine = tuple(Sample(**{name: row[name] for name in names}) for row in rows if row["language"] == language)
        style = read_style([one.text for one in mine], language)
        return Voice(voice, language, mine, style, card(style), max(0, LEAST_SAMPLES - len(mine)))

    def _row(self, voice: str, text: str, language: str, by: str) -> dict[str, object]:
        plain = text.replace("\r\n", "\n").strip()
        if not plain or len(plain) > MAX_CHARACTERS:
            raise InputError(f"A sample is a mail of 1 to {MAX_CHARACTERS} characters.")
        return {
            "id": new_id(), "workspace_id": self._record.workspace_id, "voice": voice, "language": language, "text": plain,
            "text_hash": digest(plain), "added_by": by, "created_at": self._clock.now(),
        }  # fmt: skip
