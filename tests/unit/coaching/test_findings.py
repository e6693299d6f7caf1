"""What is seen at each boundary, and what is said where there is too little to judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.coaching import rules
from gtm_pipelines.coaching.findings import FindingService
from gtm_pipelines.coaching.model import Finding, Work
from gtm_pipelines.metrics.benchmarks import fitting
from gtm_pipelines.metrics.benchmarks import load as benchmarks
from gtm_pipelines.metrics.lights import light, measures
from gtm_pipelines.metrics.model import CampaignMetrics, Counts, Funnel
from gtm_pipelines.settings import LightSettings
from tests.parts import ROOT

REFERENCE = ROOT / "data" / "reference"
BOOK = rules.load([REFERENCE / rules.FILE_NAME])
KNOWN = benchmarks([REFERENCE / "benchmarks.csv"])
NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
LIGHTS = LightSettings()


def campaign(counts: Counts, **funnel: int) -> CampaignMetrics:
    values = dict.fromkeys(Funnel.__dataclass_fields__, 0) | {
        "targets": 100, "sent": counts.sent, "delivered": counts.delivered, "replied": counts.replied,
        "positive": counts.positive, **funnel,
    }  # fmt: skip
    return CampaignMetrics(
        campaign_id="c1", campaign="Spring", status="sending", segment="s v1", pack="p 1", funnel=Funnel(**values),
        measures=measures(counts, LIGHTS), light=light(counts, LIGHTS), benchmarks=fitting(KNOWN, 100),
        first_sent_at=NOW, last_sent_at=NOW, published_at=NOW,
    )  # fmt: skip


class Figures:
    """Campaigns as the metrics would give them."""

    def __init__(self, campaigns: Sequence[CampaignMetrics]) -> None:
        self._campaigns = list(campaigns)

    @property
    def benchmarks(self) -> Any:
        return KNOWN

    def campaigns(self) -> list[CampaignMetrics]:
        return self._campaigns

    def published_at(self) -> datetime | None:
        return NOW


class Experiments:
    """No experiment, or those that are given."""

    def __init__(self, found: Sequence[Any] = ()) -> None:
        self._found = list(found)

    def list(self) -> list[Any]:
        return self._found

    def plan(self, *, lift: float = 2.0) -> Any:
        raise NotImplementedError


class Tables:
    """Published tables, empty but for those that are given."""

    def __init__(self, **tables: list[dict[str, Any]]) -> None:
        self._tables = tables

    def polars(self, name: str) -> pl.DataFrame:
        return pl.DataFrame(self._tables.get(name, []))


def look(
    *campaigns: CampaignMetrics, work: Work | None = None, experiments: Sequence[Any] = (), mailboxes: Sequence[Any] = (),
    hours: float = 0, **tables: list[dict[str, Any]],
) -> list[Finding]:  # fmt: skip
    clock = VirtualClock(NOW)
    clock.advance(hours=hours)
    service = FindingService(
        lambda: BOOK, Figures(campaigns), Experiments(experiments), Tables(**tables), lambda: list(mailboxes),
        lambda: work or Work(), LIGHTS, clock,
    )  # fmt: skip
    return service.list()


def seen(found: Sequence[Finding]) -> set[str]:
    return {one.rule for one in found if one.seen}


@pytest.mark.parametrize(
    ("counts", "rule", "holds"),
    [
        (Counts(sent=100, bounced=5), "bounce_high", True),
        (Counts(sent=1000, bounced=49), "bounce_high", False),
        (Counts(sent=1000, bounced=49), "bounce_watch", True),
        (Counts(sent=100, bounced=2), "bounce_watch", True),
        (Counts(sent=1000, bounced=19), "bounce_watch", False),
        (Counts(sent=49, bounced=49), "bounce_high", False),
        (Counts(sent=50, bounced=3), "bounce_high", True),
        (Counts(sent=47, refused=3), "bounce_high", True),
        (Counts(sent=1000, complained=1), "complaints_high", True),
        (Counts(sent=1001, complained=1), "complaints_high", False),
        (Counts(sent=99, complained=9), "complaints_high", False),
        (Counts(sent=100, replied=2), "reply_weak", False),
        (Counts(sent=1000, replied=19), "reply_weak", True),
        (Counts(sent=100, replied=2), "reply_between", True),
        (Counts(sent=100, replied=6), "reply_between", True),
        (Counts(sent=100, replied=6), "reply_strong", False),
        (Counts(sent=100, replied=7), "reply_strong", True),
        (Counts(sent=99, replied=50), "reply_strong", False),
        (Counts(sent=100, replied=1, opened=41), "attention_no_answer", True),
        (Counts(sent=100, replied=1, opened=40), "attention_no_answer", False),
        (Counts(sent=100, replied=1), "attention_no_answer", False),
        (Counts(sent=100, replied=6, opened=24), "opens_low", True),
        (Counts(sent=100, replied=7, opened=24), "opens_low", False),
        (Counts(sent=100, replied=6, opened=25), "opens_low", False),
        (Counts(sent=200, positive=0), "positive_low", True),
        (Counts(sent=200, replied=1, positive=1), "positive_low", False),
        (Counts(sent=200, replied=2, positive=2), "positive_good", True),
        (Counts(sent=100, unsubscribed=1), "unsubscribe_high", False),
        (Counts(sent=100, unsubscribed=5), "unsubscribe_high", True),
        (Counts(sent=0), "nothing_sent", True),
        (Counts(sent=1), "nothing_sent", False),
        (Counts(sent=200, replied=20, positive=3), "interest_low", True),
        (Counts(sent=200, replied=20, positive=4), "interest_low", False),
        (Counts(sent=200, replied=19, positive=0), "interest_low", False),
    ],
)
def test_each_boundary(counts: Counts, rule: str, holds: bool) -> None:
    assert (rule in seen(look(campaign(counts)))) is holds


def test_below_the_floor_it_says_once_how_much_is_missing() -> None:
    early = [one for one in look(campaign(Counts(sent=60, replied=3))) if not one.seen]
    replies = [one for one in early if one.evidence[0].name == "reply_rate"]
    assert [(one.needed, one.floor) for one in replies] == [(40, 100)]
    assert "40 more needed" in replies[0].title.en
    assert "нужно ещё 40" in replies[0].title.ru


def test_a_finding_names_figures_interval_benchmark_and_what_nobody_knows() -> None:
    found = next(one for one in look(campaign(Counts(sent=200, bounced=12))) if one.rule == "bounce_high")
    (figure,) = found.evidence
    assert (figure.part, figure.whole, figure.floor) == (12, 200, 50)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < 0.06 < figure.high
    assert figure.source.startswith("campaign_funnel, 2026-03-04")
    assert found.benchmark is not None
    assert (found.benchmark.value, found.benchmark.source) == (5, "AWS SES enforcement FAQ")
    assert (found.effect_source, found.severity, found.campaign_id) == ("unknown", "stop", "c1")


def test_the_most_pressing_comes_first_and_what_cannot_be_judged_last() -> None:
    found = look(campaign(Counts(sent=60, bounced=5, replied=3), unknown=1), work=Work(to_answer=2))
    order = [(one.seen, one.severity) for one in found]
    assert order[0] == (True, "stop")
    assert sorted(order, key=lambda one: (not one[0], ["stop", "act", "watch", "info", "good"].index(one[1]))) == order


def test_what_waits_for_a_person_is_told_from_the_record() -> None:
    work = Work(review={"Spring": 7}, to_answer=2, unmatched=1, doubles=3)
    found = {one.rule: one for one in look(campaign(Counts(sent=1)), work=work, hours=49)}
    assert found["drafts_waiting"].evidence[0].value == 7
    assert {"answers_waiting", "unmatched_replies", "doubles_open", "figures_old"} <= found.keys()
    assert "figures_old" not in seen(look(hours=48))


def test_mailboxes_routes_and_segments() -> None:
    boxes = [
        SimpleNamespace(name="anna", status="paused", worst="ok"),
        SimpleNamespace(name="ben", status="working", worst="fail"),
    ]
    routes = [{"mailbox": "anna", "domain_class": "google", "bounced": 4, "refused": 1, "sent": 99}]
    segments = [
        {"segment": "A", "segment_version": 1, "replied": 30, "delivered": 200},
        {"segment": "B", "segment_version": 1, "replied": 2, "delivered": 200},
    ]
    found = look(mailboxes=boxes, deliverability=routes, segment_performance=segments)
    told = {(one.rule, one.of) for one in found}
    assert told == {
        ("mailbox_paused", "anna"), ("mailbox_failing", "ben"), ("route_bounce", "anna → google"), ("segment_ahead", "A v1"),
    }  # fmt: skip


def test_arms_are_told_by_the_verdict_of_the_experiment() -> None:
    arm = {"positive": 9, "delivered": 300, "harm_verdict": "undecided", "needed": None}
    arms = [
        SimpleNamespace(**arm, variant="a", is_reference=True, verdict="reference"),
        SimpleNamespace(**arm, variant="b", is_reference=False, verdict="better"),
        SimpleNamespace(**(arm | {"harm_verdict": "worse"}), variant="c", is_reference=False, verdict="undecided"),
    ]
    one = SimpleNamespace(campaign_id="c1", campaign="Spring", published_at=NOW, arms=arms)
    found = look(experiments=[one])
    assert {(f.rule, f.of) for f in found} == {("arm_better", "Spring · b"), ("arm_harmful", "Spring · c")}


def test_the_same_figures_give_the_same_findings() -> None:
    counts = Counts(sent=200, bounced=12, replied=1, opened=120)
    assert look(campaign(counts)) == look(campaign(counts))
