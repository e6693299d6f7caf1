"""The mail laboratory: a real Postfix and Dovecot on loopback, started for a test and gone after it.

``good.test`` accepts; ``bad.test`` refuses with 550 5.1.1; ``soft.test`` defers with 452
4.2.2 until Postfix gives up after twenty seconds; ``client.test`` and ``sender.test`` have
mailboxes, read over IMAP.
"""

from __future__ import annotations

import email
import imaplib
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from tests.parts import SHARED, missing_part

SMTP_PORT, IMAPS_PORT = 2587, 10993
PASSWORD = "secret"
_PACKAGES = "postfix dovecot-imapd dovecot-lmtpd dovecot-sieve swaks"
_VACATION = """require ["editheader", "vacation"];
# A real Sieve vacation never answers mail that carries List-* headers, and ours does.
deleteheader "List-Unsubscribe";
deleteheader "List-Unsubscribe-Post";
vacation :days 1 :subject "Автоматический ответ: я в отпуске" :from "{address}" :addresses ["{address}"]
"Здравствуйте! Я в отпуске до {until}.";
"""


@dataclass(frozen=True)
class Lab:
    """A running laboratory with its files in ``folder``."""

    folder: Path

    @property
    def ca_file(self) -> Path:
        return self.folder / "cert.pem"

    def on_vacation(self, address: str, until: str = "12 января") -> None:
        """Give a client's mailbox a Sieve script that answers for its owner."""
        home = self.folder / "mail" / address
        home.mkdir(parents=True, exist_ok=True)
        (home / ".dovecot.sieve").write_text(_VACATION.format(address=address, until=until), "utf-8")
        for path in (home, home / ".dovecot.sieve"):
            shutil.chown(path, "mailtest", "mailtest")

    def back(self, address: str) -> None:
        """Take the script away: the owner has come back."""
        (self.folder / "mail" / address / ".dovecot.sieve").unlink()

    def close_down(self) -> None:
        """Let good.test refuse everybody from now on, as a firm does that is no more."""
        config = self.folder / "pf" / "etc" / "main.cf"
        config.write_text(config.read_text().replace("good.test = smtp:[127.0.0.1]:2525", "good.test = smtp:[127.0.0.1]:2526"))
        subprocess.run(["/usr/sbin/postfix", "-c", str(config.parent), "reload"], check=True, cwd="/", capture_output=True)

    def accepted(self) -> int:
        """How many mails the server of good.test has taken."""
        return len(list((self.folder / "sink").iterdir()))

    def inbox(self, address: str) -> list[EmailMessage]:
        """Read a client's inbox over IMAP."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        with imaplib.IMAP4_SSL("127.0.0.1", IMAPS_PORT, ssl_context=context) as imap:
            imap.login(address, PASSWORD)
            imap.select("INBOX", readonly=True)
            uids = imap.uid("SEARCH", "ALL")[1][0].split()
            mails = [imap.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in uids]
        return [email.message_from_bytes(raw, EmailMessage, policy=policy.default) for raw in mails]

    def answer(self, address: str, words: str) -> None:
        """Answer the one mail in a client's inbox, as a mail program does: over SMTP, quoting it."""
        [received] = self.inbox(address)
        reply = EmailMessage()
        reply["From"], reply["To"], reply["Subject"] = address, received["From"], f"Re: {received['Subject']}"
        reply["In-Reply-To"] = reply["References"] = received["Message-ID"]
        reply["Message-ID"], reply["Date"] = make_msgid(domain="client.test"), formatdate()
        quoted = "\n".join(f"> {line}" for line in received.get_content().splitlines())
        reply.set_content(f"{words}\n\nOn Mon, 2 Mar 2026 at 10:00, Rep <rep@sender.test> wrote:\n{quoted}\n")
        with smtplib.SMTP("127.0.0.1", SMTP_PORT) as smtp:
            smtp.send_message(reply)


@contextmanager
def running_lab() -> Iterator[Lab]:
    """Start the laboratory; it needs root for Postfix's master, and its two ports."""
    scripts = SHARED / "mail-lab"
    if not (scripts / "up.sh").exists():
        missing_part("The mail laboratory", "It is not part of the project; tests that need it run in CI.")
    missing = [name for name in ("postfix", "dovecot", "smtp-sink") if not shutil.which(name, path="/usr/sbin:/usr/bin")]
    if missing or not Path("/usr/lib/dovecot/lmtp").exists():
        missing_part("Postfix and Dovecot", f"apt-get install -y --no-install-recommends {_PACKAGES}")
    if os.geteuid() != 0:
        missing_part("The right to start Postfix", "Run this test as root.")
    folder = Path(tempfile.mkdtemp(prefix="gtm-lab-", dir="/tmp"))
    environment = {**os.environ, "B": str(folder), "PATH": f"/usr/sbin:{os.environ['PATH']}"}
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": "/"}
    try:
        subprocess.run(["bash", str(scripts / "up.sh")], **quiet)
        _let_scripts_edit_headers(folder)
        for port in (SMTP_PORT, IMAPS_PORT):
            _await_port(port)
        yield Lab(folder)
    finally:
        subprocess.run(["bash", str(scripts / "down.sh"), "clean"], **quiet)


def _let_scripts_edit_headers(folder: Path) -> None:
    config = folder / "dovecot.conf"
    text = config.read_text()
    config.write_text(
        text.replace("  sieve_vacation_min_period", "  sieve_extensions = +editheader\n  sieve_vacation_min_period")
    )
    subprocess.run(["su", "mailtest", "-c", f"doveadm -c {config} reload"], check=True, cwd="/")


def _await_port(port: int) -> None:
    for _ in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The mail laboratory did not open port {port}.")
