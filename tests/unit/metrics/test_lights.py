"""The light rules: every boundary from both sides, every conflict, every floor."""

from __future__ import annotations

import pytest

from gtm_pipelines.metrics.lights import light
from gtm_pipelines.metrics.model import Counts
from gtm_pipelines.settings import LightSettings

GREY, RED, GREEN, YELLOW = "GREY", "RED", "GREEN", "YELLOW"
NOT_ENOUGH = "Not enough data."
RISK = "Deliverability risk."
ON_TRACK = "You're on track."
WEAK_OFFER = "Good attention, weak offer."
WEAK = "Weak response."
BETWEEN = "Working, not there yet."


def of(sent: int = 0, bounced: int = 0, replied: int = 0, opened: int | None = None, complained: int = 0, **more: int) -> Counts:
    failing = bool(more.pop("failing", 0))
    return Counts(
        sent=sent, bounced=bounced, replied=replied, opened=opened, complained=complained, authentication_failing=failing, **more
    )


CASES = [
    # floors
    ("nothing sent", of(), GREY, NOT_ENOUGH),
    ("one sent and answered", of(1, replied=1), GREY, NOT_ENOUGH),
    ("49 sent, all bounced", of(49, 49), GREY, NOT_ENOUGH),
    ("49 sent, 3 bounced", of(49, 3), GREY, NOT_ENOUGH),
    ("50 sent, 3 bounced", of(50, 3), RED, RISK),
    ("50 sent, 2 bounced", of(50, 2), GREY, NOT_ENOUGH),
    ("50 sent, all bounced", of(50, 50), RED, RISK),
    ("99 delivered, all answered", of(99, replied=99), GREY, NOT_ENOUGH),
    ("100 delivered, 7 answered", of(100, replied=7), GREEN, ON_TRACK),
    ("100 sent but 99 delivered", of(100, 1, replied=20), GREY, NOT_ENOUGH),
    ("101 sent and 100 delivered", of(101, 1, replied=20), GREEN, ON_TRACK),
    # bounces: from 5 %
    ("bounces exactly 5 %", of(100, 5), RED, RISK),
    ("bounces exactly 5 % of 60", of(60, 3), RED, RISK),
    ("bounces just below 5 %", of(1000, 49, replied=30), YELLOW, BETWEEN),
    ("bounces exactly 5 % of 1000", of(1000, 50, replied=30), RED, RISK),
    ("bounces below 5 %, too few delivered", of(101, 4), GREY, NOT_ENOUGH),
    ("bounces 5 % of 101 rounds down", of(101, 5), GREY, NOT_ENOUGH),
    ("bounces just under 5 % of 141", of(141, 7, replied=9), GREEN, ON_TRACK),
    ("refused at the door counts", of(95, 0, refused=5), RED, RISK),
    ("refused reach the floor", of(47, 0, refused=3), RED, RISK),
    ("refused below the floor", of(46, 0, refused=3), GREY, NOT_ENOUGH),
    ("refused and bounced together", of(98, 3, refused=2), RED, RISK),
    ("refused below 5 %", of(200, 0, replied=13, refused=9), GREEN, ON_TRACK),
    # complaints: from 0.1 % of delivered, from 100 delivered
    ("one complaint in 99", of(99, complained=1), GREY, NOT_ENOUGH),
    ("one complaint in 100", of(100, complained=1, replied=50), RED, RISK),
    ("one complaint in 1000", of(1000, complained=1, replied=100), RED, RISK),
    ("one complaint in 1001", of(1001, complained=1, replied=100), GREEN, ON_TRACK),
    ("two complaints in 2000", of(2000, complained=2, replied=200), RED, RISK),
    ("two complaints in 2001", of(2001, complained=2, replied=200), GREEN, ON_TRACK),
    # authentication: a fact, at any count
    ("authentication fails, nothing sent", of(failing=1), RED, RISK),
    ("authentication fails, below floor", of(10, failing=1), RED, RISK),
    ("authentication fails, many replies", of(200, replied=40, failing=1), RED, RISK),
    # opens below 25 %, where tracked, unless replies are above 6 %
    ("opens 24 of 100", of(100, opened=24, replied=3), RED, RISK),
    ("opens exactly 25 %", of(100, opened=25, replied=3), YELLOW, BETWEEN),
    ("opens 24 of 99", of(99, opened=24), GREY, NOT_ENOUGH),
    ("no opens tracked", of(100, replied=3), YELLOW, BETWEEN),
    ("opens tracked, none", of(100, opened=0, replied=3), RED, RISK),
    ("few opens, replies above 6 %", of(100, opened=10, replied=7), GREEN, ON_TRACK),
    ("few opens, replies exactly 6 %", of(100, opened=10, replied=6), RED, RISK),
    ("few opens, no replies", of(1000, opened=249), RED, RISK),
    # green: above 6 %
    ("replies exactly 6 %", of(100, replied=6), YELLOW, BETWEEN),
    ("replies exactly 6 % of 150", of(150, replied=9), YELLOW, BETWEEN),
    ("replies just above 6 %", of(1000, replied=61), GREEN, ON_TRACK),
    ("replies exactly 6 % of 1000", of(1000, replied=60), YELLOW, BETWEEN),
    ("everybody replies", of(100, replied=100), GREEN, ON_TRACK),
    ("green with 4.9 % bounces", of(1000, 49, replied=80), GREEN, ON_TRACK),
    ("6 % of sent but more of delivered", of(1030, 30, replied=61), GREEN, ON_TRACK),
    # below 2 %
    ("no replies, no tracking", of(100), YELLOW, WEAK),
    ("replies 1 of 100", of(100, replied=1), YELLOW, WEAK),
    ("replies exactly 2 %", of(100, replied=2), YELLOW, BETWEEN),
    ("replies just below 2 %", of(1000, replied=19), YELLOW, WEAK),
    ("opens 41 %, replies 1 %", of(100, opened=41, replied=1), YELLOW, WEAK_OFFER),
    ("opens exactly 40 %, replies 1 %", of(100, opened=40, replied=1), YELLOW, BETWEEN),
    ("opens 41 %, replies exactly 2 %", of(100, opened=41, replied=2), YELLOW, BETWEEN),
    ("opens 41 %, replies 3 %", of(100, opened=41, replied=3), YELLOW, BETWEEN),
    ("opens 30 %, replies 1 %", of(100, opened=30, replied=1), YELLOW, BETWEEN),
    ("opens 25 %, no replies", of(100, opened=25), YELLOW, BETWEEN),
    ("opens all, no replies", of(100, opened=100), YELLOW, WEAK_OFFER),
    # conflicts: the first rule that holds wins
    ("red beats green", of(200, 10, replied=60), RED, RISK),
    ("red beats grey", of(60, 4), RED, RISK),
    ("red beats a weak offer", of(200, 10, opened=150, replied=1), RED, RISK),
    ("complaint beats green", of(100, complained=1, replied=30), RED, RISK),
    ("green beats high opens", of(100, opened=90, replied=10), GREEN, ON_TRACK),
    ("grey beats green", of(60, replied=30), GREY, NOT_ENOUGH),
    ("grey beats few opens", of(60, opened=1), GREY, NOT_ENOUGH),
    ("grey beats a complaint below its floor", of(60, complained=2), GREY, NOT_ENOUGH),
]


