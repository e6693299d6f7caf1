from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.drafting.learning.attempt import Effort, SilentFailureError, Wish
from gtm_pipelines.errors import InputError, PolicyError
from gtm_pipelines.llm.engines.scripted import Line
from gtm_pipelines.record.tables import contact, interaction, optimisation, training_example
from gtm_pipelines.settings import LlmSettings, Settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_contact
from tests.learning_parts import Writer, add_examples, good, optimiser, tiny_pack

pytestmark = pytest.mark.slow
EFFORT = Effort(candidates=3, trials=4, metric_calls=60, demos=2, threads=1)
ROOT = Path(__file__).parents[4]


def wish(name: Any = "bootstrap", **changed: Any) -> Wish:
    return Wish(**{"pack": "tiny", "optimiser": name, "effort": EFFORT, "most": 24, "judged": False} | changed)


def prepared(workbench: Workbench, **examples: Any) -> Workbench:
    tiny_pack(workbench.settings.home_path)
    add_examples(workbench, **examples)
    return workbench


def paid(workbench: Workbench) -> list[str]:
    with workbench.record.read() as connection:
        paid_for = sa.select(interaction.c.inputs).where(interaction.c.cached.is_(False)).order_by(interaction.c.id)
        rows = connection.execute(paid_for).scalars()
        return [json.dumps(row, sort_keys=True) for row in rows]


@pytest.mark.parametrize("name", ["bootstrap", "mipro", "gepa"])
@pytest.mark.parametrize("last", [20, 45])
def test_killed_in_the_middle_it_goes_on_and_repeats_no_paid_call(settings: Settings, name: str, last: int) -> None:
    bench = prepared(open_workbench(settings, clock=SystemClock()))
    asked = [sys.executable, "-m", "tests.integration.drafting.learning.killed"]
    command = [*asked, str(settings.home_path), settings.database_url, name, str(last)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -9, ended.stderr[-2000:]
    (attempt,) = bench.optimisations.attempts()
    assert attempt.status == "running"
    before = paid(bench)
    assert len(before) == last
    service, engine = optimiser(bench, Writer())
    done = service.run(attempt.id)
    assert done.status == "finished"
    assert done.report["verdict"] == "better"
    assert not set(before) & set(paid(bench)[last:])
    assert max(Counter(paid(bench)).values()) == 1
    assert done.calls == last + len(engine.requests)
    bench.close()


def test_gepa_whose_reflection_cannot_be_read_has_failed_and_says_so(workbench: Workbench) -> None:
    service, _ = optimiser(prepared(workbench), Writer(reflects=False))
    with pytest.raises(SilentFailureError, match=r"asked \d+ times for a new instruction and got 0"):
        service.optimise(wish("gepa"), by="person:anna")
    (attempt,) = service.attempts()
    assert attempt.status == "failed"
    assert attempt.report["why"] == "optimiser_silent"
    assert attempt.result_version is None


def test_an_outage_stops_it_and_is_no_verdict_on_any_candidate(workbench: Workbench) -> None:
    writer, down = Writer(), threading.Event()

    def answer(request: Any) -> Line | str:
        return Line(error=TimeoutError()) if down.is_set() else writer(request)

    service, engine = optimiser(prepared(workbench), answer, llm=LlmSettings(retries=0))
    first = service.request(wish(), by="person:anna")

    def progress(done: int, _total: int | None) -> None:
        if done >= 5:
            down.set()

    stopped = service.run(first.id, progress=progress)
    assert (stopped.status, stopped.report["why"]) == ("stopped", "unavailable")
    down.clear()
    workbench.clock.advance(minutes=10)
    done = service.run(first.id)
    assert (done.status, done.report["verdict"]) == ("finished", "better")
    assert len(engine.requests) < 400


def test_a_person_stops_it_and_it_goes_on_later(workbench: Workbench) -> None:
    service, _ = optimiser(prepared(workbench), Writer())
    attempt = service.request(wish(), by="person:anna")

    def progress(done: int, _total: int | None) -> None:
        workbench.clock.advance(seconds=2)
        if done == 4:
            service.stop(attempt.id, by="person:ben")

    stopped = service.run(attempt.id, progress=progress)
    assert stopped.status == "stopped"
    assert service.run(attempt.id).status == "finished"


def test_with_too_few_companies_it_is_kept_and_only_a_reason_promotes_it(workbench: Workbench) -> None:
    service, _ = optimiser(prepared(workbench, companies=30), Writer())
    attempt = service.optimise(wish(), by="person:anna")
    assert attempt.report["verdict"] == "not_enough_data"
    assert attempt.report["held_out"]["needed"] > 0
    assert not attempt.report["offered"]
    with pytest.raises(PolicyError, match="companies only"):
        workbench.promotions.promote("tiny", "1.2.0", by="anna")
    with pytest.raises(PolicyError, match="Overrule"):
        workbench.promotions.promote("tiny", "1.2.0", by="anna", overrule=True)
    workbench.promotions.promote("tiny", "1.2.0", by="anna", overrule=True, reason="read all of them")
    assert workbench.packs.get("tiny").version == "1.2.0"


def test_a_version_changed_after_it_was_measured_is_not_what_was_measured(workbench: Workbench) -> None:
    service, _ = optimiser(prepared(workbench), Writer())
    attempt = service.optimise(wish(), by="person:anna")
    assert attempt.report["offered"]
    place = workbench.settings.home_path / "prompt_packs" / "tiny" / "1.2.0" / "parts" / "write.md"
    place.write_text(place.read_text("utf-8") + "\nAlso be funny.\n", "utf-8")
    with pytest.raises(PolicyError, match="changed since it was measured"):
        workbench.promotions.promote("tiny", "1.2.0", by="anna")


def test_without_examples_it_says_how_many_are_wanted(workbench: Workbench) -> None:
    service, _ = optimiser(prepared(workbench, companies=2), Writer())
    with pytest.raises(InputError, match="too few examples"):
        service.optimise(wish(), by="person:anna")
    assert service.attempts() == []


def test_whoever_is_erased_is_gone_from_what_optimisers_asked(workbench: Workbench) -> None:
    bench = prepared(workbench, person="Zina Zebra")
    lone = add_contact(bench.record, bench.clock, full_name="Zina Zebra", first_name="Zina", email="zina@firm.example")
    with bench.record.write() as connection:
        connection.execute(sa.update(training_example).values(contact_id=lone))
    service, _ = optimiser(bench, Writer())
    service.optimise(wish(), by="person:anna")
    bench.privacy.erase_person("zina@firm.example", by="person:anna")
    with bench.record.read() as connection:
        for table in (interaction, optimisation, training_example, contact):
            assert "Zebra" not in str(connection.execute(sa.select(table)).all()), table.name
            assert good("Firm 3") not in str(connection.execute(sa.select(table)).all()), table.name
