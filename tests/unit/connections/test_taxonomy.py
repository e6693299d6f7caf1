"""The taxonomy of tools: what there is, what it is for, and what a user may add or replace."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gtm_pipelines.connections.catalogue import FILE_NAME, load
from gtm_pipelines.connections.model import Taxonomy, check_key
from gtm_pipelines.errors import InputError
from gtm_pipelines.settings import bundle_root

SHIPPED = bundle_root() / "data" / "reference" / FILE_NAME
ASKED_FOR = {
    "outreach": {"instantly", "smartlead", "lemlist"},
    "enrichment": {"apollo", "clay", "zoominfo"},
    "crm": {"hubspot", "folk", "pipedrive"},
    "scheduling": {"calendly", "cal_com"},
    "linkedin": {"dripify", "expandi"},
}
OWN = {
    "name": "ours", "title": "Ours", "category": "crm", "purpose": "Keeps deals.", "gives": ["stages"],
    "key": {"steps": "Ask Eva.", "page": "https://crm.ours.example/"}, "docs": "https://crm.ours.example/docs",
}  # fmt: skip


@pytest.fixture
def taxonomy(tmp_path: Path) -> Taxonomy:
    return load(SHIPPED, tmp_path / FILE_NAME)


def test_every_tool_that_people_name_is_there_under_its_kind(taxonomy: Taxonomy) -> None:
    found = {kind: {tool.name for tool in taxonomy.tools if tool.category == kind} for kind in taxonomy.categories}
    assert found.keys() == ASKED_FOR.keys()
    assert all(ASKED_FOR[kind] <= names for kind, names in found.items())


def test_every_tool_says_what_for_what_it_gives_and_how_to_get_a_key(taxonomy: Taxonomy) -> None:
    for tool in taxonomy.tools:
        assert tool.purpose.endswith("."), tool.name
        assert tool.ru_purpose.endswith("."), tool.name
        assert tool.gives, tool.name
        assert tool.key.page.scheme == tool.docs.scheme == "https", tool.name
        assert tool.check is None or tool.check.url.scheme == "https", tool.name


def test_every_request_names_the_description_that_it_was_held_against(taxonomy: Taxonomy) -> None:
    checks = [tool.check for tool in taxonomy.tools if tool.check]
    assert len(checks) == 14
    assert all(check.source and check.read_on for check in checks)


def test_what_has_no_key_to_use_leads_to_the_import(taxonomy: Taxonomy) -> None:
    by_import = {tool.name for tool in taxonomy.tools if tool.how == "import"}
    assert by_import == {"clay", "zoominfo", "dripify", "expandi"}
    assert not any(tool.check or tool.used_by for tool in taxonomy.tools if tool.how == "import")


def test_a_user_adds_a_tool_and_replaces_another(tmp_path: Path) -> None:
    own = {"tools": [OWN, OWN | {"name": "clay", "title": "Clay of ours", "category": "enrichment"}]}
    (tmp_path / FILE_NAME).write_text(yaml.safe_dump(own), "utf-8")
    taxonomy = load(SHIPPED, tmp_path / FILE_NAME)
    assert taxonomy.tool("Ours").purpose == "Keeps deals."
    assert taxonomy.tool("clay").title == "Clay of ours"
    assert taxonomy.tool("APOLLO").title == "Apollo"


@pytest.mark.parametrize(
    "content",
    ["tools: [", "tools: [{name: x}]", "- a", "tools: 1", yaml.safe_dump({"tools": [OWN | {"category": "none"}]}),
     yaml.safe_dump({"tools": [OWN | {"check": {"url": "https://a.example", "read_on": "2026-01-01"}}]})],
)  # fmt: skip
def test_a_users_file_that_cannot_be_used_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"tools\.yaml cannot be used"):
        load(SHIPPED, tmp_path / FILE_NAME)


def test_an_unknown_tool_is_told_with_those_there_are(taxonomy: Taxonomy) -> None:
    with pytest.raises(InputError, match="instantly, smartlead"):
        taxonomy.tool("salesfarce")


@pytest.mark.parametrize("key", ["", "   ", "two words", "ключ", "a\nb", "x" * 5000])
def test_what_is_no_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(InputError) as refused:
        check_key(key)
    assert not key.strip() or key not in str(refused.value)


def test_a_key_is_taken_without_what_copying_leaves_around_it() -> None:
    assert check_key("  sk-live_A/b+c=\n") == "sk-live_A/b+c="


def test_the_sources_and_senders_of_the_workbench_can_all_be_connected(taxonomy: Taxonomy) -> None:
    from gtm_pipelines.wiring.vendors import BUILT_IN

    def used(by: str) -> set[str]:
        return {tool.name for tool in taxonomy.tools if tool.used_by == by}

    assert used("mailbox") == set(BUILT_IN)
    assert used("enrichment") == {"apollo", "exa", "firecrawl", "hunter", "leadmagic", "parallel"}
