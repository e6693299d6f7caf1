"""Each step of a funnel is a share of the one before it, where that makes a share."""

from __future__ import annotations

from gtm_pipelines.metrics.campaign_reading import stages
from gtm_pipelines.metrics.intervals import wilson
from tests.unit.metrics.test_funnel_words import funnel


def test_each_step_knows_its_share_and_how_sure_it_is() -> None:
    found = {
        one.name: one for one in stages(funnel(targets=100, drafted=90, approved=80, queued=80, sent=78, delivered=75, replied=9))
    }
    assert found["targets"].share is None
    drafted, replied = found["drafted"].share, found["replied"].share
    assert drafted is not None
    assert replied is not None
    assert (drafted.numerator, drafted.denominator) == (90, 100)
    assert (replied.low, replied.high) == wilson(9, 75)


def test_more_mails_than_people_are_no_share_of_people() -> None:
    found = {one.name: one for one in stages(funnel(targets=10, drafted=10, approved=10, queued=30, sent=29, delivered=29))}
    assert found["sent"].before == "queued"
    assert found["sent"].share is not None
    assert found["positive"].share is None
