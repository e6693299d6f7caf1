"""What is learnt from people's edits and from replies."""

from typing import Literal

import dagster as dg
from pydantic import Field

from assets.failures import told_plainly
from assets.marts import SAMPLE_ROWS, build_mart
from assets.metadata import table
from assets.resources import Desk
from assets.warehouse import POOL
from gtm_pipelines.drafting.learning.attempt import Attempt, Wish
from gtm_pipelines.workbench import Workbench

GROUP = "learning"


class AttemptConfig(dg.Config):
    """Which pack is to be bettered, or which attempt is to go on; with neither, nothing is asked of a model."""

    pack: str = Field("", description="Its name, or NAME@VERSION.")
    optimiser: Literal["bootstrap", "mipro", "gepa"] = Field("gepa", description="What searches.")
    language: str = Field("en", description="Of the mails to learn from.")
    budget_usd: float | None = Field(None, description="Most US dollars for all of it.")
    budget_calls: int | None = Field(None, description="Most calls to models for all of it.")
    attempt: str = Field("", description="An attempt that was stopped, to go on with.")
    by: str = Field("system", description="Who asks for it.")


def _rebuilt(workbench: Workbench) -> dict[str, dg.MetadataValue]:
    """Bring the examples up to the facts, copy them, and say how many there are on each side."""
    report = workbench.examples.rebuild()
    workbench.warehouse.refresh_table("training_example")
    counts = [vars(one) for one in workbench.examples.counts()]
    told = f"{report.added} new, {report.changed} changed, {report.removed} gone, {report.moved} moved to another side"
    return {"examples": table(counts, empty="no example yet"), "rebuilt": dg.MetadataValue.text(told)}


@dg.asset(
    group_name=GROUP,
    deps=["training_examples"],
    kinds={"python", "duckdb", "parquet"},
    pool=POOL,
    description="Attempts to better packs by what people made of their drafts, proved on held-out companies. Run on request.",
)
def compiled_packs(
    config: AttemptConfig, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        described: dict[str, dg.MetadataValue] = {}
        if config.attempt or config.pack:
            attempt = _attempted(config, workbench, desk)
            told = attempt.report.get("verdict") or attempt.report.get("stopped") or attempt.status
            desk.tell(attempt=attempt.id, status=attempt.status, verdict=told, version=attempt.result_version)
            described = {"verdict": dg.MetadataValue.text(str(told)), "cost": dg.MetadataValue.float(attempt.cost_usd)}
        workbench.warehouse.refresh_table("optimisation")
        built = workbench.warehouse.publish("compiled_packs")
        rows = workbench.marts.polars("compiled_packs").tail(SAMPLE_ROWS).to_dicts()
        metadata = {"dagster/row_count": built.rows, "attempts": table(rows, empty="nobody tried to better a pack yet")}
        return dg.MaterializeResult(metadata=metadata | described)


class BenchmarkConfig(dg.Config):
    """Which packs are scored with which models, or which run is to go on; with neither, nothing is asked of a model."""

    packs: list[str] = Field(default_factory=list, description="Each as NAME or NAME@VERSION.")
    models: list[str] = Field(default_factory=list, description="Configured models; all of them if empty.")
    language: str = Field("", description="Only cases in this language.")
    cases: int = Field(30, description="Most cases.")
    budget_usd: float | None = Field(None, description="Most US dollars of the whole run.")
    resume: str = Field("", description="A run that was stopped, to go on with.")
    by: str = Field("system", description="Who asks for it.")


@dg.asset(
    group_name=GROUP,
    deps=["record_copy"],
    kinds={"python", "duckdb", "parquet"},
    pool=POOL,
    description="One row a pack version, model and held-out case of a benchmark. Scored on request.",
)
def benchmarks(
    config: BenchmarkConfig, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        if config.resume or config.packs:
            workbench.examples.rebuild()
            run_id = _scored(config, workbench, desk)
            desk.tell(benchmark=run_id)
            for name in ("training_example", "benchmark_run", "benchmark_score"):
                workbench.warehouse.refresh_table(name)
        built = workbench.warehouse.publish("benchmarks")
        rows = workbench.marts.polars("benchmarks").tail(SAMPLE_ROWS).to_dicts()
        return dg.MaterializeResult(metadata={"dagster/row_count": built.rows, "last rows": table(rows, empty="no rows yet")})


def _scored(config: BenchmarkConfig, workbench: Workbench, desk: Desk) -> str:
    if config.resume:
        return workbench.benchmarks.resume(config.resume, progress=desk.progress)
    return workbench.benchmarks.run(
        config.packs,
        config.models,
        by=config.by,
        language=config.language or None,
        cases=config.cases,
        budget_usd=config.budget_usd,
        progress=desk.progress,
    )


def _attempted(config: AttemptConfig, workbench: Workbench, desk: Desk) -> Attempt:
    budget = {"budget_usd": config.budget_usd, "budget_calls": config.budget_calls}
    if config.attempt:
        return workbench.optimisations.run(config.attempt, progress=desk.progress, **budget)
    wish = Wish(config.pack, config.optimiser, config.language, **budget)
    return workbench.optimisations.optimise(wish, by=config.by, progress=desk.progress)


@dg.definitions
def learning() -> dg.Definitions:
    return dg.Definitions(
        assets=[
            build_mart("training_examples", group=GROUP, deps=["record_copy"], first=_rebuilt),
            compiled_packs,
            benchmarks,
            build_mart("uplift", group=GROUP, deps=["experiments"]),
        ]
    )
