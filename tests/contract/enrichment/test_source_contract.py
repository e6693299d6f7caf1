"""What the waterfall expects of a source, whoever answers: the vendors, our own lists, a file, the fake."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.lookup import accepted
from gtm_pipelines.enrichment.question import question_for
from gtm_pipelines.enrichment.registry import BUILT_IN, Registry
from gtm_pipelines.enrichment.source import Fact, Source, Subject, SubjectType
from gtm_pipelines.enrichment.sources.fake import FakeSource
from gtm_pipelines.enrichment.sources.registry import OwnLists
from gtm_pipelines.enrichment.sources.web_search import WebSearch
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.settings_research import EnrichmentSettings, SourceSettings
from tests.contract.enrichment.conftest import MakeSource
from tests.contract.enrichment.vendors import CASES, Case
from tests.research_parts import add_company
from tests.vendor_server import VendorServer


@dataclass(frozen=True)
class Bench:
    """A source, somebody it knows, somebody it does not, and what is sure to come of asking."""

    source: Source
    known: Subject
    unknown: Subject
    expected: dict[str, str]


def subject(kind: SubjectType, known: dict[str, str], source: Source, key: str = "one") -> Subject:
    return Subject(kind, key, known, source.fields)


OWN = ("fake", "registry", "csv_lookup", "web_search")


@pytest.fixture(params=[*CASES, *OWN], ids=str)
def bench(request: pytest.FixtureRequest, clock: VirtualClock, tmp_path: Path) -> Iterator[Bench]:
    if isinstance(request.param, Case):
        case: Case = request.param
        vendor: VendorServer = request.getfixturevalue("vendor")
        make: MakeSource = request.getfixturevalue("make_source")
        vendor.answers[case.path] = case.answer
        source = make(case, vendor.url)
        yield Bench(
            source, subject(case.subject, dict(case.known), source), subject(case.subject, {}, source), dict(case.expected)
        )
    elif request.param == "registry":
        yield from _own_lists(clock, request)
    else:
        yield {"fake": _fake, "csv_lookup": _csv, "web_search": _search}[request.param](clock, tmp_path)


def _fake(clock: VirtualClock, _folder: Path) -> Bench:
    source = FakeSource(clock, {"acme.example": {"industry": "software"}})
    known, other = {"domain": "acme.example"}, {"domain": "other.example"}
    return Bench(source, subject("company", known, source), subject("company", other, source), {"industry": "software"})


def _csv(clock: VirtualClock, folder: Path) -> Bench:
    file = folder / "reference.csv"
    file.write_text("﻿Domain;Branch;Staff\nAcme.example;Роботы;120\n;nobody;1\n", "utf-8")
    options = {"file": str(file), "key": "domain", "column": "Domain", "fields": "industry=Branch, employee_count=Staff"}
    registry = Registry(EnrichmentSettings(sources={"csv_lookup": SourceSettings(enabled=True, options=options)}), clock)
    source = next(one.source for one in registry.sources() if one.source.name == "csv_lookup")
    known, other = {"domain": "acme.example"}, {"domain": "other.example"}
    expected = {"industry": "Роботы", "employee_count": "120"}
    return Bench(source, subject("company", known, source), subject("company", other, source), expected)


def _search(clock: VirtualClock, _folder: Path) -> Bench:
    def engines(words: str, region: str, _most: int) -> list[dict[str, str]]:
        assert region == "ru-ru"
        found = {"href": "https://romashka.ru/kontakty", "title": "Ромашка: контакты", "body": ""}
        return [found] if words.startswith("ООО") else []

    source = WebSearch(engines, clock)
    known = {"name": "ООО «Ромашка»", "country_code": "RU"}
    other = {"name": "Nobody", "country_code": "RU"}
    return Bench(source, subject("company", known, source), subject("company", other, source), {"domain": "romashka.ru"})


def _own_lists(clock: VirtualClock, request: pytest.FixtureRequest) -> Iterator[Bench]:
    file = request.getfixturevalue("tmp_path") / "record.sqlite"
    shutil.copy(request.getfixturevalue("sqlite_template"), file)
    record = open_record(f"sqlite:///{file}", "default")
    add_company(record, clock, name="Acme Ltd", name_key="acme", domain="acme.example", industry="software")
    one = add_company(record, clock, name="Acme", name_key="acme")
    alone = add_company(record, clock, name="Nobody", name_key="nobody")
    source = OwnLists(record, clock)
    known = Subject("company", one, {"name": "Acme", "domain": "acme.example"}, source.fields)
    yield Bench(source, known, Subject("company", alone, {"name": "Nobody"}, source.fields), {"industry": "software"})
    record.close()


def asked(bench: Bench, *subjects: Subject) -> list[list[Fact]]:
    async def work() -> list[list[Fact]]:
        try:
            return await asyncio.gather(*(bench.source.enrich(one) for one in subjects))
        finally:
            await bench.source.aclose()

    return asyncio.run(work())


def test_it_says_what_it_is(bench: Bench) -> None:
    source = bench.source
    assert isinstance(source, Source)
    assert source.name
    assert source.fields
    assert source.subjects <= {"company", "contact"}
    assert 0 <= source.price.per_ask <= source.price.most
    assert source.needs


def test_what_it_knows_it_tells_with_where_and_how_sure(bench: Bench) -> None:
    (facts,) = asked(bench, bench.known)
    told = {one.field: one for one in accepted(bench.source, facts)}
    assert bench.expected.items() <= {name: one.value for name, one in told.items()}.items()
    assert all(one.evidence or one.url for one in told.values()), "every fact can be traced to words or to a page"
    assert all(one.retrieved_at.tzinfo and 0 < one.confidence <= 1 for one in told.values())
    assert len(told) == len(facts), "one fact a field"


def test_an_answer_costs_no_more_than_was_set_aside(bench: Bench) -> None:
    (facts,) = asked(bench, bench.known)
    assert sum(one.cost_usd for one in facts) <= bench.source.price.most + 1e-9


def test_to_know_nothing_is_an_answer(bench: Bench) -> None:
    assert asked(bench, bench.unknown) == [[]]


def test_it_says_beforehand_what_it_would_ask(bench: Bench) -> None:
    question = question_for(bench.source, bench.known)
    assert question is not None
    assert question.source == bench.source.name
    assert question_for(bench.source, bench.known) == question, "the same words, the same key"
    assert question_for(bench.source, Subject(bench.known.type, "x", {})) is None, "nothing known, nothing asked"


def test_it_is_asked_about_one_kind_of_subject_only(bench: Bench) -> None:
    for kind in {"company", "contact"} - bench.source.subjects:
        assert question_for(bench.source, Subject(kind, "x", bench.known.known)) is None


def test_many_ask_at_once(bench: Bench) -> None:
    answers = asked(bench, *[bench.known] * 10)
    values = [{one.field: one.value for one in facts} for facts in answers]
    assert values == [values[0]] * 10


def test_it_can_be_closed_twice_and_unopened(bench: Bench) -> None:
    async def close() -> None:
        await bench.source.aclose()
        await bench.source.aclose()

    asyncio.run(close())


def test_every_source_there_is_stands_in_this_suite(clock: VirtualClock) -> None:
    offered = {one.source.name for one in Registry(EnrichmentSettings(), clock).sources()}
    assert offered <= {case.name for case in CASES} | set(OWN) | {"website"}
    assert set(BUILT_IN) - {case.section for case in CASES} - set(OWN) <= {"website"}
