"""People ask the marts in SQL of their own; whatever it tries, nothing else is read and nothing is written."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from gtm_pipelines.errors import InputError
from gtm_pipelines.warehouse.asking import MartQuestions
from gtm_pipelines.warehouse.marts import Marts
from gtm_pipelines.warehouse.model import MartMissingError


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    """One mart of three campaigns, its folder with a quote in its name."""
    folder = tmp_path_factory.mktemp("it's") / "marts"
    folder.mkdir()
    pl.DataFrame({"campaign": ["a", "b", "c"], "sent": [1, 2, 3]}).write_parquet(folder / "campaign_funnel.parquet")
    (folder / "canary.txt").write_text("canary")
    return Marts(folder)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT sum(sent) AS total FROM campaign_funnel", [(6,)]),
        ("FROM campaign_funnel ORDER BY sent DESC LIMIT 1;", [("c", 3)]),
        ("WITH x AS (SELECT * FROM campaign_funnel) SELECT campaign FROM x WHERE sent = 2 -- ; DROP", [("b",)]),
        ("SELECT ';' AS mark", [(";",)]),
    ],
)
def test_one_select_is_answered(marts: Marts, sql: str, rows: list[tuple[object, ...]]) -> None:
    assert MartQuestions(marts).ask(sql).rows.rows() == rows


def test_only_the_first_rows_come_and_it_says_that_there_are_more(marts: Marts) -> None:
    found = MartQuestions(marts).ask("SELECT * FROM campaign_funnel", limit=2)
    assert (len(found.rows), found.more) == (2, True)
    assert not MartQuestions(marts).ask("SELECT * FROM campaign_funnel", limit=3).more


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2", "DELETE FROM campaign_funnel", "CREATE TABLE x (a INT)", "SET memory_limit = '9GB'",
        "COPY (SELECT 1) TO '{folder}/campaign_funnel.parquet'", "ATTACH '{folder}/new.db'", "PRAGMA database_list",
        "EXPORT DATABASE '{folder}/out'", "SELECT * FROM read_text('{folder}/canary.txt')", "SELECT * FROM '{folder}/canary.txt'",
        "SELECT * FROM glob('{folder}/*')", "SELECT * FROM read_csv('/etc/passwd')", "SELECT getenv('PATH')",
        "SELECT * FROM read_parquet('http://127.0.0.1:9/x')", "SELECT nothing FROM campaign_funnel", "SELEKT",
        "INSTALL httpfs", "CALL pragma_version()",
        "SELECT * FROM read_text('{folder}/campaign_funnel.parquet/../canary.txt')", "", "   ", "SELECT 1 -- " + "x" * 20_000,
    ],
)  # fmt: skip
def test_whatever_else_is_asked_is_refused_in_words_and_changes_nothing(marts: Marts, sql: str) -> None:
    before = {path: path.read_bytes() for path in marts.folder.parent.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as refused:
        MartQuestions(marts).ask(sql.replace("{folder}", str(marts.folder).replace("'", "''")))
    assert str(refused.value)
    assert "canary\n" not in str(refused.value)
    assert {path: path.read_bytes() for path in marts.folder.parent.rglob("*") if path.is_file()} == before


def test_a_question_without_end_is_stopped(marts: Marts) -> None:
    with pytest.raises(InputError, match="more than 3 seconds"):
        MartQuestions(marts, seconds=3).ask("SELECT count(*) FROM range(10000000000) a, range(10000) b")


def test_a_question_that_wants_too_much_memory_is_stopped(marts: Marts) -> None:
    with pytest.raises(InputError):
        MartQuestions(marts, memory="100MB").ask("SELECT list(range) FROM range(100000000)")


def test_before_anything_was_published_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MartMissingError, match="gtm metrics refresh"):
        MartQuestions(Marts(tmp_path)).ask("SELECT 1")
