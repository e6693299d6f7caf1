"""The sample that comes with the workbench is made by its script and large enough for a campaign."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gtm_pipelines.record import contacts
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import everything, outcome
from tests.parts import ROOT

SAMPLE = ROOT / "data" / "sample"


def test_the_script_makes_exactly_the_committed_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLE / "make_sample.py"), str(tmp_path)], check=True)
    for name in ("companies.csv", "contacts.csv"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()


def test_the_sample_imports_with_every_kind_of_dirt_and_twice_without_change(workbench: Workbench) -> None:
    firms = workbench.intake.import_file(SAMPLE / "companies.csv", "company")
    people = workbench.intake.import_file(SAMPLE / "contacts.csv", "contact")
    assert all(outcome(firms)[n] for n in (0, 1, 3))
    assert all(outcome(people)[n] for n in (0, 1, 3))
    assert set(people.reasons) == {"email.invalid", "row.empty", "row.too_short"}
    assert people.encoding == "cp1251"
    before = everything(workbench)
    for kind in ("company", "contact"):
        again = workbench.intake.import_file(SAMPLE / ("companies.csv" if kind == "company" else "contacts.csv"), kind)
        assert (again.imported, again.merged) == (0, 0)
    assert everything(workbench) == before


def test_the_sample_has_four_hundred_people_to_write_to_in_two_languages(workbench: Workbench) -> None:
    workbench.intake.import_file(SAMPLE / "companies.csv", "company")
    workbench.intake.import_file(SAMPLE / "contacts.csv", "contact")
    people = contacts.page(workbench.record, limit=1000)
    mailable = [p for p in people if p.email and p.company_id and not p.do_not_contact]
    russian = sum(p.language == "ru" for p in mailable) / len(mailable)
    assert len(mailable) >= 400
    assert 0.4 < russian < 0.5
    assert all(p.email_domain.endswith((".example", ".test")) for p in mailable)
