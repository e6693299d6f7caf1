"""Keys that people enter: kept encrypted, found again by their name in the settings, forgotten when asked."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings import forget_secret, keep_secret, resolve_secret
from gtm_pipelines.vault import FileRing, ring

KEY = "canary-key-0123456789abcdef"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where keys are kept in this test."""
    path = tmp_path / "deep" / "keys"
    monkeypatch.setenv("GTM_KEYS", str(path))
    return path


class SystemRing(KeyringBackend):
    """A keyring as desktops have one."""

    priority = 5

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


def test_a_kept_key_is_found_by_what_settings_name(kept: Path) -> None:
    ref = keep_secret("default.apollo", KEY)
    assert ref == "keyring:gtm-workbench/default.apollo"
    assert resolve_secret(ref) == KEY
    keep_secret("default.apollo", "another")
    assert resolve_secret(ref) == "another"
    forget_secret(ref)
    forget_secret(ref)
    with pytest.raises(SettingsError, match="No key is kept for apollo"):
        resolve_secret(ref)


def test_the_file_tells_nothing_and_is_its_owners(kept: Path) -> None:
    keep_secret("default.apollo", KEY)
    for path in (kept, kept.with_name("keys.key")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert KEY.encode() not in path.read_bytes()
        assert b"apollo" not in path.read_bytes()


def test_a_passphrase_is_what_opens_the_file(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_KEYS_PASSPHRASE", "open sesame")
    ref = keep_secret("default.apollo", KEY)
    assert resolve_secret(ref) == KEY
    assert not kept.with_name("keys.key").exists()
    monkeypatch.setenv("GTM_KEYS_PASSPHRASE", "close sesame")
    with pytest.raises(SettingsError, match="another passphrase"):
        resolve_secret(ref)
    with pytest.raises(SettingsError):
        keep_secret("default.hunter", "must not replace what cannot be read")
    monkeypatch.setenv("GTM_KEYS_PASSPHRASE", "open sesame")
    assert resolve_secret(ref) == KEY


def test_a_credential_of_systemd_is_a_passphrase(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gtm-keys").write_text("handed over\n", "utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    ref = keep_secret("default.apollo", KEY)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    monkeypatch.setenv("GTM_KEYS_PASSPHRASE", "handed over")
    assert resolve_secret(ref) == KEY


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"salt": "x", "token": "y"}', "\x00"])
def test_a_damaged_file_is_told_and_left_as_it_is(kept: Path, content: str) -> None:
    keep_secret("default.apollo", KEY)
    kept.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match="enter the keys again"):
        keep_secret("default.hunter", KEY)
    assert kept.read_text("utf-8") == content


def test_keys_entered_at_once_are_all_kept(kept: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(lambda number: keep_secret(f"default.tool{number}", f"{KEY}{number}"), range(16)))
    assert [resolve_secret(ref) for ref in refs] == [f"{KEY}{number}" for number in range(16)]
    assert {path.name for path in kept.parent.iterdir()} == {"keys", "keys.key", "keys.lock"}


def test_the_systems_keyring_is_taken_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, system = keyring.get_keyring(), SystemRing()
    keyring.set_keyring(system)
    try:
        assert ring({}) is system
        assert isinstance(ring({"GTM_KEYS": str(tmp_path / "keys")}), FileRing)
        SystemRing.priority = 0.5
        assert isinstance(ring({"XDG_DATA_HOME": str(tmp_path)}), FileRing), "a keyring of plain text is none"
    finally:
        SystemRing.priority = 5
        keyring.set_keyring(before)


def test_others_secrets_are_left_alone(kept: Path) -> None:
    keep_secret("default.apollo", KEY)
    forget_secret("env:APOLLO_KEY")
    forget_secret("keyring:other-program/default.apollo")
    assert resolve_secret("keyring:gtm-workbench/default.apollo") == KEY
    assert json.loads(kept.read_text("utf-8")).keys() == {"version", "salt", "token"}
