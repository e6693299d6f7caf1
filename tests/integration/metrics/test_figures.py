"""From facts in the record to the figures people read: counts, rates, lights, arms, lineage, training examples."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.metrics.intervals import wilson
from gtm_pipelines.metrics.model import FiguresMissingError
from gtm_pipelines.record import tables
from gtm_pipelines.warehouse import build
from gtm_pipelines.warehouse.model import MartMissingError
from gtm_pipelines.workbench import Workbench
from tests.figures_parts import Outcomes, Rows, fill, inbound

pytestmark = pytest.mark.slow

OUTCOMES = Outcomes(
    sent=130, refused=2, failed=1, unknown=3, bounced_hard=2, bounced_soft=1, positive=6, negative=2, information_request=3,
    other=1, unsubscribe=2, auto_reply=7,
)  # fmt: skip


def filled_and_measured(bench: Workbench) -> Workbench:
    fill(bench.record, bench.clock, OUTCOMES)
    bench.metrics.refresh()
    return bench


@pytest.fixture(scope="module")
def measured(standing: Workbench) -> Workbench:
    """For tests that only read."""
    return filled_and_measured(standing)


@pytest.fixture
def changing(workbench: Workbench) -> Workbench:
    """For tests that change the record and measure again."""
    return filled_and_measured(workbench)


def message_with(workbench: Workbench, cls: str) -> tuple[str, str]:
    """The ids of a message and of the inbound of that class."""
    table = tables.inbound_message
    with workbench.record.read() as connection:
        row = connection.execute(sa.select(table.c.message_id, table.c.id).where(table.c["class"] == cls).limit(1)).one()
    return str(row[0]), str(row[1])


def lineage(workbench: Workbench, **keys: str) -> list[dict[str, Any]]:
    """The published rows that lead from a message or an answer to the lines of files."""
    return workbench.marts.polars("lineage").filter(**keys).to_dicts()


def test_the_funnel_counts_what_happened(measured: Workbench) -> None:
    funnel = measured.metrics.funnel("spring")
    assert (funnel.targets, funnel.drafted, funnel.approved, funnel.queued) == (136, 136, 136, 136)
    assert (funnel.sent, funnel.bounced, funnel.delivered) == (130, 3, 127)
    assert (funnel.failed, funnel.refused, funnel.unknown) == (3, 2, 3)
    assert (funnel.replied, funnel.positive, funnel.negative, funnel.unsubscribed) == (14, 6, 2, 2)
    assert (funnel.auto_replied, funnel.opened) == (7, None)


def test_rates_have_their_denominators_and_intervals(measured: Workbench) -> None:
    rates = {m.name: m for m in measured.metrics.campaign("spring").measures}
    assert (rates["bounce_rate"].numerator, rates["bounce_rate"].denominator) == (5, 132)
    assert (rates["reply_rate"].numerator, rates["reply_rate"].denominator) == (14, 127)
    assert (rates["reply_rate"].low, rates["reply_rate"].high) == wilson(14, 127)


def test_the_marts_intervals_are_the_librarys(measured: Workbench) -> None:
    for name in ("pack_performance", "segment_performance", "deliverability", "campaign_funnel"):
        for row in measured.marts.polars(name).iter_rows(named=True):
            ends = (row["reply_rate_low"], row["reply_rate_high"])
            assert ends == pytest.approx(wilson(row["replied"], row["delivered"]), abs=1e-12), name


def test_slices_add_up_to_the_campaign(measured: Workbench) -> None:
    for name in ("pack_performance", "segment_performance", "deliverability"):
        frame = measured.marts.polars(name)
        assert [frame[c].sum() for c in ("sent", "refused", "bounced", "delivered", "replied")] == [130, 2, 3, 127, 14], name
    classes = set(measured.marts.polars("deliverability")["domain_class"])
    assert classes == {"google", "yandex", "microsoft", "business"}


def test_the_light_is_published_with_its_reasons(measured: Workbench) -> None:
    light = measured.metrics.light("spring")
    assert light.colour == "GREEN"
    assert light.reasons[0].startswith("14 of 127 delivered replied")
    assert measured.marts.polars("traffic_lights")["colour"].to_list() == ["GREEN"]


def test_a_person_who_puts_a_class_right_changes_the_figures(changing: Workbench) -> None:
    message, answer = message_with(changing, "auto_reply")
    table = tables.inbound_message
    with changing.record.write() as connection:
        changed = sa.update(table).where(table.c.id == answer).values({"class": "positive"})
        connection.execute(changed)
    changing.metrics.refresh()
    funnel = changing.metrics.funnel("spring")
    assert (funnel.positive, funnel.replied, funnel.auto_replied) == (7, 15, 6)
    assert lineage(changing, message_id=message)[0]["class"] == "positive"


def test_an_answer_proves_that_a_bounced_message_arrived(changing: Workbench) -> None:
    message, _ = message_with(changing, "bounce_soft")
    with changing.record.read() as connection:
        campaign = connection.execute(sa.select(tables.message.c.campaign_id).where(tables.message.c.id == message)).scalar_one()
    rows = Rows(changing.record, changing.clock)
    inbound(rows, "positive", 9_999, message_id=message, campaign_id=campaign)
    rows.insert()
    changing.metrics.refresh()
    funnel = changing.metrics.funnel("spring")
    assert (funnel.bounced, funnel.bounced_soft, funnel.delivered, funnel.positive) == (2, 0, 128, 7)


def test_two_answers_to_one_message_are_one_reply(changing: Workbench) -> None:
    message, _ = message_with(changing, "positive")
    rows = Rows(changing.record, changing.clock)
    inbound(rows, "information_request", 9_999, message_id=message)
    rows.insert()
    changing.metrics.refresh()
    assert changing.metrics.funnel("spring").replied == 14


def test_our_own_sent_copies_are_no_replies(changing: Workbench) -> None:
    message, _ = message_with(changing, "auto_reply")
    rows = Rows(changing.record, changing.clock)
    copy = inbound(rows, "positive", 9_999, message_id=message)
    rows.by_table["inbound_message"][0]["attribution"] = "own_copy"
    rows.insert()
    changing.metrics.refresh()
    assert changing.metrics.funnel("spring").positive == 6
    assert not lineage(changing, inbound_id=copy)


def test_a_settled_unknown_counts_as_sent(changing: Workbench) -> None:
    table = tables.message
    unknown = sa.select(table.c.id).where(table.c.state == "unknown").order_by(table.c.id)
    with changing.record.write() as connection:
        first, second, _ = connection.execute(unknown).scalars().all()
        connection.execute(sa.update(table).where(table.c.id == first).values(state="reconciled", sent_at=changing.clock.now()))
        connection.execute(sa.update(table).where(table.c.id == second).values(state="reconciled"))
    changing.metrics.refresh()
    funnel = changing.metrics.funnel("spring")
    assert (funnel.sent, funnel.unknown, funnel.failed) == (131, 1, 4)


def test_opens_and_complaints_are_counted_where_they_are_known(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=120, opened=50, positive=1, complaint=1))
    workbench.metrics.refresh()
    metrics = workbench.metrics.campaign("spring")
    assert (metrics.funnel.opened, metrics.funnel.complained) == (50, 1)
    assert metrics.light.colour == "RED"


def test_an_edit_after_approval_is_no_longer_approved(changing: Workbench) -> None:
    draft = tables.draft
    one = sa.select(draft.c.id).where(draft.c.status == "approved").limit(1).scalar_subquery()
    with changing.record.write() as connection:
        connection.execute(sa.update(draft).where(draft.c.id == one).values(content_hash="changed"))
    changing.metrics.refresh()
    assert changing.metrics.funnel("spring").approved == 135


def test_arms_are_compared_with_the_reference(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=400, positive=40))
    workbench.metrics.refresh()
    arms = {row["variant"]: row for row in workbench.marts.polars("experiments").iter_rows(named=True)}
    assert arms["direct"]["verdict"] == "reference"
    assert arms["direct"]["difference"] is None
    assert arms["casual"]["verdict"] == "undecided"
    assert arms["casual"]["difference_low"] < 0 < arms["casual"]["difference_high"]
    assert sum(arm["delivered"] for arm in arms.values()) == 400
    uplift = workbench.marts.polars("uplift")
    assert uplift["control"].to_list() == ["direct", "direct"]
    assert uplift["delivered"].sum() == arms["casual"]["delivered"]


def test_small_arms_say_how_many_more_they_need(measured: Workbench) -> None:
    arms = measured.marts.polars("experiments").to_dicts()
    assert {arm["verdict"] for arm in arms} == {"reference", "not_enough_data"}
    assert all(arm["needed"] > 0 and not arm["enough"] for arm in arms)


def test_a_reply_leads_back_to_the_line_of_a_file(measured: Workbench) -> None:
    message, answer = message_with(measured, "positive")
    (row,) = lineage(measured, inbound_id=answer)
    assert row["message_id"] == message
    assert (row["class"], row["decision"], row["decided_by"]) == ("positive", "approve", "anna")
    assert (row["segment"], row["segment_version"], row["pack"], row["pack_version"]) == (
        "everybody of spring",
        1,
        "cold-email",
        "1.0.0",
    )
    number = int(str(row["contact"]).removeprefix("Имя "))
    assert (row["contact_file"], row["contact_line"], row["contact_session_key"]) == ("spring.csv", number + 2, "list:spring.csv")
    assert (row["company_file"], row["company_line"]) == ("spring-firms.csv", number % 3 + 2)
    assert lineage(measured, message_id=message) == [row]


def test_every_message_and_every_answer_is_in_the_lineage(changing: Workbench) -> None:
    rows = Rows(changing.record, changing.clock)
    stray = inbound(rows, "other", 9_999)
    rows.insert()
    changing.metrics.refresh()
    frame = changing.marts.polars("lineage")
    assert frame["message_id"].n_unique() == 136 + 1  # and one without
    assert frame["inbound_id"].drop_nulls().n_unique() == 25
    (row,) = lineage(changing, inbound_id=stray)
    assert (row["attribution"], row["message_id"]) == ("none", None)


def test_training_examples_keep_what_a_person_changed(measured: Workbench) -> None:
    frame = measured.marts.polars("training_examples")
    assert frame.height == 136
    edited = frame.filter("edited").to_dicts()
    assert len(edited) == 28
    assert {(row["first_body"], row["final_body"]) for row in edited} == {("Первый текст", "Второй текст")}
    assert frame.filter(reply_class="positive").height == 6


def test_training_examples_are_the_same_however_few_are_made_at_once(measured: Workbench) -> None:
    with measured.warehouse.file.write() as connection:
        build.stage(connection)
        build.build(connection, "training_examples", rows_at_once=25)
        found = connection.sql("SELECT * FROM marts.training_examples").pl()
    assert found.to_dicts() == measured.marts.polars("training_examples").to_dicts()


def test_costs_are_summed_by_source(workbench: Workbench) -> None:
    rows = Rows(workbench.record, workbench.clock)
    for number in range(4):
        rows.add(
            "fact", subject_type="company", subject_id=f"{number:032x}", field="industry", value="x",
            source=("web", "apollo")[number % 2], confidence=0.9, cost_usd=0.25, retrieved_at=workbench.clock.now(),
        )  # fmt: skip
    rows.insert()
    workbench.metrics.refresh()
    found = workbench.marts.polars("cost").select("source", "items", "cost_usd").rows()
    assert found == [("apollo", 2, 0.5), ("web", 2, 0.5)]


def test_before_the_first_refresh_nobody_is_told_zero(workbench: Workbench) -> None:
    assert workbench.metrics.published_at() is None
    with pytest.raises(MartMissingError, match="gtm metrics refresh"):
        workbench.metrics.campaigns()


def test_an_empty_workspace_has_no_campaigns_and_no_error(workbench: Workbench) -> None:
    workbench.metrics.refresh()
    assert workbench.metrics.campaigns() == []
    with pytest.raises(FiguresMissingError, match="known: none"):
        workbench.metrics.campaign("spring")


def test_a_campaign_smaller_than_the_floor_is_judged_with_others_and_not_on_its_own(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=13))
    workbench.metrics.refresh()
    assert workbench.metrics.light("spring").headline == "Too small ever to be judged on its own."


def test_follow_ups_count_in_how_many_messages_a_campaign_can_send(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=60))
    sequence = {"sequence": [{"pack": "follow-ups@1.0.0", "variants": ["first"], "days": 3}]}
    with workbench.record.write() as connection:
        connection.execute(sa.update(tables.campaign).values(settings=sequence))
    workbench.metrics.refresh()
    assert workbench.metrics.light("spring").headline == "Not enough data."


def test_a_campaign_without_messages_is_grey(workbench: Workbench) -> None:
    fill(workbench.record, workbench.clock, Outcomes(sent=0))
    workbench.metrics.refresh()
    light = workbench.metrics.light("spring")
    assert (light.colour, light.needed) == ("GREY", 100)


def test_what_look_ups_cost_without_gain_and_what_models_cost_is_in_the_sum(workbench: Workbench) -> None:
    now = workbench.clock.now()
    rows = Rows(workbench.record, workbench.clock)
    rows.add(
        "research_run", id="r" * 32, subject_type="company", plan={}, scope={}, status="done", actor="anna", started_at=now
    )  # fmt: skip
    for number, (status, facts) in enumerate((("found", 2), ("empty", 0), ("unknown", 0))):
        rows.add(
            "lookup", run_id="r" * 32, subject_type="company", subject_id="s", source="exa", request_key=str(number), fields=[],
            status=status, facts=facts, cost_usd=0.5, answer={}, started_at=now, updated_at=now,
        )  # fmt: skip
    rows.insert()
    workbench.metrics.refresh()
    found = workbench.marts.polars("cost").select("kind", "source", "purpose", "items", "cost_usd", "lost_usd").rows()
    assert found == [("enrichment", "exa", "nothing found", 2, 1.0, 1.0)]
