"""What every run is given: the workbench, the job it works for, and steps in one process."""

import dagster as dg

from assets.resources import DeskResource, WorkbenchResource


@dg.definitions
def bindings() -> dg.Definitions:
    workbench = WorkbenchResource()
    return dg.Definitions(
        resources={"workbench": workbench, "desk": DeskResource(workbench=workbench)}, executor=dg.in_process_executor
    )
