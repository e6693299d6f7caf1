"""Where a conversation goes with each answer: initial outreach, awaiting response, qualifying, objection handling,
scheduling, nurture, closed.
"""

from __future__ import annotations

from gtm_pipelines.replies.model import ReplyClass

_NEXT = {
    ReplyClass.POSITIVE: "scheduling",
    ReplyClass.MEETING_BOOKED: "scheduling",
    ReplyClass.INFORMATION_REQUEST: "qualifying",
    ReplyClass.REFERRAL: "qualifying",
    ReplyClass.OBJECTION: "objection_handling",
    ReplyClass.NOT_NOW: "nurture",
    ReplyClass.NEGATIVE: "closed",
    ReplyClass.WRONG_PERSON: "closed",
    ReplyClass.UNSUBSCRIBE: "closed",
    ReplyClass.COMPLAINT: "closed",
}
_BEGINNINGS = ("initial_outreach", "awaiting_response", "open")
"""``open``: how older versions called a conversation that goes on."""


def next_state(state: str, cls: ReplyClass) -> str:
    """Return where a conversation in ``state`` stands after an answer of this class.

    What no class fits ("other") keeps the conversation where it is, and a first such answer begins its qualifying.
    """
    if cls in _NEXT:
        return _NEXT[cls]
    return "qualifying" if state in _BEGINNINGS else state
