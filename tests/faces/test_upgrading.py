"""A command of a newer version brings the record up to date, and says so: with where it stands as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from gtm_pipelines.cli.main import main
from gtm_pipelines.record.engine import open_record
from gtm_pipelines.record.migrate import MIGRATIONS, current, head
from gtm_pipelines.settings import load_settings

OLDER = "0003"


@pytest.fixture
def older() -> Path:
    """Make a record as an older version left it; return its home."""
    settings = load_settings()
    settings.home_path.mkdir(parents=True, exist_ok=True)
    record = open_record(settings.database_url, settings.workspace)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with record.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, OLDER)
        connection.commit()
    record.close()
    return settings.home_path


def test_the_first_command_says_what_it_upgraded_and_where_the_copy_is(capsys, older: Path) -> None:
    main(["contact", "list", "--json"])
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    (copy,) = (older / "backups").iterdir()
    assert line == f"The record was upgraded from {OLDER} to {head()}; as it was before, it is in {copy}."
    kept = open_record(f"sqlite:///{copy}", "default")
    assert current(kept) == OLDER
    kept.close()
    main(["contact", "list", "--json"])
    assert capsys.readouterr().err == ""


def test_upgrading_by_hand_makes_a_copy_too_and_a_new_record_none(capsys, older: Path) -> None:
    main(["db", "upgrade"])
    assert str(next((older / "backups").iterdir())) in capsys.readouterr().out


def test_a_new_record_is_no_upgrade(capsys) -> None:
    main(["contact", "list", "--json"])
    assert capsys.readouterr().err == ""
    assert not (load_settings().home_path / "backups").exists()
