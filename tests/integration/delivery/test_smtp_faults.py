"""Whatever a mail server does, a message is never called sent that is not, and never tried again that may have left."""

from __future__ import annotations

import socket
import threading
from email import message_from_bytes

import pytest

from gtm_pipelines.delivery.model import Outgoing, SendResult
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.settings import SmtpSettings
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released, rows, service
from tests.integration.delivery.scripted import KINDS, STAGES, Scripted, scripted

BODY = b"From: a@x.example\r\nSubject: hi\r\n\r\n.dot\r\n..dots\r\nbare\nline\rends\r\nbye\r\n"
SESSION = ("banner", "ehlo", "auth")


def outgoing(recipient: str = "bob@y.example") -> Outgoing:
    return Outgoing("m1", "<m1@x.example>", "anna", "a@x.example", recipient, BODY)


def sender_to(server: Scripted, checkpoint: object = None, timeout: float = 30) -> SmtpSender:
    settings = SmtpSettings(port=server.port, security="none", username="anna", timeout_seconds=timeout)
    return SmtpSender(settings, password="secret", checkpoint=checkpoint or (lambda _step: None))  # type: ignore[arg-type]


def expected(stage: str, kind: str) -> str:
    if stage == "dot":
        return {"451": "deferred", "421": "deferred", "550": "failed"}.get(kind, "unknown")
    if kind == "stall" and stage == "body":
        return "unknown"
    if kind == "550" and stage in ("rcpt", "data", "body"):
        return "failed"
    return "deferred"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", STAGES)
def test_every_fault_at_every_stage_ends_in_the_right_state(stage: str, kind: str) -> None:
    through(stage, kind, pipelining=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage not in SESSION])
def test_so_it_does_where_sender_recipient_and_data_are_said_in_one_breath(stage: str, kind: str) -> None:
    through(stage, kind, pipelining=True)


def through(stage: str, kind: str, *, pipelining: bool) -> None:
    committed: list[str] = []
    results: list[SendResult] = []
    with scripted(stage, kind, pipelining=pipelining) as server:

        def wait_for_the_fault(step: str) -> None:
            if step == "body" and stage == "body" and not results:
                assert server.struck.wait(5)
                if kind != "stall":
                    wait_until_readable(sender)

        sender = sender_to(server, wait_for_the_fault, timeout=1 if kind == "stall" else 30)
        results.append(result := sender.send(outgoing(), lambda: committed.append("handing")))
        assert result.status == expected(stage, kind), result
        assert server.accepted == []
        assert result.reason
        may_have_left = stage == "dot" or (stage == "body" and kind == "stall")
        assert committed == (["handing"] if may_have_left else [])
        if stage in SESSION:
            assert result.stops_mailbox, "the session's trouble is the mailbox's, not the message's"

        if kind == "stall":
            sender = sender_to(server)
        assert sender.send(outgoing(), lambda: None).status == "sent"
        assert len(server.accepted) == 1
        sender.close()


def wait_until_readable(sender: SmtpSender) -> None:
    import select

    session = sender._session
    assert session is not None
    assert session.sock is not None
    assert select.select([session.sock], [], [], 5)[0]


def test_the_body_arrives_whole_with_one_kind_of_line_end() -> None:
    with scripted() as server:
        result = sender_to(server).send(outgoing(), lambda: None)
    assert (result.status, result.reference) == ("sent", "ABC123")
    assert server.accepted == [b"From: a@x.example\r\nSubject: hi\r\n\r\n.dot\r\n..dots\r\nbare\r\nline\r\nends\r\nbye\r\n"]


@pytest.mark.parametrize("ending", [b"\n.\n", b"\r\n.\r\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n"])
def test_no_body_can_end_itself_and_start_a_second_mail(ending: bytes) -> None:
    smuggled = BODY + ending + b"MAIL FROM:<evil@x.example>\r\nRCPT TO:<victim@y.example>\r\nDATA\r\nhello\r\n"
    with scripted() as server:
        mail = Outgoing("m1", "<m1@x.example>", "anna", "a@x.example", "bob@y.example", smuggled)
        assert sender_to(server).send(mail, lambda: None).status == "sent"
    assert len(server.accepted) == 1
    assert not any("evil" in command for command in server.commands)


