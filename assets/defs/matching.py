"""Who may be in the lists twice: proposed here, decided by people."""

import dagster as dg

from assets.failures import RETRY, told_plainly
from assets.metadata import table
from assets.resources import Desk
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.matching.model import KINDS
from gtm_pipelines.workbench import Workbench

GROUP = "intake"


@dg.asset(
    group_name=GROUP,
    deps=["companies", "contacts"],
    kinds={"duckdb"},
    retry_policy=RETRY,
    pool=POOL,
    description="Pairs of companies and of people that may be one, with how likely and why. Only a person merges them.",
    check_specs=[complete("duplicate_candidates")],
)
def duplicate_candidates(workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
    with told_plainly():
        reports = [workbench.matching.find(kind, progress=desk.progress) for kind in KINDS]
        desk.tell(duplicates={"proposed": sum(r.proposed for r in reports), "searches": reports})
        columns = ("kind", "rows", "changed", "compared", "proposed", "withdrawn", "seconds")
        described = {
            "searches": table([{name: getattr(report, name) for name in columns} for report in reports]),
            "waiting for a person": workbench.matching.count(),
        }
        return copied(copy(workbench, "duplicate_pair", "entity_merge"), **described)
