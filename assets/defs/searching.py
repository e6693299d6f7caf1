"""What is known is made findable."""

import dagster as dg

from assets.failures import RETRY, told_plainly
from assets.resources import Desk
from gtm_pipelines.workbench import Workbench


@dg.asset(
    group_name="search",
    deps=["companies", "contacts", "insights", "inbound_messages"],
    kinds={"python"},
    retry_policy=RETRY,
    description="Pieces of all texts that are known, ready to be found by words, and by meaning where a model is at hand.",
)
def search_index(workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
    with told_plainly():
        report = workbench.search.index(progress=lambda _step, done, total: desk.progress(done, total))
        desk.tell(index={"pieces": report.pieces, "embedded": report.embedded})
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": report.pieces,
                "cut anew": sum(report.cut.values()),
                "removed": report.removed,
                "vectors made": report.embedded,
                "pieces without a vector": report.waiting,
                "seconds": report.seconds,
            }
        )
