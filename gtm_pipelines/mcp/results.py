"""Tools over results: rates with intervals, lights, experiments, benchmarks, lineage, and what can be connected."""

from __future__ import annotations

from typing import Any

from gtm_pipelines.mcp.answers import Answer, answer
from gtm_pipelines.mcp.campaigns import Campaign
from gtm_pipelines.mcp.lists import Limit, Text
from gtm_pipelines.record.trail import trail
from gtm_pipelines.workbench import Workbench


class ResultTools:
    """What an AI tool may read of results.

    Args:
        bench: the workbench.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def get_metrics(self, campaign: Campaign | None = None) -> Answer:
        """Show funnel, rates with 95 % intervals and floors, light and fitting benchmarks of one campaign or of all.

        A rate below its floor says nothing yet: 'needed' is how many more messages it takes.
        """
        metrics = self._bench.metrics
        found = [metrics.campaign(campaign)] if campaign else metrics.campaigns()
        return answer({"campaigns": [_with_needs(one) for one in found]})

    def get_lights(self) -> Answer:
        """Show the traffic light of every campaign: colour, why, and what to do next."""
        rows = [{"campaign": one.campaign, "light": one.light} for one in self._bench.metrics.campaigns()]
        for row in rows:
            row["light"] = {name: getattr(row["light"], name) for name in ("colour", "headline", "advice", "reasons", "needed")}
        return answer({"lights": rows})

    def list_experiments(self) -> Answer:
        """Show what the arms of each campaign came to, how sure that is, and how much more is needed."""
        return answer({"experiments": self._bench.experiments.list()})

    def get_benchmarks(self, metric: Text = "") -> Answer:
        """List published benchmarks, each with slice, source, date and confidence; ``metric`` narrows by its name."""
        rows = [one for one in self._bench.metrics.benchmarks if metric.lower() in one.metric.lower()]
        return answer({"benchmarks": rows})

    def get_lineage(self, id: Text) -> Answer:  # noqa: A002 - the field's word
        """Follow a reply, message or draft, by its id, back to decision, pack, segment and the rows of files."""
        return answer({"lineage": trail(self._bench.record, id).stations})

    def query_marts(self, sql: Text, limit: Limit = 50) -> Answer:
        """Put one SELECT (DuckDB's SQL) to the published figures; the resource marts://schemas says what there is. Read only."""
        found = self._bench.questions.ask(sql, limit=limit)
        return answer({"rows": found.rows.to_dicts(), "more": found.more})

    def list_data_sources(self) -> Answer:
        """List the catalogue of data sources: what each gives, cost, quality, limits, how to connect."""
        return answer({"sources": self._bench.strategies.sources()})

    def get_taxonomy(self, category: Text = "") -> Answer:
        """List the tools that can be connected, by category: what each is for and gives, how to get a key, how it stands.

        ``category`` narrows by its name, such as 'crm'. Keys are never shown, nor where they are kept.
        """
        taxonomy, held = self._bench.connections.tools(), {one.tool.name: one for one in self._bench.connections.list()}
        tools = [
            tool.model_dump(mode="json", exclude={"check", "ru_purpose"}) | {"connection": _standing(held.get(tool.name))}
            for tool in taxonomy.tools
            if category.lower() in tool.category
        ]
        return answer({"version": taxonomy.version, "categories": taxonomy.categories, "tools": tools})


def _standing(connection: Any) -> dict[str, Any] | None:
    """Say how a connection stands, without its key or where that is kept."""
    if connection is None:
        return None
    return {name: getattr(connection, name) for name in ("status", "told", "limits", "checked_at", "succeeded_at")}


def _with_needs(one: Any) -> dict[str, Any]:
    from dataclasses import asdict

    told = asdict(one)
    told["measures"] = [asdict(rate) | {"enough": rate.enough, "needed": rate.needed} for rate in one.measures]
    told["light"].pop("measures")
    return told
