"""From messages, drafts and judgements in the record to how segments and packs fare."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.metrics.intervals import wilson
from gtm_pipelines.record import tables
from gtm_pipelines.workbench import Workbench
from tests.figures_parts import Outcomes, Rows, fill

pytestmark = pytest.mark.slow


@pytest.fixture
def measured(workbench: Workbench) -> Workbench:
    fill(workbench.record, workbench.clock, Outcomes(sent=120, refused=1, bounced_hard=2, positive=6, negative=3))
    fill(workbench.record, workbench.clock, Outcomes(sent=40, positive=1), "summer")
    return workbench


def test_each_segment_has_its_own_rates(measured: Workbench) -> None:
    measured.metrics.refresh()
    spring, summer = measured.segment_readings.versions()
    assert (spring.name, summer.name) == ("everybody of spring v1", "everybody of summer v1")
    assert (spring.reply.numerator, spring.reply.denominator, spring.reply.enough) == (9, 118, True)
    assert (spring.reply.low, spring.reply.high) == wilson(9, 118)
    assert (spring.bounce.numerator, spring.bounce.denominator) == (3, 121)
    assert (summer.reply.enough, summer.reply.needed) == (False, 60)


def test_whoever_is_in_two_segments_is_said_to_be_in_both(measured: Workbench) -> None:
    measured.metrics.refresh()
    assert measured.segment_readings.overlaps() == []
    with measured.record.write() as connection:
        campaigns = dict(connection.execute(sa.select(tables.campaign.c.name, tables.campaign.c.id)).tuples().all())
        of = lambda name: sa.select(tables.message.c.id, tables.message.c.contact_id).where(  # noqa: E731
            tables.message.c.campaign_id == campaigns[name], tables.message.c.state == "sent"
        )
        both = [row.contact_id for row in connection.execute(of("spring").limit(5))]
        for row, person in zip(connection.execute(of("summer").limit(5)).all(), both, strict=True):
            connection.execute(
                sa.update(tables.message)
                .where(tables.message.c.id == row.id)
                .values(contact_id=person, updated_at=measured.clock.now())
            )
    measured.metrics.refresh(rebuild=True)
    (shared,) = measured.segment_readings.overlaps()
    assert {shared.name, shared.other} == {"everybody of spring v1", "everybody of summer v1"}
    assert (shared.both, shared.people) in ((5, 120), (5, 40))


def test_a_version_of_a_pack_is_what_people_the_judge_and_the_world_made_of_it(measured: Workbench) -> None:
    rows = Rows(measured.record, measured.clock)
    with measured.record.read() as connection:
        query = sa.select(tables.draft.c.id, tables.draft.c.current_revision).order_by(tables.draft.c.id).limit(50)
        drafts = connection.execute(query).all()
    for number, draft in enumerate(drafts):
        rows.add(
            "judgement", draft_id=draft.id, revision_number=draft.current_revision, content_hash=new_id(), judge="rules",
            quality=0.6 + 0.2 * (number // 4 % 2), risk=0.1, reasons={}, trace_id=None,
        )  # fmt: skip
    rows.insert()
    measured.metrics.refresh()
    assert measured.pack_readings.packs() == ["cold-email"]
    (version,) = measured.pack_readings.versions("cold-email")
    assert (version.version, version.variant, version.compiled) == ("1.0.0", None, False)
    assert (version.approval.numerator, version.approval.denominator) == (161, 161)
    assert version.edits.numerator == 25 + 8
    assert (version.judged.cases, version.judged.risk) == (50, pytest.approx(0.1))
    assert version.judged.quality == pytest.approx(0.7, abs=0.01)
    assert version.judged.low is not None
    assert version.judged.high is not None
    assert version.judged.low < 0.7 < version.judged.high
    assert (version.sent, version.reply.numerator, version.reply.denominator) == (160, 10, 158)


def test_the_variants_of_a_version_add_up_to_it(measured: Workbench) -> None:
    measured.metrics.refresh()
    (whole,) = measured.pack_readings.versions("cold-email")
    parts = measured.pack_readings.versions("cold-email", variants=True)
    assert [one.variant for one in parts] == ["casual", "direct"]
    for count in (lambda one: one.drafts, lambda one: one.sent, lambda one: one.reply.numerator, lambda one: one.edits.numerator):
        assert sum(count(one) for one in parts) == count(whole)
    assert measured.pack_readings.attempts("cold-email") == []


def test_a_workspace_without_mails_has_no_segments_and_no_packs(workbench: Workbench) -> None:
    workbench.metrics.refresh()
    assert workbench.segment_readings.versions() == []
    assert workbench.pack_readings.packs() == []
