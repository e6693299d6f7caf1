"""Sixty-nine thousand real companies come in, and come in only once."""

from __future__ import annotations

import pytest

from gtm_pipelines.record import companies
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import outcome
from tests.parts import corpora


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_large_real_list_is_counted_whole_and_changes_nothing_the_second_time(workbench: Workbench) -> None:
    path = corpora("companies") / "companies_69k.csv.gz"
    first = workbench.intake.import_file(path, "company")
    imported, merged, unchanged, rejected = outcome(first)
    assert (first.rows, unchanged) == (69_152, 0)
    assert imported == companies.count(workbench.record)
    assert merged > 10_000
    second = workbench.intake.import_file(path, "company")
    assert outcome(second) == (0, 0, imported + merged, rejected)
    assert companies.count(workbench.record) == imported
