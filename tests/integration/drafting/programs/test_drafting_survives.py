from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.jobs.model import StopAsked
from gtm_pipelines.record.interactions import run_scope
from gtm_pipelines.record.tables import draft, draft_stage, grounding, interaction, llm_spend, revision
from gtm_pipelines.settings import Settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_people
from tests.drafting_parts import model_campaign, writers
from tests.integration.drafting.programs.killed import CONCURRENCY

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[4]
PEOPLE = 24


def killed(settings: Settings, moment: str, last: int) -> None:
    asked = [sys.executable, "-m", "tests.integration.drafting.programs.killed"]
    command = [*asked, str(settings.home_path), settings.database_url, moment, str(last)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -9, ended.stderr[-2000:]


def paid(bench: Workbench) -> Counter[str]:
    """Count the paid calls by what was asked."""
    with bench.record.read() as connection:
        rows = connection.execute(sa.select(interaction.c.inputs).where(interaction.c.cached.is_(False))).scalars()
        return Counter(str(row["messages"]) for row in rows)


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        ("answer", 30),
        ("INSERT INTO interaction", 9), ("INSERT INTO draft ", 1), ("INSERT INTO draft_stage", 2),
        ("ground", 1),
    ],
)  # fmt: skip
def test_killed_at_any_moment_it_goes_on_and_writes_nothing_twice(settings: Settings, moment: str, last: int) -> None:
    bench = open_workbench(settings, clock=SystemClock())
    add_people(bench, PEOPLE)
    model_campaign(bench, write="dealt", budget_usd=5.0)
    killed(settings, moment, last)
    before = paid(bench)
    service, engine, _ = writers(bench, ground=bench.groundings.look, concurrency=CONCURRENCY)
    report = service.draft("spring")
    assert (report.drafted + report.existing, report.failed) == (PEOPLE, 0)
    assert service.draft("spring").drafted == 0
    bench.groundings.check("spring")
    with bench.record.read() as connection:
        targets = connection.execute(sa.select(draft.c.target_id)).scalars().all()
        counts = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (revision, draft_stage, grounding)
        }
        spent = connection.execute(sa.select(sa.func.sum(interaction.c.cost_usd))).scalar_one()
        scope = run_scope(f"drafts-{campaign_id(bench)}")
        counted = connection.execute(sa.select(llm_spend).where(llm_spend.c.scope == scope)).mappings().one()
    assert len(targets) == len(set(targets)) == PEOPLE
    assert counts == {"revision": PEOPLE, "draft_stage": 3 * PEOPLE, "grounding": PEOPLE}
    asked_again = [question for question in before if paid(bench)[question] > before[question]]
    assert asked_again == []  # what was answered and on record is never paid for twice
    assert len(engine.requests) == sum(paid(bench).values()) - sum(before.values())
    assert sum(paid(bench).values()) == 2 * PEOPLE == counted["calls"]
    assert counted["cost_usd"] == pytest.approx(spent)
    bench.close()


def campaign_id(bench: Workbench) -> str:
    return bench.campaigns.list()[0].id


def test_asked_to_stop_it_keeps_what_is_written_and_pays_for_nothing_twice(settings: Settings) -> None:
    bench = open_workbench(settings, clock=SystemClock())
    add_people(bench, PEOPLE)
    model_campaign(bench, write="dealt", budget_usd=5.0)
    service, _, _ = writers(bench, ground=bench.groundings.look, concurrency=2)

    def stop(done: int, _total: int | None) -> None:
        if done:
            raise StopAsked

    with pytest.raises(StopAsked):
        service.draft("spring", progress=stop)
    before = paid(bench)
    service, _, _ = writers(bench, ground=bench.groundings.look, concurrency=2)
    report = service.draft("spring")
    assert report.existing > 0
    assert (report.drafted + report.existing, report.failed) == (PEOPLE, 0)
    assert [question for question in before if paid(bench)[question] > before[question]] == []
    assert sum(paid(bench).values()) == 2 * PEOPLE
    bench.close()
