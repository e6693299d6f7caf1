"""What the doctor says of mail: may this folder send, from whom, and do the servers answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery import fencing
from gtm_pipelines.delivery.sandbox.world import World
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.launch.findings import Finding
from gtm_pipelines.launch.mail_probe import imap_answers, smtp_answers
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.record.migrate import is_current
from gtm_pipelines.settings import MailboxSettings, Settings, resolve_secret


def mailboxes(settings: Settings, clock: Clock, *, connect: bool) -> Iterator[Finding]:
    """Look at every mailbox, the sandbox, and whether this data folder may send."""
    if not settings.mailboxes:
        yield Finding("mailboxes", "warn", "There is no mailbox.", "Add a [[mailboxes]] table to gtm.toml.")
    for mailbox in settings.mailboxes:
        yield from _mailbox(mailbox, connect=connect)
    yield from _sandbox(settings, clock)
    yield from _fence(settings)


def _mailbox(mailbox: MailboxSettings, *, connect: bool) -> Iterator[Finding]:
    subject, told = f"mailbox {mailbox.name}", f"{mailbox.address}, sends by {mailbox.sender}, reads by {mailbox.collector}."
    faults = list(_faults(mailbox, connect=connect))
    yield from (Finding(subject, "fail", wrong, remedy) for wrong, remedy in faults)
    if faults:
        return
    if mailbox.sender != "sandbox" and not mailbox.public_url:
        yield Finding(subject, "warn", f"{told} No one-click unsubscribe.", "Set public_url to an https address of the service.")
    else:
        yield Finding(subject, "ok", told)


def _faults(mailbox: MailboxSettings, *, connect: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a mailbox and how to mend it."""
    if not mailbox.postal_address:
        yield "It has no postal address; nothing is sent without one.", "Set postal_address in its [[mailboxes]] table."
    parts: list[tuple[str, str | None, Callable[[MailboxSettings], str | None]]] = []
    if mailbox.sender == "smtp":
        parts.append(("SMTP", mailbox.smtp.password, smtp_answers))
    if mailbox.collector == "imap":
        parts.append(("IMAP", mailbox.imap.password, imap_answers))
    for name, secret, answers in parts:
        try:
            if secret:
                resolve_secret(secret)
            wrong = answers(mailbox) if connect else None
        except SettingsError as error:
            yield f"Its {name} password cannot be found.", str(error)
            continue
        if wrong:
            yield f"{name} does not let it in: {wrong}", "Correct host, port, security, username or password in gtm.toml."


def _sandbox(settings: Settings, clock: Clock) -> Iterator[Finding]:
    if not any(mailbox.sender == "sandbox" for mailbox in settings.mailboxes):
        return
    if not Path(settings.sandbox_path).is_dir():
        yield Finding("sandbox", "ok", "Nothing was sent through it yet.")
        return
    counted = World(settings.sandbox_path, settings.sandbox, clock.now).count()
    if counted.duplicates:
        told = f"Its server took {counted.duplicates} of {counted.accepted} mails more than once."
        yield Finding("sandbox", "fail", told, "This must never happen: keep the data folder and report it.")
    else:
        yield Finding("sandbox", "ok", f"Its server took {counted.accepted} mails, none twice.")


def _fence(settings: Settings) -> Iterator[Finding]:
    """Say whether this data folder may send; silent where there is no record to ask."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        return
    password = resolve_secret(settings.record_password) if settings.record_password else None
    record = open_record(settings.database_url, settings.workspace, password=password)
    try:
        if not is_current(record):
            return
        with record.read() as connection:
            allowed = fencing.allows(connection, record.workspace_id, settings.home_path)
    except sa.exc.SQLAlchemyError:
        return  # the record's own finding says that it does not answer
    finally:
        record.close()
    if allowed:
        yield Finding("sending", "ok", "This data folder may send.")
    else:
        told = "This data folder is a copy or was restored, so it does not send."
        yield Finding("sending", "warn", told, "Make sure that the other one has stopped for good, then run 'gtm adopt'.")
