"""What an AI tool reads before it works: benchmarks, taxonomies, schemas of the marts, filters; and ready-made prompts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gtm_pipelines.plain import plain

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from gtm_pipelines.workbench import Workbench

_JSON = "application/json"
WEEKLY_REVIEW = """Review this week's go-to-market work with me.

1. Call get_lights and get_metrics. For each campaign say the light, the rate it rests on with numerator, denominator and 95 %
   interval, and what would change it. Where a rate is below its floor, say only how many messages are still needed.
2. Call list_replies: what did people ask or object to? Quote at most one line each, with its id.
3. Call list_experiments: which arm leads, how sure is that, how much more data does it need?
4. End with three things to do next week, most useful first, each with the figure it rests on.

Invent no figure. Where a benchmark helps, name its source and date."""
POST_MORTEM = """Write the post-mortem of the campaign '{campaign}'.

Call get_campaign, get_metrics, get_plan, list_experiments and list_replies for it. Then say, each with its figures:
whom it was for and what it offered; how far people came in the funnel and where most were lost; bounces and complaints
against their limits; what the replies say, by class, with ids; which variant did better and how sure that is; what to keep,
what to change, and what cannot be known yet. Follow one positive reply back with get_lineage. Invent no figure."""
PACK_CRITIQUE = """Criticise the prompt pack '{pack}' as an experienced writer of cold mail would.

Call get_pack, then list_drafts and get_draft for a few drafts written with it. Say where its instructions are vague, at odds
with its examples, or likely to make a model invent; whether each language reads as if written in it; and which sentence of
which example is weakest. Propose at most three changes, each as the exact text before and after. Change nothing yourself."""


def add_resources(server: MCPServer[Any], bench: Workbench) -> None:
    """Serve benchmarks, the taxonomy of tools, the data source catalogue, the filter grammar and the schemas of the marts."""

    @server.resource("benchmarks://all", mime_type=_JSON, description="Published benchmarks with source, date and confidence.")
    def benchmarks() -> str:
        return _json(bench.metrics.benchmarks)

    @server.resource("taxonomy://tools", mime_type=_JSON, description="Tools by category: purpose, data, how to get a key.")
    def tools() -> str:
        return _json(bench.connections.tools().model_dump(mode="json", exclude={"tools": {"__all__": {"check"}}}))

    @server.resource("taxonomy://data-sources", mime_type=_JSON, description="Data sources: what they give, cost and need.")
    def sources() -> str:
        return _json(bench.strategies.sources())

    @server.resource("filters://grammar", mime_type=_JSON, description="Fields and operators of a segment's filter tree.")
    def grammar() -> str:
        example = {"all": [{"field": "company.country", "op": "eq", "value": "Germany"}]}
        return _json({"example": example, "fields": bench.segments.fields(own=True)})

    @server.resource("marts://schemas", mime_type=_JSON, description="Tables of figures, and what each column means.")
    def schemas() -> str:
        described = {name: bench.marts.describe(name) for name in bench.warehouse.mart_names}
        return _json({name: {"holds": holds, "columns": columns} for name, (holds, columns) in described.items()})


def add_prompts(server: MCPServer[Any]) -> None:
    """Offer the reviews worth repeating."""

    @server.prompt(description="Go through the week: lights, replies, experiments, and what to do next.")
    def weekly_review() -> str:
        return WEEKLY_REVIEW

    @server.prompt(description="What a campaign came to, why, and what to learn from it.")
    def campaign_post_mortem(campaign: str) -> str:
        return POST_MORTEM.format(campaign=campaign)

    @server.prompt(description="What is weak in a prompt pack, with exact proposals.")
    def pack_critique(pack: str) -> str:
        return PACK_CRITIQUE.format(pack=pack)


def _json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, indent=1)
