"""What every sender promises, shipped or third-party: run each through the same conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import NamedTuple

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.delivery.model import LostClaimError, Outgoing, Sender, SendResult, Sought
from gtm_pipelines.delivery.sandbox.world import World
from gtm_pipelines.delivery.senders.memory import MemorySender
from gtm_pipelines.delivery.senders.sandbox import SandboxSender
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.settings import MailboxSettings, SandboxSettings, SmtpSettings
from tests.integration.delivery.scripted import scripted
from tests.sender_vendors import VENDORS, sender_to, vendor

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
MAILBOX = MailboxSettings(name="anna", address="anna@sender.example", display_name="Анна", postal_address="1 Street")
QUIET = SandboxSettings(
    positive=0, negative=0, information_request=0, unsubscribe=0, auto_reply=0, bounce_hard=0, bounce_soft=0
)  # fmt: skip


class Provider(NamedTuple):
    """A sender and what its provider holds."""

    sender: Sender
    accepted: Callable[[], list[str]]


@pytest.fixture(params=["smtp", "sandbox", "memory", *VENDORS])
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Provider]:
    if request.param == "smtp":
        with scripted() as server:
            smtp = SmtpSender(SmtpSettings(port=server.port, security="none"))
            yield Provider(smtp, lambda: [str(message_from_bytes(raw)["Message-ID"]) for raw in server.accepted])
            smtp.close()
    elif request.param == "sandbox":
        world = World(tmp_path, QUIET, lambda: NOW)
        sandbox = SandboxSender(world)
        yield Provider(sandbox, lambda: [f"<m{n}@sender.example>" for n in range(9) if world.has(f"<m{n}@sender.example>")])
        sandbox.close()
    elif request.param in VENDORS:
        with vendor(request.param) as held:
            over_http = sender_to(request.param, held.server.url, VirtualClock(NOW))
            yield Provider(over_http, lambda: [f"<{key}@sender.example>" for key in held.kept])
            over_http.close()
    else:
        memory = MemorySender()
        yield Provider(memory, lambda: [outgoing.rfc_message_id for outgoing in memory.accepted])


def mail(number: int = 1) -> Outgoing:
    letter = Letter(f"m{number}", f"<m{number}@sender.example>", f"bob{number}@firm.example", "Привет", ".start\n..\n", "token")
    return compose(letter, MAILBOX, NOW)


def test_an_accepted_message_is_sent_after_the_commit_and_only_then(provider: Provider) -> None:
    at_commit: list[list[str]] = []
    result = provider.sender.send(mail(), lambda: at_commit.append(list(provider.accepted())))
    assert result.status == "sent"
    assert at_commit == [[]], "the commit happens once, before the provider has the message"
    assert provider.accepted() == ["<m1@sender.example>"]


def test_when_the_commit_fails_nothing_leaves_and_the_next_message_does(provider: Provider) -> None:
    def lost() -> None:
        raise LostClaimError("taken over")

    with pytest.raises(LostClaimError):
        provider.sender.send(mail(), lost)
    assert provider.accepted() == []
    assert provider.sender.send(mail(2), lambda: None).status == "sent"
    assert provider.accepted() == ["<m2@sender.example>"]


def test_planning_touches_nothing(provider: Provider) -> None:
    handover = provider.sender.plan(mail())
    assert handover.via
    assert handover.refusal is None
    assert provider.accepted() == []


def test_looking_up_tells_the_truth_or_nothing(provider: Provider) -> None:
    provider.sender.send(mail(), lambda: None)
    ours = Sought("m1", "<m1@sender.example>", "bob1@firm.example", "Привет", NOW)
    never = Sought("m9", "<m9@sender.example>", "bob9@firm.example", "Привет", NOW)
    assert provider.sender.look_up(ours) in (True, None)
    assert provider.sender.look_up(never) in (False, None)


def test_a_closed_sender_can_be_used_and_closed_again(provider: Provider) -> None:
    provider.sender.send(mail(), lambda: None)
    provider.sender.close()
    provider.sender.close()
    assert provider.sender.send(mail(2), lambda: None).status == "sent"


def test_the_fake_can_be_told_what_to_answer() -> None:
    committed: list[int] = []
    for status, commits in (("deferred", 0), ("failed", 0), ("unknown", 1)):
        committed.clear()
        sender = MemorySender(lambda _outgoing, status=status: SendResult(status, "told"))
        assert sender.send(mail(), lambda: committed.append(1)).status == status
        assert (len(committed), sender.accepted) == (commits, [])
