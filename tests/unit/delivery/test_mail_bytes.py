"""Mails are written by hand where they are plain: then they are what the library would have written, byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.delivery.compose import Letter, UnsafeHeaderError, compose
from gtm_pipelines.settings import MailboxSettings

NOW = datetime(2026, 3, 5, 7, 8, 9, tzinfo=UTC)
WORDS = st.text("abcXYZ019.,:;!?-'\"()<>$%/\\&@=_", min_size=1, max_size=14)
PLAIN = st.lists(WORDS, min_size=1, max_size=8).map(" ".join).filter(lambda text: "=?" not in text)
BODY = st.text(st.sampled_from("ab =.\n\t—яé\u2028😀"), max_size=300)


def box(name: str, url: str = "") -> MailboxSettings:
    return MailboxSettings(name="a", address="a@sender.example", display_name=name, postal_address="1 Street", public_url=url)


def by_the_library(subject: str, body: str, name: str) -> bytes:
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=76))
    message["From"] = Address(name.strip(), addr_spec="a@sender.example")
    message["To"] = Address(addr_spec="bob@firm.example")
    message["Subject"] = subject
    message["Date"] = format_datetime(NOW)
    message["Message-ID"] = "<m@sender.example>"
    message["List-Unsubscribe"] = "<mailto:a@sender.example?subject=unsubscribe%20token>"
    message.set_content(body.rstrip("\n") + "\n", cte="quoted-printable")
    return message.as_bytes()


@given(subject=PLAIN, body=BODY)
def test_a_plain_mail_is_what_the_library_writes(subject: str, body: str) -> None:
    letter = Letter("m", "<m@sender.example>", "bob@firm.example", subject, body, "token")
    assert compose(letter, box("Anna Ames"), NOW).content == by_the_library(subject, body, "Anna Ames")


@pytest.mark.parametrize("name", ["", "Anna", "Ames, Anna", 'Anna "A" Ames', "Анна Эймс", "Anna Ames-" + "Wood" * 10])
def test_a_senders_name_is_what_the_library_writes(name: str) -> None:
    letter = Letter("m", "<m@sender.example>", "bob@firm.example", "hello", "text\n", "token")
    for _ in range(2):
        assert compose(letter, box(name), NOW).content == by_the_library("hello", "text\n", name)


def test_a_senders_name_that_the_library_writes_wrong_is_refused_with_words() -> None:
    letter = Letter("m", "<m@sender.example>", "bob@firm.example", "hello", "text\n", "token")
    for start in (".", "\\"):
        with pytest.raises(UnsafeHeaderError, match="reads back"):
            compose(letter, box(start + "long words without end " * 4), NOW)
