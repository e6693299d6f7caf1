"""What Instantly and Smartlead have in common: a mail is handed over as a lead of one of the vendor's own campaigns.

The vendor's campaign holds one step whose subject is ``{{gtm_subject}}`` and whose text is
``{{gtm_body}}``; it leaves when that campaign's own schedule says. The campaign admits an address
once, so a repeated request makes no second mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm_pipelines.delivery.model import Outgoing
from gtm_pipelines.delivery.senders.letters import Parts

ARGUMENT = "gtm_message"
ELSEWHERE = "The person is in that campaign of {vendor} already, with another mail. Use a campaign of its own for this one."


def variables(outgoing: Outgoing, letter: Parts) -> dict[str, str]:
    """Return the custom fields that carry the mail and name it."""
    return {ARGUMENT: outgoing.message_id, "gtm_subject": letter.subject, "gtm_body": letter.text}


def campaign_for(letter: Parts, campaigns: Sequence[str], vendor: str) -> tuple[str | None, str | None]:
    """Return the vendor's campaign for a mail, or why there is none: the first mail goes to the first, and so on."""
    if letter.mail <= len(campaigns):
        return campaigns[letter.mail - 1], None
    return None, (
        f"{vendor} sends mail {letter.mail} of a sequence from a campaign of its own. "
        f"Name it in [mailboxes.api] campaigns; {len(campaigns)} are named."
    )


def names_us(fields: object, message_id: str) -> bool | None:
    """Tell whether custom fields name our message; ``None`` where they name none."""
    named = fields.get(ARGUMENT) if isinstance(fields, Mapping) else None
    return None if named is None else named == message_id
