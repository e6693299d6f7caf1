"""Every file of rows that leaves the workbench goes one of the ways below, and no cell of any runs in a spreadsheet."""

from __future__ import annotations

import ast
import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from app.components.figures import as_csv
from app.components.stoplist import _whole_list
from gtm_pipelines.cli.main import main
from gtm_pipelines.intake.formulas import restore, runs
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.hostile_texts import FORMULAS
from tests.parts import ROOT

FACES = ("app", "assets", "docs", "gtm_pipelines", "notebooks")
RAW = re.compile(
    r"(\bcsv\.(writer|DictWriter)|\bxlsxwriter\.Workbook|\.(to_csv|to_excel|to_clipboard|write_csv|sink_csv|write_excel))\Z", re.S
)
"""What writes cells in the libraries there are."""
HELD = {
    ("gtm_pipelines/intake/export.py", "csv.writer"), ("gtm_pipelines/intake/export.py", "xlsxwriter.Workbook"),
    ("app/components/figures.py", ".to_csv"),
    ("gtm_pipelines/intake/xlsx.py", "csv.writer"),  # a workbook that comes in, as lines for our own reader
}  # fmt: skip
"""Where one may be used: each makes formulas text."""
OURS = {"write_table", "write_csv", "as_csv"}
Way = Callable[[Workbench, Path], bytes]


def _list(kind: str) -> Way:
    def written(_bench: Workbench, path: Path) -> bytes:
        main([kind, "export", str(path), "--attributes"])
        return path.read_bytes()

    return written


def _rejects(bench: Workbench, path: Path) -> bytes:
    bench.intake.write_rejects(bench.intake.batches()[0].batch_id, path)
    return path.read_bytes()


def _suppressions(_bench: Workbench, path: Path) -> bytes:
    main(["suppress", "export", str(path)])
    return path.read_bytes()


def _figures(_bench: Workbench, _path: Path) -> bytes:
    return as_csv(pd.DataFrame(dict.fromkeys(FORMULAS, FORMULAS)))


WAYS: dict[str, tuple[Way, ...]] = {
    "gtm_pipelines/intake/listing.py": (_list("contact"), _list("company")),
    "gtm_pipelines/intake/rejects.py": (_rejects,),
    "gtm_pipelines/cli/suppress.py": (_suppressions,),
    "app/components/stoplist.py": (lambda _bench, _path: _whole_list(),),
    "app/components/figures.py": (_figures,),
    "app/views/sql.py": (_figures,),
}
"""By the file that writes; a new one is named here with what makes it write."""


def _called() -> Iterator[tuple[str, str]]:
    """Yield every call in the project's own code: the file, and what is called."""
    for path in (one for folder in FACES for one in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT).as_posix(), ast.unparse(node.func)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Workbench]:
    """A workbench into which formulas came by every list."""
    folder = tmp_path_factory.mktemp("formulas")
    home = folder / "local"
    home.mkdir()
    shutil.copy(sqlite_template, home / "record.sqlite")
    opened = open_workbench(load_settings(home=home))
    for kind, key in (("company", "Domain"), ("contact", "Email")):
        rows = [(f"p{n}@x{n}.test" if kind == "contact" else f"x{n}.test", one, one) for n, one in enumerate(FORMULAS)]
        path = folder / f"{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([(key, "Name", FORMULAS[0]), *rows, ("=no@address", FORMULAS[0], FORMULAS[1])])
        opened.intake.import_file(path, kind)
    for number, formula in enumerate(FORMULAS):
        opened.suppressions.add("domain", f"stop{number}.test", reason=formula, source=formula)
    yield opened
    opened.close()


def test_no_code_writes_rows_past_what_makes_formulas_text() -> None:
    called = list(_called())
    assert {(place, found[1]) for place, name in called if (found := RAW.search(name))} == HELD
    assert {place for place, name in called if name in OURS} - {"gtm_pipelines/intake/export.py"} == set(WAYS)


@pytest.mark.parametrize(("place", "number"), [(place, number) for place, ways in WAYS.items() for number in range(len(ways))])
def test_no_cell_of_a_file_runs_and_each_comes_back(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, number: int
) -> None:
    monkeypatch.setenv("GTM_HOME", str(bench.settings.home_path))
    written = WAYS[place][number](bench, tmp_path / "out.csv")
    cells = [cell for row in csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")) for cell in row]
    assert [cell for cell in cells if runs(cell)] == []
    assert {restore(cell) for cell in cells if cell.startswith("'")} & set(FORMULAS)