def test_the_connection_is_kept_between_messages_and_nagle_is_off() -> None:
    with scripted() as server:
        sender = sender_to(server)
        for _ in range(3):
            assert sender.send(outgoing(), lambda: None).status == "sent"
        assert server.sessions == 1
        session = sender._session
        assert session is not None
        assert session.sock is not None
        assert session.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        sender.close()


@pytest.mark.parametrize("kind", ["421", "close", "reset"])
def test_a_server_that_hung_up_between_two_messages_is_called_again_at_once(kind: str) -> None:
    committed: list[str] = []
    with scripted() as server:
        sender = sender_to(server)
        assert sender.send(outgoing(), lambda: None).status == "sent"
        server.fault = ("mail", kind)
        assert sender.send(outgoing(), lambda: committed.append("handing")).status == "sent"
        assert (server.sessions, len(server.accepted), committed) == (2, 2, ["handing"])
        assert "rset" not in server.commands, "after an answer to the dot the session stands at the start"
        sender.close()


def test_after_a_refused_recipient_the_session_is_put_back_to_its_start() -> None:
    with scripted("rcpt", "550") as server:
        sender = sender_to(server)
        assert sender.send(outgoing("nobody@y.example"), lambda: None).status == "failed"
        assert sender.send(outgoing(), lambda: None).status == "sent"
        assert (server.sessions, server.commands.count("rset"), len(server.accepted)) == (1, 1, 1)
        sender.close()


def test_one_breath_names_the_message_and_a_refusal_leaves_the_session_in_step() -> None:
    with scripted("rcpt", "550", pipelining=True) as server:
        sender = sender_to(server)
        assert sender.send(outgoing("nobody@y.example"), lambda: None).bounced
        assert sender.send(outgoing(), lambda: None).status == "sent"
        named = ["MAIL FROM:<a@x.example>", "RCPT TO:<bob@y.example>", "DATA"]
        assert server.commands[-3:] == named
        assert (server.sessions, server.commands.count("rset"), len(server.accepted)) == (1, 1, 1)
        sender.close()


@pytest.mark.parametrize("stage", ["mail", "rcpt"])
@pytest.mark.parametrize("kind", ["451", "550"])
def test_a_text_that_may_begin_though_its_recipient_was_refused_is_never_ended(stage: str, kind: str) -> None:
    """The go-ahead was asked for in the same breath; nothing but a dot would take it back, and a dot hands over."""
    with scripted(stage, kind, pipelining=True, careless=True) as server:
        sender = sender_to(server)
        assert sender.send(outgoing(), lambda: None).status in ("deferred", "failed")
        assert server.accepted == []
        assert sender.send(outgoing(), lambda: None).status == "sent"
        assert (server.sessions, len(server.accepted)) == (2, 1)
        sender.close()


def test_no_address_can_name_a_second_recipient_in_that_breath() -> None:
    with scripted(pipelining=True) as server:
        sender = sender_to(server)
        with pytest.raises(ValueError, match="line break"):
            sender.send(outgoing("bob@y.example>\r\nRCPT TO:<victim@y.example"), lambda: None)
        assert not any("victim" in command for command in server.commands)
        sender.close()


def test_an_interrupt_before_the_dot_leaves_nothing_behind() -> None:
    def interrupt(step: str) -> None:
        if step == "body":
            raise KeyboardInterrupt

    with scripted() as server:
        sender = sender_to(server, interrupt)
        with pytest.raises(KeyboardInterrupt):
            sender.send(outgoing(), lambda: None)
        assert server.accepted == []
        assert sender._session is None


def test_a_refused_commit_stops_the_message_before_the_dot() -> None:
    def lost() -> None:
        raise RuntimeError("lost")

    with scripted() as server:
        sender = sender_to(server)
        with pytest.raises(RuntimeError, match="lost"):
            sender.send(outgoing(), lost)
        assert sender.send(outgoing(), lambda: None).status == "sent"
        assert len(server.accepted) == 1


