"""Whoever is suppressed leaves every sequence at once, whoever suppresses them and however."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.record import due, enrolments
from gtm_pipelines.record.tables import contact
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company, add_contact, add_people, make_campaign
from tests.integration.campaigns.test_sequences import TWO_MORE, left, standing


@pytest.fixture
def under_way(workbench: Workbench) -> Campaign:
    """Two people of one firm, whose first mail has left."""
    people = add_people(workbench, 2)
    campaign = make_campaign(workbench, settings=TWO_MORE)
    left(workbench, campaign, people, 1)
    return campaign


def firm(workbench: Workbench) -> str:
    with workbench.record.read() as connection:
        return str(connection.execute(contact.select()).mappings().first()["company_id"])  # type: ignore[index]


def carry_in(workbench: Workbench, folder: Path) -> None:
    (folder / "list.csv").write_text("value,reason\np0@acme.example,asked\n")
    workbench.suppressions.import_file(folder / "list.csv", source="list")


WAYS: dict[str, tuple[Callable[[Workbench, Path], object], list[tuple[int, str, str | None]]]] = {
    "an address by hand": (
        lambda w, _: w.suppressions.add("address", "P0@Acme.example", reason="asked by phone", source="person:anna"),
        [(2, "stopped", "person"), (2, "active", None)],
    ),
    "a domain by hand": (
        lambda w, _: w.suppressions.add("domain", "example", reason="asked", source="person:anna"),
        [(2, "stopped", "person")] * 2,
    ),
    "a company by hand": (
        lambda w, _: w.suppressions.add("company", firm(w), reason="asked", source="person:anna"),
        [(2, "stopped", "person")] * 2,
    ),
    "a list": (carry_in, [(2, "stopped", "person"), (2, "active", None)]),
    "a wish to be left alone": (
        lambda w, _: w.suppressions.add("address", "p1@acme.example", reason="unsubscribed", source="person:anna"),
        [(2, "active", None), (2, "stopped", "unsubscribed")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_suppression_ends_the_sequences_of_exactly_whom_it_names(
    workbench: Workbench, under_way: Campaign, way: str, tmp_path: Path
) -> None:
    act, expected = WAYS[way]
    act(workbench, tmp_path)
    assert standing(workbench, under_way) == expected


def test_an_address_that_a_list_told_ends_the_sequence_of_its_person(workbench: Workbench, tmp_path: Path) -> None:
    """The row is about the same person, with a second address."""
    for number, address in enumerate(("ann@acme.example", "ann.private@home.example")):
        (tmp_path / f"{number}.csv").write_text(
            f"email,full_name,linkedin_url,company\n{address},Ann Lee,https://www.linkedin.com/in/ann-lee-1,Acme\n"
        )
        workbench.intake.import_file(tmp_path / f"{number}.csv", kind="contact")
    campaign = make_campaign(workbench, settings=TWO_MORE)
    assert standing(workbench, campaign) == [(1, "active", None)]

    workbench.suppressions.add("address", "ann.private@home.example", reason="asked", source="person:anna")

    assert standing(workbench, campaign) == [(1, "stopped", "person")]


def test_no_run_is_started_for_people_who_are_suppressed(workbench: Workbench, under_way: Campaign) -> None:
    later = workbench.clock.now() + timedelta(days=3650)
    with workbench.record.read() as connection:
        assert enrolments.due(connection, workbench.record.workspace_id, under_way.id, by=later)
    workbench.suppressions.add("domain", "acme.example", reason="asked", source="person:anna")
    with workbench.record.read() as connection:
        assert enrolments.due(connection, workbench.record.workspace_id, under_way.id, by=later) == []
        assert not enrolments.waiting(connection, workbench.record.workspace_id, under_way.id, at=workbench.clock.now())
    assert list(due.campaigns_to_draft(workbench.record, later)) == []


def test_a_stranger_who_is_suppressed_stops_nobody(workbench: Workbench, under_way: Campaign) -> None:
    other = add_company(workbench.record, workbench.clock, name="Other")
    add_contact(workbench.record, workbench.clock, email="x@other.example", company_id=other)
    workbench.suppressions.add("address", "x@other.example", reason="asked", source="person:anna")
    workbench.suppressions.add("company", other, reason="asked", source="person:anna")
    workbench.suppressions.add("domain", "notacme.example", reason="asked", source="person:anna")
    assert standing(workbench, under_way) == [(2, "active", None)] * 2
