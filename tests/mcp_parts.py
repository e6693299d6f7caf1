"""What an AI tool finds behind the server: every tool with arguments that find something, and a workbench to call them on.

``python -m tests.mcp_parts`` writes the contract with AI tools anew, after a change that is meant.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mcp import Client

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.ids import new_id
from gtm_pipelines.mcp.server import build
from gtm_pipelines.record import contacts
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import drafted, queue_message
from tests.search_parts import add_reply

CONTRACT = Path(__file__).parent / "integration" / "mcp" / "contract.json"
TOOLS = {
    "search_companies": {}, "search_contacts": {"search": "a"}, "get_company": {"key": "COMPANY"},
    "get_contact": {"key": "CONTACT"},
    "search_knowledge": {"question": "pumps"}, "list_segments": {}, "preview_segment": {"filter": "FILTER"},
    "propose_segment": {"name": "NEW", "filter": "FILTER", "why": "they answer"}, "list_campaigns": {},
    "get_campaign": {"campaign": "spring"}, "get_plan": {"campaign": "spring"}, "list_drafts": {"campaign": "spring"},
    "get_draft": {"draft_id": "DRAFT"},
    "propose_draft": {"draft_id": "DRAFT", "seen_revision": 1, "subject": "Shorter", "body": "Hello.\n", "why": "shorter"},
    "list_replies": {}, "list_packs": {}, "get_pack": {"pack": "cold-email"}, "get_metrics": {}, "get_lights": {},
    "list_experiments": {}, "get_benchmarks": {"metric": "reply"}, "get_lineage": {"id": "MESSAGE"}, "list_data_sources": {},
    "list_findings": {"campaign": "spring"}, "get_taxonomy": {"category": "crm"},
    "query_marts": {"sql": "SELECT campaign, sent FROM campaign_funnel"},
}  # fmt: skip
"""Every tool with arguments that find something."""


def filled(home: Path) -> Workbench:
    """Return a workbench with two people written to, one of whom answered."""
    opened = open_workbench(load_settings(home=home), clock=VirtualClock(datetime(2026, 3, 4, 10, tzinfo=UTC)))
    first, *_ = drafted(opened, 3)
    opened.review.approve_recommended("spring", by="anna")
    sent = next(one for one in opened.review.page("spring", status="approved") if one.contact_id == first.contact_id)
    queue_message(opened, sent, state="sent", sent_at=opened.clock.now(), handed_at=opened.clock.now())
    add_reply(opened, "Your pumps interest us.", subject="Re: pumps")
    opened.metrics.refresh()
    return opened


def places_in(bench: Workbench) -> dict[str, Any]:
    """Return what stands for the words in capitals in ``TOOLS``."""
    waiting = bench.review.page("spring", status="drafted")
    person = contacts.page(bench.record)[0]
    lineage = bench.marts.polars("lineage")
    return {
        "COMPANY": person.company_id, "CONTACT": person.email, "DRAFT": waiting[0].id, "MESSAGE": lineage["message_id"][0],
        "FILTER": {"all": [{"field": "contact.email", "op": "is_not_empty"}]},
    }  # fmt: skip


def arguments(tool: str, places: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with which a tool finds something; a proposal gets a name that nobody used before."""
    given: dict[str, Any] = TOOLS[tool]
    known = places | {"NEW": f"Proposed {new_id()}"}
    return {name: known.get(value, value) if isinstance(value, str) else value for name, value in given.items()}


async def contract(client: Client) -> dict[str, Any]:
    """Return everything a server promises: tools with their arguments, resources, prompts."""
    tools, resources, prompts = await client.list_tools(), await client.list_resources(), await client.list_prompts()
    return {
        "tools": {
            tool.name: {
                "told": tool.description,
                "only_reads": tool.annotations.read_only_hint if tool.annotations else None,
                "arguments": tool.input_schema,
            }
            for tool in tools.tools
        },
        "resources": {str(one.uri): one.description for one in resources.resources},
        "prompts": {one.name: [each.name for each in one.arguments or ()] for one in prompts.prompts},
    }


def main() -> None:
    """Write the contract anew."""
    import tempfile

    async def run(bench: Workbench) -> dict[str, Any]:
        async with Client(build(bench)) as client:
            return await contract(client)

    with tempfile.TemporaryDirectory() as home:
        bench = open_workbench(load_settings(home=Path(home)))
        found = asyncio.run(run(bench))
        bench.close()
    CONTRACT.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
