"""Figures for people, made of the warehouse's copies; nobody who reads them waits for a run."""

import dagster as dg

from assets.failures import RETRY, told_plainly
from assets.marts import build_mart, funnels, lights
from assets.warehouse import POOL, complete, copied, copy
from gtm_pipelines.workbench import Workbench

GROUP = "marts"


@dg.asset(
    group_name=GROUP,
    deps=["conversations", "message_events"],
    kinds={"duckdb"},
    pool=POOL,
    retry_policy=RETRY,
    description="Every table of the record in DuckDB, brought up to date before figures are made of them.",
    check_specs=[complete("record_copy")],
)
def record_copy(workbench: dg.ResourceParam[Workbench]) -> dg.MaterializeResult:
    with told_plainly():
        return copied(copy(workbench, *workbench.warehouse.tables))


@dg.definitions
def marts() -> dg.Definitions:
    after_copy = ["record_copy"]
    plain = (
        "segment_performance", "segment_overlap", "pack_performance", "pack_drafts", "deliverability", "experiments",
        "experiment_days", "campaign_days", "campaign_steps", "campaign_answers", "cost", "spend", "costly_calls",
        "draft_cost", "lineage",
    )  # fmt: skip
    return dg.Definitions(
        assets=[
            record_copy,
            build_mart("campaign_funnel", group=GROUP, deps=after_copy, describe=funnels),
            *(build_mart(name, group=GROUP, deps=after_copy) for name in plain),
            build_mart("traffic_lights", group=GROUP, deps=["campaign_funnel"], describe=lights),
        ]
    )
