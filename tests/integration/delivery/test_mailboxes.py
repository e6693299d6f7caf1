"""Mailboxes are listed with their health, checked against a name server of our own, paused and resumed."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.delivery.domains import Check, check_domain, resolver
from gtm_pipelines.delivery.echo import as_received, mail_to_self
from gtm_pipelines.delivery.model import Outgoing
from gtm_pipelines.delivery.senders.smtp import SmtpSender
from gtm_pipelines.errors import NotFoundError, SettingsError
from gtm_pipelines.settings import ApiSettings, ImapSettings, MailboxSettings, Settings, SmtpSettings
from gtm_pipelines.wiring import adapters, checking
from gtm_pipelines.workbench import Workbench
from tests.delivery_parts import released
from tests.dns_parts import name_server
from tests.integration.delivery.scripted import scripted

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
LONG_KEY = base64.b64encode(b"\x30" * 294).decode()
SHORT_KEY = base64.b64encode(b"\x30" * 162).decode()
MAILBOX = MailboxSettings(
    name="anna", address="anna@sender.example", postal_address="1 Street", public_url="https://u.example", sender="smtp"
)


def txt(text: str) -> list[str]:
    return [" ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))]


GOOD = {
    "sender.example": {"MX": ["10 mail.sender.example."], "TXT": txt("v=spf1 include:spf.vendor.example ~all")},
    "spf.vendor.example": {"TXT": txt("v=spf1 ip4:192.0.2.0/24 -all")},
    "mail.sender.example": {"A": ["192.0.2.1"]},
    "google._domainkey.sender.example": {"TXT": txt(f"v=DKIM1; k=rsa; p={LONG_KEY}")},
    "_dmarc.sender.example": {"TXT": txt("v=DMARC1; p=none; rua=mailto:dmarc@sender.example")},
}


def checks(zone: dict[str, dict[str, list[str]]], mailbox: MailboxSettings = MAILBOX, **more: set[str]) -> dict[str, Check]:
    with name_server(zone, **more) as server:
        return {one.name: one for one in check_domain(mailbox, resolver([server.address], 0.5))}


def changed(**names: dict[str, list[str]]) -> dict[str, dict[str, list[str]]]:
    return GOOD | {name.replace("__", "."): kinds for name, kinds in names.items()}


def test_a_domain_that_is_fit_to_send_passes_every_check() -> None:
    found = checks(GOOD)
    assert {name: one.state for name, one in found.items()} == dict.fromkeys(("mx", "spf", "dkim", "dmarc", "one_click"), "ok")
    assert "1 of 10 look-ups" in found["spf"].told


@pytest.mark.parametrize(
    ("name", "zone", "state", "words"),
    [
        ("mx", GOOD | {"sender.example": {"TXT": GOOD["sender.example"]["TXT"]}}, "fail", "takes no mail"),
        ("mx", GOOD | {"sender.example": {"MX": ["0 ."], "TXT": GOOD["sender.example"]["TXT"]}}, "fail", "takes no mail"),
        ("spf", GOOD | {"sender.example": {"MX": ["10 mail.sender.example."]}}, "fail", "missing or wrong"),
        ("spf", GOOD | {"sender.example": {"TXT": [*txt("v=spf1 -all"), *txt("v=spf1 ~all")]}}, "fail", "missing or wrong"),
        ("spf", GOOD | {"sender.example": {"TXT": txt("v=spf1 ip4:192.0.2.1 +all")}}, "warn", "anybody"),
        ("dkim", {k: v for k, v in GOOD.items() if "_domainkey" not in k}, "warn", "No DKIM key"),
        ("dkim", GOOD | {"google._domainkey.sender.example": {"TXT": txt(f"k=rsa; p={SHORT_KEY}")}}, "warn", "short"),
        ("dkim", GOOD | {"google._domainkey.sender.example": {"TXT": txt("v=DKIM1; p=")}}, "fail", "revoked"),
        ("dkim", GOOD | {"google._domainkey.sender.example": {"TXT": txt("v=DKIM1; p=***")}}, "fail", "cannot be read"),
        ("dmarc", {k: v for k, v in GOOD.items() if "_dmarc" not in k}, "fail", "missing or wrong"),
        ("dmarc", GOOD | {"_dmarc.sender.example": {"TXT": txt("v=DMARC1; p=sometimes")}}, "fail", "missing or wrong"),
    ],
)
def test_each_fault_of_a_domain_is_told_with_what_to_do(
    name: str, zone: dict[str, dict[str, list[str]]], state: str, words: str
) -> None:
    found = checks(zone)[name]
    assert (found.state, words in found.told, bool(found.fix)) == (state, True, True), found


def test_silence_is_no_verdict() -> None:
    found = checks(GOOD, silent=set(GOOD) | {f"{one}._domainkey.sender.example" for one in MAILBOX.dkim_selectors})
    assert {found[name].state for name in ("mx", "spf", "dkim", "dmarc")} == {"unknown"}


def test_unsubscribing_by_one_click_wants_https() -> None:
    states = [
        checks(GOOD, MAILBOX.model_copy(update={"public_url": url}))["one_click"].state for url in (None, "http://u.example")
    ]
    assert states == ["warn", "fail"]


def test_what_was_found_is_kept_and_shown(workbench: Workbench) -> None:
    released(workbench, 2)
    workbench.delivery.queue("spring")
    workbench.delivery.send()
    assert {one.name: one.worst for one in workbench.mailboxes.list()} == {"anna": "unknown", "ben": "unknown"}
    assert sum(one.day for one in workbench.mailboxes.list()) == 2
    workbench.mailboxes._domain = lambda _mailbox: [Check("spf", "fail", "No SPF.", "Publish one.")]
    workbench.mailboxes._servers = lambda _mailbox: [Check("sending", "ok", "Let in.")]
    workbench.mailboxes.check("anna")
    workbench.mailboxes.test("anna")
    shown = workbench.mailboxes.show("anna")
    assert (shown.worst, set(shown.checks), shown.checked_at) == ("fail", {"spf", "sending"}, workbench.clock.now())
    assert shown.checks["spf"]["fix"] == "Publish one."
    with pytest.raises(NotFoundError, match="known: anna, ben"):
        workbench.mailboxes.show("nobody")


def test_the_commands_list_pause_and_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gtm.toml").write_text(f'home = "{tmp_path}/home"\n', "utf-8")
    monkeypatch.setenv("GTM_CONFIG", str(tmp_path / "gtm.toml"))

    def run(*words: str, code: int = 0) -> object:
        done = CliRunner().invoke(gtm, ["mailbox", *words, "--json"])
        assert done.exit_code == code, (done.output, done.exception)
        return json.loads(done.stdout)

    assert [one["status"] for one in run("list")] == ["working", "working"]  # type: ignore[attr-defined]
    assert run("pause", "anna", "--by", "eve", "--reason", "holiday") == {"mailbox": "anna", "status": "paused", "new": True}
    shown = run("show", "anna")
    assert (shown["status"], shown["reason"], shown["code"]) == ("paused", "holiday", "person")  # type: ignore[index]
    assert run("resume", "anna", "--by", "eve") == {"mailbox": "anna", "status": "working", "new": True}
    assert run("check", "anna")[0]["state"] == "ok"  # type: ignore[index]
    assert run("test", "anna", "--send")[-1]["name"] == "test_mail"  # type: ignore[index]
    assert "What" not in CliRunner().invoke(gtm, ["mailbox", "list"]).output
    assert run("list")[0]["day"] == 0, "a test mail is counted nowhere"  # type: ignore[index]


@pytest.mark.parametrize(
    ("sender", "api", "words"),
    [
        ("leadmagic", ApiSettings(), "sends no mail"),
        ("resend", ApiSettings(), "no key"),
        ("instantly", ApiSettings(key="env:VENDOR_KEY"), "campaigns of its own"),
        ("pigeon", ApiSettings(), "Choose one of: sandbox, smtp, resend"),
    ],
)
def test_a_sender_that_cannot_send_says_why(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, sender: str, api: ApiSettings, words: str
) -> None:
    monkeypatch.setenv("VENDOR_KEY", "k")
    with pytest.raises(SettingsError, match=words):
        adapters.sender(settings, MAILBOX.model_copy(update={"sender": sender, "api": api}), VirtualClock(NOW))


@pytest.mark.parametrize(("reply", "state"), [("235 2.7.0 ok", "ok"), ("535 5.7.8 bad", "fail")])
def test_a_connection_is_tested_without_sending(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, reply: str, state: str
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "secret")
    with scripted("auth", "550", reply) as server:
        smtp = SmtpSettings(port=server.port, security="none", username="anna", password="env:MAIL_PASSWORD")
        [found] = checking.servers(
            settings, MAILBOX.model_copy(update={"smtp": smtp, "collector": "none"}), clock=VirtualClock(NOW)
        )
    assert (found.state, server.accepted) == (state, [])
    assert not any(command.startswith("MAIL") for command in server.commands)


@contextmanager
def oauth_server(good: str) -> Iterator[int]:
    """A server that speaks SMTP on one connection and IMAP on the next, both by XOAUTH2 alone."""
    listener = socket.create_server(("127.0.0.1", 0))

    def shown(line: str) -> bool:
        return base64.b64decode(line.split()[-1]).decode() == f"user=anna@sender.example\x01auth=Bearer {good}\x01\x01"

    def smtp(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 oauth\r\n")
            for raw in lines:
                line = raw.decode().strip()
                if line.startswith("EHLO"):
                    connection.sendall(b"250-oauth\r\n250 AUTH XOAUTH2\r\n")
                elif line.startswith("AUTH"):
                    connection.sendall(b"235 2.7.0 ok\r\n" if shown(line) else b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
                elif not line:
                    connection.sendall(b"535 5.7.8 token expired\r\n")
                else:
                    connection.sendall(b"250 ok\r\n")

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=smtp, args=(connection,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


@pytest.mark.parametrize(("token", "let_in"), [("fresh", True), ("stale", False)])
def test_a_token_logs_in_by_xoauth2_and_an_expired_one_is_told_of(token: str, let_in: bool) -> None:
    with oauth_server("fresh") as port:
        sender = SmtpSender(SmtpSettings(port=port, security="none", username="anna@sender.example"), token=token)
        result = sender.probe()
    assert (result.status == "sent", result.authentication) == (let_in, not let_in)
    if not let_in:
        assert "token" in result.reason
        assert token not in result.reason


@pytest.mark.parametrize(("token", "state"), [("fresh", "ok"), ("stale", "fail")])
def test_imap_is_logged_into_by_a_token_too(monkeypatch: pytest.MonkeyPatch, token: str, state: str) -> None:
    monkeypatch.setenv("OAUTH", token)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* OK ready\r\n")
            for raw in lines:
                tag, _, rest = raw.decode().strip().partition(" ")
                if rest.startswith("CAPABILITY"):
                    connection.sendall(f"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n{tag} OK done\r\n".encode())
                elif rest.startswith("AUTHENTICATE XOAUTH2"):
                    connection.sendall(b"+ \r\n")
                    said = base64.b64decode(lines.readline()).decode()
                    good = said == "user=anna@sender.example\x01auth=Bearer fresh\x01\x01"
                    connection.sendall(f"{tag} {'OK' if good else 'NO'} done\r\n".encode())
                else:
                    connection.sendall(f"* BYE\r\n{tag} OK done\r\n".encode())

    threading.Thread(target=serve, daemon=True).start()
    imap = ImapSettings(port=listener.getsockname()[1], security="none", token="env:OAUTH")
    found = checking._incoming(MAILBOX.model_copy(update={"imap": imap, "collector": "imap"}))
    listener.close()
    assert found.state == state, found


@pytest.fixture(scope="module")
def key() -> tuple[bytes, str]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, base64.b64encode(public).decode()


def signed(mail: Outgoing, private: bytes, *, domain: str = "sender.example", headers: list[bytes] | None = None) -> bytes:
    import dkim

    names = headers or [b"from", b"subject", b"list-unsubscribe", b"list-unsubscribe-post"]
    signature: bytes = dkim.sign(mail.content, b"google", domain.encode(), private, include_headers=names)
    return signature + mail.content


def test_a_test_mail_goes_to_oneself_only_and_is_judged_as_it_arrived(key: tuple[bytes, str]) -> None:
    mail = mail_to_self(MAILBOX, NOW)
    assert (mail.recipient, mail.sender) == (MAILBOX.address, MAILBOX.address)
    assert b"Subject: [TEST] anna" in mail.content
    private, public = key

    def dns(name: bytes | str, timeout: float = 5) -> bytes:
        return f"v=DKIM1; k=rsa; p={public}".encode()

    def verdicts(raw: bytes) -> dict[str, str]:
        return {one.name: one.state for one in as_received(mail, raw, MAILBOX, dns)}

    whole = signed(mail, private)
    assert verdicts(whole) == {"headers": "ok", "signature": "ok"}
    assert verdicts(whole.replace(b"[TEST]", b"[SPAM] [TEST]")) == {"headers": "fail", "signature": "fail"}
    assert verdicts(mail.content) == {"headers": "ok", "signature": "fail"}
    assert verdicts(signed(mail, private, domain="vendor.example"))["signature"] == "warn"
    assert verdicts(signed(mail, private, headers=[b"from", b"subject"]))["signature"] == "warn"
    assert verdicts(whole.replace(b"List-Unsubscribe-Post:", b"X-Removed:"))["headers"] == "fail"
