"""Work the pipeline does on request: asked for in one transaction, followed from the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from app.components.language import mark, t
from app.components.page import told
from app.components.roles import only
from app.components.text import escaped, spoken, these_days
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.errors import ConflictError
from gtm_pipelines.jobs.model import STOPPED_OTHERWISE, Job, JobStatus

WORDS = {
    "import_file": mark("Import"),
    "find_duplicates": mark("Looking for duplicates"),
    "enrich": mark("Research"),
    "insights": mark("Weighing what is known"),
    "search_index": mark("Making it findable"),
    "draft": mark("Drafting"),
    "send": mark("Sending"),
    "collect": mark("Collecting replies"),
    "refresh": mark("Refreshing the figures"),
    "undo_import": mark("Taking the import back"),
    "strategy": mark("Strategy"),
    "optimise": mark("Bettering the pack"),
    "benchmark": mark("Benchmark"),
}
COUNTS = {
    "find_duplicates": ("duplicates", (("proposed", mark("proposed")),)),
    "insights": ("insights", (("made", mark("made")), ("unchanged", mark("as they were")))),
    "search_index": ("index", (("pieces", mark("pieces can be searched")),)),
    "draft": ("drafts", (("drafted", mark("drafted")), ("failed", mark("failed")))),
    "send": (
        "send",
        (
            ("sent", mark("sent")),
            ("deferred", mark("to be tried again")),
            ("failed", mark("failed")),
            ("unknown", mark("unknown")),
            ("waiting", mark("still waiting")),
        ),
    ),
    "undo_import": (
        "undo",
        (
            ("removed", mark("removed")),
            ("restored", mark("told anew")),
            ("unchanged", mark("said by other imports too")),
            ("kept", mark("kept")),
        ),
    ),
    "collect": ("collect", (("new", mark("new mails")), ("unmatched", mark("unmatched")))),
}
"""Where a kind of job leaves its report, and which of its counts to tell in which words."""
PATIENCE = timedelta(seconds=45)
_RECENT = 50
_REFUSED = "job_refused"


def ask(kind: str, payload: Mapping[str, Any]) -> None:
    """Ask the pipeline for work. One transaction; asking again while it runs changes nothing.

    Many pages are drawn anew right after asking, which would wipe a refusal off: ``follow`` says it on the page drawn anew.
    """
    by = person()
    with told():
        try:
            bench().jobs.request(kind, payload, by=by)
        except ConflictError as refused:
            st.session_state[_REFUSED] = (kind, str(refused))
            st.rerun()


def named(kind: str) -> str:
    """Return what a kind of work is called."""
    return t(WORDS[kind]) if kind in WORDS else spoken(kind)


def latest(kind: str, /, **match: Any) -> Job | None:
    """Return the newest job of ``kind`` whose payload holds ``match``."""
    jobs = bench().jobs.recent(_RECENT)
    return next((j for j in jobs if j.kind == kind and match.items() <= j.payload.items()), None)


def follow(job: Job | None, *, stop: bool = True) -> None:
    """Show how far a job is, every second while it is open, with a button that stops it; draw the page anew when it ends.

    Args:
        job: the job; nothing is shown without one.
        stop: whether the button belongs here; a page that shows a job twice has it once.
    """
    if job is None:
        return
    _say_refused(job.kind)
    if not job.status.is_open:
        _ended(job)
        return
    st.fragment(_watch, run_every=1)(job.id, stop=stop)


def _say_refused(kind: str) -> None:
    """Say once why the last wish for work of a kind was refused."""
    refused_kind, why = st.session_state.get(_REFUSED, ("", ""))
    if refused_kind == kind:
        del st.session_state[_REFUSED]
        with told():
            raise ConflictError(why)


def _watch(job_id: str, *, stop: bool) -> None:
    job = bench().jobs.get(job_id)
    if not job.status.is_open:
        st.rerun()
    if not stop or job.status is JobStatus.STOPPING or job.kind in STOPPED_OTHERWISE:
        _how_far(job)
        return
    of_bar, of_stop = st.columns([6, 1], vertical_alignment="bottom")
    with of_bar:
        _how_far(job)
    with of_stop:
        _stop(job)


def _stop(job: Job) -> None:
    said = t("What is done stays, and the work can be taken up again later.")
    pressed = st.button(
        t("Stop"), key=f"stop_job:{job.id}", icon=":material/stop_circle:", type="tertiary", **only(Role.EDITOR, help=said)
    )
    if pressed:
        with told():
            bench().jobs.stop(job.id, by=f"person:{person()}")
            st.rerun()


def _how_far(job: Job) -> None:
    label = f"{named(job.kind)}: "
    if job.status is JobStatus.STOPPING:
        st.progress(job.fraction or 0.0, text=label + t("stops as soon as what is in hand is done"))
        return
    if job.status is JobStatus.REQUESTED:
        st.progress(0.0, text=label + t("waiting for the pipeline to pick it up"))
        if bench().clock.now() - job.created_at > PATIENCE:
            st.info(t("The pipeline has not answered yet. It works while the workbench is running; see the Dagster page."))
    elif job.total:
        st.progress(job.fraction or 0.0, text=t("{label}{done:,} of {total:,}", label=label, done=job.done, total=job.total))
    else:
        st.progress(0.0, text=label + (t("{done:,} so far", done=job.done) if job.done else t("running")))


def _ended(job: Job) -> None:
    label = named(job.kind)
    if job.status is JobStatus.STOPPED:
        far = t("{done:,} of {total:,} were done. ", done=job.done, total=job.total) if job.total and job.done else ""
        st.info(
            t("{label} was stopped. {far}What was done stays; ask again to go on.", label=label, far=far),
            icon=":material/stop_circle:",
        )
        return
    if job.status is JobStatus.FAILED:
        st.error(
            t(
                "{label} stopped: {message}",
                label=label,
                message=escaped(translated(job.message or "") or t("no reason was given")),
            ),
            icon=":material/error:",
        )
        return
    st.caption(
        t(
            ":material/check: {label} finished {updated_at} UTC{job}",
            label=label,
            updated_at=these_days(job.updated_at),
            job=_told(job),
        )
    )


def _told(job: Job) -> str:
    """Say the counts of what a job gave, those above zero, in the order of ``COUNTS``."""
    place, names = COUNTS.get(job.kind, ("", ()))
    report = job.result.get(place) or {}
    parts = [f"{int(report.get(name) or 0):,} {word}" for name, word in names if report.get(name)]
    return f": {', '.join(parts)}" if parts else (t(": nothing new") if names else "")


def batch_of(job: Job | None) -> str | None:
    """Return the import batch that a finished import made."""
    reports = job.result.get("imports") if job else None
    return str(reports[0]["batch_id"]) if reports else None


def open_jobs() -> list[Job]:
    """Return the jobs that still have work to do, newest first."""
    return [job for job in bench().jobs.recent(_RECENT) if job.status.is_open]


def failed_jobs() -> list[Job]:
    """Return kinds of work whose latest attempt failed."""
    newest: dict[str, Job] = {}
    for job in bench().jobs.recent(_RECENT):
        newest.setdefault(job.kind, job)
    return [job for job in newest.values() if job.status is JobStatus.FAILED]
