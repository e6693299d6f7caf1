"""From a row of the record to a draft as a reviewer sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gtm_pipelines.campaigns.model import content_hash, mailbox_policy
from gtm_pipelines.review.model import DraftView
from gtm_pipelines.settings import MailboxSettings

_NOTE = re.compile(r"(?<![^\W_])(?:notes?|comments?|remarks?)(?![^\W_])|примечани|комментари|заметк", re.I)
Mailboxes = Mapping[str, MailboxSettings]


def hash_now(row: Mapping[Any, Any], mailboxes: Mailboxes) -> str | None:
    """Return the hash of a draft's text under the mailbox as it is configured now; ``None`` if it is not."""
    mailbox = mailboxes.get(row["mailbox"])
    if mailbox is None:
        return None
    return content_hash(row["subject"], row["body"], row["recipient"] or "", mailbox_policy(mailbox))


def holds(row: Mapping[Any, Any], mailboxes: Mailboxes) -> bool:
    """Tell whether the latest decision approves exactly what would be sent now."""
    if row["status"] != "approved" or row["decision_kind"] != "approve":
        return False
    return bool(row["decided_hash"] == row["content_hash"] == hash_now(row, mailboxes))


def view_of(row: Mapping[Any, Any], mailboxes: Mailboxes) -> DraftView:
    """Build the view of one draft."""
    person, firm = row["snapshot"].get("contact", {}), row["snapshot"].get("company", {})
    name = person.get("full_name") or " ".join(p for p in (person.get("first_name"), person.get("last_name")) if p)
    same = ("id", "campaign_id", "target_id", "contact_id", "step", "variant", "language", "drafter", "status", "subject", "body")
    more = ("content_hash", "author", "recipient", "mailbox", "target_status", "target_reason", "message_state", "updated_at")
    decided = row["decision_kind"] in ("approve", "reject")
    return DraftView(
        **{key: row[key] for key in same + more},
        recommended=row["variant"] == row["recommended_variant"],
        revision=row["current_revision"],
        warnings=tuple(row["warnings"]),
        contact_name=name or None,
        position=person.get("position"),
        company_name=firm.get("name") or person.get("company_name"),
        decided_by=row["decided_by"] if decided else None,
        decided_at=row["decided_at"] if decided else None,
        decision_reason=row["decision_reason"] if decided else None,
        approval_holds=holds(row, mailboxes),
        notes=notes_of(row["attributes"]),
    )


def notes_of(attributes: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return what people wrote about a contact in columns of their lists that are called notes, comments or the like."""
    found = (str(value).strip() for name, value in (attributes or {}).items() if value and _NOTE.search(name))
    return tuple(text for text in found if text)
