"""Leave one later mail of a sequence out: its draft is rejected, and the sequence goes on with the next."""

from __future__ import annotations

from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.record import enrolments, standing
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.review.decide import Desk, Outcome, load, reject

AFTER_FIRST = range(2, enrolments.FIRST_ANSWER)


def said(reason: str) -> str:
    """Return why a draft is rejected.

    Raises:
        InputError: nothing is said.
    """
    if not reason.strip():
        raise InputError("Say why, so that the next draft can be better.")
    return reason.strip()


def skip(desk: Desk, draft_id: str, reason: str) -> None:
    """Reject a draft and move its person on, as if the mail had left now; after the last mail the sequence is finished.

    Raises:
        NotFoundError: there is no such draft.
        PolicyError: it is no later mail of a sequence.
        ConflictError: a message was already queued from it, or the sequence does not stand there.
    """
    outcome = Outcome()
    rows = load(desk, [draft_id], outcome)
    if not rows:
        raise NotFoundError(outcome.refused[0].reason)
    [held] = rows
    if held["step"] not in AFTER_FIRST:
        raise PolicyError("skip.step", "Only a later mail of a sequence can be skipped: whoever gets no first mail is left out.")
    if standing.after(desk.connection, desk.workspace_id, held) is None:
        raise ConflictError("The sequence of this person does not stand at this mail any more. Load the page anew.")
    if refused := reject(desk, [draft_id], reason).refused:
        raise ConflictError(refused[0].reason)
    enrolments.advance(desk.connection, desk.workspace_id, held, sent_at=desk.at, at=desk.at)
    add_audit(
        desk.connection, desk.workspace_id, actor=desk.by, action="draft.skip", subject_type="draft", subject_id=draft_id,
        at=desk.at, detail={"step": held["step"], "reason": reason},
    )  # fmt: skip
