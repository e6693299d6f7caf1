"""People work through conversations: read them, put classes right, hand them over, close them, invite."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import InputError, NotFoundError, PolicyError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.inbox import InboxService, Suggested
from gtm_pipelines.replies.mailboxes.memory import MemoryMailbox
from gtm_pipelines.replies.occasions import Filled
from gtm_pipelines.replies.service import ReplyService
from tests.integration.replies.world import RECEIVED_AT, SentWorld, mail

TO = "ann@client.test"


class Note:
    """A suggested answer of no more than a line."""

    id, subject, status, drafter, model = "d1", "Re: Quick question", "proposed", "baseline", None

    def __init__(self, body: str) -> None:
        self.body = self.variant = body


class Suggesting:
    """Writes down what it was asked to answer, and how."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.fits: list[str | None] = []
        self.filled: list[Filled] = []

    def draft_answer(
        self, inbound_message_id: str, variant: str, *, fits: str | None = None, filled: Filled | None = None,
        named: tuple[date, time] | None = None, again: bool = False,
    ) -> Suggested:  # fmt: skip
        self.asked.append((inbound_message_id, variant))
        self.fits.append(fits)
        self.filled.append(filled or {})
        return Note(variant)

    def of_message(self, inbound_message_id: str) -> Suggested | None:
        return next((Note(variant) for one, variant in self.asked if one == inbound_message_id), None)


@pytest.fixture
def suggesting() -> Suggesting:
    return Suggesting()


@pytest.fixture
def inbox(record: Record, clock: VirtualClock, suggesting: Suggesting) -> InboxService:
    return InboxService(record, clock, suggesting)


@pytest.fixture
def conversation(replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, inbox: InboxService) -> str:
    sent.message(TO)
    mailbox.deliver(mail("How much does it cost?", in_reply_to=sent.rfc(TO)), RECEIVED_AT)
    replies.collect()
    [one] = inbox.page()
    return one.id


def test_a_thread_shows_both_sides_with_classes_and_passages(inbox: InboxService, conversation: str) -> None:
    thread = inbox.thread(conversation[:12])

    assert [mail.cls for mail in thread.mails] == [None, "information_request"]
    assert thread.mails[1].reason
    assert [p.to_state for p in thread.passages] == ["awaiting_response", "qualifying"]
    assert thread.conversation.state == "qualifying"


def test_a_conversation_is_handed_over_and_then_answered_by_hand(
    inbox: InboxService, conversation: str, suggesting: Suggesting
) -> None:
    assert inbox.answer(conversation).body == "pricing"

    assert inbox.assign(conversation, "olga", "person:ivan").owner == "olga"
    assert [one.id for one in inbox.page(owner="olga")] == [conversation]
    with pytest.raises(PolicyError, match="olga has this conversation"):
        inbox.answer(conversation)
    assert inbox.assign(conversation, None, "person:ivan").owner is None
    assert len(suggesting.asked) == 1


@pytest.mark.parametrize(
    ("text", "variant", "fits"),
    [
        ("Could you send examples from our industry?", "example", "example"),
        ("Does it run on our own servers?", "pricing", ""),
        ("We already have a solution.", "solution", "solution"),
    ],
)
def test_what_is_said_is_chosen_by_what_they_wrote_and_not_by_the_class_alone(
    text: str, variant: str, fits: str,
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, inbox: InboxService, suggesting: Suggesting,
) -> None:  # fmt: skip
    sent.message(TO)
    mailbox.deliver(mail(text, in_reply_to=sent.rfc(TO)), RECEIVED_AT)
    replies.collect()
    [one] = inbox.page()

    inbox.answer(one.id)

    assert (suggesting.asked[0][1], suggesting.fits) == (variant, [fits])


def test_a_day_they_named_goes_into_the_answer_also_where_a_person_chose_it(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, inbox: InboxService, suggesting: Suggesting
) -> None:
    sent.message(TO)
    mailbox.deliver(mail("Sounds good, please send an invite for Tuesday.", in_reply_to=sent.rfc(TO)), RECEIVED_AT)
    replies.collect()
    [one] = inbox.page()

    inbox.answer(one.id)
    inbox.answer(one.id, "day")

    assert suggesting.fits == ["day", None]
    assert all(filled["day"]["en"].startswith("Tuesday, ") for filled in suggesting.filled)


def test_a_closed_conversation_leaves_the_list_until_somebody_writes_again(
    inbox: InboxService, conversation: str, replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld
) -> None:
    assert inbox.close(conversation, "person:olga").state == "closed"
    assert inbox.page() == []

    mailbox.deliver(mail("Sounds good, let's talk.", in_reply_to=sent.rfc(TO)), RECEIVED_AT + timedelta(days=1))
    replies.collect()

    assert inbox.thread(conversation).conversation.state == "scheduling"


def test_what_is_unsure_waits_for_a_person_whose_word_is_kept_as_an_example(
    replies: ReplyService, mailbox: MemoryMailbox, sent: SentWorld, inbox: InboxService
) -> None:
    sent.message(TO)
    mailbox.deliver(mail("Hm, perhaps the blue one.", in_reply_to=sent.rfc(TO)), RECEIVED_AT)
    replies.collect()
    [waiting] = replies.page(unsure=True)
    assert waiting.cls == "other"

    replies.reclassify(waiting.id, "objection", "person:olga")

    assert replies.page(unsure=True) == []
    [example] = replies.corrections()
    assert (example.cls, example.was, example.by, example.text) == (
        "objection",
        "other",
        "person:olga",
        "Hm, perhaps the blue one.",
    )
    [one] = inbox.page()
    assert one.state == "objection_handling"


def test_unknown_conversations_and_states_are_told(inbox: InboxService) -> None:
    with pytest.raises(NotFoundError, match="gtm inbox list"):
        inbox.thread("nothing")
    with pytest.raises(InputError, match="qualifying"):
        inbox.page(state="unheard")


def test_the_command_lists_shows_assigns_and_closes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gtm_pipelines.cli.inbox import command
    from gtm_pipelines.cli.reply import command as reply
    from gtm_pipelines.record.engine import open_record
    from gtm_pipelines.record.migrate import upgrade

    monkeypatch.setenv("GTM_HOME", str(home))
    record = open_record(f"sqlite:///{home / 'record.sqlite'}", "default")
    upgrade(record)
    sent = SentWorld(record)
    sent.message(TO)
    folder = home / "sandbox" / "inbox" / "anna@workbench.example" / "new"
    folder.mkdir(parents=True)
    (folder / "000000000001.a").write_bytes(mail("Сколько это стоит?", in_reply_to=sent.rfc(TO)))
    run = CliRunner().invoke
    assert run(reply, ["collect"]).exit_code == 0

    [one] = json.loads(run(command, ["list", "--json"]).stdout)
    assert "Сколько это стоит?" in run(command, ["show", one["id"]]).stdout
    assert "olga has it" in run(command, ["assign", one["id"], "olga", "--by", "ivan"]).stdout
    refused = run(command, ["invite", one["id"], "2099-03-10T15:00", "--by", "ivan"])
    assert refused.exit_code
    assert "No answer is suggested here yet" in refused.output + str(refused.exception)
    assert "proposes no meeting" in run(command, ["meeting", one["id"]]).stdout
    assert "closed" in run(command, ["close", one["id"], "--by", "ivan"]).stdout
    [mailed] = json.loads(run(reply, ["list", "--json"]).stdout)
    assert "is objection" in run(reply, ["classify", mailed["id"], "objection", "--by", "olga"]).stdout
    assert json.loads(run(reply, ["examples", "--json"]).stdout)[0]["was"] == "information_request"
