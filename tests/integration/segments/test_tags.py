from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.record.tables import audit_event
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_people


def tagged(workbench: Workbench, name: str) -> int:
    return workbench.segments.count({"all": [{"field": "contact.tags", "op": "has", "value": name}]})


def test_many_are_tagged_at_once_and_found_by_it(workbench: Workbench) -> None:
    people = add_people(workbench, 3)
    report = workbench.tags.tag("contact", "Fair 2026", ["p0@acme.example", people[1]], by="anna")
    assert (report.changed, report.unchanged) == (2, 0)
    assert tagged(workbench, "fair 2026") == 2
    assert workbench.segments.count({"all": [{"field": "contact.tags", "op": "has_not", "value": "fair 2026"}]}) == 1


def test_a_segment_is_tagged_whole_and_twice_changes_nothing(workbench: Workbench) -> None:
    add_people(workbench, 4)
    workbench.segments.save("Russian", {"all": [{"field": "contact.language", "op": "eq", "value": "ru"}]}, by="anna")
    assert workbench.tags.tag("contact", "ru", segment="Russian", by="anna").changed == 2
    again = workbench.tags.tag("contact", "ru", segment="Russian", by="anna")
    assert (again.changed, again.unchanged) == (0, 2)
    assert workbench.tags.counts("contact") == [("ru", 2)]


def test_what_was_done_is_taken_back_exactly(workbench: Workbench) -> None:
    people = add_people(workbench, 3)
    workbench.tags.tag("contact", "vip", people[:1], by="anna")
    act = workbench.tags.tag("contact", "vip", people, by="ben")
    assert workbench.tags.undo(act.act, by="ben").changed == 2
    assert tagged(workbench, "vip") == 1
    gone = workbench.tags.untag("contact", "vip", people, by="ben")
    assert (gone.changed, tagged(workbench, "vip")) == (1, 0)
    workbench.tags.undo(gone.act, by="ben")
    assert workbench.tags.of("contact", people[0]) == ["vip"]


def test_who_tagged_whom_stands_in_the_audit(workbench: Workbench) -> None:
    people = add_people(workbench, 2)
    act = workbench.tags.tag("contact", "vip", people, by="anna")
    with workbench.record.read() as connection:
        event = connection.execute(sa.select(audit_event).where(audit_event.c.subject_id == act.act)).one()
    assert (event.actor, event.action, event.detail["subjects"]) == ("anna", "tag.added", people)


def test_contacts_are_found_by_the_tags_of_their_company(workbench: Workbench) -> None:
    add_people(workbench, 2)
    add_company(workbench.record, workbench.clock, name="Other")
    workbench.tags.tag("company", "partner", ["Acme Inc."], by="anna")
    tree = {"all": [{"field": "company.tags", "op": "in", "value": ["Partner", "x"]}]}
    assert workbench.segments.count(tree) == 2
    assert workbench.segments.count(tree, entity="company") == 1


def test_what_cannot_be_tagged_says_why(workbench: Workbench) -> None:
    add_people(workbench, 1)
    for name, keys in (("a,b", ["p0@acme.example"]), ("", ["p0@acme.example"]), ("x" * 61, ["p0@acme.example"]), ("ok", [])):
        with pytest.raises(InputError):
            workbench.tags.tag("contact", name, keys, by="anna")
    with pytest.raises(NotFoundError):
        workbench.tags.tag("contact", "ok", ["nobody@acme.example"], by="anna")
    with pytest.raises(NotFoundError):
        workbench.tags.undo("nothing", by="anna")
