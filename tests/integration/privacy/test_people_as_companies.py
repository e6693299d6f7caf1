"""A list of people that was imported as companies keeps nothing of one of them after an erasure."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.record import tables
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import write

HEADER = ("Company Name", "Website", "Full Name", "E-mail Address", "Job Title", "Lead Score")
JUERGEN = ("Acme GmbH", "acme.test", "Jürgen Müller", "juergen@acme.test", "Head of Pumps", "17")


def test_name_and_work_go_with_the_address_and_the_company_stays(workbench: Workbench, tmp_path: Path) -> None:
    path = write(tmp_path / "contacts.csv", dict(zip(HEADER, JUERGEN, strict=True)))
    workbench.intake.import_file(path, "contact")
    workbench.intake.import_file(path, "company")
    workbench.privacy.erase_person("juergen@acme.test", by="person:anna")
    with workbench.record.read() as connection:
        firm = connection.execute(sa.select(tables.company)).one()
        left = [*connection.execute(sa.select(tables.import_row.c.raw)).scalars(), str(firm)]
    assert (firm.name, firm.attributes["lead_score"]) == ("Acme GmbH", "17")
    assert [text for text in left if text and ("Müller" in text or "juergen" in text)] == []
    assert "Head of Pumps" not in str(firm)
