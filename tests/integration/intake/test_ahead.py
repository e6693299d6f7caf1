"""A large file is read by a process of its own, and becomes exactly what it becomes without."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from gtm_pipelines.errors import TransientError
from gtm_pipelines.intake.ahead import Reading, packed, reader, unpacked
from gtm_pipelines.intake.decode import examine
from gtm_pipelines.intake.mapping import map_columns
from gtm_pipelines.intake.read import lay_out
from gtm_pipelines.intake.service import IntakeService
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import everything, outcome

pytestmark = pytest.mark.slow

ROWS = 700


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A list with everything in it: good rows, repeated ones, refused ones, texts where numbers should be."""
    lines = ["first name,last name,email,phone,company,notes,unsubscribed"]
    for number in range(ROWS):
        address = f"p{number if number % 7 else 0}@firm{number % 20}.example" if number % 31 else "no address"
        lines.append(
            f'Анна,O\'Neil {number},{address},+49 40 {number:07d},Firm {number % 20} Ltd,"a, {number}",{number % 13 == 0:d}'
        )
    lines[300] = lines[300] + ",one,too,many"
    path = tmp_path / "large.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def reading(path: Path, **choices: int) -> Reading:
    layout = lay_out(examine(path))
    return Reading(layout, map_columns("contact", layout.header, None), **{"size": 100} | choices)


def test_a_sheet_comes_over_as_it_left(path: Path) -> None:
    for sheet in reading(path).sheets():
        again = unpacked(packed(sheet))
        assert [again.candidate(position) for position in range(len(again))] == [
            sheet.candidate(position) for position in range(len(sheet))
        ]
        assert [(row, verdict.code, str(verdict)) for row, verdict in again.refused] == [
            (row, verdict.code, str(verdict)) for row, verdict in sheet.refused
        ]


def test_reading_ahead_imports_the_same(workbench: Workbench, path: Path, tmp_path: Path) -> None:
    here = IntakeService(workbench.record, workbench.clock, chunk_rows=100)
    first = here.import_file(path, "contact")
    before = everything(workbench)
    other = tmp_path / "other.csv"
    other.write_bytes(path.read_bytes() + b"\n")
    ahead = IntakeService(workbench.record, workbench.clock, chunk_rows=100, ahead_from=1)
    second = ahead.import_file(other, "contact")
    assert outcome(second) == (0, 0, first.imported + first.merged, first.rejected)
    assert second.reasons == first.reasons
    assert everything(workbench) == before


def test_the_other_process_ends_when_nobody_listens(path: Path) -> None:
    with reader(path, ahead_from=1) as sheets:
        next(sheets(reading(path, size=10)))
        [other] = readers()
    assert not psutil.pid_exists(other) or psutil.Process(other).status() == psutil.STATUS_ZOMBIE


def test_a_reader_that_is_killed_is_told_and_nothing_is_taken_twice(workbench: Workbench, path: Path) -> None:
    service = IntakeService(workbench.record, workbench.clock, chunk_rows=20, ahead_from=1)

    def kill(done: int, _total: int | None) -> None:
        if done < 200:
            for other in readers():
                os.kill(other, signal.SIGKILL)

    with pytest.raises(TransientError, match="goes on"):
        service.import_file(path, "contact", progress=kill)
    report = service.import_file(path, "contact")
    assert report.rows == ROWS
    assert report.rows == report.imported + report.merged + report.unchanged + report.rejected


def readers() -> list[int]:
    living = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child.pid for child in living if "gtm_pipelines.intake.ahead" in child.cmdline()]
