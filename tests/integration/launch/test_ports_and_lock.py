"""A taken port and a running workbench are told in words, with who holds them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from gtm_pipelines.errors import ConflictError, SettingsError
from gtm_pipelines.launch.lock import hold
from gtm_pipelines.launch.ports import require_free, who_listens
from gtm_pipelines.launch.services import check_ports
from gtm_pipelines.settings import load_settings
from tests.integration.launch.conftest import free_port


def test_a_taken_port_names_the_setting_and_who_has_it() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(SettingsError) as refused:
            require_free("127.0.0.1", port, "dagster_port")
    told = str(refused.value)
    assert f"dagster_port = {port}" in told
    assert "GTM_DAGSTER_PORT" in told
    assert f"process {os.getpid()}" in told


def test_a_free_port_is_no_matter() -> None:
    port = free_port()
    require_free("127.0.0.1", port, "app_port")
    assert who_listens(port) is None


def test_one_port_for_two_services_is_refused(home: Path) -> None:
    with pytest.raises(SettingsError, match="app_port and dagster_port are both 9000"):
        check_ports(load_settings(home=home, app_port=9000, dagster_port=9000))


def test_a_second_launcher_on_the_same_folder_is_refused_and_the_lock_is_let_go(tmp_path: Path) -> None:
    with hold(tmp_path / "up.lock"), pytest.raises(ConflictError, match=f"process {os.getpid()}"), hold(tmp_path / "up.lock"):
        pytest.fail("two launchers hold one folder")
    with hold(tmp_path / "up.lock"):
        pass
