"""``gtm segment``: why, what changed, who overlaps; ``gtm contact tag`` and ``export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gtm_pipelines.cli.main import main

CHIEFS = {"all": [{"field": "contact.position", "op": "contains", "value": "chief"}]}
TAGGED = {"all": [{"field": "contact.tags", "op": "has", "value": "fair"}]}


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main([*map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email,First name,Title,Tier\na@x.test,Ann,Chief Executive,=1\nb@x.test,Bob,Clerk,gold\n", encoding="utf-8")
    run(capsys, "contact", "import", path)
    run(capsys, "segment", "create", "chiefs", "--filter", json.dumps(CHIEFS))


@pytest.mark.usefixtures("listed")
class TestSegments:
    def test_why_somebody_is_in_or_not_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(capsys, "segment", "explain", "chiefs", "a@x.test")["matches"] is True
        main(["segment", "explain", "chiefs", "b@x.test"])
        told = capsys.readouterr().out
        assert "not in 'chiefs'" in told
        assert '✗ position contains "chief" (here "Clerk")' in told

    def test_two_versions_are_compared(self, capsys: pytest.CaptureFixture[str]) -> None:
        run(capsys, "segment", "create", "chiefs", "--filter", json.dumps(TAGGED))
        found = run(capsys, "segment", "diff", "chiefs", "1", "2")
        assert (found["removed"], found["added"], found["leaving"]) == (['position contains "chief"'], ['tags has "fair"'], 1)
        main(["segment", "diff", "chiefs", "1"])
        told = capsys.readouterr().out
        assert '- position contains "chief"' in told
        assert "0 stay, 0 come in, 1 go out." in told

    def test_open_campaigns_are_told_in_a_preview_and_when_another_is_made(self, capsys: pytest.CaptureFixture[str]) -> None:
        create = ("--segment", "chiefs", "--pack", "cold-email", "--mailbox", "anna")
        assert run(capsys, "campaign", "create", "spring", *create)["overlaps"]["people"] == 0
        main(["campaign", "create", "summer", *create])
        assert "Warning: 1 people of this segment are in campaign 'spring' (drafting) too." in capsys.readouterr().out
        assert run(capsys, "segment", "overlaps", "chiefs")["people"] == 1
        assert {row["name"] for row in run(capsys, "segment", "preview", "chiefs")["overlaps"]["campaigns"]} == {
            "spring",
            "summer",
        }

    def test_fields_and_values_can_be_looked_up(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "contact.attribute.tier" in {row["name"] for row in run(capsys, "segment", "fields")}
        values = run(capsys, "segment", "values", "contact.attribute.tier")
        assert values == [{"value": "=1", "count": 1}, {"value": "gold", "count": 1}]


@pytest.mark.usefixtures("listed")
class TestLists:
    def test_people_are_tagged_found_by_it_and_untagged(self, capsys: pytest.CaptureFixture[str]) -> None:
        act = run(capsys, "contact", "tag", "fair", "a@x.test", "b@x.test", "--by", "anna")
        assert act["changed"] == 2
        assert run(capsys, "contact", "inspect", "a@x.test")["tags"] == ["fair"]
        assert run(capsys, "contact", "untag", "fair", "--segment", "chiefs")["changed"] == 1
        assert run(capsys, "contact", "tags") == [{"tag": "fair", "contacts": 1}]
        assert run(capsys, "contact", "tag-undo", act["act"])["changed"] == 1
        assert run(capsys, "contact", "tags") == []

    @pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
    def test_a_segment_is_written_by_the_name_of_the_file(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, suffix: str
    ) -> None:
        path = tmp_path / f"out.{suffix}"
        assert run(capsys, "contact", "export", path, "--segment", "chiefs", "--attributes")["written"] == 1
        assert path.stat().st_size > 0

    def test_columns_are_chosen(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        path = tmp_path / "out.txt"
        words = ("--format", "csv", "--columns", "email,attribute.tier")
        assert run(capsys, "contact", "export", path, *words)["written"] == 2
        assert path.read_text("utf-8-sig").splitlines() == ["email,tier", "a@x.test,'=1", "b@x.test,gold"]
