"""A list is read whole, in whatever encoding and layout it comes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.decode import examine
from gtm_pipelines.intake.read import Layout, RawRow, lay_out, rows
from gtm_pipelines.intake.records import chunks
from gtm_pipelines.intake.xlsx import SMALL
from tests.parts import corpora

RUSSIAN = "Имя,Фамилия,Город\nИван,Петров,Москва\nЁлка,Щукина,Нижний Новгород\n"


def read(path: Path, content: bytes) -> tuple[Layout, list[RawRow]]:
    path.write_bytes(content)
    layout = lay_out(examine(path))
    return layout, list(rows(layout))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "koi8-r", "cp866"]
)
def test_russian_is_read_in_every_encoding_lists_come_in(path: Path, encoding: str) -> None:
    layout, found = read(path, RUSSIAN.encode(encoding))
    assert layout.header == ("Имя", "Фамилия", "Город")
    assert found[1].cells == ["Ёлка", "Щукина", "Нижний Новгород"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_western_accents_are_read_without_a_mark(path: Path, encoding: str) -> None:
    _, found = read(path, "name,city\nJürgen Müller,Köln\nHélène,Besançon\n".encode(encoding))
    assert [row.cells for row in found] == [["Jürgen Müller", "Köln"], ["Hélène", "Besançon"]]


def test_a_packed_file_reads_like_the_file_itself(path: Path, tmp_path: Path) -> None:
    plain = examine_bytes(tmp_path / "a.csv", RUSSIAN.encode())
    packed = examine_bytes(tmp_path / "b.csv.gz", gzip.compress(RUSSIAN.encode()))
    assert plain.sha256 == packed.sha256
    assert len(list(rows(lay_out(packed)))) == 2


def test_a_packed_file_that_bursts_is_refused_before_it_has_filled_anything(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"list\.csv\.gz unpacks to more than \d+ MB"):
        examine_bytes(tmp_path / "list.csv.gz", gzip.compress(b"name,city\n" * (SMALL // 9)))


def examine_bytes(path: Path, content: bytes):
    path.write_bytes(content)
    return examine(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(path: Path, delimiter: str) -> None:
    text = f"name{delimiter}city\n" + "".join(f'"a, b; c"{delimiter}Leeds{n}\n' for n in range(5))
    layout, found = read(path, text.encode())
    assert layout.delimiter == delimiter
    assert found[4].cells == ["a, b; c", "Leeds4"]


def test_the_delimiter_a_spreadsheet_declares_is_believed(path: Path) -> None:
    layout, found = read(path, b"sep=;\r\na;b\r\n1,5;2\r\n")
    assert (layout.delimiter, layout.header, found[0].cells, found[0].line) == (";", ("a", "b"), ["1,5", "2"], 3)


def test_a_preamble_before_the_header_is_skipped(path: Path) -> None:
    layout, found = read(path, b'Notes:\n"When exporting, some are missing"\n\nFirst,Last,Email\nA,B,a@b.test\nC,D,c@d.test\n')
    assert layout.header == ("First", "Last", "Email")
    assert [row.line for row in found] == [5, 6]


def test_a_preamble_with_two_cells_is_no_header(path: Path) -> None:
    layout, found = read(path, b"Report,2026\nBy,Anna\n\nname,email,phone,city\nA,a@b.test,1,X\nB,b@b.test,2,Y\n")
    assert layout.header == ("name", "email", "phone", "city")
    assert [row.line for row in found] == [5, 6]


@pytest.mark.parametrize(
    "content", [b"Anna,a@b.test,Acme\nBen,b@b.test,Beta\n", b"List of May\n\nAnna,a@b.test,Acme\nBen,b@b.test,Beta\n"]
)
def test_a_file_without_a_header_loses_no_record(path: Path, content: bytes) -> None:
    layout, found = read(path, content)
    assert (layout.header, layout.has_header) == (("column 1", "column 2", "column 3"), False)
    assert [row.cells[0] for row in found] == ["Anna", "Ben"]
    assert [row.cells[0] for row in found] == [name for part in chunks(layout, 1) for name in part.columns[0]]


def test_a_header_of_two_lines_names_the_columns_of_each_group(path: Path) -> None:
    layout, found = read(path, b"Contact,,Company,\nName,Email,Name,City\nAnna,a@b.test,Acme,Leeds\n")
    assert layout.header == ("Contact Name", "Contact Email", "Company Name", "Company City")
    assert [row.line for row in found] == [3]


def test_a_cell_may_hold_line_breaks_and_keeps_its_first_line_number(path: Path) -> None:
    _, found = read(path, b'a,b\n"one\ntwo, three\n",x\n\n4,5\n')
    assert [(row.line, row.cells) for row in found] == [(2, ["one\ntwo, three\n", "x"]), (6, ["4", "5"])]
    assert found[0].raw == '"one\ntwo, three\n",x\n'


@pytest.mark.parametrize(
    ("line", "code"),
    [(b"1", "row.too_short"), (b"1,2,3", "row.too_long"), (b"1,a\0b", "row.nul"), (b"1,\xff\xfe", "row.encoding")],
)
def test_a_record_that_cannot_be_used_says_why_and_harms_no_other(path: Path, line: bytes, code: str) -> None:
    good = "".join(f"{n},Ёлки\n" for n in range(30)).encode()
    _, found = read(path, b"a,b\n" + good + line + b"\n7,8\n")
    assert [row.reason_code for row in found] == [None] * 30 + [code, None]
    assert found[30].line == 32
    assert found[31].cells == ["7", "8"]


def test_empty_cells_beyond_the_header_are_forgiven(path: Path) -> None:
    _, found = read(path, b"a,b\n1,2,,\n")
    assert (found[0].cells, found[0].reason_code) == (["1", "2"], None)


def test_a_quote_that_is_never_closed_costs_one_line(path: Path) -> None:
    _, found = read(path, b'a,b\n1,2\n3,"four\n5,6\n7,8\n')
    assert [(row.line, row.reason_code) for row in found] == [(2, None), (3, "quote.unclosed"), (4, None), (5, None)]


def test_two_stray_quotes_do_not_swallow_the_records_between_them(path: Path) -> None:
    _, found = read(path, b'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n10,"11,12\n13,14,15\n')
    assert [row.line for row in found] == [2, 3, 4, 5, 6]
    assert [row.cells for row in found if not row.reason_code] == [["1", "2", "3"], ["7", "8", "9"], ["13", "14", "15"]]


def test_columns_of_one_name_and_of_none_stay_apart(path: Path) -> None:
    layout, _ = read(path, b"name,,name\n1,2,3\n")
    assert layout.header == ("name", "column 2", "name (2)")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"PK\x03\x04abc", "Excel"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\x1f\x8bnope", "cannot be read"),
    ],
)
def test_what_is_no_list_is_refused_with_the_way_out(path: Path, content: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(path, content)


def test_a_nul_does_not_make_a_file_utf_16(path: Path) -> None:
    layout, found = read(path, b"a,b\n1,x\0y\n2,z\n")
    assert (layout.file.encoding, [row.reason_code for row in found]) == ("utf-8", ["row.nul", None])


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a file"):
        examine(tmp_path)


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n",; '), max_size=8)


@given(table=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12))
def test_whatever_a_writer_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, ...]]) -> None:
    import csv

    path = tmp_path_factory.mktemp("written") / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(("one", "two", "three"))
        writer.writerows(table)
    layout = Layout(examine(path), ",", ("one", "two", "three"), 1)
    assert [tuple(row.cells) for row in rows(layout)] == [tuple(row) for row in table]


@example(lines=[";;;;;;;;\0;\0"])
@given(lines=st.lists(st.text(st.sampled_from('ab,";\n\0é'), max_size=12), min_size=1, max_size=15))
def test_no_line_is_ever_lost(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = tmp_path_factory.mktemp("lines") / "list.csv"
    body = "".join(line + "\n" for line in lines)
    assume(body.count("\0") * 5 < len(body))  # what is mostly NULs is refused as no text at all
    path.write_bytes(("one,two\n" + body).encode())
    layout = Layout(examine(path), ",", ("one", "two"), 1)
    found = list(rows(layout))
    assert "".join(row.raw for row in found).replace("\n", "") == body.replace("\n", "")
    for size in (1, 3, 100):
        assert in_chunks(layout, size) == [row._replace(cells=[] if row.reason_code else row.cells) for row in found]


def in_chunks(layout: Layout, size: int) -> list[RawRow]:
    gathered = []
    for part in chunks(layout, size):
        good = zip(part.lines, part.raws, map(list, zip(*part.columns, strict=True)), strict=True)
        refused = [row._replace(cells=[]) for row in part.refused]
        gathered += sorted([*(RawRow(*row) for row in good), *refused], key=lambda row: row.line)
    return gathered


def test_a_reading_that_was_stopped_goes_on_after_any_record(path: Path) -> None:
    path.write_bytes(b'one,two\na,1\n\nb,"x\ny"\nc\nd,4\n"e,5\nf,6\n')
    layout = lay_out(examine(path))
    whole = in_chunks(layout, 100)
    for taken in range(len(whole) + 1):
        rest = [row for part in chunks(layout, 2, skip=taken) for row in [*part.lines, *(r.line for r in part.refused)]]
        assert sorted(rest) == [row.line for row in whole[taken:]]


def test_the_spectrum_of_csv_files_reads_as_expected() -> None:
    folder = corpora("csv-spectrum")
    for path in sorted((folder / "csvs").glob("*.csv")):
        layout = lay_out(examine(path))
        read_back = [dict(zip(layout.header, row.cells, strict=True)) for row in rows(layout)]
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text())
        if path.stem == "location_coordinates":  # its JSON is one object, with another phone number than its CSV
            expected = [expected | {"Contact Phone Number": "2095257564"}]
        assert read_back == expected, path.name


def test_odd_files_lose_no_record() -> None:
    for path in sorted(corpora("csv-frictionless").rglob("*.csv")):
        try:
            layout = lay_out(examine(path))
        except InputError:
            continue
        with layout.file.text() as text:
            lines = text.readlines()[layout.header_line :]
        kept = "".join(row.raw for row in rows(layout))
        assert sum(map(len, "".join(lines).split())) == sum(map(len, kept.split())), path.name
