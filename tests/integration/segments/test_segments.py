from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import ConflictError, NotFoundError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import audit_event
from gtm_pipelines.segments.fields import FilterError
from gtm_pipelines.segments.service import SegmentService
from tests.campaign_parts import add_company, add_contact


@pytest.fixture
def segments(record: Record, clock: VirtualClock) -> SegmentService:
    return SegmentService(record, clock)


@pytest.fixture
def people(record: Record, clock: VirtualClock) -> dict[str, str]:
    alpha = add_company(record, clock, name="Альфа", country="Россия", industry="Финтех", sme_registry=True, employee_count=40)
    beta = add_company(record, clock, name="100% Beta_Corp", country="Germany", industry="Retail", employee_count=4000)
    ago = clock.now() - timedelta(days=30)
    return {
        "ivan": add_contact(
            record, clock, full_name="Иван Королёв", position="Технический ДИРЕКТОР", company_id=alpha, country="Россия"
        ),
        "anna": add_contact(
            record, clock, full_name="Anna", position="CTO", company_id=beta, last_outreach_at=ago, attributes={"Tier": "Gold"}
        ),
        "carl": add_contact(
            record, clock, full_name="Carl", position="Head of IT", company_id=beta, last_outreach_at=ago - timedelta(days=60)
        ),
        "lone": add_contact(record, clock, full_name="Lone", position=None, do_not_contact=True),
    }


def names(segments: SegmentService, *conditions: tuple[str, ...]) -> set[str | None]:
    tree = {"all": [dict(zip(("field", "op", "value"), condition, strict=False)) for condition in conditions]}
    preview = segments.preview(tree)
    assert preview.count == len(preview.rows)
    return {row.full_name for row in preview.rows}  # type: ignore[union-attr]


@pytest.mark.usefixtures("people")
class TestWhatAFilterMatches:
    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            (("contact.position", "contains", "директор"), {"Иван Королёв"}),
            (("contact.full_name", "contains", "КОРОЛЕВ"), {"Иван Королёв"}),
            (("contact.position", "eq", "cto"), {"Anna"}),
            (("contact.position", "ne", "CTO"), {"Иван Королёв", "Carl", "Lone"}),
            (("contact.position", "in", ["cto", "HEAD OF IT"]), {"Anna", "Carl"}),
            (("contact.position", "not_in", ["cto", "HEAD OF IT"]), {"Иван Королёв", "Lone"}),
            (("contact.position", "starts_with", "head"), {"Carl"}),
            (("contact.position", "is_empty"), {"Lone"}),
            (("contact.position", "is_not_empty"), {"Иван Королёв", "Anna", "Carl"}),
            (("company.country", "eq", "россия"), {"Иван Королёв"}),
            (("company.name", "contains", "0% beta_"), {"Anna", "Carl"}),
            (("company.name", "contains", "0_"), set()),
            (("company.employee_count", "gte", 40), {"Иван Королёв", "Anna", "Carl"}),
            (("company.employee_count", "lt", 4000), {"Иван Королёв"}),
            (("company.employee_count", "in", [40, 41]), {"Иван Королёв"}),
            (("company.sme_registry", "eq", True), {"Иван Королёв"}),
            (("company.sme_registry", "ne", True), {"Anna", "Carl", "Lone"}),
            (("contact.do_not_contact", "eq", False), {"Иван Королёв", "Anna", "Carl"}),
            (("contact.attribute.Tier", "eq", "gold"), {"Anna"}),
            (("contact.attribute.Tier", "ne", "gold"), {"Иван Королёв", "Carl", "Lone"}),
            (("contact.last_outreach_at", "within_days", 60), {"Anna"}),
            (("contact.last_outreach_at", "older_than_days", 60), {"Иван Королёв", "Carl", "Lone"}),
            (("contact.last_outreach_at", "before", "2026-01-01"), {"Carl"}),
            (("contact.last_outreach_at", "after", "2026-01-01"), {"Anna"}),
            (("campaign.name", "is_empty"), {"Иван Королёв", "Anna", "Carl", "Lone"}),
            (("campaign.name", "eq", "spring"), set()),
        ],
    )
    def test_each_operator(self, segments: SegmentService, condition: tuple[Any, ...], expected: set[str]) -> None:
        assert names(segments, condition) == expected

    def test_groups_nest_and_none_keeps_those_without_a_value(self, segments: SegmentService) -> None:
        tree = {
            "all": [
                {
                    "any": [
                        {"field": "company.country", "op": "eq", "value": "Россия"},
                        {"field": "contact.position", "op": "is_empty"},
                    ]
                },
                {"none": [{"field": "contact.position", "op": "contains", "value": "CTO"}]},
            ]
        }
        assert {row.full_name for row in segments.preview(tree).rows} == {"Иван Королёв", "Lone"}  # type: ignore[union-attr]

    def test_values_are_never_sql(self, segments: SegmentService) -> None:
        for value in ("' OR 1=1 --", '"; DROP TABLE contact; --', "\\", "%", "_"):
            assert names(segments, ("contact.full_name", "contains", value)) == set()
        assert len(names(segments)) == 4

    def test_companies_can_be_previewed_alone(self, segments: SegmentService) -> None:
        preview = segments.preview({"all": [{"field": "company.industry", "op": "eq", "value": "финтех"}]}, entity="company")
        assert [row.name for row in preview.rows] == ["Альфа"]  # type: ignore[union-attr]
        with pytest.raises(FilterError, match="belongs to contacts"):
            segments.preview({"all": [{"field": "contact.position", "op": "is_empty"}]}, entity="company")

    def test_pages_follow_each_other_without_overlap(self, segments: SegmentService) -> None:
        pages = [segments.preview({"all": []}, limit=3, offset=offset) for offset in (0, 3)]
        assert [page.count for page in pages] == [4, 4]
        assert len({row.id for page in pages for row in page.rows}) == 4


