"""Vendors misbehave: every way of it is one of the four fixed errors, and no key is ever told."""

from __future__ import annotations

import asyncio
import re
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.registry import Registry
from gtm_pipelines.enrichment.source import (
    Fact,
    Source,
    SourceAnswerError,
    SourceBusyError,
    SourceKeyError,
    Subject,
    SubjectRefusedError,
)
from gtm_pipelines.enrichment.sources.http import retry_at
from gtm_pipelines.errors import GtmError
from gtm_pipelines.settings_research import EnrichmentSettings, SourceSettings
from tests.contract.enrichment.conftest import MakeSource
from tests.contract.enrichment.vendors import CASES, Case
from tests.vendor_server import KEY, VendorServer

FAULTS = {
    "401": SourceKeyError, "402": SourceKeyError, "403": SourceKeyError, "400": SubjectRefusedError, "422": SubjectRefusedError,
    "451": SubjectRefusedError, "429": SourceBusyError, "408": SourceBusyError, "500": SourceBusyError, "502": SourceBusyError,
    "503": SourceBusyError, "529": SourceBusyError, "418": SourceAnswerError, "hang": SourceBusyError, "cut": SourceBusyError,
    "malformed": SourceAnswerError, "list": SourceAnswerError, "huge": SourceAnswerError, "bomb": SourceAnswerError,
    "empty": SourceAnswerError, "redirect": SourceAnswerError,
}  # fmt: skip
MEANINGS = {"busy": SourceBusyError, "key": SourceKeyError, "refused": SubjectRefusedError}

pytestmark = pytest.mark.slow
each_case = pytest.mark.parametrize("case", CASES, ids=str)


def ask(source: Source, case: Case) -> list[Fact]:
    async def work() -> list[Fact]:
        try:
            return await source.enrich(Subject(case.subject, "one", case.known, source.fields))
        finally:
            await source.aclose()

    return asyncio.run(work())


@pytest.mark.parametrize("fault", FAULTS)
@each_case
def test_a_fault_is_one_of_the_fixed_errors(vendor: VendorServer, make_source: MakeSource, case: Case, fault: str) -> None:
    vendor.does(fault)
    meant = case.special.get(int(fault)) if fault.isdigit() else None
    expected = MEANINGS[meant] if meant else FAULTS[fault]
    with pytest.raises(GtmError) as caught:
        ask(make_source(case, vendor.url), case)
    assert type(caught.value) is expected
    assert len(vendor.asked) == 1, "a source asks once; whether to ask again is decided by the waterfall"
    told = str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value)), "no key, not even in the depths"
    assert re.search(r"[.!]$", told.strip())


@each_case
def test_no_answer_to_a_paid_question_may_have_been_paid(vendor: VendorServer, make_source: MakeSource, case: Case) -> None:
    source = make_source(case, vendor.url)
    for fault in ("hang", "cut"):
        vendor.does(fault)
        with pytest.raises(SourceBusyError) as caught:
            ask(source, case)
        assert caught.value.charged == source.price.most > 0


@each_case
def test_an_unreachable_vendor_has_taken_nothing(make_source: MakeSource, case: Case) -> None:
    with pytest.raises(SourceBusyError) as caught:
        ask(make_source(case, "http://127.0.0.1:9"), case)
    assert caught.value.charged == 0


@each_case
def test_a_source_says_when_to_come_back(vendor: VendorServer, make_source: MakeSource, case: Case, clock: VirtualClock) -> None:
    for said, expected in (("7", timedelta(seconds=7)), ("Wed, 04 Mar 2026 10:05:00 GMT", timedelta(minutes=5))):
        vendor.does(f"503:{said}")
        with pytest.raises(SourceBusyError) as caught:
            ask(make_source(case, vendor.url), case)
        assert caught.value.retry_at == clock.now() + expected
        assert caught.value.charged == 0


@each_case
def test_an_answer_that_says_nothing_is_empty(vendor: VendorServer, make_source: MakeSource, case: Case) -> None:
    vendor.answers[case.path] = case.nothing
    facts = ask(make_source(case, vendor.url), case)
    assert [one for one in facts if one.confidence >= 0.6] == []


@each_case
def test_an_answer_of_strange_parts_breaks_nothing(vendor: VendorServer, make_source: MakeSource, case: Case) -> None:
    def mangled(value: object, instead: object) -> object:
        if isinstance(value, dict):
            return {name: mangled(part, instead) for name, part in value.items()}
        return instead

    for instead in (None, [], {}, 0, -1, True, "x" * 100_000, [None, 3, {"url": 7}], float("1e300")):
        vendor.answers[case.path] = mangled(case.answer, instead)
        try:
            facts = ask(make_source(case, vendor.url), case)
        except (SourceAnswerError, SubjectRefusedError):
            continue
        assert all(isinstance(one.value, str) and 0 <= one.confidence <= 1 for one in facts)


@each_case
def test_the_key_goes_in_its_header_and_nowhere_else(vendor: VendorServer, make_source: MakeSource, case: Case) -> None:
    vendor.answers[case.path] = case.answer
    facts = ask(make_source(case, vendor.url), case)
    (asked,) = vendor.asked
    assert KEY in asked.headers.pop(case.header)
    assert KEY not in repr((asked, facts))
    assert asked.path == case.path


def test_without_a_key_nobody_is_asked(vendor: VendorServer, clock: VirtualClock) -> None:
    for key in (None, "env:NO_SUCH_KEY"):
        settings = EnrichmentSettings(sources={"exa": SourceSettings(enabled=True, key=key, base_url=vendor.url)})
        offered = next(one for one in Registry(settings, clock).sources() if one.source.name == "exa")
        assert offered.key == "missing"
        with pytest.raises(SourceKeyError, match="exa"):
            ask(offered.source, CASES[0])
    assert vendor.asked == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("0", 0), ("120", 120), (" 3 ", 3), ("999999999999", 86_400), ("Wed, 04 Mar 2026 10:00:30 GMT", 30),
        ("Wed, 04 Mar 2026 09:00:00 GMT", 0), ("Wed, 04 Mar 2026 12:00:30 +0200", 30), ("soon", None), ("", None), (None, None),
        ("-5", None), ("1.5", None), ("٣", 3),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date(said: str | None, expected: int | None) -> None:
    now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    assert retry_at(said, now) == (None if expected is None else now + timedelta(seconds=expected))
