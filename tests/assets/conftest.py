"""Parts for tests of the pipeline: its definitions, an instance that is gone afterwards, runs in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
import pytest

from assets.resources import Desk
from gtm_pipelines.settings import Settings, load_settings
from gtm_pipelines.workbench import Workbench

RunJob = Callable[..., dg.ExecuteInProcessResult]


@pytest.fixture(scope="session")
def definitions() -> dg.Definitions:
    from assets import definitions as module

    return module.defs()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def settings(home: Any) -> Settings:
    """The pipeline itself is the same on both engines; its services are tested on each."""
    return load_settings(home=home)


@pytest.fixture
def run_job(definitions: dg.Definitions, instance: dg.DagsterInstance, workbench: Workbench) -> RunJob:
    """Run a job of the pipeline in this process, over the test's own workbench."""

    def run(
        job: str, *, partition: str | None = None, config: dict[str, Any] | None = None, **more: Any
    ) -> dg.ExecuteInProcessResult:
        return definitions.resolve_job_def(job).execute_in_process(
            run_config=config,
            instance=instance,
            partition_key=partition,
            resources={"workbench": workbench, "desk": Desk(workbench, None)},
            raise_on_error=False,
            **more,
        )

    return run
