"""Whom to write to and why: documents written from a website when somebody asks for them."""

import dagster as dg
from pydantic import Field

from assets.failures import RETRY, told_plainly
from assets.metadata import table
from assets.resources import Desk
from gtm_pipelines.strategy.model import KINDS, Kind, Strategy
from gtm_pipelines.strategy.service import Wishes
from gtm_pipelines.workbench import Workbench

GROUP = "strategy"


class StrategyConfig(dg.Config):
    """Which strategy, and what of it."""

    strategy: str = Field("", description="Its name or id; without it nothing is written.")
    by: str = Field("system", description="Who asks for it.")
    only: list[str] = Field(default_factory=list, description="Documents to write; those that are missing or outdated if empty.")
    again: bool = Field(False, description="Write them even if they are there.")
    refresh: bool = Field(False, description="Read the website anew.")
    correct: str = Field("", description="Document to have written anew with the guidance.")
    section: str = Field("", description="Section of it; the whole document if empty.")
    guidance: str = Field("", description="What a person says should be better.")


@dg.asset(
    group_name=GROUP,
    kinds={"python"},
    retry_policy=RETRY,
    description="The six documents of a strategy, each claim with the words it rests on. Written on request.",
)
def strategy_documents(
    config: StrategyConfig, workbench: dg.ResourceParam[Workbench], desk: dg.ResourceParam[Desk]
) -> dg.MaterializeResult:
    with told_plainly():
        if not config.strategy:
            return dg.MaterializeResult(metadata={"strategies": len(workbench.strategies.list())})
        strategy = _corrected(config, workbench) if config.correct else _written(config, workbench, desk)
        rows = [
            {"document": kind, "version": each.number, "confidence": each.confidence, "dropped": len(each.dropped)}
            for kind, each in strategy.documents.items()
        ]
        desk.tell(strategy={"name": strategy.name, "documents": len(rows)})
        return dg.MaterializeResult(metadata={"strategy": strategy.name, "documents": table(rows, empty="none yet")})


def _kinds(names: list[str]) -> tuple[Kind, ...]:
    return tuple(kind for kind in KINDS if kind in names)


def _written(config: StrategyConfig, workbench: Workbench, desk: Desk) -> Strategy:
    wishes = Wishes(only=_kinds(config.only), again=config.again, refresh=config.refresh, guidance=config.guidance or None)
    return workbench.strategies.run(config.strategy, wishes, by=config.by, progress=desk.progress)


def _corrected(config: StrategyConfig, workbench: Workbench) -> Strategy:
    corrections, kind = workbench.strategies.corrections, _kinds([config.correct])[0]
    if config.section:
        corrections.section(config.strategy, kind, config.section, config.guidance, by=config.by)
    else:
        corrections.whole(config.strategy, kind, config.guidance, by=config.by)
    return workbench.strategies.get(config.strategy)
