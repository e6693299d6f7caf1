"""What a face may ask of the pipeline, and how far the asking has come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from gtm_pipelines.errors import InputError

PROGRESS_INTERVAL_SECONDS = 0.5
"""Least time between two progress writes of one job; a page asks once a second."""

STOPPED = "Stopped. What was done stays; ask again to go on."
KILLED = "It ended before it was done: somebody ended it, or the machine did. What was done stays; ask again to go on."
"""What is told of work that was cut off, when nobody was left to say why."""


class JobStatus(StrEnum):
    """Where a job stands."""

    REQUESTED = "requested"
    RUNNING = "running"
    STOPPING = "stopping"
    """Somebody asked for it to stop; it does so at its next safe point."""
    STOPPED = "stopped"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_open(self) -> bool:
        """Whether the job still has work to do."""
        return self in OPEN


OPEN = (JobStatus.REQUESTED, JobStatus.RUNNING, JobStatus.STOPPING)
STOPPED_OTHERWISE = {
    "send": "Sending is held by pausing its campaign: nothing more leaves from that moment on, by no other run either.",
    "optimise": "An attempt to better a pack is stopped on the page of its pack, and can be taken up again there.",
}
"""Kinds of job that have a stop of their own, with where it is."""


class StopAsked(BaseException):
    """Somebody asked for the work to stop: no error that anybody mends, like Ctrl-C, but raised only where work is kept."""


@dataclass(frozen=True)
class JobKind:
    """One kind of job and the fields its payload takes."""

    name: str
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


KINDS = {
    kind.name: kind
    for kind in (
        JobKind(
            "import_file",
            frozenset({"path", "kind"}),
            frozenset({"overrides", "sheet", "profile", "save_profile", "by", "session_key", "source", "lawful_basis"}),
        ),
        JobKind("find_duplicates"),
        JobKind("enrich", optional=frozenset({"kind", "fields", "segment", "limit", "ceiling_usd", "paid"})),
        JobKind("insights", optional=frozenset({"kind", "ids", "segment", "limit", "language", "ask_models"})),
        JobKind("search_index"),
        JobKind("draft", frozenset({"campaign"})),
        JobKind("send", frozenset({"campaign"})),
        JobKind("collect"),
        JobKind("optimise", optional=frozenset({"attempt", "pack", "optimiser", "language", "budget_usd", "budget_calls"})),
        JobKind("benchmark", optional=frozenset({"packs", "models", "language", "cases", "budget_usd", "resume"})),
        JobKind("refresh"),
        JobKind("undo_import", frozenset({"batch"})),
        JobKind(
            "strategy", frozenset({"strategy", "by"}), frozenset({"only", "again", "refresh", "correct", "section", "guidance"})
        ),
    )
}
"""Every kind of job by name. ``refresh`` rebuilds the marts; ``collect`` reads the mailboxes; ``optimise`` runs
an attempt to better a pack and ``benchmark`` scores packs and models; ``insights`` weighs facts against the strategy;
``search_index`` makes everything that is known findable; ``strategy`` writes its documents, or has the one named by
``correct`` written anew with guidance."""


@dataclass(frozen=True)
class Job:
    """A request and what became of it."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    key: str
    status: JobStatus
    run_id: str | None
    done: int
    total: int | None
    message: str | None
    result: Mapping[str, Any]
    requested_by: str
    created_at: datetime
    updated_at: datetime

    @property
    def fraction(self) -> float | None:
        """Share that is done, 0 to 1; ``None`` while the total is unknown."""
        if self.status is JobStatus.SUCCEEDED:
            return 1.0
        return min(1.0, self.done / self.total) if self.total else None


def check_payload(kind: str, payload: Mapping[str, Any]) -> None:
    """Refuse an unknown kind and a payload that does not fit it.

    Raises:
        InputError: names the kinds there are, or the fields missing or unknown.
    """
    known = KINDS.get(kind)
    if known is None:
        raise InputError(f"No job is called '{kind}'. Ask for one of: {', '.join(KINDS)}.")
    missing = known.required - payload.keys()
    unknown = payload.keys() - known.required - known.optional
    if missing or unknown:
        told = [f"{word} {', '.join(sorted(names))}" for word, names in (("missing", missing), ("unknown", unknown)) if names]
        raise InputError(f"The payload of a '{kind}' job does not fit: {'; '.join(told)}.")


def default_key(payload: Mapping[str, Any]) -> str:
    """Return what makes two requests the same one when the asker gives no key: their payload."""
    return json.dumps(payload, sort_keys=True, ensure_ascii=False, default=str)
