"""``gtm pack``: what it prints, what it changes, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gtm_pipelines.cli.campaign import command as campaign
from gtm_pipelines.cli.pack import command as pack
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_people


@pytest.fixture
def bench(begun_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setenv("GTM_HOME", str(begun_home))
    opened = open_workbench(load_settings())
    yield opened
    opened.close()


def ran(*words: str, code: int = 0, command: object = pack) -> Result:
    result = CliRunner().invoke(command, list(words), catch_exceptions=code == 65)  # type: ignore[arg-type]
    assert result.exit_code == code, result.output
    return result


def shouted(bench: Workbench) -> None:
    """Add a version that breaks two rules and follows one piece of advice too few."""
    first = bench.packs.get("cold-email")
    text = first.files["direct.en.md"].replace("Is that", "Act now!! I hope this finds you well. Is that")
    bench.pack_versions.derive(first, {"direct.en.md": text}, step="patch")


def test_what_breaks_a_rule_is_told_with_its_hint_and_ends_with_an_error(bench: Workbench) -> None:
    shouted(bench)
    said = ran("lint", "cold-email@1.1.1", code=65).output
    assert "error: direct.en.md: “act now” [text.spam]" in said
    assert "filters and people know this phrase" in said
    found = json.loads(ran("lint", "cold-email@1.1.1", "--json", code=65).output)
    assert [(item["rule"], item["severity"]) for item in found] == [
        ("text.spam", "error"), ("text.shouting", "error"), ("text.cliche", "advice"),
    ]  # fmt: skip
    assert all(item["hint"] and item["pack"] == "cold-email@1.1.1" for item in found)


def test_sound_packs_end_well_and_are_all_looked_at_unless_one_is_named(bench: Workbench) -> None:
    said = ran("lint").output
    assert said.count("nothing to mend") == len(bench.packs.list()) == 7
    assert json.loads(ran("lint", "judge", "--json").output) == []


def test_a_version_is_begun_compared_promoted_and_taken_back(bench: Workbench) -> None:
    assert "cold-email@1.2.0 lies in" in ran("new", "cold-email").output
    assert "say the same" in ran("diff", "cold-email").output
    assert "0 changes, 0 broken rules" in ran("promote", "cold-email", "1.2.0", "--dry-run", "--by", "anna").output
    assert "Nothing was promoted yet" in ran("releases").output
    ran("promote", "cold-email", "1.0.0", "--by", "anna", "--reason", "as ever")
    ran("promote", "cold-email", "1.2.0", "--by", "ben")
    assert "would take cold-email@1.0.0" in ran("rollback", "cold-email", "--dry-run", "--by", "ben").output
    assert "in place of 1.2.0" in ran("rollback", "cold-email", "--by", "ben").output
    told = json.loads(ran("releases", "cold-email", "--json").output)
    assert [(item["action"], item["version"], item["decided_by"]) for item in told] == [
        ("rollback", "1.0.0", "person:ben"), ("promote", "1.2.0", "person:ben"), ("promote", "1.0.0", "person:anna"),
    ]  # fmt: skip
    assert "as ever" in ran("releases").output


def test_whether_a_version_that_is_begun_counts_is_said_and_true(bench: Workbench) -> None:
    assert "counts at once" in ran("new", "mine", "--like", "follow-ups").output
    assert bench.packs.get("mine").version == "1.0.0"
    assert "mine@1.0.0 counts" in ran("releases", "mine").output
    said = ran("new", "mine").output
    assert "New campaigns take mine@1.0.0 until it is promoted: gtm pack promote mine 1.1.0" in said
    assert bench.packs.get("mine").version == "1.0.0"
    assert "mine@1.0.0 counts" in ran("releases", "mine").output
    assert "no copy" in ran("releases").output


def test_a_next_version_is_no_copy_of_another_pack(bench: Workbench) -> None:
    with pytest.raises(NotFoundError, match="'nope'"):
        bench.pack_versions.new("cold-email", like="nope")
    with pytest.raises(InputError, match="Leave --like out"):
        bench.pack_versions.new("cold-email", like="follow-ups")
    assert bench.packs.versions("cold-email") == ["1.0.0", "1.1.0"]
    assert "cold-email@1.2.0 lies in" in ran("new", "cold-email", "--like", "cold-email").output


def test_versions_are_compared_with_the_one_before_unless_two_are_named(bench: Workbench) -> None:
    usual = ran("diff", "cold-email").output
    assert usual.startswith("cold-email@1.0.0 → cold-email@1.1.0: calls for a minor step")
    assert ran("diff", "cold-email", "1.0.0", "1.1.0").output == usual
    assert ran("diff", "cold-email", "--from", "1.0.0", "--to", "1.1.0").output == usual
    assert ran("diff", "cold-email", "1.1.0", "1.0.0").output.startswith("cold-email@1.1.0 → cold-email@1.0.0")
    assert "held against itself" in ran("diff", "follow-ups").output
    assert "two versions at most" in ran("diff", "cold-email", "1.0.0", "--to", "1.1.0", code=2).output


def test_a_campaign_takes_the_version_that_was_promoted(bench: Workbench) -> None:
    add_people(bench, 2)
    bench.segments.save("everybody", {"all": []}, by="anna")
    given = ("--segment", "everybody", "--pack", "cold-email", "--mailbox", bench.settings.mailboxes[0].name)
    ran("create", "before", *given, command=campaign)
    ran("promote", "cold-email", "1.0.0", "--by", "anna")
    ran("create", "after", *given, command=campaign)
    ran("create", "named", *given[:2], "--pack", "cold-email@1.1.0", *given[4:], command=campaign)
    found = [bench.campaigns.get(name) for name in ("before", "after", "named")]
    assert [each.pack_version for each in found] == ["1.1.0", "1.0.0", "1.1.0"]


def test_one_mail_is_shown_to_a_contact_or_to_somebody_made_up(bench: Workbench) -> None:
    add_people(bench, 1)
    said = ran("render", "follow-ups", "--variant", "bump", "--contact", "p0@acme.example").output
    assert "Здравствуйте, Мария!" in said
    assert "Acme" in said
    assert "Hi Maya," in ran("render", "cold-email").output
    told = json.loads(ran("render", "replies", "--variant", "pricing", "--language", "ru", "--json").output)
    assert told["after"]["refusal"] is None
    assert told["sample"]["language"] == "ru"


def test_two_versions_are_tried_side_by_side(bench: Workbench) -> None:
    ran("promote", "cold-email", "1.0.0", "--by", "anna")
    said = ran("simulate", "cold-email", "--full").output
    assert "=== cold-email@1.0.0, direct, to Maya Lindqvist" in said
    assert "Refused: company has a link" in said
    told = json.loads(ran("simulate", "cold-email", "--variant", "direct", "--json").output)
    assert told["before"]["version"] == "cold-email@1.0.0"
    assert told["after"]["written"] == 8


def test_all_of_a_pack_is_shown(bench: Workbench) -> None:
    said = ran("show", "cold-email").output
    for part in ("direct, en", "parts/plan.md", "parts/variant-casual.md", "examples/warehouse.en.md (good)"):
        assert part in said
    assert "invented_claims: risk, weight 1" in ran("show", "judge").output
    told = json.loads(ran("show", "judge", "--json").output)
    assert told["kind"] == "judge"
    assert "judge" in told["parts"]
