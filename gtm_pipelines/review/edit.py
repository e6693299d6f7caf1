"""Save a person's edit: a new revision beside the old ones, and no approval left standing."""

from __future__ import annotations

from gtm_pipelines.campaigns.model import content_hash, mailbox_policy
from gtm_pipelines.errors import ConflictError, SettingsError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import reviews
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.review.decide import Desk, write
from gtm_pipelines.review.model import DraftView, StaleRevision, Text


def save_edit(desk: Desk, held: DraftView, text: Text, seen_revision: int) -> None:
    """Write the revision, void a decision, and move the draft on, in the desk's transaction.

    Raises:
        StaleRevision: ``held`` is not at the revision the person started from.
        ConflictError: a message was already queued from the draft.
        SettingsError: the draft's mailbox is no longer configured.
    """
    if text == Text(held.subject, held.body):
        return
    if held.revision != seen_revision:
        raise StaleRevision(held, text, seen_revision)
    if held.message_state is not None:
        raise ConflictError(f"The message is already {held.message_state}; its text cannot be changed any more.")
    mailbox = desk.mailboxes.get(held.mailbox)
    if mailbox is None:
        raise SettingsError(f"Mailbox '{held.mailbox}' is not configured. Add it to gtm.toml again.")
    named = content_hash(text.subject, text.body, held.recipient or "", mailbox_policy(mailbox))
    if held.status != "drafted":
        decided = {"id": held.id, "current_revision": held.revision}
        write(desk, [(decided, "void", held.content_hash, "the text was edited")])
    number = held.revision + 1
    _add_revision(desk, held, text, number, named)
    values = {"status": "drafted", "current_revision": number, "content_hash": named, "updated_at": desk.at}
    values["warnings"] = _warnings(text, mailbox.postal_address)
    reviews.set_content(desk.connection, desk.workspace_id, held.id, values)
    if desk.checks:
        desk.checks.ensure(desk.connection, [held.id], desk.at)


def _add_revision(desk: Desk, held: DraftView, text: Text, number: int, named: str) -> None:
    row = {"id": new_id(), "workspace_id": desk.workspace_id, "draft_id": held.id, "number": number, "created_at": desk.at}
    content = {"subject": text.subject, "body": text.body, "content_hash": named, "author": desk.by, "reason": "edit"}
    reviews.add_revision(desk.connection, row | content)
    add_audit(
        desk.connection,
        desk.workspace_id,
        actor=desk.by,
        action="draft.edit",
        subject_type="draft",
        subject_id=held.id,
        at=desk.at,
        detail={"revision": number, "content_hash": named},
    )


def _warnings(text: Text, postal_address: str) -> list[dict[str, str]]:
    """A person's text replaces the drafter's warnings; what would stop its approval is said at once."""
    address = " ".join(postal_address.split())
    if address and address in " ".join(text.body.split()):
        return []
    return [{"rule": "footer.postal_address", "text": "the sender's postal address is missing; it cannot be approved so"}]