@pytest.mark.parametrize(("counts", "colour", "headline"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_light_follows_the_rules(counts: Counts, colour: str, headline: str) -> None:
    shown = light(counts, LightSettings())
    assert (shown.colour, shown.headline) == (colour, headline)
    assert shown.reasons
    assert (shown.needed > 0) == (colour == GREY)


def test_the_advice_is_the_rules_own() -> None:
    rules = LightSettings()
    assert light(of(50, 5), rules).advice == "Stop sending. Check SPF, DKIM, DMARC."
    assert light(of(100, replied=7), rules).advice == "Scale volume."
    assert light(of(100, opened=41, replied=1), rules).advice == "Refine the call to action."


@pytest.mark.parametrize(("delivered", "needed"), [(0, 100), (1, 99), (99, 1)])
def test_grey_says_how_many_more_are_needed(delivered: int, needed: int) -> None:
    shown = light(of(delivered), LightSettings())
    assert shown.needed == needed
    assert f"About {needed} more delivered" in shown.advice


def test_a_campaign_too_small_ever_to_be_judged_is_not_told_to_wait() -> None:
    small = light(of(6, most=13), LightSettings())
    assert (small.colour, small.headline) == (GREY, "Too small ever to be judged on its own.")
    assert "over several campaigns" in small.advice
    assert "It writes 13 messages at most" in small.reasons
    assert light(of(6, most=100), LightSettings()).headline == NOT_ENOUGH
    assert light(of(6, most=13, failing=1), LightSettings()).colour == RED


def test_every_red_reason_is_named() -> None:
    shown = light(of(1000, 60, opened=100, complained=2, failing=1), LightSettings())
    assert [reason.split(":")[0] for reason in shown.reasons] == [
        "60 of 1000 sent bounced, 6 %",
        "2 of 940 delivered were reported as spam, 0.21 %",
        "The sender's authentication fails",
        "100 of 940 delivered were opened, 10.64 %",
    ]


def test_between_names_the_nearest_threshold_first_and_how_far() -> None:
    near_green = light(of(200, replied=11), LightSettings())
    assert near_green.reasons[0] == "Reply rate 5.5 %: green is above 6 %, 0.5 points under it"
    near_weak = light(of(100, replied=3), LightSettings())
    assert near_weak.reasons[0] == "Reply rate 3 %: weak is below 2 %, 1 point over it"
    near_red = light(of(1000, 45, replied=38), LightSettings())
    assert near_red.reasons[0] == "Bounce rate 4.5 %: red is from 5 %, 0.5 points under it"
    on_the_line = light(of(100, replied=6), LightSettings())
    assert on_the_line.reasons[0] == "Reply rate 6 %: green is above 6 %, exactly there"


def test_a_cautious_user_judges_by_the_lower_bound() -> None:
    cautious = LightSettings(judge_reply_by="lower_bound")
    assert light(of(100, replied=10), cautious).colour == YELLOW
    assert light(of(100, replied=12), cautious).colour == GREEN
    assert light(of(100, replied=10), LightSettings()).colour == GREEN


def test_the_users_thresholds_and_floors_are_the_ones_that_count() -> None:
    rules = LightSettings(reply_green=0.03, bounce_red=0.10, delivered_floor=20, sent_floor=10)
    assert light(of(25, 2, replied=1), rules).colour == GREEN
    assert light(of(10, 1), rules).colour == RED
    assert light(of(20, 0), LightSettings(delivered_floor=20)).headline == WEAK


def test_a_rate_whose_own_floor_is_higher_stays_silent() -> None:
    rules = LightSettings(open_floor=500, complaint_floor=500)
    assert light(of(200, opened=1, replied=1, complained=3), rules).headline == WEAK


def test_opens_are_rated_only_where_they_are_tracked() -> None:
    names = {m.name for m in light(of(100), LightSettings()).measures}
    assert "open_rate" not in names
    assert "open_rate" in {m.name for m in light(of(100, opened=0), LightSettings()).measures}


def test_a_measure_knows_what_it_is_over_and_whether_it_is_judged() -> None:
    bounces = next(m for m in light(of(40, 2, refused=3), LightSettings()).measures if m.name == "bounce_rate")
    assert (bounces.numerator, bounces.denominator, bounces.enough, bounces.needed) == (5, 43, False, 7)
    assert bounces.low < (bounces.rate or 0) < bounces.high
