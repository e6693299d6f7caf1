"""The processes of the workbench: Dagster's three, the app, and the unsubscribe service."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

from gtm_pipelines.access.door import exposed
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.launch.dagster_home import prepare_dagster_home, write_workspace
from gtm_pipelines.launch.environment import child_environment
from gtm_pipelines.launch.model import Service
from gtm_pipelines.launch.ports import require_free
from gtm_pipelines.launch.probes import daemon_is_healthy, local, page_says, unix_socket_opens
from gtm_pipelines.settings import Settings, bundle_root

DEFINITIONS = "assets.definitions"
UNSUBSCRIBE = "gtm_pipelines.api.unsubscribe"
APP = (sys.executable, "-m", "app.server")


def addresses(settings: Settings) -> dict[str, str]:
    """Return where people find each page."""
    host = local(settings.host)
    return {
        "app": f"http://{host}:{settings.app_port}",
        "dagster": f"http://{local(dagster_host(settings))}:{settings.dagster_port}",
        "unsubscribe": f"http://{host}:{settings.api_port}",
    }


def dagster_host(settings: Settings) -> str:
    """Return what Dagster's pages listen on: they have no sign-in, so this machine alone unless something else keeps the door."""
    return settings.host if settings.login.behind_a_door or not exposed(settings.host) else "127.0.0.1"


def check_ports(settings: Settings) -> None:
    """Make sure that every port is free and no two are the same.

    Raises:
        SettingsError: names the setting to change and who has the port.
    """
    ports = {name: getattr(settings, name) for name in ("app_port", "dagster_port", "api_port")}
    for name, port in ports.items():
        twin = next((other for other, taken in ports.items() if taken == port and other != name), None)
        if twin:
            raise SettingsError(f"{name} and {twin} are both {port}. Give each its own port in gtm.toml.")
        require_free(dagster_host(settings) if name == "dagster_port" else settings.host, port, name)


def build_services(settings: Settings, socket_folder: Path) -> tuple[Service, ...]:
    """Return every process of the workbench, writing the files Dagster needs to start.

    Args:
        settings: the settings in force.
        socket_folder: private folder for the code server's socket; its path must be short.
    """
    prepare_dagster_home(settings)
    socket_path = socket_folder / "code.sock"
    workspace = write_workspace(settings, socket_path)
    return tuple(_services(settings, socket_path, workspace))


def _services(settings: Settings, socket_path: Path, workspace: Path) -> Iterator[Service]:
    root, environment, where = bundle_root(), child_environment(settings), addresses(settings)
    dagster = (sys.executable, "-m", "dagster")
    code = ("api", "grpc", "--socket", str(socket_path), "-m", DEFINITIONS, "-d", str(root), "--location-name", "gtm")
    shown_at = ("-h", dagster_host(settings), "-p", str(settings.dagster_port))
    served = ("-w", str(workspace), *shown_at, "--dagster-log-level", "warning")
    listens = child_environment(settings, GTM_HOST=settings.host, GTM_APP_PORT=str(settings.app_port))
    yield Service("app", APP, root, listens, page_says(f"{where['app']}/_stcore/health", "ok"), where["app"])
    yield Service(
        "code",
        (*dagster, *code, "--use-python-environment-entry-point", "--inject-env-vars-from-instance"),
        root,
        environment,
        unix_socket_opens(socket_path),
    )
    yield Service(
        "dagster",
        (sys.executable, "-m", "dagster_webserver", *served),
        root,
        environment,
        page_says(f"{where['dagster']}/server_info", "dagster_webserver"),
        where["dagster"],
        waits_for="code",
    )
    yield Service(
        "daemon",
        (sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace), "--log-level", "warning"),
        root,
        environment,
        daemon_is_healthy(where["dagster"]),
        waits_for="code",
    )
    if importlib.util.find_spec(UNSUBSCRIBE):
        yield _unsubscribe(settings, root, environment, where["unsubscribe"])


def _unsubscribe(settings: Settings, root: Path, environment: dict[str, str], address: str) -> Service:
    command = (
        *(sys.executable, "-m", "uvicorn", f"{UNSUBSCRIBE}:create_app", "--factory"),
        *("--host", settings.host, "--port", str(settings.api_port), "--log-level", "warning", "--no-access-log"),
    )
    return Service("mail-off", command, root, environment, page_says(f"{address}/health"), address)
