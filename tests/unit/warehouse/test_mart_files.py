"""Every mart is one file that says what its columns mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.warehouse import build
from gtm_pipelines.warehouse.marts import Marts
from gtm_pipelines.warehouse.model import MartMissingError


def test_every_file_is_a_mart_and_every_mart_a_file() -> None:
    assert {path.stem for path in (build.SQL / "marts").glob("*.sql")} == set(build.MARTS)
    assert {path.stem for path in (build.SQL / "staging").glob("*.sql")} == set(build.STAGING)


@pytest.mark.parametrize("name", build.MARTS)
def test_a_mart_begins_with_what_it_holds(name: str) -> None:
    assert build.sql("marts", name).startswith(f"-- Mart {name}: ")
    meaning, columns = build.description(name)
    assert meaning.endswith(".")
    assert len(columns) > 5


def test_an_unknown_mart_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="campaign_funnel"):
        Marts(tmp_path).polars("../record")


def test_an_unpublished_mart_says_what_to_run(tmp_path: Path) -> None:
    marts = Marts(tmp_path)
    assert marts.names() == ()
    assert marts.published_at("cost") is None
    with pytest.raises(MartMissingError, match="gtm metrics refresh"):
        marts.polars("cost")
