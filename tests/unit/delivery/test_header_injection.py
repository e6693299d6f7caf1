"""No text of a list, a pack or an editor can write a header of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.errors import InputError
from gtm_pipelines.settings import MailboxSettings

NOW = datetime(2026, 3, 4, tzinfo=UTC)
OURS = {
    "From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Type",
    "Content-Transfer-Encoding", "MIME-Version",
}  # fmt: skip
BREAKS = [
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\n\n",
    "\r\n\r\n",
    "\n ",
    "\r\t",
]
WORDS = [
    "=?utf-8?q?hi=0d=0aBcc:_evil@x.example?=",
    "=?utf-8?Q?hi=0D=0ABcc:=20evil@x.example?=",
    "=?utf-8?b?aGkNCkJjYzogZXZpbEB4LmV4YW1wbGU=?=",
    "=?UTF-8?B?aGkKQmNjOiBldmlsQHguZXhhbXBsZQ==?=",
    "=?us-ascii?q?=0aBcc:evil@x.example?=",
    "=?iso-8859-1?q?a=0ABcc:_evil@x.example?=",
    "=?utf-8*en?q?a=0d=0aBcc:_evil@x.example?=",
    "=?utf-7?q?a=0d=0aBcc:_evil@x.example?=",
    "=?x?q?=0d=0aBcc:e@x.example?=",
    "plain =?utf-8?q?x=0d=0aBcc:e@x.example?= words",
    "=?utf-8?q?=0d=0a=0d=0abody?=",
    "=?utf-8?q?a?= =?utf-8?q?=0d=0aBcc:_e@x.example?=",
    "=?utf-8?q?=e2=80=a8Bcc:_e@x.example?=",
    "=?utf-8?q?" + "a" * 70 + "=0d=0aBcc:_e@x.example?=",
]
SUBJECTS = [f"hello{b}Bcc: evil@x.example" for b in BREAKS] + WORDS
ADDRESSES = [
    "bob@firm.example\r\nRCPT TO:<evil@x.example>",
    "bob@firm.example\nBcc: evil@x.example",
    "bob@firm.example>, <evil@x.example",
    "bob@firm.example, evil@x.example",
    "Bob <bob@firm.example>",
    "bob@firm.example evil@x.example",
    '"bob\r\nBcc: e"@firm.example',
    "bob@[127.0.0.1]",
    "bob",
    "@firm.example",
    "bob@",
    "bob@@firm.example",
    "bob(Bcc: e@x.example)@firm.example",
    "a" * 65 + "@firm.example",
    "боб@firm.example",
    "bob@firm.example\x00",
    "=?utf-8?q?bob=0d=0a?=@firm.example",
    "bob;evil@firm.example",
    "bob:evil@firm.example;",
]


def mailbox(**changes: str) -> MailboxSettings:
    values = {"name": "anna", "address": "anna@sender.example", "display_name": "Anna", "postal_address": "1 Street"}
    return MailboxSettings(**values | {"public_url": "https://u.sender.example"} | changes)


def written(subject: str = "hi", recipient: str = "bob@firm.example", body: str = "text", **changes: str) -> bytes:
    return compose(Letter("m", "<m@sender.example>", recipient, subject, body, "token"), mailbox(**changes), NOW).content


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_cannot_write_a_header(subject: str) -> None:
    with pytest.raises(InputError):
        written(subject)


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_senders_name_cannot_write_a_header(name: str) -> None:
    with pytest.raises(InputError):
        written(display_name=name)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_one_address_or_nothing(address: str) -> None:
    with pytest.raises(InputError):
        written(recipient=address)


@pytest.mark.parametrize(
    "body", ["a\r\n.\r\nMAIL FROM:<e@x>", "a\n.\nb", "a\r.\rb", "Bcc: e@x.example\n\nhi", "\n\nBcc: e@x\n", "\x00a\u2028b"]
)
def test_a_body_stays_a_body(body: str) -> None:
    content = written(body=body)
    parsed = message_from_bytes(content, policy=policy.default)
    assert set(parsed.keys()) == OURS
    assert not parsed.is_multipart()


@given(st.text(max_size=120), st.text(max_size=40), st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_the_headers_are_ours(subject: str, name: str, body: str) -> None:
    try:
        content = written(subject, body=body, display_name=name)
    except InputError:
        return
    head = content.partition(b"\r\n\r\n")[0]
    names = [line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert sorted(names) == sorted(OURS)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_headers_of_a_real_mail_are_those_the_law_and_the_providers_ask_for() -> None:
    parsed = message_from_bytes(written("Вопрос про ООО «Ромашка»", body="Здравствуйте!\n\n1 Street"), policy=policy.default)
    assert parsed["Message-ID"] == "<m@sender.example>"
    assert parsed["Subject"] == "Вопрос про ООО «Ромашка»"
    assert parsed["Date"].datetime == NOW
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    links = "<https://u.sender.example/unsubscribe/token>, <mailto:anna@sender.example?subject=unsubscribe%20token>"
    assert parsed["List-Unsubscribe"] == links
    assert parsed.get_content().replace("\r\n", "\n") == "Здравствуйте!\n\n1 Street\n"


def test_a_long_link_or_address_is_never_cut() -> None:
    long = f"{'b' * 60}@{'firm' * 12}.example"
    content = written(recipient=long, public_url="https://u.sender.example/" + "p" * 90)
    assert f"To: {long}\r\n".encode() in content
    assert b"<https://u.sender.example/" + b"p" * 90 + b"/unsubscribe/token>" in content


def test_a_domain_in_any_script_goes_over_the_wire_in_ascii() -> None:
    assert b"To: bob@xn--80a1acny.xn--p1ai\r\n" in written(recipient="bob@почта.рф")


def test_without_a_public_page_there_is_only_the_mail_way_out() -> None:
    values = mailbox().model_copy(update={"public_url": None})
    content = compose(Letter("m", "<m@sender.example>", "bob@firm.example", "hi", "text", "token"), values, NOW).content
    assert b"List-Unsubscribe-Post" not in content
    assert b"List-Unsubscribe: <mailto:" in content
