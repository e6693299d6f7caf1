"""What wins over what, what is refused, and whether the refusal says how to mend it."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings import Settings, load_settings, resolve_secret


@pytest.fixture
def toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gtm.toml that is in force."""
    path = tmp_path / "gtm.toml"
    path.write_text("", "utf-8")
    monkeypatch.setenv("GTM_CONFIG", str(path))
    return path


def test_defaults_need_no_file_and_no_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert [m.name for m in settings.mailboxes] == ["anna", "ben"]
    assert settings.database_url.startswith("sqlite:///")


def test_the_environment_wins_over_the_file_and_arguments_over_both(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml.write_text("app_port = 1111\ndagster_port = 1112\napi_port = 1113\n", "utf-8")
    monkeypatch.setenv("GTM_APP_PORT", "2222")
    monkeypatch.setenv("GTM_DAGSTER_PORT", "2223")
    settings = load_settings(app_port=3333)
    assert (settings.app_port, settings.dagster_port, settings.api_port) == (3333, 2223, 1113)


def test_a_variable_changes_one_value_of_a_section_and_leaves_the_others(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml.write_text("[delivery]\nattempts = 9\nstale_after_hours = 1\n", "utf-8")
    monkeypatch.setenv("GTM_DELIVERY__ATTEMPTS", "3")
    delivery = load_settings().delivery
    assert (delivery.attempts, delivery.stale_after_hours, delivery.contact_gap_days) == (3, 1, 2)


def test_lists_in_variables_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_MAILBOXES", '[{"name": "eva", "address": "eva@own.example", "imap": {"folders": ["INBOX", "Spam"]}}]')
    mailbox = load_settings().mailbox("eva")
    assert mailbox.imap.folders == ("INBOX", "Spam")
    assert mailbox.smtp.security == "starttls"


def test_naming_the_file_by_variable_is_no_unknown_setting(toml: Path) -> None:
    toml.write_text("workspace = 'north'\n", "utf-8")
    assert load_settings().workspace == "north"


def test_a_home_in_the_file_is_meant_from_the_file(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GTM_HOME")
    toml.write_text("home = 'state'\n", "utf-8")
    assert load_settings().home_path == toml.parent / "state"


WRONG = [
    ("app_port = 99999", "app_port"),
    ("[delivery]\nattempts = 0", "delivery.attempts"),
    ("[delivery]\nattemps = 3", "delivery.attemps"),
    ("[delivery]\ncontact_daily_cap = 4", "delivery.contact_daily_cap"),
    ("[sandbox]\npositive = 0.9\nnegative = 0.9", "add up to"),
    ("[[mailboxes]]\nname = 'eva'", "mailboxes.0.address"),
    ("nonsense = 1", "nonsense"),
    ("record_url = 'postgresql://me:open@db/gtm'", "record_password"),
    ("not toml at all", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "named"), WRONG)
def test_a_wrong_value_is_named(toml: Path, text: str, named: str) -> None:
    toml.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert named in str(caught.value)
    assert "GTM_" in str(caught.value) or str(toml) in str(caught.value)


def test_a_wrong_argument_is_refused_too() -> None:
    with pytest.raises(SettingsError, match="app_port"):
        load_settings(app_port=0)


def test_a_variable_that_is_no_json_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_MAILBOXES", "anna")
    with pytest.raises(SettingsError, match="written as JSON"):
        load_settings()


def test_a_file_that_is_not_there_is_no_silent_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_CONFIG", "nowhere.toml")
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load_settings()


def test_an_unknown_mailbox_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="anna, ben"):
        load_settings().mailbox("carl")


def test_a_secret_written_out_is_refused_and_not_repeated(toml: Path) -> None:
    toml.write_text("[[mailboxes]]\nname='eva'\naddress='eva@own.example'\n[mailboxes.smtp]\npassword='hunter2'\n", "utf-8")
    with pytest.raises(SettingsError, match="name the secret instead") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_a_named_variable_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_KEY", "open")
    assert resolve_secret("env:MAIL_KEY") == "open"
    monkeypatch.delenv("MAIL_KEY")
    with pytest.raises(SettingsError, match="MAIL_KEY"):
        resolve_secret("env:MAIL_KEY")


class Chest(KeyringBackend):
    """A keyring that knows one secret."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        return {"gtm/eva": "open"}.get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


def test_a_keyring_entry_is_looked_up() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(Chest())
    try:
        assert resolve_secret("keyring:gtm/eva") == "open"
        with pytest.raises(SettingsError, match="keyring set gtm carl"):
            resolve_secret("keyring:gtm/carl")
    finally:
        keyring.set_keyring(before)


def test_settings_cannot_be_changed_after_reading() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.app_port = 1  # type: ignore[misc]


def test_everything_made_at_run_time_lies_in_the_home(home: Path) -> None:
    settings = load_settings(home=home)
    paths = [getattr(settings, n) for n in vars(Settings) if n.endswith("_path") or n == "dagster_home"]
    assert len(paths) >= 6
    assert all(path.is_relative_to(home) for path in paths)
