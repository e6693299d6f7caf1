"""A subject arrives letter for letter, however long and in whatever script."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.settings import MailboxSettings

MAILBOX = MailboxSettings(name="anna", address="anna@sender.example", display_name="Анна Петрова", postal_address="1 Street")
NOW = datetime(2026, 3, 4, tzinfo=UTC)
WORDS = st.lists(st.text("абвгдежзийклмнABCdefxyz«»—:,.!?é", min_size=1, max_size=14), min_size=1, max_size=14)


def subject_as_read(subject: str) -> str:
    letter = Letter("m", "<m@sender.example>", "ivan@firm.example", subject, "Добрый день", "token")
    return str(message_from_bytes(compose(letter, MAILBOX, NOW).content, policy=policy.default)["Subject"])


def test_a_long_russian_subject_keeps_every_blank() -> None:
    subject = "Уральский берег: база контактов, бесплатная проверка"
    assert subject_as_read(subject) == subject


@given(WORDS)
@settings(max_examples=200, deadline=None)
def test_every_subject_reads_back_as_it_was_approved(words: list[str]) -> None:
    subject = " ".join(words)
    assert subject_as_read(subject) == subject
