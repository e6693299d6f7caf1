"""Classes of inbound mail as the record holds them, in groups that figures and lessons count by."""

from __future__ import annotations

GLAD = ("positive", "meeting_booked")
"""A person wants to go on."""
DECLINED = ("negative", "objection", "not_now", "wrong_person")
"""A person does not, does not yet, or is the wrong one."""
ASKED_OUT = "unsubscribe"
WRITTEN = (*GLAD, *DECLINED, "information_request", "referral", "other", ASKED_OUT)
"""A person wrote it; each counts as a reply. The warehouse's ``staging/reply_fact.sql`` names them too."""
DOUBT = "May ask to be left alone"
"""How the reason of a class begins that a person must settle before anything more goes to the writer."""
