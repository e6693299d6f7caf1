"""What is no list is refused by the name of what it is; lists in odd encodings are read."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.decode import examine

NOISE = random.Random(1).randbytes


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("people.csv", "email\na@x.example\n")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + NOISE(4_000), "a PNG picture"),
        (b"\xff\xd8\xff\xe0" + NOISE(4_000), "a JPEG picture"),
        (b"%PDF-1.7\n" + NOISE(4_000), "a PDF"),
        (b"SQLite format 3\0" + NOISE(4_000), "an SQLite database"),
        (b"PAR1" + NOISE(4_000), "a Parquet file"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "a web page"),
        (zipped(), r"a ZIP archive \(of people.csv\)"),
        (NOISE(20_000), "not text"),
        (NOISE(300), "not text"),
    ],
)
def test_what_is_no_list_is_refused_by_what_it_looks_like(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "list.csv").write_bytes(content)
    with pytest.raises(InputError, match=said):
        examine(tmp_path / "list.csv")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1251", "koi8_r", "cp866", "cp1252"]
)
def test_lists_in_odd_encodings_are_still_read(tmp_path: Path, encoding: str) -> None:
    words = "Müller, Zürich" if encoding == "cp1252" else "Мария Петрова, Челябинск; генеральный директор завода"
    text = "email;name\n" + "".join(f"a{n}@x.example;{words.replace(';', ' ')} \x1a\n" for n in range(40))
    (tmp_path / "list.csv").write_bytes(text.encode(encoding))
    found = examine(tmp_path / "list.csv")
    with found.text() as read:
        assert words.split(";")[0].split()[0] in read.read()
