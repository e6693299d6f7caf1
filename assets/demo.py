"""The demo's runs, in this process and on the real instance, so that they are seen in Dagster.

``python -m assets.demo`` writes one JSON object a line: steps and progress, then the totals.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import dagster as dg

from assets.failures import why
from assets.partitions import ensure, partition_key
from assets.resources import Desk
from gtm_pipelines.errors import GtmError
from gtm_pipelines.launch import demo_plan
from gtm_pipelines.plain import plain
from gtm_pipelines.workbench import Workbench, open_workbench

TAG = "gtm/demo"
Tell = Callable[..., None]


class SpokenDesk(Desk):
    """A desk that says how far the work is, and keeps nothing back for a job."""

    tell_progress: Tell

    def progress(self, done: int, total: int | None) -> None:
        self.tell_progress(done=done, total=total)


class Runs:
    """Runs Dagster jobs one after another in this process."""

    def __init__(self, workbench: Workbench, instance: dg.DagsterInstance, tell: Tell) -> None:
        from assets.definitions import defs

        self._definitions = defs()
        self._workbench = workbench
        self._instance = instance
        self._tell = tell

    def run(self, job: str, saying: str, *, partition: str | None = None, config: dict[str, Any] | None = None) -> Desk:
        """Run one job and return what its steps told.

        Raises:
            GtmError: a step failed; the text says why.
        """
        self._tell(step=saying)
        desk = SpokenDesk(self._workbench, None)
        desk.tell_progress = self._tell
        done = self._definitions.resolve_job_def(job).execute_in_process(
            run_config=config,
            instance=self._instance,
            partition_key=partition,
            tags={TAG: str(os.getpid())},
            resources={"workbench": self._workbench, "desk": desk},
            raise_on_error=False,
        )
        if not done.success:
            failed = [event for event in done.all_events if event.event_type == dg.DagsterEventType.STEP_FAILURE]
            raise GtmError(f"{saying} failed. " + "; ".join(f"{event.step_key}: {why(event)}" for event in failed))
        return desk


def free_leftovers(instance: dg.DagsterInstance) -> None:
    """End the runs of demos that were killed, so that they hold no place in a pool."""
    unfinished = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    for run in instance.get_runs(unfinished):
        pid = run.tags.get(TAG)
        if pid and not _lives(int(pid)):
            instance.report_run_failed(run, "The demo was stopped in the middle.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def run_demo(workbench: Workbench, instance: dg.DagsterInstance, tell: Tell) -> demo_plan.DemoTotals:
    """Run the whole pipeline on the sample lists; a second time it finds everything done."""
    began = workbench.clock.monotonic()
    tell(step="Loading the pipeline")
    free_leftovers(instance)
    runs, sent_before = Runs(workbench, instance, tell), demo_plan.sent_so_far(workbench)
    paths = [str(path) for path in demo_plan.put_samples_into_inbox(workbench.settings)]
    imported = runs.run("import_lists", "Importing lists", config={"ops": {"raw_imports": {"config": {"paths": paths}}}})
    tell(step="Freezing the campaign")
    campaign = demo_plan.ensure_campaign(workbench)
    key = partition_key(campaign.name, campaign.id)
    ensure(instance, [key])
    runs.run("draft_campaign", "Writing drafts", partition=key)
    tell(step="Approving and releasing")
    demo_plan.release(workbench)
    instance.report_runless_asset_event(dg.AssetMaterialization("campaign_release", partition=key))
    runs.run("send_messages", "Sending through the sandbox", partition=key)
    runs.run("collect_replies", "Collecting replies, making figures")
    new = sum(report["imported"] + report["merged"] for report in imported.result["imports"])
    return demo_plan.totals(workbench, imported_now=new, sent_before=sent_before, seconds=workbench.clock.monotonic() - began)


def main() -> int:
    """Run the demo and write what it says to the real standard output, whatever else prints."""
    spoken = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)

    def tell(**said: Any) -> None:
        spoken.write(json.dumps(plain(said), ensure_ascii=False, default=str) + "\n")

    workbench = open_workbench()
    with contextlib.redirect_stdout(io.StringIO()), dg.DagsterInstance.get() as instance:
        try:
            tell(totals=run_demo(workbench, instance, tell))
        except GtmError as error:
            tell(error=str(error), code=error.code, exit_code=error.exit_code)
            return error.exit_code
        finally:
            workbench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
