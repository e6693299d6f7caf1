"""A person's correction is remembered, and the next file with the same columns is read so by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import write

ROW = {"Имя": "Анна", "Private": "anna@client.example", "Email": "info@client.example", "Firm": "Client"}


def read_as(workbench: Workbench, path: Path, **given: object) -> dict[str, str]:
    return workbench.intake.propose(path, "contact", **given).mapping  # type: ignore[arg-type]


@pytest.fixture
def remembered(workbench: Workbench, tmp_path: Path) -> Workbench:
    workbench.intake.import_file(
        write(tmp_path / "first.csv", ROW), "contact", overrides={"Private": "email", "Firm": "attribute"},
        save_profile="  Our   fair ", by="person:anna",
    )  # fmt: skip
    return workbench


def test_a_file_with_the_same_columns_in_another_order_is_read_so_by_itself(remembered: Workbench, tmp_path: Path) -> None:
    turned = write(tmp_path / "next.csv", {name.upper(): value for name, value in reversed(ROW.items())})
    proposal = remembered.intake.propose(turned, "contact")
    assert proposal.profile == "Our fair"
    assert proposal.mapping == {"ИМЯ": "first_name", "PRIVATE": "email"}
    report = remembered.intake.import_file(turned, "contact")
    assert report.mapping == proposal.mapping
    (profile,) = remembered.intake.profiles.all()
    assert profile.used_at == remembered.clock.now()


def test_a_file_with_other_columns_or_of_the_other_kind_is_not(remembered: Workbench, tmp_path: Path) -> None:
    other = write(tmp_path / "other.csv", {**ROW, "Note": "x"})
    assert remembered.intake.propose(other, "contact").profile is None
    same = write(tmp_path / "same.csv", ROW)
    assert remembered.intake.propose(same, "company").profile is None


def test_a_profile_can_be_named_for_another_file(remembered: Workbench, tmp_path: Path) -> None:
    other = write(tmp_path / "other.csv", {**ROW, "Phone": "+49 30 1234567"})
    assert read_as(remembered, other, profile="Our fair") == {"Имя": "first_name", "Private": "email", "Phone": "phone"}


def test_what_a_person_says_now_is_above_the_profile(remembered: Workbench, tmp_path: Path) -> None:
    same = write(tmp_path / "same.csv", ROW)
    assert read_as(remembered, same, overrides={"email": "email"}) == {"Имя": "first_name", "Email": "email"}


def test_saving_under_the_same_name_replaces_the_profile(remembered: Workbench, tmp_path: Path) -> None:
    again = write(tmp_path / "again.csv", {**ROW, "Имя": "Ольга"})
    remembered.intake.import_file(again, "contact", overrides={"Email": "email"}, save_profile="Our fair")
    (profile,) = remembered.intake.profiles.all("contact")
    assert profile.columns["Email"] == "email"
    assert profile.created_by == "person:anna"


def test_a_corrected_file_of_refused_rows_is_read_by_the_profile_of_its_list(remembered: Workbench, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.csv", {**ROW, "Private": "nobody"})
    report = remembered.intake.import_file(bad, "contact")
    assert report.rejected == 1
    remembered.intake.write_rejects(report.batch_id, tmp_path / "refused.csv")
    assert remembered.intake.propose(tmp_path / "refused.csv", "contact").profile == "Our fair"


def test_a_deleted_profile_reads_nothing_any_more(remembered: Workbench, tmp_path: Path) -> None:
    assert remembered.intake.profiles.delete("Our fair", by="person:anna").columns["Private"] == "email"
    assert remembered.intake.propose(write(tmp_path / "same.csv", ROW), "contact").profile is None
    with pytest.raises(NotFoundError, match="no profile 'Our fair'"):
        remembered.intake.profiles.get("Our fair")


def test_a_profile_that_fits_nothing_or_has_no_name_is_refused(remembered: Workbench, tmp_path: Path) -> None:
    foreign = write(tmp_path / "foreign.csv", {"E-mail": "a@b.example"})
    with pytest.raises(InputError, match="knows no column"):
        remembered.intake.propose(foreign, "contact", profile="Our fair")
    with pytest.raises(InputError, match="Give the profile a name"):
        remembered.intake.import_file(foreign, "contact", save_profile=" ")
