"""Whatever a vendor's interface does, a message is never called sent that is not, nor tried again that may have left."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.compose import Letter, compose
from gtm_pipelines.delivery.model import Outgoing, SendResult, Sought
from gtm_pipelines.delivery.senders.answers import retry_seconds
from gtm_pipelines.delivery.senders.letters import parts
from gtm_pipelines.delivery.senders.limits import LIMITS, Bucket, Limit
from gtm_pipelines.settings import MailboxSettings
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, rows, service, states
from tests.sender_vendors import VENDORS, sender_to, vendor
from tests.vendor_server import KEY, Said

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
MAILBOX = MailboxSettings(
    name="anna",
    address="anna@sender.example",
    display_name="Анна Смирнова",
    postal_address="1 Street",
    public_url="https://u.example",
)
KINDS = {
    "400": ("failed", False, False),
    "401": ("deferred", True, True),
    "402": ("deferred", True, False),
    "403": ("deferred", True, True),
    "404": ("deferred", True, False),
    "422": ("failed", False, False),
    "429:17": ("deferred", True, False),
    "429": ("deferred", True, False),
    "500": ("deferred", True, False),
    "503": ("deferred", True, False),
    "redirect": ("deferred", True, False),
    "hang": ("unknown", False, False),
    "cut": ("unknown", False, False),
    "malformed": ("unknown", False, False),
    "list": ("unknown", False, False),
    "empty": ("unknown", False, False),
}


def mail(number: int = 1) -> Outgoing:
    letter = Letter(
        f"m{number}", f"<m{number}@sender.example>", f"bob{number}@firm.example", "Привет", ".a\n.\n\nb — ж\n", "token"
    )
    return compose(letter, MAILBOX, NOW)


def sought(number: int = 1) -> Sought:
    return Sought(f"m{number}", f"<m{number}@sender.example>", f"bob{number}@firm.example", "Привет", NOW)


def expected(name: str, kind: str) -> tuple[str, bool, bool]:
    if name == "sendgrid" and kind == "500":
        return "unknown", False, False  # no idempotency key: it may have taken the mail before it failed
    return KINDS[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", VENDORS)
def test_every_fault_of_every_vendor_ends_in_the_right_state(name: str, kind: str) -> None:
    committed: list[int] = []
    with vendor(name) as held:
        # Smartlead is asked for the lead first; the fault is to meet the hand-over.
        held.server.does(*(["ok"] if name == "smartlead" else []), kind)
        sender = sender_to(name, held.server.url, VirtualClock(NOW), timeout=1 if kind == "hang" else 30)
        result = sender.send(mail(), lambda: committed.append(1))
        sender.close()
        assert (result.status, result.stops_mailbox, result.authentication) == expected(name, kind), result
        assert result.reason
        assert KEY not in result.reason
        assert committed == [1]
        if kind.startswith("429"):
            assert result.retry_seconds == (17 if kind == "429:17" else 60)


@pytest.mark.parametrize("name", VENDORS)
def test_a_vendor_that_is_not_there_leaves_the_list_alone(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    committed: list[int] = []
    result = sender_to(name, f"http://127.0.0.1:{port}", VirtualClock(NOW)).send(mail(), lambda: committed.append(1))
    assert (result.status, result.stops_mailbox, committed) == ("deferred", True, [])


@pytest.mark.parametrize("name", VENDORS)
def test_a_refused_commit_stops_the_message_before_the_last_byte(name: str) -> None:
    def lost() -> None:
        raise RuntimeError("lost")

    with vendor(name) as held:
        sender = sender_to(name, held.server.url, VirtualClock(NOW))
        with pytest.raises(RuntimeError, match="lost"):
            sender.send(mail(), lost)
        assert held.kept == {}
        assert sender.send(mail(2), lambda: None).status == "sent"
        assert list(held.kept) == ["m2"]
        sender.close()


@pytest.mark.parametrize("name", VENDORS)
def test_the_vendor_gets_the_approved_text_to_the_letter(name: str) -> None:
    with vendor(name) as held:
        sender = sender_to(name, held.server.url, VirtualClock(NOW))
        sender.send(mail(), lambda: None)
        sender.close()
        [kept] = held.kept.values()
    said = {
        "resend": lambda: (kept["subject"], kept["text"]),
        "sendgrid": lambda: (kept["subject"], kept["content"][0]["value"]),
        "instantly": lambda: (kept["payload"]["gtm_subject"], kept["payload"]["gtm_body"]),
        "smartlead": lambda: (kept["custom_fields"]["gtm_subject"], kept["custom_fields"]["gtm_body"]),
    }[name]()
    assert said == ("Привет", ".a\n.\n\nb — ж\n")


@pytest.mark.parametrize("name", ["resend", "sendgrid"])
def test_headers_of_the_thread_and_of_unsubscribing_are_carried_over(name: str) -> None:
    headers = parts(mail()).headers
    assert headers["Message-ID"] == "<m1@sender.example>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with vendor(name) as held:
        sender = sender_to(name, held.server.url, VirtualClock(NOW))
        sender.send(mail(), lambda: None)
        sender.close()
        assert held.kept["m1"]["headers"] == headers


@pytest.mark.parametrize("name", VENDORS)
def test_an_unknown_one_is_settled_by_asking_the_vendor(name: str) -> None:
    """The vendor took the mail; its answer was lost."""
    with vendor(name) as held:
        quiet = sender_to(name, held.server.url, VirtualClock(NOW))
        assert quiet.look_up(sought()) is False
        quiet.send(mail(), lambda: None)
        assert quiet.look_up(sought()) is True
        assert quiet.look_up(sought(2)) is False
        held.server.does("503")
        assert quiet.look_up(sought()) is None, "a failed question is no answer"
        quiet.close()


@pytest.mark.parametrize("name", ["resend", "instantly", "smartlead"])
def test_a_repeated_request_makes_no_second_mail(name: str) -> None:
    with vendor(name) as held:
        sender = sender_to(name, held.server.url, VirtualClock(NOW))
        assert [sender.send(mail(), lambda: None).status for _ in range(2)] == ["sent", "sent"]
        assert held.mails == 1
        sender.close()


@pytest.mark.parametrize("name", ["instantly", "smartlead"])
def test_a_person_who_got_another_mail_from_that_campaign_is_told_of_and_not_overwritten(name: str) -> None:
    with vendor(name) as held:
        sender = sender_to(name, held.server.url, VirtualClock(NOW))
        sender.send(mail(), lambda: None)
        other = compose(Letter("m9", "<m9@sender.example>", "bob1@firm.example", "Other", "other\n", "t"), MAILBOX, NOW)
        result = sender.send(other, lambda: None)
        assert (result.status, list(held.kept)) == ("failed", ["m1"])
        assert "campaign" in result.reason
        assert sender.look_up(sought()) is True
        sender.close()


def test_a_sequence_longer_than_the_vendor_s_campaigns_is_refused_in_the_plan() -> None:
    third = mail()
    raw = third.content.replace(b"Message-ID:", b"References: <a@x> <b@x>\r\nMessage-ID:", 1)
    late = Outgoing(third.message_id, third.rfc_message_id, third.mailbox, third.sender, third.recipient, raw)
    for name in ("instantly", "smartlead"):
        sender = sender_to(name, "http://127.0.0.1:9", VirtualClock(NOW))
        assert sender.plan(mail()).refusal is None
        assert "mail 3" in str(sender.plan(late).refusal)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"upload_count": 0, "invalid_email_count": 1}, "failed", "address is none"),
        ({"upload_count": 0, "unsubscribed_leads": ["bob1@firm.example"]}, "failed", "unsubscribed"),
        ({"upload_count": 0, "block_count": 1}, "failed", "block list"),
        ({"upload_count": 0, "is_lead_limit_exhausted": True}, "deferred", "plan"),
        ({"upload_count": 0, "already_added_to_campaign": 1}, "unknown", "a moment before"),
        ({"upload_count": 0}, "failed", "does not say why"),
        ({"ok": True}, "unknown", "cannot be read"),
    ],
)
def test_smartlead_s_counts_are_told_in_words(body: dict[str, object], status: str, words: str) -> None:
    with vendor("smartlead") as held:
        held.server.respond = lambda asked: body if asked.method == "POST" else {}
        result = sender_to("smartlead", held.server.url, VirtualClock(NOW)).send(mail(), lambda: None)
    assert result.status == status
    assert words in result.reason


def test_a_conflict_over_the_idempotency_key_is_settled_by_looking_and_not_by_repeating() -> None:
    with vendor("resend") as held:
        held.server.respond = lambda _asked: Said(409, b'{"message": "concurrent request with this key"}')
        result = sender_to("resend", held.server.url, VirtualClock(NOW)).send(mail(), lambda: None)
    assert (result.status, "concurrent" in result.reason) == ("unknown", True)


def test_the_bucket_lets_as_many_through_as_the_vendor_says_and_waits_for_the_rest() -> None:
    clock = VirtualClock(NOW)
    bucket = Bucket((Limit(2, 1, "so"), Limit(3, 60, "so")), clock)
    assert [bucket.wait() for _ in range(2)] == [0.0, 0.0]
    assert bucket.wait() == pytest.approx(0.5)
    clock.sleep(0.5)
    assert bucket.wait() == 0.0
    clock.sleep(1)
    assert bucket.wait() > 15, "the minute is used up"
    clock.sleep(20)
    assert bucket.wait() == 0.0
    bucket.pause(30)
    assert bucket.wait() >= 29
    assert all(limit.source for limits in LIMITS.values() for limit in limits)


def test_a_rate_limit_holds_the_sender_back_and_never_the_message() -> None:
    clock = VirtualClock(NOW)
    with vendor("resend") as held:
        sender = sender_to("resend", held.server.url, clock)
        for number in range(7):
            assert sender.send(mail(number), lambda: None).status == "sent"
        assert 2.4 <= (clock.now() - NOW).total_seconds() <= 2.6, "7 at 2 a second, the first 2 at once"
        held.server.does("429:90")
        assert sender.send(mail(8), lambda: None).retry_seconds == 90
        asked = len(held.server.asked)
        again = sender.send(mail(8), lambda: None)
        assert (again.status, again.stops_mailbox, len(held.server.asked)) == ("deferred", True, asked), "it is left alone"
        assert 80 <= (again.retry_seconds or 0) <= 95
        sender.close()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "Wed, 04 Mar 2026 10:01:00 GMT"}, 60),
        ({"retry-after": "soon"}, None),
        ({"ratelimit-reset": "5"}, 5),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 12)}, 12),
        ({"retry-after": "999999999"}, 86_400),
        ({}, None),
    ],
)
def test_the_moment_a_vendor_names_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_seconds(headers, NOW) == seconds


def test_a_wrong_key_pauses_the_mailbox_and_keeps_the_list(workbench: Workbench) -> None:
    released(workbench, 3)
    with vendor("resend") as held:
        delivery = service(workbench, lambda _mailbox: sender_to("resend", held.server.url, workbench.clock, key="wrong"))
        delivery.queue("spring")
        delivery.send()
        assert held.kept == {}
        assert {row["attempts"] for row in rows(workbench.record)} == {0}
        right = service(workbench, lambda _mailbox: sender_to("resend", held.server.url, workbench.clock))
        assert right.send().held.get("mailbox.paused"), "it waits for a person"
        workbench.clock.sleep(3600)
        for mailbox in ("anna", "ben"):
            right._pausing.resume_mailbox(mailbox, by="anna")
        assert right.send().sent == 3
        assert (held.mails, states(workbench.record)) == (3, ["sent"] * 3)


def test_a_deferral_waits_as_long_as_the_vendor_asks(workbench: Workbench) -> None:
    released(workbench, 1)
    with vendor("resend") as held:
        delivery = service(workbench, lambda _mailbox: sender_to("resend", held.server.url, workbench.clock))
        delivery.queue("spring")
        held.server.does("429:4000")
        assert delivery.send().deferred == 1
        [row] = rows(workbench.record)
        assert (row["due_at"] - workbench.clock.now()).total_seconds() == 4000
        assert SendResult("deferred").retry_seconds is None
