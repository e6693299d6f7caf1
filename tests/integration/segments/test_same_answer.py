"""Whatever the filter and whatever the values, both engines choose whom plain Python chooses."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import fact, tag
from gtm_pipelines.segments.fields import find_field
from gtm_pipelines.segments.model import parse_filter
from gtm_pipelines.segments.operators import NUMERIC
from gtm_pipelines.segments.service import SegmentService
from tests.campaign_parts import add_company, add_contact
from tests.integration.segments.plain import Subject, meets

PARTS = (
    "CTO", "cto", "Директор", "ДИРЕКТОР", "Королёв", "КОРОЛЕВ", "İstanbul", "istanbul", "\u212aelvin", "kelvin", "ΟΔΟΣ", "οδός",
    "100%", "a_b", "a\\b", "[x]", "*", "?", "]", "^", "-", "'", '"', "'; DROP TABLE contact; --", "Straße", "STRASSE", "ẞ", "é",
    "É", "head of it", "IT", "it-отдел", "日本", "🙂", "ё", "Ё", "$.a", "{}", "null", ".*", "(", "ﬁ", "Ǆ",
)  # fmt: skip
NUMBERS = ("12", "1 200", "3,5", "-7", "12abc", "1,200.5", "+5", "", "  ", "0012", "9" * 20, "1e5", "٣")
NAMES = ("Tier", "Выручка, €", 'a"b', "a.b", "$", "#1", "x'y", "it\\s", "[0]", "a b", "0", "'; --")
OWN = tuple(f"{owner}.{kind}.{name}" for owner in ("contact", "company") for kind in ("attribute", "fact") for name in NAMES)
FIELDS = (
    "contact.position", "contact.city", "contact.do_not_contact", "contact.last_outreach_at", "contact.tags", "company.tags",
    "company.name", "company.employee_count", "company.sme_registry", "company.created_at", "contact.fact.Tier.confidence",
    "contact.fact.Tier.retrieved_at", "contact.fact.Tier.source", *OWN,
)  # fmt: skip
words = st.sampled_from(PARTS)
texts = st.lists(words, min_size=1, max_size=3).map(" ".join) | words | st.sampled_from(NUMBERS[:8])
figures = st.integers(-10, 1300) | st.sampled_from([3.5, 12, 0.5, 0.9])
days = st.integers(1, 28).map(lambda day: f"2026-02-{day:02d}")


def usable(text: str) -> bool:
    return bool(text.strip())


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    field = find_field(draw(st.sampled_from(FIELDS)))
    op = draw(st.sampled_from(field.operators))
    return {"field": field.name, "op": op, "value": draw(_value(field.type, op))}


def _value(kind: str, op: str) -> st.SearchStrategy[Any]:
    if "empty" in op:
        return st.none()
    if op.endswith("_days"):
        return st.integers(0, 60)
    kind = "number" if kind == "mixed" and op in NUMERIC else kind
    one = {"number": figures, "flag": st.booleans(), "moment": days}.get(kind, texts.filter(usable))
    if op in ("in", "not_in"):
        return st.lists(one, min_size=1, max_size=4)
    return st.tuples(one, one).map(list) if op == "between" else one


TREES = st.recursive(
    conditions(),
    lambda inner: st.tuples(st.sampled_from(["all", "any", "none"]), st.lists(inner, min_size=1, max_size=3)).map(
        lambda made: {made[0]: made[1]}
    ),
    max_leaves=5,
).map(lambda tree: tree if "op" not in tree else {"all": [tree]})


@pytest.fixture
def people(record: Record, clock: VirtualClock) -> dict[str, Subject]:
    chance = random.Random(3)
    firms = [_company(record, clock, chance) for _ in range(12)]
    return dict(_person(record, clock, chance, firms) for _ in range(60))


def _company(record: Record, clock: VirtualClock, chance: random.Random) -> tuple[str, Subject]:
    columns = {"name": _phrase(chance) or "Acme", "employee_count": chance.choice([None, 0, 5, 12, 1200])}
    columns |= {"sme_registry": chance.choice([None, True, False]), "created_at": _ago(clock, chance)}
    attributes = _attributes(chance)
    key = add_company(record, clock, **columns, attributes=attributes)
    subject = Subject(columns, attributes)
    _around(record, clock, chance, "company", key, subject)
    return key, subject


def _person(record: Record, clock: VirtualClock, chance: random.Random, firms: list[Any]) -> tuple[str, Subject]:
    columns = {"position": _phrase(chance), "city": _phrase(chance), "do_not_contact": chance.random() < 0.3}
    columns["last_outreach_at"] = chance.choice([None, _ago(clock, chance)])
    attributes = _attributes(chance)
    firm = chance.choice([*firms, (None, None)])
    key = add_contact(record, clock, **columns, attributes=attributes, company_id=firm[0])
    subject = Subject(columns, attributes, company=firm[1])
    _around(record, clock, chance, "contact", key, subject)
    return key, subject


def _ago(clock: VirtualClock, chance: random.Random) -> datetime:
    return clock.now() - timedelta(days=chance.randrange(40), hours=chance.randrange(24))


def _phrase(chance: random.Random) -> str | None:
    return chance.choice([None, "", "  ", *[" ".join(chance.choices(PARTS, k=chance.randint(1, 3))) for _ in range(12)]])


def _attributes(chance: random.Random) -> dict[str, str]:
    return {name: chance.choice((*PARTS, *NUMBERS)) for name in NAMES if chance.random() < 0.5}


def _around(record: Record, clock: VirtualClock, chance: random.Random, kind: str, key: str, subject: Subject) -> None:
    """Put tags on somebody, and facts, each told twice: the newer one counts."""
    common = {"workspace_id": record.workspace_id, "subject_type": kind, "subject_id": key}
    subject.tags = chance.sample(PARTS, k=chance.randrange(3))
    told = []
    for name in NAMES:
        for _ in range(chance.randrange(3)):
            values = {"value": chance.choice((None, *PARTS, *NUMBERS)), "confidence": chance.choice([0.5, 0.75, 1.0])}
            values |= {"retrieved_at": _ago(clock, chance), "source": chance.choice(["web", "Список"])}
            told.append(common | values | {"id": new_id(), "field": name})
            subject.facts[name] = values
    with record.write() as connection:
        for name in subject.tags:
            row = common | {"id": new_id(), "name": name, "created_by": "anna", "created_at": clock.now()}
            connection.execute(sa.insert(tag).values(**row))
        if told:
            connection.execute(sa.insert(fact), told)


@pytest.mark.slow
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=TREES)
def test_a_filter_chooses_whom_plain_python_chooses(
    record: Record, clock: VirtualClock, people: dict[str, Subject], data: dict[str, Any]
) -> None:
    tree = parse_filter(data)
    found = {row.id for row in SegmentService(record, clock).page(tree, limit=1000)}
    assert found == {key for key, subject in people.items() if meets(tree, subject, clock.now())}


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=TREES)
def test_the_reason_given_for_a_person_is_the_filter_s_own_verdict(
    record: Record, clock: VirtualClock, people: dict[str, Subject], data: dict[str, Any]
) -> None:
    tree = parse_filter(data)
    for key in list(people)[:3]:
        told = SegmentService(record, clock).explain(tree, key)
        assert told.matches == meets(tree, people[key], clock.now())
        assert told.because or not tree.nodes