@pytest.mark.parametrize(
    ("stage", "reply", "status", "stops", "bounced"),
    [
        ("rcpt", "550 5.7.26 unauthenticated mail", "deferred", True, False),
        ("dot", "550 5.7.515 access denied", "deferred", True, False),
        ("rcpt", "550 5.1.1 no such user", "failed", False, True),
        ("rcpt", "550 no such user", "failed", False, True),
        ("rcpt", "554 5.7.1 policy", "failed", False, False),
        ("rcpt", "450 4.7.1 greylisted", "deferred", False, False),
        ("rcpt", "452 4.2.2 mailbox full", "deferred", False, False),
        ("mail", "550 5.1.8 sender unknown", "deferred", True, False),
        ("auth", "535 5.7.8 bad password", "deferred", True, False),
        ("auth", "454 4.7.0 try later", "deferred", True, False),
        ("dot", "554 5.6.0 looks like spam", "failed", False, False),
        ("data", "503 5.5.1 no valid recipients", "failed", False, False),
    ],
)
def test_an_answer_blames_the_message_or_the_mailbox(stage: str, reply: str, status: str, stops: bool, bounced: bool) -> None:
    with scripted(stage, "550", reply) as server:
        result = sender_to(server).send(outgoing(), lambda: None)
    assert (result.status, result.stops_mailbox, result.bounced) == (status, stops, bounced)
    assert reply.split(" ", 1)[1] in result.reason


def test_a_server_that_is_not_there_leaves_the_list_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = SmtpSender(SmtpSettings(port=port, security="none")).send(outgoing(), lambda: None)
    assert (result.status, result.stops_mailbox) == ("deferred", True)


def test_a_server_without_starttls_is_not_trusted_with_the_mail() -> None:
    with scripted() as server:
        settings = SmtpSettings(port=server.port, security="starttls", timeout_seconds=1)
        result = SmtpSender(settings).send(outgoing(), lambda: None)
    assert result.stops_mailbox
    assert "STARTTLS" in result.reason
    assert server.accepted == []


@pytest.mark.parametrize("reply", ["454 4.7.0 TLS not available", "220 go ahead"])
def test_a_broken_starttls_sends_nothing_and_leaves_the_list_alone(reply: str) -> None:
    """It is refused, or agreed to and then not spoken."""
    said: list[str] = []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 plain\r\n")
            for raw in lines:
                said.append(raw.decode("ascii", "replace").strip())
                if said[-1].startswith("STARTTLS"):
                    connection.sendall(f"{reply}\r\n".encode())
                    if reply.startswith("220"):
                        connection.sendall(b"this is no handshake\r\n")
                        return
                else:
                    connection.sendall(b"250-plain\r\n250 STARTTLS\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        settings = SmtpSettings(port=listener.getsockname()[1], security="starttls", timeout_seconds=5)
        result = SmtpSender(settings).send(outgoing(), lambda: pytest.fail("nothing may be committed"))
    assert (result.status, result.stops_mailbox) == ("deferred", True)
    assert not any(command.startswith(("MAIL", "AUTH")) for command in said)


@pytest.mark.parametrize("reply", ["450 4.7.1 greylisted, come back in 5 minutes", "452 4.2.2 mailbox full"])
def test_a_message_put_off_by_the_receiver_is_sent_once_later_under_the_same_message_id(workbench: Workbench, reply: str) -> None:
    released(workbench, 1)
    with scripted("rcpt", "451", reply) as server:
        delivery = service(workbench, SmtpSender(SmtpSettings(port=server.port, security="none")))
        delivery.queue("spring")
        [before] = rows(workbench.record)
        assert delivery.send().deferred == 1
        [waiting] = rows(workbench.record)
        assert (waiting["state"], waiting["handed_at"], reply[4:] in waiting["last_error"]) == ("deferred", None, True)
        assert delivery.send().sent == 0, "not before the wait is over"
        workbench.clock.sleep((waiting["due_at"] - workbench.clock.now()).total_seconds() + 1)
        assert delivery.send().sent == 1
    [content] = server.accepted
    assert str(message_from_bytes(content)["Message-ID"]) == before["rfc_message_id"]
    assert delivery.send().sent == 0
