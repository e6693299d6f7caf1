"""What assets are handed: the plain workbench, and the job a run works for."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from assets.failures import why
from gtm_pipelines.jobs.model import STOPPED, StopAsked
from gtm_pipelines.log import bind_context, configure_logging
from gtm_pipelines.plain import plain
from gtm_pipelines.workbench import Workbench, open_workbench

JOB_TAG = "gtm/job"


class WorkbenchResource(dg.ConfigurableResource[Workbench]):
    """Opens the workbench for a run and closes it after; the library knows nothing of Dagster."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Workbench, None, None]:
        opened = open_workbench()
        configure_logging(opened.settings.log_level, json=opened.settings.log_json)
        with bind_context(run=context.run_id or ""):
            try:
                yield opened
            finally:
                opened.close()


@dataclass
class Desk:
    """The job a run works for, if a face asked for one: takes progress and what came of it."""

    workbench: Workbench
    job_id: str | None
    result: dict[str, Any] = field(default_factory=dict)

    def progress(self, done: int, total: int | None) -> None:
        """Tell the job how far the work is, and stop here where somebody asked for it: what is told of is kept already.

        Raises:
            StopAsked: somebody asked for the job to stop.
        """
        self.note(done, total)
        self.heed()

    def note(self, done: int, total: int | None) -> None:
        """Tell the job how far the work is and go on, for where no work can be stopped yet; the next safe point heeds a stop."""
        if self.job_id:
            self.workbench.jobs.progress(self.job_id, done, total)

    def heed(self) -> None:
        """Go no further where somebody asked for the job to stop; for between two pieces of work.

        Raises:
            StopAsked: somebody did.
        """
        if self.job_id and self.workbench.jobs.stop_asked(self.job_id):
            raise StopAsked(STOPPED)

    def finish(self) -> None:
        """Tell the job that all went well, and what came of it."""
        if self.job_id:
            self.workbench.jobs.finish(self.job_id, self.result)

    def fail(self, why_failed: str) -> None:
        """Tell the job that it could not be done, and why."""
        if self.job_id:
            self.workbench.jobs.fail(self.job_id, why_failed)

    def stopped(self) -> None:
        """Tell the job that it was stopped; what was done stays."""
        if self.job_id:
            self.workbench.jobs.stopped(self.job_id)

    def tell(self, **result: object) -> None:
        """Add to what the job gives back to whoever asked."""
        self.result.update(plain(result))


class DeskResource(dg.ConfigurableResource[Desk]):
    """Starts the job a run carries in its tags, and finishes it with the run."""

    workbench: dg.ResourceDependency[Workbench]

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Desk, None, None]:
        run = context.run
        desk = Desk(self.workbench, run.tags.get(JOB_TAG) if run else None)
        if run and desk.job_id:
            job = self.workbench.jobs.start(desk.job_id, run.run_id)
            if job.kind == "draft":  # a page says how many from the first moment on, also while steps wait their turn
                missing = self.workbench.drafting.missing(job.payload["campaign"])
                desk.note(0, missing.first + missing.later)
        try:
            yield desk
        except BaseException as error:
            _end(desk, (str(error) if isinstance(error, Exception) else "") or STOPPED)
            raise
        _end(desk, _first_failure(context.instance, run.run_id) if run and context.instance else None)


def _end(desk: Desk, failure: str | None) -> None:
    if failure is None:
        desk.finish()
    elif failure == STOPPED:
        desk.stopped()
    else:
        desk.fail(failure)


def _first_failure(instance: dg.DagsterInstance, run_id: str) -> str | None:
    """Return why the first failed step of a run failed, ``None`` where all went well."""
    failures = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=1).records
    event = failures[0].event_log_entry.dagster_event if failures else None
    return why(event) if event else None
