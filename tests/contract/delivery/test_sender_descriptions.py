"""The vendors' own descriptions of themselves, played by Prism: our requests are right, their answers are understood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.delivery.model import Outgoing, Sought
from gtm_pipelines.delivery.senders.http import HttpSender
from gtm_pipelines.meetings.model import Invitation
from gtm_pipelines.settings import MailboxSettings
from tests.prism import description, prism
from tests.sender_vendors import sender_to

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prism")]
NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
MAILBOX = MailboxSettings(
    name="anna", address="anna@sender.example", display_name="Анна", postal_address="1 Street", public_url="https://u.example"
)
SPECS = {
    "resend": ("resend", "resend.yaml"),
    "sendgrid": ("sendgrid", "spec", "json", "tsg_mail_v3.json"),
    "instantly": ("instantly", "api_v2.json"),
}


@pytest.fixture(scope="module", params=SPECS)
def played(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    with prism(description(*SPECS[request.param])) as url:
        yield request.param, url


INVITATION = Invitation("REQUEST", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")


def mail(invitation: Invitation | None = None) -> Outgoing:
    letter = Letter(
        "m1", "<m1@sender.example>", "bob@firm.example", "Привет", "Добрый день\n", "token", invitation=invitation
    )  # fmt: skip
    return compose(letter, MAILBOX, NOW)


def sender(played: tuple[str, str], key: str = "k" * 16) -> HttpSender:
    name, url = played
    return sender_to(name, url, VirtualClock(NOW), key=key)


@pytest.mark.parametrize("invitation", [None, INVITATION], ids=["text", "invitation"])
def test_the_description_takes_our_request_and_its_answer_is_a_sent_mail(
    played: tuple[str, str], invitation: Invitation | None
) -> None:
    committed: list[int] = []
    held = sender(played)
    result = held.send(mail(invitation), lambda: committed.append(1))
    held.close()
    assert (result.status, committed) == ("sent", [1]), result


def test_a_request_that_the_description_forbids_would_have_been_seen(played: tuple[str, str]) -> None:
    """Prism refuses what does not fit, so the test above can fail."""
    held = sender(played)
    vendor = held._vendor
    whole = vendor.request

    def broken(outgoing: Outgoing, letter: object) -> object:
        from dataclasses import replace

        return replace(whole(outgoing, letter), body={"from": 7, "campaign": 7, "email": [], "personalizations": 7})  # type: ignore[arg-type]

    vendor.request = broken  # type: ignore[method-assign,assignment]
    result = held.send(mail(), lambda: None)
    held.close()
    assert result.status in ("failed", "deferred"), result


def test_the_answer_to_a_look_up_is_understood(played: tuple[str, str]) -> None:
    """Of SendGrid's activity there is no description here, so it cannot say."""
    held = sender(played)
    found = held.look_up(Sought("m1", "<m1@sender.example>", "bob@firm.example", "Привет", NOW))
    held.close()
    assert found is (None if played[0] == "sendgrid" else False)
