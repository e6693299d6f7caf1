"""``gtm search``: questions, what they are narrowed to, and the index, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gtm_pipelines.cli.search import command
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_company
from tests.search_parts import add_page


@pytest.fixture
def bench(begun_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GTM_HOME", str(begun_home))
    monkeypatch.setenv("GTM_SEARCH__EMBEDDER", "none")
    opened = open_workbench(load_settings())
    firm = add_company(opened.record, opened.clock, name="Alder Freight", domain="alder.test", language="en")
    add_page(opened, firm, "Our fleet is electric.", final_url="https://alder.test/fleet")
    add_company(opened.record, opened.clock, name="Тихий путь", description="Возит грузы.", language="ru")
    yield opened
    opened.close()


def gtm(*words: str) -> Result:
    return CliRunner().invoke(command, list(words), catch_exceptions=True)


def test_a_question_needs_no_command_of_its_own(bench: Workbench) -> None:
    for words in (("electric fleet",), ("ask", "electric fleet"), ("--limit", "3", "electric fleet")):
        result = gtm(*words)
        assert result.exit_code == 0, result.output
        assert "https://alder.test/fleet" in result.output
        assert "Our fleet is electric." in result.output


def test_an_answer_can_be_read_by_programs(bench: Workbench) -> None:
    result = gtm("electric fleet", "--json")
    found = json.loads(result.stdout)
    assert found["evidence"][0]["url"] == "https://alder.test/fleet"
    assert found["evidence"][0]["words"]["rank"] == 1
    assert found["evidence"][0]["meaning"] is None
    assert "gtm-workbench[search]" in found["notes"][0]


def test_a_search_is_narrowed(bench: Workbench) -> None:
    def titles(*words: str) -> set[str]:
        return {one["title"] for one in json.loads(gtm(*words, "--json").stdout)["evidence"]}

    assert titles("путь freight") == {"Alder Freight", "Тихий путь", "Alder Freight: Home"}
    assert titles("путь freight", "--language", "ru") == {"Тихий путь"}
    assert titles("freight", "--type", "company", "--company", "alder.test") == {"Alder Freight"}
    assert titles("freight", "--since", "2100-01-01") == set()
    assert isinstance(gtm("freight", "--company", "nobody.test").exception, NotFoundError)
    assert isinstance(gtm(" ").exception, InputError)


def test_nothing_found_says_what_to_do(bench: Workbench) -> None:
    assert "Ask otherwise" in gtm("zeppelin").output


def test_the_index_says_what_it_did(bench: Workbench) -> None:
    first, again = gtm("index"), gtm("index", "--json")
    assert "2 company" in first.output
    assert "pip install" in first.output
    assert json.loads(again.stdout)["cut"] == {}
    assert "company" in gtm("status").output
    assert json.loads(gtm("status", "--json").stdout)["pieces"]["page"] == 1
