"""Who belongs to each saved segment now."""

import dagster as dg

from assets.failures import told_plainly
from assets.metadata import table
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.workbench import Workbench


@dg.asset(
    group_name="segments",
    deps=["companies", "contacts", "company_facts", "contact_facts", "email_verifications"],
    kinds={"sql"},
    pool=POOL,
    description="Every saved segment at its current version, and how many contacts it finds now.",
    check_specs=[complete("segment_members")],
)
def segment_members(workbench: dg.ResourceParam[Workbench]) -> dg.MaterializeResult:
    with told_plainly():
        rows = [
            {
                "segment": segment.name,
                "version": segment.version,
                "contacts": workbench.segments.preview(segment.filter, limit=1).count,
                "who": segment.sentence,
            }
            for segment in workbench.segments.list()
        ]
        return copied(
            copy(workbench, "segment", "segment_version"),
            segments=table(rows, empty="no segment saved yet: build one in the app"),
        )
