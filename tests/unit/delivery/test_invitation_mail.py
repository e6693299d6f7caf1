"""A mail that carries an invitation: its parts as clients expect them, and what vendors are handed of it."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP

import pytest
from icalendar import Calendar

from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.delivery.model import Outgoing
from gtm_pipelines.delivery.senders.letters import parts
from gtm_pipelines.delivery.senders.resend import Resend
from gtm_pipelines.delivery.senders.sendgrid import SendGrid
from gtm_pipelines.meetings.ics import Meant, invitation
from gtm_pipelines.meetings.model import Invitation, Meeting
from gtm_pipelines.settings import MailboxSettings

NOW = datetime(2026, 3, 5, 7, 8, 9, tzinfo=UTC)
BODY = "Добрый день!\n\n--=_x\nВстреча: вторник, 10 марта 2026, 15:00 UTC, 30 минут\n\nАнна\n"
MADE = invitation(
    Meeting(datetime(2026, 3, 10, 15, tzinfo=UTC), 30, "https://meet.example/" + "x" * 90),
    Meant("c", 1001, "Re: Ваша база", "a@sender.example", "Анна", "bob@firm.example"), None, NOW,
)  # fmt: skip


def mail(made: Invitation | None = MADE) -> Outgoing:
    letter = Letter("m", "<m@sender.example>", "bob@firm.example", "Re: Ваша база", BODY, "token", invitation=made)
    return compose(letter, MailboxSettings(name="a", address="a@sender.example", postal_address="1 Street"), NOW)


def test_it_stands_beside_the_text_and_again_as_a_file() -> None:
    message = message_from_bytes(mail().content, policy=SMTP)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/calendar", "application/ics",
    ]  # fmt: skip
    plain, calendar, file = (part for part in message.walk() if not part.is_multipart())
    assert plain.get_content().replace("\r\n", "\n") == BODY
    assert (calendar.get_param("method"), calendar.get_param("charset")) == ("REQUEST", "utf-8")
    assert file.get_content_disposition() == "attachment"
    assert file.get_filename() == "invite.ics"
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == MADE.content
    assert not any(part.defects for part in message.walk())


def test_it_is_plain_ascii_in_short_lines_and_the_same_each_time() -> None:
    content = mail().content
    assert content.isascii()
    assert content == mail().content
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_end_of_a_meeting_bears_its_own_method() -> None:
    message = message_from_bytes(mail(Invitation("CANCEL", MADE.content)).content, policy=SMTP)
    assert [p.get_param("method") for p in message.walk() if p.get_content_type() == "text/calendar"] == ["CANCEL"]


def test_a_mail_without_one_is_the_one_part_it_always_was() -> None:
    assert message_from_bytes(mail(None).content, policy=SMTP).get_content_type() == "text/plain"


def test_vendors_that_take_parts_get_text_and_invitation_apart() -> None:
    letter = parts(mail())
    assert letter.text == BODY
    assert letter.invitation == MADE
    assert parts(mail(None)).invitation is None


@pytest.mark.parametrize("vendor", [Resend(), SendGrid()])
def test_a_vendor_is_handed_the_same_file(vendor: Resend | SendGrid) -> None:
    body = vendor.request(mail(), parts(mail())).body or {}
    [file] = body["attachments"]
    assert (file["filename"], b64decode(file["content"])) == ("invite.ics", MADE.content)
    assert "attachments" not in (vendor.request(mail(None), parts(mail(None))).body or {})


def test_resend_is_told_by_the_type_of_the_file_and_sendgrid_by_another_form_of_the_text() -> None:
    resend, sendgrid = (one.request(mail(), parts(mail())).body or {} for one in (Resend(), SendGrid()))
    assert resend["attachments"][0]["content_type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert [one["type"] for one in sendgrid["content"]] == ["text/plain", "text/calendar; method=REQUEST"]
    assert Calendar.from_ical(sendgrid["content"][1]["value"])["method"] == "REQUEST"
    assert ";" not in sendgrid["attachments"][0]["type"]  # it refuses the mail else
