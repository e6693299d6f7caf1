"""Senders over vendors' HTTP interfaces: those that come with the workbench, and those that other packages add.

Another package adds its own by an entry point of the group ``gtm.senders``: its name is what a mailbox
names as its ``sender``, its value a callable that takes the mailbox, the resolved key (or ``None``) and the clock,
and returns a ``Sender``.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings import MailboxSettings, resolve_secret

if TYPE_CHECKING:
    from gtm_pipelines.delivery.model import Sender
    from gtm_pipelines.delivery.senders.http import Vendor

GROUP = "gtm.senders"
BUILT_IN = ("resend", "sendgrid", "instantly", "smartlead")


def vendor_sender(mailbox: MailboxSettings, clock: Clock) -> Sender:
    """Return what hands a mailbox's messages to its vendor, without connecting.

    Raises:
        SettingsError: there is no such sender, its key is missing, or it has no campaign to hand mail to.
    """
    name = mailbox.sender
    if name == "leadmagic":
        raise SettingsError(
            f"Mailbox '{mailbox.name}' has sender 'leadmagic', which finds and verifies addresses: its API sends no mail. "
            "Use it under [enrichment.sources], and choose another sender."
        )
    secret = mailbox.api.key
    if name in BUILT_IN:
        from gtm_pipelines.delivery.senders.http import HttpSender

        if secret is None:
            raise SettingsError(f"Mailbox '{mailbox.name}' has sender '{name}' and no key. Name one in api.key, as 'env:NAME'.")
        return HttpSender(_vendor(mailbox), mailbox.api, key=resolve_secret(secret), clock=clock)
    for point in entry_points(group=GROUP, name=name):
        made: Sender = point.load()(mailbox, resolve_secret(secret) if secret else None, clock)
        return made
    known = ", ".join(("sandbox", "smtp", *BUILT_IN))
    raise SettingsError(f"Mailbox '{mailbox.name}' has sender '{name}'. Choose one of: {known}.")


def _vendor(mailbox: MailboxSettings) -> Vendor:
    from gtm_pipelines.delivery.senders.instantly import Instantly
    from gtm_pipelines.delivery.senders.resend import Resend
    from gtm_pipelines.delivery.senders.sendgrid import SendGrid
    from gtm_pipelines.delivery.senders.smartlead import Smartlead

    if mailbox.sender in ("resend", "sendgrid"):
        return Resend() if mailbox.sender == "resend" else SendGrid()
    if not mailbox.api.campaigns:
        raise SettingsError(
            f"Mailbox '{mailbox.name}' hands mail to {mailbox.sender}, which sends from campaigns of its own. "
            "Name them in api.campaigns: one for the first mail of a sequence, one for the second, and so on."
        )
    return (Instantly if mailbox.sender == "instantly" else Smartlead)(mailbox.api.campaigns)
