"""How a mart becomes an asset: built in DuckDB, published as Parquet, shown with its first rows."""

from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from assets.failures import RETRY, told_plainly
from assets.metadata import funnel, table
from assets.resources import Desk
from assets.warehouse import POOL
from gtm_pipelines.warehouse.build import description
from gtm_pipelines.workbench import Workbench

SAMPLE_ROWS = 10
STEPS = ("targets", "drafted", "approved", "sent", "delivered", "replied", "positive")
Described = Callable[[Workbench], dict[str, dg.MetadataValue]]


def build_mart(
    name: str, *, group: str, deps: Sequence[str], describe: Described | None = None, first: Described | None = None
) -> dg.AssetsDefinition:
    """Return the asset of one mart; ``describe`` adds what people look at first, ``first`` does what the mart is made of."""

    @dg.asset(
        name=name,
        group_name=group,
        deps=deps,
        kinds={"duckdb", "parquet"},
        pool=POOL,
        retry_policy=RETRY,
        description=_sentence(description(name)[0]),
    )
    def mart(workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]) -> dg.MaterializeResult:
        with told_plainly():
            desk.heed()
            done = first(workbench) if first else {}
            built = workbench.warehouse.publish(name)
            desk.tell(**{name: built.rows})
            metadata: dict[str, Any] = {
                "dagster/row_count": built.rows,
                "seconds": built.seconds,
                "file": dg.MetadataValue.path(workbench.marts.path(name)),
                "first rows": table(workbench.marts.polars(name).head(SAMPLE_ROWS).to_dicts(), empty="no rows yet"),
            }
            return dg.MaterializeResult(metadata=metadata | done | (describe(workbench) if describe else {}))

    return mart


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def funnels(workbench: Workbench) -> dict[str, dg.MetadataValue]:
    """A funnel for each of the first campaigns."""
    rows = workbench.marts.polars("campaign_funnel").head(SAMPLE_ROWS).to_dicts()
    return {f"funnel: {row['campaign']}": funnel([(step, int(row[step] or 0)) for step in STEPS]) for row in rows}


def lights(workbench: Workbench) -> dict[str, dg.MetadataValue]:
    """The light of every campaign, with what to do."""
    rows = [
        {"campaign": m.campaign, "light": m.light.colour, "why": m.light.headline, "what to do": m.light.advice}
        for m in workbench.metrics.campaigns()
    ]
    return {"lights": table(rows, empty="no campaign yet")}
