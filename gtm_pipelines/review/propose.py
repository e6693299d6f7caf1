"""Put another text beside a draft, for a person to keep or to drop. Nothing of the draft changes."""

from __future__ import annotations

from gtm_pipelines.errors import ConflictError, InputError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import writing
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.review.decide import Desk
from gtm_pipelines.review.model import DraftView, StaleRevision, Text

LONGEST_REASON = 600


def put(desk: Desk, held: DraftView, text: Text, seen_revision: int, why: str) -> str:
    """Write the proposal down and return its id; it stands among the instructions of the campaign.

    Raises:
        InputError: no reason is given, or the text is the draft's own.
        StaleRevision: ``held`` is not at the revision the proposal starts from.
        ConflictError: a message was already queued from the draft.
    """
    told = " ".join(why.split())
    if not told or len(told) > LONGEST_REASON:
        raise InputError(f"Say why the text is better, in at most {LONGEST_REASON} characters.")
    if text == Text(held.subject, held.body):
        raise InputError("That is the draft's own text; a proposal changes something.")
    if held.revision != seen_revision:
        raise StaleRevision(held, text, seen_revision)
    if held.message_state is not None:
        raise ConflictError(f"The message is already {held.message_state}; its text cannot be changed any more.")
    made = new_id()
    values = {"id": made, "workspace_id": desk.workspace_id, "campaign_id": held.campaign_id, "instruction": told}
    item = {"draft_id": held.id, "base_revision": held.revision, "status": "written", "subject": text.subject, "body": text.body}
    writing.add_rewrite(desk.connection, values | {"status": "previewed", "requested_by": desk.by}, [item], desk.at)
    act = {"actor": desk.by, "action": "draft.propose", "subject_type": "draft", "subject_id": held.id}
    detail = {"revision": held.revision, "rewrite": made}
    add_audit(desk.connection, desk.workspace_id, **act, at=desk.at, detail=detail)
    return made
