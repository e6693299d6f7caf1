"""``gtm strategy``: begun, planned, shown, corrected, confirmed and turned into a segment from the terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gtm_pipelines.cli.main import main
from gtm_pipelines.workbench import open_workbench
from tests.integration.strategy.parts import room


@pytest.fixture
def spring(capsys: pytest.CaptureFixture[str]) -> None:
    """Write the strategy 'Spring' with recorded answers."""
    bench = open_workbench()
    made = room(bench.record, bench.clock)
    made.service.new("Spring", "https://harbourline.test", by="anna")
    made.service.run("Spring", by="anna")
    made.llm.close()
    bench.close()


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main([*map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_strategy_is_begun_and_its_run_planned_without_reading(capsys) -> None:
    assert run(capsys, "strategy", "new", "Spring", "harbourline.test", "--by", "anna")["status"] == "draft"
    steps = run(capsys, "strategy", "run", "Spring", "--dry-run")
    assert [step["asks"] for step in steps] == ["model"] * 5 + ["rules"]
    assert run(capsys, "strategy", "list")[0]["documents"] == {}


def test_a_run_without_a_model_names_the_next_step(capsys, tmp_path) -> None:
    run(capsys, "strategy", "new", "Spring", "harbourline.test", "--by", "anna")
    page = tmp_path / "offer.txt"
    page.write_text("Harbourline is a tracking platform for freight forwarders and importers. " * 60)
    with pytest.raises(SystemExit) as stopped:
        main(["strategy", "run", "Spring", "--page", str(page)])
    assert stopped.value.code == 78
    assert "[[models]]" in capsys.readouterr().err


def test_documents_are_shown_with_their_evidence(capsys, spring) -> None:
    main(["strategy", "show", "Spring"])
    assert "product_overview" in capsys.readouterr().out
    main(["strategy", "show", "Spring", "product_overview", "--evidence"])
    told = capsys.readouterr().out
    assert "“Harbourline is a tracking platform for freight forwarders and importers”" in told
    assert "taken out: It has 9 million customers." in told
    shown = run(capsys, "strategy", "show", "Spring", "product_overview")
    assert (shown["coverage"], [each["number"] for each in shown["versions"]]) == (1.0, [1])


def test_a_field_is_corrected_and_the_correction_taken_back(capsys, spring) -> None:
    words = ("strategy", "correct", "Spring", "target_company", "--by", "anna")
    made = run(capsys, *words, "--set", "firmographics.1.values=NL, BE")
    assert made["changes"][0]["after"]["values"] == ["NL", "BE"]
    main([*words, "--undo"])
    assert "confidence" in capsys.readouterr().out
    document = run(capsys, "strategy", "show", "Spring", "target_company")
    assert document["content"]["firmographics"][1]["values"] == ["GB", "NL", "DE", "PL"]
    assert document["number"] == 3
    with pytest.raises(SystemExit):
        main([*words, "--set", "firmographics.1.values=NL", "--undo"])


def test_a_confirmed_strategy_becomes_a_segment(capsys, spring) -> None:
    assert run(capsys, "strategy", "confirm", "Spring", "--by", "anna")["confirmed_by"] == "person:anna"
    made = run(capsys, "strategy", "propose-segment", "Spring", "--save", "Forwarders", "--by", "anna")
    assert made["saved"] == "Forwarders"
    assert made["filter"] == run(capsys, "segment", "show", "Forwarders")["filter"]
    main(["strategy", "propose-segment", "Spring"])
    assert "filters nobody" in capsys.readouterr().out


def test_only_a_person_confirms(capsys, spring) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["strategy", "confirm", "Spring", "--by", "system:night"])
    assert stopped.value.code == 77


def test_sources_are_listed_and_recommended_for_a_budget(capsys) -> None:
    found = run(capsys, "strategy", "sources")
    assert len(found) >= 25
    advice = run(capsys, "strategy", "sources", "--need", "email_verification", "--budget", 10)
    assert "leadmagic" not in [pick["source"] for pick in advice["picks"]]
    assert dict(advice["left_out"])["leadmagic"].endswith("more than the budget leaves")
    main(["strategy", "sources", "--need", "page_text"])
    assert "costs nothing" in capsys.readouterr().out
