"""AI tools read the workbench with the protocol's own client, and can do nothing but propose."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.mcp.answers import LONGEST_TEXT, MOST, NOTE
from gtm_pipelines.mcp.server import build
from gtm_pipelines.record import contacts
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_contact, drafted, queue_message
from tests.search_parts import add_reply

TOOLS = {
    "search_companies": {}, "search_contacts": {"search": "a"}, "get_company": {"key": "COMPANY"},
    "get_contact": {"key": "CONTACT"},
    "search_knowledge": {"question": "pumps"}, "list_segments": {}, "preview_segment": {"filter": "FILTER"},
    "propose_segment": {"name": "Proposed", "filter": "FILTER", "why": "they answer"}, "list_campaigns": {},
    "get_campaign": {"campaign": "spring"}, "get_plan": {"campaign": "spring"}, "list_drafts": {"campaign": "spring"},
    "get_draft": {"draft_id": "DRAFT"},
    "propose_draft": {"draft_id": "DRAFT", "seen_revision": 1, "subject": "Shorter", "body": "Hello.\n", "why": "shorter"},
    "list_replies": {}, "list_packs": {}, "get_pack": {"pack": "cold-email"}, "get_metrics": {}, "get_lights": {},
    "list_experiments": {}, "get_benchmarks": {"metric": "reply"}, "get_lineage": {"id": "MESSAGE"}, "list_data_sources": {},
    "list_findings": {"campaign": "spring"},
    "query_marts": {"sql": "SELECT campaign, sent FROM campaign_funnel"},
}  # fmt: skip
"""Every tool with arguments that find something. A tool added or taken away is a change of the contract with AI tools."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A workbench with two people written to, one of whom answered."""
    home = tmp_path_factory.mktemp("mcp")
    opened = open_workbench(load_settings(home=home), clock=VirtualClock(datetime(2026, 3, 4, 10, tzinfo=UTC)))
    first, *_ = drafted(opened, 3)
    opened.review.approve_recommended("spring", by="anna")
    sent = next(one for one in opened.review.page("spring", status="approved") if one.contact_id == first.contact_id)
    queue_message(opened, sent, state="sent", sent_at=opened.clock.now(), handed_at=opened.clock.now())
    add_reply(opened, "Your pumps interest us.", subject="Re: pumps")
    opened.metrics.refresh()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def places(bench: Workbench) -> dict[str, Any]:
    """What stands for the words in capitals in ``TOOLS``."""
    waiting = bench.review.page("spring", status="drafted")
    person = contacts.page(bench.record)[0]
    message = bench.marts.polars("lineage")["message_id"][0] if len(bench.marts.polars("lineage")) else "nothing"
    return {
        "COMPANY": person.company_id, "CONTACT": person.email, "DRAFT": waiting[0].id, "MESSAGE": message,
        "FILTER": {"all": [{"field": "contact.email", "op": "is_not_empty"}]},
    }  # fmt: skip


def call(bench: Workbench, tool: str, **arguments: Any) -> Any:
    """Call one tool in this process, as a client would."""

    async def run() -> Any:
        async with Client(build(bench, agent="agent:claude")) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(run())


def data(bench: Workbench, tool: str, **arguments: Any) -> Any:
    """Return what a tool answered."""
    result = call(bench, tool, **arguments)
    assert not result.is_error, result.content
    return result.structured_content["data"]


def test_the_tools_are_these_and_no_other(bench: Workbench) -> None:
    async def run() -> Any:
        async with Client(build(bench)) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(run())
    assert {tool.name for tool in tools} == set(TOOLS)
    assert all(tool.description and tool.input_schema and tool.output_schema for tool in tools)
    writing = {tool.name for tool in tools if not tool.annotations.read_only_hint}
    assert writing == {"propose_segment", "propose_draft"}
    forbidden = ("approve", "send", "release", "delete", "erase", "key", "token", "secret")
    assert not [tool.name for tool in tools if any(word in tool.name for word in forbidden)]


