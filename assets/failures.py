"""The one place that turns the library's errors into Dagster's: retry what retrying can mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from gtm_pipelines.errors import GtmError
from gtm_pipelines.jobs.model import KILLED, STOPPED, StopAsked
from gtm_pipelines.log import redact_text

RETRY_SECONDS = 20
RETRY = dg.RetryPolicy(max_retries=2, delay=RETRY_SECONDS, backoff=dg.Backoff.EXPONENTIAL)
"""For steps that touch the outside world; only a retriable error uses it."""


@contextmanager
def told_plainly() -> Iterator[None]:
    """Let a retriable error through to the step's retry policy; fail at once with the text of any other, and where asked to stop.

    Dagster would try a step again that was interrupted, so a person's wish is told as a failure that is not retried.
    """
    try:
        yield
    except StopAsked as stop:
        raise dg.Failure(description=STOPPED, allow_retries=False) from stop
    except GtmError as error:
        if error.retriable:
            raise
        raise dg.Failure(description=str(error), metadata={"kind": error.code}, allow_retries=False) from error
    except Exception as error:  # noqa: BLE001 - a fault of our own: left alone, the retry policy would repeat it
        bare = RuntimeError(redact_text(f"{type(error).__name__}: {error}")).with_traceback(error.__traceback__)
        raise dg.Failure(description=str(bare), allow_retries=False) from bare  # Dagster keeps what it is raised from, too


def why(event: dg.DagsterEvent) -> str:
    """Return in words why a step failed: the text of the error at the bottom of it."""
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    return _bottom(data.error) or event.message or f"{event.step_key} failed"


def why_run(event: dg.DagsterEvent) -> str:
    """Return in words why a run failed; of one that was killed nothing is known but that."""
    if event.event_specific_data is None:
        return KILLED
    data = event.job_failure_data
    return why(data.first_step_failure_event) if data.first_step_failure_event else _bottom(data.error) or KILLED


def _bottom(error: Any) -> str:
    while error and error.cause:
        error = error.cause
    if error and error.cls_name == dg.DagsterExecutionInterruptedError.__name__:
        return STOPPED
    return error.message.strip() if error else ""
