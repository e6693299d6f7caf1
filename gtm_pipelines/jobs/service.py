"""The desk between faces, which ask, and the pipeline, which acts.

A face commits a request in one transaction and is done; a Dagster sensor turns the
request into a run whose key is the request's id; the run reports here how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import ConflictError, NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.jobs.model import (
    KINDS,
    OPEN,
    PROGRESS_INTERVAL_SECONDS,
    STOPPED,
    STOPPED_OTHERWISE,
    Job,
    JobStatus,
    check_payload,
    default_key,
)
from gtm_pipelines.log import redact_text
from gtm_pipelines.record import jobs
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record


class JobService:
    """Requests of the workspace, asked and answered."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock
        self._told: dict[str, float] = {}
        self._looked: dict[str, tuple[float | None, bool]] = {}

    def request(self, kind: str, payload: Mapping[str, Any], *, by: str, key: str | None = None) -> Job:
        """Ask for work, in one transaction; asking twice while it is open is asking once.

        Args:
            kind: one of ``KINDS``.
            payload: what the kind takes; JSON values only.
            by: who asks.
            key: what makes two requests the same; the payload itself if absent.

        Raises:
            InputError: unknown kind, or a payload that does not fit it.
            ConflictError: the same work is being stopped; what is asked now would end with it, undone.
        """
        check_payload(kind, payload)
        key = default_key(payload) if key is None else key
        with self._record.write() as connection:
            if jobs.find_open(connection, self._workspace, kind, key) is None:
                jobs.add(connection, self._new_row(kind, payload, by, key))
            job = _job(jobs.find_open(connection, self._workspace, kind, key))
            if job.status is JobStatus.STOPPING:
                raise ConflictError("This work is being stopped. Ask again once it has ended.")
            return job

    def get(self, job_id: str) -> Job:
        """Return one job.

        Raises:
            NotFoundError: there is none of that id.
        """
        with self._record.read() as connection:
            row = jobs.find(connection, self._workspace, job_id)
        if row is None:
            raise NotFoundError(f"No job has the id '{job_id}'. List the recent ones on the Overview page.")
        return _job(row)

    def recent(self, limit: int = 20) -> list[Job]:
        """Return the newest jobs, newest first."""
        with self._record.read() as connection:
            return [_job(row) for row in jobs.recent(connection, self._workspace, limit)]

    def next_requested(self, kinds: Sequence[str] = tuple(KINDS), *, limit: int = 20) -> list[Job]:
        """Return jobs of ``kinds`` that no run has started on, oldest first."""
        with self._record.read() as connection:
            return [_job(row) for row in jobs.requested(connection, self._workspace, kinds, limit)]

    def start(self, job_id: str, run_id: str) -> Job:
        """Note that a run works on the job; the same run may say so again, as after a retry.

        Raises:
            NotFoundError: there is none of that id.
            ConflictError: the job is finished, or another run works on it.
        """
        job = self.get(job_id)
        if job.status in (JobStatus.RUNNING, JobStatus.STOPPING) and job.run_id == run_id:
            return job
        values = {"status": JobStatus.RUNNING.value, "run_id": run_id}
        if not self._change(job_id, values, [JobStatus.REQUESTED]):
            raise ConflictError(
                f"Job {job_id} is {self.get(job_id).status.value}; it cannot be started again. Request a new one."
            )
        return self.get(job_id)

    def progress(self, job_id: str, done: int, total: int | None) -> None:
        """Note how far a running job is; writes at most twice a second, and always the end."""
        now = self._clock.monotonic()
        last = self._told.get(job_id)
        if last is not None and now - last < PROGRESS_INTERVAL_SECONDS and done != total:
            return
        self._told[job_id] = now
        self._change(job_id, {"progress_done": done, "progress_total": total}, [JobStatus.RUNNING, JobStatus.STOPPING])

    def reporter(self, job_id: str | None) -> Callable[[int, int | None], None]:
        """Return a progress function for ``job_id``; one that does nothing where there is no job."""
        if job_id is None:
            return lambda _done, _total: None
        return lambda done, total: self.progress(job_id, done, total)

    @needs(Role.EDITOR, "stop work that is under way")
    def stop(self, job_id: str, *, by: str) -> Job:
        """Ask for a job to stop. What no run has begun ends here; what runs ends at its next safe point and keeps what it did.

        Raises:
            NotFoundError: there is none of that id.
            ConflictError: it is stopped in another way, or is over already.
        """
        job = self.get(job_id)
        if job.kind in STOPPED_OTHERWISE:
            raise ConflictError(STOPPED_OTHERWISE[job.kind])
        asked = self._change(job_id, {"status": JobStatus.STOPPED.value, "message": STOPPED}, [JobStatus.REQUESTED], by) or (
            self._change(job_id, {"status": JobStatus.STOPPING.value}, [JobStatus.RUNNING], by)
        )
        if not asked and self.get(job_id).status not in (JobStatus.STOPPING, JobStatus.STOPPED):
            raise ConflictError("It was over before it could be stopped.")
        return self.get(job_id)

    def stop_asked(self, job_id: str) -> bool:
        """Tell whether somebody asked for a running job to stop; for the run, which asks at its safe points."""
        now = self._clock.monotonic()
        looked, asked = self._looked.get(job_id, (None, False))
        if asked or (looked is not None and now - looked < PROGRESS_INTERVAL_SECONDS):
            return asked
        asked = self.get(job_id).status is JobStatus.STOPPING
        self._looked[job_id] = now, asked
        return asked

    def stopped(self, job_id: str) -> None:
        """Note that the job was stopped, by a person or with its run; a finished job stays as it is."""
        self._change(job_id, {"status": JobStatus.STOPPED.value, "message": STOPPED}, list(OPEN))

    def finish(self, job_id: str, result: Mapping[str, Any] | None = None) -> None:
        """Note that the job is done and what it gave; a finished job stays as it is."""
        values = {"status": JobStatus.SUCCEEDED.value, "result": dict(result or {}), "message": None}
        self._change(job_id, values, list(OPEN))

    def fail(self, job_id: str, message: str) -> None:
        """Note that the job could not be done and why; a finished job stays as it is."""
        self._change(job_id, {"status": JobStatus.FAILED.value, "message": redact_text(message)}, list(OPEN))

    @property
    def _workspace(self) -> str:
        return self._record.workspace_id

    def _change(
        self, job_id: str, values: Mapping[str, Any], statuses: Sequence[JobStatus], stopped_by: str | None = None
    ) -> bool:
        now = self._clock.now()
        with self._record.write() as connection:
            stamped, names = {**values, "updated_at": now}, [status.value for status in statuses]
            changed = jobs.update(connection, self._workspace, job_id, stamped, statuses=names)
            if changed and stopped_by:
                add_audit(
                    connection,
                    self._workspace,
                    actor=stopped_by,
                    action="job.stop",
                    subject_type="job",
                    subject_id=job_id,
                    at=now,
                )
            return changed

    def _new_row(self, kind: str, payload: Mapping[str, Any], by: str, key: str) -> dict[str, Any]:
        now = self._clock.now()
        return {
            "id": new_id(),
            "workspace_id": self._workspace,
            "kind": kind,
            "payload": dict(payload),
            "request_key": key,
            "status": JobStatus.REQUESTED.value,
            "result": {},
            "requested_by": by,
            "created_at": now,
            "updated_at": now,
        }


def _job(row: sa.Row[Any] | None) -> Job:
    if row is None:
        raise NotFoundError("The job is gone. Request it again.")
    return Job(
        id=row.id,
        kind=row.kind,
        payload=row.payload,
        key=row.request_key,
        status=JobStatus(row.status),
        run_id=row.run_id,
        done=row.progress_done,
        total=row.progress_total,
        message=row.message,
        result=row.result,
        requested_by=row.requested_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