@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_answers_with_data_marked_as_data(bench: Workbench, places: dict[str, Any], tool: str) -> None:
    arguments = {name: places.get(value, value) if isinstance(value, str) else value for name, value in TOOLS[tool].items()}
    result = call(bench, tool, **arguments)
    assert not result.is_error, result.content
    assert result.structured_content["note"] == NOTE
    assert result.structured_content["data"]
    assert len(json.dumps(result.structured_content, ensure_ascii=False)) < MOST + 1_000


def test_a_long_answer_is_cut_and_says_how_to_get_the_rest(bench: Workbench) -> None:
    for number in range(100):
        names = {
            "email": f"long{number}@many.test",
            "full_name": f"Long {number}",
            "attributes": {"note": "x" * LONGEST_TEXT * 2},
        }
        add_contact(bench.record, bench.clock, **names)
    result = call(bench, "search_contacts", search="Long", limit=100)
    assert "offset" in result.structured_content["left_out"]
    assert "more characters" in result.content[0].text
    assert result.structured_content["data"]["total"] == 100
    assert 0 < len(result.structured_content["data"]["contacts"]) < 100


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("get_company", {"key": "nobody"}, "gtm company list"),
        ("get_campaign", {"campaign": "none"}, "gtm campaign list"),
        ("search_companies", {"limit": 100_000}, "less than or equal to 100"),
        ("preview_segment", {"filter": {"all": [{"field": "contact.iq", "op": "eq", "value": 1}]}}, "contact.iq"),
        ("get_draft", {}, "required"),
        ("propose_draft", {"draft_id": "x", "seen_revision": 1, "subject": "a", "body": "b", "why": "c"}, "There is no draft"),
    ],
)
def test_bad_arguments_are_told_in_words(bench: Workbench, tool: str, arguments: dict[str, Any], said: str) -> None:
    result = call(bench, tool, **arguments)
    assert result.is_error
    assert said in result.content[0].text.replace("Field required", "required")


def test_a_proposed_segment_bears_the_name_of_the_agent_and_changes_none_that_exists(bench: Workbench) -> None:
    wanted = {"all": [{"field": "contact.email", "op": "is_not_empty"}]}
    made = data(bench, "propose_segment", name="By the tool", filter=wanted, why="to look at")
    assert made["people"] > 0
    assert bench.segments.get("By the tool").created_by == "agent:claude"
    again = call(bench, "propose_segment", name="By the tool", filter=wanted, why="again")
    assert again.is_error
    assert len(bench.segments.versions("By the tool")) == 1


def test_resources_and_prompts_are_there_to_read(bench: Workbench) -> None:
    async def run() -> tuple[dict[str, str], list[str], str]:
        async with Client(build(bench)) as client:
            found = (await client.list_resources()).resources
            read = {str(one.uri): (await client.read_resource(str(one.uri))).contents[0].text for one in found}
            prompts = [one.name for one in (await client.list_prompts()).prompts]
            asked = await client.get_prompt("campaign_post_mortem", {"campaign": "spring"})
            return read, prompts, asked.messages[0].content.text

    read, prompts, asked = asyncio.run(run())
    assert set(read) == {
        "benchmarks://all",
        "taxonomy://data-sources",
        "filters://grammar",
        "marts://schemas",
        "findings://rules",
    }
    assert all(json.loads(text) for text in read.values())
    assert "campaign_funnel" in read["marts://schemas"]
    assert sorted(prompts) == ["campaign_post_mortem", "pack_critique", "weekly_review"]
    assert "'spring'" in asked


@pytest.mark.slow
def test_over_standard_input_and_output_it_is_the_command(tmp_path: Path) -> None:
    async def run() -> Any:
        command = [sys.executable, "-m", "gtm_pipelines.cli", "mcp"]
        server = StdioServerParameters(command=command[0], args=command[1:], env={"GTM_HOME": str(tmp_path / "home")})
        async with Client(server) as client:
            return (await client.list_tools()).tools, await client.call_tool("list_packs", {})

    tools, packs = asyncio.run(run())
    assert {tool.name for tool in tools} == set(TOOLS)
    assert "cold-email" in packs.content[0].text
