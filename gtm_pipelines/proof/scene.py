"""Set the scene of a proof: a workbench in a folder of its own with a released campaign in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench

CAMPAIGN = "Proof"
PERSON = "person:proof"
_FILTER = {"all": [{"field": "contact.email", "op": "is_not_empty"}]}
_SETTINGS = """\
home = "{home}"
record_url = "{record_url}"
workspace = "default"
log_level = "error"

[delivery]
contact_gap_days = 0
attempts = 50
backoff_seconds = 0.05
"""
_MAILBOX = """
[[mailboxes]]
name = "{name}"
address = "{name}@sender.example"
display_name = "Proof"
sender = "smtp"
collector = "none"
postal_address = "1 Proof Street, Prooftown"
hourly_cap = 1000000
daily_cap = 1000000
minimum_gap_seconds = 0
window = {{ start = "00:00:00", end = "23:59:59", weekdays = [0, 1, 2, 3, 4, 5, 6] }}

[mailboxes.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
timeout_seconds = 10
"""


def write_settings(folder: Path, port: int, record_url: str | None, mailboxes: int = 1) -> Path:
    """Write the settings of a proof and return their path.

    Args:
        folder: where everything of the proof lies.
        port: where the sink listens.
        record_url: the record to use; SQLite in ``folder`` if absent.
        mailboxes: how many there are.
    """
    path = folder / "gtm.toml"
    home = folder / "home"
    text = _SETTINGS.format(home=home, record_url=record_url or f"sqlite:///{home / 'record.sqlite'}")
    text += "".join(_MAILBOX.format(name=f"proof{number}", port=port) for number in range(1, mailboxes + 1))
    path.write_text(text, "utf-8")
    return path


def prepare(settings_file: Path, messages: int) -> Workbench:
    """Import contacts, draft, approve, release and queue a campaign of ``messages`` mails.

    Raises:
        GtmError: a step failed; the text says which.
    """
    bench = open_workbench(load_settings(**tomllib.loads(settings_file.read_text("utf-8"))))
    contacts = settings_file.with_name("contacts.csv")
    lines = [f"person{n}@firm{n}.example,Person{n},Firm {n} Ltd" for n in range(messages)]
    contacts.write_text("\n".join(["email,first name,company", *lines, ""]), "utf-8")
    bench.intake.import_file(contacts, "contact")
    # Without any entry no message would need to be looked up.
    bench.suppressions.add("address", "nobody@elsewhere.example", reason="asked", source="proof")
    bench.segments.save(CAMPAIGN, _FILTER, by=PERSON)
    boxes = [mailbox.name for mailbox in bench.settings.mailboxes]
    bench.campaigns.create(CAMPAIGN, segment=CAMPAIGN, pack="cold-email", mailboxes=boxes, variants=["direct"], by=PERSON)
    bench.drafting.draft(CAMPAIGN)
    bench.review.approve_recommended(CAMPAIGN, by=PERSON)
    bench.campaigns.release(CAMPAIGN, by=PERSON)
    bench.delivery.queue(CAMPAIGN)
    return bench