def test_another_workspace_sees_nobody(record: Record, clock: VirtualClock, people: dict[str, str]) -> None:
    elsewhere = SegmentService(Record(record.engine, "elsewhere"), clock)
    assert elsewhere.preview({"all": []}).count == 0


class TestVersions:
    FIRST: ClassVar = {"all": [{"field": "contact.country", "op": "eq", "value": "Россия"}]}
    SECOND: ClassVar = {"all": [{"field": "contact.country", "op": "eq", "value": "Germany"}]}

    def test_a_changed_filter_becomes_a_new_version_and_the_old_one_stays(self, segments: SegmentService) -> None:
        first = segments.save("RU", self.FIRST, by="anna")
        second = segments.save("RU", self.SECOND, by="ben")
        assert (first.version, second.version, second.segment_id) == (1, 2, first.segment_id)
        assert segments.get("RU", version=1).filter.to_json() == self.FIRST
        assert [version.is_current for version in segments.versions("RU")] == [True, False]

    def test_an_unchanged_filter_makes_no_version(self, segments: SegmentService, record: Record) -> None:
        first = segments.save("RU", self.FIRST, by="anna")
        assert segments.save("RU", self.FIRST, by="ben") == first
        with record.read() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(audit_event)).scalar_one() == 1

    def test_a_segment_is_found_by_name_or_id(self, segments: SegmentService) -> None:
        saved = segments.save("RU", self.FIRST, by="anna", description="Russia")
        assert segments.get(saved.segment_id) == segments.get("RU") == saved
        assert [item.name for item in segments.list()] == ["RU"]
        with pytest.raises(NotFoundError, match="gtm segment list"):
            segments.get("none")

    def test_a_segment_no_campaign_uses_can_be_deleted(self, segments: SegmentService) -> None:
        segments.save("RU", self.FIRST, by="anna")
        segments.delete("RU", by="anna")
        assert segments.list() == []


def test_a_segment_saved_by_two_at_once_has_no_gap(segments: SegmentService) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def save(number: int) -> bool:
        try:
            segments.save("RU", {"all": [{"field": "company.employee_count", "op": "gt", "value": number}]}, by="anna")
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        saved = sum(pool.map(save, range(8)))
    assert [version.version for version in segments.versions("RU")] == list(range(saved, 0, -1))
