"""Which errors Dagster tries again, and what people are told."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.failures import told_plainly, why_run
from gtm_pipelines.errors import InputError, PolicyError, SettingsError, TransientError
from gtm_pipelines.jobs.model import KILLED, STOPPED


@pytest.mark.parametrize("error", [InputError("mend the file"), SettingsError("set it"), PolicyError("rule.x", "ask a person")])
def test_what_trying_again_cannot_mend_fails_at_once_with_its_own_words(error: Exception) -> None:
    with pytest.raises(dg.Failure) as failed, told_plainly():
        raise error
    assert not failed.value.allow_retries
    assert failed.value.description == str(error)


def test_a_passing_trouble_is_left_to_the_retry_policy() -> None:
    with pytest.raises(TransientError), told_plainly():
        raise TransientError("busy")


def test_a_fault_of_our_own_is_not_repeated() -> None:
    with pytest.raises(dg.Failure, match="KeyError") as failed, told_plainly():
        raise KeyError("nothing")
    assert not failed.value.allow_retries


def failure_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterEvent:
    """Return the event that says why a run failed."""
    (record,) = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records
    assert record.event_log_entry.dagster_event
    return record.event_log_entry.dagster_event


def test_of_a_killed_run_people_read_what_happened_and_what_to_do(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(dg.job(name="killed")(lambda: None))
    instance.report_run_failed(run)
    assert why_run(failure_of(instance, run.run_id)) == KILLED


@pytest.mark.parametrize(
    ("error", "told"),
    [(dg.DagsterExecutionInterruptedError(), STOPPED), (dg.Failure("Mend the file."), "Mend the file."), (KeyError("x"), "'x'")],
)
def test_of_a_run_that_failed_by_itself_they_read_its_own_reason(
    instance: dg.DagsterInstance, error: BaseException, told: str
) -> None:
    @dg.op
    def broken() -> None:
        raise error

    @dg.job(executor_def=dg.in_process_executor)
    def breaks() -> None:
        broken()

    run = breaks.execute_in_process(instance=instance, raise_on_error=False)
    assert told in why_run(failure_of(instance, run.run_id))
