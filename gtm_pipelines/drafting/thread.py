"""What went back and forth with somebody before a mail is written, as values. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gtm_pipelines.meetings.ics import title_of

AUTOMATIC = "auto_reply"
FOOTER = "\n-- \n"
MOST, CHARACTERS = 6, 1_200
"""Newest mails that are shown, and most characters of each: a correspondence is never longer than the evidence."""


@dataclass(frozen=True)
class Letter:
    """One mail of a correspondence.

    Attributes:
        own: whether the sender wrote it.
        kind: class of a mail that came back.
    """

    id: str
    own: bool
    at: datetime
    subject: str
    text: str
    kind: str | None = None

    @property
    def words(self) -> str:
        """What it says, without the footer, cut to size."""
        text = self.text.partition(FOOTER)[0].strip()
        return text if len(text) <= CHARACTERS else text[: CHARACTERS - 1].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True)
class Thread:
    """A correspondence, oldest mail first; empty before the first mail.

    Attributes:
        answered: id of the mail that is answered; ``None`` where nobody wrote, or only a machine.
    """

    letters: tuple[Letter, ...] = ()
    answered: str | None = None

    @property
    def subject(self) -> str | None:
        """The subject of a further mail: that of the first one, as mail programs show an answer; ``None`` before it."""
        first = next((one.subject for one in self.letters if one.own and one.subject.strip()), None)
        return None if first is None else f"Re: {title_of(first)}"

    @property
    def own(self) -> tuple[Letter, ...]:
        """What the sender wrote."""
        return tuple(one for one in self.letters if one.own)[-MOST:]

    @property
    def theirs(self) -> tuple[Letter, ...]:
        """What came back; of an answer only up to the mail it answers."""
        came = [one for one in self.letters if not one.own]
        place = next((number for number, one in enumerate(came, 1) if one.id == self.answered), len(came))
        return tuple(came[:place])[-MOST:]

    def before(self, moment: datetime) -> Thread:
        """Return what there was at a moment; what is answered was there, whatever its clock said."""
        return Thread(tuple(one for one in self.letters if one.at <= moment or one.id == self.answered), self.answered)


EMPTY = Thread()


def thread_of(rows: Iterable[Mapping[str, Any]], *, step: int | None = None, answered: str | None = None) -> Thread:
    """Return a correspondence of rows of ``record.letters``; ``step`` leaves out own mails from this one on."""
    kept = [row for row in rows if not row["own"] or step is None or row["step"] < step]
    letters = (
        Letter(row["id"], bool(row["own"]), row["at"], row["subject"] or "", row["text"] or "", row["class"]) for row in kept
    )
    return Thread(tuple(letters), answered)
