"""Thousands of files that nobody prepared: none brings the reader down, none loses a record."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.decode import examine
from gtm_pipelines.intake.mapping import map_columns
from gtm_pipelines.intake.prepare import preparer
from gtm_pipelines.intake.read import lay_out, rows
from gtm_pipelines.intake.records import chunks

FILES = int(os.environ.get("FUZZ_FILES", "2500"))
"""Half a minute; ``FUZZ_FILES=10000`` makes four times as many."""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r", "cp866", "cp1252", "latin-1")
HEADERS = ("Email", "Имя", "First Name", "Company", "Телефон", "Notes", "", "Email", "website", "a\nb")
WORDS = ("anna@firm.example", "Анна", "O'Neil", "ООО «Ромашка»", "+7 (495) 123-45-67", "=1+1", "007", "", " ", "-", "1,5", "a;b")
NOISE = ('"', "\n", "\r", "\0", "\t", ";", ",", "|", "\\", "\u2028", "\x1a", "\ufeff", "'", "\x85")

cells = st.one_of(st.sampled_from(WORDS), st.text(st.sampled_from([*"abЯё1 ", *NOISE]), max_size=6))


@st.composite
def files(draw: Callable[..., object]) -> bytes:
    """A list as some program might write it, then damaged here and there."""
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    width = draw(st.integers(1, 5))
    preamble = draw(st.lists(st.sampled_from(["Notes:", "Report of 2026", "", '"quoted, note"']), max_size=2))
    table = draw(st.lists(st.lists(cells, min_size=max(width - 1, 1), max_size=width + 1), max_size=8))
    always = draw(st.booleans())

    def written(row: list[str]) -> str:
        quoted = ('"' + cell.replace('"', '""') + '"' if always or set(cell) & set('",;\t|\r\n') else cell for cell in row)
        return delimiter.join(quoted)

    header = draw(st.lists(st.sampled_from(HEADERS), min_size=width, max_size=width))
    text = end.join([*preamble, written(header), *map(written, table)]) + draw(st.sampled_from(["", end, end * 3]))
    content = bytearray(text.encode(draw(st.sampled_from(ENCODINGS)), "replace"))
    for place, damage in draw(st.lists(st.tuples(st.integers(0, max(len(content), 1)), st.binary(max_size=3)), max_size=2)):
        content[place : place + len(damage) % 2] = damage
    return bytes(content)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_file_brings_the_reader_down_and_none_loses_a_record(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    read = refused = 0

    @settings(max_examples=FILES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(content=files())
    def whatever_comes(content: bytes) -> None:
        nonlocal read, refused
        path.write_bytes(content)
        try:
            layout = lay_out(examine(path))
        except InputError:
            refused += 1
            return
        read += 1
        found = list(rows(layout))
        with layout.file.text() as text:
            behind = "".join(text.readlines())
        kept = "".join(row.raw for row in found)
        assert squeezed(behind).endswith(squeezed(kept))
        assert sum(map(len, chunks(layout, 3))) == len(found)
        prepare = preparer(map_columns("contact", layout.header, None), source=None, lawful_basis=None)
        for records in chunks(layout, 100):
            taken = len(records)
            sheet = prepare(records)
            assert len(sheet) + len(sheet.refused) == taken
            assert all(verdict.code and str(verdict) for _, verdict in sheet.refused)
        before = first_lines(behind, layout.header_line, squeezed(kept))
        assert before, "what stands before the kept records is the preamble and the header, and nothing else"

    whatever_comes()
    assert read > refused


def squeezed(text: str) -> str:
    """A text without the line ends and blanks that part records."""
    return "".join(text.split())


def first_lines(text: str, header_line: int, kept: str) -> bool:
    """Whether all text is the lines up to the header, then the kept records; a header in quotes may span lines."""
    lines = io.StringIO(text, newline="").readlines()
    ends = range(header_line, len(lines) + 1) if '"' in lines[header_line - 1] else [header_line]
    return any(squeezed(text) == squeezed("".join(lines[:end])) + kept for end in ends)
