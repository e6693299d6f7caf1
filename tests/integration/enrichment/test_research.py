"""The waterfall over a record: asked in order, stopped when enough is known, kept with its source, never dearer than allowed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.enrichment.runs import RunProgress
from gtm_pipelines.enrichment.source import Price, SourceBusyError, SourceKeyError, Subject
from gtm_pipelines.enrichment.sources.fake import FakeSource
from gtm_pipelines.jobs.model import StopAsked
from gtm_pipelines.record import facts, lookups, merges, suppressions
from gtm_pipelines.record.engine import Record
from tests.research_parts import add_company, company_row, research_with

ACME = {"acme.example": {"industry": "software", "employee_count": "120", "city": "Riga"}}
PAID = Price(per_ask=0.01, per_hit=0.02)


def test_what_a_source_says_is_kept_with_its_source_and_fills_what_was_empty(record: Record, clock: VirtualClock) -> None:
    one = add_company(record, clock, domain="acme.example", city="Rīga")
    source = FakeSource(clock, ACME, price=PAID)
    report = research_with(record, clock, source).run(Order(), by="anna")
    assert (report.status, report.complete, report.facts, round(report.cost_usd, 4)) == ("done", 1, 3, 0.03)
    row = company_row(record, one)
    assert (row.industry, row.employee_count, row.city) == ("software", 120, "Rīga"), "what a list said is not overwritten"
    told = {f.field: f for f in facts.of_subject(record, one)}
    assert told["industry"].source == "fake"
    assert told["industry"].evidence == "industry: software; employee_count: 120; city: Riga"
    assert told["industry"].session_key == f"lookup:{lookups.page(record)[0].id}"
    assert sum(f.cost_usd for f in told.values()) == pytest.approx(0.03)
    assert source.closed


def test_the_dear_source_is_asked_only_for_what_the_cheap_one_did_not_know(record: Record, clock: VirtualClock) -> None:
    for name in ("acme", "other"):
        add_company(record, clock, name=name, domain=f"{name}.example")
    cheap = FakeSource(clock, ACME, name="cheap")
    dear = FakeSource(clock, {"other.example": ACME["acme.example"]}, name="dear", price=PAID)
    report = research_with(record, clock, dear, cheap).run(Order(), by="anna")
    assert sorted(cheap.asked) == ["acme.example", "other.example"]
    assert dear.asked == ["other.example"]
    assert (report.complete, report.lookups) == (2, {"found": 2, "empty": 1})


def test_an_unsure_answer_does_not_end_the_search(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, domain="acme.example")
    guess = FakeSource(clock, {"acme.example": {"city": "Paris"}}, name="guess", confidence=0.5)
    sure = FakeSource(clock, ACME, name="sure", price=PAID)
    research_with(record, clock, guess, sure).run(Order(fields=("city",)), by="anna")
    assert (guess.asked, sure.asked) == (["acme.example"], ["acme.example"])


def test_what_was_found_lets_a_later_source_be_asked(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, name="Acme")
    finder = FakeSource(clock, {"Acme": {"domain": "acme.example"}}, name="finder", by="name", fields=frozenset({"domain"}))
    source = FakeSource(clock, ACME)
    report = research_with(record, clock, source, finder).run(Order(fields=("city",)), by="anna")
    assert source.asked == ["acme.example"]
    assert report.complete == 1


def test_an_answer_within_its_lifetime_is_not_bought_again(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, domain="acme.example")
    source = FakeSource(clock, {"acme.example": {"city": "Riga"}}, price=PAID)
    service = research_with(record, clock, source)
    service.run(Order(), by="anna")
    again = service.run(Order(), by="anna")
    assert (source.asked, again.cost_usd, again.skipped) == (["acme.example"], 0.0, {"answered before": 1})
    clock.advance(days=91)
    service.run(Order(), by="anna")
    assert len(source.asked) == 2


def test_a_person_may_have_it_asked_anew(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, domain="acme.example")
    source = FakeSource(clock, ACME, price=PAID)
    service = research_with(record, clock, source)
    service.run(Order(), by="anna")
    service.run(Order(anew=True), by="anna")
    assert len(source.asked) == 2


def test_the_same_question_about_two_companies_is_bought_once(record: Record, clock: VirtualClock) -> None:
    ids = [add_company(record, clock, name="Acme") for _ in range(3)]
    source = FakeSource(clock, {"Acme": {"city": "Riga"}}, by="name", price=PAID)
    research_with(record, clock, source).run(Order(fields=("city",)), by="anna")
    assert source.asked == ["Acme"]
    assert [company_row(record, one).city for one in ids] == ["Riga"] * 3


def test_what_gave_nothing_is_seen_as_spent_without_gain(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, domain="nobody.example")
    service = research_with(record, clock, FakeSource(clock, ACME, price=PAID))
    service.run(Order(), by="anna")
    (told,) = service.cost("source")
    assert (told.name, told.empty, round(told.cost_usd, 4), round(told.lost_usd, 4)) == ("fake", 1, 0.01, 0.01)
    (month,) = service.months()
    assert (month.scope, month.lookups, month.fruitless) == ("month:2026-03", 1, 1)


@pytest.mark.parametrize("ceiling", ["record", "run", "month"])
def test_no_ceiling_is_ever_passed(record: Record, clock: VirtualClock, ceiling: str) -> None:
    for number in range(20):
        add_company(record, clock, name=f"c{number}", domain=f"c{number}.example")
    answers = {f"c{number}.example": ACME["acme.example"] for number in range(20)}
    cap = 0.02 if ceiling == "record" else 0.10
    source = FakeSource(clock, answers, price=PAID)
    service = research_with(record, clock, source, concurrency=8, **{f"{ceiling}_ceiling_usd": cap})
    report = service.run(Order(), by="anna")
    asked = 0 if ceiling == "record" else 3
    assert (len(source.asked), report.status) == (asked, "ceiling")
    assert report.skipped[f"ceiling of the {ceiling}"] == 20 - asked
    assert sum(month.cost_usd for month in service.months()) <= cap


def test_a_free_source_is_asked_where_no_money_is_left(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, domain="acme.example")
    dear = FakeSource(clock, ACME, name="dear", price=PAID)
    free = FakeSource(clock, {"acme.example": {"city": "Riga"}}, name="free")
    research_with(record, clock, dear, free, month_ceiling_usd=0).run(Order(), by="anna")
    assert (dear.asked, free.asked) == ([], ["acme.example"])


def test_a_key_that_is_refused_puts_the_source_out_and_costs_nothing(record: Record, clock: VirtualClock) -> None:
    for number in range(5):
        add_company(record, clock, name=f"c{number}", domain=f"c{number}.example")

    def refuse(_subject: Subject) -> None:
        raise SourceKeyError("The key is wrong.")

    source = FakeSource(clock, {}, price=PAID, before=refuse)
    report = research_with(record, clock, source, concurrency=1).run(Order(), by="anna")
    assert (len(source.asked), report.out, report.cost_usd) == (1, {"fake": "The key is wrong."}, 0.0)
    assert report.done == 5


def test_a_busy_source_is_asked_again_and_then_put_off(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, domain="acme.example")
    moods = iter([SourceBusyError("later", retry_at=clock.now()), None])

    def moody(_subject: Subject) -> None:
        if mood := next(moods):
            raise mood

    source = FakeSource(clock, ACME, price=PAID, before=moody)
    report = research_with(record, clock, source).run(Order(), by="anna")
    assert (len(source.asked), report.lookups) == (2, {"found": 1})

    far = FakeSource(clock, ACME, name="far", price=PAID, before=_busy_for(clock, hours=2))
    report = research_with(record, clock, far).run(Order(anew=True), by="anna")
    assert (len(far.asked), report.lookups, report.cost_usd) == (1, {"failed": 1}, 0.0)


def _busy_for(clock: VirtualClock, **span: float):
    def busy(_subject: Subject) -> None:
        raise SourceBusyError("come back", retry_at=clock.now() + timedelta(**span))

    return busy


def test_an_answer_that_may_have_been_paid_is_never_asked_for_again_by_the_machine(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, domain="acme.example")

    def lost(_subject: Subject) -> None:
        raise SourceBusyError("the line went dead", charged=0.03)

    source = FakeSource(clock, ACME, price=PAID, before=lost)
    service = research_with(record, clock, source)
    first = service.run(Order(), by="anna")
    second = service.run(Order(), by="anna")
    assert (first.lookups, round(first.cost_usd, 4), len(source.asked)) == ({"unknown": 1}, 0.03, 1)
    assert second.skipped == {"outcome of an earlier question is unknown": 1}
    source.before = lambda _subject: None
    third = service.run(Order(ask_unknown=True), by="anna")
    assert (len(source.asked), third.complete) == (2, 1)


def test_a_source_that_fails_in_its_own_code_fails_alone(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, domain="acme.example")

    def broken(_subject: Subject) -> None:
        raise KeyError("data")

    faulty = FakeSource(clock, ACME, name="faulty", before=broken)
    report = research_with(record, clock, faulty, FakeSource(clock, ACME, name="good")).run(Order(), by="anna")
    assert (report.lookups, report.complete) == ({"failed": 1, "found": 1}, 1)
    (failed,) = lookups.page(record, status="failed")
    assert "failed in its own code" in failed.error_text


def test_nothing_is_learned_of_who_is_never_written_to(record: Record, clock: VirtualClock) -> None:
    one = add_company(record, clock, domain="acme.example")
    with record.write() as connection:
        suppressions.add(connection, "default", "company", one, reason="asked", source="person", at=clock.now())
    source = FakeSource(clock, ACME)
    report = research_with(record, clock, source).run(Order(), by="anna")
    assert (source.asked, report.skipped) == ([], {"never written to": 1})


def test_facts_about_a_merged_company_are_known_of_who_stands_for_it(record: Record, clock: VirtualClock) -> None:
    old = add_company(record, clock, domain="acme.example")
    service = research_with(record, clock, FakeSource(clock, ACME))
    service.run(Order(), by="anna")
    new = add_company(record, clock, name="Acme Ltd")
    with record.write() as connection:
        merges.change(connection, "default", "company", old, {"merged_into": new}, clock.now())
    with record.read() as connection:
        settled = facts.settled(connection, "default", "company", [new], clock.now())
    assert settled[new]["industry"].value == "software"


def test_a_forecast_asks_nobody_and_says_what_it_could_cost(record: Record, clock: VirtualClock) -> None:
    add_company(record, clock, name="Known", domain="known.example", industry="x", employee_count=1, city="y")
    add_company(record, clock, name="Nameless")
    add_company(record, clock, name="Acme", domain="acme.example")
    cheap, dear = FakeSource(clock, ACME, name="cheap"), FakeSource(clock, ACME, name="dear", price=PAID)
    told = research_with(record, clock, cheap, dear).forecast(Order())
    assert (told.subjects, told.asking, cheap.asked, dear.asked) == (3, 1, [], [])
    assert told.why_not == {"nothing is missing": 1, "nobody can be asked": 1}
    by_name = {one.source: one for one in told.sources}
    assert (by_name["cheap"].first, by_name["dear"].first, by_name["dear"].later, by_name["dear"].too_little) == (1, 0, 1, 1)
    assert told.most_usd == pytest.approx(0.03)


def test_a_run_of_a_few_is_about_the_same_few_when_it_goes_on(record: Record, clock: VirtualClock) -> None:
    ids = [add_company(record, clock, name=f"c{n}", domain=f"c{n}.example") for n in range(4)]
    answers = {f"c{number}.example": ACME["acme.example"] for number in range(4)}
    report = research_with(record, clock, FakeSource(clock, answers)).run(Order(limit=2), by="anna")
    assert (report.subjects, report.complete) == (2, 2)
    assert [company_row(record, one).city for one in ids] == ["Riga", "Riga", None, None]


def test_a_run_that_is_to_stop_finishes_what_is_under_way_and_goes_on_later(record: Record, clock: VirtualClock) -> None:
    answers = {f"c{number}.example": ACME["acme.example"] for number in range(30)}
    for domain in answers:
        add_company(record, clock, name=domain, domain=domain)

    def stop(_now: RunProgress) -> None:
        raise StopAsked

    source = FakeSource(clock, answers, price=PAID)
    research = research_with(record, clock, source, concurrency=2)
    with pytest.raises(StopAsked):
        research.run(Order(), by="anna", progress=stop)
    [run] = research.runs()
    assert run.status == "stopped"
    assert 0 < len(source.asked) < 30
    assert research.resume(run.id).status == "done"
    assert len(source.asked) == 30


def test_a_site_that_is_down_holds_up_no_other(record: Record, clock: VirtualClock) -> None:
    for name in ("dead", "acme"):
        add_company(record, clock, name=name, domain=f"{name}.example")

    def down(subject: Subject) -> None:
        if subject.known["domain"] == "dead.example":
            raise SourceBusyError("no answer", retry_at=clock.now() + timedelta(hours=1))

    sites = FakeSource(clock, ACME, before=down, per_host=True)
    report = research_with(record, clock, sites, concurrency=1).run(Order(), by="anna")
    assert (report.lookups, report.complete) == ({"failed": 1, "found": 1}, 1)


def test_two_runs_at_once_share_what_a_month_may_cost(record: Record, clock: VirtualClock) -> None:
    names = [f"c{number}" for number in range(40)]
    for name in names:
        add_company(record, clock, name=name, domain=f"{name}.example")
    answers = {f"{name}.example": ACME["acme.example"] for name in names}
    sources = [FakeSource(clock, answers, name=name, price=PAID) for name in ("one", "two")]
    with ThreadPoolExecutor(2) as both:
        runs = [
            both.submit(research_with(record, clock, source, month_ceiling_usd=0.3).run, Order(), by="anna") for source in sources
        ]
        reports = [run.result() for run in runs]
    assert sum(len(source.asked) for source in sources) == 10
    assert sum(report.cost_usd for report in reports) == pytest.approx(0.3)
